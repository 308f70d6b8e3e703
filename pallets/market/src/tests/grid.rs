//! `set_grid_prices` and `set_grid_key`: what the grid's power costs, said in advance.

use crate::{agenda::Sorted, mock::*, pallet::*};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::{traits::BadOrigin, DispatchResult};
use voltree_primitives::{LineId, Moment, Price};

const DAY: Moment = 86_400_000;

fn set_by(who: Keyring, line: LineId, first: Moment, prices: &[Price]) -> DispatchResult {
	let prices = prices.to_vec().try_into().unwrap();
	dispatch(signed(who), Call::<Test>::set_grid_prices { line, first, prices })
}

fn set_key(key: Option<Keyring>) -> DispatchResult {
	dispatch(RuntimeOrigin::root(), Call::<Test>::set_grid_key { key: key.map(id) })
}

/// A price for each slot from the first on, on one line.
#[test]
fn works() {
	run(|| {
		assert_ok!(set_grid_prices(SLOT, &[3_000, 10, CAP]));
		let prices = vec![3_000, 10, CAP].try_into().unwrap();
		assert_eq!(events(), vec![Event::GridPricesSet { line: LINE, first: SLOT, prices }]);
		let price = |line, slot| Market::grid_price(line, slot);
		assert_eq!(price(LINE, SLOT - LENGTH), None);
		assert_eq!(price(LINE, SLOT), Some(3_000));
		assert_eq!(price(LINE, SLOT + LENGTH), Some(10));
		assert_eq!(price(LINE, SLOT + 2 * LENGTH), Some(CAP));
		assert_eq!(price(LINE, SLOT + 3 * LENGTH), None);
		assert_eq!(price(OTHER_LINE, SLOT), None);
	});
}

/// Each line has its own.
#[test]
fn works_for_several_lines() {
	run(|| {
		assert_ok!(set_by(GRID, LINE, SLOT, &[1_000]));
		assert_ok!(set_by(GRID, OTHER_LINE, SLOT, &[2_000]));
		assert_eq!(Market::grid_price(LINE, SLOT), Some(1_000));
		assert_eq!(Market::grid_price(OTHER_LINE, SLOT), Some(2_000));
	});
}

/// Only the grid's key. Otherwise [`Error::NotTheGrid`].
#[test]
fn fails_for_others() {
	run(|| {
		for who in [Alice, Bob, SERVICE, STRANGER] {
			assert_noop!(set_by(who, LINE, SLOT, &[1_000]), Error::<Test>::NotTheGrid);
		}
	});
}

/// The authority names the key; without one nobody says anything.
#[test]
fn the_authority_names_the_key() {
	run(|| {
		assert_ok!(set_key(Some(STRANGER)));
		assert_eq!(events(), vec![Event::GridKeySet { key: Some(id(STRANGER)) }]);
		assert_noop!(set_by(GRID, LINE, SLOT, &[1_000]), Error::<Test>::NotTheGrid);
		assert_ok!(set_by(STRANGER, LINE, SLOT, &[1_000]));
		assert_ok!(set_key(None));
		assert_eq!(GridKey::<Test>::get(), None);
		assert_noop!(set_by(STRANGER, LINE, SLOT, &[1_000]), Error::<Test>::NotTheGrid);
	});
}

/// The line is known. Otherwise [`Error::InvalidLine`].
#[test]
fn fails_for_an_unknown_line() {
	run(|| {
		assert_noop!(set_by(GRID, 1, SLOT, &[1_000]), Error::<Test>::InvalidLine);
	});
}

/// Every price lies between floor and cap, or none is set. Otherwise
/// [`Error::PriceOutOfRange`].
#[test]
fn fails_for_a_price_out_of_range() {
	run(|| {
		for price in [0, 9, CAP + 1, Price::MAX] {
			assert_noop!(set_grid_prices(SLOT, &[price]), Error::<Test>::PriceOutOfRange);
			assert_noop!(set_grid_prices(SLOT, &[10, price]), Error::<Test>::PriceOutOfRange);
		}
		assert_eq!(Market::grid_price(LINE, SLOT), None);
	});
}

