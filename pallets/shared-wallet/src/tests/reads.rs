//! What clients read.

use crate::mock::*;
use voltree_primitives::{Escrow, Token};

/// The bytes to sign for a first token are those that certify it.
#[test]
fn the_first_token_to_sign_holds() {
	run(|| {
		open(500);
		let to_sign = SharedWallets::token_to_sign(WALLET, VOLUME, PAY_BY, VALID_UNTIL).unwrap();
		assert_eq!(to_sign, Token { balance: 500, ..token() });
		assert!(SharedWallets::certify(WALLET, sign(SERVICE, to_sign), VOLUME).is_ok());
	});
}

#[test]
fn there_is_no_token_without_a_wallet_or_a_certified_owner() {
	run(|| {
		assert_eq!(SharedWallets::token_to_sign(WALLET, VOLUME, PAY_BY, VALID_UNTIL), None);
		SharedWallets::open(WALLET, &id(Dave), &id(KEY), 0).unwrap();
		assert_eq!(SharedWallets::token_to_sign(WALLET, VOLUME, PAY_BY, VALID_UNTIL), None);
	});
}

/// What the chain stores can be checked by a seller's device that knows one public key.
#[test]
fn a_stored_token_is_verified_offline() {
	run(|| {
		certified(500);
		let stored = SharedWallets::token_of(WALLET).unwrap();
		let genesis = System::block_hash(0);
		let verified = stored.token.verify(&stored.signature, &id(SERVICE), genesis, VALID_UNTIL);
		assert_eq!(verified, Ok(()));
	});
}
