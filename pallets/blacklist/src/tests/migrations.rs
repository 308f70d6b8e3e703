use crate::{migrations::MigrateToV1, mock::*, pallet::*, types, Entry};
use frame_support::{
	storage::unhashed,
	traits::{GetStorageVersion, OnRuntimeUpgrade, StorageVersion},
};
use voltree_primitives::{OnCredit, Roles, Versioned};

fn migrate() {
	#[cfg(feature = "try-runtime")]
	let before = MigrateToV1::<Test>::pre_upgrade().unwrap();
	MigrateToV1::<Test>::on_runtime_upgrade();
	#[cfg(feature = "try-runtime")]
	MigrateToV1::<Test>::post_upgrade(before).unwrap();
}

/// What the previous release stored: the limit. A re-entry level that the old limit would exceed
/// moves above it.
#[test]
fn the_parameters_get_a_version() {
	for (limit, kept, reentry) in
		[(200u32, 200, 400), (399, 399, 400), (400, 400, 401), (u32::MAX, u32::MAX - 1, u32::MAX)]
	{
		ExtBuilder::default().certified(tag(1), Roles::Both).run(|| {
			Blacklist::credit_changed(&tag(1), 1_000, 150);
			StorageVersion::new(0).put::<Blacklist>();
			unhashed::put(&Parameters::<Test>::hashed_key(), &limit);

			migrate();

			let expected = types::Parameters { limit: kept, waiting: 604_800_000, reentry };
			assert_eq!(Parameters::<Test>::get(), Versioned::new(expected));
			assert_eq!(Blacklist::on_chain_storage_version(), 1);
			let entry = Entry { since: START, credit: 150 };
			assert_eq!(Entries::<Test>::get(tag(1)), Some(entry));
		});
	}
}

/// A chain that is there already stays as it is.
#[test]
fn a_new_chain_is_not_migrated() {
	ExtBuilder::default().limit(77).run(|| {
		assert_eq!(Blacklist::on_chain_storage_version(), 1);
		let before = Parameters::<Test>::get();
		migrate();
		assert_eq!(Parameters::<Test>::get(), before);
	});
}
