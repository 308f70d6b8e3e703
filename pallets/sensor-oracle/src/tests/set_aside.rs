//! Sensors set aside, and back: [`Pallet::restore_sensor`](crate::Pallet::restore_sensor).

use crate::{
	mock::*, Class, Conduct, Error, Event, Fault, Histories, OracleParameters, Reports,
	SensorReport,
};
use frame_support::{assert_noop, assert_ok};
use sp_core::H256;
use sp_keyring::Sr25519Keyring;
use sp_runtime::DispatchError::BadOrigin;
use voltree_primitives::{LineSafety, Moment, Verdict};

const STRICT: OracleParameters = OracleParameters {
	frozen_after: 30_000,
	missed_after: 30_000,
	alarm_budget: 30_000,
	waiting: 50_000,
	plausible_reports: 3,
	..PARAMETERS
};

fn strict() -> ExtBuilder {
	ExtBuilder::default().parameters(STRICT)
}

/// At `at`, `sensor` reports measurement number `measurement`.
fn measures(sensor: Sr25519Keyring, class: Class, at: Moment, measurement: u64) {
	Now::set(at);
	let digest = H256::from_slice(&[measurement.to_be_bytes(); 4].concat());
	let report = SensorReport { digest, ..report_of(sensor, class, at) };
	assert_ok!(Oracle::report(signed(sensor), report, None));
}

/// At `at`, `sensor` reports a measurement of that moment.
fn fresh(sensor: Sr25519Keyring, class: Class, at: Moment) {
	measures(sensor, class, at, at);
}

fn fault_of(sensor: Sr25519Keyring) -> Option<Fault> {
	Histories::<Test>::get(sensor.to_account_id()).absence().map(|absence| absence.fault)
}

fn conduct_of(sensor: Sr25519Keyring) -> Conduct {
	Reports::<Test>::get(sensor.to_account_id()).unwrap().conduct
}

fn verdict() -> Verdict {
	Oracle::verdict(LINE, &[])
}

/// The same measurement for longer than measurements stay the same.
#[test]
fn a_frozen_sensor_is_set_aside() {
	strict().run(|| {
		for at in (0..=30_000).step_by(10_000) {
			measures(Alice, Class::Clear, START + at, 1);
			assert_eq!(fault_of(Alice), None);
		}
		events();
		measures(Alice, Class::Clear, START + 40_000, 1);
		assert_eq!(fault_of(Alice), Some(Fault::Frozen));
		let sensor = Alice.to_account_id();
		let set_aside = Event::SensorSetAside { sensor, line: LINE, fault: Fault::Frozen };
		assert!(events().contains(&set_aside));
		// It reports on, and is set aside once.
		measures(Alice, Class::Clear, START + 50_000, 1);
		assert!(!events().contains(&set_aside));
		// Bob holds his measurement, too, but falls silent in between.
		for at in [0, 20_000, 50_000, 70_000] {
			measures(Bob, Class::Clear, START + 50_000 + at, 1);
		}
		assert_eq!(fault_of(Bob), None);
	});
}

/// A measurement that comes back after others is a recording.
#[test]
fn a_replaying_sensor_is_set_aside() {
	strict().run(|| {
		for (n, measurement) in (0..).zip([1, 2, 2, 3]) {
			measures(Alice, Class::Clear, START + n * 10_000, measurement);
			assert_eq!(fault_of(Alice), None);
		}
		measures(Alice, Class::Clear, START + 40_000, 2);
		assert_eq!(fault_of(Alice), Some(Fault::Replayed));
	});
}

/// What lies further back than is kept is not recognised.
#[test]
fn digests_are_bounded() {
	strict().run(|| {
		for n in 0..100 {
			measures(Alice, Class::Clear, START + n * 10_000, n % 33);
		}
		assert_eq!(fault_of(Alice), None);
		assert_eq!(conduct_of(Alice).digests.len(), 32);
		measures(Alice, Class::Clear, START + 1_000_000, 68);
		assert_eq!(fault_of(Alice), None);
	});
}

