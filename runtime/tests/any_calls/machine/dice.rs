//! Where chance comes from: a seed, or the bytes of a fuzzer.

use codec::Encode;
use sp_core::H256;

/// Draws what happens in one step.
pub struct Dice<'a>(Source<'a>);

enum Source<'a> {
	/// SplitMix64, by Sebastiano Vigna; public domain.
	Seed(u64),
	/// Somebody else's choices. Once they are used up, every draw is 0.
	Bytes(&'a [u8]),
}

impl<'a> Dice<'a> {
	/// Of step `index` of the case `seed`. Each step has its own, so that a case without some of its
	/// steps draws the same in the others.
	pub fn of_step(seed: u64, index: u64) -> Self {
		let start = sp_io::hashing::twox_64(&(seed, index).encode());
		Self(Source::Seed(u64::from_le_bytes(start)))
	}

	/// Of a fuzzer.
	pub fn of_bytes(bytes: &'a [u8]) -> Self {
		Self(Source::Bytes(bytes))
	}

	/// Whether nothing is left to draw from.
	pub fn is_spent(&self) -> bool {
		matches!(self.0, Source::Bytes([]))
	}

	fn draw(&mut self, width: usize) -> u64 {
		match &mut self.0 {
			Source::Seed(state) => {
				*state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
				let mut mixed = *state;
				mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
				mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
				mixed ^ (mixed >> 31)
			}
			Source::Bytes(bytes) => {
				let (taken, rest) = bytes.split_at(width.min(bytes.len()));
				*bytes = rest;
				taken.iter().fold(0, |sum, byte| (sum << 8) | u64::from(*byte))
			}
		}
	}

	/// Any 64 bits.
	pub fn any(&mut self) -> u64 {
		self.draw(8)
	}

	/// A number below `end`; 0 if there is none.
	pub fn below(&mut self, end: u64) -> u64 {
		let width = if end <= 1 << 8 { 1 } else { 8 };
		self.draw(width).checked_rem(end).unwrap_or_default()
	}

	/// A number from `first` to `last`.
	pub fn between(&mut self, first: u64, last: u64) -> u64 {
		first + self.below(last.saturating_sub(first).saturating_add(1))
	}

	/// True in so many per cent of all draws.
	pub fn percent(&mut self, percent: u64) -> bool {
		self.below(100) < percent
	}

	/// One of `count` things.
	pub fn index(&mut self, count: usize) -> usize {
		self.below(count as u64) as usize
	}

	/// One of `things`, of which there must be one.
	pub fn one_of<'b, T>(&mut self, things: &'b [T]) -> &'b T {
		&things[self.index(things.len())]
	}

	/// One of what an iterator yields, if it yields anything.
	pub fn one<T>(&mut self, things: impl ExactSizeIterator<Item = T>) -> Option<T> {
		let mut things = things;
		let index = self.index(things.len());
		things.nth(index)
	}

	/// The index of one of `weights`, by weight.
	pub fn weighed(&mut self, weights: &[u32]) -> usize {
		let all = weights.iter().map(|weight| u64::from(*weight)).sum();
		let mut left = self.below(all);
		for (index, weight) in weights.iter().enumerate() {
			match left.checked_sub(u64::from(*weight)) {
				Some(rest) => left = rest,
				None => return index,
			}
		}
		0
	}

	/// So many bytes.
	pub fn bytes(&mut self, count: usize) -> Vec<u8> {
		(0..count).map(|_| self.draw(1) as u8).collect()
	}

	/// Any hash.
	pub fn hash(&mut self) -> H256 {
		H256::from_low_u64_be(self.any())
	}

	/// A number as hostile people choose them: mostly nothing, everything, or one beside it.
	pub fn extreme(&mut self, usual: u64) -> u64 {
		match self.below(12) {
			0 => 0,
			1 => 1,
			2 => u64::MAX,
			3 => u64::MAX / 2,
			4 => usual.saturating_sub(1),
			5 => usual.saturating_add(1),
			6 => self.any(),
			7 => self.below(usual.saturating_mul(4)),
			_ => usual,
		}
	}

	/// The same for money.
	pub fn extreme_money(&mut self, usual: u128) -> u128 {
		match self.below(12) {
			0 => 0,
			1 => 1,
			2 => u128::MAX,
			3 => u128::MAX / 2,
			4 => u128::from(u64::MAX),
			5 => usual.saturating_add(1),
			6 => usual.saturating_mul(1_000),
			7 => u128::from(self.below(1_000)),
			_ => usual,
		}
	}
}
