//! Changes of the stored layout, release by release.

use crate::{
	types::{DeliverySlot, MAX_LINES},
	Config, Deadlines, Desk, Desks, Item, Judged, LineLoads, MarketParameters, MeterSlot,
	MeterSlots, Missed, Offers, Pallet, Parameters, Party, Quoted, Quotes, Request, RequestState,
	Requests, Trade, TradeState, Trades,
};
use codec::{Decode, Encode};
use core::marker::PhantomData;
use frame_support::{
	migrations::VersionedMigration,
	pallet_prelude::ValueQuery,
	storage_alias,
	traits::{ConstU32, Get, UncheckedOnRuntimeUpgrade},
	weights::Weight,
	Blake2_128Concat, BoundedVec, Twox64Concat,
};
use voltree_primitives::{
	Balance, Clock, Credibility, Credit, IdentityTag, LineId, Moment, OfferId, Price, RequestId,
	Terms, Versioned, WattHours,
};

/// From spec version 1 to 2: terms, bonds, desks, what lines and meters have promised; quotes are
/// stored with their request.
pub type MigrateToV1<T> =
	VersionedMigration<0, 1, ToV1<T>, Pallet<T>, <T as frame_system::Config>::DbWeight>;

/// What [`MigrateToV1`] does, once.
///
/// What was open goes on under the terms that it was made under: those of spec version 1 knew
/// neither bonds nor fines, so there are none. All of it is read and written in one block; a network
/// that has more open business than a block can move upgrades at a quiet hour.
pub struct ToV1<T>(PhantomData<T>);

#[derive(Encode, Decode)]
struct OldParameters {
	delivery_slot: Moment,
	horizon: Moment,
	offer_window: Moment,
	pay_period: Moment,
	lead: Moment,
	meter_window: Moment,
	bill_window: Moment,
	confirm_window: Moment,
	rule_window: Moment,
	price_floor: Price,
	price_cap: Price,
	smallest_fill: WattHours,
	tolerance: u16,
}

#[derive(Encode, Decode)]
struct OldRequest<AccountId> {
	buyer: AccountId,
	tag: IdentityTag,
	volume: WattHours,
	filled: WattHours,
	lines: BoundedVec<LineId, ConstU32<MAX_LINES>>,
	slot: DeliverySlot,
	max_price: Price,
	min_credit: Credit,
	meter: Option<AccountId>,
	opened: Moment,
	collect_until: Moment,
	round: Moment,
	fills: u8,
	unsettled: u8,
	state: RequestState,
}

#[derive(Encode, Decode)]
struct OldTrade<AccountId> {
	request: RequestId,
	offer: OfferId,
	buyer: Party<AccountId>,
	seller: Party<AccountId>,
	meter: Option<AccountId>,
	volume: WattHours,
	price: Price,
	locked: Balance,
	slot: DeliverySlot,
	paid: Moment,
	round: Moment,
	deadlines: Deadlines,
	tolerance: u16,
	state: TradeState<AccountId>,
}

#[derive(Encode, Decode)]
struct OldMeterSlot {
	waiting: u32,
	allotted: WattHours,
}

#[storage_alias]
type OpenOffers<T: Config> =
	StorageMap<Pallet<T>, Blake2_128Concat, (IdentityTag, LineId, Moment), u8>;

#[storage_alias]
type Responses<T: Config> = StorageMap<
	Pallet<T>,
	Twox64Concat,
	RequestId,
	Quotes<<T as frame_system::Config>::AccountId>,
	ValueQuery,
>;

impl OldParameters {
	fn into_new(self) -> Parameters {
		Parameters {
			delivery_slot: self.delivery_slot,
			horizon: self.horizon,
			offer_window: self.offer_window,
			pay_period: self.pay_period,
			lead: self.lead,
			meter_window: self.meter_window,
			bill_window: self.bill_window,
			confirm_window: self.confirm_window,
			rule_window: self.rule_window,
			price_floor: self.price_floor,
			price_cap: self.price_cap,
			smallest_fill: self.smallest_fill,
			tolerance: self.tolerance,
			..Parameters::default()
		}
	}
}

impl<AccountId> OldRequest<AccountId> {
	fn into_new(self, now: Moment, terms: Terms, quotes: Quotes<AccountId>) -> Request<AccountId> {
		Request {
			buyer: self.buyer,
			tag: self.tag,
			volume: self.volume,
			filled: self.filled,
			lines: self.lines,
			slot: self.slot,
			max_price: self.max_price,
			min_credit: self.min_credit,
			meter: self.meter,
			// Spec version 1 did not ask, and quoted both.
			unmetered: true,
			version: 0,
			terms,
			bond: 0,
			opened: self.opened,
			collect_until: self.collect_until,
			round: self.round,
			fills: self.fills,
			unsettled: self.unsettled,
			seen: now,
			state: self.state,
			quoted: Quoted::all(&quotes),
		}
	}
}

