//! Proven loss: what the buyer pays the grid for what is missing, which is his before anything else.

use super::{billed, fined, paid, started, Way, AMOUNT, FUNDING};
use crate::{mock::*, pallet::*, types::*};
use frame_support::assert_ok;
use voltree_primitives::{Balance, Price};

/// Trade 0 of Bob is not started, with the grid at `price` if it says so.
fn not_started(price: Option<Price>) {
	if let Some(price) = price {
		assert_ok!(set_grid_prices(SLOT, &[price]));
	}
	paid(Way::Silent);
	pass(SLOT_END);
}

/// Bob pays `fine`, of which `loss` is Alice's and the rest the pot's.
fn costs(fine: Balance, loss: Balance) {
	assert_eq!(fines(), vec![fined(Bob, fine, loss, fine)]);
	assert_eq!((in_pot(), bonded(Bob)), (fine - loss, 0));
	assert_eq!(balance(Bob), MONEY - fine);
}

/// The loss is what the grid is dearer than the trade; the fine is at least that.
#[test]
fn is_what_the_grid_is_dearer() {
	let cases = [(2_001, FINE, 1), (2_200, FINE, 200), (6_000, 4_000, 4_000), (CAP, 8_000, 8_000)];
	for (price, fine, loss) in cases {
		run(|| {
			not_started(Some(price));
			costs(fine, loss);
			assert_eq!(balance(Alice), MONEY + loss);
		});
	}
}

/// No price, or a grid that is cheaper: no loss, only the fine.
#[test]
fn is_nothing_without_a_dearer_grid() {
	for price in [None, Some(10), Some(PRICE)] {
		run(|| {
			not_started(price);
			costs(FINE, 0);
			assert_eq!(balance(Alice), MONEY);
		});
	}
}

/// It is about what is missing, rounded down.
#[test]
fn is_about_what_is_missing() {
	run(|| {
		assert_ok!(set_grid_prices(SLOT, &[6_001]));
		billed(Way::Metered(499), 499);
		assert_ok!(confirm(Alice, 0));
		// 501 x 4,001 = 2,004,501 thousandths.
		assert_eq!(fines(), vec![fined(Bob, 2_004, 2_004, 2_004)]);
		assert_eq!(balance(Alice), MONEY - 998 + 2_004);
	});
}

/// A price above the cap of the day the trade was made counts as that cap, which the bond covers.
#[test]
fn is_bounded_by_the_cap_of_the_trade() {
	run(|| {
		assert_ok!(set_grid_prices(SLOT, &[CAP]));
		assert_ok!(set_parameters(Parameters { price_cap: 5_000, ..parameters() }));
		assert_ok!(offer(Bob, metered()));
		assert_ok!(request(Alice, demand(), FUNDING));
		run_to(START + NOTICE);
		assert_ok!(respond(0));
		assert_ok!(pay(KEY, 0, 0, 1_000));
		assert_eq!((Trades::<Test>::get(0).unwrap().cap, bonded(Bob)), (5_000, 3_100));
		forget();
		pass(SLOT_END);
		costs(3_000, 3_000);
	});
}

/// The price of the buyer's line counts, not that of the seller's.
#[test]
fn is_that_of_the_buyers_line() {
	run(|| {
		assert_ok!(set_grid_prices(SLOT, &[3_000]));
		let prices = vec![9_000].try_into().unwrap();
		let elsewhere = Call::<Test>::set_grid_prices { line: OTHER_LINE, first: SLOT, prices };
		assert_ok!(dispatch(signed(GRID), elsewhere));
		let lines = vec![LINE, OTHER_LINE].try_into().unwrap();
		assert_ok!(offer(Bob, Supply { line: OTHER_LINE, ..unmetered() }));
		assert_ok!(request(Alice, Demand { lines, ..demand() }, FUNDING));
		run_to(WINDOW_END);
		assert_ok!(respond(0));
		assert_ok!(pay(KEY, 0, 0, 1_000));
		forget();
		pass(SLOT_END);
		costs(1_000, 1_000);
	});
}

/// Half a fine is half of the share and of the smallest fine, never of the loss.
#[test]
fn is_not_halved() {
	for (price, fine, loss) in [(2_100, FINE / 2, 100), (2_300, 300, 300), (6_000, 4_000, 4_000)] {
		run(|| {
			assert_ok!(set_grid_prices(SLOT, &[price]));
			paid(Way::Silent);
			assert_ok!(withdraw_trade(Bob, 0));
			costs(fine, loss);
			assert_eq!(balance(Alice), MONEY + loss);
		});
	}
}

/// It is noted when the slot has ended, so that it is still known when the trade is judged.
#[test]
fn is_known_when_the_slot_has_ended() {
	run(|| {
		assert_ok!(set_grid_prices(SLOT, &[6_000]));
		started(Way::Unmetered);
		assert_eq!(Trades::<Test>::get(0).unwrap().grid_price, 0);
		pass(SLOT_END);
		assert_eq!(Trades::<Test>::get(0).unwrap().grid_price, 6_000);
		GridPrices::<Test>::remove(LINE, crate::agenda::Sorted::from(SLOT));
		pass(BILL_BY);
		assert_eq!(fines(), vec![fined(Charlie, 4_000, 4_000, 4_000)]);
	});
}

/// Nobody is injured by a buyer's fault.
#[test]
fn is_nothing_for_a_fault_of_the_buyer() {
	run(|| {
		assert_ok!(set_grid_prices(SLOT, &[6_000]));
		billed(Way::Metered(1_000), 1_000);
		pass(CONFIRM_BY);
		assert_eq!(fines(), vec![fined(Alice, FINE, 0, SMALLEST_FINE)]);
		assert_eq!(balance(Bob), MONEY + AMOUNT);
	});
}

/// An injured party who owes fines himself pays them with it.
#[test]
fn pays_the_injured_partys_fines_first() {
	run(|| {
		assert_ok!(set_grid_prices(SLOT, &[6_000]));
		paid(Way::Silent);
		world(|world| world.fines.insert(tag(Alice), 1_500));
		pass(SLOT_END);
		assert_eq!((debt(Alice), in_pot(), balance(Alice)), (0, 1_500, MONEY + 2_500));
	});
}
