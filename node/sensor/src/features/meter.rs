//! Features of a single series of power, for faults of the meter itself. Everything is relative to the
//! series' own scale, so that any meter will do.

use super::{narrow, window::Summary, Extractor};
use crate::reading::{time::HOUR, Channel, Moment, Reading};
use std::collections::VecDeque;

pub const NAMES: &[&str] = &[
	"level",
	"step",
	"step_before",
	"bend",
	"bend_before",
	"equal_run",
	"straight_run",
	"straight_steepness",
	"below_top",
	"top_run",
	"top_share",
	"from_median",
	"deviation",
	"step_against_usual",
	"spike",
	"missing_run",
];

/// Values that are looked back at.
const LOOK_BACK: usize = 24;
/// The scale forgets by this share a row.
const FADING: f64 = 0.9995;
/// Two values are the same if they differ by less than this share of the scale.
const SAME: f64 = 1e-6;
/// A value is at the top within this share of it.
const TOP: f64 = 0.01;

/// The series' past.
pub struct Meter {
	values: VecDeque<f64>,
	time: Moment,
	scale: f64,
	usual_step: f64,
	equal: u32,
	straight: u32,
	top: u32,
	missing: u32,
}

impl Meter {
	pub fn new() -> Self {
		Self {
			values: VecDeque::with_capacity(LOOK_BACK + 1),
			time: Moment::MIN,
			scale: 0.0,
			usual_step: 0.0,
			equal: 0,
			straight: 0,
			top: 0,
			missing: 0,
		}
	}

	fn forget(&mut self) {
		self.values.clear();
		(self.equal, self.straight, self.top, self.missing) = (0, 0, 0, 0);
	}
}

impl Extractor for Meter {
	fn push(&mut self, reading: &Reading, features: &mut Vec<f32>) {
		// A gap of half a day or a clock that ran backwards ends every run.
		let gap = reading.time.saturating_sub(self.time);
		if !(0..=12 * HOUR).contains(&gap) {
			self.forget();
		}
		self.time = reading.time;
		let value = reading.get(Channel::Power);
		features.clear();
		if value.is_nan() {
			self.missing = self.missing.saturating_add(1);
			features.resize(NAMES.len(), f32::NAN);
			features[NAMES.len() - 1] = self.missing as f32;
			return;
		}
		let missing = std::mem::take(&mut self.missing);
		self.scale = (self.scale * FADING).max(value.abs());
		let scale = if self.scale > 0.0 { self.scale } else { 1.0 };
		let nth = |back: usize| {
			let index = self.values.len().checked_sub(back);
			index.and_then(|index| self.values.get(index)).copied().unwrap_or(f64::NAN)
		};
		let (one, two, three) = (nth(1), nth(2), nth(3));
		let step = (value - one) / scale;
		let before = (one - two) / scale;
		let bend = step - before;
		let bend_before = before - (two - three) / scale;
		// A meter at rest shows nothing, and rightly so.
		let at_rest = value.abs() < SAME * scale;
		let count = |run: u32, goes_on: bool| if goes_on { run.saturating_add(1) } else { 0 };
		self.equal = count(self.equal, step.abs() < SAME && !at_rest);
		self.straight = count(self.straight, bend.abs() < 10.0 * SAME && step.abs() >= SAME);

		let mut sorted: Vec<f64> = self.values.iter().copied().collect();
		sorted.sort_by(f64::total_cmp);
		let median = sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN);
		let mut top = Summary::default();
		self.values.iter().for_each(|value| top.add(narrow(*value)));
		top.add(narrow(value));
		let highest = f64::from(top.high());
		let is_top = |value: f64| highest > 0.05 * scale && value >= highest * (1.0 - TOP);
		self.top = count(self.top, is_top(value));
		let tops = self.values.iter().filter(|value| is_top(**value)).count();
		let deviations: f64 = sorted.iter().map(|value| (value - median).abs()).sum();
		let usual = deviations / (sorted.len().max(1) as f64 * scale);

		features.extend(
			[
				value / scale,
				step,
				before,
				bend,
				bend_before,
				f64::from(self.equal.min(50)),
				f64::from(self.straight.min(50)),
				if self.straight > 0 { step.abs() } else { 0.0 },
				(highest - value) / scale,
				f64::from(self.top.min(50)),
				tops as f64 / self.values.len().max(1) as f64,
				(value - median) / scale,
				((value - median) / scale).abs() / (usual + 0.01),
				step.abs() / (self.usual_step + 0.005),
				// There and not back yet, measured against the steps around it.
				(step.abs() - before.abs()) / (self.usual_step + 0.005),
				f64::from(missing.min(50)),
			]
			.map(narrow),
		);
		if !step.is_nan() {
			self.usual_step += 0.05 * (step.abs() - self.usual_step);
		}
		self.values.push_back(value);
		if self.values.len() > LOOK_BACK {
			self.values.pop_front();
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn series(values: &[f64]) -> Vec<Vec<f32>> {
		let mut meter = Meter::new();
		let row = |(index, value): (usize, &f64)| {
			let mut reading = Reading::at(index as Moment * HOUR / 4);
			reading.set(Channel::Power, *value);
			let mut features = Vec::new();
			meter.push(&reading, &mut features);
			features
		};
		values.iter().enumerate().map(row).collect()
	}

	fn feature(features: &[f32], name: &str) -> f32 {
		features[NAMES.iter().position(|known| *known == name).expect("a feature")]
	}

	#[test]
	fn runs_are_counted() {
		let frozen = series(&[1.0, 3.0, 3.0, 3.0, 3.0]);
		assert_eq!(feature(&frozen[4], "equal_run"), 3.0);
		let straight = series(&[1.0, 5.0, 6.0, 7.0, 8.0]);
		assert_eq!(feature(&straight[4], "straight_run"), 2.0);
		let dark = series(&[1.0, 0.0, 0.0, 0.0]);
		assert_eq!(feature(&dark[3], "equal_run"), 0.0);
	}

	/// Watts or kilowatts: the features are the same.
	#[test]
	fn the_scale_does_not_matter() {
		let values = [0.1, 0.4, 0.9, 0.9, 0.2, 0.5];
		let large: Vec<f64> = values.iter().map(|value| value * 1000.0).collect();
		for (a, b) in series(&values).iter().zip(series(&large)) {
			for (a, b) in a.iter().zip(b) {
				assert!((a.is_nan() && b.is_nan()) || (a - b).abs() < 1e-5, "{a} {b}");
			}
		}
	}
}
