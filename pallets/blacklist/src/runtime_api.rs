//! What clients read.

use crate::types::{AccountStanding, Entry};
use codec::Codec;
use voltree_primitives::IdentityTag;

sp_api::decl_runtime_apis! {
	/// Who may open business. Version 2 tells since when somebody is listed and the way back.
	#[api_version(2)]
	pub trait BlacklistApi<AccountId>
	where
		AccountId: Codec,
	{
		/// The entry of `tag` on the blacklist, if there is one.
		fn entry(tag: IdentityTag) -> Option<Entry>;
		/// Everything that decides whether the person behind `account` may open business.
		fn standing(account: AccountId) -> AccountStanding;
	}
}
