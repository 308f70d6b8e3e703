//! `request`: a buyer asks for power.

use super::FUNDING;
use crate::{mock::*, pallet::*, types::*};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::{traits::BadOrigin, TokenError};
use voltree_primitives::LineId;

fn lines(lines: &[LineId]) -> Demand<AccountId> {
	Demand { lines: lines.to_vec().try_into().unwrap(), ..demand() }
}

/// The request is stored with its terms, its shared wallet is open and funded.
#[test]
fn works() {
	run(|| {
		let asked = Demand { lines: vec![LINE, OTHER_LINE].try_into().unwrap(), ..demand() };
		assert_ok!(request(Alice, asked.clone(), FUNDING));
		assert_eq!(
			Requests::<Test>::get(0),
			Some(Request {
				buyer: id(Alice),
				tag: tag(Alice),
				volume: 1_000,
				filled: 0,
				lines: asked.lines.clone(),
				slot: DeliverySlot { start: SLOT, end: SLOT_END, gate: GATE },
				max_price: asked.max_price,
				min_credit: 0,
				meter: None,
				unmetered: true,
				version: 0,
				terms: TERMS,
				bond: SMALLEST_FINE,
				opened: START,
				collect_until: WINDOW_END,
				round: ROUND,
				fills: 0,
				unsettled: 0,
				seen: START,
				state: RequestState::Open { respond_by: RESPOND_BY },
				quoted: Default::default(),
			})
		);
		assert_eq!(parts(0), (FUNDING, 0));
		assert_eq!((held(Alice), bonded(Alice)), (FUNDING, SMALLEST_FINE));
		let items = vec![Item::Request(0)].try_into().unwrap();
		assert_eq!(Desks::<Test>::get(tag(Alice)), Desk { volume: 1_000, items });
		let requested =
			Event::Requested { request: 0, buyer: id(Alice), tag: tag(Alice), demand: asked };
		assert_eq!(events(), vec![requested]);
	});
}

/// Numbers rise; funding can come later.
#[test]
fn works_without_funding() {
	run(|| {
		assert_ok!(request(Alice, demand(), 0));
		assert_ok!(request(Dave, demand(), 0));
		assert_eq!(parts(1), (0, 0));
		assert_eq!(Requests::<Test>::get(1).unwrap().buyer, id(Dave));
	});
}

/// A linked wallet acts for its owner, whose account the money is held on.
#[test]
fn works_by_a_linked_wallet() {
	run(|| {
		assert_ok!(request(WALLET_OF_ALICE, demand(), FUNDING));
		assert_eq!(Requests::<Test>::get(0).unwrap().buyer, id(Alice));
		assert_eq!(held(Alice), FUNDING);
	});
}

/// The buyer's own meter on his own line may be named.
#[test]
fn works_with_the_buyers_meter() {
	run(|| {
		assert_ok!(request(Bob, Demand { meter: Some(id(METER)), ..demand() }, 0));
		assert_eq!(Requests::<Test>::get(0).unwrap().meter, Some(id(METER)));
	});
}

/// Many authors make long rounds, and no window is shorter than three of them.
#[test]
fn windows_are_three_rounds_at_least() {
	run(|| {
		world(|world| world.round = 10_000);
		assert_ok!(request(Alice, demand(), 0));
		let respond_by = GATE - 30_000 - 30_000;
		let state = Requests::<Test>::get(0).unwrap().state;
		assert_eq!(state, RequestState::Open { respond_by });
		run_to(respond_by - 30_000);
		assert_ok!(request(Alice, demand(), 0));
		run_to(respond_by - 30_000 + 1);
		assert_noop!(request(Alice, demand(), 0), Error::<Test>::TooCloseToGate);
	});
}

/// Only buyers in good standing open business.
#[test]
fn fails_without_good_standing() {
	run(|| {
		assert_noop!(request(STRANGER, demand(), 0), "not certified");
		world(|world| world.barred.insert(tag(Alice)));
		assert_noop!(request(Alice, demand(), 0), "barred");
		assert_noop!(request(WALLET_OF_ALICE, demand(), 0), "barred");
	});
}

/// A slot starts at a multiple of its length. Otherwise [`Error::NotASlot`].
#[test]
fn fails_for_a_time_that_is_no_slot() {
	run(|| {
		for slot in [SLOT + 1, SLOT - 1] {
			assert_noop!(request(Alice, Demand { slot, ..demand() }, 0), Error::<Test>::NotASlot);
		}
	});
}

/// A slot whose gate has passed is not traded. Otherwise [`Error::TooLate`].
#[test]
fn fails_after_the_gate() {
	run(|| {
		for slot in [0, START, START - LENGTH] {
			assert_noop!(request(Alice, Demand { slot, ..demand() }, 0), Error::<Test>::TooLate);
		}
		run_to(GATE + 1);
		assert_noop!(request(Alice, demand(), 0), Error::<Test>::TooLate);
	});
}

/// Nor one beyond the horizon. Otherwise [`Error::BeyondHorizon`].
#[test]
fn fails_beyond_the_horizon() {
	run(|| {
		let slot = START + 10 * LENGTH;
		assert_ok!(request(Alice, Demand { slot, ..demand() }, 0));
		for slot in [slot + LENGTH, u64::MAX / LENGTH * LENGTH] {
			assert_noop!(
				request(Alice, Demand { slot, ..demand() }, 0),
				Error::<Test>::BeyondHorizon
			);
		}
	});
}

