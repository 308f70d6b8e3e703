//! The stock sync, as far as it matters: it fetches what was announced once the gate is open.

use crate::{
	ledger::{Header, SLOT},
	network::{What, World},
};
use codec::Encode;
use std::collections::{BTreeMap, BTreeSet};
use voltree_fanout::{
	protocol::Event,
	types::{Hash, Moment, MILLISECOND, SECOND},
};

/// Between two attempts.
const RETRY: Moment = SECOND / 2;

#[derive(Default)]
pub struct Stock {
	/// Who has announced what.
	announcers: BTreeMap<Hash, BTreeSet<usize>>,
	/// When a block was first announced.
	pub announced: BTreeMap<Hash, Moment>,
	/// When it was first asked for.
	pub asked: BTreeMap<Hash, Moment>,
}

impl World {
	pub fn announced(&mut self, from: usize, to: usize, header: Header) {
		let (hash, now) = (header.hash(), self.now);
		let state = &mut self.nodes[to];
		state.stock.announcers.entry(hash).or_default().insert(from);
		if state.ledger.stored.contains_key(&hash) {
			return;
		}
		if !state.syncing {
			state.stock.announced.entry(hash).or_insert(now);
		}
		self.handle(to, Event::Announced(header.encode()));
	}

	pub fn gate_opens(&mut self, node: usize, hash: Hash) {
		let state = &mut self.nodes[node];
		let known = state.ledger.stored.contains_key(&hash);
		if known || state.stock.asked.contains_key(&hash) {
			return;
		}
		state.stock.asked.insert(hash, self.now);
		self.note(|| format!("node {node} leaves {hash:?} to the sync"));
		self.at(self.now, What::Fetch { node, hash, tries: 0 });
	}

	/// Downloads a block and those before it from somebody who has announced it.
	pub fn fetch(&mut self, node: usize, hash: Hash, tries: u32) {
		let state = &self.nodes[node];
		if state.protocol.is_none() || state.ledger.stored.contains_key(&hash) || tries > 20 {
			return;
		}
		let announcers = state.stock.announcers.get(&hash);
		let from = announcers.into_iter().flatten().copied().find(|from| {
			let reliable = self.faults.is_honest(*from);
			reliable && self.is_open(node, *from) && self.has(*from, &hash)
		});
		match from {
			Some(from) => self.download(node, from, hash),
			None => self.at(self.now + RETRY, What::Fetch { node, hash, tries: tries + 1 }),
		}
	}

	fn has(&self, node: usize, hash: &Hash) -> bool {
		self.nodes[node].ledger.stored.contains_key(hash)
	}

	fn download(&mut self, node: usize, from: usize, hash: Hash) {
		let mut missing = Vec::new();
		let mut next = hash;
		while !self.has(node, &next) {
			let stored = self.nodes[from].ledger.stored[&next].clone();
			next = stored.header.parent;
			missing.push(stored);
		}
		for stored in missing.into_iter().rev() {
			self.import_later(node, stored.header, stored.bytes, 50 * MILLISECOND);
		}
	}

	/// A node that was away fetches what it missed before it takes part again.
	pub fn catch_up(&mut self, node: usize, life: u32) {
		let state = &self.nodes[node];
		if state.protocol.is_none() || !state.syncing {
			return;
		}
		let height = state.ledger.height();
		let best = (0..self.nodes.len())
			.filter(|other| *other != node && self.is_open(node, *other))
			.filter(|other| self.faults.is_honest(*other))
			.max_by_key(|other| self.nodes[*other].ledger.height());
		let behind = best.filter(|best| self.nodes[*best].ledger.height() > height);
		if let Some(best) = behind {
			let hash = self.nodes[best].ledger.best;
			self.download(node, best, hash);
			return self.at(self.now + SLOT / 10, What::CatchUp { node, life });
		}
		self.nodes[node].syncing = false;
		self.handle(node, Event::Syncing(false));
	}
}
