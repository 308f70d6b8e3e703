//! What is complete: acknowledged, imported after its parent, and then its children.

use super::{
	block::{Known, Stage},
	*,
};
use crate::frames::Status;

impl Protocol {
	/// All of a block is here: it goes on, and then into the import queue.
	pub(super) fn complete(
		&mut self,
		turn: &Turn<'_>,
		hash: &Hash,
		fresh: u64,
		from: Option<Peer>,
		stand_in: Option<u16>,
	) {
		let Some(block) = self.blocks.get_mut(hash) else { return };
		block.complete_at = Some(turn.now);
		block.look_at = None;
		let asked = from.is_some_and(|from| block.asked.contains_key(&from));
		block.source = Some(match from {
			None => Source::Own,
			Some(_) if asked => Source::Want,
			Some(_) => Source::Push,
		});
		self.counters.received += u64::from(from.is_some());
		self.forward(hash, fresh, stand_in);
		self.serve_waiting(hash);
		self.acknowledge(hash, from);
		self.tell_backups(hash);
		self.inject(turn, hash);
	}

	/// Parents who have not delivered need not; second parents are to show that they do.
	fn acknowledge(&mut self, hash: &Hash, from: Option<Peer>) {
		let Some(block) = self.blocks.get_mut(hash) else { return };
		let Some(route) = block.route().cloned() else { return };
		let Some(own) = route.own else { return };
		let ack = Frame::Ack { hash: *hash, status: Status::Received }.to_bytes();
		for (parent, pieces) in route.parents() {
			let Some(peer) = route.snapshot.peer(parent) else { continue };
			let second = route.plan.second_children(parent).any(|(child, _)| child == own);
			let delivered = block.delivered.get(&peer).copied().unwrap_or(0) & pieces == pieces;
			let whole = from == Some(peer) && !route.plan.is_cut();
			if whole || !delivered && !second {
				block.acked.insert(peer);
				self.outbox.small(&peer, ack.clone());
			}
		}
	}

	/// Into the import queue, if the parent went before; and then the children that waited.
	fn inject(&mut self, turn: &Turn<'_>, hash: &Hash) {
		let mut ready = vec![*hash];
		while let Some(hash) = ready.pop() {
			let Some(block) = self.blocks.get(&hash).filter(|block| block.is_complete()) else {
				continue;
			};
			let Some(known) = &block.known else { continue };
			let (header, parent) = (known.header.clone(), known.head.parent);
			let before = self.blocks.get(&parent).map(|block| block.stage);
			let follows = matches!(before, Some(Stage::Injected | Stage::Imported))
				|| turn.chain.knows(&parent);
			let Some(block) = self.blocks.get_mut(&hash) else { continue };
			match block.stage {
				Stage::Gathering | Stage::Held if follows => block.stage = Stage::Injected,
				Stage::Gathering => {
					block.stage = Stage::Held;
					continue;
				}
				_ => continue,
			}
			// Whoever wrote it imports it itself.
			if block.source != Some(Source::Own) {
				let body = block.data.clone();
				self.actions.push(Action::Import { hash, header, body });
			}
			self.extend_gate(turn, &hash);
			ready.extend(self.held_on(&hash));
		}
	}

	fn held_on(&self, parent: &Hash) -> Vec<Hash> {
		let held = self.blocks.iter().filter(|(_, block)| {
			let waits = |known: &Known| known.head.parent == *parent;
			block.stage == Stage::Held && block.known.as_ref().is_some_and(waits)
		});
		held.map(|(hash, _)| *hash).collect()
	}

	/// A block is in the database, however it came there.
	pub(super) fn imported(&mut self, turn: &Turn<'_>, hash: Hash) {
		if let Some(block) = self.blocks.get_mut(&hash) {
			block.stage = Stage::Imported;
			block.look_at = None;
			block.imported_at.get_or_insert(turn.now);
			block.source.get_or_insert(Source::Sync);
			self.refuse_waiting(&hash);
		}
		self.open_gate(&hash);
		for child in self.held_on(&hash) {
			self.inject(turn, &child);
		}
		self.release(turn, &hash);
	}
}
