//! `offer`: a seller proposes power.

use crate::{mock::*, pallet::*, types::*};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::traits::BadOrigin;
use voltree_primitives::DeliverySlots;

/// The offer is open until the gate, and in the book.
#[test]
fn works() {
	run(|| {
		assert_ok!(offer(Bob, metered()));
		let made = Offer {
			seller: id(Bob),
			tag: tag(Bob),
			available: 1_000,
			price: PRICE,
			line: LINE,
			slot: DeliverySlot { start: SLOT, end: SLOT_END, gate: GATE },
			smallest_fill: 100,
			expires: GATE,
			meter: Some(id(METER)),
			changed: START,
		};
		assert_eq!(Offers::<Test>::get(0), Some(made.clone()));
		assert_eq!(Market::offers_of(SLOT, LINE), vec![(0, made)]);
		let items = vec![Item::Offer { id: 0, line: LINE, slot: SLOT }].try_into().unwrap();
		assert_eq!(Desks::<Test>::get(tag(Bob)), Desk { volume: 1_000, items });
		let promised = MeterSlot { promised: 1_000, ..Default::default() };
		assert_eq!(MeterSlots::<Test>::get((id(METER), SLOT)), promised);
		let offered =
			Event::Offered { offer: 0, seller: id(Bob), tag: tag(Bob), supply: metered() };
		assert_eq!(events(), vec![offered]);
		assert_eq!(<Market as DeliverySlots>::length(), LENGTH);
	});
}

/// A linked wallet acts for its owner.
#[test]
fn works_by_a_linked_wallet() {
	run(|| {
		assert_ok!(offer(WALLET_OF_BOB, metered()));
		assert_eq!(Offers::<Test>::get(0).unwrap().seller, id(Bob));
	});
}

/// It stands until its last moment, and is gone after it.
#[test]
fn expires_after_its_last_moment() {
	run(|| {
		assert_ok!(offer(Bob, Supply { expires: Some(START + 500), ..metered() }));
		assert_ok!(offer(Bob, Supply { expires: Some(GATE + 500), ..metered() }));
		forget();
		run_to(START + 500);
		assert_eq!(events(), vec![]);
		pass(START + 500);
		assert_eq!(events(), vec![Event::OfferClosed { offer: 0, unsold: 1_000 }]);
		run_to(GATE);
		assert!(Offers::<Test>::contains_key(1));
		pass(GATE);
		assert_eq!(events(), vec![Event::OfferClosed { offer: 1, unsold: 1_000 }]);
		check_empty();
	});
}

/// A call at the gate is in time, one after it is not.
#[test]
fn works_at_the_gate() {
	run(|| {
		run_to(GATE);
		assert_ok!(offer(Bob, metered()));
		run_to(GATE + 1);
		assert_noop!(offer(Bob, metered()), Error::<Test>::TooLate);
	});
}

/// Only sellers in good standing open business.
#[test]
fn fails_without_good_standing() {
	run(|| {
		assert_noop!(offer(STRANGER, unmetered()), "not certified");
		world(|world| world.barred.insert(tag(Bob)));
		assert_noop!(offer(Bob, metered()), "barred");
	});
}

/// A slot starts at a multiple of its length. Otherwise [`Error::NotASlot`].
#[test]
fn fails_for_a_time_that_is_no_slot() {
	run(|| {
		let supply = Supply { slot: SLOT + 1, ..metered() };
		assert_noop!(offer(Bob, supply), Error::<Test>::NotASlot);
	});
}

/// An offer that has expired when it is made is none. Otherwise [`Error::TooLate`].
#[test]
fn fails_if_expired() {
	run(|| {
		let expiring = |at| offer(Bob, Supply { expires: Some(at), ..metered() });
		assert_noop!(expiring(START - 1), Error::<Test>::TooLate);
		assert_ok!(expiring(START));
	});
}

/// A slot beyond the horizon cannot be traded yet. Otherwise [`Error::BeyondHorizon`].
#[test]
fn fails_beyond_the_horizon() {
	run(|| {
		let supply = Supply { slot: START + 11 * LENGTH, ..metered() };
		assert_noop!(offer(Bob, supply), Error::<Test>::BeyondHorizon);
	});
}

