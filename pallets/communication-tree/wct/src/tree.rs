//! The tree and its measures.

use crate::{balanced, Node, Overheads};
use alloc::{vec, vec::Vec};

/// A communication tree: every node attached exactly once.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tree {
	/// Nodes in the order in which they were attached; the root first.
	sequence: Vec<u32>,
	/// Parents by node.
	parents: Vec<Option<u32>>,
	/// Where the children of a node begin in `children`, by node; one entry more than nodes.
	starts: Vec<u32>,
	/// The children of the first node, of the second and so on.
	children: Vec<u32>,
	measures: Measures,
	/// Edges whose overhead is above the threshold.
	over_threshold: u32,
}

/// What the paper compares trees by (section 4.2). A node alone has 0 of each.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Measures {
	/// Equation (1): the mean trust of who forwards, over all forwards; in parts per billion,
	/// rounded down.
	pub overall_trust: u32,
	/// Concurrent communication time: the depth of the node that is reached last.
	pub rounds: u32,
	/// Node concurrency: the most forwards out of one depth.
	pub concurrency: u32,
	/// Children beyond their parents' linking numbers.
	pub overloaded: u32,
}

impl Tree {
	/// Nodes in the order in which they were attached: the paper's `N*`. The root is first.
	pub fn sequence(&self) -> &[u32] {
		&self.sequence
	}

	/// Who forwards to `node`. `None` for the root, and for what is no node of the tree.
	pub fn parent(&self, node: u32) -> Option<u32> {
		self.parents.get(node as usize).copied().flatten()
	}

	/// Parents by node; `None` for the root.
	pub fn parents(&self) -> &[Option<u32>] {
		&self.parents
	}

	/// To whom `node` forwards, in the order of sending.
	pub fn children(&self, node: u32) -> impl Iterator<Item = u32> + '_ {
		let node = node as usize;
		let range = match (self.starts.get(node), self.starts.get(node.saturating_add(1))) {
			(Some(start), Some(end)) => *start as usize..*end as usize,
			_ => 0..0,
		};
		self.children.get(range).unwrap_or_default().iter().copied()
	}

	/// What the paper compares trees by.
	pub fn measures(&self) -> Measures {
		self.measures
	}

	/// The share of the other nodes that can expect the block if everybody forwards with the
	/// probability of its trust, in parts per billion, rounded down; 0 for a node alone. `nodes` are
	/// those the tree was built from.
	pub fn expected_reach(&self, nodes: &[Node]) -> u32 {
		if nodes.len() != self.sequence.len() {
			return 0;
		}
		let mut places = vec![0u32; nodes.len()];
		for (place, node) in (0u32..).zip(&self.sequence) {
			places[*node as usize] = place;
		}
		let up = self.sequence.iter().map(|node| self.parent(*node).unwrap_or(*node));
		let up: Vec<u32> = up.map(|parent| places[parent as usize]).collect();
		let others = (nodes.len() as u64).saturating_sub(1).max(1);
		// A mean of chances, which are `u32`.
		(balanced::expected(nodes, &self.sequence, &up) / others) as u32
	}

	/// How many edges have an overhead above the threshold. 0 where no overheads were given.
	pub fn over_threshold(&self) -> u32 {
		self.over_threshold
	}

	/// How long it takes until the last node has received: everybody, as soon as it has received,
	/// sends to its children one after the other, for `sending` each, and what it has sent takes
	/// as long as the edge's overhead to arrive. In the unit of both.
	pub fn time_to_last(&self, overheads: Overheads<'_>, sending: u32) -> u64 {
		let mut arrivals = vec![0u64; self.sequence.len()];
		for &node in &self.sequence {
			let at = arrivals[node as usize];
			for (turn, child) in (1..).zip(self.children(node)) {
				let sent = u64::from(sending).saturating_mul(turn).saturating_add(at);
				let overhead = u64::from(overheads.get(node, child));
				arrivals[child as usize] = sent.saturating_add(overhead);
			}
		}
		arrivals.into_iter().max().unwrap_or(0)
	}

	/// With the number of edges that are too far.
	pub(crate) fn count_far(mut self, overheads: Overheads<'_>, threshold: u32) -> Self {
		let edges = (0u32..).zip(&self.parents);
		let far = edges.filter(|(node, parent)| {
			parent.is_some_and(|parent| overheads.get(parent, *node) > threshold)
		});
		// Fewer than nodes.
		self.over_threshold = far.count() as u32;
		self
	}

	/// The tree of `sequence`, which is a permutation of all nodes, with the parents of `up` (see
	/// [`Shape::new`], which made `shape` of the same).
	pub(crate) fn new(nodes: &[Node], sequence: Vec<u32>, up: &[u32], shape: Shape) -> Self {
		let n = nodes.len();
		let mut parents = vec![None; n];
		// Where the children of each place begin; then, as they are filled in, where the next goes.
		let mut starts = vec![0u32; n + 1];
		for (&node, &count) in sequence.iter().zip(&shape.counts) {
			starts[node as usize + 1] = count;
		}
		for i in 0..n {
			starts[i + 1] += starts[i];
		}
		let mut next = starts.clone();
		let mut children = vec![0u32; n.saturating_sub(1)];
		for (&node, &above) in sequence.iter().zip(up).skip(1) {
			let parent = sequence[above as usize];
			parents[node as usize] = Some(parent);
			let slot = &mut next[parent as usize];
			children[*slot as usize] = node;
			*slot += 1;
		}
		let measures = shape.measures();
		Self { sequence, parents, starts, children, measures, over_threshold: 0 }
	}
}

