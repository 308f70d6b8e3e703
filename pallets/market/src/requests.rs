//! Requests: made, answered, cancelled, expired, ended.

use crate::{
	agenda::Kind, Config, Demand, Ending, Error, Event, Judged, MarketParameters, NextRequest,
	Offers, Pallet, Parameters, Request, RequestState, Requests, Responses, ROUNDS_PER_WINDOW,
};
use frame_support::ensure;
use sp_runtime::{
	traits::{UniqueSaturatedInto, Zero},
	ArithmeticError, DispatchResult,
};
use voltree_primitives::{
	Balance, Cause, Clock, Credibility, Devices, Directory, Escrow, IdentityTag, LineSafety,
	Moment, RequestId, Role, Standing, WattHours, FEWEST_OWNERS,
};

impl<AccountId> Request<AccountId> {
	/// Energy wanted that is not paid for yet, in Wh.
	pub fn wanted(&self) -> WattHours {
		self.volume.saturating_sub(self.filled)
	}

	/// The grace between `pay_by` and `late_by`.
	pub fn grace(&self) -> Moment {
		self.round.saturating_mul(ROUNDS_PER_WINDOW)
	}
}

impl<T: Config> Pallet<T> {
	pub(crate) fn do_request(
		who: &T::AccountId,
		demand: Demand<T::AccountId>,
		key: T::AccountId,
		funding: Balance,
	) -> DispatchResult {
		let tag = T::Standing::ensure_may_open(who, Role::Buyer)?;
		let buyer = T::Directory::owner_of(who);
		let parameters = MarketParameters::<T>::get();
		let slot = Self::tradable_slot(demand.slot, &parameters)?;
		Self::ensure_demand(&tag, &demand, &parameters)?;
		ensure!(!T::Directory::wealth(&buyer).is_zero(), Error::<T>::NoFunds);

		let (now, round) = (T::Clock::now(), T::Clock::round());
		let grace = round.saturating_mul(ROUNDS_PER_WINDOW);
		let to_pay = Self::window(parameters.pay_period, round).saturating_add(grace);
		let collected = now.saturating_add(Self::window(parameters.offer_window, round));
		let respond_by = slot.gate.checked_sub(to_pay).ok_or(Error::<T>::TooCloseToGate)?;
		ensure!(collected <= respond_by, Error::<T>::TooCloseToGate);

		let id = NextRequest::<T>::get();
		NextRequest::<T>::put(id.checked_add(1).ok_or(ArithmeticError::Overflow)?);
		T::Escrow::open(id, &buyer, &key)?;
		if !funding.is_zero() {
			T::Escrow::fund(id, funding)?;
		}
		let request = Request {
			buyer: buyer.clone(),
			tag,
			volume: demand.volume,
			filled: 0,
			lines: demand.lines.clone(),
			slot,
			max_price: demand.max_price,
			min_credit: demand.min_credit,
			meter: demand.meter.clone(),
			opened: now,
			collect_until: collected,
			round,
			fills: 0,
			unsettled: 0,
			state: RequestState::Open { respond_by },
		};
		Requests::<T>::insert(id, request);
		Self::schedule(respond_by, Kind::Request, id);
		Self::deposit_event(Event::Requested { request: id, buyer, tag, demand });
		Ok(())
	}

	fn ensure_demand(
		tag: &IdentityTag,
		demand: &Demand<T::AccountId>,
		parameters: &Parameters,
	) -> DispatchResult {
		ensure!(demand.volume >= parameters.smallest_fill, Error::<T>::InvalidVolume);
		ensure!(
			(parameters.price_floor..=parameters.price_cap).contains(&demand.max_price),
			Error::<T>::PriceOutOfRange
		);
		let own = demand.lines.first().ok_or(Error::<T>::InvalidLine)?;
		for (index, line) in demand.lines.iter().enumerate() {
			let repeated = demand.lines.iter().take(index).any(|earlier| earlier == line);
			ensure!(!repeated && T::Devices::line_exists(*line), Error::<T>::InvalidLine);
		}
		if let Some(meter) = &demand.meter {
			Self::ensure_meter(meter, tag, *own)?;
		}
		Ok(())
	}

