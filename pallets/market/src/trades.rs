//! Trades: paid, started, billed, confirmed.

use crate::{
	agenda::Kind, Attested, Config, Deadlines, Error, Event, MarketParameters, MeterSlots,
	NextTrade, Offer, Offers, Outcome, Pallet, Party, Request, RequestState, Requests, Trade,
	TradeState, Trades, MAX_FILLS,
};
use frame_support::ensure;
use sp_runtime::{ArithmeticError, DispatchResult};
use voltree_primitives::{
	Cause, Clock, Credibility, Directory, Escrow, LineSafety, Moment, OfferId, RequestId, Role,
	Standing, TradeId, Verdict, WattHours,
};

impl<AccountId> Trade<AccountId> {
	/// The tags of both parties, whose own sensors have no say in this trade.
	pub fn tags(&self) -> [voltree_primitives::IdentityTag; 2] {
		[self.buyer.tag, self.seller.tag]
	}

	/// The lines where the power is taken and fed in.
	pub fn lines(&self) -> [voltree_primitives::LineId; 2] {
		[self.buyer.line, self.seller.line]
	}
}

impl<T: Config> Pallet<T> {
	pub(crate) fn do_pay(
		who: &T::AccountId,
		request_id: RequestId,
		offer_id: OfferId,
		volume: WattHours,
	) -> DispatchResult {
		let mut request = Requests::<T>::get(request_id).ok_or(Error::<T>::RequestNotFound)?;
		let (pay_by, late_by) = match request.state {
			RequestState::Open { .. } => return Err(Error::<T>::NotResponded.into()),
			RequestState::Closed => return Err(Error::<T>::RequestClosed.into()),
			RequestState::Responded { pay_by, late_by, .. } => (pay_by, late_by),
		};
		let owner = T::Escrow::ensure_payer(request_id, who)?;
		T::Standing::ensure_may_open(&owner, Role::Buyer)?;
		let now = T::Clock::now();
		ensure!(now <= late_by, Error::<T>::TooLate);
		ensure!(request.fills < MAX_FILLS, Error::<T>::TooManyFills);
		let offer = Offers::<T>::get(offer_id).ok_or(Error::<T>::OfferNotFound)?;
		Self::ensure_matches(&request, &offer, now)?;
		Self::ensure_fill(&request, &offer, volume)?;
		ensure!(
			Self::has_enough_owners(&request, &offer.tag, offer.line),
			Error::<T>::TooFewSensors
		);
		let amount =
			voltree_primitives::amount(volume, offer.price).ok_or(ArithmeticError::Overflow)?;
		T::Escrow::lock(request_id, amount)?;

		let id = NextTrade::<T>::get();
		NextTrade::<T>::put(id.checked_add(1).ok_or(ArithmeticError::Overflow)?);
		let late = now > pay_by;
		Self::count_payment(&mut request, volume, late);
		request.filled = request.filled.saturating_add(volume);
		request.fills = request.fills.saturating_add(1);
		request.unsettled = request.unsettled.saturating_add(1);
		let trade = Self::new_trade(request_id, &request, offer_id, &offer, volume, amount);
		Self::schedule(trade.slot.end, Kind::Trade, id);
		if let Some(meter) = &trade.meter {
			MeterSlots::<T>::mutate((meter, trade.slot.start), |slot| {
				slot.waiting = slot.waiting.saturating_add(1);
			});
		}
		Trades::<T>::insert(id, trade);
		Self::sell_from(offer_id, offer, volume);
		Self::deposit_event(Event::Paid {
			trade: id,
			request: request_id,
			offer: offer_id,
			volume,
			amount,
			late,
		});
		Self::after_fill(request_id, request);
		Ok(())
	}

	/// Both sides accept partial fills, none below the market's smallest one.
	fn ensure_fill(
		request: &Request<T::AccountId>,
		offer: &Offer<T::AccountId>,
		volume: WattHours,
	) -> DispatchResult {
		let smallest = Self::smallest_fill_of(offer)
			.max(MarketParameters::<T>::get().smallest_fill.min(offer.available));
		let fits = volume >= smallest && volume <= offer.available && volume <= request.wanted();
		ensure!(fits, Error::<T>::InvalidVolume);
		Ok(())
	}

	/// The first fill decides, once, whether the request was paid in time.
	fn count_payment(request: &mut Request<T::AccountId>, volume: WattHours, late: bool) {
		let RequestState::Responded { counted, .. } = &mut request.state else { return };
		if !core::mem::replace(counted, true) {
			if late {
				T::Credibility::untimely(&request.tag, volume, Cause::PaidLate);
			} else {
				T::Credibility::timely(&request.tag, Cause::PaidInTime);
			}
		}
	}

