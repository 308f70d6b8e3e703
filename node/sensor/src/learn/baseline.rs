//! What a model has to beat.

use super::Dataset;
use crate::{
	model::{logistic, Logistic, Rule, Table24},
	reading::time::{DAY, HOUR},
};

/// The hazard's share by month and hour of the clock, smoothed towards its share overall.
pub fn climatology(data: &Dataset) -> Table24 {
	let mut hazards = vec![0.0; 24 * 12];
	let mut rows = vec![0.0; 24 * 12];
	for (time, label) in data.times.iter().zip(&data.labels) {
		let [hour, month] = clock(*time);
		let slot = hour as usize * 12 + month as usize;
		hazards[slot] += f64::from(u8::from(*label));
		rows[slot] += 1.0;
	}
	let overall = data.hazards() as f64 / data.len().max(1) as f64;
	let shares = hazards.iter().zip(&rows).map(|(h, n)| (h + 5.0 * overall) / (n + 5.0)).collect();
	Table24 { shares }
}

/// Hour of the day and month, from 0, as [`Table24`] wants them.
pub fn clock(time: i64) -> [f32; 2] {
	let hour = time.div_euclid(HOUR).rem_euclid(24);
	let text = crate::reading::time::write(time - time.rem_euclid(DAY));
	let month = text.get(5..7).and_then(|month| month.parse::<i64>().ok()).unwrap_or(1);
	[hour as f32, (month - 1) as f32]
}

/// The feature that ranks rows best alone, cut into twenty bins.
pub fn one_threshold(data: &Dataset) -> Rule {
	let width = data.width();
	let (mut feature, mut best) = (0, -1.0);
	for candidate in 0..width {
		let values: Vec<f64> =
			data.rows.iter().skip(candidate).step_by(width).map(|v| f64::from(*v)).collect();
		// What is unknown ranks in the middle of nowhere: left out.
		let known: Vec<(f64, bool)> = values
			.into_iter()
			.zip(data.labels.iter().copied())
			.filter(|(v, _)| !v.is_nan())
			.collect();
		let area = rank_area(known);
		if (area - 0.5).abs() > best {
			(feature, best) = (candidate, (area - 0.5).abs());
		}
	}
	let mut known: Vec<(f32, bool)> = Vec::new();
	let (mut unknown, mut unknown_hazards) = (0.0, 0.0);
	for (value, label) in data.rows.iter().skip(feature).step_by(width).zip(&data.labels) {
		if value.is_nan() {
			unknown += 1.0;
			unknown_hazards += f64::from(u8::from(*label));
		} else {
			known.push((*value, *label));
		}
	}
	known.sort_by(|a, b| a.0.total_cmp(&b.0));
	let overall = data.hazards() as f64 / data.len().max(1) as f64;
	let share = |hazards: f64, rows: f64| (hazards + 5.0 * overall) / (rows + 5.0);
	let size = known.len().div_ceil(20).max(1);
	let bins = known.chunks(size).map(|bin| {
		let hazards = bin.iter().filter(|(_, label)| *label).count();
		(bin.last().map_or(0.0, |(value, _)| *value), share(hazards as f64, bin.len() as f64))
	});
	Rule { feature, bins: bins.collect(), unknown: share(unknown_hazards, unknown) }
}

/// The share of pairs of a hazard and a clear row that the value puts in the right order.
fn rank_area(mut known: Vec<(f64, bool)>) -> f64 {
	known.sort_by(|a, b| a.0.total_cmp(&b.0));
	let (mut below, mut right, mut hazards) = (0.0, 0.0, 0.0);
	for tied in known.chunk_by(|a, b| a.0 == b.0) {
		let here = tied.iter().filter(|(_, label)| *label).count() as f64;
		let clear = tied.len() as f64 - here;
		right += here * (below + clear / 2.0);
		below += clear;
		hazards += here;
	}
	if hazards == 0.0 || below == 0.0 {
		0.5
	} else {
		right / (hazards * below)
	}
}

const STEPS: usize = 12;
const RIDGE: f64 = 5.0;

