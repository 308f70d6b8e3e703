//! [`MigrateToV1`].

use crate::{migrations::MigrateToV1, mock::*, OracleParameters, Parameters};
use codec::Encode;
use frame_support::{
	assert_ok,
	storage::unhashed,
	traits::{GetStorageVersion, OnRuntimeUpgrade, StorageVersion},
};
use voltree_primitives::Versioned;

/// The periods of the first release stay in force, as version 0 with nothing announced.
#[test]
fn periods_of_the_first_release_stay_in_force() {
	ExtBuilder::default().parameters(OracleParameters::default()).run(|| {
		// Three values, one after the other.
		let old = (PARAMETERS.report_period, PARAMETERS.freshness, PARAMETERS.min_interval);
		unhashed::put_raw(&Parameters::<Test>::hashed_key(), &old.encode());
		StorageVersion::new(0).put::<Oracle>();
		#[cfg(feature = "try-runtime")]
		let state = MigrateToV1::<Test>::pre_upgrade().unwrap();

		MigrateToV1::<Test>::on_runtime_upgrade();

		#[cfg(feature = "try-runtime")]
		MigrateToV1::<Test>::post_upgrade(state).unwrap();
		assert_eq!(Parameters::<Test>::get(), Versioned::new(PARAMETERS));
		assert_eq!(Oracle::parameters(), PARAMETERS);
		assert_eq!(Oracle::on_chain_storage_version(), 1);
	});
}

/// Run once more it changes nothing, nor does it touch a chain that began with this release.
#[test]
fn happens_once() {
	ExtBuilder::default().run(|| {
		assert_eq!(Oracle::on_chain_storage_version(), 1);
		let announced = OracleParameters { freshness: 30_000, ..PARAMETERS };
		assert_ok!(Oracle::set_parameters(RuntimeOrigin::root(), announced));
		let before = sp_io::storage::root(sp_runtime::StateVersion::V1);
		MigrateToV1::<Test>::on_runtime_upgrade();
		assert_eq!(sp_io::storage::root(sp_runtime::StateVersion::V1), before);
	});
}
