//! Whether a sensor behaves like one that measures: pure, no storage.
//!
//! A report's digest is the hash of its measurements with their own time, so a working sensor makes
//! another one with each measurement. The same digest again means that it holds the last
//! measurement; one that comes back after others means that it repeats a recording.

use crate::{
	history::{push, Fault},
	parameters::OracleParameters,
	safety::Opinion,
	types::{LineState, SensorReport},
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use scale_info::TypeInfo;
use sp_core::H256;
use voltree_primitives::{Moment, Verdict};

/// How many different digests of a sensor are kept; the oldest falls out. A recording that is longer
/// than this is not recognised as such.
pub const MAX_DIGESTS: u32 = 32;

/// For how long warnings are added up before they are forgotten, in milliseconds: a day.
pub const ALARM_WINDOW: Moment = 86_400_000;

/// A sensor's own record. It never touches its owner's credit.
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
pub struct Conduct {
	/// First observation of the unbroken run of reports with the newest digest.
	pub same_since: Moment,
	/// Its newest different digests in short, oldest first.
	pub digests: BoundedVec<u64, ConstU32<MAX_DIGESTS>>,
	/// How often it fell silent and came back.
	pub silences: u32,
	/// For how long it was silent then, in milliseconds.
	pub silent_for: Moment,
	/// Since when its warnings are added up.
	pub alarms_since: Moment,
	/// For how long it has warned since while its line was safe, in milliseconds.
	pub alarms: Moment,
	/// How many reports in a row nothing was wrong with since it was set aside, or ever.
	pub plausible: u32,
}

/// A digest in short: the sum of its four parts. Two digests are alike in it by chance once in 2^64.
fn short(digest: &H256) -> u64 {
	let (parts, _) = digest.as_fixed_bytes().as_chunks::<8>();
	parts.iter().fold(0, |sum, part| sum.wrapping_add(u64::from_be_bytes(*part)))
}

impl Conduct {
	/// Take note of the measurements behind `new`, which comes after `last` that spoke until
	/// `until`. Returns what is wrong with them.
	pub fn measured<AccountId>(
		&mut self,
		last: Option<(&SensorReport<AccountId>, Moment)>,
		new: &SensorReport<AccountId>,
		parameters: &OracleParameters,
	) -> Option<Fault> {
		let digest = short(&new.digest);
		let (is_same, silence) = last.map_or((false, 0), |(last, until)| {
			(last.digest == new.digest, new.observed.saturating_sub(until))
		});
		if silence > 0 {
			self.silences = self.silences.saturating_add(1);
			self.silent_for = self.silent_for.saturating_add(silence);
		}
		if !is_same || silence > 0 {
			self.same_since = new.observed;
		}
		if is_same {
			let held_for = new.observed.saturating_sub(self.same_since);
			return (held_for > parameters.frozen_after).then_some(Fault::Frozen);
		}
		if self.digests.contains(&digest) {
			return Some(Fault::Replayed);
		}
		push(&mut self.digests, digest);
		None
	}

	/// Compare a sensor that has said `class` since `from`, without a break and until `observed`,
	/// with what all on its line say now and have said since. Returns what is wrong with it.
	pub fn compared(
		&mut self,
		is_hazard: bool,
		[from, before, observed]: [Moment; 3],
		line: &LineState,
		opinion: &Opinion,
		parameters: &OracleParameters,
	) -> Option<Fault> {
		if opinion.verdict != line.verdict {
			return None;
		}
		match (is_hazard, opinion.verdict) {
			(false, Verdict::Hazard) => {
				let missed = observed.saturating_sub(from.max(line.since));
				(missed > parameters.missed_after).then_some(Fault::MissedHazard)
			}
			(true, Verdict::Safe) => {
				if observed.saturating_sub(self.alarms_since) >= ALARM_WINDOW {
					(self.alarms_since, self.alarms) = (observed, 0);
				}
				let more = observed.saturating_sub(from.max(before).max(line.since));
				self.alarms = self.alarms.saturating_add(more);
				(self.alarms > parameters.alarm_budget).then_some(Fault::FalseAlarms)
			}
			_ => None,
		}
	}

	/// Count a report in which this was found.
	pub fn counted(&mut self, fault: Option<Fault>) {
		self.plausible = match fault {
			Some(_) => 0,
			None => self.plausible.saturating_add(1),
		};
	}

	/// It is listened to again.
	pub fn brought_back(&mut self, now: Moment) {
		(self.alarms_since, self.alarms) = (now, 0);
		self.same_since = now;
	}
}
