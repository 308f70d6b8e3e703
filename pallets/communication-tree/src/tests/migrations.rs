//! The upgrade from the release that kept the slot duration alone.

use crate::{migrations::MigrateToV1, mock::*, *};
use frame_support::traits::{GetStorageVersion, OnRuntimeUpgrade, StorageVersion};

/// What the earlier release would have: nothing but the slot duration.
fn without_aggregators(test: impl FnOnce()) {
	ExtBuilder::default().keyed(5).run(|| {
		sessions(2);
		let _ = Aggregators::<Test>::clear(u32::MAX, None);
		let _ = Snapshots::<Test>::clear(u32::MAX, None);
		let _ = Turns::<Test>::clear(u32::MAX, None);
		Roster::<Test>::kill();
		Starts::<Test>::kill();
		Overheads::<Test>::kill();
		SnapshotHash::<Test>::kill();
		RulesInForce::<Test>::kill();
		LastSlot::<Test>::kill();
		StorageVersion::new(0).put::<Tree>();
		test();
	});
}

#[test]
fn those_who_vote_become_the_first_data_aggregators() {
	without_aggregators(|| {
		MigrateToV1::<Test>::on_runtime_upgrade();
		assert_eq!(Tree::on_chain_storage_version(), Tree::in_code_storage_version());
		assert_eq!(Tree::do_try_state(), Ok(()));
		assert_eq!(Roster::<Test>::get().into_inner(), accounts(1..=5));
		assert_eq!(Tree::authors(), accounts(1..=5));
		assert_eq!(Tree::newest().unwrap().session, 2);
		assert_eq!(Da(4).known(), Aggregator::new(None, DEFAULT_LINK, &Rules::default(), 0));
		// The chain goes on, and nobody is blamed for what was before.
		sessions(3);
		assert!((1..=5).all(|number| Da(number).known().legality == 1_000_000_000));
		assert_eq!((Voters::get(), Voters::changes()), (accounts(1..=5), 0));
	});
}

#[test]
fn it_happens_once() {
	without_aggregators(|| {
		MigrateToV1::<Test>::on_runtime_upgrade();
		Tree::set_link(RuntimeOrigin::signed(Da(1).account()), 7).unwrap();
		MigrateToV1::<Test>::on_runtime_upgrade();
		assert_eq!(Da(1).known().link, 7);
	});
}
