//! `withdraw_offer`: the unsold part is gone.

use super::{responded, Way};
use crate::{mock::*, pallet::*, types::*};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::traits::BadOrigin;

#[test]
fn works() {
	run(|| {
		assert_ok!(offer(Bob, metered()));
		forget();
		assert_ok!(withdraw_offer(Bob, 0));
		assert_eq!(events(), vec![Event::OfferClosed { offer: 0, unsold: 1_000 }]);
		assert_eq!(deeds(), vec![]);
		check_empty();
	});
}

/// A linked wallet acts for its owner; and one who was barred can still withdraw.
#[test]
fn works_by_a_linked_wallet_of_one_who_is_barred() {
	run(|| {
		assert_ok!(offer(Bob, metered()));
		world(|world| world.barred.insert(tag(Bob)));
		assert_ok!(withdraw_offer(WALLET_OF_BOB, 0));
	});
}

/// What is paid goes on.
#[test]
fn the_paid_part_goes_on() {
	run(|| {
		responded(Way::Metered(0));
		assert_ok!(pay(KEY, 0, 0, 400));
		assert_ok!(withdraw_offer(Bob, 0));
		assert_eq!(last_event(), Event::OfferClosed { offer: 0, unsold: 600 });
		assert_eq!(Trades::<Test>::get(0).unwrap().state, TradeState::Paid);
		assert_eq!(parts(0).1, 800);
	});
}

/// What is not open cannot be withdrawn. Otherwise [`Error::OfferNotFound`].
#[test]
fn fails_without_an_offer() {
	run(|| {
		assert_noop!(withdraw_offer(Bob, 0), Error::<Test>::OfferNotFound);
		assert_ok!(offer(Bob, metered()));
		assert_ok!(withdraw_offer(Bob, 0));
		assert_noop!(withdraw_offer(Bob, 0), Error::<Test>::OfferNotFound);
	});
}

/// Only its seller withdraws it. Otherwise [`Error::NotSeller`].
#[test]
fn fails_for_others() {
	run(|| {
		assert_ok!(offer(Bob, metered()));
		for who in [Alice, STRANGER, METER, SERVICE] {
			assert_noop!(withdraw_offer(who, 0), Error::<Test>::NotSeller);
		}
	});
}

#[test]
fn fails_for_a_wrong_origin() {
	run(|| {
		assert_ok!(offer(Bob, metered()));
		let call = || Call::<Test>::withdraw_offer { offer: 0 };
		assert_noop!(dispatch(RuntimeOrigin::none(), call()), BadOrigin);
		assert_noop!(dispatch(RuntimeOrigin::root(), call()), BadOrigin);
	});
}
