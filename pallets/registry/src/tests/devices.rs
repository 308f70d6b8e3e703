use crate::{mock::*, pallet::*, types::MAX_SENSORS, Device, DeviceKind};
use codec::Encode;
use frame_support::{assert_noop, assert_ok};
use sp_keyring::Sr25519Keyring::*;
use sp_runtime::{DispatchError, DispatchResult, MultiSignature};
use voltree_primitives::{Devices as _, Meter, Sensor, LINK};

fn alice() -> ExtBuilder {
	ExtBuilder::default().certified(Alice, tag(1))
}

fn register(device: Keyring, kind: DeviceKind, rated_power: u32) -> DispatchResult {
	let signature = device_consent(device, Alice);
	Registry::register_device(service(), id(device), kind, id(Alice), LINE, rated_power, signature)
}

mod register_device {
	use super::*;

	/// A meter counts for its owner on its line, and its account exists without money.
	#[test]
	fn registers_a_meter() {
		alice().run(|| {
			assert!(!System::account_exists(&id(Eve)));

			assert_ok!(register(Eve, DeviceKind::Meter, 5_000));

			let event = Event::DeviceRegistered {
				device: id(Eve),
				kind: DeviceKind::Meter,
				owner: id(Alice),
				tag: tag(1),
				line: LINE,
				rated_power: 5_000,
			};
			assert_eq!(events(), [event]);
			let meter = Meter { owner: tag(1), line: LINE, rated_power: 5_000 };
			assert_eq!(Registry::meter(&id(Eve)), Some(meter));
			assert_eq!(Registry::sensor(&id(Eve)), None);
			assert!(Registry::has_meter(&tag(1), LINE));
			assert!(System::account_exists(&id(Eve)));
		});
	}

	#[test]
	fn registers_a_sensor() {
		alice().run(|| {
			assert_ok!(register(Eve, DeviceKind::Sensor, 0));

			let sensor = Sensor { owner: tag(1), line: LINE };
			assert_eq!(Registry::sensor(&id(Eve)), Some(sensor));
			assert_eq!(Registry::meter(&id(Eve)), None);
			assert!(!Registry::has_meter(&tag(1), LINE));
			assert_eq!(Registry::sensors_on(LINE), [(id(Eve), tag(1))]);
			let device =
				Device { kind: DeviceKind::Sensor, owner: tag(1), line: LINE, rated_power: 0 };
			assert_eq!(Registry::devices_on(LINE), [(id(Eve), device)]);
		});
	}

	/// Only the service registers devices, not even their owner.
	#[test]
	fn fails_if_not_the_service() {
		alice().run(|| {
			for origin in [RuntimeOrigin::none(), RuntimeOrigin::root(), signed(Alice)] {
				assert_noop!(
					Registry::register_device(
						origin,
						id(Eve),
						DeviceKind::Meter,
						id(Alice),
						LINE,
						1,
						device_consent(Eve, Alice)
					),
					DispatchError::BadOrigin
				);
			}
		});
	}

	/// The owner has a valid certificate. Otherwise [`Error::NotCertified`],
	/// [`Error::CertificateExpired`] or [`Error::CertificateRevoked`].
	#[test]
	fn fails_for_an_owner_without_valid_certificate() {
		let meter = || register(Eve, DeviceKind::Meter, 1);
		ExtBuilder::default().run(|| {
			assert_noop!(meter(), Error::<Test>::NotCertified);
		});
		alice().run(|| {
			set_now(EXPIRY + 1);
			assert_noop!(meter(), Error::<Test>::CertificateExpired);
			assert_ok!(Registry::revoke(RuntimeOrigin::root(), id(Alice)));
			assert_noop!(meter(), Error::<Test>::CertificateRevoked);
		});
	}

	/// The device signs that it belongs to this owner. Otherwise [`Error::BadSignature`].
	#[test]
	fn fails_with_a_foreign_signature() {
		alice().run(|| {
			let message = Registry::device_message(&id(Eve), &id(Alice)).encode();
			let mut foreign = message.clone();
			foreign[..16].copy_from_slice(&LINK);
			let wrong: [MultiSignature; 3] =
				[Alice.sign(&message).into(), Eve.sign(&foreign).into(), device_consent(Eve, Bob)];
			for signature in wrong {
				assert_noop!(
					Registry::register_device(
						service(),
						id(Eve),
						DeviceKind::Meter,
						id(Alice),
						LINE,
						1,
						signature
					),
					Error::<Test>::BadSignature
				);
			}
		});
	}

	/// A key is one device. Otherwise [`Error::IsDevice`].
	#[test]
	fn fails_the_second_time() {
		alice().run(|| {
			assert_ok!(register(Eve, DeviceKind::Meter, 1));
			assert_noop!(register(Eve, DeviceKind::Meter, 1), Error::<Test>::IsDevice);
			assert_noop!(register(Eve, DeviceKind::Sensor, 0), Error::<Test>::IsDevice);
		});
	}

	/// A user's account is no device. Otherwise [`Error::IsCertified`] or [`Error::IsWallet`].
	#[test]
	fn fails_for_a_user() {
		alice().run(|| {
			assert_ok!(Registry::link_wallet(signed(Alice), id(Bob), link(Alice, Bob)));
			assert_noop!(register(Alice, DeviceKind::Meter, 1), Error::<Test>::IsCertified);
			assert_noop!(register(Bob, DeviceKind::Meter, 1), Error::<Test>::IsWallet);
		});
	}

	/// The line exists. Otherwise [`Error::UnknownLine`].
	#[test]
	fn fails_on_an_unknown_line() {
		alice().run(|| {
			let signature = device_consent(Eve, Alice);
			let meter = DeviceKind::Meter;
			assert_noop!(
				Registry::register_device(
					service(),
					id(Eve),
					meter,
					id(Alice),
					LINE + 1,
					1,
					signature
				),
				Error::<Test>::UnknownLine
			);
		});
	}

