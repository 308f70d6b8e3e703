use crate::{mock::*, pallet::*, types::MAX_WALLETS, DeviceKind};
use codec::Encode;
use frame_support::{assert_noop, assert_ok};
use sp_keyring::Sr25519Keyring::*;
use sp_runtime::{ArithmeticError, DispatchError, DispatchResult, MultiSignature};
use voltree_primitives::{Directory, Roles, CONSENT};

fn alice() -> ExtBuilder {
	ExtBuilder::default().certified(Alice, tag(1))
}

fn link_to(owner: Keyring, wallet: Keyring) -> DispatchResult {
	Registry::link_wallet(signed(owner), id(wallet), link(owner, wallet))
}

mod link_wallet {
	use super::*;

	/// The wallet's own signature makes it stand for its owner; the number is used up.
	#[test]
	fn lets_a_wallet_stand_for_its_owner() {
		alice().run(|| {
			assert_ok!(link_to(Alice, Bob));
			assert_ok!(link_to(Alice, Charlie));

			let linked =
				|wallet| Event::WalletLinked { owner: id(Alice), wallet: id(wallet), tag: tag(1) };
			assert_eq!(events(), [linked(Bob), linked(Charlie)]);
			assert_eq!(Nonces::<Test>::get(id(Alice)), 2);
			assert_eq!(
				Members::<Test>::get(tag(1)).unwrap().wallets.to_vec(),
				[id(Bob), id(Charlie)]
			);
			assert_eq!(Registry::owner_of(&id(Bob)), id(Alice));
			assert_eq!(Registry::wallets_of(&id(Alice)), [id(Bob), id(Charlie)]);
		});
	}

	/// Wallets in a browser sign `<Bytes>..</Bytes>`.
	#[test]
	fn takes_a_signature_as_browsers_make_it() {
		alice().run(|| {
			let message = Registry::link_message(&id(Alice), &id(Bob)).encode();
			let wrapped = [&b"<Bytes>"[..], &message, b"</Bytes>"].concat();
			let signature: MultiSignature = Bob.sign(&wrapped).into();
			assert_ok!(Registry::link_wallet(signed(Alice), id(Bob), signature));
		});
	}

	#[test]
	fn fails_without_a_signer() {
		alice().run(|| {
			for origin in [RuntimeOrigin::none(), RuntimeOrigin::root()] {
				assert_noop!(
					Registry::link_wallet(origin, id(Bob), link(Alice, Bob)),
					DispatchError::BadOrigin
				);
			}
		});
	}

	/// The owner is certified itself; a wallet cannot link another. Otherwise
	/// [`Error::NotCertified`].
	#[test]
	fn fails_for_an_owner_without_certificate() {
		alice().run(|| {
			assert_noop!(link_to(Charlie, Bob), Error::<Test>::NotCertified);
			assert_ok!(link_to(Alice, Charlie));
			assert_noop!(link_to(Charlie, Bob), Error::<Test>::NotCertified);
		});
	}

	/// The certificate must be valid: until its last millisecond, else
	/// [`Error::CertificateExpired`], and not revoked, else [`Error::CertificateRevoked`].
	#[test]
	fn fails_for_an_owner_whose_certificate_is_over() {
		alice().run(|| {
			set_now(EXPIRY);
			assert_ok!(link_to(Alice, Bob));
			set_now(EXPIRY + 1);
			assert_noop!(link_to(Alice, Charlie), Error::<Test>::CertificateExpired);
			set_now(EXPIRY);
			assert_ok!(Registry::revoke(RuntimeOrigin::root(), id(Alice)));
			assert_noop!(link_to(Alice, Charlie), Error::<Test>::CertificateRevoked);
		});
	}

	/// A signature is the wallet's, for this owner, number, chain and purpose. Otherwise
	/// [`Error::BadSignature`], and the number is not used up.
	#[test]
	fn fails_with_a_foreign_signature() {
		alice().certified(Dave, tag(4)).run(|| {
			let message = Registry::link_message(&id(Alice), &id(Bob)).encode();
			let mut foreign = message.clone();
			foreign[..16].copy_from_slice(&CONSENT);
			let mut elsewhere = message.clone();
			elsewhere[16] ^= 1;
			let wrong: [MultiSignature; 5] = [
				Alice.sign(&message).into(),
				Bob.sign(&foreign).into(),
				Bob.sign(&elsewhere).into(),
				link(Dave, Bob),
				link(Alice, Charlie),
			];
			for signature in wrong {
				assert_noop!(
					Registry::link_wallet(signed(Alice), id(Bob), signature),
					Error::<Test>::BadSignature
				);
			}
			assert_eq!(Nonces::<Test>::get(id(Alice)), 0);
		});
	}

	/// What a wallet signed once cannot bring it back after it has left.
	#[test]
	fn fails_with_a_used_signature() {
		alice().run(|| {
			let signature = link(Alice, Bob);
			assert_ok!(Registry::link_wallet(signed(Alice), id(Bob), signature.clone()));
			assert_ok!(Registry::unlink_wallet(signed(Bob), id(Bob)));
			assert_noop!(
				Registry::link_wallet(signed(Alice), id(Bob), signature),
				Error::<Test>::BadSignature
			);
		});
	}

