use crate::{mock::*, pallet::*, types, Line};
use frame_support::{assert_noop, assert_ok};
use sp_keyring::Sr25519Keyring::*;
use sp_runtime::DispatchError;
use voltree_primitives::{Devices as _, Directory, Moment, Roles};

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
				assert_eq!(Registry::capacity(line), Some(capacity));
			}
			// Out of use, but known.
			assert!(Registry::line_exists(8));
			assert!(!Registry::line_exists(9));
			assert_eq!(Registry::capacity(9), None);
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

	/// The old key does the service's work until the overlap ends and not a millisecond longer; the
	/// new one from the first moment on.
	#[test]
	fn both_keys_serve_until_the_overlap_ends() {
		ExtBuilder::default().run(|| {
			set(Bob, 100);
			let certify = |origin, who, n| {
				let consent = Some(consent(who, tag(n)));
				Registry::certify(origin, id(who), tag(n), Roles::Both, EXPIRY, consent)
			};
			assert_ok!(certify(service(), Alice, 1));
			assert_ok!(certify(signed(Bob), Charlie, 2));
			set_now(START + 100);
			assert_ok!(certify(service(), Dave, 3));
			set_now(START + 101);
			assert_noop!(certify(service(), Eve, 4), DispatchError::BadOrigin);
			assert_ok!(certify(signed(Bob), Eve, 4));
		});
	}

	/// A rotation in the middle of an overlap: the key before the last one stops at once, the last
	/// one fades out on its own time. So does a rotation back.
	#[test]
	fn a_second_rotation_ends_the_first_overlap() {
		ExtBuilder::default().run(|| {
			set(Bob, 100);
			set_now(START + 50);
			forget_events();
			set(Charlie, 100);

			let retiring = Some((id(Bob), START + 150));
			assert_eq!(events(), [Event::ServiceKeySet { key: id(Charlie), retiring }]);
			assert!(!is_service(service()), "the first key stops before its overlap is over");
			assert!(is_service(signed(Bob)) && is_service(signed(Charlie)));
			set_now(START + 150);
			assert!(is_service(signed(Bob)));
			set_now(START + 151);
			assert_eq!(Registry::service_keys(), [id(Charlie)]);

			set(Bob, 100);
			set(Charlie, 100);
			assert_eq!(Registry::service_keys(), [id(Charlie), id(Bob)]);
		});
	}

	/// Two keys were stolen: a rotation without overlap drops both.
	#[test]
	fn drops_a_retiring_key_without_overlap() {
		ExtBuilder::default().run(|| {
			set(Bob, 100);
			set(Charlie, 0);
			assert_eq!(Registry::service_keys(), [id(Charlie)]);
			assert_eq!(RetiringServiceKey::<Test>::get(), None);
			assert!(!is_service(signed(Bob)) && !is_service(service()));
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

	fn set(parameters: &types::Parameters) {
		assert_ok!(Registry::set_parameters(RuntimeOrigin::root(), parameters.clone()));
	}

	/// Announced now, in force when the notice is over: to the millisecond.
	#[test]
	fn replaces_them_with_notice() {
		ExtBuilder::default().run(|| {
			let next = types::Parameters { endowment: 99, longest_certificate: 1 };
			set(&next);

			let from = START + NOTICE;
			let event = Event::ParametersSet { version: 1, parameters: next.clone(), from };
			assert_eq!(events(), [event]);
			set_now(from - 1);
			assert_eq!(Registry::parameters(), parameters());
			set_now(from);
			assert_eq!(Registry::parameters(), next);
		});
	}

	/// A certificate is judged by what is in force when it is issued, and keeps its expiry.
	#[test]
	fn count_for_certificates_once_they_are_in_force() {
		ExtBuilder::default().run(|| {
			set(&types::Parameters { endowment: 99, longest_certificate: 10 });
			let certify = |who, n, expires| {
				let consent = Some(consent(who, tag(n)));
				Registry::certify(service(), id(who), tag(n), Roles::Both, expires, consent)
			};
			assert_ok!(certify(Eve, 5, EXPIRY));
			assert_eq!(Balances::free_balance(id(Eve)), ENDOWMENT);
			let now = START + NOTICE;
			set_now(now);
			assert_noop!(certify(Bob, 2, now + 11), Error::<Test>::InvalidExpiry);
			assert_ok!(certify(Bob, 2, now + 10));
			assert_eq!(Balances::free_balance(id(Bob)), MONEY + 99);
			assert_eq!(Certificates::<Test>::get(id(Eve)).unwrap().expires, EXPIRY);
		});
	}

	/// What was announced and is not in force yet gives way; what is in force stays until then.
	#[test]
	fn a_second_announcement_replaces_the_first() {
		ExtBuilder::default().run(|| {
			let one = types::Parameters { endowment: 98, ..parameters() };
			let two = types::Parameters { endowment: 99, ..parameters() };
			set(&one);
			set_now(START + NOTICE - 1);
			forget_events();
			set(&two);
			let from = START + 2 * NOTICE - 1;
			let event = Event::ParametersSet { version: 1, parameters: two.clone(), from };
			assert_eq!(events(), [event]);
			set_now(from - 1);
			assert_eq!(Registry::parameters(), parameters());
			set_now(from);
			assert_eq!(Registry::parameters(), two);
			// One that is in force is followed, not dropped.
			set(&one);
			let event =
				Event::ParametersSet { version: 2, parameters: one.clone(), from: from + NOTICE };
			assert_eq!(events(), [event]);
			assert_eq!(Registry::parameters(), two);
			set_now(from + NOTICE);
			assert_eq!(Registry::parameters(), one);
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

mod authorize_upgrade {
	use super::*;
	use frame_system::Error as SystemError;
	use sp_core::H256;
	use sp_runtime::traits::Hash as _;

	/// Only that runtime may come; whether it is a newer one the system looks at.
	#[test]
	fn names_the_runtime_that_may_come() {
		ExtBuilder::default().run(|| {
			let code_hash = <Test as frame_system::Config>::Hashing::hash(b"code");
			assert_ok!(Registry::authorize_upgrade(RuntimeOrigin::root(), code_hash));
			System::assert_last_event(
				frame_system::Event::UpgradeAuthorized { code_hash, check_version: true }.into(),
			);
			assert_noop!(
				System::apply_authorized_upgrade(signed(Alice), b"another code".to_vec()),
				SystemError::<Test>::Unauthorized
			);
		});
	}

	#[test]
	fn fails_if_not_the_authority() {
		ExtBuilder::default().run(|| {
			for origin in [RuntimeOrigin::none(), signed(Alice), service()] {
				assert_noop!(
					Registry::authorize_upgrade(origin, H256::zero()),
					DispatchError::BadOrigin
				);
			}
			assert_noop!(
				System::apply_authorized_upgrade(signed(Alice), b"code".to_vec()),
				SystemError::<Test>::NothingAuthorized
			);
		});
	}
}
