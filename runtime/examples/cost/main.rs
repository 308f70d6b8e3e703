//! What a trade costs beside a transfer, and that it costs the same however many take part.
//! Run by `scripts/cost`, which says what is printed; `cost [--users N] [--trades K]`.
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

fn main() -> ExitCode {
	let (users, trades) = match options(std::env::args().skip(1)) {
		Ok(options) => options,
		Err(wrong) => {
			eprintln!("ERROR: {wrong}");
			return ExitCode::from(2);
		}
	};
	let good = [calls::show(), time::show(), scale::show(users), growth::show(trades)];
	if good.into_iter().all(|each| each) {
		ExitCode::SUCCESS
	} else {
		println!("\nNot everything is as it should be: see MISSED above.");
		ExitCode::FAILURE
	}
}

/// Users and trades from the command line.
fn options(mut words: impl Iterator<Item = String>) -> Result<(usize, usize), String> {
	let (mut users, mut trades) = (USERS, TRADES);
	while let Some(option) = words.next() {
		let (number, least) = match option.as_str() {
			// With fewer than 300 a hundredth of it, the smallest size, makes no sense.
			"--users" => (&mut users, 30_000),
			"--trades" => (&mut trades, growth::LEAST),
			other => return Err(format!("there is no option '{other}'")),
		};
		*number = words
			.next()
			.and_then(|word| word.parse().ok())
			.filter(|given| *given >= least)
			.ok_or(format!("{option} needs a number of at least {least}"))?;
	}
	Ok((users, trades))
}

/// One line about something that has to be so. Returns whether it is.
fn verdict(good: bool, what: &str) -> bool {
	println!("{}  {what}", if good { "  ok  " } else { "MISSED" });
	good
}
