//! The protocol: a pure state machine. Events go in with the time, actions come out; the same events
//! give the same actions.
//!
//! | What happens to a block | Where |
//! |---|---|
//! | it is checked, and waits for its parent if need be | `receive` |
//! | it goes on to the children, before it is imported | `forward` |
//! | it is complete, and imported after its parent | `finish` |
//! | it is late, and others are asked for it | `repair` |
//! | others ask for it | `serve` |
//! | who was silent lately is not waited for | `suspects` |
//! | which late parents are believed that others were late | `excuses` |
//! | the stock announcements of it are held back, so that it is not downloaded, too | `gate` |
//! | its parents are judged, and it is forgotten | `review` |
//!
//! Whatever does not come in time is left to the stock sync.

mod block;
mod excuses;
mod finish;
mod forward;
mod gate;
pub mod ledger;
mod outbox;
mod overheads;
mod parked;
mod receive;
mod repair;
mod review;
mod serve;
mod suspects;

pub use block::Source;
pub use ledger::Report;
pub use review::Trace;

use crate::{
	chain::Chain,
	frames::{Frame, Rumour, Status},
	policy::{Policy, Snapshot},
	types::{Author, Hash, Moment, Peer},
};
use block::Block;
use excuses::Excuses;
use ledger::Ledger;
use outbox::Outbox;
use overheads::Overheads;
use parked::Parked;
use std::{
	collections::{BTreeMap, BTreeSet},
	sync::Arc,
};

/// Blocks that are remembered at a time.
const MOST_BLOCKS: usize = 128;

/// Bytes of bodies that are remembered.
const MOST_DATA: usize = 32 << 20;

/// A block may be this many slots old; older ones are the sync's.
const OLDEST: u64 = 16;

/// What does not change while a node runs.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
	/// Our node.
	pub own: Peer,
	/// Length of a block slot.
	pub slot: Moment,
	/// For the numbers in pings; differs from node to node.
	pub seed: u64,
}

/// What happens to a node.
#[derive(Clone, Debug)]
pub enum Event {
	/// A link can be used.
	Opened(Peer),
	/// A link cannot be used any more.
	Closed(Peer),
	/// A frame has come.
	Received(Peer, Vec<u8>),
	/// The frame in flight has been handed to the link (true), or given up.
	Sent(Peer, bool),
	/// This node has written a block and is about to import it.
	Authored {
		/// With its seal.
		header: Vec<u8>,
		/// As it travels.
		body: Vec<u8>,
	},
	/// A stock announcement asks whether to wait for a block. Answered by [`Action::Gate`].
	Announced(Vec<u8>),
	/// A block is in the database.
	Imported(Hash),
	/// Everything up to this height is final.
	Finalised(u32),
	/// A session has begun.
	Snapshot(Arc<Snapshot>),
	/// Whether this node is far behind. Then fan-out is off.
	Syncing(bool),
	/// The time has come that [`Protocol::wake_at`] asked for.
	Wake,
}

/// What a node is to do.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Action {
	/// Hand a frame to a link; answer with [`Event::Sent`].
	Send(Peer, Arc<[u8]>),
	/// Give a block to the import queue.
	Import {
		/// Of the block.
		hash: Hash,
		/// With its seal.
		header: Vec<u8>,
		/// As it travels.
		body: Vec<u8>,
	},
	/// The announcements of this block need not wait any more.
	Gate(Hash),
	/// A peer did what no honest one does.
	Fault(Peer, Fault),
	/// An author sealed two blocks of one slot: their headers.
	Equivocation(Vec<u8>, Vec<u8>),
	/// A session has ended.
	Report(Report),
	/// What became of a block.
	Trace(Trace),
}

/// What no honest peer does.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Fault {
	/// Sent what is no frame, or one beyond the limits.
	Malformed,
	/// Forwarded a header that its author did not seal.
	Seal,
	/// Forwarded a body that is not the header's.
	Body,
	/// Forwarded a piece that is none of the block's.
	Piece,
}

