//! `issue`: new money for a payment to the bank.

use crate::{mock::*, pallet::*};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::{traits::BadOrigin, ArithmeticError, TokenError};
use voltree_primitives::Balance;

/// The money is the receiver's, whether he had an account or not, and the issuance grows by it.
#[test]
fn works() {
	run(|| {
		let before = Balances::total_issuance();
		assert_ok!(issue(Alice, 500, 1));
		assert_ok!(issue(Dave, 300, 2));
		assert_eq!((free(Alice), free(Dave)), (MONEY + 500, 300));
		assert_eq!(Balances::total_issuance(), before + 800);
		assert_eq!(Payments::<Test>::iter().count(), 2);
		assert_eq!(
			events(),
			vec![
				Event::Issued { to: id(Alice), amount: 500, reference: reference(1) },
				Event::Issued { to: id(Dave), amount: 300, reference: reference(2) },
			]
		);
	});
}

/// A payment counts once, for whomever and whatever. Otherwise [`Error::ReferenceUsed`].
#[test]
fn fails_for_a_payment_that_has_been_used() {
	run(|| {
		assert_ok!(issue(Alice, 500, 1));
		assert_noop!(issue(Alice, 500, 1), Error::<Test>::ReferenceUsed);
		assert_noop!(issue(Bob, 20, 1), Error::<Test>::ReferenceUsed);
		// Neither for one that money was burned against.
		assert_ok!(redeem(Alice, 100));
		assert_ok!(burn(Alice, 100, 2));
		assert_noop!(issue(Alice, 100, 2), Error::<Test>::ReferenceUsed);
	});
}

/// Nothing is not an amount. Otherwise [`Error::ZeroAmount`].
#[test]
fn fails_for_zero() {
	run(|| {
		assert_noop!(issue(Alice, 0, 1), Error::<Test>::ZeroAmount);
	});
}

/// What does not found an account is not issued, and the payment can be used for more.
#[test]
fn fails_for_too_little() {
	run(|| {
		let little = EXISTENTIAL_DEPOSIT - 1;
		assert_noop!(issue(Dave, little, 1), TokenError::BelowMinimum);
		assert_ok!(issue(Dave, EXISTENTIAL_DEPOSIT, 1));
	});
}

/// There is no more money than can be counted.
#[test]
fn fails_beyond_what_can_be_counted() {
	run(|| {
		assert_noop!(issue(Dave, Balance::MAX, 1), ArithmeticError::Overflow);
	});
}

/// The service key issues no money, nor does anybody else.
#[test]
fn fails_for_a_wrong_origin() {
	run(|| {
		for origin in [RuntimeOrigin::none(), signed(SERVICE), signed(Alice)] {
			let call = Call::issue { to: id(Alice), amount: 500, reference: reference(1) };
			assert_noop!(dispatch(origin, call), BadOrigin);
		}
	});
}
