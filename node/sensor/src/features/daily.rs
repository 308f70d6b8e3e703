//! What is usual at an hour of the day, learned from the stream itself.

use super::window::Summary;
use crate::reading::{time::HOUR, Moment};

/// How much a new day counts against all before it.
const WEIGHT: f32 = 0.1;
/// What is left after a day of the most that was ever seen at an hour.
const FADING: f32 = 0.98;

/// Mean and most of each of the 24 hours, over days; newer days count more.
#[derive(Clone, Debug)]
pub struct Daily {
	means: [f32; 24],
	most: [f32; 24],
	hour: Option<Moment>,
	running: Summary,
}

impl Daily {
	pub fn new() -> Self {
		Self {
			means: [f32::NAN; 24],
			most: [f32::NAN; 24],
			hour: None,
			running: Summary::default(),
		}
	}

	/// Counts a value. An hour is folded into what is usual once it is over.
	pub fn push(&mut self, time: Moment, value: f32) {
		let hour = time.div_euclid(HOUR);
		if let Some(before) = self.hour.filter(|before| *before != hour) {
			self.fold(before.rem_euclid(24) as usize);
		}
		self.hour = Some(hour);
		self.running.add(value);
	}

	fn fold(&mut self, slot: usize) {
		let (mean, high) = (self.running.mean(), self.running.high());
		self.running = Summary::default();
		if mean.is_nan() {
			return;
		}
		let known = self.means[slot];
		self.means[slot] = if known.is_nan() { mean } else { known + WEIGHT * (mean - known) };
		let most = self.most[slot];
		self.most[slot] = if most.is_nan() { high } else { high.max(most * FADING) };
	}

	/// The usual value at this time of day; NaN if no earlier day is known.
	pub fn mean(&self, time: Moment) -> f32 {
		self.means[slot(time)]
	}

	/// The most of earlier days at this time of day; NaN if none is known.
	pub fn most(&self, time: Moment) -> f32 {
		self.most[slot(time)]
	}
}

fn slot(time: Moment) -> usize {
	time.div_euclid(HOUR).rem_euclid(24) as usize
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::reading::time::{DAY, MINUTE};

	/// A fast stream and a slow one learn the same, and today is not compared with itself.
	#[test]
	fn what_is_usual_does_not_depend_on_the_rate() {
		for step in [MINUTE, HOUR] {
			let mut daily = Daily::new();
			let mut time = 0;
			while time < 2 * DAY {
				let hour = time.div_euclid(HOUR) as f32;
				if time < DAY {
					assert!(daily.mean(time).is_nan());
				}
				daily.push(time, hour);
				time += step;
			}
			assert!((daily.mean(DAY) - (0.0 + WEIGHT * 24.0)).abs() < 1e-3);
			assert_eq!(daily.most(5 * HOUR), 29.0);
		}
	}
}
