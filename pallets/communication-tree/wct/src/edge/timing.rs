//! When everybody has received.

use super::Edges;
use alloc::{vec, vec::Vec};
use core::cmp::Reverse;

/// When each node of a tree receives, if everybody sends in the best order.
///
/// What a node sends first is the last to arrive anywhere: the child from whom on it takes longest
/// comes first. That is the best order for the node that receives last: if of two children, one
/// after the other, the second had longer to go, exchanging them would make the later of the two no
/// later.
pub(super) struct Timing {
	/// When each node has received; the root at 0.
	pub(super) arrivals: Vec<u64>,
	/// How long after a node all below it have received.
	pub(super) heights: Vec<u64>,
	/// How many children a node's parent serves before it.
	pub(super) turns: Vec<u32>,
	/// Level by level, each node's children in the order of sending.
	pub(super) order: Vec<u32>,
	/// Where each node is if the tree is walked depth first, and where the first behind those below
	/// it is.
	spans: Vec<(u32, u32)>,
}

impl Timing {
	/// O(n log n).
	pub(super) fn new(edges: &Edges<'_>, root: u32, children: &[Vec<u32>]) -> Self {
		let n = children.len();
		let mut order = Vec::with_capacity(n);
		order.push(root);
		let mut next = 0;
		while let Some(node) = order.get(next) {
			order.extend_from_slice(&children[*node as usize]);
			next += 1;
		}
		let mut timing = Self {
			arrivals: vec![0; n],
			heights: vec![0; n],
			turns: vec![0; n],
			order: Vec::with_capacity(n),
			spans: vec![(0, 1); n],
		};
		let mut sizes = vec![1u32; n];
		for &node in order.iter().rev() {
			let mut longest = 0;
			for (turn, child) in (0..).zip(timing.served(edges, node, children)) {
				timing.turns[child as usize] = turn;
				sizes[node as usize] += sizes[child as usize];
				let height = timing.heights[child as usize];
				longest = longest.max(edges.arrival(height, turn, node, child));
			}
			timing.heights[node as usize] = longest;
		}
		timing.order.push(root);
		let mut next = 0;
		timing.spans[root as usize] = (0, sizes[root as usize]);
		while let Some(&node) = timing.order.get(next) {
			let mut start = timing.spans[node as usize].0 + 1;
			for (turn, child) in (0..).zip(timing.served(edges, node, children)) {
				let at = timing.arrivals[node as usize];
				timing.arrivals[child as usize] = edges.arrival(at, turn, node, child);
				timing.spans[child as usize] = (start, start + sizes[child as usize]);
				start += sizes[child as usize];
				timing.order.push(child);
			}
			next += 1;
		}
		timing
	}

	/// The children of `node` in the order of sending.
	fn served(&self, edges: &Edges<'_>, node: u32, children: &[Vec<u32>]) -> Vec<u32> {
		let mut served = children[node as usize].clone();
		served.sort_by_key(|child| {
			let height = self.heights[*child as usize];
			Reverse(height + u64::from(edges.overheads.get(node, *child)))
		});
		served
	}

	/// When the last node receives, and how many do so then.
	pub(super) fn last(&self) -> (u64, usize) {
		let last = self.arrivals.iter().copied().max().unwrap_or(0);
		(last, self.arrivals.iter().filter(|arrival| **arrival == last).count())
	}

	/// A node that receives last.
	pub(super) fn slowest(&self) -> Option<u32> {
		self.order.iter().copied().max_by_key(|node| self.arrivals[*node as usize])
	}

	/// Whether `node` is `above` or below it.
	pub(super) fn is_below(&self, node: u32, above: u32) -> bool {
		let (start, end) = self.spans[above as usize];
		(start..end).contains(&self.spans[node as usize].0)
	}
}

/// The nodes level by level, each one's children in the order of sending, and the places of their
/// parents.
pub(super) fn sequence(
	edges: &Edges<'_>,
	root: u32,
	children: &[Vec<u32>],
) -> (Vec<u32>, Vec<u32>) {
	let order = Timing::new(edges, root, children).order;
	let mut up = vec![0];
	for (place, node) in (0u32..).zip(&order) {
		up.resize(up.len() + children[*node as usize].len(), place);
	}
	(order, up)
}