/// What has been counted since the start.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Counters {
	/// Blocks that came by fan-out.
	pub received: u64,
	/// Blocks and pieces that were sent on.
	pub forwarded: u64,
	/// Blocks and pieces that came though they were here already.
	pub duplicates: u64,
	/// Blocks that were late and asked for.
	pub repaired: u64,
	/// Questions asked.
	pub wanted: u64,
	/// Questions answered with data.
	pub served: u64,
	/// Blocks that the stock sync was left to fetch.
	pub left_to_sync: u64,
	/// Children that could not be reached, and were left to another one.
	pub stood_in: u64,
	/// Second blocks of a slot.
	pub equivocations: u64,
	/// What peers did that no honest one does.
	pub faults: u64,
	/// Frames that found no room.
	pub dropped: u64,
}

/// The world, at an event.
struct Turn<'a> {
	chain: &'a dyn Chain,
	now: Moment,
}

/// See the [module](self).
pub struct Protocol {
	settings: Settings,
	policy: Policy,
	/// The session that a peer's trees are of.
	sessions: BTreeMap<Peer, u32>,
	outbox: Outbox,
	overheads: Overheads,
	ledger: Ledger,
	blocks: BTreeMap<Hash, Block>,
	/// The block of each slot and author that is forwarded.
	slots: BTreeMap<(u64, Author), Hash>,
	parked: Parked,
	syncing: bool,
	finalised: u32,
	/// Parents who delivered nothing in time when they were to last, in this session.
	suspects: BTreeSet<Peer>,
	/// What parents said of others in this session.
	excuses: Excuses,
	/// Quarters of the usual patience.
	patience: u64,
	counters: Counters,
	actions: Vec<Action>,
}

impl Protocol {
	/// Before anything has happened; not syncing, nothing known.
	pub fn new(settings: Settings) -> Self {
		Self {
			settings,
			policy: Policy::new(settings.own),
			sessions: BTreeMap::new(),
			outbox: Outbox::default(),
			overheads: Overheads::new(settings.seed),
			ledger: Ledger::default(),
			blocks: BTreeMap::new(),
			slots: BTreeMap::new(),
			parked: Parked::default(),
			syncing: false,
			finalised: 0,
			suspects: BTreeSet::new(),
			excuses: Excuses::default(),
			patience: repair::USUAL,
			counters: Counters::default(),
			actions: Vec::new(),
		}
	}

	/// Something has happened: what is to be done.
	pub fn handle(&mut self, chain: &dyn Chain, now: Moment, event: Event) -> Vec<Action> {
		let turn = &Turn { chain, now };
		match event {
			Event::Opened(peer) => self.opened(peer),
			Event::Closed(peer) => self.closed(turn, &peer),
			Event::Received(peer, bytes) => self.received(turn, peer, &bytes),
			Event::Sent(peer, well) => self.outbox.sent(&peer, well),
			Event::Authored { header, body } => self.authored(turn, header, body),
			Event::Announced(header) => self.announced(turn, &header),
			Event::Imported(hash) => self.imported(turn, hash),
			Event::Finalised(number) => self.finalised = number.max(self.finalised),
			Event::Snapshot(snapshot) => self.session(snapshot),
			Event::Syncing(syncing) => self.set_syncing(syncing),
			Event::Wake => self.wake(turn),
		}
		let peers = self.outbox.peers();
		for (peer, nonce) in self.overheads.pings(now, peers) {
			self.outbox.small(&peer, Frame::Ping(nonce).to_bytes());
		}
		let sends =
			self.outbox.take(now).into_iter().map(|(peer, frame)| Action::Send(peer, frame));
		self.actions.extend(sends);
		self.counters.dropped = self.outbox.dropped;
		std::mem::take(&mut self.actions)
	}

	/// What has been counted since the start.
	pub fn counters(&self) -> Counters {
		self.counters
	}

	/// Bytes that are kept: bodies, what is parked, what waits to be sent.
	pub fn memory(&self) -> usize {
		self.data() + self.parked.bytes() + self.outbox.waiting()
	}

	/// Blocks and parked frames that are kept.
	pub fn entries(&self) -> usize {
		self.blocks.len() + self.parked.len() + self.slots.len()
	}

	/// Bytes of blocks that wait to be sent.
	pub fn queued(&self) -> usize {
		self.outbox.waiting()
	}

	/// Relays that handed on nothing when they were to last, in this session: they are not waited for.
	pub fn suspects(&self) -> impl Iterator<Item = &Peer> {
		self.suspects.iter()
	}

