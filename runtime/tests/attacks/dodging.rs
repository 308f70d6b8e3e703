//! Getting out of what one has agreed to: each way out is shut, or costs what staying in would.

use crate::{
	common::{
		on,
		people::{household, Id},
		refusals::{check, row},
		scene::{demand, held, supply, Deal, Seller, PRICE, VOLUME},
		Chain, MarketCall,
	},
	tools::*,
};
use pallet_market::{Ending, Outcome, RequestState};
use voltree_primitives::{Moment, RequestId};
use voltree_runtime::{
	genesis::{household_tag, sensor_owner_tag},
	Runtime, VOLT,
};

const SELLER: Seller = Seller::Household(7);

/// Household 1 asks for [`VOLUME`], household 7 offers it, the management centre responds.
fn answered(chain: &mut Chain) -> (RequestId, u64) {
	let start = chain.tradable_slot();
	let offer = chain.offer(SELLER, supply(SELLER, start, VOLUME));
	let request = chain.request(&household(1), demand(1, start, VOLUME), VOLT);
	chain.respond(request);
	(request, offer)
}

fn dates(request: RequestId) -> (Moment, Moment) {
	let asked = pallet_market::Requests::<Runtime>::get(request).expect("it is open");
	let RequestState::Responded { pay_by, late_by, .. } = asked.state else { panic!("{asked:?}") };
	(pay_by, late_by)
}

/// Before the response it costs nothing; after it, and in the grace, what not paying costs.
#[test]
fn cancelling_a_request_to_dodge_a_fine() {
	on("dev", |chain| {
		let buyer = household(1);
		let before = purse(chain, &buyer);
		let start = chain.tradable_slot();
		let early = chain.request(&buyer, demand(1, start, VOLUME), VOLT);
		chain.ok(&buyer, MarketCall::cancel_request { request: early });
		assert_eq!(ending(chain, early), Some(Ending::Cancelled));
		assert_eq!(purse(chain, &buyer), before);
		assert_eq!(chain.score(household_tag(1)), (1_000, 0, 0));

		let (request, offer) = answered(chain);
		chain.ok(&buyer, MarketCall::cancel_request { request });
		chain.ok(&SELLER.key(), MarketCall::withdraw_offer { offer });
		assert_eq!(ending(chain, request), Some(Ending::NotPaid));
		// The smallest fill that he could have taken counts: 100 Wh.
		assert_eq!(chain.score(household_tag(1)), (999, 0, 1));
		assert_eq!(before - purse(chain, &buyer), SMALLEST_FINE);

		// In the grace, when the offer has gone with the payment date, it is judged as it was then.
		let start = chain.tradable_slot();
		let mut brief = supply(Seller::Household(8), start, VOLUME);
		let offer_ends = chain.now() + 69_000;
		brief.expires = Some(offer_ends);
		chain.offer(Seller::Household(8), brief);
		let request = chain.request(&buyer, demand(1, start, VOLUME), VOLT);
		chain.respond(request);
		let (pay_by, late_by) = dates(request);
		assert!(offer_ends >= pay_by);
		chain.past(pay_by);
		assert!(chain.now() <= late_by);
		chain.ok(&buyer, MarketCall::cancel_request { request });
		assert_eq!(ending(chain, request), Some(Ending::NotPaid));
		assert_eq!(chain.score(household_tag(1)), (998, 0, 2));
		assert_eq!(before - purse(chain, &buyer), 2 * SMALLEST_FINE);
	});
}

/// An offer that lures and goes: nobody can be blamed for not taking it.
#[test]
fn withdrawing_an_offer_after_it_was_quoted() {
	on("dev", |chain| {
		let buyer = household(1);
		let before = [purse(chain, &buyer), purse(chain, &SELLER.key())];
		let (request, offer) = answered(chain);
		chain.ok(&SELLER.key(), MarketCall::withdraw_offer { offer });
		let gone = MarketError::OfferNotFound;
		let pay = MarketCall::pay { request, offer, volume: VOLUME };
		check(chain, vec![row("it is gone", &buyer, pay, gone)]);
		assert_eq!(until_ended(chain, request), Ending::NothingToPay);
		assert_eq!(chain.score(household_tag(1)), (1_000, 0, 0));
		assert_eq!([purse(chain, &buyer), purse(chain, &SELLER.key())], before);
	});
}

