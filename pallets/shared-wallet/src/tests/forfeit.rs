//! A bond goes to the other side.

use crate::{mock::*, pallet::*};
use frame_support::assert_ok;
use voltree_primitives::{Balance, Escrow};

/// Alice's bond of 300, of which `amount` goes to `to`.
fn forfeit(amount: Balance, to: Keyring) {
	assert_ok!(SharedWallets::bond(&id(OWNER), 300));
	System::reset_events();
	SharedWallets::forfeit(&id(OWNER), amount, &id(to));
}

fn forfeited(to: Keyring, amount: Balance) -> Event<Test> {
	Event::Forfeited { account: id(OWNER), to: id(to), amount }
}

#[test]
fn works() {
	run(|| {
		forfeit(200, Bob);
		assert_eq!((bonded(OWNER), free(OWNER)), (100, MONEY - 300));
		assert_eq!(free(Bob), MONEY + 200);
		assert_eq!(events(), vec![forfeited(Bob, 200)]);
	});
}

#[test]
fn nothing_comes_of_nothing() {
	run(|| {
		forfeit(0, Bob);
		assert_eq!(events(), vec![]);
	});
}

/// The receiver's own fines are paid first. Those of the one who forfeits wait: the bond was
/// promised to the other side.
#[test]
fn the_receivers_fines_are_paid_first() {
	run(|| {
		set_fines(OWNER, 50);
		set_fines(Bob, 80);
		forfeit(200, Bob);
		assert_eq!((due(OWNER), due(Bob), in_pot()), (50, 0, 80));
		assert_eq!(free(Bob), MONEY + 120);
		let paid = Event::FinesPaid { tag: tag(Bob), amount: 80 };
		assert_eq!(events(), vec![paid, forfeited(Bob, 200)]);
	});
}

/// An account that is gone is founded anew, if the money suffices; otherwise it is the pot's.
#[test]
fn what_a_receiver_cannot_take_goes_to_the_pot() {
	run(|| {
		let little = EXISTENTIAL_DEPOSIT - 1;
		forfeit(little, Dave);
		assert_eq!((free(Dave), in_pot()), (0, little));
		let unpayable = Event::Unpayable { account: id(Dave), amount: little };
		assert_eq!(events(), vec![unpayable, forfeited(Dave, little)]);
		forfeit(EXISTENTIAL_DEPOSIT, Dave);
		assert_eq!((free(Dave), in_pot()), (EXISTENTIAL_DEPOSIT, little));
	});
}

/// And if the pot cannot take it either, it was never forfeited.
#[test]
fn without_a_pot_it_goes_back() {
	run(|| {
		lose_the_pot();
		forfeit(EXISTENTIAL_DEPOSIT - 1, Dave);
		assert_eq!(bonded(OWNER), 300 - (EXISTENTIAL_DEPOSIT - 1));
		assert_eq!(free(OWNER), MONEY - bonded(OWNER));
		assert_eq!(events(), vec![forfeited(Dave, 0)]);
	});
}

/// The market never takes what was not posted.
#[test]
#[cfg_attr(debug_assertions, should_panic(expected = "the hold covers every bond"))]
fn no_more_than_is_on_hold() {
	run(|| {
		forfeit(301, Bob);
		assert_eq!((bonded(OWNER), free(Bob)), (300, MONEY));
	});
}
