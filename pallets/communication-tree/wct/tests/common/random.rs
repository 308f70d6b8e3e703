//! Repeatable random inputs, the same on every machine and in Wasm.

#![allow(dead_code, reason = "shared by tests, benches and examples, each of which needs a part")]

extern crate alloc;

use alloc::vec::Vec;
use voltree_wct::{Node, Settings, Weights, TRUST_UNIT};

/// SplitMix64.
pub struct Random(pub u64);

impl Random {
	pub fn next(&mut self) -> u64 {
		self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
		let mut z = self.0;
		z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
		z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
		z ^ (z >> 31)
	}

	/// From 0 to below `end`, which is not 0.
	pub fn below(&mut self, end: u64) -> u64 {
		((u128::from(self.next()) * u128::from(end)) >> 64) as u64
	}

	/// From `start` to below `end`.
	pub fn trust(&mut self, start: u32, end: u32) -> u32 {
		start + self.below(u64::from(end - start)) as u32
	}

	pub fn shuffle<T>(&mut self, list: &mut [T]) {
		for i in (1..list.len()).rev() {
			list.swap(i, self.below(i as u64 + 1) as usize);
		}
	}
}

/// Trust 0.8, in parts per billion.
pub const HONEST: u32 = TRUST_UNIT / 10 * 8;

/// The paper's population (section 4.2): linking numbers 3, 2 and 1 in 5, 15 and 80 percent, four
/// honest nodes for each malicious one, honest trust from 0.8 to 1, malicious trust below 0.8; all
/// shares exact, up to rounding, and the two independent of each other.
pub fn population(n: usize, seed: u64) -> Vec<Node> {
	let mut random = Random(seed);
	let share = |percent: usize| (n * percent + 50) / 100;
	let mut links: Vec<u32> = (0..n)
		.map(|i| match i {
			i if i < share(5) => 3,
			i if i < share(20) => 2,
			_ => 1,
		})
		.collect();
	let mut honest: Vec<bool> = (0..n).map(|i| i < share(80)).collect();
	random.shuffle(&mut links);
	random.shuffle(&mut honest);
	links
		.into_iter()
		.zip(honest)
		.map(|(link, honest)| {
			let trust =
				if honest { random.trust(HONEST, TRUST_UNIT + 1) } else { random.trust(0, HONEST) };
			Node { trust, link }
		})
		.collect()
}

/// No overheads, weights 1:1.
pub fn settings(trust_threshold: u32) -> Settings {
	Settings {
		trust_threshold,
		overhead_threshold: u32::MAX,
		weights: Weights { trust: 1, link: 1 },
	}
}
