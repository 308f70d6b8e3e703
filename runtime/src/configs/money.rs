//! The currency and what an extrinsic costs.

use crate::{
	weights, AccountId, Authorship, Balance, Balances, Runtime, RuntimeEvent, RuntimeFreezeReason,
	RuntimeHoldReason, System, VOLT,
};
use frame_support::{
	parameter_types,
	traits::{
		fungible::{Balanced, Credit},
		ConstU32, ConstU8, OnUnbalanced, VariantCountOf,
	},
	weights::{
		ConstantMultiplier, WeightToFeeCoefficient, WeightToFeeCoefficients, WeightToFeePolynomial,
	},
};
use pallet_transaction_payment::{FungibleAdapter, Multiplier, TargetedFeeAdjustment};
use sp_runtime::{traits::Bounded, FixedPointNumber, Perbill, Perquintill};

parameter_types! {
	/// An account holds at least a thousandth of a VOLT.
	pub const ExistentialDeposit: Balance = VOLT / 1_000;
}

impl pallet_balances::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeHoldReason = RuntimeHoldReason;
	type RuntimeFreezeReason = RuntimeFreezeReason;
	type WeightInfo = weights::pallet_balances::WeightInfo<Runtime>;
	type Balance = Balance;
	type DustRemoval = ToAuthor;
	type ExistentialDeposit = ExistentialDeposit;
	type AccountStore = System;
	type ReserveIdentifier = [u8; 8];
	type FreezeIdentifier = RuntimeFreezeReason;
	type MaxLocks = ConstU32<16>;
	type MaxReserves = ConstU32<16>;
	type MaxFreezes = VariantCountOf<RuntimeFreezeReason>;
	type DoneSlashHandler = ();
}

/// Pays what it is given to the author of the block. What would leave the author below the existential
/// deposit, because there is no account or nothing free on it, leaves the issuance.
pub struct ToAuthor;

impl OnUnbalanced<Credit<AccountId, Balances>> for ToAuthor {
	fn on_nonzero_unbalanced(credit: Credit<AccountId, Balances>) {
		if let Some(author) = Authorship::author() {
			// A credit that cannot be paid in comes back and is dropped, which burns it.
			drop(Balances::resolve(&author, credit));
		}
	}
}

/// A second of a block's time costs a tenth of a VOLT: the six extrinsics of a trade cost a few per
/// cent of the power in it.
pub struct WeightToFee;

impl WeightToFeePolynomial for WeightToFee {
	type Balance = Balance;

	fn polynomial() -> WeightToFeeCoefficients<Balance> {
		// A VOLT is 10^6 units and a second 10^12 of weight.
		[WeightToFeeCoefficient {
			coeff_integer: 0,
			coeff_frac: Perbill::from_parts(100),
			negative: false,
			degree: 1,
		}]
		.into_iter()
		.collect()
	}
}

parameter_types! {
	/// A byte costs a millionth of a VOLT, the smallest unit.
	pub const FeePerByte: Balance = VOLT / 1_000_000;
	/// Blocks filled to a quarter keep the fee where it is.
	pub const TargetFullness: Perquintill = Perquintill::from_percent(25);
	/// At the most so fast that it takes a day of full blocks to grow tenfold.
	pub AdjustmentSpeed: Multiplier = Multiplier::saturating_from_rational(75, 1_000_000);
	pub LowestMultiplier: Multiplier = Multiplier::saturating_from_rational(1, 10);
	pub HighestMultiplier: Multiplier = Bounded::max_value();
}

impl pallet_transaction_payment::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type OnChargeTransaction = FungibleAdapter<Balances, ToAuthor>;
	type WeightToFee = WeightToFee;
	type LengthToFee = ConstantMultiplier<Balance, FeePerByte>;
	type FeeMultiplierUpdate = TargetedFeeAdjustment<
		Self,
		TargetFullness,
		AdjustmentSpeed,
		LowestMultiplier,
		HighestMultiplier,
	>;
	type OperationalFeeMultiplier = ConstU8<5>;
	type WeightInfo = weights::pallet_transaction_payment::WeightInfo<Runtime>;
}

impl pallet_skip_feeless_payment::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
}
