//! Anomalies of streams without any truth: a forest that isolates what is rare (Liu, Ting and Zhou
//! 2008), fitted on the first part of a stream, judging the rest.

mod forest;

use crate::{
	error::Error,
	learn::Dataset,
	output, progress,
	reading::{Columns, InputOptions, Line, Parsed, Parser},
	score,
};
use forest::{Forest, Scale};
use std::{
	io::{self, BufWriter, Write},
	path::PathBuf,
};

/// Find anomalies in a stream without any truth
///
/// Looks at all columns of numbers and at their changes. The first rows are learned from and get no
/// score; then one line out for each line in: `anomaly_score` (0.5 is usual, towards 1 is rare) and
/// `anomaly` (1 if it is rarer than the budget allows).
#[derive(clap::Args, Debug)]
pub struct Options {
	/// A file, or - for standard input
	#[arg(long = "input", value_name = "FILE", default_value = "-")]
	pub stream: PathBuf,
	/// Rows to learn from
	#[arg(long, value_name = "ROWS", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(50..=100_000))]
	pub fit: u32,
	/// Share of the rows that may be called an anomaly without being one
	#[arg(long, value_name = "SHARE", default_value_t = 0.01)]
	pub budget: f64,
	/// Column not to look at. Repeatable
	#[arg(long, value_name = "COLUMN")]
	pub ignore: Vec<String>,
	/// Do not look at changes from row to row, where rows are in no order
	#[arg(long)]
	pub unordered: bool,
	/// Column with the truth (1 or 0): print how well it was found, as JSON, instead of the lines
	#[arg(long, value_name = "COLUMN")]
	pub truth: Option<String>,
	/// Chance
	#[arg(long, default_value_t = 1)]
	pub seed: u64,
	#[command(flatten)]
	pub input: InputOptions,
}

/// Columns that are looked at, at most.
const MOST_COLUMNS: usize = 64;

/// The stream's rows as numbers.
struct Numbers {
	columns: Vec<usize>,
	last: Vec<f64>,
	changes: bool,
}

impl Numbers {
	fn new(parser: &Parser, options: &Options) -> Result<Self, Error> {
		let truth = options.truth.iter();
		let ignored: Vec<&String> = options.ignore.iter().chain(truth).collect();
		for name in &ignored {
			if !parser.header().contains(name) {
				let known = parser.header().join(", ");
				return Err(Error::Option(format!("there is no column {name}; there are {known}")));
			}
		}
		let columns = parser.header().iter().enumerate();
		let columns: Vec<usize> = columns
			.filter(|(column, name)| !parser.is_time(*column) && !ignored.contains(name))
			.map(|(column, _)| column)
			.take(MOST_COLUMNS)
			.collect();
		if columns.is_empty() {
			return Err(Error::Input("there is no column to look at besides the time".into()));
		}
		let last = vec![f64::NAN; columns.len()];
		Ok(Self { columns, last, changes: !options.unordered })
	}

	/// Values, then their changes; NaN is missing.
	fn row(&mut self, parser: &Parser) -> Vec<f64> {
		let number = |column: &usize| parser.cell(*column).parse::<f64>().ok();
		let values: Vec<f64> = self
			.columns
			.iter()
			.map(|column| number(column).filter(|value| value.is_finite()).unwrap_or(f64::NAN))
			.collect();
		let mut row = values.clone();
		if self.changes {
			row.extend(values.iter().zip(&self.last).map(|(now, before)| now - before));
		}
		self.last = values;
		row
	}
}

/// What is known so far.
enum State {
	Learning(Vec<Vec<f64>>),
	Judging { scale: Scale, forest: Forest, threshold: f64 },
}

impl State {
	/// The score and whether it is an anomaly; none while learning.
	fn push(&mut self, row: Vec<f64>, options: &Options) -> Option<(f64, bool)> {
		match self {
			State::Judging { scale, forest, threshold } => {
				let score = forest.score(&scale.apply(&row));
				Some((score, score > *threshold))
			}
			State::Learning(rows) => {
				rows.push(row);
				if rows.len() >= options.fit as usize {
					let scale = Scale::of(rows);
					let scaled: Vec<Vec<f64>> = rows.iter().map(|row| scale.apply(row)).collect();
					let forest = Forest::grow(&scaled, options.seed);
					let mut scores: Vec<f64> = scaled.iter().map(|row| forest.score(row)).collect();
					scores.sort_by(f64::total_cmp);
					let rank =
						((1.0 - options.budget) * (scores.len() - 1) as f64).round() as usize;
					*self = State::Judging { scale, forest, threshold: scores[rank] };
				}
				None
			}
		}
	}
}

