//! Who writes blocks, who votes on them, and when.

use super::{authority::TwoThirds, trade::TwoSlots};
use crate::{
	opaque::SessionKeys, weights, AccountId, Aura, Balance, Balances, BlockNumber,
	CommunicationTree, Grandpa, Market, Offences, Runtime, RuntimeCall, RuntimeEvent,
	RuntimeOrigin, Session, UncheckedExtrinsic,
};
use alloc::vec::Vec;
use frame_support::{
	parameter_types,
	traits::{ConstBool, ConstU32, ConstU64, Contains, Get},
};
use frame_system::offchain::{CreateBare, CreateTransactionBase};
use pallet_communication_tree::{
	HalfSlotOf, InOrder, Keys, Sessions, SlotDurationOf, HISTORY, MAX_AGGREGATORS,
};
use sp_consensus_aura::sr25519::AuthorityId as AuraId;
use sp_runtime::{traits::ConvertInto, DispatchResult};
use sp_session::MembershipProof;
use sp_staking::SessionIndex;
use voltree_primitives::Moment;

/// The most data aggregators.
pub type MaxAggregators = ConstU32<MAX_AGGREGATORS>;

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

/// Sessions and session keys, from the session pallet.
pub struct SessionsOf;

fn tree_keys(keys: SessionKeys) -> Keys {
	Keys { author: keys.aura, voter: keys.grandpa }
}

impl Sessions<AccountId> for SessionsOf {
	fn index() -> SessionIndex {
		Session::current_index()
	}

	fn active() -> Vec<AccountId> {
		Session::validators()
	}

	fn planned() -> Vec<(AccountId, Keys)> {
		let queued = Session::queued_keys().into_iter();
		queued.map(|(account, keys)| (account, tree_keys(keys))).collect()
	}

	// Without a communication tree both lists had the order of the validators.
	fn running() -> Vec<(AccountId, Keys)> {
		let authors = pallet_aura::Authorities::<Runtime>::get();
		let voters = Grandpa::grandpa_authorities().into_iter().map(|(voter, _)| voter);
		let keys = authors.into_iter().zip(voters).map(|(author, voter)| Keys { author, voter });
		Session::validators().into_iter().zip(keys).collect()
	}

	fn has_keys(who: &AccountId) -> bool {
		pallet_session::NextKeys::<Runtime>::contains_key(who)
	}

	// The filter on calls does not stand here: the communication tree has looked who it is.
	fn purge_keys(who: &AccountId) -> DispatchResult {
		Session::purge_keys(RuntimeOrigin::signed(who.clone()))
	}
}

/// Closes `session.purgeKeys`: a voter without keys would be dropped from the set in silence.
/// `communicationTree.purgeKeys` does the same for those who do not vote.
pub struct KeysStay;

impl Contains<RuntimeCall> for KeysStay {
	fn contains(call: &RuntimeCall) -> bool {
		!matches!(call, RuntimeCall::Session(pallet_session::Call::purge_keys {}))
	}
}

/// How far apart blocks of an outage are: as the market says.
pub struct Outage;

impl Get<Moment> for Outage {
	fn get() -> Moment {
		Market::parameters().outage
	}
}

impl pallet_communication_tree::Config for Runtime {
	type WeightInfo = pallet_communication_tree::weights::SubstrateWeight<Runtime>;
	type AuthorityOrigin = TwoThirds;
	type CurrentSlot = CurrentSlot;
	type Authors = Authors;
	type Sessions = SessionsOf;
	type Offences = Offences;
	type Outage = Outage;
	type Notice = TwoSlots;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = crate::benchmarks::BenchmarkSetup;
}

impl pallet_offences::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type IdentificationTuple = AccountId;
	type OnOffenceHandler = CommunicationTree;
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
	type FindAuthor = CommunicationTree;
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
	type SessionHandler = (InOrder<Runtime, Aura>, Grandpa);
	type Keys = SessionKeys;
	type DisablingStrategy = ();
	type WeightInfo = pallet_session::weights::SubstrateWeight<Runtime>;
	type Currency = Balances;
	type KeyDeposit = KeyDeposit;
}

/// Blocks for which a report of an equivocation is kept in the pool: as long as it can be proved.
const REPORT_LONGEVITY: u64 = 4_800;

impl pallet_grandpa::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type WeightInfo = ();
	type MaxAuthorities = MaxAggregators;
	type MaxNominators = ConstU32<0>;
	// `as`: a constant that fits.
	type MaxSetIdSessionEntries = ConstU64<{ HISTORY as u64 }>;
	type KeyOwnerProof = MembershipProof;
	type EquivocationReportSystem = pallet_grandpa::EquivocationReportSystem<
		Self,
		Offences,
		CommunicationTree,
		ConstU64<REPORT_LONGEVITY>,
	>;
}

// A node reports a voter's equivocation by an unsigned extrinsic, which its own blocks take only.
impl<C> CreateTransactionBase<C> for Runtime
where
	RuntimeCall: From<C>,
{
	type Extrinsic = UncheckedExtrinsic;
	type RuntimeCall = RuntimeCall;
}

impl<C> CreateBare<C> for Runtime
where
	RuntimeCall: From<C>,
{
	fn create_bare(call: RuntimeCall) -> UncheckedExtrinsic {
		UncheckedExtrinsic::new_bare(call)
	}
}
