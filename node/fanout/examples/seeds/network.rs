//! A network in which time, links and faults are simulated, and the protocol is real.

use crate::{
	faults::{Fault, Faults},
	ledger::{author, peer, writer, Header, Ledger, SESSION, SLOT},
	random::Random,
	stock::Stock,
};
use codec::{Decode, Encode};
use std::{
	cmp::Reverse,
	collections::{BTreeMap, BinaryHeap},
	sync::Arc,
};
use voltree_fanout::{
	policy::{Member, Snapshot},
	protocol::{Action, Event, Protocol, Settings},
	types::{Hash, Moment, MILLISECOND},
};
use voltree_wct::{
	plan::{Mode, Paths},
	Settings as TreeSettings, Weights,
};

/// Bytes per second. Slow, so that blocks that take long are short, and a run is quick.
pub const UPLINK: u64 = 400_000;

/// How long an import takes.
const IMPORT: Moment = 20 * MILLISECOND;

/// Slots without blocks at the end, in which everything must come to rest.
const REST: u64 = 6;

pub struct Node {
	pub ledger: Ledger,
	/// `None` while it does not run.
	pub protocol: Option<Protocol>,
	pub stock: Stock,
	pub syncing: bool,
	/// Counts restarts: what was scheduled before does not happen.
	pub life: u32,
	/// When its uplink is free.
	pub free: Moment,
	/// When its import queue is empty.
	idle: Moment,
	wake: Moment,
	pub imported: BTreeMap<Hash, Moment>,
	pub memory: usize,
	pub entries: usize,
}

/// A block that was written.
#[derive(Clone)]
pub struct Written {
	pub bytes: u64,
	/// Of its body, over all links.
	pub sent: u64,
	/// With all that goes with it.
	pub frames: u64,
}

pub enum What {
	Slot(u64),
	Deliver { from: usize, to: usize, link: u32, frame: Arc<[u8]> },
	Sent { node: usize, to: usize, link: u32 },
	Wake(usize),
	Imported { node: usize, life: u32, header: Header, bytes: u32 },
	Announce { from: usize, to: usize, header: Header },
	Fetch { node: usize, hash: Hash, tries: u32 },
	CatchUp { node: usize, life: u32 },
	Links,
}

pub struct World {
	pub faults: Faults,
	pub nodes: Vec<Node>,
	pub written: BTreeMap<Hash, Written>,
	pub failures: Vec<String>,
	pub now: Moment,
	pub random: Random,
	pub latency: Vec<Vec<Moment>>,
	/// Whether a link is open, and how often it was opened.
	pub links: Vec<Vec<(bool, u32)>>,
	queue: BinaryHeap<Reverse<(Moment, u64)>>,
	events: BTreeMap<u64, What>,
	next: u64,
	pub snapshots: Vec<Arc<Snapshot>>,
	trace: bool,
}

impl World {
	pub fn new(seed: u64, trace: bool) -> Self {
		let mut random = Random::new(seed);
		let faults = Faults::new(&mut random, SLOT);
		let count = faults.nodes;
		let mut latency = vec![vec![0; count]; count];
		for (a, b) in (0..count).flat_map(|a| (0..a).map(move |b| (a, b))) {
			let way = random.between(5, 80) * MILLISECOND;
			(latency[a][b], latency[b][a]) = (way, way);
		}
		let node = |node| Node {
			ledger: Ledger::new(node, count),
			protocol: None,
			stock: Stock::default(),
			syncing: false,
			life: 0,
			free: 0,
			idle: 0,
			wake: Moment::MAX,
			imported: BTreeMap::new(),
			memory: 0,
			entries: 0,
		};
		let mut world = Self {
			nodes: (0..count).map(node).collect(),
			written: BTreeMap::new(),
			failures: Vec::new(),
			now: 0,
			latency,
			links: vec![vec![(false, 0); count]; count],
			queue: BinaryHeap::new(),
			events: BTreeMap::new(),
			next: 0,
			snapshots: Vec::new(),
			trace,
			faults,
			random,
		};
		world.freeze();
		world
	}

