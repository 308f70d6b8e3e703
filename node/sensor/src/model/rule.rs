//! The simplest baselines: one feature against one threshold, and the share of hazards by the clock.

use super::Model;

/// One feature alone, with its share of hazards by bins of its value.
#[derive(Clone, Debug)]
pub struct Rule {
	pub feature: usize,
	/// Upper ends of the bins and the share of hazards in each; the last has no end.
	pub bins: Vec<(f32, f64)>,
	/// The share where the feature is unknown.
	pub unknown: f64,
}

impl Model for Rule {
	fn score(&self, features: &[f32]) -> f64 {
		let value = features.get(self.feature).copied().unwrap_or(f32::NAN);
		if value.is_nan() {
			return self.unknown;
		}
		let found = self.bins.iter().find(|(end, _)| value <= *end);
		found.or(self.bins.last()).map_or(self.unknown, |(_, share)| *share)
	}
}

/// Shares of hazards by month and hour of the day; the features are those two numbers.
#[derive(Clone, Debug)]
pub struct Table24 {
	/// By hour, then month.
	pub shares: Vec<f64>,
}

impl Model for Table24 {
	fn score(&self, features: &[f32]) -> f64 {
		let part = |index: usize| features.get(index).map_or(0, |value| *value as usize);
		self.shares.get(part(0) * 12 + part(1)).copied().unwrap_or(0.0)
	}
}