/// What is sold stays sold: withdrawing the offer changes nothing about it, and withdrawing the
/// trade costs half a fine while there is time for it, and the whole one later.
#[test]
fn withdrawing_what_was_sold() {
	on("dev", |chain| {
		chain.calm();
		let seller = SELLER.key();
		let before = [purse(chain, &household(1)), purse(chain, &seller)];
		let [early, late] = [0, 1].map(|_| chain.deal(1, SELLER));
		let gone = MarketError::OfferNotFound;
		let offer = MarketCall::withdraw_offer { offer: early.offer };
		check(chain, vec![row("its offer", &seller, offer, gone)]);
		let withdraw = |deal: &Deal| MarketCall::withdraw_trade { trade: deal.trade };
		let not_his = MarketError::NotSeller;
		check(chain, vec![row("by the buyer", &early.buyer, withdraw(&early), not_his)]);

		chain.ok(&seller, withdraw(&early));
		assert_eq!(outcome(chain, early.trade), Some(Outcome::Withdrawn));
		assert_eq!(before[1] - purse(chain, &seller), SMALLEST_FINE / 2);
		assert_eq!(chain.score(household_tag(7)), (1_000, 0, 1));
		chain.until(late.slot.gate);
		let shut = MarketError::TooLate;
		check(chain, vec![row("at the gate", &seller, withdraw(&late), shut)]);
		chain.start_delivery(&late);
		let begun = MarketError::AlreadyStarted;
		check(chain, vec![row("once begun", &seller, withdraw(&late), begun)]);
		chain.deliver(&late, 0);
		let due = chain.trade(late.trade).deadlines.bill_by;
		chain.past(due);
		assert_eq!(outcome(chain, late.trade), Some(Outcome::SettledUnbilled));
		assert_eq!(before[1] - purse(chain, &seller), SMALLEST_FINE / 2 + SMALLEST_FINE);
		assert_eq!(chain.score(household_tag(7)), (996, 0, 2));
		assert_eq!(purse(chain, &household(1)), before[0], "the buyer has his money back");
	});
}

/// To wait whether a better offer comes, and pay only if none does, is not free: a payment after
/// its date is fined like none, and after the grace there is none.
#[test]
fn the_free_option_of_paying_late() {
	on("dev", |chain| {
		let buyer = household(1);
		let before = purse(chain, &buyer);
		let (request, offer) = answered(chain);
		let (pay_by, late_by) = dates(request);
		chain.past(pay_by);
		chain.pay(&buyer, request, offer, VOLUME);
		assert_eq!(before - purse(chain, &buyer), SMALLEST_FINE);
		assert_eq!(chain.score(household_tag(1)), (996, 0, 1));

		// A cheaper offer that comes in the grace is no way around it.
		let (request, _) = answered(chain);
		let start = pallet_market::Requests::<Runtime>::get(request).expect("open").slot.start;
		let late = dates(request).0;
		chain.past(late);
		let cheaper = {
			let mut supply = supply(Seller::Household(8), start, VOLUME);
			supply.price = PRICE / 2;
			chain.offer(Seller::Household(8), supply)
		};
		chain.pay(&buyer, request, cheaper, VOLUME);
		assert_eq!(before - purse(chain, &buyer), 2 * SMALLEST_FINE);
		assert_eq!(chain.score(household_tag(1)), (992, 0, 2));
		assert!(late_by > pay_by);
	});
}

#[test]
fn paying_after_the_grace() {
	on("dev", |chain| {
		let buyer = household(1);
		let (request, offer) = answered(chain);
		let (_, late_by) = dates(request);
		chain.past(late_by);
		let gone = MarketError::RequestNotFound;
		let pay = MarketCall::pay { request, offer, volume: VOLUME };
		check(chain, vec![row("too late", &buyer, pay, gone)]);
		assert_eq!(ending(chain, request), Some(Ending::NotPaid));
		assert_eq!(held(&buyer), 0);
	});
}

