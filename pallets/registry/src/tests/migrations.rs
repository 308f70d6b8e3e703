use crate::{migrations::MigrateToV1, mock::*, pallet::*, types};
use codec::Encode;
use frame_support::{
	storage::unhashed,
	traits::{GetStorageVersion, OnRuntimeUpgrade, StorageVersion},
};
use voltree_primitives::Versioned;

/// The state as the first release left it.
fn first_release(old: &types::Parameters) {
	// Two values, one after the other.
	let bytes = (old.endowment, old.longest_certificate).encode();
	unhashed::put_raw(&Parameters::<Test>::hashed_key(), &bytes);
	StorageVersion::new(0).put::<Registry>();
}

/// The parameters of the first release stay in force, as version 0 with nothing announced.
#[test]
fn parameters_of_the_first_release_stay_in_force() {
	ExtBuilder::default().parameters(types::Parameters::default()).run(|| {
		first_release(&parameters());
		#[cfg(feature = "try-runtime")]
		let state = MigrateToV1::<Test>::pre_upgrade().unwrap();

		MigrateToV1::<Test>::on_runtime_upgrade();

		#[cfg(feature = "try-runtime")]
		MigrateToV1::<Test>::post_upgrade(state).unwrap();
		assert_eq!(Parameters::<Test>::get(), Versioned::new(parameters()));
		assert_eq!(Registry::parameters(), parameters());
		assert_eq!(Registry::on_chain_storage_version(), 1);
	});
}

/// Run once more it changes nothing, nor does it touch a chain that began with this release.
#[test]
fn happens_once() {
	ExtBuilder::default().run(|| {
		assert_eq!(Registry::on_chain_storage_version(), 1);
		let announced = types::Parameters { endowment: 99, ..parameters() };
		Registry::set_parameters(RuntimeOrigin::root(), announced).unwrap();
		let before = sp_io::storage::root(sp_runtime::StateVersion::V1);
		MigrateToV1::<Test>::on_runtime_upgrade();
		assert_eq!(sp_io::storage::root(sp_runtime::StateVersion::V1), before);
	});
}