impl<AccountId> OldTrade<AccountId> {
	fn into_new(self, now: Moment, terms: Terms) -> Trade<AccountId> {
		Trade {
			request: self.request,
			offer: self.offer,
			buyer: self.buyer,
			seller: self.seller,
			meter: self.meter,
			volume: self.volume,
			price: self.price,
			locked: self.locked,
			slot: self.slot,
			paid: self.paid,
			round: self.round,
			deadlines: self.deadlines,
			tolerance: self.tolerance,
			version: 0,
			terms,
			cap: self.price,
			bond: 0,
			grid_price: 0,
			late: false,
			seen: now,
			state: self.state,
		}
	}
}

impl<T: Config> UncheckedOnRuntimeUpgrade for ToV1<T> {
	fn on_runtime_upgrade() -> Weight {
		let now = T::Clock::now();
		// What untimely behaviour costs in credit is as it was; bonds and fines are new.
		let terms = Terms { gain: 0, fine_rate: 0, smallest_fine: 0, ..T::Credibility::terms() };
		// Where there is none to translate, the default holds.
		let translated = MarketParameters::<T>::translate(|old: Option<OldParameters>| {
			old.map(|old| Versioned::new(old.into_new()))
		});
		if translated.is_err() {
			frame_support::defensive!("the parameters of spec version 1 decode");
		}
		Requests::<T>::translate(|id, old: OldRequest<T::AccountId>| {
			Some(old.into_new(now, terms, Responses::<T>::take(id)))
		});
		Trades::<T>::translate_values(|old: OldTrade<T::AccountId>| Some(old.into_new(now, terms)));
		Judged::<T>::translate_values(|old: Option<WattHours>| {
			Some(old.map(|volume| Missed { volume, price: 0 }))
		});
		MeterSlots::<T>::translate_values(|OldMeterSlot { waiting, allotted }| {
			Some(MeterSlot { waiting, allotted, promised: 0, meter_by: None })
		});
		let moved = Self::count_what_is_open();
		T::DbWeight::get().reads_writes(moved, moved)
	}

	#[cfg(feature = "try-runtime")]
	fn pre_upgrade() -> Result<alloc::vec::Vec<u8>, sp_runtime::TryRuntimeError> {
		let (requests, trades) =
			(Requests::<T>::iter_keys().count(), Trades::<T>::iter_keys().count());
		Ok([requests, trades, Offers::<T>::iter_keys().count()].map(|open| open as u64).encode())
	}

	#[cfg(feature = "try-runtime")]
	fn post_upgrade(before: alloc::vec::Vec<u8>) -> Result<(), sp_runtime::TryRuntimeError> {
		let after = Self::pre_upgrade()?;
		frame_support::ensure!(before == after, "something open was lost");
		Pallet::<T>::do_try_state()
	}
}

impl<T: Config> ToV1<T> {
	/// Make desks, line loads and meters' promises from what is open. Returns about how many rows
	/// of storage were touched in all.
	fn count_what_is_open() -> u64 {
		let mut rows: u64 = 1;
		for key in OpenOffers::<T>::iter_keys().collect::<alloc::vec::Vec<_>>() {
			OpenOffers::<T>::remove(key);
			rows = rows.saturating_add(1);
		}
		for (id, offer) in Offers::<T>::iter() {
			let item = Item::Offer { id, line: offer.line, slot: offer.slot.start };
			Self::put_on_desk(&offer.tag, item, offer.available);
			if let Some(meter) = &offer.meter {
				Pallet::<T>::change_promises(meter, &offer.slot, |promises: &mut MeterSlot| {
					promises.promised = promises.promised.saturating_add(offer.available);
				});
			}
			rows = rows.saturating_add(4);
		}
		for (id, request) in Requests::<T>::iter() {
			let open = if request.state == RequestState::Closed { 0 } else { request.wanted() };
			Self::put_on_desk(&request.tag, Item::Request(id), open);
			rows = rows.saturating_add(5);
		}
		for (id, trade) in Trades::<T>::iter() {
			for tag in trade.tags() {
				Self::put_on_desk(&tag, Item::Trade(id), trade.volume);
			}
			LineLoads::<T>::mutate(trade.seller.line, trade.slot.start, |load| {
				load.fed = load.fed.saturating_add(trade.volume);
			});
			LineLoads::<T>::mutate(trade.buyer.line, trade.slot.start, |load| {
				load.taken = load.taken.saturating_add(trade.volume);
			});
			let waits = match &trade.state {
				TradeState::Paid | TradeState::Started { .. } => true,
				TradeState::Delivered { delivery } => delivery.attested.is_pending(),
				TradeState::Billed { .. } | TradeState::Contested { .. } => false,
			};
			if let Some(meter) = trade.meter.as_ref().filter(|_| waits) {
				Pallet::<T>::change_promises(meter, &trade.slot, |promises: &mut MeterSlot| {
					promises.promised = promises.promised.saturating_add(trade.volume);
					promises.meter_by.get_or_insert(trade.deadlines.meter_by);
				});
			}
			rows = rows.saturating_add(7);
		}
		rows
	}

	/// A desk takes what was open before, whatever credit says.
	fn put_on_desk(tag: &IdentityTag, item: Item, volume: WattHours) {
		Desks::<T>::mutate(tag, |desk: &mut Desk| {
			desk.volume = desk.volume.saturating_add(volume);
			if desk.items.try_push(item).is_err() {
				frame_support::defensive!("nobody had more than 256 things open", tag);
			}
		});
	}
}
