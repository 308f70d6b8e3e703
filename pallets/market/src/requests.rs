//! Requests: made, answered, cancelled, expired, ended.

use crate::{
	agenda::Kind, parameters::Rules, Config, Demand, Ending, Error, Event, Item, Judged, Missed,
	NextRequest, Offers, Pallet, Parameters, Quoted, Request, RequestState, Requests, WeightInfo,
	ROUNDS_PER_WINDOW,
};
use alloc::vec::Vec;
use frame_support::{dispatch::DispatchResultWithPostInfo, ensure, weights::Weight, BoundedVec};
use sp_runtime::{
	traits::{UniqueSaturatedInto, Zero},
	ArithmeticError, DispatchResult,
};
use voltree_primitives::{
	Balance, Cause, Clock, Credibility, Devices, Directory, Escrow, IdentityTag, LineSafety,
	Moment, Person, RequestId, Role, Standing, WattHours, FEWEST_OWNERS,
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
	) -> DispatchResultWithPostInfo {
		let Person { tag, credit } = T::Standing::ensure_may_open(who, Role::Buyer)?;
		let buyer = T::Directory::owner_of(who);
		let (version, parameters) = Self::rules();
		let slot = Self::tradable_slot(demand.slot, &parameters)?;
		Self::ensure_demand(&tag, &demand, &parameters)?;
		let wallets = T::Directory::money_behind(&buyer).ok_or(Error::<T>::NoFunds)?;

		let (now, round) = (T::Clock::now(), T::Clock::round());
		let grace = round.saturating_mul(ROUNDS_PER_WINDOW);
		let to_pay = Self::window(parameters.pay_period, round).saturating_add(grace);
		let collected = now.saturating_add(Self::window(parameters.offer_window, round));
		let respond_by = slot.gate.checked_sub(to_pay).ok_or(Error::<T>::TooCloseToGate)?;
		ensure!(collected <= respond_by, Error::<T>::TooCloseToGate);

		let id = NextRequest::<T>::get();
		NextRequest::<T>::put(id.checked_add(1).ok_or(ArithmeticError::Overflow)?);
		let most = parameters.most_open(credit);
		Self::open_on_desk(&tag, Item::Request(id), demand.volume, most)?;
		let terms = T::Credibility::terms();
		T::Escrow::bond(&buyer, terms.smallest_fine)?;
		T::Escrow::open(id, &buyer, &key, funding)?;
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
			unmetered: demand.unmetered,
			version,
			terms,
			bond: terms.smallest_fine,
			opened: now,
			collect_until: collected,
			round,
			fills: 0,
			unsettled: 0,
			seen: now,
			state: RequestState::Open { respond_by },
			quoted: BoundedVec::new(),
		};
		Requests::<T>::insert(id, request);
		Self::schedule(respond_by, Kind::Request, id);
		Self::deposit_event(Event::Requested { request: id, buyer, tag, demand });
		Ok(Some(T::WeightInfo::request(wallets)).into())
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
	) -> DispatchResultWithPostInfo {
		let mut request = Self::request_now(id).ok_or(Error::<T>::RequestNotFound)?;
		let RequestState::Open { respond_by } = request.state else {
			return Err(Error::<T>::AlreadyResponded.into());
		};
		let now = T::Clock::now();
		ensure!(now <= respond_by, Error::<T>::TooLate);
		let (quotes, looked_at) = Self::look_at_offers(&request);
		ensure!(
			now >= request.collect_until || Self::suffice(&quotes, &request),
			Error::<T>::TooEarly
		);

		let certified = T::Escrow::certify(id, token, request.volume)?;
		let earliest = now.saturating_add(Self::pay_period_of(&request));
		let pay_by = certified.pay_by;
		let late_by = pay_by.saturating_add(request.grace());
		ensure!(
			// The token holds until the gate: an outage may move the dates up to it.
			pay_by >= earliest
				&& late_by <= request.slot.gate
				&& request.slot.gate <= certified.valid_until,
			Error::<T>::InvalidTerms
		);

		request.state = RequestState::Responded { at: now, pay_by, late_by, counted: false };
		Self::unschedule(respond_by, Kind::Request, id);
		Self::schedule(pay_by, Kind::Request, id);
		request.quoted = Quoted::all(&quotes);
		Requests::<T>::insert(id, request);
		let count = quotes.len().unique_saturated_into();
		Self::deposit_event(Event::Responded { request: id, quotes: count, pay_by, late_by });
		Ok(Some(T::WeightInfo::respond(looked_at)).into())
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
			RequestState::Responded { pay_by, late_by, .. }
				if T::Clock::now() > pay_by && Judged::<T>::contains_key(id) =>
			{
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
		let request = Self::request_now(id).ok_or(Error::<T>::RequestNotFound)?;
		ensure!(Self::acts_for(who, &request.buyer), Error::<T>::NotBuyer);
		ensure!(request.state != RequestState::Closed, Error::<T>::RequestClosed);
		Self::unschedule_request(id, &request);
		match request.state {
			RequestState::Open { .. } => Self::end_request(id, &request, Ending::Cancelled),
			// It would expire at its payment date without anybody's fault.
			RequestState::Responded { late_by, .. } if late_by > request.slot.gate => {
				Self::take_no_more_fills(id, request, Ending::Outage);
			}
			_ => Self::take_no_more_fills(id, request, Ending::NotPaid),
		}
		Ok(())
	}

	/// The deadline of a request: nobody responded in time, the payment date has passed, or the
	/// grace after it. Returns the weight of what follows.
	pub(crate) fn request_due(id: RequestId, request: Request<T::AccountId>) -> Weight {
		match request.state {
			RequestState::Open { .. } => Self::end_request(id, &request, Ending::NoResponse),
			RequestState::Responded { late_by, .. } if late_by > request.slot.gate => {
				// An outage has moved its last moment behind the gate: nobody is to blame.
				Self::take_no_more_fills(id, request, Ending::Outage);
			}
			RequestState::Responded { late_by, .. } if !Judged::<T>::contains_key(id) => {
				// What stood until now decides, even if it is gone when the grace ends.
				Judged::<T>::insert(id, Self::smallest_eligible(&request));
				Self::schedule(late_by, Kind::Request, id);
				return T::WeightInfo::entry_judged();
			}
			RequestState::Responded { .. } => {
				Self::take_no_more_fills(id, request, Ending::NotPaid);
			}
			RequestState::Closed => (),
		}
		T::WeightInfo::entry_not_paid()
	}

	/// Close a request to further fills. If it has none that are not settled, it ends, for `reason`
	/// where it had no fill at all; not paid is only the buyer's fault if he could have.
	pub(crate) fn take_no_more_fills(
		id: RequestId,
		mut request: Request<T::AccountId>,
		reason: Ending,
	) {
		if request.fills.is_zero() {
			let ending = match reason {
				Ending::NotPaid => Self::judge(id, &mut request),
				other => other,
			};
			Self::end_request(id, &request, ending);
		} else if request.unsettled.is_zero() {
			Self::end_request(id, &request, Ending::Settled);
		} else {
			Self::close_on_desk(&request.tag, None, request.wanted());
			Self::forget_judgement(id, &request);
			request.state = RequestState::Closed;
			Requests::<T>::insert(id, request);
		}
	}

	/// Forget what was judged, if anything can have been: that is after the payment date, which does
	/// not move any more then.
	fn forget_judgement(id: RequestId, request: &Request<T::AccountId>) {
		if matches!(request.state, RequestState::Responded { pay_by, .. } if T::Clock::now() > pay_by)
		{
			Judged::<T>::remove(id);
		}
	}

	/// Whether it is the buyer's fault that his request was not paid.
	fn judge(id: RequestId, request: &mut Request<T::AccountId>) -> Ending {
		let missed = Judged::<T>::get(id).unwrap_or_else(|| Self::smallest_eligible(request));
		let Some(Missed { volume, price }) = missed else { return Ending::NothingToPay };
		let terms = request.terms;
		Self::blame_buyer(request, Cause::NotPaid, volume, price, &terms);
		Ending::NotPaid
	}

	/// The smallest fill that the buyer could have paid: the smallest of the eligible quotes. `None`
	/// where he has paid, or could not.
	///
	/// A quote is eligible if its offer stood unchanged from the response until now, or until the
	/// payment date that has just passed, and nothing on the seller's, the management centre's or
	/// the lines' side would have refused the payment.
	fn smallest_eligible(request: &Request<T::AccountId>) -> Option<Missed> {
		let RequestState::Responded { pay_by, .. } = request.state else { return None };
		if !request.fills.is_zero() {
			return None;
		}
		let at = T::Clock::now().min(pay_by);
		let rules = Self::rules_now();
		let mut unchanged = request
			.quoted
			.iter()
			.filter_map(|quote| Offers::<T>::get(quote.offer).map(|offer| (quote, offer)))
			.filter(|(quote, offer)| offer.available == quote.available)
			.map(|(_, offer)| (Self::smallest_fill_of(&offer), offer))
			.collect::<Vec<_>>();
		// The first that could have been paid decides: what speaks against one takes time to find out.
		unchanged.sort_by_key(|(volume, _)| *volume);
		unchanged
			.into_iter()
			.find(|(volume, offer)| {
				Self::ensure_matches(request, offer, at).is_ok()
					&& Self::ensure_possible(request, offer, *volume, &rules).is_ok()
			})
			.map(|(volume, offer)| Missed { volume, price: offer.price })
	}

	/// Fails unless a fill of `volume` Wh is possible as far as the seller, the lines and their
	/// sensors are concerned: nothing of this is the buyer's fault.
	pub(crate) fn ensure_possible(
		request: &Request<T::AccountId>,
		offer: &crate::Offer<T::AccountId>,
		volume: WattHours,
		rules: &Rules,
	) -> DispatchResult {
		ensure!(
			Self::has_enough_owners(request, &offer.tag, offer.line),
			Error::<T>::TooFewSensors
		);
		let taken_at = request.lines.first().copied().unwrap_or(offer.line);
		ensure!(
			Self::fits_into_lines(offer.line, taken_at, &offer.slot, volume),
			Error::<T>::ExceedsLineCapacity
		);
		ensure!(Self::has_room_for_trade(&offer.tag), Error::<T>::SellerDeskFull);
		let bond = rules
			.terms
			.seller_bond(volume, offer.price, rules.parameters.price_cap)
			.ok_or(ArithmeticError::Overflow)?;
		ensure!(T::Escrow::can_bond(&offer.seller, bond), Error::<T>::SellerWithoutBond);
		Ok(())
	}

	/// Whether enough owners of sensors other than the two parties watch both lines.
	pub(crate) fn has_enough_owners(
		request: &Request<T::AccountId>,
		seller: &IdentityTag,
		seller_line: u32,
	) -> bool {
		let parties = [request.tag, *seller];
		let watched = |line| T::LineSafety::owners(line, &parties) >= FEWEST_OWNERS;
		let own = request.lines.first().copied();
		own.is_some_and(|own| watched(own) && (own == seller_line || watched(seller_line)))
	}

	/// A fill of request `id` has been settled. The last one of a closed request ends it.
	pub(crate) fn fill_settled(id: RequestId) {
		let Some(mut request) = Requests::<T>::get(id) else { return };
		request.unsettled = request.unsettled.saturating_sub(1);
		if request.unsettled.is_zero() && request.state == RequestState::Closed {
			Self::end_request(id, &request, Ending::Settled);
		} else {
			Requests::<T>::insert(id, request);
		}
	}

	/// Forget a request: what is left of the bond and of the shared wallet goes back to the buyer.
	fn end_request(id: RequestId, request: &Request<T::AccountId>, ending: Ending) {
		Requests::<T>::remove(id);
		Self::forget_judgement(id, request);
		// What a closed request wanted was taken off the desk when it closed.
		let open = match request.state {
			RequestState::Closed => 0,
			_ => request.wanted(),
		};
		Self::close_on_desk(&request.tag, Some(Item::Request(id)), open);
		T::Escrow::unbond(&request.buyer, &request.tag, request.bond);
		T::Escrow::close(id, &request.tag);
		Self::deposit_event(Event::RequestEnded { request: id, ending });
	}
}
