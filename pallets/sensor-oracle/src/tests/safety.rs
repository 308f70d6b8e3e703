//! The rule of [`crate::safety`].

use crate::{
	mock::*, safety::*, Absence, Class, Fault, History, OracleParameters, Severity, MAX_SPANS,
};
use codec::Encode;
use frame_support::assert_ok;
use proptest::{
	collection::{btree_map, vec},
	prelude::*,
	sample::subsequence,
};
use std::collections::BTreeSet;
use voltree_primitives::{IdentityTag, Moment, SafetyOver, Verdict};

/// What a sensor has seen: when, and whether it was a hazard.
type Seen = Vec<(Moment, bool)>;

fn history(seen: &[(Moment, bool)], parameters: &OracleParameters) -> History {
	let mut history = History::default();
	for (at, hazard) in seen {
		let class = if *hazard { Class::Wind } else { Class::Clear };
		history.remember(class, *at, parameters);
	}
	history
}

fn witness(owner: u8, seen: &[(Moment, bool)], parameters: &OracleParameters) -> Witness {
	let spans = history(seen, parameters).spans.into_inner();
	Witness { owner: tag(owner), spans, absences: vec![] }
}

/// The rule once more, straight from the reports and from DESIGN.md, without spans.
fn plain_verdict(
	sensors: &[(u8, Seen)],
	without: &[IdentityTag],
	parameters: &OracleParameters,
	t: Moment,
) -> Verdict {
	let says = |seen: &Seen, hazard: bool| -> bool {
		let past: Vec<_> = seen.iter().filter(|(at, _)| *at <= t).collect();
		let Some(&&(newest, kind)) = past.last() else { return false };
		if t - newest > parameters.freshness || kind != hazard {
			return false;
		}
		if hazard {
			return true;
		}
		let mut first = newest;
		for (at, kind) in past.iter().rev() {
			if *kind != hazard || first - at > parameters.freshness {
				break;
			}
			first = *at;
		}
		newest - first >= parameters.report_period
	};
	let owners: BTreeSet<u8> =
		sensors.iter().map(|(owner, _)| *owner).filter(|o| !without.contains(&tag(*o))).collect();
	let any_says = |owner: &u8, hazard: bool| {
		sensors.iter().any(|(of, seen)| of == owner && says(seen, hazard))
	};
	let hazards = owners.iter().filter(|o| any_says(o, true)).count();
	let clears = owners.iter().filter(|o| any_says(o, false) && !any_says(o, true)).count();
	let n = owners.len();
	match n {
		0..=2 => Verdict::Stale,
		_ if hazards > (n - 1) / 2 => Verdict::Hazard,
		_ if clears >= n - (n - 1) / 2 => Verdict::Safe,
		_ => Verdict::Stale,
	}
}

const SHORT: OracleParameters =
	OracleParameters { report_period: 3, freshness: 5, min_interval: 1, ..OracleParameters::USUAL };

/// A single report of clear never counts, however long it stays fresh; a hazard counts at once.
#[test]
fn clear_counts_in_two_report_periods_running() {
	let at = |seen: &[(Moment, bool)], t| {
		let jury: Vec<_> = (0..3).map(|owner| witness(owner, seen, &SHORT)).collect();
		verdict_at(&jury, &[], t)
	};
	for t in 0..10 {
		assert_eq!(at(&[(0, false)], t), Verdict::Stale);
	}
	// A run goes on up to the last moment of freshness, and no further.
	assert_eq!(at(&[(0, false), (5, false)], 5), Verdict::Safe);
	assert_eq!(at(&[(0, false), (6, false)], 6), Verdict::Stale);
	// A report just before the period ends waits for the next one.
	let seen = [(0, false), (2, false), (4, false)];
	assert_eq!(at(&seen, 3), Verdict::Stale);
	assert_eq!(at(&seen, 4), Verdict::Safe);
	assert_eq!(at(&seen, 9), Verdict::Safe);
	assert_eq!(at(&seen, 10), Verdict::Stale);
	// After a gap or a hazard the run begins anew.
	assert_eq!(at(&[(0, false), (3, false), (9, false)], 9), Verdict::Stale);
	assert_eq!(at(&[(0, false), (3, false), (4, true), (5, false)], 7), Verdict::Stale);
	assert_eq!(at(&[(0, true)], 0), Verdict::Hazard);
	assert_eq!(at(&[(0, true)], 5), Verdict::Hazard);
	assert_eq!(at(&[(0, true)], 6), Verdict::Stale);
}