	/// The snapshot in use.
	pub fn snapshot(&self) -> Option<&Arc<Snapshot>> {
		self.policy.current()
	}

	fn data(&self) -> usize {
		self.blocks.values().map(|block| block.data.len()).sum()
	}

	fn opened(&mut self, peer: Peer) {
		self.outbox.open(peer);
		if let Some(hello) = self.hello() {
			self.outbox.small(&peer, hello);
		}
	}

	fn closed(&mut self, turn: &Turn<'_>, peer: &Peer) {
		self.outbox.close(peer);
		self.overheads.close(peer);
		self.sessions.remove(peer);
		self.lost_link(turn, peer);
	}

	fn hello(&self) -> Option<Arc<[u8]>> {
		let snapshot = self.policy.current()?;
		let hello = Frame::Hello { session: snapshot.session, snapshot: snapshot.hash };
		Some(hello.to_bytes())
	}

	fn received(&mut self, turn: &Turn<'_>, peer: Peer, bytes: &[u8]) {
		let Ok(frame) = Frame::from_bytes(bytes) else { return self.fault(peer, Fault::Malformed) };
		match frame {
			Frame::Ping(nonce) => self.outbox.small(&peer, Frame::Pong(nonce).to_bytes()),
			Frame::Pong(nonce) => self.overheads.pong(turn.now, &peer, nonce),
			Frame::Hello { session, .. } => {
				self.sessions.insert(peer, session);
			}
			_ if !self.policy.is_member(&peer) => {}
			Frame::Push(push) => self.pushed(turn, peer, push),
			Frame::Have(rumour) => self.heard(turn, peer, rumour),
			Frame::Want { hash, pieces } => self.wanted(turn, peer, &hash, pieces),
			Frame::Ack { hash, status: Status::Received } => self.holds(peer, &hash),
			Frame::Ack { hash, status: Status::Refused } => self.refused(turn, &peer, &hash),
		}
	}

	/// A peer holds a block: it needs it no more.
	fn holds(&mut self, peer: Peer, hash: &Hash) {
		let forgotten = self.outbox.forget(&peer, hash);
		if let Some(block) = self.blocks.get_mut(hash) {
			block.holders.insert(peer);
			block.waiting.remove(&peer);
			if forgotten && block.is_complete() {
				self.tell(&peer, hash);
			}
		}
	}

	/// Tells a peer that we hold a block.
	fn tell(&mut self, peer: &Peer, hash: &Hash) {
		if let Some(rumour) = self.blocks.get(hash).and_then(rumour) {
			self.outbox.small(peer, Frame::Have(rumour).to_bytes());
		}
	}

	fn session(&mut self, snapshot: Arc<Snapshot>) {
		let known = self.policy.current();
		if known.is_some_and(|known| known.session >= snapshot.session) {
			return;
		}
		if let Some(session) = known.map(|known| known.session) {
			let report = self.report(session);
			self.actions.push(Action::Report(report));
			self.suspects.clear();
			self.excuses.clear();
		}
		self.policy.learn(snapshot);
		if let Some(hello) = self.hello() {
			let peers: Vec<Peer> = self.outbox.peers().copied().collect();
			peers.iter().for_each(|peer| self.outbox.small(peer, hello.clone()));
		}
	}

	/// While a node is far behind, the sync has all to itself.
	fn set_syncing(&mut self, syncing: bool) {
		self.syncing = syncing;
		if syncing {
			let waiting: Vec<Hash> = self.blocks.keys().copied().collect();
			waiting.iter().for_each(|hash| self.open_gate(hash));
			self.blocks.clear();
			self.slots.clear();
			self.parked = Parked::default();
		}
	}

	fn fault(&mut self, peer: Peer, fault: Fault) {
		self.counters.faults += 1;
		self.actions.push(Action::Fault(peer, fault));
	}
}

/// What we can say about a block, if we know its way.
fn rumour(block: &Block) -> Option<Rumour> {
	let known = block.known.as_ref()?;
	let author = known.route.as_ref()?.author;
	let bytes = u32::try_from(block.data.len()).ok()?;
	Some(Rumour::new(&known.head, bytes, u16::try_from(author).ok()?))
}
