//! Binary hash trees: a root that stands for many entries, and proofs that an entry is among them.

use crate::model::digest;
use serde::{Deserialize, Serialize};

/// A hash.
pub type Hash = [u8; 32];

/// The first byte of what is hashed, so that no entry can be taken for a pair of hashes.
const ENTRY: u8 = 0;
const PAIR: u8 = 1;

/// The hash of an entry.
pub fn leaf(entry: &[u8]) -> Hash {
	digest(&[&[ENTRY], entry].concat())
}

fn pair(left: &Hash, right: &Hash) -> Hash {
	digest(&[&[PAIR], &left[..], &right[..]].concat())
}

/// One level up; a hash without a partner goes up as it is.
fn above(level: &[Hash]) -> Vec<Hash> {
	let join = |both: &[Hash]| match both {
		[left, right] => pair(left, right),
		alone => alone[0],
	};
	level.chunks(2).map(join).collect()
}

/// The root of entries by their hashes; none of nothing.
pub fn root(leaves: &[Hash]) -> Option<Hash> {
	let mut level = leaves.to_vec();
	while level.len() > 1 {
		level = above(&level);
	}
	level.first().copied()
}

/// A hash beside the path from an entry to the root.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub struct Step {
	/// Whether it stands left of the path.
	pub left: bool,
	#[serde(with = "hexadecimal")]
	pub hash: Hash,
}

/// The hashes with which an entry leads to the root; none if there is no such entry.
pub fn prove(leaves: &[Hash], entry: usize) -> Option<Vec<Step>> {
	if entry >= leaves.len() {
		return None;
	}
	let (mut level, mut at, mut steps) = (leaves.to_vec(), entry, Vec::new());
	while level.len() > 1 {
		if let Some(hash) = level.get(at ^ 1) {
			steps.push(Step { left: at % 2 == 1, hash: *hash });
		}
		level = above(&level);
		at /= 2;
	}
	Some(steps)
}

/// The root to which an entry leads by these steps.
pub fn climb(entry: &[u8], steps: &[Step]) -> Hash {
	steps.iter().fold(leaf(entry), |hash, step| match step.left {
		true => pair(&step.hash, &hash),
		false => pair(&hash, &step.hash),
	})
}

mod hexadecimal {
	use super::Hash;
	use crate::{agent::key::unhex, model::hex};
	use serde::{de::Error, Deserialize, Deserializer, Serializer};

	pub fn serialize<S: Serializer>(hash: &Hash, serializer: S) -> Result<S::Ok, S::Error> {
		serializer.serialize_str(&hex(hash))
	}

	pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Hash, D::Error> {
		let text = String::deserialize(deserializer)?;
		let bytes = unhex(&text).and_then(|bytes| bytes.try_into().ok());
		bytes.ok_or_else(|| D::Error::custom("64 hexadecimal digits are expected"))
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	#[test]
	fn roots_by_hand() {
		let [a, b, c] = [b"a", b"b", b"c"].map(|entry| leaf(entry));
		assert_eq!(root(&[]), None);
		assert_eq!(root(&[a]), Some(a));
		assert_eq!(root(&[a, b, c]), Some(pair(&pair(&a, &b), &c)));
		assert_ne!(leaf(b""), digest(b""));
	}

	proptest! {
		/// Every entry is proved; no other entry is by its proof.
		#[test]
		fn every_entry_and_no_other_is_proved(count in 1usize..70, which in 0usize..70) {
			let entries: Vec<String> = (0..count).map(|entry| format!("entry {entry}")).collect();
			let leaves: Vec<Hash> = entries.iter().map(|entry| leaf(entry.as_bytes())).collect();
			let root = root(&leaves).expect("not empty");
			match prove(&leaves, which) {
				None => prop_assert!(which >= count),
				Some(steps) => {
					prop_assert_eq!(climb(entries[which].as_bytes(), &steps), root);
					prop_assert_ne!(climb(b"another", &steps), root);
				}
			}
		}
	}
}