/// Clear during a confirmed hazard: not while it begins, nor while others may have fallen silent, but
/// if it goes on.
#[test]
fn who_misses_a_hazard_is_set_aside() {
	strict().run(|| {
		for at in (0..=30_000).step_by(10_000).map(|at| START + at) {
			fresh(Alice, Class::Wind, at);
			fresh(Bob, Class::Wind, at);
			fresh(Charlie, Class::Clear, at);
			assert_eq!((verdict(), fault_of(Charlie)), (Verdict::Hazard, None));
		}
		fresh(Alice, Class::Wind, START + 40_000);
		fresh(Bob, Class::Wind, START + 40_000);
		fresh(Charlie, Class::Clear, START + 40_000);
		assert_eq!(fault_of(Charlie), Some(Fault::MissedHazard));
		assert_eq!((fault_of(Alice), fault_of(Bob)), (None, None));
		assert_eq!(verdict(), Verdict::Hazard);
	});
}

/// Where the others are not sure, or no longer, nobody has missed anything.
#[test]
fn who_disagrees_with_too_few_stays() {
	strict().run(|| {
		for round in 0..12 {
			let at = START + round * 10_000;
			fresh(Alice, Class::Wind, at);
			fresh(Charlie, Class::Clear, at);
			// Bob changes his mind every other round.
			let class = if round % 4 < 2 { Class::Wind } else { Class::Clear };
			fresh(Bob, class, at);
		}
		assert_eq!([Alice, Bob, Charlie].map(fault_of), [None; 3]);
	});
}

/// A warning alone is no fault, within the day's budget; beyond it, it is.
#[test]
fn warnings_alone_have_a_budget() {
	strict().run(|| {
		let warn = |day: Moment, rounds: Moment| {
			for round in 0..=rounds {
				let at = START + day * 86_400_000 + round * 10_000;
				fresh(Bob, Class::Clear, at);
				fresh(Charlie, Class::Clear, at);
				fresh(Alice, Class::Thunderstorm, at);
			}
		};
		// The line is safe from the second round on; from the third on the warnings count.
		warn(0, 4);
		assert_eq!((conduct_of(Alice).alarms, fault_of(Alice)), (30_000, None));
		warn(1, 4);
		assert_eq!((conduct_of(Alice).alarms, fault_of(Alice)), (30_000, None));
		warn(2, 5);
		assert_eq!(fault_of(Alice), Some(Fault::FalseAlarms));
		assert_eq!(verdict(), Verdict::Safe);
	});
}

/// Silence counts on the sensor's own record, and is no reason to set it aside.
#[test]
fn silence_is_recorded() {
	strict().run(|| {
		assert_eq!(Oracle::sensor_view(&Alice.to_account_id()), None);
		fresh(Alice, Class::Clear, START);
		fresh(Alice, Class::Clear, START + 25_000);
		assert_eq!((conduct_of(Alice).silences, conduct_of(Alice).silent_for), (0, 0));
		fresh(Alice, Class::Clear, START + 60_000);
		fresh(Alice, Class::Clear, START + 185_000);
		assert_eq!((conduct_of(Alice).silences, conduct_of(Alice).silent_for), (2, 110_000));
		assert_eq!(fault_of(Alice), None);
		Now::set(START + 185_000 + 25_000 + 7);
		let view = Oracle::sensor_view(&Alice.to_account_id()).unwrap();
		assert_eq!((view.silent_now, view.set_aside), (7, None));
	});
}

/// Alice is set aside at `START + 10_000`, for a replay; the others call the line clear.
fn set_alice_aside() {
	for at in [START, START + 10_000] {
		fresh(Bob, Class::Clear, at);
		fresh(Charlie, Class::Clear, at);
	}
	measures(Alice, Class::Clear, START, 1);
	measures(Alice, Class::Clear, START + 5_000, 2);
	Now::set(START + 10_000);
	measures(Alice, Class::Clear, START + 10_000, 1);
	assert_eq!(fault_of(Alice), Some(Fault::Replayed));
	events();
}

fn restore(by: Sr25519Keyring) -> sp_runtime::DispatchResult {
	Oracle::restore_sensor(signed(by), Alice.to_account_id())
}

