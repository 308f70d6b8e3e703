//! How blocks travel: the simulator's comparison, at 50 nodes and by number of nodes.

use super::Artefact;
use crate::{
	chart::{draw, Axis, Panel, Series},
	error::Error,
	output::Table,
	simulate,
};
use indicatif::ProgressBar;
use serde::Serialize;

/// Comparisons of all protocols: name and options of `voltree-lab simulate`.
const COMPARED: [(&str, &str); 3] = [
	("propagation", "--compare --spread 0"),
	("propagation-small", "--compare --spread 0 --block 20kB"),
	("propagation-silent", "--compare --spread 0 --silent 0.2"),
];

/// What is simulated by number of nodes.
const SCALED: &str = "--protocol stock-8,gossip,turbine,lft,tft,wct,ours --seeds 1";

/// Numbers of nodes.
const SIZES: [usize; 4] = [50, 200, 1000, 5000];

/// How many simulations there are.
pub const RUNS: u64 = (COMPARED.len() + SIZES.len()) as u64;

/// What was simulated.
#[derive(Serialize)]
pub struct Propagation {
	compared: Vec<(&'static str, simulate::Report)>,
	by_nodes: Vec<simulate::Report>,
}

/// Runs the simulations, with seeds from `seed` on; for a few populations only a few blocks.
pub fn run(seed: u64, seeds: u64, bar: &ProgressBar) -> Result<Propagation, Error> {
	let up_to = |most| (seeds / 20).clamp(1, most);
	let (networks, blocks, large_blocks) = (up_to(5), up_to(10), up_to(3));
	let report = |options: &str| {
		let report = simulate::report(&format!("{options} --seed {seed}"));
		bar.inc(1);
		report
	};
	let compared = COMPARED.into_iter().map(|(name, options)| {
		Ok((name, report(&format!("{options} --seeds {networks} --blocks {blocks}"))?))
	});
	let by_nodes =
		SIZES.into_iter().map(|n| report(&format!("{SCALED} --blocks {large_blocks} --nodes {n}")));
	Ok(Propagation {
		compared: compared.collect::<Result<_, Error>>()?,
		by_nodes: by_nodes.collect::<Result<_, Error>>()?,
	})
}

/// Tables and pictures.
pub fn artefacts(propagation: &Propagation) -> Vec<Artefact> {
	let mut artefacts = Vec::new();
	for (name, report) in &propagation.compared {
		artefacts.push(Artefact::new(format!("{name}.svg"), report.picture()));
		artefacts.push(Artefact::new(format!("{name}.csv"), report.table().csv()));
		artefacts.push(Artefact::new(format!("{name}.txt"), report.text()));
	}
	let mut table = Table::new(["protocol", "nodes", "last p50 ms", "x bound", "copies"]);
	let mut series: Vec<Series> = Vec::new();
	for report in &propagation.by_nodes {
		for summary in &report.protocols {
			let Some(last) = summary.last_p50_ms else { continue };
			table.row([
				summary.protocol.clone(),
				report.nodes.to_string(),
				format!("{last:.0}"),
				summary.ratio_p50.map_or("-".into(), |ratio| format!("{ratio:.2}")),
				format!("{:.2}", summary.copies),
			]);
			let point = (report.nodes as f64, last, 0.0);
			match series.iter_mut().find(|series| series.name == summary.protocol) {
				Some(series) => series.points.push(point),
				None => series.push(Series {
					name: summary.protocol.clone(),
					points: vec![point],
					joined: true,
				}),
			}
		}
	}
	let panel = Panel {
		title: "1 MB, 100 Mbit/s, 50 ms".into(),
		x: Axis { label: "nodes".into(), logarithmic: true },
		y: Axis { label: "ms until the last node has imported".into(), logarithmic: true },
		series,
	};
	artefacts
		.push(Artefact::new("propagation-nodes.svg", draw("Time to the last node", &[panel], 1)));
	artefacts.push(Artefact::new("propagation-nodes.csv", table.csv()));
	artefacts.push(Artefact::new("propagation-nodes.txt", table.text()));
	artefacts
}
