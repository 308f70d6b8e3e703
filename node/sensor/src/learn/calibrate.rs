//! From sums of trees to probabilities (Platt 1999, solved by Newton's method).

use crate::model::logistic;

const STEPS: usize = 50;
/// Keeps the slope near 1 where there are few hazards to learn it from.
const PRIOR: f64 = 2.0;

/// Slope and intercept of `logistic(slope * sum + intercept)` that make the labels likeliest.
pub fn platt(sums: &[f64], labels: &[bool]) -> (f64, f64) {
	let (mut slope, mut intercept) = (1.0, 0.0);
	for _ in 0..STEPS {
		let (mut g0, mut g1) = (PRIOR * (slope - 1.0), 0.0);
		let (mut h00, mut h01, mut h11) = (PRIOR, 0.0, 1e-9);
		for (sum, label) in sums.iter().zip(labels) {
			let p = logistic(slope * sum + intercept);
			let error = p - f64::from(u8::from(*label));
			let curvature = p * (1.0 - p);
			g0 += error * sum;
			g1 += error;
			h00 += curvature * sum * sum;
			h01 += curvature * sum;
			h11 += curvature;
		}
		let determinant = h00 * h11 - h01 * h01;
		if determinant <= 1e-12 {
			break;
		}
		let (ds, di) = ((h11 * g0 - h01 * g1) / determinant, (h00 * g1 - h01 * g0) / determinant);
		// Steps of bounded length: the first ones may overshoot.
		slope = (slope - ds.clamp(-0.5, 0.5)).clamp(0.05, 5.0);
		intercept -= di.clamp(-1.0, 1.0);
		if ds.abs() < 1e-9 && di.abs() < 1e-9 {
			break;
		}
	}
	(slope, intercept)
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::random::Random;

	/// Sums that are twice too sure and shifted are brought back.
	#[test]
	fn overconfidence_is_taken_back() {
		let mut random = Random::new(5);
		let (mut sums, mut labels) = (Vec::new(), Vec::new());
		for _ in 0..20_000 {
			let truth = random.normal() * 2.0 - 1.0;
			labels.push(random.happens(logistic(truth)));
			sums.push(2.0 * truth + 0.6);
		}
		let (slope, intercept) = platt(&sums, &labels);
		assert!((slope - 0.5).abs() < 0.03 && (intercept + 0.3).abs() < 0.1, "{slope} {intercept}");
	}

	#[test]
	fn without_hazards_nothing_breaks() {
		let (slope, intercept) = platt(&[-3.0; 50], &[false; 50]);
		assert!(slope.is_finite() && intercept.is_finite());
		assert_eq!(platt(&[], &[]), (1.0, 0.0));
	}
}
