//! What models look at: numbers made from a stream of readings, in bounded memory.
//!
//! A stream may have any rate: what lay back is looked up by time, not by rows. Levels that differ
//! between places (pressure by altitude, sunshine by latitude, the clock by time zone) enter as
//! differences from the stream's own past.

mod daily;
mod line;
mod meter;
mod station;
mod window;

use crate::reading::Reading;
use serde::{Deserialize, Serialize};

/// Makes features of readings, one stream each.
pub trait Extractor: Send {
	/// The features at this reading, which becomes the newest; in the order of [`Family::names`]; NaN is
	/// unknown. A reading before the last one begins the stream's past anew, since a clock that jumped
	/// says nothing about what lies how far back.
	fn push(&mut self, reading: &Reading, features: &mut Vec<f32>);
}

/// What kind of device a stream comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Family {
	/// A weather station.
	Station,
	/// An instrument on a line.
	Line,
	/// A meter or an inverter: a single series of power.
	Meter,
}

impl Family {
	pub fn names(self) -> &'static [&'static str] {
		match self {
			Family::Station => station::NAMES,
			Family::Line => line::NAMES,
			Family::Meter => meter::NAMES,
		}
	}

	/// For a stream that begins.
	pub fn extractor(self) -> Box<dyn Extractor> {
		match self {
			Family::Station => Box::new(station::Station::new()),
			Family::Line => Box::new(line::Line::new()),
			Family::Meter => Box::new(meter::Meter::new()),
		}
	}
}

/// A number as models see it.
fn narrow(value: f64) -> f32 {
	value as f32
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{
		random::Random,
		reading::{time::MINUTE, Channel},
	};

	/// Every family gives as many features as it has names, whatever comes, and never infinity.
	#[test]
	fn features_fit_their_names() {
		let mut random = Random::new(3);
		for family in [Family::Station, Family::Line, Family::Meter] {
			let mut extractor = family.extractor();
			let mut features = Vec::new();
			let mut time = 0;
			for _ in 0..3000 {
				time += (random.normal() * 40.0 + 20.0) as i64 * MINUTE;
				let mut reading = Reading::at(time);
				for channel in Channel::ALL {
					let (low, high) = channel.bounds();
					if random.happens(0.7) {
						reading.set(channel, random.between(low, high));
					}
				}
				extractor.push(&reading, &mut features);
				assert_eq!(features.len(), family.names().len());
				assert!(features.iter().all(|value| !value.is_infinite()));
			}
		}
	}
}
