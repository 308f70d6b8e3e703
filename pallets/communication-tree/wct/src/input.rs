//! What a tree is built from.

use crate::Error;

/// Trust 1, in parts per billion.
pub const TRUST_UNIT: u32 = 1_000_000_000;

/// A data aggregator, as the algorithms see it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Node {
	/// Trust in parts per billion, 0 to [`TRUST_UNIT`] (the paper's `t`).
	pub trust: u32,
	/// Linking number: to how many others it can forward (the paper's `l`).
	pub link: u32,
}

/// How much the two parts of a score count (the paper's `w_t` and `w_l`); not both 0.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Weights {
	/// Of trust.
	pub trust: u64,
	/// Of the linking number.
	pub link: u64,
}

impl Weights {
	/// `w_t * trust + w_l * link * 10^9`.
	///
	/// Cannot overflow: with trust below 2^30, a unit below 2^30, weights below 2^64 and links
	/// below 2^32, the first product is below 2^94 and the second below 2^126.
	pub(crate) fn score(self, node: Node) -> u128 {
		u128::from(self.trust) * u128::from(node.trust)
			+ u128::from(self.link) * u128::from(node.link) * u128::from(TRUST_UNIT)
	}
}

/// What is common to all nodes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Settings {
	/// A node with at least this trust, in parts per billion, is trusted (the paper's `t_thre`).
	pub trust_threshold: u32,
	/// An edge with a larger overhead is too far to forward over (the paper's `w_thre`); in the
	/// unit of [`Overheads`].
	pub overhead_threshold: u32,
	/// Of the score.
	pub weights: Weights,
}

impl Settings {
	/// Whether `node` may forward as long as such nodes can carry the tree.
	pub(crate) fn trusts(&self, node: Node) -> bool {
		node.trust >= self.trust_threshold
	}
}

/// The square matrix of overheads between nodes (the paper's `W`): row = from, column = to.
///
/// It may be asymmetric; its diagonal is ignored. The unit is the caller's; strategies that look
/// at time take microseconds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Overheads<'a> {
	nodes: usize,
	cells: &'a [u32],
}

impl<'a> Overheads<'a> {
	/// A matrix of `nodes` rows, one after the other.
	///
	/// Fails with [`Error::Shape`] unless there are `nodes * nodes` cells.
	pub fn new(nodes: usize, cells: &'a [u32]) -> Result<Self, Error> {
		if nodes.checked_mul(nodes) == Some(cells.len()) {
			Ok(Self { nodes, cells })
		} else {
			Err(Error::Shape { nodes, cells: cells.len() })
		}
	}

	/// How many rows, and columns, it has.
	pub fn nodes(&self) -> usize {
		self.nodes
	}

	/// How many cells it has.
	pub(crate) fn cells(&self) -> usize {
		self.cells.len()
	}

	/// The overhead of the edge `from` -> `to`; the largest there is where the matrix ends.
	pub fn get(&self, from: u32, to: u32) -> u32 {
		self.row(from).get(to as usize).copied().unwrap_or(u32::MAX)
	}

	/// The overheads of the edges out of `from`; empty where the matrix ends.
	pub(crate) fn row(&self, from: u32) -> &'a [u32] {
		let start = (from as usize).saturating_mul(self.nodes);
		self.cells.get(start..start.saturating_add(self.nodes)).unwrap_or_default()
	}
}
