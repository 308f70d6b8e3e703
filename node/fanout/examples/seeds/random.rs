//! Random numbers that are the same on every machine: ChaCha with 8 rounds, keyed by the seed.

use rand_chacha::{
	rand_core::{RngCore, SeedableRng},
	ChaCha8Rng,
};

pub struct Random(ChaCha8Rng);

impl Random {
	pub fn new(seed: u64) -> Self {
		let mut key = [0; 32];
		key[..8].copy_from_slice(&seed.to_le_bytes());
		Self(ChaCha8Rng::from_seed(key))
	}

	/// From 0 to `bound - 1`.
	pub fn below(&mut self, bound: u64) -> u64 {
		((u128::from(self.0.next_u64()) * u128::from(bound)) >> 64) as u64
	}

	/// From `low` to `high`.
	pub fn between(&mut self, low: u64, high: u64) -> u64 {
		low + self.below(high - low + 1)
	}

	/// True in one of `of` cases.
	pub fn one_in(&mut self, of: u64) -> bool {
		self.below(of) == 0
	}
}
