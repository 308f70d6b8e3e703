//! Locked money is settled.

use crate::{mock::*, pallet::*, CapitalFlow};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::{ArithmeticError, TokenError};
use voltree_primitives::Escrow;

/// The payout leaves, the rest of what was locked is free again, and both flows are counted.
#[test]
fn works() {
	run(|| {
		certified(500);
		assert_ok!(SharedWallets::lock(WALLET, 300));
		System::reset_events();
		assert_ok!(SharedWallets::settle(WALLET, 200, 150, &id(Bob), &person(&id(Bob))));
		assert_eq!(parts(WALLET), (250, 100));
		assert_eq!(held(OWNER), 350);
		assert_eq!(Balances::free_balance(id(Bob)), MONEY + 150);
		assert_eq!(Flows::<Test>::get(id(OWNER)), CapitalFlow { spent: 150, received: 0 });
		assert_eq!(Flows::<Test>::get(id(Bob)), CapitalFlow { spent: 0, received: 150 });
		let settled = Event::Settled { wallet: WALLET, payee: id(Bob), payout: 150, refund: 50 };
		assert_eq!(events(), vec![settled]);
	});
}

/// Without a payout nobody has to exist who could receive it.
#[test]
fn a_refund_alone_always_works() {
	run(|| {
		certified(500);
		assert_ok!(SharedWallets::lock(WALLET, 300));
		assert_ok!(SharedWallets::settle(WALLET, 300, 0, &id(Dave), &person(&id(Dave))));
		assert_eq!(parts(WALLET), (500, 0));
		assert!(!Flows::<Test>::contains_key(id(Dave)));
	});
}

/// An account that is gone comes to life again if the payout suffices.
#[test]
fn a_payee_that_is_gone_is_paid_if_the_payout_keeps_it_alive() {
	run(|| {
		certified(500);
		assert_ok!(SharedWallets::lock(WALLET, 300));
		let poor = EXISTENTIAL_DEPOSIT - 1;
		assert_noop!(
			SharedWallets::settle(WALLET, 300, poor, &id(Dave), &person(&id(Dave))),
			TokenError::CannotCreate
		);
		assert_ok!(SharedWallets::settle(
			WALLET,
			300,
			EXISTENTIAL_DEPOSIT,
			&id(Dave),
			&person(&id(Dave))
		));
		assert_eq!(Balances::free_balance(id(Dave)), EXISTENTIAL_DEPOSIT);
	});
}

/// The owner may be paid himself: locked money becomes his own.
#[test]
fn the_owner_can_be_the_payee() {
	run(|| {
		certified(500);
		assert_ok!(SharedWallets::lock(WALLET, 300));
		assert_ok!(SharedWallets::settle(WALLET, 300, 100, &id(OWNER), &person(&id(OWNER))));
		assert_eq!(parts(WALLET), (400, 0));
		assert_eq!(Balances::free_balance(id(OWNER)), MONEY - 400);
		assert_eq!(Flows::<Test>::get(id(OWNER)), CapitalFlow { spent: 100, received: 100 });
	});
}

/// No more than what was locked is paid out or given back.
#[test]
fn fails_beyond_what_is_locked() {
	run(|| {
		certified(500);
		assert_ok!(SharedWallets::lock(WALLET, 300));
		let settle = |locked, payout| {
			SharedWallets::settle(WALLET, locked, payout, &id(Bob), &person(&id(Bob)))
		};
		assert_noop!(settle(300, 301), ArithmeticError::Underflow);
		assert_noop!(settle(301, 0), ArithmeticError::Underflow);
	});
}

/// The wallet has to be open. Otherwise [`Error::NotFound`].
#[test]
fn fails_without_a_wallet() {
	run(|| {
		assert_noop!(
			SharedWallets::settle(WALLET, 0, 0, &id(Bob), &person(&id(Bob))),
			Error::<Test>::NotFound
		);
	});
}

/// The payee's fines are paid out of the payout first; the price counts in full.
#[test]
fn the_payees_fines_are_paid_first() {
	run(|| {
		certified(500);
		assert_ok!(SharedWallets::lock(WALLET, 300));
		set_fines(Bob, 40);
		set_fines(OWNER, 1_000);
		System::reset_events();
		assert_ok!(SharedWallets::settle(WALLET, 200, 150, &id(Bob), &person(&id(Bob))));
		assert_eq!((free(Bob), due(Bob), in_pot()), (MONEY + 110, 0, 40));
		assert_eq!(parts(WALLET), (250, 100));
		assert_eq!(due(OWNER), 1_000);
		assert_eq!(Flows::<Test>::get(id(Bob)), CapitalFlow { spent: 0, received: 150 });
		assert_eq!(
			events(),
			vec![
				Event::FinesPaid { tag: tag(Bob), amount: 40 },
				Event::Settled { wallet: WALLET, payee: id(Bob), payout: 150, refund: 50 },
			]
		);
		set_fines(Bob, 400);
		assert_ok!(SharedWallets::settle(WALLET, 100, 100, &id(Bob), &person(&id(Bob))));
		assert_eq!((free(Bob), due(Bob), in_pot()), (MONEY + 110, 300, 140));
	});
}

/// Whichever of his accounts is paid, a person's fines come first.
#[test]
fn fines_follow_the_person() {
	run(|| {
		assert_ok!(SharedWallets::open(4, &id(Bob), &id(KEY), 0));
		assert_ok!(fund(Bob, 4, 200));
		assert_ok!(SharedWallets::lock(4, 200));
		set_fines(OWNER, 80);
		assert_ok!(SharedWallets::settle(4, 200, 200, &id(LINKED), &person(&id(LINKED))));
		assert_eq!((free(LINKED), due(OWNER), in_pot()), (120, 0, 80));
	});
}

/// If the rest is too little to found the payee's account, the payout fails as a whole, fines
/// included.
#[test]
fn fails_if_the_rest_after_fines_cannot_be_received() {
	run(|| {
		certified(500);
		assert_ok!(SharedWallets::lock(WALLET, 300));
		set_fines(OWNER, 295);
		let settle =
			|payout| SharedWallets::settle(WALLET, 300, payout, &id(LINKED), &person(&id(LINKED)));
		assert_noop!(settle(300), TokenError::CannotCreate);
		// Where fines take all of it, there is nothing to receive.
		assert_ok!(settle(295));
		assert_eq!((due(OWNER), in_pot(), free(LINKED)), (0, 295, 0));
	});
}

/// What a pot without an account cannot take is paid out, and still owed.
#[test]
fn without_a_pot_the_debt_stays() {
	run(|| {
		lose_the_pot();
		certified(500);
		assert_ok!(SharedWallets::lock(WALLET, 300));
		set_fines(Bob, 5);
		assert_ok!(SharedWallets::settle(WALLET, 300, 150, &id(Bob), &person(&id(Bob))));
		assert_eq!((free(Bob), due(Bob)), (MONEY + 150, 5));
	});
}
