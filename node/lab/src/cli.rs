//! The command line.

use crate::{figures, network, simulate, tree};
use clap::{Parser, Subcommand};

/// Communication trees: builds them, draws the paper's figures, simulates how blocks travel, and
/// measures it on real nodes.
///
/// Ends with 0 if all went well, with 2 if the command line or the input is wrong, and with 1 if
/// something could not be read or written.
#[derive(Parser, Debug)]
#[command(name = "voltree-lab", version)]
pub struct Cli {
	#[command(subcommand)]
	pub command: Command,
}

#[derive(Subcommand, Debug)]
pub enum Command {
	Tree(tree::Options),
	Figures(figures::Options),
	Simulate(Box<simulate::Options>),
	Network(Box<network::Options>),
}
