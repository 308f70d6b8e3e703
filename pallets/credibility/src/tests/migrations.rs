use crate::{migrations::MigrateToV1, mock::*, pallet::*, types};
use codec::Encode;
use frame_support::{
	storage::unhashed,
	traits::{GetStorageVersion, OnRuntimeUpgrade, StorageVersion},
};
use voltree_primitives::{Credibility, Versioned};

fn migrate() {
	#[cfg(feature = "try-runtime")]
	let before = MigrateToV1::<Test>::pre_upgrade().unwrap();
	MigrateToV1::<Test>::on_runtime_upgrade();
	#[cfg(feature = "try-runtime")]
	MigrateToV1::<Test>::post_upgrade(before).unwrap();
}

/// What the previous release stored, byte by byte: start, weight, cap.
#[test]
fn the_parameters_get_a_version() {
	ExtBuilder::default().enrolled(tag(1)).run(|| {
		StorageVersion::new(0).put::<CredibilityPallet>();
		unhashed::put(&Parameters::<Test>::hashed_key(), &(700u32, 12u32, 90u32));
		let score = Scores::<Test>::get(tag(1)).encode();

		migrate();

		let expected = types::Parameters {
			start: 700,
			weight: 12,
			cap_per_event: 90,
			gain: 0,
			fine_rate: 200,
			smallest_fine: 50_000,
		};
		assert_eq!(Parameters::<Test>::get(), Versioned::new(expected));
		assert_eq!(CredibilityPallet::terms().version, 0);
		assert_eq!(CredibilityPallet::on_chain_storage_version(), 1);
		assert_eq!(Scores::<Test>::get(tag(1)).encode(), score);
	});
}

/// A chain that is there already stays as it is.
#[test]
fn a_new_chain_is_not_migrated() {
	ExtBuilder::default().parameters(700, 12, 90).gain(5).run(|| {
		assert_eq!(CredibilityPallet::on_chain_storage_version(), 1);
		let before = Parameters::<Test>::get();
		migrate();
		assert_eq!(Parameters::<Test>::get(), before);
	});
}
