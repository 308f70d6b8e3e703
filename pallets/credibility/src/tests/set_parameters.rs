use crate::{mock::*, pallet::*, types};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::DispatchError;
use voltree_primitives::{Cause, Credibility};

/// They count from the next event on; credit stays as it is.
#[test]
fn replaces_them() {
	ExtBuilder::default().enrolled(tag(1)).run(|| {
		let parameters = types::Parameters { start: 500, weight: 20, cap_per_event: 30 };
		assert_ok!(CredibilityPallet::set_parameters(RuntimeOrigin::root(), parameters.clone()));

		assert_eq!(Parameters::<Test>::get(), parameters);
		assert_eq!(events(), [Event::ParametersSet { parameters }]);
		CredibilityPallet::untimely(&tag(1), 1_000, Cause::NotPaid);
		assert_eq!(CredibilityPallet::credit(&tag(1)), 980);
		CredibilityPallet::untimely(&tag(1), 2_000, Cause::NotPaid);
		assert_eq!(CredibilityPallet::credit(&tag(1)), 950);
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

/// The paper wants `w > 0`; a start or a cap of 0 would make credit meaningless. Otherwise
/// [`Error::InvalidParameters`].
#[test]
fn fails_out_of_range() {
	ExtBuilder::default().run(|| {
		let default = types::Parameters::default;
		let wrong = [
			types::Parameters { start: 0, ..default() },
			types::Parameters { weight: 0, ..default() },
			types::Parameters { cap_per_event: 0, ..default() },
		];
		for parameters in wrong {
			assert_noop!(
				CredibilityPallet::set_parameters(RuntimeOrigin::root(), parameters),
				Error::<Test>::InvalidParameters
			);
		}
	});
}