	/// A meter has a rated power, a sensor none. Otherwise [`Error::InvalidRatedPower`].
	#[test]
	fn fails_with_a_wrong_rated_power() {
		alice().run(|| {
			assert_noop!(register(Eve, DeviceKind::Meter, 0), Error::<Test>::InvalidRatedPower);
			assert_noop!(register(Eve, DeviceKind::Sensor, 1), Error::<Test>::InvalidRatedPower);
		});
	}

	/// What asks a line's sensors is bounded. Otherwise [`Error::MaxSensorsExceeded`]; another line
	/// has room.
	#[test]
	fn fails_if_the_line_has_too_many_sensors() {
		alice().line(LINE + 1, 1).run(|| {
			let sensor =
				|line| Device { kind: DeviceKind::Sensor, owner: tag(1), line, rated_power: 0 };
			for account in (0..MAX_SENSORS).map(nobody) {
				assert_ok!(Registry::connect(&account, sensor(LINE)));
			}
			assert_noop!(register(Eve, DeviceKind::Sensor, 0), Error::<Test>::MaxSensorsExceeded);
			assert_ok!(Registry::connect(&id(Eve), sensor(LINE + 1)));
			assert_ok!(register(Dave, DeviceKind::Meter, 1));
		});
	}
}

mod remove_device {
	use super::*;

	/// Both the service and the authority can; who listens is told, and nothing stays.
	#[test]
	fn forgets_a_device() {
		for (origin, kind, power) in
			[(service(), DeviceKind::Meter, 1), (RuntimeOrigin::root(), DeviceKind::Sensor, 0)]
		{
			alice().run(|| {
				assert_ok!(register(Eve, kind, power));
				forget_events();

				assert_ok!(Registry::remove_device(origin, id(Eve)));

				let event = Event::DeviceRemoved { device: id(Eve), kind, tag: tag(1), line: LINE };
				assert_eq!(events(), [event]);
				assert_eq!(removed(), [id(Eve)]);
				assert_eq!(Registry::devices_on(LINE), []);
				assert!(!System::account_exists(&id(Eve)));
				assert!(!Meters::<Test>::contains_key(tag(1), LINE));
				assert!(!Sensors::<Test>::contains_key(LINE));
			});
		}
	}

	/// Other devices of the same owner and line stay, and so does the money of the account.
	#[test]
	fn leaves_the_others() {
		alice()
			.device(Bob, DeviceKind::Meter, Alice, LINE, 1)
			.device(Charlie, DeviceKind::Meter, Alice, LINE, 1)
			.device(Dave, DeviceKind::Sensor, Alice, LINE, 0)
			.device(Eve, DeviceKind::Sensor, Alice, LINE, 0)
			.run(|| {
				assert_eq!(Meters::<Test>::get(tag(1), LINE), 2);
				assert_ok!(Registry::remove_device(service(), id(Bob)));
				assert_ok!(Registry::remove_device(service(), id(Dave)));

				assert!(Registry::has_meter(&tag(1), LINE));
				assert_eq!(Registry::sensors_on(LINE), [(id(Eve), tag(1))]);
				assert_eq!(Balances::free_balance(id(Bob)), MONEY);
			});
	}

	/// A key is a device once: what it signed as one cannot be sent again. Otherwise
	/// [`Error::WasDevice`], for another owner, line or kind as well; another key takes its place.
	#[test]
	fn a_removed_key_never_comes_back() {
		alice().certified(Bob, tag(2)).line(LINE + 1, 1).run(|| {
			assert_ok!(register(Eve, DeviceKind::Meter, 1));
			assert_ok!(Registry::remove_device(service(), id(Eve)));
			for (kind, power) in [(DeviceKind::Meter, 1), (DeviceKind::Sensor, 0)] {
				for (owner, line) in [(Alice, LINE), (Bob, LINE + 1)] {
					let signature = device_consent(Eve, owner);
					assert_noop!(
						Registry::register_device(
							service(),
							id(Eve),
							kind,
							id(owner),
							line,
							power,
							signature
						),
						Error::<Test>::WasDevice
					);
				}
			}
			assert_ok!(register(Dave, DeviceKind::Meter, 1));
		});
	}

	/// In the middle of a trade: the meter is unknown from then on, and with the last one of a
	/// person on a line the person has none there. The neighbours do the rest.
	#[test]
	fn a_removed_meter_is_unknown_from_then_on() {
		alice().device(Bob, DeviceKind::Meter, Alice, LINE, 1).run(|| {
			assert_ok!(register(Eve, DeviceKind::Meter, 5_000));
			assert_ok!(Registry::remove_device(service(), id(Eve)));
			assert_eq!(Registry::meter(&id(Eve)), None);
			assert!(Registry::has_meter(&tag(1), LINE));
			assert_ok!(Registry::remove_device(service(), id(Bob)));
			assert!(!Registry::has_meter(&tag(1), LINE));
		});
	}

	#[test]
	fn fails_for_others() {
		alice().run(|| {
			assert_ok!(register(Eve, DeviceKind::Meter, 1));
			for origin in [RuntimeOrigin::none(), signed(Alice), signed(Eve)] {
				assert_noop!(Registry::remove_device(origin, id(Eve)), DispatchError::BadOrigin);
			}
		});
	}

	/// There must be one. Otherwise [`Error::UnknownDevice`].
	#[test]
	fn fails_for_an_unknown_device() {
		alice().run(|| {
			assert_noop!(Registry::remove_device(service(), id(Eve)), Error::<Test>::UnknownDevice);
		});
	}
}
