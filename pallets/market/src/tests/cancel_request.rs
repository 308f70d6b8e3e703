//! `cancel_request`: no further fills.

use super::{responded, Way, FUNDING};
use crate::{mock::*, pallet::*, types::*};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::traits::BadOrigin;
use voltree_primitives::{Balance, Cause};

/// It ends like this, and costs a fine.
fn ended(ending: Ending, fine: Balance) {
	assert_eq!(events(), vec![Event::RequestEnded { request: 0, ending }]);
	assert_eq!((held(Alice), balance(Alice)), (0, MONEY - fine));
}

/// Before the response it costs nothing.
#[test]
fn works_before_the_response() {
	run(|| {
		assert_ok!(offer(Bob, metered()));
		assert_ok!(request(Alice, demand(), FUNDING));
		forget();
		assert_ok!(cancel(WALLET_OF_ALICE, 0));
		ended(Ending::Cancelled, 0);
		assert_eq!(deeds(), vec![]);
	});
}

/// After it, it counts as not paid if an eligible offer stands.
#[test]
fn counts_as_not_paid_after_the_response() {
	run(|| {
		responded(Way::Unmetered);
		assert_ok!(cancel(Alice, 0));
		ended(Ending::NotPaid, SMALLEST_FINE);
		assert_eq!(deeds(), vec![Deed::Untimely(tag(Alice), 100, Cause::NotPaid)]);
	});
}

/// Without an eligible offer it costs nothing.
#[test]
fn costs_nothing_without_an_eligible_offer() {
	run(|| {
		responded(Way::Unmetered);
		assert_ok!(withdraw_offer(Charlie, 0));
		forget();
		assert_ok!(cancel(Alice, 0));
		ended(Ending::NothingToPay, 0);
		assert_eq!(deeds(), vec![]);
	});
}

/// In the grace, what stood until the payment date decides.
#[test]
fn in_the_grace_the_payment_date_decides() {
	run(|| {
		responded(Way::Unmetered);
		pass(PAY_BY);
		assert_ok!(withdraw_offer(Charlie, 0));
		forget();
		assert_ok!(cancel(Alice, 0));
		ended(Ending::NotPaid, SMALLEST_FINE);
		assert_eq!(deeds(), vec![Deed::Untimely(tag(Alice), 100, Cause::NotPaid)]);
		check_empty();
	});
}

/// With a fill it closes; the trade goes on and ends it.
#[test]
fn what_is_paid_goes_on() {
	run(|| {
		responded(Way::Unmetered);
		assert_ok!(pay(KEY, 0, 0, 400));
		forget();
		assert_ok!(cancel(Alice, 0));
		assert_eq!(events(), vec![]);
		assert_eq!(Requests::<Test>::get(0).unwrap().state, RequestState::Closed);
		assert_eq!(parts(0).1, 800);
		pass(SLOT_END);
		assert_eq!(last_event(), Event::RequestEnded { request: 0, ending: Ending::Settled });
		check_empty();
	});
}

/// There has to be a request. Otherwise [`Error::RequestNotFound`].
#[test]
fn fails_without_a_request() {
	run(|| {
		assert_noop!(cancel(Alice, 0), Error::<Test>::RequestNotFound);
	});
}

/// Only the buyer cancels; the key pays, nothing else. Otherwise [`Error::NotBuyer`].
#[test]
fn fails_for_others() {
	run(|| {
		assert_ok!(request(Alice, demand(), FUNDING));
		for who in [Bob, KEY, SERVICE] {
			assert_noop!(cancel(who, 0), Error::<Test>::NotBuyer);
		}
	});
}

/// A closed request cannot be cancelled. Otherwise [`Error::RequestClosed`].
#[test]
fn fails_for_a_closed_request() {
	run(|| {
		responded(Way::Unmetered);
		assert_ok!(pay(KEY, 0, 0, 1_000));
		assert_noop!(cancel(Alice, 0), Error::<Test>::RequestClosed);
	});
}

#[test]
fn fails_for_a_wrong_origin() {
	run(|| {
		assert_ok!(request(Alice, demand(), FUNDING));
		let call = || Call::<Test>::cancel_request { request: 0 };
		assert_noop!(dispatch(RuntimeOrigin::none(), call()), BadOrigin);
		assert_noop!(dispatch(RuntimeOrigin::root(), call()), BadOrigin);
	});
}
