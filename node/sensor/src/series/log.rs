//! The files of the hours: readings are added to the hour in which they arrive; an hour that is over is
//! sealed with its root, and nothing is added to it any more.

use super::{leaves, merkle::root};
use crate::{
	error::Error,
	model::hex,
	reading::{
		time::{self, HOUR},
		Reading,
	},
};
use serde::{Deserialize, Serialize};
use std::{
	fs::{self, File, OpenOptions},
	io::{self, Write},
	path::{Path, PathBuf},
};

const MILLISECONDS: u64 = HOUR as u64;

/// An hour that is over: its number since 1970, how many readings it has, and their root.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Sealed {
	pub hour: u32,
	pub entries: u32,
	pub root: String,
}

/// Writes readings to the files of their hours.
pub struct Log {
	folder: PathBuf,
	open: Option<(u32, File)>,
	/// Before this time no hour ends that is not sealed.
	next_end: u64,
}

/// The number of the hour of a moment.
fn hour_of(moment: u64) -> u32 {
	u32::try_from(moment / MILLISECONDS).unwrap_or(u32::MAX)
}

fn end_of(hour: u32) -> u64 {
	(u64::from(hour) + 1) * MILLISECONDS
}

/// The name of an hour's file, without its ending.
fn name_of(hour: u32) -> String {
	time::write(i64::from(hour) * HOUR)[..13].replace(' ', "T")
}

/// The hour that a file is of, by its name.
pub fn hour_of_file(file: &Path) -> Option<u32> {
	let name = file.file_stem()?.to_str()?;
	let hour = u32::try_from(time::parse(name)?.div_euclid(HOUR)).ok()?;
	(name_of(hour) == name).then_some(hour)
}

impl Log {
	pub fn new(folder: PathBuf) -> Self {
		Self { folder, open: None, next_end: 0 }
	}

	/// Adds a reading that arrived at a time. If a clock was put back, and its hour is sealed, the
	/// reading goes to the first one that is not.
	pub fn add(&mut self, arrived: u64, reading: &Reading) -> io::Result<()> {
		let mut hour = hour_of(arrived);
		while self.path(hour, "root").exists() {
			hour += 1;
		}
		let file = match self.open.take() {
			Some((open, file)) if open == hour => file,
			_ => {
				fs::create_dir_all(&self.folder)?;
				whole(&self.path(hour, "jsonl"))?
			}
		};
		let (_, file) = self.open.insert((hour, file));
		let line = serde_json::json!({ "arrived": arrived, "reading": reading.json() });
		let length = file.metadata()?.len();
		let result = file.write_all(format!("{line}\n").as_bytes());
		if result.is_err() {
			// Half a line would be no entry of its own.
			file.set_len(length)?;
		}
		result
	}

	/// Seals the hours that are over by now. Returns them, oldest first.
	pub fn seal(&mut self, now: u64) -> Result<Vec<Sealed>, Error> {
		// The same hour as last time, unless the clock was put back.
		let is_same = now < self.next_end && self.next_end - now <= MILLISECONDS;
		if is_same || !self.folder.exists() {
			return Ok(Vec::new());
		}
		let mut sealed = Vec::new();
		for hour in self.hours("jsonl")? {
			if end_of(hour) > now || self.path(hour, "root").exists() {
				continue;
			}
			self.open.take_if(|(open, _)| *open == hour);
			let (leaves, _) = leaves(&self.path(hour, "jsonl"), None)?;
			// A full disk may have left a file without a single entry.
			let Some(root) = root(&leaves) else { continue };
			let count = u32::try_from(leaves.len()).unwrap_or(u32::MAX);
			let seal = Sealed { hour, entries: count, root: hex(&root) };
			self.write(&seal)?;
			sealed.push(seal);
		}
		self.next_end = end_of(hour_of(now));
		Ok(sealed)
	}

	/// What was sealed from an hour on, oldest first.
	pub fn sealed_since(&self, first: u32) -> Result<Vec<Sealed>, Error> {
		if !self.folder.exists() {
			return Ok(Vec::new());
		}
		let hours = self.hours("root")?.into_iter().filter(|hour| *hour >= first);
		hours
			.map(|hour| {
				let path = self.path(hour, "root");
				let text = fs::read_to_string(&path).map_err(Error::read(&path))?;
				serde_json::from_str(&text).map_err(|error| {
					Error::Input(format!("{} is no root of an hour: {error}", path.display()))
				})
			})
			.collect()
	}

	/// Written as a whole or not at all.
	fn write(&self, seal: &Sealed) -> Result<(), Error> {
		let path = self.path(seal.hour, "root");
		let part = self.path(seal.hour, "part");
		let write = || {
			let mut file = File::create(&part)?;
			file.write_all(format!("{}\n", serde_json::json!(seal)).as_bytes())?;
			file.sync_all()?;
			fs::rename(&part, &path)
		};
		write().map_err(Error::write(&path))
	}

