//! Numbers that say how good a ranking and its probabilities are, with confidence intervals.

use crate::{learn::Dataset, model::Costs, random::Random};
use serde::Serialize;

/// The precision at which recall is asked for.
pub const PRECISION: f64 = 0.3;

/// All numbers of one contender.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Scores {
	/// Area under the ROC curve.
	pub auc: f64,
	/// Area under the precision-recall curve, by steps.
	pub average_precision: f64,
	/// Largest recall at a precision of at least [`PRECISION`].
	pub recall_at_precision: f64,
	/// Mean square error of the probability.
	pub brier: f64,
	/// Brier score against that of always naming the mean share: 1 is perfect, 0 no better.
	pub brier_skill: f64,
	/// Largest harmonic mean of precision and recall.
	pub best_f1: f64,
	/// At the threshold of the stated costs:
	pub precision: f64,
	pub recall: f64,
	/// Cost a thousand rows, in false alarms.
	pub cost: f64,
	/// Alarms a thousand rows.
	pub alarms: f64,
}

/// Names of the numbers, in the order of [`Scores::values`].
pub const NAMES: [&str; 10] = [
	"auc",
	"average_precision",
	"recall_at_precision",
	"brier",
	"brier_skill",
	"best_f1",
	"precision",
	"recall",
	"cost",
	"alarms",
];

impl Scores {
	pub fn values(&self) -> [f64; 10] {
		[
			self.auc,
			self.average_precision,
			self.recall_at_precision,
			self.brier,
			self.brier_skill,
			self.best_f1,
			self.precision,
			self.recall,
			self.cost,
			self.alarms,
		]
	}
}

/// Where 95 % of the samples lie.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Interval {
	pub name: &'static str,
	pub low: f64,
	pub high: f64,
}

/// Rows by falling score.
pub struct Ranking {
	/// Score, truth, group.
	rows: Vec<(f64, bool, u32)>,
	groups: usize,
	threshold: f64,
	costs: Costs,
}

impl Ranking {
	pub fn new(data: &Dataset, scored: &[f64], threshold: f64, costs: Costs) -> Self {
		let labels = data.labels.iter().zip(&data.groups);
		let mut rows: Vec<_> = scored
			.iter()
			.zip(labels)
			.map(|(score, (label, group))| (*score, *label, *group))
			.collect();
		rows.sort_by(|a, b| b.0.total_cmp(&a.0));
		Self { rows, groups: data.group_names.len(), threshold, costs }
	}

	/// Of all rows, each once.
	pub fn scores(&self) -> Scores {
		self.weighted(&vec![1; self.groups])
	}

	/// With each row as often as its group is weighted.
	fn weighted(&self, weights: &[u32]) -> Scores {
		let weight = |row: &(f64, bool, u32)| f64::from(weights[row.2 as usize]);
		let (mut hazards, mut all) = (0.0, 0.0);
		for row in &self.rows {
			all += weight(row);
			hazards += if row.1 { weight(row) } else { 0.0 };
		}
		let clear = all - hazards;
		let mut scores = Scores::default();
		let (mut found, mut alarms, mut area, mut error) = (0.0, 0.0, 0.0, 0.0);
		let (mut found_at, mut alarms_at) = (0.0, 0.0);
		for tied in self.rows.chunk_by(|a, b| a.0 == b.0) {
			let (mut here, mut right) = (0.0, 0.0);
			let score = tied[0].0;
			for row in tied {
				let weight = weight(row);
				here += weight;
				if row.1 {
					right += weight;
				}
			}
			error += right * (1.0 - score) * (1.0 - score) + (here - right) * score * score;
			// Pairs with the clear rows that rank lower, half of those that rank the same.
			area += right * (clear - (alarms - found) - (here - right) / 2.0);
			alarms += here;
			found += right;
			if alarms > 0.0 {
				let (precision, recall) = (found / alarms, found / f64::max(hazards, 1e-9));
				scores.average_precision += right / f64::max(hazards, 1e-9) * precision;
				if precision >= PRECISION {
					scores.recall_at_precision = scores.recall_at_precision.max(recall);
				}
				if found > 0.0 {
					let f1 = 2.0 * precision * recall / (precision + recall);
					scores.best_f1 = scores.best_f1.max(f1);
				}
			}
			if score >= self.threshold {
				(found_at, alarms_at) = (found, alarms);
			}
		}
		let all = f64::max(all, 1.0);
		scores.auc = if hazards > 0.0 && clear > 0.0 { area / (hazards * clear) } else { f64::NAN };
		scores.brier = error / all;
		let share = hazards / all;
		scores.brier_skill = 1.0 - scores.brier / f64::max(share * (1.0 - share), 1e-12);
		scores.precision = found_at / f64::max(alarms_at, 1.0);
		scores.recall = found_at / f64::max(hazards, 1.0);
		let missed = hazards - found_at;
		scores.cost =
			1e3 * (self.costs.miss * missed + self.costs.alarm * (alarms_at - found_at)) / all;
		scores.alarms = 1e3 * alarms_at / all;
		scores
	}

