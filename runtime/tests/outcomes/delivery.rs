//! Rows: not delivered; delivered short; metered and not billed in time; confirmed in time.

use crate::{
	common::{on, Chain},
	stage::{Changes, Scene, Side, FUNDING, METERED, NOTHING, SAME, UNMETERED},
	told::{self, Blame, Fine},
};
use pallet_market::{Attested, Ending, Outcome};
use voltree_primitives::Cause;
use voltree_runtime::RuntimeEvent;

/// The seller of `scene` is blamed for `volume` missing Wh.
fn blamed(scene: &Scene, cause: Cause, volume: u64, fine: u128) -> Vec<RuntimeEvent> {
	let points = u32::try_from(volume.div_ceil(100)).expect("few");
	Blame {
		tag: scene.play.seller.tag(),
		timely: 0,
		untimely: 1,
		cause,
		credit: (1_000, 1_000 - points),
		volume,
		fine: Fine::from_bond(fine),
	}
	.told()
}

/// Full refund, untimely, credit and fine of all that was traded.
fn not_delivered(chain: &Chain, scene: &Scene, outcome: Outcome, fine: u128, credit: i64) {
	let events = vec![
		blamed(scene, Cause::NotDelivered, scene.play.volume, fine),
		told::settled(scene, outcome, 0, 0, scene.bond() - fine),
		told::ended(scene, Ending::Settled, 50_000, FUNDING),
	];
	let fined = i128::try_from(fine).expect("small");
	let seller = Side { money: -fined, credit, untimely: 1, ..SAME };
	scene.ended(chain, events, Changes { seller, pot: fined, ..NOTHING });
}

#[test]
fn not_started_though_both_lines_were_safe_for_three_rounds() {
	on("dev", |chain| {
		let scene = Scene::paid(chain, METERED);
		chain.until(scene.slot.end);
		scene.came(chain, vec![], NOTHING);
		chain.past(scene.slot.end);
		not_delivered(chain, &scene, Outcome::NotStarted, 100_000, -20);
	});
}

/// The same without a meter: 1,000 Wh at 0.40.
#[test]
fn not_started_without_a_meter() {
	on("dev", |chain| {
		let scene = Scene::paid(chain, UNMETERED);
		chain.past(scene.slot.end);
		not_delivered(chain, &scene, Outcome::NotStarted, 80_000, -10);
	});
}

/// Started, billed for nothing, the meter attests nothing: nothing to confirm, so the buyer's silence
/// is no fault.
#[test]
fn not_delivered_though_started() {
	on("dev", |chain| {
		let scene = Scene::billed(chain, METERED, 0);
		let confirm_by = scene.deadlines(chain).confirm_by;
		chain.past(confirm_by);
		not_delivered(chain, &scene, Outcome::SettledUnconfirmed, 100_000, -20);
	});
}

/// A register that is silent at `meter_by` counts as nothing.
#[test]
fn not_delivered_because_the_register_was_silent() {
	on("dev", |chain| {
		let mut scene = Scene::started(chain, METERED);
		let deadlines = scene.deadlines(chain);
		chain.past(deadlines.meter_by);
		scene.told(chain, vec![vec![told::metered(&scene, Attested::Silent)]]);
		scene.count_from_here(chain);
		chain.past(deadlines.bill_by);
		not_delivered(chain, &scene, Outcome::SettledUnbilled, 100_000, -20);
	});
}

/// A silent register, and the buyer confirms a volume: that is paid.
#[test]
fn a_silent_register_is_made_good_by_the_buyers_word() {
	on("dev", |chain| {
		let mut scene = Scene::started(chain, METERED);
		let meter_by = scene.deadlines(chain).meter_by;
		chain.past(meter_by);
		chain.bill(&scene.deal(), 1_900);
		scene.count_from_here(chain);
		scene.confirm(chain);
		let events = vec![
			vec![told::counted(METERED.seller.tag(), 1, 0, Cause::Delivered)],
			told::settled(&scene, Outcome::Confirmed, 1_900, 475_000, scene.bond()),
			told::ended(&scene, Ending::Settled, 50_000, FUNDING - 475_000),
		];
		let buyer = Side { money: -475_000, ..SAME };
		let seller = Side { money: 475_000, timely: 1, ..SAME };
		scene.ended(chain, events, Changes { buyer, seller, pot: 0 });
	});
}

#[test]
fn unmetered_and_not_billed() {
	on("dev", |chain| {
		let scene = Scene::delivered(chain, UNMETERED, 0);
		let bill_by = scene.deadlines(chain).bill_by;
		chain.until(bill_by);
		scene.came(chain, vec![], NOTHING);
		chain.past(bill_by);
		not_delivered(chain, &scene, Outcome::NotBilled, 80_000, -10);
	});
}