	pub(crate) fn do_respond(
		id: RequestId,
		token: <T::Escrow as Escrow<T::AccountId>>::SignedToken,
	) -> DispatchResult {
		let mut request = Requests::<T>::get(id).ok_or(Error::<T>::RequestNotFound)?;
		let RequestState::Open { respond_by } = request.state else {
			return Err(Error::<T>::AlreadyResponded.into());
		};
		let now = T::Clock::now();
		ensure!(now <= respond_by, Error::<T>::TooLate);
		let quotes = Self::quotes_of(&request);
		let on_offer =
			quotes.iter().fold(0, |sum: WattHours, quote| sum.saturating_add(quote.available));
		ensure!(now >= request.collect_until || on_offer >= request.volume, Error::<T>::TooEarly);

		let certified = T::Escrow::certify(id, token, request.volume)?;
		let earliest = now.saturating_add(Self::pay_period_of(&request));
		let pay_by = certified.pay_by;
		let late_by = pay_by.saturating_add(request.grace());
		ensure!(
			pay_by >= earliest && late_by <= request.slot.gate && late_by <= certified.valid_until,
			Error::<T>::InvalidTerms
		);

		request.state = RequestState::Responded { at: now, pay_by, late_by, counted: false };
		Self::unschedule(respond_by, Kind::Request, id);
		Self::schedule(pay_by, Kind::Request, id);
		Requests::<T>::insert(id, request);
		let count = quotes.len().unique_saturated_into();
		Responses::<T>::insert(id, quotes);
		Self::deposit_event(Event::Responded { request: id, quotes: count, pay_by, late_by });
		Ok(())
	}

	/// The payment date and the end of the validity that a first token for `request` would state
	/// now: the pay period, and up to a grace more for the time it is under way.
	pub fn terms_of(request: &Request<T::AccountId>) -> (Moment, Moment) {
		let period = Self::pay_period_of(request);
		let wanted = T::Clock::now().saturating_add(period).saturating_add(request.grace());
		let latest = request.slot.gate.saturating_sub(request.grace());
		(wanted.min(latest), request.slot.gate)
	}

	/// The pay period that `request` was made under: what it leaves between `respond_by` and the
	/// latest payment date. Once there was a response it is of no more use.
	fn pay_period_of(request: &Request<T::AccountId>) -> Moment {
		let RequestState::Open { respond_by } = request.state else { return 0 };
		request.slot.gate.saturating_sub(request.grace()).saturating_sub(respond_by)
	}

	/// When the next deadline of a request is, if it has one.
	pub(crate) fn request_deadline(
		id: RequestId,
		request: &Request<T::AccountId>,
	) -> Option<Moment> {
		match request.state {
			RequestState::Open { respond_by } => Some(respond_by),
			RequestState::Responded { late_by, .. } if Judged::<T>::contains_key(id) => {
				Some(late_by)
			}
			RequestState::Responded { pay_by, .. } => Some(pay_by),
			RequestState::Closed => None,
		}
	}

	pub(crate) fn unschedule_request(id: RequestId, request: &Request<T::AccountId>) {
		if let Some(due) = Self::request_deadline(id, request) {
			Self::unschedule(due, Kind::Request, id);
		}
	}

	pub(crate) fn do_cancel_request(who: &T::AccountId, id: RequestId) -> DispatchResult {
		let request = Requests::<T>::get(id).ok_or(Error::<T>::RequestNotFound)?;
		ensure!(T::Directory::owner_of(who) == request.buyer, Error::<T>::NotBuyer);
		ensure!(request.state != RequestState::Closed, Error::<T>::RequestClosed);
		Self::unschedule_request(id, &request);
		match request.state {
			RequestState::Open { .. } => Self::end_request(id, Ending::Cancelled),
			_ => Self::take_no_more_fills(id, request),
		}
		Ok(())
	}

