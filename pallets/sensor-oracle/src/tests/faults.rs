//! What frozen, lying, replaying and broken devices can do, and what they cannot.

use crate::{
	mock::*,
	safety::{judge, verdict_at, Witness},
	Class, Error, Event, History, OracleParameters, RegisterReading, SensorReport,
};
use codec::Encode;
use frame_support::{assert_noop, assert_ok};
use sp_runtime::{AccountId32, MultiSignature};
use voltree_primitives::{LineSafety, Moment, Registers as _, Verdict};

/// The account of sensor number `n`.
fn numbered(n: u8) -> AccountId32 {
	[100 + n; 32].into()
}

/// Put `count` sensors of as many owners on a line, besides those that are there.
fn place_numbered(count: u8, line: u32) {
	for n in 0..count {
		TestDevices::place_account(numbered(n), tag(100 + n), line);
	}
}

/// Sensor number `n` reports what it sees now.
fn numbered_sees(n: u8, class: Class) {
	let report = SensorReport { sensor: numbered(n), ..report_of(Alice, class, Now::get()) };
	assert_ok!(Oracle::report(RuntimeOrigin::signed(numbered(n)), report, None));
}

fn verdict(line: u32) -> Verdict {
	<Oracle as LineSafety>::verdict(line, &[])
}

/// A line whose sensors freeze is stale; the line beside it does not notice.
#[test]
fn a_frozen_feed_stops_only_its_line() {
	ExtBuilder::default().run(|| {
		place_numbered(3, OTHER_LINE);
		for n in 0..20 {
			let at = START + n * 10_000;
			// From the sixth round on nothing comes from the first line.
			if n < 5 {
				all_see(Class::Clear, &[at]);
			}
			Now::set(at);
			(0..3).for_each(|sensor| numbered_sees(sensor, Class::Clear));
			assert_eq!(verdict(OTHER_LINE) == Verdict::Safe, n > 0);
			let fresh = at <= START + 40_000 + PARAMETERS.freshness;
			let expected = if n > 0 && fresh { Verdict::Safe } else { Verdict::Stale };
			assert_eq!(verdict(LINE), expected);
		}
	});
}

/// Each feed has its own age: a fresh report does not make an old one younger.
#[test]
fn each_feed_ages_by_itself() {
	ExtBuilder::default().run(|| {
		all_see(Class::Clear, &[START, START + 10_000]);
		// One of three may freeze.
		for at in [START + 20_000, START + 30_000, START + 40_000] {
			sees(Alice, Class::Clear, at);
			sees(Bob, Class::Clear, at);
			assert_eq!(verdict(LINE), Verdict::Safe);
		}
		// Two may not.
		sees(Alice, Class::Clear, START + 50_000);
		sees(Alice, Class::Clear, START + 60_000);
		sees(Alice, Class::Clear, START + 65_001);
		assert_eq!(verdict(LINE), Verdict::Stale);
	});
}

/// A report that was on its way once is worth nothing a second time: not from another relayer, not
/// from the sensor, neither at once nor after newer ones nor when it has become old.
#[test]
fn a_replayed_report_counts_once() {
	ExtBuilder::default().run(|| {
		let report = report_of(Alice, Class::Clear, START);
		let message = Oracle::report_message(report.clone()).encode();
		let signature = Some(MultiSignature::from(Alice.sign(&message)));
		let replay = |who, error: Error<Test>| {
			assert_noop!(Oracle::report(signed(who), report.clone(), signature.clone()), error);
		};
		assert_ok!(Oracle::report(signed(Ferdie), report.clone(), signature.clone()));
		for who in [Ferdie, Dave, Alice] {
			replay(who, Error::OutOfOrder);
		}
		sees(Alice, Class::LineFault, START + 10_000);
		replay(Ferdie, Error::OutOfOrder);
		Now::set(START + PARAMETERS.freshness + 1);
		replay(Ferdie, Error::StaleReport);
	});
}