/// Her owner brings a sensor back that has waited and reported without fault; nobody listens before.
#[test]
fn the_owner_brings_a_sensor_back() {
	strict().run(|| {
		set_alice_aside();
		let since = START + 10_000;
		// What it says does not count, and it does not stop the line either.
		for at in (10_000..=40_000).step_by(10_000).map(|at| since + at) {
			fresh(Bob, Class::Clear, at);
			fresh(Charlie, Class::Clear, at);
			fresh(Alice, Class::LineFault, at);
			assert_eq!(verdict(), Verdict::Safe);
		}
		Now::set(since + STRICT.waiting - 1);
		assert_noop!(restore(Ferdie), Error::<Test>::TooEarly);
		Now::set(since + STRICT.waiting);
		for other in [Eve, Alice, Bob] {
			assert_noop!(restore(other), Error::<Test>::NotOwner);
		}
		assert_ok!(restore(Ferdie));
		let sensor = Alice.to_account_id();
		assert!(events().contains(&Event::SensorRestored { sensor, line: LINE }));
		assert_eq!(fault_of(Alice), None);
		assert_noop!(restore(Ferdie), Error::<Test>::NotSetAside);
		// Her voice counts again: with Bob's it makes a hazard.
		fresh(Bob, Class::LineFault, since + STRICT.waiting);
		assert_eq!(verdict(), Verdict::Hazard);
	});
}

/// Reports with faults begin the count anew.
#[test]
fn faults_begin_the_count_anew() {
	strict().run(|| {
		set_alice_aside();
		for (n, measurement) in (1..).zip([11, 12, 11, 13, 14]) {
			measures(Alice, Class::Clear, START + 10_000 + n * 10_000, measurement);
		}
		assert_eq!(conduct_of(Alice).plausible, 2);
		assert_noop!(restore(Ferdie), Error::<Test>::TooFewReports);
		measures(Alice, Class::Clear, START + 70_000, 15);
		assert_ok!(restore(Ferdie));
	});
}

/// The authority brings a sensor back whenever it finds it right.
#[test]
fn the_authority_brings_a_sensor_back() {
	strict().run(|| {
		set_alice_aside();
		let restore = |sensor: Sr25519Keyring| {
			Oracle::restore_sensor(RuntimeOrigin::root(), sensor.to_account_id())
		};
		assert_ok!(restore(Alice));
		assert_eq!(fault_of(Alice), None);
		assert_noop!(restore(Alice), Error::<Test>::NotSetAside);
		assert_noop!(restore(Bob), Error::<Test>::NotSetAside);
		assert_noop!(restore(Dave), Error::<Test>::NotSetAside);
		assert_noop!(restore(Eve), Error::<Test>::NotASensor);
		let unsigned = RuntimeOrigin::none();
		assert_noop!(Oracle::restore_sensor(unsigned, Alice.to_account_id()), BadOrigin);
	});
}

/// A voice that comes back can change its line at once, and people are told.
#[test]
fn a_voice_that_comes_back_counts_at_once() {
	strict().run(|| {
		set_alice_aside();
		fresh(Alice, Class::Wind, START + 15_000);
		fresh(Bob, Class::Wind, START + 15_000);
		assert_eq!(verdict(), Verdict::Stale);
		events();
		assert_ok!(Oracle::restore_sensor(RuntimeOrigin::root(), Alice.to_account_id()));
		assert_eq!(verdict(), Verdict::Hazard);
		let told = |event: &Event<Test>| {
			matches!(event, Event::LineChanged { verdict: Verdict::Hazard, .. })
		};
		assert!(events().iter().any(told));
	});
}

/// A sensor that is set aside again and again: its newest absences are kept.
#[test]
fn absences_are_bounded() {
	strict().run(|| {
		for n in 0..10 {
			let at = START + n * 30_000;
			measures(Alice, Class::Clear, at, 1 + n % 2);
			measures(Alice, Class::Clear, at + 10_000, 2 - n % 2);
			measures(Alice, Class::Clear, at + 20_000, 1 + n % 2);
			assert_eq!(fault_of(Alice), Some(Fault::Replayed));
			assert_ok!(Oracle::restore_sensor(RuntimeOrigin::root(), Alice.to_account_id()));
		}
		assert_eq!(Histories::<Test>::get(Alice.to_account_id()).absences.len(), 4);
	});
}
