//! Weights of credibility's calls and of its idle time.
//!
//! Estimated: storage is counted by hand at the largest sizes, computing is set well above what
//! such code takes on a small machine.

use core::marker::PhantomData;
use frame_support::{
	traits::Get,
	weights::{constants::ParityDbWeight, RuntimeDbWeight, Weight},
};

/// Any call: dispatch, a few comparisons, an event.
const BASE: u64 = 25_000_000;
/// One entry more: an iteration step.
const ENTRY: u64 = 2_000_000;

/// What each call or hook costs at most.
pub trait WeightInfo {
	/// [`crate::Pallet::set_parameters`]
	fn set_parameters() -> Weight;
	/// Idle time in which `n` gains of days that are over are forgotten.
	fn forget_gains(n: u32) -> Weight;
}

/// The parameters and the time.
fn set_parameters(db: RuntimeDbWeight) -> Weight {
	Weight::from_parts(BASE, 0).saturating_add(db.reads_writes(3, 1))
}

/// The time, a look at the first gain of today, and a read and a write for each one forgotten.
fn forget_gains(db: RuntimeDbWeight, n: u32) -> Weight {
	Weight::from_parts(ENTRY, 0)
		.saturating_add(db.reads(3))
		.saturating_add(Weight::from_parts(ENTRY, 0).saturating_mul(n.into()))
		.saturating_add(db.reads_writes(1, 1).saturating_mul(n.into()))
}

/// Weights of a chain with its own costs of storage.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	fn set_parameters() -> Weight {
		set_parameters(T::DbWeight::get())
	}

	fn forget_gains(n: u32) -> Weight {
		forget_gains(T::DbWeight::get(), n)
	}
}

impl WeightInfo for () {
	fn set_parameters() -> Weight {
		set_parameters(ParityDbWeight::get())
	}

	fn forget_gains(n: u32) -> Weight {
		forget_gains(ParityDbWeight::get(), n)
	}
}
