//! What can go wrong, said to a person.

use std::{
	io,
	path::{Path, PathBuf},
};

/// Why a command failed. Each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum Error {
	/// An option is out of range, or does not fit the others.
	#[error("{0}")]
	Option(String),
	/// What was read is no input.
	#[error("{0}")]
	Input(String),
	/// A file or standard input cannot be read.
	#[error("cannot read {what}: {cause}")]
	Read { what: String, cause: io::Error },
	/// A file or standard output cannot be written.
	#[error("cannot write {}: {cause}{}", path.display(), advice(cause))]
	Write { path: PathBuf, cause: io::Error },
	/// Something outside this program does not answer or refuses.
	#[error("{0}")]
	Outside(String),
}

/// What a person can do about a failed write.
fn advice(cause: &io::Error) -> &'static str {
	match cause.kind() {
		io::ErrorKind::StorageFull => ": free some space",
		io::ErrorKind::PermissionDenied => ": let this user write there, or name another place",
		_ => "",
	}
}

impl Error {
	/// 2 if the command line or the input is wrong, as for what the command line's parser refuses; 1 if
	/// the machine or the world does not play along.
	pub fn exit_code(&self) -> u8 {
		match self {
			Error::Option(_) | Error::Input(_) => 2,
			Error::Read { .. } | Error::Write { .. } | Error::Outside(_) => 1,
		}
	}

	/// Whether the reader of standard output has gone, as `head` does when it has enough.
	pub fn is_closed_pipe(&self) -> bool {
		matches!(self, Error::Write { cause, .. } if cause.kind() == io::ErrorKind::BrokenPipe)
	}

	/// A failure to read a file.
	pub fn read(path: &Path) -> impl FnOnce(io::Error) -> Self + '_ {
		move |cause| Error::Read { what: path.display().to_string(), cause }
	}

	/// A failure to write a file.
	pub fn write(path: &Path) -> impl FnOnce(io::Error) -> Self + '_ {
		move |cause| Error::Write { path: path.to_owned(), cause }
	}
}
