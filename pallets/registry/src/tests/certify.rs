use crate::{mock::*, pallet::*, types, types::MAX_ACCOUNTS, Certificate, DeviceKind};
use codec::Encode;
use frame_support::{assert_noop, assert_ok};
use sp_keyring::Sr25519Keyring::*;
use sp_runtime::{DispatchError, DispatchResult, MultiSignature};
use voltree_primitives::{IdentityTag, Moment, Roles, LINK};

/// Eve has no money and has signed her consent.
fn certify_eve(tag: IdentityTag, expires: Moment) -> DispatchResult {
	Registry::certify(service(), id(Eve), tag, Roles::Buyer, expires, Some(consent(Eve, tag)))
}

fn certified(account: Keyring, tag: IdentityTag, roles: Roles, endowment: u128) -> Event<Test> {
	Event::Certified { account: id(account), tag, roles, expires: EXPIRY, endowment }
}

/// A newcomer without money begins with a signature only, and gets the endowment.
#[test]
fn a_newcomer_with_a_consent_needs_no_money() {
	ExtBuilder::default().run(|| {
		assert_ok!(certify_eve(tag(5), EXPIRY));

		assert_eq!(events(), [certified(Eve, tag(5), Roles::Buyer, ENDOWMENT)]);
		assert_eq!(Balances::free_balance(id(Eve)), ENDOWMENT);
		assert_eq!(Balances::free_balance(Registry::pot()), MONEY - ENDOWMENT);
		assert_eq!(enrolled(), [tag(5)]);
		let certificate = Certificate {
			tag: tag(5),
			roles: Roles::Buyer,
			issued: START,
			expires: EXPIRY,
			revoked: false,
		};
		assert_eq!(Certificates::<Test>::get(id(Eve)), Some(certificate));
	});
}

/// An application on chain is as good as a consent; the deposit comes back.
#[test]
fn an_application_is_answered() {
	ExtBuilder::default().run(|| {
		assert_ok!(Registry::register(signed(Alice)));
		forget_events();

		assert_ok!(Registry::certify(service(), id(Alice), tag(1), Roles::Both, EXPIRY, None));

		assert_eq!(events(), [certified(Alice, tag(1), Roles::Both, ENDOWMENT)]);
		assert_eq!(Balances::free_balance(id(Alice)), MONEY + ENDOWMENT);
		assert_eq!(Applications::<Test>::get(id(Alice)), None);
	});
}

/// A renewal needs neither consent nor application, replaces roles and expiry, and ends an
/// application that asked for it.
#[test]
fn a_renewal_needs_no_consent() {
	ExtBuilder::default().run(|| {
		assert_ok!(certify_eve(tag(5), START + 10));
		set_now(START + 50);
		forget_events();

		let expires = START + 50 + LONGEST;
		assert_ok!(Registry::certify(service(), id(Eve), tag(5), Roles::Both, expires, None));

		let certificate = Certificates::<Test>::get(id(Eve)).unwrap();
		assert_eq!(
			(certificate.roles, certificate.issued, certificate.expires),
			(Roles::Both, START + 50, expires)
		);
		let event = Event::Certified {
			account: id(Eve),
			tag: tag(5),
			roles: Roles::Both,
			expires,
			endowment: 0,
		};
		assert_eq!(events(), [event]);
		assert_eq!(enrolled(), [tag(5)]);
	});
}

/// One person has one tag, enrolled once and endowed once, whatever accounts it adds.
#[test]
fn a_second_account_of_a_tag_gets_no_endowment() {
	ExtBuilder::default().run(|| {
		assert_ok!(certify_eve(tag(5), EXPIRY));
		forget_events();
		let signature = Some(consent(Alice, tag(5)));
		assert_ok!(Registry::certify(
			service(),
			id(Alice),
			tag(5),
			Roles::Seller,
			EXPIRY,
			signature
		));
		assert_eq!(events(), [certified(Alice, tag(5), Roles::Seller, 0)]);
		assert_eq!(Members::<Test>::get(tag(5)).unwrap().accounts.to_vec(), [id(Eve), id(Alice)]);
		assert_eq!(enrolled(), [tag(5)]);
	});
}

