//! Answers to those who ask for a block: at once, or when it has come.

use super::{block::bits, outbox::Load, *};
use crate::frames::{Part, Status};

/// Answers to one peer about one block.
const MOST_ANSWERS: u8 = 8;

/// Peers that may wait for one block.
const MOST_WAITING: usize = 64;

impl Protocol {
	/// Somebody asks us for a block, or for pieces of it.
	pub(super) fn wanted(&mut self, turn: &Turn<'_>, from: Peer, hash: &Hash, pieces: u64) {
		let will_come = |block: &&mut Block| block.is_complete() || !block.is_settled();
		let block = self.blocks.get_mut(hash).filter(will_come);
		let Some(block) = block else {
			let refusal = Frame::Ack { hash: *hash, status: Status::Refused };
			return self.outbox.small(&from, refusal.to_bytes());
		};
		let answers = block.served.entry(from).or_default();
		if *answers == MOST_ANSWERS {
			return;
		}
		*answers += 1;
		let complete = block.is_complete();
		let now = if complete { pieces } else { pieces & block.have };
		let rest = if complete { 0 } else { pieces & !block.have };
		let (now, rest) = match pieces {
			u64::MAX if !complete => (0, u64::MAX),
			_ => (now, rest),
		};
		if rest != 0 && block.waiting.len() < MOST_WAITING {
			block.waiting.insert(from, rest);
		}
		if now != 0 {
			self.serve(&from, hash, now);
		}
		if rest != 0 {
			self.fetch_for_others(turn, hash);
		}
		// Who asks us may know more than we do.
		self.expect_rest(turn, hash);
	}

	/// Serves those who asked before we had what they asked for.
	pub(super) fn serve_waiting(&mut self, hash: &Hash) {
		let Some(block) = self.blocks.get_mut(hash) else { return };
		let (have, complete) = (block.have, block.is_complete());
		let waiting: Vec<(Peer, u64)> = block.waiting.iter().map(|(p, w)| (*p, *w)).collect();
		for (peer, wants) in waiting {
			if wants == u64::MAX && !complete {
				continue;
			}
			let now = if complete { wants } else { wants & have };
			if now == 0 {
				continue;
			}
			if let Some(block) = self.blocks.get_mut(hash) {
				match wants & !now {
					0 => block.waiting.remove(&peer),
					rest => block.waiting.insert(peer, rest),
				};
			}
			self.serve(&peer, hash, now);
		}
	}

	/// Who asked before and will not be served is told.
	pub(super) fn refuse_waiting(&mut self, hash: &Hash) {
		let Some(block) = self.blocks.get_mut(hash).filter(|block| !block.is_complete()) else {
			return;
		};
		let refusal = Frame::Ack { hash: *hash, status: Status::Refused }.to_bytes();
		for (peer, _) in std::mem::take(&mut block.waiting) {
			self.outbox.small(&peer, refusal.clone());
		}
	}

	/// Sends pieces that are here.
	fn serve(&mut self, peer: &Peer, hash: &Hash, pieces: u64) {
		let Some(block) = self.blocks.get(hash) else { return };
		let parts: Vec<Part> = match &block.pieces {
			Some(_) if pieces != u64::MAX => {
				bits(pieces & block.have).filter_map(|piece| block.part(piece)).collect()
			}
			_ => block.whole().into_iter().collect(),
		};
		let pushes = parts.into_iter().filter_map(|part| block.push(part, None));
		let frames: Vec<Arc<[u8]>> = pushes.map(|push| Frame::Push(push).to_bytes()).collect();
		for frame in frames {
			self.counters.served += 1;
			let (hash, not_before) = (*hash, 0);
			self.outbox.load(peer, Load { hash, needless_if_held: true, not_before, frame });
		}
	}
}
