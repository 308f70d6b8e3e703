//! Features of an instrument on a line: current, voltage, and how hot the conductor is.

use super::{
	daily::Daily,
	narrow,
	window::{Sample, Summary, Window},
	Extractor,
};
use crate::reading::{
	time::{HOUR, MINUTE},
	Channel, Reading,
};

/// Currents are shares of the most that the line usually carries, voltages of the usual voltage; degrees
/// are Celsius; a number at the end is minutes back.
pub const NAMES: &[&str] = &[
	"current",
	"current_change",
	"current_change_5",
	"current_change_15",
	"current_against_usual",
	"current_roughness_15",
	"current_max_15",
	"current_min_15",
	"voltage",
	"voltage_change",
	"voltage_change_5",
	"voltage_min_15",
	"voltage_roughness_15",
	"sag_against_surge",
	"resistance_change",
	"conductor_temperature",
	"conductor_above_air",
	"conductor_change_5",
	"conductor_change_15",
	"heat_against_current",
	"conductor_in_15",
	"air_temperature",
	"wind",
	"irradiance",
	"carries_nothing",
	"current_roughness_5",
	"voltage_roughness_5",
	"current_against_hour",
	"voltage_against_hour",
	"heat_against_hour",
];

const I: usize = 0;
const U: usize = 1;
const HOT: usize = 2;
/// Heating above the air for what is carried.
const HEAT: usize = 3;

/// How much the usual voltage follows each reading.
const VOLTAGE_WEIGHT: f64 = 0.002;
/// The most current is forgotten by this share a reading.
const FADING: f64 = 0.99998;

/// A line's past.
pub struct Line {
	window: Window<4>,
	usual: Daily,
	most: f64,
	voltage: f64,
	last: [f32; 4],
}

impl Line {
	pub fn new() -> Self {
		Self {
			window: Window::new(2 * HOUR, 20_000, 20 * MINUTE),
			usual: Daily::new(),
			most: 0.0,
			voltage: f64::NAN,
			last: [f32::NAN; 4],
		}
	}
}

impl Extractor for Line {
	fn push(&mut self, reading: &Reading, features: &mut Vec<f32>) {
		let current = reading.get(Channel::Current);
		let voltage = reading.get(Channel::Voltage);
		let hot = reading.get(Channel::ConductorTemperature);
		let air = reading.get(Channel::Temperature);
		if !current.is_nan() {
			// A short circuit must not become the measure of what the line carries.
			let most = self.most * FADING;
			self.most = if most > 0.0 { most.max(current.min(most * 1.05)) } else { current };
		}
		if !voltage.is_nan() {
			let step = voltage - self.voltage;
			let sane = step.abs() < 0.2 * self.voltage;
			self.voltage = match (self.voltage.is_nan(), sane) {
				(true, _) => voltage,
				(_, true) => self.voltage + VOLTAGE_WEIGHT * step,
				(_, false) => self.voltage,
			};
		}
		let share = |value: f64, whole: f64| if whole > 0.0 { value / whole } else { f64::NAN };
		let carried = share(current, self.most);
		// An unknown air temperature is taken as constant.
		let above = if air.is_nan() { hot } else { hot - air };
		let heat = above / (carried * carried + 0.1);
		let now = [carried, share(voltage, self.voltage), hot, heat].map(narrow);
		let time = reading.time;
		if self.window.push(Sample { time, values: now }) {
			self.last = [f32::NAN; 4];
		}
		let back = |minutes: i64| self.window.at(time - minutes * MINUTE);
		let (m5, m15) = (back(5), back(15));
		let mut hour = [Summary::default(); 4];
		let mut quarter = [Summary::default(); 4];
		let [mut rough_i, mut rough_u, mut rough_i5, mut rough_u5] = [Summary::default(); 4];
		let mut before: Option<[f32; 4]> = None;
		for sample in self.window.since(time - 90 * MINUTE) {
			let age = time - sample.time;
			let sums = if age >= 15 * MINUTE { &mut hour } else { &mut quarter };
			for (sum, value) in sums.iter_mut().zip(sample.values) {
				sum.add(value);
			}
			if let Some(before) = before.filter(|_| age < 15 * MINUTE) {
				let steps = [I, U].map(|channel| (sample.values[channel] - before[channel]).abs());
				rough_i.add(steps[0]);
				rough_u.add(steps[1]);
				if age < 5 * MINUTE {
					rough_i5.add(steps[0]);
					rough_u5.add(steps[1]);
				}
			}
			before = Some(sample.values);
		}
		let (i_step, u_step) = (now[I] - self.last[I], now[U] - self.last[U]);
		features.clear();
		features.extend([
			now[I],
			i_step,
			now[I] - m5[I],
			now[I] - m15[I],
			now[I] - self.usual.mean(time),
			rough_i.mean(),
			quarter[I].high(),
			quarter[I].low(),
			now[U],
			u_step,
			now[U] - m5[U],
			quarter[U].low(),
			rough_u.mean(),
			i_step.max(0.0) * (-u_step).max(0.0),
			i_step * u_step,
			now[HOT],
			narrow(hot - air),
			now[HOT] - m5[HOT],
			now[HOT] - m15[HOT],
			now[HEAT],
			now[HOT] + (now[HOT] - m15[HOT]),
			narrow(air),
			narrow(reading.get(Channel::WindSpeed)),
			narrow(reading.get(Channel::Irradiance)),
			if now[I].is_nan() { f32::NAN } else { f32::from(u8::from(now[I] < 0.01)) },
			rough_i5.mean(),
			rough_u5.mean(),
			now[I] - hour[I].mean(),
			now[U] - hour[U].mean(),
			now[HEAT] - hour[HEAT].mean(),
		]);
		self.usual.push(time, now[I]);
		self.last = now;
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	/// A short circuit stands out by its step, and does not become the line's usual most.
	#[test]
	fn a_short_circuit_stands_out() {
		let mut line = Line::new();
		let mut features = Vec::new();
		let mut push = |minute: i64, current: f64, voltage: f64| {
			let mut reading = Reading::at(minute * MINUTE);
			reading.set(Channel::Current, current);
			reading.set(Channel::Voltage, voltage);
			line.push(&reading, &mut features);
			features.clone()
		};
		for minute in 0..60 {
			push(minute, 100.0, 230.0);
		}
		let fault = push(60, 900.0, 60.0);
		let feature = |features: &[f32], name: &str| {
			features[NAMES.iter().position(|known| *known == name).expect("a feature")]
		};
		assert!(feature(&fault, "current_change") > 6.0);
		assert!(feature(&fault, "voltage") < 0.3);
		assert!(feature(&fault, "sag_against_surge") > 4.0);
		let after = push(61, 100.0, 230.0);
		assert!((feature(&after, "current") - 1.0 / 1.05).abs() < 0.01);
	}
}
