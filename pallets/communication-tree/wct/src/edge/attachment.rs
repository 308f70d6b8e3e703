//! A tree while its edges are being chosen.

use super::{improve, Badness, Edges, Timing, LOOKS};
use crate::{Node, Settings, Tree};
use alloc::{vec, vec::Vec};

/// Which nodes have been attached, to whom, and who may take how many more.
pub(super) struct Attachment<'a> {
	nodes: &'a [Node],
	pub(super) edges: Edges<'a>,
	threshold: u32,
	/// The nodes in the order of the balanced tree, the root first.
	order: &'a [u32],
	parents: Vec<Option<u32>>,
	children: Vec<Vec<u32>>,
	/// When the attached nodes have received.
	arrivals: Vec<u64>,
	/// The attached nodes, in the order of their attachment.
	attached: Vec<u32>,
	/// How many children each may have, for now.
	limits: Vec<u32>,
	/// How many more children the attached nodes may have together.
	open: u64,
	/// How many more looks the search for a faster tree may take.
	pub(super) looks: u64,
	/// How many more looks may be taken to make room.
	steps: u64,
}

impl<'a> Attachment<'a> {
	/// Only the root is attached, and the limits are what the nodes forward in `balanced`.
	pub(super) fn new(
		nodes: &'a [Node],
		settings: &Settings,
		edges: Edges<'a>,
		balanced: &'a Tree,
	) -> Self {
		let n = nodes.len();
		let mut limits = vec![0u32; n];
		for parent in balanced.parents().iter().flatten() {
			limits[*parent as usize] += 1;
		}
		let root = balanced.sequence().first();
		let looks = (n as u64).saturating_mul(n as u64).saturating_mul(LOOKS);
		Self {
			open: root.map_or(0, |root| u64::from(limits[*root as usize])),
			nodes,
			edges,
			threshold: settings.trust_threshold,
			order: balanced.sequence(),
			parents: vec![None; n],
			children: vec![Vec::new(); n],
			arrivals: vec![0; n],
			attached: balanced.sequence().iter().copied().take(1).collect(),
			limits,
			looks,
			steps: looks,
		}
	}

	pub(super) fn root(&self) -> u32 {
		self.order.first().copied().unwrap_or(0)
	}

	pub(super) fn parent(&self, node: u32) -> Option<u32> {
		self.parents[node as usize]
	}

	pub(super) fn children(&self) -> &[Vec<u32>] {
		&self.children
	}

	/// Whether `node` may have one child more.
	pub(super) fn has_room(&self, node: u32) -> bool {
		self.count(node) < self.limits[node as usize]
	}

	/// How many children `node` has.
	pub(super) fn count(&self, node: u32) -> u32 {
		// Fewer than nodes.
		self.children[node as usize].len() as u32
	}

	pub(super) fn is_trusted(&self, node: u32) -> bool {
		self.nodes[node as usize].trust >= self.threshold
	}

	/// When `child` would receive as the next child of `parent`.
	fn arrival(&self, parent: u32, child: u32) -> u64 {
		let at = self.arrivals[parent as usize];
		self.edges.arrival(at, self.count(parent), parent, child)
	}

	fn attach(&mut self, parent: u32, child: u32) {
		self.arrivals[child as usize] = self.arrival(parent, child);
		self.open = self.open.saturating_sub(1) + u64::from(self.limits[child as usize]);
		self.parents[child as usize] = Some(parent);
		self.children[parent as usize].push(child);
		self.attached.push(child);
	}

	/// Puts `node`, with all below it, under another parent.
	pub(super) fn move_to(&mut self, node: u32, parent: u32) {
		if let Some(before) = self.parents[node as usize].replace(parent) {
			self.children[before as usize].retain(|child| *child != node);
		}
		self.children[parent as usize].push(node);
	}

	/// Two nodes, neither of them the root, change places; those below them stay where they are.
	pub(super) fn exchange(&mut self, a: u32, b: u32) {
		let other = |node: u32| match node {
			_ if node == a => b,
			_ if node == b => a,
			_ => node,
		};
		let mut above = [self.parents[a as usize], self.parents[b as usize]];
		above.sort_unstable();
		let lists = above.into_iter().flatten().chain([a, b]);
		let mut done = Vec::with_capacity(4);
		for list in lists {
			if !done.contains(&list) {
				done.push(list);
				self.children[list as usize].iter_mut().for_each(|child| *child = other(*child));
			}
		}
		self.children.swap(a as usize, b as usize);
		self.parents.swap(a as usize, b as usize);
		for node in [a, b] {
			self.parents[node as usize] = self.parents[node as usize].map(other);
		}
		for node in [a, b] {
			for i in 0..self.children[node as usize].len() {
				let child = self.children[node as usize][i];
				self.parents[child as usize] = Some(node);
			}
		}
	}

