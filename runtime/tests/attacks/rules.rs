//! Rules that change in the middle of a trade.

use crate::{
	common::{
		on,
		people::{household, service},
		refusals::{check, row},
		scene::{demand, supply, Deal, Seller, PRICE, VOLUME},
		Chain, MarketCall, OracleCall, RegistryCall,
	},
	tools::*,
};
use pallet_market::{Ending, Outcome};
use sp_runtime::DispatchError::BadOrigin;
use voltree_runtime::{genesis::household_tag, Market, Runtime, VOLT};

const SELLER: Seller = Seller::Household(7);

fn market(change: impl FnOnce(&mut pallet_market::Parameters)) -> MarketCall {
	let mut parameters = Market::parameters();
	change(&mut parameters);
	MarketCall::set_parameters { parameters }
}

fn credibility(
	change: impl FnOnce(&mut pallet_credibility::types::Parameters),
) -> pallet_credibility::Call<Runtime> {
	let mut parameters = pallet_credibility::types::Parameters::default();
	change(&mut parameters);
	pallet_credibility::Call::set_parameters { parameters }
}

/// Everything becomes dearer and shorter while two trades are under way: they go on as agreed.
#[test]
fn parameters_changed_in_mid_trade() {
	on("dev", |chain| {
		chain.calm();
		let before = [1, 2, 7].map(|number| purse(chain, &household(number)));
		let short = chain.deal(1, SELLER);
		let failed = chain.deal(2, SELLER);
		let agreed = chain.trade(short.trade);
		chain.decide(market(|now| {
			now.price_cap = 10 * VOLT;
			now.price_floor = VOLT;
			now.tolerance = 0;
			now.smallest_fill = VOLUME + 1;
			now.exposure = 1;
			now.lead = 1_000;
			now.meter_window = 0;
			now.bill_window = 0;
			now.confirm_window = 0;
			now.rule_window = 0;
			now.largest_unmetered = 0;
		}));
		chain.decide(credibility(|now| {
			now.weight = 1_000;
			now.cap_per_event = 1_000;
			now.fine_rate = 1_000;
			now.smallest_fine = 20 * VOLT;
		}));
		// Not before the notice is over.
		assert_eq!(Market::parameters().tolerance, 50);
		chain.until(chain.now() + NOTICE);
		assert_eq!(Market::parameters().tolerance, 0);
		assert!(chain.now() <= short.slot.end);

		chain.start_delivery(&short);
		chain.deliver(&short, 390);
		let trade = chain.trade(short.trade);
		assert_eq!((trade.deadlines, trade.tolerance), (agreed.deadlines, 50));
		assert_eq!((trade.terms, trade.cap), (agreed.terms, agreed.cap));
		assert_eq!(outcome(chain, failed.trade), Some(Outcome::NotStarted));
		chain.bill(&short, 390);
		chain.until(agreed.deadlines.confirm_by);
		chain.ok(&short.buyer, MarketCall::confirm { trade: short.trade });

		// 390 of 400 Wh are within the tolerance of that day; what failed costs what it cost then.
		let price = 390 * PRICE / 1_000;
		assert_eq!(before[0] - purse(chain, &household(1)), price);
		assert_eq!(purse(chain, &household(2)), before[1]);
		assert_eq!(purse(chain, &household(7)) + SMALLEST_FINE, before[2] + price);
		assert_eq!(chain.score(household_tag(7)), (996, 1, 1));
	});
}

/// Between two trades of one meter and slot the window for registers has become shorter: the second
/// is still read with the first, and takes nothing from it.
#[test]
fn paying_later_and_being_served_first() {
	on("dev", |chain| {
		chain.calm();
		let parameters = pallet_market::Parameters { meter_window: 9_000, ..Market::parameters() };
		chain.decide(MarketCall::set_parameters { parameters });
		let in_force = chain.now() + NOTICE;
		let start = chain.tradable_slot() + NOTICE;
		let locked = 100_000;
		let deal = |chain: &mut Chain, number: usize| {
			let buyer = household(number);
			let offer = chain.offer(SELLER, supply(SELLER, start, VOLUME));
			let request = chain.request(&buyer, demand(number, start, VOLUME), locked);
			chain.respond(request);
			let trade = chain.pay(&buyer, request, offer, VOLUME);
			let slot = chain.trade(trade).slot;
			Deal { buyer, seller: SELLER, request, offer, trade, slot, volume: VOLUME, locked }
		};
		let first = deal(chain, 1);
		chain.until(in_force);
		let second = deal(chain, 2);
		for one in [&first, &second] {
			chain.start_delivery(one);
		}
		// There is enough for one of them: for who paid first.
		chain.deliver(&first, VOLUME);
		let due = chain.trade(first.trade).deadlines.bill_by;
		chain.past(due);
		assert_eq!(payout(chain, first.trade), Some(locked));
		assert_eq!(payout(chain, second.trade), Some(0));
	});
}

