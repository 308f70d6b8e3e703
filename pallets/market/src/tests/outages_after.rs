//! Outages after the slot, many outages, and when they are forgotten.

use super::{billed, delivered, settled, started, Way, AMOUNT};
use crate::{mock::*, pallet::*, types::*};
use frame_support::{assert_noop, assert_ok};
use voltree_primitives::Moment;

/// Deadlines of trade 0 as they are now.
fn deadlines() -> Deadlines {
	Market::unsettled_trade(0).unwrap().deadlines
}

fn usual() -> Deadlines {
	let (meter_by, bill_by) = (METER_BY, BILL_BY);
	Deadlines { meter_by, bill_by, confirm_by: CONFIRM_BY, rule_by: RULE_BY }
}

/// No block comes from the last one until `to`. How long that was.
fn nothing_until(to: Moment) -> Moment {
	let last = LastBlock::<Test>::get();
	next_block(to);
	assert!(to - last > OUTAGE);
	to - last
}

/// Registers that come late because the chain stood still count.
#[test]
fn meter_by_moves_with_the_later_ones() {
	run(|| {
		started(Way::Silent);
		pass(SLOT_END);
		let by = nothing_until(METER_BY + 5_000);
		let moved = Deadlines {
			meter_by: METER_BY + by,
			bill_by: BILL_BY + by,
			confirm_by: CONFIRM_BY + by,
			rule_by: RULE_BY + by,
		};
		assert_eq!(deadlines(), moved);
		meter_exports(METER, 700);
		run_to(METER_BY + by);
		assert_noop!(bill(Bob, 0, 700, Bob), Error::<Test>::TooEarly);
		pass(METER_BY + by);
		assert_ok!(bill(Bob, 0, 700, Bob));
		assert_ok!(confirm(Alice, 0));
	});
}

/// `bill_by` moves with the later ones; what has passed stays.
#[test]
fn bill_by_moves_with_the_later_ones() {
	run(|| {
		delivered(Way::Metered(1_000));
		let by = nothing_until(BILL_BY - GRACE + 1);
		let later = |deadline| deadline + by;
		let moved = Deadlines {
			bill_by: later(BILL_BY),
			confirm_by: later(CONFIRM_BY),
			rule_by: later(RULE_BY),
			..usual()
		};
		assert_eq!(deadlines(), moved);
		run_to(BILL_BY + by);
		assert_ok!(bill(Bob, 0, 1_000, Bob));
		run_to(CONFIRM_BY + by);
		assert_ok!(confirm(Alice, 0));
	});
}

/// A call sees the moved deadline before the agenda has come to it.
#[test]
fn a_call_sees_what_the_agenda_has_not_moved() {
	run(|| {
		delivered(Way::Metered(1_000));
		let by = nothing_until(BILL_BY - GRACE + 1);
		assert_ne!(Trades::<Test>::get(0), Market::unsettled_trade(0));
		world(|world| world.now = BILL_BY + by);
		assert_ok!(bill(Bob, 0, 1_000, Bob));
		assert_eq!(Trades::<Test>::get(0), Market::unsettled_trade(0));
		check();
		world(|world| world.now = CONFIRM_BY + by);
		assert_ok!(confirm(Alice, 0));
	});
}

/// Three rounds after the outage and later, nothing moves, nor do the later ones.
#[test]
fn deadlines_well_after_stay() {
	run(|| {
		delivered(Way::Metered(1_000));
		nothing_until(BILL_BY - GRACE);
		assert_eq!(deadlines(), usual());
		pass(BILL_BY);
		assert_eq!(events().pop(), settled(Outcome::SettledUnbilled, 1_000, AMOUNT).pop());
	});
}

/// The buyer's time to confirm moves, and nobody is blamed for the silence of the chain.
#[test]
fn confirm_by_moves() {
	run(|| {
		billed(Way::Metered(1_000), 1_000);
		run_to(CONFIRM_BY - 1_000);
		let by = nothing_until(CONFIRM_BY + 20_000);
		let moved = Deadlines { confirm_by: CONFIRM_BY + by, rule_by: RULE_BY + by, ..usual() };
		assert_eq!((deadlines(), deeds()), (moved, vec![]));
		run_to(CONFIRM_BY + by);
		assert_ok!(confirm(Alice, 0));
	});
}

