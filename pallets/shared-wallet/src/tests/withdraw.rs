//! `withdraw`: the free part goes back.

use crate::{mock::*, pallet::*};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::traits::BadOrigin;
use voltree_primitives::Escrow;

/// The free part is the owner's at any time, before and after a token, in parts or whole.
#[test]
fn works() {
	run(|| {
		certified(500);
		assert_ok!(withdraw(OWNER, WALLET, 200));
		assert_eq!(parts(WALLET), (300, 0));
		assert_eq!(held(OWNER), 300);
		set_now(VALID_UNTIL + 1);
		assert_ok!(withdraw(OWNER, WALLET, 300));
		assert_eq!(held(OWNER), 0);
		assert_eq!(Balances::free_balance(id(OWNER)), MONEY);
		assert_eq!(
			events(),
			vec![
				Event::Withdrawn { wallet: WALLET, amount: 200 },
				Event::Withdrawn { wallet: WALLET, amount: 300 },
			]
		);
	});
}

/// The wallet has to be open. Otherwise [`Error::NotFound`].
#[test]
fn fails_without_a_wallet() {
	run(|| {
		assert_noop!(withdraw(OWNER, WALLET, 1), Error::<Test>::NotFound);
	});
}

/// Only the owner takes money out; the key can pay, nothing else. Otherwise [`Error::NotOwner`].
#[test]
fn fails_for_others() {
	run(|| {
		certified(500);
		assert_noop!(withdraw(Bob, WALLET, 1), Error::<Test>::NotOwner);
		assert_noop!(withdraw(KEY, WALLET, 1), Error::<Test>::NotOwner);
	});
}

/// Nothing is not an amount. Otherwise [`Error::ZeroAmount`].
#[test]
fn fails_for_zero() {
	run(|| {
		open(500);
		assert_noop!(withdraw(OWNER, WALLET, 0), Error::<Test>::ZeroAmount);
	});
}

/// Locked money belongs to trades. Otherwise [`Error::InsufficientFunds`].
#[test]
fn fails_beyond_the_free_part() {
	run(|| {
		open(500);
		assert_ok!(SharedWallets::lock(WALLET, 300));
		assert_noop!(withdraw(OWNER, WALLET, 201), Error::<Test>::InsufficientFunds);
		assert_ok!(withdraw(OWNER, WALLET, 200));
		assert_noop!(withdraw(OWNER, WALLET, 1), Error::<Test>::InsufficientFunds);
	});
}

/// Fines due are paid out of the free part first.
#[test]
fn fines_due_are_paid_first() {
	run(|| {
		open(500);
		set_fines(OWNER, 120);
		assert_ok!(withdraw(OWNER, WALLET, 300));
		assert_eq!(parts(WALLET), (80, 0));
		assert_eq!((due(OWNER), in_pot(), free(OWNER)), (0, 120, MONEY - 500 + 300));
		assert_ok!(withdraw(OWNER, WALLET, 80));
		assert_eq!(
			events(),
			vec![
				Event::FinesPaid { tag: tag(OWNER), amount: 120 },
				Event::Deducted { wallet: WALLET, amount: 120 },
				Event::Withdrawn { wallet: WALLET, amount: 300 },
				Event::Withdrawn { wallet: WALLET, amount: 80 },
			]
		);
	});
}

/// If too little is left after fines, nothing happens. Otherwise [`Error::OwedInFines`].
#[test]
fn fails_for_what_is_owed() {
	run(|| {
		open(500);
		set_fines(OWNER, 10_000);
		assert_noop!(withdraw(OWNER, WALLET, 1), Error::<Test>::OwedInFines);
		set_fines(OWNER, 120);
		assert_noop!(withdraw(OWNER, WALLET, 381), Error::<Test>::OwedInFines);
		assert_ok!(withdraw(OWNER, WALLET, 380));
		assert_eq!((parts(WALLET), due(OWNER)), ((0, 0), 0));
	});
}

/// What a pot without an account cannot take stays in the wallet, and is still owed.
#[test]
fn without_a_pot_what_is_owed_stays() {
	run(|| {
		lose_the_pot();
		open(500);
		set_fines(OWNER, 5);
		assert_noop!(withdraw(OWNER, WALLET, 496), Error::<Test>::OwedInFines);
		assert_ok!(withdraw(OWNER, WALLET, 495));
		assert_eq!((parts(WALLET), due(OWNER)), ((5, 0), 5));
	});
}

#[test]
fn fails_for_a_wrong_origin() {
	run(|| {
		open(500);
		let call = || Call::withdraw { wallet: WALLET, amount: 1 };
		assert_noop!(dispatch(RuntimeOrigin::none(), call()), BadOrigin);
		assert_noop!(dispatch(RuntimeOrigin::root(), call()), BadOrigin);
	});
}
