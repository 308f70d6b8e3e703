//! Money is locked for a trade.

use crate::{mock::*, pallet::*};
use frame_support::{assert_noop, assert_ok};
use voltree_primitives::Escrow;

/// The free part becomes locked; what is on hold stays the same.
#[test]
fn works() {
	run(|| {
		certified(500);
		assert_ok!(SharedWallets::lock(WALLET, 200));
		assert_eq!(parts(WALLET), (300, 200));
		assert_eq!(held(OWNER), 500);
		assert_eq!(events(), vec![Event::Locked { wallet: WALLET, amount: 200 }]);
	});
}

/// The hold counts, whatever the token says. Otherwise [`Error::InsufficientFunds`].
#[test]
fn fails_beyond_the_free_part() {
	run(|| {
		certified(500);
		assert_ok!(SharedWallets::lock(WALLET, 300));
		assert_noop!(SharedWallets::lock(WALLET, 201), Error::<Test>::InsufficientFunds);
	});
}

/// The wallet has to be open. Otherwise [`Error::NotFound`].
#[test]
fn fails_without_a_wallet() {
	run(|| {
		assert_noop!(SharedWallets::lock(WALLET, 0), Error::<Test>::NotFound);
	});
}