/// The authority's time to rule moves.
#[test]
fn rule_by_moves() {
	run(|| {
		billed(Way::Metered(1_000), 1_000);
		assert_ok!(contest(Alice, 0, 0));
		run_to(RULE_BY - 1_000);
		let by = nothing_until(RULE_BY + 20_000);
		assert_eq!(deadlines(), Deadlines { rule_by: RULE_BY + by, ..usual() });
		run_to(RULE_BY + by);
		assert_ok!(rule(0, 50, Fault::Nobody));
	});
}

/// Two outages, of which the first moves the second's deadline into it.
#[test]
fn two_outages_move_twice() {
	run(|| {
		delivered(Way::Metered(1_000));
		let first = nothing_until(BILL_BY);
		run_to(BILL_BY + first - 10_000);
		let both = first + nothing_until(BILL_BY + first + 10_000);
		assert_eq!(deadlines().bill_by, BILL_BY + both);
		assert_eq!(deadlines().rule_by, RULE_BY + both);
	});
}

/// An unmetered trade that was billed comes up late on the agenda, but its buyer's time has moved:
/// the outage is remembered until then.
#[test]
fn an_outage_is_remembered_as_long_as_it_matters() {
	let patient = Parameters { rule_window: 1_000_000, ..parameters() };
	ExtBuilder::default().parameters(patient).run(|| {
		billed(Way::Unmetered, 1_000);
		run_to(CONFIRM_BY - 10_000);
		let by = nothing_until(CONFIRM_BY + 100_000);
		run_to(CONFIRM_BY + by);
		assert_noop!(rule(0, 50, Fault::Nobody), Error::<Test>::TooEarly);
		let rule_by = CONFIRM_BY + 1_000_000 + by;
		run_to(rule_by - 1);
		assert_eq!(deadlines().rule_by, rule_by);
		assert_eq!(Trades::<Test>::get(0), Market::unsettled_trade(0));
		run_to(rule_by);
		assert_ok!(rule(0, 50, Fault::Nobody));
	});
}

/// Where nothing is open, it is forgotten once every slot it may have touched is over.
#[test]
fn an_outage_is_forgotten() {
	run(|| {
		next_block(START);
		nothing_until(START + 100_000);
		let over = START + 100_000 + GRACE + 10_000 + LENGTH + 100_000;
		run_to(over);
		assert_eq!(Outages::<Test>::get().len(), 1);
		pass(over);
		assert_eq!(Outages::<Test>::get().len(), 0);
	});
}

/// It stays while a deadline that it may have moved is still to come up.
#[test]
fn an_outage_is_not_forgotten_before_the_agenda_came_to_it() {
	run(|| {
		next_block(START);
		nothing_until(START + 100_000);
		let over = START + 100_000 + GRACE + 10_000 + LENGTH + 100_000;
		// An agenda that lags behind.
		let entry = crate::agenda::Entry::new(over, crate::agenda::Kind::Offer, 9);
		Agenda::<Test>::insert(entry, ());
		world(|world| world.now = over + 1);
		LastBlock::<Test>::put(over);
		Market::note_block();
		assert_eq!(Outages::<Test>::get().len(), 1);
		Agenda::<Test>::remove(entry);
		Market::note_block();
		assert_eq!(Outages::<Test>::get().len(), 0);
	});
}

/// No more than sixteen are remembered: the newest then reaches back, and nobody loses time.
#[test]
fn many_outages_are_joined() {
	const MANY: u64 = 20;
	run(|| {
		billed(Way::Metered(1_000), 1_000);
		assert_ok!(contest(Alice, 0, 0));
		run_to(RULE_BY - 20_000);
		let begin = LastBlock::<Test>::get();
		let gap = OUTAGE + 1_000;
		for n in 1..=MANY {
			next_block(begin + n * gap);
			check();
		}
		let outages = Outages::<Test>::get();
		assert_eq!(outages.len(), 16);
		let (first, last) = (outages.first().unwrap(), outages.last().unwrap());
		assert_eq!((first.from, first.to), (begin, begin + gap));
		assert_eq!((last.from, last.to), (begin + 15 * gap, begin + MANY * gap));
		// The first that reaches it is the second gap; from then on all move it.
		assert!(deadlines().rule_by >= RULE_BY + (MANY - 1) * gap);
		assert_eq!(deeds(), vec![]);
		run_to(RULE_BY + (MANY - 1) * gap);
		assert_ok!(rule(0, 100, Fault::Nobody));
	});
}
