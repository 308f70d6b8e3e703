//! [`Pallet::report`](crate::Pallet::report).

use crate::{
	mock::*, Class, Error, Event, Histories, Lines, Reports, SensorReport, WeightInfo,
	FULL_CONFIDENCE, MAX_SPANS,
};
use codec::Encode;
use frame_support::{
	assert_noop, assert_ok,
	dispatch::{CheckIfFeeless, DispatchClass, GetDispatchInfo},
};
use sp_runtime::{AccountId32, DispatchError::BadOrigin, MultiSignature};
use voltree_primitives::{Message, Moment, Verdict, REGISTER_REPORT, SENSOR_REPORT};

fn reported(report: &SensorReport<AccountId32>) -> Event<Test> {
	Event::Reported {
		sensor: report.sensor.clone(),
		line: LINE,
		class: report.class,
		confidence: report.confidence,
		observed: report.observed,
	}
}

fn is_free(
	origin: RuntimeOrigin,
	report: SensorReport<AccountId32>,
	signature: Option<MultiSignature>,
) -> bool {
	RuntimeCall::Oracle(crate::Call::report { report, signature }).is_feeless(&origin)
}

/// A sensor sends its own report: no signature inside, no fee.
#[test]
fn a_sensor_reports_for_itself() {
	ExtBuilder::default().run(|| {
		let report = report_of(Alice, Class::Wind, START);
		assert!(is_free(signed(Alice), report.clone(), None));
		assert_ok!(Oracle::report(signed(Alice), report.clone(), None));
		assert_eq!(events(), vec![reported(&report)]);
		assert_eq!(Reports::<Test>::get(Alice.to_account_id()), Some(report));
		assert_eq!(Histories::<Test>::get(Alice.to_account_id()).len(), 1);
	});
}

/// Anyone may carry a sensor's signed report, free as well.
#[test]
fn a_relayer_carries_a_signed_report() {
	ExtBuilder::default().run(|| {
		let report = report_of(Alice, Class::Clear, START);
		let signature: MultiSignature =
			Alice.sign(&Oracle::report_message(report.clone()).encode()).into();
		assert!(is_free(signed(Ferdie), report.clone(), Some(signature.clone())));
		assert_ok!(Oracle::report(signed(Ferdie), report.clone(), Some(signature)));
		assert_eq!(events(), vec![reported(&report)]);
	});
}

/// The line changes with the report that tips the balance, and the event says so once.
#[test]
fn the_report_that_tips_the_balance_changes_the_line() {
	ExtBuilder::default().run(|| {
		let changed = |verdict| Event::LineChanged { line: LINE, verdict };
		let line_events = || {
			let mut events = events();
			events.retain(|event| matches!(event, Event::LineChanged { .. }));
			events
		};
		all_see(Class::Clear, &[START]);
		assert_eq!(line_events(), vec![]);
		// One report period later the first of them is steady, the second makes two of three.
		sees(Alice, Class::Clear, START + 10_000);
		assert_eq!(line_events(), vec![]);
		sees(Bob, Class::Clear, START + 10_000);
		assert_eq!(line_events(), vec![changed(Verdict::Safe)]);
		sees(Charlie, Class::Clear, START + 10_000);
		assert_eq!(line_events(), vec![]);
		// One hazard is not enough, two are.
		sees(Charlie, Class::LineFault, START + 15_000);
		assert_eq!(line_events(), vec![]);
		sees(Bob, Class::Thunderstorm, START + 15_000);
		assert_eq!(line_events(), vec![changed(Verdict::Hazard)]);
		assert_eq!(Lines::<Test>::get(LINE), Some(Verdict::Hazard));
		// Bob takes it back: too little is known until he has been clear for a period.
		sees(Bob, Class::Clear, START + 20_000);
		assert_eq!(line_events(), vec![changed(Verdict::Stale)]);
	});
}

/// A flapping sensor forgets its oldest runs, never more than that.
#[test]
fn a_history_is_bounded() {
	ExtBuilder::default().run(|| {
		let times = || (0..).map(|n: Moment| START + n * 2_000).zip(0..MAX_SPANS + 5);
		for (at, n) in times() {
			let class = if n % 2 == 0 { Class::Overload } else { Class::Clear };
			sees(Alice, class, at);
		}
		let history = Histories::<Test>::get(Alice.to_account_id());
		let kept: Vec<Moment> = history.iter().map(|run| run.from).collect();
		let expected: Vec<Moment> = times().skip(5).map(|(at, _)| at).collect();
		assert_eq!(kept, expected);
	});
}

/// A report as old as freshness allows counts from when it was observed.
#[test]
fn a_report_may_be_as_old_as_it_stays_fresh() {
	ExtBuilder::default().run(|| {
		let oldest = START - PARAMETERS.freshness;
		assert_ok!(Oracle::report(signed(Alice), report_of(Alice, Class::Wind, oldest), None));
		assert_eq!(Histories::<Test>::get(Alice.to_account_id())[0].from, oldest);
	});
}

