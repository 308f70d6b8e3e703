//! Scoring of endless streams: one line out for each line in, in constant memory.

use crate::{
	error::Error,
	features::Extractor,
	model::ModelFile,
	progress,
	reading::{time, Channel, Columns, InputOptions, Line, Lines, Moment, Parsed, Parser, Reading},
};
use std::{
	fs::File,
	io::{self, BufReader, BufWriter, Read, Write},
	path::{Path, PathBuf},
};

/// Score a stream of readings: each line with the hazard's probability added
///
/// The stream is CSV with a header, or JSON objects, one a line; it may never end. To each line are
/// added: `probability`, `class` (what would be reported: Clear or the hazard), and `note` (what is
/// wrong with the line). A line that says nothing gets no probability.
#[derive(clap::Args, Debug)]
pub struct Options {
	/// The model
	#[arg(long, value_name = "FILE")]
	pub model: PathBuf,
	/// A file, or - for standard input
	#[arg(long = "input", value_name = "FILE", default_value = "-")]
	pub stream: PathBuf,
	/// Earlier readings of the same station in the same columns, to begin with a past
	#[arg(long, value_name = "FILE")]
	pub warm_up: Option<PathBuf>,
	/// Only time, probability, class and note, without the columns of the input
	#[arg(long)]
	pub short: bool,
	/// JSON objects, whatever the input is
	#[arg(long)]
	pub json: bool,
	/// Alarm from this probability on, instead of the model's own threshold
	#[arg(long, value_name = "PROBABILITY")]
	pub threshold: Option<f64>,
	#[command(flatten)]
	pub input: InputOptions,
}

/// A model at work on one stream.
pub struct Scorer {
	pub model: ModelFile,
	columns: Vec<usize>,
	extractor: Box<dyn Extractor>,
	all: Vec<f32>,
	own: Vec<f32>,
}

impl Scorer {
	pub fn new(model: ModelFile) -> Result<Self, Error> {
		let columns = model.columns().map_err(Error::Input)?;
		let extractor = model.family.extractor();
		Ok(Self { model, columns, extractor, all: Vec::new(), own: Vec::new() })
	}

	/// The hazard's probability at this reading; none if nothing was measured that matters.
	pub fn score(&mut self, reading: &Reading) -> Option<f64> {
		self.extractor.push(reading, &mut self.all);
		self.own.clear();
		self.own.extend(self.columns.iter().map(|column| self.all[*column]));
		let wanted = self.model.task.channels();
		let measured = wanted.iter().any(|channel| !reading.get(*channel).is_nan());
		measured.then(|| self.model.probability(&self.own))
	}

	/// An error if a stream with these channels can tell nothing.
	pub fn check(&self, channels: &[Channel]) -> Result<(), String> {
		let wanted = self.model.task.channels();
		if wanted.iter().any(|channel| channels.contains(channel)) {
			return Ok(());
		}
		let names: Vec<_> = wanted.iter().map(|channel| channel.name()).collect();
		let task = self.model.task.name();
		Err(format!(
			"{task} needs one of {}; say which column it is with --column",
			names.join(", ")
		))
	}
}

/// What is added to a line.
#[derive(Default)]
struct Judgement {
	time: Option<Moment>,
	probability: Option<f64>,
	class: &'static str,
	note: String,
}

pub fn open(path: &Path) -> Result<Lines<BufReader<Box<dyn Read>>>, Error> {
	let input: Box<dyn Read> = match path.to_str() {
		Some("-") => Box::new(io::stdin()),
		_ => Box::new(File::open(path).map_err(Error::read(path))?),
	};
	Ok(Lines::new(BufReader::with_capacity(64 * 1024, input)))
}

