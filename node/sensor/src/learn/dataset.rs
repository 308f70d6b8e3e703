//! Training data: a file of readings with the truth, as rows of features.

use crate::{
	error::Error,
	model::{digest, hex, DataSheet, Task},
	reading::{time, Columns, InputOptions, Line, Lines, Moment, Parsed, Parser},
};
use std::{
	collections::BTreeMap,
	fs::{self, File},
	io::BufReader,
	path::Path,
};

/// Rows of features with labels.
#[derive(Clone, Debug, Default)]
pub struct Dataset {
	/// All features of the first row, then of the second, ...
	pub rows: Vec<f32>,
	pub labels: Vec<bool>,
	pub groups: Vec<u32>,
	pub group_names: Vec<String>,
	pub streams: Vec<u32>,
	pub times: Vec<Moment>,
	/// What an observer beside the device would know: the truth at the row before, or now if the
	/// question is what comes.
	pub known: Vec<Option<bool>>,
}

/// A row on its way: its features wait for a truth that lies ahead.
struct Waiting {
	features: Vec<f32>,
	time: Moment,
	truth: Option<bool>,
	group: u32,
	stream: u32,
	before: Option<bool>,
}

/// Index of the column with the truth, the group and the stream among the wanted ones.
const TRUTH: usize = 0;
const GROUP: usize = 1;
const STREAM: usize = 2;

impl Dataset {
	pub fn read(
		path: &Path,
		task: Task,
		exclude: &[String],
		input: &InputOptions,
	) -> Result<Self, Error> {
		let file = File::open(path).map_err(Error::read(path))?;
		let mut lines = Lines::new(BufReader::new(file));
		let mut parser = Parser::wanting(Columns::new(input)?, &[task.label(), "group", "stream"]);
		let bad = |number: u64, why: &str| {
			Error::Input(format!("{}, line {number}: {why}", path.display()))
		};
		let mut data = Self::default();
		let mut names: BTreeMap<String, u32> = BTreeMap::new();
		let mut streams: BTreeMap<String, u32> = BTreeMap::new();
		let mut excluded = vec![false; exclude.len()];
		let mut current = String::new();
		let mut extractor = task.family().extractor();
		let mut waiting: Vec<Waiting> = Vec::new();
		let indices = indices(task);
		let mut number = 0;
		loop {
			match lines.advance().map_err(Error::read(path))? {
				Line::End => break,
				Line::TooLong => return Err(bad(number + 1, "the line is too long")),
				Line::Text => number += 1,
			}
			let reading = match parser.parse(lines.text()) {
				Err(why) => return Err(bad(number, &why)),
				Ok(Parsed::Blank) => continue,
				Ok(Parsed::Header) => {
					check_columns(&parser, task).map_err(|why| bad(number, &why))?;
					continue;
				}
				Ok(Parsed::Row { reading, notes }) => match notes.first() {
					Some(note) => return Err(bad(number, note)),
					None => reading,
				},
			};
			let group = match parser.extra(GROUP) {
				Some(name) if parser.has_extra(GROUP) => name.to_owned(),
				_ => time::write(reading.time)[..10].to_owned(),
			};
			if let Some(which) = exclude.iter().position(|name| *name == group) {
				excluded[which] = true;
				continue;
			}
			let stream = parser.extra(STREAM).unwrap_or("").to_owned();
			if stream != current {
				data.settle(&mut waiting, task, true);
				extractor = task.family().extractor();
				current.clone_from(&stream);
			}
			let known = streams.len() as u32;
			let stream = *streams.entry(stream).or_insert(known);
			let truth = truth(parser.extra(TRUTH)).map_err(|why| bad(number, &why))?;
			let known = names.len() as u32;
			let group = *names.entry(group).or_insert(known);
			let mut all = Vec::new();
			extractor.push(&reading, &mut all);
			let features = indices.iter().map(|index| all[*index]).collect();
			let before = waiting.last().and_then(|row| row.truth);
			let time = reading.time;
			waiting.push(Waiting { features, time, truth, group, stream, before });
			data.settle(&mut waiting, task, false);
		}
		data.settle(&mut waiting, task, true);
		data.group_names = vec![String::new(); names.len()];
		names.into_iter().for_each(|(name, number)| data.group_names[number as usize] = name);
		if let Some(which) = excluded.iter().position(|seen| !seen) {
			let name = &exclude[which];
			return Err(Error::Option(format!("--exclude {name}: the data have no such group")));
		}
		if data.labels.is_empty() {
			return Err(Error::Input(format!("{} has no row with the truth", path.display())));
		}
		Ok(data)
	}

