//! What clients read.

use crate::types::Score;
use voltree_primitives::IdentityTag;

sp_api::decl_runtime_apis! {
	/// Credit and compliance of identity tags.
	pub trait CredibilityApi {
		/// Credit, record and fines of `tag`; nothing if it was never certified.
		fn score(tag: IdentityTag) -> Option<Score>;
	}
}
