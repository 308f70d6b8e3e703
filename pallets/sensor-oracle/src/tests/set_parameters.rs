//! [`Pallet::set_parameters`](crate::Pallet::set_parameters) and the genesis state.

use crate::{
	mock::*, Class, Error, Event, OracleParameters, Parameters, Settings, LONGEST_PATIENCE,
	LONGEST_PERIOD,
};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::DispatchError::BadOrigin;
use voltree_primitives::{LineSafety, Verdict};

/// Values out of range, each by one step.
const OUT_OF_RANGE: [OracleParameters; 12] = [
	OracleParameters { min_interval: 0, ..PARAMETERS },
	OracleParameters { min_interval: PARAMETERS.report_period + 1, ..PARAMETERS },
	OracleParameters { freshness: PARAMETERS.report_period - 1, ..PARAMETERS },
	OracleParameters { freshness: LONGEST_PERIOD + 1, ..PARAMETERS },
	OracleParameters { frozen_after: PARAMETERS.freshness - 1, ..PARAMETERS },
	OracleParameters { frozen_after: LONGEST_PATIENCE + 1, ..PARAMETERS },
	OracleParameters { missed_after: PARAMETERS.freshness - 1, ..PARAMETERS },
	OracleParameters { missed_after: LONGEST_PATIENCE + 1, ..PARAMETERS },
	OracleParameters { alarm_budget: PARAMETERS.freshness - 1, ..PARAMETERS },
	OracleParameters { alarm_budget: LONGEST_PERIOD + 1, ..PARAMETERS },
	OracleParameters { waiting: LONGEST_PATIENCE + 1, ..PARAMETERS },
	OracleParameters { settling: LONGEST_PERIOD + 1, ..PARAMETERS },
];

#[test]
fn the_authority_sets_the_periods() {
	ExtBuilder::default().run(|| {
		let parameters = OracleParameters {
			report_period: LONGEST_PERIOD,
			freshness: LONGEST_PERIOD,
			min_interval: LONGEST_PERIOD,
			frozen_after: LONGEST_PATIENCE,
			missed_after: LONGEST_PATIENCE,
			alarm_budget: LONGEST_PERIOD,
			waiting: LONGEST_PATIENCE,
			plausible_reports: u32::MAX,
			most_lapses: u32::MAX,
			settling: LONGEST_PERIOD,
		};
		assert_ok!(Oracle::set_parameters(RuntimeOrigin::root(), parameters));
		let from = START + NOTICE;
		assert_eq!(events(), vec![Event::ParametersSet { version: 1, parameters, from }]);
		Now::set(from - 1);
		assert_eq!(Oracle::parameters(), PARAMETERS);
		Now::set(from);
		assert_eq!(Oracle::parameters(), parameters);
	});
}

/// What was announced and is not in force yet gives way to a second announcement, which has its own
/// notice.
#[test]
fn a_second_announcement_replaces_the_first() {
	ExtBuilder::default().run(|| {
		let with = |freshness| OracleParameters { freshness, ..PARAMETERS };
		let set = |parameters| {
			assert_ok!(Oracle::set_parameters(RuntimeOrigin::root(), parameters));
			events()
		};
		set(with(30_000));
		Now::set(START + NOTICE - 1);
		let (parameters, from) = (with(40_000), START + 2 * NOTICE - 1);
		assert_eq!(set(parameters), vec![Event::ParametersSet { version: 1, parameters, from }]);
		Now::set(from - 1);
		assert_eq!(Oracle::parameters(), PARAMETERS);
		Now::set(from);
		assert_eq!(Oracle::parameters(), parameters);
		// One that is in force is followed, not dropped.
		let (next, from) = (with(50_000), from + NOTICE);
		assert_eq!(set(next), vec![Event::ParametersSet { version: 2, parameters: next, from }]);
		assert_eq!(Oracle::parameters(), parameters);
		Now::set(from);
		assert_eq!(Oracle::parameters(), next);
	});
}

/// The periods of the day on which a report arrives decide whether it is taken.
#[test]
fn reports_are_taken_by_the_periods_in_force() {
	ExtBuilder::default().run(|| {
		let parameters = OracleParameters { freshness: 10_000, min_interval: 5_000, ..PARAMETERS };
		assert_ok!(Oracle::set_parameters(RuntimeOrigin::root(), parameters));
		let from = START + NOTICE;
		sees(Alice, Class::Clear, from - 6_000);
		sees(Alice, Class::Clear, from - 4_000);
		Now::set(from);
		let report = |sensor, observed| {
			Oracle::report(signed(sensor), report_of(sensor, Class::Clear, observed), None)
		};
		assert_noop!(report(Alice, from), Error::<Test>::TooFrequent);
		assert_noop!(report(Bob, from - 10_001), Error::<Test>::StaleReport);
		assert_ok!(report(Bob, from - 10_000));
		Now::set(from + 1_000);
		assert_ok!(report(Alice, from + 1_000));
	});
}

/// What has been reported keeps the validity that it was reported with.
#[test]
fn the_past_is_not_judged_anew() {
	ExtBuilder::default().run(|| {
		let parameters = OracleParameters { freshness: 10_000, ..PARAMETERS };
		assert_ok!(Oracle::set_parameters(RuntimeOrigin::root(), parameters));
		let from = START + NOTICE;
		all_see(Class::Clear, &[from - 12_000, from - 2_000]);
		Now::set(from + 23_000);
		assert_eq!(<Oracle as LineSafety>::verdict(LINE, &[]), Verdict::Safe);
		// From the next report on the new freshness counts.
		all_see(Class::Clear, &[from + 23_000]);
		Now::set(from + 33_001);
		assert_eq!(<Oracle as LineSafety>::verdict(LINE, &[]), Verdict::Stale);
	});
}

#[test]
fn fails_if_not_the_authority() {
	ExtBuilder::default().run(|| {
		for origin in [RuntimeOrigin::none(), signed(Alice)] {
			assert_noop!(Oracle::set_parameters(origin, PARAMETERS), BadOrigin);
		}
	});
}

#[test]
fn fails_if_out_of_range() {
	ExtBuilder::default().run(|| {
		for parameters in OUT_OF_RANGE {
			assert_noop!(
				Oracle::set_parameters(RuntimeOrigin::root(), parameters),
				Error::<Test>::InvalidParameters
			);
		}
	});
}

#[test]
fn the_default_periods_are_valid() {
	assert!(OracleParameters::default().are_valid());
	ExtBuilder::default().parameters(OracleParameters::default()).run(|| {
		let settings = Settings::new(OracleParameters::default());
		assert_eq!(Parameters::<Test>::get(), settings);
	});
}

#[test]
#[should_panic = "sensorOracle.parameters: 1 <= minInterval"]
fn a_genesis_out_of_range_panics() {
	ExtBuilder::default().parameters(OUT_OF_RANGE[2]).run(|| ());
}
