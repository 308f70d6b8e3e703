//! Whatever anybody does, in whatever order, with whatever arguments, in whatever weather: no money
//! appears or vanishes, every hold belongs to something open, no more energy is paid for than was
//! measured, credit is what its events add up to, and nothing panics.
//!
//! A case is a chain and 5,000 steps drawn from its seed: see the module [`machine`]. The seeds are
//! always the same unless one is given:
//!
//! * `VOLTREE_STEPS`: how many steps in all; 200,000 by default.
//! * `VOLTREE_SEED`: the seed of the first case; the others count up from it.
//! * `VOLTREE_REPLAY`: only these steps of that one case, such as `3,17,200-210`.
//!
//! `scripts/random-calls` sets them. What fails is made short, and printed with the command that
//! replays it.

#[path = "../common/mod.rs"]
mod common;
mod machine;

use machine::{list, parse, run_steps, shrink, Failure, Seen};
use std::{
	env,
	sync::{
		atomic::{AtomicBool, AtomicU64, Ordering},
		Mutex,
	},
	thread,
};

const STEPS_PER_CASE: u64 = 5_000;

/// So many steps reach everything that has to be reached.
const STEPS: u64 = 200_000;

fn number(name: &str) -> Option<u64> {
	let text = env::var(name).ok()?;
	Some(text.parse().unwrap_or_else(|_| panic!("{name} is a number, not '{text}'")))
}

/// Run cases from `seed` on, `steps` steps in all, on all processors. Returns what was seen, or the
/// first failure.
fn run_cases(seed: u64, steps: u64, tell: bool) -> Result<Seen, Failure> {
	let cases = steps.div_ceil(STEPS_PER_CASE);
	let next = AtomicU64::new(0);
	let stop = AtomicBool::new(false);
	let seen = Mutex::new(Seen::default());
	let failure = Mutex::new(None);
	let worker = || loop {
		let case = next.fetch_add(1, Ordering::SeqCst);
		if case >= cases || stop.load(Ordering::SeqCst) {
			return;
		}
		let count = (steps - case * STEPS_PER_CASE).min(STEPS_PER_CASE);
		match run_steps(seed.wrapping_add(case), &(0..count).collect::<Vec<_>>()) {
			Ok(more) => {
				let mut seen = seen.lock().expect("nobody panics with it");
				seen.add(&more);
				if tell {
					eprint!("\r{} of {steps} steps, seed {}", seen.steps, seed.wrapping_add(case));
				}
			}
			Err(found) => {
				stop.store(true, Ordering::SeqCst);
				failure.lock().expect("nobody panics with it").get_or_insert(found);
			}
		}
	};
	thread::scope(|scope| {
		let processors = thread::available_parallelism().map_or(1, usize::from);
		(0..processors).for_each(|_| drop(scope.spawn(worker)));
	});
	if tell {
		eprintln!();
	}
	match failure.into_inner().expect("nobody panics with it") {
		Some(found) => Err(found),
		None => Ok(seen.into_inner().expect("nobody panics with it")),
	}
}

#[test]
fn any_calls_by_anybody_keep_every_invariant() {
	let seed = number("VOLTREE_SEED").unwrap_or(1);
	if let Ok(replay) = env::var("VOLTREE_REPLAY") {
		let steps = parse(&replay).unwrap_or_else(|| panic!("'{replay}' is no list of steps"));
		match run_steps(seed, &steps) {
			Ok(seen) => println!("{seen}"),
			Err(failure) => panic!("{failure}"),
		}
		return;
	}
	let wanted = number("VOLTREE_STEPS");
	let steps = wanted.unwrap_or(STEPS);
	match run_cases(seed, steps, wanted.is_some()) {
		Ok(seen) => {
			println!("{seen}");
			let missing = seen.missing();
			assert!(steps < STEPS || missing.is_empty(), "never reached: {missing:?}\n{seen}");
		}
		Err(failure) => {
			eprintln!("{failure}\nLooking for fewer steps that do the same ...");
			panic!("{}", shrink(failure));
		}
	}
}

#[test]
fn a_case_is_the_same_each_time() {
	let steps = (0..300).collect::<Vec<_>>();
	let run = || run_steps(7, &steps).map(|seen| seen.to_string()).map_err(|it| it.to_string());
	assert_eq!(run(), run());
}

#[test]
fn a_replay_is_written_and_read() {
	let steps = [3, 17, 200, 201, 202, 9_000];
	assert_eq!(list(&steps), "3,17,200-202,9000");
	assert_eq!(parse(&list(&steps)), Some(steps.to_vec()));
	assert_eq!(parse("3,x"), None);
}
