//! The invariants of the pallet's header, as code.

#![cfg(any(feature = "std", feature = "try-runtime"))]

use crate::{
	agenda::{Entry, Kind},
	Agenda, Attested, Book, Config, Judged, MeterSlots, Offers, OpenOffers, Pallet, RequestState,
	Requests, Responses, Trade, TradeState, Trades,
};
use alloc::collections::{BTreeMap, BTreeSet};
use frame_support::ensure;
use sp_runtime::TryRuntimeError;
use voltree_primitives::Moment;

impl<T: Config> Pallet<T> {
	/// Fails with a sentence that names the broken invariant.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		Self::check_agenda()?;
		Self::check_book()?;
		Self::check_fills()?;
		Self::check_meter_slots()
	}

	fn check_agenda() -> Result<(), TryRuntimeError> {
		let mut expected = BTreeSet::new();
		for (id, offer) in Offers::<T>::iter() {
			expected.insert(Entry::new(offer.expires, Kind::Offer, id));
		}
		for (id, request) in Requests::<T>::iter() {
			expected.extend(
				Self::request_deadline(id, &request).map(|due| Entry::new(due, Kind::Request, id)),
			);
		}
		for (id, trade) in Trades::<T>::iter() {
			expected.insert(Entry::new(Self::next_deadline(&trade), Kind::Trade, id));
		}
		let agenda = Agenda::<T>::iter_keys().collect::<BTreeSet<_>>();
		ensure!(agenda == expected, "the agenda differs from the deadlines to come");
		Ok(())
	}

	fn next_deadline(trade: &Trade<T::AccountId>) -> Moment {
		match &trade.state {
			TradeState::Paid | TradeState::Started { .. } => trade.slot.end,
			TradeState::Delivered { delivery } if delivery.attested == Attested::Pending => {
				trade.deadlines.meter_by
			}
			TradeState::Delivered { .. } => trade.deadlines.bill_by,
			TradeState::Billed { delivery, .. } => Self::answer_by(trade, delivery.attested),
		}
	}

	fn check_book() -> Result<(), TryRuntimeError> {
		let mut counts = BTreeMap::<_, u8>::new();
		for (id, offer) in Offers::<T>::iter() {
			let (place, rank) = Self::book_key(id, &offer);
			ensure!(Book::<T>::contains_key(place, rank), "an open offer is not in the book");
			ensure!(offer.available > 0, "an open offer has nothing to sell");
			let count = counts.entry((offer.tag, offer.line, offer.slot.start)).or_default();
			*count = count.saturating_add(1);
		}
		ensure!(
			Book::<T>::iter_keys().count() == Offers::<T>::iter_keys().count(),
			"the book has an offer that is not open"
		);
		let counted = OpenOffers::<T>::iter().collect::<BTreeMap<_, _>>();
		ensure!(counted == counts, "the count of open offers differs from the offers");
		Ok(())
	}

	fn check_fills() -> Result<(), TryRuntimeError> {
		let mut unsettled = BTreeMap::<_, u8>::new();
		for (id, trade) in Trades::<T>::iter() {
			let count = unsettled.entry(trade.request).or_default();
			*count = count.saturating_add(1);
			ensure!(
				voltree_primitives::amount(trade.volume, trade.price) == Some(trade.locked),
				"a trade's locked money differs from its amount"
			);
			ensure!(id < crate::NextTrade::<T>::get(), "a trade has a number of the future");
		}
		for (id, request) in Requests::<T>::iter() {
			ensure!(
				request.unsettled == unsettled.remove(&id).unwrap_or_default(),
				"a request's unsettled fills differ from its trades"
			);
			ensure!(request.filled <= request.volume, "a request is filled beyond its volume");
			ensure!(
				request.state != RequestState::Closed || request.unsettled > 0,
				"a closed request without trades was not ended"
			);
		}
		ensure!(unsettled.is_empty(), "a trade without its request");
		for id in Responses::<T>::iter_keys() {
			ensure!(Requests::<T>::contains_key(id), "quotes without their request");
		}
		for id in Judged::<T>::iter_keys() {
			let payable = Requests::<T>::get(id)
				.is_some_and(|request| matches!(request.state, RequestState::Responded { .. }));
			ensure!(payable, "a judgement about a request that cannot be paid");
		}
		Ok(())
	}

	fn check_meter_slots() -> Result<(), TryRuntimeError> {
		let mut waiting = BTreeMap::<_, u32>::new();
		for trade in Trades::<T>::iter_values() {
			let waits = match &trade.state {
				TradeState::Paid | TradeState::Started { .. } => true,
				TradeState::Delivered { delivery } => delivery.attested == Attested::Pending,
				TradeState::Billed { .. } => false,
			};
			if let Some(meter) = trade.meter.filter(|_| waits) {
				let count = waiting.entry((meter, trade.slot.start)).or_default();
				*count = count.saturating_add(1);
			}
		}
		let kept = MeterSlots::<T>::iter()
			.map(|(key, slot)| (key, slot.waiting))
			.collect::<BTreeMap<_, _>>();
		ensure!(kept == waiting, "a meter's waiting trades differ from what is kept");
		Ok(())
	}

	/// Money locked by all trades of a request; what its shared wallet must have locked.
	pub fn locked_by_trades() -> BTreeMap<voltree_primitives::RequestId, voltree_primitives::Balance>
	{
		let mut locked = BTreeMap::<_, voltree_primitives::Balance>::new();
		for trade in Trades::<T>::iter_values() {
			let sum = locked.entry(trade.request).or_default();
			*sum = sum.saturating_add(trade.locked);
		}
		locked
	}
}
