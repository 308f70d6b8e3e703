//! What this pallet asks of the session pallet. The runtime joins the two.

use crate::types::Keys;
use alloc::vec::Vec;
use sp_runtime::DispatchResult;
use sp_staking::SessionIndex;

/// Sessions and session keys. Answered by the runtime, from the session pallet.
pub trait Sessions<AccountId> {
	/// The running session.
	fn index() -> SessionIndex;
	/// The active voters, in their order.
	fn active() -> Vec<AccountId>;
	/// The voters planned for the next session, with the keys they will have in it. While a session
	/// is started that is this session, until the next one is planned.
	fn planned() -> Vec<(AccountId, Keys)>;
	/// The active voters with the keys they have in the running session. Asked at an upgrade only.
	fn running() -> Vec<(AccountId, Keys)>;
	/// Whether `who` has session keys for the sessions to come.
	fn has_keys(who: &AccountId) -> bool;
	/// Forget the session keys of `who`, who sent the transaction.
	fn purge_keys(who: &AccountId) -> DispatchResult;
}