/// Logistic regression on all features, by Newton's method with a ridge.
pub fn logistic_regression(data: &Dataset) -> Logistic {
	let width = data.width();
	let (mut means, mut deviations) = (vec![0.0; width], vec![1.0; width]);
	for feature in 0..width {
		let known: Vec<f64> = data
			.rows
			.iter()
			.skip(feature)
			.step_by(width)
			.filter(|v| !v.is_nan())
			.map(|v| f64::from(*v))
			.collect();
		let count = known.len().max(1) as f64;
		let mean = known.iter().sum::<f64>() / count;
		let variance = known.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / count;
		means[feature] = mean;
		deviations[feature] = if variance > 1e-12 { libm::sqrt(variance) } else { 1.0 };
	}
	let mut model = Logistic { means, deviations, weights: vec![0.0; width], intercept: 0.0 };
	let size = width + 1;
	let rows: Vec<Vec<f64>> = (0..data.len())
		.map(|row| {
			let values = data.row(row).iter().enumerate();
			values.map(|(i, v)| model.standard(i, *v)).chain([1.0]).collect()
		})
		.collect();
	let mut weights = vec![0.0; size];
	for _ in 0..STEPS {
		let mut gradient = vec![0.0; size];
		let mut hessian = vec![0.0; size * size];
		for (row, label) in rows.iter().zip(&data.labels) {
			let sum: f64 = row.iter().zip(&weights).map(|(x, w)| x * w).sum();
			let p = logistic(sum);
			let (error, curvature) = (p - f64::from(u8::from(*label)), (p * (1.0 - p)).max(1e-6));
			for i in 0..size {
				gradient[i] += error * row[i];
				let scaled = curvature * row[i];
				for j in 0..=i {
					hessian[i * size + j] += scaled * row[j];
				}
			}
		}
		for i in 0..size {
			let ridge = if i == width { 1e-6 } else { RIDGE };
			gradient[i] += ridge * weights[i];
			hessian[i * size + i] += ridge;
		}
		for (weight, step) in weights.iter_mut().zip(solve(&mut hessian, gradient, size)) {
			*weight -= step.clamp(-2.0, 2.0);
		}
	}
	model.intercept = weights.pop().unwrap_or(0.0);
	model.weights = weights;
	model
}

/// Solves a symmetric positive system, of which the lower triangle is given, by Cholesky.
fn solve(matrix: &mut [f64], mut right: Vec<f64>, size: usize) -> Vec<f64> {
	for i in 0..size {
		for j in 0..=i {
			let mut sum = matrix[i * size + j];
			for k in 0..j {
				sum -= matrix[i * size + k] * matrix[j * size + k];
			}
			matrix[i * size + j] =
				if i == j { libm::sqrt(sum.max(1e-12)) } else { sum / matrix[j * size + j] };
		}
	}
	for i in 0..size {
		for k in 0..i {
			right[i] -= matrix[i * size + k] * right[k];
		}
		right[i] /= matrix[i * size + i];
	}
	for i in (0..size).rev() {
		for k in i + 1..size {
			right[i] -= matrix[k * size + i] * right[k];
		}
		right[i] /= matrix[i * size + i];
	}
	right
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{model::Model, random::Random};

	fn data(count: usize) -> Dataset {
		let mut random = Random::new(11);
		let mut data = Dataset { group_names: vec!["all".into()], ..Default::default() };
		for _ in 0..count {
			let (a, b) = (random.normal(), random.normal());
			let label = random.happens(logistic(2.0 * a - b - 1.0));
			data.push_row(&[a as f32, (10.0 + 5.0 * b) as f32, random.normal() as f32], label, 0);
		}
		data
	}

	#[test]
	fn logistic_regression_finds_the_weights() {
		let model = logistic_regression(&data(20_000));
		for (weight, truth) in model.weights.iter().zip([2.0, -1.0, 0.0]) {
			assert!((weight - truth).abs() < 0.1, "{:?}", model.weights);
		}
		assert!((model.intercept + 1.0).abs() < 0.1);
		assert!((model.score(&[f32::NAN; 3]) - logistic(model.intercept)).abs() < 1e-12);
	}

	#[test]
	fn the_best_single_feature_is_found() {
		let rule = one_threshold(&data(2000));
		assert!(rule.feature == 0 && rule.bins.len() == 20);
		assert!(rule.score(&[2.0, 0.0, 0.0]) > 4.0 * rule.score(&[-2.0, 0.0, 0.0]));
	}

	#[test]
	fn the_clock_is_read() {
		let time = crate::reading::time::parse("1964-07-07 13:00").expect("a time");
		assert_eq!(clock(time), [13.0, 6.0]);
	}
}
