//! Push down trees: a node that has a piece of the block, and has verified it, hands it to its children.
//!
//! The same code serves a whole block down one tree (LFT, TFT, WCT, adaptive linking numbers, the direct
//! push) and chunks down several; see [`Plan`]. Pieces leave a node one after another.
//!
//! With repair, the ladder of PROPAGATION.md, B.6:
//!
//! 1. The sender skips a crashed child, whose connection is closed, and sends to that one's children. The
//!    author of a striped block sends to a second holder instead, which takes over.
//! 2. A node knows the trees, so it knows when each piece should come. When it is late by the time that
//!    each hand before it would need to mend its own loss, it asks for what is missing: the parent's
//!    parent, or, if that is the author of a striped block, a second holder to which the author sent each
//!    chunk after it had sent all chunks once. Who is asked and has it not yet, answers when it has. What
//!    comes is handed to the children as if it had come in time. A false piece is asked for at once.
//! 3. Every node that has imported announces to its peers, as a stock node does: everybody in networks
//!    of up to 150 nodes, else 8. The nearest announcer is asked next; where nobody has announced yet,
//!    a parent in another tree that did deliver.
//! 4. Then the other announcers, each over a stream of its own as the stock sync does, in turn with such
//!    parents.

use super::{
	super::{
		network::{Network, Peers},
		queue::{Time, MILLISECOND},
		uplink::{emission, Sharing},
		world::{Protocol, World},
	},
	plan::Plan,
	repair::PATIENCE,
	stock::{ANNOUNCEMENT, REQUEST},
};
use std::collections::BTreeMap;

/// No node leaves more time than this to those before it (the announcement gate).
const GATE: Time = 1000 * MILLISECOND;

/// Announcers that a node remembers.
const REMEMBERED: usize = 8;

/// See the module.
pub struct Push<'p> {
	pub(super) plan: &'p Plan,
	peers: &'p Peers,
	pub(super) author: u32,
	pub(super) nodes: Vec<State>,
	/// Who waits for which chunks of whom, because that one had them not when it was asked.
	waiting: BTreeMap<u32, Vec<(u32, u64)>>,
	pub(super) all: u64,
}

#[derive(Clone, Default)]
pub(super) struct State {
	/// The chunks that have come, as bits.
	pub(super) have: u64,
	/// Enough for the block.
	pub(super) complete: bool,
	/// Chunks that a lying parent sent, and that were asked for elsewhere.
	refused: u64,
	pub(super) announcers: Vec<u32>,
	heard: u32,
	pub(super) tries: u8,
	/// Late, and nobody known to ask.
	pub(super) stuck: bool,
}

/// What nodes say, and are woken with.
#[derive(Clone, Copy, Debug)]
pub enum Message {
	Chunk(u8),
	/// These chunks are missing.
	Want(u64),
	Announce,
	/// A chunk may be handed on.
	Checked(u8),
	Verified,
	Imported,
	/// Look whether everything has come.
	Look,
	/// The stream to this announcer is open.
	Opened(u32),
}

impl<'p> Push<'p> {
	pub fn new(plan: &'p Plan, peers: &'p Peers, nodes: u32) -> Self {
		let all = u64::MAX >> (64 - plan.chunks().clamp(1, 64));
		Self {
			plan,
			peers,
			author: 0,
			nodes: vec![State::default(); nodes as usize],
			waiting: BTreeMap::new(),
			all,
		}
	}

	pub(super) fn tree_of(&self, chunk: u8) -> usize {
		usize::from(self.plan.tree_of[usize::from(chunk)])
	}

	/// Hands a chunk to the children; in place of one that has crashed, to its children. But for a
	/// crashed head the second holder takes over.
	fn hand_on(&self, world: &mut World<'_, Message>, node: u32, chunk: u8) {
		let tree = &self.plan.trees[self.tree_of(chunk)];
		let takes_over = self.takes_over(world.network, node, chunk);
		let mut next = vec![node];
		next.extend(self.head(self.tree_of(chunk)).filter(|_| takes_over));
		while let Some(parent) = next.pop() {
			for &child in tree.children(parent).iter().filter(|child| **child != node) {
				if !world.terms.repair || !world.network.is_crashed(child) {
					world.send(node, child, self.plan.chunk, Message::Chunk(chunk));
				} else if node != self.author || !self.plan.is_striped() {
					next.push(child);
				} else if let Some(second) = self.second_head(world.network, self.tree_of(chunk)) {
					world.send(node, second, self.plan.chunk, Message::Chunk(chunk));
				}
			}
		}
	}

	/// Whether `node` is the second holder of a chunk whose head has crashed.
	fn takes_over(&self, network: &Network, node: u32, chunk: u8) -> bool {
		let tree = self.tree_of(chunk);
		self.plan.is_striped()
			&& self.head(tree).is_some_and(|head| network.is_crashed(head))
			&& self.second_head(network, tree) == Some(node)
	}

