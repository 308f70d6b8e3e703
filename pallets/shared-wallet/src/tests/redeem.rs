//! `redeem`: money waits for the bank to pay it out.

use crate::{mock::*, pallet::*, Redemption};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::{traits::BadOrigin, TokenError};
use voltree_primitives::Escrow;

/// It stays on the owner's account, on hold.
#[test]
fn works() {
	run(|| {
		assert_ok!(redeem(Alice, 500));
		assert_eq!((held_for(HoldReason::Redemption, Alice), free(Alice)), (500, MONEY - 500));
		let reference = reference(BANK_ACCOUNT);
		let redemption = Redemption { amount: 500, reference, free_from: None };
		assert_eq!(Redemptions::<Test>::get(id(Alice)), Some(redemption));
		let redeeming = Event::Redeeming { account: id(Alice), amount: 500, reference };
		assert_eq!(events(), vec![redeeming]);
	});
}

/// Where to pay is no payment: several accounts may name the same place, again and again.
#[test]
fn works_for_the_same_place_again() {
	run(|| {
		assert_ok!(redeem(Alice, 500));
		assert_ok!(redeem(Bob, 500));
		assert_ok!(burn(Alice, 500, 1));
		assert_ok!(redeem(Alice, 500));
	});
}

/// Nothing is not an amount. Otherwise [`Error::ZeroAmount`].
#[test]
fn fails_for_zero() {
	run(|| {
		assert_noop!(redeem(Alice, 0), Error::<Test>::ZeroAmount);
	});
}

/// One at a time. Otherwise [`Error::AlreadyRedeeming`].
#[test]
fn fails_while_redeeming() {
	run(|| {
		assert_ok!(redeem(Alice, 500));
		assert_noop!(redeem(Alice, 500), Error::<Test>::AlreadyRedeeming);
		assert_ok!(cancel_redemption(Alice));
		assert_noop!(redeem(Alice, 500), Error::<Test>::AlreadyRedeeming);
	});
}

/// Debts come first, from whichever account of the person. Otherwise [`Error::FinesDue`].
#[test]
fn fails_with_fines_due() {
	run(|| {
		assert_ok!(Balances::transfer_keep_alive(signed(OWNER), id(LINKED), 1_000));
		set_fines(OWNER, 1);
		assert_noop!(redeem(OWNER, 500), Error::<Test>::FinesDue);
		assert_noop!(redeem(LINKED, 500), Error::<Test>::FinesDue);
		assert_ok!(pay_fines(OWNER, 1));
		assert_ok!(redeem(LINKED, 500));
	});
}

/// Neither money on hold for something else nor what keeps the account alive can be redeemed.
#[test]
fn fails_beyond_the_money() {
	run(|| {
		open(500);
		assert_ok!(SharedWallets::bond(&id(OWNER), 200));
		let most = MONEY - 700 - EXISTENTIAL_DEPOSIT;
		assert_noop!(redeem(OWNER, most + 1), TokenError::FundsUnavailable);
		assert_ok!(redeem(OWNER, most));
		assert_noop!(redeem(Dave, 1), TokenError::FundsUnavailable);
	});
}

#[test]
fn fails_for_a_wrong_origin() {
	run(|| {
		let call = || Call::redeem { amount: 1, reference: reference(1) };
		assert_noop!(dispatch(RuntimeOrigin::none(), call()), BadOrigin);
		assert_noop!(dispatch(RuntimeOrigin::root(), call()), BadOrigin);
	});
}
