//! [`Pallet::report_register`](crate::Pallet::report_register).

use crate::{
	mock::*, Error, Event, RegisterReading, Registers, MAX_KEPT_REGISTERS, MAX_REGISTERS,
	MAX_SLOTS_BACK,
};
use codec::Encode;
use frame_support::{assert_noop, assert_ok, dispatch::CheckIfFeeless};
use sp_runtime::{AccountId32, DispatchError::BadOrigin, MultiSignature};
use voltree_primitives::{Moment, Registers as _};

fn is_free(
	origin: RuntimeOrigin,
	reading: RegisterReading<AccountId32>,
	signature: Option<MultiSignature>,
) -> bool {
	RuntimeCall::Oracle(crate::Call::report_register { reading, signature }).is_feeless(&origin)
}

/// Eve's meter reports.
fn reports(boundary: Moment, import: u64, export: u64) {
	assert_ok!(Oracle::report_register(signed(Eve), reading(boundary, import, export), None));
}

/// Eve's meter reports and is refused, and would have had to pay for it.
fn refused(boundary: Moment, import: u64, export: u64, error: Error<Test>) {
	let reading = reading(boundary, import, export);
	assert!(!is_free(signed(Eve), reading.clone(), None));
	assert_noop!(Oracle::report_register(signed(Eve), reading, None), error);
}

fn boundaries() -> Vec<Moment> {
	Oracle::registers_of(&Eve.to_account_id()).iter().map(|known| known.boundary).collect()
}

/// A meter sends its own registers: no signature inside, no fee.
#[test]
fn a_meter_reports_for_itself() {
	ExtBuilder::default().run(|| {
		assert!(is_free(signed(Eve), reading(START, 5, 6), None));
		reports(START, 5, 6);
		assert_eq!(
			events(),
			vec![Event::RegisterReported {
				meter: Eve.to_account_id(),
				boundary: START,
				import: 5,
				export: 6
			}]
		);
		assert_eq!(boundaries(), vec![START]);
	});
}

/// Anyone may carry a meter's signed reading, free as well.
#[test]
fn a_relayer_carries_a_signed_reading() {
	ExtBuilder::default().run(|| {
		let reading = reading(START, 5, 6);
		let signature: MultiSignature =
			Eve.sign(&Oracle::register_message(reading.clone()).encode()).into();
		assert!(is_free(signed(Ferdie), reading.clone(), Some(signature.clone())));
		assert_ok!(Oracle::report_register(signed(Ferdie), reading, Some(signature)));
		assert_eq!(boundaries(), vec![START]);
	});
}

/// A late register takes its place between those already known.
#[test]
fn a_late_register_takes_its_place() {
	ExtBuilder::default().run(|| {
		reports(START - 2 * SLOT, 0, 100);
		reports(START, 0, 300);
		reports(START - SLOT, 0, 200);
		assert_eq!(boundaries(), vec![START - 2 * SLOT, START - SLOT, START]);
	});
}

/// The newest registers are kept; a new one pushes out the oldest.
#[test]
fn the_newest_registers_are_kept() {
	ExtBuilder::default().run(|| {
		let all: Vec<Moment> = (0..=u64::from(MAX_REGISTERS)).map(|n| START - n * SLOT).collect();
		// All but the third newest, from the oldest on.
		for boundary in all.iter().rev().filter(|at| **at != all[2]) {
			reports(*boundary, 0, 0);
		}
		assert_eq!(boundaries().len(), 16);
		// A late one between them pushes out the oldest, too.
		reports(all[2], 0, 0);
		let kept: Vec<Moment> = all.into_iter().rev().skip(1).collect();
		assert_eq!(boundaries(), kept);
	});
}

/// What a trade waits for stays, however much is reported after it; once the trade is metered, the book
/// shrinks to the newest again.
#[test]
fn what_a_trade_waits_for_stays() {
	ExtBuilder::default().run(|| {
		let kept = u64::from(MAX_REGISTERS);
		AwaitedBoundaries::set(vec![START, START + SLOT]);
		for n in 0..3 * kept {
			Now::set(START + n * SLOT);
			reports(START + n * SLOT, 0, 10 * n);
		}
		let all: Vec<Moment> = (0..3 * kept).map(|n| START + n * SLOT).collect();
		assert_eq!(boundaries(), all);
		assert_eq!(Oracle::exported(&Eve.to_account_id(), START, START + SLOT), Some(10));
		// Metered: two go for each that comes, until there are no more than without need.
		AwaitedBoundaries::set(vec![]);
		for n in 3 * kept..6 * kept {
			Now::set(START + n * SLOT);
			reports(START + n * SLOT, 0, 10 * n);
		}
		let newest: Vec<Moment> = (5 * kept..6 * kept).map(|n| START + n * SLOT).collect();
		assert_eq!(boundaries(), newest);
	});
}

/// What a trade waits for is taken however late: behind sixteen newer ones, and more than 96 slots back.
#[test]
fn what_a_trade_waits_for_is_never_too_old() {
	ExtBuilder::default().run(|| {
		for n in (0..u64::from(MAX_REGISTERS)).rev() {
			reports(START - n * SLOT, 0, 500);
		}
		let late = START - u64::from(MAX_REGISTERS) * SLOT;
		let later = START - (MAX_SLOTS_BACK + 1) * SLOT;
		refused(late, 0, 500, Error::TooOld);
		AwaitedBoundaries::set(vec![late, later]);
		reports(late, 0, 500);
		reports(later, 0, 400);
		assert_eq!(boundaries()[..2], [later, late]);
		// It has to agree with the others all the same.
		AwaitedBoundaries::set(vec![late - SLOT]);
		refused(late - SLOT, 0, 501, Error::NotMonotone);
	});
}

