//! The records that the registry keeps.

use crate::Config;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use voltree_primitives::{Balance, IdentityTag, LineId, Moment, Roles, Watts};
pub use voltree_primitives::{MAX_SENSORS, MAX_WALLETS};

/// Most accounts that can ever be certified under one tag.
pub const MAX_ACCOUNTS: u32 = 16;

/// Most applications that clients get at a time.
pub const MAX_PAGE: u32 = 256;

/// The management centre's dated statement about an account (the paper's `Cert`).
#[derive(
	Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug,
)]
pub struct Certificate {
	/// Whose account it is.
	pub tag: IdentityTag,
	/// What the account may do.
	pub roles: Roles,
	/// When this certificate was issued; 0 in the genesis block.
	pub issued: Moment,
	/// The last moment at which it is valid.
	pub expires: Moment,
	/// Taken back by the authority, for ever.
	pub revoked: bool,
}

/// What is known about a tag.
#[derive(
	Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug,
)]
pub struct Member<AccountId> {
	/// All accounts ever certified for this tag, oldest first.
	pub accounts: BoundedVec<AccountId, ConstU32<MAX_ACCOUNTS>>,
	/// Whether the endowment has been paid.
	pub endowed: bool,
	/// The wallets linked to these accounts, in the order of linking.
	pub wallets: BoundedVec<AccountId, ConstU32<MAX_WALLETS>>,
}

impl<AccountId> Default for Member<AccountId> {
	fn default() -> Self {
		Self { accounts: BoundedVec::new(), endowed: false, wallets: BoundedVec::new() }
	}
}

/// The [`Member`] of a runtime.
pub type MemberOf<T> = Member<<T as frame_system::Config>::AccountId>;

/// What waits for the management centre.
#[derive(
	Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug,
)]
pub struct Application {
	/// When the account applied.
	pub since: Moment,
	/// What it has on hold for this, in the smallest unit.
	pub deposit: Balance,
}

/// What a device does.
#[derive(
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Clone,
	Copy,
	PartialEq,
	Eq,
	Debug,
	Serialize,
	Deserialize,
)]
pub enum DeviceKind {
	/// Measures energy.
	#[codec(index = 0)]
	Meter,
	/// Watches a line.
	#[codec(index = 1)]
	Sensor,
}

/// A registered device.
#[derive(
	Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug,
)]
pub struct Device {
	/// What it does.
	pub kind: DeviceKind,
	/// Who runs it.
	pub owner: IdentityTag,
	/// The line it is connected to.
	pub line: LineId,
	/// The most power, in watts, that can flow through a meter; 0 for a sensor.
	pub rated_power: Watts,
}

/// A power line.
#[derive(
	Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug,
)]
pub struct Line {
	/// The most power, in watts, that the line can carry; 0 for a line that is out of use.
	pub capacity: Watts,
}

/// What the authority can tune. All values are checked by [`Parameters::is_valid`].
#[derive(
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Clone,
	PartialEq,
	Eq,
	Debug,
	Serialize,
	Deserialize,
)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Parameters {
	/// What a tag gets once for its first fees, in the smallest unit; 0, or at least the smallest
	/// balance that an account can have. By default 0: what a fee costs is the network's choice.
	pub endowment: Balance,
	/// Longest time from issue to expiry of a certificate, in milliseconds, at least 1. By default
	/// 365 days.
	pub longest_certificate: Moment,
}

impl Default for Parameters {
	fn default() -> Self {
		const DAY: Moment = 86_400_000;
		Self { endowment: 0, longest_certificate: 365 * DAY }
	}
}

impl Parameters {
	/// Whether all values are in range, where no account can hold less than `smallest_balance`.
	pub fn is_valid(&self, smallest_balance: Balance) -> bool {
		self.longest_certificate > 0 && (self.endowment == 0 || self.endowment >= smallest_balance)
	}
}

/// A line in the genesis configuration: its number and capacity in watts.
pub type GenesisLine = (LineId, Watts);

/// A certificate in the genesis configuration: account, tag, roles and expiry.
pub type GenesisMember<T> = (<T as frame_system::Config>::AccountId, IdentityTag, Roles, Moment);

/// A device in the genesis configuration: its account, kind, its owner's certified account, line
/// and rated power in watts.
pub type GenesisDevice<T> = (
	<T as frame_system::Config>::AccountId,
	DeviceKind,
	<T as frame_system::Config>::AccountId,
	LineId,
	Watts,
);

/// The money of a runtime.
pub(crate) type CurrencyOf<T> = <T as Config>::Currency;
