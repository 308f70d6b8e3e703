//! Every deadline takes effect without anybody calling, and the money goes where the table of
//! events in DESIGN.md, section 3, says.

mod common;

use common::{
	on,
	people::{household, Id},
	scene::{demand, held, signed, supply, token_of, total, Deal, Seller, PRICE, VOLUME},
	Chain, MarketCall,
};
use pallet_market::{Ending, Event, Outcome, RequestState, TradeState};
use pallet_sensor_oracle::Class;
use voltree_primitives::{IdentityTag, Moment, RequestId};
use voltree_runtime::{genesis::household_tag, Market, Runtime, VOLT};

const BUYER: usize = 2;
const SELLER: Seller = Seller::Household(6);
const UNMETERED: Seller = Seller::SensorOwner(1);

/// What a buyer and a seller have besides the fees that they paid, and their scores.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Sides {
	buyer: (u128, (u32, u32, u32)),
	seller: (u128, (u32, u32, u32)),
}

fn sides(chain: &Chain, seller: Seller) -> Sides {
	let side = |key: &_, tag: IdentityTag| (total(key) + chain.fees_of(key), chain.score(tag));
	Sides {
		buyer: side(&household(BUYER), household_tag(BUYER)),
		seller: side(&seller.key(), seller.tag()),
	}
}

/// How the trade ended; `None` if it has not.
fn outcome(chain: &Chain, deal: &Deal) -> Option<Outcome> {
	chain.market_events().into_iter().find_map(|event| match event {
		Event::Settled { trade, outcome, .. } if trade == deal.trade => Some(outcome),
		_ => None,
	})
}

fn ending(chain: &Chain, of: RequestId) -> Option<Ending> {
	chain.market_events().into_iter().find_map(|event| match event {
		Event::RequestEnded { request, ending } if request == of => Some(ending),
		_ => None,
	})
}

/// A deal, then `until` some deadline of it without anybody doing anything but `before`. Returns
/// what the parties had before the deal and after it.
fn let_pass(
	seller: Seller,
	before: impl FnOnce(&mut Chain, &Deal),
	deadline: impl FnOnce(&Deal, pallet_market::Deadlines) -> Moment,
	expected: Outcome,
) -> (Sides, Sides) {
	on("dev", |chain| {
		chain.calm();
		let first = sides(chain, seller);
		let deal = chain.deal(BUYER, seller);
		let deadlines = chain.trade(deal.trade).deadlines;
		before(chain, &deal);
		let due = deadline(&deal, deadlines);
		chain.until(due);
		assert_eq!(outcome(chain, &deal), None, "what happens now is in time");
		chain.past(due);
		assert_eq!(outcome(chain, &deal), Some(expected));
		assert_eq!(ending(chain, deal.request), Some(Ending::Settled));
		assert_eq!(held(&deal.buyer), 0, "the shared wallet is closed");
		(first, sides(chain, seller))
	})
}

/// `first`, after `paid` went from buyer to seller, with these scores.
fn after(first: Sides, paid: u128, buyer: (u32, u32, u32), seller: (u32, u32, u32)) -> Sides {
	Sides { buyer: (first.buyer.0 - paid, buyer), seller: (first.seller.0 + paid, seller) }
}

/// The smallest fine, which is what all faults here cost: a fifth of their value is less.
const FINE: u128 = 50_000;

impl Sides {
	fn buyer_fined(mut self) -> Self {
		self.buyer.0 -= FINE;
		self
	}

	fn seller_fined(mut self) -> Self {
		self.seller.0 -= FINE;
		self
	}
}

/// `w * volume`: ten points a kilowatt-hour, rounded up.
fn loss(volume: u64) -> u32 {
	u32::try_from((volume * 10).div_ceil(1_000)).expect("small")
}