	/// The hours of which there are files with an ending, rising.
	fn hours(&self, ending: &str) -> Result<Vec<u32>, Error> {
		let folder = fs::read_dir(&self.folder).map_err(Error::read(&self.folder))?;
		let files = folder.filter_map(|file| Some(file.ok()?.path()));
		let mut hours: Vec<u32> = files
			.filter(|path| path.extension().is_some_and(|known| known == ending))
			.filter_map(|path| hour_of_file(&path))
			.collect();
		hours.sort_unstable();
		Ok(hours)
	}

	fn path(&self, hour: u32, ending: &str) -> PathBuf {
		self.folder.join(name_of(hour)).with_extension(ending)
	}
}

/// Opens a file for further lines, without what a kill left of its last one.
fn whole(path: &Path) -> io::Result<File> {
	let file = OpenOptions::new().create(true).append(true).read(true).open(path)?;
	let bytes = fs::read(path)?;
	let end = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
	if end < bytes.len() {
		file.set_len(end as u64)?;
	}
	Ok(file)
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{agent::temporary_folder, series::root_of};

	const HOUR_LONG: u64 = MILLISECONDS;

	#[test]
	fn hours_have_files_and_half_lines_are_cut() {
		let folder = temporary_folder("series");
		let mut log = Log::new(folder.clone());
		let reading = Reading::at(5);
		log.add(10, &reading).expect("written");
		log.add(20, &reading).expect("written");
		let first = folder.join("1970-01-01T00.jsonl");
		let root = root_of(&first).expect("two entries");
		let mut torn = OpenOptions::new().append(true).open(&first).expect("there");
		torn.write_all(b"{\"arr").expect("written");
		assert_eq!(root_of(&first).expect("two entries"), root);
		let mut log = Log::new(folder.clone());
		log.add(30, &reading).expect("written");
		assert_eq!(fs::read_to_string(&first).expect("text").lines().count(), 3);
		fs::remove_dir_all(&folder).expect("removed");
	}

	/// An hour is sealed once, when it is over; after that it stays as it is, whatever the clock does.
	#[test]
	fn a_sealed_hour_stays_as_it_is() {
		let folder = temporary_folder("sealed");
		let mut log = Log::new(folder.clone());
		let reading = Reading::at(5);
		log.add(10, &reading).expect("written");
		assert_eq!(log.seal(HOUR_LONG - 1).expect("read"), []);
		log.add(HOUR_LONG + 7, &reading).expect("written");
		let sealed = log.seal(HOUR_LONG + 7).expect("read");
		let first = folder.join("1970-01-01T00.jsonl");
		let root = root_of(&first).expect("one entry");
		assert_eq!(sealed, [Sealed { hour: 0, entries: 1, root: root.clone() }]);
		assert_eq!(log.seal(HOUR_LONG + 8).expect("read"), []);
		// The clock is put back by half an hour.
		log.add(HOUR_LONG / 2, &reading).expect("written");
		assert_eq!(root_of(&first).expect("one entry"), root);
		// A new run, hours later: what was left open is sealed, and what was sealed is known.
		let mut log = Log::new(folder.clone());
		let sealed = log.seal(5 * HOUR_LONG).expect("read");
		assert_eq!(sealed.iter().map(|one| (one.hour, one.entries)).collect::<Vec<_>>(), [(1, 2)]);
		let all = log.sealed_since(0).expect("read");
		assert_eq!(all.iter().map(|one| one.hour).collect::<Vec<_>>(), [0, 1]);
		assert_eq!(log.sealed_since(1).expect("read"), sealed);
		fs::remove_dir_all(&folder).expect("removed");
	}

	/// A clock that was years ahead is put right: the hours that follow are sealed when they are over.
	#[test]
	fn a_clock_that_is_put_back_seals_on() {
		let folder = temporary_folder("ahead");
		let mut log = Log::new(folder.clone());
		let reading = Reading::at(5);
		log.add(10, &reading).expect("written");
		assert_eq!(log.seal(90_000 * HOUR_LONG).expect("read").len(), 1);
		log.add(20, &reading).expect("written, to the next hour");
		assert_eq!(log.seal(30).expect("read"), []);
		let sealed = log.seal(2 * HOUR_LONG).expect("read");
		assert_eq!(sealed.iter().map(|one| (one.hour, one.entries)).collect::<Vec<_>>(), [(1, 1)]);
		fs::remove_dir_all(&folder).expect("removed");
	}

	#[test]
	fn names_are_hours() {
		assert_eq!(hour_of_file(Path::new("a/1970-01-02T03.jsonl")), Some(27));
		for bad in ["a/1970-01-02.jsonl", "a/27.jsonl", "a/1970-01-02T3.jsonl"] {
			assert_eq!(hour_of_file(Path::new(bad)), None, "{bad}");
		}
	}
}
