//! What devices say, and what is kept of it.

use crate::safety::Span;
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_core::H256;
use voltree_primitives::{Moment, Verdict, WattHours};

/// How many spans of a sensor's history are kept; the oldest falls out.
pub const MAX_SPANS: u32 = 32;

/// How many registers of a meter are kept: the newest.
pub const MAX_REGISTERS: u32 = 16;

/// How many slots back a boundary can lie to be reported: a day of quarter hours, longer than any
/// delivery waits for its registers. Without a bound a meter could report, for nothing, all
/// boundaries since the beginning of time.
pub const MAX_SLOTS_BACK: Moment = 96;

/// A confidence of one, in parts per million.
pub const FULL_CONFIDENCE: u32 = 1_000_000;

/// A sensor's history, oldest span first.
pub type History = BoundedVec<Span, ConstU32<MAX_SPANS>>;

/// A meter's newest registers, by rising boundary.
pub type RegisterBook = BoundedVec<Register, ConstU32<MAX_REGISTERS>>;

/// What a sensor's model sees. Everything but [`Class::Clear`] is a hazard.
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
pub enum Class {
	/// Nothing speaks against a delivery.
	#[codec(index = 0)]
	Clear,
	/// Lightning near the line.
	#[codec(index = 1)]
	Thunderstorm,
	/// Wind that the line may not withstand.
	#[codec(index = 2)]
	Wind,
	/// The line or its equipment is broken.
	#[codec(index = 3)]
	LineFault,
	/// The line carries more than it should.
	#[codec(index = 4)]
	Overload,
}

impl Class {
	/// Whether power should not flow.
	pub fn is_hazard(self) -> bool {
		!matches!(self, Class::Clear)
	}
}

/// What a sensor reports: the body of the message that it signs.
#[derive(
	Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug,
)]
pub struct SensorReport<AccountId> {
	/// The sensor's own account.
	pub sensor: AccountId,
	/// What its model sees.
	pub class: Class,
	/// How sure the model is, in parts per million, at most [`FULL_CONFIDENCE`]. It informs; a
	/// report counts by its class alone.
	pub confidence: u32,
	/// Which model judged: the hash of the model's file.
	pub model: H256,
	/// When the measurements were taken, in chain time (milliseconds). Each report is later than
	/// the one before, so none counts twice.
	pub observed: Moment,
	/// Hash of the measurements, for a later audit.
	pub digest: H256,
}

/// A meter's registers at a slot boundary: the body of the message that it signs.
#[derive(
	Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug,
)]
pub struct RegisterReading<AccountId> {
	/// The meter's own account.
	pub meter: AccountId,
	/// The slot boundary, in chain time: a multiple of the delivery slot's length. A meter reports
	/// each boundary once.
	pub boundary: Moment,
	/// Watt-hours taken from the line since the meter was made.
	pub import: WattHours,
	/// Watt-hours given to the line since the meter was made.
	pub export: WattHours,
}

/// A meter's registers at a slot boundary, as kept.
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
)]
pub struct Register {
	/// The slot boundary, in chain time.
	pub boundary: Moment,
	/// Watt-hours taken from the line since the meter was made.
	pub import: WattHours,
	/// Watt-hours given to the line since the meter was made.
	pub export: WattHours,
}

/// What a meter reports at several slot boundaries at once.
#[derive(
	Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug,
)]
pub struct RegisterReadings<AccountId> {
	/// The meter's own account.
	pub meter: AccountId,
	/// Its registers, at boundaries that it has not reported.
	pub registers: RegisterBook,
}

/// How often sensors report and how long a report speaks. All in milliseconds.
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
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OracleParameters {
	/// Longest time between two reports of a working sensor, at most [`LONGEST_PERIOD`]. A clear
	/// run counts once it has lasted this long.
	pub report_period: Moment,
	/// How long a report speaks, and how old it may be when it arrives: at least
	/// `report_period`, at most [`LONGEST_PERIOD`].
	pub freshness: Moment,
	/// Shortest time between two observations of a sensor: at least 1, at most `report_period`.
	pub min_interval: Moment,
}

/// Longest report period and freshness: one day, in milliseconds.
pub const LONGEST_PERIOD: Moment = 86_400_000;

impl Default for OracleParameters {
	/// A report a minute, valid for two and a half, at most one in fifteen seconds.
	fn default() -> Self {
		Self { report_period: 60_000, freshness: 150_000, min_interval: 15_000 }
	}
}

impl OracleParameters {
	/// Whether each value is within its range.
	pub fn are_valid(&self) -> bool {
		(1..=self.report_period).contains(&self.min_interval)
			&& (self.report_period..=LONGEST_PERIOD).contains(&self.freshness)
	}
}

/// What is known about a line, for clients.
#[derive(Encode, Decode, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct LineView<AccountId> {
	/// Chain time for which the verdict was computed. Reports may not be observed later than this.
	pub at: Moment,
	/// What the sensors say, silence included.
	pub verdict: Verdict,
	/// How many distinct owners have sensors on the line, those left out not counted.
	pub owners: u32,
	/// All sensors of the line, each with its newest report if it has made one.
	pub sensors: Vec<(AccountId, Option<SensorReport<AccountId>>)>,
}
