//! `voltree-lab simulate`: how a block travels, event by event.

mod measured;
mod network;
mod options;
mod protocols;
mod queue;
mod report;
mod uplink;
mod validate;
mod world;

pub use measured::{run as as_measured, Conditions};
pub use options::{size, Options};
pub use protocols::Kind;
pub use report::Report;
pub use validate::{measured as measured_stock, outside};

use crate::{
	error::Error,
	output, progress,
	random::{Purpose, Random},
};
use clap::Parser;
use network::Network;
use rayon::prelude::*;
use report::{Sample, Summary};
use std::time::Instant;
use world::Terms;

/// The command.
pub fn run(options: &Options) -> Result<(), Error> {
	if options.validate {
		return output::print(&validate::report()?);
	}
	options.check()?;
	let started = Instant::now();
	let (report, events) = simulate(options)?;
	let seconds = started.elapsed().as_secs_f64();
	let json = serde_json::to_string_pretty(&report)? + "\n";
	if let Some(folder) = &options.output {
		output::write(&folder.join("simulate.json"), &json)?;
		output::write(&folder.join("simulate.csv"), &report.table().csv())?;
		output::write(&folder.join("simulate.txt"), &report.text())?;
		output::write(&folder.join("simulate.svg"), &report.picture())?;
	}
	output::print(&if options.json { json } else { report.text() })?;
	// Not part of the report, which is the same on every machine.
	let rate = events as f64 / seconds.max(1e-9) / 1e6;
	eprintln!("{events} events in {seconds:.1} s: {rate:.1} million a second");
	Ok(())
}

/// What the command would report with these options, without printing anything.
pub fn report(options: &str) -> Result<Report, Error> {
	let words = std::iter::once("simulate").chain(options.split_whitespace());
	let line = Line::try_parse_from(words).map_err(|cause| Error::Option(cause.to_string()))?;
	line.options.check()?;
	Ok(simulate(&line.options)?.0)
}

/// The options alone, for [`report()`].
#[derive(Parser)]
struct Line {
	#[command(flatten)]
	options: Options,
}

/// Runs everything and returns the report and how many events it took.
fn simulate(options: &Options) -> Result<(Report, u64), Error> {
	let (shape, terms) = (options.shape(), options.terms());
	let seeds = options.seed..options.seed.saturating_add(options.seeds);
	let networks: Vec<(u64, Network)> =
		seeds.map(|seed| (seed, Network::draw(&shape, seed))).collect();
	let (kinds, too_large): (Vec<Kind>, Vec<Kind>) =
		options.kinds().into_iter().partition(|kind| !kind.too_large(options.nodes));
	let left_out: Vec<String> = too_large
		.iter()
		.map(|kind| {
			let most = protocols::LARGEST_STOCK_MESH;
			format!("{}: left out, a full mesh is simulated up to {most} nodes", kind.name())
		})
		.collect();
	if kinds.is_empty() {
		return Err(Error::Option(left_out.join("\n")));
	}
	let jobs: Vec<(Kind, &(u64, Network), u64)> = kinds
		.iter()
		.flat_map(|kind| networks.iter().map(move |network| (*kind, network)))
		.flat_map(|(kind, network)| (0..options.blocks).map(move |block| (kind, network, block)))
		.collect();
	let bar = progress::bar("blocks", jobs.len() as u64);
	let samples: Vec<Sample> = jobs
		.par_iter()
		.map(|(kind, (seed, network), block)| {
			let sample = one_block(*kind, network, &terms, *seed, *block);
			bar.inc(1);
			sample
		})
		.collect::<Result<_, _>>()?;
	bar.finish_and_clear();
	let each = networks.len() * options.blocks as usize;
	let summaries = kinds
		.iter()
		.zip(samples.chunks(each.max(1)))
		.map(|(kind, samples)| Summary::of(kind.name(), samples, options.nodes, options.block))
		.collect();
	let events = samples.iter().map(|sample| sample.events).sum();
	Ok((Report::new(options, summaries, left_out), events))
}

