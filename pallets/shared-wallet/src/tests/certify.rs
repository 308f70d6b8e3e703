//! The first token of a shared wallet.

use crate::{mock::*, pallet::*};
use frame_support::{assert_noop, assert_ok};
use sp_core::H256;
use sp_runtime::DispatchResult;
use voltree_primitives::{Certified, Escrow, Record, Token, LINK};

type TestToken = Token<AccountId>;

/// As the market does it, with a token signed by `by`.
fn certify(by: Keyring, token: TestToken) -> DispatchResult {
	SharedWallets::certify(WALLET, sign(by, token), VOLUME).map(drop)
}

/// The token is stored, and the market hears its terms.
#[test]
fn works() {
	run(|| {
		open(500);
		let signed = sign(SERVICE, token());
		assert_eq!(
			SharedWallets::certify(WALLET, signed.clone(), VOLUME),
			Ok(Certified { timestamp: START, pay_by: PAY_BY, valid_until: VALID_UNTIL })
		);
		assert_eq!(SharedWallets::token_of(WALLET), Some(signed));
		assert_eq!(events(), vec![Event::Certified { wallet: WALLET, nonce: 0 }]);
	});
}

/// A key that is being retired still signs.
#[test]
fn works_with_the_retired_key() {
	run(|| {
		open(0);
		assert_ok!(certify(RETIRED, token()));
	});
}

/// The balance in the token informs; it may be out of date when the token arrives.
#[test]
fn the_balance_in_the_token_does_not_decide() {
	run(|| {
		open(500);
		assert_ok!(certify(SERVICE, Token { balance: 123, ..token() }));
		assert_eq!(parts(WALLET), (500, 0));
	});
}

/// The wallet has to be open. Otherwise [`Error::NotFound`].
#[test]
fn fails_without_a_wallet() {
	run(|| {
		assert_noop!(certify(SERVICE, token()), Error::<Test>::NotFound);
	});
}

/// A first token comes once; the same one again is a replay. Otherwise
/// [`Error::AlreadyCertified`].
#[test]
fn fails_if_certified() {
	run(|| {
		certified(0);
		assert_noop!(certify(SERVICE, token()), Error::<Test>::AlreadyCertified);
	});
}

/// The token is for this chain, wallet, key, owner, tag and volume. Otherwise
/// [`Error::ForeignToken`].
#[test]
fn fails_for_a_foreign_token() {
	run(|| {
		open(0);
		let foreign = [
			Token { domain: LINK, ..token() },
			Token { genesis: H256::repeat_byte(1), ..token() },
			Token { wallet: WALLET + 1, ..token() },
			Token { key: id(Bob), ..token() },
			Token { owner: id(Bob), ..token() },
			Token { tag: tag(Bob), ..token() },
			Token { volume: VOLUME + 1, ..token() },
		];
		for token in foreign {
			assert_noop!(certify(SERVICE, token), Error::<Test>::ForeignToken);
		}
	});
}

/// The first nonce is 0. Otherwise [`Error::WrongNonce`].
#[test]
fn fails_for_a_later_nonce() {
	run(|| {
		open(0);
		let later = Token { nonce: 1, ..token() };
		assert_noop!(certify(SERVICE, later), Error::<Test>::WrongNonce);
	});
}

/// The record is the present one. Otherwise [`Error::OutdatedRecord`].
#[test]
fn fails_for_an_outdated_record() {
	run(|| {
		open(0);
		let old = token();
		set_record(OWNER, Record { timely: 1, ..Record::default() });
		assert_noop!(certify(SERVICE, old), Error::<Test>::OutdatedRecord);
		assert_ok!(certify(SERVICE, token()));
	});
}

/// A token is under way for three rounds at most, and does not come from the future. Otherwise
/// [`Error::StaleToken`].
#[test]
fn fails_for_a_stale_token() {
	run(|| {
		open(0);
		let early = Token { timestamp: START + 1, ..token() };
		assert_noop!(certify(SERVICE, early), Error::<Test>::StaleToken);
		let signed = token();
		set_now(START + 3 * ROUND + 1);
		assert_noop!(certify(SERVICE, signed.clone()), Error::<Test>::StaleToken);
		set_now(START + 3 * ROUND);
		assert_ok!(certify(SERVICE, signed));
	});
}

/// Nobody but the management centre makes tokens, and nobody changes one. Otherwise
/// [`Error::BadTokenSignature`].
#[test]
fn fails_for_a_forged_token() {
	run(|| {
		open(0);
		for forger in [OWNER, KEY, Bob] {
			assert_noop!(certify(forger, token()), Error::<Test>::BadTokenSignature);
		}
		let mut changed = sign(SERVICE, token());
		changed.token.balance += 1;
		assert_noop!(
			SharedWallets::certify(WALLET, changed, VOLUME),
			Error::<Test>::BadTokenSignature
		);
	});
}

/// A token is valid until its last moment. Otherwise [`Error::TokenExpired`].
#[test]
fn fails_for_an_expired_token() {
	run(|| {
		open(0);
		let expired = Token { valid_until: START - 1, ..token() };
		assert_noop!(certify(SERVICE, expired), Error::<Test>::TokenExpired);
		assert_ok!(certify(SERVICE, Token { valid_until: START, ..token() }));
	});
}
