//! Each reason why `pay` refuses.

use super::{impossible, responded, Way, FUNDING};
use crate::{mock::*, pallet::*, types::*};
use frame_support::{assert_noop, assert_ok};
use voltree_primitives::IdentityTag;

/// The request is there. Otherwise [`Error::RequestNotFound`].
#[test]
fn fails_without_a_request() {
	run(|| {
		assert_noop!(pay(KEY, 0, 0, 100), Error::<Test>::RequestNotFound);
	});
}

/// The management centre has responded. Otherwise [`Error::NotResponded`].
#[test]
fn fails_before_the_response() {
	run(|| {
		assert_ok!(offer(Bob, metered()));
		assert_ok!(request(Alice, demand(), FUNDING));
		assert_noop!(pay(KEY, 0, 0, 100), Error::<Test>::NotResponded);
	});
}

/// A request that has what it wants takes no more. Otherwise [`Error::RequestClosed`].
#[test]
fn fails_for_a_filled_request() {
	run(|| {
		responded(Way::Unmetered);
		assert_ok!(offer(Dave, unmetered()));
		// What is left is less than a fill.
		assert_ok!(pay(KEY, 0, 0, 901));
		assert_noop!(pay(KEY, 0, 1, 99), Error::<Test>::RequestClosed);
	});
}

/// Nor does one that was cancelled. Otherwise [`Error::RequestClosed`].
#[test]
fn fails_for_a_cancelled_request() {
	run(|| {
		responded(Way::Unmetered);
		assert_ok!(pay(KEY, 0, 0, 100));
		assert_ok!(cancel(Alice, 0));
		assert_noop!(pay(KEY, 0, 0, 100), Error::<Test>::RequestClosed);
	});
}

/// The end of the grace is in time; after it nobody pays, even if the agenda lags behind.
/// Otherwise [`Error::TooLate`].
#[test]
fn fails_after_the_grace() {
	run(|| {
		responded(Way::Unmetered);
		run_to(LATE_BY);
		assert_ok!(pay(KEY, 0, 0, 100));
		world(|world| world.now = LATE_BY + 1);
		assert_noop!(pay(KEY, 0, 0, 100), Error::<Test>::TooLate);
	});
}

/// Eight fills are enough. Otherwise [`Error::TooManyFills`].
#[test]
fn fails_for_a_ninth_fill() {
	run(|| {
		responded(Way::Unmetered);
		for _ in 0..8 {
			assert_ok!(pay(KEY, 0, 0, 100));
		}
		assert_noop!(pay(KEY, 0, 0, 100), Error::<Test>::TooManyFills);
		assert_eq!(Requests::<Test>::get(0).unwrap().filled, 800);
	});
}

/// The offer is open. Otherwise [`Error::OfferNotFound`].
#[test]
fn fails_without_an_open_offer() {
	run(|| {
		responded(Way::Unmetered);
		assert_noop!(pay(KEY, 0, 1, 100), Error::<Test>::OfferNotFound);
		assert_ok!(offer(Charlie, Supply { expires: Some(WINDOW_END + 5), ..unmetered() }));
		world(|world| world.now = WINDOW_END + 6);
		assert_noop!(pay(KEY, 0, 1, 100), Error::<Test>::OfferNotFound);
		world(|world| world.now = WINDOW_END + 5);
		assert_ok!(pay(KEY, 0, 1, 100));
		assert_ok!(withdraw_offer(Charlie, 0));
		assert_noop!(pay(KEY, 0, 0, 100), Error::<Test>::OfferNotFound);
	});
}

/// It is for the request's slot. Otherwise [`Error::OtherSlot`].
#[test]
fn fails_for_an_offer_of_another_slot() {
	run(|| {
		responded(Way::Unmetered);
		assert_ok!(offer(Charlie, Supply { slot: SLOT + LENGTH, ..unmetered() }));
		assert_noop!(pay(KEY, 0, 1, 100), Error::<Test>::OtherSlot);
	});
}

/// And on one of its lines. Otherwise [`Error::LineNotAccepted`].
#[test]
fn fails_for_an_offer_on_another_line() {
	run(|| {
		responded(Way::Unmetered);
		assert_ok!(offer(Bob, Supply { line: OTHER_LINE, ..unmetered() }));
		assert_noop!(pay(KEY, 0, 1, 100), Error::<Test>::LineNotAccepted);
	});
}

/// Nobody sells to himself, by whichever account. Otherwise [`Error::SelfTrade`].
#[test]
fn fails_for_ones_own_offer() {
	run(|| {
		responded(Way::Unmetered);
		assert_ok!(offer(WALLET_OF_ALICE, unmetered()));
		// Another account of the same person.
		world(|world| world.members.insert(id(Dave), tag(Alice)));
		assert_ok!(offer(Dave, unmetered()));
		assert_noop!(pay(KEY, 0, 1, 100), Error::<Test>::SelfTrade);
		assert_noop!(pay(KEY, 0, 2, 100), Error::<Test>::SelfTrade);
	});
}

