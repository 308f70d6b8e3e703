//! A block on its way, as far as it has come.

use crate::{
	frames::{Part, Push, Rumour},
	pieces::{range, Cut, Tree},
	policy::Route,
	types::{Author, Hash, Head, Moment, Peer},
};
use std::collections::{BTreeMap, BTreeSet};

/// How far a block has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stage {
	/// Heard of, or some pieces are there.
	Gathering,
	/// Complete, but its parent is not.
	Held,
	/// Handed to the import queue.
	Injected,
	/// In the database.
	Imported,
	/// Will not come from us: a second block of its slot, or not what its author signed.
	Lost,
}

/// Where a block came from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Source {
	/// Down the tree.
	Push,
	/// Asked for by name.
	Want,
	/// The stock sync.
	Sync,
	/// Written here.
	Own,
}

/// What is known once the seal has been checked.
pub struct Known {
	/// What the header says.
	pub head: Head,
	/// The header.
	pub header: Vec<u8>,
	/// Who sealed it.
	pub author: Author,
	/// Its way; `None` as long as its length is not known, or if we do not know the trees.
	pub route: Option<Route>,
	/// From which its author built the trees.
	pub snapshot: Hash,
}

/// How a body was cut, and the proofs that have come.
pub struct Pieces {
	/// Signed by the author.
	pub cut: Cut,
	/// By piece.
	pub proofs: BTreeMap<u8, Vec<Hash>>,
}

/// Until when announcements of a block wait.
#[derive(Clone, Copy, Debug)]
pub struct Gate {
	/// When they are let go.
	pub opens: Moment,
	/// However long what was asked for takes, then; unless it is here and waits for its import.
	pub latest: Moment,
}

/// See the [module](self).
pub struct Block {
	/// How far it has come.
	pub stage: Stage,
	/// Where from.
	pub source: Option<Source>,
	/// Once the seal has been checked.
	pub known: Option<Known>,
	/// What somebody said about it, as long as nothing better is known.
	pub rumour: Option<Rumour>,
	/// If it travels in pieces.
	pub pieces: Option<Pieces>,
	/// The body, or as much as has come.
	pub data: Vec<u8>,
	/// Pieces that have come; all bits up to the number of pieces: complete.
	pub have: u64,
	/// Who delivered what.
	pub delivered: BTreeMap<Peer, u64>,
	/// Who holds it.
	pub holders: BTreeSet<Peer>,
	/// To whom which pieces went, and in whose place they are to act.
	pub sent: BTreeSet<(Peer, u8, Option<u16>)>,
	/// Who has asked for pieces that have not come yet.
	pub waiting: BTreeMap<Peer, u64>,
	/// How often we have answered whom.
	pub served: BTreeMap<Peer, u8>,
	/// Whom we have asked for which pieces.
	pub asked: BTreeMap<Peer, u64>,
	/// Parents whom we told that we hold it.
	pub acked: BTreeSet<Peer>,
	/// By when those who were asked first should have answered; `None` again if they need not have
	/// been asked.
	pub answer_by: Option<Moment>,
	/// Before this it is not late, going by when its author said that it begins to send.
	pub late_at: Option<Moment>,
	/// When to ask somebody.
	pub look_at: Option<Moment>,
	/// How often we have looked.
	pub looks: u8,
	/// Whether what suspects owe us has been asked for elsewhere.
	pub is_forestalled: bool,
	/// If announcements wait.
	pub gate: Option<Gate>,
	/// When we first heard of it.
	pub learned: Moment,
	/// When we had all of it.
	pub complete_at: Option<Moment>,
	/// When it was imported.
	pub imported_at: Option<Moment>,
	/// Whether its parents have been judged.
	pub judged: bool,
	/// What came of it without need.
	pub duplicates: u32,
}

impl Block {
	/// Heard of just now.
	pub fn new(now: Moment) -> Self {
		Self {
			stage: Stage::Gathering,
			source: None,
			known: None,
			rumour: None,
			pieces: None,
			data: Vec::new(),
			have: 0,
			delivered: BTreeMap::new(),
			holders: BTreeSet::new(),
			sent: BTreeSet::new(),
			waiting: BTreeMap::new(),
			served: BTreeMap::new(),
			asked: BTreeMap::new(),
			acked: BTreeSet::new(),
			answer_by: None,
			late_at: None,
			look_at: None,
			looks: 0,
			is_forestalled: false,
			gate: None,
			learned: now,
			complete_at: None,
			imported_at: None,
			judged: false,
			duplicates: 0,
		}
	}

