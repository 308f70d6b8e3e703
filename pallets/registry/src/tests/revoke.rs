use crate::{mock::*, pallet::*, DeviceKind};
use frame_support::{assert_noop, assert_ok};
use sp_keyring::Sr25519Keyring::*;
use sp_runtime::DispatchError;
use voltree_primitives::{Devices as _, Directory, Meter, Role};

/// The certificate ends at once, for the account and its wallets; the tag stays known.
#[test]
fn ends_a_certificate() {
	ExtBuilder::default().certified(Alice, tag(1)).run(|| {
		assert_ok!(Registry::link_wallet(signed(Alice), id(Bob), link(Alice, Bob)));
		assert_ok!(Registry::ensure_certified(&id(Alice), Role::Buyer));
		forget_events();

		assert_ok!(Registry::revoke(RuntimeOrigin::root(), id(Alice)));

		assert_eq!(events(), [Event::Revoked { account: id(Alice), tag: tag(1) }]);
		for who in [Alice, Bob] {
			assert_noop!(
				Registry::ensure_certified(&id(who), Role::Buyer),
				Error::<Test>::CertificateRevoked
			);
			assert_eq!(Registry::tag_of(&id(who)), Some(tag(1)));
		}
	});
}

/// In the middle of a trade: what the account has stays its own, so that what is under way is
/// finished. Its meter goes on reporting, its wallets can be paid, and the service can still remove
/// the device.
#[test]
fn leaves_wallets_and_devices() {
	ExtBuilder::default()
		.certified(Alice, tag(1))
		.device(Eve, DeviceKind::Meter, Alice, LINE, 5)
		.run(|| {
			assert_ok!(Registry::link_wallet(signed(Alice), id(Bob), link(Alice, Bob)));
			assert_ok!(Registry::revoke(RuntimeOrigin::root(), id(Alice)));
			let meter = Meter { owner: tag(1), line: LINE, rated_power: 5 };
			assert_eq!(Registry::meter(&id(Eve)), Some(meter));
			assert!(Registry::has_meter(&tag(1), LINE));
			assert!(Registry::is_wallet_of(&id(Bob), &tag(1)));
			assert_ok!(Registry::remove_device(service(), id(Eve)));
		});
}

/// Only the authority revokes, not the service.
#[test]
fn fails_if_not_the_authority() {
	ExtBuilder::default().certified(Alice, tag(1)).run(|| {
		for origin in [RuntimeOrigin::none(), signed(Alice), service()] {
			assert_noop!(Registry::revoke(origin, id(Alice)), DispatchError::BadOrigin);
		}
	});
}

/// There must be a certificate. Otherwise [`Error::NotCertified`].
#[test]
fn fails_without_a_certificate() {
	ExtBuilder::default().run(|| {
		assert_noop!(
			Registry::revoke(RuntimeOrigin::root(), id(Alice)),
			Error::<Test>::NotCertified
		);
	});
}

/// Once is enough. Otherwise [`Error::CertificateRevoked`].
#[test]
fn fails_the_second_time() {
	ExtBuilder::default().certified(Alice, tag(1)).run(|| {
		assert_ok!(Registry::revoke(RuntimeOrigin::root(), id(Alice)));
		assert_noop!(
			Registry::revoke(RuntimeOrigin::root(), id(Alice)),
			Error::<Test>::CertificateRevoked
		);
	});
}
