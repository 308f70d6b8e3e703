//! What is kept of what a sensor has said: pure, no storage.

use crate::{parameters::OracleParameters, types::Class};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use scale_info::TypeInfo;
use voltree_primitives::Moment;

/// How many spans of a sensor's history are kept; the oldest falls out.
pub const MAX_SPANS: u32 = 32;

/// How many of a sensor's absences are kept; the oldest falls out.
pub const MAX_ABSENCES: u32 = 4;

/// An unbroken run of a sensor's reports of one kind: hazard, whichever, or clear.
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
pub struct Span {
	/// What the newest report of the run says.
	pub class: Class,
	/// First observation.
	pub from: Moment,
	/// First observation that was at least a report period after `from`. From here on a clear run
	/// counts: one single report of clear never does, however long it stays fresh.
	pub steady: Option<Moment>,
	/// Newest observation.
	pub last: Moment,
	/// Last moment for which the run speaks, unless the next span begins before.
	pub until: Moment,
}

impl Span {
	/// A run that begins with an observation at `observed`.
	pub fn open(class: Class, observed: Moment, parameters: &OracleParameters) -> Self {
		let until = observed.saturating_add(parameters.freshness);
		Self { class, from: observed, steady: None, last: observed, until }
	}

	/// The run with one more observation, or `None` if that one does not belong to it: it is of the
	/// other kind, or it comes after the run has fallen silent.
	pub fn extended(
		&self,
		class: Class,
		observed: Moment,
		parameters: &OracleParameters,
	) -> Option<Self> {
		if class.is_hazard() != self.class.is_hazard() || observed > self.until {
			return None;
		}
		let lasted = observed.saturating_sub(self.from) >= parameters.report_period;
		Some(Self {
			class,
			from: self.from,
			steady: self.steady.or(lasted.then_some(observed)),
			last: observed,
			until: observed.saturating_add(parameters.freshness),
		})
	}
}

/// Why a sensor is not listened to.
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
pub enum Fault {
	/// It reported the same measurements for longer than measurements stay the same.
	#[codec(index = 0)]
	Frozen,
	/// It reported measurements again that it had reported before others.
	#[codec(index = 1)]
	Replayed,
	/// It went on calling its line clear while enough owners called it hazardous.
	#[codec(index = 2)]
	MissedHazard,
	/// It warned for longer than its budget while enough owners called its line clear.
	#[codec(index = 3)]
	FalseAlarms,
}

/// A time in which a sensor is set aside: it has no seat among those who judge its line.
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
pub struct Absence {
	/// First moment.
	pub from: Moment,
	/// First moment at which it is back; `None` until then.
	pub until: Option<Moment>,
	/// What it was set aside for.
	pub fault: Fault,
}

/// What a sensor has said, and when nobody listened.
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
pub struct History {
	/// Its reports, oldest span first.
	pub spans: BoundedVec<Span, ConstU32<MAX_SPANS>>,
	/// When it was set aside, oldest absence first; only the last one may still go on.
	pub absences: BoundedVec<Absence, ConstU32<MAX_ABSENCES>>,
}

impl History {
	/// Add an observation, later than all before it. Of a full history the oldest span falls out.
	pub fn remember(&mut self, class: Class, observed: Moment, parameters: &OracleParameters) {
		let longer = self.spans.last().and_then(|run| run.extended(class, observed, parameters));
		match (self.spans.last_mut(), longer) {
			(Some(run), Some(longer)) => *run = longer,
			_ => push(&mut self.spans, Span::open(class, observed, parameters)),
		}
	}

	/// The absence that goes on.
	pub fn absence(&self) -> Option<&Absence> {
		self.absences.last().filter(|absence| absence.until.is_none())
	}

	/// From `now` on nobody listens; unless nobody does anyway.
	pub fn set_aside(&mut self, now: Moment, fault: Fault) {
		if self.absence().is_none() {
			push(&mut self.absences, Absence { from: now, until: None, fault });
		}
	}

	/// From `now` on it is listened to again.
	pub fn bring_back(&mut self, now: Moment) {
		if let Some(absence) = self.absences.last_mut() {
			absence.until.get_or_insert(now);
		}
	}
}

/// Append to a list whose oldest item makes room.
pub(crate) fn push<Item, const BOUND: u32>(
	list: &mut BoundedVec<Item, ConstU32<BOUND>>,
	item: Item,
) {
	let end = list.len();
	let added = list.force_insert_keep_right(end, item);
	debug_assert!(added.is_ok(), "the oldest makes room");
}

/// A time `start <= t < end`.
pub(crate) type Stretch = (Moment, Moment);

/// When a sensor with these absences has a seat, in order.
pub(crate) fn seats(absences: &[Absence]) -> Vec<Stretch> {
	let mut seats = Vec::new();
	let mut start = 0;
	for absence in absences {
		if start < absence.from {
			seats.push((start, absence.from));
		}
		start = absence.until.unwrap_or(Moment::MAX).max(start);
	}
	if start < Moment::MAX {
		seats.push((start, Moment::MAX));
	}
	seats
}

/// A time in which a sensor speaks: `start <= t < end`.
pub(crate) struct Voice {
	pub class: Class,
	pub start: Moment,
	pub end: Moment,
}

/// When a sensor says what. What its history has lost is silence.
pub(crate) fn voices(spans: &[Span]) -> impl Iterator<Item = Voice> + '_ {
	let nexts = spans.iter().skip(1).map(|next| next.from).chain([Moment::MAX]);
	spans.iter().zip(nexts).filter_map(|(span, next)| {
		let start = if span.class.is_hazard() { span.from } else { span.steady? };
		let end = span.until.saturating_add(1).min(next);
		(start < end).then_some(Voice { class: span.class, start, end })
	})
}
