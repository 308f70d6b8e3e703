//! What happens to a trade when its deadlines pass, and how its money leaves.

use crate::{
	agenda::Kind, Attested, Config, Delivery, Event, MeterSlots, Outcome, Pallet, Trade,
	TradeState, Trades, ROUNDS_PER_WINDOW,
};
use frame_support::defensive;
use sp_runtime::traits::{BlakeTwo256, Hash, Zero};
use voltree_primitives::{
	Cause, Credibility, Escrow, LineSafety, Registers, SafetyOver, TradeId, WattHours,
};

impl<T: Config> Pallet<T> {
	/// The next deadline of a trade has passed.
	pub(crate) fn trade_due(id: TradeId) {
		let Some(trade) = Trades::<T>::get(id) else { return };
		match trade.state.clone() {
			TradeState::Paid => Self::never_started(id, &trade),
			TradeState::Started { .. } => Self::slot_ended(id, trade),
			TradeState::Delivered { delivery } if delivery.attested == Attested::Pending => {
				Self::read_meter(id, trade, delivery);
			}
			TradeState::Delivered { delivery } => Self::never_billed(id, &trade, delivery),
			TradeState::Billed { delivery, billed, payee } => {
				Self::never_confirmed(id, &trade, delivery, billed, &payee);
			}
		}
	}

	/// Not started by the end of the slot: full refund. It is the seller's fault only if both lines
	/// were safe for three rounds running since the gate.
	fn never_started(id: TradeId, trade: &Trade<T::AccountId>) {
		let safety = T::LineSafety::safety_over(
			trade.lines(),
			&trade.tags(),
			trade.slot.gate,
			trade.slot.end,
		);
		let enough = trade.round.saturating_mul(ROUNDS_PER_WINDOW);
		let outcome = if safety.longest_safe >= enough {
			T::Credibility::untimely(&trade.seller.tag, trade.volume, Cause::NotDelivered);
			Outcome::NotStarted
		} else {
			Outcome::Stopped
		};
		Self::draw_from_meter(trade, None);
		Self::settle(id, trade, outcome, 0, &trade.seller.account);
	}

	/// The slot of a started trade is over: what the sensors said meanwhile decides who may be
	/// blamed for what is missing.
	fn slot_ended(id: TradeId, mut trade: Trade<T::AccountId>) {
		let SafetyOver { always, never, .. } = T::LineSafety::safety_over(
			trade.lines(),
			&trade.tags(),
			trade.slot.start,
			trade.slot.end,
		);
		if never {
			Self::draw_from_meter(&trade, None);
			Self::settle(id, &trade, Outcome::UnsafeThroughout, 0, &trade.seller.account);
			return;
		}
		let (attested, due) = match trade.meter {
			Some(_) => (Attested::Pending, trade.deadlines.meter_by),
			None => (Attested::Unmetered, trade.deadlines.bill_by),
		};
		trade.state = TradeState::Delivered { delivery: Delivery { excused: !always, attested } };
		Trades::<T>::insert(id, trade);
		Self::schedule(due, Kind::Trade, id);
	}

	/// `meter_by`: allot the meter's energy to the trade. The trades of a meter and slot come here
	/// in the order in which they were paid, because their numbers rise with it.
	fn read_meter(id: TradeId, mut trade: Trade<T::AccountId>, mut delivery: Delivery) {
		let exported = trade
			.meter
			.as_ref()
			.and_then(|meter| T::Registers::exported(meter, trade.slot.start, trade.slot.end));
		delivery.attested = Self::draw_from_meter(&trade, exported);
		Self::schedule(trade.deadlines.bill_by, Kind::Trade, id);
		trade.state = TradeState::Delivered { delivery };
		Trades::<T>::insert(id, trade);
		Self::deposit_event(Event::Metered { trade: id, attested: delivery.attested });
	}

	/// Take the trade off its meter's waiting list, with its share of what the meter `exported`
	/// and earlier trades left over.
	fn draw_from_meter(trade: &Trade<T::AccountId>, exported: Option<WattHours>) -> Attested {
		let Some(meter) = &trade.meter else { return Attested::Unmetered };
		MeterSlots::<T>::mutate_exists((meter, trade.slot.start), |slot| {
			let mut meter_slot = slot.take().unwrap_or_default();
			let share =
				exported.map(|energy| energy.saturating_sub(meter_slot.allotted).min(trade.volume));
			meter_slot.allotted = meter_slot.allotted.saturating_add(share.unwrap_or_default());
			meter_slot.waiting = meter_slot.waiting.saturating_sub(1);
			*slot = Some(meter_slot).filter(|left| !left.waiting.is_zero());
			share.map_or(Attested::Silent, Attested::Allotted)
		})
	}

