//! What the task tells the rest of the node about itself.

use crate::{
	policy::Snapshot,
	protocol::{Counters, Protocol, Trace},
	types::{Hash, Moment, Peer},
};
use std::{
	collections::VecDeque,
	sync::{Arc, Mutex, MutexGuard, PoisonError},
	time::{SystemTime, UNIX_EPOCH},
};

/// Blocks whose traces are kept.
const TRACES: usize = 256;

/// Snapshots that are kept.
const SNAPSHOTS: usize = 3;

/// See the module. Clones show the same.
#[derive(Clone, Default)]
pub struct View(Arc<Mutex<Seen>>);

#[derive(Default)]
struct Seen {
	/// When the task's clock began, in microseconds of the Unix epoch.
	start: Moment,
	counters: Counters,
	queued: usize,
	links: usize,
	suspects: Vec<Peer>,
	/// The newest first.
	traces: VecDeque<Trace>,
	/// The newest first.
	snapshots: VecDeque<Arc<Snapshot>>,
}

/// How the task stands.
#[derive(Clone, Debug)]
pub struct Status {
	/// What has been counted since its start.
	pub counters: Counters,
	/// Bytes of blocks that wait to be sent.
	pub queued: usize,
	/// Open links.
	pub links: usize,
	/// Relays that handed on nothing last time: they are not waited for.
	pub suspects: Vec<Peer>,
	/// The newest snapshot.
	pub snapshot: Option<Arc<Snapshot>>,
	/// What became of the last blocks, the newest first; moments are microseconds of the Unix epoch.
	pub blocks: Vec<Trace>,
}

impl View {
	fn seen(&self) -> MutexGuard<'_, Seen> {
		self.0.lock().unwrap_or_else(PoisonError::into_inner)
	}

	/// The task's clock begins.
	pub(crate) fn start(&self) {
		let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
		self.seen().start = Moment::try_from(since.as_micros()).unwrap_or(Moment::MAX);
	}

	pub(crate) fn measure(&self, protocol: &Protocol, links: usize) {
		let mut seen = self.seen();
		(seen.counters, seen.queued, seen.links) = (protocol.counters(), protocol.queued(), links);
		if !protocol.suspects().eq(seen.suspects.iter()) {
			seen.suspects = protocol.suspects().copied().collect();
		}
	}

	pub(crate) fn trace(&self, mut trace: Trace) {
		let mut seen = self.seen();
		let start = seen.start;
		let absolute = |moment: Moment| moment.saturating_add(start);
		trace.learned = trace.learned.saturating_add(start);
		trace.complete = trace.complete.map(absolute);
		trace.imported = trace.imported.map(absolute);
		seen.traces.truncate(TRACES - 1);
		seen.traces.push_front(trace);
	}

	pub(crate) fn snapshot(&self, snapshot: Arc<Snapshot>) {
		let mut seen = self.seen();
		seen.snapshots.truncate(SNAPSHOTS - 1);
		seen.snapshots.push_front(snapshot);
	}

	/// How the task stands; of blocks, the last `blocks`.
	pub fn status(&self, blocks: usize) -> Status {
		let seen = self.seen();
		Status {
			counters: seen.counters,
			queued: seen.queued,
			links: seen.links,
			suspects: seen.suspects.clone(),
			snapshot: seen.snapshots.front().cloned(),
			blocks: seen.traces.iter().take(blocks).cloned().collect(),
		}
	}

	/// What became of a block, if that is remembered.
	pub fn block(&self, hash: &Hash) -> Option<Trace> {
		self.seen().traces.iter().find(|trace| trace.hash == *hash).cloned()
	}

	/// The snapshot of a session, if it is remembered.
	pub fn session(&self, session: u32) -> Option<Arc<Snapshot>> {
		self.seen().snapshots.iter().find(|snapshot| snapshot.session == session).cloned()
	}
}
