//! What lines and meters can carry, and sellers without a bond: nothing more is promised, and what
//! cannot be is not the buyer's fault.

use super::{delivered, impossible, paid, responded, Way, FUNDING};
use crate::{mock::*, pallet::*, types::*};
use frame_support::{
	assert_noop, assert_ok,
	traits::{fungible::Mutate, tokens::Preservation},
};
use voltree_primitives::{LineId, Watts};

/// Power that moves 1 kWh in a slot of the tests.
const ONE: Watts = 60_000;

fn capacity(line: LineId, watts: Watts) {
	world(|world| world.capacities.insert(line, watts));
}

fn rated(watts: Watts) {
	world(|world| world.meters.get_mut(&id(METER)).unwrap().rated_power = watts);
}

/// Alice's request ends without anybody's fault, because nothing could be paid.
fn excused() {
	forget();
	pass(LATE_BY);
	let ended = Event::RequestEnded { request: 0, ending: Ending::NothingToPay };
	assert!(events().contains(&ended));
	assert_eq!((deeds(), balance(Alice)), (vec![], MONEY));
}

/// An offer fits into its line. Otherwise [`Error::ExceedsLineCapacity`].
#[test]
fn an_offer_fits_into_its_line() {
	run(|| {
		capacity(LINE, ONE);
		let sized = |volume| offer(Bob, Supply { volume, ..metered() });
		assert_noop!(sized(1_001), Error::<Test>::ExceedsLineCapacity);
		assert_ok!(sized(1_000));
		// Offers may compete for it.
		assert_ok!(offer(Charlie, unmetered()));
		capacity(LINE, 0);
		assert_noop!(sized(100), Error::<Test>::ExceedsLineCapacity);
	});
}

/// What was sold of the line is gone for later offers of that slot.
#[test]
fn an_offer_fits_into_what_is_left_of_its_line() {
	run(|| {
		capacity(LINE, ONE);
		responded(Way::Metered(0));
		assert_ok!(pay(KEY, 0, 0, 600));
		let sized = |volume, slot| offer(Charlie, Supply { volume, slot, ..unmetered() });
		assert_noop!(sized(401, SLOT), Error::<Test>::ExceedsLineCapacity);
		assert_ok!(sized(400, SLOT));
		assert_ok!(sized(1_000, SLOT + LENGTH));
	});
}

/// So does a trade, where it is fed in.
#[test]
fn a_trade_fits_into_the_sellers_line() {
	run(|| {
		capacity(LINE, ONE);
		assert_ok!(offer(Charlie, unmetered()));
		assert_ok!(request(Dave, demand(), FUNDING));
		run_to(WINDOW_END);
		assert_ok!(respond(0));
		assert_ok!(offer(Bob, metered()));
		assert_ok!(pay(KEY, 0, 0, 700));
		let load = Load { fed: 700, taken: 700 };
		assert_eq!(LineLoads::<Test>::get(LINE, SLOT), load);
		assert_noop!(pay(KEY, 0, 1, 301), Error::<Test>::InvalidVolume);
		capacity(LINE, ONE - 60);
		assert_noop!(pay(KEY, 0, 1, 300), Error::<Test>::ExceedsLineCapacity);
		assert_ok!(pay(KEY, 0, 1, 100));
		capacity(LINE, ONE);
		assert_ok!(pay(KEY, 0, 1, 200));
	});
}

/// And where it is taken.
#[test]
fn a_trade_fits_into_the_buyers_line() {
	run(|| {
		capacity(LINE, ONE / 2);
		let lines = vec![LINE, OTHER_LINE].try_into().unwrap();
		assert_ok!(offer(Bob, Supply { line: OTHER_LINE, ..unmetered() }));
		assert_ok!(request(Alice, Demand { lines, ..demand() }, FUNDING));
		run_to(WINDOW_END);
		assert_ok!(respond(0));
		assert_noop!(pay(KEY, 0, 0, 501), Error::<Test>::ExceedsLineCapacity);
		assert_ok!(pay(KEY, 0, 0, 500));
		assert_eq!(LineLoads::<Test>::get(LINE, SLOT), Load { fed: 0, taken: 500 });
		assert_eq!(LineLoads::<Test>::get(OTHER_LINE, SLOT), Load { fed: 500, taken: 0 });
		impossible(0, 100, Error::ExceedsLineCapacity);
	});
}

