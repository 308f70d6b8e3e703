//! The migration of what spec version 1 stored.

use crate::{migrations::MigrateToV1, mock::*, pallet::*};
use codec::Encode;
use frame_support::{
	assert_ok,
	storage::unhashed,
	traits::{GetStorageVersion, OnRuntimeUpgrade, StorageVersion},
	StorageHasher, Twox64Concat,
};
use sp_io::hashing::twox_128;
use voltree_primitives::{Escrow, RequestId};

/// The prefix of the tokens that had a map of their own.
fn tokens() -> Vec<u8> {
	[twox_128(b"SharedWallets"), twox_128(b"Tokens")].concat()
}

/// Write what is stored as spec version 1 would have.
fn turn_back() {
	StorageVersion::new(0).put::<SharedWallets>();
	for (id, wallet) in Wallets::<Test>::iter().collect::<Vec<(RequestId, _)>>() {
		let parts = (wallet.owner, wallet.key, wallet.free, wallet.locked);
		let certified = wallet.token.as_ref().map(|it| (it.token.nonce, it.token.valid_until));
		let old = (parts, certified).encode();
		unhashed::put_raw(&Wallets::<Test>::hashed_key_for(id), &old);
		if let Some(token) = wallet.token {
			let key = [tokens(), Twox64Concat::hash(&id.encode())].concat();
			unhashed::put(&key, &token);
		}
	}
}

fn migrate() {
	MigrateToV1::<Test>::on_runtime_upgrade();
	assert_eq!(SharedWallets::on_chain_storage_version(), 1);
	assert_eq!(SharedWallets::in_code_storage_version(), 1);
}

/// Wallets with and without a token are as they were, and what is locked can be settled.
#[test]
fn wallets_keep_their_money_and_their_tokens() {
	run(|| {
		certified(500);
		assert_ok!(SharedWallets::lock(WALLET, 200));
		assert_ok!(SharedWallets::open(WALLET + 1, &id(Bob), &id(KEY), 30));
		let before = Wallets::<Test>::iter().collect::<Vec<_>>();
		turn_back();
		assert!(unhashed::contains_prefixed_key(&tokens()));
		migrate();
		assert!(!unhashed::contains_prefixed_key(&tokens()));
		assert_eq!(Wallets::<Test>::iter().collect::<Vec<_>>(), before);

		let next = SharedWallets::token_to_sign(WALLET, 0, 0, 0).unwrap();
		assert_ok!(renew(sign(SERVICE, next)));
		assert_eq!(SharedWallets::ensure_payer(WALLET, &id(KEY)), Ok(id(OWNER)));
		let tag = person(&id(OWNER));
		assert_ok!(SharedWallets::settle(WALLET, 200, 150, &id(OWNER), &tag));
	});
}

/// It runs once, and has nothing to do on an empty chain.
#[test]
fn it_runs_once() {
	run(|| {
		turn_back();
		migrate();
		certified(500);
		let before = Wallets::<Test>::get(WALLET);
		migrate();
		assert_eq!(Wallets::<Test>::get(WALLET), before);
	});
}
