//! Exchanges that let the last node receive sooner.

use super::{attachment::Attachment, Timing};
use alloc::vec::Vec;

/// How many of the most promising changes are tried.
const TRIED: usize = 8;

/// A change of a tree.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Change {
	/// A node goes to another parent, with all below it.
	Move(u32, u32),
	/// Two nodes change places, each with all below it.
	Swap(u32, u32),
}

/// Changes the tree as long as that lets the last node receive sooner, or makes fewer the last.
pub(super) fn improve(tree: &mut Attachment<'_>) {
	let mut timing = Timing::new(&tree.edges, tree.root(), tree.children());
	'next: while tree.looks > 0 {
		for (_, change) in promising(tree, &timing) {
			let undo = apply(tree, change);
			let changed = Timing::new(&tree.edges, tree.root(), tree.children());
			tree.looks = tree.looks.saturating_sub(changed.order.len() as u64);
			if changed.last() < timing.last() {
				timing = changed;
				continue 'next;
			}
			apply(tree, undo);
		}
		return;
	}
}

/// Makes a change; the change that undoes it.
fn apply(tree: &mut Attachment<'_>, change: Change) -> Change {
	match change {
		Change::Move(node, to) => {
			let from = tree.parent(node).unwrap_or(to);
			tree.move_to(node, to);
			Change::Move(node, from)
		}
		Change::Swap(a, b) => {
			if let (Some(to), Some(from)) = (tree.parent(b), tree.parent(a)) {
				tree.move_to(a, to);
				tree.move_to(b, from);
			}
			change
		}
	}
}

/// The changes after which those who move all receive soonest, the best first; all of them sooner
/// than the last node does now. One of those who move is on the way to the last node.
fn promising(tree: &mut Attachment<'_>, timing: &Timing) -> Vec<(u64, Change)> {
	let (last, _) = timing.last();
	let mut best: Vec<(u64, Change)> = Vec::new();
	let mut offer = |at: u64, change: Change| {
		if at < last {
			let place = best.partition_point(|other| *other < (at, change));
			if place < TRIED {
				best.truncate(TRIED - 1);
				best.insert(place, (at, change));
			}
		}
	};
	let edges = tree.edges;
	// When all from `node` on have received, if `parent` sends to it after `before` others.
	let done = |parent: u32, before: u32, node: u32| {
		edges.arrival(timing.arrivals[parent as usize], before, parent, node)
			+ timing.heights[node as usize]
	};
	let mut way = timing.order.iter().copied().max_by_key(|node| timing.arrivals[*node as usize]);
	while let Some(node) = way {
		let Some(parent) = tree.parent(node) else { break };
		let far = u32::from(!edges.is_near(parent, node));
		for &other in &timing.order {
			tree.looks = tree.looks.saturating_sub(1);
			if timing.is_below(other, node) {
				continue;
			}
			let is_near = edges.is_near(other, node);
			if tree.has_room(other)
				&& (is_near || far == 1)
				&& (tree.is_trusted(other) || !tree.is_trusted(parent))
			{
				offer(done(other, tree.count(other), node), Change::Move(node, other));
			}
			let Some(above) = tree.parent(other) else { continue };
			if timing.is_below(node, other) || above == parent {
				continue;
			}
			let too_far = |from, to| u32::from(!edges.is_near(from, to));
			if too_far(above, node) + too_far(parent, other) > far + too_far(above, other) {
				continue;
			}
			let there = done(above, timing.turns[other as usize], node);
			let here = done(parent, timing.turns[node as usize], other);
			offer(there.max(here), Change::Swap(node, other));
		}
		way = Some(parent);
	}
	best
}
