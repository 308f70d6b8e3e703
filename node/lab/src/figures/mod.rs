//! `voltree-lab figures`: the paper's experiment, its figures, and ours beside them.

mod acceptance;
mod agreement;
mod curves;
mod experiment;
mod frontier;
mod possible;
mod propagation;
mod sweep;
mod table2;

use crate::{error::Error, output, progress};
use clap::Args;
use serde::Serialize;
use std::path::PathBuf;

/// Repeat the paper's experiment and draw its figures 6, 7, 8 and Table 2, with our strategies beside,
/// and the simulator's comparison of protocols.
///
/// Writes pictures (SVG), tables (CSV and text) and a report. The same seed gives the same files, byte
/// for byte, on any number of processors. Intervals are 95 %: Student's t for means over populations,
/// Wilson's for shares of populations.
#[derive(Args, Debug)]
pub struct Options {
	/// Write the files into this folder.
	#[arg(short, long, value_name = "DIR", default_value = "figures")]
	output: PathBuf,
	/// The first seed.
	#[arg(long, default_value_t = 1)]
	seed: u64,
	/// Populations of each size, 2 to 10,000; of more than 1,000 nodes fewer, at least 10.
	#[arg(long, default_value_t = 200)]
	seeds: u64,
	/// Write only these files, separated by commas.
	#[arg(long, value_name = "NAMES", value_delimiter = ',')]
	only: Vec<String>,
	/// Print everything as JSON instead of the report.
	#[arg(long)]
	json: bool,
}

/// A file that is written.
pub struct Artefact {
	pub name: String,
	pub text: String,
}

impl Artefact {
	pub fn new(name: impl Into<String>, text: String) -> Self {
		Self { name: name.into(), text }
	}
}

/// Everything that was computed.
#[derive(Serialize)]
pub struct Results {
	pub seed: u64,
	pub seeds: u64,
	pub measures: Vec<experiment::Row>,
	pub acceptance: Vec<acceptance::Pairing>,
	pub sweep: Vec<sweep::Step>,
	pub frontier: frontier::Frontier,
	pub weights: Vec<agreement::SameTrees>,
	pub propagation: propagation::Propagation,
}

/// The command.
pub fn run(options: &Options) -> Result<(), Error> {
	if !(2..=10_000).contains(&options.seeds) {
		let given = options.seeds;
		return Err(Error::Option(format!("--seeds is {given}: give 2 to 10000")));
	}
	if options.seed.checked_add(options.seeds).is_none() {
		return Err(Error::Option(format!("--seed is too large: give less than {}", u64::MAX / 2)));
	}
	let results = compute(options.seed, options.seeds)?;
	let mut artefacts = curves::artefacts(&results.measures);
	artefacts.extend(table2::artefacts(&results.measures));
	artefacts.extend(sweep::artefacts(&results.sweep));
	artefacts.extend(acceptance::artefacts(&results.acceptance));
	artefacts.extend(frontier::artefacts(&results.frontier));
	artefacts.extend(propagation::artefacts(&results.propagation));
	let report = report(&artefacts, &agreement::text(&results));
	artefacts.push(Artefact::new("report.txt", report.clone()));
	if let Some(unknown) =
		options.only.iter().find(|name| !artefacts.iter().any(|artefact| artefact.name == **name))
	{
		let names: Vec<&str> = artefacts.iter().map(|artefact| artefact.name.as_str()).collect();
		let names = names.join(", ");
		return Err(Error::Option(format!(
			"--only: there is no file {unknown}: give some of {names}"
		)));
	}
	let wanted =
		|artefact: &&Artefact| options.only.is_empty() || options.only.contains(&artefact.name);
	for artefact in artefacts.iter().filter(wanted) {
		output::write(&options.output.join(&artefact.name), &artefact.text)?;
	}
	match options.json {
		true => output::print(&(serde_json::to_string_pretty(&results)? + "\n")),
		false => output::print(&report),
	}
}

/// Runs all experiments.
fn compute(seed: u64, seeds: u64) -> Result<Results, Error> {
	let range = seed..seed.saturating_add(seeds);
	let bar = |what, nodes: u64| progress::bar(what, nodes);
	let all: u64 =
		experiment::sizes().iter().map(|n| *n as u64 * experiment::seeds_for(*n, seeds)).sum();
	let experiment_bar = bar("figures", all);
	let measures = experiment::run(range.clone(), &experiment_bar)?;
	experiment_bar.finish_and_clear();
	let settings = (experiment::Setting::all().count() * acceptance::DRAWS.len()) as u64;
	let pairs: u64 = acceptance::SIZES.iter().map(|n| *n as u64 * seeds * settings).sum();
	let acceptance_bar = bar("acceptance", pairs);
	let acceptance = acceptance::run(&range, &acceptance_bar)?;
	acceptance_bar.finish_and_clear();
	let fifty = table2::NODES as u64 * seeds * experiment::THRESHOLDS.len() as u64;
	let frontier_bar = bar("frontier", 2 * fifty);
	let sweep = sweep::run(table2::NODES, &range, &frontier_bar)?;
	let frontier = frontier::run(&range, &frontier_bar)?;
	frontier_bar.finish_and_clear();
	let weights = agreement::same_trees(&range)?;
	let propagation_bar = bar("propagation", propagation::RUNS);
	let propagation = propagation::run(seed, seeds, &propagation_bar)?;
	propagation_bar.finish_and_clear();
	Ok(Results { seed, seeds, measures, acceptance, sweep, frontier, weights, propagation })
}

/// The tables that a reader wants first, and what they mean.
fn report(artefacts: &[Artefact], agreement: &str) -> String {
	let mut report = String::new();
	for name in [
		"table-50.txt",
		"figure6.txt",
		"figure7.txt",
		"figure8.txt",
		"table2.txt",
		"acceptance.txt",
	] {
		if let Some(artefact) = artefacts.iter().find(|artefact| artefact.name == name) {
			report.push_str(&artefact.text);
			report.push('\n');
		}
	}
	report.push_str(agreement);
	report
}
