//! Trained models: what they have in common, and their files.

mod file;
mod logistic;
mod rule;
mod task;
mod trees;

pub use file::{digest, hex, DataSheet, Decision, ModelFile, FORMAT};
pub use logistic::Logistic;
pub use rule::{Rule, Table24};
pub use task::{Class, Costs, Task};
pub use trees::{Node, Tree, Trees};

/// Judges one row of features.
pub trait Model: Send {
	/// How much speaks for the hazard; a probability where the model was calibrated. Missing features
	/// are NaN, the result never is.
	fn score(&self, features: &[f32]) -> f64;
}

/// The logistic function.
pub fn logistic(x: f64) -> f64 {
	1.0 / (1.0 + libm::exp(-x))
}

/// Its inverse, kept away from infinity.
pub fn logit(p: f64) -> f64 {
	let p = p.clamp(1e-6, 1.0 - 1e-6);
	libm::log(p / (1.0 - p))
}
