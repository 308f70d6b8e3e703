//! One line of a stream becomes a reading, or a sentence that says why not.

use super::{
	cells::{implausible, is_fahrenheit, number, shorten, split, FAHRENHEIT},
	columns::Source,
	time, Channel, Columns, Moment, Reading,
};
use serde_json::Value;

/// Most names that are remembered of a stream of JSON objects.
const MOST_NAMES: usize = 256;

/// What a line was.
#[derive(Debug)]
pub enum Parsed {
	/// The names of the columns.
	Header,
	/// Nothing, or a comment.
	Blank,
	/// A row. Values that cannot be true are left out of the reading, and `notes` says so.
	Row { reading: Reading, notes: Vec<String> },
}

/// How rows are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Form {
	Csv { delimiter: char },
	Json,
}

/// Reads the lines of one stream in their order.
#[derive(Debug)]
pub struct Parser {
	columns: Columns,
	/// Names of further columns that the caller wants.
	wanted: Vec<String>,
	form: Option<Form>,
	header: Vec<String>,
	time: Vec<usize>,
	sources: Vec<Source>,
	extras: Vec<Option<usize>>,
	cells: Vec<String>,
	rows: Moment,
	skipped: u64,
}

impl Parser {
	pub fn new(columns: Columns) -> Self {
		Self::wanting(columns, &[])
	}

	/// Besides the channels, keeps the text of the columns of these names: see [`Self::extra`].
	pub fn wanting(columns: Columns, wanted: &[&str]) -> Self {
		Self {
			columns,
			wanted: wanted.iter().map(|name| name.to_string()).collect(),
			form: None,
			header: Vec::new(),
			time: Vec::new(),
			sources: Vec::new(),
			extras: vec![None; wanted.len()],
			cells: Vec::new(),
			rows: 0,
			skipped: 0,
		}
	}

	/// Whether rows are JSON objects; not known before the first line.
	pub fn is_json(&self) -> bool {
		self.form == Some(Form::Json)
	}

	/// What separates the cells of a row of CSV.
	pub fn delimiter(&self) -> char {
		match self.form {
			Some(Form::Csv { delimiter }) => delimiter,
			_ => ',',
		}
	}

	/// The channels that the stream has, once the first line is known.
	pub fn channels(&self) -> Vec<Channel> {
		self.sources.iter().map(|source| source.channel).collect()
	}

	/// The text that the newest row has in the wanted column of that number.
	pub fn extra(&self, number: usize) -> Option<&str> {
		let column = (*self.extras.get(number)?)?;
		self.cells.get(column).map(|cell| cell.trim())
	}

	/// The names of the columns.
	pub fn header(&self) -> &[String] {
		&self.header
	}

	/// The text that the newest row has in a column.
	pub fn cell(&self, column: usize) -> &str {
		self.cells.get(column).map_or("", |cell| cell.trim())
	}

	/// Whether a column holds the time.
	pub fn is_time(&self, column: usize) -> bool {
		self.time.contains(&column)
	}

	/// Whether the stream has the wanted column of that number.
	pub fn has_extra(&self, number: usize) -> bool {
		self.extras.get(number).is_some_and(Option::is_some)
	}

	/// The next line. An error concerns this line only, unless [`Self::is_lost`].
	pub fn parse(&mut self, line: &str) -> Result<Parsed, String> {
		let text = line.trim_start_matches('\u{feff}').trim();
		if text.is_empty() || text.starts_with('#') {
			return Ok(Parsed::Blank);
		}
		if self.form.is_none() {
			if text.starts_with('{') {
				self.form = Some(Form::Json);
			} else if self.skipped < self.columns.skip {
				self.skipped += 1;
				return Ok(Parsed::Blank);
			} else {
				return self.read_header(text);
			}
		}
		match self.form {
			Some(Form::Csv { delimiter }) => {
				split(text, delimiter, &mut self.cells)?;
				if self.cells.len() < self.header.len() {
					let (cells, names) = (self.cells.len(), self.header.len());
					return Err(format!("{cells} cells where the header names {names} columns"));
				}
			}
			_ => self.read_object(text)?,
		}
		self.row()
	}