#[test]
fn nobody_responds_funds_back_nothing_for_anybody() {
	on("dev", |chain| {
		chain.calm();
		let first = sides(chain, SELLER);
		let start = chain.tradable_slot();
		chain.offer(SELLER, supply(SELLER, start, VOLUME));
		let buyer = household(BUYER);
		let request = chain.request(&buyer, demand(BUYER, start, VOLUME), VOLT);
		let asked = pallet_market::Requests::<Runtime>::get(request).unwrap();
		let RequestState::Open { respond_by } = asked.state else { panic!("{asked:?}") };
		chain.until(respond_by);
		assert_eq!(ending(chain, request), None);
		chain.past(respond_by);
		assert_eq!(ending(chain, request), Some(Ending::NoResponse));
		assert_eq!(held(&buyer), 0);
		assert_eq!(sides(chain, SELLER), first);
	});
}

/// A request that is answered and not paid.
fn not_paid(with_offer: bool, expected: Ending, lost: u32, untimely: u32) {
	on("dev", |chain| {
		chain.calm();
		let first = sides(chain, SELLER);
		let start = chain.tradable_slot();
		if with_offer {
			chain.offer(SELLER, supply(SELLER, start, VOLUME));
		}
		let buyer = household(BUYER);
		let request = chain.request(&buyer, demand(BUYER, start, VOLUME), VOLT);
		let window = Market::parameters().offer_window;
		chain.until(chain.now() + window);
		chain.respond(request);
		let answered = pallet_market::Requests::<Runtime>::get(request).unwrap();
		let RequestState::Responded { late_by, .. } = answered.state else {
			panic!("{answered:?}")
		};
		chain.until(late_by);
		assert_eq!(ending(chain, request), None);
		chain.past(late_by);
		assert_eq!(ending(chain, request), Some(expected));
		assert_eq!(held(&buyer), 0);
		let last = after(first, 0, (1_000 - lost, 0, untimely), (1_000, 0, 0));
		let last = if untimely > 0 { last.buyer_fined() } else { last };
		assert_eq!(sides(chain, SELLER), last);
	});
}

#[test]
fn not_paid_though_an_offer_stood() {
	// The smallest fill of the offer is 100 Wh.
	not_paid(true, Ending::NotPaid, loss(100), 1);
}

#[test]
fn not_paid_without_an_offer() {
	not_paid(false, Ending::NothingToPay, 0, 0);
}

#[test]
fn paid_in_the_grace_counts_as_untimely_and_goes_on() {
	on("dev", |chain| {
		chain.calm();
		let start = chain.tradable_slot();
		let offer = chain.offer(SELLER, supply(SELLER, start, VOLUME));
		let buyer = household(BUYER);
		let request = chain.request(&buyer, demand(BUYER, start, VOLUME), VOLT);
		chain.respond(request);
		let answered = pallet_market::Requests::<Runtime>::get(request).unwrap();
		let RequestState::Responded { pay_by, late_by, .. } = answered.state else {
			panic!("{answered:?}")
		};
		chain.past(pay_by);
		assert!(chain.now() <= late_by);
		let trade = chain.pay(&buyer, request, offer, 200);
		// The first late fill decides, once.
		chain.pay(&buyer, request, offer, 100);
		assert_eq!(chain.score(household_tag(BUYER)), (1_000 - loss(200), 0, 1));
		assert_eq!(chain.trade(trade).state, TradeState::Paid);
		chain.past(late_by);
		let offered = pallet_market::Offers::<Runtime>::get(offer).unwrap();
		let pay = MarketCall::pay { request, offer, volume: offered.available };
		let closed = pallet_market::Error::<Runtime>::RequestClosed.into();
		assert_eq!(chain.send(&buyer, pay), Err(closed));
	});
}

#[test]
fn an_offer_expires_by_itself() {
	on("dev", |chain| {
		chain.calm();
		let start = chain.tradable_slot();
		let expires = chain.now() + 9_000;
		let mut timed = supply(SELLER, start, VOLUME);
		timed.expires = Some(expires);
		let offer = chain.offer(SELLER, timed);
		chain.until(expires);
		assert!(pallet_market::Offers::<Runtime>::contains_key(offer));
		chain.past(expires);
		assert!(!pallet_market::Offers::<Runtime>::contains_key(offer));
		assert!(pallet_market::Agenda::<Runtime>::iter().next().is_none());
	});
}

