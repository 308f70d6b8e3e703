//! What comes down the tree: checked, forwarded, imported, in this order.

use super::{
	block::{Known, Stage},
	*,
};
use crate::{
	chain::Seal,
	frames::{Part, Push},
	pieces::{proves, Cut, Tree},
	types::Head,
};

/// What is to be done with a push.
enum Verdict {
	/// Use it.
	Use,
	/// Ignore it.
	Ignore,
	/// Only its parent can tell.
	Wait,
}

impl Protocol {
	/// A block, or a piece of one, has come.
	pub(super) fn pushed(&mut self, turn: &Turn<'_>, from: Peer, push: Push) {
		if self.syncing {
			return;
		}
		let head = Some(&push).filter(|push| push.is_sane());
		let Some(head) = head.and_then(|push| turn.chain.inspect(&push.header)) else {
			return self.fault(from, Fault::Malformed);
		};
		match self.admit(turn, from, &head, &push) {
			Verdict::Use => self.take(turn, from, &head.hash, push),
			Verdict::Ignore => {}
			Verdict::Wait => {
				if !self.parked.park(turn.now, head.parent, head.hash, from, push) {
					self.counters.dropped += 1;
				}
			}
		}
	}

	/// Checks the header, unless that was done before.
	fn admit(&mut self, turn: &Turn<'_>, from: Peer, head: &Head, push: &Push) -> Verdict {
		match self.blocks.get(&head.hash) {
			Some(block) if block.stage == Stage::Lost => return Verdict::Ignore,
			Some(block) if block.known.is_some() => return Verdict::Use,
			Some(_) => {}
			None if turn.chain.knows(&head.hash) => {
				self.counters.duplicates += 1;
				return Verdict::Ignore;
			}
			None => {}
		}
		let slot = turn.chain.slot_now();
		// A slot ahead may be a clock; no peer is to blame.
		let timely = head.slot <= slot + 1 && head.slot + OLDEST > slot;
		if !timely || head.number <= self.finalised {
			return Verdict::Ignore;
		}
		match turn.chain.seal(&push.header) {
			Seal::Valid(author) if self.is_first(turn, head, &author, &push.header) => {
				self.know(turn, *head, push.header.clone(), author, push.snapshot);
				Verdict::Use
			}
			Seal::Valid(_) => Verdict::Ignore,
			Seal::Later => Verdict::Wait,
			Seal::Invalid => {
				self.fault(from, Fault::Seal);
				Verdict::Ignore
			}
		}
	}

	/// Whether this is the first block of its slot and author. Of a second one the proof is kept.
	pub(super) fn is_first(
		&mut self,
		turn: &Turn<'_>,
		head: &Head,
		author: &Author,
		header: &[u8],
	) -> bool {
		let first = *self.slots.entry((head.slot, *author)).or_insert(head.hash);
		if first == head.hash {
			return true;
		}
		let lost = self.blocks.get(&head.hash).is_some_and(|block| block.stage == Stage::Lost);
		if lost {
			return false;
		}
		let known = self.blocks.get(&first).and_then(|block| block.known.as_ref());
		if let Some(first) = known.map(|known| known.header.clone()) {
			self.counters.equivocations += 1;
			self.actions.push(Action::Equivocation(first, header.to_vec()));
		}
		if self.blocks.len() < MOST_BLOCKS {
			self.blocks.entry(head.hash).or_insert_with(|| Block::new(turn.now)).stage =
				Stage::Lost;
		}
		self.lose(&head.hash);
		false
	}

	/// The seal is valid: remembers the header, and looks at what has waited for it.
	pub(super) fn know(
		&mut self,
		turn: &Turn<'_>,
		head: Head,
		header: Vec<u8>,
		author: Author,
		snapshot: Hash,
	) {
		self.make_room();
		let block = self.blocks.entry(head.hash).or_insert_with(|| Block::new(turn.now));
		block.known = Some(Known { head, header, author, route: None, snapshot });
		self.release(turn, &head.hash);
	}

