//! The chain's clock, which the block slots make.

use crate::{Config, Now, Pallet, SlotDuration};
use core::marker::PhantomData;
use frame_support::traits::Get;
use sp_runtime::traits::Zero;
use voltree_primitives::{Clock, Moment};

/// Shortest block slot, in milliseconds: below it a block cannot be built, sent and checked.
pub const SHORTEST_SLOT: Moment = 200;

/// Longest block slot, in milliseconds.
pub const LONGEST_SLOT: Moment = 60_000;

impl<T: Config> Pallet<T> {
	pub(crate) fn moment_of_slot() -> Moment {
		T::CurrentSlot::get().saturating_mul(SlotDuration::<T>::get())
	}
}

impl<T: Config> Clock for Pallet<T> {
	fn now() -> Moment {
		Now::<T>::get().unwrap_or_else(Self::moment_of_slot)
	}

	fn slot_duration() -> Moment {
		SlotDuration::<T>::get()
	}

	fn round() -> Moment {
		SlotDuration::<T>::get().saturating_mul(Moment::from(T::Authors::get().max(1)))
	}
}

/// Length of a block slot, for Aura.
pub struct SlotDurationOf<T>(PhantomData<T>);

impl<T: Config> Get<Moment> for SlotDurationOf<T> {
	fn get() -> Moment {
		SlotDuration::<T>::get()
	}
}

/// Half a block slot: the least time between two timestamps.
pub struct HalfSlotOf<T>(PhantomData<T>);

impl<T: Config> Get<Moment> for HalfSlotOf<T> {
	fn get() -> Moment {
		// Integer halves: 200 ms and more never make zero.
		SlotDuration::<T>::get().checked_div(2).filter(|half| !half.is_zero()).unwrap_or(1)
	}
}
