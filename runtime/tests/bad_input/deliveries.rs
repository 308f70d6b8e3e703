//! Start, bill and confirmation.

use crate::common::{
	on,
	people::{household, meter, pair, Id},
	refusals::{check, row},
	scene::{Seller, VOLUME},
	MarketCall, RegistryCall,
};
use pallet_market::Error as Market;
use pallet_sensor_oracle::Class;
use sp_core::sr25519::Pair;
use voltree_runtime::{Runtime, VOLT};

type MarketError = Market<Runtime>;

#[test]
fn deliveries() {
	on("dev", |chain| {
		chain.calm();
		let deal = chain.deal(1, Seller::Household(7));
		let idle = chain.deal(2, Seller::Household(8));
		let unmetered = chain.deal(3, Seller::SensorOwner(1));
		assert_eq!((idle.slot, unmetered.slot), (deal.slot, deal.slot));
		let [buyer, seller, neighbour] = [household(1), household(7), household(9)];
		let trade = deal.trade;
		let start = |trade| MarketCall::start { trade };
		let bill =
			|delivered, payee: &Pair| MarketCall::bill { trade, delivered, payee: payee.id() };
		let confirm = |trade| MarketCall::confirm { trade };
		check(
			chain,
			vec![
				row("before the gate", &seller, start(trade), MarketError::TooEarly),
				row("billed before started", &seller, bill(1, &seller), MarketError::NotStarted),
				row("confirmed before billed", &buyer, confirm(trade), MarketError::NotBilled),
			],
		);
		chain.weather_turns(Some(Class::Thunderstorm));
		chain.until(deal.slot.gate);
		check(chain, vec![row("in a storm", &seller, start(trade), MarketError::LineUnsafe)]);
		chain.weather_turns(Some(Class::Clear));
		check(chain, vec![row("just cleared up", &seller, start(trade), MarketError::LineUnsafe)]);
		chain.until(chain.now() + 12_000);
		check(
			chain,
			vec![
				row("by the buyer", &buyer, start(trade), MarketError::NotSeller),
				row("by a neighbour", &neighbour, start(trade), MarketError::NotSeller),
				row("no trade", &seller, start(u64::MAX), MarketError::TradeNotFound),
			],
		);
		chain.ok(&seller, start(trade));
		chain.ok(&unmetered.seller.key(), start(unmetered.trade));
		check(
			chain,
			vec![
				row("twice", &seller, start(trade), MarketError::AlreadyStarted),
				row("billed while it flows", &seller, bill(1, &seller), MarketError::TooEarly),
			],
		);
		chain.deliver(&deal, 300);
		let [poor, rich] = ["//PoorWallet", "//RichWallet"].map(pair);
		for wallet in [&poor, &rich] {
			let message = voltree_runtime::Registry::link_message(&seller.id(), &wallet.id());
			let signature = wallet.seal(&message);
			chain.ok(&seller, RegistryCall::link_wallet { wallet: wallet.id(), signature });
		}
		chain.give(&rich, VOLT);
		check(
			chain,
			vec![
				row("before meter_by", &seller, bill(300, &seller), MarketError::TooEarly),
				row(
					"started after its slot",
					&household(8),
					start(idle.trade),
					MarketError::TradeNotFound,
				),
			],
		);
		chain.past(chain.trade(trade).deadlines.meter_by);
		let buyers_bill = MarketCall::bill { trade, delivered: 1, payee: buyer.id() };
		check(
			chain,
			vec![
				row("by the buyer", &buyer, buyers_bill, MarketError::NotSeller),
				row("more than metered", &seller, bill(301, &seller), MarketError::ExceedsDelivery),
				row("all energy", &seller, bill(u64::MAX, &seller), MarketError::ExceedsDelivery),
				row("to somebody else", &seller, bill(300, &neighbour), MarketError::NotAWallet),
				row("to a meter", &seller, bill(300, &meter(7)), MarketError::NotAWallet),
				row(
					"to a wallet without money",
					&seller,
					bill(300, &poor),
					MarketError::PayeeNotAlive,
				),
			],
		);
		chain.ok(&seller, bill(300, &rich));
		check(
			chain,
			vec![
				row("billed twice", &seller, bill(299, &seller), MarketError::AlreadyBilled),
				row("confirmed by the seller", &seller, confirm(trade), MarketError::NotBuyer),
				row("confirmed by a neighbour", &neighbour, confirm(trade), MarketError::NotBuyer),
			],
		);
		chain.ok(&buyer, confirm(trade));
		check(
			chain,
			vec![
				row("confirmed twice", &buyer, confirm(trade), MarketError::TradeNotFound),
				row("billed once more", &seller, bill(1, &seller), MarketError::TradeNotFound),
			],
		);
		// An unmetered trade waits for a ruling when the buyer's time is over.
		chain.bill(&unmetered, VOLUME);
		chain.past(chain.trade(unmetered.trade).deadlines.confirm_by);
		let late = confirm(unmetered.trade);
		check(chain, vec![row("too late", &unmetered.buyer, late, MarketError::TooLate)]);
	});
}
