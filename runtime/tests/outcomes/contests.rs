//! Row: contested in time, "I received x".

use crate::{
	common::{on, people::Id, Chain, MarketCall},
	stage::{buyer_tag, Changes, Play, Scene, Side, FUNDING, METERED, SAME, UNMETERED},
	told::{self, Blame, Fine},
};
use pallet_market::{Ending, Event, Fault, Outcome, Ruling};
use sp_runtime::Permill;
use voltree_primitives::{Cause, WattHours};
use voltree_runtime::RuntimeEvent;

/// Billed for all, and the buyer says that only `received` Wh arrived.
fn contested(chain: &mut Chain, play: Play, received: WattHours) -> (Scene, Vec<RuntimeEvent>) {
	let scene = Scene::billed(chain, play, play.volume);
	let confirm_by = scene.deadlines(chain).confirm_by;
	chain.until(confirm_by);
	chain.ok(&scene.buyer, MarketCall::contest { trade: scene.trade, received });
	let told = vec![
		told::bonded(&scene.buyer, 50_000),
		Event::Contested { trade: scene.trade, received }.into(),
	];
	(scene, told)
}

fn rule(chain: &mut Chain, scene: &Scene, percent: u32, fault: Fault) -> Vec<RuntimeEvent> {
	let rule_by = scene.deadlines(chain).rule_by;
	chain.until(rule_by);
	let ruling = Ruling { share: Permill::from_percent(percent), fault };
	chain.decide(MarketCall::rule { trade: scene.trade, ruling });
	let volume = scene.play.volume * u64::from(percent) / 100;
	vec![Event::Ruled { trade: scene.trade, ruling, volume }.into()]
}

/// Ruled for 1,600 of 2,000 Wh where he admitted 500: his bond is the seller's, and 1,100 Wh were
/// contested wrongly.
#[test]
fn contested_and_ruled_above_what_was_admitted() {
	on("dev", |chain| {
		let (scene, contest) = contested(chain, METERED, 500);
		let ruling = rule(chain, &scene, 80, Fault::Buyer);
		let (account, to) = (scene.buyer.id(), METERED.seller.key().id());
		let forfeited =
			pallet_shared_wallet::Event::Forfeited { account, to, amount: 50_000 }.into();
		let blame = Blame {
			tag: buyer_tag(),
			timely: 1,
			untimely: 1,
			cause: Cause::ContestedWrongly,
			credit: (1_000, 989),
			volume: 1_100,
			fine: Fine::default(),
		};
		let events = vec![
			contest,
			ruling,
			vec![forfeited],
			blame.told(),
			told::settled(&scene, Outcome::Ruled, 1_600, 400_000, scene.bond()),
			told::ended(&scene, Ending::Settled, 50_000, FUNDING - 400_000),
		];
		let buyer = Side { money: -450_000, credit: -11, untimely: 1, ..SAME };
		let seller = Side { money: 450_000, ..SAME };
		scene.ended(chain, events, Changes { buyer, seller, pot: 0 });
	});
}

/// Ruled for no more than he admitted: his bond comes back, and the seller delivered short: 1,500 Wh.
#[test]
fn contested_and_ruled_as_the_buyer_said() {
	on("dev", |chain| {
		let (scene, contest) = contested(chain, METERED, 500);
		let ruling = rule(chain, &scene, 25, Fault::Seller);
		let blame = Blame {
			tag: METERED.seller.tag(),
			timely: 0,
			untimely: 1,
			cause: Cause::DeliveredShort,
			credit: (1_000, 985),
			volume: 1_500,
			fine: Fine::from_bond(75_000),
		};
		let events = vec![
			contest,
			ruling,
			vec![told::unbonded(&scene.buyer, 50_000)],
			blame.told(),
			told::settled(&scene, Outcome::Ruled, 500, 125_000, scene.bond() - 75_000),
			told::ended(&scene, Ending::Settled, 50_000, FUNDING - 125_000),
		];
		let buyer = Side { money: -125_000, ..SAME };
		let seller = Side { money: 125_000 - 75_000, credit: -15, untimely: 1, ..SAME };
		scene.ended(chain, events, Changes { buyer, seller, pot: 75_000 });
	});
}

