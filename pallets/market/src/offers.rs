//! Offers: made, sold from, withdrawn, expired.

use crate::{
	agenda::Kind, Book, Config, Error, Event, MarketParameters, NextOffer, Offer, Offers,
	OpenOffers, Pallet, Parameters, Supply, MAX_OFFERS_PER_TAG,
};
use frame_support::ensure;
use sp_runtime::{ArithmeticError, DispatchResult};
use voltree_primitives::{
	Clock, Devices, Directory, IdentityTag, LineId, OfferId, Role, Standing, WattHours,
};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_offer(who: &T::AccountId, supply: Supply<T::AccountId>) -> DispatchResult {
		let tag = T::Standing::ensure_may_open(who, Role::Seller)?;
		let seller = T::Directory::owner_of(who);
		let parameters = MarketParameters::<T>::get();
		let slot = Self::tradable_slot(supply.slot, &parameters)?;
		Self::ensure_supply(&supply, &parameters)?;
		Self::ensure_seller_meter(&tag, &supply)?;
		let count = (tag, supply.line, slot.start);
		let open = OpenOffers::<T>::get(count);
		ensure!(open < MAX_OFFERS_PER_TAG, Error::<T>::TooManyOffers);
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
		OpenOffers::<T>::insert(count, open.saturating_add(1));
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
		ensure!(T::Devices::line_exists(supply.line), Error::<T>::InvalidLine);
		Ok(())
	}

	fn ensure_seller_meter(tag: &IdentityTag, supply: &Supply<T::AccountId>) -> DispatchResult {
		match &supply.meter {
			Some(meter) => Self::ensure_meter(meter, tag, supply.line),
			None => {
				let metered = T::Devices::has_meter(tag, supply.line);
				ensure!(!metered, Error::<T>::MeterRequired);
				Ok(())
			}
		}
	}

	pub(crate) fn ensure_meter(
		meter: &T::AccountId,
		tag: &IdentityTag,
		line: LineId,
	) -> DispatchResult {
		let registered = T::Devices::meter(meter).ok_or(Error::<T>::InvalidMeter)?;
		ensure!(registered.owner == *tag && registered.line == line, Error::<T>::InvalidMeter);
		Ok(())
	}

	/// Take `volume` off an offer. What is left below the market's smallest fill closes it.
	pub(crate) fn sell_from(id: OfferId, mut offer: Offer<T::AccountId>, volume: WattHours) {
		offer.available = offer.available.saturating_sub(volume);
		offer.changed = T::Clock::now();
		if offer.available < MarketParameters::<T>::get().smallest_fill {
			Self::close_offer(id, &offer);
		} else {
			Offers::<T>::insert(id, offer);
		}
	}

	pub(crate) fn do_withdraw_offer(who: &T::AccountId, id: OfferId) -> DispatchResult {
		let offer = Offers::<T>::get(id).ok_or(Error::<T>::OfferNotFound)?;
		ensure!(T::Directory::owner_of(who) == offer.seller, Error::<T>::NotSeller);
		Self::close_offer(id, &offer);
		Ok(())
	}

	fn close_offer(id: OfferId, offer: &Offer<T::AccountId>) {
		let (place, rank) = Self::book_key(id, offer);
		Book::<T>::remove(place, rank);
		Offers::<T>::remove(id);
		Self::unschedule(offer.expires, Kind::Offer, id);
		OpenOffers::<T>::mutate_exists((offer.tag, offer.line, offer.slot.start), |count| {
			*count = count.and_then(|open| open.checked_sub(1)).filter(|open| *open > 0);
		});
		Self::deposit_event(Event::OfferClosed { offer: id, unsold: offer.available });
	}

	/// The deadline of an offer: it has expired.
	pub(crate) fn offer_due(id: OfferId) {
		if let Some(offer) = Offers::<T>::get(id) {
			Self::close_offer(id, &offer);
		}
	}
}
