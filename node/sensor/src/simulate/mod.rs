//! Training data where no public record of real hazards exists: stated as such in the model cards.

mod cyclone;
mod line;

use crate::{error::Error, output};
use std::path::PathBuf;

/// Make training data that cannot be had: storms seen from stations, faults and overload of lines
///
/// The same seed gives the same file on every machine.
#[derive(clap::Args, Debug)]
pub struct Options {
	#[command(subcommand)]
	what: What,
}

#[derive(clap::Subcommand, Debug)]
enum What {
	/// Replay real tracks of tropical storms past stations with a real station's everyday weather
	Cyclone {
		/// storms.csv, as scripts/sensor-data makes it
		#[arg(long, value_name = "FILE")]
		tracks: PathBuf,
		/// A station's year, e.g. miami.csv, for the weather apart from the storm
		#[arg(long, value_name = "FILE")]
		background: PathBuf,
		#[command(flatten)]
		common: Common,
	},
	/// Lines with their load, weather, heat, faults and what looks like faults
	Line {
		/// How many half days of a line
		#[arg(long, default_value_t = 240, value_parser = clap::value_parser!(u32).range(1..=100_000))]
		runs: u32,
		#[command(flatten)]
		common: Common,
	},
}

#[derive(clap::Args, Debug)]
struct Common {
	/// Where to write the CSV
	#[arg(long, value_name = "FILE")]
	out: PathBuf,
	/// Chance
	#[arg(long, default_value_t = 1)]
	seed: u64,
}

pub fn run(options: &Options) -> Result<(), Error> {
	let (text, common) = match &options.what {
		What::Cyclone { tracks, background, common } => {
			(cyclone::make(tracks, background, common.seed)?, common)
		}
		What::Line { runs, common } => (line::make(*runs, common.seed), common),
	};
	output::write(&common.out, text.as_bytes())?;
	let rows = text.lines().count().saturating_sub(1);
	output::print(&format!("{}: {rows} rows\n", common.out.display()))
}

/// A cell with so many decimals; empty for what is not measured.
fn cell(value: f64, decimals: usize) -> String {
	if value.is_nan() {
		String::new()
	} else {
		format!("{value:.decimals$}")
	}
}
