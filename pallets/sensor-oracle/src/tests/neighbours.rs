//! What other pallets and clients are told.

use crate::{mock::*, Class, Histories, Registers, Reports, SeriesRoot};
use frame_support::assert_ok;
use voltree_primitives::{LineSafety, Registers as _, SafetyOver, Verdict};

const CLEAR_FOR_A_WHILE: [u64; 4] = [START, START + 10_000, START + 20_000, START + 30_000];

/// Safe by clear reports; stale by silence alone, without a transaction.
#[test]
fn silence_makes_a_line_stale() {
	ExtBuilder::default().run(|| {
		assert_eq!(Oracle::verdict(LINE, &[]), Verdict::Stale);
		all_see(Class::Clear, &CLEAR_FOR_A_WHILE);
		assert_eq!(Oracle::verdict(LINE, &[]), Verdict::Safe);
		Now::set(START + 55_000);
		assert_eq!(Oracle::verdict(LINE, &[]), Verdict::Safe);
		Now::set(START + 55_001);
		assert_eq!(Oracle::verdict(LINE, &[]), Verdict::Stale);
	});
}

/// The sensors of a trade's own parties are left out; with two owners left nobody can judge.
#[test]
fn parties_do_not_vote_on_their_own_line() {
	ExtBuilder::default().run(|| {
		TestDevices::place(Dave, tag(4), LINE);
		all_see(Class::Clear, &CLEAR_FOR_A_WHILE);
		// Dave is silent: three of four suffice, and so do two of the three others.
		assert_eq!(Oracle::owners(LINE, &[]), 4);
		assert_eq!(Oracle::verdict(LINE, &[]), Verdict::Safe);
		assert_eq!(Oracle::owners(LINE, &[tag(1)]), 3);
		assert_eq!(Oracle::verdict(LINE, &[tag(1)]), Verdict::Safe);
		assert_eq!(Oracle::owners(LINE, &[tag(1), tag(2)]), 2);
		assert_eq!(Oracle::verdict(LINE, &[tag(1), tag(2)]), Verdict::Stale);
		assert_eq!(Oracle::owners(LINE, &[tag(77)]), 4);
		assert_eq!(Oracle::owners(99, &[]), 0);
	});
}

/// Over a span of time: the same line twice, and two lines of which one has no jury.
#[test]
fn safety_over_time_is_that_of_both_lines() {
	ExtBuilder::default().run(|| {
		all_see(Class::Clear, &CLEAR_FOR_A_WHILE);
		let over = |lines, from, to| Oracle::safety_over(lines, &[], START + from, START + to);
		let part = SafetyOver { longest_safe: 20_000, always: false, never: false };
		let never = SafetyOver { longest_safe: 0, always: false, never: true };
		assert_eq!(over([LINE, LINE], 0, 30_000), part);
		let always = SafetyOver { longest_safe: 15_000, always: true, never: false };
		assert_eq!(over([LINE, LINE], 10_000, 25_000), always);
		assert_eq!(over([LINE, OTHER_LINE], 10_000, 25_000), never);
		assert_eq!(over([LINE, LINE], 20_000, 20_000), never);
	});
}

/// What a removed device said is forgotten, and nothing of it comes back with the same account.
#[test]
fn a_removed_device_is_forgotten() {
	ExtBuilder::default().run(|| {
		sees(Alice, Class::Wind, START);
		assert_ok!(Oracle::report_register(signed(Eve), reading(START, 1, 1), None));
		TestDevices::remove(Alice);
		TestDevices::remove(Eve);
		assert!(!Reports::<Test>::contains_key(Alice.to_account_id()));
		assert!(!Histories::<Test>::contains_key(Alice.to_account_id()));
		assert!(!Registers::<Test>::contains_key(Eve.to_account_id()));
		TestDevices::place(Alice, tag(1), LINE);
		sees(Alice, Class::Clear, START);
		assert_eq!(Histories::<Test>::get(Alice.to_account_id()).spans.len(), 1);
	});
}

