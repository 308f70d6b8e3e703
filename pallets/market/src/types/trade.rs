//! A trade, and how it can end.

use super::DeliverySlot;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_runtime::Permill;
use voltree_primitives::{
	Balance, IdentityTag, LineId, Moment, OfferId, Price, RequestId, Terms, WattHours,
};

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
	/// Version of the market's parameters that it was agreed under.
	pub version: u32,
	/// What untimely behaviour costs.
	pub terms: Terms,
	/// Highest price of that day, above which no grid price counts.
	pub cap: Price,
	/// What is left of the seller's bond, in the smallest unit.
	pub bond: Balance,
	/// What the buyer pays the grid for what is missing, in smallest units per kWh; known when the
	/// slot has ended, 0 where no grid price was set.
	pub grid_price: Price,
	/// It was paid in the grace after the payment date.
	pub late: bool,
	/// Outages of the chain that ended by then have moved its deadlines already.
	pub seen: Moment,
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
	/// The buyer says that less has arrived. The authority's ruling is waited for.
	#[codec(index = 4)]
	Contested {
		/// What is known of the delivery.
		delivery: Delivery,
		/// Energy billed, in Wh, if the seller had sent a bill.
		billed: Option<WattHours>,
		/// Where the payout goes.
		payee: AccountId,
		/// Energy that the buyer says he received, in Wh.
		received: WattHours,
		/// The buyer's bond for this, in the smallest unit.
		bond: Balance,
	},
}

/// Whose fault a ruling finds.
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
	/// Nobody's.
	#[codec(index = 0)]
	Nobody,
	/// The buyer's: he contested or kept silent without reason.
	#[codec(index = 1)]
	Buyer,
	/// The seller's: he delivered less than he traded.
	#[codec(index = 2)]
	Seller,
	/// Both.
	#[codec(index = 3)]
	Both,
}

impl Fault {
	/// Whether the buyer is at fault.
	pub fn is_buyers(self) -> bool {
		matches!(self, Fault::Buyer | Fault::Both)
	}

	/// Whether the seller is at fault.
	pub fn is_sellers(self) -> bool {
		matches!(self, Fault::Seller | Fault::Both)
	}
}

/// A ruling of the management centre's authority about a trade.
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
pub struct Ruling {
	/// The share of what is payable that goes to the seller.
	pub share: Permill,
	/// Whose fault it was.
	pub fault: Fault,
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
	/// A line was unsafe during the slot, the chain stood still, or the meter was taken away: nobody
	/// is to blame for what is missing.
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
	/// The seller withdrew it before the gate.
	#[codec(index = 8)]
	Withdrawn,
	/// The authority ruled.
	#[codec(index = 9)]
	Ruled,
	/// Contested, and nobody ruled: the registers decided, or the buyer's word where there are none.
	#[codec(index = 10)]
	ContestUnruled,
}

impl Attested {
	/// Whether the registers are still waited for.
	pub fn is_pending(self) -> bool {
		self == Attested::Pending
	}
}

impl<AccountId> Trade<AccountId> {
	/// The tags of both parties, whose own sensors have no say in this trade.
	pub fn tags(&self) -> [IdentityTag; 2] {
		[self.buyer.tag, self.seller.tag]
	}

	/// The lines where the power is taken and fed in.
	pub fn lines(&self) -> [LineId; 2] {
		[self.buyer.line, self.seller.line]
	}

	/// Energy that can be paid at the most, in Wh: traded, allotted where there are registers, and
	/// billed where there is a bill.
	pub fn payable(&self, delivery: &Delivery, billed: Option<WattHours>) -> WattHours {
		let allotted = match delivery.attested {
			Attested::Allotted(allotted) => allotted,
			_ => self.volume,
		};
		self.volume.min(allotted).min(billed.unwrap_or(self.volume))
	}
}
