//! What the buyer's faults cost: out of the bond, then out of the shared wallets, else a debt.

use super::{billed, fined, responded, Way, AMOUNT, FUNDING};
use crate::{mock::*, pallet::*, types::*};
use frame_support::assert_ok;
use voltree_primitives::Cause;

/// Charlie's offer is quoted to Alice's request 0, whose wallet holds `funding`.
fn quoted(supply: Supply<AccountId>, funding: u128) {
	assert_ok!(offer(Charlie, supply));
	assert_ok!(request(Alice, demand(), funding));
	run_to(WINDOW_END);
	assert_ok!(respond(0));
	forget();
}

/// Paid late: a fine of a fifth of the fill's value, the bond first, then the wallet's free part.
#[test]
fn paid_late() {
	run(|| {
		responded(Way::Unmetered);
		pass(PAY_BY);
		assert_ok!(pay(KEY, 0, 0, 1_000));
		assert_eq!(fines(), vec![fined(Alice, FINE, 0, SMALLEST_FINE)]);
		assert_eq!(parts(0), (FUNDING - AMOUNT - FINE + SMALLEST_FINE, AMOUNT));
		assert_eq!((bonded(Alice), Requests::<Test>::get(0).unwrap().bond), (0, 0));
		assert_eq!((in_pot(), debt(Alice)), (FINE, 0));
	});
}

/// A fine is never below the smallest, and only the first late fill costs one.
#[test]
fn paid_late_costs_the_smallest_fine_at_least_and_once() {
	run(|| {
		responded(Way::Unmetered);
		pass(PAY_BY);
		assert_ok!(pay(KEY, 0, 0, 100));
		assert_ok!(pay(KEY, 0, 0, 900));
		assert_eq!(fines(), vec![fined(Alice, SMALLEST_FINE, 0, SMALLEST_FINE)]);
	});
}

/// In time costs nothing, and the bond comes back with the request.
#[test]
fn paid_in_time() {
	run(|| {
		responded(Way::Unmetered);
		run_to(PAY_BY);
		assert_ok!(pay(KEY, 0, 0, 1_000));
		assert_eq!((fines(), bonded(Alice)), (vec![], SMALLEST_FINE));
		pass(SLOT_END);
		assert_eq!((bonded(Alice), balance(Alice)), (0, MONEY));
	});
}

/// Not paid: the smallest eligible fill counts, at the price of its offer.
#[test]
fn not_paid() {
	run(|| {
		assert_ok!(offer(Dave, Supply { smallest_fill: 800, ..unmetered() }));
		quoted(Supply { smallest_fill: 500, price: 3_000, ..unmetered() }, FUNDING);
		pass(PAY_BY);
		assert_eq!(Judged::<Test>::get(0), Some(Some(Missed { volume: 500, price: 3_000 })));
		pass(LATE_BY);
		assert_eq!(fines(), vec![fined(Alice, 300, 0, SMALLEST_FINE)]);
		assert_eq!(deeds(), vec![Deed::Untimely(tag(Alice), 500, Cause::NotPaid)]);
		assert_eq!((held(Alice), bonded(Alice), balance(Alice)), (0, 0, MONEY - 300));
		assert_eq!(in_pot(), 300);
		pass(GATE);
		check_empty();
	});
}

/// Cancelled after the response costs the same.
#[test]
fn cancelled_after_the_response() {
	run(|| {
		quoted(Supply { smallest_fill: 1_000, ..unmetered() }, FUNDING);
		assert_ok!(cancel(Alice, 0));
		assert_eq!(fines(), vec![fined(Alice, FINE, 0, SMALLEST_FINE)]);
		assert_eq!(balance(Alice), MONEY - FINE);
	});
}

/// Without money in a shared wallet the rest is a debt; the buyer's account is not touched.
#[test]
fn what_is_not_there_is_a_debt() {
	run(|| {
		quoted(Supply { smallest_fill: 1_000, ..unmetered() }, 0);
		pass(LATE_BY);
		let owed = FINE - SMALLEST_FINE;
		assert_eq!(fines(), vec![Fined { from_wallets: 0, owed, ..fined(Alice, FINE, 0, 100) }]);
		assert_eq!((debt(Alice), balance(Alice)), (owed, MONEY - SMALLEST_FINE));
	});
}

