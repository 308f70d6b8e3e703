//! What happens to a trade when its deadlines pass, and how its money leaves.

use crate::{
	agenda::Kind, disputes::Contest, Attested, Config, Deadlines, Delivery, Event, Item, Outcome,
	Pallet, Party, Requests, Trade, TradeState, Trades, WeightInfo, ROUNDS_PER_WINDOW,
};
use frame_support::{defensive, weights::Weight};
use sp_runtime::traits::{BlakeTwo256, Hash};
use voltree_primitives::{
	Cause, Credibility, Devices, Directory, Escrow, LineId, LineSafety, Moment, Registers,
	SafetyOver, TradeId, WattHours,
};

impl<T: Config> Pallet<T> {
	/// The next deadline of a trade.
	pub(crate) fn trade_deadline(trade: &Trade<T::AccountId>) -> Moment {
		let Deadlines { meter_by, bill_by, confirm_by, rule_by } = trade.deadlines;
		match &trade.state {
			TradeState::Paid | TradeState::Started { .. } => trade.slot.end,
			TradeState::Delivered { delivery } if delivery.attested.is_pending() => meter_by,
			TradeState::Delivered { .. } => bill_by,
			// Where registers attest nothing, a ruling is waited for.
			TradeState::Billed { delivery, .. } if delivery.attested == Attested::Unmetered => {
				rule_by
			}
			TradeState::Billed { .. } => confirm_by,
			TradeState::Contested { .. } => rule_by,
		}
	}

	/// A trade that has not reached its deadline enters `state`.
	pub(crate) fn enter(
		id: TradeId,
		mut trade: Trade<T::AccountId>,
		state: TradeState<T::AccountId>,
	) {
		Self::unschedule(Self::trade_deadline(&trade), Kind::Trade, id);
		trade.state = state;
		Self::schedule(Self::trade_deadline(&trade), Kind::Trade, id);
		Trades::<T>::insert(id, trade);
	}

	/// The next deadline of a trade has passed. Returns the weight of what follows.
	pub(crate) fn trade_due(id: TradeId, mut trade: Trade<T::AccountId>) -> Weight {
		match trade.state.clone() {
			TradeState::Paid | TradeState::Started { .. } => Self::slot_ended(id, trade),
			TradeState::Delivered { delivery } if delivery.attested.is_pending() => {
				Self::read_meter(id, trade, delivery);
				T::WeightInfo::entry_meter_read()
			}
			TradeState::Delivered { delivery } => {
				Self::never_billed(id, trade, delivery);
				T::WeightInfo::entry_never_billed()
			}
			TradeState::Billed { delivery, billed, payee } => {
				Self::never_confirmed(id, trade, delivery, billed, &payee);
				T::WeightInfo::entry_never_confirmed()
			}
			TradeState::Contested { delivery, billed, payee, received, bond } => {
				let contest = Contest { delivery, billed, payee, received, bond };
				Self::contest_unruled(id, &mut trade, contest);
				T::WeightInfo::entry_contest_unruled()
			}
		}
	}

	/// The slot of a trade is over: what the sensors said meanwhile decides who may be blamed for
	/// what is missing. If the chain stood still between gate and slot end, the trade counts as
	/// started and nobody may.
	fn slot_ended(id: TradeId, mut trade: Trade<T::AccountId>) -> Weight {
		Self::note_grid_price(&mut trade);
		let stood_still = Self::stood_still(trade.slot.gate, trade.slot.end);
		if !stood_still && trade.state == TradeState::Paid {
			Self::never_started(id, trade);
			return T::WeightInfo::entry_never_started();
		}
		let SafetyOver { always, never, .. } = T::LineSafety::safety_over(
			trade.lines(),
			&trade.tags(),
			trade.slot.start,
			trade.slot.end,
		);
		// Nobody could report while the chain stood still: silence then says nothing.
		if never && !stood_still {
			Self::draw_from_meter(&trade, None);
			let payee = trade.seller.account.clone();
			Self::settle(id, &trade, Outcome::UnsafeThroughout, 0, &payee);
			// As long as for a trade that was not started, but without a fine.
			return T::WeightInfo::entry_never_started();
		}
		let attested = match trade.meter {
			Some(_) => Attested::Pending,
			None => Attested::Unmetered,
		};
		let weight = T::WeightInfo::entry_slot_ended(Self::sensors_on(trade.lines()));
		let excused = stood_still || !always;
		trade.state = TradeState::Delivered { delivery: Delivery { excused, attested } };
		Self::schedule(Self::trade_deadline(&trade), Kind::Trade, id);
		Trades::<T>::insert(id, trade);
		weight
	}

	/// How many sensors are looked at to judge two lines, which may be one and the same.
	pub(crate) fn sensors_on([one, other]: [LineId; 2]) -> u32 {
		let others = if one == other { 0 } else { T::LineSafety::sensors(other) };
		T::LineSafety::sensors(one).saturating_add(others)
	}

	/// Not started by the end of the slot: full refund. It is the seller's fault only if both lines
	/// were safe for three rounds running since the gate.
	fn never_started(id: TradeId, mut trade: Trade<T::AccountId>) {
		let safety = T::LineSafety::safety_over(
			trade.lines(),
			&trade.tags(),
			trade.slot.gate,
			trade.slot.end,
		);
		let enough = trade.round.saturating_mul(ROUNDS_PER_WINDOW);
		let outcome = if safety.longest_safe >= enough {
			Self::blame_seller(&mut trade, Cause::NotDelivered, 0);
			Outcome::NotStarted
		} else {
			Outcome::Stopped
		};
		Self::draw_from_meter(&trade, None);
		let payee = trade.seller.account.clone();
		Self::settle(id, &trade, outcome, 0, &payee);
	}

