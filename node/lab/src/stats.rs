//! Means, confidence intervals and quantiles.

use serde::Serialize;

/// A mean with its 95 % confidence interval.
#[derive(Clone, Copy, PartialEq, Debug, Default, Serialize)]
pub struct Estimate {
	pub mean: f64,
	/// Half the width of the interval.
	pub margin: f64,
}

impl Estimate {
	/// Of a sample of independent values, by Student's t. No interval for fewer than two values.
	pub fn of(values: &[f64]) -> Self {
		let n = values.len() as f64;
		if values.is_empty() {
			return Self::default();
		}
		let mean = values.iter().sum::<f64>() / n;
		if values.len() < 2 {
			return Self { mean, margin: 0.0 };
		}
		let variance = values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0);
		Self { mean, margin: student(n - 1.0) * (variance / n).sqrt() }
	}
}

/// The 97.5 % quantile of Student's t, by the expansion of Cornish and Fisher around the normal one; the
/// error is below 0.01 from 3 degrees of freedom on.
fn student(freedom: f64) -> f64 {
	let z: f64 = 1.959_963_985;
	if freedom < 1.5 {
		return 12.706;
	}
	if freedom < 2.5 {
		return 4.303;
	}
	let terms = [
		(z.powi(3) + z) / 4.0,
		(5.0 * z.powi(5) + 16.0 * z.powi(3) + 3.0 * z) / 96.0,
		(3.0 * z.powi(7) + 19.0 * z.powi(5) + 17.0 * z.powi(3) - 15.0 * z) / 384.0,
		(79.0 * z.powi(9) + 776.0 * z.powi(7) + 1482.0 * z.powi(5)
			- 1920.0 * z.powi(3)
			- 945.0 * z)
			/ 92_160.0,
	];
	let mut sum = z;
	let mut power = 1.0;
	for term in terms {
		power *= freedom;
		sum += term / power;
	}
	sum
}

/// The 95 % interval of a share of which `hits` out of `tries` were seen (Wilson).
pub fn wilson(hits: usize, tries: usize) -> (f64, f64) {
	if tries == 0 {
		return (0.0, 1.0);
	}
	let (n, z2) = (tries as f64, 1.959_963_985f64.powi(2));
	let share = hits as f64 / n;
	let middle = share + z2 / (2.0 * n);
	let swing = (z2 * (share * (1.0 - share) / n + z2 / (4.0 * n * n))).sqrt();
	let low = (middle - swing) / (1.0 + z2 / n);
	let high = (middle + swing) / (1.0 + z2 / n);
	(low.clamp(0.0, 1.0), high.clamp(0.0, 1.0))
}

/// The value below which `share` of the sorted `values` lie (nearest rank); `None` if there are none.
pub fn quantile<T: Copy>(sorted: &[T], share: f64) -> Option<T> {
	let rank = (share * sorted.len() as f64).ceil() as usize;
	sorted.get(rank.clamp(1, sorted.len().max(1)) - 1).copied()
}

#[cfg(test)]
mod tests {
	use super::*;

	/// Against printed tables of the t distribution.
	#[test]
	fn students_quantiles() {
		for (freedom, expected) in
			[(1.0, 12.706), (2.0, 4.303), (3.0, 3.182), (5.0, 2.571), (10.0, 2.228), (199.0, 1.972)]
		{
			assert!((student(freedom) - expected).abs() < 0.01, "{freedom}: {}", student(freedom));
		}
	}

	/// 1, 2, 3, 4, 5: mean 3, standard deviation sqrt(2.5), t = 2.776 for 4 degrees of freedom.
	#[test]
	fn a_mean_and_its_interval() {
		let estimate = Estimate::of(&[1.0, 2.0, 3.0, 4.0, 5.0]);
		assert_eq!(estimate.mean, 3.0);
		assert!((estimate.margin - 2.776 * (2.5f64 / 5.0).sqrt()).abs() < 0.01);
		assert_eq!(Estimate::of(&[7.0]), Estimate { mean: 7.0, margin: 0.0 });
		assert_eq!(Estimate::of(&[]), Estimate::default());
	}

	/// 5 of 10: 0.237 to 0.763 in printed examples of Wilson's interval.
	#[test]
	fn a_share_and_its_interval() {
		let (low, high) = wilson(5, 10);
		assert!((low - 0.2366).abs() < 1e-3 && (high - 0.7634).abs() < 1e-3);
		assert_eq!(wilson(0, 0), (0.0, 1.0));
		assert!(wilson(200, 200).1 > 0.999_999);
	}

	#[test]
	fn quantiles_are_values_of_the_sample() {
		let sorted: Vec<u32> = (1..=20).collect();
		assert_eq!(quantile(&sorted, 0.5), Some(10));
		assert_eq!(quantile(&sorted, 0.95), Some(19));
		assert_eq!(quantile(&sorted, 1.0), Some(20));
		assert_eq!(quantile(&sorted, 0.0), Some(1));
		assert_eq!(quantile::<u32>(&[], 0.5), None);
	}
}
