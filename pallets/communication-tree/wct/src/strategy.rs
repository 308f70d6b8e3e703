//! The names of the strategies.

use alloc::string::String;
use core::{fmt, str::FromStr};

/// How the nodes are put into a tree.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Strategy {
	/// Linking number first: by link, then by index.
	Lft,
	/// Trust first: by trust, then by index.
	Tft,
	/// Algorithm 1 of the paper, as section 3.2's text explains it: see the [crate](crate).
	Wct,
	/// Algorithm 1 with trust and linking number brought to the same range, so that the weight
	/// moves the tree between [`Strategy::Lft`] and [`Strategy::Tft`].
	Scaled,
	/// Never worse than [`Strategy::Wct`] in overall trust, rounds or concurrency, and better where
	/// that is possible. Overheads are not looked at.
	Balanced,
	/// [`Strategy::Balanced`] with overheads looked at on every edge: no edge above the threshold
	/// where there is a choice, and the last node served early.
	EdgeAware,
}

impl Strategy {
	/// What the chain uses: the [crate](crate) says why.
	pub const DEFAULT: Self = Self::EdgeAware;

	/// Every strategy.
	pub const ALL: [Self; 6] =
		[Self::Lft, Self::Tft, Self::Wct, Self::Scaled, Self::Balanced, Self::EdgeAware];

	/// Its name, as it is written in files and on command lines.
	pub fn name(self) -> &'static str {
		match self {
			Self::Lft => "lft",
			Self::Tft => "tft",
			Self::Wct => "wct",
			Self::Scaled => "scaled",
			Self::Balanced => "balanced",
			Self::EdgeAware => "edge-aware",
		}
	}
}

impl Default for Strategy {
	fn default() -> Self {
		Self::DEFAULT
	}
}

impl fmt::Display for Strategy {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.pad(self.name())
	}
}

/// What was read is the name of no strategy.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnknownStrategy(pub String);

impl fmt::Display for UnknownStrategy {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "there is no strategy {:?}: give one of", self.0)?;
		for (i, strategy) in Strategy::ALL.iter().enumerate() {
			write!(f, "{} {strategy}", if i == 0 { "" } else { "," })?;
		}
		Ok(())
	}
}

impl core::error::Error for UnknownStrategy {}

impl FromStr for Strategy {
	type Err = UnknownStrategy;

	fn from_str(name: &str) -> Result<Self, Self::Err> {
		Self::ALL
			.into_iter()
			.find(|strategy| strategy.name() == name)
			.ok_or_else(|| UnknownStrategy(name.into()))
	}
}
