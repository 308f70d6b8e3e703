//! What a node reports about the others, once a session.

use crate::types::Peer;
use std::collections::BTreeMap;

/// How often a parent was to deliver, and did in time.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Record {
	/// Blocks it was to deliver, and could have.
	pub assigned: u32,
	/// Of these, delivered in time.
	pub on_time: u32,
}

/// What goes into a session's report.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Report {
	/// The session.
	pub session: u32,
	/// By parent.
	pub parents: BTreeMap<Peer, Record>,
	/// Microseconds one way, by peer.
	pub overheads: BTreeMap<Peer, u32>,
}

/// The records of the session that runs.
#[derive(Default)]
pub struct Ledger {
	parents: BTreeMap<Peer, Record>,
}

impl Ledger {
	/// A parent was to deliver. At most one entry for each member of the last sessions.
	pub fn count(&mut self, parent: Peer, on_time: bool) {
		let record = self.parents.entry(parent).or_default();
		record.assigned = record.assigned.saturating_add(1);
		record.on_time = record.on_time.saturating_add(u32::from(on_time));
	}

	/// What there is so far.
	pub fn parents(&self) -> &BTreeMap<Peer, Record> {
		&self.parents
	}

	/// What there is, and begins anew.
	pub fn take(&mut self) -> BTreeMap<Peer, Record> {
		std::mem::take(&mut self.parents)
	}
}
