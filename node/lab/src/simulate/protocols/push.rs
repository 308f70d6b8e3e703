//! Push down trees: a node that has a piece of the block, and has verified it, hands it to its children.
//!
//! The same code serves a whole block down one tree (LFT, TFT, WCT, adaptive linking numbers, the direct
//! push) and chunks down several; see [`Plan`]. Pieces leave a node one after another.
//!
//! With repair, the ladder of PROPAGATION.md, B.6:
//!
//! 1. The sender skips a crashed child, whose connection is closed, and sends to that one's children.
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
		network::Peers,
		queue::{Time, MILLISECOND},
		uplink::{emission, Sharing},
		world::{Protocol, World},
	},
	plan::Plan,
	stock::{ANNOUNCEMENT, REQUEST},
};
use std::collections::BTreeMap;

/// A node waits at least so long for what is late.
const PATIENCE: Time = 50 * MILLISECOND;

/// No node leaves more time than this to those before it (the announcement gate).
const GATE: Time = 1000 * MILLISECOND;

/// Announcers that a node remembers.
const REMEMBERED: usize = 8;

/// How often a node asks before it gives up.
const TRIES: u8 = 60;

/// See the module.
pub struct Push<'p> {
	plan: &'p Plan,
	peers: &'p Peers,
	author: u32,
	nodes: Vec<State>,
	/// Who waits for which chunks of whom, because that one had them not when it was asked.
	waiting: BTreeMap<u32, Vec<(u32, u64)>>,
	all: u64,
}

#[derive(Clone, Default)]
struct State {
	/// The chunks that have come, as bits.
	have: u64,
	/// Enough for the block.
	complete: bool,
	/// Chunks that a lying parent sent, and that were asked for elsewhere.
	refused: u64,
	announcers: Vec<u32>,
	heard: u32,
	tries: u8,
	/// Late, and nobody known to ask.
	stuck: bool,
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

	fn tree_of(&self, chunk: u8) -> usize {
		usize::from(self.plan.tree_of[usize::from(chunk)])
	}

	/// Hands a chunk to the children; in place of one that has crashed, to its children.
	fn hand_on(&self, world: &mut World<'_, Message>, node: u32, chunk: u8) {
		let tree = &self.plan.trees[self.tree_of(chunk)];
		let mut crashed = Vec::new();
		let mut next = Some(node);
		while let Some(parent) = next {
			for child in tree.children(parent) {
				if world.terms.repair && world.network.is_crashed(child) {
					crashed.push(child);
				} else {
					world.send(node, child, self.plan.chunk, Message::Chunk(chunk));
				}
			}
			next = crashed.pop();
		}
	}

	/// The node to which the author sends the chunks of a tree, and those of the tree before as to a
	/// second holder.
	fn head(&self, tree: usize) -> Option<u32> {
		self.plan.trees.get(tree)?.children(self.author).next()
	}

	fn second_head(&self, tree: usize) -> Option<u32> {
		self.head((tree + 1) % self.plan.trees.len().max(1))
	}

	/// Whom to ask first for a chunk that the parent did not send.
	fn second_holder(&self, node: u32, chunk: u8) -> Option<u32> {
		let tree = self.tree_of(chunk);
		let parent = self.plan.trees[tree].parent(node)?;
		match self.plan.trees[tree].parent(parent) {
			Some(above) if above == self.author && self.plan.is_striped() => {
				self.second_head(tree).filter(|head| *head != node)
			}
			above => above,
		}
	}

	fn missing(&self, node: u32) -> u64 {
		let state = &self.nodes[node as usize];
		if state.complete {
			return 0;
		}
		// No more than restores the block.
		let mut missing = self.all & !state.have;
		let lacks = self.plan.needed.saturating_sub(state.have.count_ones());
		while missing.count_ones() > lacks {
			missing &= missing - 1;
		}
		missing
	}