	/// `meter_by`: allot the meter's energy to the trade. The trades of a meter and slot come here
	/// in the order in which they were paid, because their numbers rise with it.
	fn read_meter(id: TradeId, mut trade: Trade<T::AccountId>, mut delivery: Delivery) {
		let exported = trade
			.meter
			.as_ref()
			.and_then(|meter| T::Registers::exported(meter, trade.slot.start, trade.slot.end));
		delivery.attested = Self::draw_from_meter(&trade, exported);
		// A meter that was taken away from the seller is silent without his fault.
		let taken_away = trade.meter.as_ref().is_some_and(|it| T::Devices::meter(it).is_none());
		delivery.excused |= taken_away;
		trade.state = TradeState::Delivered { delivery };
		Self::schedule(Self::trade_deadline(&trade), Kind::Trade, id);
		Trades::<T>::insert(id, trade);
		Self::deposit_event(Event::Metered { trade: id, attested: delivery.attested });
	}

	/// Take the trade off its meter's waiting list, with its share of what the meter `exported`
	/// and earlier trades left over.
	pub(crate) fn draw_from_meter(
		trade: &Trade<T::AccountId>,
		exported: Option<WattHours>,
	) -> Attested {
		let Some(meter) = &trade.meter else { return Attested::Unmetered };
		Self::change_promises(meter, &trade.slot, |promises| {
			let share =
				exported.map(|energy| energy.saturating_sub(promises.allotted).min(trade.volume));
			promises.allotted = promises.allotted.saturating_add(share.unwrap_or_default());
			promises.promised = promises.promised.saturating_sub(trade.volume);
			promises.waiting = promises.waiting.saturating_sub(1);
			share.map_or(Attested::Silent, Attested::Allotted)
		})
	}

	/// No bill by `bill_by`: a metered trade settles by its registers, another is not delivered.
	fn never_billed(id: TradeId, mut trade: Trade<T::AccountId>, delivery: Delivery) {
		let payee = trade.seller.account.clone();
		let (outcome, delivered, cause) = match delivery.attested {
			Attested::Allotted(allotted) => (Outcome::SettledUnbilled, allotted, Cause::NotBilled),
			Attested::Silent => (Outcome::SettledUnbilled, 0, Cause::NotBilled),
			Attested::Unmetered | Attested::Pending => (Outcome::NotBilled, 0, Cause::NotDelivered),
		};
		if !delivery.excused {
			Self::count_seller(&mut trade, delivered, cause);
		}
		Self::settle(id, &trade, outcome, delivered, &payee);
	}

	/// No confirmation in time: what the registers attest is paid, and the buyer's silence is his
	/// own fault. Where nothing attests, the money goes back.
	fn never_confirmed(
		id: TradeId,
		mut trade: Trade<T::AccountId>,
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
					let Trade { buyer, terms, .. } = &trade;
					T::Credibility::untimely(&buyer.tag, 0, Cause::NotConfirmed, terms);
				}
				// A silent register attests nothing that the buyer could have confirmed, nor is there
				// anything to confirm where nothing was delivered.
				Attested::Silent | Attested::Allotted(0) => {
					Self::count_seller(&mut trade, 0, Cause::Delivered);
				}
				Attested::Allotted(allotted) => {
					Self::blame_silent_buyer(&trade, delivered);
					Self::count_seller(&mut trade, allotted, Cause::Delivered);
				}
			}
		}
		Self::settle(id, &trade, outcome, delivered, payee);
	}

	fn blame_silent_buyer(trade: &Trade<T::AccountId>, payable: WattHours) {
		Requests::<T>::mutate(trade.request, |request| match request {
			Some(request) => {
				let (cause, price) = (Cause::NotConfirmed, trade.price);
				Self::blame_buyer(request, cause, payable, price, &trade.terms);
			}
			None => {
				defensive!("a request stays until its trades are settled");
			}
		});
	}

	/// End a trade: pay `delivered` Wh to `payee`, give the rest and what is left of the seller's
	/// bond back, write it into both records.
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
		// A wallet that was unlinked since the bill is somebody else's, whose debts are not the
		// seller's: then he is paid himself.
		let Party { account: seller, tag, .. } = &trade.seller;
		let is_his = payee == seller || T::Directory::is_wallet_of(payee, tag);
		let payee = if is_his { payee } else { seller };
		let pay = |to, amount| T::Escrow::settle(trade.request, trade.locked, amount, to, tag);
		let paid = if pay(payee, payout).or_else(|_| pay(seller, payout)).is_ok() {
			payout
		} else {
			if pay(seller, 0).is_err() {
				defensive!("locked money can always go back to its owner");
			}
			Self::deposit_event(Event::PayoutReturned { trade: id, amount: payout });
			0
		};
		T::Escrow::unbond(seller, tag, trade.bond);
		Trades::<T>::remove(id);
		Self::unload_lines(trade.seller.line, trade.buyer.line, &trade.slot, trade.volume);
		for tag in trade.tags() {
			Self::close_on_desk(&tag, Some(Item::Trade(id)), trade.volume);
		}
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