	/// One wallet, one owner. Otherwise [`Error::IsWallet`].
	#[test]
	fn fails_for_a_linked_wallet() {
		alice().certified(Dave, tag(4)).run(|| {
			assert_ok!(link_to(Alice, Bob));
			assert_noop!(link_to(Alice, Bob), Error::<Test>::IsWallet);
			assert_noop!(link_to(Dave, Bob), Error::<Test>::IsWallet);
		});
	}

	/// A certified account stands for itself, and nothing can be linked to itself. Otherwise
	/// [`Error::IsCertified`].
	#[test]
	fn fails_for_a_certified_account() {
		alice().certified(Dave, tag(4)).certified(Charlie, tag(1)).run(|| {
			for wallet in [Alice, Charlie, Dave] {
				assert_noop!(link_to(Alice, wallet), Error::<Test>::IsCertified);
			}
		});
	}

	/// A device is no wallet. Otherwise [`Error::IsDevice`].
	#[test]
	fn fails_for_a_device() {
		alice().device(Bob, DeviceKind::Meter, Alice, LINE, 1).run(|| {
			assert_noop!(link_to(Alice, Bob), Error::<Test>::IsDevice);
		});
	}

	/// A person has at most so many wallets, over all its accounts. Otherwise
	/// [`Error::MaxWalletsExceeded`].
	#[test]
	fn fails_if_the_person_has_too_many() {
		alice().certified(Dave, tag(1)).run(|| {
			for seed in 0..MAX_WALLETS {
				use sp_core::{sr25519::Pair, Pair as _};
				let owner = if seed % 2 == 0 { Alice } else { Dave };
				let pair = Pair::from_string(&format!("//{seed}"), None).unwrap();
				let wallet = AccountId::from(pair.public());
				let message = Registry::link_message(&id(owner), &wallet).encode();
				let signature = MultiSignature::from(pair.sign(&message));
				assert_ok!(Registry::link_wallet(signed(owner), wallet, signature));
			}
			assert_noop!(link_to(Alice, Bob), Error::<Test>::MaxWalletsExceeded);
			assert_noop!(link_to(Dave, Bob), Error::<Test>::MaxWalletsExceeded);

			let first = Registry::wallets_of(&id(Alice))[0].clone();
			assert_ok!(Registry::unlink_wallet(signed(Alice), first));
			assert_ok!(link_to(Dave, Bob));
		});
	}

	/// Numbers are not used twice, not even after four thousand million of them.
	#[test]
	fn fails_if_the_numbers_are_used_up() {
		alice().run(|| {
			Nonces::<Test>::insert(id(Alice), u32::MAX);
			assert_noop!(link_to(Alice, Bob), ArithmeticError::Overflow);
		});
	}
}

mod unlink_wallet {
	use super::*;

	/// The owner or the wallet ends it; the wallet is free for anything then.
	#[test]
	fn ends_a_link() {
		for who in [Alice, Bob] {
			alice().run(|| {
				assert_ok!(link_to(Alice, Bob));
				assert_ok!(link_to(Alice, Charlie));
				forget_events();

				assert_ok!(Registry::unlink_wallet(signed(who), id(Bob)));

				let unlinked =
					Event::WalletUnlinked { owner: id(Alice), wallet: id(Bob), tag: tag(1) };
				assert_eq!(events(), [unlinked]);
				assert_eq!(Registry::wallets_of(&id(Alice)), [id(Charlie)]);
				assert_eq!(Registry::tag_of(&id(Bob)), None);
				assert_ok!(Registry::certify(
					service(),
					id(Bob),
					tag(2),
					Roles::Both,
					EXPIRY,
					Some(consent(Bob, tag(2)))
				));
			});
		}
	}

	/// Wallets can leave an owner whose certificate is over.
	#[test]
	fn works_without_a_valid_certificate() {
		alice().run(|| {
			assert_ok!(link_to(Alice, Bob));
			assert_ok!(link_to(Alice, Charlie));
			assert_ok!(Registry::revoke(RuntimeOrigin::root(), id(Alice)));
			assert_ok!(Registry::unlink_wallet(signed(Alice), id(Bob)));
			assert_ok!(Registry::unlink_wallet(signed(Charlie), id(Charlie)));
		});
	}

	#[test]
	fn fails_without_a_signer() {
		alice().run(|| {
			assert_ok!(link_to(Alice, Bob));
			for origin in [RuntimeOrigin::none(), RuntimeOrigin::root()] {
				assert_noop!(Registry::unlink_wallet(origin, id(Bob)), DispatchError::BadOrigin);
			}
		});
	}

	/// There must be a link. Otherwise [`Error::NotLinked`].
	#[test]
	fn fails_if_not_linked() {
		alice().run(|| {
			assert_noop!(Registry::unlink_wallet(signed(Bob), id(Bob)), Error::<Test>::NotLinked);
		});
	}

	/// Nobody else's business, not even that of the owner's other accounts. Otherwise
	/// [`Error::NotOwner`].
	#[test]
	fn fails_for_others() {
		alice().certified(Charlie, tag(1)).run(|| {
			assert_ok!(link_to(Alice, Bob));
			for who in [Charlie, Dave, SERVICE] {
				assert_noop!(
					Registry::unlink_wallet(signed(who), id(Bob)),
					Error::<Test>::NotOwner
				);
			}
		});
	}
}