/// The person's other shared wallets pay, the oldest first, and what is free in them only.
#[test]
fn other_wallets_pay_the_oldest_first() {
	run(|| {
		for (slot, funding) in [(SLOT + LENGTH, 200), (SLOT + 2 * LENGTH, 5_000)] {
			assert_ok!(request(Alice, Demand { slot, ..demand() }, funding));
		}
		assert_ok!(offer(Charlie, Supply { smallest_fill: 1_000, ..unmetered() }));
		assert_ok!(request(WALLET_OF_ALICE, demand(), 5_000));
		run_to(WINDOW_END);
		assert_ok!(respond(2));
		forget();
		assert_ok!(cancel(Alice, 2));
		assert_eq!(fines(), vec![fined(Alice, FINE, 0, SMALLEST_FINE)]);
		assert_eq!((parts(0), parts(1)), ((0, 0), (4_900, 0)));
		assert_eq!(bonded(Alice), 2 * SMALLEST_FINE);
	});
}

/// Sixteen shared wallets are looked at; the others pay the debt when they close.
#[test]
fn a_fine_looks_into_sixteen_wallets() {
	run(|| {
		let later = |funding| {
			let asked = Demand { slot: SLOT + LENGTH, volume: 100, ..demand() };
			assert_ok!(request(Alice, asked, funding));
		};
		assert_ok!(offer(Charlie, Supply { smallest_fill: 1_000, ..unmetered() }));
		assert_ok!(request(Alice, demand(), 0));
		(0..14).for_each(|_| later(0));
		later(50);
		later(5_000);
		run_to(WINDOW_END);
		assert_ok!(respond(0));
		forget();
		assert_ok!(cancel(Alice, 0));
		assert_eq!((parts(15), parts(16), debt(Alice)), ((0, 0), (5_000, 0), 250));
		assert_ok!(cancel(Alice, 16));
		assert_eq!((debt(Alice), in_pot()), (0, FINE));
	});
}

/// Not confirmed though the meters attest: a fine of what is payable.
#[test]
fn not_confirmed() {
	for (volume, fine) in [(1_000, FINE), (300, 120), (100, SMALLEST_FINE)] {
		run(|| {
			billed(Way::Metered(1_000), volume);
			pass(CONFIRM_BY);
			assert_eq!(fines(), vec![fined(Alice, fine, 0, SMALLEST_FINE)]);
			assert_eq!(balance(Alice), MONEY - u128::from(volume) * 2 - fine);
			assert_eq!((bonded(Alice), in_pot()), (0, fine));
		});
	}
}

/// Late and not confirmed: the second fine finds the bond gone.
#[test]
fn late_and_not_confirmed() {
	run(|| {
		responded(Way::Metered(0));
		pass(PAY_BY);
		assert_ok!(pay(KEY, 0, 0, 1_000));
		run_to(GATE);
		assert_ok!(start(Bob, 0));
		meter_exports(METER, 1_000);
		pass(METER_BY);
		assert_ok!(bill(Bob, 0, 1_000, Bob));
		forget();
		pass(CONFIRM_BY);
		assert_eq!(fines(), vec![fined(Alice, FINE, 0, 0)]);
		assert_eq!(balance(Alice), MONEY - AMOUNT - 2 * FINE);
	});
}

/// Without meters the silence counts, but costs neither credit nor money.
#[test]
fn not_confirmed_without_meters() {
	run(|| {
		billed(Way::Unmetered, 1_000);
		pass(RULE_BY);
		assert_eq!(fines(), vec![]);
		assert_eq!(deeds(), vec![Deed::Untimely(tag(Alice), 0, Cause::NotConfirmed)]);
		assert_eq!((bonded(Alice), balance(Alice)), (0, MONEY));
	});
}

/// A debt is paid by what comes back: bond and free part, before the person has it.
#[test]
fn what_comes_back_pays_debts_first() {
	run(|| {
		assert_ok!(request(Alice, demand(), FUNDING));
		world(|world| world.fines.insert(tag(Alice), 350));
		assert_ok!(cancel(Alice, 0));
		assert_eq!((debt(Alice), in_pot(), balance(Alice)), (0, 350, MONEY - 350));
	});
}

/// Without a smallest fine and rate there is no fine at all.
#[test]
fn terms_without_fines_fine_nobody() {
	ExtBuilder::default()
		.world(|world| (world.terms.fine_rate, world.terms.smallest_fine) = (0, 0))
		.run(|| {
			quoted(unmetered(), FUNDING);
			assert_eq!(bonded(Alice), 0);
			pass(LATE_BY);
			assert_eq!(fines(), vec![]);
			assert_eq!(deeds(), vec![Deed::Untimely(tag(Alice), 100, Cause::NotPaid)]);
		});
}