pub fn run(options: &Options) -> Result<(), Error> {
	let (mut model, _) = ModelFile::read(&options.model)?;
	if let Some(threshold) = options.threshold {
		if !(0.0..=1.0).contains(&threshold) {
			return Err(Error::Option("--threshold is a probability, 0 to 1".into()));
		}
		model.decision.threshold = threshold;
	}
	let mut scorer = Scorer::new(model)?;
	let columns = Columns::new(&options.input)?;
	if let Some(path) = &options.warm_up {
		warm_up(path, columns.clone(), &mut scorer)?;
	}
	let mut lines = open(&options.stream)?;
	let mut parser = Parser::new(columns);
	let mut out = BufWriter::with_capacity(64 * 1024, io::stdout().lock());
	let failed = |cause| Error::Write { path: "standard output".into(), cause };
	let bar = progress::counter("rows");
	let mut last: Option<Moment> = None;
	let mut checked = false;
	let mut text = String::new();
	let mut number: u64 = 0;
	loop {
		let line = lines.advance().map_err(Error::read(&options.stream))?;
		if line == Line::End {
			break;
		}
		number += 1;
		bar.inc(1);
		text.clear();
		let parsed = match line {
			Line::TooLong => Err("the line is too long".to_owned()),
			_ => parser.parse(lines.text()),
		};
		let mut judgement = Judgement::default();
		match parsed {
			Ok(Parsed::Header) => {
				scorer.check(&parser.channels()).map_err(Error::Input)?;
				checked = true;
				header(options, &parser, lines.text(), &mut text);
			}
			Ok(Parsed::Blank) => text.push_str(lines.text()),
			Err(why) if parser.is_lost() => {
				let at = format!("{}, line {number}", options.stream.display());
				return Err(Error::Input(format!("{at}: {why}")));
			}
			Err(why) => {
				judgement.note = why;
				write(options, &parser, lines.text(), &judgement, &mut text);
			}
			Ok(Parsed::Row { reading, notes }) => {
				// Fields of JSON may come later, so it is only noted there.
				if !checked && !parser.is_json() {
					scorer.check(&parser.channels()).map_err(Error::Input)?;
					checked = true;
				}
				judgement = judge(&mut scorer, &reading, notes, &mut last);
				write(options, &parser, lines.text(), &judgement, &mut text);
			}
		}
		text.push('\n');
		out.write_all(text.as_bytes()).map_err(failed)?;
		// Whoever waits for the newest line gets it before we wait for the next one.
		if !lines.is_ready() {
			out.flush().map_err(failed)?;
		}
	}
	bar.finish_and_clear();
	out.flush().map_err(failed)
}

fn judge(
	scorer: &mut Scorer,
	reading: &Reading,
	mut notes: Vec<String>,
	last: &mut Option<Moment>,
) -> Judgement {
	if let Some(back) = last.map(|last| last - reading.time).filter(|back| *back > 0) {
		notes.push(format!("the clock ran backwards by {} s: the past is forgotten", back / 1000));
	}
	*last = Some(reading.time);
	let probability = scorer.score(reading);
	let class = match probability {
		Some(probability) if scorer.model.is_alarm(probability) => scorer.model.class.name(),
		Some(_) => "Clear",
		None => {
			notes.push("nothing was measured that matters".to_owned());
			""
		}
	};
	Judgement { time: Some(reading.time), probability, class, note: notes.join("; ") }
}

/// Shows a model the past of its stream.
pub fn warm_up(path: &Path, columns: Columns, scorer: &mut Scorer) -> Result<(), Error> {
	let mut lines = open(path)?;
	let mut parser = Parser::new(columns);
	let mut rows = 0;
	while lines.advance().map_err(Error::read(path))? != Line::End {
		match parser.parse(lines.text()) {
			Ok(Parsed::Row { reading, .. }) => {
				scorer.score(&reading);
				rows += 1;
			}
			Err(why) if parser.is_lost() => {
				return Err(Error::Input(format!("{}: {why}", path.display())));
			}
			_ => {}
		}
	}
	if rows == 0 {
		return Err(Error::Input(format!("{} has no readings", path.display())));
	}
	Ok(())
}

fn header(options: &Options, parser: &Parser, line: &str, text: &mut String) {
	// A stream of objects has no header line; the blank one keeps line for line.
	if options.json {
		return;
	}
	let d = parser.delimiter();
	let first = if options.short { "time" } else { line };
	text.push_str(&format!("{first}{d}probability{d}class{d}note"));
}

fn write(options: &Options, parser: &Parser, line: &str, judged: &Judgement, text: &mut String) {
	let probability = judged.probability.map(|p| format!("{p:.6}"));
	if !(options.json || parser.is_json()) {
		let d = parser.delimiter();
		let note = judged.note.replace('"', "\"\"");
		let first = match options.short {
			true => judged.time.map(time::write).unwrap_or_default(),
			false => line.to_owned(),
		};
		let quotes = if note.is_empty() { "" } else { "\"" };
		let probability = probability.unwrap_or_default();
		text.push_str(&format!(
			"{first}{d}{probability}{d}{}{d}{quotes}{note}{quotes}",
			judged.class
		));
		return;
	}
	let own = serde_json::json!({ "class": judged.class, "note": judged.note });
	let own = own.to_string();
	let added = match &probability {
		Some(probability) => format!("\"probability\":{probability},{}", &own[1..]),
		None => own[1..].to_owned(),
	};
	let object = line.trim();
	let is_object = parser.is_json() && !options.short && judged.time.is_some();
	match object.strip_suffix('}').filter(|_| is_object) {
		Some(open) if open.trim_end().ends_with('{') => text.push_str(&format!("{{{added}")),
		Some(open) => text.push_str(&format!("{open},{added}")),
		None => match judged.time {
			Some(moment) => {
				text.push_str(&format!("{{\"time\":\"{}\",{added}", time::write(moment)));
			}
			None => text.push_str(&format!("{{{added}")),
		},
	}
}
