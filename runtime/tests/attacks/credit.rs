//! Credit out of nothing: circles of friends, and trades in crumbs.

use crate::{
	common::{
		on,
		people::household,
		refusals::{check, row},
		scene::{demand, supply, Deal, Seller, VOLUME},
		Chain, MarketCall, WalletCall,
	},
	tools::*,
};
use pallet_market::{Ending, Outcome};
use voltree_runtime::{
	genesis::{household_tag, sensor_owner_tag},
	Runtime, VOLT,
};

/// The authority switches gains on: `gain` points a timely trade.
fn gains(chain: &mut Chain, gain: u32) {
	let parameters = pallet_credibility::types::Parameters { gain, ..Default::default() };
	chain.decide(pallet_credibility::Call::set_parameters { parameters });
	chain.until(chain.now() + NOTICE);
}

/// Each of these households loses 50 points, by not paying households 12 and on, and pays the fine.
fn slip(chain: &mut Chain, numbers: &[usize]) {
	let requests = numbers
		.iter()
		.zip(12..)
		.map(|(number, seller)| unpaid(chain, *number, Seller::Household(seller)))
		.collect::<Vec<_>>();
	for (number, request) in numbers.iter().zip(requests) {
		assert_eq!(until_ended(chain, request), Ending::NotPaid);
		chain.ok(&household(*number), WalletCall::pay_fines { amount: DEAR_FINE });
		assert_eq!(chain.score(household_tag(*number)).0, 950);
	}
}

fn credits<const N: usize>(chain: &Chain, numbers: [usize; N]) -> [u32; N] {
	numbers.map(|number| chain.score(household_tag(number)).0)
}

fn deals(chain: &mut Chain, pairs: &[(usize, usize)]) -> Vec<Deal> {
	let deals = pairs.iter().map(|(buyer, seller)| chain.deal(*buyer, Seller::Household(*seller)));
	let deals = deals.collect::<Vec<_>>();
	assert!(deals.iter().all(|deal| deal.slot == deals[0].slot));
	deals
}

/// Two friends trade to and fro: each gains once a day.
#[test]
fn two_friends_raise_their_credit_once_a_day() {
	on("dev", |chain| {
		chain.calm();
		slip(chain, &[1, 7]);
		gains(chain, 10);
		let round = deals(chain, &[(1, 7), (7, 1), (1, 7), (7, 1)]);
		finish(chain, &round);
		assert_eq!(credits(chain, [1, 7]), [960, 960]);
		let again = deals(chain, &[(7, 1), (1, 7)]);
		finish(chain, &again);
		assert_eq!(credits(chain, [1, 7]), [960, 960]);
		// The counts go on, which buy nothing.
		assert_eq!(chain.score(household_tag(1)), (960, 6, 1));
	});
}

/// Three friends gain once with each of the two others, and never more than they lost.
#[test]
fn a_circle_of_three_raises_its_credit_once_a_pair() {
	on("dev", |chain| {
		chain.calm();
		slip(chain, &[1, 7, 8]);
		gains(chain, 20);
		let circle = [(1, 7), (7, 8), (8, 1)];
		for expected in [[990; 3], [990; 3]] {
			let round = deals(chain, &circle);
			finish(chain, &round);
			assert_eq!(credits(chain, [1, 7, 8]), expected);
		}
		// Nor backwards.
		let back = deals(chain, &[(7, 1), (8, 7), (1, 8)]);
		finish(chain, &back);
		assert_eq!(credits(chain, [1, 7, 8]), [990; 3]);
		// Somebody who was never in it begins with all his credit, and stays there.
		let other = deals(chain, &[(1, 9)]);
		finish(chain, &other);
		assert_eq!(credits(chain, [1, 9]), [1_000, 1_000]);
	});
}

