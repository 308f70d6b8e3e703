//! `voltree-lab`: trees, the paper's figures and a simulator of block propagation.
//!
//! See `voltree-lab --help`, and the README beside this crate.

mod bars;
mod chart;
mod cli;
mod error;
mod figures;
mod network;
mod output;
mod population;
mod progress;
mod random;
mod simulate;
mod stats;
mod tree;

use clap::Parser;
use cli::{Cli, Command};
use std::process::ExitCode;

fn main() -> ExitCode {
	let result = match Cli::parse().command {
		Command::Tree(options) => tree::run(&options),
		Command::Figures(options) => figures::run(&options),
		Command::Simulate(options) => simulate::run(&options),
		Command::Network(options) => network::run(&options),
	};
	match result {
		Err(error) if !error.is_closed_pipe() => {
			eprintln!("voltree-lab: {error}");
			ExitCode::from(error.exit_code())
		}
		_ => ExitCode::SUCCESS,
	}
}
