//! Trades: paid, withdrawn, started, billed, confirmed.

use crate::{
	agenda::Kind, parameters::Rules, Attested, Config, Deadlines, Ending, Error, Event, NextTrade,
	Offer, Offers, Outcome, Pallet, Party, Request, RequestState, Requests, Trade, TradeState,
	Trades, WeightInfo, MAX_FILLS,
};
use frame_support::{
	dispatch::DispatchResultWithPostInfo, ensure, storage::with_transaction, traits::Get,
	weights::Weight,
};
use sp_runtime::{
	traits::Zero, ArithmeticError, DispatchError, DispatchResult, TransactionOutcome,
};
use voltree_primitives::{
	Balance, Cause, Clock, Credibility, Directory, Escrow, LineSafety, Moment, OfferId, RequestId,
	Role, Standing, TradeId, Verdict, WattHours,
};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_pay(
		who: &T::AccountId,
		request_id: RequestId,
		offer_id: OfferId,
		volume: WattHours,
	) -> DispatchResultWithPostInfo {
		let mut request = Self::request_now(request_id).ok_or(Error::<T>::RequestNotFound)?;
		let (pay_by, late_by) = match request.state {
			RequestState::Open { .. } => return Err(Error::<T>::NotResponded.into()),
			RequestState::Closed => return Err(Error::<T>::RequestClosed.into()),
			RequestState::Responded { pay_by, late_by, .. } => (pay_by, late_by),
		};
		let owner = T::Escrow::ensure_payer(request_id, who)?;
		let now = T::Clock::now();
		T::Standing::ensure_holder_may_open(&owner, Role::Buyer, now)?;
		ensure!(now <= late_by, Error::<T>::TooLate);
		ensure!(request.fills < MAX_FILLS, Error::<T>::TooManyFills);
		let offer = Offers::<T>::get(offer_id).ok_or(Error::<T>::OfferNotFound)?;
		Self::ensure_matches(&request, &offer, now)?;
		let rules = Self::rules_now();
		let least = rules.parameters.smallest_fill;
		Self::ensure_fill(&request, &offer, volume, least)?;
		let amount =
			voltree_primitives::amount(volume, offer.price).ok_or(ArithmeticError::Overflow)?;
		if let Err(reason) = Self::ensure_possible(&request, &offer, volume, &rules) {
			// Where a smaller fill is possible, that is what he can pay.
			let smallest = Self::smallest_fill_of(&offer);
			ensure!(Self::ensure_possible(&request, &offer, smallest, &rules).is_err(), reason);
			Self::note_impossible(request_id, request, offer_id, amount, reason)?;
			return Ok(().into());
		}
		T::Escrow::lock(request_id, amount)?;

		let id = NextTrade::<T>::get();
		NextTrade::<T>::put(id.checked_add(1).ok_or(ArithmeticError::Overflow)?);
		let late = now > pay_by;
		let ids = (request_id, offer_id);
		let trade = Self::new_trade(ids, &request, &offer, volume, amount, late, rules)?;
		T::Escrow::bond(&trade.seller.account, trade.bond)?;
		Self::trade_on_desk(&trade.seller.tag, id)?;
		Self::trade_on_desk(&trade.buyer.tag, id)?;
		Self::load_lines(trade.seller.line, trade.buyer.line, &trade.slot, volume);
		Self::schedule(trade.slot.end, Kind::Trade, id);
		let spared = Self::spared_by_paying(&trade);
		Trades::<T>::insert(id, trade);

		Self::count_payment(&mut request, volume, offer.price, late);
		request.filled = request.filled.saturating_add(volume);
		request.fills = request.fills.saturating_add(1);
		request.unsettled = request.unsettled.saturating_add(1);
		Self::sell_from(offer_id, offer, volume, least);
		Self::deposit_event(Event::Paid {
			trade: id,
			request: request_id,
			offer: offer_id,
			volume,
			amount,
			late,
		});
		Self::after_fill(request_id, request, least);
		Ok((!late).then(|| T::WeightInfo::pay_in_time().saturating_sub(spared)).into())
	}

	/// Whether `who` is `account` or one of its linked wallets.
	pub(crate) fn acts_for(who: &T::AccountId, account: &T::AccountId) -> bool {
		who == account || T::Directory::owner_of(who) == *account
	}

	/// The buyer could have paid, had it been possible: write it down, so that he is not blamed if it
	/// becomes possible again before it is judged. For him the call has done what it could. Others
	/// to whom the offer was quoted try it themselves: what stood in his way may be his own line.
	fn note_impossible(
		id: RequestId,
		mut request: Request<T::AccountId>,
		offer: OfferId,
		amount: Balance,
		reason: DispatchError,
	) -> DispatchResult {
		with_transaction(|| TransactionOutcome::Rollback(T::Escrow::lock(id, amount)))?;
		request.quoted.retain(|quoted| quoted.offer != offer);
		Requests::<T>::insert(id, request);
		Self::deposit_event(Event::PaymentImpossible { request: id, offer, reason });
		Ok(())
	}

	/// Both sides accept partial fills, none below the market's smallest one.
	fn ensure_fill(
		request: &Request<T::AccountId>,
		offer: &Offer<T::AccountId>,
		volume: WattHours,
		least: WattHours,
	) -> DispatchResult {
		let smallest = Self::smallest_fill_of(offer).max(least.min(offer.available));
		let fits = volume >= smallest && volume <= offer.available && volume <= request.wanted();
		ensure!(fits, Error::<T>::InvalidVolume);
		Ok(())
	}

	/// The first fill decides, once, whether the request was paid in time.
	fn count_payment(
		request: &mut Request<T::AccountId>,
		volume: WattHours,
		price: voltree_primitives::Price,
		late: bool,
	) {
		let RequestState::Responded { counted, .. } = &mut request.state else { return };
		if core::mem::replace(counted, true) {
			return;
		}
		if late {
			let terms = request.terms;
			Self::blame_buyer(request, Cause::PaidLate, volume, price, &terms);
		} else {
			T::Credibility::timely(&request.tag, Cause::PaidInTime);
		}
	}

	/// The trade that is made by paying; its meter has one more to wait for.
	fn new_trade(
		(request_id, offer_id): (RequestId, OfferId),
		request: &Request<T::AccountId>,
		offer: &Offer<T::AccountId>,
		volume: WattHours,
		locked: Balance,
		late: bool,
		rules: Rules,
	) -> Result<Trade<T::AccountId>, ArithmeticError> {
		let Rules { version, parameters, terms } = rules;
		let cap = parameters.price_cap;
		let bond = terms.seller_bond(volume, offer.price, cap).ok_or(ArithmeticError::Overflow)?;
		let after = |moment: Moment, span| moment.saturating_add(Self::window(span, request.round));
		let meter_by = Self::wait_for_meter(offer, after(offer.slot.end, parameters.meter_window));
		let bill_by = after(meter_by, parameters.bill_window);
		let confirm_by = after(bill_by, parameters.confirm_window);
		let rule_by = after(confirm_by, parameters.rule_window);
		// A request without lines is refused when it is made.
		let taken_at = request.lines.first().copied().unwrap_or(offer.line);
		let now = T::Clock::now();
		Ok(Trade {
			request: request_id,
			offer: offer_id,
			buyer: Party { account: request.buyer.clone(), tag: request.tag, line: taken_at },
			seller: Party { account: offer.seller.clone(), tag: offer.tag, line: offer.line },
			meter: offer.meter.clone(),
			volume,
			price: offer.price,
			locked,
			slot: offer.slot,
			paid: now,
			round: request.round,
			deadlines: Deadlines { meter_by, bill_by, confirm_by, rule_by },
			tolerance: parameters.tolerance,
			version,
			terms,
			cap,
			bond,
			grid_price: 0,
			late,
			seen: now,
			state: TradeState::Paid,
		})
	}

	/// One trade more waits for the meter of an offer, if there is one. Returns when it is read: all
	/// trades of a meter and slot are at the same time, in the order of payment, so for a first one
	/// at `meter_by`.
	fn wait_for_meter(offer: &Offer<T::AccountId>, meter_by: Moment) -> Moment {
		let Some(meter) = &offer.meter else { return meter_by };
		Self::change_promises(meter, &offer.slot, |promises| {
			let others_wait = !promises.waiting.is_zero();
			let meter_by = promises.meter_by.filter(|_| others_wait).unwrap_or(meter_by);
			promises.waiting = promises.waiting.saturating_add(1);
			promises.meter_by = Some(meter_by);
			meter_by
		})
	}

	/// A request that wants less than a fill can be takes no more.
	fn after_fill(id: RequestId, request: Request<T::AccountId>, least: WattHours) {
		if request.wanted() < least {
			Self::unschedule_request(id, &request);
			Self::take_no_more_fills(id, request, Ending::Settled);
		} else {
			Requests::<T>::insert(id, request);
		}
	}

	pub(crate) fn do_withdraw_trade(who: &T::AccountId, id: TradeId) -> DispatchResult {
		let mut trade = Self::trade_now(id).ok_or(Error::<T>::TradeNotFound)?;
		ensure!(Self::acts_for(who, &trade.seller.account), Error::<T>::NotSeller);
		ensure!(trade.state == TradeState::Paid, Error::<T>::AlreadyStarted);
		ensure!(T::Clock::now() < trade.slot.gate, Error::<T>::TooLate);
		Self::unschedule(Self::trade_deadline(&trade), Kind::Trade, id);
		Self::draw_from_meter(&trade, None);
		Self::blame_seller(&mut trade, Cause::Withdrawn, 0);
		let payee = trade.seller.account.clone();
		Self::settle(id, &trade, Outcome::Withdrawn, 0, &payee);
		Ok(())
	}

	pub(crate) fn do_start(who: &T::AccountId, id: TradeId) -> DispatchResultWithPostInfo {
		let mut trade = Self::trade_now(id).ok_or(Error::<T>::TradeNotFound)?;
		ensure!(Self::acts_for(who, &trade.seller.account), Error::<T>::NotSeller);
		ensure!(trade.state == TradeState::Paid, Error::<T>::AlreadyStarted);
		let now = T::Clock::now();
		ensure!(now >= trade.slot.gate, Error::<T>::TooEarly);
		ensure!(now <= trade.slot.end, Error::<T>::TooLate);
		let parties = trade.tags();
		let safe = |line| T::LineSafety::verdict(line, &parties) == Verdict::Safe;
		ensure!(trade.lines().into_iter().all(safe), Error::<T>::LineUnsafe);
		trade.state = TradeState::Started { at: now };
		let sensors = Self::sensors_on(trade.lines());
		Trades::<T>::insert(id, trade);
		Self::deposit_event(Event::Started { trade: id });
		Ok(Some(T::WeightInfo::start(sensors)).into())
	}

	pub(crate) fn do_bill(
		who: &T::AccountId,
		id: TradeId,
		billed: WattHours,
		payee: T::AccountId,
	) -> DispatchResult {
		let trade = Self::trade_now(id).ok_or(Error::<T>::TradeNotFound)?;
		ensure!(Self::acts_for(who, &trade.seller.account), Error::<T>::NotSeller);
		let delivery = match trade.state {
			TradeState::Paid => return Err(Error::<T>::NotStarted.into()),
			TradeState::Started { .. } => return Err(Error::<T>::TooEarly.into()),
			TradeState::Billed { .. } => return Err(Error::<T>::AlreadyBilled.into()),
			TradeState::Contested { .. } => return Err(Error::<T>::AlreadyContested.into()),
			TradeState::Delivered { delivery } => delivery,
		};
		ensure!(!delivery.attested.is_pending(), Error::<T>::TooEarly);
		ensure!(T::Clock::now() <= trade.deadlines.bill_by, Error::<T>::TooLate);
		ensure!(billed <= trade.payable(&delivery, None), Error::<T>::ExceedsDelivery);
		let is_his =
			payee == trade.seller.account || T::Directory::is_wallet_of(&payee, &trade.seller.tag);
		ensure!(is_his, Error::<T>::NotAWallet);
		ensure!(frame_system::Pallet::<T>::account_exists(&payee), Error::<T>::PayeeNotAlive);

		Self::enter(id, trade, TradeState::Billed { delivery, billed, payee: payee.clone() });
		Self::deposit_event(Event::Billed { trade: id, billed, payee });
		Ok(())
	}

	pub(crate) fn do_confirm(who: &T::AccountId, id: TradeId) -> DispatchResultWithPostInfo {
		let mut trade = Self::trade_now(id).ok_or(Error::<T>::TradeNotFound)?;
		ensure!(Self::acts_for(who, &trade.buyer.account), Error::<T>::NotBuyer);
		let TradeState::Billed { delivery, billed, payee } = trade.state.clone() else {
			return Err(Error::<T>::NotBilled.into());
		};
		ensure!(T::Clock::now() <= trade.deadlines.confirm_by, Error::<T>::TooLate);
		Self::unschedule(Self::trade_deadline(&trade), Kind::Trade, id);
		let owes = |tag| !T::Credibility::fines_due(tag).is_zero();
		let mut is_clean = !trade.tags().iter().any(owes);
		let mut gains = 0;
		if !delivery.excused {
			// A silent register is made good by the buyer's own word, which this is.
			let delivered = match delivery.attested {
				Attested::Allotted(allotted) => allotted,
				_ => billed,
			};
			let seller_gained = Self::count_seller(&mut trade, delivered, Cause::Delivered);
			is_clean &= seller_gained.is_some();
			let Trade { buyer, seller, terms, .. } = &trade;
			let buyer_gained = !trade.late && T::Credibility::gain(&buyer.tag, &seller.tag, terms);
			gains = u64::from(seller_gained == Some(true)).saturating_add(buyer_gained.into());
		}
		Self::settle(id, &trade, Outcome::Confirmed, billed, &payee);
		let spared = || Self::spared_by_confirming(&trade, &payee, gains);
		Ok(is_clean.then(|| T::WeightInfo::confirm_clean().saturating_sub(spared())).into())
	}

	/// What of the weight of paying a trade spares whose parties are on one line: its sensors, its
	/// capacity and its load are read once, and its load is written once.
	fn spared_by_paying(trade: &Trade<T::AccountId>) -> Weight {
		let [one, other] = trade.lines();
		if one == other {
			T::DbWeight::get().reads_writes(3, 1)
		} else {
			Weight::zero()
		}
	}

	/// What of the weight of a clean confirmation a trade spares.
	fn spared_by_confirming(
		trade: &Trade<T::AccountId>,
		payee: &T::AccountId,
		gains: u64,
	) -> Weight {
		let db = T::DbWeight::get();
		let [one, other] = trade.lines();
		// Both sides gain at the most; who has all his credit, or gained today, leaves no entry.
		let mut spared = db.writes(2_u64.saturating_sub(gains));
		if one == other {
			// The line's load.
			spared = spared.saturating_add(db.reads_writes(1, 1));
		}
		if *payee == trade.seller.account {
			// Whose wallet the payee is, which is two keys, and the payee's account beside the
			// seller's own.
			spared = spared.saturating_add(db.reads_writes(3, 1));
		}
		spared
	}
}
