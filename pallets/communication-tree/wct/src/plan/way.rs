//! A tree as whoever sends needs it.

use crate::Tree;
use alloc::{vec, vec::Vec};

/// A tree of a [`Plan`](super::Plan): who sends to whom.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Way {
	sequence: Vec<u32>,
	parents: Vec<Option<u32>>,
	children: Vec<Vec<u32>>,
}

impl From<&Tree> for Way {
	fn from(tree: &Tree) -> Self {
		Self::new(tree, |node| node)
	}
}

impl Way {
	/// `tree` with its nodes renamed by `name`, which is a permutation.
	pub(super) fn new(tree: &Tree, name: impl Fn(u32) -> u32) -> Self {
		let count = tree.sequence().len();
		let (mut parents, mut children) = (vec![None; count], vec![Vec::new(); count]);
		for &node in tree.sequence() {
			let own = name(node) as usize;
			parents[own] = tree.parent(node).map(&name);
			children[own] = tree.children(node).map(&name).collect();
		}
		Self {
			sequence: tree.sequence().iter().map(|node| name(*node)).collect(),
			parents,
			children,
		}
	}

	/// Nodes in the order of attachment; the root is first.
	pub fn sequence(&self) -> &[u32] {
		&self.sequence
	}

	/// Who sends to `node`; `None` for the root.
	pub fn parent(&self, node: u32) -> Option<u32> {
		self.parents.get(node as usize).copied().flatten()
	}

	/// To whom `node` sends, in this order.
	pub fn children(&self, node: u32) -> &[u32] {
		self.children.get(node as usize).map_or(&[], |children| children)
	}
}
