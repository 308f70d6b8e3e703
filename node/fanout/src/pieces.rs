//! A body cut into pieces, each of which can be checked alone.
//!
//! The header commits to the extrinsics, not to pieces of them, so the author signs the root of a
//! Merkle tree over the pieces. Leaves and inner nodes are hashed with different first bytes, and a
//! leaf with its place, so that neither can stand for the other.

use crate::types::Hash;
use codec::{Decode, Encode};
use sp_crypto_hashing::blake2_256;
use std::ops::Range;
use voltree_wct::plan::MOST_PIECES;

/// What an author signs about the pieces of a block. With the seal, which signs 32 bytes, it cannot
/// be confused: it is longer, and begins like this.
const DOMAIN: &[u8] = b"voltree/fanout/pieces/1";

/// What a body was cut into.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub struct Cut {
	/// Root of the Merkle tree over the pieces.
	pub root: Hash,
	/// How many pieces: 2 to [`MOST_PIECES`].
	pub pieces: u8,
	/// Length of the body.
	pub bytes: u32,
	/// By the block's author, over [`Cut::message`].
	pub signature: [u8; 64],
}

impl Cut {
	/// What the author of `block` signs.
	pub fn message(block: &Hash, root: &Hash, pieces: u8, bytes: u32) -> Vec<u8> {
		(DOMAIN, block, root, pieces, bytes).encode()
	}

	/// Whether the numbers make sense: no piece is empty.
	pub fn is_sane(&self) -> bool {
		u32::from(self.pieces) <= MOST_PIECES
			&& self.pieces >= 2
			&& range(self.bytes as usize, self.pieces, self.pieces - 1).is_some()
	}
}

/// Where piece `index` of `pieces` lies in a body of `bytes`; `None` if it would be empty.
pub fn range(bytes: usize, pieces: u8, index: u8) -> Option<Range<usize>> {
	let length = bytes.div_ceil(usize::from(pieces.max(1)));
	let start = usize::from(index) * length;
	(index < pieces && start < bytes).then(|| start..bytes.min(start + length))
}

/// The Merkle tree over the pieces of a body.
pub struct Tree {
	/// Leaves first; the last level is the root.
	levels: Vec<Vec<Hash>>,
}

impl Tree {
	/// Over `body` cut into `pieces`; `None` if a piece would be empty.
	pub fn new(body: &[u8], pieces: u8) -> Option<Self> {
		let leaf = |index| Some(leaf(index, &body[range(body.len(), pieces, index)?]));
		let mut levels = vec![(0..pieces).map(leaf).collect::<Option<Vec<Hash>>>()?];
		while let Some(level) = levels.last().filter(|level| level.len() > 1) {
			let pairs = level.chunks(2);
			let up = pairs.map(|pair| pair.get(1).map_or(pair[0], |right| inner(&pair[0], right)));
			levels.push(up.collect());
		}
		Some(Self { levels })
	}

	/// What the author signs.
	pub fn root(&self) -> Hash {
		self.levels.last().and_then(|level| level.first()).copied().unwrap_or_default()
	}

	/// Proof that a piece belongs to the body: the hashes beside its way up. Where there is none, as
	/// the number is odd, nothing is added.
	pub fn proof(&self, index: u8) -> Vec<Hash> {
		let mut at = usize::from(index);
		let mut proof = Vec::new();
		for level in &self.levels {
			proof.extend(level.get(at ^ 1));
			at /= 2;
		}
		proof
	}
}

/// Whether `data` is piece `index` of what was cut.
pub fn proves(cut: &Cut, index: u8, data: &[u8], proof: &[Hash]) -> bool {
	let expected = range(cut.bytes as usize, cut.pieces, index);
	if expected.is_none_or(|range| range.len() != data.len()) {
		return false;
	}
	let (mut at, mut width) = (usize::from(index), usize::from(cut.pieces));
	let (mut hash, mut proof) = (leaf(index, data), proof.iter());
	while width > 1 {
		if at ^ 1 < width {
			let Some(beside) = proof.next() else { return false };
			hash = if at % 2 == 0 { inner(&hash, beside) } else { inner(beside, &hash) };
		}
		at /= 2;
		width = width.div_ceil(2);
	}
	proof.next().is_none() && hash == cut.root
}

fn leaf(index: u8, data: &[u8]) -> Hash {
	let mut input = Vec::with_capacity(data.len() + 2);
	input.extend([0, index]);
	input.extend(data);
	Hash(blake2_256(&input))
}

fn inner(left: &Hash, right: &Hash) -> Hash {
	let mut input = [1; 65];
	input[1..33].copy_from_slice(&left.0);
	input[33..].copy_from_slice(&right.0);
	Hash(blake2_256(&input))
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	fn cut(body: &[u8], pieces: u8) -> (Tree, Cut) {
		let tree = Tree::new(body, pieces).expect("no piece is empty");
		let cut = Cut { root: tree.root(), pieces, bytes: body.len() as u32, signature: [0; 64] };
		(tree, cut)
	}

	proptest! {
		/// Every piece proves itself, at its own place only, and a changed one nowhere.
		#[test]
		fn a_piece_proves_itself_and_nothing_else(
			body in prop::collection::vec(any::<u8>(), 64..500),
			pieces in 2u8..=8,
			bit in 0u8..8,
		) {
			let (tree, cut) = cut(&body, pieces);
			let mut whole: Vec<u8> = Vec::new();
			for index in 0..pieces {
				let data = &body[range(body.len(), pieces, index).expect("long enough")];
				let proof = tree.proof(index);
				prop_assert!(proves(&cut, index, data, &proof));
				for other in (0..pieces).filter(|other| *other != index) {
					prop_assert!(!proves(&cut, other, data, &tree.proof(other)));
					prop_assert!(!proves(&cut, other, data, &proof));
				}
				let mut changed = data.to_vec();
				changed[0] ^= 1 << bit;
				prop_assert!(!proves(&cut, index, &changed, &proof));
				let mut longer = proof.clone();
				longer.push(Hash::default());
				prop_assert!(!proves(&cut, index, data, &longer));
				whole.extend_from_slice(data);
			}
			prop_assert_eq!(whole, body);
		}
	}

	#[test]
	fn a_cut_that_makes_no_sense_is_none() {
		let (_, good) = cut(&[7; 100], 4);
		assert!(good.is_sane());
		assert!(!Cut { pieces: 1, ..good.clone() }.is_sane());
		assert!(!Cut { pieces: 65, ..good.clone() }.is_sane());
		assert!(!Cut { bytes: 3, ..good.clone() }.is_sane());
		// Four pieces of 2 bytes would be 3 and an empty one.
		assert!(!Cut { bytes: 6, ..good }.is_sane());
		assert!(Tree::new(&[7; 6], 4).is_none());
	}
}
