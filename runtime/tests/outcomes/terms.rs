//! Parameters take notice of two slots, and what is open keeps the terms it was made under.

use crate::{
	common::{on, Chain, MarketCall},
	stage::{Changes, Scene, Side, FUNDING, METERED, SAME},
	told::{self, Blame, Fine},
};
use pallet_market::{Ending, Event, Outcome, Parameters};
use voltree_primitives::Cause;
use voltree_runtime::{Market, Runtime, RuntimeEvent};

/// Two delivery slots of `dev`.
const NOTICE: u64 = 120_000;

type CredibilityCall = pallet_credibility::Call<Runtime>;

/// Harder terms in every way, but for a tolerance of half of all.
fn announce(chain: &mut Chain) -> Parameters {
	let parameters = Parameters {
		tolerance: 500,
		confirm_window: 30_000,
		rule_window: 30_000,
		price_cap: 500_000,
		..Market::parameters()
	};
	chain.decide(MarketCall::set_parameters { parameters: parameters.clone() });
	let harder = pallet_credibility::types::Parameters {
		weight: 100,
		fine_rate: 1_000,
		smallest_fine: 200_000,
		..Default::default()
	};
	chain.decide(CredibilityCall::set_parameters { parameters: harder });
	parameters
}

#[test]
fn parameters_take_effect_two_slots_after_they_were_announced() {
	on("dev", |chain| {
		let old = Market::parameters();
		let announced = chain.now();
		let new = announce(chain);
		let (version, from) = (1, announced + NOTICE);
		let told = Event::ParametersSet { version, parameters: new.clone(), from };
		assert!(chain.block_events().contains(&RuntimeEvent::from(told)));
		chain.until(from - 3_000);
		assert_eq!(Market::rules(), (0, old));
		chain.next();
		assert_eq!(Market::rules(), (1, new));
	});
}

/// The blame, deadlines, tolerance and cap of the day it was agreed.
#[test]
fn a_trade_keeps_the_terms_it_was_agreed_under() {
	on("dev", |chain| {
		let mut scene = Scene::paid(chain, METERED);
		let before = chain.trade(scene.trade);
		let new = announce(chain);
		chain.start_delivery(&scene.deal());
		chain.deliver(&scene.deal(), 1_400);
		chain.bill(&scene.deal(), 1_400);
		assert_eq!(Market::parameters(), new, "they are in force");
		scene.count_from_here(chain);
		chain.until(before.deadlines.confirm_by);
		scene.confirm(chain);
		// 600 Wh are less than half of it, but more than the tolerance agreed on.
		let blame = Blame {
			tag: METERED.seller.tag(),
			timely: 0,
			untimely: 1,
			cause: Cause::DeliveredShort,
			credit: (1_000, 994),
			volume: 600,
			fine: Fine::smallest(),
		};
		let events = vec![
			blame.told(),
			told::settled(&scene, Outcome::Confirmed, 1_400, 350_000, 1_500_000),
			told::ended(&scene, Ending::Settled, 50_000, FUNDING - 350_000),
		];
		let buyer = Side { money: -350_000, ..SAME };
		let seller = Side { money: 300_000, credit: -6, untimely: 1, ..SAME };
		scene.ended(chain, events, Changes { buyer, seller, pot: 50_000 });
	});
}

/// A request keeps what not paying costs.
#[test]
fn a_request_keeps_the_terms_it_was_made_under() {
	on("dev", |chain| {
		chain.calm();
		announce(chain);
		let start = chain.tradable_slot() + NOTICE;
		let scene = Scene::asked_for(chain, METERED, start);
		chain.until(chain.now() + NOTICE);
		assert_eq!(Market::rules().0, 1);
		chain.respond(scene.request);
		chain.past(scene.payment_dates().1);
		let score = crate::stage::side(chain, &scene.buyer, crate::stage::buyer_tag());
		// The smallest fine of then, and a point for 100 Wh.
		assert_eq!((score.credit, score.owed), (999, 0));
		assert_eq!(crate::stage::pot(), 100_050_000);
	});
}

/// What is made from then on has the new terms: bond, deadlines, cap.
#[test]
fn new_business_has_the_new_terms() {
	on("dev", |chain| {
		announce(chain);
		chain.until(chain.now() + NOTICE);
		chain.calm();
		let start = chain.tradable_slot();
		let mut asked = crate::common::scene::demand(2, start, 2_000);
		asked.max_price = 500_000;
		let seller = METERED.seller;
		let offer = chain.offer(seller, crate::common::scene::supply(seller, start, 2_000));
		let buyer = crate::common::people::household(2);
		let request = chain.request(&buyer, asked, FUNDING);
		assert_eq!(crate::common::scene::held(&buyer), FUNDING + 200_000);
		chain.respond(request);
		let trade = chain.pay(&buyer, request, offer, 2_000);
		let trade = chain.trade(trade);
		assert_eq!((trade.version, trade.terms.version, trade.tolerance), (1, 1, 500));
		// 2,000 Wh at 0.25 below the cap, and the smallest fine.
		assert_eq!((trade.cap, trade.bond), (500_000, 500_000 + 200_000));
		assert_eq!(trade.deadlines.confirm_by - trade.deadlines.bill_by, 30_000);
	});
}
