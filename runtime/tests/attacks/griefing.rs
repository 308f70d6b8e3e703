//! Filling the market with what nobody means: it is bounded, and costs who does it.

use crate::{
	common::{
		on,
		people::{household, wallet_key, Id},
		refusals::{check, row},
		scene::{demand, held, line_of, supply, Seller, VOLUME},
		Chain, MarketCall,
	},
	tools::*,
};
use frame_support::{dispatch::DispatchClass, weights::Weight};
use pallet_market::{Ending, Outcome, MAX_OPEN};
use voltree_primitives::{Moment, RequestId};
use voltree_runtime::{genesis::household_tag, Runtime, System, VOLT};

const SELLER: Seller = Seller::Household(7);

fn ask(number: usize, start: Moment, volume: u64) -> MarketCall {
	let key = wallet_key(&household(number)).id();
	MarketCall::request { demand: demand(number, start, volume), key, funding: 0 }
}

/// What hooks and inherents have taken of the open block so far.
fn mandatory() -> Weight {
	*System::block_weight().get(DispatchClass::Mandatory)
}

fn quarter() -> Weight {
	<Runtime as frame_system::Config>::BlockWeights::get().max_block / 4
}

/// Household `number` opens `count` requests for the least that there is.
fn many(chain: &mut Chain, number: usize, start: Moment, count: u64) -> Vec<RequestId> {
	(0..count)
		.map(|_| {
			chain.next_if_full();
			chain.request(&household(number), demand(number, start, 100), 0)
		})
		.collect()
}

/// Who opens requests and lets them be answered for nothing pays a fine for each, and loses credit.
/// The seller whose offer he looked at loses nothing, and can sell to somebody else all the while.
#[test]
fn griefing_by_opening_and_abandoning_requests() {
	on("dev", |chain| {
		chain.calm();
		let before = [1, 7].map(|number| purse(chain, &household(number)));
		let start = chain.tradable_slot();
		let offer = chain.offer(SELLER, supply(SELLER, start, VOLUME));
		let requests = many(chain, 1, start, 20);
		assert_eq!(held(&household(1)), 20 * SMALLEST_FINE);
		for request in &requests {
			chain.next_if_full();
			chain.respond(*request);
		}
		for request in requests {
			assert_eq!(until_ended(chain, request), Ending::NotPaid);
		}
		assert!(pallet_market::Offers::<Runtime>::contains_key(offer), "it was there for others");
		assert_eq!(before[0] - purse(chain, &household(1)), 20 * SMALLEST_FINE);
		assert_eq!(chain.score(household_tag(1)), (980, 0, 20));
		assert_eq!(purse(chain, &household(7)), before[1]);
		assert_eq!(chain.score(household_tag(7)), (1_000, 0, 0));
	});
}

/// Requests that are cancelled or never answered cost their fees, and each its bond meanwhile;
/// credit bounds how much of them there can be.
#[test]
fn griefing_by_opening_more_than_credit_allows() {
	on("dev", |chain| {
		let start = chain.tradable_slot() + 600_000;
		let buyer = household(1);
		let before = purse(chain, &buyer);
		// A thousand points, a hundred Wh each.
		for _ in 0..4 {
			chain.request(&buyer, demand(1, start, 25_000), 0);
		}
		let credit = || MarketError::ExceedsCredit;
		let little = supply(Seller::Household(1), start, 100);
		let rows = vec![
			row("one request more", &buyer, ask(1, start, 100), credit()),
			row("an offer", &buyer, MarketCall::offer { supply: little }, credit()),
		];
		check(chain, rows);
		chain.ok(&buyer, MarketCall::cancel_request { request: 0 });
		chain.ok(&buyer, ask(1, start, 25_000));
		assert_eq!(purse(chain, &buyer), before);
		assert!(chain.fees_of(&buyer) > 0);
	});
}

/// Four offers a person, line and slot: nobody fills the book of a line.
#[test]
fn griefing_by_filling_the_order_book() {
	on("dev", |chain| {
		let start = chain.tradable_slot();
		let seller = Seller::Household(7);
		let key = seller.key();
		let offer = |line, slot| {
			let mut supply = supply(seller, slot, 100);
			if line != line_of(7) {
				(supply.line, supply.meter) = (line, None);
			}
			MarketCall::offer { supply }
		};
		for line in 1..=3 {
			for _ in 0..4 {
				chain.ok(&key, offer(line, start));
			}
			let full = MarketError::TooManyOffers;
			check(chain, vec![row("a fifth", &key, offer(line, start), full)]);
		}
		chain.ok(&key, offer(2, start + 60_000));
		// Those of others are quoted beside them.
		let honest = chain.offer(Seller::Household(8), supply(Seller::Household(8), start, VOLUME));
		let request = chain.request(&household(1), demand(1, start, VOLUME), VOLT);
		chain.respond(request);
		let quotes = pallet_market::Requests::<Runtime>::get(request).unwrap().quoted;
		assert!(quotes.iter().any(|quote| quote.offer == honest));
		assert_eq!(quotes.len(), 13);
	});
}

