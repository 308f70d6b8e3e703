//! Weights of the calls.
//!
//! Estimated: reads and writes are counted in the code, times are generous. Measured ones replace
//! them as soon as the runtime's benchmarks exist.

use core::marker::PhantomData;
use frame_support::{
	traits::Get,
	weights::{constants::ParityDbWeight, Weight},
};

/// What a call costs.
pub trait WeightInfo {
	/// [`crate::Pallet::fund`].
	fn fund() -> Weight;
	/// [`crate::Pallet::withdraw`].
	fn withdraw() -> Weight;
	/// [`crate::Pallet::renew`].
	fn renew() -> Weight;
	/// [`crate::Pallet::pay_fines`].
	fn pay_fines() -> Weight;
	/// [`crate::Pallet::issue`].
	fn issue() -> Weight;
	/// [`crate::Pallet::redeem`].
	fn redeem() -> Weight;
	/// [`crate::Pallet::cancel_redemption`].
	fn cancel_redemption() -> Weight;
	/// [`crate::Pallet::burn`].
	fn burn() -> Weight;
}

const MICROSECOND: u64 = 1_000_000;

/// Estimated weights with the runtime's database costs.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	fn fund() -> Weight {
		Weight::from_parts(60 * MICROSECOND, 8_000)
			.saturating_add(T::DbWeight::get().reads_writes(3, 3))
	}
	fn withdraw() -> Weight {
		Weight::from_parts(60 * MICROSECOND, 10_000)
			.saturating_add(T::DbWeight::get().reads_writes(7, 5))
	}
	fn renew() -> Weight {
		Weight::from_parts(150 * MICROSECOND, 14_000)
			.saturating_add(T::DbWeight::get().reads_writes(9, 2))
	}
	fn pay_fines() -> Weight {
		Weight::from_parts(60 * MICROSECOND, 10_000)
			.saturating_add(T::DbWeight::get().reads_writes(5, 3))
	}
	fn issue() -> Weight {
		Weight::from_parts(50 * MICROSECOND, 8_000)
			.saturating_add(T::DbWeight::get().reads_writes(3, 3))
	}
	fn redeem() -> Weight {
		Weight::from_parts(60 * MICROSECOND, 10_000)
			.saturating_add(T::DbWeight::get().reads_writes(6, 3))
	}
	fn cancel_redemption() -> Weight {
		Weight::from_parts(50 * MICROSECOND, 8_000)
			.saturating_add(T::DbWeight::get().reads_writes(4, 3))
	}
	fn burn() -> Weight {
		Weight::from_parts(60 * MICROSECOND, 10_000)
			.saturating_add(T::DbWeight::get().reads_writes(5, 5))
	}
}

impl WeightInfo for () {
	fn fund() -> Weight {
		ParityDbWeight::get().reads_writes(3, 3)
	}
	fn withdraw() -> Weight {
		ParityDbWeight::get().reads_writes(7, 5)
	}
	fn renew() -> Weight {
		ParityDbWeight::get().reads_writes(9, 2)
	}
	fn pay_fines() -> Weight {
		ParityDbWeight::get().reads_writes(5, 3)
	}
	fn issue() -> Weight {
		ParityDbWeight::get().reads_writes(3, 3)
	}
	fn redeem() -> Weight {
		ParityDbWeight::get().reads_writes(6, 3)
	}
	fn cancel_redemption() -> Weight {
		ParityDbWeight::get().reads_writes(4, 3)
	}
	fn burn() -> Weight {
		ParityDbWeight::get().reads_writes(5, 5)
	}
}
