//! Alerts, the watch over lines that fall silent, and which lines take offers.

use crate::{
	lines::MAX_WATCHED, mock::*, Class, Event, LineState, Lines, Offers, OracleParameters,
	Severity, Watch, WeightInfo,
};
use frame_support::traits::Hooks;
use voltree_primitives::{LineId, LineSafety, Moment, Verdict};

/// The alerts so far: verdict, class, severity, since when, until when.
fn alerts() -> Vec<(Verdict, Class, Severity, Moment, Option<Moment>)> {
	let alert = |event| match event {
		Event::LineChanged { line: LINE, verdict, class, severity, from, until } => {
			Some((verdict, class, severity, from, until))
		}
		_ => None,
	};
	events().into_iter().filter_map(alert).collect()
}

fn watched() -> Vec<(Moment, LineId)> {
	Watch::<Test>::iter_keys()
		.map(|(due, line)| (Moment::from_be_bytes(due), LineId::from_be_bytes(line)))
		.collect()
}

/// A line that falls silent: the first block after the last report has lost its freshness says so,
/// without a transaction, once.
#[test]
fn silence_is_told_in_the_next_block() {
	ExtBuilder::default().run(|| {
		all_see(Class::Clear, &[START, START + 10_000]);
		let until = START + 35_000;
		let safe = (Verdict::Safe, Class::Clear, Severity::Minor, START + 10_000, Some(until));
		assert_eq!(alerts(), [safe]);
		for at in [until - 3_000, until] {
			block_at(at);
			assert_eq!(alerts(), []);
		}
		block_at(until + 1);
		let stale = (Verdict::Stale, Class::Clear, Severity::Unknown, until + 1, None);
		assert_eq!(alerts(), [stale]);
		for at in [until + 2, until + 100_000] {
			block_at(at);
			assert_eq!(alerts(), []);
		}
		assert_eq!(watched(), []);
	});
}

/// A hazard is told with its kind, and once more when it gets worse or milder.
#[test]
fn a_hazard_is_told_with_its_kind() {
	ExtBuilder::default().run(|| {
		all_see(Class::Overload, &[START]);
		let hazard =
			|class, severity, from, until| (Verdict::Hazard, class, severity, from, Some(until));
		let until = START + PARAMETERS.freshness;
		assert_eq!(alerts(), [hazard(Class::Overload, Severity::Moderate, START, until)]);
		sees(Alice, Class::LineFault, START + 5_000);
		assert_eq!(alerts(), []);
		sees(Bob, Class::LineFault, START + 5_000);
		// Charlie is the first who falls silent.
		let worse = hazard(Class::LineFault, Severity::Extreme, START + 5_000, until);
		assert_eq!(alerts(), [worse]);
		assert_eq!(Lines::<Test>::get(LINE).unwrap().since, START);
		// It is over for those who report it no more.
		block_at(until + 5_001);
		let stale = (Verdict::Stale, Class::Clear, Severity::Unknown, until + 5_001, None);
		assert_eq!(alerts(), [stale]);
	});
}

/// While sensors report, their line is looked at once in a while, in one place of the watch.
#[test]
fn a_line_is_watched_in_one_place() {
	ExtBuilder::default().run(|| {
		let mut looks = 0;
		for round in 0..100 {
			let at = START + round * 10_000;
			let before = watched();
			block_at(at);
			looks += usize::from(watched() != before);
			all_see(Class::Clear, &[at]);
			assert!(watched().len() <= 1 && (round == 0 || watched()[0].0 > at));
		}
		// Reports are valid for two and a half rounds.
		assert!((34..=50).contains(&looks), "{looks}");
		assert_eq!(alerts().len(), 1);
	});
}

/// A sensor that was moved or removed is missed at the next look.
#[test]
fn what_the_registry_changed_is_noticed() {
	ExtBuilder::default().run(|| {
		all_see(Class::Clear, &[START, START + 10_000, START + 20_000]);
		TestDevices::remove(Alice);
		TestDevices::remove(Bob);
		assert_eq!(alerts().len(), 1);
		block_at(START + 45_001);
		assert_eq!(alerts().len(), 1);
		TestDevices::place_all();
		assert_eq!(Lines::<Test>::get(LINE).unwrap().verdict, Verdict::Stale);
	});
}

