//! What is kept about a tag, and what can be tuned. No storage.

use codec::{Compact, Decode, DecodeWithMemTracking, Encode, Input, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_core::H256;
use voltree_primitives::{Balance, Credit, Moment, Record, Terms, RECENT_TRADES};

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

	/// Lift credit to `credit`, never above the start; it never falls by that. Returns credit
	/// before and after.
	pub fn lift(&mut self, credit: Credit) -> (Credit, Credit) {
		let before = self.credit;
		self.credit = credit.min(self.start).max(before);
		(before, self.credit)
	}
}

/// What of a [`Score`] decides who may open business. Read from the same place, it leaves the list of
/// trades alone, which is most of a score and would need memory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Brief {
	/// Credit now, in points.
	pub credit: Credit,
	/// Fines that the tag still owes, in the smallest unit.
	pub fines_due: Balance,
}

impl Decode for Brief {
	fn decode<I: Input>(input: &mut I) -> Result<Self, codec::Error> {
		let credit = Credit::decode(input)?;
		let _start = Credit::decode(input)?;
		let _counts = <(u32, u32, u64, H256)>::decode(input)?;
		let Compact(trades) = Compact::<u32>::decode(input)?;
		if trades > RECENT_TRADES {
			return Err("more trades than a record keeps".into());
		}
		for _ in 0..trades {
			H256::decode(input)?;
		}
		Ok(Self { credit, fines_due: Balance::decode(input)? })
	}
}

/// A day of chain time, counted from the Unix epoch. Its encoding sorts like its value.
#[derive(
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Clone,
	Copy,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Debug,
)]
pub struct Day([u8; 4]);

impl From<Moment> for Day {
	fn from(moment: Moment) -> Self {
		const MILLISECONDS: Moment = 86_400_000;
		let days = moment.checked_div(MILLISECONDS).unwrap_or_default();
		Self(u32::try_from(days).unwrap_or(u32::MAX).to_be_bytes())
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
	/// Points gained by a timely trade, once per partner and day, from 0 to [`Self::start`]. By
	/// default 0, the paper's setting.
	pub gain: Credit,
	/// What a fine takes of the value concerned, from 0 to 1000 thousandths: proven loss apart, no
	/// fine above the smallest exceeds the value. By default 200, a fifth.
	pub fine_rate: u16,
	/// The smallest fine in the smallest unit of money, from 1 to what fits into 64 bits. By
	/// default 50,000.
	pub smallest_fine: Balance,
}

impl Default for Parameters {
	fn default() -> Self {
		Self {
			start: 1_000,
			weight: 10,
			cap_per_event: 100,
			gain: 0,
			fine_rate: 200,
			smallest_fine: 50_000,
		}
	}
}

impl Parameters {
	/// Whether all values are in range.
	pub fn is_valid(&self) -> bool {
		self.start > 0
			&& self.weight > 0
			&& self.cap_per_event > 0
			&& self.gain <= self.start
			&& self.fine_rate <= 1_000
			&& (1..=Balance::from(u64::MAX)).contains(&self.smallest_fine)
	}

	/// The terms they make, as parameters of `version`.
	pub fn terms(&self, version: u32) -> Terms {
		Terms {
			version,
			weight: self.weight,
			cap_per_event: self.cap_per_event,
			gain: self.gain,
			fine_rate: self.fine_rate,
			smallest_fine: self.smallest_fine,
		}
	}
}
