//! Random numbers that are the same on every machine and in every release.
//!
//! ChaCha with 8 rounds, keyed by the user's seed and by what the numbers are for: drawing more of one
//! kind moves no other kind. The ways from random bits to a draw are written out here, because those of
//! the usual crates may change with their versions.

use rand_chacha::{
	rand_core::{RngCore, SeedableRng},
	ChaCha8Rng,
};

/// What a stream of random numbers is for.
#[derive(Clone, Copy, Debug)]
pub enum Purpose {
	/// Who the nodes are: trust and linking numbers.
	Population = 1,
	/// Which forwards succeed.
	Forwards = 2,
	/// Where the nodes are.
	Places = 3,
	/// Who is faulty.
	Faults = 4,
	/// Who knows whom.
	Peers = 5,
	/// Who writes which block.
	Authors = 6,
	/// What happens to messages.
	Messages = 7,
}

/// A stream of random numbers.
pub struct Random(ChaCha8Rng);

impl Random {
	/// The stream for `purpose` in the `case`th case under `seed`.
	pub fn new(seed: u64, purpose: Purpose, case: u64) -> Self {
		let mut key = [0; 32];
		let words = [seed, purpose as u64, case, 0];
		for (bytes, word) in key.chunks_exact_mut(8).zip(words) {
			bytes.copy_from_slice(&word.to_le_bytes());
		}
		Self(ChaCha8Rng::from_seed(key))
	}

	/// A number from 0 to `bound - 1`, each as likely; 0 if `bound` is 0.
	pub fn below(&mut self, bound: u64) -> u64 {
		if bound == 0 {
			return 0;
		}
		// Lemire's method: the upper half of a product, and another try where the lower half shows that
		// the number would come a little too often.
		let unfair = bound.wrapping_neg() % bound;
		loop {
			let product = u128::from(self.0.next_u64()) * u128::from(bound);
			if product as u64 >= unfair {
				return (product >> 64) as u64;
			}
		}
	}

	/// A number from `low` to `high`, each as likely; `low` if there is none.
	pub fn between(&mut self, low: u32, high: u32) -> u32 {
		let span = u64::from(high.saturating_sub(low)) + 1;
		// Below `high`, or `low`: fits.
		low.saturating_add(self.below(span) as u32)
	}

	/// An index of a list with `len` entries; 0 if it is empty.
	pub fn index(&mut self, len: usize) -> usize {
		self.below(len as u64) as usize
	}

	/// A number from 0 up to but not including 1.
	pub fn unit(&mut self) -> f64 {
		// 53 bits are what an `f64` holds.
		(self.0.next_u64() >> 11) as f64 / (1u64 << 53) as f64
	}

	/// True with this probability.
	pub fn chance(&mut self, probability: f64) -> bool {
		probability > 0.0 && self.unit() < probability
	}

	/// Puts `list` in an order of which each is as likely.
	pub fn shuffle<T>(&mut self, list: &mut [T]) {
		for last in (1..list.len()).rev() {
			list.swap(last, self.index(last + 1));
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	/// Pinned: results that somebody published must come out again in the next release.
	#[test]
	fn a_seed_gives_the_same_numbers_in_every_release() {
		let mut random = Random::new(1, Purpose::Population, 2);
		let drawn: Vec<u64> = (0..6).map(|_| random.below(1000)).collect();
		assert_eq!(drawn, PINNED);
	}

	const PINNED: [u64; 6] = [154, 181, 422, 666, 200, 753];

	#[test]
	fn streams_differ_by_seed_purpose_and_case() {
		let first = |seed, purpose, case| Random::new(seed, purpose, case).below(u64::MAX);
		let one = first(1, Purpose::Places, 1);
		assert_ne!(one, first(2, Purpose::Places, 1));
		assert_ne!(one, first(1, Purpose::Faults, 1));
		assert_ne!(one, first(1, Purpose::Places, 2));
	}

	#[test]
	fn draws_keep_to_their_range_and_reach_its_ends() {
		let mut random = Random::new(3, Purpose::Places, 0);
		let drawn: Vec<u32> = (0..200).map(|_| random.between(3, 5)).collect();
		assert!(drawn.iter().all(|x| (3..=5).contains(x)));
		assert!([3, 4, 5].iter().all(|x| drawn.contains(x)));
		assert_eq!(random.between(5, 3), 5);
		assert_eq!(random.below(0), 0);
		assert!((0..200).all(|_| (0.0..1.0).contains(&random.unit())));
		assert!(!random.chance(0.0) && random.chance(1.0));
	}

	#[test]
	fn a_shuffle_keeps_every_entry() {
		let mut list: Vec<u32> = (0..100).collect();
		Random::new(4, Purpose::Peers, 0).shuffle(&mut list);
		assert_ne!(list, (0..100).collect::<Vec<_>>());
		list.sort_unstable();
		assert_eq!(list, (0..100).collect::<Vec<_>>());
	}
}
