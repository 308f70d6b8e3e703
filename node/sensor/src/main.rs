//! `voltree-sensor`: the AI sensor agent.
//!
//! See `voltree-sensor --help`, and the README beside this crate.

mod agent;
mod cli;
mod detect;
mod error;
mod evaluate;
mod features;
mod learn;
mod model;
mod output;
mod progress;
mod random;
mod reading;
mod score;
mod series;
mod simulate;

use clap::Parser;
use cli::{Cli, Command};
use std::process::ExitCode;

fn main() -> ExitCode {
	let result = match Cli::parse().command {
		Command::Train(options) => learn::run(&options),
		Command::Evaluate(options) => evaluate::run(&options),
		Command::Score(options) => score::run(&options),
		Command::Detect(options) => detect::run(&options),
		Command::Run(options) => agent::run(&options),
		Command::Install(options) => agent::install::run(&options),
		Command::Key { command } => agent::key::run(&command),
		Command::Series { command } => series::run(&command),
		Command::Simulate(options) => simulate::run(&options),
	};
	match result {
		Err(error) if !error.is_closed_pipe() => {
			eprintln!("voltree-sensor: {error}");
			ExitCode::from(error.exit_code())
		}
		_ => ExitCode::SUCCESS,
	}
}