/// The smallest fill lies between the market's and the volume. Otherwise
/// [`Error::InvalidVolume`].
#[test]
fn fails_for_an_invalid_volume() {
	run(|| {
		let sized =
			|volume, smallest_fill| offer(Bob, Supply { volume, smallest_fill, ..metered() });
		assert_ok!(sized(100, 100));
		for (volume, smallest_fill) in [(0, 0), (99, 99), (1_000, 99), (1_000, 1_001)] {
			assert_noop!(sized(volume, smallest_fill), Error::<Test>::InvalidVolume);
		}
	});
}

/// The price lies between floor and cap. Otherwise [`Error::PriceOutOfRange`].
#[test]
fn fails_for_a_price_out_of_range() {
	run(|| {
		let priced = |price| offer(Bob, Supply { price, ..metered() });
		assert_ok!(priced(10));
		assert_ok!(priced(CAP));
		for price in [0, 9, CAP + 1, u128::MAX] {
			assert_noop!(priced(price), Error::<Test>::PriceOutOfRange);
		}
	});
}

/// The line is known. Otherwise [`Error::InvalidLine`].
#[test]
fn fails_for_an_unknown_line() {
	run(|| {
		assert_noop!(offer(Bob, Supply { line: 1, ..unmetered() }), Error::<Test>::InvalidLine);
	});
}

/// The meter is the seller's own, on the line he sells on. Otherwise [`Error::InvalidMeter`].
#[test]
fn fails_for_an_invalid_meter() {
	run(|| {
		let by =
			|who, meter, line| offer(who, Supply { meter: Some(id(meter)), line, ..unmetered() });
		assert_noop!(by(Charlie, METER, LINE), Error::<Test>::InvalidMeter);
		assert_noop!(by(Bob, STRANGER, LINE), Error::<Test>::InvalidMeter);
		assert_noop!(by(Bob, METER, OTHER_LINE), Error::<Test>::InvalidMeter);
	});
}

/// Who has a meter on the line sells by it. Otherwise [`Error::MeterRequired`].
#[test]
fn fails_without_the_meter_that_is_there() {
	run(|| {
		assert_noop!(offer(Bob, unmetered()), Error::<Test>::MeterRequired);
		// Elsewhere he has none.
		assert_ok!(offer(Bob, Supply { line: OTHER_LINE, ..unmetered() }));
	});
}

/// Four offers of a tag for a line and slot are enough. Otherwise [`Error::TooManyOffers`].
#[test]
fn fails_for_a_fifth_offer() {
	run(|| {
		for _ in 0..4 {
			assert_ok!(offer(Bob, metered()));
		}
		assert_noop!(offer(Bob, metered()), Error::<Test>::TooManyOffers);
		// Other slots, other lines, other people; and again when one is gone.
		assert_ok!(offer(Bob, Supply { slot: SLOT + LENGTH, ..metered() }));
		assert_ok!(offer(Bob, Supply { line: OTHER_LINE, ..unmetered() }));
		assert_ok!(offer(Charlie, unmetered()));
		assert_ok!(withdraw_offer(Bob, 2));
		assert_ok!(offer(Bob, metered()));
	});
}

/// A line whose sensors fell silent too often takes no offers. Otherwise [`Error::LineClosed`].
#[test]
fn fails_on_a_closed_line() {
	run(|| {
		world(|world| world.closed_lines.insert(LINE));
		assert_noop!(offer(Bob, metered()), Error::<Test>::LineClosed);
		assert_ok!(offer(Bob, Supply { line: OTHER_LINE, ..unmetered() }));
		world(|world| world.closed_lines.clear());
		assert_ok!(offer(Bob, metered()));
	});
}

#[test]
fn fails_for_a_wrong_origin() {
	run(|| {
		let call = || Call::<Test>::offer { supply: metered() };
		assert_noop!(dispatch(RuntimeOrigin::none(), call()), BadOrigin);
		assert_noop!(dispatch(RuntimeOrigin::root(), call()), BadOrigin);
	});
}