	pub(super) fn release(&mut self, turn: &Turn<'_>, parent: &Hash) {
		for (from, push) in self.parked.release(parent) {
			self.pushed(turn, from, push);
		}
	}

	/// The header is in order; now the body.
	fn take(&mut self, turn: &Turn<'_>, from: Peer, hash: &Hash, push: Push) {
		let Some(block) = self.blocks.get_mut(hash) else { return };
		let stand_in = push.stand_in;
		if block.is_settled() {
			let bits = match &push.part {
				Part::Whole(_) => u64::MAX,
				Part::Piece { index, .. } => 1 << index,
			};
			*block.delivered.entry(from).or_default() |= bits;
			return self.needless(turn, from, hash, bits, stand_in);
		}
		match push.part {
			Part::Whole(body) => {
				let Some(known) = &block.known else { return };
				if !turn.chain.body_fits(&known.header, &body) {
					self.fault(from, Fault::Body);
					return self.look(turn, hash);
				}
				let before = block.have;
				block.data = body;
				*block.delivered.entry(from).or_default() = u64::MAX;
				block.holders.insert(from);
				self.find_route(hash, &push.snapshot);
				if let Some(block) = self.blocks.get_mut(hash) {
					block.fill_proofs();
					block.have = block.all();
					let fresh = block.have & !before;
					self.complete(turn, hash, fresh, Some(from), stand_in);
				}
			}
			Part::Piece { cut, index, proof, data } => {
				if !self.piece_fits(turn, hash, &cut, index, &data, &proof) {
					self.fault(from, Fault::Piece);
					return self.look(turn, hash);
				}
				let Some(block) = self.blocks.get_mut(hash) else { return };
				*block.delivered.entry(from).or_default() |= 1 << index;
				if block.have & 1 << index != 0 {
					return self.needless(turn, from, hash, 1 << index, stand_in);
				}
				block.put(&cut, index, proof, &data);
				let have_all = block.have == block.all();
				let header = block.known.as_ref().map_or(&[][..], |known| &known.header);
				if have_all && !turn.chain.body_fits(header, &block.data) {
					// The author signed pieces whose sum is not what it sealed.
					return self.lose(hash);
				}
				self.find_route(hash, &push.snapshot);
				if have_all {
					self.complete(turn, hash, 1 << index, Some(from), stand_in);
				} else {
					self.forward(hash, 1 << index, stand_in);
					self.serve_waiting(hash);
					self.forestall(turn, hash);
					self.fetch_for_others(turn, hash);
					self.expect_rest(turn, hash);
				}
			}
		}
	}

	/// It is here already; but somebody may count on us to hand it on.
	fn needless(
		&mut self,
		turn: &Turn<'_>,
		from: Peer,
		hash: &Hash,
		bits: u64,
		stand_in: Option<u16>,
	) {
		self.counters.duplicates += u64::from(bits.count_ones().min(1));
		let Some(block) = self.blocks.get_mut(hash) else { return };
		block.duplicates = block.duplicates.saturating_add(1);
		let fresh = block.have & bits;
		// With a little more patience nobody would have been asked. Whoever comes later than an answer
		// was late, and must not teach us to wait for him; and a block teaches once.
		let unasked = !block.asked.contains_key(&from);
		if unasked && block.answer_by.take_if(|by| turn.now <= *by).is_some() {
			self.be_patient();
		}
		if stand_in.is_some() {
			self.forward(hash, fresh, stand_in);
		}
	}

	/// Whether a piece belongs to what the author cut.
	fn piece_fits(
		&self,
		turn: &Turn<'_>,
		hash: &Hash,
		cut: &Cut,
		index: u8,
		data: &[u8],
		proof: &[Hash],
	) -> bool {
		let Some(block) = self.blocks.get(hash) else { return false };
		let Some(known) = &block.known else { return false };
		let signed = match &block.pieces {
			Some(pieces) => pieces.cut == *cut,
			None => {
				let message = Cut::message(hash, &cut.root, cut.pieces, cut.bytes);
				turn.chain.signed(&known.author, &message, &cut.signature)
			}
		};
		signed && proves(cut, index, data, proof)
	}

