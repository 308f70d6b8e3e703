//! Tests of the clock.

use crate as pallet_communication_tree;
use crate::{HalfSlotOf, Now, SlotDurationOf};
use frame_support::{
	derive_impl, parameter_types,
	traits::{Get, Hooks},
};
use pallet_session::SessionManager;
use sp_runtime::BuildStorage;
use voltree_primitives::Clock;

#[frame_support::runtime]
mod runtime {
	#[runtime::runtime]
	#[runtime::derive(RuntimeCall, RuntimeEvent, RuntimeError, RuntimeOrigin, RuntimeTask)]
	pub struct Test;

	#[runtime::pallet_index(0)]
	pub type System = frame_system;
	#[runtime::pallet_index(1)]
	pub type CommunicationTree = pallet_communication_tree;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = frame_system::mocking::MockBlock<Test>;
}

parameter_types! {
	pub static Slot: u64 = 7;
	pub static Authors: u32 = 4;
}

impl crate::Config for Test {
	type CurrentSlot = Slot;
	type Authors = Authors;
}

fn chain(slot_duration: u64) -> sp_io::TestExternalities {
	RuntimeGenesisConfig {
		communication_tree: crate::GenesisConfig { slot_duration, ..Default::default() },
		..Default::default()
	}
	.build_storage()
	.unwrap()
	.into()
}

/// Chain time is the slot times its duration; a round gives each author one slot.
#[test]
fn time_is_counted_in_slots() {
	chain(2_000).execute_with(|| {
		assert_eq!(CommunicationTree::now(), 14_000);
		assert_eq!(CommunicationTree::slot_duration(), 2_000);
		assert_eq!(CommunicationTree::round(), 8_000);
		assert_eq!(<SlotDurationOf<Test> as Get<u64>>::get(), 2_000);
		assert_eq!(<HalfSlotOf<Test> as Get<u64>>::get(), 1_000);
		Slot::set(u64::MAX);
		assert_eq!(CommunicationTree::now(), u64::MAX);
		Authors::set(0);
		assert_eq!(CommunicationTree::round(), 2_000);
	});
}

/// A block works it out once; until the next one it stands, whatever the slot.
#[test]
fn now_is_worked_out_once_a_block() {
	chain(2_000).execute_with(|| {
		CommunicationTree::on_initialize(1);
		assert_eq!((CommunicationTree::now(), Now::<Test>::get()), (14_000, Some(14_000)));
		Slot::set(8);
		assert_eq!(CommunicationTree::now(), 14_000);
		CommunicationTree::on_initialize(2);
		assert_eq!(CommunicationTree::now(), 16_000);
	});
}

#[test]
fn three_seconds_is_the_default() {
	assert_eq!(crate::GenesisConfig::<Test>::default().slot_duration, 3_000);
}

#[test]
#[should_panic(expected = "choose 200 to 60,000 ms")]
fn a_slot_that_is_too_short_is_refused_at_genesis() {
	chain(199);
}

/// Without a change of members no session changes the authority set.
#[test]
fn an_unchanged_membership_plans_no_new_set() {
	chain(3_000).execute_with(|| {
		assert_eq!(<CommunicationTree as SessionManager<u64>>::new_session(3), None);
	});
}
