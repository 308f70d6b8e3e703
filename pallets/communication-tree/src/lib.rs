//! # Communication tree
//!
//! The data aggregators (DAs), their order, and the clock that their block slots make.
//!
//! What is here now is the part everything else stands on: the chain's time, and the place where
//! the session pallet asks who the DAs are. Admission, trust, the sequence N* and the trees that
//! blocks travel down are section 6 of DESIGN.md and join in the same places.
//!
//! | Item | Who asks | What it says |
//! |---|---|---|
//! | [`Clock`] for [`Pallet`] | every pallet | now, the length of a block slot, of a round |
//! | [`SlotDurationOf`] | Aura, timestamp | length of a block slot, set at genesis |
//! | [`SessionManager`] for [`Pallet`] | session | a new set of DAs, only when it has changed |
//!
//! ## Invariants
//!
//! * The slot duration is set at genesis, is at least [`SHORTEST_SLOT`], and never changes.
//! * Chain time is the current Aura slot times the slot duration, in hooks and calls alike: Aura
//!   comes before every pallet with deadlines in the runtime's order.

#![cfg_attr(not(feature = "std"), no_std)]
// `expect_used` and `as_conversions` are left out: they fire inside what FRAME's macros write.
#![cfg_attr(
	not(test),
	deny(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)
)]

extern crate alloc;

use alloc::vec::Vec;
use core::marker::PhantomData;
use frame_support::traits::Get;
use pallet_session::SessionManager;
use sp_runtime::traits::Zero;
use voltree_primitives::{Clock, Moment};

pub use pallet::*;

#[cfg(test)]
mod tests;

/// Shortest block slot, in milliseconds: below it a block cannot be built, sent and checked.
pub const SHORTEST_SLOT: Moment = 200;

/// Longest block slot, in milliseconds.
pub const LONGEST_SLOT: Moment = 60_000;

#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use frame_support::{pallet_prelude::*, weights::Weight};
	use frame_system::pallet_prelude::*;

	#[pallet::config]
	pub trait Config: frame_system::Config {
		// Dependencies
		/// Number of the current block slot, from Aura.
		type CurrentSlot: Get<u64>;
		/// How many authors take turns, from Aura.
		type Authors: Get<u32>;
	}

	#[pallet::pallet]
	pub struct Pallet<T>(_);

	#[pallet::type_value]
	pub fn DefaultSlotDuration<T: Config>() -> Moment {
		3_000
	}

	/// Now: the current block slot times its duration, worked out once a block because everything that
	/// has a deadline asks. Empty before the first block that knows of it.
	#[pallet::storage]
	pub type Now<T: Config> = StorageValue<_, Moment, OptionQuery>;

	/// Length of a block slot in milliseconds; fixed for the chain's life.
	#[pallet::storage]
	pub type SlotDuration<T: Config> = StorageValue<_, Moment, ValueQuery, DefaultSlotDuration<T>>;

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn on_initialize(_: BlockNumberFor<T>) -> Weight {
			Now::<T>::put(Self::moment_of_slot());
			T::DbWeight::get().reads_writes(2, 1)
		}
	}

	#[pallet::genesis_config]
	pub struct GenesisConfig<T: Config> {
		/// Length of a block slot in milliseconds, 200 to 60,000.
		pub slot_duration: Moment,
		#[serde(skip)]
		/// The runtime this belongs to.
		pub runtime: PhantomData<T>,
	}

	impl<T: Config> Default for GenesisConfig<T> {
		fn default() -> Self {
			Self { slot_duration: DefaultSlotDuration::<T>::get(), runtime: PhantomData }
		}
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			assert!(
				(SHORTEST_SLOT..=LONGEST_SLOT).contains(&self.slot_duration),
				"communicationTree.slotDuration is {} ms; choose 200 to 60,000 ms",
				self.slot_duration,
			);
			SlotDuration::<T>::put(self.slot_duration);
		}
	}
}

impl<T: Config> Pallet<T> {
	fn moment_of_slot() -> Moment {
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

/// The DAs change only when membership does. Answering `Some` would make GRANDPA schedule a set
/// change even for the same members, so `None` is the answer for every session without one; the
/// members of genesis come with their session keys.
impl<T: Config> SessionManager<T::AccountId> for Pallet<T> {
	fn new_session(_: u32) -> Option<Vec<T::AccountId>> {
		None
	}

	fn start_session(_: u32) {}

	fn end_session(_: u32) {}
}
