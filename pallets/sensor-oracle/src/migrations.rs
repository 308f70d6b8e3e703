//! What an upgrade does to the storage of an earlier release.

use crate::pallet::Pallet;
use frame_support::migrations::VersionedMigration;

/// From the layout of the first release: periods that changed at once become periods that change
/// with notice.
pub type MigrateToV1<T> =
	VersionedMigration<0, 1, v1::Unchecked<T>, Pallet<T>, <T as frame_system::Config>::DbWeight>;

mod v1 {
	use crate::{
		pallet::{Config, Pallet},
		OracleParameters,
	};
	use codec::{Decode, Encode};
	use core::marker::PhantomData;
	use frame_support::{
		pallet_prelude::{Get, OptionQuery, Weight},
		storage_alias,
		traits::UncheckedOnRuntimeUpgrade,
	};
	use voltree_primitives::{Moment, Versioned};
	#[cfg(feature = "try-runtime")]
	use {alloc::vec::Vec, frame_support::ensure, sp_runtime::TryRuntimeError};

	/// The parameters as the first release stored them.
	#[derive(Encode, Decode)]
	struct OldParameters {
		report_period: Moment,
		freshness: Moment,
		min_interval: Moment,
	}

	#[storage_alias]
	type Parameters<T: Config> = StorageValue<Pallet<T>, OldParameters, OptionQuery>;

	/// What was in force; the default where nothing was stored.
	fn old<T: Config>() -> OracleParameters {
		Parameters::<T>::get().map_or_else(OracleParameters::default, |old| OracleParameters {
			report_period: old.report_period,
			freshness: old.freshness,
			min_interval: old.min_interval,
		})
	}

	/// The migration without a look at the storage version.
	pub struct Unchecked<T>(PhantomData<T>);

	impl<T: Config> UncheckedOnRuntimeUpgrade for Unchecked<T> {
		fn on_runtime_upgrade() -> Weight {
			crate::pallet::Parameters::<T>::put(Versioned::new(old::<T>()));
			T::DbWeight::get().reads_writes(1, 1)
		}

		#[cfg(feature = "try-runtime")]
		fn pre_upgrade() -> Result<Vec<u8>, TryRuntimeError> {
			Ok(old::<T>().encode())
		}

		#[cfg(feature = "try-runtime")]
		fn post_upgrade(state: Vec<u8>) -> Result<(), TryRuntimeError> {
			let old = OracleParameters::decode(&mut &state[..])
				.map_err(|_| "the oracle's parameters before the upgrade cannot be read")?;
			ensure!(
				crate::pallet::Parameters::<T>::get() == Versioned::new(old),
				"the oracle's parameters changed with the upgrade"
			);
			Ok(())
		}
	}
}
