//! A chain that stood still makes nobody late: deadlines in the gap, or less than three rounds after
//! it, move by the gap; gate and slot never do; a trade across the gap counts as started.

use crate::{
	common::{on, people::Id, Chain, MarketCall, OracleCall},
	stage::{
		buyer_tag, nothing_is_left, Changes, Play, Scene, Side, FUNDING, METERED, NOTHING, SAME,
		UNMETERED,
	},
	told,
};
use pallet_market::{Attested, Ending, Event, Outcome, TradeState};
use pallet_sensor_oracle::RegisterReading;
use voltree_primitives::{Cause, Moment};
use voltree_runtime::{Runtime, RuntimeEvent};

/// No block comes between `from` and `to`.
fn stand_still(chain: &mut Chain, from: Moment, to: Moment) -> RuntimeEvent {
	chain.until(from);
	chain.skip((to - from) / 3_000 - 1);
	assert_eq!(chain.now(), to);
	Event::Outage { from, to }.into()
}

/// Confirmed after the outage, as if it had been in time.
#[test]
fn a_deadline_in_an_outage_moves_by_its_length() {
	on("dev", |chain| {
		let scene = Scene::billed(chain, METERED, 2_000);
		let before = scene.deadlines(chain);
		let outage = stand_still(chain, before.confirm_by - 21_000, before.confirm_by + 39_000);
		chain.until(before.confirm_by + 60_000);
		scene.confirm(chain);
		let events = vec![
			vec![outage, told::counted(METERED.seller.tag(), 1, 0, Cause::Delivered)],
			told::settled(&scene, Outcome::Confirmed, 2_000, 500_000, scene.bond()),
			told::ended(&scene, Ending::Settled, 50_000, FUNDING - 500_000),
		];
		let buyer = Side { money: -500_000, ..SAME };
		let seller = Side { money: 500_000, timely: 1, ..SAME };
		scene.ended(chain, events, Changes { buyer, seller, pot: 0 });
	});
}

/// Three rounds are nine seconds: a deadline six seconds after the gap moves, one nine seconds after
/// it does not; and the moved one counts as the first did.
#[test]
fn a_deadline_shortly_after_an_outage_moves_as_well() {
	for (left, moved) in [(6_000, 60_000), (9_000, 0)] {
		on("dev", |chain| {
			let scene = Scene::billed(chain, METERED, 2_000);
			let confirm_by = scene.deadlines(chain).confirm_by;
			let to = confirm_by - left;
			stand_still(chain, to - 60_000, to);
			chain.until(confirm_by + moved);
			assert!(pallet_market::Trades::<Runtime>::contains_key(scene.trade), "in time");
			chain.past(confirm_by + moved);
			assert_eq!(chain.score(buyer_tag()), (980, 1, 1), "{left} ms after it");
			nothing_is_left();
		});
	}
}

/// Nothing under half a minute is an outage here.
#[test]
fn a_few_empty_slots_are_no_outage() {
	on("dev", |chain| {
		let scene = Scene::billed(chain, METERED, 2_000);
		let confirm_by = scene.deadlines(chain).confirm_by;
		chain.until(confirm_by - 27_000);
		chain.skip(9);
		assert_eq!(chain.now(), confirm_by + 3_000);
		assert_eq!(chain.score(buyer_tag()), (980, 1, 1));
		nothing_is_left();
	});
}

/// The payment date moves, and the grace with it: paid in time after the outage.
#[test]
fn a_payment_date_in_an_outage_moves() {
	on("dev", |chain| {
		chain.calm();
		let start = chain.tradable_slot() + 180_000;
		let mut scene = Scene::asked_for(chain, METERED, start);
		chain.respond(scene.request);
		let (pay_by, late_by) = scene.payment_dates();
		scene.count_from_here(chain);
		let outage = stand_still(chain, pay_by - 30_000, pay_by + 30_000);
		chain.until(pay_by + 60_000);
		scene.pay(chain);
		let counted = vec![told::counted(buyer_tag(), 1, 0, Cause::PaidInTime)];
		let paid = told::paid(&scene, 2_000, false, counted);
		let buyer = Side { timely: 1, ..SAME };
		scene.came(chain, vec![vec![outage], paid], Changes { buyer, ..NOTHING });
		assert!(late_by + 60_000 <= scene.slot.gate);
		assert_eq!(scene.slot.start, start, "the slot has not moved");
	});
}

/// Its end of the grace would come after the gate: the request expires, funds and bond back.
#[test]
fn a_request_that_an_outage_moves_behind_its_gate_expires() {
	on("dev", |chain| {
		let mut scene = Scene::answered(chain, METERED);
		let (pay_by, _) = scene.payment_dates();
		chain.ok(&METERED.seller.key(), MarketCall::withdraw_offer { offer: scene.offer });
		scene.count_from_here(chain);
		let outage = stand_still(chain, pay_by - 60_000, pay_by + 60_000);
		chain.past(pay_by + 120_000);
		let ended = told::ended(&scene, Ending::Outage, 50_000, FUNDING);
		scene.ended(chain, vec![vec![outage], ended], NOTHING);
	});
}

/// Paid, and the chain stands still from before the gate until after the slot: nobody could start.
fn across(chain: &mut Chain, play: Play) -> (Scene, RuntimeEvent) {
	let scene = Scene::paid(chain, play);
	let (gate, end) = (scene.slot.gate, scene.slot.end);
	let outage = stand_still(chain, gate - 6_000, end + 6_000);
	let TradeState::Delivered { delivery } = chain.trade(scene.trade).state else {
		panic!("it counts as started")
	};
	assert!(delivery.excused);
	(scene, outage)
}

