//! The stock sync downloads what is announced and not here yet. Announcements of a block that is on
//! its way to us are held back: until we hear that it is imported, by when the sync knows of it, too;
//! until it is clear that it will not come; or until it should have come, and then some.

use super::{
	block::{Gate, Stage},
	*,
};
use crate::{chain::Seal, types::SECOND};
use voltree_wct::plan::Mode;

/// Blocks whose announcements wait at a time.
const MOST_GATES: usize = 64;

impl Protocol {
	/// An announcement asks. The answer comes at once or later.
	pub(super) fn announced(&mut self, turn: &Turn<'_>, header: &[u8]) {
		let Some(head) = turn.chain.inspect(header) else { return };
		if !self.is_ours(turn, &head, header) {
			return self.actions.push(Action::Gate(head.hash));
		}
		let patience = self.patience_with(&head.hash, None);
		let lead = self.lead(&head.hash, None);
		let slot = self.settings.slot;
		let least = SECOND.min(slot / 4);
		let wait = lead.saturating_add(patience.saturating_mul(2)).max(least).min(slot / 2);
		let Some(block) = self.blocks.get_mut(&head.hash) else { return };
		let latest = turn.now.saturating_add(slot / 2);
		// What its author made us expect is looked for elsewhere first.
		let late = block.late_at.map_or(0, |late| late.saturating_add(patience));
		let opens = turn.now.saturating_add(wait).max(late).min(latest);
		block.gate.get_or_insert(Gate { opens, latest });
		self.look_by(&head.hash, turn.now.saturating_add(lead).saturating_add(patience));
		self.extend_gate(turn, &head.hash);
	}

	/// Whether the block of an announcement is one that comes down the tree, and has not come.
	fn is_ours(&mut self, turn: &Turn<'_>, head: &crate::types::Head, header: &[u8]) -> bool {
		let Some(snapshot) = self.policy.current().cloned() else { return false };
		let gates = self.blocks.values().filter(|block| block.gate.is_some()).count();
		// Until we hear of its import, the sync may not have heard of it either.
		let on_its_way =
			self.blocks.get(&head.hash).is_some_and(|block| block.stage == Stage::Injected);
		let never = self.syncing
			|| gates >= MOST_GATES
			|| snapshot.mode(head.number) == Mode::Off
			|| snapshot.place(&self.settings.own).is_none()
			|| head.number <= self.finalised
			|| !on_its_way && turn.chain.knows(&head.hash);
		if never {
			return false;
		}
		match self.blocks.get(&head.hash) {
			Some(block) if matches!(block.stage, Stage::Imported | Stage::Lost) => return false,
			Some(block) if block.known.is_some() => return true,
			_ => {}
		}
		match turn.chain.seal(header) {
			Seal::Valid(author) => {
				let place = snapshot.author(&author);
				let ours = place.is_some_and(|place| snapshot.peer(place).is_some());
				if ours && self.is_first(turn, head, &author, header) {
					self.know(turn, *head, header.to_vec(), author, snapshot.hash);
					true
				} else {
					false
				}
			}
			// Nobody knows its author before its parent is imported. It waits with us, or not at all.
			Seal::Later => {
				let waits = self.parked.holds(&head.hash);
				if waits {
					self.make_room();
					self.blocks.entry(head.hash).or_insert_with(|| Block::new(turn.now));
				}
				waits
			}
			Seal::Invalid => false,
		}
	}

	/// A block in the import queue is worth waiting for.
	pub(super) fn extend_gate(&mut self, turn: &Turn<'_>, hash: &Hash) {
		let longest = turn.now.saturating_add(self.settings.slot / 2);
		if let Some(block) = self.blocks.get_mut(hash) {
			if matches!(block.stage, Stage::Injected) {
				if let Some(gate) = &mut block.gate {
					gate.opens = gate.opens.max(longest);
				}
			}
		}
	}

	/// Somebody was asked who should answer by `until`. If the sync began meanwhile, it would load the
	/// whole block from its author, who has enough to do with what is missing.
	pub(super) fn hold_gate(&mut self, hash: &Hash, until: Moment) {
		if let Some(gate) = self.blocks.get_mut(hash).and_then(|block| block.gate.as_mut()) {
			gate.opens = gate.opens.max(until.min(gate.latest));
		}
	}

	/// Lets the announcements of a block go.
	pub(super) fn open_gate(&mut self, hash: &Hash) {
		if self.blocks.get_mut(hash).is_some_and(|block| block.gate.take().is_some()) {
			self.actions.push(Action::Gate(*hash));
		}
	}

	/// The time is over: the sync may have it.
	pub(super) fn give_up(&mut self, hash: &Hash) {
		self.counters.left_to_sync += 1;
		self.open_gate(hash);
	}
}