/// Of many lines that fall silent at the same time a block tells of so many; the next blocks of the
/// others. The weight follows.
#[test]
fn many_lines_are_told_bit_by_bit() {
	ExtBuilder::default().run(|| {
		let lines = MAX_WATCHED + 10;
		for line in 1_000..1_000 + lines {
			Watch::<Test>::insert((START.to_be_bytes(), line.to_be_bytes()), ());
			let told =
				LineState { verdict: Verdict::Safe, watched: Some(START), ..Default::default() };
			Lines::<Test>::insert(line, told);
		}
		let block = |at| {
			Now::set(at);
			let weight = Oracle::on_initialize(1);
			(weight, events().len())
		};
		type Weights = <Test as crate::Config>::WeightInfo;
		assert_eq!(block(START - 1), (Weights::watch(0), 0));
		assert_eq!(block(START), (Weights::watch(MAX_WATCHED), 64));
		assert_eq!(block(START), (Weights::watch(10), 10));
		assert_eq!(block(START), (Weights::watch(0), 0));
		let _removed = Lines::<Test>::clear(u32::MAX, None);
	});
}

/// The end of time is harmless.
#[test]
fn the_end_of_time_is_watched() {
	ExtBuilder::default().run(|| {
		let end = Moment::MAX - 10_000;
		all_see(Class::Wind, &[end]);
		assert_eq!(alerts().len(), 1);
		block_at(Moment::MAX);
		assert_eq!(alerts().len(), 1);
	});
}

/// Let the line be safe at `at`, and stale at the end of `at + 40_000`.
fn lapse(at: Moment) {
	all_see(Class::Clear, &[at, at + 10_000]);
	assert_eq!(Oracle::verdict(LINE, &[]), Verdict::Safe);
	block_at(at + 40_000);
	assert_eq!(Oracle::verdict(LINE, &[]), Verdict::Stale);
}

const STRICT: OracleParameters =
	OracleParameters { most_lapses: 2, settling: 60_000, ..PARAMETERS };

/// A line that becomes stale too often in a day takes no offers, until it has been heard for a while
/// without a break.
#[test]
fn a_line_that_lapses_too_often_takes_no_offers() {
	ExtBuilder::default().parameters(STRICT).run(|| {
		assert!(Oracle::takes_offers(LINE) && Oracle::takes_offers(NO_LINE));
		lapse(START);
		lapse(START + 100_000);
		assert!(Oracle::takes_offers(LINE));
		lapse(START + 200_000);
		assert!(!Oracle::takes_offers(LINE));
		assert!(Oracle::takes_offers(OTHER_LINE));
		// Not heard for long enough: closed as before.
		lapse(START + 300_000);
		assert!(!Oracle::takes_offers(LINE));
		let back = START + 400_000;
		(0..=6).for_each(|round| all_see(Class::Clear, &[back + round * 10_000]));
		assert!(!Oracle::takes_offers(LINE));
		let opening = back + 10_000 + STRICT.settling;
		assert_eq!(Lines::<Test>::get(LINE).unwrap().offers, Offers::From(opening));
		all_see(Class::Clear, &[opening - 1]);
		assert!(!Oracle::takes_offers(LINE));
		Now::set(opening);
		assert!(Oracle::takes_offers(LINE));
		// From here on it is counted anew.
		block_at(opening + 100_000);
		assert!(Oracle::takes_offers(LINE));
		lapse(opening + 200_000);
		assert!(Oracle::takes_offers(LINE));
		lapse(opening + 300_000);
		assert!(!Oracle::takes_offers(LINE));
	});
}

/// Lapses of another day do not count.
#[test]
fn a_line_may_lapse_now_and_then() {
	ExtBuilder::default().parameters(STRICT).run(|| {
		for day in 0..3 {
			lapse(START + day * 86_400_000);
			lapse(START + day * 86_400_000 + 100_000);
			assert!(Oracle::takes_offers(LINE));
		}
	});
}

/// A storm that ends is no lapse, however often one does: everybody was heard all along.
#[test]
fn storms_are_no_lapses() {
	ExtBuilder::default().parameters(STRICT).run(|| {
		let mut verdicts = std::collections::BTreeSet::new();
		for round in 0..60 {
			let class = if round % 6 < 3 { Class::Clear } else { Class::Wind };
			block_at(START + round * 10_000);
			all_see(class, &[START + round * 10_000]);
			verdicts.insert(format!("{:?}", Lines::<Test>::get(LINE).map(|state| state.verdict)));
			assert!(Oracle::takes_offers(LINE));
		}
		assert_eq!(verdicts.len(), 4, "{verdicts:?}");
	});
}
