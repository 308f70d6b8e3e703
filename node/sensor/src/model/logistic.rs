//! Logistic regression, one of the baselines.

use super::Model;

/// Weights of standardised features; what is unknown counts as average.
#[derive(Clone, Debug)]
pub struct Logistic {
	pub means: Vec<f64>,
	pub deviations: Vec<f64>,
	pub weights: Vec<f64>,
	pub intercept: f64,
}

impl Logistic {
	/// A feature as the regression sees it; far outliers are pulled in.
	pub fn standard(&self, index: usize, value: f32) -> f64 {
		if value.is_nan() {
			return 0.0;
		}
		((f64::from(value) - self.means[index]) / self.deviations[index]).clamp(-8.0, 8.0)
	}
}

impl Model for Logistic {
	fn score(&self, features: &[f32]) -> f64 {
		let terms = self.weights.iter().zip(features).enumerate();
		let sum: f64 = terms.map(|(i, (weight, value))| weight * self.standard(i, *value)).sum();
		super::logistic(sum + self.intercept)
	}
}