/// An owner has one vote, however many sensors it runs, and a hazard outweighs a clear.
#[test]
fn an_owner_has_one_vote() {
	let clear: Seen = vec![(0, false), (3, false)];
	let hazard: Seen = vec![(0, true), (3, true)];
	let jury = |sensors: &[(u8, &Seen)]| {
		let jury: Vec<_> = sensors.iter().map(|(o, seen)| witness(*o, seen, &SHORT)).collect();
		(verdict_at(&jury, &[], 4), owners(jury.iter().map(|it| it.owner), &[]))
	};
	let two_of_one = [(1, &clear), (1, &clear), (1, &clear), (2, &clear)];
	assert_eq!(jury(&two_of_one), (Verdict::Stale, 2));
	let split = [(1, &clear), (1, &hazard), (2, &clear), (3, &clear)];
	assert_eq!(jury(&split), (Verdict::Safe, 3));
	let silent: Seen = vec![];
	let split_and_silent = [(1, &clear), (1, &hazard), (2, &clear), (3, &silent)];
	assert_eq!(jury(&split_and_silent), (Verdict::Stale, 3));
	let split_twice = [(1, &clear), (1, &hazard), (2, &clear), (2, &hazard), (3, &clear)];
	assert_eq!(jury(&split_twice), (Verdict::Hazard, 3));
}

/// Who is set aside is not heard and not counted, but `n` never falls below three by that.
#[test]
fn who_is_set_aside_has_no_seat() {
	let clear: Seen = vec![(0, false), (3, false)];
	let hazard: Seen = vec![(0, true), (3, true)];
	let at = |seen: &[&Seen], aside: &[usize], t| {
		let jury = (0..).zip(seen).map(|(owner, seen)| {
			let mut witness = witness(owner, seen, &SHORT);
			if aside.contains(&usize::from(owner)) {
				witness.absences =
					vec![Absence { from: 4, until: Some(6), fault: Fault::Replayed }];
			}
			witness
		});
		verdict_at(&jury.collect::<Vec<_>>(), &[], t)
	};
	let silent: Seen = vec![];
	// Five owners: three clear are enough, two are not; of three that are left two are.
	let two_of_five = [&clear, &clear, &hazard, &hazard, &silent];
	assert_eq!(at(&two_of_five, &[], 4), Verdict::Stale);
	assert_eq!(at(&two_of_five, &[2, 3], 3), Verdict::Stale);
	assert_eq!(at(&two_of_five, &[2, 3], 4), Verdict::Safe);
	assert_eq!(at(&two_of_five, &[2, 3], 5), Verdict::Safe);
	assert_eq!(at(&two_of_five, &[2, 3], 6), Verdict::Stale);
	assert_eq!(at(&two_of_five, &[0, 1], 4), Verdict::Hazard);
	// Three owners: one who is set aside neither stops the line nor decides about it.
	assert_eq!(at(&[&clear, &clear, &hazard], &[2], 4), Verdict::Safe);
	assert_eq!(at(&[&hazard, &hazard, &clear], &[2], 4), Verdict::Hazard);
	assert_eq!(at(&[&clear, &hazard, &clear], &[2], 4), Verdict::Stale);
	assert_eq!(at(&[&clear, &clear, &hazard], &[1, 2], 4), Verdict::Stale);
}