/// A line that is full when the payment date comes excuses the buyer.
#[test]
fn a_full_line_excuses_the_buyer() {
	run(|| {
		responded(Way::Unmetered);
		capacity(LINE, 0);
		impossible(0, 100, Error::ExceedsLineCapacity);
		excused();
	});
}

/// Settled, withdrawn or stopped: the line is free again.
#[test]
fn a_line_is_free_again() {
	run(|| {
		paid(Way::Unmetered);
		assert_eq!(LineLoads::<Test>::iter().count(), 1);
		assert_ok!(withdraw_trade(Charlie, 0));
		assert_eq!(LineLoads::<Test>::iter().count(), 0);
	});
}

/// A meter's offers together fit into its rated power. Otherwise [`Error::ExceedsRatedPower`].
#[test]
fn offers_fit_into_the_rated_power() {
	run(|| {
		rated(ONE);
		let sized = |volume| offer(Bob, Supply { volume, ..metered() });
		assert_noop!(sized(1_001), Error::<Test>::ExceedsRatedPower);
		assert_ok!(sized(600));
		assert_noop!(sized(401), Error::<Test>::ExceedsRatedPower);
		assert_ok!(sized(300));
		assert_ok!(sized(100));
		assert_noop!(sized(100), Error::<Test>::ExceedsRatedPower);
		// Another slot has its own; and what is withdrawn can be offered again.
		assert_ok!(offer(Bob, Supply { slot: SLOT + LENGTH, ..metered() }));
		assert_ok!(withdraw_offer(Bob, 1));
		assert_ok!(sized(300));
	});
}

/// What was sold stays promised, until the meter was read or the trade has ended.
#[test]
fn sold_energy_stays_promised() {
	run(|| {
		rated(ONE);
		responded(Way::Metered(0));
		assert_ok!(pay(KEY, 0, 0, 700));
		assert_ok!(withdraw_offer(Bob, 0));
		let sized = |volume| offer(Bob, Supply { volume, ..metered() });
		assert_noop!(sized(301), Error::<Test>::ExceedsRatedPower);
		assert_ok!(sized(300));
		assert_ok!(withdraw_trade(Bob, 0));
		assert_ok!(sized(700));
	});
	run(|| {
		delivered(Way::Metered(1_000));
		assert_eq!(MeterSlots::<Test>::iter().count(), 0);
	});
}

/// A rest that is too small to be sold is not promised.
#[test]
fn rests_are_not_promised() {
	run(|| {
		responded(Way::Metered(0));
		assert_ok!(pay(KEY, 0, 0, 950));
		let promised =
			MeterSlot { waiting: 1, promised: 950, allotted: 0, meter_by: Some(METER_BY) };
		assert_eq!(MeterSlots::<Test>::get((id(METER), SLOT)), promised);
	});
}

/// Bob spends all he has.
fn ruin(who: Keyring) {
	let all = balance(who) - EXISTENTIAL_DEPOSIT;
	assert_ok!(Balances::transfer(&id(who), &id(Dave), all, Preservation::Preserve));
}

/// One collateral behind several offers: who cannot post the bond is not paid. Then
/// [`Error::SellerWithoutBond`], as the reason why it is impossible, or as what refuses the call if
/// there is enough for a smaller fill.
#[test]
fn a_seller_posts_his_bond() {
	run(|| {
		responded(Way::Unmetered);
		ruin(Charlie);
		impossible(0, 1_000, Error::SellerWithoutBond);
		// Just enough for less.
		let enough = 800 + SMALLEST_FINE;
		assert_ok!(Balances::transfer(&id(Dave), &id(Charlie), enough, Preservation::Preserve));
		assert_noop!(pay(KEY, 0, 0, 101), Error::<Test>::SellerWithoutBond);
		assert_ok!(pay(KEY, 0, 0, 100));
		assert_eq!(bonded(Charlie), enough);
	});
}

/// And his buyer is not to blame.
#[test]
fn a_seller_without_a_bond_excuses_the_buyer() {
	run(|| {
		responded(Way::Unmetered);
		ruin(Charlie);
		excused();
	});
	// With money for the smallest fill he could have been paid.
	run(|| {
		responded(Way::Unmetered);
		ruin(Charlie);
		let enough = 800 + SMALLEST_FINE;
		assert_ok!(Balances::transfer(&id(Dave), &id(Charlie), enough, Preservation::Preserve));
		pass(LATE_BY);
		assert_eq!(balance(Alice), MONEY - SMALLEST_FINE);
	});
}