	/// Whether the header was not understood, so that no later line can be either.
	pub fn is_lost(&self) -> bool {
		self.form.is_none()
	}

	fn read_header(&mut self, text: &str) -> Result<Parsed, String> {
		let delimiter = [',', ';', '\t', '|']
			.into_iter()
			.max_by_key(|delimiter| (text.matches(*delimiter).count(), *delimiter == ','))
			.unwrap_or(',');
		let mut names = Vec::new();
		split(text, delimiter, &mut names)?;
		let names: Vec<String> = names.iter().map(|name| name.trim().to_owned()).collect();
		if names.iter().all(|name| name.parse::<f64>().is_ok() || time::parse(name).is_some()) {
			return Err("the first line must name the columns, this one has numbers".into());
		}
		self.header = names;
		self.look_up()?;
		self.form = Some(Form::Csv { delimiter });
		Ok(Parsed::Header)
	}

	/// Finds the columns in the header.
	fn look_up(&mut self) -> Result<(), String> {
		self.time = self.columns.time(&self.header)?;
		self.sources = self.columns.sources(&self.header)?;
		// The time may be called as a channel is.
		self.sources.retain(|source| !self.time.contains(&source.column));
		let find = |name: &String| self.header.iter().position(|column| column == name);
		self.extras = self.wanted.iter().map(find).collect();
		Ok(())
	}

	fn read_object(&mut self, text: &str) -> Result<(), String> {
		let value: Value =
			serde_json::from_str(text).map_err(|error| format!("no JSON: {error}"))?;
		let Value::Object(_) = value else { return Err("no JSON object".into()) };
		self.cells.iter_mut().for_each(String::clear);
		let known = self.header.len();
		self.take(&value, String::new());
		if self.header.len() > known {
			if let Err(why) = self.look_up() {
				// The next object may be better.
				self.header.truncate(known);
				return Err(why);
			}
		}
		Ok(())
	}

	/// Fills the cells from an object, nested ones with dotted names.
	fn take(&mut self, value: &Value, name: String) {
		match value {
			Value::Object(fields) => {
				for (key, field) in fields {
					let dotted =
						if name.is_empty() { key.clone() } else { format!("{name}.{key}") };
					self.take(field, dotted);
				}
			}
			Value::Array(_) | Value::Null => {}
			simple => {
				let column = match self.header.iter().position(|known| *known == name) {
					Some(column) => column,
					None if self.header.len() < MOST_NAMES => {
						self.header.push(name);
						self.header.len() - 1
					}
					None => return,
				};
				self.cells.resize(self.header.len().max(self.cells.len()), String::new());
				self.cells[column] = match simple {
					Value::String(text) => text.clone(),
					other => other.to_string(),
				};
			}
		}
	}

	fn row(&mut self) -> Result<Parsed, String> {
		let cell = |column: usize| self.cell(column);
		let moment = match (self.time.as_slice(), self.columns.every) {
			([], Some(every)) => self.rows * every,
			([], None) => return Err("no time".into()),
			([column], _) => moment(cell(*column))?,
			(several, _) => {
				let parts: Vec<&str> = several.iter().map(|column| cell(*column)).collect();
				moment(&parts.join(" "))?
			}
		};
		let mut reading = Reading::at(moment);
		let mut notes = Vec::new();
		let comma = matches!(self.form, Some(Form::Csv { delimiter }) if delimiter != ',');
		for source in &self.sources {
			let text = cell(source.column);
			let is_missing =
				self.columns.missing.iter().any(|known| known.eq_ignore_ascii_case(text));
			if is_missing {
				continue;
			}
			let (channel, name) = (source.channel, source.channel.name());
			let Some(number) = number(text, comma) else {
				notes.push(format!("{name}: \"{}\" is no number", shorten(text)));
				continue;
			};
			let value = number * source.factor + source.offset;
			let (low, high) = channel.bounds();
			if (low..=high).contains(&value) {
				reading.set(channel, value);
			} else {
				notes.push(implausible(channel, number, value, &self.header[source.column]));
			}
		}
		let assumed =
			|channel| self.sources.iter().any(|source| source.channel == channel && source.assumed);
		if assumed(Channel::Temperature) && assumed(Channel::DewPoint) && is_fahrenheit(&reading) {
			notes.push(FAHRENHEIT.to_owned());
		}
		self.rows += 1;
		Ok(Parsed::Row { reading, notes })
	}
}

