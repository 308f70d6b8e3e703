//! What waits to be sent, on disk: a line for each change, each with its own check, so that whatever
//! stops this program in the middle of a write costs that line at most.

use crate::model::{digest, hex};
use serde::{Deserialize, Serialize};
use std::{
	collections::BTreeMap,
	fs::{self, File, OpenOptions},
	io::{self, Write},
	path::{Path, PathBuf},
};

/// Most reports that wait; the oldest is dropped, since only the newest counts on the chain.
pub const MOST_REPORTS: usize = 64;
/// A journal longer than this, in bytes, is written anew.
const LONGEST: u64 = 1 << 20;

/// Something to be sent. Hashes are hexadecimal.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Item {
	Report { class: String, confidence: u32, model: String, observed: u64, digest: String },
	Register { boundary: u64, import: u64, export: u64 },
}

/// An item on its way. `until` is the last block that can include what was submitted.
#[derive(Clone, PartialEq, Debug)]
pub struct Entry {
	pub item: Item,
	pub sent: Option<Sent>,
}

/// What was submitted.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub struct Sent {
	pub until: u32,
	/// The time that the report named, if it is one.
	pub observed: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Record {
	Add {
		id: u64,
		item: Item,
	},
	Sent {
		id: u64,
		sent: Sent,
	},
	/// It was not taken, or can no longer be.
	Back {
		id: u64,
	},
	Done {
		id: u64,
	},
}

/// The entries, in memory and on disk.
pub struct Journal {
	path: PathBuf,
	file: Option<File>,
	size: u64,
	entries: BTreeMap<u64, Entry>,
	next: u64,
	/// Lines that could not be read.
	pub damaged: usize,
	/// Why the disk does not have what the memory has.
	pub trouble: Option<String>,
}

impl Journal {
	/// Opens or begins the journal in a folder, which nobody else may use at the same time.
	pub fn open(folder: &Path) -> io::Result<Self> {
		fs::create_dir_all(folder)?;
		let path = folder.join("queue.journal");
		let mut journal = Self {
			path,
			file: None,
			size: 0,
			entries: BTreeMap::new(),
			next: 0,
			damaged: 0,
			trouble: None,
		};
		match fs::read(&journal.path) {
			Ok(bytes) => journal.replay(&bytes),
			Err(error) if error.kind() == io::ErrorKind::NotFound => {}
			Err(error) => return Err(error),
		}
		journal.rewrite()?;
		Ok(journal)
	}

	fn replay(&mut self, bytes: &[u8]) {
		for line in bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
			match read(line) {
				Some(record) => self.apply(record),
				None => self.damaged += 1,
			}
		}
	}

	fn apply(&mut self, record: Record) {
		match record {
			Record::Add { id, item } => {
				self.next = self.next.max(id + 1);
				self.entries.insert(id, Entry { item, sent: None });
			}
			Record::Sent { id, sent } => {
				if let Some(entry) = self.entries.get_mut(&id) {
					entry.sent = Some(sent);
				}
			}
			Record::Back { id } => {
				if let Some(entry) = self.entries.get_mut(&id) {
					entry.sent = None;
				}
			}
			Record::Done { id } => {
				self.entries.remove(&id);
			}
		}
	}

	/// Applies a change and writes it down. If the disk does not take it, the memory keeps it and the
	/// next change tries again.
	fn note(&mut self, record: Record) {
		let line = write(&record);
		self.apply(record);
		let result = match &mut self.file {
			Some(file) if self.trouble.is_none() && self.size < LONGEST => {
				self.size += line.len() as u64;
				file.write_all(line.as_bytes()).and_then(|()| file.sync_data())
			}
			_ => self.rewrite(),
		};
		if let Err(error) = result {
			self.trouble = Some(format!("cannot write {}: {error}", self.path.display()));
		}
	}

	/// Writes what is still of interest to a new file, which then takes the old one's place.
	fn rewrite(&mut self) -> io::Result<()> {
		let part = self.path.with_extension("part");
		let mut text = String::new();
		for (id, entry) in &self.entries {
			text.push_str(&write(&Record::Add { id: *id, item: entry.item.clone() }));
			if let Some(sent) = entry.sent {
				text.push_str(&write(&Record::Sent { id: *id, sent }));
			}
		}
		let mut file = OpenOptions::new().create(true).write(true).truncate(true).open(&part)?;
		file.write_all(text.as_bytes())?;
		file.sync_all()?;
		fs::rename(&part, &self.path)?;
		if let Some(folder) = self.path.parent() {
			File::open(folder)?.sync_all()?;
		}
		self.size = text.len() as u64;
		self.file = Some(file);
		self.trouble = None;
		Ok(())
	}

	/// Tries again to write what the disk did not take.
	pub fn retry(&mut self) {
		if self.trouble.is_some() {
			if let Err(error) = self.rewrite() {
				self.trouble = Some(format!("cannot write {}: {error}", self.path.display()));
			}
		}
	}

	/// Adds an item. Of too many reports the oldest are dropped, registers never. Returns how many were.
	pub fn add(&mut self, item: Item) -> usize {
		let id = self.next;
		self.note(Record::Add { id, item });
		let reports: Vec<u64> = self.reports().map(|(id, _)| id).collect();
		let surplus = reports.len().saturating_sub(MOST_REPORTS);
		reports.iter().take(surplus).for_each(|id| self.done(*id));
		surplus
	}

	/// Notes, before it is, that an entry is submitted.
	pub fn sent(&mut self, id: u64, sent: Sent) {
		self.note(Record::Sent { id, sent });
	}

	pub fn back(&mut self, id: u64) {
		self.note(Record::Back { id });
	}

	pub fn done(&mut self, id: u64) {
		self.note(Record::Done { id });
	}

	/// Entries, oldest first.
	pub fn entries(&self) -> impl DoubleEndedIterator<Item = (u64, &Entry)> {
		self.entries.iter().map(|(id, entry)| (*id, entry))
	}

	pub fn reports(&self) -> impl DoubleEndedIterator<Item = (u64, &Entry)> {
		self.entries().filter(|(_, entry)| matches!(entry.item, Item::Report { .. }))
	}

	pub fn registers(&self) -> impl DoubleEndedIterator<Item = (u64, &Entry)> {
		self.entries().filter(|(_, entry)| matches!(entry.item, Item::Register { .. }))
	}

	pub fn len(&self) -> usize {
		self.entries.len()
	}
}

