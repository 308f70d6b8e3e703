//! What clients may ask about shared wallets.

use crate::{CapitalFlow, Config, Pallet, SharedWallet, SignedToken, Wallets};
use alloc::vec::Vec;
use codec::Codec;
use voltree_primitives::{Clock, Credibility, RequestId};

/// Most shared wallets on a page of [`SharedWalletApi::outdated_tokens`].
const MAX_LOOKED_AT: u32 = 256;

impl<T: Config> Pallet<T> {
	/// The shared wallets whose token is valid but states an older record than the buyer's present
	/// one, out of the next `limit` (and at most 256) in storage after `after`; then where the next
	/// page begins.
	pub fn outdated_tokens(
		after: Option<RequestId>,
		limit: u32,
	) -> (Vec<RequestId>, Option<RequestId>) {
		let mut wallets = match after {
			Some(id) => Wallets::<T>::iter_from(Wallets::<T>::hashed_key_for(id)),
			None => Wallets::<T>::iter(),
		};
		let now = T::Clock::now();
		let mut outdated = Vec::new();
		let mut last = None;
		for _ in 0..limit.min(MAX_LOOKED_AT) {
			let Some((id, wallet)) = wallets.next() else { return (outdated, None) };
			let is_outdated = wallet.token.is_some_and(|SignedToken { token, .. }| {
				now <= token.valid_until && token.record != T::Credibility::record(&token.tag)
			});
			if is_outdated {
				outdated.push(id);
			}
			last = Some(id);
		}
		(outdated, last)
	}
}

sp_api::decl_runtime_apis! {
	/// Reads about shared wallets.
	pub trait SharedWalletApi<AccountId, Signature>
	where
		AccountId: Codec,
		Signature: Codec,
	{
		/// The shared wallet of a request with its newest token, while it is open.
		fn wallet(id: RequestId) -> Option<SharedWallet<AccountId, Signature>>;
		/// Its newest token alone, with the management centre's signature.
		fn token(id: RequestId) -> Option<SignedToken<AccountId, Signature>>;
		/// The shared wallets that can still pay and whose token states an older record than the
		/// buyer's present one, and the `after` of the next page; `None` after the last one. Looks
		/// at `limit` wallets, at most 256, so that a page can be empty in the middle.
		fn outdated_tokens(
			after: Option<RequestId>,
			limit: u32,
		) -> (Vec<RequestId>, Option<RequestId>);
		/// What went through an account and each of its linked wallets in settled trades.
		fn capital_flow(who: AccountId) -> Vec<(AccountId, CapitalFlow)>;
	}
}
