//! Why a tree cannot be built.

use core::fmt;

/// Why a tree cannot be built, and what to do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Error {
	/// There is no node.
	Empty,
	/// There are more nodes than [`u32::MAX`].
	TooMany,
	/// A matrix of overheads has the wrong number of cells.
	Shape {
		/// Nodes to be put into the tree.
		nodes: usize,
		/// Cells of the matrix.
		cells: usize,
	},
	/// Both weights are 0.
	Weights,
	/// A trust is above 1.
	Trust {
		/// Whose.
		node: u32,
		/// How much, in parts per billion.
		trust: u32,
	},
	/// The root is not one of the nodes.
	Root {
		/// What was asked for.
		root: u32,
		/// How many nodes there are.
		nodes: usize,
	},
	/// A node has an uplink of 0.
	Uplink {
		/// Which.
		node: u32,
	},
	/// No stripes were asked for, or there are no chunks.
	Stripes,
}

impl fmt::Display for Error {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Error::Empty => f.write_str("there is no node: give at least one"),
			Error::TooMany => write!(f, "there are too many nodes: give at most {}", u32::MAX),
			Error::Shape { nodes, cells } => write!(
				f,
				"the matrix of overheads has {cells} cells: give {nodes} rows of {nodes} cells each"
			),
			Error::Weights => f.write_str("both weights are 0: give at least one above 0"),
			Error::Trust { node, trust } => write!(
				f,
				"node {node} has a trust of {trust} parts per billion: give at most {}",
				crate::TRUST_UNIT
			),
			Error::Root { root, nodes } => write!(
				f,
				"there is no node {root} to be the root: nodes are numbered from 0 and there are \
				 {nodes}"
			),
			Error::Uplink { node } => {
				write!(f, "node {node} has an uplink of 0: give its bytes per second")
			}
			Error::Stripes => {
				f.write_str("there are no stripes or no chunks: ask for at least one of each")
			}
		}
	}
}

impl core::error::Error for Error {}
