//! *edge-aware*: overheads looked at on every edge.

mod attachment;
mod improve;
mod timing;

use crate::{Node, Overheads, Settings, Tree};
use alloc::vec::Vec;
use attachment::Attachment;
use timing::Timing;

/// What an edge costs, and which ones are too far.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Edges<'a> {
	pub(crate) overheads: Overheads<'a>,
	pub(crate) threshold: u32,
	/// How long a node takes to send to one child.
	pub(crate) sending: u32,
}

impl Edges<'_> {
	/// Whether the edge may be used.
	pub(crate) fn is_near(&self, from: u32, to: u32) -> bool {
		self.overheads.get(from, to) <= self.threshold
	}

	/// How bad it is to use the edge.
	fn badness(&self, from: u32, to: u32) -> Badness {
		match self.overheads.get(from, to) {
			overhead if overhead > self.threshold => {
				Badness { edges: 1, overheads: overhead.into() }
			}
			_ => Badness::default(),
		}
	}

	/// When `to` has received what `from` has received at `at` and sends to it after `before`
	/// others.
	///
	/// Cannot overflow: along a path there are fewer than 2^31 edges, as their matrix would not fit
	/// into memory otherwise, and no more senders' turns.
	fn arrival(&self, at: u64, before: u32, from: u32, to: u32) -> u64 {
		let turn = u64::from(self.sending) * (u64::from(before) + 1);
		at + turn + u64::from(self.overheads.get(from, to))
	}
}

/// How many edges are too far, and their overheads together.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
struct Badness {
	edges: u32,
	overheads: u64,
}

impl core::iter::Sum for Badness {
	fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
		// Fewer than 2^32 edges.
		all.fold(Self::default(), |sum, next| Self {
			edges: sum.edges + next.edges,
			overheads: sum.overheads + next.overheads,
		})
	}
}

/// How many looks at an edge, or at a node on the way to the root, may be taken for each edge there is
/// to make room, and as many to find a faster tree.
const LOOKS: u64 = 16;

/// Sequence and parents of a tree over the same nodes, and with the same root, as `balanced`.
///
/// Who forwards there forwards here, to as many, where overheads allow that. Two beginnings are
/// improved, a tree that is attached edge by edge and `balanced` itself: the result is no slower
/// than `balanced`, unless it saves edges that are too far.
pub(crate) fn tree(
	nodes: &[Node],
	settings: &Settings,
	edges: Edges<'_>,
	balanced: &Tree,
) -> (Vec<u32>, Vec<u32>) {
	let mut tree = Attachment::new(nodes, settings, edges, balanced);
	tree.attach_all();
	tree.improve();
	let mut other = Attachment::new(nodes, settings, edges, balanced);
	other.attach_as(balanced);
	if other.rank() < tree.rank() {
		other.improve();
		tree = other;
	}
	timing::sequence(&edges, tree.root(), tree.children())
}
