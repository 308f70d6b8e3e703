//! Row: not confirmed and no meters, the management centre's authority rules.

use crate::{
	common::{on, Chain, MarketCall},
	stage::{buyer_tag, Changes, Scene, Side, FUNDING, SAME, UNMETERED},
	told::{self, Blame, Fine},
};
use pallet_market::{Ending, Event, Fault, Outcome, Ruling};
use sp_runtime::Permill;
use voltree_primitives::Cause;
use voltree_runtime::RuntimeEvent;

/// Billed for 1,000 Wh, not confirmed; the authority rules in its last moment.
fn ruled(chain: &mut Chain, percent: u32, fault: Fault) -> (Scene, Vec<RuntimeEvent>) {
	let mut scene = Scene::billed(chain, UNMETERED, 1_000);
	let deadlines = scene.deadlines(chain);
	chain.until(deadlines.rule_by);
	scene.count_from_here(chain);
	let ruling = Ruling { share: Permill::from_percent(percent), fault };
	chain.decide(MarketCall::rule { trade: scene.trade, ruling });
	let volume = u64::from(percent) * 10;
	(scene, vec![Event::Ruled { trade: 0, ruling, volume }.into()])
}

/// 600 of 1,000 Wh, which are 240,000; the buyer's silence was without reason.
#[test]
fn not_confirmed_without_meters_and_ruled_against_the_buyer() {
	on("dev", |chain| {
		let (scene, ruling) = ruled(chain, 60, Fault::Buyer);
		let events = vec![
			ruling,
			vec![told::counted(buyer_tag(), 1, 1, Cause::NotConfirmed)],
			told::settled(&scene, Outcome::Ruled, 600, 240_000, scene.bond()),
			told::ended(&scene, Ending::Settled, 50_000, FUNDING - 240_000),
		];
		let buyer = Side { money: -240_000, untimely: 1, ..SAME };
		let seller = Side { money: 240_000, ..SAME };
		scene.ended(chain, events, Changes { buyer, seller, pot: 0 });
	});
}

/// The seller delivered 250 of 1,000 Wh: 750 Wh are 8 points and a fine of 60,000.
#[test]
fn not_confirmed_without_meters_and_ruled_against_the_seller() {
	on("dev", |chain| {
		let (scene, ruling) = ruled(chain, 25, Fault::Seller);
		let blame = Blame {
			tag: UNMETERED.seller.tag(),
			timely: 0,
			untimely: 1,
			cause: Cause::DeliveredShort,
			credit: (1_000, 992),
			volume: 750,
			fine: Fine::from_bond(60_000),
		};
		let events = vec![
			ruling,
			blame.told(),
			told::settled(&scene, Outcome::Ruled, 250, 100_000, scene.bond() - 60_000),
			told::ended(&scene, Ending::Settled, 50_000, FUNDING - 100_000),
		];
		let buyer = Side { money: -100_000, ..SAME };
		let seller = Side { money: 100_000 - 60_000, credit: -8, untimely: 1, ..SAME };
		scene.ended(chain, events, Changes { buyer, seller, pot: 60_000 });
	});
}

/// Nothing was delivered at all.
#[test]
fn not_confirmed_without_meters_and_ruled_not_delivered() {
	on("dev", |chain| {
		let (scene, ruling) = ruled(chain, 0, Fault::Both);
		let blame = Blame {
			tag: UNMETERED.seller.tag(),
			timely: 0,
			untimely: 1,
			cause: Cause::NotDelivered,
			credit: (1_000, 990),
			volume: 1_000,
			fine: Fine::from_bond(80_000),
		};
		let events = vec![
			ruling,
			vec![told::counted(buyer_tag(), 1, 1, Cause::NotConfirmed)],
			blame.told(),
			told::settled(&scene, Outcome::Ruled, 0, 0, scene.bond() - 80_000),
			told::ended(&scene, Ending::Settled, 50_000, FUNDING),
		];
		let buyer = Side { untimely: 1, ..SAME };
		let seller = Side { money: -80_000, credit: -10, untimely: 1, ..SAME };
		scene.ended(chain, events, Changes { buyer, seller, pot: 80_000 });
	});
}

/// Ruled otherwise: all of it is paid and nobody is counted.
#[test]
fn not_confirmed_without_meters_and_ruled_nobodys_fault() {
	on("dev", |chain| {
		let (scene, ruling) = ruled(chain, 100, Fault::Nobody);
		let events = vec![
			ruling,
			told::settled(&scene, Outcome::Ruled, 1_000, 400_000, scene.bond()),
			told::ended(&scene, Ending::Settled, 50_000, FUNDING - 400_000),
		];
		let buyer = Side { money: -400_000, ..SAME };
		let seller = Side { money: 400_000, ..SAME };
		scene.ended(chain, events, Changes { buyer, seller, pot: 0 });
	});
}
