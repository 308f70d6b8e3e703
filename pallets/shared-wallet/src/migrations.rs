//! Changes of the stored layout, release by release.

use crate::{Config, Pallet, SharedWallet, SignedToken, Wallets};
use codec::{Decode, Encode};
use core::marker::PhantomData;
use frame_support::{
	migrations::VersionedMigration,
	storage_alias,
	traits::{Get, UncheckedOnRuntimeUpgrade},
	weights::Weight,
	Twox64Concat,
};
use voltree_primitives::{Balance, Moment, RequestId};
#[cfg(feature = "try-runtime")]
use {
	alloc::{collections::BTreeMap, vec::Vec},
	frame_support::ensure,
	sp_runtime::TryRuntimeError,
};

/// From spec version 1 to 2: tokens are stored with their wallets.
pub type MigrateToV1<T> =
	VersionedMigration<0, 1, ToV1<T>, Pallet<T>, <T as frame_system::Config>::DbWeight>;

/// What [`MigrateToV1`] does, once. All shared wallets are read and written in one block, like the
/// requests that they belong to.
pub struct ToV1<T>(PhantomData<T>);

#[derive(Encode, Decode)]
struct OldWallet<AccountId> {
	owner: AccountId,
	key: AccountId,
	free: Balance,
	locked: Balance,
	certified: Option<OldCertification>,
}

/// What the wallet itself knew of its token.
#[derive(Encode, Decode)]
struct OldCertification {
	nonce: u32,
	valid_until: Moment,
}

#[storage_alias]
type Tokens<T: Config> = StorageMap<
	Pallet<T>,
	Twox64Concat,
	RequestId,
	SignedToken<<T as frame_system::Config>::AccountId, <T as Config>::Signature>,
>;

impl<T: Config> UncheckedOnRuntimeUpgrade for ToV1<T> {
	fn on_runtime_upgrade() -> Weight {
		let mut wallets: u64 = 0;
		Wallets::<T>::translate(|id, old: OldWallet<T::AccountId>| {
			wallets = wallets.saturating_add(1);
			let OldWallet { owner, key, free, locked, certified: _ } = old;
			Some(SharedWallet { owner, key, free, locked, token: Tokens::<T>::take(id) })
		});
		// Each wallet and its token, and the end of the list.
		let rows = wallets.saturating_mul(2);
		T::DbWeight::get().reads_writes(rows.saturating_add(1), rows)
	}

	#[cfg(feature = "try-runtime")]
	fn pre_upgrade() -> Result<Vec<u8>, TryRuntimeError> {
		let tokens = Wallets::<T>::iter_keys().map(|id| (id, Tokens::<T>::get(id)));
		Ok(tokens.collect::<BTreeMap<_, _>>().encode())
	}

	#[cfg(feature = "try-runtime")]
	fn post_upgrade(before: Vec<u8>) -> Result<(), TryRuntimeError> {
		let after = Wallets::<T>::iter().map(|(id, wallet)| (id, wallet.token));
		ensure!(
			after.collect::<BTreeMap<_, _>>().encode() == before,
			"a shared wallet or its token was lost"
		);
		ensure!(Tokens::<T>::iter_keys().next().is_none(), "a token is left without its wallet");
		Pallet::<T>::do_try_state()
	}
}
