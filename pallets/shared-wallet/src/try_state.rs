//! The invariants of the pallet's header, as code.

#![cfg(any(feature = "std", feature = "try-runtime"))]

use crate::{Config, HoldReason, Pallet, Redemptions, SharedWallet, SignedToken, Wallets};
use alloc::collections::BTreeMap;
use frame_support::ensure;
use sp_runtime::TryRuntimeError;
use voltree_primitives::Balance;

impl<T: Config> Pallet<T> {
	/// Fails with a sentence that names the broken invariant.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		let mut escrow = BTreeMap::<T::AccountId, Balance>::new();
		for (id, SharedWallet { owner, key, free, locked, token }) in Wallets::<T>::iter() {
			if let Some(SignedToken { token, .. }) = token {
				let is_its = token.wallet == id && token.key == key && token.owner == owner;
				ensure!(is_its, "a wallet has the token of another");
			}
			let sum = escrow.entry(owner).or_default();
			*sum = sum.saturating_add(free).saturating_add(locked);
		}
		for who in frame_system::Account::<T>::iter_keys() {
			let sum = escrow.remove(&who).unwrap_or_default();
			ensure!(
				Self::held(HoldReason::Escrow, &who) == sum,
				"money in escrow differs from the owner's shared wallets"
			);
			let redeeming = Redemptions::<T>::get(&who).map_or(0, |redemption| redemption.amount);
			ensure!(
				Self::held(HoldReason::Redemption, &who) == redeeming,
				"money on hold for redemption differs from what is redeemed"
			);
		}
		ensure!(escrow.into_values().all(|sum| sum == 0), "money in the escrow of nobody");
		for (who, redemption) in Redemptions::<T>::iter() {
			ensure!(redemption.amount > 0, "a redemption of nothing");
			ensure!(
				frame_system::Account::<T>::contains_key(who),
				"a redemption without its account"
			);
		}
		Ok(())
	}
}
