//! What devices say, and what is kept of it.

use crate::{conduct::Conduct, history::Absence};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_core::H256;
use voltree_primitives::{Moment, Verdict, WattHours};

/// How many boundaries a meter reports at once at most. So many of its registers are kept, the newest,
/// as long as no trade waits for older ones.
pub const MAX_REGISTERS: u32 = 16;

/// How many registers of a meter are kept at most: those since the oldest that a trade waits for. More
/// than a day of quarter hours; trades wait for that long only after an outage of the chain.
pub const MAX_KEPT_REGISTERS: u32 = 128;

/// How many slots back a boundary that no trade waits for can lie to be reported: a day of quarter
/// hours. Without a bound a meter could report, for nothing, all boundaries since the beginning of
/// time.
pub const MAX_SLOTS_BACK: Moment = 96;

/// A confidence of one, in parts per million.
pub const FULL_CONFIDENCE: u32 = 1_000_000;

/// A meter's newest registers, by rising boundary.
pub type RegisterBook = BoundedVec<Register, ConstU32<MAX_KEPT_REGISTERS>>;

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

/// How bad news of a line is, in the words of the Common Alerting Protocol, the mildest first.
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
pub enum Severity {
	/// No danger is known: the line is safe again.
	#[codec(index = 0)]
	Minor,
	/// Too little is known; deliveries stop.
	#[codec(index = 1)]
	Unknown,
	/// A danger to equipment: overload.
	#[codec(index = 2)]
	Moderate,
	/// A danger near the line: a thunderstorm, a storm.
	#[codec(index = 3)]
	Severe,
	/// A danger to whoever is near: a broken line.
	#[codec(index = 4)]
	Extreme,
}

impl Severity {
	/// Of what a sensor sees.
	pub fn of(class: Class) -> Self {
		match class {
			Class::Clear => Severity::Minor,
			Class::Overload => Severity::Moderate,
			Class::Thunderstorm | Class::Wind => Severity::Severe,
			Class::LineFault => Severity::Extreme,
		}
	}

	/// Of what the sensors of a line say together.
	pub fn of_line(verdict: Verdict, class: Class) -> Self {
		match verdict {
			Verdict::Safe => Severity::Minor,
			Verdict::Stale => Severity::Unknown,
			Verdict::Hazard => Severity::of(class),
		}
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
	/// Hash of the measurements and their own time, for a later audit: it changes with each
	/// measurement.
	pub digest: H256,
}

/// What is kept of a sensor beside its history.
#[derive(
	Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug,
)]
pub struct SensorRecord<AccountId> {
	/// Its newest report.
	pub report: SensorReport<AccountId>,
	/// How it behaves.
	pub conduct: Conduct,
}

/// Whether a line takes offers.
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
	Default,
)]
pub enum Offers {
	/// It does.
	#[codec(index = 0)]
	#[default]
	Taken,
	/// It does not: it fell silent too often and is stale.
	#[codec(index = 1)]
	Closed,
	/// It will from then on, if it does not fall silent before.
	#[codec(index = 2)]
	From(Moment),
}

/// What is remembered of a line.
#[derive(
	Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug,
)]
pub struct LineState {
	/// The verdict that people were told last. Silence has changed the line since, perhaps.
	pub verdict: Verdict,
	/// The kind of hazard that they were told; clear where there is none.
	pub class: Class,
	/// Since when the verdict holds.
	pub since: Moment,
	/// When the line is looked at next without a report.
	pub watched: Option<Moment>,
	/// How often it has become stale.
	pub lapses: u32,
	/// Since when these are counted.
	pub lapses_since: Moment,
	/// Whether it takes offers.
	pub offers: Offers,
}

impl Default for LineState {
	/// A line of which nobody was told anything is stale.
	fn default() -> Self {
		Self {
			verdict: Verdict::Stale,
			class: Class::Clear,
			since: 0,
			watched: None,
			lapses: 0,
			lapses_since: 0,
			offers: Offers::Taken,
		}
	}
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
	pub registers: BoundedVec<Register, ConstU32<MAX_REGISTERS>>,
}

impl<AccountId> RegisterReadings<AccountId> {
	/// How many there are.
	pub(crate) fn count(&self) -> u32 {
		u32::try_from(self.registers.len()).unwrap_or(MAX_REGISTERS)
	}
}

/// A sensor's own record, for clients.
#[derive(Encode, Decode, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct SensorView<AccountId> {
	/// Its newest report.
	pub report: SensorReport<AccountId>,
	/// How it has behaved.
	pub conduct: Conduct,
	/// For how long it has been silent by now, in milliseconds.
	pub silent_now: Moment,
	/// Since when it is set aside and what for, if it is.
	pub set_aside: Option<Absence>,
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
