//! `cancel_redemption`: the money is the owner's again.

use crate::{mock::*, pallet::*};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::traits::BadOrigin;

/// Twice: to give notice, and to take the money when it is over.
#[test]
fn works() {
	run(|| {
		assert_ok!(redeem(Alice, 500));
		System::reset_events();
		assert_ok!(cancel_redemption(Alice));
		assert_eq!(held_for(HoldReason::Redemption, Alice), 500);
		set_now(START + NOTICE);
		assert_ok!(cancel_redemption(Alice));
		assert_eq!((held_for(HoldReason::Redemption, Alice), free(Alice)), (0, MONEY));
		assert!(!Redemptions::<Test>::contains_key(id(Alice)));
		assert_eq!(
			events(),
			vec![
				Event::RedemptionStopped { account: id(Alice), free_from: START + NOTICE },
				Event::RedemptionCancelled { account: id(Alice), amount: 500 },
			]
		);
		assert_ok!(redeem(Alice, 500));
	});
}

/// The bank may be paying: until the notice is over, the money stays. Otherwise
/// [`Error::TooEarly`].
#[test]
fn fails_before_the_notice_is_over() {
	run(|| {
		assert_ok!(redeem(Alice, 500));
		assert_ok!(cancel_redemption(Alice));
		for now in [START, START + NOTICE - 1] {
			set_now(now);
			assert_noop!(cancel_redemption(Alice), Error::<Test>::TooEarly);
		}
	});
}

/// There has to be something to cancel, of the caller's own. Otherwise [`Error::NotRedeeming`].
#[test]
fn fails_if_nothing_is_redeemed() {
	run(|| {
		assert_ok!(redeem(Alice, 500));
		assert_noop!(cancel_redemption(Bob), Error::<Test>::NotRedeeming);
		assert_ok!(burn(Alice, 500, 1));
		assert_noop!(cancel_redemption(Alice), Error::<Test>::NotRedeeming);
	});
}

#[test]
fn fails_for_a_wrong_origin() {
	run(|| {
		let call = || Call::cancel_redemption {};
		assert_noop!(dispatch(RuntimeOrigin::none(), call()), BadOrigin);
		assert_noop!(dispatch(RuntimeOrigin::root(), call()), BadOrigin);
	});
}
