//! What a session's end does to trust.

use crate::{mock::*, Event, Overheads, PerMember, Place, Rating, Report, Reports, Rules};
use voltree_wct::TRUST_UNIT;

/// Everybody of `reporters` rates all others of `count`: as `on_time` says, of ten blocks.
fn all_report(count: u8, reporters: impl IntoIterator<Item = u8>, on_time: impl Fn(u8, u8) -> u16) {
	for reporter in reporters {
		let ratings = (1..=count).filter(|parent| *parent != reporter).map(|parent| Rating {
			parent: Place::from(parent) - 1,
			assigned: 10,
			on_time: on_time(parent, reporter),
		});
		let report = Report {
			session: Session::current_index() - 1,
			reporter: Place::from(reporter) - 1,
			ratings: PerMember::truncate_from(ratings.collect()),
			overheads: PerMember::default(),
		};
		let origin = RuntimeOrigin::signed(Da(reporter).account());
		Tree::report(origin, report).expect("a fair report");
	}
}

/// Who misses its turns loses legality, at most 0.15 a session, and its turns with it; it votes on.
#[test]
fn missed_turns_cost_legality() {
	ExtBuilder::default().keyed(4).run(|| {
		session_without(&[2], 10);
		assert_eq!(Da(2).known().legality, 850_000_000);
		assert_eq!(Da(1).known().legality, TRUST_UNIT);
		assert_eq!(Tree::authors(), accounts([1, 3, 4, 2]), "the last in the order now");
		session_without(&[2], 10);
		let (account, trust) = (Da(2).account(), 700_000_000);
		assert!(events().contains(&Event::Distrusted { account, trust }));
		assert_eq!(Tree::authors(), accounts([1, 3, 4]));
		assert_eq!(Voters::changes(), 0);
	});
}

/// A few missed turns say little beside what was known before: tasks count.
#[test]
fn legality_is_smoothed_by_the_number_of_turns() {
	ExtBuilder::default().keyed(4).run(|| {
		// Five written beside eight known before; one missed.
		let missed = (101..=120).find(|slot| Tree::author_of(*slot) == Some(Da(2).account()));
		for slot in 101..=120 {
			if Some(slot) != missed {
				block_in(slot);
			}
		}
		end_session();
		assert_eq!(Da(2).known().legality, (13 * 1_000_000_000u64 / 14) as u32);
	});
}

/// Who has no turns and reports gets its legality back step by step, and its turns after a probation.
#[test]
fn the_way_back_takes_reports_and_a_probation() {
	ExtBuilder::default().keyed(4).run(|| {
		session_without(&[2], 10);
		session_without(&[2], 10);
		let after_fall = Da(2).known().legality;
		// It is there again, but says nothing.
		sessions(1);
		assert_eq!(Da(2).known().legality, after_fall);
		let mut taken = 0;
		while !Tree::authors().contains(&Da(2).account()) {
			all_report(4, 1..=4, |_, _| 10);
			sessions(1);
			taken += 1;
			assert!(taken < 10, "it never comes back");
		}
		assert!(taken >= 2, "probation takes two sessions, not {taken}");
		assert!(events().iter().any(|event| matches!(event, Event::Trusted { .. })));
	});
}

/// Who forwards nothing sinks by the reports, a session later: nobody can know about a session before
/// it is over.
#[test]
fn reports_change_forwarding() {
	ExtBuilder::default().keyed(4).run(|| {
		sessions(1);
		let trust = |number: u8| Da(number).known().forwarding;
		for expected in [850_000_000, 700_000_000] {
			all_report(4, 1..=4, |parent, _| if parent == 3 { 0 } else { 10 });
			assert_ne!(trust(3), expected);
			sessions(1);
			assert_eq!(trust(3), expected);
		}
		for number in [1, 2, 4] {
			assert_eq!(trust(number), TRUST_UNIT);
		}
		assert_eq!(Tree::authors(), accounts([1, 2, 4]));
	});
}

/// One of four slanders all: the median stands, and the slanderer itself sinks.
#[test]
fn a_slanderer_sinks_itself() {
	ExtBuilder::default().keyed(4).run(|| {
		for _ in 0..3 {
			sessions(1);
			all_report(4, 1..=4, |_, reporter| if reporter == 3 { 0 } else { 10 });
		}
		sessions(1);
		assert!(Da(3).known().trust() < Rules::default().threshold);
		for number in [1, 2, 4] {
			assert_eq!(Da(number).known().trust(), TRUST_UNIT, "{number}");
		}
	});
}

/// With three, one liar is a third: forwarding stays what it was.
#[test]
fn three_do_not_judge_each_other() {
	ExtBuilder::default().keyed(3).run(|| {
		sessions(1);
		all_report(3, 1..=3, |_, _| 0);
		sessions(1);
		assert!((1..=3).all(|number| Da(number).known().forwarding == TRUST_UNIT));
		assert_eq!(Tree::authors(), accounts(1..=3));
	});
}

/// Silence is no data: it harms nobody.
#[test]
fn silence_changes_nothing() {
	ExtBuilder::default().keyed(5).run(|| {
		sessions(4);
		assert!((1..=5).all(|number| Da(number).known().trust() == TRUST_UNIT));
	});
}

/// Of an edge the larger overhead counts, which its ends report: a liar only pushes itself away.
#[test]
fn overheads_are_the_larger_of_both_ends() {
	ExtBuilder::default().keyed(4).run(|| {
		sessions(1);
		for (reporter, overheads) in [(1, [0, 30, 20, 0]), (2, [10, 0, 50, 0])] {
			let report = Report {
				session: 0,
				reporter: reporter - 1,
				ratings: PerMember::default(),
				overheads: PerMember::truncate_from(overheads.to_vec()),
			};
			let origin = RuntimeOrigin::signed(Da(reporter as u8).account());
			Tree::report(origin, report).expect("a fair report");
		}
		assert_eq!(Overheads::<Test>::get().iter().sum::<u16>(), 0);
		sessions(1);
		let matrix = [0, 30, 20, 0, 30, 0, 50, 0, 20, 50, 0, 0, 0, 0, 0, 0];
		assert_eq!(Overheads::<Test>::get().into_inner(), matrix);
		// What was measured stays until it is measured again.
		sessions(2);
		assert_eq!(Overheads::<Test>::get().into_inner(), matrix);
		assert_eq!(Reports::<Test>::iter().count(), 0);
	});
}

/// Trust never undoes a proved equivocation.
#[test]
fn an_equivocator_stays_marked() {
	ExtBuilder::default().keyed(5).run(|| {
		let proof = (Da(2).sealed(101, 1), Da(2).sealed(101, 2));
		let reporter = RuntimeOrigin::signed(Da(4).account());
		assert_eq!(Tree::report_author_equivocation(reporter, proof.0, proof.1), Ok(()));
		for _ in 0..4 {
			sessions(1);
			all_report(4, [1, 3, 4].into_iter().filter(|_| false), |_, _| 10);
		}
		assert_eq!((Da(2).known().legality, Da(2).known().trust()), (0, 0));
		assert_eq!(Voters::get(), accounts([1, 3, 4, 5]));
	});
}
