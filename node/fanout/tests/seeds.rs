//! The protocol in simulated networks with faults: what the example `seeds` does for as many seeds as
//! one likes.

#[path = "../examples/seeds/check.rs"]
mod check;
#[path = "../examples/seeds/faults.rs"]
mod faults;
#[path = "../examples/seeds/ledger.rs"]
mod ledger;
#[path = "../examples/seeds/network.rs"]
mod network;
#[path = "../examples/seeds/random.rs"]
mod random;
#[path = "../examples/seeds/stock.rs"]
mod stock;
#[path = "../examples/seeds/wire.rs"]
mod wire;

use check::Summary;
use rayon::prelude::*;

/// Every honest, connected node gets every block or leaves it to the sync in time; nothing is wasted
/// where nothing goes wrong; memory is bounded.
#[test]
fn a_thousand_seeds_are_in_order() {
	let outcomes: Vec<Result<Summary, String>> =
		(0..1_000u64).into_par_iter().map(|seed| check::run(seed, false)).collect();
	let failures: Vec<&String> = outcomes.iter().filter_map(|o| o.as_ref().err()).collect();
	assert!(
		failures.is_empty(),
		"{} failed; replay one: cargo run --release -p voltree-fanout --example seeds -- --replay \
		 SEED\n{}",
		failures.len(),
		failures[0]
	);
	// That the faults do something, and the fan-out does, too.
	let total = outcomes.into_iter().flatten().fold(Summary::default(), Summary::plus);
	assert!(total.faultless >= 100);
	assert!(total.received >= 10 * total.left_to_sync);
	assert!(total.repaired >= 100 && total.left_to_sync >= 100 && total.stood_in >= 10);
	assert!(total.duplicates > 0 && total.memory > 0 && total.entries > 0);
}

/// The same seed does the same.
#[test]
fn a_seed_can_be_replayed() {
	for seed in 0..20 {
		let (one, two) = (check::run(seed, false), check::run(seed, false));
		assert_eq!(format!("{one:?}"), format!("{two:?}"));
	}
}
