//! How findings are said.

use std::fmt;

/// How bad it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Weight {
	/// As it should be.
	Fine,
	/// Worth knowing.
	Note,
	/// Something has to be done.
	Wrong,
}

/// What was looked at, what was found, and what to do about it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
	/// How bad it is.
	pub weight: Weight,
	/// What was looked at.
	pub what: &'static str,
	/// What was found.
	pub found: String,
	/// What to do; empty if nothing.
	pub advice: &'static str,
}

impl Finding {
	/// As it should be.
	pub fn fine(what: &'static str, found: impl Into<String>) -> Self {
		Self { weight: Weight::Fine, what, found: found.into(), advice: "" }
	}

	/// Worth knowing.
	pub fn note(what: &'static str, found: impl Into<String>, advice: &'static str) -> Self {
		Self { weight: Weight::Note, what, found: found.into(), advice }
	}

	/// Something has to be done.
	pub fn wrong(what: &'static str, found: impl Into<String>, advice: &'static str) -> Self {
		Self { weight: Weight::Wrong, what, found: found.into(), advice }
	}
}

impl fmt::Display for Finding {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		let mark = match self.weight {
			Weight::Fine => "ok   ",
			Weight::Note => "note ",
			Weight::Wrong => "WRONG",
		};
		write!(f, "{mark} {:<9} {}", self.what, self.found)?;
		if !self.advice.is_empty() {
			write!(f, "\n                {}", self.advice)?;
		}
		Ok(())
	}
}