/// A call pays for the sensors that its line has, not for those it could have; and for the check of a
/// signature only where there is one.
#[test]
fn weight_follows_the_sensors_of_the_line() {
	type Weights = <Test as crate::Config>::WeightInfo;
	ExtBuilder::default().run(|| {
		let declared_and_paid = |sender, report: SensorReport<AccountId32>, signature| {
			let call = crate::Call::<Test>::report {
				report: report.clone(),
				signature: Option::<MultiSignature>::clone(&signature),
			};
			let paid = Oracle::report(signed(sender), report, signature).unwrap();
			(call.get_dispatch_info().call_weight, paid.actual_weight.unwrap())
		};
		let own = declared_and_paid(Alice, report_of(Alice, Class::Clear, START), None);
		assert_eq!(own, (Weights::report_by_sensor(16), Weights::report_by_sensor(3)));

		let report = report_of(Bob, Class::Clear, START);
		let signature = Bob.sign(&Oracle::report_message(report.clone()).encode()).into();
		let relayed = declared_and_paid(Ferdie, report, Some(signature));
		assert_eq!(relayed, (Weights::report(16), Weights::report(3)));
		assert!(own.1.ref_time() < relayed.1.ref_time() && relayed.1.all_lt(relayed.0));
	});
}

/// What anybody can send and nobody pays for must not fill the room kept for operations.
#[test]
fn reports_are_not_operational() {
	let report = report_of(Alice, Class::Clear, START);
	let of_sensor = crate::Call::<Test>::report { report, signature: None };
	let reading = reading(START, 0, 0);
	let of_meter = crate::Call::<Test>::report_register { reading, signature: None };
	for call in [of_sensor, of_meter] {
		assert_eq!(call.get_dispatch_info().class, DispatchClass::Normal);
	}
}

/// Neither nobody nor root speaks for a sensor.
#[test]
fn fails_for_unsigned_and_root() {
	ExtBuilder::default().run(|| {
		let report = report_of(Alice, Class::Clear, START);
		for origin in [RuntimeOrigin::none(), RuntimeOrigin::root()] {
			assert!(!is_free(origin.clone(), report.clone(), None));
			assert_noop!(Oracle::report(origin, report.clone(), None), BadOrigin);
		}
	});
}

/// Fails with `error`, and is not free either.
fn refused(
	sender: sp_keyring::Sr25519Keyring,
	report: SensorReport<AccountId32>,
	error: Error<Test>,
) {
	assert!(!is_free(signed(sender), report.clone(), None));
	assert_noop!(Oracle::report(signed(sender), report, None), error);
}

#[test]
fn fails_if_not_a_sensor() {
	ExtBuilder::default().run(|| {
		refused(Ferdie, report_of(Ferdie, Class::Clear, START), Error::NotASensor);
		// A meter is none either.
		refused(Eve, report_of(Eve, Class::Clear, START), Error::NotASensor);
	});
}

#[test]
fn fails_if_more_than_certain() {
	ExtBuilder::default().run(|| {
		let report = report_of(Alice, Class::Clear, START);
		let sure = SensorReport { confidence: FULL_CONFIDENCE, ..report.clone() };
		refused(
			Alice,
			SensorReport { confidence: FULL_CONFIDENCE + 1, ..report },
			Error::InvalidConfidence,
		);
		assert_ok!(Oracle::report(signed(Alice), sure, None));
	});
}

#[test]
fn fails_if_from_the_future() {
	ExtBuilder::default().run(|| {
		refused(Alice, report_of(Alice, Class::Clear, START + 1), Error::FutureReport);
	});
}

#[test]
fn fails_if_stale() {
	ExtBuilder::default().run(|| {
		let report = report_of(Alice, Class::Clear, START - PARAMETERS.freshness - 1);
		refused(Alice, report, Error::StaleReport);
	});
}

/// A report counts once, and time does not run backwards.
#[test]
fn fails_if_out_of_order() {
	ExtBuilder::default().run(|| {
		sees(Alice, Class::Clear, START);
		refused(Alice, report_of(Alice, Class::Clear, START), Error::OutOfOrder);
		refused(Alice, report_of(Alice, Class::Wind, START - 5_000), Error::OutOfOrder);
	});
}

#[test]
fn fails_if_too_frequent() {
	ExtBuilder::default().run(|| {
		sees(Alice, Class::Clear, START);
		let next = START + PARAMETERS.min_interval;
		Now::set(next);
		refused(Alice, report_of(Alice, Class::Wind, next - 1), Error::TooFrequent);
		assert_ok!(Oracle::report(signed(Alice), report_of(Alice, Class::Wind, next), None));
	});
}

#[test]
fn fails_if_a_relayer_has_no_signature() {
	ExtBuilder::default().run(|| {
		refused(Ferdie, report_of(Alice, Class::Clear, START), Error::MissingSignature);
	});
}

/// Another's signature, another report, another purpose, another chain: none of them counts.
#[test]
fn fails_if_the_signature_is_not_the_sensors() {
	ExtBuilder::default().run(|| {
		let report = report_of(Alice, Class::Clear, START);
		let genesis = System::block_hash(0);
		let sign = |domain, genesis| -> MultiSignature {
			let bytes = Message { domain, genesis, body: &report }.encode();
			Alice.sign(&bytes).into()
		};
		let other = report_of(Alice, Class::Wind, START);
		for signature in [
			Bob.sign(&Oracle::report_message(report.clone()).encode()).into(),
			Alice.sign(&Oracle::report_message(other).encode()).into(),
			sign(REGISTER_REPORT, genesis),
			sign(SENSOR_REPORT, sp_core::H256::zero()),
		] {
			assert!(!is_free(signed(Ferdie), report.clone(), Some(signature.clone())));
			assert_noop!(
				Oracle::report(signed(Ferdie), report.clone(), Some(signature)),
				Error::<Test>::BadSignature
			);
		}
		let right = sign(SENSOR_REPORT, genesis);
		assert_ok!(Oracle::report(signed(Ferdie), report.clone(), Some(right)));
	});
}
