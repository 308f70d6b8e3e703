//! # The Voltree runtime
//!
//! Puts the pallets together; the rules are theirs.
//!
//! | module | what |
//! |---|---|
//! | [`configs`] | each pallet's configuration, a file per domain |
//! | [`apis`] | what the node and clients may ask |
//! | [`genesis`] | the networks' presets |
//! | [`invariants`] | what holds over all pallets together |

#![cfg_attr(not(feature = "std"), no_std)]
// `impl_runtime_apis!` and `construct_runtime` recurse deeply.
#![recursion_limit = "512"]

#[cfg(feature = "std")]
include!(concat!(env!("OUT_DIR"), "/wasm_binary.rs"));

extern crate alloc;

pub mod apis;
#[cfg(feature = "runtime-benchmarks")]
pub mod benchmarks;
pub mod configs;
pub mod genesis;
pub mod invariants;
mod weights;

use alloc::{borrow::Cow, vec::Vec};
use sp_runtime::{
	generic, impl_opaque_keys,
	traits::{BlakeTwo256, IdentifyAccount, Verify},
	MultiAddress, MultiSignature,
};
use sp_version::RuntimeVersion;

pub use apis::RuntimeApi;
pub use voltree_primitives::Balance;

/// Types the node needs without knowing what is in an extrinsic.
pub mod opaque {
	use super::*;
	pub use sp_runtime::OpaqueExtrinsic as UncheckedExtrinsic;

	/// A block header.
	pub type Header = generic::Header<BlockNumber, BlakeTwo256>;
	/// A block whose extrinsics are bytes.
	pub type Block = generic::Block<Header, UncheckedExtrinsic>;
	/// Identifies a block.
	pub type BlockId = generic::BlockId<Block>;

	impl_opaque_keys! {
		/// The keys of a data aggregator: it writes blocks with one and votes with the other.
		// The communication tree stands between Aura and these: it puts the trusted ones in the
		// order N*.
		pub struct SessionKeys {
			pub aura: Aura,
			pub grandpa: Grandpa,
		}
	}
}

/// Which rules these are.
#[sp_version::runtime_version]
pub const VERSION: RuntimeVersion = RuntimeVersion {
	spec_name: Cow::Borrowed("voltree"),
	impl_name: Cow::Borrowed("voltree"),
	authoring_version: 1,
	spec_version: 2,
	impl_version: 1,
	apis: apis::RUNTIME_API_VERSIONS,
	transaction_version: 2,
	system_version: 1,
};

/// A signature on an extrinsic: sr25519, ed25519 or ECDSA.
pub type Signature = MultiSignature;
/// Identifies an account.
pub type AccountId = <<Signature as Verify>::Signer as IdentifyAccount>::AccountId;
/// Counts an account's extrinsics.
pub type Nonce = u32;
/// A hash.
pub type Hash = sp_core::H256;
/// Number of a block.
pub type BlockNumber = u32;
/// How an account is written in an extrinsic.
pub type Address = MultiAddress<AccountId, ()>;
/// A block header.
pub type Header = generic::Header<BlockNumber, BlakeTwo256>;
/// A block.
pub type Block = generic::Block<Header, UncheckedExtrinsic>;

/// What every signed extrinsic brings along. Stock clients know all of it.
pub type TxExtension = (
	frame_system::CheckNonZeroSender<Runtime>,
	frame_system::CheckSpecVersion<Runtime>,
	frame_system::CheckTxVersion<Runtime>,
	frame_system::CheckGenesis<Runtime>,
	frame_system::CheckEra<Runtime>,
	frame_system::CheckNonce<Runtime>,
	frame_system::CheckWeight<Runtime>,
	// No bytes either: what devices have signed may come without a sender. After the cheap checks.
	frame_system::AuthorizeCall<Runtime>,
	// The door: no bytes, nothing implicit. Who may not open business is refused at the pool.
	pallet_blacklist::CheckStanding<Runtime>,
	// Devices report without fees: the pallet says for which reports.
	pallet_skip_feeless_payment::SkipCheckIfFeeless<
		Runtime,
		pallet_transaction_payment::ChargeTransactionPayment<Runtime>,
	>,
	frame_metadata_hash_extension::CheckMetadataHash<Runtime>,
);

