//! What clients ask: see the runtime API.

use crate::{
	Config, DeliverySlot, Desks, Offers, Pallet, Parameters, Request, Requests, Trade, Trades,
};
use alloc::vec::Vec;
use voltree_primitives::{Clock, Directory, RequestId, TradeId, WattHours};

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
