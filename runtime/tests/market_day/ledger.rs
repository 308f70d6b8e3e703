//! The books of a market day, kept from its events alone.

use crate::slot_length;
use pallet_market::{Attested, Event};
use std::collections::BTreeMap;
use voltree_primitives::{Balance, Moment, OfferId, TradeId, WattHours};
use voltree_runtime::{AccountId, RuntimeEvent};

/// What the days have seen: a test that never trades proves nothing.
#[derive(Default, Debug)]
pub struct Seen {
	/// Trades by outcome.
	pub outcomes: BTreeMap<String, u32>,
	/// Requests by ending.
	pub endings: BTreeMap<String, u32>,
	/// Energy paid for.
	pub energy: WattHours,
}

/// Compare what was promised, measured and paid, as the events tell it.
pub fn check_energy_and_money(
	events: &[RuntimeEvent],
	registers: &BTreeMap<(AccountId, Moment), WattHours>,
	seen: &mut Seen,
) {
	let mut offered = BTreeMap::<OfferId, pallet_market::Supply<AccountId>>::new();
	let mut unsold = BTreeMap::<OfferId, WattHours>::new();
	let mut sold = BTreeMap::<OfferId, WattHours>::new();
	let mut paid = BTreeMap::<TradeId, (OfferId, WattHours, Balance)>::new();
	let mut allotted = BTreeMap::<(AccountId, Moment), WattHours>::new();
	for event in events {
		let RuntimeEvent::Market(event) = event else { continue };
		match event {
			Event::Offered { offer, supply, .. } => {
				offered.insert(*offer, supply.clone());
			}
			Event::OfferClosed { offer, unsold: left } => {
				assert_eq!(unsold.insert(*offer, *left), None, "an offer is closed once");
			}
			Event::Paid { trade, offer, volume, amount, .. } => {
				*sold.entry(*offer).or_default() += volume;
				paid.insert(*trade, (*offer, *volume, *amount));
			}
			Event::Metered { trade, attested: Attested::Allotted(energy) } => {
				let supply = &offered[&paid[trade].0];
				let meter = supply.meter.clone().expect("it is metered");
				*allotted.entry((meter, supply.slot)).or_default() += energy;
				assert!(*energy <= paid[trade].1, "allotted more than traded");
			}
			Event::Settled { trade, outcome, delivered, payout, refund, .. } => {
				let (offer, volume, amount) = paid.remove(trade).expect("settled once, when paid");
				assert!(*delivered <= volume, "delivered more than traded");
				assert_eq!(payout + refund, amount, "the parts sum to the whole");
				assert!(*payout <= u128::from(*delivered) * offered[&offer].price / 1_000);
				*seen.outcomes.entry(format!("{outcome:?}")).or_default() += 1;
				seen.energy += delivered;
			}
			Event::RequestEnded { ending, .. } => {
				*seen.endings.entry(format!("{ending:?}")).or_default() += 1;
			}
			_ => (),
		}
	}
	assert!(paid.is_empty(), "every trade has ended");
	for (offer, supply) in &offered {
		let left = unsold.get(offer).expect("every offer has ended");
		let gone = sold.get(offer).copied().unwrap_or_default();
		assert_eq!(gone + left, supply.volume, "offer {offer}: sold and unsold make the offer");
	}
	for ((meter, slot), energy) in allotted {
		let at = |boundary| registers.get(&(meter.clone(), boundary)).copied();
		let made = at(slot + slot_length()).zip(at(slot)).map(|(end, start)| end - start);
		assert!(made >= Some(energy), "a meter gave {energy} Wh of {made:?}");
	}
}
