//! Streams of readings: any CSV or JSON lines with named columns, in any of the usual units.

mod cells;
mod channel;
mod columns;
mod lines;
mod parser;
pub mod time;

pub use channel::Channel;
pub use columns::{Columns, InputOptions};
pub use lines::{Line, Lines};
pub use parser::{Parsed, Parser};
pub use time::Moment;

/// What a device measured at one moment, in our units; NaN is missing.
#[derive(Clone, Copy, Debug)]
pub struct Reading {
	pub time: Moment,
	values: [f64; Channel::COUNT],
}

impl Reading {
	/// A reading of nothing yet.
	pub fn at(time: Moment) -> Self {
		Self { time, values: [f64::NAN; Channel::COUNT] }
	}

	pub fn get(&self, channel: Channel) -> f64 {
		self.values[channel as usize]
	}

	pub fn set(&mut self, channel: Channel, value: f64) {
		self.values[channel as usize] = value;
	}

	/// Whether nothing was measured.
	#[cfg(test)]
	pub fn is_empty(&self) -> bool {
		self.values.iter().all(|value| value.is_nan())
	}

	/// The bytes whose hash a report carries: the time, then each value that there is, as channel
	/// number and IEEE 754 double, all little endian.
	pub fn bytes(&self) -> Vec<u8> {
		let mut bytes = self.time.to_le_bytes().to_vec();
		for (number, value) in self.values.iter().enumerate().filter(|(_, value)| !value.is_nan()) {
			bytes.push(number as u8);
			bytes.extend(value.to_le_bytes());
		}
		bytes
	}

	/// As a JSON object, in our units.
	pub fn json(&self) -> serde_json::Value {
		let mut object = serde_json::Map::new();
		object.insert("time".into(), self.time.into());
		for channel in Channel::ALL {
			let value = self.get(channel);
			if !value.is_nan() {
				object.insert(channel.name().into(), value.into());
			}
		}
		object.into()
	}
}
