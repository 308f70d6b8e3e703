//! What an upgrade does to the storage of an earlier release.

use crate::pallet::Pallet;
use frame_support::migrations::VersionedMigration;

/// From the first release, which kept the slot duration alone: those who write and vote become the
/// first data aggregators, and the running session gets its snapshot, with Aura's order as it is.
pub type MigrateToV1<T> =
	VersionedMigration<0, 1, v1::Unchecked<T>, Pallet<T>, <T as frame_system::Config>::DbWeight>;

mod v1 {
	use crate::{
		pallet::{Config, Pallet},
		PerMember, Place, Sessions, Snapshot,
	};
	use alloc::vec::Vec;
	use core::marker::PhantomData;
	use frame_support::{
		pallet_prelude::{Get, Weight},
		traits::UncheckedOnRuntimeUpgrade,
	};
	#[cfg(feature = "try-runtime")]
	use {
		crate::{Aggregators, Roster},
		codec::{Decode, Encode},
		frame_support::ensure,
		sp_runtime::TryRuntimeError,
	};

	/// The migration without a look at the storage version.
	pub struct Unchecked<T>(PhantomData<T>);

	impl<T: Config> UncheckedOnRuntimeUpgrade for Unchecked<T> {
		fn on_runtime_upgrade() -> Weight {
			let running = T::Sessions::running();
			let count = u32::try_from(running.len()).unwrap_or(u32::MAX);
			Pallet::<T>::adopt(running.iter().map(|(account, _)| account.clone()));
			let members = Pallet::<T>::frozen(running.into_iter());
			let places: Vec<Place> = (0..).take(members.len()).collect();
			Pallet::<T>::put_frozen(Snapshot {
				session: T::Sessions::index(),
				after: T::CurrentSlot::get(),
				rules: Pallet::<T>::rules(),
				authors: count,
				sequence: PerMember::truncate_from(places),
				members,
			});
			// For each: the aggregator, the count of them, the roster, the turn, its author's account.
			let each = u64::from(count).saturating_mul(5);
			T::DbWeight::get().reads_writes(each.saturating_add(12), each.saturating_add(5))
		}

		#[cfg(feature = "try-runtime")]
		fn pre_upgrade() -> Result<Vec<u8>, TryRuntimeError> {
			Ok(T::Sessions::active().encode())
		}

		#[cfg(feature = "try-runtime")]
		fn post_upgrade(state: Vec<u8>) -> Result<(), TryRuntimeError> {
			let active = Vec::<T::AccountId>::decode(&mut &state[..])
				.map_err(|_| "the voters before the upgrade cannot be read")?;
			ensure!(Roster::<T>::get().into_inner() == active, "the roster is not the voters");
			ensure!(
				active.iter().all(|one| Aggregators::<T>::contains_key(one)),
				"a voter is no data aggregator after the upgrade"
			);
			Ok(())
		}
	}
}