/// A hazard is told as bad as more owners than may lie say, at least.
#[test]
fn a_hazard_is_as_bad_as_more_than_f_say() {
	let class_of = |classes: &[(u8, Class)]| {
		let jury: Vec<_> = classes
			.iter()
			.map(|(owner, class)| {
				let mut history = History::default();
				history.remember(*class, 0, &SHORT);
				let spans = history.spans.into_inner();
				Witness { owner: tag(*owner), spans, absences: vec![] }
			})
			.collect();
		opinion_at(&jury, &[], 0).class
	};
	use Class::*;
	assert_eq!(class_of(&[(1, LineFault), (2, Overload), (3, Clear)]), Overload);
	assert_eq!(class_of(&[(1, LineFault), (2, Overload), (3, Wind)]), Wind);
	assert_eq!(class_of(&[(1, LineFault), (1, LineFault), (2, Overload), (3, Clear)]), Overload);
	assert_eq!(class_of(&[(1, Overload), (1, LineFault), (2, LineFault), (3, Clear)]), LineFault);
	assert_eq!(class_of(&[(1, LineFault), (2, Clear), (3, Clear)]), Clear);
	assert!(Severity::of(LineFault) > Severity::of(Wind));
	assert!(Severity::of(Wind) > Severity::of(Overload));
	assert!(Severity::of(Overload) > Severity::of_line(Verdict::Stale, Clear));
}

/// Hazard and safe exclude each other, whatever the votes.
#[test]
fn the_rule_is_exclusive() {
	for owners in 0..40usize {
		for hazard in 0..=owners {
			for clear in 0..=owners - hazard {
				let faulty = owners.saturating_sub(1) / 2;
				let is_hazard = owners >= 3 && hazard > faulty;
				let is_safe = owners >= 3 && clear >= owners - faulty;
				assert!(!(is_hazard && is_safe));
				let expected = match (is_hazard, is_safe) {
					(true, _) => Verdict::Hazard,
					(_, true) => Verdict::Safe,
					_ => Verdict::Stale,
				};
				assert_eq!(judge(owners, hazard, clear), expected);
			}
		}
	}
}

/// At the end of time nothing overflows.
#[test]
fn the_end_of_time_is_harmless() {
	let end = Moment::MAX;
	let seen = [(end - 5, false), (end - 2, false)];
	let jury: Vec<_> = (0..3).map(|owner| witness(owner, &seen, &SHORT)).collect();
	assert_eq!(verdict_at(&jury, &[], end - 1), Verdict::Safe);
	let over = safety_over([&jury, &jury], &[], 0, end);
	assert_eq!(over, SafetyOver { longest_safe: 2, always: false, never: false });
}

prop_compose! {
	fn parameters()(report_period in 1u64..5)(
		report_period in Just(report_period),
		freshness in report_period..9,
	) -> OracleParameters {
		OracleParameters { report_period, freshness, ..SHORT }
	}
}

/// Some of the witnesses set aside for a while, or until further notice.
fn absent(jury: Vec<Witness>) -> impl Strategy<Value = Vec<Witness>> {
	let gone = proptest::option::weighted(0.4, (0u64..50, proptest::option::of(0u64..30)));
	vec(gone, jury.len()).prop_map(move |gone| {
		let leave = |(witness, gone): (&Witness, Option<(Moment, Option<Moment>)>)| {
			let absences = gone.map(|(from, lasts)| Absence {
				from,
				until: lasts.map(|lasts| from + lasts),
				fault: Fault::Frozen,
			});
			Witness { absences: absences.into_iter().collect(), ..witness.clone() }
		};
		jury.iter().zip(gone).map(leave).collect()
	})
}

/// Sensors of up to six owners with reports between 0 and 40, mostly of clear.
fn sensors() -> impl Strategy<Value = Vec<(u8, Seen)>> {
	let seen = btree_map(0u64..40, proptest::bool::weighted(0.2), 0..30)
		.prop_map(|seen| seen.into_iter().collect());
	vec((0u8..6, seen), 0..9)
}

/// Reports of an owner who does as he likes.
fn whim() -> impl Strategy<Value = Seen> {
	btree_map(0u64..200, any::<bool>(), 0..90).prop_map(|seen| seen.into_iter().collect())
}

/// Reports of an honest owner: the one kind before `turn`, the other after it, never more than a
/// period apart.
fn honest(hazard_after: bool, turn: Moment, period: Moment) -> impl Strategy<Value = Seen> {
	vec(1..=period, 200).prop_map(move |gaps| {
		let mut at = 0;
		gaps.into_iter()
			.map(|gap| {
				at += gap;
				(at, (at >= turn) == hazard_after)
			})
			.collect()
	})
}

