//! Runs the protocol in simulated networks with faults, one for each seed, and says which seeds show
//! that it is wrong.

mod check;
mod faults;
mod ledger;
mod network;
mod random;
mod stock;
mod wire;

use check::Summary;
use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};
use rayon::prelude::*;
use std::{
	panic::catch_unwind,
	process::ExitCode,
	sync::atomic::{AtomicUsize, Ordering},
};

/// Failures after which no further seed is begun.
const ENOUGH: usize = 10;

#[derive(Parser)]
#[command(about = "Runs the fan-out protocol in simulated networks with faults")]
struct Options {
	/// How many seeds to run.
	#[arg(long, default_value_t = 1_000)]
	seeds: u64,
	/// The first seed.
	#[arg(long, default_value_t = 0)]
	first: u64,
	/// Run this seed alone and print what happens.
	#[arg(long)]
	replay: Option<u64>,
}

fn main() -> ExitCode {
	let options = Options::parse();
	if let Some(seed) = options.replay {
		return match check::run(seed, true) {
			Ok(_) => ExitCode::SUCCESS,
			Err(failure) => {
				eprintln!("{failure}");
				ExitCode::FAILURE
			}
		};
	}
	let bar = ProgressBar::new(options.seeds);
	if let Ok(style) =
		ProgressStyle::with_template("[{bar:40}] {pos}/{len} {elapsed} (left: {eta})")
	{
		bar.set_style(style.progress_chars("=> "));
	}
	let failed = AtomicUsize::new(0);
	let seeds = options.first..options.first.saturating_add(options.seeds);
	let total = seeds
		.into_par_iter()
		.filter_map(|seed| {
			if failed.load(Ordering::Relaxed) >= ENOUGH {
				return None;
			}
			let outcome = catch_unwind(|| check::run(seed, false))
				.unwrap_or_else(|_| Err(format!("seed {seed}: it panicked")));
			bar.inc(1);
			match outcome {
				Ok(summary) => Some((1, summary)),
				Err(failure) => {
					failed.fetch_add(1, Ordering::Relaxed);
					bar.suspend(|| {
						eprintln!(
							"{failure}  replay it: cargo run --release -p voltree-fanout \
							--example seeds -- --replay {seed}"
						);
					});
					None
				}
			}
		})
		.reduce(|| (0, Summary::default()), |a, b| (a.0 + b.0, a.1.plus(b.1)));
	bar.finish_and_clear();
	let (runs, summary) = total;
	println!(
		"{runs} seeds in order, {} of them without faults: {} blocks, {} receipts by fan-out, \
		 {} of them asked for, {} left to the sync, {} duplicates, {} stand-ins; most kept: {} kB \
		 and {} entries",
		summary.faultless,
		summary.blocks,
		summary.received,
		summary.repaired,
		summary.left_to_sync,
		summary.duplicates,
		summary.stood_in,
		summary.memory / 1_000,
		summary.entries,
	);
	let failures = failed.into_inner();
	if failures > 0 {
		eprintln!("{failures} seeds failed");
		return ExitCode::FAILURE;
	}
	ExitCode::SUCCESS
}