	/// Moves rows whose truth is known, or can never be, out of the queue; the last one stays until the
	/// next row or the end of its stream has come.
	fn settle(&mut self, waiting: &mut Vec<Waiting>, task: Task, ended: bool) {
		while waiting.len() > usize::from(!ended) {
			let row = &waiting[0];
			let (label, known) = match task.ahead() {
				None => (row.truth, row.before),
				Some(ahead) => {
					let now = row.time;
					let later = waiting[1..].iter().filter(|later| later.time > now);
					let mut within = later.take_while(|later| later.time <= now + ahead);
					let next = within.next().and_then(|later| later.truth);
					let label =
						next.map(|next| next || within.any(|later| later.truth == Some(true)));
					let last = waiting.last().map_or(now, |last| last.time);
					// More rows may come that lie within.
					if !ended && last >= now && last < now + ahead {
						return;
					}
					(label, row.truth)
				}
			};
			let row = waiting.remove(0);
			if let Some(label) = label {
				self.push_row(&row.features, label, row.group);
				let at = self.labels.len() - 1;
				self.times[at] = row.time;
				self.known[at] = known;
				self.streams[at] = row.stream;
			}
		}
	}

	/// Adds a row.
	pub fn push_row(&mut self, features: &[f32], label: bool, group: u32) {
		self.rows.extend(features);
		self.labels.push(label);
		self.groups.push(group);
		self.streams.push(0);
		self.times.push(0);
		self.known.push(None);
	}

	pub fn len(&self) -> usize {
		self.labels.len()
	}

	/// Features a row.
	pub fn width(&self) -> usize {
		self.rows.len() / self.len().max(1)
	}

	pub fn row(&self, row: usize) -> &[f32] {
		&self.rows[row * self.width()..(row + 1) * self.width()]
	}

	pub fn hazards(&self) -> usize {
		self.labels.iter().filter(|label| **label).count()
	}

	/// Some of the rows.
	pub fn some(&self, rows: &[u32]) -> Self {
		let mut part = Self { group_names: self.group_names.clone(), ..Default::default() };
		for row in rows {
			let row = *row as usize;
			part.rows.extend(self.row(row));
			part.labels.push(self.labels[row]);
			part.groups.push(self.groups[row]);
			part.streams.push(self.streams[row]);
			part.times.push(self.times[row]);
			part.known.push(self.known[row]);
		}
		part
	}

	/// What the model file says of its data.
	pub fn sheet(&self, path: &Path, excluded: &[String]) -> Result<DataSheet, Error> {
		let bytes = fs::read(path).map_err(Error::read(path))?;
		let mut groups: Vec<(u32, bool)> =
			self.groups.iter().copied().zip(self.labels.iter().copied()).collect();
		groups.sort_by_key(|(group, label)| (*group, !label));
		groups.dedup_by_key(|(group, _)| *group);
		let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into());
		Ok(DataSheet {
			file: name,
			hash: hex(&digest(&bytes)),
			rows: self.len(),
			hazards: self.hazards(),
			groups: groups.len(),
			hazard_groups: groups.iter().filter(|(_, label)| *label).count(),
			excluded: excluded.to_vec(),
		})
	}
}

/// Where the task's features stand among its family's.
fn indices(task: Task) -> Vec<usize> {
	let all = task.family().names();
	let wanted = task.features();
	wanted.iter().filter_map(|name| all.iter().position(|known| known == name)).collect()
}

fn check_columns(parser: &Parser, task: Task) -> Result<(), String> {
	if !parser.has_extra(TRUTH) {
		return Err(format!("the truth is missing: no column is called \"{}\"", task.label()));
	}
	let channels = parser.channels();
	if !task.channels().iter().any(|channel| channels.contains(channel)) {
		let wanted: Vec<_> = task.channels().iter().map(|channel| channel.name()).collect();
		return Err(format!("none of these is measured: {}; see --column", wanted.join(", ")));
	}
	Ok(())
}

fn truth(text: Option<&str>) -> Result<Option<bool>, String> {
	match text.map(str::to_ascii_lowercase).as_deref() {
		None | Some("" | "na" | "nan") => Ok(None),
		Some("0" | "false" | "0.0") => Ok(Some(false)),
		Some("1" | "true" | "1.0") => Ok(Some(true)),
		Some(other) => {
			Err(format!("the truth is \"{other}\"; write 1, 0, or nothing where nobody knows"))
		}
	}
}
