//! Withdrawn trades, contests and rulings.

use crate::common::{
	on,
	people::{grid, household, sensor_owner, service, Id},
	refusals::{by_everybody, check, check_decided, row},
	scene::{Seller, VOLUME},
	BalancesCall, MarketCall,
};
use pallet_market::{Error as Market, Fault, Ruling};
use sp_runtime::{DispatchError::BadOrigin, Permill, TokenError};
use voltree_runtime::{Balances, Runtime, RuntimeCall};

type MarketError = Market<Runtime>;

fn withdraw(trade: u64) -> MarketCall {
	MarketCall::withdraw_trade { trade }
}

fn contest(trade: u64, received: u64) -> MarketCall {
	MarketCall::contest { trade, received }
}

fn rule(trade: u64) -> MarketCall {
	let ruling = Ruling { share: Permill::from_percent(50), fault: Fault::Both };
	MarketCall::rule { trade, ruling }
}

fn ruled(
	name: &'static str,
	trade: u64,
	error: MarketError,
) -> (&'static str, RuntimeCall, sp_runtime::DispatchError) {
	(name, rule(trade).into(), error.into())
}

#[test]
fn withdrawn_trades() {
	on("dev", |chain| {
		chain.calm();
		let deal = chain.deal(1, Seller::Household(7));
		let idle = chain.deal(2, Seller::Household(8));
		let [seller, idler] = [household(7), household(8)];
		check(
			chain,
			vec![
				row("by the buyer", &household(1), withdraw(deal.trade), MarketError::NotSeller),
				row("by a neighbour", &household(9), withdraw(deal.trade), MarketError::NotSeller),
				row("by another seller", &idler, withdraw(deal.trade), MarketError::NotSeller),
				row("by the service", &service(), withdraw(deal.trade), MarketError::NotSeller),
				row("no trade", &seller, withdraw(99), MarketError::TradeNotFound),
				row("at the limit", &seller, withdraw(u64::MAX), MarketError::TradeNotFound),
			],
		);
		chain.start_delivery(&deal);
		check(
			chain,
			vec![
				row("started", &seller, withdraw(deal.trade), MarketError::AlreadyStarted),
				row("at the gate", &idler, withdraw(idle.trade), MarketError::TooLate),
			],
		);
		chain.past(idle.slot.end);
		check(
			chain,
			vec![row("settled", &idler, withdraw(idle.trade), MarketError::TradeNotFound)],
		);
	});
}

#[test]
fn contests_and_rulings() {
	on("dev", |chain| {
		chain.calm();
		let deal = chain.deal(1, Seller::Household(7));
		let unmetered = chain.deal(3, Seller::SensorOwner(1));
		let silent = chain.deal(2, Seller::SensorOwner(2));
		let [buyer, poor] = [household(1), household(3)];
		check(
			chain,
			vec![
				row("no trade", &buyer, contest(99, 0), MarketError::TradeNotFound),
				row("at the limit", &buyer, contest(u64::MAX, 0), MarketError::TradeNotFound),
				row("not started", &buyer, contest(deal.trade, 0), MarketError::NotBilled),
			],
		);
		chain.start_delivery(&deal);
		for each in [&unmetered, &silent] {
			chain.ok(&each.seller.key(), MarketCall::start { trade: each.trade });
		}
		check(
			chain,
			vec![row("while it flows", &buyer, contest(deal.trade, 0), MarketError::NotBilled)],
		);
		check_decided(
			chain,
			vec![
				ruled("no trade", 99, MarketError::TradeNotFound),
				ruled("at the limit", u64::MAX, MarketError::TradeNotFound),
				ruled("while it flows", deal.trade, MarketError::NothingToRule),
			],
		);
		chain.deliver(&deal, VOLUME);
		check(
			chain,
			vec![
				row("before meter_by", &buyer, contest(deal.trade, 0), MarketError::NotBilled),
				row(
					"unmetered, unbilled",
					&poor,
					contest(unmetered.trade, 0),
					MarketError::NotBilled,
				),
			],
		);
		chain.bill(&deal, VOLUME);
		chain.bill(&unmetered, VOLUME);
		chain.bill(&silent, VOLUME);
		// All but what keeps the account and pays some fees is given away.
		let value = Balances::free_balance(poor.id()) - 49_000;
		let dest = service().id().into();
		chain.ok(&poor, BalancesCall::transfer_keep_alive { dest, value });
		let all = contest(deal.trade, VOLUME);
		let without_money = TokenError::FundsUnavailable;
		check(
			chain,
			vec![
				row("by the seller", &household(7), contest(deal.trade, 0), MarketError::NotBuyer),
				row("by a neighbour", &household(9), contest(deal.trade, 0), MarketError::NotBuyer),
				row("by the service", &service(), contest(deal.trade, 0), MarketError::NotBuyer),
				row("all arrived", &buyer, all, MarketError::NothingToContest),
				row(
					"all energy arrived",
					&buyer,
					contest(deal.trade, u64::MAX),
					MarketError::NothingToContest,
				),
				row("without the bond", &poor, contest(unmetered.trade, 0), without_money),
			],
		);
		check_decided(
			chain,
			vec![
				ruled("billed by registers", deal.trade, MarketError::NothingToRule),
				ruled("time to confirm", unmetered.trade, MarketError::TooEarly),
			],
		);
		chain.ok(&buyer, contest(deal.trade, VOLUME - 1));
		let rows = by_everybody(chain, rule(deal.trade), BadOrigin);
		check(chain, rows);
		let again = contest(deal.trade, 0);
		let confirm = MarketCall::confirm { trade: deal.trade };
		let payee = household(7).id();
		let bill = MarketCall::bill { trade: deal.trade, delivered: 1, payee };
		check(
			chain,
			vec![
				row("twice", &buyer, again, MarketError::AlreadyContested),
				row("confirmed after all", &buyer, confirm, MarketError::NotBilled),
				row("billed again", &household(7), bill, MarketError::AlreadyContested),
			],
		);
		chain.past(chain.trade(unmetered.trade).deadlines.confirm_by);
		check(
			chain,
			vec![
				row("too late", &household(2), contest(silent.trade, 0), MarketError::TooLate),
				row("the grid rules", &grid(), rule(silent.trade), BadOrigin),
				row("a party rules", &sensor_owner(2), rule(silent.trade), BadOrigin),
			],
		);
		chain.decide(rule(deal.trade));
		check_decided(chain, vec![ruled("ruled twice", deal.trade, MarketError::TradeNotFound)]);
		chain.past(chain.trade(silent.trade).deadlines.rule_by);
		check_decided(chain, vec![ruled("too late", silent.trade, MarketError::TradeNotFound)]);
	});
}
