//! What clients may ask about shared wallets.

use crate::{CapitalFlow, SharedWallet, SignedToken};
use alloc::vec::Vec;
use codec::Codec;
use voltree_primitives::RequestId;

sp_api::decl_runtime_apis! {
	/// Reads about shared wallets.
	pub trait SharedWalletApi<AccountId, Signature>
	where
		AccountId: Codec,
		Signature: Codec,
	{
		/// The shared wallet of a request, while it is open.
		fn wallet(id: RequestId) -> Option<SharedWallet<AccountId>>;
		/// Its newest token with the management centre's signature.
		fn token(id: RequestId) -> Option<SignedToken<AccountId, Signature>>;
		/// What went through an account and each of its linked wallets in settled trades.
		fn capital_flow(who: AccountId) -> Vec<(AccountId, CapitalFlow)>;
	}
}
