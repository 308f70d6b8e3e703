//! Which column is what, by name or by what the user says.

use super::channel::{plain, Channel, Unit};
use crate::error::Error;
use std::{fs, path::PathBuf};

/// How a stream is to be read.
#[derive(clap::Args, Clone, Debug, Default)]
pub struct InputOptions {
	/// What a column is: CHANNEL=COLUMN, CHANNEL=COLUMN:UNIT or time=COLUMN (time=DATE+CLOCK for two
	/// columns). Repeatable. Columns with usual names (temp, dew_point_f, "Wspd (m/s)", ghi, ...)
	/// are found without. CHANNEL: temperature, dew_point, humidity, pressure, wind_speed,
	/// wind_direction, gust, irradiance, current, voltage, conductor_temperature, power, import,
	/// export. UNIT as written: C, F, K, hPa, Pa, inHg, m/s, km/h, mph, kn, W/m2, kW, kWh, ...
	#[arg(long = "column", value_name = "CHANNEL=COLUMN[:UNIT]", help_heading = "Input")]
	pub column: Vec<String>,
	/// A file with such lines, one each; # begins a comment
	#[arg(long, value_name = "FILE", help_heading = "Input")]
	pub columns: Option<PathBuf>,
	/// Text that stands for a missing value, besides empty, NA, NaN, null, none, -, ?, M, -999, -9999.
	/// Repeatable
	#[arg(long, value_name = "TEXT", help_heading = "Input")]
	pub missing: Vec<String>,
	/// Lines before the header, of a CSV file
	#[arg(long, value_name = "LINES", default_value_t = 0, help_heading = "Input")]
	pub skip: u64,
	/// Seconds from row to row, for streams without a time column
	#[arg(long, value_name = "SECONDS", help_heading = "Input")]
	pub every: Option<f64>,
}

/// Where a channel comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
	pub channel: Channel,
	/// Index of the column.
	pub column: usize,
	pub factor: f64,
	pub offset: f64,
	/// Whether nobody said which unit it is in.
	pub assumed: bool,
}

/// What was said on the command line, before a header is known.
#[derive(Clone, Debug, Default)]
pub struct Columns {
	/// Columns of the time, to be joined by a space.
	time: Option<Vec<String>>,
	channels: Vec<(Channel, String, Option<Unit>)>,
	pub missing: Vec<String>,
	pub skip: u64,
	pub every: Option<i64>,
}

/// Names of time columns, as [`plain`] leaves them.
const TIMES: &[&str] = &[
	"time",
	"timestamp",
	"datetime",
	"ts",
	"date",
	"observed",
	"when",
	"valid",
	"timehour",
	"dateutc",
	"datetimeutc",
	"timeutc",
	"measurementtime",
	"timestamputc",
	"localtime",
];
/// Names of columns with the time of day beside a column with the date.
const CLOCKS: &[&str] = &["time", "clock", "hour", "timehhmm", "hhmm"];

impl Columns {
	pub fn new(options: &InputOptions) -> Result<Self, Error> {
		let mut missing: Vec<String> = [
			"", "na", "n/a", "nan", "null", "none", "-", "?", "m", "-999", "-9999", "-999.0",
			"-9999.0",
		]
		.map(String::from)
		.into();
		missing.extend(options.missing.iter().map(|text| text.trim().to_ascii_lowercase()));
		let every = match options.every {
			Some(seconds) if !(0.001..=86_400.0).contains(&seconds) => {
				return Err(Error::Option("--every must be 0.001 to 86400 seconds".into()))
			}
			other => other.map(|seconds| (seconds * 1e3) as i64),
		};
		let mut columns = Self { missing, skip: options.skip, every, ..Default::default() };
		if let Some(path) = &options.columns {
			let text = fs::read_to_string(path).map_err(Error::read(path))?;
			for line in text.lines().map(|line| line.split('#').next().unwrap_or("").trim()) {
				if !line.is_empty() {
					columns.add(line)?;
				}
			}
		}
		for text in &options.column {
			columns.add(text)?;
		}
		Ok(columns)
	}