pub fn run(options: &Options) -> Result<(), Error> {
	if !(0.0..=0.5).contains(&options.budget) {
		return Err(Error::Option("--budget is a share, 0 to 0.5".into()));
	}
	let mut lines = score::open(&options.stream)?;
	let mut parser = Parser::new(Columns::new(&options.input)?);
	let mut out = BufWriter::with_capacity(64 * 1024, io::stdout().lock());
	let failed = |cause| Error::Write { path: "standard output".into(), cause };
	let bar = progress::counter("rows");
	let mut numbers: Option<Numbers> = None;
	let mut state = State::Learning(Vec::new());
	let mut judged = Dataset { group_names: vec!["stream".into()], ..Default::default() };
	let (mut scores, mut called) = (Vec::new(), Vec::new());
	let mut number: u64 = 0;
	loop {
		let line = lines.advance().map_err(Error::read(&options.stream))?;
		if line == Line::End {
			break;
		}
		number += 1;
		bar.inc(1);
		let parsed = match line {
			Line::TooLong => Err("the line is too long".to_owned()),
			_ => parser.parse(lines.text()),
		};
		let text = match parsed {
			Ok(Parsed::Header) => {
				format!("{}{d}anomaly_score{d}anomaly", lines.text(), d = parser.delimiter())
			}
			Ok(Parsed::Blank) => lines.text().to_owned(),
			Err(why) if parser.is_lost() || parser.is_json() => {
				return Err(Error::Input(format!("line {number}: {why}")));
			}
			Err(_) => format!("{}{d}{d}", lines.text(), d = parser.delimiter()),
			Ok(Parsed::Row { .. }) => {
				if numbers.is_none() {
					numbers = Some(Numbers::new(&parser, options)?);
				}
				let row = numbers.as_mut().map(|numbers| numbers.row(&parser)).unwrap_or_default();
				let result = state.push(row, options);
				if let (Some((score, is_anomaly)), Some(name)) = (result, &options.truth) {
					let column = parser.header().iter().position(|column| column == name);
					let truth = column.map_or("", |column| parser.cell(column));
					judged.push_row(&[], matches!(truth, "1" | "true" | "True" | "1.0"), 0);
					scores.push(score);
					called.push(is_anomaly);
				}
				append(&parser, lines.text(), result)
			}
		};
		if options.truth.is_none() {
			writeln!(out, "{text}").map_err(failed)?;
			if !lines.is_ready() {
				out.flush().map_err(failed)?;
			}
		}
	}
	bar.finish_and_clear();
	out.flush().map_err(failed)?;
	if options.truth.is_some() {
		drop(out);
		return report(judged, &scores, &called);
	}
	Ok(())
}

fn append(parser: &Parser, line: &str, result: Option<(f64, bool)>) -> String {
	if parser.is_json() {
		let open = line.trim_end().strip_suffix('}').unwrap_or(line);
		return match result {
			Some((score, called)) => {
				format!("{open},\"anomaly_score\":{score:.4},\"anomaly\":{}}}", u8::from(called))
			}
			None => line.to_owned(),
		};
	}
	let d = parser.delimiter();
	match result {
		Some((score, called)) => format!("{line}{d}{score:.4}{d}{}", u8::from(called)),
		None => format!("{line}{d}{d}"),
	}
}

/// Scores of the detector; intervals by blocks of the stream.
fn report(mut judged: Dataset, scores: &[f64], called: &[bool]) -> Result<(), Error> {
	const BLOCKS: usize = 100;
	if judged.hazards() == 0 || judged.hazards() == judged.len() {
		return Err(Error::Input("the rows after those learned from are all of one kind".into()));
	}
	let rows = judged.len();
	judged.groups = (0..rows).map(|row| (row * BLOCKS / rows) as u32).collect();
	judged.group_names = vec![String::new(); BLOCKS];
	let (score, intervals) = crate::evaluate::rank(&judged, scores);
	let hits =
		called.iter().zip(&judged.labels).filter(|(called, label)| **called && **label).count();
	let alarms = called.iter().filter(|called| **called).count();
	let interval = |number: usize| [intervals[number].low, intervals[number].high];
	let result = serde_json::json!({
		"rows": rows, "anomalies": judged.hazards(), "auc": score.auc, "auc_95": interval(0),
		"average_precision": score.average_precision, "average_precision_95": interval(1),
		"precision": hits as f64 / alarms.max(1) as f64,
		"recall": hits as f64 / judged.hazards() as f64,
	});
	output::print(&format!("{result}\n"))
}
