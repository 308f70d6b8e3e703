//! [`Pallet::report_registers`](crate::Pallet::report_registers): several readings, all or none.
//! What makes a reading acceptable is tested with the single one.

use crate::{
	mock::*, Error, Event, Register, RegisterReadings, Registers, WeightInfo, MAX_REGISTERS,
};
use codec::Encode;
use frame_support::{assert_noop, assert_ok, dispatch::CheckIfFeeless};
use sp_runtime::{AccountId32, DispatchError::BadOrigin, MultiSignature};
use voltree_primitives::Moment;

type Readings = RegisterReadings<AccountId32>;

/// Readings of Eve's meter: `(boundary, import, export)`.
fn readings(registers: &[(Moment, u64, u64)]) -> Readings {
	let registers = registers
		.iter()
		.map(|&(boundary, import, export)| Register { boundary, import, export })
		.collect::<Vec<_>>();
	RegisterReadings { meter: Eve.to_account_id(), registers: registers.try_into().unwrap() }
}

fn is_free(origin: RuntimeOrigin, readings: &Readings, signature: Option<MultiSignature>) -> bool {
	let readings = readings.clone();
	RuntimeCall::Oracle(crate::Call::report_registers { readings, signature }).is_feeless(&origin)
}

/// Eve's meter reports and is refused, and would have had to pay for it.
fn refused(registers: &[(Moment, u64, u64)], error: Error<Test>) {
	let readings = readings(registers);
	assert!(!is_free(signed(Eve), &readings, None));
	assert_noop!(Oracle::report_registers(signed(Eve), readings, None), error);
}

/// A meter sends both ends of a slot: no signature inside, no fee, an event for each.
#[test]
fn a_meter_reports_both_ends_of_a_slot() {
	ExtBuilder::default().run(|| {
		let both = readings(&[(START - SLOT, 5, 6), (START, 7, 106)]);
		assert!(is_free(signed(Eve), &both, None));
		assert_ok!(Oracle::report_registers(signed(Eve), both.clone(), None));
		let told = |boundary, import, export| Event::RegisterReported {
			meter: Eve.to_account_id(),
			boundary,
			import,
			export,
		};
		assert_eq!(events(), vec![told(START - SLOT, 5, 6), told(START, 7, 106)]);
		assert_eq!(Oracle::registers_of(&Eve.to_account_id()), both.registers.into_inner());
	});
}

/// Anyone may carry a meter's signed readings, free as well; the order in which they come is free.
#[test]
fn a_relayer_carries_signed_readings() {
	ExtBuilder::default().run(|| {
		let late = readings(&[(START, 0, 200), (START - SLOT, 0, 100)]);
		let signature: MultiSignature =
			Eve.sign(&Oracle::registers_message(late.clone()).encode()).into();
		assert!(is_free(signed(Ferdie), &late, Some(signature.clone())));
		assert_ok!(Oracle::report_registers(signed(Ferdie), late, Some(signature)));
		let kept = Oracle::registers_of(&Eve.to_account_id());
		assert_eq!(kept.iter().map(|known| known.export).collect::<Vec<_>>(), vec![100, 200]);
	});
}

/// As many as are kept fit into one report, and push out all older ones.
#[test]
fn a_report_can_fill_the_book() {
	ExtBuilder::default().run(|| {
		let count = u64::from(MAX_REGISTERS);
		let from = |first: Moment| {
			let all = (0..count).map(|n| (first + n * SLOT, 0, 0)).collect::<Vec<_>>();
			readings(&all)
		};
		assert_ok!(Oracle::report_registers(signed(Eve), from(START - (2 * count) * SLOT), None));
		let newest = from(START - (count - 1) * SLOT);
		assert_ok!(Oracle::report_registers(signed(Eve), newest.clone(), None));
		assert_eq!(Oracle::registers_of(&Eve.to_account_id()), newest.registers.into_inner());
	});
}

/// What a device sends itself is charged without a signature's check.
#[test]
fn a_signature_weighs_more_than_none() {
	ExtBuilder::default().run(|| {
		type Weights = <Test as crate::Config>::WeightInfo;
		let weight = |signature| {
			let call = crate::Call::<Test>::report_registers {
				readings: readings(&[(START, 0, 0)]),
				signature,
			};
			frame_support::dispatch::GetDispatchInfo::get_dispatch_info(&call).call_weight
		};
		let some: MultiSignature = Eve.sign(b"anything").into();
		assert_eq!(weight(Some(some)), Weights::report_registers(1));
		assert_eq!(weight(None), Weights::report_registers_by_meter(1));
	});
}

