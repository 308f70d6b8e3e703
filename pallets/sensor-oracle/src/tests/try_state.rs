//! The invariants notice when they are broken.

use crate::{
	mock::*, Absence, Class, Fault, Histories, LineState, Lines, OracleParameters, Parameters,
	Register, Registers, Reports, Series, SeriesRoot, Watch,
};
use frame_support::assert_ok;
use sp_core::H256;
use voltree_primitives::Announced;

/// `spoil` breaks what the sentence says; the damage is undone afterwards.
fn notices(sentence: &'static str, spoil: impl FnOnce()) {
	ExtBuilder::default().run(|| {
		all_see(Class::Clear, &[START, START + 10_000]);
		assert_ok!(Oracle::report_register(signed(Eve), reading(START, 5, 5), None));
		let root = SeriesRoot {
			device: Eve.to_account_id(),
			hour: u32::try_from(START / 3_600_000).unwrap() - 1,
			count: 1,
			root: H256::zero(),
		};
		assert_ok!(Oracle::record_series(signed(Eve), root, None));
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
			let parameters_of_nothing = OracleParameters { report_period: 0, ..PARAMETERS };
			parameters.next = Some(Announced { from: 0, parameters: parameters_of_nothing });
		});
	});
	notices("a report of an unregistered sensor", || TestDevices::forget(Alice));
	notices("a report under another sensor's account", || {
		Reports::<Test>::mutate(alice(), |report| {
			report.as_mut().unwrap().report.sensor = Bob.to_account_id();
		});
	});
	notices("a history does not end with the sensor's newest report", || {
		Reports::<Test>::mutate(alice(), |record| {
			record.as_mut().unwrap().report.class = Class::Wind;
		});
	});
	notices("a history without a report", || Reports::<Test>::remove(alice()));
	notices("a span's times are out of order", || {
		Histories::<Test>::mutate(alice(), |history| history.spans[0].until = START);
	});
	notices("the spans of a history overlap", || {
		Histories::<Test>::mutate(alice(), |history| {
			let run = history.spans[0];
			history.spans.try_push(run).unwrap();
		});
	});
	notices("a sensor's absences overlap", || {
		Histories::<Test>::mutate(alice(), |history| {
			let absence = Absence { from: START, until: None, fault: Fault::Frozen };
			history.absences.try_push(absence).unwrap();
			history.absences.try_push(absence).unwrap();
		});
	});
	notices("a verdict on a line that does not exist", || {
		Lines::<Test>::insert(NO_LINE, LineState::default());
	});
	notices("a line is not watched that may fall silent", || {
		Lines::<Test>::mutate(LINE, |state| state.as_mut().unwrap().watched = None);
	});
	notices("a line is not watched that may fall silent", || {
		let _removed = Watch::<Test>::clear(u32::MAX, None);
	});
	notices("a line is watched twice", || Watch::<Test>::insert(([0; 8], [0; 4]), ()));
	notices("more sensors on a line than weighed", || {
		Registers::<Test>::remove(Eve.to_account_id());
		for n in 0..20 {
			TestDevices::place_account([n; 32].into(), tag(n), LINE);
		}
	});
	notices("a series of an unregistered device", || {
		let book = Series::<Test>::get(Eve.to_account_id());
		Series::<Test>::insert(Ferdie.to_account_id(), book);
	});
	notices("the hours of a series are out of order", || {
		Series::<Test>::mutate(Eve.to_account_id(), |book| {
			let root = book[0];
			book.try_push(root).unwrap();
		});
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
