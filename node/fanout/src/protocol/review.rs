//! What time brings: questions, judgements, oblivion; and the report of a session.

use super::{block::Stage, ledger::Report, *};
use crate::types::MILLISECOND;

/// A parent may take twice the predicted time and this much more.
const GRACE: Moment = 500 * MILLISECOND;

/// Blocks are remembered for so many slots.
const REMEMBERED: u64 = 4;

/// What became of a block on this node.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Trace {
	/// The block.
	pub hash: Hash,
	/// Its height.
	pub number: u32,
	/// Length of its body; 0 if it never was here.
	pub bytes: u32,
	/// Where it came from.
	pub source: Option<Source>,
	/// Who sent the last part of it, where that was not us.
	pub pieces: u32,
	/// When it should have been here, in microseconds after its author began.
	pub due: Option<Moment>,
	/// When we first heard of it.
	pub learned: Moment,
	/// When all of it was here, checked, and sent on.
	pub complete: Option<Moment>,
	/// When it was in the database.
	pub imported: Option<Moment>,
	/// Whom we asked.
	pub asked: u32,
	/// What came without need.
	pub duplicates: u32,
}

impl Protocol {
	/// When there is something to do though nothing happens.
	pub fn wake_at(&self) -> Moment {
		let blocks = self.blocks.values().map(|block| {
			let review = if block.judged { self.forget_at(block) } else { self.judge_at(block) };
			let gate = block.gate.map(|gate| gate.opens);
			let next = [block.look_at, gate, Some(review)];
			next.into_iter().flatten().min().unwrap_or(review)
		});
		let pings = (self.outbox.peers().next().is_some()).then(|| self.overheads.wake_at());
		let others = [self.parked.wake_at(), self.outbox.wake_at(), pings];
		blocks.chain(others.into_iter().flatten()).min().unwrap_or(Moment::MAX)
	}

	/// The time has come for something.
	pub(super) fn wake(&mut self, turn: &Turn<'_>) {
		self.parked.expire(turn.now);
		let late = |at: Option<Moment>| at.is_some_and(|at| at <= turn.now);
		let hashes: Vec<Hash> = self.blocks.keys().copied().collect();
		for hash in hashes {
			if self.blocks.get(&hash).is_some_and(|block| late(block.look_at)) {
				self.look(turn, &hash);
			}
			let gate = |block: &Block| block.gate.map(|gate| gate.opens);
			if self.blocks.get(&hash).is_some_and(|block| late(gate(block))) {
				self.give_up(&hash);
			}
			let Some(block) = self.blocks.get(&hash) else { continue };
			if !block.judged && self.judge_at(block) <= turn.now {
				self.judge(turn, &hash);
			}
			let Some(block) = self.blocks.get(&hash) else { continue };
			if self.forget_at(block) <= turn.now {
				self.forget(&hash);
			}
		}
		let oldest = turn.chain.slot_now().saturating_sub(OLDEST + 1);
		self.slots.retain(|(slot, _), _| *slot >= oldest);
	}

	fn judge_at(&self, block: &Block) -> Moment {
		let due = block.route().map_or(0, |route| route.due());
		let usual = due.saturating_mul(2).saturating_add(GRACE);
		block.learned.saturating_add(usual.min(self.settings.slot / 2))
	}

	fn forget_at(&self, block: &Block) -> Moment {
		block.learned.saturating_add(self.settings.slot.saturating_mul(REMEMBERED))
	}

	/// Who was to deliver, and did. A parent that says it holds the block after we told it the same
	/// may be [excused](super::excuses): nobody knows when it would have delivered.
	fn judge(&mut self, turn: &Turn<'_>, hash: &Hash) {
		let Some(block) = self.blocks.get_mut(hash) else { return };
		block.judged = true;
		if block.route().is_none() {
			// The sync was quicker; then the chain knows how long it is.
			let length = turn.chain.body_length(hash);
			let known = block.known.as_mut().zip(length);
			let Some((known, bytes)) = known else { return };
			let snapshot = known.snapshot;
			let frozen = self.policy.snapshot(&snapshot);
			let Some(author) = frozen.and_then(|frozen| frozen.author(&known.author)) else {
				return;
			};
			known.route = self.policy.route(&snapshot, author, known.head.number, bytes);
		}
		let Some(block) = self.blocks.get(hash) else { return };
		let Some(route) = block.route().cloned().filter(|_| block.stage != Stage::Lost) else {
			return;
		};
		let calm = block.asked.is_empty() || block.looks == 0 || block.answer_by.is_some();
		// Of another session: that report is written.
		let current = self.policy.current().map(|snapshot| snapshot.session);
		if block.source != Some(Source::Own) && current == Some(route.snapshot.session) {
			let was_asked_for = !block.asked.is_empty();
			let members = route.snapshot.members.len();
			let parents = route.parents().into_iter().filter_map(|(place, pieces)| {
				let peer = route.snapshot.peer(place)?;
				let delivered = block.delivered.get(&peer).copied().unwrap_or(0) & pieces;
				let excuse = block.acked.contains(&peer) && block.holders.contains(&peer);
				Some((place, peer, delivered, pieces & !delivered, excuse))
			});
			for (place, peer, delivered, owed, excuse) in parents.collect::<Vec<_>>() {
				let is_excused = owed != 0 && excuse && {
					let ways = excuses::ways_to(&route, place, owed);
					self.excuses.believe(peer, &ways, members)
				};
				if !is_excused {
					self.ledger.count(peer, owed == 0);
				}
				// Where nobody was asked, others were merely quicker. And who sends his own block may keep
				// those of others.
				let kept_all = delivered == 0;
				if place != route.author && !(kept_all && excuse && !was_asked_for) {
					self.suspect(peer, kept_all);
				}
			}
		}
		if calm {
			self.be_hasty();
		}
	}

	/// Forgets a block, and tells what became of it.
	pub(super) fn forget(&mut self, hash: &Hash) {
		self.open_gate(hash);
		let Some(block) = self.blocks.remove(hash) else { return };
		let Some(number) = block.number() else { return };
		self.actions.push(Action::Trace(Trace {
			hash: *hash,
			number,
			bytes: u32::try_from(block.data.len()).unwrap_or(u32::MAX),
			source: block.source,
			pieces: block.all().count_ones(),
			due: block.route().map(|route| route.due()),
			learned: block.learned,
			complete: block.complete_at,
			imported: block.imported_at,
			asked: u32::try_from(block.asked.len()).unwrap_or(u32::MAX),
			duplicates: block.duplicates,
		}));
	}

	/// What a session has shown.
	pub(super) fn report(&mut self, session: u32) -> Report {
		let peers = self.policy.current().map(|snapshot| snapshot.members.iter());
		let measured = peers.into_iter().flatten().filter_map(|member| {
			let peer = member.peer?;
			let trip = self.overheads.measured(&peer)?;
			Some((peer, u32::try_from(trip / 2).unwrap_or(u32::MAX)))
		});
		let overheads = measured.collect();
		Report { session, parents: self.ledger.take(), overheads }
	}
}