/// What is not asked is not charged: whether a register is waited for while there is room for more, a
/// second one where one makes room, and a signature that was checked before.
#[test]
fn questions_that_are_not_asked_are_given_back() {
	ExtBuilder::default().run(|| {
		type Weights = <Test as crate::Config>::WeightInfo;
		let spared = |reads| <Test as frame_system::Config>::DbWeight::get().reads(reads);
		let charged = |origin, first: u64, count: u64, signature: Option<MultiSignature>| {
			let all = (first..first + count).map(|n| (START + n * SLOT, 0, 0)).collect::<Vec<_>>();
			let post = Oracle::report_registers(origin, readings(&all), signature).unwrap();
			post.actual_weight.unwrap()
		};
		let most = u64::from(MAX_REGISTERS);
		Now::set(START + 4 * most * SLOT);
		let sixteen = Weights::report_registers_by_meter(MAX_REGISTERS);
		// There is room for all; each makes room by one; the third finds the oldest waited for.
		assert_eq!(charged(signed(Eve), 0, most, None), sixteen - spared(4 * most));
		assert_eq!(charged(signed(Eve), most, most, None), sixteen - spared(2 * most));
		AwaitedBoundaries::set(vec![START + (most + 2) * SLOT]);
		let three = Weights::report_registers_by_meter(3);
		assert_eq!(charged(signed(Eve), 2 * most, 3, None), three - spared(2 * 3));
		AwaitedBoundaries::set(vec![]);
		let one = Weights::report_registers_by_meter(1);
		assert_eq!(charged(signed(Eve), 2 * most + 3, 1, None), one, "the book shrinks");
		// Nobody sends it, and its signature is not checked again.
		let signature: MultiSignature = Eve.sign(b"anything").into();
		let authorized = frame_system::RawOrigin::Authorized.into();
		let charged = charged(authorized, 2 * most + 4, 1, Some(signature));
		assert_eq!(charged, one - spared(2));
	});
}

#[test]
fn fails_for_unsigned_and_root() {
	ExtBuilder::default().run(|| {
		for origin in [RuntimeOrigin::none(), RuntimeOrigin::root()] {
			let one = readings(&[(START, 0, 0)]);
			assert!(!is_free(origin.clone(), &one, None));
			assert_noop!(Oracle::report_registers(origin, one, None), BadOrigin);
		}
	});
}

#[test]
fn fails_without_registers() {
	ExtBuilder::default().run(|| refused(&[], Error::NoRegisters));
}

/// One that would be refused spoils the others: nothing counts, nothing is free.
#[test]
fn fails_if_one_would_be_refused() {
	ExtBuilder::default().run(|| {
		let good = (START - SLOT, 100, 100);
		refused(&[good, (START - 1, 100, 100)], Error::NotABoundary);
		refused(&[good, (START + SLOT, 100, 100)], Error::FutureReport);
		refused(&[good, (0, 100, 100)], Error::TooOld);
		refused(&[good, good], Error::AlreadyReported);
		refused(&[good, (START, 99, 100)], Error::NotMonotone);
		refused(&[(START, 100, 99), good], Error::NotMonotone);
		refused(&[good, (START, 100, 1_101)], Error::Implausible);
		assert!(!Registers::<Test>::contains_key(Eve.to_account_id()));
	});
}

#[test]
fn fails_if_not_a_meter() {
	ExtBuilder::default().run(|| {
		let one = RegisterReadings { meter: Alice.to_account_id(), ..readings(&[(START, 0, 0)]) };
		assert!(!is_free(signed(Alice), &one, None));
		assert_noop!(Oracle::report_registers(signed(Alice), one, None), Error::<Test>::NotAMeter);
	});
}

/// A signature over one reading is none over several, even if they say the same.
#[test]
fn fails_if_the_signature_is_for_something_else() {
	ExtBuilder::default().run(|| {
		let one = readings(&[(START, 0, 0)]);
		assert_noop!(
			Oracle::report_registers(signed(Ferdie), one.clone(), None),
			Error::<Test>::MissingSignature
		);
		let single = Oracle::register_message(reading(START, 0, 0)).encode();
		let more = Oracle::registers_message(readings(&[(START, 0, 1)])).encode();
		let right = Oracle::registers_message(one.clone()).encode();
		for (key, bytes) in [(Eve, single), (Eve, more), (Alice, right)] {
			let signature: MultiSignature = key.sign(&bytes).into();
			assert!(!is_free(signed(Ferdie), &one, Some(signature.clone())));
			assert_noop!(
				Oracle::report_registers(signed(Ferdie), one.clone(), Some(signature)),
				Error::<Test>::BadSignature
			);
		}
	});
}
