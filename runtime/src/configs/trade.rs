//! The trade: which pallet answers which question of another.

use crate::{
	configs::authority::TwoThirds, Balance, Balances, Blacklist, CommunicationTree, Credibility,
	Market, Registry, Runtime, SensorOracle, SharedWallet, Signature, VOLT,
};
use frame_support::{parameter_types, traits::ConstU32, PalletId};
use pallet_registry::EnsureService;

parameter_types! {
	pub const ApplicationDeposit: Balance = VOLT / 10;
	/// The authority fills this account; newcomers get their endowment from it.
	pub const PotId: PalletId = PalletId(*b"volt/pot");
}

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
}

impl pallet_credibility::Config for Runtime {
	type WeightInfo = pallet_credibility::weights::SubstrateWeight<Runtime>;
	type OnCredit = Blacklist;
	type AuthorityOrigin = TwoThirds;
}

impl pallet_blacklist::Config for Runtime {
	type WeightInfo = pallet_blacklist::weights::SubstrateWeight<Runtime>;
	type Clock = CommunicationTree;
	type Directory = Registry;
	type Accounts = Registry;
	type Credibility = Credibility;
	type AuthorityOrigin = TwoThirds;
}

impl pallet_shared_wallet::Config for Runtime {
	type Signature = Signature;
	type WeightInfo = pallet_shared_wallet::weights::SubstrateWeight<Runtime>;
	type ServiceOrigin = EnsureService<Runtime>;
	type Currency = Balances;
	type Clock = CommunicationTree;
	type Directory = Registry;
	type Credibility = Credibility;
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
}

impl pallet_sensor_oracle::Config for Runtime {
	type Signature = Signature;
	type WeightInfo = pallet_sensor_oracle::weights::SubstrateWeight<Runtime>;
	type AuthorityOrigin = TwoThirds;
	type Clock = CommunicationTree;
	type Devices = Registry;
	type Slots = Market;
	type SensorsPerLine = ConstU32<16>;
}
