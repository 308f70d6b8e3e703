//! The command line.

use crate::{agent, detect, evaluate, learn, score, series, simulate};
use clap::{Parser, Subcommand};

/// The AI sensor of a power line: learns hazards from readings, scores streams of them, reports to the
/// chain.
///
/// Ends with 0 if all went well, with 2 if the command line or the input is wrong, and with 1 if
/// the machine or the world does not play along.
#[derive(Parser, Debug)]
#[command(name = "voltree-sensor", version)]
pub struct Cli {
	#[command(subcommand)]
	pub command: Command,
}

#[derive(Subcommand, Debug)]
pub enum Command {
	Train(Box<learn::Options>),
	Evaluate(Box<evaluate::Options>),
	Score(Box<score::Options>),
	Detect(Box<detect::Options>),
	Run(Box<agent::Options>),
	Install(Box<agent::install::Install>),
	/// Make or show the device's key
	Key {
		#[command(subcommand)]
		command: agent::key::Command,
	},
	/// Roots of the recorded hours, and proofs of single readings
	Series {
		#[command(subcommand)]
		command: series::Command,
	},
	Simulate(simulate::Options),
}