	/// A new chunk has come, or was restored from others.
	fn take(&mut self, world: &mut World<'_, Message>, node: u32, chunk: u8) {
		let has_children = !self.plan.trees[self.tree_of(chunk)].children(node).is_empty();
		if has_children || world.terms.repair && self.takes_over(world.network, node, chunk) {
			world.wake(node, self.plan.check(world.terms), Message::Checked(chunk));
		}
		let bit = 1 << chunk;
		self.nodes[node as usize].have |= bit;
		if let Some(waiting) = self.waiting.get_mut(&node) {
			let (now, later) = waiting.drain(..).partition(|(_, wants)| wants & bit != 0);
			*waiting = later;
			let now: Vec<(u32, u64)> = now;
			for (asker, wants) in now {
				world.send(node, asker, self.plan.chunk, Message::Chunk(chunk));
				if wants & !bit != 0 {
					waiting.push((asker, wants & !bit));
				}
			}
		}
	}

	fn announce(&self, world: &mut World<'_, Message>, node: u32) {
		if world.terms.repair {
			for peer in self.peers.of(node) {
				world.send(node, peer, ANNOUNCEMENT, Message::Announce);
			}
		}
	}
}

/// The bits that are set.
pub(super) fn bits(set: u64) -> impl Iterator<Item = u8> {
	(0..64).filter(move |bit| set & (1 << bit) != 0)
}

impl Protocol for Push<'_> {
	type Message = Message;
	const SHARING: Sharing = Sharing::Queue;

	fn start(&mut self, world: &mut World<'_, Message>, author: u32) {
		self.author = author;
		let state = &mut self.nodes[author as usize];
		state.have = self.all;
		state.complete = true;
		let chunks = self.plan.chunks() as u8;
		for chunk in 0..chunks {
			self.hand_on(world, author, chunk);
		}
		if !world.terms.repair {
			return;
		}
		if self.plan.is_striped() {
			for chunk in 0..chunks {
				let tree = self.tree_of(chunk);
				// In place of a crashed head it has the chunk already.
				if self.head(tree).is_some_and(|head| world.network.is_crashed(head)) {
					continue;
				}
				if let Some(second) = self.second_head(world.network, tree) {
					world.send(author, second, self.plan.chunk, Message::Chunk(chunk));
				}
			}
		}
		self.announce(world, author);
		let slowest = world.network.uplinks.iter().copied().min().unwrap_or(1);
		let piece = emission(self.plan.bytes_of(0), slowest);
		let mut due = vec![0; self.nodes.len()];
		let network = world.network;
		self.plan.expect(network, world.terms, |node, at, hands| {
			let patience = network.latency(author, node).saturating_mul(4).max(PATIENCE);
			// Of the hands the first is the author's, which needs nothing.
			let hands = u64::from(hands.saturating_sub(1).max(1));
			let mending = patience.saturating_add(piece).saturating_mul(hands).min(GATE);
			let due: &mut Time = &mut due[node as usize];
			*due = at.saturating_add(mending).max(*due);
		});
		for (node, due) in (0..).zip(due) {
			if node != author && !world.network.is_crashed(node) {
				world.wake(node, due, Message::Look);
			}
		}
	}

	fn receive(
		&mut self,
		world: &mut World<'_, Message>,
		to: u32,
		from: u32,
		message: Message,
		genuine: bool,
	) {
		match message {
			Message::Chunk(chunk) => {
				let bit = 1 << chunk;
				let state = &mut self.nodes[to as usize];
				if state.have & bit != 0 {
					return;
				}
				if !genuine {
					// Not again if the second holder lies too: then the timer decides.
					let asked = state.refused & bit != 0;
					state.refused |= bit;
					if let (true, false, false) = (world.terms.repair, asked, state.complete) {
						if let Some(holder) = self.second_holder(world.network, to, chunk) {
							world.ask(to, holder, REQUEST, Message::Want(bit));
						}
					}
					return;
				}
				self.take(world, to, chunk);
				let state = &mut self.nodes[to as usize];
				if !state.complete && state.have.count_ones() >= self.plan.needed {
					state.complete = true;
					// What did not come is restored from what came.
					let restored = self.all & !state.have;
					let verification = world.terms.verification;
					world.wake(to, verification, Message::Verified);
					for chunk in bits(restored) {
						self.take(world, to, chunk);
					}
				}
			}
			Message::Want(wants) => {
				let have = self.nodes[to as usize].have;
				for chunk in bits(wants & have) {
					world.send(to, from, self.plan.chunk, Message::Chunk(chunk));
				}
				if wants & !have != 0 {
					self.waiting.entry(to).or_default().push((from, wants & !have));
				}
			}
			Message::Announce => {
				let state = &mut self.nodes[to as usize];
				state.heard += 1;
				if state.announcers.len() < REMEMBERED {
					state.announcers.push(from);
				} else if let Some(kept) =
					state.announcers.get_mut(world.random().below(u64::from(state.heard)) as usize)
				{
					*kept = from;
				}
				if std::mem::take(&mut state.stuck) {
					self.ask(world, to);
				}
			}
			_ => {}
		}
	}

	fn wake(&mut self, world: &mut World<'_, Message>, node: u32, message: Message) {
		match message {
			Message::Checked(chunk) => self.hand_on(world, node, chunk),
			Message::Verified => {
				world.hold(node);
				world.wake(node, world.terms.import, Message::Imported);
			}
			Message::Imported => {
				world.import(node);
				self.announce(world, node);
			}
			Message::Look => self.ask(world, node),
			Message::Opened(peer) => {
				let missing = self.missing(node);
				if missing != 0 {
					world.ask(node, peer, REQUEST, Message::Want(missing));
				}
			}
			Message::Chunk(_) | Message::Want(_) | Message::Announce => {}
		}
	}
}
