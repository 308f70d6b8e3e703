//! The raw series: every reading, one file an hour, kept by the agent; its root can be made public, and
//! any entry proved against it.

mod log;
mod merkle;

use crate::{
	agent::{self, Authorities},
	error::Error,
	model::hex,
	output,
};
use log::hour_of_file;
pub use log::{Log, Sealed};
use merkle::{climb, leaf, prove, root, Hash, Step};
use serde::{Deserialize, Serialize};
use std::{
	fs::{self, File},
	io::{BufRead, BufReader},
	path::{Path, PathBuf},
};

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
	Verify(Verify),
}

/// A proof, and the root that it must lead to
#[derive(clap::Args, Debug)]
pub struct Verify {
	/// The proof, as `prove` printed it
	proof: PathBuf,
	/// The root, as it was made public
	#[arg(long, required_unless_present = "rpc", conflicts_with = "rpc")]
	root: Option<String>,
	/// A node that is asked for the root of the proof's hour: ws://HOST:PORT or wss://HOST
	#[arg(long, value_name = "URL", requires = "device")]
	rpc: Option<String>,
	/// The device that recorded the series: its address
	#[arg(long, value_name = "ADDRESS", requires = "rpc")]
	device: Option<String>,
	/// Ask an archive node as of this block, for an hour that the chain keeps no longer
	#[arg(long, value_name = "BLOCK HASH", requires = "rpc")]
	at: Option<String>,
	/// Certificate authorities to believe, in PEM, instead of those of this machine
	#[arg(long, value_name = "FILE")]
	ca: Option<PathBuf>,
}

/// What an auditor gets.
#[derive(Serialize, Deserialize)]
struct Proof {
	/// The hour since 1970 whose series it is, if the file was named after one.
	hour: Option<u32>,
	entry: String,
	root: String,
	path: Vec<Step>,
}

/// The hashes of a file's entries, and the entry at one place if there is one.
fn leaves(file: &Path, wanted: Option<usize>) -> Result<(Vec<Hash>, Option<String>), Error> {
	let mut lines = BufReader::new(File::open(file).map_err(Error::read(file))?);
	let (mut leaves, mut found, mut line) = (Vec::new(), None, Vec::new());
	loop {
		line.clear();
		lines.read_until(b'\n', &mut line).map_err(Error::read(file))?;
		// What does not end is no entry yet.
		let Some(entry) = line.strip_suffix(b"\n") else { return Ok((leaves, found)) };
		if wanted == Some(leaves.len()) {
			found = Some(String::from_utf8_lossy(entry).into_owned());
		}
		leaves.push(leaf(entry));
	}
}

/// The root of an hour's file.
pub fn root_of(file: &Path) -> Result<String, Error> {
	let (leaves, _) = leaves(file, None)?;
	let empty = || Error::Input(format!("{} has no entries", file.display()));
	root(&leaves).map(|root| hex(&root)).ok_or_else(empty)
}

pub fn run(command: &Command) -> Result<(), Error> {
	match command {
		Command::Root { file } => output::print(&format!("{}\n", root_of(file)?)),
		Command::Prove { file, line } => {
			let at = usize::try_from(line - 1).unwrap_or(usize::MAX);
			let (leaves, entry) = leaves(file, Some(at))?;
			let missing =
				|| Error::Option(format!("{} has {} lines", file.display(), leaves.len()));
			let path = prove(&leaves, at).ok_or_else(missing)?;
			let entry = entry.ok_or_else(missing)?;
			let proof = Proof { hour: hour_of_file(file), entry, root: root_of(file)?, path };
			output::print(&format!("{}\n", serde_json::json!(proof)))
		}
		Command::Verify(verify) => verify.run(),
	}
}

impl Verify {
	fn run(&self) -> Result<(), Error> {
		let text = fs::read_to_string(&self.proof).map_err(Error::read(&self.proof))?;
		let proof: Proof = serde_json::from_str(&text).map_err(|error| {
			Error::Input(format!("{} is no proof: {error}", self.proof.display()))
		})?;
		let root = match &self.root {
			Some(root) => root.clone(),
			None => self.on_chain(&proof)?,
		};
		let reached = hex(&climb(proof.entry.as_bytes(), &proof.path));
		if !reached.eq_ignore_ascii_case(&root) {
			return Err(Error::Outside(format!(
				"the entry leads to the root {reached}, not to {root}: it is not what was recorded"
			)));
		}
		output::print(&format!("{}\n", proof.entry))
	}

	/// The root that the chain has of the proof's hour.
	fn on_chain(&self, proof: &Proof) -> Result<String, Error> {
		let (Some(rpc), Some(device)) = (&self.rpc, &self.device) else {
			return Err(Error::Option("give --root, or --rpc and --device".into()));
		};
		let hour = proof.hour.ok_or_else(|| {
			Error::Input(
				"the proof names no hour: its file was not named after one; use --root".into(),
			)
		})?;
		let authorities = match rpc.starts_with("wss://") || rpc.starts_with("https://") {
			true => Authorities::read(self.ca.as_deref())?,
			false => Authorities::default(),
		};
		agent::series_root(rpc, &authorities, device, hour, self.at.as_deref())
	}
}
