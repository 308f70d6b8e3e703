//! The invariants notice when they are broken.

use crate::{
	mock::*, Class, Histories, Lines, OracleParameters, Parameters, Register, Registers, Reports,
};
use frame_support::assert_ok;
use voltree_primitives::{Announced, Verdict};

/// `spoil` breaks what the sentence says; the damage is undone afterwards.
fn notices(sentence: &'static str, spoil: impl FnOnce()) {
	ExtBuilder::default().run(|| {
		all_see(Class::Clear, &[START, START + 10_000]);
		assert_ok!(Oracle::report_register(signed(Eve), reading(START, 5, 5), None));
		assert_ok!(Oracle::do_try_state());
		frame_support::hypothetically!({
			spoil();
			assert_eq!(Oracle::do_try_state(), Err(sentence.into()));
		});
		TestDevices::place_all();
	});
}

#[test]
fn broken_invariants_are_noticed() {
	let alice = || Alice.to_account_id();
	notices("the oracle's parameters are out of range", || {
		Parameters::<Test>::mutate(|parameters| parameters.current.min_interval = 0);
	});
	notices("the oracle's parameters are out of range", || {
		Parameters::<Test>::mutate(|parameters| {
			let parameters_of_nothing =
				OracleParameters { report_period: 0, freshness: 0, min_interval: 0 };
			parameters.next = Some(Announced { from: 0, parameters: parameters_of_nothing });
		});
	});
	notices("a report of an unregistered sensor", || TestDevices::forget(Alice));
	notices("a report under another sensor's account", || {
		Reports::<Test>::mutate(alice(), |report| {
			report.as_mut().unwrap().sensor = Bob.to_account_id();
		});
	});
	notices("a history does not end with the sensor's newest report", || {
		Reports::<Test>::mutate(alice(), |report| report.as_mut().unwrap().class = Class::Wind);
	});
	notices("a history without a report", || Reports::<Test>::remove(alice()));
	notices("a span's times are out of order", || {
		Histories::<Test>::mutate(alice(), |history| history[0].until = START);
	});
	notices("the spans of a history overlap", || {
		Histories::<Test>::mutate(alice(), |history| {
			let run = history[0];
			history.try_push(run).unwrap();
		});
	});
	notices("a verdict on a line that does not exist", || {
		Lines::<Test>::insert(99, Verdict::Safe);
	});
	notices("more sensors on a line than weighed", || {
		Registers::<Test>::remove(Eve.to_account_id());
		for n in 0..20 {
			TestDevices::place_account([n; 32].into(), tag(n), LINE);
		}
	});
	notices("registers of an unregistered meter", || {
		let book = Registers::<Test>::get(Eve.to_account_id());
		Registers::<Test>::insert(alice(), book);
	});
	notices("the registers of a meter are out of order or run backwards", || {
		Registers::<Test>::mutate(Eve.to_account_id(), |book| {
			book.try_push(Register { boundary: START + SLOT, import: 4, export: 5 }).unwrap();
		});
	});
}
