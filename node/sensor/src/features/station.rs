//! Features of a weather station.

use super::{
	daily::Daily,
	narrow,
	window::{Sample, Summary, Window},
	Extractor,
};
use crate::reading::{
	time::{HOUR, MINUTE},
	Channel, Moment, Reading,
};

/// In degrees, hectopascals, metres a second and hours; a number at the end is hours back.
pub const NAMES: &[&str] = &[
	"temperature",
	"dew_point",
	"depression",
	"humidity",
	"mixing_ratio",
	"theta_e",
	"wind",
	"gust_factor",
	"temperature_change_1",
	"temperature_change_2",
	"temperature_change_3",
	"dew_point_change_1",
	"dew_point_change_3",
	"depression_change_1",
	"depression_change_3",
	"pressure_change_1",
	"pressure_change_3",
	"pressure_change_6",
	"pressure_change_12",
	"pressure_change_24",
	"wind_change_1",
	"wind_change_3",
	"wind_change_12",
	"wind_turn_1",
	"wind_turn_3",
	"temperature_below_max_6",
	"temperature_below_max_12",
	"wind_above_mean_6",
	"wind_max_6",
	"pressure_above_min_24",
	"pressure_below_max_24",
	"temperature_above_mean_24",
	"dew_point_above_mean_24",
	"pressure_above_mean_24",
	"wind_above_mean_24",
	"temperature_above_usual",
	"dew_point_above_usual",
	"pressure_above_usual",
	"wind_above_usual",
	"temperature_change_24",
	"dew_point_change_24",
	"irradiance",
	"irradiance_change_1",
	"clearness",
	"clearness_1",
	"clearness_2",
	"clearness_change_1",
	"clearness_mean_3",
	"dark",
];

const T: usize = 0;
const TD: usize = 1;
const P: usize = 2;
const EAST: usize = 3;
const NORTH: usize = 4;
const WIND: usize = 5;
const SUN: usize = 6;
const CLEAR: usize = 7;

/// Below this the sun tells nothing, in W/m2.
const DARK: f32 = 50.0;

/// A station's past: a day and an hour, and what is usual at each hour of the day.
pub struct Station {
	window: Window<8>,
	temperature: Daily,
	dew_point: Daily,
	pressure: Daily,
	wind: Daily,
	sun: Daily,
}

impl Station {
	pub fn new() -> Self {
		Self {
			window: Window::new(25 * HOUR, 5 * MINUTE, 2 * HOUR),
			temperature: Daily::new(),
			dew_point: Daily::new(),
			pressure: Daily::new(),
			wind: Daily::new(),
			sun: Daily::new(),
		}
	}

	/// Means of the last ten minutes, as stations of the weather services give them, of the sun of the
	/// last hour; a stream that is slower than that stays as it is.
	fn smooth(&self, now: &Sample<8>) -> [f32; 8] {
		let mut sums = [Summary::default(); 8];
		for (channel, sum) in sums.iter_mut().enumerate() {
			let back = if channel == SUN { HOUR } else { 10 * MINUTE };
			sum.add(now.values[channel]);
			for sample in self.window.since(now.time - back).filter(|s| s.time < now.time) {
				sum.add(sample.values[channel]);
			}
		}
		sums.map(|sum| sum.mean())
	}
}

/// Vapour pressure over water, in hPa (Magnus).
fn vapour(dew_point: f64) -> f64 {
	6.112 * libm::exp(17.62 * dew_point / (243.12 + dew_point))
}

/// The dew point at a temperature and relative humidity.
fn dew_point(temperature: f64, humidity: f64) -> f64 {
	let pressure = vapour(temperature) * humidity.clamp(1.0, 100.0) / 100.0;
	let logarithm = libm::log(pressure / 6.112);
	243.12 * logarithm / (17.62 - logarithm)
}

/// The dew point as measured, else from the humidity.
fn moisture(reading: &Reading) -> f64 {
	let measured = reading.get(Channel::DewPoint);
	if !measured.is_nan() {
		return measured;
	}
	let (t, humidity) = (reading.get(Channel::Temperature), reading.get(Channel::Humidity));
	if t.is_nan() || humidity.is_nan() {
		return f64::NAN;
	}
	dew_point(t, humidity)
}

