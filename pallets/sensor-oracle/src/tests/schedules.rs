//! What `f` of a line's `n` owners can do who lie either way, are silent, frozen or replay, over random
//! schedules: they neither start a delivery in a storm, nor stop one in calm weather for more than two
//! report periods, nor have an honest sensor set aside.

use crate::{mock::*, Class, Histories, Lines, OracleParameters, SensorReport};
use frame_support::assert_ok;
use proptest::prelude::*;
use sp_core::H256;
use sp_runtime::AccountId32;
use voltree_primitives::{LineSafety, Moment, Verdict};

const SECOND: Moment = 1_000;
const PERIOD: Moment = PARAMETERS.report_period;

const STRICT: OracleParameters = OracleParameters {
	frozen_after: 40 * SECOND,
	missed_after: 30 * SECOND,
	// An honest sensor that is the first to see each of some storms stays within it.
	alarm_budget: 100 * SECOND,
	waiting: 20 * SECOND,
	plausible_reports: 3,
	..PARAMETERS
};

/// A sequence of numbers that looks random (splitmix64).
struct Dice(u64);

impl Dice {
	fn roll(&mut self) -> u64 {
		self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
		let mut mixed = self.0;
		mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
		mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
		mixed ^ (mixed >> 31)
	}

	fn between(&mut self, least: u64, most: u64) -> u64 {
		least + self.roll() % (most - least + 1)
	}
}

/// How a sensor behaves for a while.
#[derive(Clone, Copy, PartialEq)]
enum Mood {
	Honest,
	Cries,
	Soothes,
	Opposes,
	Wavers,
	Silent,
	Frozen,
	Replays,
}

const BAD: [Mood; 7] = [
	Mood::Cries,
	Mood::Soothes,
	Mood::Opposes,
	Mood::Wavers,
	Mood::Silent,
	Mood::Frozen,
	Mood::Replays,
];

struct Actor {
	account: AccountId32,
	owner: u8,
	honest: bool,
	mood: Mood,
	mood_until: Moment,
	next: Moment,
	/// What it has reported, for the day when it says so again.
	said: Vec<(Class, H256)>,
	/// Of an honest one: what it says, and since when.
	says: Option<(bool, Moment)>,
}

impl Actor {
	/// What it reports at `at`, if anything.
	fn report(&mut self, at: Moment, storm: bool, dice: &mut Dice) -> Option<(Class, H256)> {
		let class = |hazard| if hazard { Class::Thunderstorm } else { Class::Clear };
		let fresh = H256::from_slice(&[dice.roll().to_be_bytes(); 4].concat());
		let said = match self.mood {
			Mood::Honest => (class(storm), fresh),
			Mood::Cries => (Class::LineFault, fresh),
			Mood::Soothes => (Class::Clear, fresh),
			Mood::Opposes => (class(!storm), fresh),
			Mood::Wavers => (class(dice.roll().is_multiple_of(2)), fresh),
			Mood::Silent => return None,
			Mood::Frozen => self.said.last().copied().unwrap_or((class(!storm), fresh)),
			Mood::Replays => match self.said.len() {
				0 => (class(!storm), fresh),
				many => self.said[many.saturating_sub(dice.between(1, 20) as usize)],
			},
		};
		self.said.push(said);
		if self.says.is_none_or(|(hazard, _)| hazard != said.0.is_hazard()) {
			self.says = Some((said.0.is_hazard(), at));
		}
		Some(said)
	}
}

/// As many owners as `owners`, `f` of them bad; bad ones have up to two sensors.
fn cast(owners: u8, dice: &mut Dice) -> Vec<Actor> {
	let bad = (owners - 1) / 2;
	[Alice, Bob, Charlie].into_iter().for_each(TestDevices::forget);
	let mut actors = Vec::new();
	for number in 0..owners {
		let (owner, honest) = (10 + number, number >= bad);
		for sensor in 0..if honest { 1 } else { dice.between(1, 2) as u8 } {
			let account = AccountId32::new([100 + 2 * number + sensor; 32]);
			TestDevices::place_account(account.clone(), tag(owner), LINE);
			let next = START + dice.between(0, 9) * SECOND;
			let (said, mood, mood_until) = (Vec::new(), Mood::Honest, 0);
			actors.push(Actor { account, owner, honest, mood, mood_until, next, said, says: None });
		}
	}
	actors
}