/// Two relayers carry one reading: it counts once, and nobody has to pay for finding out.
#[test]
fn a_reading_by_two_relayers_counts_once() {
	ExtBuilder::default().run(|| {
		let reading = reading(START, 5, 6);
		let message = Oracle::register_message(reading.clone()).encode();
		let signature = Some(MultiSignature::from(Eve.sign(&message)));
		assert_ok!(Oracle::report_register(signed(Ferdie), reading.clone(), signature.clone()));
		for who in [Dave, Ferdie, Eve] {
			assert_noop!(
				Oracle::report_register(signed(who), reading.clone(), signature.clone()),
				Error::<Test>::AlreadyReported
			);
		}
		assert_eq!(Oracle::registers_of(&Eve.to_account_id()).len(), 1);
	});
}

/// The ends of every range of numbers: refused, nothing overflows.
#[test]
fn numbers_out_of_range_are_refused() {
	ExtBuilder::default().run(|| {
		let report = |change: fn(&mut SensorReport<AccountId32>)| {
			let mut report = report_of(Alice, Class::Clear, START);
			change(&mut report);
			Oracle::report(signed(Alice), report, None)
		};
		assert_noop!(
			report(|report| report.confidence = u32::MAX),
			Error::<Test>::InvalidConfidence
		);
		assert_noop!(report(|report| report.observed = Moment::MAX), Error::<Test>::FutureReport);
		assert_noop!(report(|report| report.observed = 0), Error::<Test>::StaleReport);

		assert_ok!(Oracle::report_register(signed(Eve), reading(START - SLOT, 7, 7), None));
		let refused = |boundary, import, export, error: Error<Test>| {
			let reading = reading(boundary, import, export);
			assert_noop!(Oracle::report_register(signed(Eve), reading, None), error);
		};
		let last = Moment::MAX - Moment::MAX % SLOT;
		refused(last, 7, 7, Error::FutureReport);
		refused(Moment::MAX, 7, 7, Error::NotABoundary);
		refused(START, u64::MAX, 7, Error::Implausible);
		refused(START, 7, u64::MAX, Error::Implausible);
		refused(START, 0, 7, Error::NotMonotone);
		// A late one before all that is known, and one from the beginning of time.
		refused(START - 2 * SLOT, u64::MAX, u64::MAX, Error::NotMonotone);
		refused(0, u64::MAX, u64::MAX, Error::TooOld);
	});
}

/// Over slots that are missing a register may rise by what fits into all of them, no more.
#[test]
fn a_jump_over_missing_slots_is_bounded_by_their_length() {
	ExtBuilder::default().run(|| {
		assert_ok!(Oracle::report_register(signed(Eve), reading(START - 4 * SLOT, 0, 0), None));
		let jump = |export| Oracle::report_register(signed(Eve), reading(START, 0, export), None);
		assert_noop!(jump(4_001), Error::<Test>::Implausible);
		assert_ok!(jump(4_000));
		// And nothing can be put between that would make one of the slots too rich.
		let between =
			|export| Oracle::report_register(signed(Eve), reading(START - SLOT, 0, export), None);
		assert_noop!(between(2_999), Error::<Test>::Implausible);
		assert_ok!(between(3_000));
		assert_eq!(Oracle::exported(&Eve.to_account_id(), START - SLOT, START), Some(1_000));
	});
}

/// A cloned meter: whoever is first says what its slot's register is, and the other one can neither
/// replace it nor turn the register back later.
#[test]
fn a_cloned_meter_cannot_undo_what_it_said() {
	ExtBuilder::default().run(|| {
		assert_ok!(Oracle::report_register(signed(Eve), reading(START - SLOT, 0, 500), None));
		let clone = |boundary, export, error: Error<Test>| {
			let reading: RegisterReading<_> = reading(boundary, 0, export);
			assert_noop!(Oracle::report_register(signed(Eve), reading, None), error);
		};
		clone(START - SLOT, 400, Error::AlreadyReported);
		clone(START, 400, Error::NotMonotone);
		clone(START - 2 * SLOT, 501, Error::NotMonotone);
	});
}

const SHORT: OracleParameters =
	OracleParameters { report_period: 3, freshness: 5, min_interval: 1, ..OracleParameters::USUAL };

/// What somebody says all the time; `None` is silence.
fn steady(owner: usize, says: Option<bool>) -> Witness {
	let mut history = History::default();
	if let Some(hazard) = says {
		for at in [0, 3] {
			let class = if hazard { Class::Wind } else { Class::Clear };
			history.remember(class, at, &SHORT);
		}
	}
	let spans = history.spans.into_inner();
	Witness { owner: tag(u8::try_from(owner).unwrap()), spans, absences: vec![] }
}