/// A buyer who keeps silent pays what the registers attest, and a fine.
#[test]
fn never_confirming() {
	on("dev", |chain| {
		let before = [purse(chain, &household(1)), purse(chain, &SELLER.key())];
		let deal = delivered(chain, 1, SELLER, VOLUME);
		chain.bill(&deal, VOLUME);
		let due = chain.trade(deal.trade).deadlines.confirm_by;
		chain.past(due);
		assert_eq!(outcome(chain, deal.trade), Some(Outcome::SettledUnconfirmed));
		assert_eq!(purse(chain, &SELLER.key()), before[1] + deal.locked);
		assert_eq!(before[0] - purse(chain, &household(1)), deal.locked + SMALLEST_FINE);
		assert_eq!(chain.score(household_tag(1)), (996, 1, 1));
		assert_eq!(chain.score(household_tag(7)), (1_000, 1, 0));
	});
}

/// A seller who never starts, though he could, is fined, and the buyer has his money back.
#[test]
fn never_starting() {
	on("dev", |chain| {
		chain.calm();
		let before = [purse(chain, &household(1)), purse(chain, &SELLER.key())];
		let deal = chain.deal(1, SELLER);
		chain.past(deal.slot.end);
		assert_eq!(outcome(chain, deal.trade), Some(Outcome::NotStarted));
		assert_eq!(purse(chain, &household(1)), before[0]);
		assert_eq!(before[1] - purse(chain, &SELLER.key()), SMALLEST_FINE);
		assert_eq!(chain.score(household_tag(7)), (996, 0, 1));
	});
}

/// No bill, no contest? A metered trade settles by the registers, which can be contested without a
/// bill; one without meters is not delivered.
#[test]
fn never_billing_to_avoid_a_contest() {
	on("dev", |chain| {
		let deal = delivered(chain, 1, SELLER, VOLUME);
		let deadlines = chain.trade(deal.trade).deadlines;
		chain.past(deadlines.meter_by);
		chain.ok(&deal.buyer, MarketCall::contest { trade: deal.trade, received: 100 });
		let late = MarketError::AlreadyContested;
		let payee = SELLER.key().id();
		let bill = MarketCall::bill { trade: deal.trade, delivered: VOLUME, payee };
		check(chain, vec![row("a bill after all", &SELLER.key(), bill, late)]);
		chain.past(deadlines.bill_by);
		assert_eq!(outcome(chain, deal.trade), None, "the ruling is waited for");
	});
	on("dev", |chain| {
		let seller = Seller::SensorOwner(1);
		let before = [purse(chain, &household(1)), purse(chain, &seller.key())];
		let deal = delivered(chain, 1, seller, 0);
		let due = chain.trade(deal.trade).deadlines.bill_by;
		chain.past(due);
		assert_eq!(outcome(chain, deal.trade), Some(Outcome::NotBilled));
		assert_eq!(purse(chain, &household(1)), before[0]);
		assert_eq!(before[1] - purse(chain, &seller.key()), SMALLEST_FINE);
		assert_eq!(chain.score(sensor_owner_tag(1)), (996, 0, 1));
	});
}

/// A payment that is impossible for one request is no excuse for another: not even for the same
/// person's, who asks a second time for a line that nobody watches, only to be refused there.
#[test]
fn excusing_oneself_by_a_payment_that_is_impossible() {
	on("dev", |chain| {
		let buyer = household(1);
		let before = purse(chain, &buyer);
		let unwatched = crate::common::RegistryCall::add_line { line: 4, capacity: 1_000_000 };
		chain.decide(unwatched);
		let (request, offer) = answered(chain);
		let start = pallet_market::Requests::<Runtime>::get(request).expect("open").slot.start;
		let mut sham = demand(1, start, VOLUME);
		sham.lines = vec![4, 2].try_into().expect("two");
		let sham = chain.request(&buyer, sham, VOLT);
		chain.respond(sham);
		chain.next();
		let reason = impossible(chain, &buyer, (sham, offer, VOLUME));
		assert_eq!(reason, MarketError::TooFewSensors.into());
		assert_eq!(until_ended(chain, sham), Ending::NothingToPay);
		assert_eq!(until_ended(chain, request), Ending::NotPaid);
		assert_eq!(before - purse(chain, &buyer), SMALLEST_FINE);
		assert_eq!(chain.score(household_tag(1)), (999, 0, 1));
	});
}
