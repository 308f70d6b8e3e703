//! What trust follows from: single cases, then properties.

use crate::{
	trust::{moved, Edges, Evidence},
	types::{tolerated, Ppb},
	Rules,
};
use proptest::prelude::*;
use voltree_wct::TRUST_UNIT;

/// The largest change of an honest one's trust by fewer than a third of liars: 0.05.
const HARMLESS: Ppb = 50_000_000;

fn rules() -> Rules {
	Rules::default()
}

#[test]
fn tasks_weigh_beside_what_was_known() {
	let estimate = |tasks, good, old| Evidence { tasks, good }.estimate(old, &rules());
	assert_eq!(estimate(0, 0, 700_000_000), 700_000_000);
	assert_eq!(estimate(8, 8, 500_000_000), 750_000_000);
	assert_eq!(estimate(8, 0, 500_000_000), 250_000_000);
	assert_eq!(estimate(u32::MAX, u32::MAX, 0), 999_999_998);
	// More good ones than tasks are as many as tasks.
	assert_eq!(estimate(4, 9, TRUST_UNIT), TRUST_UNIT);
}

/// One late block of a few, and a tenth of many, is chance; of one or two blocks none is.
#[test]
fn chance_is_allowed_for_on_edges() {
	let edge = |tasks, good| Evidence { tasks, good }.estimate_edge(TRUST_UNIT, &rules());
	for (tasks, good) in [(0, 0), (3, 2), (9, 8), (100, 90), (1_000, 900), (7, 9)] {
		assert_eq!(edge(tasks, good), TRUST_UNIT, "{good} of {tasks}");
	}
	for (tasks, good) in [(1, 0), (2, 1), (3, 1), (100, 89), (100, 0)] {
		assert!(edge(tasks, good) < TRUST_UNIT, "{good} of {tasks}");
	}
	assert_eq!(edge(2, 0), 800_000_000);
	assert_eq!(edge(8, 0), 562_500_000);
}

#[test]
fn a_session_moves_trust_by_so_much_only() {
	assert_eq!(moved(900_000_000, 0, &rules()), 750_000_000);
	assert_eq!(moved(900_000_000, TRUST_UNIT, &rules()), TRUST_UNIT);
	assert_eq!(moved(500_000_000, TRUST_UNIT, &rules()), 650_000_000);
	assert_eq!(moved(100_000_000, 0, &rules()), 0);
}

#[test]
fn fewer_than_a_third_are_tolerated() {
	let expected = [(0, 0), (1, 0), (3, 0), (4, 1), (6, 1), (7, 2), (12, 3), (50, 16), (256, 85)];
	for (count, faulty) in expected {
		assert_eq!(tolerated(count), faulty, "{count}");
	}
}

/// What is said about a place outside, or by it, is lost.
#[test]
fn edges_have_bounds() {
	let mut edges = Edges::new(4);
	edges.say(4, 0, Evidence { tasks: 9, good: 0 });
	edges.say(0, 4, Evidence { tasks: 9, good: 0 });
	assert_eq!(edges, Edges::new(4));
	assert_eq!(Edges::new(0).forwarding(&[], &rules()), Vec::<Ppb>::new());
}

/// A network in which honest ones forward at least 95 of 100 blocks in time, all edges with `tasks`
/// tasks, each `old` before. `says(parent, child)` replaces what the child would say.
fn after(
	count: usize,
	sessions: u32,
	tasks: u32,
	late: impl Fn(usize, usize) -> u32,
	says: impl Fn(usize, usize) -> Option<u32>,
) -> Vec<Ppb> {
	let mut trust = vec![rules().prior; count];
	for _ in 0..sessions {
		let mut edges = Edges::new(count);
		for parent in 0..count {
			for child in (0..count).filter(|child| *child != parent) {
				let good = says(parent, child).unwrap_or(tasks - late(parent, child)).min(tasks);
				edges.say(parent, child, Evidence { tasks, good });
			}
		}
		trust = edges.forwarding(&trust, &rules());
	}
	trust
}