	/// Snapshots of all sessions there may be.
	fn freeze(&mut self) {
		let mode = match self.random.below(8) {
			0 => Mode::Lft,
			1 => Mode::Tft,
			2 => Mode::Wct,
			_ => Mode::Ours,
		};
		for session in 0..4 {
			let members = (0..self.nodes.len()).map(|node| {
				let low = self.faults.distrusted.contains(&node);
				let trust =
					if low { 500_000_000 } else { 950_000_000 - self.random.below(3) as u32 };
				let link = self.random.between(1, 3) as u32;
				let link = if mode == Mode::Ours { 1 } else { link };
				Member { peer: Some(peer(node)), author: author(node), trust, link }
			});
			let members = members.collect();
			self.snapshots.push(Arc::new(Snapshot {
				session,
				hash: Hash([session as u8 + 1; 32]),
				members,
				overheads: Vec::new(),
				settings: TreeSettings {
					trust_threshold: 800_000_000,
					overhead_threshold: u32::MAX,
					weights: Weights { trust: 1, link: 1 },
				},
				paths: Paths { latency: 45_000, verification: 1_000, uplink: UPLINK },
				modes: vec![mode],
			}));
		}
	}

	pub fn at(&mut self, at: Moment, what: What) {
		self.queue.push(Reverse((at, self.next)));
		self.events.insert(self.next, what);
		self.next += 1;
	}

	pub fn note(&self, text: impl FnOnce() -> String) {
		if self.trace {
			println!("{:>10} {}", self.now, text());
		}
	}

	/// From the first slot to rest.
	pub fn run(&mut self) {
		for node in 0..self.nodes.len() {
			self.start(node);
		}
		let mut moments = vec![0];
		for fault in self.faults.of.iter().flatten() {
			match *fault {
				Fault::Crash(at) => moments.push(at),
				Fault::Restart(from, until) => moments.extend([from, until]),
				_ => {}
			}
		}
		moments.extend(self.faults.cuts.iter().flat_map(|(_, _, from, until)| [*from, *until]));
		moments.into_iter().for_each(|at| self.at(at, What::Links));
		for slot in 1..=self.faults.slots {
			self.at(slot * SLOT, What::Slot(slot));
		}
		let end = (self.faults.slots + REST) * SLOT;
		while let Some(Reverse((at, id))) = self.queue.pop() {
			let Some(what) = self.events.remove(&id).filter(|_| at <= end) else { break };
			self.now = at;
			self.happen(what);
		}
	}

	pub fn start(&mut self, node: usize) {
		let settings = Settings { own: peer(node), slot: SLOT, seed: node as u64 };
		self.nodes[node].protocol = Some(Protocol::new(settings));
		let session = self.session(node);
		for session in session.saturating_sub(1)..=session {
			self.handle(node, Event::Snapshot(self.snapshots[session].clone()));
		}
	}

	/// The session whose snapshot a node knows: two blocks after it has begun.
	pub fn session(&self, node: usize) -> usize {
		let height = self.nodes[node].ledger.height().saturating_sub(2);
		((height / SESSION) as usize).min(self.snapshots.len() - 1)
	}

	pub fn is_open(&self, a: usize, b: usize) -> bool {
		self.links[a][b].0
	}

	fn happen(&mut self, what: What) {
		match what {
			What::Slot(slot) => (0..self.nodes.len()).for_each(|node| self.slot(node, slot)),
			What::Deliver { from, to, link, frame } => {
				if self.links[from][to] == (true, link) {
					self.handle(to, Event::Received(peer(from), frame.to_vec()));
				}
			}
			What::Sent { node, to, link } => {
				if self.links[node][to] == (true, link) {
					self.handle(node, Event::Sent(peer(to), true));
				}
			}
			What::Wake(node) => {
				if self.nodes[node].wake <= self.now {
					self.nodes[node].wake = Moment::MAX;
					self.handle(node, Event::Wake);
				}
			}
			What::Imported { node, life, header, bytes } => {
				if self.nodes[node].life == life && self.nodes[node].protocol.is_some() {
					self.imported(node, header, bytes);
				}
			}
			What::Announce { from, to, header } => {
				if self.is_open(from, to) && self.nodes[to].protocol.is_some() {
					self.announced(from, to, header);
				}
			}
			What::Fetch { node, hash, tries } => self.fetch(node, hash, tries),
			What::CatchUp { node, life } => self.catch_up(node, life),
			What::Links => self.links_change(),
		}
	}

	fn slot(&mut self, node: usize, slot: u64) {
		let count = self.nodes.len();
		let state = &self.nodes[node];
		let number = state.ledger.height() + 1;
		let on_turn = writer(slot, number, count) == node;
		if !on_turn || state.syncing || state.protocol.is_none() {
			return;
		}
		let twice = self.faults.of[node] == Some(Fault::Equivocator);
		let parent = state.ledger.best;
		let length = match self.random.below(10) {
			0..=4 => self.random.below(2_000),
			5..=7 => self.random.between(10_000, 30_000),
			_ => self.random.between(50_000, 100_000),
		};
		for twin in [false, true].into_iter().take(1 + usize::from(twice)) {
			let fill = self.random.below(u64::MAX);
			let mut body: Vec<u8> = vec![0; length as usize];
			body.iter_mut().zip(fill.to_le_bytes()).for_each(|(byte, with)| *byte = with);
			let header = Header::new(parent, number, slot, &body, count);
			let hash = header.hash();
			let written = Written { bytes: length, sent: 0, frames: 0 };
			self.written.insert(hash, written);
			self.note(|| format!("node {node} writes {hash:?} at {number}, {length} bytes"));
			if twin {
				self.send_second(node, &header, body);
			} else {
				self.handle(node, Event::Authored { header: header.encode(), body });
			}
			self.import_later(node, header, length as u32, IMPORT / 2);
		}
	}

