use crate::{mock::*, pallet::*, types};
use frame_support::{assert_noop, assert_ok};
use sp_keyring::Sr25519Keyring::*;
use sp_runtime::DispatchError;
use voltree_primitives::{OnCredit, Roles};

/// Nobody enters or leaves by that alone.
#[test]
fn replaces_them() {
	ExtBuilder::default().certified(tag(1), Roles::Both).run(|| {
		Blacklist::credit_changed(&tag(1), 1_000, 150);
		events();
		let parameters = types::Parameters { limit: 100 };
		assert_ok!(Blacklist::set_parameters(RuntimeOrigin::root(), parameters.clone()));

		assert_eq!(Parameters::<Test>::get(), parameters);
		assert_eq!(events(), [Event::ParametersSet { parameters }]);
		assert!(Entries::<Test>::contains_key(tag(1)));
	});
}

#[test]
fn fails_if_not_the_authority() {
	ExtBuilder::default().run(|| {
		for origin in [RuntimeOrigin::none(), RuntimeOrigin::signed(id(Alice))] {
			assert_noop!(
				Blacklist::set_parameters(origin, Default::default()),
				DispatchError::BadOrigin
			);
		}
	});
}

/// With a limit of 0 nobody could ever enter. Otherwise [`Error::InvalidParameters`].
#[test]
fn fails_out_of_range() {
	ExtBuilder::default().run(|| {
		assert_noop!(
			Blacklist::set_parameters(RuntimeOrigin::root(), types::Parameters { limit: 0 }),
			Error::<Test>::InvalidParameters
		);
	});
}