#[test]
fn not_started_though_the_lines_were_safe() {
	let (first, last) = let_pass(SELLER, |_, _| (), |deal, _| deal.slot.end, Outcome::NotStarted);
	assert_eq!(last, after(first, 0, (1_000, 1, 0), (1_000 - loss(VOLUME), 0, 1)).seller_fined());
}

#[test]
fn not_started_because_the_lines_were_not_safe() {
	for weather in [Some(Class::Thunderstorm), None] {
		let storm = |chain: &mut Chain, deal: &Deal| {
			// A minute after its last report a silent line is stale.
			chain.until(deal.slot.gate - 62_000);
			chain.weather_turns(weather);
		};
		let (first, last) = let_pass(SELLER, storm, |deal, _| deal.slot.end, Outcome::Stopped);
		assert_eq!(last, after(first, 0, (1_000, 1, 0), (1_000, 0, 0)));
	}
}

#[test]
fn unsafe_throughout_the_slot_full_refund() {
	let storm = |chain: &mut Chain, deal: &Deal| {
		chain.start_delivery(deal);
		chain.weather_turns(Some(Class::Thunderstorm));
	};
	let (first, last) = let_pass(SELLER, storm, |deal, _| deal.slot.end, Outcome::UnsafeThroughout);
	assert_eq!(last, after(first, 0, (1_000, 1, 0), (1_000, 0, 0)));
}

#[test]
fn unsafe_for_a_part_of_the_slot_excuses_what_is_missing() {
	let half = |chain: &mut Chain, deal: &Deal| {
		chain.start_delivery(deal);
		chain.until(deal.slot.start + 30_000);
		chain.weather_turns(Some(Class::Wind));
		chain.deliver(deal, 200);
	};
	let (first, last) =
		let_pass(SELLER, half, |_, deadlines| deadlines.bill_by, Outcome::SettledUnbilled);
	let paid = 200 * PRICE / 1_000;
	assert_eq!(last, after(first, paid, (1_000, 1, 0), (1_000, 0, 0)));
}

#[test]
fn metered_and_not_billed_settles_by_the_meters() {
	let deliver = |chain: &mut Chain, deal: &Deal| {
		chain.start_delivery(deal);
		chain.deliver(deal, 390);
	};
	let (first, last) =
		let_pass(SELLER, deliver, |_, deadlines| deadlines.bill_by, Outcome::SettledUnbilled);
	let paid = 390 * PRICE / 1_000;
	assert_eq!(last, after(first, paid, (1_000, 1, 0), (1_000, 0, 1)));
}

#[test]
fn a_silent_meter_and_no_bill_is_not_delivered() {
	let start = |chain: &mut Chain, deal: &Deal| chain.start_delivery(deal);
	let (first, last) =
		let_pass(SELLER, start, |_, deadlines| deadlines.bill_by, Outcome::SettledUnbilled);
	assert_eq!(last, after(first, 0, (1_000, 1, 0), (1_000 - loss(VOLUME), 0, 1)).seller_fined());
}

#[test]
fn a_register_after_meter_by_is_too_late() {
	let late = |chain: &mut Chain, deal: &Deal| {
		chain.start_delivery(deal);
		chain.past(chain.trade(deal.trade).deadlines.meter_by);
		chain.deliver(deal, VOLUME);
	};
	let (first, last) =
		let_pass(SELLER, late, |_, deadlines| deadlines.bill_by, Outcome::SettledUnbilled);
	assert_eq!(last, after(first, 0, (1_000, 1, 0), (1_000 - loss(VOLUME), 0, 1)).seller_fined());
}

