//! What the market tells the world. Imported into the pallet.

use frame_support::pallet_macros::pallet_section;

/// The pallet's events.
#[pallet_section]
mod events {
	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A buyer asks for power. Sellers answer with offers.
		Requested {
			request: RequestId,
			buyer: T::AccountId,
			tag: IdentityTag,
			demand: Demand<T::AccountId>,
		},
		/// A seller proposes power.
		Offered {
			offer: OfferId,
			seller: T::AccountId,
			tag: IdentityTag,
			supply: Supply<T::AccountId>,
		},
		/// An offer is no longer open; `unsold` Wh were left.
		OfferClosed { offer: OfferId, unsold: WattHours },
		/// The management centre certified the shared wallet of a request.
		Responded { request: RequestId, quotes: u32, pay_by: Moment, late_by: Moment },
		/// A fill was paid: its money is locked.
		Paid {
			trade: TradeId,
			request: RequestId,
			offer: OfferId,
			volume: WattHours,
			amount: Balance,
			late: bool,
		},
		/// The buyer's payment was in order, but the seller, the lines or their sensors did not allow
		/// it: nothing was locked, and not paying this offer is not the buyer's fault.
		PaymentImpossible { request: RequestId, offer: OfferId, reason: DispatchError },
		/// Delivery began on safe lines.
		Started { trade: TradeId },
		/// The meters were read for a trade.
		Metered { trade: TradeId, attested: Attested },
		/// The seller sent the bill.
		Billed { trade: TradeId, billed: WattHours, payee: T::AccountId },
		/// A trade ended: `delivered` Wh were paid with `payout`, the rest went back.
		Settled {
			trade: TradeId,
			request: RequestId,
			outcome: Outcome,
			delivered: WattHours,
			payout: Balance,
			refund: Balance,
		},
		/// The payout could reach neither payee nor seller, whose accounts no longer exist and
		/// would be too poor to; it went back to the buyer.
		PayoutReturned { trade: TradeId, amount: Balance },
		/// A request ended; its shared wallet is closed.
		RequestEnded { request: RequestId, ending: Ending },
		/// The buyer says that only `received` Wh arrived; the authority's ruling is waited for.
		Contested { trade: TradeId, received: WattHours },
		/// The authority ruled that `volume` Wh are to be paid.
		Ruled { trade: TradeId, ruling: Ruling, volume: WattHours },
		/// The grid's power costs this on a line, in the slot that starts at `first` and those after
		/// it.
		GridPricesSet {
			line: LineId,
			first: Moment,
			prices: BoundedVec<Price, ConstU32<MAX_GRID_PRICES>>,
		},
		/// The authority named who says what the grid's power costs.
		GridKeySet { key: Option<T::AccountId> },
		/// The chain stood still; deadlines in that time, or shortly after it, move by its length.
		Outage { from: Moment, to: Moment },
		/// The authority announced parameters, in force from `from` on.
		ParametersSet { version: u32, parameters: Parameters, from: Moment },
	}
}