/// For every jury of 3 to 16 owners and every way in which up to `f` of them can lie or be silent,
/// the others decide: they see a hazard, and it is one; they see none, and the line is safe.
#[test]
fn up_to_f_liars_decide_nothing() {
	let mut juries = 0;
	for owners in 3usize..=16 {
		let faulty = (owners - 1) / 2;
		for hazard in 0..=faulty {
			for clear in 0..=faulty - hazard {
				for silent in 0..=faulty - hazard - clear {
					for (honest, expected) in [(true, Verdict::Hazard), (false, Verdict::Safe)] {
						let liars = hazard + clear + silent;
						let says = (0..hazard)
							.map(|_| Some(true))
							.chain((0..clear).map(|_| Some(false)))
							.chain((0..silent).map(|_| None))
							.chain((liars..owners).map(|_| Some(honest)));
						let jury: Vec<_> =
							says.enumerate().map(|(owner, says)| steady(owner, says)).collect();
						assert_eq!(
							verdict_at(&jury, &[], 4),
							expected,
							"{hazard} {clear} {silent}"
						);
						juries += 1;
					}
				}
			}
		}
	}
	// Two juries of each `f`, two kinds of honesty, and `(f + 3 over 3)` ways to be at fault.
	assert_eq!(juries, 2 * 2 * (4 + 10 + 20 + 35 + 56 + 84 + 120));
}

/// One liar more than that, and the honest can no longer decide: the bound is tight.
#[test]
fn one_liar_more_is_one_too_many() {
	for owners in 3usize..=16 {
		let liars = (owners - 1) / 2 + 1;
		assert_eq!(judge(owners, liars, owners - liars), Verdict::Hazard);
		assert_eq!(judge(owners, 0, owners - liars), Verdict::Stale);
	}
}

/// A liar who cries for an hour, as often as he may and in every way, with the smallest jury and
/// with the largest: the line is safe all the time, and of his cries nothing is heard but the
/// reports.
#[test]
fn a_liar_cannot_veto_for_ever() {
	for (owners, liars) in [(3u8, 1u8), (16, 7)] {
		ExtBuilder::default().run(|| {
			[Alice, Bob, Charlie].into_iter().for_each(TestDevices::forget);
			place_numbered(owners, LINE);
			for round in 0..360 {
				let at = START + round * 10_000;
				Now::set(at);
				for honest in liars..owners {
					numbered_sees(honest, Class::Clear);
				}
				for (n, cry) in (0..5).zip([
					Class::Thunderstorm,
					Class::Wind,
					Class::LineFault,
					Class::Overload,
					Class::Clear,
				]) {
					Now::set(at + n * PARAMETERS.min_interval);
					(0..liars).for_each(|liar| numbered_sees(liar, cry));
					// Nobody has been clear for a report period before the second round.
					let expected = if round == 0 { Verdict::Stale } else { Verdict::Safe };
					assert_eq!(verdict(LINE), expected, "round {round}");
				}
			}
			let mut changes = events();
			changes.retain(|event| matches!(event, Event::LineChanged { .. }));
			assert!(
				matches!(changes[..], [Event::LineChanged { verdict: Verdict::Safe, .. }]),
				"{changes:?}"
			);
		});
	}
}

/// Who trades on a line gains nothing by crying, or by keeping quiet about a hazard: his sensors are
/// not asked about his trade.
#[test]
fn a_party_gains_nothing_by_its_own_sensors() {
	ExtBuilder::default().run(|| {
		TestDevices::place(Dave, tag(4), LINE);
		let about_dave = || <Oracle as LineSafety>::verdict(LINE, &[tag(4)]);
		for (others, own, expected) in [
			(Class::Clear, Class::LineFault, Verdict::Safe),
			(Class::Wind, Class::Clear, Verdict::Hazard),
		] {
			let begin = Now::get() + 10_000;
			for at in [begin, begin + 10_000, begin + 20_000] {
				all_see(others, &[at]);
				sees(Dave, own, at);
			}
			assert_eq!(about_dave(), expected);
		}
	});
}
