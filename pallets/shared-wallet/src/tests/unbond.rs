//! A bond goes back.

use crate::{mock::*, pallet::*};
use frame_support::assert_ok;
use voltree_primitives::Escrow;

fn bond(amount: voltree_primitives::Balance) {
	assert_ok!(SharedWallets::bond(&id(OWNER), amount));
	System::reset_events();
}

/// In parts or whole.
#[test]
fn works() {
	run(|| {
		bond(300);
		SharedWallets::unbond(&id(OWNER), &person(&id(OWNER)), 200);
		assert_eq!((bonded(OWNER), free(OWNER)), (100, MONEY - 100));
		SharedWallets::unbond(&id(OWNER), &person(&id(OWNER)), 100);
		assert_eq!((bonded(OWNER), free(OWNER)), (0, MONEY));
		assert_eq!(
			events(),
			vec![
				Event::Unbonded { account: id(OWNER), amount: 200 },
				Event::Unbonded { account: id(OWNER), amount: 100 },
			]
		);
	});
}

/// A bond of nothing was never posted.
#[test]
fn nothing_comes_of_nothing() {
	run(|| {
		SharedWallets::unbond(&id(Dave), &person(&id(Dave)), 0);
		assert_eq!(events(), vec![]);
	});
}

/// Fines due are paid out of it first.
#[test]
fn fines_due_are_paid_first() {
	run(|| {
		bond(300);
		set_fines(OWNER, 120);
		SharedWallets::unbond(&id(OWNER), &person(&id(OWNER)), 100);
		assert_eq!((bonded(OWNER), free(OWNER)), (200, MONEY - 300));
		assert_eq!((due(OWNER), in_pot()), (20, 100));
		SharedWallets::unbond(&id(OWNER), &person(&id(OWNER)), 200);
		assert_eq!((bonded(OWNER), free(OWNER)), (0, MONEY - 120));
		assert_eq!((due(OWNER), in_pot()), (0, 120));
		assert_eq!(
			events(),
			vec![
				Event::FinesPaid { tag: tag(OWNER), amount: 100 },
				Event::Unbonded { account: id(OWNER), amount: 0 },
				Event::FinesPaid { tag: tag(OWNER), amount: 20 },
				Event::Unbonded { account: id(OWNER), amount: 180 },
			]
		);
	});
}

/// A pot without an account cannot take too little: the debt stays, and so does the money.
#[test]
fn without_a_pot_the_debt_stays() {
	run(|| {
		lose_the_pot();
		bond(300);
		set_fines(OWNER, EXISTENTIAL_DEPOSIT - 1);
		SharedWallets::unbond(&id(OWNER), &person(&id(OWNER)), 300);
		assert_eq!((bonded(OWNER), free(OWNER)), (0, MONEY));
		assert_eq!(due(OWNER), EXISTENTIAL_DEPOSIT - 1);
		// Enough founds it.
		bond(300);
		set_fines(OWNER, EXISTENTIAL_DEPOSIT);
		SharedWallets::unbond(&id(OWNER), &person(&id(OWNER)), 300);
		assert_eq!(Balances::free_balance(pot()), EXISTENTIAL_DEPOSIT);
		assert_eq!(due(OWNER), 0);
	});
}

/// The market never gives back what was not posted.
#[test]
#[cfg_attr(debug_assertions, should_panic(expected = "the hold covers every bond"))]
fn no_more_than_is_on_hold() {
	run(|| {
		bond(300);
		SharedWallets::unbond(&id(OWNER), &person(&id(OWNER)), 301);
		assert_eq!((bonded(OWNER), free(OWNER)), (300, MONEY - 300));
	});
}
