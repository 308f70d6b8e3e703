//! The end of the slot: not started, unsafe lines, and what is excused.

use super::{billed, delivered, paid, started, Way, AMOUNT};
use crate::{mock::*, pallet::*, types::*};
use frame_support::{assert_ok, weights::Weight};
use voltree_primitives::{Cause, SafetyOver};

fn refunded(outcome: Outcome) -> Vec<Event<Test>> {
	let (delivered, payout, refund) = (0, 0, AMOUNT);
	vec![
		Event::Settled { trade: 0, request: 0, outcome, delivered, payout, refund },
		Event::RequestEnded { request: 0, ending: Ending::Settled },
	]
}

/// What the market asked about safety since the last call of this.
fn asked() -> Vec<Asked> {
	world(|world| std::mem::take(&mut world.asked))
}

fn question(from: u64) -> Asked {
	Asked { lines: [LINE, LINE], without: vec![tag(Alice), tag(Charlie)], from, to: SLOT_END }
}

fn safe_for(longest_safe: u64) {
	world(|world| {
		world.safety = SafetyOver { longest_safe, always: false, never: longest_safe == 0 };
	});
}

/// Not started though both lines were safe for three rounds running: the seller's fault.
#[test]
fn not_started_on_safe_lines() {
	run(|| {
		paid(Way::Unmetered);
		safe_for(3 * ROUND);
		run_to(SLOT_END);
		assert_eq!(events(), vec![]);
		pass(SLOT_END);
		assert_eq!(events(), refunded(Outcome::NotStarted));
		assert_eq!(deeds(), vec![Deed::Untimely(tag(Charlie), 1_000, Cause::NotDelivered)]);
		assert_eq!(asked(), vec![question(GATE)]);
		assert_eq!((held(Alice), balance(Alice)), (0, MONEY));
		check_empty();
	});
}

/// Not started while there was no time to: nobody's fault.
#[test]
fn not_started_on_unsafe_lines() {
	for longest in [0, 3 * ROUND - 1] {
		run(|| {
			paid(Way::Metered(1_000));
			safe_for(longest);
			pass(SLOT_END);
			assert_eq!(events(), refunded(Outcome::Stopped));
			assert_eq!(deeds(), vec![]);
			check_empty();
		});
	}
}

/// The measure is the round of the day the request was made.
#[test]
fn the_round_is_that_of_the_request() {
	run(|| {
		paid(Way::Unmetered);
		world(|world| world.round = 1);
		safe_for(3 * ROUND - 1);
		pass(SLOT_END);
		assert_eq!(events(), refunded(Outcome::Stopped));
	});
}

/// Started, and a line was unsafe throughout the slot: full refund, whatever the meter says.
#[test]
fn unsafe_throughout() {
	for way in [Way::Metered(1_000), Way::Silent, Way::Unmetered] {
		run(|| {
			started(way);
			meter_exports(METER, 1_000);
			world(|world| world.safety = NEVER_SAFE);
			run_to(SLOT_END);
			assert_eq!(events(), vec![]);
			pass(SLOT_END);
			assert_eq!(events(), refunded(Outcome::UnsafeThroughout));
			assert_eq!(deeds(), vec![]);
			assert_eq!(balance(Alice), MONEY);
			check_empty();
		});
	}
}

/// Once it was started, the slot itself is looked at, without the parties' own sensors.
#[test]
fn safety_is_asked_about_the_slot() {
	run(|| {
		started(Way::Unmetered);
		pass(SLOT_END);
		assert_eq!(asked(), vec![question(SLOT)]);
	});
}

/// Unsafe in part: what the meter attests is paid, nobody is to blame for what is missing.
#[test]
fn unsafe_in_part_is_paid_by_the_meter() {
	run(|| {
		started(Way::Metered(0));
		world(|world| world.safety = UNSAFE_IN_PART);
		meter_exports(METER, 300);
		pass(SLOT_END);
		pass(METER_BY);
		assert_ok!(bill(Bob, 0, 300, Bob));
		assert_ok!(confirm(Alice, 0));
		assert_eq!(deeds(), vec![]);
		assert_eq!(balance(Bob), MONEY + 600);
	});
}

/// Unsafe in part, not billed, not confirmed: still nobody is blamed, and the meter decides.
#[test]
fn unsafe_in_part_excuses_silence() {
	for (bills, outcome) in [(false, Outcome::SettledUnbilled), (true, Outcome::SettledUnconfirmed)]
	{
		run(|| {
			started(Way::Metered(0));
			world(|world| world.safety = UNSAFE_IN_PART);
			meter_exports(METER, 300);
			pass(SLOT_END);
			pass(METER_BY);
			if bills {
				assert_ok!(bill(Bob, 0, 300, Bob));
			}
			forget();
			pass(RULE_BY);
			let (delivered, payout, refund) = (300, 600, AMOUNT - 600);
			let settled =
				Event::Settled { trade: 0, request: 0, outcome, delivered, payout, refund };
			assert_eq!(events()[0], settled);
			assert_eq!(deeds(), vec![]);
		});
	}
}

/// Unsafe in part without a meter: what is confirmed is paid, nobody is blamed.
#[test]
fn unsafe_in_part_unmetered_is_paid_as_confirmed() {
	let story = |last: fn()| {
		run(|| {
			started(Way::Unmetered);
			world(|world| world.safety = UNSAFE_IN_PART);
			pass(SLOT_END);
			last();
			pass(RULE_BY);
			assert_eq!(deeds(), vec![]);
			check_empty();
		});
	};
	story(|| {
		assert_ok!(bill(Charlie, 0, 200, Charlie));
		assert_ok!(confirm(Alice, 0));
		assert_eq!(balance(Charlie), MONEY + 400);
	});
	story(|| {
		assert_ok!(bill(Charlie, 0, 200, Charlie));
	});
	story(|| ());
}

/// Blacklisted in the middle, certificate gone: the trade finishes, locked money belongs to it.
#[test]
fn what_was_begun_finishes() {
	run(|| {
		paid(Way::Metered(0));
		world(|world| world.barred.extend([tag(Alice), tag(Bob)]));
		run_to(GATE);
		assert_ok!(start(Bob, 0));
		meter_exports(METER, 1_000);
		pass(SLOT_END);
		pass(METER_BY);
		assert_ok!(bill(Bob, 0, 1_000, Bob));
		assert_ok!(confirm(Alice, 0));
		assert_eq!(balance(Bob), MONEY + AMOUNT);
	});
}

/// Everything at once: an agenda that lags behind all deadlines works them off in one block.
#[test]
fn deadlines_that_were_missed_take_effect_in_order() {
	run(|| {
		started(Way::Metered(0));
		meter_exports(METER, 1_000);
		world(|world| world.now = RULE_BY + 1);
		Market::work_off(Weight::MAX);
		let attested = Attested::Allotted(1_000);
		let (outcome, payout, refund) = (Outcome::SettledUnbilled, AMOUNT, 0);
		assert_eq!(
			events(),
			vec![
				Event::Metered { trade: 0, attested },
				Event::Settled { trade: 0, request: 0, outcome, delivered: 1_000, payout, refund },
				Event::RequestEnded { request: 0, ending: Ending::Settled },
			]
		);
		check_empty();
	});
}

/// Each state of a story has its deadline in the agenda; the invariants look at it.
#[test]
fn invariants_hold_in_every_state() {
	for way in [Way::Metered(500), Way::Silent, Way::Unmetered] {
		run(|| paid(way));
		run(|| started(way));
		run(|| delivered(way));
		run(|| billed(way, 500));
	}
}