	/// No bill by `bill_by`: a metered trade settles by its registers, another is not delivered.
	fn never_billed(id: TradeId, trade: &Trade<T::AccountId>, delivery: Delivery) {
		let payee = &trade.seller.account;
		let (outcome, delivered, cause) = match delivery.attested {
			Attested::Allotted(allotted) => (Outcome::SettledUnbilled, allotted, Cause::NotBilled),
			Attested::Silent => (Outcome::SettledUnbilled, 0, Cause::NotBilled),
			Attested::Unmetered | Attested::Pending => (Outcome::NotBilled, 0, Cause::NotDelivered),
		};
		if !delivery.excused {
			Self::count_seller(trade, delivered, cause);
		}
		Self::settle(id, trade, outcome, delivered, payee);
	}

	/// No confirmation in time: what the registers attest is paid, and the buyer's silence is his
	/// own fault. Where nothing attests, the money goes back.
	fn never_confirmed(
		id: TradeId,
		trade: &Trade<T::AccountId>,
		delivery: Delivery,
		billed: WattHours,
		payee: &T::AccountId,
	) {
		let (outcome, delivered) = match delivery.attested {
			Attested::Allotted(allotted) => (Outcome::SettledUnconfirmed, allotted.min(billed)),
			Attested::Silent => (Outcome::SettledUnconfirmed, 0),
			Attested::Unmetered | Attested::Pending => (Outcome::Unruled, 0),
		};
		if !delivery.excused {
			match delivery.attested {
				Attested::Unmetered | Attested::Pending => {
					T::Credibility::untimely(&trade.buyer.tag, 0, Cause::NotConfirmed);
				}
				// A silent register attests nothing that the buyer could have confirmed.
				Attested::Silent => Self::count_seller(trade, 0, Cause::Delivered),
				// Nor is there anything to confirm where nothing was delivered.
				Attested::Allotted(0) => Self::count_seller(trade, 0, Cause::Delivered),
				Attested::Allotted(allotted) => {
					T::Credibility::untimely(&trade.buyer.tag, delivered, Cause::NotConfirmed);
					Self::count_seller(trade, allotted, Cause::Delivered);
				}
			}
		}
		Self::settle(id, trade, outcome, delivered, payee);
	}

	/// Count the seller's behaviour once, by the worst that fits: nothing delivered, delivered
	/// short beyond the tolerance, otherwise `cause`.
	pub(crate) fn count_seller(trade: &Trade<T::AccountId>, delivered: WattHours, cause: Cause) {
		let tag = &trade.seller.tag;
		let missing = trade.volume.saturating_sub(delivered);
		let tolerated = trade
			.volume
			.saturating_mul(trade.tolerance.into())
			.checked_div(1_000)
			.unwrap_or_default();
		if delivered.is_zero() {
			T::Credibility::untimely(tag, trade.volume, Cause::NotDelivered);
		} else if missing > tolerated {
			T::Credibility::untimely(tag, missing, Cause::DeliveredShort);
		} else if cause == Cause::Delivered {
			T::Credibility::timely(tag, cause);
		} else {
			T::Credibility::untimely(tag, 0, cause);
		}
	}

	/// End a trade: pay `delivered` Wh to `payee`, give the rest back, write it into both records.
	pub(crate) fn settle(
		id: TradeId,
		trade: &Trade<T::AccountId>,
		outcome: Outcome,
		delivered: WattHours,
		payee: &T::AccountId,
	) {
		// Not more than was locked: the volume is not more than traded, and rounded down.
		let payout = voltree_primitives::payout(delivered, trade.price)
			.unwrap_or_default()
			.min(trade.locked);
		let pay = |to, amount| T::Escrow::settle(trade.request, trade.locked, amount, to);
		let paid = if pay(payee, payout).or_else(|_| pay(&trade.seller.account, payout)).is_ok() {
			payout
		} else {
			if pay(&trade.seller.account, 0).is_err() {
				defensive!("locked money can always go back to its owner");
			}
			Self::deposit_event(Event::PayoutReturned { trade: id, amount: payout });
			0
		};
		Trades::<T>::remove(id);
		let hash = BlakeTwo256::hash_of(&(id, trade, outcome, delivered, paid));
		T::Credibility::settled(&trade.buyer.tag, hash);
		T::Credibility::settled(&trade.seller.tag, hash);
		Self::deposit_event(Event::Settled {
			trade: id,
			request: trade.request,
			outcome,
			delivered,
			payout: paid,
			refund: trade.locked.saturating_sub(paid),
		});
		Self::fill_settled(trade.request);
	}
}