#[test]
fn metered_and_not_confirmed_settles_by_the_meters() {
	let bill = |chain: &mut Chain, deal: &Deal| {
		chain.start_delivery(deal);
		chain.deliver(deal, 390);
		chain.bill(deal, 390);
	};
	let (first, last) =
		let_pass(SELLER, bill, |_, deadlines| deadlines.confirm_by, Outcome::SettledUnconfirmed);
	let paid = 390 * PRICE / 1_000;
	assert_eq!(last, after(first, paid, (1_000 - loss(390), 1, 1), (1_000, 1, 0)).buyer_fined());
}

#[test]
fn delivered_short_pays_the_delivered_part() {
	let short = |chain: &mut Chain, deal: &Deal| {
		chain.start_delivery(deal);
		chain.deliver(deal, 100);
	};
	let (first, last) =
		let_pass(SELLER, short, |_, deadlines| deadlines.bill_by, Outcome::SettledUnbilled);
	let paid = 100 * PRICE / 1_000;
	assert_eq!(last, after(first, paid, (1_000, 1, 0), (1_000 - loss(300), 0, 1)).seller_fined());
}

#[test]
fn unmetered_and_not_billed_is_not_delivered() {
	let start = |chain: &mut Chain, deal: &Deal| chain.start_delivery(deal);
	let (first, last) =
		let_pass(UNMETERED, start, |_, deadlines| deadlines.bill_by, Outcome::NotBilled);
	assert_eq!(last, after(first, 0, (1_000, 1, 0), (1_000 - loss(VOLUME), 0, 1)).seller_fined());
}

#[test]
fn unmetered_not_confirmed_and_not_ruled_goes_back_to_the_buyer() {
	let bill = |chain: &mut Chain, deal: &Deal| {
		chain.start_delivery(deal);
		chain.deliver(deal, 0);
		chain.bill(deal, VOLUME);
	};
	let (first, last) =
		let_pass(UNMETERED, bill, |_, deadlines| deadlines.rule_by, Outcome::Unruled);
	assert_eq!(last, after(first, 0, (1_000, 1, 1), (1_000, 0, 0)));
}

/// The trade finishes: locked money belongs to the trade.
#[test]
fn a_certificate_that_ends_in_the_middle_stops_nothing() {
	let revoke_both = |chain: &mut Chain, deal: &Deal| {
		for account in [deal.buyer.id(), deal.seller.key().id()] {
			chain.decide(pallet_registry::Call::<Runtime>::revoke { account });
		}
		chain.start_delivery(deal);
		chain.deliver(deal, VOLUME);
		chain.bill(deal, VOLUME);
	};
	let (first, last) = let_pass(
		SELLER,
		revoke_both,
		|_, deadlines| deadlines.confirm_by,
		Outcome::SettledUnconfirmed,
	);
	let paid = u128::from(VOLUME) * PRICE / 1_000;
	assert_eq!(last, after(first, paid, (1_000 - loss(VOLUME), 1, 1), (1_000, 1, 0)).buyer_fined());
}

/// With the service down nothing is lost and nobody becomes untimely; its key can be replaced.
#[test]
fn a_new_service_key_answers_what_waits() {
	on("dev", |chain| {
		chain.calm();
		let start = chain.tradable_slot();
		chain.offer(SELLER, supply(SELLER, start, VOLUME));
		let request = chain.request(&household(BUYER), demand(BUYER, start, VOLUME), VOLT);
		let key = common::people::pair("//NewService");
		chain.give(&key, VOLT);
		let set_key =
			pallet_registry::Call::<Runtime>::set_service_key { key: key.id(), overlap: 0 };
		chain.decide(set_key);
		let respond = |by: &sp_core::sr25519::Pair| MarketCall::respond {
			request,
			token: signed(token_of(request), by),
		};
		let old = common::people::service();
		let refused = sp_runtime::DispatchError::BadOrigin;
		assert_eq!(chain.send(&old, respond(&old)), Err(refused));
		chain.ok(&key, respond(&key));
	});
}
