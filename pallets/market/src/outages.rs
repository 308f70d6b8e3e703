//! Outages: a chain that stood still makes nobody late (DESIGN.md, section 3).
//!
//! Blocks further apart than [`crate::Parameters::outage`] are an outage. The deadlines that fall
//! into it, or less than three rounds after it, move by its length, and with them the later ones of
//! the same request or trade, so that their order and the time between them stay. Gates and slots
//! never move.
//!
//! What is stored is changed lazily: a request or trade is brought up to date whenever it is looked
//! at, and its agenda entry makes sure that this happens before a deadline can take effect. `seen`
//! says which outages it knows.

use crate::{
	agenda::Kind, Agenda, Config, Event, LastBlock, Outage, Outages, Pallet, Request, RequestState,
	Requests, Trade, TradeState, Trades, MAX_OUTAGES, ROUNDS_PER_WINDOW,
};
use alloc::vec::Vec;
use frame_support::BoundedVec;
use sp_runtime::traits::Zero;
use voltree_primitives::{Clock, Moment, RequestId, TradeId};

impl<T: Config> Pallet<T> {
	/// Note the time of this block; if the last one was long ago, that was an outage.
	pub(crate) fn note_block() {
		let now = T::Clock::now();
		let last = LastBlock::<T>::mutate(|last| core::mem::replace(last, now));
		if !last.is_zero() && now.saturating_sub(last) > Self::shortest_outage() {
			let until = now.saturating_add(Self::grace_now());
			Self::remember(Outage { from: last, to: now, until });
		} else {
			Self::forget_outages(now);
		}
	}

	/// Blocks further apart than this are an outage: the parameter, but at least three block slots,
	/// so that an author who is asleep is none.
	fn shortest_outage() -> Moment {
		Self::window(Self::parameters().outage, T::Clock::slot_duration())
	}

	fn grace_now() -> Moment {
		T::Clock::round().saturating_mul(ROUNDS_PER_WINDOW)
	}

	fn remember(outage: Outage) {
		Outages::<T>::mutate(|outages| {
			let mut all = core::mem::take(outages).into_inner();
			// Where there is no more room, the two newest become one: longer, never shorter.
			let joined = if outages_full(&all) {
				all.pop().map_or(outage, |newest| Outage { from: newest.from, ..outage })
			} else {
				outage
			};
			all.push(joined);
			*outages = BoundedVec::truncate_from(all);
		});
		Self::deposit_event(Event::Outage { from: outage.from, to: outage.to });
	}

	/// An outage is forgotten when every deadline that it moves has been moved, which its agenda
	/// entry saw to, and every slot whose gate it may have touched is over. An unmetered trade that
	/// was billed comes up at `rule_by` only, though its `confirm_by` may have to move.
	fn forget_outages(now: Moment) {
		let outages = Outages::<T>::get();
		let Some(oldest) = outages.first() else { return };
		let parameters = Self::parameters();
		let over = oldest
			.until
			.saturating_add(parameters.lead)
			.saturating_add(parameters.delivery_slot)
			.saturating_add(Self::window(parameters.rule_window, T::Clock::round()));
		let first = Agenda::<T>::iter_keys().next().map(|entry| Moment::from(entry.due));
		if now > over && first.is_none_or(|due| due > over) {
			Outages::<T>::mutate(|outages| {
				outages.remove(0);
			});
		}
	}

	/// Outages that ended after `seen`, the oldest first.
	fn outages_since(seen: Moment) -> Vec<Outage> {
		Outages::<T>::get().into_iter().filter(|outage| outage.to > seen).collect()
	}

	/// Whether the chain stood still at any time from `from` to `to`.
	pub(crate) fn stood_still(from: Moment, to: Moment) -> bool {
		Outages::<T>::get().iter().any(|outage| outage.from < to && outage.to > from)
	}

	/// A request with its deadlines as they are now, stored and on the agenda.
	pub(crate) fn request_now(id: RequestId) -> Option<Request<T::AccountId>> {
		let stored = Requests::<T>::get(id)?;
		let request = Self::moved_request(stored.clone());
		if request != stored {
			let before = Self::request_deadline(id, &stored);
			let after = Self::request_deadline(id, &request);
			Self::reschedule(before, after, Kind::Request, id);
			Requests::<T>::insert(id, &request);
		}
		Some(request)
	}

