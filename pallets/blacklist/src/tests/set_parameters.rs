use crate::{mock::*, pallet::*, types};
use frame_support::{assert_noop, assert_ok};
use sp_keyring::Sr25519Keyring::*;
use sp_runtime::DispatchError;
use voltree_primitives::{OnCredit, Roles};

/// They come into force with notice. Nobody enters or leaves by that alone.
#[test]
fn announces_them() {
	let people = ExtBuilder::default().certified(tag(1), Roles::Both);
	people.certified(tag(2), Roles::Both).run(|| {
		Blacklist::credit_changed(&tag(1), 1_000, 150);
		events();
		let parameters = types::Parameters { limit: 100, waiting: 5, reentry: 101 };
		assert_ok!(Blacklist::set_parameters(RuntimeOrigin::root(), parameters.clone()));

		let from = START + NOTICE;
		let event = Event::ParametersSet { version: 1, parameters: parameters.clone(), from };
		assert_eq!(events(), [event]);
		set_now(from - 1);
		assert_eq!(Blacklist::parameters(), types::Parameters::default());
		set_now(from);
		assert_eq!(Blacklist::parameters(), parameters);
		assert!(Entries::<Test>::contains_key(tag(1)));
		Blacklist::credit_changed(&tag(2), 1_000, 150);
		assert!(!Entries::<Test>::contains_key(tag(2)));
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

/// With a limit of 0 nobody could ever enter, and a re-entry level at the limit or below would list
/// again at once. Otherwise [`Error::InvalidParameters`].
#[test]
fn fails_out_of_range() {
	const YEAR: u64 = 366 * 86_400_000;
	ExtBuilder::default().run(|| {
		let default = types::Parameters::default;
		let wrong = [
			types::Parameters { limit: 0, ..default() },
			types::Parameters { reentry: 200, ..default() },
			types::Parameters { reentry: 0, ..default() },
			types::Parameters { waiting: YEAR + 1, ..default() },
		];
		for parameters in wrong {
			assert_noop!(
				Blacklist::set_parameters(RuntimeOrigin::root(), parameters),
				Error::<Test>::InvalidParameters
			);
		}
		let right = [
			types::Parameters { limit: 1, waiting: 0, reentry: 2 },
			types::Parameters { limit: u32::MAX - 1, waiting: YEAR, reentry: u32::MAX },
		];
		for parameters in right {
			assert_ok!(Blacklist::set_parameters(RuntimeOrigin::root(), parameters));
		}
	});
}