/// The `block`th block of a network, from an author that is the same for all protocols.
fn one_block(
	kind: Kind,
	network: &Network,
	terms: &Terms,
	seed: u64,
	block: u64,
) -> Result<Sample, Error> {
	let honest: Vec<u32> = (0..network.len()).filter(|node| network.is_honest(*node)).collect();
	let mut random = Random::new(seed, Purpose::Authors, block);
	// At least one is honest.
	let author = honest.get(random.index(honest.len())).copied().unwrap_or(0);
	let outcome = kind.run(network, terms, author, seed, block)?;
	Ok(Sample::of(&outcome, network, terms))
}

#[cfg(test)]
mod tests {
	use super::*;
	fn options(line: &str) -> Options {
		Line::parse_from(std::iter::once("simulate").chain(line.split_whitespace())).options
	}

	fn summary(line: &str) -> Summary {
		simulate(&options(line)).unwrap().0.protocols.remove(0)
	}

	/// The same seed gives the same report, on one processor and on three.
	#[test]
	fn the_result_depends_on_the_seed_alone() {
		let line =
			"--compare --nodes 30 --blocks 2 --seeds 2 --silent 0.2 --loss 0.001 --block 100kB";
		let with = |threads, line: &str| {
			let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
			let report = pool.install(|| simulate(&options(line)).unwrap().0);
			serde_json::to_string(&report).unwrap()
		};
		assert_eq!(with(1, line), with(3, line));
		assert_ne!(with(3, line), with(3, &format!("{line} --seed 2")));
	}

	/// Every protocol reaches everybody when nobody is faulty, and none beats the bound.
	#[test]
	fn everybody_is_reached_and_nobody_is_faster_than_light() {
		let line = "--compare --nodes 60 --blocks 2 --seeds 2 --block 200kB --uplinks by-link";
		for summary in simulate(&options(line)).unwrap().0.protocols {
			assert_eq!(summary.coverage, 1.0, "{}", summary.protocol);
			assert!(summary.ratio_p50.unwrap() >= 1.0, "{}", summary.protocol);
			assert!(summary.copies >= 1.0, "{}", summary.protocol);
		}
	}

	/// With a fifth of the nodes faulty in each way, repair reaches every honest node; without it, bare
	/// trees do not when anybody in them may be silent.
	#[test]
	fn repair_reaches_every_honest_node() {
		for fault in
			["--silent 0.2", "--crashed 0.2", "--lying 0.2", "--delaying 0.2", "--loss 0.01"]
		{
			for protocol in ["ours", "wct", "lft", "direct", "turbine"] {
				let line = format!("--protocol {protocol} --nodes 80 {fault} --blocks 4 --seeds 2");
				let summary = summary(&line);
				assert_eq!(summary.coverage, 1.0, "{line}");
			}
		}
		let bare =
			summary("--protocol wct --nodes 80 --silent 0.2 --blocks 4 --seeds 2 --no-repair");
		assert!(bare.coverage < 1.0);
		assert_eq!((bare.last_max_ms, bare.repaired), (None, 0.0));
	}

	/// With enough code a striped block needs no repair though a fifth of the nodes is silent.
	#[test]
	fn parity_saves_repairs() {
		let line = "--protocol ours --nodes 50 --silent 0.2 --blocks 5 --seeds 2";
		let (plain, coded) = (summary(line), summary(&format!("{line} --parity 0.6")));
		assert!(coded.repaired < plain.repaired / 2.0, "{} {}", coded.repaired, plain.repaired);
		assert!(coded.last_p50_ms < plain.last_p50_ms);
	}

	#[test]
	fn a_mesh_that_is_too_large_is_refused_or_left_out() {
		let refused = simulate(&options("--protocol stock-mesh --nodes 5000"));
		assert!(matches!(refused, Err(Error::Option(text)) if text.contains("3000")));
	}
}
