//! Tests of the clock.

use crate::{mock::*, HalfSlotOf, Now, SlotDurationOf};
use frame_support::traits::{Get, Hooks};
use voltree_primitives::Clock;

/// Chain time is the slot times its duration; a round gives each author one slot.
#[test]
fn time_is_counted_in_slots() {
	ExtBuilder::default().keyed(4).run(|| {
		assert_eq!(Tree::now(), 100 * SLOT);
		blocks(3);
		assert_eq!(Tree::now(), 103 * SLOT);
		assert_eq!(Tree::slot_duration(), SLOT);
		assert_eq!(Tree::round(), 4 * SLOT);
		assert_eq!(<SlotDurationOf<Test> as Get<u64>>::get(), SLOT);
		assert_eq!(<HalfSlotOf<Test> as Get<u64>>::get(), SLOT / 2);
	});
}

/// A block works it out once; until the next one it stands, whatever the slot.
#[test]
fn now_is_worked_out_once_a_block() {
	ExtBuilder::default().keyed(4).run(|| {
		assert_eq!(Now::<Test>::get(), Some(Tree::now()));
		frame_support::hypothetically!({
			pallet_aura::CurrentSlot::<Test>::put(sp_consensus_aura::Slot::from(1_000));
			assert_eq!(Tree::now(), 100 * SLOT);
		});
	});
}

#[test]
fn time_ends_rather_than_begin_again() {
	ExtBuilder::default().keyed(1).run(|| {
		frame_support::hypothetically!({
			pallet_aura::CurrentSlot::<Test>::put(sp_consensus_aura::Slot::from(u64::MAX));
			Tree::on_initialize(1);
			assert_eq!(Tree::now(), u64::MAX);
			pallet_aura::Authorities::<Test>::kill();
			assert_eq!(Tree::round(), SLOT);
		});
	});
}

#[test]
fn three_seconds_is_the_default() {
	assert_eq!(crate::GenesisConfig::<Test>::default().slot_duration, 3_000);
}
