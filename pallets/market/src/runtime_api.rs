//! What clients may ask about the market.

use crate::{
	Config, DeliverySlot, Offer, Pallet, Quotes, Request, RequestState, Requests, Trade,
	MAX_LOOKED_AT,
};
use alloc::vec::Vec;
use codec::Codec;
use voltree_primitives::{Clock, LineId, Moment, OfferId, RequestId, Token, TradeId, WattHours};

/// Requests that can be answered, each with the moment since when, and where the next page begins.
pub type Awaiting = (Vec<(RequestId, Moment)>, Option<RequestId>);

impl<T: Config> Pallet<T> {
	/// The requests that can be answered now, out of the next `limit` (and at most 256) in storage
	/// after `after`.
	pub fn awaiting_response(after: Option<RequestId>, limit: u32) -> Awaiting {
		let mut requests = match after {
			Some(id) => Requests::<T>::iter_from(Requests::<T>::hashed_key_for(id)),
			None => Requests::<T>::iter(),
		};
		let now = T::Clock::now();
		let mut waiting = Vec::new();
		let mut last = None;
		for _ in 0..limit.min(MAX_LOOKED_AT) {
			let Some((id, request)) = requests.next() else { return (waiting, None) };
			waiting.extend(Self::answerable_since(&request, now).map(|since| (id, since)));
			last = Some(id);
		}
		(waiting, last)
	}

	/// Since when `request` can be answered: since its window ended, or now if the open offers
	/// suffice. `None` if it cannot.
	fn answerable_since(request: &Request<T::AccountId>, now: Moment) -> Option<Moment> {
		match request.state {
			RequestState::Open { respond_by } if now > respond_by => None,
			RequestState::Open { .. } if now >= request.collect_until => {
				Some(request.collect_until)
			}
			RequestState::Open { .. } => {
				let quotes = Self::quotes_of(request);
				let on_offer = quotes
					.iter()
					.fold(0, |sum: WattHours, quote| sum.saturating_add(quote.available));
				(on_offer >= request.volume).then_some(now)
			}
			_ => None,
		}
	}
}

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
		/// The requests that the management centre's service can answer now, each with the moment
		/// since when, and the `after` of the next page; `None` after the last one. Looks at `limit`
		/// requests, at most 256, so that a page can be empty in the middle.
		fn awaiting_response(after: Option<RequestId>, limit: u32) -> Awaiting;
		/// Unsettled trades of an account, as buyer or seller; at most 256, by number. Looks at all
		/// unsettled trades: for tools, not for every page view.
		fn trades_of(who: AccountId) -> Vec<(TradeId, Trade<AccountId>)>;
	}
}
