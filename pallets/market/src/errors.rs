//! Why a call can fail. Imported into the pallet.

use frame_support::pallet_macros::pallet_section;

/// The pallet's errors.
#[pallet_section]
mod errors {
	#[pallet::error]
	pub enum Error<T> {
		/// There is no open request of this number.
		RequestNotFound,
		/// There is no open offer of this number: sold, withdrawn, expired or never made.
		OfferNotFound,
		/// There is no unsettled trade of this number.
		TradeNotFound,
		/// The caller is not the buyer.
		NotBuyer,
		/// The caller is not the seller.
		NotSeller,
		/// The slot does not start at a multiple of the delivery slot's length.
		NotASlot,
		/// The slot's gate, or the deadline of this step, has passed.
		TooLate,
		/// It is too early for this step. Wait for the gate, the slot's end, or `meter_by`.
		TooEarly,
		/// The slot lies beyond the horizon.
		BeyondHorizon,
		/// Too little time is left before the gate for offers, response and payment.
		TooCloseToGate,
		/// The volume is zero, below the smallest fill, or more than what is left.
		InvalidVolume,
		/// The price lies outside floor and cap.
		PriceOutOfRange,
		/// The line is not registered, given twice, or none is given.
		InvalidLine,
		/// The meter is not registered for the caller's tag on that line.
		InvalidMeter,
		/// The caller's tag has a meter on this line: sell by it.
		MeterRequired,
		/// The tag has four open offers for this line and slot already.
		TooManyOffers,
		/// More energy would be open than credit times exposure allows. Wait until trades settle, or
		/// withdraw offers.
		ExceedsCredit,
		/// 256 requests, offers and trades are open already. Wait until some have ended.
		DeskFull,
		/// The seller has no room for another open trade.
		SellerDeskFull,
		/// The seller has too little money for his bond. Take another offer; it is not your fault.
		SellerWithoutBond,
		/// A line cannot carry that much more in this slot.
		ExceedsLineCapacity,
		/// The meter's rated power cannot move that much more in this slot.
		ExceedsRatedPower,
		/// Without a meter only small volumes can be offered: see `largestUnmetered`.
		TooLargeUnmetered,
		/// The offer has no meter, and the request does not accept that.
		UnmeteredNotAccepted,
		/// The buyer has no money on any account or linked wallet.
		NoFunds,
		/// The request has been answered already.
		AlreadyResponded,
		/// The management centre has not responded to the request yet.
		NotResponded,
		/// The request takes no more fills.
		RequestClosed,
		/// The request has eight fills already.
		TooManyFills,
		/// The offer is for another slot.
		OtherSlot,
		/// The request does not accept power from the offer's line.
		LineNotAccepted,
		/// Buyer and seller are the same person.
		SelfTrade,
		/// The offer is dearer than the request's highest price.
		TooExpensive,
		/// The seller's credit is below what the request asks for.
		CreditTooLow,
		/// The seller may not open business now: certificate, blacklist or fines.
		SellerNotInGoodStanding,
		/// Fewer than three other owners have sensors on one of the two lines.
		TooFewSensors,
		/// The payment date or the validity in the token does not fit the request.
		InvalidTerms,
		/// Delivery was started already.
		AlreadyStarted,
		/// Delivery was not started, so there is nothing to bill.
		NotStarted,
		/// The sensors do not call both lines safe.
		LineUnsafe,
		/// The bill exceeds what the registers attest or what was traded.
		ExceedsDelivery,
		/// The payee is neither the seller's account nor one of his linked wallets.
		NotAWallet,
		/// The payee's account does not exist, so it might not be payable.
		PayeeNotAlive,
		/// The trade was billed already.
		AlreadyBilled,
		/// The trade was not billed yet, so there is nothing to confirm or to contest.
		NotBilled,
		/// The trade is contested already. The authority rules about it.
		AlreadyContested,
		/// Nothing would be paid beyond what you say you received. Confirm, or wait.
		NothingToContest,
		/// The trade is neither contested nor unmetered and unconfirmed, so there is nothing to rule.
		NothingToRule,
		/// The caller is not the key that says what the grid's power costs.
		NotTheGrid,
		/// The grid price of this line and slot was set already; it does not change any more.
		GridPriceSet,
		/// A parameter is out of range, or two of them do not fit together: see [`Parameters`].
		InvalidParameters,
		/// The delivery slot's length cannot change while a request, offer or trade is open: slots of
		/// two lengths would overlap. Wait until all have ended.
		DeliverySlotInUse,
		/// The line's sensors fell silent too often. It takes offers again once they have been heard
		/// for a while: offer on another line, or wait.
		LineClosed,
	}
}