/// In advance only: not after the gate. Otherwise [`Error::TooLate`].
#[test]
fn fails_after_the_gate() {
	run(|| {
		run_to(GATE);
		assert_ok!(set_grid_prices(SLOT, &[1_000]));
		run_to(GATE + LENGTH + 1);
		assert_noop!(set_grid_prices(SLOT + LENGTH, &[1_000]), Error::<Test>::TooLate);
		assert_noop!(set_grid_prices(0, &[1_000]), Error::<Test>::TooLate);
	});
}

/// For slots, within the horizon. Otherwise [`Error::NotASlot`] and [`Error::BeyondHorizon`].
#[test]
fn fails_for_what_cannot_be_traded() {
	run(|| {
		assert_noop!(set_grid_prices(SLOT + 1, &[1_000]), Error::<Test>::NotASlot);
		let last = START + 10 * LENGTH;
		assert_noop!(set_grid_prices(last, &[1_000; 2]), Error::<Test>::BeyondHorizon);
		assert_ok!(set_grid_prices(last, &[1_000]));
	});
}

/// Once: nobody trades on a price that moves. Otherwise [`Error::GridPriceSet`].
#[test]
fn fails_for_a_price_that_was_set() {
	run(|| {
		assert_ok!(set_grid_prices(SLOT + LENGTH, &[1_000]));
		assert_noop!(set_grid_prices(SLOT + LENGTH, &[1_000]), Error::<Test>::GridPriceSet);
		assert_noop!(set_grid_prices(SLOT, &[1_000; 3]), Error::<Test>::GridPriceSet);
		assert_ok!(set_grid_prices(SLOT, &[1_000]));
	});
}

/// Old prices leave as new ones come, twice as fast, and those of other lines stay.
#[test]
fn old_prices_leave() {
	run(|| {
		assert_ok!(set_grid_prices(SLOT, &[1_000; 5]));
		assert_ok!(set_by(GRID, OTHER_LINE, SLOT, &[1_000]));
		let kept = |line| GridPrices::<Test>::iter_key_prefix(line).count();
		let later = |now: Moment| {
			world(|world| world.now = now);
			now.div_ceil(LENGTH) * LENGTH + LENGTH
		};
		// A month and two days after the first slot began it is just not old.
		let first = later(SLOT + 33 * DAY);
		assert_ok!(set_grid_prices(first, &[1_000]));
		assert_eq!(kept(LINE), 6);
		let first = later(SLOT + 34 * DAY);
		assert_ok!(set_grid_prices(first, &[1_000]));
		assert_eq!(kept(LINE), 5);
		assert_eq!(Market::grid_price(LINE, SLOT + LENGTH), None);
		assert_eq!(Market::grid_price(LINE, SLOT + 2 * LENGTH), Some(1_000));
		assert_ok!(set_grid_prices(first + LENGTH, &[1_000; 3]));
		let starts = GridPrices::<Test>::iter_key_prefix(LINE).map(u64::from).collect::<Vec<_>>();
		assert!(starts.iter().all(|start| *start >= SLOT + 33 * DAY), "{starts:?}");
		assert_eq!((kept(LINE), kept(OTHER_LINE)), (5, 1));
	});
}

/// Prices sort by the start of their slots.
#[test]
fn prices_lie_in_order() {
	run(|| {
		for slot in [3, 1, 2] {
			assert_ok!(set_grid_prices(SLOT + slot * LENGTH, &[1_000]));
		}
		let starts = GridPrices::<Test>::iter_key_prefix(LINE).collect::<Vec<_>>();
		assert_eq!(starts, [1, 2, 3].map(|slot| Sorted::from(SLOT + slot * LENGTH)).to_vec());
	});
}

#[test]
fn fails_for_a_wrong_origin() {
	run(|| {
		let prices = || Call::<Test>::set_grid_prices {
			line: LINE,
			first: SLOT,
			prices: vec![1_000].try_into().unwrap(),
		};
		assert_noop!(dispatch(RuntimeOrigin::none(), prices()), BadOrigin);
		assert_noop!(dispatch(RuntimeOrigin::root(), prices()), BadOrigin);
		for origin in [RuntimeOrigin::none(), signed(GRID), signed(SERVICE)] {
			assert_noop!(dispatch(origin, Call::<Test>::set_grid_key { key: None }), BadOrigin);
		}
	});
}
