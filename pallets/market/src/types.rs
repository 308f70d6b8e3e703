//! What is stored of requests, offers and trades.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use scale_info::TypeInfo;
use voltree_primitives::{
	Balance, Credit, IdentityTag, LineId, Moment, OfferId, Price, RequestId, WattHours,
};

/// Lines that a request accepts power from, its own first.
pub const MAX_LINES: u32 = 4;
/// Quotes of a request.
pub const MAX_QUOTES: u32 = 16;
/// Offers looked at to make the quotes of a request.
pub const MAX_LOOKED_AT: u32 = 256;
/// Fills of a request.
pub const MAX_FILLS: u8 = 8;
/// Open offers of one tag for one line and slot.
pub const MAX_OFFERS_PER_TAG: u8 = 4;
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

/// A request.
#[derive(
	Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug,
)]
pub struct Request<AccountId> {
	/// Who asks.
	pub buyer: AccountId,
	/// The buyer's tag.
	pub tag: IdentityTag,
	/// Energy wanted, in Wh.
	pub volume: WattHours,
	/// Energy paid for so far, in Wh.
	pub filled: WattHours,
	/// The line where it is taken, then further lines it may come from.
	pub lines: BoundedVec<LineId, ConstU32<MAX_LINES>>,
	/// The delivery slot.
	pub slot: DeliverySlot,
	/// Highest price, in smallest units per kWh.
	pub max_price: Price,
	/// Lowest credit of a seller, in points.
	pub min_credit: Credit,
	/// The buyer's meter.
	pub meter: Option<AccountId>,
	/// When it was made.
	pub opened: Moment,
	/// Until then offers are collected; only if they suffice may the response come earlier.
	pub collect_until: Moment,
	/// Length of a round then: the measure of the shortest windows.
	pub round: Moment,
	/// Fills so far.
	pub fills: u8,
	/// Fills that are not settled yet.
	pub unsettled: u8,
	/// Where it stands.
	pub state: RequestState,
}

/// Where a request stands.
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
pub enum RequestState {
	/// It waits for offers and the management centre's response.
	#[codec(index = 0)]
	Open {
		/// Last moment at which a response still leaves time to pay.
		respond_by: Moment,
	},
	/// The shared wallet is certified; it can be paid.
	#[codec(index = 1)]
	Responded {
		/// When the management centre responded.
		at: Moment,
		/// Payment date.
		pay_by: Moment,
		/// End of the grace after it.
		late_by: Moment,
		/// Whether its payment has been counted as timely or untimely.
		counted: bool,
	},
	/// It takes no more fills and waits for its trades to settle.
	#[codec(index = 2)]
	Closed,
}

/// An offer.
#[derive(
	Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug,
)]
pub struct Offer<AccountId> {
	/// Who offers.
	pub seller: AccountId,
	/// The seller's tag.
	pub tag: IdentityTag,
	/// Energy not sold yet, in Wh.
	pub available: WattHours,
	/// Price, in smallest units per kWh.
	pub price: Price,
	/// The line where it is fed in.
	pub line: LineId,
	/// The delivery slot.
	pub slot: DeliverySlot,
	/// Smallest fill accepted, in Wh.
	pub smallest_fill: WattHours,
	/// Last moment at which it can be taken.
	pub expires: Moment,
	/// The seller's meter; `None` where delivery is not metered.
	pub meter: Option<AccountId>,
	/// When it was made or last sold from.
	pub changed: Moment,
}

/// An offer as the management centre's response shows it to the buyer.
#[derive(
	Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug,
)]
pub struct Quote<AccountId> {
	/// Its number.
	pub offer: OfferId,
	/// Who offers (the paper's `ID_j`).
	pub seller: AccountId,
	/// The seller's credit (the paper's `Credit_j`).
	pub credit: Credit,
	/// Price, in smallest units per kWh.
	pub price: Price,
	/// Energy not sold yet, in Wh.
	pub available: WattHours,
	/// Smallest fill accepted, in Wh.
	pub smallest_fill: WattHours,
	/// The line where it is fed in.
	pub line: LineId,
}

/// Quotes of a request, the best first.
pub type Quotes<AccountId> = BoundedVec<Quote<AccountId>, ConstU32<MAX_QUOTES>>;

/// The last moments for the steps after a delivery slot.
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
pub struct Deadlines {
	/// Registers reported by then count.
	pub meter_by: Moment,
	/// Bills sent by then count.
	pub bill_by: Moment,
	/// Confirmations made by then count.
	pub confirm_by: Moment,
	/// Rulings made by then count.
	pub rule_by: Moment,
}