	fn new_trade(
		request_id: RequestId,
		request: &Request<T::AccountId>,
		offer_id: OfferId,
		offer: &Offer<T::AccountId>,
		volume: WattHours,
		locked: voltree_primitives::Balance,
	) -> Trade<T::AccountId> {
		let parameters = MarketParameters::<T>::get();
		let after = |moment: Moment, span| moment.saturating_add(Self::window(span, request.round));
		let meter_by = after(offer.slot.end, parameters.meter_window);
		let bill_by = after(meter_by, parameters.bill_window);
		let confirm_by = after(bill_by, parameters.confirm_window);
		let rule_by = after(confirm_by, parameters.rule_window);
		// A request without lines is refused when it is made.
		let taken_at = request.lines.first().copied().unwrap_or(offer.line);
		Trade {
			request: request_id,
			offer: offer_id,
			buyer: Party { account: request.buyer.clone(), tag: request.tag, line: taken_at },
			seller: Party { account: offer.seller.clone(), tag: offer.tag, line: offer.line },
			meter: offer.meter.clone(),
			volume,
			price: offer.price,
			locked,
			slot: offer.slot,
			paid: T::Clock::now(),
			round: request.round,
			deadlines: Deadlines { meter_by, bill_by, confirm_by, rule_by },
			tolerance: parameters.tolerance,
			state: TradeState::Paid,
		}
	}

	/// A request that wants less than a fill can be takes no more.
	fn after_fill(id: RequestId, request: Request<T::AccountId>) {
		if request.wanted() < MarketParameters::<T>::get().smallest_fill {
			Self::unschedule_request(id, &request);
			Self::take_no_more_fills(id, request);
		} else {
			Requests::<T>::insert(id, request);
		}
	}

	pub(crate) fn do_start(who: &T::AccountId, id: TradeId) -> DispatchResult {
		let mut trade = Trades::<T>::get(id).ok_or(Error::<T>::TradeNotFound)?;
		ensure!(T::Directory::owner_of(who) == trade.seller.account, Error::<T>::NotSeller);
		ensure!(trade.state == TradeState::Paid, Error::<T>::AlreadyStarted);
		let now = T::Clock::now();
		ensure!(now >= trade.slot.gate, Error::<T>::TooEarly);
		ensure!(now <= trade.slot.end, Error::<T>::TooLate);
		let parties = trade.tags();
		let safe = |line| T::LineSafety::verdict(line, &parties) == Verdict::Safe;
		ensure!(trade.lines().into_iter().all(safe), Error::<T>::LineUnsafe);
		trade.state = TradeState::Started { at: now };
		Trades::<T>::insert(id, trade);
		Self::deposit_event(Event::Started { trade: id });
		Ok(())
	}

	pub(crate) fn do_bill(
		who: &T::AccountId,
		id: TradeId,
		billed: WattHours,
		payee: T::AccountId,
	) -> DispatchResult {
		let mut trade = Trades::<T>::get(id).ok_or(Error::<T>::TradeNotFound)?;
		ensure!(T::Directory::owner_of(who) == trade.seller.account, Error::<T>::NotSeller);
		let delivery = match trade.state {
			TradeState::Paid => return Err(Error::<T>::NotStarted.into()),
			TradeState::Started { .. } => return Err(Error::<T>::TooEarly.into()),
			TradeState::Billed { .. } => return Err(Error::<T>::AlreadyBilled.into()),
			TradeState::Delivered { delivery } => delivery,
		};
		ensure!(delivery.attested != Attested::Pending, Error::<T>::TooEarly);
		ensure!(T::Clock::now() <= trade.deadlines.bill_by, Error::<T>::TooLate);
		let most = match delivery.attested {
			Attested::Allotted(allotted) => allotted.min(trade.volume),
			_ => trade.volume,
		};
		ensure!(billed <= most, Error::<T>::ExceedsDelivery);
		ensure!(T::Directory::is_wallet_of(&payee, &trade.seller.tag), Error::<T>::NotAWallet);
		ensure!(frame_system::Pallet::<T>::account_exists(&payee), Error::<T>::PayeeNotAlive);

		Self::unschedule(trade.deadlines.bill_by, Kind::Trade, id);
		Self::schedule(Self::answer_by(&trade, delivery.attested), Kind::Trade, id);
		trade.state = TradeState::Billed { delivery, billed, payee: payee.clone() };
		Trades::<T>::insert(id, trade);
		Self::deposit_event(Event::Billed { trade: id, billed, payee });
		Ok(())
	}

	/// When a billed trade ends without a confirmation: where registers attest nothing, a ruling is
	/// waited for.
	pub(crate) fn answer_by(trade: &Trade<T::AccountId>, attested: Attested) -> Moment {
		match attested {
			Attested::Unmetered => trade.deadlines.rule_by,
			_ => trade.deadlines.confirm_by,
		}
	}

	pub(crate) fn do_confirm(who: &T::AccountId, id: TradeId) -> DispatchResult {
		let trade = Trades::<T>::get(id).ok_or(Error::<T>::TradeNotFound)?;
		ensure!(T::Directory::owner_of(who) == trade.buyer.account, Error::<T>::NotBuyer);
		let TradeState::Billed { delivery, billed, payee } = trade.state.clone() else {
			return Err(Error::<T>::NotBilled.into());
		};
		ensure!(T::Clock::now() <= trade.deadlines.confirm_by, Error::<T>::TooLate);
		Self::unschedule(Self::answer_by(&trade, delivery.attested), Kind::Trade, id);
		// A silent register is made good by the buyer's own word, which this is.
		let delivered = match delivery.attested {
			Attested::Allotted(allotted) => allotted,
			_ => billed,
		};
		if !delivery.excused {
			Self::count_seller(&trade, delivered, Cause::Delivered);
		}
		Self::settle(id, &trade, Outcome::Confirmed, billed, &payee);
		Ok(())
	}
}