	/// Where a block goes, now that its length is known.
	fn find_route(&mut self, hash: &Hash, snapshot: &Hash) {
		let Some(block) = self.blocks.get_mut(hash) else { return };
		let cut = block.pieces.as_ref().map(|pieces| u32::from(pieces.cut.pieces));
		let (Some(known), Ok(bytes)) = (&mut block.known, u32::try_from(block.data.len())) else {
			return;
		};
		if known.route.is_some() {
			return;
		}
		let frozen = self.policy.snapshot(snapshot);
		let Some(author) = frozen.and_then(|frozen| frozen.author(&known.author)) else { return };
		let route = self.policy.route(snapshot, author, known.head.number, bytes);
		// Who cut it otherwise used other trees than we would.
		known.route = route.filter(|route| cut.is_none_or(|cut| cut == route.plan.pieces()));
		known.snapshot = *snapshot;
	}

	/// A block of our own, before its import.
	pub(super) fn authored(&mut self, turn: &Turn<'_>, header: Vec<u8>, body: Vec<u8>) {
		let (Some(head), Seal::Valid(author)) =
			(turn.chain.inspect(&header), turn.chain.seal(&header))
		else {
			return;
		};
		let Some(snapshot) = self.policy.current().map(|snapshot| snapshot.hash) else { return };
		if self.syncing || !self.is_first(turn, &head, &author, &header) {
			return;
		}
		self.know(turn, head, header, author, snapshot);
		if let Some(block) = self.blocks.get_mut(&head.hash) {
			block.data = body;
		}
		self.find_route(&head.hash, &snapshot);
		self.cut(turn, &head.hash, &author);
		if let Some(block) = self.blocks.get_mut(&head.hash) {
			block.have = block.all();
			let fresh = block.have;
			self.tell_everybody(&head.hash);
			self.complete(turn, &head.hash, fresh, None, None);
		}
	}

	/// Cuts an own block as its plan says, and signs that. Without the key it stays whole, and
	/// whoever asks gets it.
	fn cut(&mut self, turn: &Turn<'_>, hash: &Hash, author: &Author) {
		let Some(block) = self.blocks.get_mut(hash) else { return };
		let Some(route) = block.route().filter(|route| route.plan.is_cut()) else { return };
		let (Ok(pieces), Ok(bytes)) =
			(u8::try_from(route.plan.pieces()), u32::try_from(block.data.len()))
		else {
			return;
		};
		let Some(root) = Tree::new(&block.data, pieces).map(|tree| tree.root()) else { return };
		let message = Cut::message(hash, &root, pieces, bytes);
		if let Some(signature) = turn.chain.sign(author, &message) {
			let proofs = BTreeMap::new();
			let cut = Cut { root, pieces, bytes, signature };
			block.pieces = Some(block::Pieces { cut, proofs });
			block.fill_proofs();
		}
	}

	/// A block will not come from us.
	pub(super) fn lose(&mut self, hash: &Hash) {
		if let Some(block) = self.blocks.get_mut(hash) {
			block.stage = Stage::Lost;
			block.look_at = None;
			block.complete_at = None;
			block.data = Vec::new();
			block.pieces = None;
			block.have = 0;
		}
		self.refuse_waiting(hash);
		self.open_gate(hash);
	}

	/// The oldest block makes room, one that is settled rather than one that is not.
	pub(super) fn make_room(&mut self) {
		while self.blocks.len() >= MOST_BLOCKS || self.data() > MOST_DATA {
			let oldest = self.blocks.iter().min_by_key(|(_, block)| {
				(!block.is_settled() || block.stage == Stage::Held, block.learned)
			});
			let Some(hash) = oldest.map(|(hash, _)| *hash) else { return };
			self.forget(&hash);
		}
	}
}
