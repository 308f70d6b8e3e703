//! `fund`: money goes on hold.

use crate::{mock::*, pallet::*};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::{traits::BadOrigin, TokenError};
use voltree_primitives::Escrow;

/// The money stays on the owner's account, on hold, as the wallet's free part.
#[test]
fn works() {
	run(|| {
		open(0);
		assert_ok!(fund(OWNER, WALLET, 400));
		assert_ok!(fund(OWNER, WALLET, 100));
		assert_eq!(parts(WALLET), (500, 0));
		assert_eq!(held(OWNER), 500);
		assert_eq!(Balances::free_balance(id(OWNER)), MONEY - 500);
		assert_eq!(
			events(),
			vec![
				Event::Funded { wallet: WALLET, amount: 400 },
				Event::Funded { wallet: WALLET, amount: 100 },
			]
		);
	});
}

/// What an account has on hold is the sum of all its wallets.
#[test]
fn wallets_of_one_owner_add_up() {
	run(|| {
		open(300);
		assert_ok!(SharedWallets::open(4, &id(OWNER), &id(KEY), 0));
		assert_ok!(fund(OWNER, 4, 200));
		assert_eq!(held(OWNER), 500);
		assert_eq!(parts(WALLET), (300, 0));
		assert_eq!(parts(4), (200, 0));
	});
}

/// The wallet has to be open. Otherwise [`Error::NotFound`].
#[test]
fn fails_without_a_wallet() {
	run(|| {
		assert_noop!(fund(OWNER, WALLET, 1), Error::<Test>::NotFound);
	});
}

/// Only the owner funds, not even the holder of the key. Otherwise [`Error::NotOwner`].
#[test]
fn fails_for_others() {
	run(|| {
		open(0);
		assert_noop!(fund(Bob, WALLET, 1), Error::<Test>::NotOwner);
		assert_noop!(fund(KEY, WALLET, 1), Error::<Test>::NotOwner);
	});
}

/// Nothing is not an amount. Otherwise [`Error::ZeroAmount`].
#[test]
fn fails_for_zero() {
	run(|| {
		open(0);
		assert_noop!(fund(OWNER, WALLET, 0), Error::<Test>::ZeroAmount);
	});
}

/// Money that is not there cannot go on hold, nor what keeps the account alive.
#[test]
fn fails_beyond_the_owners_money() {
	run(|| {
		open(0);
		assert_noop!(fund(OWNER, WALLET, MONEY + 1), TokenError::FundsUnavailable);
		assert_noop!(fund(OWNER, WALLET, MONEY), TokenError::FundsUnavailable);
		assert_ok!(fund(OWNER, WALLET, MONEY - EXISTENTIAL_DEPOSIT));
		assert_noop!(fund(OWNER, WALLET, 1), TokenError::FundsUnavailable);
	});
}

#[test]
fn fails_for_a_wrong_origin() {
	run(|| {
		open(0);
		let call = || Call::fund { wallet: WALLET, amount: 1 };
		assert_noop!(dispatch(RuntimeOrigin::none(), call()), BadOrigin);
		assert_noop!(dispatch(RuntimeOrigin::root(), call()), BadOrigin);
	});
}
