//! Partial fills on both sides: nothing is promised twice.

use super::{responded, Way, FUNDING};
use crate::{mock::*, pallet::*, types::*};
use frame_support::{assert_noop, assert_ok};
use voltree_primitives::Cause;

fn is_offer(item: &Item) -> bool {
	matches!(item, Item::Offer { .. })
}

/// Requests 0 and 1 of Alice and Dave for 1 kWh each, answered.
fn two_requests() {
	assert_ok!(request(Alice, demand(), FUNDING));
	assert_ok!(request(Dave, demand(), FUNDING));
	run_to(WINDOW_END);
	assert_ok!(respond(0));
	assert_ok!(respond(1));
}

/// Two fills of one offer in one block never exceed it.
#[test]
fn two_fills_in_one_block_do_not_exceed_the_offer() {
	run(|| {
		assert_ok!(offer(Bob, metered()));
		two_requests();
		assert_ok!(pay(KEY, 0, 0, 700));
		assert_noop!(pay(KEY, 1, 0, 400), Error::<Test>::InvalidVolume);
		assert_ok!(pay(KEY, 1, 0, 300));
		assert_noop!(pay(KEY, 1, 0, 100), Error::<Test>::OfferNotFound);
		let sold: u64 = Trades::<Test>::iter_values().map(|trade| trade.volume).sum();
		assert_eq!(sold, 1_000);
	});
}

/// A request is filled by several offers, and the offer that is left keeps its rest.
#[test]
fn a_request_takes_several_offers() {
	run(|| {
		assert_ok!(offer(Bob, Supply { volume: 400, ..metered() }));
		assert_ok!(offer(Charlie, Supply { price: 3_000, ..unmetered() }));
		two_requests();
		forget();
		assert_ok!(pay(KEY, 0, 0, 400));
		let request = Requests::<Test>::get(0).unwrap();
		assert_eq!((request.filled, request.fills, request.unsettled), (400, 1, 1));
		assert_ok!(pay(KEY, 0, 1, 600));
		let request = Requests::<Test>::get(0).unwrap();
		assert_eq!((request.filled, request.fills, request.unsettled), (1_000, 2, 2));
		assert_eq!(request.state, RequestState::Closed);
		assert_eq!(parts(0), (FUNDING - 800 - 1_800, 800 + 1_800));
		let left = Offers::<Test>::get(1).unwrap();
		assert_eq!((left.available, left.changed), (400, WINDOW_END));
		// Paid in time counts once a request, not once a fill.
		assert_eq!(deeds(), vec![Deed::Timely(tag(Alice), Cause::PaidInTime)]);
	});
}

/// A rest below the market's smallest fill closes the offer.
#[test]
fn a_rest_too_small_to_sell_closes_the_offer() {
	run(|| {
		responded(Way::Unmetered);
		assert_ok!(pay(KEY, 0, 0, 901));
		assert_eq!(events()[0], Event::OfferClosed { offer: 0, unsold: 99 });
		assert!(!Desks::<Test>::get(tag(Charlie)).items.iter().any(is_offer));
	});
}

/// The shared wallet closes when the last trade of a closed request has ended.
#[test]
fn a_request_ends_with_its_last_trade() {
	run(|| {
		assert_ok!(offer(Bob, Supply { volume: 400, ..metered() }));
		assert_ok!(offer(Charlie, unmetered()));
		two_requests();
		assert_ok!(pay(KEY, 0, 0, 400));
		assert_ok!(pay(KEY, 0, 1, 600));
		run_to(GATE);
		assert_ok!(start(Charlie, 1));
		pass(SLOT_END);
		// Bob never started: trade 0 has ended, trade 1 goes on.
		assert!(!Trades::<Test>::contains_key(0));
		assert_eq!(parts(0), (FUNDING - 1_200, 1_200));
		assert_ok!(bill(Charlie, 1, 600, Charlie));
		assert_ok!(confirm(Alice, 1));
		assert_eq!(last_event(), Event::RequestEnded { request: 0, ending: Ending::Settled });
		assert_eq!((held(Alice), balance(Alice)), (0, MONEY - 1_200));
		check_empty();
	});
}

/// After eight fills a request waits for the end of its grace, then for its trades.
#[test]
fn a_request_with_eight_fills_closes_with_its_grace() {
	run(|| {
		responded(Way::Unmetered);
		for _ in 0..8 {
			assert_ok!(pay(KEY, 0, 0, 100));
		}
		pass(LATE_BY);
		assert_eq!(Requests::<Test>::get(0).unwrap().state, RequestState::Closed);
		pass(SLOT_END);
		check_empty();
	});
}
