//! What clients read.

use crate::types::{Application, Certificate, Device};
use alloc::vec::Vec;
use codec::Codec;
use voltree_primitives::{IdentityTag, LineId, Message};

sp_api::decl_runtime_apis! {
	/// Who is who.
	///
	/// Version 2 added `applications` and `service_keys`.
	#[api_version(2)]
	pub trait RegistryApi<AccountId>
	where
		AccountId: Codec,
	{
		/// The certificate of `account` itself, valid or not.
		fn certificate(account: AccountId) -> Option<Certificate>;
		/// The management centre's service keys that count now: the current one, then the one that
		/// is being retired.
		fn service_keys() -> Vec<AccountId>;
		/// The person behind a certified account or a linked wallet.
		fn tag_of(account: AccountId) -> Option<IdentityTag>;
		/// The wallets linked by the account behind `account`.
		fn wallets(account: AccountId) -> Vec<AccountId>;
		/// The accounts that wait to be certified: those after `after`, or from the first on, at
		/// most `limit` and never more than 256, in no order that means anything. Ask again with
		/// the last account of an answer for what follows.
		fn applications(
			after: Option<AccountId>,
			limit: u32,
		) -> Vec<(AccountId, Application)>;
		/// The meters and sensors on a line.
		fn devices_on(line: LineId) -> Vec<(AccountId, Device)>;
		/// What `account` signs, in its SCALE encoding, to be certified under `tag`.
		fn consent_message(
			account: AccountId,
			tag: IdentityTag,
		) -> Message<(AccountId, IdentityTag)>;
		/// What `wallet` signs, in its SCALE encoding, to be the next wallet that `owner` links. The
		/// number counts the wallets that `owner` has linked before.
		fn link_message(
			owner: AccountId,
			wallet: AccountId,
		) -> Message<(AccountId, AccountId, u32)>;
		/// What `device` signs, in its SCALE encoding, to be registered for `owner`.
		fn device_message(
			device: AccountId,
			owner: AccountId,
		) -> Message<(AccountId, AccountId)>;
	}
}