fn play(owners: u8, mut dice: Dice) {
	let mut actors = cast(owners, &mut dice);
	let (mut storm, mut turn) = (false, START + dice.between(60, 120) * SECOND);
	for step in 0..600 {
		let at = START + step * SECOND;
		if at >= turn {
			storm = !storm;
			turn = at + dice.between(60, 200) * SECOND;
		}
		block_at(at);
		for actor in &mut actors {
			if at < actor.next {
				continue;
			}
			if !actor.honest && at >= actor.mood_until {
				actor.mood = BAD[dice.between(0, 6) as usize];
				actor.mood_until = at + dice.between(5, 150) * SECOND;
			}
			let (fastest, slowest) = if actor.honest { (4, 10) } else { (2, 15) };
			actor.next = at + dice.between(fastest, slowest) * SECOND;
			if let Some((class, digest)) = actor.report(at, storm, &mut dice) {
				let sensor = actor.account.clone();
				let report = SensorReport { sensor, digest, ..report_of(Alice, class, at) };
				let origin = RuntimeOrigin::signed(actor.account.clone());
				assert_ok!(Oracle::report(origin, report, None));
			}
			if !actor.honest {
				let owner = RuntimeOrigin::signed(account_of(actor.owner));
				let _may_be_too_early = Oracle::restore_sensor(owner, actor.account.clone());
			}
		}
		judge(&actors, storm, at);
	}
	Oracle::do_try_state().expect("invariants hold");
}

/// What must hold after each step.
fn judge(actors: &[Actor], storm: bool, at: Moment) {
	let verdict = Oracle::verdict(LINE, &[]);
	let told = Lines::<Test>::get(LINE).map_or(Verdict::Stale, |state| state.verdict);
	assert_eq!(told, verdict, "people know what the line is, at {at}");
	let honest = || actors.iter().filter(|actor| actor.honest);
	for actor in honest() {
		let absence = Histories::<Test>::get(&actor.account).absence().copied();
		assert_eq!(absence, None, "an honest sensor is set aside, at {at}");
	}
	// Since when all honest ones say what is so.
	let since = honest()
		.map(|actor| actor.says.filter(|(hazard, _)| *hazard == storm).map(|(_, since)| since))
		.collect::<Option<Vec<_>>>()
		.and_then(|all| all.into_iter().max());
	let Some(since) = since else { return };
	if storm {
		assert_eq!(verdict, Verdict::Hazard, "at {at}");
	} else if at >= since + 2 * PERIOD {
		assert_eq!(verdict, Verdict::Safe, "at {at}");
	}
}

proptest! {
	#![proptest_config(ProptestConfig { cases: 48, ..Default::default() })]

	#[test]
	fn f_of_n_decide_nothing(owners in 3u8..=8, seed: u64) {
		ExtBuilder::default().parameters(STRICT).run(|| play(owners, Dice(seed)));
	}
}

/// The schedules reach what they are about: among some of them sensors are set aside for each fault,
/// and come back.
#[test]
fn schedules_are_rich() {
	let mut seen = std::collections::BTreeMap::<String, u32>::new();
	for seed in 0..40 {
		ExtBuilder::default().parameters(STRICT).run(|| {
			play(3 + (seed % 6) as u8, Dice(seed));
			for event in events() {
				let what = match event {
					crate::Event::SensorSetAside { fault, .. } => format!("{fault:?}"),
					crate::Event::SensorRestored { .. } => "Restored".into(),
					crate::Event::LineChanged { verdict, .. } => format!("{verdict:?}"),
					_ => continue,
				};
				*seen.entry(what).or_default() += 1;
			}
		});
	}
	for what in
		["Frozen", "Replayed", "MissedHazard", "FalseAlarms", "Restored", "Safe", "Hazard", "Stale"]
	{
		assert!(seen.contains_key(what), "{what} is missing: {seen:?}");
	}
}
