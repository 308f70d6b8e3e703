//! How the weight moves a tree between LFT and TFT.

use super::{
	experiment::{population, tree, unit, Setting, THRESHOLDS},
	Artefact,
};
use crate::{
	chart::{draw, Axis, Panel, Series},
	output::Table,
	stats::Estimate,
};
use indicatif::ProgressBar;
use rayon::prelude::*;
use serde::Serialize;
use std::ops::Range;
use voltree_wct::{Error, Strategy, Tree};

/// Steps of the weight of trust, from 0 to 1; the linking number has the rest.
pub const STEPS: u64 = 20;

/// The strategies that are swept.
pub const SWEPT: [Strategy; 2] = [Strategy::Wct, Strategy::Scaled];

/// What the trees of one weight showed.
#[derive(Clone, Debug, Serialize)]
pub struct Step {
	pub nodes: usize,
	pub threshold: u32,
	pub strategy: String,
	/// Of trust; of the linking number it is [`STEPS`] less this.
	pub weight: u64,
	pub overall_trust: Estimate,
	pub rounds: Estimate,
	pub concurrency: Estimate,
	/// Share of the nodes that are as deep as in LFT, and as in TFT.
	pub like_lft: Estimate,
	pub like_tft: Estimate,
}

struct Seen {
	trust: f64,
	rounds: f64,
	concurrency: f64,
	like_lft: f64,
	like_tft: f64,
}

/// Depths by node.
fn depths(tree: &Tree, n: usize) -> Vec<u32> {
	let mut depths = vec![0; n];
	for &node in tree.sequence() {
		for child in tree.children(node) {
			depths[child as usize] = depths[node as usize] + 1;
		}
	}
	depths
}

/// Share of the nodes that are as deep in one tree as in the other.
fn likeness(a: &[u32], b: &[u32]) -> f64 {
	let same = a.iter().zip(b).filter(|(a, b)| a == b).count();
	same as f64 / a.len().max(1) as f64
}

/// Sweeps the weight for `nodes` nodes.
pub fn run(nodes: usize, seeds: &Range<u64>, bar: &ProgressBar) -> Result<Vec<Step>, Error> {
	let mut steps = Vec::new();
	for threshold in THRESHOLDS {
		let seen: Vec<Vec<Seen>> = seeds
			.clone()
			.into_par_iter()
			.map(|seed| {
				let population = population(nodes, seed);
				let setting = |weights| Setting { threshold, weights };
				let ends =
					|strategy| Ok(depths(&tree(&population, setting((1, 1)), strategy)?, nodes));
				let (lft, tft) = (ends(Strategy::Lft)?, ends(Strategy::Tft)?);
				let mut seen = Vec::new();
				for strategy in SWEPT {
					for weight in 0..=STEPS {
						let tree = tree(&population, setting((weight, STEPS - weight)), strategy)?;
						let measures = tree.measures();
						let depths = depths(&tree, nodes);
						seen.push(Seen {
							trust: unit(measures.overall_trust),
							rounds: measures.rounds.into(),
							concurrency: measures.concurrency.into(),
							like_lft: likeness(&depths, &lft),
							like_tft: likeness(&depths, &tft),
						});
					}
				}
				bar.inc(nodes as u64);
				Ok(seen)
			})
			.collect::<Result<_, Error>>()?;
		let cases = SWEPT.iter().flat_map(|strategy| (0..=STEPS).map(move |w| (*strategy, w)));
		for (case, (strategy, weight)) in cases.enumerate() {
			let estimate = |value: fn(&Seen) -> f64| {
				let values: Vec<f64> =
					seen.iter().filter_map(|seen| seen.get(case)).map(value).collect();
				Estimate::of(&values)
			};
			steps.push(Step {
				nodes,
				threshold,
				strategy: strategy.to_string(),
				weight,
				overall_trust: estimate(|seen| seen.trust),
				rounds: estimate(|seen| seen.rounds),
				concurrency: estimate(|seen| seen.concurrency),
				like_lft: estimate(|seen| seen.like_lft),
				like_tft: estimate(|seen| seen.like_tft),
			});
		}
	}
	Ok(steps)
}

/// The weight of trust as a part of 1.
fn part(weight: u64) -> f64 {
	weight as f64 / STEPS as f64
}

/// The sweep as table and picture.
pub fn artefacts(steps: &[Step]) -> Vec<Artefact> {
	let mut table = Table::new([
		"threshold",
		"strategy",
		"weight of trust",
		"overall trust",
		"+-",
		"rounds",
		"+-",
		"concurrency",
		"+-",
		"as lft",
		"as tft",
	]);
	for step in steps {
		table.row([
			unit(step.threshold).to_string(),
			step.strategy.clone(),
			format!("{:.2}", part(step.weight)),
			format!("{:.4}", step.overall_trust.mean),
			format!("{:.4}", step.overall_trust.margin),
			format!("{:.2}", step.rounds.mean),
			format!("{:.2}", step.rounds.margin),
			format!("{:.2}", step.concurrency.mean),
			format!("{:.2}", step.concurrency.margin),
			format!("{:.3}", step.like_lft.mean),
			format!("{:.3}", step.like_tft.mean),
		]);
	}
	type Value = (&'static str, fn(&Step) -> f64);
	let values: [Value; 5] = [
		("overall trust", |step| step.overall_trust.mean),
		("rounds", |step| step.rounds.mean),
		("concurrency", |step| step.concurrency.mean),
		("nodes as deep as in LFT", |step| step.like_lft.mean),
		("nodes as deep as in TFT", |step| step.like_tft.mean),
	];
	let panels: Vec<Panel> = values
		.into_iter()
		.map(|(name, value)| Panel {
			title: String::new(),
			x: Axis {
				label: "weight of trust (of the linking number: the rest)".into(),
				logarithmic: false,
			},
			y: Axis { label: name.into(), logarithmic: false },
			series: THRESHOLDS
				.into_iter()
				.flat_map(|threshold| SWEPT.map(|strategy| (threshold, strategy)))
				.map(|(threshold, strategy)| Series {
					name: format!("{strategy}, {}", unit(threshold)),
					points: steps
						.iter()
						.filter(|s| s.threshold == threshold && s.strategy == strategy.to_string())
						.map(|s| (part(s.weight), value(s), 0.0))
						.collect(),
					joined: true,
				})
				.collect(),
		})
		.collect();
	let nodes = steps.first().map_or(0, |step| step.nodes);
	let title = format!("The weight moves the tree between LFT and TFT, {nodes} nodes");
	let about = "as lft, as tft: share of the nodes that are as deep as in that tree";
	vec![
		Artefact::new("sweep.csv", table.csv()),
		Artefact::new("sweep.txt", format!("{title}\n{about}\n\n{}", table.text())),
		Artefact::new("sweep.svg", draw(&title, &panels, 3)),
	]
}