/// What the station's sample holds. Clearness is not known yet.
fn sample(reading: &Reading) -> Sample<8> {
	let wind = reading.get(Channel::WindSpeed);
	// A vane that is still has no direction; the speed alone is no vector.
	let direction = reading.get(Channel::WindDirection).to_radians();
	let (east, north) = if wind == 0.0 {
		(0.0, 0.0)
	} else {
		(wind * libm::sin(direction), wind * libm::cos(direction))
	};
	let values = [
		reading.get(Channel::Temperature),
		moisture(reading),
		reading.get(Channel::Pressure),
		east,
		north,
		wind,
		reading.get(Channel::Irradiance).max(0.0),
		f64::NAN,
	];
	let mut sample = Sample { time: reading.time, values: values.map(narrow) };
	if reading.get(Channel::Irradiance).is_nan() {
		sample.values[SUN] = f32::NAN;
	}
	sample
}

impl Extractor for Station {
	fn push(&mut self, reading: &Reading, features: &mut Vec<f32>) {
		let mut now = sample(reading);
		let time = now.time;
		let mut v = self.smooth(&now);
		let most = self.sun.most(time);
		let is_known = most > DARK && !v[SUN].is_nan();
		v[CLEAR] = if is_known { (v[SUN] / most).min(2.0) } else { f32::NAN };
		now.values[CLEAR] = v[CLEAR];
		self.window.push(now);

		let back = |hours: Moment| self.window.at(time - hours * HOUR);
		let [h1, h2, h3, h6, h12, h24] = [1, 2, 3, 6, 12, 24].map(back);
		let [mut t6, mut t12, mut wind6, mut clear3] = [Summary::default(); 4];
		let mut day = [Summary::default(); 8];
		for sample in self.window.since(time - 24 * HOUR) {
			for (sum, value) in day.iter_mut().zip(sample.values) {
				sum.add(value);
			}
			if sample.time > time - 12 * HOUR {
				t12.add(sample.values[T]);
			}
			if sample.time > time - 6 * HOUR {
				t6.add(sample.values[T]);
				wind6.add(sample.values[WIND]);
			}
			if sample.time > time - 3 * HOUR {
				clear3.add(sample.values[CLEAR]);
			}
		}
		let turn = |then: &[f32; 8]| (v[EAST] - then[EAST]).hypot(v[NORTH] - then[NORTH]);
		let depression = v[T] - v[TD];
		let (t, td, p) = (f64::from(v[T]), f64::from(v[TD]), f64::from(v[P]));
		// Half of all stations do not tell their altitude: take the usual pressure where there is none.
		let hectopascals = if p.is_nan() { 1000.0 } else { p };
		let steam = vapour(td);
		let mixing = 622.0 * steam / (hectopascals - steam).max(1.0);
		let humidity = 100.0 * steam / vapour(t);
		let kelvin = t + 273.15;
		let theta_e = kelvin
			* libm::pow(1000.0 / hectopascals, 0.2854)
			* libm::exp(2.5e3 * mixing / (1004.0 * kelvin))
			- 273.15;
		// In a calm a gust says more by itself than as a multiple.
		let calm = if v[WIND] < 1.0 { 1.0 } else { v[WIND] };
		let gust = narrow(reading.get(Channel::Gust)) / calm;
		features.clear();
		features.extend([
			v[T],
			v[TD],
			depression,
			narrow(humidity),
			narrow(mixing),
			narrow(theta_e),
			v[WIND],
			gust,
			v[T] - h1[T],
			v[T] - h2[T],
			v[T] - h3[T],
			v[TD] - h1[TD],
			v[TD] - h3[TD],
			depression - (h1[T] - h1[TD]),
			depression - (h3[T] - h3[TD]),
			v[P] - h1[P],
			v[P] - h3[P],
			v[P] - h6[P],
			v[P] - h12[P],
			v[P] - h24[P],
			v[WIND] - h1[WIND],
			v[WIND] - h3[WIND],
			v[WIND] - h12[WIND],
			turn(&h1),
			turn(&h3),
			t6.high() - v[T],
			t12.high() - v[T],
			v[WIND] - wind6.mean(),
			wind6.high(),
			v[P] - day[P].low(),
			day[P].high() - v[P],
			v[T] - day[T].mean(),
			v[TD] - day[TD].mean(),
			v[P] - day[P].mean(),
			v[WIND] - day[WIND].mean(),
			v[T] - self.temperature.mean(time),
			v[TD] - self.dew_point.mean(time),
			v[P] - self.pressure.mean(time),
			v[WIND] - self.wind.mean(time),
			v[T] - h24[T],
			v[TD] - h24[TD],
			v[SUN],
			v[SUN] - h1[SUN],
			v[CLEAR],
			h1[CLEAR],
			h2[CLEAR],
			v[CLEAR] - h1[CLEAR],
			clear3.mean(),
			if most.is_nan() { f32::NAN } else { f32::from(u8::from(most <= DARK)) },
		]);
		self.temperature.push(time, v[T]);
		self.dew_point.push(time, v[TD]);
		self.pressure.push(time, v[P]);
		self.wind.push(time, v[WIND]);
		self.sun.push(time, v[SUN]);
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn feature(features: &[f32], name: &str) -> f32 {
		features[NAMES.iter().position(|known| *known == name).expect("a feature")]
	}

	fn reading(time: Moment, t: f64, pressure: f64) -> Reading {
		let mut reading = Reading::at(time);
		reading.set(Channel::Temperature, t);
		reading.set(Channel::Humidity, 50.0);
		reading.set(Channel::Pressure, pressure);
		reading
	}

	/// 20 degrees at 50 % have a dew point of 9.3 degrees, in any table.
	#[test]
	fn moisture_comes_from_the_humidity_where_there_is_no_dew_point() {
		assert!((dew_point(20.0, 50.0) - 9.26).abs() < 0.05);
		assert!((vapour(20.0) - 23.4).abs() < 0.1);
		assert!(moisture(&Reading::at(0)).is_nan());
	}

	/// A station in the mountains whose pressure falls as much as one at sea has the same changes; only
	/// what depends on the air's weight differs.
	#[test]
	fn altitude_does_not_change_the_changes() {
		let mut seen = Vec::new();
		for level in [1010.0, 750.0] {
			let mut station = Station::new();
			let mut features = Vec::new();
			for hour in 0..30 {
				let fall = if hour >= 28 { 5.0 } else { 0.0 };
				station.push(&reading(hour * HOUR, 20.0, level - fall), &mut features);
			}
			assert!((feature(&features, "pressure_change_3") + 5.0).abs() < 1e-3);
			assert!((feature(&features, "pressure_above_usual") + 5.0).abs() < 1e-3);
			seen.push(feature(&features, "theta_e"));
		}
		assert!(seen[1] > seen[0]);
	}

	/// The same weather every hour or every minute gives nearly the same features.
	#[test]
	fn the_rate_does_not_matter() {
		let mut ends = Vec::new();
		for step in [HOUR, MINUTE] {
			let mut station = Station::new();
			let mut features = Vec::new();
			let mut time = 0;
			while time <= 72 * HOUR {
				let hours = time as f64 / HOUR as f64;
				station
					.push(&reading(time, 20.0 + 0.1 * hours, 1000.0 - 0.2 * hours), &mut features);
				time += step;
			}
			ends.push(features);
		}
		for name in
			["temperature_change_3", "pressure_change_6", "temperature_change_24", "dew_point"]
		{
			let [slow, fast] = [0, 1].map(|index| feature(&ends[index], name));
			assert!((slow - fast).abs() < 0.05, "{name}: {slow} {fast}");
		}
	}

	#[test]
	fn a_stream_without_sun_or_wind_has_no_features_of_them() {
		let mut station = Station::new();
		let mut features = Vec::new();
		station.push(&reading(0, 20.0, 1000.0), &mut features);
		for name in ["irradiance", "clearness", "wind", "wind_turn_1", "dark", "gust_factor"] {
			assert!(feature(&features, name).is_nan(), "{name}");
		}
	}
}
