//! Disputes: the buyer contests, the authority rules, and what happens when it does not.

use crate::{
	agenda::Kind, Attested, Config, Delivery, Error, Event, Outcome, Pallet, Party, Ruling, Trade,
	TradeState,
};
use frame_support::ensure;
use sp_runtime::DispatchResult;
use voltree_primitives::{Balance, Cause, Clock, Credibility, Escrow, TradeId, WattHours};

/// What a contested trade is about.
pub(crate) struct Contest<AccountId> {
	pub delivery: Delivery,
	pub billed: Option<WattHours>,
	pub payee: AccountId,
	pub received: WattHours,
	pub bond: Balance,
}

impl<T: Config> Pallet<T> {
	pub(crate) fn do_contest(
		who: &T::AccountId,
		id: TradeId,
		received: WattHours,
	) -> DispatchResult {
		let trade = Self::trade_now(id).ok_or(Error::<T>::TradeNotFound)?;
		ensure!(Self::acts_for(who, &trade.buyer.account), Error::<T>::NotBuyer);
		let (delivery, billed, payee) = match trade.state.clone() {
			TradeState::Contested { .. } => return Err(Error::<T>::AlreadyContested.into()),
			TradeState::Billed { delivery, billed, payee } => (delivery, Some(billed), payee),
			// A seller who sends no bill would be paid by his registers: they can be contested too.
			TradeState::Delivered { delivery }
				if matches!(delivery.attested, Attested::Allotted(_)) =>
			{
				(delivery, None, trade.seller.account.clone())
			}
			_ => return Err(Error::<T>::NotBilled.into()),
		};
		ensure!(T::Clock::now() <= trade.deadlines.confirm_by, Error::<T>::TooLate);
		ensure!(received < trade.payable(&delivery, billed), Error::<T>::NothingToContest);
		let bond = trade.terms.smallest_fine;
		T::Escrow::bond(&trade.buyer.account, bond)?;
		Self::enter(id, trade, TradeState::Contested { delivery, billed, payee, received, bond });
		Self::deposit_event(Event::Contested { trade: id, received });
		Ok(())
	}

	pub(crate) fn do_rule(id: TradeId, ruling: Ruling) -> DispatchResult {
		let mut trade = Self::trade_now(id).ok_or(Error::<T>::TradeNotFound)?;
		let now = T::Clock::now();
		ensure!(now <= trade.deadlines.rule_by, Error::<T>::TooLate);
		let due = Self::trade_deadline(&trade);
		match trade.state.clone() {
			TradeState::Contested { delivery, billed, payee, received, bond } => {
				Self::unschedule(due, Kind::Trade, id);
				let volume = ruling.share.mul_floor(trade.payable(&delivery, billed));
				Self::deposit_event(Event::Ruled { trade: id, ruling, volume });
				let contest = Contest { delivery, billed, payee, received, bond };
				Self::contest_ruled(id, &mut trade, contest, ruling, volume);
			}
			TradeState::Billed { delivery, billed, payee }
				if delivery.attested == Attested::Unmetered =>
			{
				// Until then the buyer may still confirm or contest.
				ensure!(now > trade.deadlines.confirm_by, Error::<T>::TooEarly);
				Self::unschedule(due, Kind::Trade, id);
				let volume = ruling.share.mul_floor(trade.payable(&delivery, Some(billed)));
				Self::deposit_event(Event::Ruled { trade: id, ruling, volume });
				if ruling.fault.is_buyers() {
					let Trade { buyer, terms, .. } = &trade;
					T::Credibility::untimely(&buyer.tag, 0, Cause::NotConfirmed, terms);
				}
				if ruling.fault.is_sellers() {
					Self::blame_for_short(&mut trade, volume);
				}
				Self::settle(id, &trade, Outcome::Ruled, volume, &payee);
			}
			_ => return Err(Error::<T>::NothingToRule.into()),
		}
		Ok(())
	}

	/// The authority ruled that `volume` Wh are to be paid.
	fn contest_ruled(
		id: TradeId,
		trade: &mut Trade<T::AccountId>,
		contest: Contest<T::AccountId>,
		ruling: Ruling,
		volume: WattHours,
	) {
		let Contest { payee, received, bond, .. } = contest;
		// Ruled above what the buyer admitted: his bond is the seller's.
		let Party { account: buyer, tag, .. } = &trade.buyer;
		if volume > received {
			T::Escrow::forfeit(buyer, bond, &trade.seller.account);
		} else {
			T::Escrow::unbond(buyer, tag, bond);
		}
		if ruling.fault.is_buyers() {
			let beyond = volume.saturating_sub(received);
			T::Credibility::untimely(tag, beyond, Cause::ContestedWrongly, &trade.terms);
		}
		if ruling.fault.is_sellers() {
			Self::blame_for_short(trade, volume);
		}
		Self::settle(id, trade, Outcome::Ruled, volume, &payee);
	}

	/// A ruling found the seller at fault, who delivered `volume` Wh.
	fn blame_for_short(trade: &mut Trade<T::AccountId>, volume: WattHours) {
		let cause = if volume == 0 { Cause::NotDelivered } else { Cause::DeliveredShort };
		Self::blame_seller(trade, cause, volume);
	}

	/// Nobody ruled about a contest: the seller's registers decide, without them the buyer's word.
	/// His bond goes back. What the seller's own registers say against him still counts.
	pub(crate) fn contest_unruled(
		id: TradeId,
		trade: &mut Trade<T::AccountId>,
		contest: Contest<T::AccountId>,
	) {
		let Contest { delivery, billed, payee, received, bond } = contest;
		T::Escrow::unbond(&trade.buyer.account, &trade.buyer.tag, bond);
		let volume = match delivery.attested {
			Attested::Allotted(allotted) => {
				if !delivery.excused && Self::is_short(trade, allotted) {
					Self::blame_for_short(trade, allotted);
				}
				trade.payable(&delivery, billed)
			}
			_ => received,
		};
		Self::settle(id, trade, Outcome::ContestUnruled, volume, &payee);
	}
}
