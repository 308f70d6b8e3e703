//! What can go wrong, said to a person.

use std::path::PathBuf;

/// Why a command failed. Each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum Error {
	/// An option is out of range.
	#[error("{0}")]
	Option(String),
	/// What was read is no input.
	#[error("{0}")]
	Input(String),
	/// The algorithms refuse the input.
	#[error("{0}")]
	Tree(#[from] voltree_wct::Error),
	/// A file or standard input cannot be read.
	#[error("cannot read {what}: {cause}")]
	Read { what: String, cause: std::io::Error },
	/// A file or standard output cannot be written.
	#[error("cannot write {}: {cause}", path.display())]
	Write { path: PathBuf, cause: std::io::Error },
	/// The operating system refuses.
	#[error("cannot {what}: {cause}")]
	System { what: String, cause: std::io::Error },
	/// What runs does not do what it should.
	#[error("{0}")]
	Run(String),
	/// Somebody wants us to stop.
	#[error("stopped; nothing is left running")]
	Stopped,
	/// A result cannot be written as JSON.
	#[error("cannot write JSON: {0}")]
	Json(#[from] serde_json::Error),
}

impl Error {
	/// 2 if the command line or the input is wrong, as for what the command line's parser refuses; 1 if
	/// the machine does not play along.
	pub fn exit_code(&self) -> u8 {
		match self {
			Error::Option(_) | Error::Input(_) | Error::Tree(_) => 2,
			Error::Read { .. }
			| Error::Write { .. }
			| Error::System { .. }
			| Error::Run(_)
			| Error::Stopped
			| Error::Json(_) => 1,
		}
	}

	/// Whether the reader of standard output has gone, as `head` does when it has enough.
	pub fn is_closed_pipe(&self) -> bool {
		matches!(self, Error::Write { cause, .. } if cause.kind() == std::io::ErrorKind::BrokenPipe)
	}
}
