//! Blocks, accounts, and the ways to act for somebody else.

use crate::{
	weights, AccountId, Balance, Balances, Block, BlockNumber, Hash, Nonce, OriginCaller,
	PalletInfo, Runtime, RuntimeCall, RuntimeEvent, RuntimeOrigin, RuntimeTask, System, VERSION,
	VOLT,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
	derive_impl, parameter_types,
	traits::{ConstU32, InstanceFilter},
	weights::{
		constants::{ParityDbWeight, WEIGHT_REF_TIME_PER_SECOND},
		Weight,
	},
};
use frame_system::limits::{BlockLength, BlockWeights};
use scale_info::TypeInfo;
use sp_runtime::{traits::BlakeTwo256, Perbill};
use sp_version::RuntimeVersion;

/// A block takes a second to execute at the most, on the machine the weights were made on.
pub const BLOCK_WEIGHT: Weight = Weight::from_parts(WEIGHT_REF_TIME_PER_SECOND, u64::MAX);
/// A block is 1.25 MiB long at the most.
pub const BLOCK_LENGTH: u32 = 1_310_720;
/// What users' extrinsics may take of a block. The rest is for hooks, inherents and urgent calls, and
/// keeps full blocks short enough to be imported within a third of a slot by a small machine that
/// checks the pool's extrinsics and serves clients at the same time (`scripts/load`).
const NORMAL: Perbill = Perbill::from_percent(50);

parameter_types! {
	pub const BlockHashCount: BlockNumber = 2_400;
	pub const Version: RuntimeVersion = VERSION;
	pub RuntimeBlockWeights: BlockWeights = BlockWeights::with_sensible_defaults(BLOCK_WEIGHT, NORMAL);
	pub RuntimeBlockLength: BlockLength =
		BlockLength::builder().max_length(BLOCK_LENGTH).build();
	pub const SS58Prefix: u8 = 42;
}

#[derive_impl(frame_system::config_preludes::SolochainDefaultConfig)]
impl frame_system::Config for Runtime {
	type BaseCallFilter = super::consensus::KeysStay;
	type AccountId = AccountId;
	type Nonce = Nonce;
	type Hash = Hash;
	type Hashing = BlakeTwo256;
	type Block = Block;
	type BlockHashCount = BlockHashCount;
	type BlockWeights = RuntimeBlockWeights;
	type BlockLength = RuntimeBlockLength;
	type DbWeight = ParityDbWeight;
	type Version = Version;
	type AccountData = pallet_balances::AccountData<Balance>;
	type SS58Prefix = SS58Prefix;
	type SystemWeightInfo = weights::frame_system::WeightInfo<Runtime>;
	type ExtensionsWeightInfo = weights::frame_system_extensions::WeightInfo<Runtime>;
	type MaxConsumers = ConstU32<64>;
}

impl pallet_utility::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeCall = RuntimeCall;
	type PalletsOrigin = OriginCaller;
	type WeightInfo = weights::pallet_utility::WeightInfo<Runtime>;
}

/// What a proxy may do for the account it stands for.
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
	PartialOrd,
	Ord,
	Debug,
	Default,
)]
pub enum ProxyType {
	/// Everything.
	#[codec(index = 0)]
	#[default]
	Any,
	/// Trade: request, offer, pay, start, bill, confirm, cancel and withdraw offers. It moves money
	/// only into trades: payouts go to the seller's own wallets, and neither taking money out nor
	/// adding proxies is part of it. For a household's controller.
	#[codec(index = 1)]
	Trade,
}

impl InstanceFilter<RuntimeCall> for ProxyType {
	fn filter(&self, call: &RuntimeCall) -> bool {
		match self {
			ProxyType::Any => true,
			ProxyType::Trade => matches!(
				call,
				RuntimeCall::Market(
					pallet_market::Call::request { .. }
						| pallet_market::Call::offer { .. }
						| pallet_market::Call::pay { .. }
						| pallet_market::Call::start { .. }
						| pallet_market::Call::bill { .. }
						| pallet_market::Call::confirm { .. }
						| pallet_market::Call::cancel_request { .. }
						| pallet_market::Call::withdraw_offer { .. }
				) | RuntimeCall::SharedWallet(pallet_shared_wallet::Call::fund { .. })
			),
		}
	}

	fn is_superset(&self, other: &Self) -> bool {
		self == other || *self == ProxyType::Any
	}
}

parameter_types! {
	pub const ProxyDepositBase: Balance = VOLT / 10;
	pub const ProxyDepositFactor: Balance = VOLT / 20;
	pub const MultisigDepositBase: Balance = VOLT / 10;
	pub const MultisigDepositFactor: Balance = VOLT / 20;
}

impl pallet_proxy::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeCall = RuntimeCall;
	type Currency = Balances;
	type ProxyType = ProxyType;
	type ProxyDepositBase = ProxyDepositBase;
	type ProxyDepositFactor = ProxyDepositFactor;
	type MaxProxies = ConstU32<16>;
	type WeightInfo = weights::pallet_proxy::WeightInfo<Runtime>;
	type MaxPending = ConstU32<16>;
	type CallHasher = BlakeTwo256;
	type AnnouncementDepositBase = ProxyDepositBase;
	type AnnouncementDepositFactor = ProxyDepositFactor;
	type BlockNumberProvider = System;
}

impl pallet_multisig::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeCall = RuntimeCall;
	type Currency = Balances;
	type DepositBase = MultisigDepositBase;
	type DepositFactor = MultisigDepositFactor;
	type MaxSignatories = ConstU32<16>;
	type WeightInfo = weights::pallet_multisig::WeightInfo<Runtime>;
	type BlockNumberProvider = System;
}
