//! What is asked, offered, and stored of it.

mod desk;
mod offer;
mod request;
mod trade;

pub use desk::*;
pub use offer::*;
pub use request::*;
pub use trade::*;

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use scale_info::TypeInfo;
use voltree_primitives::{Credit, LineId, Moment, Price, WattHours};

/// Lines that a request accepts power from, its own first.
pub const MAX_LINES: u32 = 4;
/// Quotes of a request.
pub const MAX_QUOTES: u32 = 16;
/// Offers looked at to make the quotes of a request.
pub const MAX_LOOKED_AT: u32 = 256;
/// Fills of a request.
pub const MAX_FILLS: u8 = 8;
/// Open offers of one tag for one line and slot.
pub const MAX_OFFERS_PER_TAG: usize = 4;
/// Requests, offers and trades that a tag can have open together.
pub const MAX_OPEN: u32 = 256;
/// Slots whose grid prices can be set by one call: a day of quarter hours.
pub const MAX_GRID_PRICES: u32 = 96;
/// Outages of the chain that are remembered at a time.
pub const MAX_OUTAGES: u32 = 16;
/// Every window is at least so many rounds.
pub const ROUNDS_PER_WINDOW: Moment = 3;

/// What a buyer asks for: the arguments of a request.
#[derive(
	Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug,
)]
pub struct Demand<AccountId> {
	/// Start of the delivery slot.
	pub slot: Moment,
	/// Energy wanted, in Wh.
	pub volume: WattHours,
	/// The line where it is taken, then further lines it may come from.
	pub lines: BoundedVec<LineId, ConstU32<MAX_LINES>>,
	/// Highest price, in smallest units per kWh.
	pub max_price: Price,
	/// Lowest credit of a seller, in points.
	pub min_credit: Credit,
	/// The buyer's meter, whose import register is evidence.
	pub meter: Option<AccountId>,
	/// Whether offers without a meter will do: nothing but the two parties' word attests their
	/// delivery.
	pub unmetered: bool,
}

/// What a seller proposes: the arguments of an offer.
#[derive(
	Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug,
)]
pub struct Supply<AccountId> {
	/// Start of the delivery slot.
	pub slot: Moment,
	/// Energy offered, in Wh.
	pub volume: WattHours,
	/// Price, in smallest units per kWh.
	pub price: Price,
	/// The line where it is fed in.
	pub line: LineId,
	/// Smallest fill accepted, in Wh.
	pub smallest_fill: WattHours,
	/// Last moment at which the offer can be taken; the slot's gate if later than that or `None`.
	pub expires: Option<Moment>,
	/// The seller's meter, whose export register settles. `None` only for a tag without a meter on
	/// the line.
	pub meter: Option<AccountId>,
}

/// The times of a delivery slot under the parameters of the day.
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
pub struct DeliverySlot {
	/// When delivery begins.
	pub start: Moment,
	/// When it ends.
	pub end: Moment,
	/// After it the slot can no longer be traded.
	pub gate: Moment,
}