/// Offers, response and payment need their time. Otherwise [`Error::TooCloseToGate`].
#[test]
fn fails_too_close_to_the_gate() {
	run(|| {
		run_to(RESPOND_BY - 10_000);
		assert_ok!(request(Alice, demand(), 0));
		run_to(RESPOND_BY - 10_000 + 1);
		assert_noop!(request(Alice, demand(), 0), Error::<Test>::TooCloseToGate);
		run_to(GATE);
		assert_noop!(request(Alice, demand(), 0), Error::<Test>::TooCloseToGate);
	});
}

/// Less than a fill cannot be asked for. Otherwise [`Error::InvalidVolume`].
#[test]
fn fails_below_the_smallest_fill() {
	run(|| {
		assert_ok!(request(Alice, Demand { volume: 100, ..demand() }, 0));
		for volume in [0, 99] {
			let asked = Demand { volume, ..demand() };
			assert_noop!(request(Alice, asked, 0), Error::<Test>::InvalidVolume);
		}
	});
}

/// The highest price lies between floor and cap. Otherwise [`Error::PriceOutOfRange`].
#[test]
fn fails_for_a_price_out_of_range() {
	run(|| {
		let priced = |max_price| request(Alice, Demand { max_price, ..demand() }, 0);
		assert_ok!(priced(10));
		assert_ok!(priced(CAP));
		for price in [0, 9, CAP + 1, u128::MAX] {
			assert_noop!(priced(price), Error::<Test>::PriceOutOfRange);
		}
	});
}

/// Whatever is asked for, an amount cannot overflow: prices end at what a `u64` holds.
#[test]
fn the_largest_request_is_accepted() {
	let price_cap = u128::from(u64::MAX);
	let boundless =
		Parameters { price_cap, exposure: u64::MAX, largest_unmetered: u64::MAX, ..parameters() };
	ExtBuilder::default().parameters(boundless).run(|| {
		let asked = Demand { volume: u64::MAX, max_price: price_cap, ..demand() };
		assert_ok!(request(Alice, asked, FUNDING));
		world(|world| world.capacities.insert(LINE, u32::MAX));
		let volume = voltree_primitives::energy_at_most(u32::MAX, LENGTH);
		let supply = Supply { volume, price: price_cap, ..unmetered() };
		assert_noop!(
			offer(Charlie, Supply { volume: u64::MAX, ..supply.clone() }),
			Error::<Test>::ExceedsLineCapacity
		);
		assert_ok!(offer(Charlie, supply));
		run_to(WINDOW_END);
		assert_ok!(respond(0));
		let unfunded = pallet_shared_wallet::Error::<Test>::InsufficientFunds;
		assert_noop!(pay(KEY, 0, 0, volume), unfunded);
	});
}

/// Lines are known, and each is named once. Otherwise [`Error::InvalidLine`].
#[test]
fn fails_for_an_invalid_line() {
	run(|| {
		for named in [&[][..], &[1], &[LINE, 1], &[LINE, OTHER_LINE, LINE]] {
			assert_noop!(request(Alice, lines(named), 0), Error::<Test>::InvalidLine);
		}
	});
}

/// The meter is the buyer's own, on his own line. Otherwise [`Error::InvalidMeter`].
#[test]
fn fails_for_an_invalid_meter() {
	run(|| {
		let by = |who, meter| request(who, Demand { meter: Some(id(meter)), ..demand() }, 0);
		assert_noop!(by(Alice, METER), Error::<Test>::InvalidMeter);
		assert_noop!(by(Bob, STRANGER), Error::<Test>::InvalidMeter);
		assert_noop!(by(Charlie, OTHER_METER), Error::<Test>::InvalidMeter);
	});
}

/// Somebody without any money asks for nothing. Otherwise [`Error::NoFunds`].
#[test]
fn fails_without_money() {
	let eve = |world: &mut World| {
		world.members.insert(id(Eve), tag(Eve));
	};
	ExtBuilder::default().world(eve).run(|| {
		assert_noop!(request(Eve, demand(), 0), Error::<Test>::NoFunds);
		// Money on a linked wallet counts.
		world(|world| world.wallets.insert(id(WALLET_OF_ALICE), id(Eve)));
		assert_noop!(request(Eve, demand(), 0), TokenError::FundsUnavailable);
		// But the bond must be on the account itself.
		world(|world| world.terms.smallest_fine = 0);
		assert_ok!(request(Eve, demand(), 0));
	});
}

/// Funding that is not there leaves nothing behind.
#[test]
fn fails_for_funding_beyond_the_buyers_money() {
	run(|| {
		assert_noop!(request(Alice, demand(), MONEY), TokenError::FundsUnavailable);
		assert_eq!(NextRequest::<Test>::get(), 0);
	});
}

#[test]
fn fails_for_a_wrong_origin() {
	run(|| {
		let call = || Call::<Test>::request { demand: demand(), key: id(KEY), funding: 0 };
		assert_noop!(dispatch(RuntimeOrigin::none(), call()), BadOrigin);
		assert_noop!(dispatch(RuntimeOrigin::root(), call()), BadOrigin);
	});
}
