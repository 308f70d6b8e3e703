use crate::{
	mock::*,
	pallet::*,
	types::{Application, MAX_PAGE},
	DeviceKind,
};
use frame_support::{assert_noop, assert_ok, traits::fungible::InspectHold};
use sp_keyring::Sr25519Keyring::*;
use sp_runtime::{DispatchError, TokenError};

fn on_hold(who: Keyring) -> u128 {
	Balances::balance_on_hold(&HoldReason::Application.into(), &id(who))
}

mod register {
	use super::*;

	/// Anybody can apply; a deposit stands for the row in storage.
	#[test]
	fn puts_the_deposit_on_hold() {
		ExtBuilder::default().run(|| {
			assert_ok!(Registry::register(signed(Alice)));

			assert_eq!(on_hold(Alice), DEPOSIT);
			let application = Application { since: START, deposit: DEPOSIT };
			assert_eq!(Applications::<Test>::get(id(Alice)), Some(application));
			assert_eq!(events(), [Event::Applied { account: id(Alice), deposit: DEPOSIT }]);
		});
	}

	/// A certified account applies for the renewal of its certificate.
	#[test]
	fn is_open_to_those_whose_certificate_ends() {
		ExtBuilder::default().certified(Alice, tag(1)).run(|| {
			set_now(EXPIRY + 1);
			assert_ok!(Registry::register(signed(Alice)));
		});
	}

	#[test]
	fn fails_without_a_signer() {
		ExtBuilder::default().run(|| {
			assert_noop!(Registry::register(RuntimeOrigin::none()), DispatchError::BadOrigin);
			assert_noop!(Registry::register(RuntimeOrigin::root()), DispatchError::BadOrigin);
		});
	}

	/// One at a time. Otherwise [`Error::AlreadyApplied`].
	#[test]
	fn fails_if_one_is_pending() {
		ExtBuilder::default().run(|| {
			assert_ok!(Registry::register(signed(Alice)));
			assert_noop!(Registry::register(signed(Alice)), Error::<Test>::AlreadyApplied);
		});
	}

	/// A device cannot be certified, so it cannot apply. Otherwise [`Error::IsDevice`].
	#[test]
	fn fails_for_a_device() {
		ExtBuilder::default()
			.certified(Alice, tag(1))
			.device(Bob, DeviceKind::Sensor, Alice, LINE, 0)
			.run(|| {
				assert_noop!(Registry::register(signed(Bob)), Error::<Test>::IsDevice);
			});
	}

	/// Nor can a linked wallet. Otherwise [`Error::IsWallet`].
	#[test]
	fn fails_for_a_wallet() {
		ExtBuilder::default().certified(Alice, tag(1)).run(|| {
			assert_ok!(Registry::link_wallet(signed(Alice), id(Bob), link(Alice, Bob)));
			assert_noop!(Registry::register(signed(Bob)), Error::<Test>::IsWallet);
		});
	}

	/// A revoked certificate does not come back. Otherwise [`Error::CertificateRevoked`].
	#[test]
	fn fails_after_a_revocation() {
		ExtBuilder::default().certified(Alice, tag(1)).run(|| {
			assert_ok!(Registry::revoke(RuntimeOrigin::root(), id(Alice)));
			assert_noop!(Registry::register(signed(Alice)), Error::<Test>::CertificateRevoked);
		});
	}

	/// Who cannot pay the deposit asks the management centre with a signed consent instead.
	#[test]
	fn fails_without_money() {
		ExtBuilder::default().run(|| {
			assert_noop!(Registry::register(signed(Eve)), TokenError::FundsUnavailable);
		});
	}
}

/// What the management centre's service reads.
mod reads {
	use super::*;

	/// All of them, page by page, each once; an account that applied no longer is no obstacle.
	#[test]
	fn come_page_by_page() {
		ExtBuilder::default().run(|| {
			let people = [Alice, Bob, Charlie, Dave];
			for who in people {
				assert_ok!(Registry::register(signed(who)));
			}
			let all = Registry::applications(None, u32::MAX);
			let mut accounts: Vec<_> = all.iter().map(|(account, _)| account.clone()).collect();
			accounts.sort();
			let mut expected = people.map(id);
			expected.sort();
			assert_eq!(accounts, expected);
			let application = Application { since: START, deposit: DEPOSIT };
			assert!(all.iter().all(|(_, each)| *each == application));

			assert_eq!(Registry::applications(None, 0), []);
			let first = Registry::applications(None, 3);
			assert_eq!(first, all[..3]);
			let last = first[2].0.clone();
			assert_eq!(Registry::applications(Some(last.clone()), 3), all[3..]);
			assert_ok!(Registry::withdraw_application(RuntimeOrigin::signed(last.clone())));
			assert_eq!(Registry::applications(Some(last), 3), all[3..]);
			assert_eq!(Registry::applications(Some(all[3].0.clone()), 3), []);
		});
	}

	/// A page is bounded, whatever is asked for.
	#[test]
	fn come_in_bounded_pages() {
		ExtBuilder::default().build().execute_with(|| {
			for n in 0..=MAX_PAGE {
				let application = Application { since: START, deposit: DEPOSIT };
				Applications::<Test>::insert(nobody(n), application);
			}
			let page = Registry::applications(None, u32::MAX);
			assert_eq!(page.len(), 256);
			let last = page.last().map(|(account, _)| account.clone());
			assert_eq!(Registry::applications(last, u32::MAX).len(), 1);
		});
	}
}

mod withdraw_application {
	use super::*;

	/// The deposit comes back in full.
	#[test]
	fn frees_the_deposit() {
		ExtBuilder::default().run(|| {
			assert_ok!(Registry::register(signed(Alice)));
			forget_events();

			assert_ok!(Registry::withdraw_application(signed(Alice)));

			assert_eq!(on_hold(Alice), 0);
			assert_eq!(Balances::free_balance(id(Alice)), MONEY);
			assert_eq!(Applications::<Test>::get(id(Alice)), None);
			assert_eq!(events(), [Event::ApplicationWithdrawn { account: id(Alice) }]);
		});
	}

	#[test]
	fn fails_without_a_signer() {
		ExtBuilder::default().run(|| {
			for origin in [RuntimeOrigin::none(), RuntimeOrigin::root()] {
				assert_noop!(Registry::withdraw_application(origin), DispatchError::BadOrigin);
			}
		});
	}

	/// There must be one. Otherwise [`Error::NoApplication`].
	#[test]
	fn fails_if_there_is_none() {
		ExtBuilder::default().run(|| {
			let origin = signed(Alice);
			assert_noop!(Registry::withdraw_application(origin), Error::<Test>::NoApplication);
		});
	}
}
