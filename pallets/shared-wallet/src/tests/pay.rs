//! Who may pay out of a shared wallet.

use crate::{mock::*, pallet::*};
use frame_support::assert_err;
use voltree_primitives::Escrow;

fn payer(who: Keyring) -> Result<AccountId, sp_runtime::DispatchError> {
	SharedWallets::ensure_payer(WALLET, &id(who))
}

/// The owner and the holder of the wallet's key, until the token's last moment.
#[test]
fn owner_and_key_may() {
	run(|| {
		certified(0);
		for now in [START, VALID_UNTIL] {
			set_now(now);
			assert_eq!(payer(OWNER), Ok(id(OWNER)));
			assert_eq!(payer(KEY), Ok(id(OWNER)));
		}
	});
}

/// Nobody pays out of a wallet that is not there. Otherwise [`Error::NotFound`].
#[test]
fn fails_without_a_wallet() {
	run(|| assert_err!(payer(OWNER), Error::<Test>::NotFound));
}

/// A stranger may not, nor the management centre. Otherwise [`Error::NotPayer`].
#[test]
fn strangers_may_not() {
	run(|| {
		certified(0);
		for who in [Bob, SERVICE] {
			assert_err!(payer(who), Error::<Test>::NotPayer);
		}
	});
}

/// Not before the first token. Otherwise [`Error::NotCertified`].
#[test]
fn fails_before_the_first_token() {
	run(|| {
		open(100);
		assert_err!(payer(OWNER), Error::<Test>::NotCertified);
	});
}

/// Not after the token's last moment. Otherwise [`Error::TokenExpired`].
#[test]
fn fails_after_the_token() {
	run(|| {
		certified(0);
		set_now(VALID_UNTIL + 1);
		assert_err!(payer(KEY), Error::<Test>::TokenExpired);
	});
}
