//! Cases from beginning to end: how one is run, what is told of one that fails, and how it is made
//! short.

use super::{
	checks::{forget_defects, Defects},
	Dice, Seen, World,
};
use crate::common::genesis_state;
use std::{
	cell::{Cell, RefCell},
	fmt,
	ops::Range,
	panic::{catch_unwind, AssertUnwindSafe},
	sync::Once,
};

/// The presets that cases are run on. `dev` has one data aggregator, `local` has four, `demo` has the
/// shortest windows.
const PRESETS: [&str; 4] = ["dev", "dev", "local", "demo"];

/// The dice of a case's beginning.
const OPENING: u64 = u64::MAX;

/// How many steps may be taken to make the replay of a failure short.
const STEPS_TO_SHRINK: usize = 400_000;

/// A case that failed.
pub struct Failure {
	/// The seed of the case.
	pub seed: u64,
	/// The steps it takes.
	pub steps: Vec<u64>,
	/// In which of them it failed; in the case's beginning or end if `None`.
	pub at: Option<u64>,
	/// What was wrong.
	pub message: String,
	/// Where in the code that was found.
	place: String,
}

impl fmt::Display for Failure {
	fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
		let Self { seed, steps, at, message, place } = self;
		writeln!(f, "seed {seed}, step {at:?}, {place}: {message}")?;
		write!(f, "replay: scripts/random-calls --seed {seed} --replay {}", list(steps))
	}
}

thread_local! {
	/// Where and why this thread panicked last.
	static PANIC: RefCell<Option<(String, String)>> = const { RefCell::new(None) };
	/// Whether panics on this thread are a case's, which tells of them itself.
	static IN_A_CASE: Cell<bool> = const { Cell::new(false) };
}

/// Listen to defects and panics, once for the whole process.
fn listen() {
	static LISTENING: Once = Once::new();
	LISTENING.call_once(|| {
		static DEFECTS: Defects = Defects;
		if log::set_logger(&DEFECTS).is_ok() {
			log::set_max_level(log::LevelFilter::Error);
		}
		let usual = std::panic::take_hook();
		std::panic::set_hook(Box::new(move |info| {
			if !IN_A_CASE.get() {
				return usual(info);
			}
			let message = info.payload_as_str().unwrap_or("?").to_string();
			let place = info.location().map(ToString::to_string).unwrap_or_default();
			PANIC.with_borrow_mut(|panic| *panic = Some((place, message)));
		}));
	});
}

/// A chain in a state of its own.
struct Running {
	state: sp_io::TestExternalities,
	world: World,
}

impl Running {
	fn begin(opening: &mut Dice) -> Self {
		let mut state = genesis_state(opening.one_of::<&str>(&PRESETS));
		let world = state.execute_with(|| World::found(opening));
		Self { state, world }
	}

	fn step(&mut self, dice: &mut Dice) {
		let Self { state, world } = self;
		if state.execute_with(|| world.step(dice)) {
			// So that what is open does not grow with the length of the case.
			state.commit_all().expect("no transaction is open");
		}
	}

	fn end(mut self) -> Seen {
		let Self { state, world } = &mut self;
		state.execute_with(|| world.night());
		self.world.seen
	}
}

/// Take `steps` of the case `seed`, then let the night come.
pub fn run_steps(seed: u64, steps: &[u64]) -> Result<Seen, Failure> {
	listen();
	forget_defects();
	let at = Cell::new(None);
	IN_A_CASE.set(true);
	let result = catch_unwind(AssertUnwindSafe(|| {
		let mut running = Running::begin(&mut Dice::of_step(seed, OPENING));
		for index in steps {
			at.set(Some(*index));
			running.step(&mut Dice::of_step(seed, *index));
		}
		at.set(None);
		running.end()
	}));
	IN_A_CASE.set(false);
	result.map_err(|_| {
		let (place, message) = PANIC.take().unwrap_or_default();
		Failure { seed, steps: steps.to_vec(), at: at.get(), message, place }
	})
}

/// Let a fuzzer choose everything. Panics if something is wrong.
#[allow(dead_code, reason = "the fuzz target's way in")]
pub fn run_bytes(bytes: &[u8]) {
	listen();
	let mut dice = Dice::of_bytes(bytes);
	let mut running = Running::begin(&mut dice);
	while !dice.is_spent() {
		running.step(&mut dice);
	}
	running.end();
}

/// The same failure with as few steps as can be found in bearable time.
pub fn shrink(failure: Failure) -> Failure {
	let mut shortest = failure;
	if let Some(last) = shortest.at {
		shortest.steps.retain(|step| *step <= last);
	}
	let mut budget = STEPS_TO_SHRINK;
	let mut size = shortest.steps.len().div_ceil(2);
	while size > 0 {
		let mut from = 0;
		while from < shortest.steps.len() {
			let mut fewer = shortest.steps.clone();
			fewer.drain(without(from, size, fewer.len()));
			let Some(left) = budget.checked_sub(fewer.len().max(100)) else { return shortest };
			budget = left;
			match run_steps(shortest.seed, &fewer) {
				Err(again) if again.place == shortest.place => shortest = again,
				_ => from += size,
			}
		}
		size = if size == 1 { 0 } else { size.div_ceil(2) };
	}
	shortest
}

fn without(from: usize, size: usize, all: usize) -> Range<usize> {
	from..from.saturating_add(size).min(all)
}

/// Steps as a list of numbers and ranges: `3,17,200-210`.
pub fn list(steps: &[u64]) -> String {
	let mut ranges = Vec::<(u64, u64)>::new();
	for step in steps {
		match ranges.last_mut() {
			Some((_, last)) if *last + 1 == *step => *last = *step,
			_ => ranges.push((*step, *step)),
		}
	}
	let text = |(first, last): (u64, u64)| match first == last {
		true => first.to_string(),
		false => format!("{first}-{last}"),
	};
	ranges.into_iter().map(text).collect::<Vec<_>>().join(",")
}

/// What [`list`] has written.
#[allow(dead_code, reason = "the tests' way in")]
pub fn parse(list: &str) -> Option<Vec<u64>> {
	let mut steps = Vec::new();
	for part in list.split(',').filter(|part| !part.is_empty()) {
		let (first, last) = part.split_once('-').unwrap_or((part, part));
		steps.extend(first.trim().parse::<u64>().ok()?..=last.trim().parse().ok()?);
	}
	Some(steps)
}
