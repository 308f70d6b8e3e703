//! What the authority settles: periods of the reports, what is too much, and which models may report.

use crate::{conduct::ALARM_WINDOW, lines::LAPSE_WINDOW, models::Models};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use voltree_primitives::{Announced, Moment, Versioned};

/// How often sensors report, how long a report speaks, and what is too much. Times in milliseconds.
///
/// A change counts for reports that come once it is in force: what has been reported keeps the
/// validity that was in force then, so that no past delivery is judged anew.
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
	Debug,
	Serialize,
	Deserialize,
)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct OracleParameters {
	/// Longest time between two reports of a working sensor, at most [`LONGEST_PERIOD`]. A clear
	/// run counts once it has lasted this long.
	pub report_period: Moment,
	/// How long a report speaks, and how old it may be when it arrives: at least
	/// `report_period`, at most [`LONGEST_PERIOD`].
	pub freshness: Moment,
	/// Shortest time between two observations of a sensor: at least 1, at most `report_period`.
	pub min_interval: Moment,
	/// For how long a sensor may report the same measurements, at least `freshness`. Longer, and it
	/// is frozen.
	pub frozen_after: Moment,
	/// For how long a sensor may call its line clear that is a hazard by all others' word, at least
	/// `freshness`: so long a sensor counts that fell silent in the storm.
	pub missed_after: Moment,
	/// For how long in a day a sensor may warn alone, at least `freshness`.
	pub alarm_budget: Moment,
	/// For how long a sensor is set aside before its owner can bring it back.
	pub waiting: Moment,
	/// How many reports in a row must be without fault by then.
	pub plausible_reports: u32,
	/// How often a line may become stale in a day and still take offers.
	pub most_lapses: u32,
	/// For how long a line that has become stale too often must not do so before it takes offers
	/// again.
	pub settling: Moment,
}

/// Longest report period and freshness: one day, in milliseconds.
pub const LONGEST_PERIOD: Moment = 86_400_000;

/// Longest of the other times: a week, in milliseconds.
pub const LONGEST_PATIENCE: Moment = 7 * 86_400_000;

impl OracleParameters {
	/// A report a minute, valid for two and a half, at most one in fifteen seconds.
	pub const USUAL: Self = {
		const MINUTE: Moment = 60_000;
		Self {
			report_period: MINUTE,
			freshness: 150_000,
			min_interval: 15_000,
			frozen_after: 360 * MINUTE,
			missed_after: 30 * MINUTE,
			alarm_budget: 360 * MINUTE,
			waiting: 60 * MINUTE,
			plausible_reports: 10,
			most_lapses: 12,
			settling: 60 * MINUTE,
		}
	};

	/// Whether each value is within its range.
	pub fn are_valid(&self) -> bool {
		let patience = self.freshness..=LONGEST_PATIENCE;
		(1..=self.report_period).contains(&self.min_interval)
			&& (self.report_period..=LONGEST_PERIOD).contains(&self.freshness)
			&& [self.frozen_after, self.missed_after].iter().all(|time| patience.contains(time))
			&& (self.freshness..=ALARM_WINDOW).contains(&self.alarm_budget)
			&& self.waiting <= LONGEST_PATIENCE
			&& self.settling <= LAPSE_WINDOW
	}
}

impl Default for OracleParameters {
	fn default() -> Self {
		Self::USUAL
	}
}

/// What the authority has settled: all that a report is checked against, read at once.
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
pub struct Settings {
	/// How often the current periods have been replaced before.
	pub version: u32,
	/// In force, unless the time of the next has come.
	pub current: OracleParameters,
	/// Announced.
	pub next: Option<Announced<OracleParameters>>,
	/// Which models may report, at once.
	pub models: Models,
}

impl Settings {
	/// These periods, and any model.
	pub fn new(current: OracleParameters) -> Self {
		Self { current, ..Default::default() }
	}

	fn periods(&self) -> Versioned<OracleParameters> {
		let Self { version, current, next, .. } = self.clone();
		Versioned { version, current, next }
	}

	/// The periods in force now. Where nothing is announced nobody is asked for the time.
	pub fn in_force(&self, now: impl FnOnce() -> Moment) -> OracleParameters {
		match &self.next {
			Some(next) if next.from <= now() => next.parameters,
			_ => self.current,
		}
	}

	/// Announce periods for `from`. Returns their version.
	pub fn announce(&mut self, periods: OracleParameters, from: Moment, now: Moment) -> u32 {
		let (announced, Versioned { version, current, next }) =
			self.periods().announce(periods, from, now);
		(self.version, self.current, self.next) = (version, current, next);
		announced
	}
}
