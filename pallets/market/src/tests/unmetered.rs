//! Trades without meters: small, and only where the buyer accepts them.

use super::FUNDING;
use crate::{mock::*, pallet::*, types::*};
use frame_support::{assert_noop, assert_ok};

/// Without a meter only little can be offered. Otherwise [`Error::TooLargeUnmetered`].
#[test]
fn offers_are_small() {
	run(|| {
		let sized = |volume| offer(Charlie, Supply { volume, ..unmetered() });
		assert_noop!(sized(2_001), Error::<Test>::TooLargeUnmetered);
		assert_ok!(sized(2_000));
		// With a meter it may be more.
		assert_ok!(offer(Bob, Supply { volume: 2_001, ..metered() }));
	});
}

/// The authority may forbid them altogether.
#[test]
fn offers_can_be_forbidden() {
	let metered_only = Parameters { largest_unmetered: 0, ..parameters() };
	ExtBuilder::default().parameters(metered_only).run(|| {
		let least = Supply { volume: 100, ..unmetered() };
		assert_noop!(offer(Charlie, least), Error::<Test>::TooLargeUnmetered);
		assert_ok!(offer(Bob, metered()));
	});
}

/// A request says whether they will do; if not, they are neither quoted nor paid. Otherwise
/// [`Error::UnmeteredNotAccepted`].
#[test]
fn the_buyer_has_to_accept_them() {
	run(|| {
		assert_ok!(offer(Charlie, Supply { price: 10, ..unmetered() }));
		assert_ok!(offer(Bob, metered()));
		assert_ok!(request(Alice, Demand { unmetered: false, ..demand() }, FUNDING));
		run_to(WINDOW_END);
		assert_ok!(respond(0));
		let request = Requests::<Test>::get(0).unwrap();
		let quoted = request.quoted.iter().map(|it| it.offer).collect::<Vec<_>>();
		assert_eq!(quoted, vec![1]);
		assert_noop!(pay(KEY, 0, 0, 100), Error::<Test>::UnmeteredNotAccepted);
		assert_ok!(pay(KEY, 0, 1, 100));
	});
}

/// Nor is it the buyer's fault not to have paid one.
#[test]
fn what_the_buyer_does_not_accept_is_not_eligible() {
	run(|| {
		assert_ok!(offer(Charlie, unmetered()));
		assert_ok!(request(Alice, Demand { unmetered: false, ..demand() }, FUNDING));
		run_to(WINDOW_END);
		assert_ok!(respond(0));
		forget();
		pass(LATE_BY);
		let ended = Event::RequestEnded { request: 0, ending: Ending::NothingToPay };
		assert_eq!((events(), deeds()), (vec![ended], vec![]));
	});
}