/// A jury of `n` owners of whom `(n - 1) / 2` do as they like, and the others report honestly.
fn jury(hazard_after: bool, turn: Moment) -> impl Strategy<Value = (Vec<(u8, Seen)>, usize)> {
	(3usize..10).prop_flat_map(move |n| {
		let liars = (n - 1) / 2;
		let honest = vec(honest(hazard_after, turn, PERIOD), n - liars);
		(honest, vec(whim(), liars)).prop_map(|(honest, liars)| {
			let count = honest.len();
			let all = (0u8..).zip(honest.into_iter().chain(liars)).collect();
			(all, count)
		})
	})
}

const PERIOD: Moment = 5;
const LONG: OracleParameters = OracleParameters {
	report_period: PERIOD,
	freshness: 8,
	min_interval: 1,
	..OracleParameters::USUAL
};
const TURN: Moment = 60;

fn witnesses(sensors: &[(u8, Seen)], parameters: &OracleParameters) -> Vec<Witness> {
	sensors.iter().map(|(owner, seen)| witness(*owner, seen, parameters)).collect()
}

/// First observations after the turn, of the honest ones.
fn latest_first(honest: &[(u8, Seen)]) -> Moment {
	let first = |seen: &Seen| seen.iter().map(|(at, _)| *at).find(|at| *at >= TURN);
	honest.iter().filter_map(|(_, seen)| first(seen)).max().unwrap()
}

