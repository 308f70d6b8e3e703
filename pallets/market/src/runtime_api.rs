//! What clients may ask about the market.

use crate::{DeliverySlot, Offer, Parameters, Quotes, Request, Trade};
use alloc::vec::Vec;
use codec::Codec;
use voltree_primitives::{
	LineId, Moment, OfferId, Price, RequestId, Terms, Token, TradeId, WattHours,
};

/// Requests that can be answered, each with the moment since when, and where the next page begins.
pub type Awaiting = (Vec<(RequestId, Moment)>, Option<RequestId>);

sp_api::decl_runtime_apis! {
	/// Reads about requests, offers and trades that have not ended. What has ended is in the events
	/// of its blocks: ask an archive node.
	pub trait MarketApi<AccountId>
	where
		AccountId: Codec,
	{
		/// Chain time: the moment that deadlines are compared with.
		fn now() -> Moment;
		/// The first slot whose gate has not passed.
		fn next_slot() -> DeliverySlot;
		/// A request, its deadlines moved by outages of the chain.
		fn request(id: RequestId) -> Option<Request<AccountId>>;
		/// An open offer.
		fn offer(id: OfferId) -> Option<Offer<AccountId>>;
		/// An unsettled trade, its deadlines moved by outages of the chain.
		fn trade(id: TradeId) -> Option<Trade<AccountId>>;
		/// Open offers for a slot (by its start) and line, the cheapest first, at most 256.
		fn offers(slot: Moment, line: LineId) -> Vec<(OfferId, Offer<AccountId>)>;
		/// The quotes of a request as they are now.
		fn quotes(request: RequestId) -> Option<Quotes<AccountId>>;
		/// The token that the management centre's service would sign now for a request: the first
		/// one, or a renewal with the buyer's present record.
		fn token_to_sign(request: RequestId) -> Option<Token<AccountId>>;
		/// The requests that the management centre's service can answer now, each with the moment
		/// since when, and the `after` of the next page; `None` after the last one. Looks at `limit`
		/// requests, at most 256, so that a page can be empty in the middle.
		fn awaiting_response(after: Option<RequestId>, limit: u32) -> Awaiting;
		/// Unsettled trades of the person behind an account, as buyer or seller, the oldest first.
		fn trades_of(who: AccountId) -> Vec<(TradeId, Trade<AccountId>)>;
		/// Energy that the person behind an account has open, and may have open, in Wh.
		fn exposure(who: AccountId) -> Option<(WattHours, WattHours)>;
		/// Price of the grid's power on a line in the slot that starts then, in smallest units per
		/// kWh, if it was set.
		fn grid_price(line: LineId, slot: Moment) -> Option<Price>;
		/// The market's parameters in force now, their version, and what untimely behaviour costs
		/// in what is opened now.
		fn rules() -> (u32, Parameters, Terms);
	}
}
