use crate::{mock::*, pallet::*};
use codec::Encode;
use frame_support::{assert_noop, assert_ok, traits::fungible::Mutate};
use sp_core::H256;
use sp_keyring::Sr25519Keyring::*;
use voltree_primitives::{AccountsOf, Directory, Message, Role, Roles, CONSENT, DEVICE, LINK};

/// Alice with the wallets Bob and Charlie, Dave another account of the same person.
fn family() -> ExtBuilder {
	ExtBuilder::default().member(Alice, tag(1), Roles::Buyer, EXPIRY).member(
		Dave,
		tag(1),
		Roles::Seller,
		EXPIRY,
	)
}

fn link_both() {
	for wallet in [Bob, Charlie] {
		assert_ok!(Registry::link_wallet(signed(Alice), id(wallet), link(Alice, wallet)));
	}
}

/// A linked wallet stands for its owner: same tag, same certificate.
#[test]
fn a_wallet_stands_for_its_owner() {
	family().run(|| {
		link_both();
		for who in [Alice, Bob, Charlie] {
			assert_eq!(Registry::owner_of(&id(who)), id(Alice));
			assert_eq!(Registry::tag_of(&id(who)), Some(tag(1)));
			assert_eq!(Registry::ensure_certified(&id(who), Role::Buyer), Ok(tag(1)));
			assert!(Registry::is_wallet_of(&id(who), &tag(1)));
			assert!(!Registry::is_wallet_of(&id(who), &tag(2)));
		}
		assert_eq!(Registry::owner_of(&id(Eve)), id(Eve));
		assert_eq!(Registry::tag_of(&id(Eve)), None);
		assert!(!Registry::is_wallet_of(&id(Eve), &tag(1)));
	});
}

/// No certificate: [`Error::NotCertified`]. Not for this side of a trade: [`Error::WrongRole`].
/// Over since a millisecond: [`Error::CertificateExpired`]. Taken back:
/// [`Error::CertificateRevoked`].
#[test]
fn only_a_valid_certificate_for_the_role_counts() {
	family().run(|| {
		link_both();
		let as_buyer = |who| Registry::ensure_certified(&id(who), Role::Buyer);
		let as_seller = |who| Registry::ensure_certified(&id(who), Role::Seller);
		assert_noop!(as_buyer(Eve), Error::<Test>::NotCertified);
		assert_noop!(as_seller(Alice), Error::<Test>::WrongRole);
		assert_noop!(as_seller(Bob), Error::<Test>::WrongRole);
		assert_noop!(as_buyer(Dave), Error::<Test>::WrongRole);
		assert_ok!(as_seller(Dave));
		set_now(EXPIRY);
		assert_ok!(as_buyer(Bob));
		set_now(EXPIRY + 1);
		assert_noop!(as_buyer(Bob), Error::<Test>::CertificateExpired);
		assert_ok!(Registry::revoke(RuntimeOrigin::root(), id(Alice)));
		assert_noop!(as_buyer(Bob), Error::<Test>::CertificateRevoked);
	});
}

/// Money is what the account and its wallets can spend and stay alive; what is on hold is none, nor
/// is what other accounts of the person have. The wallets are looked at in turn.
#[test]
fn money_is_looked_for_in_an_account_and_its_wallets() {
	family().run(|| {
		let spend_all = |who| Balances::set_balance(&id(who), EXISTENTIAL_DEPOSIT);
		assert_eq!(Registry::money_behind(&id(Alice)), Some(0));
		assert_eq!(Registry::money_behind(&id(Dave)), Some(0));
		assert_eq!(Registry::money_behind(&id(Eve)), None);
		link_both();
		spend_all(Alice);
		for who in [Alice, Bob, Charlie] {
			assert_eq!(Registry::money_behind(&id(who)), Some(1));
		}
		spend_all(Bob);
		assert_eq!(Registry::money_behind(&id(Alice)), Some(2));
		assert_ok!(Registry::unlink_wallet(signed(Charlie), id(Charlie)));
		assert_eq!(Registry::money_behind(&id(Alice)), None);

		Balances::set_balance(&id(Alice), EXISTENTIAL_DEPOSIT + DEPOSIT);
		assert_eq!(Registry::money_behind(&id(Alice)), Some(0));
		assert_ok!(Registry::register(signed(Alice)));
		assert_eq!(Registry::money_behind(&id(Alice)), None);
	});
}

/// A broadcast can name everything behind a tag: accounts first, then wallets.
#[test]
fn a_tag_has_its_accounts_and_wallets() {
	family().run(|| {
		link_both();
		let all = [Alice, Dave, Bob, Charlie].map(id);
		assert_eq!(Registry::accounts_of(&tag(1)), all);
		assert_eq!(Registry::accounts_of(&tag(2)), []);
	});
}

/// What is signed off chain, byte for byte: domain, genesis hash, body.
#[test]
fn messages_are_pinned() {
	family().run(|| {
		let genesis = H256(System::block_hash(0).0);
		let (alice, bob) = (id(Alice), id(Bob));
		assert_eq!(
			Registry::consent_message(&bob, &tag(9)).encode(),
			Message { domain: CONSENT, genesis, body: (bob.clone(), tag(9)) }.encode()
		);
		assert_eq!(
			Registry::device_message(&bob, &alice).encode(),
			Message { domain: DEVICE, genesis, body: (bob.clone(), alice.clone()) }.encode()
		);
		for nonce in 0u32..2 {
			let body = (alice.clone(), bob.clone(), nonce);
			assert_eq!(
				Registry::link_message(&alice, &bob).encode(),
				Message { domain: LINK, genesis, body }.encode()
			);
			let wallet = [Charlie, Eve][nonce as usize];
			assert_ok!(Registry::link_wallet(signed(Alice), id(wallet), link(Alice, wallet)));
		}
		assert_eq!(Registry::link_message(&alice, &bob).encode().len(), 16 + 32 + 32 + 32 + 4);
	});
}
