//! `withdraw_trade`: the seller takes back what was paid for, before the gate.

use super::{fined, paid, responded, settled, started, Way};
use crate::{mock::*, pallet::*, types::*};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::traits::BadOrigin;
use voltree_primitives::Cause;

/// The buyer has his money back at once; the seller is untimely and pays half a fine.
#[test]
fn works() {
	for way in [Way::Silent, Way::Unmetered] {
		run(|| {
			paid(way);
			let seller = way.seller();
			assert_ok!(withdraw_trade(seller, 0));
			assert_eq!(fines(), vec![fined(seller, FINE / 2, 0, FINE / 2)]);
			assert_eq!(events(), settled(Outcome::Withdrawn, 0, 0));
			assert_eq!(deeds(), vec![Deed::Untimely(tag(seller), 0, Cause::Withdrawn)]);
			assert_eq!((balance(Alice), balance(seller)), (MONEY, MONEY - FINE / 2));
			check_empty();
		});
	}
}

/// Half a fine is rounded up, and half the smallest fine at least.
#[test]
fn costs_half_a_fine() {
	for (volume, fine) in [(100, SMALLEST_FINE / 2), (250, 50), (253, 51), (500, 100)] {
		run(|| {
			responded(Way::Unmetered);
			assert_ok!(pay(KEY, 0, 0, volume));
			assert_ok!(withdraw_trade(Charlie, 0));
			assert_eq!(fines(), vec![fined(Charlie, fine, 0, fine)]);
		});
	}
}

/// A linked wallet acts for its owner, and one who was barred may still withdraw; until the gate.
#[test]
fn works_until_the_gate() {
	run(|| {
		paid(Way::Silent);
		world(|world| world.barred.insert(tag(Bob)));
		run_to(GATE - 1);
		assert_ok!(withdraw_trade(WALLET_OF_BOB, 0));
	});
}

/// The request goes on for its other fills, and the trade's energy is not on offer again.
#[test]
fn the_request_goes_on() {
	run(|| {
		responded(Way::Silent);
		assert_ok!(offer(Charlie, unmetered()));
		assert_ok!(pay(KEY, 0, 0, 400));
		assert_ok!(withdraw_trade(Bob, 0));
		let request = Requests::<Test>::get(0).unwrap();
		assert_eq!((request.filled, request.fills, request.unsettled), (400, 1, 0));
		assert_eq!(Offers::<Test>::get(0).unwrap().available, 600);
		let promised = MeterSlot { promised: 600, meter_by: Some(METER_BY), ..Default::default() };
		assert_eq!(MeterSlots::<Test>::get((id(METER), SLOT)), promised);
		assert_ok!(pay(KEY, 0, 1, 600));
		assert_eq!(parts(0).1, 1_200);
	});
}

/// A request whose only fill was withdrawn counts as paid: its end costs nothing.
#[test]
fn the_buyer_has_paid() {
	run(|| {
		responded(Way::Unmetered);
		assert_ok!(pay(KEY, 0, 0, 400));
		assert_ok!(withdraw_trade(Charlie, 0));
		forget();
		pass(LATE_BY);
		let ended = Event::RequestEnded { request: 0, ending: Ending::Settled };
		assert!(events().contains(&ended));
		assert_eq!((deeds(), balance(Alice)), (vec![], MONEY));
	});
}

/// There has to be a trade. Otherwise [`Error::TradeNotFound`].
#[test]
fn fails_without_a_trade() {
	run(|| {
		assert_noop!(withdraw_trade(Bob, 0), Error::<Test>::TradeNotFound);
	});
}

/// Only its seller withdraws it. Otherwise [`Error::NotSeller`].
#[test]
fn fails_for_others() {
	run(|| {
		paid(Way::Silent);
		for who in [Alice, Charlie, KEY, METER, SERVICE] {
			assert_noop!(withdraw_trade(who, 0), Error::<Test>::NotSeller);
		}
	});
}

/// Not at the gate or after it. Otherwise [`Error::TooLate`].
#[test]
fn fails_from_the_gate_on() {
	for now in [GATE, GATE + 1, SLOT_END] {
		run(|| {
			paid(Way::Silent);
			run_to(now);
			assert_noop!(withdraw_trade(Bob, 0), Error::<Test>::TooLate);
		});
	}
}

/// Not what was started. Otherwise [`Error::AlreadyStarted`].
#[test]
fn fails_once_started() {
	run(|| {
		started(Way::Silent);
		assert_noop!(withdraw_trade(Bob, 0), Error::<Test>::AlreadyStarted);
	});
}

#[test]
fn fails_for_a_wrong_origin() {
	run(|| {
		paid(Way::Silent);
		let call = || Call::<Test>::withdraw_trade { trade: 0 };
		assert_noop!(dispatch(RuntimeOrigin::none(), call()), BadOrigin);
		assert_noop!(dispatch(RuntimeOrigin::root(), call()), BadOrigin);
	});
}
