//! `pay_fines`: a debt is paid.

use crate::{mock::*, pallet::*};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::{traits::BadOrigin, TokenError};
use voltree_primitives::Balance;

/// In parts, or all of it; never more than is due.
#[test]
fn works() {
	run(|| {
		set_fines(OWNER, 120);
		assert_ok!(pay_fines(OWNER, 50));
		assert_eq!((due(OWNER), in_pot(), free(OWNER)), (70, 50, MONEY - 50));
		assert_ok!(pay_fines(OWNER, Balance::MAX));
		assert_eq!((due(OWNER), in_pot(), free(OWNER)), (0, 120, MONEY - 120));
		assert_eq!(
			events(),
			vec![
				Event::FinesPaid { tag: tag(OWNER), amount: 50 },
				Event::FinesPaid { tag: tag(OWNER), amount: 70 },
			]
		);
	});
}

/// A person pays from any of his accounts.
#[test]
fn works_from_a_linked_wallet() {
	run(|| {
		assert_ok!(Balances::transfer_keep_alive(signed(OWNER), id(LINKED), 1_000));
		set_fines(OWNER, 120);
		assert_ok!(pay_fines(LINKED, 120));
		assert_eq!((due(OWNER), free(LINKED)), (0, 880));
	});
}

/// Nothing is not an amount. Otherwise [`Error::ZeroAmount`].
#[test]
fn fails_for_zero() {
	run(|| {
		set_fines(OWNER, 120);
		assert_noop!(pay_fines(OWNER, 0), Error::<Test>::ZeroAmount);
	});
}

/// The chain has to know whose fines they are. Otherwise [`Error::NotMember`].
#[test]
fn fails_for_a_stranger() {
	run(|| {
		assert_noop!(pay_fines(Dave, 1), Error::<Test>::NotMember);
	});
}

/// Somebody else's debt is not the caller's. Otherwise [`Error::NothingDue`].
#[test]
fn fails_if_nothing_is_due() {
	run(|| {
		set_fines(Bob, 120);
		assert_noop!(pay_fines(OWNER, 1), Error::<Test>::NothingDue);
	});
}

/// The last money stays, and what is on hold.
#[test]
fn fails_beyond_the_money() {
	run(|| {
		open(500);
		set_fines(OWNER, 2 * MONEY);
		let most = MONEY - 500 - EXISTENTIAL_DEPOSIT;
		assert_noop!(pay_fines(OWNER, most + 1), TokenError::Frozen);
		assert_noop!(pay_fines(OWNER, MONEY), TokenError::FundsUnavailable);
		assert_ok!(pay_fines(OWNER, most));
	});
}

/// A pot without an account takes no less than founds it.
#[test]
fn fails_for_too_little_without_a_pot() {
	run(|| {
		lose_the_pot();
		set_fines(OWNER, 120);
		assert_noop!(pay_fines(OWNER, EXISTENTIAL_DEPOSIT - 1), TokenError::BelowMinimum);
		assert_ok!(pay_fines(OWNER, EXISTENTIAL_DEPOSIT));
	});
}

#[test]
fn fails_for_a_wrong_origin() {
	run(|| {
		set_fines(OWNER, 120);
		let call = || Call::pay_fines { amount: 1 };
		assert_noop!(dispatch(RuntimeOrigin::none(), call()), BadOrigin);
		assert_noop!(dispatch(RuntimeOrigin::root(), call()), BadOrigin);
	});
}
