//! `burn`: the bank has paid, and the money is gone.

use crate::{mock::*, pallet::*};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::traits::BadOrigin;

/// Exactly what was redeemed leaves the account and the issuance.
#[test]
fn works() {
	run(|| {
		let before = Balances::total_issuance();
		assert_ok!(redeem(Alice, 500));
		System::reset_events();
		assert_ok!(burn(Alice, 500, 1));
		assert_eq!((held_for(HoldReason::Redemption, Alice), free(Alice)), (0, MONEY - 500));
		assert_eq!(Balances::total_issuance(), before - 500);
		assert!(!Redemptions::<Test>::contains_key(id(Alice)));
		let burned = Event::Burned { account: id(Alice), amount: 500, reference: reference(1) };
		assert_eq!(events(), vec![burned]);
	});
}

/// Who redeems all he can keeps his account.
#[test]
fn leaves_the_account_alive() {
	run(|| {
		let most = MONEY - EXISTENTIAL_DEPOSIT;
		assert_ok!(redeem(Alice, most));
		assert_ok!(burn(Alice, most, 1));
		assert_eq!(free(Alice), EXISTENTIAL_DEPOSIT);
	});
}

/// Who cancels when the bank has paid does not get the money twice: it can be burned for as long as
/// he has not taken it back.
#[test]
fn works_although_it_has_been_cancelled() {
	run(|| {
		assert_ok!(redeem(Alice, 500));
		assert_ok!(cancel_redemption(Alice));
		set_now(START + NOTICE - 1);
		assert_ok!(burn(Alice, 500, 1));
		assert_ok!(redeem(Bob, 500));
		assert_ok!(cancel_redemption(Bob));
		set_now(START + 3 * NOTICE);
		assert_ok!(burn(Bob, 500, 2));
	});
}

/// Nobody's money is burned who did not ask for it, or took it back. Otherwise
/// [`Error::NotRedeeming`].
#[test]
fn fails_if_nothing_is_redeemed() {
	run(|| {
		open(500);
		assert_noop!(burn(OWNER, 500, 1), Error::<Test>::NotRedeeming);
		assert_ok!(redeem(OWNER, 500));
		assert_ok!(cancel_redemption(OWNER));
		set_now(START + NOTICE);
		assert_ok!(cancel_redemption(OWNER));
		assert_noop!(burn(OWNER, 500, 1), Error::<Test>::NotRedeeming);
	});
}

/// What the authority decided on is what is burned, all of it. Otherwise [`Error::OtherAmount`].
#[test]
fn fails_for_another_amount() {
	run(|| {
		assert_ok!(redeem(Alice, 500));
		for amount in [0, 499, 501] {
			assert_noop!(burn(Alice, amount, 1), Error::<Test>::OtherAmount);
		}
	});
}

/// A payment counts once. Otherwise [`Error::ReferenceUsed`].
#[test]
fn fails_for_a_payment_that_has_been_used() {
	run(|| {
		assert_ok!(issue(Alice, 500, 1));
		assert_ok!(redeem(Alice, 500));
		assert_noop!(burn(Alice, 500, 1), Error::<Test>::ReferenceUsed);
		assert_ok!(burn(Alice, 500, 2));
		assert_ok!(redeem(Bob, 500));
		assert_noop!(burn(Bob, 500, 2), Error::<Test>::ReferenceUsed);
	});
}

/// The service key burns no money, nor does the owner, nor anybody else.
#[test]
fn fails_for_a_wrong_origin() {
	run(|| {
		assert_ok!(redeem(Alice, 500));
		for origin in [RuntimeOrigin::none(), signed(SERVICE), signed(Alice)] {
			let call = Call::burn { account: id(Alice), amount: 500, reference: reference(1) };
			assert_noop!(dispatch(origin, call), BadOrigin);
		}
	});
}
