//! Contests and rulings: neither is free, and nobody rules who may not.

use crate::{
	common::{
		on,
		people::{alice, household, pair, service, Id},
		refusals::{check, row},
		scene::{held, total, Deal, Seller, VOLUME},
		BalancesCall, Chain, MarketCall,
	},
	tools::*,
};
use pallet_market::{Fault, Outcome, Ruling};
use sp_runtime::{DispatchError::BadOrigin, Permill, TokenError::FundsUnavailable};
use voltree_runtime::{genesis::household_tag, Runtime};

const SELLER: Seller = Seller::Household(7);
const UNMETERED: Seller = Seller::SensorOwner(1);

fn rule(deal: &Deal, percent: u32, fault: Fault) -> MarketCall {
	MarketCall::rule {
		trade: deal.trade,
		ruling: Ruling { share: Permill::from_percent(percent), fault },
	}
}

fn contest(deal: &Deal, received: u64) -> MarketCall {
	MarketCall::contest { trade: deal.trade, received }
}

/// A metered trade over 400 Wh that is delivered in full and billed.
fn billed(chain: &mut Chain) -> Deal {
	let deal = delivered(chain, 1, SELLER, VOLUME);
	chain.bill(&deal, VOLUME);
	deal
}

#[test]
fn contesting_for_nothing_twice_or_more_than_is_payable() {
	on("dev", |chain| {
		let deal = delivered(chain, 1, SELLER, VOLUME);
		let early = MarketError::NotBilled;
		check(chain, vec![row("before the meter", &deal.buyer, contest(&deal, 0), early)]);
		chain.bill(&deal, 300);
		let nothing = || MarketError::NothingToContest;
		let rows = vec![
			row("all that was billed", &deal.buyer, contest(&deal, 300), nothing()),
			row("more than was billed", &deal.buyer, contest(&deal, VOLUME), nothing()),
			row("more than there is", &deal.buyer, contest(&deal, u64::MAX), nothing()),
			row("the seller's", &SELLER.key(), contest(&deal, 0), MarketError::NotBuyer),
			row("a neighbour's", &household(2), contest(&deal, 0), MarketError::NotBuyer),
			row("the service's", &service(), contest(&deal, 0), MarketError::NotBuyer),
		];
		check(chain, rows);
		chain.ok(&deal.buyer, contest(&deal, 299));
		// The bond of the request, and that of the contest.
		assert_eq!(held(&deal.buyer), deal.locked + 2 * SMALLEST_FINE);
		let again = || MarketError::AlreadyContested;
		let rows = vec![
			row("twice", &deal.buyer, contest(&deal, 0), again()),
			row(
				"confirmed after all",
				&deal.buyer,
				MarketCall::confirm { trade: deal.trade },
				MarketError::NotBilled,
			),
		];
		check(chain, rows);
	});
}

/// Without money for the bond there is no contest.
#[test]
fn contesting_without_a_bond() {
	on("dev", |chain| {
		let deal = billed(chain);
		let dest = pair("//Bob").id().into();
		let value = total(&deal.buyer) - held(&deal.buyer) - SMALLEST_FINE;
		chain.ok(&deal.buyer, BalancesCall::transfer_keep_alive { dest, value });
		check(chain, vec![row("poor", &deal.buyer, contest(&deal, 0), FundsUnavailable)]);
	});
}

#[test]
fn contesting_too_late() {
	on("dev", |chain| {
		let seller = UNMETERED;
		let deal = delivered(chain, 1, seller, 0);
		chain.bill(&deal, VOLUME);
		let due = chain.trade(deal.trade).deadlines.confirm_by;
		chain.past(due);
		let late = MarketError::TooLate;
		check(chain, vec![row("too late", &deal.buyer, contest(&deal, 0), late)]);
	});
}

/// Who contests without reason loses his bond to the seller, and what the ruling says.
#[test]
fn contesting_against_the_truth() {
	on("dev", |chain| {
		let before = [purse(chain, &household(1)), purse(chain, &SELLER.key())];
		let deal = billed(chain);
		chain.ok(&deal.buyer, contest(&deal, 0));
		chain.decide(rule(&deal, 100, Fault::Buyer));
		assert_eq!(outcome(chain, deal.trade), Some(Outcome::Ruled));
		let paid = deal.locked + SMALLEST_FINE;
		assert_eq!(purse(chain, &SELLER.key()) - before[1], paid);
		assert_eq!(before[0] - purse(chain, &household(1)), paid);
		assert_eq!(chain.score(household_tag(1)), (996, 1, 1));
	});
}

/// Nobody rules: then the registers do, and to contest them has delayed the payment at the most.
#[test]
fn contesting_and_hoping_that_nobody_rules() {
	on("dev", |chain| {
		let before = [purse(chain, &household(1)), purse(chain, &SELLER.key())];
		let deal = billed(chain);
		chain.ok(&deal.buyer, contest(&deal, 0));
		let due = chain.trade(deal.trade).deadlines.rule_by;
		chain.past(due);
		assert_eq!(outcome(chain, deal.trade), Some(Outcome::ContestUnruled));
		assert_eq!(purse(chain, &SELLER.key()) - before[1], deal.locked);
		assert_eq!(before[0] - purse(chain, &household(1)), deal.locked);
	});
}

#[test]
fn ruling_by_anybody_else_twice_or_out_of_time() {
	on("dev", |chain| {
		chain.calm();
		let [first, second] = [chain.deal(1, SELLER), chain.deal(2, UNMETERED)];
		let ruling = |deal: &Deal| rule(deal, 50, Fault::Nobody);
		let nothing = Err(MarketError::NothingToRule.into());
		assert_eq!(by_authority(ruling(&first)), nothing, "nobody has contested");
		for deal in [&first, &second] {
			chain.start_delivery(deal);
		}
		chain.deliver(&first, VOLUME);
		for deal in [&first, &second] {
			chain.bill(deal, VOLUME);
		}
		assert_eq!(by_authority(ruling(&first)), nothing, "the meters have it");
		let early = Err(MarketError::TooEarly.into());
		assert_eq!(by_authority(ruling(&second)), early, "the buyer has still time");
		chain.ok(&first.buyer, contest(&first, 100));
		let rows = ["//Alice", "//Bob", "//Charlie"]
			.map(pair)
			.into_iter()
			.chain([alice(), service(), SELLER.key(), first.buyer.clone(), household(9)])
			.map(|who| row("alone", &who, ruling(&first), BadOrigin))
			.collect();
		check(chain, rows);
		chain.decide(ruling(&first));
		assert_eq!(payout(chain, first.trade), Some(first.locked / 2));
		let gone = Err(MarketError::TradeNotFound.into());
		assert_eq!(by_authority(ruling(&first)), gone, "twice");

		let deadlines = chain.trade(second.trade).deadlines;
		chain.past(deadlines.rule_by);
		assert_eq!(outcome(chain, second.trade), Some(Outcome::Unruled));
		assert_eq!(by_authority(ruling(&second)), gone, "out of time");
		assert!(pallet_market::Trades::<Runtime>::iter_keys().next().is_none());
	});
}
