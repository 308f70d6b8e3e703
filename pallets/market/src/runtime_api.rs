//! What clients may ask about the market.

use crate::{DeliverySlot, Offer, Quotes, Request, Trade};
use alloc::vec::Vec;
use codec::Codec;
use voltree_primitives::{LineId, Moment, OfferId, RequestId, Token, TradeId};

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
		/// A request.
		fn request(id: RequestId) -> Option<Request<AccountId>>;
		/// An open offer.
		fn offer(id: OfferId) -> Option<Offer<AccountId>>;
		/// An unsettled trade.
		fn trade(id: TradeId) -> Option<Trade<AccountId>>;
		/// Open offers for a slot (by its start) and line, the cheapest first, at most 256.
		fn offers(slot: Moment, line: LineId) -> Vec<(OfferId, Offer<AccountId>)>;
		/// The quotes of a request as they are now.
		fn quotes(request: RequestId) -> Option<Quotes<AccountId>>;
		/// The token that the management centre's service would sign now for a request: the first
		/// one, or a renewal with the buyer's present record.
		fn token_to_sign(request: RequestId) -> Option<Token<AccountId>>;
		/// Unsettled trades of an account, as buyer or seller; at most 256, by number. Looks at all
		/// unsettled trades: for tools, not for every page view.
		fn trades_of(who: AccountId) -> Vec<(TradeId, Trade<AccountId>)>;
	}
}
