//! Desks: what a person has open, how much of it credit allows, and how it is closed when the
//! person comes on the blacklist.

use crate::{
	Closing, Config, Desk, Desks, Ending, Error, Item, Offers, Pallet, RequestState, Requests,
	WeightInfo, MAX_OFFERS_PER_TAG,
};
use alloc::vec::Vec;
use frame_support::{defensive, ensure, weights::Weight};
use sp_runtime::{traits::UniqueSaturatedInto, DispatchResult};
use voltree_primitives::{
	Credibility, IdentityTag, LineId, Moment, OnBlacklisted, RequestId, WattHours, WALLETS_PER_FINE,
};

impl<T: Config> OnBlacklisted for Pallet<T> {
	fn blacklisted(tag: &IdentityTag) {
		if Desks::<T>::contains_key(tag) {
			Closing::<T>::insert(tag, ());
		}
	}
}

impl Desk {
	/// How many offers there are for a line and slot.
	pub fn offers_for(&self, line: LineId, slot: Moment) -> usize {
		let place = |item: &Item| match item {
			Item::Offer { line, slot, .. } => Some((*line, *slot)),
			_ => None,
		};
		self.items.iter().filter(|item| place(item) == Some((line, slot))).count()
	}

	/// Numbers of the requests, the oldest first.
	pub fn requests(&self) -> impl Iterator<Item = RequestId> + '_ {
		self.items.iter().filter_map(|item| match item {
			Item::Request(id) => Some(*id),
			_ => None,
		})
	}

	/// Numbers of the trades, the oldest first.
	pub fn trades(&self) -> impl Iterator<Item = u64> + '_ {
		self.items.iter().filter_map(|item| match item {
			Item::Trade(id) => Some(*id),
			_ => None,
		})
	}
}

impl<T: Config> Pallet<T> {
	/// The most that `tag` may have open now, in Wh.
	pub fn most_open(tag: &IdentityTag) -> WattHours {
		Self::parameters().most_open(T::Credibility::credit(tag))
	}

	/// Put new business of `volume` Wh on the desk, if there is room and no more than `most` Wh are
	/// open then.
	pub(crate) fn open_on_desk(
		tag: &IdentityTag,
		item: Item,
		volume: WattHours,
		most: WattHours,
	) -> DispatchResult {
		Desks::<T>::try_mutate(tag, |desk| {
			if let Item::Offer { line, slot, .. } = item {
				let open = desk.offers_for(line, slot);
				ensure!(open < MAX_OFFERS_PER_TAG, Error::<T>::TooManyOffers);
			}
			desk.volume = desk.volume.saturating_add(volume);
			ensure!(desk.volume <= most, Error::<T>::ExceedsCredit);
			desk.items.try_push(item).map_err(|_| Error::<T>::DeskFull)?;
			Ok(())
		})
	}

	/// Put a trade on the desk. Its energy was open before, as part of an offer or a request.
	pub(crate) fn trade_on_desk(tag: &IdentityTag, trade: u64) -> DispatchResult {
		Desks::<T>::try_mutate(tag, |desk| {
			desk.items.try_push(Item::Trade(trade)).map_err(|_| Error::<T>::DeskFull)?;
			Ok(())
		})
	}

	/// Whether the desk has room for another trade.
	pub(crate) fn has_room_for_trade(tag: &IdentityTag) -> bool {
		let most: usize = crate::MAX_OPEN.unique_saturated_into();
		Desks::<T>::get(tag).items.len() < most
	}

	/// `volume` Wh are no longer open; take `item` off if it has ended.
	pub(crate) fn close_on_desk(tag: &IdentityTag, ended: Option<Item>, volume: WattHours) {
		Desks::<T>::mutate_exists(tag, |slot| {
			let Some(desk) = slot.as_mut() else {
				defensive!("what ends was open");
				return;
			};
			desk.volume = desk.volume.saturating_sub(volume);
			if let Some(item) = ended {
				desk.items.retain(|other| *other != item);
			}
			if desk.items.is_empty() {
				*slot = None;
			}
		});
	}

	/// The open shared wallets in which a fine may look, the oldest first.
	pub(crate) fn wallets_for_fine(tag: &IdentityTag) -> Vec<RequestId> {
		Desks::<T>::get(tag).requests().take(WALLETS_PER_FINE).collect()
	}

	/// Close the next request or offer of somebody who came on the blacklist. The weight of that, if
	/// there was anything to do.
	pub(crate) fn close_one_of_blacklisted() -> Option<Weight> {
		let tag = Closing::<T>::iter_keys().next()?;
		let weight = Some(T::WeightInfo::entry_blacklisted());
		let desk = Desks::<T>::get(tag);
		for item in &desk.items {
			match item {
				Item::Offer { id, .. } => {
					if let Some(offer) = Offers::<T>::get(id) {
						Self::close_offer(*id, &offer);
						return weight;
					}
				}
				Item::Request(id) => {
					let open = Requests::<T>::get(id).filter(|it| it.state != RequestState::Closed);
					if let Some(request) = open {
						Self::unschedule_request(*id, &request);
						Self::take_no_more_fills(*id, request, Ending::Blacklisted);
						return weight;
					}
				}
				Item::Trade(_) => (),
			}
		}
		Closing::<T>::remove(tag);
		weight
	}
}