/// Friends who deliver nothing to each other, unmetered, gain no more than others: once a pair and
/// day. And with the paper's setting, nothing.
#[test]
fn friends_who_sell_each_other_air_gain_once_a_pair() {
	on("dev", |chain| {
		chain.calm();
		slip(chain, &[1]);
		let seller = Seller::SensorOwner(1);
		let paper = chain.deal(1, seller);
		finish(chain, &[paper]);
		assert_eq!(credits(chain, [1]), [950]);
		gains(chain, 10);
		for _ in 0..2 {
			let deal = chain.deal(1, seller);
			finish(chain, &[deal]);
			assert_eq!(credits(chain, [1]), [960]);
		}
		assert_eq!(chain.score(sensor_owner_tag(1)).0, 1_000);
	});
}

/// A gain that was switched on does not count for trades that were paid before.
#[test]
fn gains_do_not_reach_back() {
	on("dev", |chain| {
		chain.calm();
		slip(chain, &[1]);
		let deal = chain.deal(1, Seller::Household(7));
		gains(chain, 100);
		finish(chain, &[deal]);
		assert_eq!(credits(chain, [1]), [950]);
	});
}

#[test]
fn splitting_into_dust() {
	on("dev", |chain| {
		let buyer = household(1);
		let seller = Seller::Household(7);
		let start = chain.tradable_slot();
		let crumbs = |volume, smallest_fill| {
			let mut supply = supply(seller, start, volume);
			supply.smallest_fill = smallest_fill;
			MarketCall::offer { supply }
		};
		let ask = |volume| MarketCall::request {
			demand: demand(1, start, volume),
			key: crate::common::people::Id::id(&buyer),
			funding: 0,
		};
		let small = MarketError::InvalidVolume;
		let selling = seller.key();
		check(
			chain,
			vec![
				row("a crumb on offer", &selling, crumbs(99, 99), small),
				row("in crumbs", &selling, crumbs(VOLUME, 99), MarketError::InvalidVolume),
				row("in nothings", &selling, crumbs(VOLUME, 0), MarketError::InvalidVolume),
				row("a crumb wanted", &buyer, ask(99), MarketError::InvalidVolume),
				row("nothing wanted", &buyer, ask(0), MarketError::InvalidVolume),
			],
		);
		let whole = chain.offer(seller, supply(seller, start, 2_000));
		let rest = chain.offer(seller, supply(seller, start, VOLUME));
		let request = chain.request(&buyer, demand(1, start, 2_400), VOLT);
		chain.respond(request);
		let pay = |offer, volume| MarketCall::pay { request, offer, volume };
		let crumb = MarketError::InvalidVolume;
		check(chain, vec![row("99 Wh of it", &buyer, pay(whole, 99), crumb)]);
		// What would be left below the smallest fill is closed with it: no crumbs lie about.
		chain.pay(&buyer, request, rest, VOLUME - 99);
		assert!(!pallet_market::Offers::<Runtime>::contains_key(rest));
		for _ in 0..7 {
			chain.pay(&buyer, request, whole, 100);
		}
		let more = MarketError::TooManyFills;
		check(chain, vec![row("a ninth fill", &buyer, pay(whole, 100), more)]);
	});
}

/// What is sold in small parts and not delivered costs more than the same in one piece: losses are
/// rounded up, and each part has the smallest fine.
#[test]
fn small_parts_do_not_make_failing_cheaper() {
	let failed = |parts: &[u64]| {
		on("dev", |chain| {
			chain.calm();
			let (buyer, seller) = (household(1), Seller::Household(7));
			let before = purse(chain, &seller.key());
			let start = chain.tradable_slot();
			let offer = chain.offer(seller, supply(seller, start, 440));
			let request = chain.request(&buyer, demand(1, start, 440), VOLT);
			chain.respond(request);
			let trades = parts
				.iter()
				.map(|volume| chain.pay(&buyer, request, offer, *volume))
				.collect::<Vec<_>>();
			let slot = chain.trade(trades[0]).slot;
			chain.past(slot.end);
			for trade in trades {
				assert_eq!(outcome(chain, trade), Some(Outcome::NotStarted));
			}
			let credit = chain.score(household_tag(7)).0;
			(1_000 - credit, before - purse(chain, &seller.key()))
		})
	};
	assert_eq!(failed(&[440]), (5, SMALLEST_FINE));
	assert_eq!(failed(&[110, 110, 110, 110]), (8, 4 * SMALLEST_FINE));
}
