//! The market opens a shared wallet.

use crate::{mock::*, pallet::*, SharedWallet};
use frame_support::{assert_noop, assert_ok};
use voltree_primitives::Escrow;

/// A new wallet is empty and has no token.
#[test]
fn works() {
	run(|| {
		assert_ok!(SharedWallets::open(WALLET, &id(OWNER), &id(KEY), 0));
		assert_eq!(
			Wallets::<Test>::get(WALLET),
			Some(SharedWallet { owner: id(OWNER), key: id(KEY), free: 0, locked: 0, token: None })
		);
		let opened = Event::Opened { wallet: WALLET, owner: id(OWNER), key: id(KEY) };
		assert_eq!(events(), vec![opened]);
	});
}

/// A number is opened once. Otherwise [`Error::AlreadyOpen`].
#[test]
fn fails_if_open() {
	run(|| {
		open(0);
		assert_noop!(
			SharedWallets::open(WALLET, &id(Bob), &id(KEY), 0),
			Error::<Test>::AlreadyOpen
		);
	});
}
