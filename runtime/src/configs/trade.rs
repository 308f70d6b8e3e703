//! The trade: which pallet answers which question of another.

use crate::{
	configs::{authority::TwoThirds, door::Door},
	AccountId, Balance, Balances, Blacklist, CommunicationTree, Credibility, Market, Registry,
	Runtime, SensorOracle, SharedWallet, Signature, VOLT,
};
use frame_support::{
	parameter_types,
	traits::{ConstU32, ConstU64, Get},
	PalletId,
};
use pallet_registry::EnsureService;
use voltree_primitives::{DeliverySlots, Moment};

parameter_types! {
	pub const ApplicationDeposit: Balance = VOLT / 10;
	/// The authority fills this account; newcomers get their endowment from it.
	pub const PotId: PalletId = PalletId(*b"volt/pot");
	/// The same pot takes the fines: what dishonest people pay welcomes new ones, and nobody who
	/// judges gains by it.
	pub FinePot: AccountId = Registry::pot();
}

/// A change of parameters takes notice of two delivery slots, so that nobody is surprised who has
/// looked at the market a slot ago.
pub struct TwoSlots;

impl Get<Moment> for TwoSlots {
	fn get() -> Moment {
		<Market as DeliverySlots>::length().saturating_mul(2)
	}
}

/// A bank transfer and two thirds of the authority take less than three days.
const THREE_DAYS: Moment = 259_200_000;

impl pallet_registry::Config for Runtime {
	type WeightInfo = pallet_registry::weights::SubstrateWeight<Runtime>;
	type Signature = Signature;
	type Currency = Balances;
	type Clock = CommunicationTree;
	type OnEnrolled = Credibility;
	type OnDeviceRemoved = SensorOracle;
	type AuthorityOrigin = TwoThirds;
	type ApplicationDeposit = ApplicationDeposit;
	type PotId = PotId;
	type Notice = TwoSlots;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = crate::benchmarks::BenchmarkSetup;
}

impl pallet_credibility::Config for Runtime {
	type WeightInfo = pallet_credibility::weights::SubstrateWeight<Runtime>;
	type Clock = CommunicationTree;
	type OnCredit = Blacklist;
	type Notice = TwoSlots;
	type AuthorityOrigin = TwoThirds;
}

/// Blocks after which a report that nobody took is of no more use: the oracle would refuse it.
const REPORT_LONGEVITY: u64 = 16;

parameter_types! {
	/// The pool's priority of an ordinary transaction is its tip times the number of its like that
	/// fit into a block, a few thousand: only a tip of 10^8 VOLT comes before a sensor.
	pub const ReportPriority: u64 = 1_000_000_000_000_000_000;
	/// Behind the sensors, before everybody who pays for it.
	pub const ServicePriority: u64 = 100_000_000_000_000_000;
}

impl pallet_blacklist::Config for Runtime {
	type WeightInfo = pallet_blacklist::weights::SubstrateWeight<Runtime>;
	type Clock = CommunicationTree;
	type Directory = Registry;
	type Accounts = Registry;
	type Credibility = Credibility;
	type OnBlacklisted = Market;
	type Openings = Door;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = crate::benchmarks::BenchmarkSetup;
	type AuthorityOrigin = TwoThirds;
	type Notice = TwoSlots;
	type ReportPriority = ReportPriority;
	type ReportLongevity = ConstU64<REPORT_LONGEVITY>;
}

impl pallet_shared_wallet::Config for Runtime {
	type Signature = Signature;
	type WeightInfo = pallet_shared_wallet::weights::SubstrateWeight<Runtime>;
	type AuthorityOrigin = TwoThirds;
	type ServiceOrigin = EnsureService<Runtime>;
	type Currency = Balances;
	type Clock = CommunicationTree;
	type Directory = Registry;
	type Credibility = Credibility;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = crate::benchmarks::BenchmarkSetup;
	type FinePot = FinePot;
	type RedemptionNotice = ConstU64<THREE_DAYS>;
}

impl pallet_market::Config for Runtime {
	type WeightInfo = pallet_market::weights::SubstrateWeight<Runtime>;
	type ServiceOrigin = EnsureService<Runtime>;
	type AuthorityOrigin = TwoThirds;
	type Clock = CommunicationTree;
	type Directory = Registry;
	type Devices = Registry;
	type Standing = Blacklist;
	type Credibility = Credibility;
	type Escrow = SharedWallet;
	type LineSafety = SensorOracle;
	type Registers = SensorOracle;
	type Notice = TwoSlots;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = crate::benchmarks::BenchmarkSetup;
}

impl pallet_sensor_oracle::Config for Runtime {
	type Signature = Signature;
	type WeightInfo = pallet_sensor_oracle::weights::SubstrateWeight<Runtime>;
	type AuthorityOrigin = TwoThirds;
	type Clock = CommunicationTree;
	type Devices = Registry;
	type Directory = Registry;
	type Slots = Market;
	type Awaited = Market;
	type SensorsPerLine = ConstU32<16>;
	type Notice = TwoSlots;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = crate::benchmarks::BenchmarkSetup;
}