	/// A new chunk has come, or was restored from others.
	fn take(&mut self, world: &mut World<'_, Message>, node: u32, chunk: u8) {
		let has_children = self.plan.trees[self.tree_of(chunk)].children(node).next().is_some();
		if has_children {
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

	/// First try: the second holders. Later: those who have announced.
	fn ask(&mut self, world: &mut World<'_, Message>, node: u32) {
		let missing = self.missing(node);
		let state = &mut self.nodes[node as usize];
		if missing == 0 || state.tries >= TRIES || !world.terms.repair {
			return;
		}
		if state.tries == 0 {
			world.count_repair();
		}
		state.tries += 1;
		let tries = usize::from(state.tries);
		if tries == 1 {
			let mut wants: BTreeMap<u32, u64> = BTreeMap::new();
			for chunk in bits(missing) {
				if let Some(holder) = self.second_holder(node, chunk) {
					*wants.entry(holder).or_default() |= 1 << chunk;
				}
			}
			for (holder, chunks) in &wants {
				world.send(node, *holder, REQUEST, Message::Want(*chunks));
			}
			let patience = wants.keys().map(|holder| self.patience(world, node, *holder, missing));
			match patience.max() {
				Some(patience) => world.wake(node, patience, Message::Look),
				// Nobody stands between this node and the author.
				None => self.ask(world, node),
			}
			return;
		}
		let Some(peer) = self.next_holder(world, node, tries) else {
			self.nodes[node as usize].stuck = true;
			return;
		};
		let round_trip = world.network.latency(node, peer).saturating_mul(2);
		let opening = match tries {
			2 => 0,
			_ => round_trip.saturating_mul(world.terms.handshakes),
		};
		world.wake(node, opening, Message::Opened(peer));
		let patience = self.patience(world, node, peer, missing);
		world.wake(node, opening.saturating_add(patience), Message::Look);
	}

	/// Whom to ask at a later try: the announcers, the nearest first, then each in turn; as long as there
	/// are none, and every other time after that, a parent that did deliver.
	fn next_holder(
		&mut self,
		world: &mut World<'_, Message>,
		node: u32,
		tries: usize,
	) -> Option<u32> {
		let state = &mut self.nodes[node as usize];
		state.announcers.sort_by_key(|peer| (world.network.latency(node, *peer), *peer));
		let announcers = state.announcers.len();
		let turn = if self.plan.is_striped() { (tries - 2) / 2 } else { tries - 2 };
		let announcer = state.announcers.get(turn % announcers.max(1)).copied();
		if announcer.is_some() && (tries % 2 == 0 || !self.plan.is_striped()) {
			return announcer;
		}
		let have = state.have;
		let mut parents = Vec::new();
		for chunk in bits(have) {
			let parent = self.plan.trees[self.tree_of(chunk)].parent(node);
			parents.extend(parent.filter(|parent| *parent != self.author));
		}
		parents.get(world.random().index(parents.len())).copied().or(announcer)
	}

	/// How long an answer may take: there and back, twice over, and sent twice over.
	fn patience(&self, world: &World<'_, Message>, node: u32, peer: u32, missing: u64) -> Time {
		let bytes = self.plan.chunk.saturating_mul(u64::from(missing.count_ones()));
		world
			.network
			.latency(node, peer)
			.saturating_mul(4)
			.max(PATIENCE)
			.saturating_add(emission(bytes, world.network.uplinks[peer as usize]).saturating_mul(2))
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
fn bits(set: u64) -> impl Iterator<Item = u8> {
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
				if let Some(second) = self.second_head(self.tree_of(chunk)) {
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
						if let Some(holder) = self.second_holder(to, chunk) {
							world.send(to, holder, REQUEST, Message::Want(bit));
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
					world.send(node, peer, REQUEST, Message::Want(missing));
				}
			}
			Message::Chunk(_) | Message::Want(_) | Message::Announce => {}
		}
	}
}
