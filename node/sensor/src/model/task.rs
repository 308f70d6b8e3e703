//! The hazards that models are trained for, and what is decided for each beforehand.

use crate::{
	features::Family,
	learn::Settings,
	reading::{time::HOUR, Channel, Moment},
};
use serde::{Deserialize, Serialize};

/// What a report to the chain says (the sensor oracle's `Class`).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
	Clear,
	Thunderstorm,
	Wind,
	LineFault,
	Overload,
}

impl Class {
	/// As the chain names it.
	pub fn name(self) -> &'static str {
		match self {
			Class::Clear => "Clear",
			Class::Thunderstorm => "Thunderstorm",
			Class::Wind => "Wind",
			Class::LineFault => "LineFault",
			Class::Overload => "Overload",
		}
	}
}

/// What wrong decisions cost, in the same unit; right ones cost nothing.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Costs {
	/// A row of hazard that was called clear.
	pub miss: f64,
	/// A clear row that was called a hazard.
	pub alarm: f64,
}

/// What a model is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Task {
	/// A thunderstorm at the station now
	Thunderstorm,
	/// A thunderstorm at the station within the next hour
	ThunderstormSoon,
	/// Winds of a tropical storm at the station now or within three hours
	TropicalStorm,
	/// A short circuit, a broken conductor, an arc or a hot joint
	LineFault,
	/// A conductor hotter than it may be, now or within a quarter of an hour
	Overload,
	/// A meter that repeats its last value
	Frozen,
	/// A meter whose values somebody filled in
	Interpolated,
	/// A meter that cannot show more
	Clipped,
	/// A value that fits nothing around it
	Outlier,
}

impl Task {
	/// As in file names and on the command line.
	pub fn name(self) -> &'static str {
		match self {
			Task::Thunderstorm => "thunderstorm",
			Task::ThunderstormSoon => "thunderstorm-soon",
			Task::TropicalStorm => "tropical-storm",
			Task::LineFault => "line-fault",
			Task::Overload => "overload",
			Task::Frozen => "frozen",
			Task::Interpolated => "interpolated",
			Task::Clipped => "clipped",
			Task::Outlier => "outlier",
		}
	}

	pub fn family(self) -> Family {
		match self {
			Task::Thunderstorm | Task::ThunderstormSoon | Task::TropicalStorm => Family::Station,
			Task::LineFault | Task::Overload => Family::Line,
			Task::Frozen | Task::Interpolated | Task::Clipped | Task::Outlier => Family::Meter,
		}
	}

	/// What is reported when the model says so. A faulty meter is equipment that is broken.
	pub fn class(self) -> Class {
		match self {
			Task::Thunderstorm | Task::ThunderstormSoon => Class::Thunderstorm,
			Task::TropicalStorm => Class::Wind,
			Task::Overload => Class::Overload,
			_ => Class::LineFault,
		}
	}

	/// The column of the training data with the truth.
	pub fn label(self) -> &'static str {
		match self {
			Task::ThunderstormSoon => Task::Thunderstorm.name(),
			other => other.name(),
		}
	}

	/// How far ahead the truth lies: what is asked is whether the label is set after this reading, until
	/// then. None: at this reading.
	pub fn ahead(self) -> Option<Moment> {
		(self == Task::ThunderstormSoon).then_some(HOUR)
	}

	/// Without any of these a stream tells nothing about the task.
	pub fn channels(self) -> &'static [Channel] {
		match self.family() {
			Family::Station if self == Task::TropicalStorm => {
				&[Channel::WindSpeed, Channel::Pressure]
			}
			Family::Station => &[Channel::Temperature, Channel::Pressure, Channel::Irradiance],
			Family::Line => &[Channel::Current, Channel::Voltage, Channel::ConductorTemperature],
			Family::Meter => &[Channel::Power],
		}
	}

	/// The features of the family that the model may use: those that mean the same elsewhere.
	pub fn features(self) -> Vec<&'static str> {
		let all = self.family().names().iter().copied();
		match self {
			// What the sun and the air's moisture do tells storms apart only where it was trained; wind and
			// pressure are the same on all coasts.
			Task::TropicalStorm => all
				.filter(|name| name.starts_with("wind") || name.starts_with("pressure_"))
				.collect(),
			_ => all.collect(),
		}
	}

	/// Costs unless others are said: what a stop of a delivery costs against harm to people and plant.
	pub fn costs(self) -> Costs {
		let miss = match self {
			Task::Thunderstorm | Task::TropicalStorm | Task::Overload => 10.0,
			Task::ThunderstormSoon => 5.0,
			Task::LineFault => 20.0,
			Task::Outlier => 10.0,
			Task::Frozen | Task::Interpolated | Task::Clipped => 2.0,
		};
		Costs { miss, alarm: 1.0 }
	}

	/// Whether the threshold is where rows cost least, and not where right probabilities would put it.
	/// Some faults of a line are told for sure, others hardly: a calibration of two numbers does not make
	/// such probabilities right.
	pub fn decides_by_rows(self) -> bool {
		self == Task::LineFault
	}

	/// How the trees are grown: the rarer the hazard, the more carefully.
	pub fn settings(self) -> Settings {
		let careful = Settings {
			rounds: 240,
			depth: 4,
			rate: 0.04,
			ridge: 10.0,
			least_rows: 40,
			columns: 0.4,
			rows: 0.7,
			bins: 64,
		};
		match self {
			Task::Thunderstorm | Task::ThunderstormSoon => careful,
			Task::TropicalStorm | Task::LineFault | Task::Overload => {
				Settings { rounds: 120, rate: 0.1, columns: 0.5, rows: 0.35, bins: 48, ..careful }
			}
			Task::Frozen | Task::Interpolated => {
				Settings { rounds: 120, rate: 0.06, ridge: 3.0, least_rows: 10, ..careful }
			}
			Task::Clipped | Task::Outlier => {
				Settings { rounds: 80, depth: 2, ridge: 1.0, least_rows: 3, ..careful }
			}
		}
	}
}
