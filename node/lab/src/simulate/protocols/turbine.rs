//! A tree for every shred, like Solana's Turbine.
//!
//! The block is cut into sets of 32 data shreds, to each of which 32 coding shreds are added: any 32 of
//! the 64 restore the set. Each shred has a random tree of its own: the author sends it to the first
//! node of a random order, that one to the next 200, each of these to up to 200 more, and so on. Shreds
//! are datagrams: what is lost stays lost. A node that is not complete in time asks a random node for as
//! many shreds as it lacks, and again, if that one cannot help.
//!
//! Shreds are of 1,200 bytes if that makes no more than two million arrivals for a block, and else
//! coarser. Coarse shreds are slower than the real thing, because a shred is handed on as a whole: a
//! block of 1 MB has its 1,200 bytes up to 1,000 nodes, 31 kB at 100,000.

use super::super::{
	queue::{Time, MILLISECOND},
	uplink::{emission, Sharing},
	world::{Protocol, World},
};

const DATA: u64 = 32;
const SHREDS: u32 = 64;
const FANOUT: usize = 200;
const SHRED_BYTES: u64 = 1200;
const ARRIVALS: u64 = 2_000_000;
/// Of a shred: signature, place and proof.
const HEADER: u64 = 88;
const REQUEST: u64 = 100;
/// A shred that is not handed on.
const NOWHERE: u32 = u32::MAX;
/// How often a node asks before it gives up.
const TRIES: u8 = 60;

/// See the module.
pub struct Turbine {
	sets: u16,
	shred_bytes: u64,
	author: u32,
	/// Orders of the trees, one after the other.
	orders: Vec<u32>,
	/// For each node and set: the shreds that have come.
	have: Vec<u64>,
	/// For each node: sets that are complete.
	complete: Vec<u16>,
	tries: Vec<u8>,
}

/// What nodes say, and are woken with.
#[derive(Clone, Copy, Debug)]
pub enum Message {
	/// A shred, by set and place in the set; and where in the order of its tree it is going to, or
	/// [`NOWHERE`] if it was asked for.
	Shred {
		set: u16,
		place: u8,
		at: u32,
	},
	/// A node lacks this set; these shreds it has.
	Lack {
		set: u16,
		have: u64,
	},
	/// Look whether everything has come.
	Look,
	Verified,
	Imported,
}

impl Turbine {
	pub fn new(nodes: u32, block: u64) -> Self {
		let wanted = block.div_ceil(DATA * SHRED_BYTES).max(1);
		let most = (ARRIVALS / (u64::from(SHREDS) * u64::from(nodes.max(1)))).max(1);
		let sets = wanted.min(most).min(1024) as u16;
		Self {
			sets,
			shred_bytes: block.div_ceil(u64::from(sets) * DATA) + HEADER,
			author: 0,
			orders: Vec::new(),
			have: vec![0; nodes as usize * sets as usize],
			complete: vec![0; nodes as usize],
			tries: vec![0; nodes as usize],
		}
	}

	/// The order of the tree of a shred: everybody but the author.
	fn order(&self, set: u16, place: u8) -> &[u32] {
		let others = self.complete.len().saturating_sub(1);
		let start = (usize::from(set) * SHREDS as usize + usize::from(place)) * others;
		&self.orders[start..start + others]
	}

	/// The places in the order to which the node at `at` sends.
	fn below(at: usize, others: usize) -> std::ops::Range<usize> {
		// The first sends to the FANOUT after it; from then on the tree is one of FANOUT children each.
		let start = at.saturating_mul(FANOUT).saturating_add(1).min(others);
		start..start.saturating_add(FANOUT).min(others)
	}

	fn slot(&self, node: u32, set: u16) -> usize {
		node as usize * usize::from(self.sets) + usize::from(set)
	}

	fn forward(&self, world: &mut World<'_, Message>, node: u32, set: u16, place: u8, at: u32) {
		let order = self.order(set, place);
		for child in Self::below(at as usize, order.len()) {
			let message = Message::Shred { set, place, at: child as u32 };
			world.send(node, order[child], self.shred_bytes, message);
		}
	}

