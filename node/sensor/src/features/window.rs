//! The recent past of a stream: samples by time, thinned so that a fast stream costs no more memory
//! than a slow one.

use crate::reading::Moment;
use std::collections::VecDeque;

/// What was measured at a moment; NaN is missing.
#[derive(Clone, Copy, Debug)]
pub struct Sample<const N: usize> {
	pub time: Moment,
	pub values: [f32; N],
}

/// Samples of the last while, oldest first, the newest of any rate, the others `spacing` apart.
#[derive(Clone, Debug)]
pub struct Window<const N: usize> {
	samples: VecDeque<Sample<N>>,
	span: Moment,
	spacing: Moment,
	/// Samples farther apart than this have nothing to say about the time between them.
	bridge: Moment,
}

impl<const N: usize> Window<N> {
	pub fn new(span: Moment, spacing: Moment, bridge: Moment) -> Self {
		Self { samples: VecDeque::new(), span, spacing, bridge }
	}

	/// Adds the newest sample. Returns whether the past was forgotten since the clock ran backwards.
	pub fn push(&mut self, sample: Sample<N>) -> bool {
		let newest = self.samples.back().map(|last| last.time);
		let backwards = newest.is_some_and(|newest| sample.time < newest);
		if backwards {
			self.samples.clear();
		} else if newest == Some(sample.time) {
			self.samples.pop_back();
		}
		// The last but one is kept only if it is far enough from the one before it.
		let count = self.samples.len();
		if count >= 2 && self.samples[count - 1].time - self.samples[count - 2].time < self.spacing
		{
			self.samples.pop_back();
		}
		let oldest = sample.time - self.span;
		while self.samples.front().is_some_and(|first| first.time < oldest) {
			self.samples.pop_front();
		}
		self.samples.push_back(sample);
		backwards
	}

	/// What was, or may have been, at a moment: between two samples a straight line, unless they lie
	/// too far apart.
	pub fn at(&self, time: Moment) -> [f32; N] {
		let unknown = [f32::NAN; N];
		let after = self.samples.partition_point(|sample| sample.time < time);
		let Some(later) = self.samples.get(after) else { return unknown };
		if later.time == time {
			return later.values;
		}
		let Some(earlier) = after.checked_sub(1).map(|before| &self.samples[before]) else {
			return unknown;
		};
		let gap = later.time - earlier.time;
		if gap > self.bridge {
			return unknown;
		}
		let share = (time - earlier.time) as f32 / gap as f32;
		let mut between = unknown;
		for ((value, from), to) in between.iter_mut().zip(earlier.values).zip(later.values) {
			*value = from + (to - from) * share;
		}
		between
	}

	/// The samples after a moment, oldest first.
	pub fn since(&self, time: Moment) -> impl Iterator<Item = &Sample<N>> {
		let first = self.samples.partition_point(|sample| sample.time <= time);
		self.samples.range(first..)
	}

	#[cfg(test)]
	pub fn len(&self) -> usize {
		self.samples.len()
	}
}

/// Mean, least and greatest of the values that are known.
#[derive(Clone, Copy, Debug, Default)]
pub struct Summary {
	sum: f64,
	count: u32,
	low: f32,
	high: f32,
}

impl Summary {
	pub fn add(&mut self, value: f32) {
		if value.is_nan() {
			return;
		}
		let first = self.count == 0;
		self.low = if first { value } else { self.low.min(value) };
		self.high = if first { value } else { self.high.max(value) };
		self.sum += f64::from(value);
		self.count += 1;
	}

	pub fn mean(&self) -> f32 {
		if self.count == 0 {
			return f32::NAN;
		}
		(self.sum / f64::from(self.count)) as f32
	}

	pub fn low(&self) -> f32 {
		if self.count == 0 {
			f32::NAN
		} else {
			self.low
		}
	}

	pub fn high(&self) -> f32 {
		if self.count == 0 {
			f32::NAN
		} else {
			self.high
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::reading::time::{HOUR, MINUTE, SECOND};
	use proptest::prelude::*;

	fn sample(time: Moment, value: f32) -> Sample<1> {
		Sample { time, values: [value] }
	}

	#[test]
	fn the_past_is_looked_up_by_time() {
		let mut window = Window::new(6 * HOUR, 5 * MINUTE, 2 * HOUR);
		for hour in 0..5 {
			assert!(!window.push(sample(hour * HOUR, hour as f32)));
		}
		assert_eq!(window.at(3 * HOUR)[0], 3.0);
		assert_eq!(window.at(2 * HOUR + 30 * MINUTE)[0], 2.5);
		assert!(window.at(-HOUR)[0].is_nan() && window.at(5 * HOUR)[0].is_nan());
		window.push(sample(8 * HOUR, 8.0));
		assert!(window.at(5 * HOUR)[0].is_nan(), "too far apart");
		assert_eq!(window.since(2 * HOUR).count(), 3);
		assert!(window.push(sample(7 * HOUR, 7.0)), "backwards");
		assert_eq!(window.len(), 1);
	}

	proptest! {
		/// However fast a stream is, the window holds no more than span / spacing samples and a few.
		#[test]
		fn memory_is_bounded(steps in proptest::collection::vec(1i64..200, 1..3000)) {
			let mut window = Window::new(HOUR, MINUTE, HOUR);
			let mut time = 0;
			for step in steps {
				time += step * SECOND;
				window.push(sample(time, 0.0));
				prop_assert!(window.len() <= 2 * 60 + 3);
				prop_assert_eq!(window.at(time)[0], 0.0);
			}
		}
	}
}
