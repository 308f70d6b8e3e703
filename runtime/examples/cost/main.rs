//! What a trade costs beside a transfer, and that it costs the same however many take part.
//! Run by `scripts/cost`, which says what is printed; `cost [--users N] [--trades K] [--only TABLE]`.
//!
//! Everything happens on the native runtime, with the blocks and the signed extrinsics of the
//! runtime's tests.

#[path = "../../tests/common/mod.rs"]
mod common;

mod cached;
mod calls;
mod counting;
mod growth;
mod scale;
mod table;
mod time;
mod trade;
mod world;

use std::process::ExitCode;

/// The largest number of users, who have an offer open each; a hundredth and a tenth come before.
const USERS: usize = 100_000;

/// How many trades are finished to see what they leave behind.
const TRADES: usize = 2_000;

/// The tables there are, in their order.
const TABLES: [&str; 4] = ["calls", "time", "scale", "state"];

/// What is asked for.
struct Options {
	users: usize,
	trades: usize,
	/// One of [`TABLES`] alone.
	only: Option<String>,
}

fn main() -> ExitCode {
	let options = match Options::read(std::env::args().skip(1)) {
		Ok(options) => options,
		Err(wrong) => {
			eprintln!("ERROR: {wrong}");
			return ExitCode::from(2);
		}
	};
	let mut good = true;
	for table in TABLES.into_iter().filter(|table| options.wants(table)) {
		good &= match table {
			"calls" => calls::show(),
			"time" => time::show(),
			"scale" => scale::show(options.users),
			_ => growth::show(options.trades),
		};
	}
	if good {
		ExitCode::SUCCESS
	} else {
		println!("\nNot everything is as it should be: see MISSED above.");
		ExitCode::FAILURE
	}
}

impl Options {
	/// From the command line.
	fn read(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
		let mut options = Self { users: USERS, trades: TRADES, only: None };
		while let Some(option) = words.next() {
			let (number, least) = match option.as_str() {
				// With fewer than 300 a hundredth of it, the smallest size, makes no sense.
				"--users" => (&mut options.users, 30_000),
				"--trades" => (&mut options.trades, growth::LEAST),
				"--only" => {
					let table = words.next().filter(|table| TABLES.contains(&table.as_str()));
					options.only =
						Some(table.ok_or(format!("--only needs one of {}", TABLES.join(", ")))?);
					continue;
				}
				other => return Err(format!("there is no option '{other}'")),
			};
			*number = words
				.next()
				.and_then(|word| word.parse().ok())
				.filter(|given| *given >= least)
				.ok_or(format!("{option} needs a number of at least {least}"))?;
		}
		Ok(options)
	}

	fn wants(&self, table: &str) -> bool {
		self.only.as_ref().is_none_or(|only| only == table)
	}
}

/// One line about something that has to be so. Returns whether it is.
fn verdict(good: bool, what: &str) -> bool {
	println!("{}  {what}", if good { "  ok  " } else { "MISSED" });
	good
}