/// It settles by the meters: 1,500 of 2,000 Wh, and nobody is punished for the rest.
#[test]
fn a_metered_trade_across_an_outage_settles_by_the_meters() {
	on("dev", |chain| {
		let (scene, outage) = across(chain, METERED);
		chain.deliver(&scene.deal(), 1_500);
		let bill_by = scene.deadlines(chain).bill_by;
		chain.past(bill_by);
		let events = vec![
			vec![outage, told::metered(&scene, Attested::Allotted(1_500))],
			told::settled(&scene, Outcome::SettledUnbilled, 1_500, 375_000, scene.bond()),
			told::ended(&scene, Ending::Settled, 50_000, FUNDING - 375_000),
		];
		let buyer = Side { money: -375_000, ..SAME };
		let seller = Side { money: 375_000, ..SAME };
		scene.ended(chain, events, Changes { buyer, seller, pot: 0 });
	});
}

/// Without meters what is confirmed is paid.
#[test]
fn an_unmetered_trade_across_an_outage_pays_what_is_confirmed() {
	on("dev", |chain| {
		let (mut scene, _) = across(chain, UNMETERED);
		chain.bill(&scene.deal(), 700);
		scene.count_from_here(chain);
		scene.confirm(chain);
		let events = vec![
			told::settled(&scene, Outcome::Confirmed, 700, 280_000, scene.bond()),
			told::ended(&scene, Ending::Settled, 50_000, FUNDING - 280_000),
		];
		let buyer = Side { money: -280_000, ..SAME };
		let seller = Side { money: 280_000, ..SAME };
		scene.ended(chain, events, Changes { buyer, seller, pot: 0 });
	});
}

/// Nothing is confirmed: nothing is paid, nobody is counted, neither for the bill nor for silence.
#[test]
fn an_unmetered_trade_across_an_outage_and_nobody_says_anything() {
	for billed in [None, Some(900)] {
		on("dev", |chain| {
			let (mut scene, _) = across(chain, UNMETERED);
			let deadlines = scene.deadlines(chain);
			if let Some(billed) = billed {
				chain.bill(&scene.deal(), billed);
			}
			scene.count_from_here(chain);
			chain.past(deadlines.rule_by);
			let outcome = match billed {
				None => Outcome::NotBilled,
				Some(_) => Outcome::Unruled,
			};
			let events = vec![
				told::settled(&scene, outcome, 0, 0, scene.bond()),
				told::ended(&scene, Ending::Settled, 50_000, FUNDING),
			];
			scene.ended(chain, events, NOTHING);
		});
	}
}

/// Started before it, and the chain stands still for a part of the slot: excused as well.
#[test]
fn an_outage_during_the_slot_excuses_what_is_missing() {
	on("dev", |chain| {
		let mut scene = Scene::started(chain, METERED);
		stand_still(chain, scene.slot.start + 6_000, scene.slot.start + 48_000);
		chain.deliver(&scene.deal(), 400);
		chain.bill(&scene.deal(), 400);
		scene.count_from_here(chain);
		scene.confirm(chain);
		let events = vec![
			told::settled(&scene, Outcome::Confirmed, 400, 100_000, scene.bond()),
			told::ended(&scene, Ending::Settled, 50_000, FUNDING - 100_000),
		];
		let buyer = Side { money: -100_000, ..SAME };
		let seller = Side { money: 100_000, ..SAME };
		scene.ended(chain, events, Changes { buyer, seller, pot: 0 });
	});
}

/// `meter_by` lies in it: the register that comes after it still counts.
#[test]
fn a_register_late_by_an_outage_counts() {
	on("dev", |chain| {
		let mut scene = Scene::started(chain, METERED);
		let before = scene.deadlines(chain);
		chain.past(scene.slot.end);
		scene.count_from_here(chain);
		let outage = stand_still(chain, before.meter_by - 15_000, before.meter_by + 45_000);
		chain.deliver(&scene.deal(), 2_000);
		chain.past(before.meter_by + 60_000);
		let metered = told::metered(&scene, Attested::Allotted(2_000));
		scene.came(chain, vec![vec![outage, metered]], NOTHING);
		let after = scene.deadlines(chain);
		assert_eq!(after.meter_by - before.meter_by, 60_000);
		assert_eq!(after.confirm_by - before.confirm_by, 60_000);
		assert_eq!(after.rule_by - before.rule_by, 60_000);
	});
}

/// A meter that was cut off for two hours with everybody else reports forty boundaries at once, more
/// than are kept without need, before or after those of the slot, which are more than 96 slots back: a
/// trade waits for these, so they are neither pushed out nor too late.
#[test]
fn registers_that_a_trade_waits_for_outlast_an_outage() {
	const HOURS: Moment = 7_200_000;
	for come_last in [false, true] {
		on("dev", |chain| {
			let mut scene = Scene::started(chain, METERED);
			let (before, slot) = (scene.deadlines(chain), scene.slot);
			chain.past(slot.end);
			scene.count_from_here(chain);
			let from = before.meter_by - 15_000;
			let outage = stand_still(chain, from, from + HOURS);
			let length = slot.end - slot.start;
			let newest = (from + HOURS) / length * length;
			let mut registers = vec![(slot.start, 0), (slot.end, 2_000)];
			registers.extend((0..40).rev().map(|age| (newest - age * length, 2_000)));
			if come_last {
				registers.rotate_left(2);
			}
			let meter = METERED.seller.meter().expect("it has one");
			for (boundary, export) in registers {
				let reading = RegisterReading { meter: meter.id(), boundary, import: 0, export };
				chain.ok(&meter, OracleCall::report_register { reading, signature: None });
				chain.next_if_full();
			}
			chain.past(before.meter_by + HOURS);
			let metered = told::metered(&scene, Attested::Allotted(2_000));
			scene.came(chain, vec![vec![outage, metered]], NOTHING);
		});
	}
}
