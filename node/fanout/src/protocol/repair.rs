//! What is late is asked for by name, step by step: a holder after some patience, another one, and so
//! on; meanwhile the [gate](super::gate) decides when the stock sync is let at it.

use super::{block::bits, *};
use crate::{
	policy::Route,
	types::{MILLISECOND, SECOND},
};

/// Quarters of the usual patience, if nothing was asked for in vain lately.
pub const USUAL: u64 = 4;

/// Patience never grows beyond this.
const MOST_PATIENT: u64 = 32;

/// A node waits at least so long for what is late.
const LEAST: Moment = 50 * MILLISECOND;

/// How often a node looks for somebody to ask.
const MOST_LOOKS: u8 = 16;

/// How far ahead of what is final a block can be that we believe in from hearsay.
const FARTHEST: u32 = 256;

/// Blocks that one peer alone may have told us of and that have not come.
const MOST_RUMOURS: usize = 8;

impl Protocol {
	/// A peer says that it holds a block.
	pub(super) fn heard(&mut self, turn: &Turn<'_>, from: Peer, rumour: Rumour) {
		let near = rumour.number > self.finalised
			&& rumour.number <= self.finalised.saturating_add(FARTHEST);
		if self.syncing || !near {
			return;
		}
		let hash = rumour.hash;
		if !self.blocks.contains_key(&hash) {
			let alone = |block: &&Block| {
				block.known.is_none() && block.holders.len() == 1 && block.holders.contains(&from)
			};
			let told = self.blocks.values().filter(alone).count();
			if told >= MOST_RUMOURS || turn.chain.knows(&hash) {
				return;
			}
			self.make_room();
			self.blocks.insert(hash, Block::new(turn.now));
		}
		self.holds(from, &hash);
		let Some(block) = self.blocks.get_mut(&hash) else { return };
		block.rumour.get_or_insert(rumour);
		if block.is_settled() {
			return;
		}
		let lead = self.lead(&hash, Some(&from));
		let patience = self.patience_with(&hash, Some(&from));
		let late = turn.now.saturating_add(lead).saturating_add(patience);
		let route = self.guess(&hash);
		let author = route.and_then(|route| route.snapshot.peer(route.author));
		if let Some(block) = self.blocks.get_mut(&hash).filter(|_| author == Some(from)) {
			// It has just begun to send. What others said does not make it late sooner.
			block.late_at = Some(late);
			block.look_at = block.look_at.map(|at| at.max(late));
		}
		self.look_by(&hash, late);
	}

	/// A piece has come: when the others should have.
	pub(super) fn expect_rest(&mut self, turn: &Turn<'_>, hash: &Hash) {
		let Some(block) = self.blocks.get(hash).filter(|block| !block.is_settled()) else { return };
		if block.look_at.is_some() {
			return;
		}
		let rest = self.lead(hash, None);
		let patience = self.patience_with(hash, None);
		self.look_by(hash, turn.now.saturating_add(rest).saturating_add(patience));
	}

	/// Looks for somebody to ask at `at`, if not earlier.
	pub(super) fn look_by(&mut self, hash: &Hash, at: Moment) {
		if let Some(block) = self.blocks.get_mut(hash) {
			let at = block.late_at.map_or(at, |late| at.max(late));
			let sooner = block.look_at.is_none_or(|before| at < before);
			if sooner && block.looks < MOST_LOOKS {
				block.look_at = Some(at);
			}
		}
	}

	/// A block's way, or what we take for it: its length, or author, may be hearsay.
	fn guess(&mut self, hash: &Hash) -> Option<Route> {
		let block = self.blocks.get(hash)?;
		if let Some(route) = block.route() {
			return Some(route.clone());
		}
		let snapshot = self.policy.current()?.clone();
		let (author, number, bytes) = match (&block.known, block.rumour) {
			(Some(known), Some(rumour)) => {
				(snapshot.author(&known.author)?, known.head.number, rumour.bytes)
			}
			(None, Some(rumour)) => (rumour.author.into(), rumour.number, rumour.bytes),
			// Whoever fans a block out says how long it is before anybody announces it.
			(_, None) => return None,
		};
		self.policy.route(&snapshot.hash, author, number, bytes)
	}

	/// How much later than `holder`, or than its author, we should have a block. An eighth of a slot
	/// if nobody who fans it out has spoken of it: perhaps its author does not.
	pub(super) fn lead(&mut self, hash: &Hash, holder: Option<&Peer>) -> Moment {
		let Some(route) = self.guess(hash) else { return self.settings.slot / 8 };
		let place = holder.and_then(|holder| route.snapshot.place(holder));
		let earlier = place.map_or(0, |place| route.plan.due(place));
		// The longer it takes, the less is the prediction to be trusted, above all what it says of
		// latencies. But hearsay cannot make us wait longer than the gate does.
		let lead = route.due().saturating_sub(earlier);
		let slack = (lead / 2).min((lead / 4).saturating_add(route.snapshot.paths.latency));
		let lead = lead.saturating_add(slack).saturating_add(self.detour(&route));
		lead.min(self.settings.slot / 2)
	}