	/// A trade with its deadlines as they are now, stored and on the agenda.
	pub(crate) fn trade_now(id: TradeId) -> Option<Trade<T::AccountId>> {
		let stored = Trades::<T>::get(id)?;
		let trade = Self::moved_trade(stored.clone());
		if trade != stored {
			let before = Some(Self::trade_deadline(&stored));
			let after = Some(Self::trade_deadline(&trade));
			Self::reschedule(before, after, Kind::Trade, id);
			Trades::<T>::insert(id, &trade);
		}
		Some(trade)
	}

	fn reschedule(before: Option<Moment>, after: Option<Moment>, kind: Kind, id: u64) {
		if before != after {
			before.into_iter().for_each(|due| Self::unschedule(due, kind, id));
			after.into_iter().for_each(|due| Self::schedule(due, kind, id));
		}
	}

	/// A request with its deadlines moved by the outages that it has not seen. One without a
	/// response has none that could move: its last moment follows from its gate.
	pub fn moved_request(mut request: Request<T::AccountId>) -> Request<T::AccountId> {
		for outage in Self::outages_since(request.seen) {
			request.seen = outage.to;
			if let RequestState::Responded { pay_by, late_by, .. } = &mut request.state {
				move_by(&outage, [pay_by, late_by]);
			}
		}
		request
	}

	/// A trade with its deadlines moved by the outages that it has not seen.
	pub fn moved_trade(mut trade: Trade<T::AccountId>) -> Trade<T::AccountId> {
		for outage in Self::outages_since(trade.seen) {
			trade.seen = outage.to;
			let deadlines = &mut trade.deadlines;
			let (meter_by, bill_by) = (&mut deadlines.meter_by, &mut deadlines.bill_by);
			let (confirm_by, rule_by) = (&mut deadlines.confirm_by, &mut deadlines.rule_by);
			match &trade.state {
				TradeState::Paid | TradeState::Started { .. } => {
					move_by(&outage, [meter_by, bill_by, confirm_by, rule_by]);
				}
				TradeState::Delivered { delivery } if delivery.attested.is_pending() => {
					move_by(&outage, [meter_by, bill_by, confirm_by, rule_by]);
				}
				TradeState::Delivered { .. } => move_by(&outage, [bill_by, confirm_by, rule_by]),
				TradeState::Billed { .. } => move_by(&outage, [confirm_by, rule_by]),
				TradeState::Contested { .. } => move_by(&outage, [rule_by]),
			}
		}
		trade
	}
}

fn outages_full(all: &[Outage]) -> bool {
	u32::try_from(all.len()).map_or(true, |count| count >= MAX_OUTAGES)
}

/// Move deadlines, which come one after the other, by an outage: the first that had not passed when
/// it began decides, and the later ones keep their distance.
fn move_by<const N: usize>(outage: &Outage, deadlines: [&mut Moment; N]) {
	let mut ahead = deadlines.into_iter().skip_while(|deadline| **deadline <= outage.from);
	let Some(first) = ahead.next() else { return };
	if *first < outage.until {
		*first = first.saturating_add(outage.length());
		ahead.for_each(|later| *later = later.saturating_add(outage.length()));
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	const OUTAGE: Outage = Outage { from: 100, to: 300, until: 330 };

	fn moved<const N: usize>(mut deadlines: [Moment; N]) -> [Moment; N] {
		move_by(&OUTAGE, deadlines.each_mut());
		deadlines
	}

	#[test]
	fn deadlines_in_an_outage_and_shortly_after_move_with_the_later_ones() {
		assert_eq!(moved([101, 500]), [301, 700]);
		assert_eq!(moved([329, 330]), [529, 530]);
	}

	#[test]
	fn deadlines_before_an_outage_or_well_after_stay() {
		assert_eq!(moved([100]), [100]);
		assert_eq!(moved([330, 400]), [330, 400]);
		// One that has passed neither moves nor decides.
		assert_eq!(moved([90, 101, 500]), [90, 301, 700]);
		assert_eq!(moved([90, 330]), [90, 330]);
	}
}