/// A poor pot keeps nobody out; what it could not pay comes with the next certificate.
#[test]
fn a_late_endowment_is_paid_with_the_next_certificate() {
	for poor in [0, EXISTENTIAL_DEPOSIT, ENDOWMENT + EXISTENTIAL_DEPOSIT - 1] {
		ExtBuilder::default().pot(poor).run(|| {
			assert_ok!(certify_eve(tag(5), EXPIRY));
			assert_eq!(events(), [certified(Eve, tag(5), Roles::Buyer, 0)]);
			assert_eq!(Balances::free_balance(Registry::pot()), poor);

			assert_ok!(Balances::transfer_allow_death(signed(Alice), Registry::pot(), 100));
			forget_events();
			assert_ok!(certify_eve(tag(5), EXPIRY));
			assert_eq!(events(), [certified(Eve, tag(5), Roles::Buyer, ENDOWMENT)]);

			assert_ok!(certify_eve(tag(5), EXPIRY));
			assert_eq!(events(), [certified(Eve, tag(5), Roles::Buyer, 0)]);
		});
	}
}

/// The pot pays down to the smallest balance and is never killed for dust.
#[test]
fn the_pot_pays_its_last_endowment() {
	ExtBuilder::default().pot(ENDOWMENT + EXISTENTIAL_DEPOSIT).run(|| {
		assert_ok!(certify_eve(tag(5), EXPIRY));
		assert_eq!(events(), [certified(Eve, tag(5), Roles::Buyer, ENDOWMENT)]);
		assert_eq!(Balances::free_balance(Registry::pot()), EXISTENTIAL_DEPOSIT);
	});
}

/// With an endowment of 0 nothing is paid and nothing is used up.
#[test]
fn without_an_endowment_nothing_is_paid() {
	let none = types::Parameters { endowment: 0, ..parameters() };
	ExtBuilder::default().parameters(none).run(|| {
		assert_ok!(certify_eve(tag(5), EXPIRY));
		assert_eq!(events(), [certified(Eve, tag(5), Roles::Buyer, 0)]);
		assert!(!Members::<Test>::get(tag(5)).unwrap().endowed);
	});
}

/// The service key alone certifies, not even the authority does.
#[test]
fn fails_if_not_the_service() {
	ExtBuilder::default().run(|| {
		for origin in [RuntimeOrigin::none(), RuntimeOrigin::root(), signed(Alice)] {
			let signature = Some(consent(Eve, tag(5)));
			assert_noop!(
				Registry::certify(origin, id(Eve), tag(5), Roles::Buyer, EXPIRY, signature),
				DispatchError::BadOrigin
			);
		}
	});
}

/// Nobody is certified unasked. Otherwise [`Error::NoConsent`].
#[test]
fn fails_without_consent() {
	ExtBuilder::default().run(|| {
		assert_noop!(
			Registry::certify(service(), id(Alice), tag(1), Roles::Buyer, EXPIRY, None),
			Error::<Test>::NoConsent
		);
	});
}

/// A consent is the account's own, for this tag, chain and purpose. Otherwise
/// [`Error::BadSignature`], even where none would have been needed.
#[test]
fn fails_with_a_foreign_signature() {
	ExtBuilder::default().certified(Alice, tag(1)).run(|| {
		let message = Registry::consent_message(&id(Eve), &tag(5)).encode();
		let others: MultiSignature = Bob.sign(&message).into();
		let mut foreign = message.clone();
		foreign[..16].copy_from_slice(&LINK);
		let mut elsewhere = message;
		elsewhere[16] ^= 1;
		let wrong: [MultiSignature; 4] =
			[others, consent(Eve, tag(6)), Eve.sign(&foreign).into(), Eve.sign(&elsewhere).into()];
		for signature in wrong {
			assert_noop!(
				Registry::certify(
					service(),
					id(Eve),
					tag(5),
					Roles::Buyer,
					EXPIRY,
					Some(signature.clone())
				),
				Error::<Test>::BadSignature
			);
			assert_noop!(
				Registry::certify(
					service(),
					id(Alice),
					tag(1),
					Roles::Buyer,
					EXPIRY,
					Some(signature)
				),
				Error::<Test>::BadSignature
			);
		}
	});
}

