//! Whatever people do in whatever order: money and energy balance, and everything ends.

use super::{
	steps::{staged, wild, windows},
	take::take,
};
use crate::{mock::*, pallet::*, types::*};
use proptest::prelude::*;
use std::collections::BTreeMap;
use voltree_primitives::{Balance, Cause, Moment, WattHours};

/// What became of it all, told by the events.
#[derive(Default)]
struct Story {
	offers: BTreeMap<u64, (WattHours, WattHours)>,
	trades: BTreeMap<u64, (u64, WattHours, Balance)>,
	responded: usize,
	open_requests: usize,
}

impl Story {
	/// Energy and money of each event fit to those before.
	fn hear(&mut self, event: Event<Test>) {
		match event {
			Event::Requested { .. } => self.open_requests += 1,
			Event::RequestEnded { .. } => self.open_requests -= 1,
			Event::Responded { .. } => self.responded += 1,
			Event::Offered { offer, supply, .. } => {
				assert!(self.offers.insert(offer, (supply.volume, 0)).is_none());
			}
			Event::Paid { trade, offer, volume, amount, .. } => {
				assert!(self.trades.insert(trade, (offer, volume, amount)).is_none());
				self.offers.entry(offer).or_default().1 += volume;
			}
			Event::Settled { trade, delivered, payout, refund, .. } => {
				let (_, volume, amount) = self.trades.remove(&trade).expect("it was paid, once");
				assert!(delivered <= volume);
				assert_eq!(payout + refund, amount);
			}
			Event::Contested { trade, received } => {
				assert!(received < self.trades[&trade].1);
			}
			Event::Ruled { trade, volume, .. } => assert!(volume <= self.trades[&trade].1),
			Event::ParametersSet { .. } | Event::GridPricesSet { .. } => (),
			Event::GridKeySet { .. } | Event::Outage { .. } => (),
			Event::Metered { .. } | Event::Billed { .. } | Event::Started { .. } => (),
			Event::PayoutReturned { .. } | Event::OfferClosed { .. } => (),
			Event::PaymentImpossible { .. } => (),
		}
	}

	/// What was sold of an offer is never more than its volume; sold and unsold are the whole.
	fn check_offers(&self, events: &[Event<Test>]) {
		for (offer, (volume, sold)) in &self.offers {
			let unsold = events.iter().find_map(|event| match event {
				Event::OfferClosed { offer: closed, unsold } if closed == offer => Some(*unsold),
				_ => None,
			});
			assert_eq!(unsold.expect("every offer ends") + sold, *volume);
		}
	}
}

/// No meter's trades were allotted more than it exported.
fn check_energy(allotted: &BTreeMap<(AccountId, Moment), WattHours>) {
	for (key, energy) in allotted {
		let exported = world(|world| world.exported.get(key).copied()).unwrap_or_default();
		assert!(*energy <= exported, "{energy} Wh of {exported}");
	}
}

/// Energy allotted to the trades that wait for their bill or confirmation.
fn note_allotted(seen: &mut BTreeMap<u64, ((AccountId, Moment), WattHours)>) {
	for (id, trade) in Trades::<Test>::iter() {
		let delivery = match trade.state {
			TradeState::Delivered { delivery }
			| TradeState::Billed { delivery, .. }
			| TradeState::Contested { delivery, .. } => delivery,
			TradeState::Paid | TradeState::Started { .. } => continue,
		};
		if let (Attested::Allotted(energy), Some(meter)) = (delivery.attested, trade.meter) {
			seen.insert(id, ((meter, trade.slot.start), energy));
		}
	}
}

/// What lines and meters have promised is within what they could carry when they promised it.
fn check_promises() {
	for (_, _, load) in LineLoads::<Test>::iter() {
		assert!(load.fed.max(load.taken) <= voltree_primitives::energy(CAPACITY, LENGTH));
	}
	for promises in MeterSlots::<Test>::iter_values() {
		assert!(promises.promised <= voltree_primitives::energy(RATED, LENGTH));
	}
	for desk in Desks::<Test>::iter_values() {
		assert!(desk.items.len() <= 256);
	}
}

proptest! {
	/// After each step the invariants of both pallets hold; after enough time everything has ended,
	/// each trade once, and all money is where somebody can spend it.
	#[test]
	fn money_and_energy_balance(steps in prop_oneof![1 => wild(), 2 => staged()]) {
		let quick = |world: &mut World| world.round = 500;
		ExtBuilder::default().parameters(windows()).world(quick).build().execute_with(|| {
			let mut seen = BTreeMap::new();
			for step in steps {
				take(step);
				check();
				check_promises();
				note_allotted(&mut seen);
			}
			let mut now = world(|world| world.now);
			for _ in 0..300 {
				now += PULSE;
				next_block(now);
				check();
				note_allotted(&mut seen);
				if Agenda::<Test>::iter_keys().next().is_none() {
					break;
				}
			}
			// The blacklist's last open business is noticed to be closed.
			next_block(now);
			check_empty();
			let bonded = [Alice, Bob, Charlie, Dave].map(|who| (held(who), bonded(who)));
			assert_eq!(bonded, [(0, 0); 4]);

			let mut story = Story::default();
			let events = System::read_events_for_pallet::<Event<Test>>();
			events.iter().cloned().for_each(|event| story.hear(event));
			assert_eq!((story.trades.len(), story.open_requests), (0, 0));
			story.check_offers(&events);
			let mut allotted = BTreeMap::<_, WattHours>::new();
			for (key, energy) in seen.into_values() {
				*allotted.entry(key).or_default() += energy;
			}
			check_energy(&allotted);
			let payments = deeds().into_iter().filter(|deed| matches!(
				deed,
				Deed::Timely(_, Cause::PaidInTime)
					| Deed::Untimely(_, _, Cause::PaidLate | Cause::NotPaid)
			));
			assert!(payments.count() <= story.responded, "a payment was judged twice");
		});
	}
}