	fn add(&mut self, text: &str) -> Result<(), Error> {
		let wrong = |why: String| Error::Option(format!("column \"{text}\": {why}"));
		let (name, rest) = text
			.split_once('=')
			.ok_or_else(|| wrong("write CHANNEL=COLUMN or CHANNEL=COLUMN:UNIT".into()))?;
		let name = name.trim().to_ascii_lowercase().replace('-', "_");
		if name == "time" {
			self.time = Some(rest.split('+').map(|part| part.trim().to_owned()).collect());
			return Ok(());
		}
		let channel = Channel::named(&name).ok_or_else(|| {
			let known: Vec<_> = Channel::ALL.iter().map(|channel| channel.name()).collect();
			wrong(format!("no channel \"{name}\"; there are time, {}", known.join(", ")))
		})?;
		// A column's own name may contain a colon, then what follows is no unit.
		let (column, unit) = match rest.rsplit_once(':') {
			Some((column, unit)) => match channel.unit(unit) {
				Some(unit) => (column, Some(unit)),
				None => {
					let known: Vec<_> = channel.units().iter().map(|unit| unit.names[0]).collect();
					let known = known.join(", ");
					return Err(wrong(format!("unknown unit \"{unit}\"; there are {known}")));
				}
			},
			None => (rest, None),
		};
		self.channels.push((channel, column.trim().to_owned(), unit));
		Ok(())
	}

	/// Columns that hold the time of a stream with this header; empty if rows are counted.
	pub fn time(&self, header: &[String]) -> Result<Vec<usize>, String> {
		let find = |name: &String| {
			let found = header.iter().position(|column| column == name);
			found.ok_or_else(|| format!("there is no time column \"{name}\"{}", list(header)))
		};
		if let Some(names) = &self.time {
			return names.iter().map(find).collect();
		}
		if self.every.is_some() {
			return Ok(Vec::new());
		}
		let plain: Vec<String> = header.iter().map(|name| plain(last(name))).collect();
		let any = |names: &[&str]| plain.iter().position(|name| names.contains(&name.as_str()));
		let date = plain.iter().position(|name| name == "date" || name == "datemmddyyyy");
		match (date, any(CLOCKS)) {
			(Some(date), Some(clock)) if date != clock => return Ok(vec![date, clock]),
			_ => {}
		}
		let found = TIMES.iter().find_map(|time| plain.iter().position(|name| name == time));
		found.map(|column| vec![column]).ok_or_else(|| {
			format!(
				"no column looks like the time{}; say --column time=NAME, or --every SECONDS",
				list(header)
			)
		})
	}

	/// The sources of all channels in a stream with this header.
	pub fn sources(&self, header: &[String]) -> Result<Vec<Source>, String> {
		let mut sources: Vec<Source> = Vec::new();
		for (channel, name, unit) in &self.channels {
			let column = header.iter().position(|column| column == name).ok_or_else(|| {
				format!("there is no column \"{name}\" for {}{}", channel.name(), list(header))
			})?;
			let unit = unit.or_else(|| ending(*channel, name));
			sources.push(source(*channel, column, unit));
		}
		for (column, name) in header.iter().enumerate() {
			let Some((channel, unit)) = guess(name) else { continue };
			let taken = sources.iter().any(|s| s.channel == channel || s.column == column);
			if !taken {
				sources.push(source(channel, column, unit));
			}
		}
		Ok(sources)
	}
}

fn source(channel: Channel, column: usize, stated: Option<Unit>) -> Source {
	let unit = stated.unwrap_or(channel.units()[0]);
	let assumed = stated.is_none();
	Source { channel, column, factor: unit.factor, offset: unit.offset, assumed }
}

/// The name within its object, of a nested JSON field.
fn last(name: &str) -> &str {
	name.rsplit('.').next().unwrap_or(name)
}

fn list(header: &[String]) -> String {
	format!(" (the columns are {})", header.join(", "))
}

