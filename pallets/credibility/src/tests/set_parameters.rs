use crate::{mock::*, pallet::*, types};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::DispatchError;
use voltree_primitives::{Cause, Credibility, Terms};

fn set(parameters: types::Parameters) {
	assert_ok!(CredibilityPallet::set_parameters(RuntimeOrigin::root(), parameters));
}

/// They come into force with notice, as new terms; credit stays as it is.
#[test]
fn announces_them() {
	ExtBuilder::default().enrolled(tag(1)).run(|| {
		let parameters = types::Parameters {
			start: 500,
			weight: 20,
			cap_per_event: 30,
			gain: 3,
			fine_rate: 1_000,
			smallest_fine: 9,
		};
		let before = CredibilityPallet::terms();
		set(parameters.clone());

		let from = START + NOTICE;
		let event = Event::ParametersSet { version: 1, parameters: parameters.clone(), from };
		assert_eq!(events(), [event]);
		set_now(from - 1);
		assert_eq!(CredibilityPallet::parameters(), types::Parameters::default());
		assert_eq!(CredibilityPallet::terms(), before);

		set_now(from);
		assert_eq!(CredibilityPallet::parameters(), parameters);
		let terms = Terms {
			version: 1,
			weight: 20,
			cap_per_event: 30,
			gain: 3,
			fine_rate: 1_000,
			smallest_fine: 9,
		};
		assert_eq!(CredibilityPallet::terms(), terms);
		assert_eq!(CredibilityPallet::credit(&tag(1)), 1_000);
		CredibilityPallet::untimely(&tag(1), 1_000, Cause::NotPaid, &terms);
		assert_eq!(CredibilityPallet::credit(&tag(1)), 980);
	});
}

/// The terms of the first block are the default ones, version 0.
#[test]
fn terms_begin_with_version_zero() {
	ExtBuilder::default().run(|| {
		let terms = Terms {
			version: 0,
			weight: 10,
			cap_per_event: 100,
			gain: 0,
			fine_rate: 200,
			smallest_fine: 50_000,
		};
		assert_eq!(CredibilityPallet::terms(), terms);
	});
}

/// Who announces twice within the notice has the second announcement count.
#[test]
fn the_newest_announcement_counts() {
	ExtBuilder::default().run(|| {
		set(types::Parameters { start: 500, ..Default::default() });
		set_now(START + 10);
		set(types::Parameters { start: 600, ..Default::default() });
		set_now(START + NOTICE);
		assert_eq!(CredibilityPallet::parameters().start, 1_000);
		set_now(START + 10 + NOTICE);
		assert_eq!(CredibilityPallet::parameters().start, 600);
		assert_eq!(CredibilityPallet::terms().version, 1);
		set(types::Parameters { start: 700, ..Default::default() });
		set_now(START + 10 + 2 * NOTICE);
		assert_eq!(CredibilityPallet::terms().version, 2);
	});
}

#[test]
fn fails_if_not_the_authority() {
	ExtBuilder::default().run(|| {
		for origin in [RuntimeOrigin::none(), RuntimeOrigin::signed(1)] {
			assert_noop!(
				CredibilityPallet::set_parameters(origin, Default::default()),
				DispatchError::BadOrigin
			);
		}
	});
}

/// The paper wants `w > 0`; a start, a cap or a fine of 0 would make credit or bonds meaningless.
/// Otherwise [`Error::InvalidParameters`].
#[test]
fn fails_out_of_range() {
	ExtBuilder::default().run(|| {
		let default = types::Parameters::default;
		let wrong = [
			types::Parameters { start: 0, ..default() },
			types::Parameters { weight: 0, ..default() },
			types::Parameters { cap_per_event: 0, ..default() },
			types::Parameters { gain: 1_001, ..default() },
			types::Parameters { fine_rate: 1_001, ..default() },
			types::Parameters { smallest_fine: 0, ..default() },
			types::Parameters { smallest_fine: u128::from(u64::MAX) + 1, ..default() },
		];
		for parameters in wrong {
			assert_noop!(
				CredibilityPallet::set_parameters(RuntimeOrigin::root(), parameters),
				Error::<Test>::InvalidParameters
			);
		}
		set(types::Parameters {
			start: 1,
			weight: 1,
			cap_per_event: 1,
			gain: 1,
			fine_rate: 0,
			smallest_fine: 1,
		});
		set(types::Parameters {
			start: u32::MAX,
			weight: u32::MAX,
			cap_per_event: u32::MAX,
			gain: u32::MAX,
			fine_rate: 1_000,
			smallest_fine: u64::MAX.into(),
		});
	});
}
