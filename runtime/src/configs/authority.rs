//! The management centre: its authority, a collective that decides by two thirds, and sudo, which
//! has a key on the development network only.

use crate::{
	configs::system::BLOCK_WEIGHT, weights, AccountId, Authority, BlockNumber, Runtime,
	RuntimeCall, RuntimeEvent, RuntimeOrigin,
};
use frame_support::{
	parameter_types,
	traits::{ConstU32, EitherOfDiverse},
	weights::Weight,
};
use frame_system::EnsureRoot;
use pallet_collective::{EnsureProportionAtLeast, Instance1};

/// Two thirds of the management centre's members, or root.
pub type TwoThirds =
	EitherOfDiverse<EnsureRoot<AccountId>, EnsureProportionAtLeast<AccountId, Instance1, 2, 3>>;

/// The most members of the authority.
pub type MaxMembers = ConstU32<32>;

parameter_types! {
	/// A motion stays open for a day of three-second slots.
	pub const MotionDuration: BlockNumber = 28_800;
	pub MaxProposalWeight: Weight = BLOCK_WEIGHT / 2;
}

impl pallet_collective::Config<Instance1> for Runtime {
	type RuntimeOrigin = RuntimeOrigin;
	type Proposal = RuntimeCall;
	type RuntimeEvent = RuntimeEvent;
	type MotionDuration = MotionDuration;
	type MaxProposals = ConstU32<64>;
	type MaxMembers = MaxMembers;
	// An absent member is a vote against: nothing passes because people sleep.
	type DefaultVote = pallet_collective::PrimeDefaultVote;
	type WeightInfo = weights::pallet_collective::WeightInfo<Runtime>;
	type SetMembersOrigin = EnsureRoot<AccountId>;
	type MaxProposalWeight = MaxProposalWeight;
	type DisapproveOrigin = TwoThirds;
	type KillOrigin = TwoThirds;
	type Consideration = ();
}

impl pallet_membership::Config<Instance1> for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type AddOrigin = TwoThirds;
	type RemoveOrigin = TwoThirds;
	type SwapOrigin = TwoThirds;
	type ResetOrigin = TwoThirds;
	type PrimeOrigin = TwoThirds;
	type MembershipInitialized = Authority;
	type MembershipChanged = Authority;
	type MaxMembers = MaxMembers;
	type WeightInfo = weights::pallet_membership::WeightInfo<Runtime>;
}

impl pallet_sudo::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeCall = RuntimeCall;
	type WeightInfo = weights::pallet_sudo::WeightInfo<Runtime>;
}
