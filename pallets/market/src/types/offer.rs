//! An offer, and how a buyer is shown it.

use super::{DeliverySlot, MAX_QUOTES};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use scale_info::TypeInfo;
use voltree_primitives::{Credit, IdentityTag, LineId, Moment, OfferId, Price, WattHours};

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