fn moment(text: &str) -> Result<Moment, String> {
	time::parse(text).ok_or_else(|| format!("\"{}\" is no time", shorten(text)))
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	fn parser() -> Parser {
		Parser::new(Columns::new(&Default::default()).expect("defaults are good"))
	}

	fn row(parser: &mut Parser, line: &str) -> (Reading, Vec<String>) {
		match parser.parse(line) {
			Ok(Parsed::Row { reading, notes }) => (reading, notes),
			other => panic!("{line}: {other:?}"),
		}
	}

	#[test]
	fn a_stream_of_csv() {
		let mut parser = parser();
		assert!(matches!(parser.parse("# a comment"), Ok(Parsed::Blank)));
		assert!(matches!(parser.parse("time;temp_f;\"wind (km/h)\""), Ok(Parsed::Header)));
		let (reading, notes) = row(&mut parser, "2026-07-07 12:00;50,0;36");
		assert!(notes.is_empty());
		assert!((reading.get(Channel::Temperature) - 10.0).abs() < 1e-9);
		assert!((reading.get(Channel::WindSpeed) - 10.0).abs() < 1e-9);
		let (reading, notes) = row(&mut parser, "2026-07-07 13:00;;NA");
		assert!(notes.is_empty() && reading.is_empty());
		assert_eq!(
			parser.parse("2026-07-07 14:00;1").expect_err("short"),
			"2 cells where the header names 3 columns"
		);
		assert_eq!(parser.parse("noon;1;2").expect_err("no time"), "\"noon\" is no time");
		let (_, notes) = row(&mut parser, "2026-07-07 15:00;warm;5");
		assert_eq!(notes, ["temperature: \"warm\" is no number"]);
	}

	/// A value that cannot be true is left out, the rest of the row counts, and the note names the unit
	/// in which it would be true.
	#[test]
	fn wrong_units_are_named() {
		let mut parser = parser();
		parser.parse("time,temperature,pressure").expect("a header");
		let (reading, notes) = row(&mut parser, "0,85,29.9");
		assert!(reading.is_empty());
		assert!(
			notes[0].ends_with("in f? then say --column temperature=temperature:f"),
			"{notes:?}"
		);
		assert!(notes[1].contains("--column pressure=pressure:kpa") || notes[1].contains("inhg"));
	}

	#[test]
	fn a_stream_of_json_objects_may_change_its_fields() {
		let mut parser = parser();
		assert!(parser
			.parse("{\"temperature\": 20}")
			.expect_err("no time")
			.contains("--column time"));
		let (reading, _) = row(&mut parser, "{\"ts\": 1783425600, \"data\": {\"temp_c\": 20.5}}");
		assert_eq!(reading.get(Channel::Temperature), 20.5);
		let (reading, _) = row(&mut parser, "{\"ts\": 1783425660, \"pressure\": \"1013.2\"}");
		assert!(reading.get(Channel::Temperature).is_nan());
		assert_eq!(reading.get(Channel::Pressure), 1013.2);
		assert!(parser.parse("{\"ts\": ").expect_err("cut").starts_with("no JSON"));
	}

	#[test]
	fn a_header_that_is_none() {
		let mut parser = parser();
		assert!(parser.parse("1,2,3").expect_err("numbers").contains("must name the columns"));
		assert!(parser.is_lost());
		assert!(parser.parse("a,b").expect_err("no time").contains("the columns are a, b"));
	}

	proptest! {
		/// No line brings the parser down, and names do not pile up.
		#[test]
		fn any_line_is_survived(lines in proptest::collection::vec(".{0,60}", 0..40)) {
			let mut parser = parser();
			for line in lines {
				let _ = parser.parse(&line);
			}
			prop_assert!(parser.header.len() <= MOST_NAMES);
		}
	}
}
