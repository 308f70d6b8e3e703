//! What a person, a meter and a line have promised.

use super::MAX_OPEN;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use scale_info::TypeInfo;
use voltree_primitives::{LineId, Moment, OfferId, RequestId, TradeId, WattHours};

/// What a tag has open.
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
pub struct Desk {
	/// Energy in unsold offers, unfilled requests and unsettled trades together, in Wh.
	pub volume: WattHours,
	/// Requests, offers and trades, the oldest first.
	pub items: BoundedVec<Item, ConstU32<MAX_OPEN>>,
}

/// Something that a tag has open.
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
pub enum Item {
	/// A request, until its shared wallet is closed.
	#[codec(index = 0)]
	Request(RequestId),
	/// An offer.
	#[codec(index = 1)]
	Offer {
		/// Its number.
		id: OfferId,
		/// Its line.
		line: LineId,
		/// The start of its slot.
		slot: Moment,
	},
	/// A trade, on the desks of both its parties.
	#[codec(index = 2)]
	Trade(TradeId),
}

/// What trades feed into a line and take from it in a slot; each at most what the line can carry.
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
pub struct Load {
	/// Fed in by sellers, in Wh.
	pub fed: WattHours,
	/// Taken by buyers, in Wh.
	pub taken: WattHours,
}

/// A time in which the chain stood still.
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
pub struct Outage {
	/// The last block before it.
	pub from: Moment,
	/// The first block after it.
	pub to: Moment,
	/// Three rounds after that: deadlines before this moment move.
	pub until: Moment,
}

impl Outage {
	/// How long it was.
	pub fn length(&self) -> Moment {
		self.to.saturating_sub(self.from)
	}
}

/// What is promised of one meter in one slot, and the trades that are not allotted yet.
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
pub struct MeterSlot {
	/// Trades that wait for their allotment.
	pub waiting: u32,
	/// Energy allotted so far, in Wh.
	pub allotted: WattHours,
	/// Energy on offer and in trades that wait, in Wh; at most what the meter's rated power can move.
	pub promised: WattHours,
	/// When it is read for the trades that wait.
	pub meter_by: Option<Moment>,
}