/// Neither nobody nor root speaks for a meter.
#[test]
fn fails_for_unsigned_and_root() {
	ExtBuilder::default().run(|| {
		for origin in [RuntimeOrigin::none(), RuntimeOrigin::root()] {
			assert!(!is_free(origin.clone(), reading(START, 0, 0), None));
			assert_noop!(Oracle::report_register(origin, reading(START, 0, 0), None), BadOrigin);
		}
	});
}

#[test]
fn fails_if_not_a_meter() {
	ExtBuilder::default().run(|| {
		let reading = RegisterReading { meter: Alice.to_account_id(), ..reading(START, 0, 0) };
		assert!(!is_free(signed(Alice), reading.clone(), None));
		assert_noop!(
			Oracle::report_register(signed(Alice), reading, None),
			Error::<Test>::NotAMeter
		);
	});
}

#[test]
fn fails_if_not_at_a_boundary() {
	ExtBuilder::default().run(|| {
		refused(START - 1, 0, 0, Error::NotABoundary);
		// Without a grid there are no boundaries.
		SlotLength::set(0);
		refused(START, 0, 0, Error::NotABoundary);
	});
}

#[test]
fn fails_if_from_the_future() {
	ExtBuilder::default().run(|| refused(START + SLOT, 0, 0, Error::FutureReport));
}

/// What has been reported stands, even against the meter itself.
#[test]
fn fails_if_already_reported() {
	ExtBuilder::default().run(|| {
		reports(START, 5, 6);
		refused(START, 5, 7, Error::AlreadyReported);
	});
}

#[test]
fn fails_if_too_old() {
	ExtBuilder::default().run(|| {
		for n in (0..u64::from(MAX_REGISTERS)).rev() {
			reports(START - n * SLOT, 0, 0);
		}
		refused(START - u64::from(MAX_REGISTERS) * SLOT, 0, 0, Error::TooOld);
	});
}

/// What is waited for does not go, so nothing else comes when no more can be kept. The meter reports it
/// again when the trade is metered.
#[test]
fn fails_if_too_many_registers_are_waited_for() {
	ExtBuilder::default().run(|| {
		let most = u64::from(MAX_KEPT_REGISTERS);
		AwaitedBoundaries::set(vec![START]);
		for n in 0..most {
			Now::set(START + n * SLOT);
			reports(START + n * SLOT, 0, 0);
		}
		Now::set(START + most * SLOT);
		refused(START + most * SLOT, 0, 0, Error::TooManyRegisters);
		assert_eq!(Oracle::exported(&Eve.to_account_id(), START, START + SLOT), Some(0));
		AwaitedBoundaries::set(vec![]);
		reports(START + most * SLOT, 0, 0);
		assert_eq!(boundaries().len() as u64, most - 1);
	});
}

/// Boundaries long past are of no use to anybody: they would be free reports without end.
#[test]
fn fails_if_long_past() {
	ExtBuilder::default().run(|| {
		refused(START - (MAX_SLOTS_BACK + 1) * SLOT, 0, 0, Error::TooOld);
		refused(0, 0, 0, Error::TooOld);
		reports(START - MAX_SLOTS_BACK * SLOT, 0, 0);
	});
}

/// Neither register runs backwards, seen from either neighbour.
#[test]
fn fails_if_a_register_runs_backwards() {
	ExtBuilder::default().run(|| {
		reports(START - 2 * SLOT, 100, 100);
		reports(START, 200, 200);
		for (import, export) in [(99, 150), (150, 99), (201, 150), (150, 201)] {
			refused(START - SLOT, import, export, Error::NotMonotone);
		}
		reports(START - SLOT, 100, 200);
	});
}

/// 4 kW are 1,000 Wh in a slot, and not one more, seen from either neighbour.
#[test]
fn fails_if_a_register_rises_too_fast() {
	ExtBuilder::default().run(|| {
		reports(START - 2 * SLOT, 0, 0);
		refused(START - SLOT, 1_001, 0, Error::Implausible);
		refused(START - SLOT, 0, 1_001, Error::Implausible);
		reports(START, 2_000, 2_000);
		refused(START - SLOT, 999, 1_000, Error::Implausible);
		refused(START - SLOT, 1_000, 999, Error::Implausible);
		reports(START - SLOT, 1_000, 1_000);
	});
}

#[test]
fn fails_if_a_relayer_has_no_signature() {
	ExtBuilder::default().run(|| {
		assert!(!is_free(signed(Ferdie), reading(START, 0, 0), None));
		assert_noop!(
			Oracle::report_register(signed(Ferdie), reading(START, 0, 0), None),
			Error::<Test>::MissingSignature
		);
	});
}

/// A meter's signature holds for one reading, and another's for none.
#[test]
fn fails_if_the_signature_is_not_the_meters() {
	ExtBuilder::default().run(|| {
		let bytes = Oracle::register_message(reading(START, 0, 0)).encode();
		let others: MultiSignature = Alice.sign(&bytes).into();
		let for_less: MultiSignature = Eve.sign(&bytes).into();
		for (reading, signature) in
			[(reading(START, 0, 0), others), (reading(START, 0, 1), for_less)]
		{
			assert!(!is_free(signed(Ferdie), reading.clone(), Some(signature.clone())));
			assert_noop!(
				Oracle::report_register(signed(Ferdie), reading, Some(signature)),
				Error::<Test>::BadSignature
			);
		}
		assert!(!Registers::<Test>::contains_key(Eve.to_account_id()));
	});
}