/// It is not dearer than the request's highest price. Otherwise [`Error::TooExpensive`].
#[test]
fn fails_for_too_dear_an_offer() {
	run(|| {
		assert_ok!(request(Alice, Demand { max_price: PRICE, ..demand() }, FUNDING));
		run_to(WINDOW_END);
		assert_ok!(respond(0));
		assert_ok!(offer(Charlie, Supply { price: PRICE + 1, ..unmetered() }));
		assert_noop!(pay(KEY, 0, 0, 100), Error::<Test>::TooExpensive);
	});
}

/// Its seller's credit is high enough. Otherwise [`Error::CreditTooLow`].
#[test]
fn fails_for_a_seller_of_too_little_credit() {
	run(|| {
		assert_ok!(request(Alice, Demand { min_credit: CREDIT, ..demand() }, FUNDING));
		run_to(WINDOW_END);
		assert_ok!(respond(0));
		assert_ok!(offer(Charlie, unmetered()));
		world(|world| world.credit.insert(tag(Charlie), CREDIT - 1));
		assert_noop!(pay(KEY, 0, 0, 100), Error::<Test>::CreditTooLow);
		world(|world| world.credit.insert(tag(Charlie), CREDIT));
		assert_ok!(pay(KEY, 0, 0, 100));
	});
}

/// And he may open business. Otherwise [`Error::SellerNotInGoodStanding`].
#[test]
fn fails_for_a_barred_seller() {
	run(|| {
		responded(Way::Unmetered);
		world(|world| world.barred.insert(tag(Charlie)));
		assert_noop!(pay(KEY, 0, 0, 100), Error::<Test>::SellerNotInGoodStanding);
	});
}

/// So may the buyer, whoever pays for him.
#[test]
fn fails_for_a_barred_buyer() {
	run(|| {
		responded(Way::Unmetered);
		world(|world| world.barred.insert(tag(Alice)));
		assert_noop!(pay(KEY, 0, 0, 100), "barred");
		assert_noop!(pay(Alice, 0, 0, 100), "barred");
	});
}

/// The volume is at least the smallest fill, at most what is left and wanted. Otherwise
/// [`Error::InvalidVolume`].
#[test]
fn fails_for_a_volume_that_does_not_fit() {
	run(|| {
		assert_ok!(offer(Charlie, Supply { volume: 500, smallest_fill: 300, ..unmetered() }));
		assert_ok!(offer(Dave, unmetered()));
		assert_ok!(request(Alice, Demand { volume: 800, ..demand() }, FUNDING));
		run_to(WINDOW_END);
		assert_ok!(respond(0));
		for volume in [0, 299, 501, u64::MAX] {
			assert_noop!(pay(KEY, 0, 0, volume), Error::<Test>::InvalidVolume);
		}
		for volume in [0, 99, 801] {
			assert_noop!(pay(KEY, 0, 1, volume), Error::<Test>::InvalidVolume);
		}
		assert_ok!(pay(KEY, 0, 0, 300));
		// Of an offer with less than its smallest fill left, all is taken or nothing.
		for volume in [100, 199, 201] {
			assert_noop!(pay(KEY, 0, 0, volume), Error::<Test>::InvalidVolume);
		}
		assert_ok!(pay(KEY, 0, 0, 200));
	});
}

/// Three other owners watch both lines; the parties' own sensors do not count. Otherwise it is
/// impossible, because of [`Error::TooFewSensors`].
#[test]
fn impossible_where_too_few_watch() {
	run(|| {
		responded(Way::Unmetered);
		let owned_by = |owners: [IdentityTag; 4]| {
			world(|world| world.lines.insert(LINE, owners.to_vec()));
		};
		let other = IdentityTag::repeat_byte;
		owned_by([other(1), other(2), tag(Alice), tag(Charlie)]);
		impossible(0, 100, Error::TooFewSensors);
		owned_by([other(1), other(2), tag(Alice), tag(Dave)]);
		assert_ok!(pay(KEY, 0, 0, 100));
	});
}

/// The seller's line counts like the buyer's.
#[test]
fn impossible_where_too_few_watch_the_sellers_line() {
	run(|| {
		let lines = vec![LINE, BARE_LINE].try_into().unwrap();
		assert_ok!(request(Alice, Demand { lines, ..demand() }, FUNDING));
		run_to(WINDOW_END);
		assert_ok!(respond(0));
		assert_ok!(offer(Charlie, Supply { line: BARE_LINE, ..unmetered() }));
		impossible(0, 100, Error::TooFewSensors);
	});
}