	/// Whether `node` may have as many children as `count`, and forwards no more than before, or is
	/// trusted, or takes over from somebody who is not.
	pub(super) fn may_replace(&self, node: u32, other: u32) -> bool {
		self.count(other) <= self.limits[node as usize]
			&& (self.count(other) <= self.count(node)
				|| self.is_trusted(node)
				|| !self.is_trusted(other))
	}

	/// Whether `node` is `above` or below it. If there are no more steps, to be careful, yes.
	fn is_below(&mut self, node: u32, above: u32) -> bool {
		let mut next = Some(node);
		while let Some(node) = next {
			if node == above || self.steps == 0 {
				return true;
			}
			self.steps -= 1;
			next = self.parent(node);
		}
		false
	}

	/// Attaches every node: who forwards first, in the order of the balanced tree, each where it
	/// receives soonest over an edge that is not too far. Who finds none waits for one. For those
	/// who still wait in the end, nodes take more than in the balanced tree, as their links allow:
	/// the trusted ones; then others make room; then the untrusted ones. Who waits even then takes
	/// the least bad edge. O(n^2).
	pub(super) fn attach_all(&mut self) {
		let mut waiting = Vec::new();
		for &node in self.order.iter().skip(1) {
			self.place(node, &mut waiting);
		}
		for trusted in [true, false] {
			self.widen(trusted);
			for node in self.taken(&mut waiting) {
				self.place(node, &mut waiting);
			}
			for node in self.taken(&mut waiting) {
				if self.may_come(node, &waiting) && self.make_room(node) {
					self.welcome(node, &mut waiting);
				} else {
					waiting.push(node);
				}
			}
		}
		while let Some(node) = self.next_waiting(&mut waiting) {
			let parent = self.least_bad(node);
			self.attach(parent, node);
			self.welcome(node, &mut waiting);
		}
	}

	/// All who wait, those who forward first: these keep the tree going.
	fn taken(&self, waiting: &mut Vec<u32>) -> Vec<u32> {
		let mut taken = core::mem::take(waiting);
		taken.sort_by_key(|node| self.limits[*node as usize] == 0);
		taken
	}

	/// Attaches `node` where it receives soonest, and then those who have been waiting for it.
	fn place(&mut self, node: u32, waiting: &mut Vec<u32>) {
		let open = self.attached.iter().copied();
		let near =
			open.filter(|parent| self.has_room(*parent) && self.edges.is_near(*parent, node));
		match near.min_by_key(|parent| self.arrival(*parent, node)) {
			Some(parent) if self.may_come(node, waiting) => {
				self.attach(parent, node);
				self.welcome(node, waiting);
			}
			_ => waiting.push(node),
		}
	}

	/// Whether `node` may be attached now. The last link is kept for somebody who forwards, as long
	/// as one waits.
	fn may_come(&self, node: u32, waiting: &[u32]) -> bool {
		let forwards = |node: &u32| self.limits[*node as usize] > 0;
		self.open != 1 || forwards(&node) || !waiting.iter().any(forwards)
	}

	/// Attaches those who have been waiting for `node`, and for those then attached.
	fn welcome(&mut self, node: u32, waiting: &mut Vec<u32>) {
		let mut new = vec![node];
		while let Some(parent) = new.pop() {
			let mut i = 0;
			while i < waiting.len() && self.has_room(parent) {
				let near = self.edges.is_near(parent, waiting[i]);
				if near && self.may_come(waiting[i], waiting) {
					let child = waiting.remove(i);
					self.attach(parent, child);
					new.push(child);
				} else {
					i += 1;
				}
			}
		}
	}

	/// Nodes, the trusted or the others, may take as many children as they have links.
	fn widen(&mut self, trusted: bool) {
		for (i, node) in (0u32..).zip(self.nodes) {
			if self.is_trusted(i) == trusted {
				let limit = &mut self.limits[i as usize];
				*limit = node.link.max(*limit);
			}
		}
		let room = |node: &u32| self.limits[*node as usize].saturating_sub(self.count(*node));
		self.open = self.attached.iter().map(|node| u64::from(room(node))).sum();
	}

	/// Who is attached next although it is too far from everybody: who can forward most.
	fn next_waiting(&self, waiting: &mut Vec<u32>) -> Option<u32> {
		let best = (0..waiting.len())
			.min_by_key(|i| core::cmp::Reverse(self.limits[waiting[*i] as usize]))?;
		Some(waiting.remove(best))
	}

