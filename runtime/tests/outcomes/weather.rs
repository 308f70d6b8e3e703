//! Row: a line was unsafe during the slot, for a part of it, throughout, or so long that delivery
//! could not be started.

use crate::{
	common::{on, Chain},
	stage::{Changes, Play, Scene, Side, FUNDING, METERED, NOTHING, SAME, UNMETERED},
	told,
};
use pallet_market::{Attested, Ending, Outcome};
use pallet_sensor_oracle::Class;

/// The trade was paid `payout` for `delivered` Wh, and nobody is counted for anything.
fn blameless(chain: &Chain, scene: &Scene, outcome: Outcome, delivered: u64, payout: u128) {
	let events = vec![
		told::settled(scene, outcome, delivered, payout, scene.bond()),
		told::ended(scene, Ending::Settled, 50_000, FUNDING - payout),
	];
	let money = i128::try_from(payout).expect("small");
	let (buyer, seller) = (Side { money: -money, ..SAME }, Side { money, ..SAME });
	scene.ended(chain, events, Changes { buyer, seller, pot: 0 });
}

/// Started in clear weather; a storm comes up half-way through the slot.
fn stormy(chain: &mut Chain, play: Play) -> Scene {
	let scene = Scene::started(chain, play);
	chain.until(scene.slot.start + 30_000);
	chain.weather_turns(Some(Class::Thunderstorm));
	scene
}

#[test]
fn line_unsafe_for_a_part_of_the_slot_settles_by_the_meters() {
	on("dev", |chain| {
		let mut scene = stormy(chain, METERED);
		chain.deliver(&scene.deal(), 900);
		let deadlines = scene.deadlines(chain);
		chain.past(deadlines.meter_by);
		scene.told(chain, vec![vec![told::metered(&scene, Attested::Allotted(900))]]);
		scene.count_from_here(chain);
		chain.past(deadlines.bill_by);
		blameless(chain, &scene, Outcome::SettledUnbilled, 900, 225_000);
	});
}

/// Billed and confirmed: as short as it is, nobody is to blame, and nobody gains.
#[test]
fn line_unsafe_for_a_part_of_the_slot_and_confirmed() {
	on("dev", |chain| {
		let mut scene = stormy(chain, METERED);
		chain.deliver(&scene.deal(), 900);
		chain.bill(&scene.deal(), 900);
		scene.count_from_here(chain);
		scene.confirm(chain);
		blameless(chain, &scene, Outcome::Confirmed, 900, 225_000);
	});
}

/// The buyer's silence after a storm is excused too.
#[test]
fn line_unsafe_for_a_part_of_the_slot_and_not_confirmed() {
	on("dev", |chain| {
		let mut scene = stormy(chain, METERED);
		chain.deliver(&scene.deal(), 900);
		chain.bill(&scene.deal(), 900);
		scene.count_from_here(chain);
		let confirm_by = scene.deadlines(chain).confirm_by;
		chain.past(confirm_by);
		blameless(chain, &scene, Outcome::SettledUnconfirmed, 900, 225_000);
	});
}

/// Unmetered: what is confirmed.
#[test]
fn line_unsafe_for_a_part_of_the_slot_without_meters_pays_what_is_confirmed() {
	on("dev", |chain| {
		let mut scene = stormy(chain, UNMETERED);
		chain.past(scene.slot.end);
		chain.bill(&scene.deal(), 400);
		scene.count_from_here(chain);
		scene.confirm(chain);
		blameless(chain, &scene, Outcome::Confirmed, 400, 160_000);
	});
}

/// Unmetered and nothing confirmed: nothing is paid, nobody is counted.
#[test]
fn line_unsafe_for_a_part_of_the_slot_without_meters_and_not_billed() {
	on("dev", |chain| {
		let scene = stormy(chain, UNMETERED);
		let bill_by = scene.deadlines(chain).bill_by;
		chain.past(bill_by);
		blameless(chain, &scene, Outcome::NotBilled, 0, 0);
	});
}

#[test]
fn line_unsafe_throughout_the_slot() {
	on("dev", |chain| {
		let scene = Scene::started(chain, METERED);
		chain.weather_turns(Some(Class::Wind));
		assert!(chain.now() < scene.slot.start);
		chain.until(scene.slot.end);
		scene.came(chain, vec![], NOTHING);
		chain.past(scene.slot.end);
		blameless(chain, &scene, Outcome::UnsafeThroughout, 0, 0);
	});
}

/// Not started, because a line was not safe for three rounds running between gate and slot end.
#[test]
fn not_started_because_a_line_was_not_safe_for_three_rounds() {
	for weather in [Some(Class::Thunderstorm), None] {
		on("dev", |chain| {
			let scene = Scene::paid(chain, METERED);
			// A minute after its last report a silent line is stale.
			chain.until(scene.slot.gate - 62_000);
			chain.weather_turns(weather);
			chain.past(scene.slot.end);
			blameless(chain, &scene, Outcome::Stopped, 0, 0);
		});
	}
}

/// Three rounds are nine seconds here: a storm six seconds after the gate leaves too little.
#[test]
fn not_started_though_the_lines_were_safe_for_a_moment() {
	for (safe_for, expected) in [(6_000, Outcome::Stopped), (9_000, Outcome::NotStarted)] {
		on("dev", |chain| {
			let scene = Scene::paid(chain, METERED);
			chain.until(scene.slot.gate + safe_for - 3_000);
			chain.weather = None;
			chain.next();
			chain.weather_turns(Some(Class::Thunderstorm));
			assert_eq!(chain.now(), scene.slot.gate + safe_for);
			chain.past(scene.slot.end);
			let told = chain.market_events().into_iter().find_map(|event| match event {
				pallet_market::Event::Settled { outcome, .. } => Some(outcome),
				_ => None,
			});
			assert_eq!(told, Some(expected), "safe for {safe_for} ms");
		});
	}
}