	/// 95 % intervals, by drawing as many groups as there are, with replacement.
	pub fn intervals(&self, samples: u32, seed: u64) -> Vec<Interval> {
		let present: Vec<u32> = {
			let mut groups: Vec<u32> = self.rows.iter().map(|row| row.2).collect();
			groups.sort_unstable();
			groups.dedup();
			groups
		};
		let mut drawn: Vec<[f64; 10]> = Vec::new();
		let mut random = Random::fork(seed, u64::MAX);
		let mut weights = vec![0u32; self.groups];
		for _ in 0..samples {
			weights.iter_mut().for_each(|weight| *weight = 0);
			for _ in 0..present.len() {
				weights[present[random.below(present.len())] as usize] += 1;
			}
			drawn.push(self.weighted(&weights).values());
		}
		let interval = |(number, name): (usize, &&'static str)| {
			let mut values: Vec<f64> =
				drawn.iter().map(|values| values[number]).filter(|value| !value.is_nan()).collect();
			values.sort_by(f64::total_cmp);
			let at = |share: f64| {
				let last = values.len().saturating_sub(1);
				values.get((share * last as f64).round() as usize).copied().unwrap_or(f64::NAN)
			};
			Interval { name, low: at(0.025), high: at(0.975) }
		};
		NAMES.iter().enumerate().map(interval).collect()
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn ranking(rows: &[(f64, bool)]) -> Ranking {
		let mut data = Dataset { group_names: vec!["a".into(), "b".into()], ..Default::default() };
		for (number, (_, label)) in rows.iter().enumerate() {
			data.push_row(&[], *label, number as u32 % 2);
		}
		let scored: Vec<f64> = rows.iter().map(|(score, _)| *score).collect();
		Ranking::new(&data, &scored, 0.5, Costs { miss: 10.0, alarm: 1.0 })
	}

	/// By hand: order T F T F; of the four pairs three are right. Precision is 1, 1/2, 2/3, 1/2 after each
	/// row; steps of recall at the first and third.
	#[test]
	fn scores_by_hand() {
		let scores = ranking(&[(0.9, true), (0.6, false), (0.4, true), (0.1, false)]).scores();
		let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-12, "{a} {b}");
		near(scores.auc, 0.75);
		near(scores.average_precision, 0.5 * (1.0 + 2.0 / 3.0));
		near(scores.best_f1, 0.8);
		near(scores.recall_at_precision, 1.0);
		near(scores.brier, (0.01 + 0.36 + 0.36 + 0.01) / 4.0);
		near(scores.brier_skill, 1.0 - 0.185 / 0.25);
		near(scores.precision, 0.5);
		near(scores.recall, 0.5);
		near(scores.cost, 1e3 * (10.0 + 1.0) / 4.0);
		near(scores.alarms, 500.0);
	}

	#[test]
	fn ties_count_half_and_a_constant_knows_nothing() {
		let scores = ranking(&[(0.5, true), (0.5, false), (0.5, true), (0.5, false)]).scores();
		assert_eq!((scores.auc, scores.average_precision), (0.5, 0.5));
	}

	#[test]
	fn intervals_hold_what_was_measured_and_are_the_same_every_time() {
		let mut random = Random::new(1);
		let mut data = Dataset { group_names: vec![String::new(); 60], ..Default::default() };
		let mut scored = Vec::new();
		for row in 0..600u32 {
			let label = random.happens(0.2);
			data.push_row(&[], label, row % 60);
			scored.push(if label { random.between(0.2, 1.0) } else { random.between(0.0, 0.8) });
		}
		let ranking = Ranking::new(&data, &scored, 0.5, Costs { miss: 1.0, alarm: 1.0 });
		let intervals = ranking.intervals(200, 1);
		assert_eq!(intervals, ranking.intervals(200, 1));
		for (interval, value) in intervals.iter().zip(ranking.scores().values()) {
			assert!(interval.low <= value && value <= interval.high, "{interval:?} {value}");
			assert!(interval.low < interval.high);
		}
	}
}
