//! `set_parameters`: the authority sets what later business is made under.

use super::{paid, Way};
use crate::{mock::*, pallet::*};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::traits::BadOrigin;

const DAY: u64 = 86_400_000;
const MONTH: u64 = 31 * DAY;

/// They are announced, and in force when their notice is over.
#[test]
fn works() {
	run(|| {
		let parameters = Parameters { tolerance: 1_000, ..parameters() };
		assert_ok!(set_parameters(parameters.clone()));
		let from = START + NOTICE;
		let announced = Event::ParametersSet { version: 1, parameters: parameters.clone(), from };
		assert_eq!(events(), vec![announced]);
		run_to(from - 1);
		assert_eq!(Market::rules(), (0, crate::mock::parameters()));
		run_to(from);
		assert_eq!(Market::rules(), (1, parameters));
	});
}

/// A second announcement takes the place of one that is not in force yet, and follows one that is.
#[test]
fn announcements_follow_each_other() {
	run(|| {
		let tolerating = |tolerance| Parameters { tolerance, ..parameters() };
		assert_ok!(set_parameters(tolerating(1)));
		run_to(START + NOTICE - 1);
		assert_ok!(set_parameters(tolerating(2)));
		run_to(START + NOTICE);
		assert_eq!(Market::rules(), (0, parameters()));
		run_to(START + 2 * NOTICE - 1);
		assert_eq!(Market::rules(), (1, tolerating(2)));
		assert_ok!(set_parameters(tolerating(3)));
		assert_eq!(Market::rules(), (1, tolerating(2)));
		run_to(START + 3 * NOTICE);
		assert_eq!(Market::rules(), (2, tolerating(3)));
	});
}

fn longer_slots() -> Parameters {
	Parameters { delivery_slot: 2 * LENGTH, ..parameters() }
}

/// Slots of two lengths would overlap: the length stays while anything is open. Otherwise
/// [`Error::DeliverySlotInUse`].
#[test]
fn fails_for_another_slot_length_while_anything_is_open() {
	let open: [fn(); 3] = [
		|| {
			assert_ok!(offer(Bob, metered()));
		},
		|| {
			assert_ok!(request(Alice, demand(), 0));
		},
		|| paid(Way::Metered(0)),
	];
	for open in open {
		run(|| {
			open();
			assert_noop!(set_parameters(longer_slots()), Error::<Test>::DeliverySlotInUse);
			pass(RULE_BY);
			assert!(Market::is_idle());
			assert_ok!(set_parameters(longer_slots()));
		});
	}
}

/// Where nothing is open, another length is in force at once, and what was announced is dropped.
#[test]
fn another_slot_length_is_in_force_at_once() {
	run(|| {
		assert_ok!(set_parameters(Parameters { tolerance: 0, ..parameters() }));
		forget();
		let (parameters, from) = (longer_slots(), START);
		assert_ok!(set_parameters(parameters.clone()));
		assert_eq!(Market::rules(), (1, parameters.clone()));
		assert_eq!(events(), vec![Event::ParametersSet { version: 1, parameters, from }]);
		run_to(START + NOTICE);
		assert_eq!(Market::rules(), (1, longer_slots()));
	});
}

/// Trades keep the terms they were made under.
#[test]
fn trades_keep_their_terms() {
	run(|| {
		paid(Way::Metered(0));
		let before = Trades::<Test>::get(0);
		let meter_window = 1;
		assert_ok!(set_parameters(Parameters {
			meter_window,
			bill_window: 1,
			tolerance: 0,
			..parameters()
		}));
		run_to(GATE);
		assert_eq!(Market::parameters().tolerance, 0);
		assert_eq!(Trades::<Test>::get(0), before);
		assert_ok!(start(Bob, 0));
		meter_exports(METER, 950);
		pass(SLOT_END);
		run_to(METER_BY);
		assert_noop!(bill(Bob, 0, 950, Bob), Error::<Test>::TooEarly);
		pass(METER_BY);
		assert_ok!(bill(Bob, 0, 950, Bob));
		forget();
		assert_ok!(confirm(Alice, 0));
		let good = Deed::Timely(tag(Bob), voltree_primitives::Cause::Delivered);
		assert_eq!(deeds(), vec![good]);
	});
}

/// The ends of all ranges are inside.
#[test]
fn works_at_the_ends_of_the_ranges() {
	run(|| {
		assert_ok!(set_parameters(Parameters {
			delivery_slot: 1_000,
			horizon: 1_000,
			offer_window: 0,
			pay_period: 0,
			lead: 0,
			meter_window: 12_000,
			bill_window: 0,
			confirm_window: 0,
			rule_window: 0,
			price_floor: 1,
			price_cap: 1,
			smallest_fill: 100,
			tolerance: 0,
			exposure: 1,
			largest_unmetered: 0,
			outage: 1_000,
		}));
		assert_ok!(set_parameters(Parameters {
			delivery_slot: DAY,
			horizon: MONTH,
			offer_window: MONTH,
			pay_period: MONTH,
			lead: MONTH,
			meter_window: 12 * DAY,
			bill_window: MONTH,
			confirm_window: MONTH,
			rule_window: MONTH,
			price_floor: u64::MAX.into(),
			price_cap: u64::MAX.into(),
			smallest_fill: u64::MAX,
			tolerance: 1_000,
			exposure: u64::MAX,
			largest_unmetered: u64::MAX,
			outage: MONTH,
		}));
	});
}

/// Beyond them nothing is accepted. Otherwise [`Error::InvalidParameters`].
#[test]
fn fails_out_of_range() {
	run(|| {
		let p = parameters;
		let wrong = [
			Parameters { delivery_slot: 999, meter_window: 0, ..p() },
			Parameters { delivery_slot: DAY + 1, horizon: MONTH, ..p() },
			Parameters { horizon: LENGTH - 1, ..p() },
			Parameters { horizon: MONTH + 1, ..p() },
			Parameters { offer_window: MONTH + 1, ..p() },
			Parameters { pay_period: MONTH + 1, ..p() },
			Parameters { lead: MONTH + 1, ..p() },
			Parameters { meter_window: 12 * LENGTH + 1, ..p() },
			Parameters { bill_window: MONTH + 1, ..p() },
			Parameters { confirm_window: MONTH + 1, ..p() },
			Parameters { rule_window: MONTH + 1, ..p() },
			Parameters { price_floor: 0, ..p() },
			Parameters { price_floor: CAP + 1, ..p() },
			Parameters { price_cap: u128::from(u64::MAX) + 1, ..p() },
			Parameters { smallest_fill: 99, ..p() },
			Parameters { tolerance: 1_001, ..p() },
			Parameters { exposure: 0, ..p() },
			Parameters { outage: 999, ..p() },
			Parameters { outage: MONTH + 1, ..p() },
		];
		for parameters in wrong {
			assert_noop!(set_parameters(parameters), Error::<Test>::InvalidParameters);
		}
	});
}

/// Only the authority sets them.
#[test]
fn fails_for_a_wrong_origin() {
	run(|| {
		let call = || Call::<Test>::set_parameters { parameters: parameters() };
		for origin in [RuntimeOrigin::none(), signed(Alice), signed(SERVICE)] {
			assert_noop!(dispatch(origin, call()), BadOrigin);
		}
	});
}
