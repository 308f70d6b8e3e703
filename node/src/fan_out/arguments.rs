//! Options of the command line.

use clap::{Args, ValueEnum};

/// On or off.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Switch {
	/// On.
	#[default]
	On,
	/// Off.
	Off,
}

/// Options of block fan-out.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Block fan-out")]
pub struct Arguments {
	/// Whether blocks travel down the communication tree; off, they only go the stock way
	#[arg(long, value_enum, value_name = "ON|OFF", default_value = "on")]
	pub fan_out: Switch,
}