	/// Whether all of the body is here.
	pub fn is_complete(&self) -> bool {
		self.complete_at.is_some()
	}

	/// Whether nothing more is to be done to get it.
	pub fn is_settled(&self) -> bool {
		self.is_complete() || matches!(self.stage, Stage::Imported | Stage::Lost)
	}

	/// The way of the block.
	pub fn route(&self) -> Option<&Route> {
		self.known.as_ref()?.route.as_ref()
	}

	/// Set bits for all pieces: of the way; of what was cut; else there is one.
	pub fn all(&self) -> u64 {
		let cut = self.pieces.as_ref().map(|pieces| u32::from(pieces.cut.pieces));
		let planned = self.route().map(|route| route.plan.pieces());
		mask(cut.or(planned).unwrap_or(1))
	}

	/// Pieces that have not come; everything if it is not known how many there are.
	pub fn missing(&self) -> u64 {
		if self.pieces.is_some() {
			self.all() & !self.have
		} else {
			u64::MAX
		}
	}

	/// Its height, if that is known.
	pub fn number(&self) -> Option<u32> {
		let rumour = self.rumour.map(|rumour| rumour.number);
		self.known.as_ref().map(|known| known.head.number).or(rumour)
	}

	/// Puts a piece in its place. The caller has checked it.
	pub fn put(&mut self, cut: &Cut, index: u8, proof: Vec<Hash>, data: &[u8]) {
		let bytes = cut.bytes as usize;
		self.data.resize(bytes, 0);
		if let Some(range) = range(bytes, cut.pieces, index) {
			self.data[range].copy_from_slice(data);
		}
		let pieces = Pieces { cut: cut.clone(), proofs: BTreeMap::new() };
		self.pieces.get_or_insert(pieces).proofs.insert(index, proof);
		self.have |= 1 << index;
	}

	/// The proofs that have not come, from the whole body; the cut is dropped if it is not of this
	/// body.
	pub fn fill_proofs(&mut self) {
		let Some(pieces) = &mut self.pieces else { return };
		let count = pieces.cut.pieces;
		if pieces.proofs.len() == usize::from(count) {
			return;
		}
		match Tree::new(&self.data, count).filter(|tree| tree.root() == pieces.cut.root) {
			Some(tree) => pieces.proofs = (0..count).map(|i| (i, tree.proof(i))).collect(),
			None => self.pieces = None,
		}
	}

	/// A piece, ready to be sent; the whole body where it is not cut. `None` if it is not here.
	pub fn part(&self, index: u8) -> Option<Part> {
		let Some(pieces) = &self.pieces else { return self.whole() };
		if self.have & 1 << index == 0 {
			return None;
		}
		let Pieces { cut, proofs } = pieces;
		Some(Part::Piece {
			cut: cut.clone(),
			index,
			proof: proofs.get(&index)?.clone(),
			data: self.data[range(cut.bytes as usize, cut.pieces, index)?].to_vec(),
		})
	}

	/// The whole body, if it is here.
	pub fn whole(&self) -> Option<Part> {
		self.is_complete().then(|| Part::Whole(self.data.clone()))
	}

	/// `part` in its frame.
	pub fn push(&self, part: Part, stand_in: Option<u16>) -> Option<Push> {
		let known = self.known.as_ref()?;
		Some(Push { snapshot: known.snapshot, stand_in, header: known.header.clone(), part })
	}
}

/// That many bits, from the lowest; all for more than 63.
pub fn mask(pieces: u32) -> u64 {
	u64::MAX.checked_shr(64u32.saturating_sub(pieces)).unwrap_or(0)
}

/// The places of the set bits.
pub fn bits(mut set: u64) -> impl Iterator<Item = u8> {
	std::iter::from_fn(move || {
		let lowest = set.trailing_zeros();
		set &= set.checked_sub(1)?;
		// Below 64.
		Some(lowest as u8)
	})
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn masks_and_bits_agree() {
		for pieces in [0, 1, 2, 63, 64] {
			assert_eq!(mask(pieces).count_ones(), pieces);
			assert_eq!(bits(mask(pieces)).count(), pieces as usize);
		}
		assert_eq!(bits(0b1010).collect::<Vec<_>>(), [1, 3]);
	}
}
