//! Who gains credit by a trade: whoever did his part in time, under the trade's terms.

use super::{billed, delivered, responded, started, Way};
use crate::{mock::*, pallet::*};
use frame_support::assert_ok;
use voltree_primitives::{IdentityTag, Terms};

fn seller() -> (IdentityTag, IdentityTag) {
	(tag(Bob), tag(Alice))
}

fn buyer() -> (IdentityTag, IdentityTag) {
	(tag(Alice), tag(Bob))
}

/// Delivered and confirmed in time: both.
#[test]
fn both_gain_by_a_good_trade() {
	run(|| {
		billed(Way::Metered(1_000), 1_000);
		assert_eq!(gains(), vec![]);
		assert_ok!(confirm(Alice, 0));
		assert_eq!(gains(), vec![seller(), buyer()]);
	});
}

/// The terms are those of the day the trade was made.
#[test]
fn gains_are_under_the_trades_terms() {
	run(|| {
		billed(Way::Metered(1_000), 1_000);
		world(|world| world.terms = Terms { version: 4, gain: 9, ..TERMS });
		assert_ok!(confirm(Alice, 0));
		let terms = world(|world| world.gains.iter().map(|gain| gain.2).collect::<Vec<_>>());
		assert_eq!(terms, vec![TERMS, TERMS]);
	});
}

/// A buyer who paid late does not gain by confirming.
#[test]
fn paying_late_gains_nothing() {
	run(|| {
		responded(Way::Metered(0));
		pass(PAY_BY);
		assert_ok!(pay(KEY, 0, 0, 1_000));
		assert!(Trades::<Test>::get(0).unwrap().late);
		run_to(GATE);
		assert_ok!(start(Bob, 0));
		meter_exports(METER, 1_000);
		pass(METER_BY);
		assert_ok!(bill(Bob, 0, 1_000, Bob));
		assert_ok!(confirm(Alice, 0));
		assert_eq!(gains(), vec![seller()]);
	});
}

/// A seller who delivered short does not.
#[test]
fn delivering_short_gains_nothing() {
	run(|| {
		billed(Way::Metered(500), 500);
		assert_ok!(confirm(Alice, 0));
		assert_eq!(gains(), vec![buyer()]);
	});
}

/// Nor does a silent buyer; the meters speak for his seller.
#[test]
fn silence_gains_nothing() {
	run(|| {
		billed(Way::Metered(1_000), 1_000);
		pass(CONFIRM_BY);
		assert_eq!(gains(), vec![seller()]);
	});
}

/// Not billed, not started, excused, disputed: nobody.
#[test]
fn nobody_gains_by_what_went_wrong() {
	let stories: [fn(); 4] = [
		|| delivered(Way::Metered(1_000)),
		|| super::paid(Way::Unmetered),
		|| {
			billed(Way::Metered(1_000), 1_000);
			assert_ok!(contest(Alice, 0, 0));
		},
		|| {
			started(Way::Unmetered);
			world(|world| world.safety = UNSAFE_IN_PART);
			pass(SLOT_END);
			assert_ok!(bill(Charlie, 0, 1_000, Charlie));
			assert_ok!(confirm(Alice, 0));
		},
	];
	for story in stories {
		run(|| {
			story();
			pass(RULE_BY);
			assert_eq!(gains(), vec![]);
			check_empty();
		});
	}
}