proptest! {
	#![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

	/// Fewer than a third of slanderers move no honest one by more than 0.05, however long; they fall
	/// below the threshold themselves. From four on.
	#[test]
	fn slanderers_sink_alone(
		count in 4usize..=40,
		share in 0usize..=100,
		sessions in 1u32..=20,
		tasks in 20u32..=200,
		noise: u64,
		lie in 0u32..=10,
	) {
		let liars = tolerated(count as u32) as usize * share / 100;
		let is_liar = |one: usize| one < liars;
		// Up to a twentieth late, differently on each edge.
		let late = |parent: usize, child: usize| {
			let mixed = noise.wrapping_mul((parent * 41 + child + 1) as u64) >> 33;
			(mixed % u64::from(tasks / 20 + 1)) as u32
		};
		let slander = |_: usize, child: usize| is_liar(child).then_some(tasks * lie / 20);
		let without = after(count, sessions, tasks, late, |_, _| None);
		let with = after(count, sessions, tasks, late, slander);
		for one in (0..count).filter(|one| !is_liar(*one)) {
			let (before, now) = (without[one], with[one]);
			prop_assert!(before.abs_diff(now) <= HARMLESS, "{} of {}: {} -> {}", one, count, before, now);
		}
		if sessions >= 5 && liars > 0 {
			prop_assert!((0..liars).all(|one| with[one] < rules().threshold), "{:?}", &with[..liars]);
		}
	}

	/// Nor do they lift anybody: who forwards nothing falls below the threshold within five sessions,
	/// though all the other liars praise it; slander of honest ones helps it nothing.
	#[test]
	fn praise_lifts_nobody(count in 4usize..=40, share in 0usize..=100, tasks in 2u32..=100, slander: bool) {
		let liars = (tolerated(count as u32) as usize * share / 100).max(1);
		let is_liar = |one: usize| one < liars;
		let says = |parent: usize, child: usize| match (is_liar(parent), is_liar(child)) {
			(true, true) => Some(tasks),
			(true, false) => Some(0),
			(false, true) if slander => Some(0),
			_ => None,
		};
		let trust = after(count, 5, tasks, |_, _| 0, says);
		for (one, trust) in trust.into_iter().enumerate() {
			let trusted = trust >= rules().threshold;
			prop_assert_eq!(trusted, !is_liar(one), "{} of {}: {}", one, count, trust);
		}
	}

	/// Silence is no data, and the result never leaves what it is made of.
	#[test]
	fn silence_changes_nothing(
		count in 1usize..=40,
		olds in prop::collection::vec(0..=TRUST_UNIT, 40),
	) {
		let olds = &olds[..count];
		prop_assert_eq!(Edges::new(count).forwarding(olds, &rules()), olds);
	}

	/// Whatever is said: no panic, no trust above one, and never more than a session may change.
	#[test]
	fn nonsense_stays_in_bounds(
		count in 1usize..=12,
		said in prop::collection::vec((0usize..12, 0usize..12, any::<u32>(), any::<u32>()), 0..200),
		olds in prop::collection::vec(0..=TRUST_UNIT, 12),
	) {
		let mut edges = Edges::new(count);
		for (parent, child, tasks, good) in said {
			edges.say(parent, child, Evidence { tasks, good });
		}
		let news = edges.forwarding(&olds[..count], &rules());
		prop_assert_eq!(news.len(), count);
		for (old, new) in olds.iter().zip(news) {
			prop_assert!(new <= TRUST_UNIT && old.abs_diff(new) <= rules().most_change);
		}
	}
}

/// With one liar more than fewer than a third the guarantee ends: the bound is tight.
#[test]
fn a_third_of_liars_is_too_many() {
	let says = |_: usize, child: usize| (child < 2).then_some(0);
	let with = after(6, 10, 50, |_, _| 0, says);
	assert!(tolerated(6) == 1 && with[5] < TRUST_UNIT - HARMLESS, "{with:?}");
}
