//! What must hold after every run.

use crate::{ledger::SLOT, network::World};
use voltree_fanout::types::Hash;

/// Bytes that a node may keep at any time: bodies, what is parked, what waits to be sent.
const MOST_MEMORY: usize = (32 + 2 + 16 + 64) << 20;

/// Things that a node may keep at any time.
const MOST_ENTRIES: usize = 128 + 2_048 + 64;

/// What a run was like.
#[derive(Clone, Copy, Debug, Default)]
pub struct Summary {
	pub blocks: u64,
	pub received: u64,
	pub repaired: u64,
	pub left_to_sync: u64,
	pub duplicates: u64,
	pub stood_in: u64,
	pub faultless: u64,
	pub memory: usize,
	pub entries: usize,
}

impl Summary {
	pub fn plus(self, other: Self) -> Self {
		Self {
			blocks: self.blocks + other.blocks,
			received: self.received + other.received,
			repaired: self.repaired + other.repaired,
			left_to_sync: self.left_to_sync + other.left_to_sync,
			duplicates: self.duplicates + other.duplicates,
			stood_in: self.stood_in + other.stood_in,
			faultless: self.faultless + other.faultless,
			memory: self.memory.max(other.memory),
			entries: self.entries.max(other.entries),
		}
	}
}

/// Runs a seed; what is wrong, if anything.
pub fn run(seed: u64, trace: bool) -> Result<Summary, String> {
	let mut world = World::new(seed, trace);
	if trace {
		print!("{}", world.faults);
	}
	world.run();
	world.everybody_has_everything();
	world.nobody_waits_too_long();
	world.memory_is_bounded();
	if world.faults.are_none() {
		world.nothing_is_wasted();
	}
	match world.failures.first() {
		None => Ok(world.summary()),
		Some(first) => {
			let all = world.failures.len();
			Err(format!("seed {seed}: {first} ({all} in all)\n{}", world.faults))
		}
	}
}

impl World {
	fn summary(&self) -> Summary {
		let mut summary = Summary {
			blocks: self.written.len() as u64,
			faultless: u64::from(self.faults.are_none()),
			..Summary::default()
		};
		for node in &self.nodes {
			summary.memory = summary.memory.max(node.memory);
			summary.entries = summary.entries.max(node.entries);
			if let Some(protocol) = &node.protocol {
				let counters = protocol.counters();
				summary.received += counters.received;
				summary.repaired += counters.repaired;
				summary.left_to_sync += counters.left_to_sync;
				summary.duplicates += counters.duplicates;
				summary.stood_in += counters.stood_in;
			}
		}
		summary
	}

	fn reliable(&self) -> Vec<usize> {
		(0..self.nodes.len()).filter(|node| self.faults.is_reliable(*node)).collect()
	}

	/// What one reliable node has, all that are connected with it have in the end.
	fn everybody_has_everything(&mut self) {
		for node in self.reliable() {
			for other in self.faults.connected(node) {
				let has = &self.nodes[other].ledger.stored;
				let lacks = |hash: &&Hash| !has.contains_key(*hash);
				let lacking = self.nodes[node].ledger.stored.keys().find(lacks).copied();
				if let Some(hash) = lacking {
					self.fail(&format!("node {other} never got {hash:?}, which node {node} has"));
				}
			}
		}
	}

	/// A block that was announced to a node is there, or the sync was asked for it, half a slot after
	/// that; a whole one where it waited in the import queue.
	fn nobody_waits_too_long(&mut self) {
		for node in self.reliable() {
			let state = &self.nodes[node];
			let late = state.stock.announced.iter().find(|(hash, announced)| {
				let by = **announced + SLOT;
				let asked = state.stock.asked.get(hash).is_some_and(|at| *at <= by);
				let imported = state.imported.get(hash).is_some_and(|at| *at <= by);
				!asked && !imported
			});
			if let Some((hash, at)) = late.map(|(hash, at)| (*hash, *at)) {
				self.fail(&format!("node {node} waited too long for {hash:?}, announced at {at}"));
			}
		}
	}

	/// Within its limits at any time, and nothing is left of blocks in the end.
	fn memory_is_bounded(&mut self) {
		for node in 0..self.nodes.len() {
			let state = &self.nodes[node];
			if state.memory > MOST_MEMORY || state.entries > MOST_ENTRIES {
				self.fail(&format!("node {node} kept too much"));
			}
			let left = self.nodes[node].protocol.as_ref().map_or(0, |protocol| protocol.memory());
			if left != 0 {
				self.fail(&format!("node {node} still keeps {left} bytes"));
			}
		}
	}

	/// Without faults every block comes by fan-out, once; the frames are a tenth longer at most, but
	/// for blocks so short that headers weigh more.
	fn nothing_is_wasted(&mut self) {
		let others = self.nodes.len() as u64 - 1;
		for (hash, written) in self.written.clone() {
			if written.sent != written.bytes * others {
				let sent = written.sent;
				self.fail(&format!("{sent} bytes of {hash:?} were sent, of {}", written.bytes));
			}
			let most = written.bytes * others * 11 / 10;
			if written.bytes >= 10_000 && written.frames > most {
				self.fail(&format!("frames of {hash:?} have {} bytes", written.frames));
			}
		}
		for node in 0..self.nodes.len() {
			let counters = self.nodes[node].protocol.as_ref().map(|protocol| protocol.counters());
			let counters = counters.unwrap_or_default();
			if counters.wanted + counters.left_to_sync + counters.duplicates > 0 {
				self.fail(&format!("node {node} needed help: {counters:?}"));
			}
		}
	}
}
