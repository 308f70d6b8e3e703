//! Exchanges that let the last node receive sooner.

use super::{attachment::Attachment, Badness, Timing};
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
	/// Two nodes change places, and what is below them stays.
	Exchange(u32, u32),
}

/// Changes the tree as long as that lets the last node receive sooner, or makes fewer the last.
pub(super) fn improve(tree: &mut Attachment<'_>) {
	let mut timing = tree.timing();
	while tree.looks > 0 {
		let changed = promising(tree, &timing)
			.into_iter()
			.find_map(|(_, change)| attempt(tree, &timing, change))
			.or_else(|| along_the_way(tree, &timing));
		match changed {
			Some(changed) => timing = changed,
			None => return,
		}
	}
}

/// Makes a change, unless that brings nothing.
fn attempt(tree: &mut Attachment<'_>, timing: &Timing, change: Change) -> Option<Timing> {
	let bad = tree.badness();
	let undo = apply(tree, change);
	let changed = tree.timing();
	tree.looks = tree.looks.saturating_sub(changed.order.len() as u64);
	if changed.last() < timing.last() && tree.badness() <= bad {
		return Some(changed);
	}
	apply(tree, undo);
	None
}

/// Exchanges a node on the way to the last node with one above or below it, if that helps. All who
/// are below the upper one are concerned: it is simplest to try.
fn along_the_way(tree: &mut Attachment<'_>, timing: &Timing) -> Option<Timing> {
	let mut way = timing.slowest();
	while let Some(node) = way {
		let parent = tree.parent(node)?;
		for &other in &timing.order {
			let related = timing.is_below(other, node) && other != node;
			if related && tree.may_replace(node, other) && tree.may_replace(other, node) {
				let changed = attempt(tree, timing, Change::Exchange(node, other));
				if changed.is_some() {
					return changed;
				}
			}
			if tree.looks == 0 {
				return None;
			}
		}
		way = Some(parent);
	}
	None
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
		Change::Exchange(a, b) => {
			tree.exchange(a, b);
			change
		}
	}
}

/// The changes after which those concerned all receive soonest, the best first; all of them sooner
/// than the last node does now, and without worse edges. One of those who move is on the way to the
/// last node.
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
	let mut way = timing.slowest();
	let mut looks = tree.looks;
	while let Some(node) = way {
		let Some(parent) = tree.parent(node) else { break };
		for &other in &timing.order {
			looks = looks.saturating_sub(1);
			let look = Look { tree, timing, node, parent, other };
			let changes = [
				(look.at_move(), Change::Move(node, other)),
				(look.at_swap(), Change::Swap(node, other)),
				(look.at_exchange(), Change::Exchange(node, other)),
			];
			for (at, change) in changes {
				if let Some(at) = at {
					offer(at, change);
				}
			}
		}
		way = Some(parent);
	}
	tree.looks = looks;
	best
}

/// Two nodes, one of them on the way to the last node, with its parent.
struct Look<'a> {
	tree: &'a Attachment<'a>,
	timing: &'a Timing,
	node: u32,
	parent: u32,
	other: u32,
}

impl Look<'_> {
	/// When all below `node` have received, if `other` sends to it after its children of now.
	fn at_move(&self) -> Option<u64> {
		let Self { tree, node, parent, other, .. } = *self;
		let fits = tree.has_room(other)
			&& !self.timing.is_below(other, node)
			&& (tree.is_trusted(other) || !tree.is_trusted(parent))
			&& tree.edges.badness(other, node) <= tree.edges.badness(parent, node);
		fits.then(|| self.below(node, self.arrival(other, tree.count(other), node)))
	}

	/// When all below both have received, if each goes where the other was.
	fn at_swap(&self) -> Option<u64> {
		let Self { tree, node, parent, other, .. } = *self;
		let above = self.unrelated()?;
		let bad = |a, b| -> Badness {
			[tree.edges.badness(parent, a), tree.edges.badness(above, b)].into_iter().sum()
		};
		(bad(other, node) <= bad(node, other)).then(|| {
			let here = self.arrival(parent, self.turn(node), other);
			let there = self.arrival(above, self.turn(other), node);
			self.below(other, here).max(self.below(node, there))
		})
	}

	/// When all concerned have received, if each goes where the other was and those below stay.
	fn at_exchange(&self) -> Option<u64> {
		let Self { tree, node, parent, other, .. } = *self;
		let above = self.unrelated()?;
		if !tree.may_replace(node, other) || !tree.may_replace(other, node) {
			return None;
		}
		let children = |i: u32| &tree.children()[i as usize];
		let bad = |a: u32, b: u32| -> Badness {
			let edges = [tree.edges.badness(parent, a), tree.edges.badness(above, b)].into_iter();
			let here = children(node).iter().map(|child| tree.edges.badness(a, *child));
			let there = children(other).iter().map(|child| tree.edges.badness(b, *child));
			edges.chain(here).chain(there).sum()
		};
		if bad(other, node) > bad(node, other) {
			return None;
		}
		let done = |parent: u32, from: u32, to: u32| {
			let at = self.arrival(parent, self.turn(from), to);
			let below = children(from).iter().map(|child| {
				self.below(*child, tree.edges.arrival(at, self.turn(*child), to, *child))
			});
			below.max().unwrap_or(at)
		};
		Some(done(parent, node, other).max(done(above, other, node)))
	}

	/// The parent of `other`, if that has another one than `node`, and neither is below the other.
	fn unrelated(&self) -> Option<u32> {
		let above = self.tree.parent(self.other).filter(|above| *above != self.parent)?;
		let below = |a, b| self.timing.is_below(a, b);
		(!below(self.node, self.other) && !below(self.other, self.node)).then_some(above)
	}

	/// How many children its parent serves before `node`.
	fn turn(&self, node: u32) -> u32 {
		self.timing.turns[node as usize]
	}

	/// When `node` would receive from `parent`.
	fn arrival(&self, parent: u32, turn: u32, node: u32) -> u64 {
		self.tree.edges.arrival(self.timing.arrivals[parent as usize], turn, parent, node)
	}

	/// When all below `node` have received, if that has at `at`.
	fn below(&self, node: u32, at: u64) -> u64 {
		at + self.timing.heights[node as usize]
	}
}