/// From the next millisecond to the longest time. Otherwise [`Error::InvalidExpiry`].
#[test]
fn fails_with_an_expiry_out_of_range() {
	ExtBuilder::default().run(|| {
		for expires in [0, START, EXPIRY + 1, Moment::MAX] {
			assert_noop!(certify_eve(tag(5), expires), Error::<Test>::InvalidExpiry);
		}
		assert_ok!(certify_eve(tag(5), START + 1));
		assert_ok!(certify_eve(tag(5), EXPIRY));
	});
}

/// An account belongs to one tag for ever, even when its certificate is over. Otherwise
/// [`Error::OtherTag`].
#[test]
fn fails_for_an_account_of_another_tag() {
	ExtBuilder::default().run(|| {
		assert_ok!(certify_eve(tag(5), START + 1));
		set_now(START + 2);
		assert_noop!(certify_eve(tag(6), EXPIRY), Error::<Test>::OtherTag);
	});
}

/// A revocation is the authority's and final; the service cannot undo it. Otherwise
/// [`Error::CertificateRevoked`]. The person can be certified with another account.
#[test]
fn fails_after_a_revocation() {
	ExtBuilder::default().run(|| {
		assert_ok!(certify_eve(tag(5), EXPIRY));
		assert_ok!(Registry::revoke(RuntimeOrigin::root(), id(Eve)));
		assert_noop!(certify_eve(tag(5), EXPIRY), Error::<Test>::CertificateRevoked);
		let signature = Some(consent(Alice, tag(5)));
		let roles = Roles::Buyer;
		assert_ok!(Registry::certify(service(), id(Alice), tag(5), roles, EXPIRY, signature));
	});
}

/// A linked wallet stands for its owner and nobody else. Otherwise [`Error::IsWallet`].
#[test]
fn fails_for_a_wallet() {
	ExtBuilder::default().certified(Alice, tag(1)).run(|| {
		assert_ok!(Registry::link_wallet(signed(Alice), id(Eve), link(Alice, Eve)));
		for tag in [tag(1), tag(5)] {
			assert_noop!(certify_eve(tag, EXPIRY), Error::<Test>::IsWallet);
		}
	});
}

/// A device is not a user. Otherwise [`Error::IsDevice`].
#[test]
fn fails_for_a_device() {
	ExtBuilder::default()
		.certified(Alice, tag(1))
		.device(Eve, DeviceKind::Meter, Alice, LINE, 1)
		.run(|| {
			assert_noop!(certify_eve(tag(5), EXPIRY), Error::<Test>::IsDevice);
		});
}

/// Storage per tag is bounded. Otherwise [`Error::MaxAccountsExceeded`]; renewals still work.
#[test]
fn fails_if_the_tag_has_too_many_accounts() {
	ExtBuilder::default().run(|| {
		assert_ok!(certify_eve(tag(5), EXPIRY));
		for account in (1..MAX_ACCOUNTS).map(nobody) {
			assert_ok!(Registry::admit(&account, tag(5), Roles::Both, START, EXPIRY, true));
		}
		assert_noop!(
			Registry::certify(
				service(),
				id(Alice),
				tag(5),
				Roles::Both,
				EXPIRY,
				Some(consent(Alice, tag(5)))
			),
			Error::<Test>::MaxAccountsExceeded
		);
		assert_ok!(certify_eve(tag(5), EXPIRY));
	});
}