proptest! {
	/// Spans forget nothing that the rule asks for.
	#[test]
	fn spans_say_what_the_reports_say(
		parameters in parameters(),
		sensors in sensors(),
		without in subsequence((0u8..6).map(tag).collect::<Vec<_>>(), 0..3),
	) {
		let jury = witnesses(&sensors, &parameters);
		for t in 0..60 {
			prop_assert_eq!(
				verdict_at(&jury, &without, t),
				plain_verdict(&sensors, &without, &parameters, t)
			);
		}
	}

	/// The sweep finds what looking at each millisecond finds.
	#[test]
	fn the_sweep_agrees_with_each_millisecond(
		both in (parameters(), sensors(), sensors()).prop_flat_map(|(parameters, one, other)| {
			let absent = |seen: &[(u8, Seen)]| absent(witnesses(seen, &parameters));
			[absent(&one), absent(&other)]
		}),
		without in subsequence((0u8..6).map(tag).collect::<Vec<_>>(), 0..3),
		from in 0u64..50,
		to in 0u64..60,
	) {
		for (first, second) in [(0, 1), (0, 0)] {
			let is_safe = |t: Moment| {
				[first, second].iter().all(|line: &usize| {
					verdict_at(&both[*line], &without, t) == Verdict::Safe
				})
			};
			let (mut longest, mut run, mut safe) = (0, 0, 0);
			for t in from..to {
				run = if is_safe(t) { run + 1 } else { 0 };
				safe += u64::from(run > 0);
				longest = longest.max(run);
			}
			let expected = SafetyOver {
				longest_safe: longest,
				always: from < to && safe == to - from,
				never: safe == 0,
			};
			prop_assert_eq!(safety_over([&both[first], &both[second]], &without, from, to), expected);
		}
	}

	/// Once every honest owner has seen the hazard, `f` liars cannot make the line safe: it is a
	/// hazard, and stays one.
	#[test]
	fn liars_cannot_make_a_hazard_safe((sensors, honest) in jury(true, TURN)) {
		let jury = witnesses(&sensors, &LONG);
		let known = latest_first(&sensors[..honest]);
		prop_assert!(known < TURN + PERIOD);
		for t in known..200 {
			prop_assert_eq!(verdict_at(&jury, &[], t), Verdict::Hazard);
		}
		prop_assert!(safety_over([&jury, &jury], &[], known, 200).never);
	}

	/// While honest owners report clear in each period, `f` liars, of either kind or silent, cannot
	/// keep the line unsafe for more than two periods.
	#[test]
	fn liars_cannot_stop_a_clear_line((sensors, honest) in jury(false, TURN)) {
		let jury = witnesses(&sensors, &LONG);
		let settled = latest_first(&sensors[..honest]) + 2 * PERIOD;
		for t in settled..200 {
			prop_assert_eq!(verdict_at(&jury, &[], t), Verdict::Safe);
		}
		prop_assert!(safety_over([&jury, &jury], &[], settled, 200).always);
	}

	/// Neither the order of the sensors nor the way in which the owners are numbered matters.
	#[test]
	fn the_order_of_the_sensors_does_not_matter(
		parameters in parameters(),
		(one, other) in sensors().prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle())),
	) {
		let renumbered: Vec<_> = other.iter().map(|(o, seen)| (9 - o, seen.clone())).collect();
		for t in 0..50 {
			let verdict = verdict_at(&witnesses(&one, &parameters), &[], t);
			prop_assert_eq!(verdict_at(&witnesses(&other, &parameters), &[], t), verdict);
			prop_assert_eq!(verdict_at(&witnesses(&renumbered, &parameters), &[], t), verdict);
		}
	}

	/// A history stays bounded and in order; what it has lost is silence, nothing else changes.
	#[test]
	fn a_full_history_forgets_only_its_beginning(seen in vec(any::<bool>(), 0..120)) {
		let seen: Seen = (0..).map(|n: u64| n * 2).zip(seen).collect();
		let kept = history(&seen, &SHORT).spans;
		prop_assert!(kept.len() <= 32 && MAX_SPANS == 32);
		prop_assert!(kept.iter().zip(kept.iter().skip(1)).all(|(run, next)| run.last < next.from));
		let Some(oldest) = kept.first().map(|run| run.from) else { return Ok(()) };
		let jury: Vec<_> = (0..3).map(|owner| witness(owner, &seen, &SHORT)).collect();
		let all: Vec<_> = (0..3).map(|owner| (owner, seen.clone())).collect();
		for t in 0..260 {
			let expected = match t {
				t if t < oldest => Verdict::Stale,
				t => plain_verdict(&all, &[], &SHORT, t),
			};
			prop_assert_eq!(verdict_at(&jury, &[], t), expected);
		}
	}

	/// Reports of different sensors may arrive in any order.
	#[test]
	fn the_order_of_arrival_does_not_matter(
		(one, other) in btree_map((0u64..12, 0usize..3), any::<bool>(), 0..20)
			.prop_map(|seen| seen.into_iter().collect::<Vec<_>>())
			.prop_flat_map(|seen| (Just(seen.clone()), Just(seen).prop_shuffle())),
	) {
		let after = |mut arrivals: Vec<((u64, usize), bool)>, by_sensor: bool| {
			// A sensor's own reports keep their order, in whatever way they are mixed with others.
			if by_sensor {
				let order: Vec<usize> = arrivals.iter().map(|((_, sensor), _)| *sensor).collect();
				let mut own = [0, 1, 2].map(|sensor| {
					let mut own: Vec<_> =
						arrivals.iter().filter(|((_, of), _)| *of == sensor).copied().collect();
					own.sort();
					own.into_iter()
				});
				arrivals = order.into_iter().map(|sensor| own[sensor].next().unwrap()).collect();
			}
			let mut found = None;
			ExtBuilder::default().run(|| {
				for ((period, sensor), hazard) in arrivals {
					let class = if hazard { Class::Overload } else { Class::Clear };
					let at = START - PARAMETERS.freshness + period * 2_000;
					let sensor = [Alice, Bob, Charlie][sensor];
					let report = report_of(sensor, class, at);
					let message = Oracle::report_message(report.clone()).encode();
					let signature = sensor.sign(&message).into();
					assert_ok!(Oracle::report(signed(Ferdie), report, Some(signature)));
				}
				found = Some((Oracle::witnesses(LINE), Oracle::line_view(LINE, &[])));
			});
			found
		};
		prop_assert_eq!(after(one, false), after(other, true));
	}
}
