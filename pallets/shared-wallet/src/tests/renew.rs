//! `renew`: the next token.

use crate::{mock::*, pallet::*};
use frame_support::{assert_noop, assert_ok};
use sp_core::H256;
use sp_runtime::{traits::BadOrigin, ArithmeticError};
use voltree_primitives::{Escrow, Record, Token};

/// The token that would have to be signed next, as the runtime API gives it.
fn next() -> Token<AccountId> {
	SharedWallets::token_to_sign(WALLET, 0, 0, 0).expect("the wallet is open")
}

/// A renewal carries the next nonce and the present record; volume and terms stay.
#[test]
fn works() {
	run(|| {
		certified(500);
		let mut record = Record { timely: 1, ..Record::default() };
		record.append(H256::repeat_byte(5));
		set_record(OWNER, record.clone());
		set_now(START + 5_000);
		assert_eq!(
			next(),
			Token { nonce: 1, balance: 500, record, timestamp: START + 5_000, ..token() }
		);
		let renewal = sign(SERVICE, next());
		assert_ok!(renew(renewal.clone()));
		assert_eq!(SharedWallets::token_of(WALLET), Some(renewal));
		assert_ok!(renew(sign(RETIRED, next())));
		assert_eq!(
			events(),
			vec![
				Event::Certified { wallet: WALLET, nonce: 1 },
				Event::Certified { wallet: WALLET, nonce: 2 },
			]
		);
	});
}

/// What was never certified cannot be renewed. Otherwise [`Error::NotCertified`].
#[test]
fn fails_before_the_first_token() {
	run(|| {
		assert_noop!(renew(sign(SERVICE, token())), Error::<Test>::NotCertified);
		open(0);
		assert_noop!(renew(sign(SERVICE, token())), Error::<Test>::NotCertified);
	});
}

/// A closed wallet has no token any more. Otherwise [`Error::NotCertified`].
#[test]
fn fails_after_the_wallet_is_closed() {
	run(|| {
		certified(100);
		let renewal = sign(SERVICE, next());
		SharedWallets::close(WALLET, &person(&id(OWNER)));
		assert_noop!(renew(renewal), Error::<Test>::NotCertified);
	});
}

/// Payment date and validity are those of the first token. Otherwise [`Error::ChangedTerms`].
#[test]
fn fails_for_other_terms() {
	run(|| {
		certified(0);
		for (pay_by, valid_until) in [(PAY_BY + 1, VALID_UNTIL), (PAY_BY, VALID_UNTIL + 1)] {
			let changed = Token { pay_by, valid_until, ..next() };
			assert_noop!(renew(sign(SERVICE, changed)), Error::<Test>::ChangedTerms);
		}
	});
}

/// A nonce is used once and none is left out. Otherwise [`Error::WrongNonce`].
#[test]
fn fails_for_a_replay() {
	run(|| {
		certified(0);
		let first = SharedWallets::token_of(WALLET).unwrap();
		assert_noop!(renew(first), Error::<Test>::WrongNonce);
		let second = sign(SERVICE, next());
		assert_ok!(renew(second.clone()));
		assert_noop!(renew(second), Error::<Test>::WrongNonce);
		let skipping = Token { nonce: 3, ..next() };
		assert_noop!(renew(sign(SERVICE, skipping)), Error::<Test>::WrongNonce);
	});
}

/// Nonces end, though nobody will see it.
#[test]
fn fails_after_the_last_nonce() {
	run(|| {
		certified(0);
		change_token(|token| token.nonce = u32::MAX);
		assert_eq!(SharedWallets::token_to_sign(WALLET, 0, 0, 0), None);
		assert_noop!(renew(sign(SERVICE, token())), ArithmeticError::Overflow);
		change_token(|token| token.nonce = 0);
	});
}

/// The same checks as for the first token.
#[test]
fn fails_for_a_token_that_does_not_hold() {
	run(|| {
		certified(0);
		let foreign = Token { volume: VOLUME - 1, ..next() };
		assert_noop!(renew(sign(SERVICE, foreign)), Error::<Test>::ForeignToken);
		assert_noop!(renew(sign(Bob, next())), Error::<Test>::BadTokenSignature);
		let early = Token { timestamp: START + 1, ..next() };
		assert_noop!(renew(sign(SERVICE, early)), Error::<Test>::StaleToken);
		let old = next();
		set_record(OWNER, Record { untimely: 1, ..Record::default() });
		assert_noop!(renew(sign(SERVICE, old)), Error::<Test>::OutdatedRecord);
		set_now(VALID_UNTIL + 1);
		assert_noop!(renew(sign(SERVICE, next())), Error::<Test>::TokenExpired);
	});
}

/// Only the management centre's service renews.
#[test]
fn fails_for_a_wrong_origin() {
	run(|| {
		certified(0);
		let call = || Call::renew { token: sign(SERVICE, next()) };
		for origin in [RuntimeOrigin::none(), RuntimeOrigin::root(), signed(OWNER)] {
			assert_noop!(dispatch(origin, call()), BadOrigin);
		}
	});
}