/// 1,400 of 2,000 Wh, confirmed: the delivered part is paid; 600 Wh are a fine of 30,000, so the
/// smallest.
#[test]
fn delivered_short_beyond_the_tolerance() {
	on("dev", |chain| {
		let scene = Scene::billed(chain, METERED, 1_400);
		scene.confirm(chain);
		let events = vec![
			blamed(&scene, Cause::DeliveredShort, 600, 50_000),
			told::settled(&scene, Outcome::Confirmed, 1_400, 350_000, 1_500_000),
			told::ended(&scene, Ending::Settled, 50_000, FUNDING - 350_000),
		];
		let buyer = Side { money: -350_000, ..SAME };
		let seller = Side { money: 350_000 - 50_000, credit: -6, untimely: 1, ..SAME };
		scene.ended(chain, events, Changes { buyer, seller, pot: 50_000 });
	});
}

/// A tolerance of 50 in 1,000: 1,900 of 2,000 Wh are delivered, 1,899 are short.
#[test]
fn delivered_short_within_the_tolerance() {
	for (energy, untimely) in [(1_900, 0), (1_899, 1)] {
		on("dev", |chain| {
			let scene = Scene::billed(chain, METERED, energy);
			scene.confirm(chain);
			let (_, timely, count) = chain.score(METERED.seller.tag());
			assert_eq!((timely, count), (1 - untimely, untimely), "{energy} Wh");
			crate::stage::nothing_is_left();
		});
	}
}

/// Nobody sends a bill: what the meters attest is paid; it only counts.
#[test]
fn metered_and_not_billed_in_time() {
	on("dev", |chain| {
		let scene = Scene::delivered(chain, METERED, 1_950);
		let bill_by = scene.deadlines(chain).bill_by;
		chain.until(bill_by);
		scene.came(chain, vec![], NOTHING);
		chain.past(bill_by);
		let events = vec![
			vec![told::counted(METERED.seller.tag(), 0, 1, Cause::NotBilled)],
			told::settled(&scene, Outcome::SettledUnbilled, 1_950, 487_500, scene.bond()),
			told::ended(&scene, Ending::Settled, 50_000, FUNDING - 487_500),
		];
		let buyer = Side { money: -487_500, ..SAME };
		let seller = Side { money: 487_500, untimely: 1, ..SAME };
		scene.ended(chain, events, Changes { buyer, seller, pot: 0 });
	});
}

/// Not billed and short: the worse counts, once.
#[test]
fn metered_short_and_not_billed_in_time() {
	on("dev", |chain| {
		let scene = Scene::delivered(chain, METERED, 500);
		let bill_by = scene.deadlines(chain).bill_by;
		chain.past(bill_by);
		let events = vec![
			blamed(&scene, Cause::DeliveredShort, 1_500, 75_000),
			told::settled(&scene, Outcome::SettledUnbilled, 500, 125_000, 1_475_000),
			told::ended(&scene, Ending::Settled, 50_000, FUNDING - 125_000),
		];
		let buyer = Side { money: -125_000, ..SAME };
		let seller = Side { money: 125_000 - 75_000, credit: -15, untimely: 1, ..SAME };
		scene.ended(chain, events, Changes { buyer, seller, pot: 75_000 });
	});
}

#[test]
fn confirmed_in_time() {
	on("dev", |chain| {
		let scene = Scene::billed(chain, METERED, 2_000);
		let confirm_by = scene.deadlines(chain).confirm_by;
		chain.until(confirm_by);
		scene.confirm(chain);
		let events = vec![
			vec![told::counted(METERED.seller.tag(), 1, 0, Cause::Delivered)],
			told::settled(&scene, Outcome::Confirmed, 2_000, 500_000, scene.bond()),
			told::ended(&scene, Ending::Settled, 50_000, 500_000),
		];
		let buyer = Side { money: -500_000, ..SAME };
		let seller = Side { money: 500_000, timely: 1, ..SAME };
		scene.ended(chain, events, Changes { buyer, seller, pot: 0 });
	});
}

/// Without a meter the bill and the buyer's word decide.
#[test]
fn confirmed_in_time_without_meters() {
	on("dev", |chain| {
		let scene = Scene::billed(chain, UNMETERED, 960);
		scene.confirm(chain);
		let events = vec![
			vec![told::counted(UNMETERED.seller.tag(), 1, 0, Cause::Delivered)],
			told::settled(&scene, Outcome::Confirmed, 960, 384_000, scene.bond()),
			told::ended(&scene, Ending::Settled, 50_000, FUNDING - 384_000),
		];
		let buyer = Side { money: -384_000, ..SAME };
		let seller = Side { money: 384_000, timely: 1, ..SAME };
		scene.ended(chain, events, Changes { buyer, seller, pot: 0 });
	});
}
