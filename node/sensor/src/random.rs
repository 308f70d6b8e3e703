//! Chance that is the same on every machine.

/// SplitMix64 (Steele, Lea, Flood 2014): small, and good enough to draw samples.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
	#[cfg(test)]
	pub fn new(seed: u64) -> Self {
		Self(seed)
	}

	/// Another stream of the same seed.
	pub fn fork(seed: u64, stream: u64) -> Self {
		let mut mixed = Self(seed ^ stream.wrapping_mul(0xD1B5_4A32_D192_ED03));
		mixed.bits();
		mixed
	}

	pub fn bits(&mut self) -> u64 {
		self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
		let mut z = self.0;
		z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
		z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
		z ^ (z >> 31)
	}

	/// Evenly from 0 to 1, without 1.
	pub fn share(&mut self) -> f64 {
		(self.bits() >> 11) as f64 / (1u64 << 53) as f64
	}

	/// Evenly from `low` to `high`.
	pub fn between(&mut self, low: f64, high: f64) -> f64 {
		low + (high - low) * self.share()
	}

	/// Evenly from the numbers below `count`, which is not 0.
	pub fn below(&mut self, count: usize) -> usize {
		((u128::from(self.bits()) * count as u128) >> 64) as usize
	}

	/// Whether something of this probability happens.
	pub fn happens(&mut self, probability: f64) -> bool {
		self.share() < probability
	}

	/// Normal, mean 0, deviation 1 (Box and Muller).
	pub fn normal(&mut self) -> f64 {
		let radius = libm::sqrt(-2.0 * libm::log(1.0 - self.share()));
		radius * libm::cos(core::f64::consts::TAU * self.share())
	}

	/// In random order.
	pub fn shuffle<T>(&mut self, items: &mut [T]) {
		for last in (1..items.len()).rev() {
			items.swap(last, self.below(last + 1));
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	/// The first numbers of the published generator for the seed 1234567.
	#[test]
	fn is_the_published_generator() {
		let mut random = Random::new(1_234_567);
		assert_eq!(
			[random.bits(), random.bits(), random.bits()],
			[6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]
		);
	}

	#[test]
	fn a_shuffle_loses_nothing_and_a_normal_number_is_normal() {
		let mut random = Random::fork(7, 1);
		let mut items: Vec<usize> = (0..100).collect();
		random.shuffle(&mut items);
		assert_ne!(items, (0..100).collect::<Vec<_>>());
		items.sort_unstable();
		assert_eq!(items, (0..100).collect::<Vec<_>>());
		let drawn: Vec<f64> = (0..20_000).map(|_| random.normal()).collect();
		let mean = drawn.iter().sum::<f64>() / 20_000.0;
		let square = drawn.iter().map(|x| x * x).sum::<f64>() / 20_000.0;
		assert!(mean.abs() < 0.03 && (square - 1.0).abs() < 0.05, "{mean} {square}");
	}
}