	/// How much farther away our farthest parent is than all are taken to be; what one says who
	/// answers late on purpose is bounded by that.
	fn detour(&self, route: &Route) -> Moment {
		let latency = route.snapshot.paths.latency;
		let parents = route.parents().into_keys().filter_map(|place| route.snapshot.peer(place));
		let farthest = parents.filter_map(|peer| self.overheads.measured(&peer)).max().unwrap_or(0);
		(farthest / 2).saturating_sub(latency).min(latency)
	}

	/// How long an answer may take, or the last stretch of a block's way.
	pub(super) fn patience_with(&mut self, hash: &Hash, holder: Option<&Peer>) -> Moment {
		let trip = holder.map_or(0, |holder| self.overheads.round_trip(holder));
		let stretch = self.guess(hash).map_or(0, |route| stretch(&route));
		let Some(block) = self.blocks.get(hash) else { return LEAST };
		let heard = block.rumour.map_or(0, |rumour| rumour.bytes) as usize;
		let pieces = block.all().count_ones().max(1);
		let (bytes, stretch) = match block.data.len() {
			0 => (heard, stretch),
			all => {
				(all / pieces as usize * block.missing().count_ones().min(pieces) as usize, stretch)
			}
		};
		let uplink = self.policy.current().map_or(0, |snapshot| snapshot.paths.uplink).max(1);
		let sending = (bytes as u64).saturating_mul(SECOND) / uplink;
		let usual = LEAST.max(trip.saturating_mul(2)).saturating_add(sending.max(stretch));
		(usual / USUAL).saturating_mul(self.patience).min(self.settings.slot / 2)
	}

	/// Something was asked for, and then came by itself before an answer could.
	pub(super) fn be_patient(&mut self) {
		self.patience = (self.patience * 2).min(MOST_PATIENT);
	}

	/// Nothing had to be asked for, or what was asked for would not have come by itself.
	pub(super) fn be_hasty(&mut self) {
		self.patience = self.patience.saturating_sub(self.patience.div_ceil(8)).max(USUAL);
	}

	/// A block is late: asks the next ones.
	pub(super) fn look(&mut self, turn: &Turn<'_>, hash: &Hash) {
		let (next, fetching) = self.questions(hash);
		let Some(block) = self.blocks.get_mut(hash) else { return };
		block.look_at = None;
		if block.is_settled() || block.looks >= MOST_LOOKS {
			return;
		}
		block.looks += 1;
		if next.is_empty() {
			// Somebody will have it; or the stock announcements say so, and then the sync gets it.
			let later = turn.now.saturating_add(self.settings.slot / 8);
			return self.look_by(hash, later);
		}
		let first = block.asked.is_empty() || block.looks == 1;
		let coming = block.pieces.is_some() || next.keys().any(|peer| block.holders.contains(peer));
		let mut patience = 0;
		for (peer, pieces) in next {
			self.ask(hash, peer, pieces);
			patience = patience.max(self.patience_with(hash, Some(&peer)));
		}
		let answered = turn.now.saturating_add(patience).saturating_add(fetching);
		if let Some(block) = self.blocks.get_mut(hash).filter(|_| first) {
			block.answer_by = Some(answered);
		}
		self.look_by(hash, answered);
		if coming {
			self.hold_gate(hash, answered.saturating_add(patience));
		}
	}

	/// Asks a peer for pieces of a block.
	pub(super) fn ask(&mut self, hash: &Hash, peer: Peer, pieces: u64) {
		let Some(block) = self.blocks.get_mut(hash) else { return };
		self.counters.repaired += u64::from(block.asked.is_empty());
		*block.asked.entry(peer).or_default() |= pieces;
		self.counters.wanted += 1;
		self.outbox.small(&peer, Frame::Want { hash: *hash, pieces }.to_bytes());
	}

	/// Whom to ask for what, and how long deputies need to fetch it for all. Pieces that only their
	/// author holds are asked of their deputies, each for its own, and of the author by the deputies
	/// alone; if that is in vain, of anybody.
	fn questions(&mut self, hash: &Hash) -> (BTreeMap<Peer, u64>, Moment) {
		let route = self.guess(hash);
		let mut questions = BTreeMap::<Peer, u64>::new();
		let mut fetching = 0;
		let Some(block) = self.blocks.get(hash) else { return (questions, fetching) };
		let author = route.as_ref().and_then(|route| route.snapshot.peer(route.author));
		let mut rest = block.missing();
		let mut others = block.holders.iter().filter(|peer| author != Some(**peer));
		let held = others.any(|peer| self.is_free(block, peer, rest));
		if let Some(route) = route.filter(|_| block.pieces.is_some() && !held) {
			for (piece, place) in deputies(&route, rest, &self.suspects) {
				let deputy = route.snapshot.peer(place);
				if let Some(deputy) = deputy.filter(|peer| self.is_free(block, peer, 1 << piece)) {
					*questions.entry(deputy).or_default() |= 1 << piece;
				}
			}
			if let Some(most) = questions.values().map(|pieces| pieces.count_ones()).max() {
				fetching = fetching_for_all(&route, block.data.len(), rest, most);
			}
			rest &= !questions.values().fold(0, |all, pieces| all | pieces);
		}
		if let Some(holder) = self.next_holder(hash, rest) {
			let block = self.blocks.get(hash);
			let before = block.and_then(|block| block.asked.get(&holder)).copied().unwrap_or(0);
			*questions.entry(holder).or_default() |= rest & !before;
		}
		(questions, fetching)
	}

