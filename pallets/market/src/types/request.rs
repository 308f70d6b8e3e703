//! A request, and how it can end.

use super::{DeliverySlot, Quote, Quotes, MAX_LINES, MAX_QUOTES};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use scale_info::TypeInfo;
use voltree_primitives::{
	Balance, Credit, IdentityTag, LineId, Moment, OfferId, Price, Terms, WattHours,
};

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
	/// Whether offers without a meter will do.
	pub unmetered: bool,
	/// Version of the market's parameters that it was made under.
	pub version: u32,
	/// What untimely behaviour of the buyer costs.
	pub terms: Terms,
	/// What is left of the buyer's bond, in the smallest unit.
	pub bond: Balance,
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
	/// Outages of the chain that ended by then have moved its deadlines already.
	pub seen: Moment,
	/// Where it stands.
	pub state: RequestState,
	/// What the management centre's response showed the buyer, the best first.
	pub quoted: BoundedVec<Quoted, ConstU32<MAX_QUOTES>>,
}

/// An offer as it was quoted. What else a quote says of it never changes, but for the seller's credit.
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
pub struct Quoted {
	/// Its number.
	pub offer: OfferId,
	/// Energy not sold then, in Wh.
	pub available: WattHours,
}

impl Quoted {
	/// What a request keeps of its quotes.
	pub fn all<AccountId>(quotes: &Quotes<AccountId>) -> BoundedVec<Self, ConstU32<MAX_QUOTES>> {
		let quoted = |quote: &Quote<_>| Self { offer: quote.offer, available: quote.available };
		BoundedVec::truncate_from(quotes.iter().map(quoted).collect())
	}
}

/// The smallest fill that a buyer could have paid and did not.
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
pub struct Missed {
	/// Its volume, in Wh.
	pub volume: WattHours,
	/// Its price, in smallest units per kWh.
	pub price: Price,
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
	/// The chain stood still for so long that its gate came before the buyer's time to pay ended.
	#[codec(index = 5)]
	Outage,
	/// Its buyer came on the blacklist.
	#[codec(index = 6)]
	Blacklisted,
}