/// One side of a trade.
#[derive(
	Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug,
)]
pub struct Party<AccountId> {
	/// The account.
	pub account: AccountId,
	/// Its tag.
	pub tag: IdentityTag,
	/// The line where it takes or feeds in.
	pub line: LineId,
}

/// A trade: one fill of a request by an offer.
#[derive(
	Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug,
)]
pub struct Trade<AccountId> {
	/// The request it fills; its shared wallet holds the money.
	pub request: RequestId,
	/// The offer it was taken from.
	pub offer: OfferId,
	/// Who takes the power.
	pub buyer: Party<AccountId>,
	/// Who delivers it.
	pub seller: Party<AccountId>,
	/// The seller's meter; `None` where delivery is not metered.
	pub meter: Option<AccountId>,
	/// Energy traded, in Wh.
	pub volume: WattHours,
	/// Price, in smallest units per kWh.
	pub price: Price,
	/// Money locked in the shared wallet, in the smallest unit.
	pub locked: Balance,
	/// The delivery slot.
	pub slot: DeliverySlot,
	/// When it was paid.
	pub paid: Moment,
	/// Length of a round when its request was made.
	pub round: Moment,
	/// The last moments for the steps after the slot.
	pub deadlines: Deadlines,
	/// Tolerance agreed on, in parts per thousand of the volume.
	pub tolerance: u16,
	/// Where it stands.
	pub state: TradeState<AccountId>,
}

/// Where a trade stands.
#[derive(
	Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug,
)]
pub enum TradeState<AccountId> {
	/// The money is locked; the slot has not begun or the seller has not started.
	#[codec(index = 0)]
	Paid,
	/// Delivery was started on safe lines.
	#[codec(index = 1)]
	Started {
		/// When.
		at: Moment,
	},
	/// The slot is over.
	#[codec(index = 2)]
	Delivered {
		/// What is known of the delivery.
		delivery: Delivery,
	},
	/// The seller has sent the bill.
	#[codec(index = 3)]
	Billed {
		/// What is known of the delivery.
		delivery: Delivery,
		/// Energy billed, in Wh.
		billed: WattHours,
		/// Where the payout goes.
		payee: AccountId,
	},
}

/// What is known of a delivery after its slot.
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
pub struct Delivery {
	/// A line was unsafe during the slot: nobody is to blame for what is missing.
	pub excused: bool,
	/// What the seller's registers attest.
	pub attested: Attested,
}

/// What the seller's registers attest of a trade.
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
pub enum Attested {
	/// Delivery is not metered.
	#[codec(index = 0)]
	Unmetered,
	/// The registers count until `meter_by`.
	#[codec(index = 1)]
	Pending,
	/// The meter was silent at `meter_by`.
	#[codec(index = 2)]
	Silent,
	/// So much of the meter's energy was allotted to the trade, in Wh.
	#[codec(index = 3)]
	Allotted(WattHours),
}

/// The trades of one meter in one slot that are not allotted yet.
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
}

/// How a trade ended.
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
pub enum Outcome {
	/// The buyer confirmed in time.
	#[codec(index = 0)]
	Confirmed,
	/// The seller did not start although both lines were safe long enough.
	#[codec(index = 1)]
	NotStarted,
	/// The lines were not safe long enough to start.
	#[codec(index = 2)]
	Stopped,
	/// Started, and a line was unsafe throughout the slot.
	#[codec(index = 3)]
	UnsafeThroughout,
	/// No bill came in time; the meters decided.
	#[codec(index = 4)]
	SettledUnbilled,
	/// No bill came in time and nothing was metered.
	#[codec(index = 5)]
	NotBilled,
	/// No confirmation came in time; the meters decided.
	#[codec(index = 6)]
	SettledUnconfirmed,
	/// No confirmation came in time, nothing was metered, nobody ruled.
	#[codec(index = 7)]
	Unruled,
}

/// Why a request ended.
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
pub enum Ending {
	/// All its trades are settled.
	#[codec(index = 0)]
	Settled,
	/// The management centre did not respond in time.
	#[codec(index = 1)]
	NoResponse,
	/// It was not paid though an eligible offer stood.
	#[codec(index = 2)]
	NotPaid,
	/// It was not paid, and there was no eligible offer.
	#[codec(index = 3)]
	NothingToPay,
	/// The buyer cancelled it before the response.
	#[codec(index = 4)]
	Cancelled,
}
