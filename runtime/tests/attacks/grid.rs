//! The price of the grid's power: said in advance, once, by one key, within the cap.

use crate::{
	common::{
		on,
		people::{household, pair, service, Id},
		refusals::{check, row},
		scene::{Seller, PRICE, VOLUME},
		Chain, MarketCall,
	},
	tools::*,
};
use pallet_market::Outcome;
use voltree_primitives::{LineId, Moment, Price};
use voltree_runtime::{Market, VOLT};

const SELLER: Seller = Seller::Household(7);

fn say(line: LineId, first: Moment, prices: &[Price]) -> MarketCall {
	let prices = prices.to_vec().try_into().expect("at most a day");
	MarketCall::set_grid_prices { line, first, prices }
}

/// Let a trade of 400 Wh on line 1 fail, with this grid price said before. Returns what the buyer
/// got more than his money back, and what the seller lost.
fn failed(chain: &mut Chain, price: Option<Price>) -> (u128, u128) {
	chain.calm();
	let before = [purse(chain, &household(1)), purse(chain, &SELLER.key())];
	let deal = chain.deal(1, SELLER);
	if let Some(price) = price {
		chain.ok(&pair("//Grid"), say(1, deal.slot.start, &[price]));
	}
	chain.past(deal.slot.end);
	assert_eq!(outcome(chain, deal.trade), Some(Outcome::NotStarted));
	(purse(chain, &household(1)) - before[0], before[1] - purse(chain, &SELLER.key()))
}

#[test]
fn a_grid_price_after_the_gate_twice_by_somebody_else_or_above_the_cap() {
	on("dev", |chain| {
		let grid = pair("//Grid");
		let slot = Market::next_slot();
		let next = slot.start + 60_000;
		chain.ok(&grid, say(1, next, &[PRICE]));
		let set = || MarketError::GridPriceSet;
		let range = || MarketError::PriceOutOfRange;
		let not_he = || MarketError::NotTheGrid;
		let floor = Market::parameters().price_floor;
		let rows = vec![
			row("twice", &grid, say(1, next, &[PRICE + 1]), set()),
			row("twice, the same", &grid, say(1, next, &[PRICE]), set()),
			row("twice, in a row", &grid, say(1, next - 60_000, &[PRICE, PRICE]), set()),
			row("by the service", &service(), say(2, next, &[PRICE]), not_he()),
			row("by the seller", &SELLER.key(), say(2, next, &[PRICE]), not_he()),
			row("by the buyer", &household(1), say(2, next, &[PRICE]), not_he()),
			row("by a member of the authority", &pair("//Bob"), say(2, next, &[PRICE]), not_he()),
			row("above the cap", &grid, say(2, next, &[CAP + 1]), range()),
			row("far above", &grid, say(2, next, &[u128::MAX]), range()),
			row("below the floor", &grid, say(2, next, &[floor - 1]), range()),
			row("nothing", &grid, say(2, next, &[0]), range()),
			row("the second", &grid, say(2, next, &[PRICE, CAP + 1]), range()),
			row("no line", &grid, say(99, next, &[PRICE]), MarketError::InvalidLine),
			row("no slot", &grid, say(2, next + 1, &[PRICE]), MarketError::NotASlot),
			row("of old", &grid, say(2, 0, &[PRICE]), MarketError::TooLate),
		];
		check(chain, rows);
		chain.past(slot.gate);
		let late = MarketError::TooLate;
		check(chain, vec![row("after the gate", &grid, say(2, slot.start, &[PRICE]), late)]);
		assert_eq!(Market::grid_price(1, next), Some(PRICE));
		// Who takes the key away takes the say away.
		chain.decide(MarketCall::set_grid_key { key: Some(household(9).id()) });
		let gone = MarketError::NotTheGrid;
		check(chain, vec![row("an old key", &grid, say(3, next, &[PRICE]), gone)]);
	});
}

/// What the grid's key can do at the worst: the dearest price makes the seller owe what the cap
/// allows, all of which he has posted; the cheapest, or none, makes him owe the smallest fine.
#[test]
fn a_grid_price_against_one_side() {
	let most = u128::from(VOLUME) * (CAP - PRICE) / 1_000;
	assert_eq!(SELLER_BOND, most + SMALLEST_FINE);
	assert_eq!(on("dev", |chain| failed(chain, Some(CAP))), (most, most));
	assert_eq!(on("dev", |chain| failed(chain, Some(PRICE))), (0, SMALLEST_FINE));
	assert_eq!(on("dev", |chain| failed(chain, None)), (0, SMALLEST_FINE));
	// A loss below the fine is the injured party's part of it.
	let little = on("dev", |chain| failed(chain, Some(PRICE + VOLT / 40)));
	assert_eq!(little, (10_000, SMALLEST_FINE));
}

/// The cap that counts is that of the day of the trade: what is said later, under a higher one, is
/// cut to it.
#[test]
fn a_grid_price_under_a_higher_cap() {
	on("dev", |chain| {
		chain.calm();
		let parameters =
			pallet_market::Parameters { price_cap: 100 * VOLT, ..Market::parameters() };
		chain.decide(MarketCall::set_parameters { parameters });
		let from = chain.now() + NOTICE;
		chain.until(from - 60_000);
		let before = [purse(chain, &household(1)), purse(chain, &SELLER.key())];
		let deal = chain.deal(1, SELLER);
		chain.until(from);
		assert!(chain.now() <= deal.slot.gate);
		chain.ok(&pair("//Grid"), say(1, deal.slot.start, &[100 * VOLT]));
		chain.past(deal.slot.end);
		let most = u128::from(VOLUME) * (CAP - PRICE) / 1_000;
		assert_eq!(purse(chain, &household(1)) - before[0], most);
		assert_eq!(before[1] - purse(chain, &SELLER.key()), most);
	});
}

/// To sell dear power to the grid instead of delivering it does not pay: withdrawing costs what the
/// buyer loses.
#[test]
fn withdrawing_because_the_grid_pays_more() {
	on("dev", |chain| {
		let before = [purse(chain, &household(1)), purse(chain, &SELLER.key())];
		let deal = chain.deal(1, SELLER);
		chain.ok(&pair("//Grid"), say(1, deal.slot.start, &[CAP]));
		chain.ok(&SELLER.key(), MarketCall::withdraw_trade { trade: deal.trade });
		let lost = u128::from(VOLUME) * (CAP - PRICE) / 1_000;
		assert_eq!(purse(chain, &household(1)) - before[0], lost);
		assert_eq!(before[1] - purse(chain, &SELLER.key()), lost);
	});
}
