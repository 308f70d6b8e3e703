//! Cells of a row, and the numbers in them.

use super::Channel;

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

	#[test]
	fn quoted_cells() {
		let mut cells = Vec::new();
		split("a,\"b, \"\"c\"\"\",,d", ',', &mut cells).expect("good");
		assert_eq!(cells, ["a", "b, \"c\"", "", "d"]);
		assert!(split("\"a", ',', &mut cells).is_err());
	}
}
