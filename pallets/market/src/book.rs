//! Delivery slots and the order book: which offers a request may take.

use crate::{
	agenda::Sorted, Book, Config, DeliverySlot, Error, Offer, Offers, Pallet, Parameters, Quote,
	Quotes, Request, MAX_LOOKED_AT, MAX_QUOTES, ROUNDS_PER_WINDOW,
};
use alloc::vec::Vec;
use core::cmp::Reverse;
use frame_support::ensure;
use sp_runtime::DispatchError;
use voltree_primitives::{
	Clock, Credit, DeliverySlots, Moment, OfferId, Person, Price, Role, Standing, WattHours,
};

type AccountIdOf<T> = <T as frame_system::Config>::AccountId;
type QuoteOf<T> = Quote<AccountIdOf<T>>;

impl<T: Config> DeliverySlots for Pallet<T> {
	fn length() -> Moment {
		Self::parameters().delivery_slot
	}
}

impl<T: Config> Pallet<T> {
	/// The slot that starts at `start`, if it can still be traded now.
	pub(crate) fn tradable_slot(
		start: Moment,
		parameters: &Parameters,
	) -> Result<DeliverySlot, DispatchError> {
		let length = parameters.delivery_slot;
		ensure!(start.checked_rem(length) == Some(0), Error::<T>::NotASlot);
		let now = T::Clock::now();
		let gate = start.checked_sub(parameters.lead).ok_or(Error::<T>::TooLate)?;
		ensure!(now <= gate, Error::<T>::TooLate);
		ensure!(start.saturating_sub(now) <= parameters.horizon, Error::<T>::BeyondHorizon);
		let end = start.checked_add(length).ok_or(Error::<T>::BeyondHorizon)?;
		Ok(DeliverySlot { start, end, gate })
	}

	/// A window of the parameters, or three rounds if that is longer.
	pub(crate) fn window(span: Moment, round: Moment) -> Moment {
		span.max(round.saturating_mul(ROUNDS_PER_WINDOW))
	}

	/// The book's key of an offer.
	pub(crate) fn book_key(
		id: OfferId,
		offer: &Offer<T::AccountId>,
	) -> ((Moment, u32), (Sorted<16>, Sorted<8>)) {
		((offer.slot.start, offer.line), (offer.price.into(), id.into()))
	}

	/// Whether `request` may take `offer` at the moment `at`, which is now or the payment date that
	/// has just passed; its volume apart. What decides lies with the offer, its seller and the
	/// request's own limits; line safety is looked at when paying. Returns the seller's credit.
	pub(crate) fn ensure_matches(
		request: &Request<T::AccountId>,
		offer: &Offer<T::AccountId>,
		at: Moment,
	) -> Result<Credit, DispatchError> {
		ensure!(at <= offer.expires, Error::<T>::OfferNotFound);
		ensure!(offer.slot.start == request.slot.start, Error::<T>::OtherSlot);
		ensure!(request.lines.contains(&offer.line), Error::<T>::LineNotAccepted);
		ensure!(offer.tag != request.tag, Error::<T>::SelfTrade);
		ensure!(offer.price <= request.max_price, Error::<T>::TooExpensive);
		ensure!(offer.meter.is_some() || request.unmetered, Error::<T>::UnmeteredNotAccepted);
		let Person { credit, .. } =
			T::Standing::ensure_holder_may_open(&offer.seller, Role::Seller, at)
				.map_err(|_| Error::<T>::SellerNotInGoodStanding)?;
		ensure!(credit >= request.min_credit, Error::<T>::CreditTooLow);
		Ok(credit)
	}

	/// The quotes of `request` as they are now: by price, then credit (higher first), then number;
	/// at most 16 out of the at most 256 cheapest offers of its slot and lines.
	///
	/// The chain makes them, so that nobody can hide or invent one.
	pub fn quotes_of(request: &Request<T::AccountId>) -> Quotes<T::AccountId> {
		Self::look_at_offers(request).0
	}

	/// The quotes of `request`, and how many offers had to be looked at for them.
	pub(crate) fn look_at_offers(request: &Request<T::AccountId>) -> (Quotes<T::AccountId>, u32) {
		let (wanted, now) = (request.wanted(), T::Clock::now());
		let full = usize::try_from(MAX_QUOTES).unwrap_or_default();
		let most = usize::try_from(MAX_LOOKED_AT).unwrap_or_default();
		let (mut quotes, mut looked_at) = (Vec::<QuoteOf<T>>::new(), 0_u32);
		for (price, id) in Self::cheapest_first(request).take(most) {
			// From here on all are dearer than those there are already.
			if quotes.len() >= full && quotes.last().is_some_and(|last| price > last.price) {
				break;
			}
			looked_at = looked_at.saturating_add(1);
			let Some(offer) = Offers::<T>::get(id) else { continue };
			let smallest_fill = Self::smallest_fill_of(&offer);
			if smallest_fill > wanted {
				continue;
			}
			let Ok(credit) = Self::ensure_matches(request, &offer, now) else { continue };
			let Offer { price, available, line, seller, .. } = offer;
			quotes.push(Quote { offer: id, credit, price, available, smallest_fill, line, seller });
		}
		quotes.sort_by_key(|quote| (quote.price, Reverse(quote.credit), quote.offer));
		quotes.truncate(full);
		(Quotes::truncate_from(quotes), looked_at)
	}

	/// Whether there is as much on offer as `request` wants: then nobody waits for more offers.
	pub(crate) fn suffice(quotes: &Quotes<T::AccountId>, request: &Request<T::AccountId>) -> bool {
		let on_offer =
			quotes.iter().fold(0, |sum: WattHours, quote| sum.saturating_add(quote.available));
		on_offer >= request.volume
	}

	/// What an offer accepts at least: its smallest fill, or all that is left of it.
	pub(crate) fn smallest_fill_of(offer: &Offer<T::AccountId>) -> WattHours {
		offer.smallest_fill.min(offer.available)
	}

	/// The offers of the request's slot on its lines, the cheapest first: the lines' books, each
	/// sorted by price already, merged.
	fn cheapest_first(
		request: &Request<T::AccountId>,
	) -> impl Iterator<Item = (Price, OfferId)> + '_ {
		let mut books = request
			.lines
			.iter()
			.map(|line| Book::<T>::iter_key_prefix((request.slot.start, *line)).peekable())
			.collect::<Vec<_>>();
		core::iter::from_fn(move || {
			let heads = books.iter_mut().filter_map(|book| Some((*book.peek()?, book)));
			let ((price, id), book) = heads.min_by_key(|(head, _)| *head)?;
			let _taken = book.next();
			Some((price.into(), id.into()))
		})
	}

	/// Open offers of a slot and line, the cheapest first, at most 256.
	pub fn offers_of(slot: Moment, line: u32) -> Vec<(OfferId, Offer<T::AccountId>)> {
		Book::<T>::iter_key_prefix((slot, line))
			.take(usize::try_from(MAX_LOOKED_AT).unwrap_or_default())
			.filter_map(|(_, id)| {
				let id = OfferId::from(id);
				Offers::<T>::get(id).map(|offer| (id, offer))
			})
			.collect()
	}
}