/// The unit at the end of a column's name: `outside (F)`, `wx_mph`.
fn ending(channel: Channel, name: &str) -> Option<Unit> {
	let words = words(last(name));
	let units = (1..words.len()).map(|first| channel.unit(&words[first..].concat()));
	units.flatten().next()
}

/// Words in lower case, whatever stands between them.
fn words(name: &str) -> Vec<String> {
	let words = name.split(|c: char| !c.is_ascii_alphanumeric() && c != '%');
	words.filter(|word| !word.is_empty()).map(str::to_ascii_lowercase).collect()
}

/// What a column is called and in which unit: `temp_f`, `Dry-bulb (C)`, `GHI (W/m^2)`.
pub fn guess(name: &str) -> Option<(Channel, Option<Unit>)> {
	if let Some(fused) = Channel::fused(last(name)) {
		return Some((fused.0, Some(fused.1)));
	}
	let words = words(last(name));
	for length in (1..=words.len()).rev() {
		let Some(channel) = Channel::named(&words[..length].join("_")) else { continue };
		let rest = words[length..].concat();
		if rest.is_empty() {
			return Some((channel, None));
		}
		if let Some(unit) = channel.unit(&rest) {
			return Some((channel, Some(unit)));
		}
	}
	None
}

#[cfg(test)]
mod tests {
	use super::*;

	fn header(names: &[&str]) -> Vec<String> {
		names.iter().map(|name| name.to_string()).collect()
	}

	/// Headers as they stand in files of TMY3, ASOS, nycflights13, Ecowitt and this project.
	#[test]
	fn usual_names_are_found_with_their_units() {
		for (name, channel, factor) in [
			("Dry-bulb (C)", Channel::Temperature, 1.0),
			("tmpf", Channel::Temperature, 5.0 / 9.0),
			("sknt", Channel::WindSpeed, 0.514_444_444),
			("temp_f", Channel::Temperature, 5.0 / 9.0),
			("dewp", Channel::DewPoint, 1.0),
			("Wspd (m/s)", Channel::WindSpeed, 1.0),
			("GHI (W/m^2)", Channel::Irradiance, 1.0),
			("ghi_wh_m2", Channel::Irradiance, 1.0),
			("pressure_mbar", Channel::Pressure, 1.0),
			("relative_humidity_pct", Channel::Humidity, 1.0),
			("RHum (%)", Channel::Humidity, 1.0),
			("wind_speed_kmh", Channel::WindSpeed, 1.0 / 3.6),
			("data.temperature", Channel::Temperature, 1.0),
			("Barometric Pressure", Channel::Pressure, 1.0),
		] {
			let (found, unit) = guess(name).expect(name);
			assert_eq!(found, channel, "{name}");
			let unit = unit.unwrap_or(channel.units()[0]);
			assert!((unit.factor - factor).abs() < 1e-9, "{name}");
		}
		for name in ["Dry-bulb source", "GHI uncert (%)", "household", "pressure_source"] {
			assert!(guess(name).is_none(), "{name}");
		}
	}

	#[test]
	fn what_the_user_says_comes_first() {
		let options = InputOptions {
			column: vec!["temperature=outside:F".into(), "time=day+clock".into()],
			..Default::default()
		};
		let columns = Columns::new(&options).expect("good");
		let header = header(&["day", "clock", "temp", "outside"]);
		assert_eq!(columns.time(&header), Ok(vec![0, 1]));
		let sources = columns.sources(&header).expect("good");
		assert_eq!((sources.len(), sources[0].column), (1, 3));
	}

	#[test]
	fn errors_say_what_to_do() {
		let said = |text: &str| {
			let options = InputOptions { column: vec![text.into()], ..Default::default() };
			Columns::new(&options).expect_err("bad").to_string()
		};
		assert!(said("temperature").contains("write CHANNEL=COLUMN"));
		assert!(said("heat=t").contains("there are time, temperature"));
		assert!(said("temperature=t:furlong").contains("there are c, f, k"));
		let columns = Columns::default();
		assert!(columns.time(&header(&["a"])).expect_err("no time").contains("--every"));
	}
}
