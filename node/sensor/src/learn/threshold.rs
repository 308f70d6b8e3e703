//! From which probability on an alarm is worth its costs.

use crate::model::Costs;

/// With so many hazards the least cost among the rows is no chance.
const MANY: usize = 5_000;

/// Where a miss and an alarm are expected to cost the same, if probabilities are right.
pub fn expected(costs: Costs) -> f64 {
	costs.alarm / (costs.alarm + costs.miss)
}

/// Where the rows, judged by trees that had not seen them, cost least; as expected if there are too few.
pub fn by_rows(probabilities: &[f64], labels: &[bool], costs: Costs) -> f64 {
	match labels.iter().filter(|hazard| **hazard).count() < MANY {
		true => expected(costs),
		false => least(probabilities, labels, costs),
	}
}

fn least(probabilities: &[f64], labels: &[bool], costs: Costs) -> f64 {
	let mut rows: Vec<(f64, bool)> =
		probabilities.iter().copied().zip(labels.iter().copied()).collect();
	rows.sort_by(|a, b| b.0.total_cmp(&a.0));
	// Alarm from 1 on: nothing but misses, counted from there.
	let (mut cost, mut best) = (0.0, (0.0, 1.0));
	for (at, (probability, hazard)) in rows.iter().enumerate() {
		cost += if *hazard { -costs.miss } else { costs.alarm };
		let is_last = rows.get(at + 1).is_none_or(|(next, _)| next < probability);
		if is_last && cost < best.0 {
			best = (cost, *probability);
		}
	}
	// To six digits, downwards: the row itself still counts.
	(best.1 * 1e6).floor() / 1e6
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::random::Random;

	const COSTS: Costs = Costs { miss: 4.0, alarm: 1.0 };

	#[test]
	fn few_rows_are_not_asked() {
		assert_eq!(by_rows(&[0.5; 10], &[true; 10], COSTS), 0.2);
	}

	#[test]
	fn the_least_cost_by_hand() {
		// An alarm from 0.6 on costs 2 false ones and no miss; from 0.8 on a miss, which is dearer.
		let probabilities = [0.9, 0.8, 0.7, 0.6, 0.6, 0.1];
		let labels = [true, true, false, true, false, false];
		assert_eq!(least(&probabilities, &labels, COSTS), 0.6);
		assert_eq!(least(&probabilities, &labels, Costs { miss: 0.5, alarm: 1.0 }), 0.8);
		assert_eq!(least(&[0.5], &[false], COSTS), 1.0);
	}

	/// Right probabilities lead to where costs are expected to be equal.
	#[test]
	fn right_probabilities_change_nothing() {
		let mut random = Random::new(3);
		let probabilities: Vec<f64> = (0..100_000).map(|_| random.share()).collect();
		let labels: Vec<bool> = probabilities.iter().map(|p| random.happens(*p)).collect();
		let threshold = by_rows(&probabilities, &labels, COSTS);
		assert!((threshold - 0.2).abs() < 0.03, "{threshold}");
	}
}