	/// Whether a peer can be asked for some of the pieces, and has not been.
	pub(super) fn is_free(&self, block: &Block, peer: &Peer, pieces: u64) -> bool {
		let asked = block.asked.get(peer).copied().unwrap_or(0);
		*peer != self.settings.own && self.outbox.reaches(peer) && pieces & !asked != 0
	}

	/// Whom to ask for these pieces: the nearest who holds them; else the parent's parent, the author,
	/// then anybody.
	fn next_holder(&mut self, hash: &Hash, pieces: u64) -> Option<Peer> {
		let route = self.guess(hash);
		let block = self.blocks.get(hash)?;
		let free = |peer: &Peer| self.is_free(block, peer, pieces);
		let holders = block.holders.iter().filter(|peer| free(peer));
		// The author has enough to do.
		let author = route.as_ref().and_then(|route| route.snapshot.peer(route.author));
		let nearest = holders
			.min_by_key(|peer| (author == Some(**peer), self.overheads.round_trip(peer), **peer));
		if let Some(holder) = nearest {
			return Some(*holder);
		}
		let route = route?;
		let own = route.own?;
		let first = block.missing().trailing_zeros();
		let first = if block.pieces.is_some() { first } else { 0 };
		let above = route.plan.way_of(first).and_then(|way| {
			let parent = way.parent(own)?;
			way.parent(parent)
		});
		let members = route.snapshot.members.len();
		// From our own place on, so that not everybody asks the same one.
		let others = (1..members).map(|step| ((own as usize + step) % members) as u32);
		above
			.into_iter()
			.chain([route.author])
			.chain(others)
			.filter_map(|place| route.snapshot.peer(place))
			.find(free)
	}

	/// Whom we asked does not have it.
	pub(super) fn refused(&mut self, turn: &Turn<'_>, from: &Peer, hash: &Hash) {
		if let Some(block) = self.blocks.get_mut(hash) {
			block.holders.remove(from);
			if block.asked.contains_key(from) && !block.is_settled() {
				self.look(turn, hash);
			}
		}
	}
}

/// Who fetches which of the missing pieces from the author, for all: one of the leaves of its
/// tree, another one for each piece, and none that we miss a piece from or that is `suspected`. Who
/// misses the same pieces finds the same ones; so the author sends a lost piece once more, not once
/// more to everybody.
pub(super) fn deputies(route: &Route, missing: u64, suspected: &BTreeSet<Peer>) -> Vec<(u8, u32)> {
	let Some(own) = route.own else { return Vec::new() };
	let way_of = |piece: u8| route.plan.way_of(piece.into());
	let debtors: Vec<u32> = bits(missing).filter_map(|piece| way_of(piece)?.parent(own)).collect();
	let is_suspected =
		|place: u32| route.snapshot.peer(place).is_some_and(|peer| suspected.contains(&peer));
	let deputy = |piece: u8| {
		let way = way_of(piece)?;
		let fit = |place: &&u32| {
			**place != route.author
				&& way.children(**place).is_empty()
				&& !debtors.contains(place)
				&& !is_suspected(**place)
		};
		let leaves: Vec<u32> = way.sequence().iter().filter(fit).copied().collect();
		let place = leaves.get(usize::from(piece).checked_rem(leaves.len())?)?;
		Some((piece, *place))
	};
	bits(missing).filter_map(deputy).collect()
}

/// How long it takes until the author has sent the missing pieces to their deputies, and a deputy
/// its own, at most so many, to everybody.
pub(super) fn fetching_for_all(route: &Route, bytes: usize, missing: u64, most: u32) -> Moment {
	let paths = route.snapshot.paths;
	let piece = (bytes as u64).div_ceil(u64::from(route.plan.pieces()).max(1));
	let members = route.snapshot.members.len() as u64;
	let sent =
		u64::from(missing.count_ones()).saturating_add(u64::from(most).saturating_mul(members));
	let sending = piece.saturating_mul(sent).saturating_mul(SECOND) / paths.uplink.max(1);
	sending.saturating_add(paths.latency.saturating_mul(2))
}

/// How long the parent of a whole block sends: nobody knows whom it serves first. Of pieces: a
/// latency, as links differ.
fn stretch(route: &Route) -> Moment {
	let parent = route.own.zip(route.plan.way_of(0)).and_then(|(own, way)| way.parent(own));
	match parent {
		Some(parent) if !route.plan.is_cut() => route.due().saturating_sub(route.plan.due(parent)),
		_ => route.snapshot.paths.latency,
	}
}
