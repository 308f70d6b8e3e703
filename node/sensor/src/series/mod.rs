//! The raw series: every reading, one file an hour, kept by the agent; its root can be made public, and
//! any entry proved against it.

mod merkle;

use crate::{
	error::Error,
	model::hex,
	output,
	reading::{
		time::{self, HOUR},
		Reading,
	},
};
use merkle::{climb, leaf, prove, root, Hash, Step};
use serde::{Deserialize, Serialize};
use std::{
	fs::{self, File, OpenOptions},
	io::{self, Write},
	path::{Path, PathBuf},
};

/// Writes readings to the files of their hours.
pub struct Log {
	folder: PathBuf,
	open: Option<(String, File)>,
}

/// A file's name: the hour in which its readings arrived.
fn hour_of(moment: u64) -> String {
	let moment = i64::try_from(moment).unwrap_or(i64::MAX / 2);
	let hour = moment - moment.rem_euclid(HOUR);
	time::write(hour)[..13].replace(' ', "T")
}

impl Log {
	pub fn new(folder: PathBuf) -> Self {
		Self { folder, open: None }
	}

	/// Adds a reading that arrived at a time. Returns the file of an hour that has ended with it.
	pub fn add(&mut self, arrived: u64, reading: &Reading) -> io::Result<Option<PathBuf>> {
		let hour = hour_of(arrived);
		let mut ended = None;
		let file = match self.open.take() {
			Some((open, file)) if open == hour => file,
			other => {
				ended = other.map(|(open, _)| self.path(&open));
				fs::create_dir_all(&self.folder)?;
				whole(&self.path(&hour))?
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
		result.map(|()| ended)
	}

	fn path(&self, hour: &str) -> PathBuf {
		self.folder.join(format!("{hour}.jsonl"))
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

/// Roots of the recorded hours, and proofs of single readings
#[derive(clap::Subcommand, Debug)]
pub enum Command {
	/// Print the root of an hour's file
	Root {
		/// The file, e.g. STATE/series/2026-07-07T12.jsonl
		file: PathBuf,
	},
	/// Print a proof that a line belongs to an hour's file, as JSON
	Prove {
		/// The file
		file: PathBuf,
		/// The line, from 1
		#[arg(long, value_parser = clap::value_parser!(u64).range(1..))]
		line: u64,
	},
	/// Check a proof against a root; ends with 1 if it does not hold
	Verify {
		/// The proof, as `prove` printed it
		proof: PathBuf,
		/// The root, as it was made public
		#[arg(long)]
		root: String,
	},
}

/// What an auditor gets.
#[derive(Serialize, Deserialize)]
struct Proof {
	entry: String,
	root: String,
	path: Vec<Step>,
}

fn entries(file: &Path) -> Result<(Vec<String>, Vec<Hash>), Error> {
	let text = fs::read_to_string(file).map_err(Error::read(file))?;
	// What does not end is no entry yet.
	let end = text.rfind('\n').map_or(0, |at| at + 1);
	let entries: Vec<String> = text[..end].lines().map(ToOwned::to_owned).collect();
	let leaves = entries.iter().map(|entry| leaf(entry.as_bytes())).collect();
	Ok((entries, leaves))
}

/// The root of an hour's file.
pub fn root_of(file: &Path) -> Result<String, Error> {
	let (_, leaves) = entries(file)?;
	let empty = || Error::Input(format!("{} has no entries", file.display()));
	root(&leaves).map(|root| hex(&root)).ok_or_else(empty)
}

pub fn run(command: &Command) -> Result<(), Error> {
	match command {
		Command::Root { file } => output::print(&format!("{}\n", root_of(file)?)),
		Command::Prove { file, line } => {
			let (entries, leaves) = entries(file)?;
			let at = usize::try_from(line - 1).unwrap_or(usize::MAX);
			let missing =
				|| Error::Option(format!("{} has {} lines", file.display(), entries.len()));
			let path = prove(&leaves, at).ok_or_else(missing)?;
			let entry = entries.get(at).cloned().ok_or_else(missing)?;
			let proof = Proof { entry, root: root_of(file)?, path };
			output::print(&format!("{}\n", serde_json::json!(proof)))
		}
		Command::Verify { proof: path, root } => {
			let text = fs::read_to_string(path).map_err(Error::read(path))?;
			let proof: Proof = serde_json::from_str(&text).map_err(|error| {
				Error::Input(format!("{} is no proof: {error}", path.display()))
			})?;
			let reached = hex(&climb(proof.entry.as_bytes(), &proof.path));
			if !reached.eq_ignore_ascii_case(root) {
				return Err(Error::Outside(format!(
					"the entry leads to the root {reached}, not to {root}: it is not what was recorded"
				)));
			}
			output::print(&format!("{}\n", proof.entry))
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::agent::temporary_folder;

	#[test]
	fn hours_have_files_and_half_lines_are_cut() {
		let folder = temporary_folder("series");
		let mut log = Log::new(folder.clone());
		let hour = HOUR as u64;
		let reading = Reading::at(5);
		assert_eq!(log.add(10, &reading).expect("written"), None);
		assert_eq!(log.add(20, &reading).expect("written"), None);
		let first = folder.join("1970-01-01T00.jsonl");
		assert_eq!(log.add(hour, &reading).expect("written"), Some(first.clone()));
		let root = root_of(&first).expect("two entries");
		let mut torn = OpenOptions::new().append(true).open(&first).expect("there");
		torn.write_all(b"{\"arr").expect("written");
		assert_eq!(root_of(&first).expect("two entries"), root);
		let mut log = Log::new(folder.clone());
		log.add(30, &reading).expect("written");
		assert_eq!(fs::read_to_string(&first).expect("text").lines().count(), 3);
		fs::remove_dir_all(&folder).expect("removed");
	}
}