	/// The deadline of a request: nobody responded in time, the payment date has passed, or the
	/// grace after it.
	pub(crate) fn request_due(id: RequestId) {
		let Some(request) = Requests::<T>::get(id) else { return };
		match request.state {
			RequestState::Open { .. } => Self::end_request(id, Ending::NoResponse),
			RequestState::Responded { late_by, .. } if !Judged::<T>::contains_key(id) => {
				// What stood until now decides, even if it is gone when the grace ends.
				Judged::<T>::insert(id, Self::smallest_eligible(id, &request));
				Self::schedule(late_by, Kind::Request, id);
			}
			RequestState::Responded { .. } => Self::take_no_more_fills(id, request),
			RequestState::Closed => (),
		}
	}

	/// Close a request that was responded to. Without any fill, decide whether it was the buyer's
	/// fault, and end it; otherwise its trades end it.
	pub(crate) fn take_no_more_fills(id: RequestId, mut request: Request<T::AccountId>) {
		if request.fills.is_zero() {
			let eligible =
				Judged::<T>::get(id).unwrap_or_else(|| Self::smallest_eligible(id, &request));
			let ending = match eligible {
				Some(volume) => {
					T::Credibility::untimely(&request.tag, volume, Cause::NotPaid);
					Ending::NotPaid
				}
				None => Ending::NothingToPay,
			};
			Self::end_request(id, ending);
		} else if request.unsettled.is_zero() {
			Self::end_request(id, Ending::Settled);
		} else {
			request.state = RequestState::Closed;
			Requests::<T>::insert(id, request);
			Judged::<T>::remove(id);
		}
	}

	/// The smallest fill that the buyer could have paid: the smallest of the eligible quotes. `None`
	/// where he has paid, or could not.
	///
	/// A quote is eligible if its offer stood unchanged from the response until now, or until the
	/// payment date that has just passed, and nothing on the seller's, the management centre's or
	/// the lines' side would have refused the payment.
	fn smallest_eligible(id: RequestId, request: &Request<T::AccountId>) -> Option<WattHours> {
		let RequestState::Responded { pay_by, .. } = request.state else { return None };
		if !request.fills.is_zero() {
			return None;
		}
		let at = T::Clock::now().min(pay_by);
		Responses::<T>::get(id)
			.iter()
			.filter_map(|quote| Offers::<T>::get(quote.offer).map(|offer| (quote, offer)))
			.filter(|(quote, offer)| offer.available == quote.available)
			.map(|(_, offer)| offer)
			.filter(|offer| Self::ensure_matches(request, offer, at).is_ok())
			.filter(|offer| Self::has_enough_owners(request, &offer.tag, offer.line))
			.map(|offer| Self::smallest_fill_of(&offer))
			.min()
	}

	/// Whether enough owners of sensors other than the two parties watch both lines.
	pub(crate) fn has_enough_owners(
		request: &Request<T::AccountId>,
		seller: &IdentityTag,
		seller_line: u32,
	) -> bool {
		let parties = [request.tag, *seller];
		let watched = |line| T::LineSafety::owners(line, &parties) >= FEWEST_OWNERS;
		request.lines.first().is_some_and(|own| watched(*own)) && watched(seller_line)
	}

	/// A fill of request `id` has been settled. The last one of a closed request ends it.
	pub(crate) fn fill_settled(id: RequestId) {
		let Some(mut request) = Requests::<T>::get(id) else { return };
		request.unsettled = request.unsettled.saturating_sub(1);
		if request.unsettled.is_zero() && request.state == RequestState::Closed {
			Self::end_request(id, Ending::Settled);
		} else {
			Requests::<T>::insert(id, request);
		}
	}

	fn end_request(id: RequestId, ending: Ending) {
		Requests::<T>::remove(id);
		Responses::<T>::remove(id);
		Judged::<T>::remove(id);
		T::Escrow::close(id);
		Self::deposit_event(Event::RequestEnded { request: id, ending });
	}
}