/// The ruling may find nobody at fault: above what was admitted the bond goes to the seller all the
/// same.
#[test]
fn contested_and_ruled_nobodys_fault() {
	on("dev", |chain| {
		let (scene, contest) = contested(chain, UNMETERED, 400);
		let ruling = rule(chain, &scene, 50, Fault::Nobody);
		let (account, to) = (scene.buyer.id(), UNMETERED.seller.key().id());
		let forfeited =
			pallet_shared_wallet::Event::Forfeited { account, to, amount: 50_000 }.into();
		let events = vec![
			contest,
			ruling,
			vec![forfeited],
			told::settled(&scene, Outcome::Ruled, 500, 200_000, scene.bond()),
			told::ended(&scene, Ending::Settled, 50_000, FUNDING - 200_000),
		];
		let buyer = Side { money: -250_000, ..SAME };
		let seller = Side { money: 250_000, ..SAME };
		scene.ended(chain, events, Changes { buyer, seller, pot: 0 });
	});
}

/// No ruling, metered: the seller's register decides, the bond comes back, nobody is counted.
#[test]
fn contested_with_meters_and_not_ruled() {
	on("dev", |chain| {
		let (scene, contest) = contested(chain, METERED, 0);
		let rule_by = scene.deadlines(chain).rule_by;
		chain.until(rule_by);
		scene.told(chain, vec![contest.clone()]);
		chain.past(rule_by);
		let events = vec![
			contest,
			vec![told::unbonded(&scene.buyer, 50_000)],
			told::settled(&scene, Outcome::ContestUnruled, 2_000, 500_000, scene.bond()),
			told::ended(&scene, Ending::Settled, 50_000, FUNDING - 500_000),
		];
		let buyer = Side { money: -500_000, ..SAME };
		let seller = Side { money: 500_000, ..SAME };
		scene.ended(chain, events, Changes { buyer, seller, pot: 0 });
	});
}

/// No ruling, and the register says that it was short: 1,400 Wh are paid, and what the seller's own
/// meter says against him counts.
#[test]
fn contested_with_meters_that_attest_a_short_delivery_and_not_ruled() {
	on("dev", |chain| {
		let scene = Scene::billed(chain, METERED, 1_400);
		chain.ok(&scene.buyer, MarketCall::contest { trade: scene.trade, received: 0 });
		let rule_by = scene.deadlines(chain).rule_by;
		chain.past(rule_by);
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
			vec![
				told::bonded(&scene.buyer, 50_000),
				Event::Contested { trade: scene.trade, received: 0 }.into(),
				told::unbonded(&scene.buyer, 50_000),
			],
			blame.told(),
			told::settled(&scene, Outcome::ContestUnruled, 1_400, 350_000, 1_500_000),
			told::ended(&scene, Ending::Settled, 50_000, FUNDING - 350_000),
		];
		let buyer = Side { money: -350_000, ..SAME };
		let seller = Side { money: 300_000, credit: -6, untimely: 1, ..SAME };
		scene.ended(chain, events, Changes { buyer, seller, pot: 50_000 });
	});
}

/// No ruling, unmetered: what the buyer admitted is paid.
#[test]
fn contested_without_meters_and_not_ruled() {
	on("dev", |chain| {
		let (scene, contest) = contested(chain, UNMETERED, 300);
		let rule_by = scene.deadlines(chain).rule_by;
		chain.past(rule_by);
		let events = vec![
			contest,
			vec![told::unbonded(&scene.buyer, 50_000)],
			told::settled(&scene, Outcome::ContestUnruled, 300, 120_000, scene.bond()),
			told::ended(&scene, Ending::Settled, 50_000, FUNDING - 120_000),
		];
		let buyer = Side { money: -120_000, ..SAME };
		let seller = Side { money: 120_000, ..SAME };
		scene.ended(chain, events, Changes { buyer, seller, pot: 0 });
	});
}

/// A seller who sends no bill would be paid by his register: that can be contested too.
#[test]
fn contested_before_a_bill_and_not_ruled() {
	on("dev", |chain| {
		let scene = Scene::delivered(chain, METERED, 2_000);
		chain.ok(&scene.buyer, MarketCall::contest { trade: scene.trade, received: 1_999 });
		let rule_by = scene.deadlines(chain).rule_by;
		chain.past(rule_by);
		let events = vec![
			vec![
				told::bonded(&scene.buyer, 50_000),
				Event::Contested { trade: scene.trade, received: 1_999 }.into(),
				told::unbonded(&scene.buyer, 50_000),
			],
			told::settled(&scene, Outcome::ContestUnruled, 2_000, 500_000, scene.bond()),
			told::ended(&scene, Ending::Settled, 50_000, FUNDING - 500_000),
		];
		let buyer = Side { money: -500_000, ..SAME };
		let seller = Side { money: 500_000, ..SAME };
		scene.ended(chain, events, Changes { buyer, seller, pot: 0 });
	});
}