	/// How long to wait for what may still be on its way.
	fn patience(&self, world: &World<'_, Message>, node: u32) -> Time {
		let shreds = u64::from(self.sets) * u64::from(SHREDS);
		let uplink = world.network.uplinks[self.author as usize];
		let latency = world.network.latency(self.author, node);
		// Levels below the first node, each of which hands a shred to so many.
		let others = self.complete.len().saturating_sub(1);
		let (mut levels, mut reached) = (0u64, 1usize);
		while reached < others {
			reached = reached.saturating_mul(FANOUT + 1);
			levels += 1;
		}
		let handed_on = levels.saturating_mul(FANOUT.min(others) as u64);
		latency
			.saturating_mul(levels + 3)
			.saturating_add(
				emission((shreds + handed_on) * self.shred_bytes, uplink).saturating_mul(2),
			)
			.saturating_add(50 * MILLISECOND)
	}

	/// Asks a random node for what is missing.
	fn ask(&mut self, world: &mut World<'_, Message>, node: u32) {
		let i = node as usize;
		if self.complete[i] == self.sets || self.tries[i] >= TRIES || !world.terms.repair {
			return;
		}
		if self.tries[i] == 0 {
			world.count_repair();
		}
		self.tries[i] += 1;
		let peer = world.random().index(self.complete.len()) as u32;
		for set in 0..self.sets {
			let have = self.have[self.slot(node, set)];
			if u64::from(have.count_ones()) < DATA && peer != node {
				world.ask(node, peer, REQUEST, Message::Lack { set, have });
			}
		}
		let wait = world.network.latency(node, peer).saturating_mul(2) + 50 * MILLISECOND;
		world.wake(node, wait, Message::Look);
	}
}

impl Protocol for Turbine {
	type Message = Message;
	const SHARING: Sharing = Sharing::Queue;
	const DATAGRAMS: bool = true;

	fn start(&mut self, world: &mut World<'_, Message>, author: u32) {
		self.author = author;
		let n = self.complete.len() as u32;
		let mut order: Vec<u32> = (0..n).filter(|node| *node != author).collect();
		let shreds = self.sets as usize * SHREDS as usize;
		self.orders.reserve(shreds * order.len());
		for _ in 0..shreds {
			world.random().shuffle(&mut order);
			self.orders.extend_from_slice(&order);
		}
		self.complete[author as usize] = self.sets;
		for set in 0..self.sets {
			let slot = self.slot(author, set);
			self.have[slot] = u64::MAX;
		}
		// Data shreds of all sets first would let late sets wait for the code of early ones.
		for (set, place) in (0..self.sets).flat_map(|set| (0..SHREDS as u8).map(move |p| (set, p)))
		{
			if let Some(first) = self.order(set, place).first().copied() {
				let message = Message::Shred { set, place, at: 0 };
				world.send(author, first, self.shred_bytes, message);
			}
		}
		for node in (0..n).filter(|node| *node != author && !world.network.is_crashed(*node)) {
			let patience = self.patience(world, node);
			world.wake(node, patience, Message::Look);
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
			// Every shred proves by itself that it belongs to the block.
			Message::Shred { .. } if !genuine => {}
			Message::Shred { set, place, at } => {
				let slot = self.slot(to, set);
				let before = self.have[slot];
				if before & (1 << place) != 0 {
					return;
				}
				self.have[slot] |= 1 << place;
				if u64::from(before.count_ones()) + 1 == DATA {
					self.complete[to as usize] += 1;
					if self.complete[to as usize] == self.sets {
						world.wake(to, world.terms.verification, Message::Verified);
					}
				}
				if at != NOWHERE {
					self.forward(world, to, set, place, at);
				}
			}
			Message::Lack { set, have } => {
				let mine = self.have[self.slot(to, set)];
				// Who has the set complete can make every shred of it.
				let mine = if u64::from(mine.count_ones()) >= DATA { u64::MAX } else { mine };
				let lacks = DATA.saturating_sub(u64::from(have.count_ones())) as usize;
				let useful = mine & !have;
				let places = (0..SHREDS as u8).filter(|place| useful & (1 << place) != 0);
				for place in places.take(lacks) {
					let message = Message::Shred { set, place, at: NOWHERE };
					world.send(to, from, self.shred_bytes, message);
				}
			}
			Message::Look | Message::Verified | Message::Imported => {}
		}
	}

	fn wake(&mut self, world: &mut World<'_, Message>, node: u32, message: Message) {
		match message {
			Message::Look => self.ask(world, node),
			Message::Verified => {
				world.hold(node);
				world.wake(node, world.terms.import, Message::Imported);
			}
			Message::Imported => world.import(node),
			Message::Shred { .. } | Message::Lack { .. } => {}
		}
	}
}