	/// Tells a node's protocol of an event, and does what it says.
	pub fn handle(&mut self, node: usize, event: Event) {
		let state = &mut self.nodes[node];
		state.ledger.now = self.now;
		let Some(protocol) = &mut state.protocol else { return };
		let actions = protocol.handle(&state.ledger, self.now, event);
		let wake = protocol.wake_at().max(self.now);
		state.memory = state.memory.max(protocol.memory());
		state.entries = state.entries.max(protocol.entries());
		if wake < state.wake {
			state.wake = wake;
			self.at(wake, What::Wake(node));
		}
		for action in actions {
			self.perform(node, action);
		}
	}

	fn perform(&mut self, node: usize, action: Action) {
		match action {
			Action::Send(to, frame) => {
				let to = (0..self.nodes.len()).find(|other| peer(*other) == to);
				let Some(to) = to else { return self.fail("a frame goes to nobody") };
				self.transmit(node, to, frame);
			}
			Action::Import { hash, header, body } => {
				let Ok(header) = Header::decode(&mut &header[..]) else {
					return self.fail("what is imported has no header");
				};
				let genuine = header.body == sp_crypto_hashing::twox_128(&body);
				if !genuine || header.hash() != hash {
					self.fail("a false body is imported");
				}
				self.note(|| format!("node {node} has {hash:?}"));
				self.import_later(node, header, body.len() as u32, IMPORT);
			}
			Action::Gate(hash) => self.gate_opens(node, hash),
			Action::Fault(by, fault) => {
				let honest = (0..self.nodes.len())
					.any(|node| peer(node) == by && self.faults.is_honest(node));
				self.note(|| format!("node {node} finds {fault:?} with {by:?}"));
				if honest {
					self.fail(&format!("node {node} blames an honest one for {fault:?}"));
				}
			}
			Action::Equivocation(first, second) => {
				let slot = |mut header: &[u8]| Header::decode(&mut header).ok().map(|h| h.slot);
				if first == second || slot(&first) != slot(&second) {
					self.fail("what is no equivocation is reported as one");
				}
			}
			Action::Report(report) => {
				for (of, record) in &report.parents {
					let false_one = record.on_time > record.assigned || *of == peer(node);
					if false_one {
						self.fail("a report says what cannot be");
					}
				}
			}
			Action::Trace(_) => {}
		}
	}

	pub fn fail(&mut self, what: &str) {
		self.failures.push(format!("at {} us: {what}", self.now));
	}

	pub fn import_later(&mut self, node: usize, header: Header, bytes: u32, takes: Moment) {
		let state = &mut self.nodes[node];
		state.idle = state.idle.max(self.now) + takes;
		let (at, life) = (state.idle, state.life);
		self.at(at, What::Imported { node, life, header, bytes });
	}

	fn imported(&mut self, node: usize, header: Header, bytes: u32) {
		let hash = header.hash();
		let state = &mut self.nodes[node];
		if state.ledger.stored.contains_key(&hash) {
			return;
		}
		if !state.ledger.stored.contains_key(&header.parent) {
			return self.fail(&format!("node {node} imports {hash:?} before its parent"));
		}
		state.ledger.import(header.clone(), bytes);
		state.imported.insert(hash, self.now);
		let height = state.ledger.height();
		self.handle(node, Event::Imported(hash));
		self.handle(node, Event::Finalised(height.saturating_sub(6)));
		let session = self.session(node);
		self.handle(node, Event::Snapshot(self.snapshots[session].clone()));
		self.announce(node, &header);
	}

	fn announce(&mut self, node: usize, header: &Header) {
		if self.faults.of[node] == Some(Fault::Silent) || self.nodes[node].syncing {
			return;
		}
		for to in 0..self.nodes.len() {
			if self.is_open(node, to) {
				let at = self.now + self.latency[node][to];
				self.at(at, What::Announce { from: node, to, header: header.clone() });
			}
		}
	}
}