fn check(text: &str) -> String {
	hex(&digest(text.as_bytes())[..4])[2..].to_owned()
}

fn write(record: &Record) -> String {
	// Records hold text and whole numbers only, which JSON always can.
	let text = serde_json::to_string(record).unwrap_or_default();
	format!("{} {text}\n", check(&text))
}

fn read(line: &[u8]) -> Option<Record> {
	let (sum, text) = std::str::from_utf8(line).ok()?.split_once(' ')?;
	if check(text) != sum {
		return None;
	}
	serde_json::from_str(text).ok()
}

#[cfg(test)]
pub mod tests {
	use super::*;
	use crate::agent::temporary_folder as folder;
	use proptest::prelude::*;

	pub fn report(observed: u64) -> Item {
		Item::Report {
			class: "Clear".into(),
			confidence: 1,
			model: hex(&[0; 32]),
			observed,
			digest: hex(&[1; 32]),
		}
	}

	fn register(boundary: u64) -> Item {
		Item::Register { boundary, import: 1, export: 2 }
	}

	#[test]
	fn what_was_noted_is_there_after_a_restart() {
		let folder = folder("restart");
		let mut journal = Journal::open(&folder).expect("a new one");
		journal.add(register(1));
		journal.add(register(2));
		journal.add(report(3));
		journal.sent(1, Sent { until: 9, observed: 0 });
		journal.done(0);
		drop(journal);
		let journal = Journal::open(&folder).expect("the old one");
		let known: Vec<_> =
			journal.entries().map(|(id, entry)| (id, entry.sent.is_some())).collect();
		assert_eq!((known, journal.damaged), (vec![(1, true), (2, false)], 0));
		fs::remove_dir_all(&folder).expect("removed");
	}

	#[test]
	fn reports_are_bounded_and_registers_are_not() {
		let folder = folder("bounded");
		let mut journal = Journal::open(&folder).expect("a new one");
		(0..MOST_REPORTS as u64 + 5).for_each(|time| {
			journal.add(report(time));
			journal.add(register(time));
		});
		assert_eq!((journal.reports().count(), journal.registers().count()), (64, 69));
		let oldest = journal.reports().next().map(|(_, entry)| entry.item.clone());
		assert_eq!(oldest, Some(report(5)));
		fs::remove_dir_all(&folder).expect("removed");
	}

	/// A disk that takes nothing: the memory keeps all, and the disk gets it once it can.
	#[test]
	fn a_full_disk_loses_nothing() {
		let folder = folder("full");
		let mut journal = Journal::open(&folder).expect("a new one");
		// Every write to this device fails as on a full disk.
		journal.file =
			Some(OpenOptions::new().write(true).open("/dev/full").expect("Linux has it"));
		journal.add(register(1));
		assert!(journal.trouble.as_ref().is_some_and(|why| why.contains("cannot write")));
		assert_eq!(journal.len(), 1);
		journal.retry();
		assert_eq!(journal.trouble, None);
		assert_eq!(Journal::open(&folder).expect("the old one").len(), 1);
		fs::remove_dir_all(&folder).expect("removed");
	}

	proptest! {
		/// Cut off anywhere, the journal keeps every whole line before the cut.
		#[test]
		fn a_cut_costs_one_line(cut in 0usize..2000) {
			let mut whole = String::new();
			for id in 0..10 {
				whole.push_str(&write(&Record::Add { id, item: register(id) }));
			}
			let cut = cut.min(whole.len());
			let folder = folder(&format!("cut-{cut}"));
			fs::create_dir_all(&folder).expect("made");
			fs::write(folder.join("queue.journal"), &whole[..cut]).expect("written");
			let journal = Journal::open(&folder).expect("opened");
			let lines = whole[..cut].matches('\n').count();
			prop_assert!(journal.len() >= lines && journal.len() <= lines + 1);
			prop_assert!(journal.damaged <= 1);
			fs::remove_dir_all(&folder).expect("removed");
		}
	}
}
