//! `start`: delivery begins on safe lines.

use super::{paid, started, Way, FUNDING};
use crate::{mock::*, pallet::*, types::*};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::traits::BadOrigin;
use voltree_primitives::Verdict;

#[test]
fn works() {
	run(|| {
		paid(Way::Metered(0));
		run_to(SLOT + 1);
		forget();
		assert_ok!(start(Bob, 0));
		assert_eq!(Trades::<Test>::get(0).unwrap().state, TradeState::Started { at: SLOT + 1 });
		assert_eq!(events(), vec![Event::Started { trade: 0 }]);
		assert_eq!(parts(0).1, 2_000);
	});
}

/// From the gate to the end of the slot, both included.
#[test]
fn works_from_gate_to_slot_end() {
	for now in [GATE, SLOT, SLOT_END] {
		run(|| {
			paid(Way::Unmetered);
			run_to(now);
			assert_ok!(start(Charlie, 0));
		});
	}
}

/// A linked wallet acts for its owner; one who was barred finishes what he began.
#[test]
fn works_by_a_linked_wallet_of_one_who_is_barred() {
	run(|| {
		paid(Way::Metered(0));
		world(|world| world.barred.extend([tag(Alice), tag(Bob)]));
		run_to(GATE);
		assert_ok!(start(WALLET_OF_BOB, 0));
	});
}

/// There has to be a trade. Otherwise [`Error::TradeNotFound`].
#[test]
fn fails_without_a_trade() {
	run(|| {
		assert_noop!(start(Bob, 0), Error::<Test>::TradeNotFound);
	});
}

/// Only its seller starts it. Otherwise [`Error::NotSeller`].
#[test]
fn fails_for_others() {
	run(|| {
		paid(Way::Metered(0));
		run_to(GATE);
		for who in [Alice, Charlie, KEY, METER, SERVICE] {
			assert_noop!(start(who, 0), Error::<Test>::NotSeller);
		}
	});
}

/// Once. Otherwise [`Error::AlreadyStarted`].
#[test]
fn fails_a_second_time() {
	run(|| {
		started(Way::Metered(0));
		assert_noop!(start(Bob, 0), Error::<Test>::AlreadyStarted);
	});
}

/// Not before the gate. Otherwise [`Error::TooEarly`].
#[test]
fn fails_before_the_gate() {
	run(|| {
		paid(Way::Metered(0));
		run_to(GATE - 1);
		assert_noop!(start(Bob, 0), Error::<Test>::TooEarly);
	});
}

/// Not after the slot, even if the agenda lags behind. Otherwise [`Error::TooLate`].
#[test]
fn fails_after_the_slot() {
	run(|| {
		paid(Way::Metered(0));
		world(|world| world.now = SLOT_END + 1);
		assert_noop!(start(Bob, 0), Error::<Test>::TooLate);
	});
}

/// Both lines have to be safe; too little knowledge is not safe. Otherwise
/// [`Error::LineUnsafe`].
#[test]
fn fails_unless_both_lines_are_safe() {
	run(|| {
		let lines = vec![LINE, OTHER_LINE].try_into().unwrap();
		assert_ok!(offer(Bob, Supply { line: OTHER_LINE, ..unmetered() }));
		assert_ok!(request(Alice, Demand { lines, ..demand() }, FUNDING));
		run_to(WINDOW_END);
		assert_ok!(respond(0));
		assert_ok!(pay(KEY, 0, 0, 1_000));
		run_to(GATE);
		for line in [LINE, OTHER_LINE] {
			for verdict in [Verdict::Hazard, Verdict::Stale] {
				world(|world| world.verdicts.insert(line, verdict));
				assert_noop!(start(Bob, 0), Error::<Test>::LineUnsafe);
			}
			world(|world| world.verdicts.insert(line, Verdict::Safe));
		}
		assert_ok!(start(Bob, 0));
	});
}

#[test]
fn fails_for_a_wrong_origin() {
	run(|| {
		paid(Way::Metered(0));
		run_to(GATE);
		let call = || Call::<Test>::start { trade: 0 };
		assert_noop!(dispatch(RuntimeOrigin::none(), call()), BadOrigin);
		assert_noop!(dispatch(RuntimeOrigin::root(), call()), BadOrigin);
	});
}
