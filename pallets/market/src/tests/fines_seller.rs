//! What the seller's faults cost: out of the bond, else a debt that payouts pay.

use super::{billed, delivered, fined, paid, responded, settled, started, Way, AMOUNT, FUNDING};
use crate::{mock::*, types::*};
use frame_support::assert_ok;
use voltree_primitives::{Balance, Cause, SafetyOver};

/// The seller was fined like this out of his bond, which is over.
fn costs(who: Keyring, fine: Balance) {
	assert_eq!(fines(), vec![fined(who, fine, 0, fine)]);
	assert_eq!((in_pot(), bonded(who), debt(who)), (fine, 0, 0));
}

/// Not started on safe lines: a fifth of the trade's value.
#[test]
fn not_started() {
	for way in [Way::Silent, Way::Unmetered] {
		run(|| {
			paid(way);
			pass(SLOT_END);
			costs(way.seller(), FINE);
			assert_eq!(balance(way.seller()), MONEY - FINE);
			check_empty();
		});
	}
}

/// Not started because a line was not safe: the bond comes back.
#[test]
fn stopped() {
	run(|| {
		paid(Way::Unmetered);
		world(|world| {
			world.safety = SafetyOver { longest_safe: 3 * ROUND - 1, always: false, never: false };
		});
		assert_eq!(bonded(Charlie), BOND);
		pass(SLOT_END);
		assert_eq!((fines(), bonded(Charlie), balance(Charlie)), (vec![], 0, MONEY));
	});
}

/// Started, and nothing came.
#[test]
fn not_delivered() {
	for way in [Way::Metered(0), Way::Silent, Way::Unmetered] {
		run(|| {
			delivered(way);
			pass(BILL_BY);
			costs(way.seller(), FINE);
			assert_eq!(balance(Alice), MONEY);
		});
	}
}

/// Delivered short beyond the tolerance: a fifth of what is missing, at least the smallest fine.
#[test]
fn delivered_short() {
	for (energy, fine) in [(949, SMALLEST_FINE), (499, 201), (1, FINE)] {
		run(|| {
			billed(Way::Metered(energy), energy);
			assert_ok!(confirm(Alice, 0));
			costs(Bob, fine);
			assert_eq!(balance(Bob), MONEY + Balance::from(energy) * 2 - fine);
		});
	}
}

/// Tolerated, unsafe, or metered and not billed: no fine.
#[test]
fn what_costs_nothing() {
	run(|| {
		delivered(Way::Metered(950));
		pass(BILL_BY);
		assert_eq!(deeds(), vec![Deed::Untimely(tag(Bob), 0, Cause::NotBilled)]);
		assert_eq!((fines(), balance(Bob)), (vec![], MONEY + 1_900));
	});
	run(|| {
		started(Way::Metered(100));
		world(|world| world.safety = UNSAFE_IN_PART);
		pass(SLOT_END);
		pass(BILL_BY);
		assert_eq!((fines(), balance(Bob)), (vec![], MONEY));
	});
}

/// Not confirmed and short: each side pays for its own fault.
#[test]
fn both_at_fault() {
	run(|| {
		billed(Way::Metered(500), 500);
		pass(CONFIRM_BY);
		let fines = fines();
		assert_eq!(fines, vec![fined(Alice, 200, 0, SMALLEST_FINE), fined(Bob, 200, 0, 200)]);
		assert_eq!((balance(Alice), balance(Bob)), (MONEY - 1_200, MONEY + 800));
	});
}

/// A trade at the highest price has the smallest bond: what it does not cover is a debt.
#[test]
fn a_fine_beyond_the_bond_is_a_debt() {
	run(|| {
		assert_ok!(offer(Charlie, Supply { price: CAP, ..unmetered() }));
		assert_ok!(request(Alice, demand(), 10_000));
		run_to(WINDOW_END);
		assert_ok!(respond(0));
		assert_ok!(pay(KEY, 0, 0, 1_000));
		assert_eq!(bonded(Charlie), SMALLEST_FINE);
		forget();
		pass(SLOT_END);
		let (from_bond, owed) = (SMALLEST_FINE, 1_900);
		let fine = Fined { from_wallets: 0, owed, ..fined(Charlie, 2_000, 0, from_bond) };
		assert_eq!(fines(), vec![fine]);
		assert_eq!((debt(Charlie), balance(Charlie)), (owed, MONEY - SMALLEST_FINE));
	});
}

/// The seller's own shared wallets, as a buyer, pay before a debt arises.
#[test]
fn a_fine_beyond_the_bond_looks_into_wallets() {
	run(|| {
		let later = Demand { slot: SLOT + 3 * LENGTH, ..demand() };
		assert_ok!(request(Charlie, later, 5_000));
		assert_ok!(offer(Charlie, Supply { price: CAP, ..unmetered() }));
		assert_ok!(request(Alice, demand(), 10_000));
		run_to(WINDOW_END);
		assert_ok!(respond(1));
		assert_ok!(pay(KEY, 1, 0, 1_000));
		forget();
		pass(SLOT_END);
		assert_eq!(fines(), vec![fined(Charlie, 2_000, 0, SMALLEST_FINE)]);
		assert_eq!(parts(0), (3_100, 0));
	});
}

/// A payout pays its seller's debts first.
#[test]
fn payouts_pay_debts_first() {
	run(|| {
		billed(Way::Metered(1_000), 1_000);
		world(|world| world.fines.insert(tag(Bob), 500));
		assert_ok!(confirm(Alice, 0));
		assert_eq!(events(), settled(Outcome::Confirmed, 1_000, AMOUNT));
		assert_eq!((debt(Bob), in_pot()), (0, 500));
		assert_eq!(balance(Bob), MONEY + AMOUNT - 500);
	});
}

/// A bond is of the day of the payment; what is posted covers the trade, not the offer.
#[test]
fn a_bond_is_posted_for_each_fill() {
	run(|| {
		responded(Way::Unmetered);
		assert_ok!(pay(KEY, 0, 0, 300));
		assert_eq!(bonded(Charlie), 2_400 + SMALLEST_FINE);
		assert_ok!(pay(KEY, 0, 0, 101));
		assert_eq!(bonded(Charlie), 2_400 + 808 + 2 * SMALLEST_FINE);
		assert_eq!(balance(Charlie), MONEY - bonded(Charlie));
		assert_eq!(held(Alice), FUNDING);
	});
}
