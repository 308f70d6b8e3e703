//! Weights of credibility's calls.
//!
//! Estimated: storage is counted by hand at the largest sizes, computing is set well above what
//! such code takes on a small machine. Measured ones come with the benchmarks of the next step.

use core::marker::PhantomData;
use frame_support::{
	traits::Get,
	weights::{constants::RocksDbWeight, Weight},
};

/// Any call: dispatch, a few comparisons, an event.
const BASE: u64 = 25_000_000;

/// What each call costs at most.
pub trait WeightInfo {
	/// [`crate::Pallet::set_parameters`]
	fn set_parameters() -> Weight;
}

/// Weights of a chain with its own costs of storage.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	fn set_parameters() -> Weight {
		// The parameters.
		Weight::from_parts(BASE, 0).saturating_add(T::DbWeight::get().writes(1))
	}
}

impl WeightInfo for () {
	fn set_parameters() -> Weight {
		Weight::from_parts(BASE, 0).saturating_add(RocksDbWeight::get().writes(1))
	}
}
