//! [`Pallet::set_parameters`](crate::Pallet::set_parameters) and the genesis state.

use crate::{mock::*, Class, Error, Event, OracleParameters, Parameters, LONGEST_PERIOD};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::DispatchError::BadOrigin;
use voltree_primitives::{LineSafety, Verdict};

/// Values out of range, each by one step.
const OUT_OF_RANGE: [OracleParameters; 4] = [
	OracleParameters { min_interval: 0, ..PARAMETERS },
	OracleParameters { min_interval: PARAMETERS.report_period + 1, ..PARAMETERS },
	OracleParameters { freshness: PARAMETERS.report_period - 1, ..PARAMETERS },
	OracleParameters { freshness: LONGEST_PERIOD + 1, ..PARAMETERS },
];

#[test]
fn the_authority_sets_the_periods() {
	ExtBuilder::default().run(|| {
		let parameters = OracleParameters {
			report_period: LONGEST_PERIOD,
			freshness: LONGEST_PERIOD,
			min_interval: LONGEST_PERIOD,
		};
		assert_ok!(Oracle::set_parameters(RuntimeOrigin::root(), parameters));
		assert_eq!(Parameters::<Test>::get(), parameters);
		assert_eq!(events(), vec![Event::ParametersSet { parameters }]);
	});
}

/// What has been reported keeps the validity that it was reported with.
#[test]
fn the_past_is_not_judged_anew() {
	ExtBuilder::default().run(|| {
		all_see(Class::Clear, &[START, START + 10_000]);
		let parameters = OracleParameters { freshness: 10_000, ..PARAMETERS };
		assert_ok!(Oracle::set_parameters(RuntimeOrigin::root(), parameters));
		Now::set(START + 35_000);
		assert_eq!(<Oracle as LineSafety>::verdict(LINE, &[]), Verdict::Safe);
		// From the next report on the new freshness counts.
		all_see(Class::Clear, &[START + 35_000]);
		Now::set(START + 45_001);
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
		assert_eq!(Parameters::<Test>::get(), OracleParameters::default());
	});
}

#[test]
#[should_panic = "sensorOracle.parameters: 1 <= minInterval"]
fn a_genesis_out_of_range_panics() {
	ExtBuilder::default().parameters(OUT_OF_RANGE[2]).run(|| ());
}
