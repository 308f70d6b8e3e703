//! Who writes blocks, who votes on them, and when.

use crate::{
	opaque::SessionKeys, weights, AccountId, Aura, Balance, Balances, BlockNumber,
	CommunicationTree, Runtime, RuntimeEvent,
};
use frame_support::{
	parameter_types,
	traits::{ConstBool, ConstU32, ConstU64, Get},
};
use pallet_communication_tree::{HalfSlotOf, SlotDurationOf};
use sp_consensus_aura::sr25519::AuthorityId as AuraId;
use sp_runtime::traits::{ConvertInto, OpaqueKeys};

/// The most data aggregators.
pub type MaxAggregators = ConstU32<256>;

/// The current block slot, from Aura.
pub struct CurrentSlot;

impl Get<u64> for CurrentSlot {
	fn get() -> u64 {
		pallet_aura::CurrentSlot::<Runtime>::get().into()
	}
}

/// How many authors take turns, from Aura.
pub struct Authors;

impl Get<u32> for Authors {
	fn get() -> u32 {
		pallet_aura::Authorities::<Runtime>::decode_len()
			.and_then(|count| u32::try_from(count).ok())
			.unwrap_or(1)
	}
}

impl pallet_communication_tree::Config for Runtime {
	type CurrentSlot = CurrentSlot;
	type Authors = Authors;
}

impl pallet_aura::Config for Runtime {
	type AuthorityId = AuraId;
	type MaxAuthorities = MaxAggregators;
	// Nobody is disabled: a block by a disabled author would panic in Aura's `on_initialize`.
	type DisabledValidators = ();
	type AllowMultipleBlocksPerSlot = ConstBool<false>;
	type SlotDuration = SlotDurationOf<Runtime>;
}

impl pallet_timestamp::Config for Runtime {
	type Moment = u64;
	type OnTimestampSet = Aura;
	type MinimumPeriod = HalfSlotOf<Runtime>;
	type WeightInfo = weights::pallet_timestamp::WeightInfo<Runtime>;
}

impl pallet_authorship::Config for Runtime {
	type FindAuthor = pallet_session::FindAccountFromAuthorIndex<Self, Aura>;
	type EventHandler = ();
}

parameter_types! {
	/// A session is ten minutes of three-second slots.
	pub const SessionLength: BlockNumber = 200;
	pub const FirstSession: BlockNumber = 0;
	pub const KeyDeposit: Balance = 0;
}

impl pallet_session::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type ValidatorId = AccountId;
	type ValidatorIdOf = ConvertInto;
	type ShouldEndSession = pallet_session::PeriodicSessions<SessionLength, FirstSession>;
	type NextSessionRotation = pallet_session::PeriodicSessions<SessionLength, FirstSession>;
	type SessionManager = CommunicationTree;
	type SessionHandler = <SessionKeys as OpaqueKeys>::KeyTypeIdProviders;
	type Keys = SessionKeys;
	type DisablingStrategy = ();
	type WeightInfo = pallet_session::weights::SubstrateWeight<Runtime>;
	type Currency = Balances;
	type KeyDeposit = KeyDeposit;
}

impl pallet_grandpa::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type WeightInfo = ();
	type MaxAuthorities = MaxAggregators;
	type MaxNominators = ConstU32<0>;
	type MaxSetIdSessionEntries = ConstU64<0>;
	type KeyOwnerProof = sp_core::Void;
	type EquivocationReportSystem = ();
}