/// In the middle of a trade: a removed meter is as silent as one that never reported, for slots that
/// are over, too.
#[test]
fn a_removed_meter_is_silent() {
	ExtBuilder::default().run(|| {
		assert_ok!(Oracle::report_register(signed(Eve), reading(START - SLOT, 0, 40), None));
		assert_ok!(Oracle::report_register(signed(Eve), reading(START, 0, 100), None));
		let eve = Eve.to_account_id();
		assert_eq!(Oracle::exported(&eve, START - SLOT, START), Some(60));
		TestDevices::remove(Eve);
		assert_eq!(Oracle::exported(&eve, START - SLOT, START), None);
	});
}

/// In the middle of a trade: with a sensor less the others judge, as long as three owners are left.
#[test]
fn a_removed_sensor_is_one_voice_less() {
	ExtBuilder::default().run(|| {
		TestDevices::place(Dave, tag(4), LINE);
		all_see(Class::Clear, &CLEAR_FOR_A_WHILE);
		TestDevices::remove(Alice);
		assert_eq!(Oracle::owners(LINE, &[]), 3);
		assert_eq!(Oracle::verdict(LINE, &[]), Verdict::Safe);
		TestDevices::remove(Bob);
		assert_eq!(Oracle::owners(LINE, &[]), 2);
		assert_eq!(Oracle::verdict(LINE, &[]), Verdict::Stale);
	});
}

/// Exported energy is known between two known boundaries.
#[test]
fn exported_energy_lies_between_two_registers() {
	ExtBuilder::default().run(|| {
		assert_ok!(Oracle::report_register(signed(Eve), reading(START - SLOT, 0, 40), None));
		assert_ok!(Oracle::report_register(signed(Eve), reading(START, 0, 100), None));
		let eve = Eve.to_account_id();
		assert_eq!(Oracle::exported(&eve, START - SLOT, START), Some(60));
		assert_eq!(Oracle::exported(&eve, START, START), Some(0));
		assert_eq!(Oracle::exported(&eve, START - 2 * SLOT, START), None);
		assert_eq!(Oracle::exported(&eve, START, START + SLOT), None);
		assert_eq!(Oracle::exported(&eve, START, START - SLOT), None);
		assert_eq!(Oracle::exported(&Alice.to_account_id(), START - SLOT, START), None);
	});
}

/// Clients see the verdict, its time, and every sensor of the line with its newest report.
#[test]
fn clients_see_the_line() {
	ExtBuilder::default().run(|| {
		all_see(Class::Clear, &[START, START + 10_000]);
		TestDevices::place(Dave, tag(4), LINE);
		Now::set(START + 12_000);
		let view = Oracle::line_view(LINE, &[tag(3)]);
		assert_eq!((view.at, view.verdict, view.owners), (START + 12_000, Verdict::Safe, 3));
		for sensor in [Alice, Bob, Charlie] {
			let newest = report_of(sensor, Class::Clear, START + 10_000);
			assert!(view.sensors.contains(&(sensor.to_account_id(), Some(newest))));
		}
		assert!(view.sensors.contains(&(Dave.to_account_id(), None)));
		assert_eq!(view.sensors.len(), 4);
	});
}

/// The bytes to sign: purpose, chain, body.
#[test]
fn clients_get_the_bytes_to_sign() {
	use codec::Encode;
	ExtBuilder::default().run(|| {
		let report = report_of(Alice, Class::Overload, START);
		let genesis = System::block_hash(0);
		let bytes = (*b"voltree:sensor:\0", genesis, report.clone()).encode();
		assert_eq!(Oracle::report_message(report).encode(), bytes);
		assert_eq!(bytes.len(), 16 + 32 + 32 + 1 + 4 + 32 + 8 + 32);
		let reading = reading(START, 1, 2);
		let bytes = (*b"voltree:meter:\0\0", genesis, reading.clone()).encode();
		assert_eq!(Oracle::register_message(reading).encode(), bytes);
		let root = SeriesRoot {
			device: Eve.to_account_id(),
			hour: 7,
			count: 60,
			root: sp_core::H256::repeat_byte(3),
		};
		let bytes = (*b"voltree:series:\0", genesis, root.clone()).encode();
		assert_eq!(Oracle::series_message(root).encode(), bytes);
		assert_eq!(bytes.len(), 16 + 32 + 32 + 4 + 4 + 32);
	});
}
