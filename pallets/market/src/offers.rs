//! Offers: made, sold from, withdrawn, expired.

use crate::{
	agenda::Kind, Book, Config, Error, Event, Item, NextOffer, Offer, Offers, Pallet, Parameters,
	Supply,
};
use frame_support::ensure;
use sp_runtime::{ArithmeticError, DispatchError, DispatchResult};
use voltree_primitives::{
	Clock, Devices, Directory, IdentityTag, LineId, LineSafety, OfferId, Person, Role, Standing,
	WattHours, Watts,
};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_offer(who: &T::AccountId, supply: Supply<T::AccountId>) -> DispatchResult {
		let Person { tag, credit } = T::Standing::ensure_may_open(who, Role::Seller)?;
		let seller = T::Directory::owner_of(who);
		let parameters = Self::parameters();
		let slot = Self::tradable_slot(supply.slot, &parameters)?;
		Self::ensure_supply(&supply, &parameters)?;
		Self::ensure_line_can_feed(supply.line, &slot, supply.volume)?;
		let rated_power = Self::ensure_seller_meter(&tag, &supply, &parameters)?;
		ensure!(T::LineSafety::takes_offers(supply.line), Error::<T>::LineClosed);
		let now = T::Clock::now();
		let expires = supply.expires.unwrap_or(slot.gate).min(slot.gate);
		ensure!(now <= expires, Error::<T>::TooLate);

		let id = NextOffer::<T>::get();
		NextOffer::<T>::put(id.checked_add(1).ok_or(ArithmeticError::Overflow)?);
		let offer = Offer {
			seller: seller.clone(),
			tag,
			available: supply.volume,
			price: supply.price,
			line: supply.line,
			slot,
			smallest_fill: supply.smallest_fill,
			expires,
			meter: supply.meter.clone(),
			changed: now,
		};
		if let Some(meter) = &offer.meter {
			Self::promise(meter, &slot, offer.available, rated_power)?;
		}
		let most = parameters.most_open(credit);
		Self::open_on_desk(&tag, Self::offer_item(id, &offer), offer.available, most)?;
		let (place, rank) = Self::book_key(id, &offer);
		Book::<T>::insert(place, rank, ());
		Offers::<T>::insert(id, offer);
		Self::schedule(expires, Kind::Offer, id);
		Self::deposit_event(Event::Offered { offer: id, seller, tag, supply });
		Ok(())
	}

	fn ensure_supply(supply: &Supply<T::AccountId>, parameters: &Parameters) -> DispatchResult {
		ensure!(
			supply.smallest_fill >= parameters.smallest_fill
				&& supply.smallest_fill <= supply.volume,
			Error::<T>::InvalidVolume
		);
		ensure!(
			(parameters.price_floor..=parameters.price_cap).contains(&supply.price),
			Error::<T>::PriceOutOfRange
		);
		Ok(())
	}

	/// Fails unless the seller may sell like this. Returns the rated power of his meter, if he has one.
	fn ensure_seller_meter(
		tag: &IdentityTag,
		supply: &Supply<T::AccountId>,
		parameters: &Parameters,
	) -> Result<Watts, DispatchError> {
		match &supply.meter {
			Some(meter) => Self::ensure_meter(meter, tag, supply.line),
			None => {
				let metered = T::Devices::has_meter(tag, supply.line);
				ensure!(!metered, Error::<T>::MeterRequired);
				ensure!(
					supply.volume <= parameters.largest_unmetered,
					Error::<T>::TooLargeUnmetered
				);
				Ok(0)
			}
		}
	}

	fn offer_item(id: OfferId, offer: &Offer<T::AccountId>) -> Item {
		Item::Offer { id, line: offer.line, slot: offer.slot.start }
	}

	/// Fails unless `meter` is one of `tag` on `line`. Returns its rated power.
	pub(crate) fn ensure_meter(
		meter: &T::AccountId,
		tag: &IdentityTag,
		line: LineId,
	) -> Result<Watts, DispatchError> {
		let registered = T::Devices::meter(meter).ok_or(Error::<T>::InvalidMeter)?;
		ensure!(registered.owner == *tag && registered.line == line, Error::<T>::InvalidMeter);
		Ok(registered.rated_power)
	}

	/// Take `volume` off an offer. What is left below `least`, the market's smallest fill, closes it.
	pub(crate) fn sell_from(
		id: OfferId,
		mut offer: Offer<T::AccountId>,
		volume: WattHours,
		least: WattHours,
	) {
		offer.available = offer.available.saturating_sub(volume);
		offer.changed = T::Clock::now();
		if offer.available < least {
			Self::close_offer(id, &offer);
		} else {
			Offers::<T>::insert(id, offer);
		}
	}

	pub(crate) fn do_withdraw_offer(who: &T::AccountId, id: OfferId) -> DispatchResult {
		let offer = Offers::<T>::get(id).ok_or(Error::<T>::OfferNotFound)?;
		ensure!(Self::acts_for(who, &offer.seller), Error::<T>::NotSeller);
		Self::close_offer(id, &offer);
		Ok(())
	}

	pub(crate) fn close_offer(id: OfferId, offer: &Offer<T::AccountId>) {
		let (place, rank) = Self::book_key(id, offer);
		Book::<T>::remove(place, rank);
		Offers::<T>::remove(id);
		Self::unschedule(offer.expires, Kind::Offer, id);
		if let Some(meter) = &offer.meter {
			Self::change_promises(meter, &offer.slot, |promises| {
				promises.promised = promises.promised.saturating_sub(offer.available);
			});
		}
		Self::close_on_desk(&offer.tag, Some(Self::offer_item(id, offer)), offer.available);
		Self::deposit_event(Event::OfferClosed { offer: id, unsold: offer.available });
	}

	/// The deadline of an offer: it has expired.
	pub(crate) fn offer_due(id: OfferId) {
		if let Some(offer) = Offers::<T>::get(id) {
			Self::close_offer(id, &offer);
		}
	}
}