/// A desk has 256 places. Whoever fills his own only keeps himself from trading; all of it goes
/// back, but for the fees.
#[test]
fn griefing_by_filling_a_desk() {
	on("dev", |chain| {
		chain.calm();
		chain.checked_every = 10;
		let buyer = household(1);
		let before = purse(chain, &buyer);
		let start = chain.tradable_slot() + 600_000;
		let requests = many(chain, 1, start, MAX_OPEN.into());
		let full = MarketError::DeskFull;
		check(chain, vec![row("one more", &buyer, ask(1, start, 100), full)]);
		let deal = chain.deal(2, SELLER);
		finish(chain, std::slice::from_ref(&deal));
		assert_eq!(outcome(chain, deal.trade), Some(Outcome::Confirmed));
		for request in requests {
			assert_eq!(until_ended(chain, request), Ending::NoResponse);
		}
		assert_eq!(purse(chain, &buyer), before);
		assert_eq!(held(&buyer), 0);
		assert!(chain.fees_of(&buyer) > 256 * 100, "{}", chain.fees_of(&buyer));
	});
}

/// Whose desk is full cannot be paid: the buyer takes another offer, and is not to blame.
#[test]
fn a_seller_whose_desk_is_full() {
	on("dev", |chain| {
		chain.checked_every = 10;
		let start = chain.tradable_slot() + 600_000;
		let filled = u64::from(MAX_OPEN) - 1;
		let _requests = many(chain, 7, start, filled);
		let slot = chain.tradable_slot();
		let offer = chain.offer(SELLER, supply(SELLER, slot, VOLUME));
		let request = chain.request(&household(1), demand(1, slot, VOLUME), VOLT);
		chain.respond(request);
		let reason = impossible(chain, &household(1), (request, offer, VOLUME));
		assert_eq!(reason, MarketError::SellerDeskFull.into());
		assert_eq!(until_ended(chain, request), Ending::NothingToPay);
		assert_eq!(chain.score(household_tag(1)), (1_000, 0, 0));
	});
}

/// Somebody comes on the blacklist with all that a person can have open. It is closed within
/// bounded blocks, while the deadlines and the calls of others go on.
#[test]
fn a_blacklisted_person_with_a_full_desk() {
	on("dev", |chain| {
		chain.calm();
		chain.checked_every = 10;
		one_slip_is_enough(chain);
		let slip = unpaid(chain, 1, Seller::Household(8));
		let idle = mandatory();
		let deal = chain.deal(2, SELLER);
		let start = chain.tradable_slot() + 600_000;
		let mut opened = many(chain, 1, start, u64::from(MAX_OPEN) - 1);
		assert_eq!(held(&household(1)), u128::from(MAX_OPEN) * SMALLEST_FINE);
		while !is_listed(household_tag(1)) {
			chain.next();
		}
		assert_eq!(ending(chain, slip), Some(Ending::NotPaid));
		let mut blocks = 1;
		while pallet_market::Desks::<Runtime>::contains_key(household_tag(1)) {
			let busy = mandatory().saturating_sub(idle);
			assert!(busy.all_lte(quarter()), "the hook took {busy:?}");
			chain.give(&household(9), VOLT);
			chain.next();
			blocks += 1;
		}
		assert!(blocks < 20, "it took {blocks} blocks");
		opened.retain(|request| ending(chain, *request) != Some(Ending::Blacklisted));
		assert_eq!(opened, Vec::<RequestId>::new());
		assert_eq!(held(&household(1)), 0);
		// His bonds have paid what he owed.
		assert_eq!(due(household_tag(1)), 0);
		finish(chain, std::slice::from_ref(&deal));
		assert_eq!(outcome(chain, deal.trade), Some(Outcome::Confirmed));
	});
}

/// Friends fill what a line can carry, and let it go again before the gate. Whoever could not buy
/// because of it is not to blame; each of the friends pays for each trade.
#[test]
fn griefing_by_filling_a_line() {
	on("dev", |chain| {
		chain.calm();
		let friends = [6, 7, 8, 9];
		let before = friends.map(|number| purse(chain, &household(number)));
		let [accomplice, honest] = [purse(chain, &household(1)), purse(chain, &household(2))];
		let start = chain.tradable_slot();
		// Line 2 carries 25,000 Wh in a slot.
		let trades = friends.map(|number| {
			let seller = Seller::Household(number);
			let offer = chain.offer(seller, supply(seller, start, 6_250));
			let request = chain.request(&household(1), demand(1, start, 6_250), 10 * VOLT);
			chain.respond(request);
			chain.pay(&household(1), request, offer, 6_250)
		});
		let line_full = MarketError::ExceedsLineCapacity;
		let seller = Seller::Household(10);
		let call = MarketCall::offer { supply: supply(seller, start, VOLUME) };
		check(chain, vec![row("an offer", &seller.key(), call, line_full)]);
		let request = chain.request(&household(2), demand(2, start, VOLUME), VOLT);
		let window = voltree_runtime::Market::parameters().offer_window;
		chain.until(chain.now() + window);
		chain.respond(request);
		assert_eq!(until_ended(chain, request), Ending::NothingToPay);
		for (trade, number) in trades.into_iter().zip(friends) {
			chain.ok(&household(number), MarketCall::withdraw_trade { trade });
		}
		// A tenth of 6,250 Wh at 0.25 VOLT each: half of a fifth.
		for (number, had) in friends.into_iter().zip(before) {
			assert_eq!(had - purse(chain, &household(number)), 156_250);
		}
		assert_eq!(purse(chain, &household(1)), accomplice);
		assert_eq!(purse(chain, &household(2)), honest);
		assert_eq!(chain.score(household_tag(2)), (1_000, 0, 0));
	});
}
