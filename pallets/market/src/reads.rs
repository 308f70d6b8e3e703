//! What clients ask: see the runtime API.

use crate::{
	runtime_api::Awaiting, Config, DeliverySlot, Desks, Offers, Pallet, Parameters, Request,
	RequestState, Requests, Trade, Trades, MAX_LOOKED_AT,
};
use alloc::vec::Vec;
use voltree_primitives::{Clock, Directory, Moment, RequestId, TradeId, WattHours};

impl<T: Config> Pallet<T> {
	/// Whether no request, offer or trade is open.
	pub(crate) fn is_idle() -> bool {
		Offers::<T>::iter_keys().next().is_none()
			&& Requests::<T>::iter_keys().next().is_none()
			&& Trades::<T>::iter_keys().next().is_none()
	}

	/// The first slot whose gate has not passed.
	pub fn next_slot() -> DeliverySlot {
		let Parameters { delivery_slot: length, lead, .. } = Self::parameters();
		// A slot's gate must lie ahead: round up what comes after now and the lead.
		let earliest = T::Clock::now().saturating_add(lead).saturating_add(1);
		let start = earliest.div_ceil(length.max(1)).saturating_mul(length);
		DeliverySlot { start, end: start.saturating_add(length), gate: start.saturating_sub(lead) }
	}

	/// Unsettled trades of the person behind an account, the oldest first.
	pub fn trades_of(who: &T::AccountId) -> Vec<(TradeId, Trade<T::AccountId>)> {
		let Some(tag) = T::Directory::tag_of(who) else { return Vec::new() };
		Desks::<T>::get(tag)
			.trades()
			.filter_map(|id| Self::unsettled_trade(id).map(|trade| (id, trade)))
			.collect()
	}

	/// A request with its deadlines as they are now.
	pub fn open_request(id: RequestId) -> Option<Request<T::AccountId>> {
		Requests::<T>::get(id).map(Self::moved_request)
	}

	/// A trade with its deadlines as they are now.
	pub fn unsettled_trade(id: TradeId) -> Option<Trade<T::AccountId>> {
		Trades::<T>::get(id).map(Self::moved_trade)
	}

	/// What the person behind an account has open and may have open, in Wh.
	pub fn exposure_of(who: &T::AccountId) -> Option<(WattHours, WattHours)> {
		let tag = T::Directory::tag_of(who)?;
		Some((Desks::<T>::get(tag).volume, Self::most_open(&tag)))
	}
}

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
				Self::suffice(&Self::quotes_of(request), request).then_some(now)
			}
			_ => None,
		}
	}
}