/// What a tree looks like, whoever is where.
#[derive(Clone, Debug)]
pub(crate) struct Shape {
	/// Children of each place of the sequence.
	pub(crate) counts: Vec<u32>,
	/// Sum of children times trust.
	pub(crate) trust: u128,
	/// Nodes of each depth, from 1.
	widths: Vec<u32>,
	overloaded: u32,
}

impl Shape {
	/// Of the tree in which the nodes of `sequence`, which is a permutation of all of them, were
	/// attached one after the other: `up[i]` is the place in the sequence, before `i`, of the
	/// parent of the `i`th; what `up` says of the first is ignored.
	pub(crate) fn new(nodes: &[Node], sequence: &[u32], up: &[u32]) -> Self {
		debug_assert!(sequence.len() == nodes.len() && up.len() == nodes.len());
		let mut counts = vec![0u32; sequence.len()];
		let mut depths = vec![0u32; sequence.len()];
		let mut widths: Vec<u32> = Vec::new();
		for (place, &above) in up.iter().enumerate().skip(1) {
			let above = above as usize;
			counts[above] += 1;
			let depth = depths[above];
			depths[place] = depth + 1;
			// A child is one deeper than its parent, which came before: no depth is left out.
			match widths.get_mut(depth as usize) {
				Some(width) => *width += 1,
				None => widths.push(1),
			}
		}
		let mut trust = 0;
		let mut overloaded = 0;
		for (&node, &count) in sequence.iter().zip(&counts) {
			let Node { trust: own, link } = nodes[node as usize];
			trust += u128::from(own) * u128::from(count);
			overloaded += count.saturating_sub(link);
		}
		Self { counts, trust, widths, overloaded }
	}

	/// The depth of the node that is reached last.
	pub(crate) fn rounds(&self) -> u32 {
		// Fewer than nodes, of which there are at most `u32::MAX`.
		self.widths.len() as u32
	}

	/// The most forwards out of one depth.
	pub(crate) fn concurrency(&self) -> u32 {
		self.widths.iter().copied().max().unwrap_or(0)
	}

	/// Whether somebody has more children than links.
	pub(crate) fn is_overloaded(&self) -> bool {
		self.overloaded > 0
	}

	fn measures(&self) -> Measures {
		let forwards = (self.counts.len().saturating_sub(1) as u128).max(1);
		Measures {
			// A mean of trusts, which are `u32`.
			overall_trust: (self.trust / forwards) as u32,
			rounds: self.rounds(),
			concurrency: self.concurrency(),
			overloaded: self.overloaded,
		}
	}
}
