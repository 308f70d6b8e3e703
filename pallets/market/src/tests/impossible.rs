//! Payments that are impossible without the buyer's fault: written down, because the obstacle may be
//! gone when it is judged.

use super::{impossible, responded, Way, AMOUNT, FUNDING};
use crate::{mock::*, pallet::*, types::*};
use frame_support::{assert_noop, assert_ok};
use voltree_primitives::Cause;

fn capacity(watts: u32) {
	world(|world| world.capacities.insert(LINE, watts));
}

/// Request `request` has ended like this.
fn ended(request: u64, ending: Ending) {
	assert!(events().contains(&Event::RequestEnded { request, ending }));
}

/// Who has tried is not to blame, though the obstacle is gone when the payment date comes; not even
/// if he tried in the block of the response.
#[test]
fn excuse_who_has_tried() {
	for later in [0, 5_000] {
		run(|| {
			responded(Way::Unmetered);
			run_to(WINDOW_END + later);
			capacity(0);
			impossible(0, 1_000, Error::ExceedsLineCapacity);
			capacity(CAPACITY);
			forget();
			pass(LATE_BY);
			ended(0, Ending::NothingToPay);
			assert_eq!((deeds(), balance(Alice)), (vec![], MONEY));
		});
	}
}

/// It can still be paid once the obstacle is gone.
#[test]
fn can_be_tried_again() {
	run(|| {
		responded(Way::Unmetered);
		capacity(0);
		impossible(0, 1_000, Error::ExceedsLineCapacity);
		capacity(CAPACITY);
		assert_ok!(pay(KEY, 0, 0, 1_000));
		assert_eq!(deeds(), vec![Deed::Timely(tag(Alice), Cause::PaidInTime)]);
	});
}

/// Other offers that were quoted still count.
#[test]
fn excuse_for_this_offer_only() {
	run(|| {
		assert_ok!(offer(Dave, Supply { smallest_fill: 500, ..unmetered() }));
		responded_to(1);
		world(|world| {
			let owners = (1..=3).map(voltree_primitives::IdentityTag::repeat_byte);
			// Charlie's own sensor does not watch his trades.
			world.lines.insert(LINE, owners.take(2).chain([tag(Charlie)]).collect());
		});
		impossible(1, 100, Error::TooFewSensors);
		forget();
		pass(LATE_BY);
		ended(0, Ending::NotPaid);
		assert_eq!(deeds(), vec![Deed::Untimely(tag(Alice), 500, Cause::NotPaid)]);
	});
}

/// [`responded`] with offer `offer` of Charlie.
fn responded_to(offer: u64) {
	responded(Way::Unmetered);
	assert_eq!(Offers::<Test>::get(offer).unwrap().seller, id(Charlie));
}

/// Nobody is excused by a friend whose line, far away, cannot take the power.
#[test]
fn excuse_nobody_else() {
	run(|| {
		let lines = vec![BARE_LINE, LINE].try_into().unwrap();
		assert_ok!(offer(Charlie, unmetered()));
		assert_ok!(request(Dave, Demand { lines, ..demand() }, FUNDING));
		assert_ok!(request(Alice, demand(), FUNDING));
		run_to(WINDOW_END);
		assert_ok!(respond(0));
		assert_ok!(respond(1));
		run_to(WINDOW_END + 1_000);
		impossible(0, 100, Error::TooFewSensors);
		forget();
		pass(LATE_BY + 1_000);
		ended(1, Ending::NotPaid);
		assert_eq!(deeds(), vec![Deed::Untimely(tag(Alice), 100, Cause::NotPaid)]);
	});
}

/// Who could not have paid anyway has not tried: his own lack of money is no excuse.
#[test]
fn excuse_nobody_without_money() {
	run(|| {
		assert_ok!(offer(Charlie, unmetered()));
		assert_ok!(request(Alice, demand(), AMOUNT - 1));
		run_to(WINDOW_END);
		assert_ok!(respond(0));
		capacity(0);
		let unfunded = pallet_shared_wallet::Error::<Test>::InsufficientFunds;
		assert_noop!(pay(KEY, 0, 0, 1_000), unfunded);
		assert_noop!(pay(STRANGER, 0, 0, 100), pallet_shared_wallet::Error::<Test>::NotPayer);
		capacity(CAPACITY);
		forget();
		pass(LATE_BY);
		ended(0, Ending::NotPaid);
	});
}

/// Nor has who asks for more than can be had, where a smaller fill could be.
#[test]
fn excuse_nobody_who_could_take_less() {
	run(|| {
		responded(Way::Unmetered);
		// 500 Wh in a slot of the tests.
		capacity(30_000);
		assert_noop!(pay(KEY, 0, 0, 1_000), Error::<Test>::ExceedsLineCapacity);
		pass(LATE_BY);
		ended(0, Ending::NotPaid);
		assert_eq!(deeds(), vec![Deed::Untimely(tag(Alice), 100, Cause::NotPaid)]);
	});
}

/// What was impossible and is tried late is no late payment.
#[test]
fn are_not_late() {
	run(|| {
		responded(Way::Unmetered);
		capacity(0);
		pass(PAY_BY);
		impossible(0, 1_000, Error::ExceedsLineCapacity);
		assert_eq!((deeds(), fines()), (vec![], vec![]));
	});
}
