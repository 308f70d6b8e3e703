//! A shared wallet is closed.

use crate::{mock::*, pallet::*};
use frame_support::{assert_noop, assert_ok};
use voltree_primitives::Escrow;

/// The free part goes back, the wallet leaves storage with its token, and the number can be used again.
#[test]
fn works() {
	run(|| {
		certified(500);
		SharedWallets::close(WALLET, &person(&id(OWNER)));
		assert_eq!(Wallets::<Test>::iter().count(), 0);
		assert_eq!(held(OWNER), 0);
		assert_eq!(free(OWNER), MONEY);
		assert_eq!(events(), vec![Event::Closed { wallet: WALLET, refund: 500 }]);
		assert_noop!(fund(OWNER, WALLET, 1), Error::<Test>::NotFound);
		assert_ok!(SharedWallets::open(WALLET, &id(Bob), &id(KEY), 0));
	});
}

/// Fines due are paid out of it first.
#[test]
fn fines_due_are_paid_first() {
	run(|| {
		certified(500);
		set_fines(OWNER, 120);
		SharedWallets::close(WALLET, &person(&id(OWNER)));
		assert_eq!((due(OWNER), in_pot(), free(OWNER)), (0, 120, MONEY - 120));
		assert_eq!(
			events(),
			vec![
				Event::FinesPaid { tag: tag(OWNER), amount: 120 },
				Event::Deducted { wallet: WALLET, amount: 120 },
				Event::Closed { wallet: WALLET, refund: 380 },
			]
		);
		open(500);
		set_fines(OWNER, 600);
		SharedWallets::close(WALLET, &person(&id(OWNER)));
		assert_eq!((due(OWNER), in_pot(), held(OWNER)), (100, 620, 0));
	});
}

/// What a pot without an account cannot take goes back, and is still owed.
#[test]
fn without_a_pot_the_debt_stays() {
	run(|| {
		lose_the_pot();
		open(500);
		set_fines(OWNER, 5);
		SharedWallets::close(WALLET, &person(&id(OWNER)));
		assert_eq!((due(OWNER), free(OWNER)), (5, MONEY));
	});
}

/// An empty wallet closes as well, and closing what is not open does nothing.
#[test]
fn works_without_money_and_without_a_wallet() {
	run(|| {
		open(0);
		SharedWallets::close(WALLET, &person(&id(OWNER)));
		SharedWallets::close(WALLET, &person(&id(OWNER)));
		assert_eq!(events(), vec![Event::Closed { wallet: WALLET, refund: 0 }]);
	});
}

/// Locked money keeps a wallet open; the market never asks for it.
#[test]
#[cfg_attr(debug_assertions, should_panic(expected = "locked money is not closed"))]
fn locked_money_stays() {
	run(|| {
		certified(500);
		assert_ok!(SharedWallets::lock(WALLET, 1));
		SharedWallets::close(WALLET, &person(&id(OWNER)));
		assert_eq!(parts(WALLET), (499, 1));
	});
}