/// An extrinsic.
pub type UncheckedExtrinsic =
	generic::UncheckedExtrinsic<Address, RuntimeCall, Signature, TxExtension>;

/// Dispatches what is in a block.
pub type Executive = frame_executive::Executive<
	Runtime,
	Block,
	frame_system::ChainContext<Runtime>,
	Runtime,
	AllPalletsWithSystem,
	Migrations,
>;

/// What changes in the stored layout with this release. Credibility comes before the market, which
/// asks it for the terms of what is open.
pub type Migrations = (
	pallet_communication_tree::migrations::MigrateToV1<Runtime>,
	pallet_credibility::migrations::MigrateToV1<Runtime>,
	pallet_blacklist::migrations::MigrateToV1<Runtime>,
	pallet_registry::migrations::MigrateToV1<Runtime>,
	pallet_sensor_oracle::migrations::MigrateToV1<Runtime>,
	pallet_shared_wallet::migrations::MigrateToV1<Runtime>,
	pallet_market::migrations::MigrateToV1<Runtime>,
);

/// Money: one VOLT is a million of the smallest units.
pub const VOLT: Balance = 1_000_000;

// Pallets are initialised in the order of their indices, wherever they stand here. Aura comes before
// everything with deadlines, because chain time is its slot; authorship and the communication tree
// before session, because they read the set that wrote the block, and at genesis session asks the tree
// who the data aggregators are.
#[frame_support::runtime]
mod runtime {
	#[runtime::runtime]
	#[runtime::derive(
		RuntimeCall,
		RuntimeEvent,
		RuntimeError,
		RuntimeOrigin,
		RuntimeFreezeReason,
		RuntimeHoldReason,
		RuntimeSlashReason,
		RuntimeLockId,
		RuntimeTask,
		RuntimeViewFunction
	)]
	pub struct Runtime;

	// System and consensus
	#[runtime::pallet_index(0)]
	pub type System = frame_system;
	#[runtime::pallet_index(1)]
	pub type Timestamp = pallet_timestamp;
	#[runtime::pallet_index(2)]
	pub type Aura = pallet_aura;
	#[runtime::pallet_index(3)]
	pub type Authorship = pallet_authorship;
	#[runtime::pallet_index(4)]
	pub type CommunicationTree = pallet_communication_tree;
	#[runtime::pallet_index(5)]
	pub type Session = pallet_session;
	#[runtime::pallet_index(6)]
	pub type Grandpa = pallet_grandpa;
	#[runtime::pallet_index(7)]
	pub type Offences = pallet_offences;

	// Money
	#[runtime::pallet_index(10)]
	pub type Balances = pallet_balances;
	#[runtime::pallet_index(11)]
	pub type TransactionPayment = pallet_transaction_payment;
	#[runtime::pallet_index(12)]
	pub type SkipFeelessPayment = pallet_skip_feeless_payment;

	// Accounts
	#[runtime::pallet_index(20)]
	pub type Utility = pallet_utility;
	#[runtime::pallet_index(21)]
	pub type Proxy = pallet_proxy;
	#[runtime::pallet_index(22)]
	pub type Multisig = pallet_multisig;

	// The management centre
	#[runtime::pallet_index(30)]
	pub type Authority = pallet_collective<Instance1>;
	#[runtime::pallet_index(31)]
	pub type AuthorityMembers = pallet_membership<Instance1>;
	#[runtime::pallet_index(32)]
	pub type Sudo = pallet_sudo;

	// Trade
	#[runtime::pallet_index(40)]
	pub type Registry = pallet_registry;
	#[runtime::pallet_index(41)]
	pub type Credibility = pallet_credibility;
	#[runtime::pallet_index(42)]
	pub type Blacklist = pallet_blacklist;
	#[runtime::pallet_index(43)]
	pub type SharedWallet = pallet_shared_wallet;
	#[runtime::pallet_index(44)]
	pub type Market = pallet_market;
	#[runtime::pallet_index(45)]
	pub type SensorOracle = pallet_sensor_oracle;
}
