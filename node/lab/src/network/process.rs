//! Programs that we run.

use crate::error::Error;
use std::{
	path::Path,
	process::{Child, Command, Stdio},
	thread,
	time::{Duration, Instant},
};

/// What a program prints; an error, if it ends with one.
pub fn output(program: &Path, arguments: &[&str]) -> Result<String, Error> {
	let what = || format!("run {} {}", program.display(), arguments.join(" "));
	let done = Command::new(program).args(arguments).stdin(Stdio::null()).output();
	let done = done.map_err(|cause| Error::System { what: what(), cause })?;
	if !done.status.success() {
		let said = String::from_utf8_lossy(&done.stderr).trim().to_owned();
		return Err(Error::Run(format!("cannot {}: {said}", what())));
	}
	Ok(String::from_utf8_lossy(&done.stdout).into_owned())
}

/// A process that ends, politely if it can, when this is dropped.
pub struct Kept(Child);

impl Kept {
	/// Watches over `child`.
	pub fn new(child: Child) -> Self {
		Self(child)
	}

	/// Its number.
	pub fn id(&self) -> u32 {
		self.0.id()
	}

	/// Whether it still runs.
	pub fn runs(&mut self) -> bool {
		matches!(self.0.try_wait(), Ok(None))
	}

	/// Sends a signal, by its name, to the process and those in its group.
	pub fn signal(&self, name: &str) {
		let (signal, group) = (format!("-{name}"), format!("-{}", self.0.id()));
		let sent =
			Command::new("kill").args([&signal, "--", &group]).stderr(Stdio::null()).status();
		if let Err(error) = sent {
			eprintln!("voltree-lab: kill cannot be run: {error}");
		}
	}

	/// Ends it at once, as a power cut would.
	pub fn crash(&mut self) {
		self.signal("KILL");
		self.wait(Duration::from_secs(5));
	}

	fn wait(&mut self, most: Duration) -> bool {
		let until = Instant::now() + most;
		while self.runs() {
			if Instant::now() > until {
				return false;
			}
			thread::sleep(Duration::from_millis(20));
		}
		true
	}
}

impl Drop for Kept {
	fn drop(&mut self) {
		if self.runs() {
			self.signal("TERM");
			if !self.wait(Duration::from_secs(10)) {
				self.crash();
			}
		}
	}
}