/// A request keeps the terms it was made under: its bond is its fine.
#[test]
fn the_smallest_fine_raised_while_a_request_is_open() {
	on("dev", |chain| {
		let buyer = household(1);
		let before = purse(chain, &buyer);
		// Announced first, so that it is in force while the request is.
		chain.decide(credibility(|now| now.smallest_fine = 20 * VOLT));
		chain.until(chain.now() + NOTICE - 60_000);
		let start = chain.tradable_slot();
		chain.offer(SELLER, supply(SELLER, start, VOLUME));
		let request = chain.request(&buyer, demand(1, start, VOLUME), VOLT);
		chain.respond(request);
		assert_eq!(until_ended(chain, request), Ending::NotPaid);
		assert_eq!(before - purse(chain, &buyer), SMALLEST_FINE);
		assert_eq!(due(household_tag(1)), 0);
	});
}

/// Offers that the new rules would not allow stand as they were made; new ones keep to the rules.
#[test]
fn the_price_cap_lowered_while_offers_are_open() {
	on("dev", |chain| {
		chain.decide(market(|now| now.price_cap = PRICE - 1));
		let start = chain.tradable_slot() + 120_000;
		let offer = chain.offer(SELLER, supply(SELLER, start, VOLUME));
		let buyer = household(1);
		let request = chain.request(&buyer, demand(1, start, VOLUME), VOLT);
		chain.until(chain.now() + NOTICE);
		chain.respond(request);
		let dear = supply(SELLER, start, VOLUME);
		let out_of_range = MarketError::PriceOutOfRange;
		let call = MarketCall::offer { supply: dear };
		check(chain, vec![row("a new one", &SELLER.key(), call, out_of_range)]);
		let trade = chain.pay(&buyer, request, offer, VOLUME);
		// Above the cap there is nothing to lose by the grid: the bond is the smallest fine.
		let trade = chain.trade(trade);
		assert_eq!((trade.price, trade.bond), (PRICE, SMALLEST_FINE));
	});
}

/// Times are counted in slots of one length: it does not change while anything is open.
#[test]
fn the_delivery_slot_changed_in_mid_trade() {
	on("dev", |chain| {
		let longer = || market(|now| now.delivery_slot = 120_000);
		let used = Err(MarketError::DeliverySlotInUse.into());
		let start = chain.tradable_slot();
		let offer = chain.offer(SELLER, supply(SELLER, start, VOLUME));
		assert_eq!(by_authority(longer()), used);
		chain.ok(&SELLER.key(), MarketCall::withdraw_offer { offer });
		let request = chain.request(&household(1), demand(1, start, VOLUME), 0);
		assert_eq!(by_authority(longer()), used);
		chain.ok(&household(1), MarketCall::cancel_request { request });
		let deal = chain.deal(1, SELLER);
		assert_eq!(by_authority(longer()), used);
		chain.ok(&SELLER.key(), MarketCall::withdraw_trade { trade: deal.trade });
		chain.decide(longer());
		assert_eq!(Market::parameters().delivery_slot, 120_000);
	});
}

/// Nobody sets parameters but two thirds of the authority, and not to anything.
#[test]
fn parameters_set_by_anybody_or_to_anything() {
	on("dev", |chain: &mut Chain| {
		for who in [service(), household(1), SELLER.key(), crate::common::people::pair("//Bob")] {
			let rows = vec![
				row("market", &who, market(|now| now.tolerance = 1_000), BadOrigin),
				row("fines", &who, credibility(|now| now.smallest_fine = 1), BadOrigin),
				row("grid", &who, MarketCall::set_grid_key { key: None }, BadOrigin),
				row(
					"sensors",
					&who,
					OracleCall::set_parameters { parameters: Default::default() },
					BadOrigin,
				),
				row(
					"blacklist",
					&who,
					pallet_blacklist::Call::<Runtime>::set_parameters {
						parameters: Default::default(),
					},
					BadOrigin,
				),
				row(
					"registry",
					&who,
					RegistryCall::set_parameters { parameters: Default::default() },
					BadOrigin,
				),
				row(
					"a meter's line",
					&who,
					RegistryCall::add_line { line: 1, capacity: 0 },
					BadOrigin,
				),
			];
			check(chain, rows);
		}
		let out = Err(MarketError::InvalidParameters.into());
		assert_eq!(by_authority(market(|now| now.price_floor = 0)), out);
		assert_eq!(by_authority(market(|now| now.price_floor = now.price_cap + 1)), out);
		assert_eq!(by_authority(market(|now| now.smallest_fill = 99)), out);
		assert_eq!(by_authority(market(|now| now.tolerance = 1_001)), out);
		assert_eq!(by_authority(market(|now| now.rule_window = u64::MAX)), out);
		let out = Err(pallet_credibility::Error::<Runtime>::InvalidParameters.into());
		assert_eq!(by_authority(credibility(|now| now.smallest_fine = 0)), out);
		assert_eq!(by_authority(credibility(|now| now.fine_rate = 1_001)), out);
	});
}
