//! What is kept about a tag, and the arithmetic of credit. No storage.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use voltree_primitives::{Balance, Credit, Record, WattHours};

/// Credit and compliance of one identity tag.
#[derive(
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Clone,
	PartialEq,
	Eq,
	Debug,
	Default,
)]
pub struct Score {
	/// Credit now, in points, from 0 to [`Self::start`].
	pub credit: Credit,
	/// Credit that the tag began with.
	pub start: Credit,
	/// How often the tag behaved as agreed and how often not, and what it traded.
	pub record: Record,
	/// Fines that the tag still owes, in the smallest unit. They bar opening business.
	pub fines_due: Balance,
}

impl Score {
	/// The score of a tag that is new, with `start` points.
	pub fn new(start: Credit) -> Self {
		Self { credit: start, start, ..Default::default() }
	}
}

/// What the authority can tune. All values are checked by [`Parameters::is_valid`].
#[derive(
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Clone,
	PartialEq,
	Eq,
	Debug,
	Serialize,
	Deserialize,
)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Parameters {
	/// Credit of a new tag in points, at least 1. By default 1000.
	pub start: Credit,
	/// The paper's `w`: points lost per kilowatt-hour of untimely behaviour, at least 1. By default
	/// 10.
	pub weight: u32,
	/// Most points that one event can take, at least 1. By default 100.
	pub cap_per_event: Credit,
}

impl Default for Parameters {
	fn default() -> Self {
		Self { start: 1_000, weight: 10, cap_per_event: 100 }
	}
}

impl Parameters {
	/// Whether all values are in range.
	pub fn is_valid(&self) -> bool {
		self.start > 0 && self.weight > 0 && self.cap_per_event > 0
	}

	/// Points that untimely behaviour over `volume` costs: `w * volume`, rounded up to whole
	/// points, at most [`Self::cap_per_event`].
	pub fn loss(&self, volume: WattHours) -> Credit {
		const WATT_HOURS_PER_KILOWATT_HOUR: u128 = 1_000;
		// 32 bits times 64 bits always fit into 128.
		let points = u128::from(self.weight)
			.saturating_mul(u128::from(volume))
			.div_ceil(WATT_HOURS_PER_KILOWATT_HOUR);
		Credit::try_from(points).unwrap_or(Credit::MAX).min(self.cap_per_event)
	}
}
