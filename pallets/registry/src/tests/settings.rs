use crate::{mock::*, pallet::*, types, Line};
use frame_support::{assert_noop, assert_ok};
use sp_keyring::Sr25519Keyring::*;
use sp_runtime::DispatchError;
use voltree_primitives::{Devices as _, Directory, Moment};

mod add_line {
	use super::*;

	/// A new number is a new line, a known one gets another capacity; 0 puts it out of use.
	#[test]
	fn adds_and_updates() {
		ExtBuilder::default().run(|| {
			for (line, capacity) in [(8, 5_000), (8, 6_000), (8, 0)] {
				assert_ok!(Registry::add_line(RuntimeOrigin::root(), line, capacity));
				assert_eq!(events(), [Event::LineSet { line, capacity }]);
				assert_eq!(Lines::<Test>::get(line), Some(Line { capacity }));
			}
			assert!(Registry::line_exists(8));
			assert!(!Registry::line_exists(9));
		});
	}

	#[test]
	fn fails_if_not_the_authority() {
		ExtBuilder::default().run(|| {
			for origin in [RuntimeOrigin::none(), signed(Alice), service()] {
				assert_noop!(Registry::add_line(origin, 8, 1), DispatchError::BadOrigin);
			}
		});
	}
}

mod set_service_key {
	use super::*;

	fn set(key: Keyring, overlap: Moment) {
		assert_ok!(Registry::set_service_key(RuntimeOrigin::root(), id(key), overlap));
	}

	/// Both keys count until the overlap is over; the current one comes first.
	#[test]
	fn lets_the_old_key_fade_out() {
		ExtBuilder::default().run(|| {
			set(Bob, 100);

			let until = START + 100;
			let retiring = Some((id(SERVICE), until));
			assert_eq!(events(), [Event::ServiceKeySet { key: id(Bob), retiring }]);
			set_now(until);
			assert_eq!(Registry::service_keys(), [id(Bob), id(SERVICE)]);
			assert!(is_service(signed(Bob)) && is_service(service()));
			set_now(until + 1);
			assert_eq!(Registry::service_keys(), [id(Bob)]);
			assert!(is_service(signed(Bob)) && !is_service(service()));
		});
	}

	/// A stolen key is dropped at once.
	#[test]
	fn drops_the_old_key_without_overlap() {
		ExtBuilder::default().run(|| {
			set(Bob, 0);
			assert_eq!(events(), [Event::ServiceKeySet { key: id(Bob), retiring: None }]);
			assert!(is_service(signed(Bob)) && !is_service(service()));
		});
	}

	/// Naming the current key again ends any overlap; a third key ends the first one.
	#[test]
	fn keeps_one_old_key_at_most() {
		ExtBuilder::default().run(|| {
			set(Bob, 100);
			set(Charlie, 100);
			assert_eq!(Registry::service_keys(), [id(Charlie), id(Bob)]);
			set(Charlie, 100);
			assert_eq!(Registry::service_keys(), [id(Charlie)]);
		});
	}

	/// The first key of a chain has none before it; an overlap cannot overflow.
	#[test]
	fn takes_any_overlap() {
		ExtBuilder::default().service_key(None).run(|| {
			assert_eq!(Registry::service_keys(), []);
			assert!(!is_service(service()));
			set(Bob, Moment::MAX);
			assert_eq!(events(), [Event::ServiceKeySet { key: id(Bob), retiring: None }]);
			set(Charlie, Moment::MAX);
			set_now(Moment::MAX);
			assert_eq!(Registry::service_keys(), [id(Charlie), id(Bob)]);
		});
	}

	/// The service cannot replace itself.
	#[test]
	fn fails_if_not_the_authority() {
		ExtBuilder::default().run(|| {
			for origin in [RuntimeOrigin::none(), signed(Alice), service()] {
				assert_noop!(
					Registry::set_service_key(origin, id(Bob), 0),
					DispatchError::BadOrigin
				);
			}
		});
	}

	/// Neither root nor nobody is the service.
	#[test]
	fn the_service_is_a_signer() {
		ExtBuilder::default().run(|| {
			assert!(!is_service(RuntimeOrigin::root()));
			assert!(!is_service(RuntimeOrigin::none()));
			assert!(!is_service(signed(Alice)));
		});
	}
}

/// Benchmarks find a service key, or make one.
#[test]
#[cfg(feature = "runtime-benchmarks")]
fn benchmarks_find_a_service() {
	use frame_support::traits::EnsureOrigin;
	for key in [None, Some(id(Bob))] {
		ExtBuilder::default().service_key(key.clone()).run(|| {
			let origin = crate::EnsureService::<Test>::try_successful_origin().unwrap();
			let found = crate::EnsureService::<Test>::ensure_origin(origin).unwrap();
			assert!(key.is_none_or(|key| key == found));
		});
	}
}

mod set_parameters {
	use super::*;

	#[test]
	fn replaces_them() {
		ExtBuilder::default().run(|| {
			let parameters = types::Parameters { endowment: 99, longest_certificate: 1 };
			assert_ok!(Registry::set_parameters(RuntimeOrigin::root(), parameters.clone()));
			assert_eq!(Parameters::<Test>::get(), parameters);
			assert_eq!(events(), [Event::ParametersSet { parameters }]);
		});
	}

	#[test]
	fn fails_if_not_the_authority() {
		ExtBuilder::default().run(|| {
			for origin in [RuntimeOrigin::none(), signed(Alice), service()] {
				assert_noop!(
					Registry::set_parameters(origin, parameters()),
					DispatchError::BadOrigin
				);
			}
		});
	}

	/// An endowment can create an account, and a certificate can last. Otherwise
	/// [`Error::InvalidParameters`].
	#[test]
	fn fails_out_of_range() {
		ExtBuilder::default().run(|| {
			let wrong = [
				types::Parameters { endowment: EXISTENTIAL_DEPOSIT - 1, ..parameters() },
				types::Parameters { endowment: 1, ..parameters() },
				types::Parameters { longest_certificate: 0, ..parameters() },
			];
			for parameters in wrong {
				assert_noop!(
					Registry::set_parameters(RuntimeOrigin::root(), parameters),
					Error::<Test>::InvalidParameters
				);
			}
			for endowment in [0, EXISTENTIAL_DEPOSIT] {
				let parameters = types::Parameters { endowment, ..parameters() };
				assert_ok!(Registry::set_parameters(RuntimeOrigin::root(), parameters));
			}
		});
	}
}
