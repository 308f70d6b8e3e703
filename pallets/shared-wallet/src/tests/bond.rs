//! Money goes on hold as a bond.

use crate::{mock::*, pallet::*};
use codec::Encode;
use frame_support::{assert_noop, assert_ok, storage::with_storage_layer};
use sp_runtime::{DispatchError, TokenError};
use voltree_primitives::{Balance, Escrow};

/// What `bond` would do, without doing it.
fn would_bond(who: Keyring, amount: Balance) -> bool {
	let mut bonds = false;
	let undone = with_storage_layer::<(), DispatchError, _>(|| {
		bonds = SharedWallets::bond(&id(who), amount).is_ok();
		Err(DispatchError::Other("undone"))
	});
	assert!(undone.is_err());
	bonds
}

fn can_bond(who: Keyring, amount: Balance) -> bool {
	let can = SharedWallets::can_bond(&id(who), amount);
	assert_eq!(can, would_bond(who, amount), "{who:?} and {amount}");
	can
}

/// Bonds of an account add up, beside what is in its shared wallets.
#[test]
fn works() {
	run(|| {
		open(500);
		assert_ok!(SharedWallets::bond(&id(OWNER), 200));
		assert_ok!(SharedWallets::bond(&id(OWNER), 100));
		assert_eq!((bonded(OWNER), held(OWNER)), (300, 500));
		assert_eq!(free(OWNER), MONEY - 800);
		assert_eq!(
			events(),
			vec![
				Event::Bonded { account: id(OWNER), amount: 200 },
				Event::Bonded { account: id(OWNER), amount: 100 },
			]
		);
	});
}

/// Where the bond is nothing, nobody needs anything.
#[test]
fn nothing_is_always_bonded() {
	run(|| {
		assert!(can_bond(Dave, 0));
		assert_ok!(SharedWallets::bond(&id(Dave), 0));
		assert_eq!(events(), vec![]);
	});
}

/// Money that is not there cannot be bonded, nor what keeps the account alive.
#[test]
fn fails_beyond_the_money() {
	run(|| {
		assert!(!can_bond(Dave, 1));
		assert!(!can_bond(OWNER, MONEY - EXISTENTIAL_DEPOSIT + 1));
		assert!(can_bond(OWNER, MONEY - EXISTENTIAL_DEPOSIT));
		let bond = |amount| SharedWallets::bond(&id(OWNER), amount);
		assert_noop!(bond(MONEY + 1), TokenError::FundsUnavailable);
		assert_noop!(bond(MONEY - EXISTENTIAL_DEPOSIT + 1), TokenError::FundsUnavailable);
		assert_ok!(bond(MONEY - EXISTENTIAL_DEPOSIT));
		assert!(!can_bond(OWNER, 1));
	});
}

/// Another reason for an account to exist does not make its last money available: what would come
/// back could be too little for it to take.
#[test]
fn the_last_money_stays_free_whatever_else_keeps_the_account() {
	run(|| {
		System::inc_providers(&id(OWNER));
		assert!(!can_bond(OWNER, MONEY - EXISTENTIAL_DEPOSIT + 1));
		assert!(can_bond(OWNER, MONEY - EXISTENTIAL_DEPOSIT));
	});
}

/// An account that too much depends on already can put nothing on hold.
#[test]
fn fails_if_too_much_depends_on_the_account() {
	run(|| {
		while System::inc_consumers(&id(OWNER)).is_ok() {}
		assert!(!can_bond(OWNER, 1));
		assert_noop!(SharedWallets::bond(&id(OWNER), 1), DispatchError::TooManyConsumers);
		System::dec_consumers(&id(OWNER));
		assert_ok!(SharedWallets::bond(&id(OWNER), 1));
		// More on hold is the same dependence.
		assert!(can_bond(OWNER, 1));
		assert_ok!(SharedWallets::bond(&id(OWNER), 1));
	});
}

/// Stored holds name their reason by these numbers.
#[test]
fn the_reasons_keep_their_numbers() {
	let reasons = [HoldReason::Escrow, HoldReason::Bond, HoldReason::Redemption];
	assert_eq!(reasons.map(|reason| reason.encode()), [[0], [1], [2]]);
}