	/// Where a node is attached if no edge is near enough. If all links are used, somebody takes an
	/// extra child: among those who have the fewest, over the least bad edge.
	fn least_bad(&self, node: u32) -> u32 {
		let extra =
			|parent: &u32| self.count(*parent).saturating_sub(self.limits[*parent as usize]);
		let key = |parent: &u32| {
			let far = !self.edges.is_near(*parent, node);
			let overhead = u64::from(self.edges.overheads.get(*parent, node));
			let cost = if far { overhead } else { self.arrival(*parent, node) };
			(!self.has_room(*parent), extra(parent), far, cost)
		};
		self.attached.iter().copied().min_by_key(key).unwrap_or(self.root())
	}

	/// Attaches `node`, or moves it, over an edge that is near enough, where there is room or
	/// somebody can be moved on over another such edge to make room.
	fn make_room(&mut self, node: u32) -> bool {
		let is_new = self.parent(node).is_none();
		for i in 0..self.attached.len() {
			let parent = self.attached[i];
			if !self.edges.is_near(parent, node) || (!is_new && self.is_below(parent, node)) {
				continue;
			}
			if !self.has_room(parent) {
				let Some((child, other)) = self.movable(parent, node) else { continue };
				self.move_to(child, other);
				self.update(child);
			}
			if is_new {
				self.attach(parent, node);
			} else {
				self.move_to(node, parent);
			}
			self.update(node);
			return true;
		}
		false
	}

	/// A child of `parent`, and somebody else to whom it could go over an edge that is near enough
	/// (that may be `node`, who comes in its place).
	fn movable(&mut self, parent: u32, node: u32) -> Option<(u32, u32)> {
		for i in 0..self.children[parent as usize].len() {
			let child = self.children[parent as usize][i];
			for j in 0..=self.attached.len() {
				self.steps = self.steps.checked_sub(1)?;
				let other = self.attached.get(j).copied().unwrap_or(node);
				if other != parent
					&& child != node
					&& self.has_room(other)
					&& self.edges.is_near(other, child)
					&& !self.is_below(other, child)
				{
					return Some((child, other));
				}
			}
		}
		None
	}

	/// Corrects the arrivals of `node` and of those below it, as if it were its parent's last child.
	fn update(&mut self, node: u32) {
		let mut below = vec![node];
		while let Some(node) = below.pop() {
			if let Some(parent) = self.parent(node) {
				let before = self.children[parent as usize].iter().take_while(|c| **c != node);
				let before = before.count() as u32;
				let at = self.arrivals[parent as usize];
				self.arrivals[node as usize] = self.edges.arrival(at, before, parent, node);
			}
			below.extend_from_slice(&self.children[node as usize]);
		}
	}

	/// Attaches everybody as in another tree.
	pub(super) fn attach_as(&mut self, tree: &Tree) {
		for &node in tree.sequence().iter().skip(1) {
			if let Some(parent) = tree.parent(node) {
				self.attach(parent, node);
			}
		}
		self.widen(true);
		self.widen(false);
	}

	/// How bad its edges are.
	pub(super) fn badness(&self) -> Badness {
		let edges = self.attached.iter().filter_map(|node| Some((self.parent(*node)?, *node)));
		edges.map(|(parent, node)| self.edges.badness(parent, node)).sum()
	}

	/// When everybody receives.
	pub(super) fn timing(&self) -> Timing {
		Timing::new(&self.edges, self.root(), &self.children)
	}

	/// How bad its edges are, and when the last node has received.
	pub(super) fn rank(&self) -> (Badness, u64) {
		(self.badness(), self.timing().last().0)
	}

	/// Whether `node` is attached over an edge that is too far.
	fn is_far(&self, node: u32) -> bool {
		self.parent(node).is_some_and(|parent| !self.edges.is_near(parent, node))
	}

	/// Saves edges that are too far, and then time, as long as there is something to save.
	pub(super) fn improve(&mut self) {
		self.mend();
		improve::improve(self);
		self.mend();
	}

	/// Tries again for those who have been attached over edges that are too far, now that everybody
	/// is attached. Each time it helps there is one such edge less.
	fn mend(&mut self) {
		loop {
			let mut helped = false;
			for i in 1..self.attached.len() {
				let node = self.attached[i];
				helped |= self.is_far(node) && self.make_room(node);
			}
			if !helped || self.steps == 0 {
				return;
			}
		}
	}
}
