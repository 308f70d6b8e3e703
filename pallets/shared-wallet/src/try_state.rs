//! The invariants of the pallet's header, as code.

#![cfg(any(feature = "std", feature = "try-runtime"))]

use crate::{Config, HoldReason, Pallet, Tokens, Wallets};
use alloc::collections::BTreeMap;
use frame_support::{ensure, traits::fungible::InspectHold};
use sp_runtime::TryRuntimeError;
use voltree_primitives::Balance;

impl<T: Config> Pallet<T> {
	/// Fails with a sentence that names the broken invariant.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		let mut escrow = BTreeMap::<T::AccountId, Balance>::new();
		for (id, wallet) in Wallets::<T>::iter() {
			let sum = escrow.entry(wallet.owner).or_default();
			*sum = sum.saturating_add(wallet.free).saturating_add(wallet.locked);
			let nonce = Tokens::<T>::get(id).map(|signed| signed.token.nonce);
			ensure!(
				nonce == wallet.certified.map(|certified| certified.nonce),
				"a wallet's certification differs from its token"
			);
		}
		for id in Tokens::<T>::iter_keys() {
			ensure!(Wallets::<T>::contains_key(id), "a token without a shared wallet");
		}
		for (owner, sum) in escrow {
			let held = T::Currency::balance_on_hold(&HoldReason::Escrow.into(), &owner);
			ensure!(held == sum, "money in escrow differs from the owner's shared wallets");
		}
		Ok(())
	}
}
