//! From one layout of what is stored to the next.

use crate::{
	pallet::{Config, Pallet},
	types, Parameters,
};
use codec::{Decode, Encode};
use core::marker::PhantomData;
use frame_support::{
	defensive,
	migrations::VersionedMigration,
	traits::{Get, UncheckedOnRuntimeUpgrade},
	weights::Weight,
};
use voltree_primitives::{Credit, Versioned};

/// Parameters get a version, a gain and fines: what the old ones left open gets its default.
pub type MigrateToV1<T> =
	VersionedMigration<0, 1, ToV1<T>, Pallet<T>, <T as frame_system::Config>::DbWeight>;

/// What [`MigrateToV1`] does. One value, whatever the size of the chain.
pub struct ToV1<T>(PhantomData<T>);

#[derive(Encode, Decode)]
struct OldParameters {
	start: Credit,
	weight: u32,
	cap_per_event: Credit,
}

impl From<OldParameters> for Versioned<types::Parameters> {
	fn from(OldParameters { start, weight, cap_per_event }: OldParameters) -> Self {
		Versioned::new(types::Parameters { start, weight, cap_per_event, ..Default::default() })
	}
}

impl<T: Config> UncheckedOnRuntimeUpgrade for ToV1<T> {
	fn on_runtime_upgrade() -> Weight {
		let translated =
			Parameters::<T>::translate(|old: Option<OldParameters>| old.map(Into::into));
		if translated.is_err() {
			defensive!("the parameters of credibility cannot be decoded");
		}
		T::DbWeight::get().reads_writes(1, 1)
	}

	#[cfg(feature = "try-runtime")]
	fn pre_upgrade() -> Result<alloc::vec::Vec<u8>, sp_runtime::TryRuntimeError> {
		let key = Parameters::<T>::hashed_key();
		let old: Option<OldParameters> = frame_support::storage::unhashed::get(&key);
		Ok(old.encode())
	}

	#[cfg(feature = "try-runtime")]
	fn post_upgrade(old: alloc::vec::Vec<u8>) -> Result<(), sp_runtime::TryRuntimeError> {
		let old = Option::<OldParameters>::decode(&mut old.as_slice())
			.map_err(|_| "what pre_upgrade kept cannot be decoded")?;
		let expected = old.map(Into::into).unwrap_or_default();
		frame_support::ensure!(
			Parameters::<T>::get() == expected,
			"the parameters are not those from before"
		);
		Pallet::<T>::do_try_state()
	}
}
