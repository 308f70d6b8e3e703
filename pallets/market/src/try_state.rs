//! The invariants of the pallet's header, as code.

#![cfg(any(feature = "std", feature = "try-runtime"))]

use crate::{
	agenda::{Entry, Kind},
	Agenda, Book, Config, Desks, Item, Judged, LineLoads, Load, MeterSlots, Offers, Pallet,
	RequestState, Requests, TradeState, Trades,
};
use alloc::{
	collections::{BTreeMap, BTreeSet},
	vec::Vec,
};
use frame_support::ensure;
use sp_runtime::TryRuntimeError;
use voltree_primitives::{Balance, WattHours};

impl<T: Config> Pallet<T> {
	/// Fails with a sentence that names the broken invariant.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		Self::check_agenda()?;
		Self::check_book()?;
		Self::check_fills()?;
		Self::check_desks()?;
		Self::check_loads()?;
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
			expected.insert(Entry::new(Self::trade_deadline(&trade), Kind::Trade, id));
		}
		let agenda = Agenda::<T>::iter_keys().collect::<BTreeSet<_>>();
		ensure!(agenda == expected, "the agenda differs from the deadlines to come");
		Ok(())
	}

	fn check_book() -> Result<(), TryRuntimeError> {
		for (id, offer) in Offers::<T>::iter() {
			let (place, rank) = Self::book_key(id, &offer);
			ensure!(Book::<T>::contains_key(place, rank), "an open offer is not in the book");
			ensure!(offer.available > 0, "an open offer has nothing to sell");
		}
		ensure!(
			Book::<T>::iter_keys().count() == Offers::<T>::iter_keys().count(),
			"the book has an offer that is not open"
		);
		Ok(())
	}

	/// What each tag has open, made anew from the requests, offers and trades.
	fn check_desks() -> Result<(), TryRuntimeError> {
		let mut desks = BTreeMap::<_, (WattHours, Vec<Item>)>::new();
		let mut open = |tag, item, volume: WattHours| {
			let (sum, items) = desks.entry(tag).or_default();
			*sum = sum.saturating_add(volume);
			items.push(item);
		};
		for (id, offer) in Offers::<T>::iter() {
			let item = Item::Offer { id, line: offer.line, slot: offer.slot.start };
			open(offer.tag, item, offer.available);
		}
		for (id, request) in Requests::<T>::iter() {
			let wanted = if request.state == RequestState::Closed { 0 } else { request.wanted() };
			open(request.tag, Item::Request(id), wanted);
		}
		for (id, trade) in Trades::<T>::iter() {
			for tag in trade.tags() {
				open(tag, Item::Trade(id), trade.volume);
			}
		}
		for (tag, desk) in Desks::<T>::iter() {
			let (volume, items) = desks.remove(&tag).unwrap_or_default();
			ensure!(desk.volume == volume, "a desk's energy differs from what its tag has open");
			ensure!(!items.is_empty(), "an empty desk");
			let listed = desk.items.len() == items.len()
				&& items.iter().all(|item| desk.items.contains(item));
			ensure!(listed, "a desk differs from what its tag has open");
		}
		ensure!(desks.is_empty(), "a tag with open business has no desk");
		Ok(())
	}

	fn check_loads() -> Result<(), TryRuntimeError> {
		let mut loads = BTreeMap::<_, Load>::new();
		for trade in Trades::<T>::iter_values() {
			let fed = loads.entry((trade.seller.line, trade.slot.start)).or_default();
			fed.fed = fed.fed.saturating_add(trade.volume);
			let taken = loads.entry((trade.buyer.line, trade.slot.start)).or_default();
			taken.taken = taken.taken.saturating_add(trade.volume);
		}
		let kept = LineLoads::<T>::iter().map(|(line, slot, load)| ((line, slot), load));
		ensure!(kept.collect::<BTreeMap<_, _>>() == loads, "line loads differ from the trades");
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
			let answered = !matches!(request.state, RequestState::Open { .. });
			ensure!(answered || request.quoted.is_empty(), "quotes without a response");
		}
		ensure!(unsettled.is_empty(), "a trade without its request");
		for id in Judged::<T>::iter_keys() {
			let payable = Requests::<T>::get(id)
				.is_some_and(|request| matches!(request.state, RequestState::Responded { .. }));
			ensure!(payable, "a judgement about a request that cannot be paid");
		}
		Ok(())
	}

	fn check_meter_slots() -> Result<(), TryRuntimeError> {
		let mut promises = BTreeMap::<_, (u32, WattHours)>::new();
		for trade in Trades::<T>::iter_values() {
			let waits = match &trade.state {
				TradeState::Paid | TradeState::Started { .. } => true,
				TradeState::Delivered { delivery } => delivery.attested.is_pending(),
				TradeState::Billed { .. } | TradeState::Contested { .. } => false,
			};
			if let Some(meter) = trade.meter.filter(|_| waits) {
				let (waiting, promised) = promises.entry((meter, trade.slot.start)).or_default();
				*waiting = waiting.saturating_add(1);
				*promised = promised.saturating_add(trade.volume);
			}
		}
		for offer in Offers::<T>::iter_values() {
			if let Some(meter) = offer.meter {
				let (_, promised) = promises.entry((meter, offer.slot.start)).or_default();
				*promised = promised.saturating_add(offer.available);
			}
		}
		let kept = MeterSlots::<T>::iter()
			.map(|(key, slot)| (key, (slot.waiting, slot.promised)))
			.collect::<BTreeMap<_, _>>();
		ensure!(kept == promises, "what is promised of meters differs from offers and trades");
		Ok(())
	}

	/// Bonds that requests, trades and contests hold, by account; what the accounts must have on
	/// hold for bonds.
	pub fn bonds() -> BTreeMap<T::AccountId, Balance> {
		let mut bonds = BTreeMap::<_, Balance>::new();
		let mut add = |who: T::AccountId, amount: Balance| {
			let sum = bonds.entry(who).or_default();
			*sum = sum.saturating_add(amount);
		};
		Requests::<T>::iter_values().for_each(|request| add(request.buyer, request.bond));
		for trade in Trades::<T>::iter_values() {
			if let TradeState::Contested { bond, .. } = trade.state {
				add(trade.buyer.account, bond);
			}
			add(trade.seller.account, trade.bond);
		}
		bonds.retain(|_, amount| *amount > 0);
		bonds
	}

	/// Money locked by all trades of a request; what its shared wallet must have locked.
	pub fn locked_by_trades() -> BTreeMap<voltree_primitives::RequestId, Balance> {
		let mut locked = BTreeMap::<_, Balance>::new();
		for trade in Trades::<T>::iter_values() {
			let sum = locked.entry(trade.request).or_default();
			*sum = sum.saturating_add(trade.locked);
		}
		locked
	}
}
