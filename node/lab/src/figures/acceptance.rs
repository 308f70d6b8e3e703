//! Our strategies against Algorithm 1, population by population: never worse, and how often better.

use super::{
	experiment::{drawn, tree, unit, Setting},
	possible::Possible,
	Artefact,
};
use crate::{
	output::Table,
	population::Draw,
	stats::{wilson, Estimate},
};
use indicatif::ProgressBar;
use rayon::prelude::*;
use serde::Serialize;
use std::ops::Range;
use voltree_wct::{Error, Measures, Strategy};

/// Sizes of the comparison.
pub const SIZES: [usize; 2] = [50, 1000];

/// Both ways to draw the paper's population: its text allows either.
pub const DRAWS: [Draw; 2] = [Draw::Exact, Draw::Independent];

/// Largest population in which the concurrency of all possible trees is searched.
pub const SEARCHED: usize = 100;

/// One strategy against `wct`: both trees of each population.
#[derive(Clone, Debug, Serialize)]
pub struct Pairing {
	pub draw: Draw,
	pub nodes: usize,
	pub threshold: u32,
	pub weights: (u64, u64),
	pub strategy: String,
	pub seeds: usize,
	/// Populations where it is worse in overall trust, rounds or concurrency.
	pub worse: usize,
	/// Where it is better in at least one and worse in none.
	pub better: usize,
	/// Where any tree is that respects the linking numbers. In populations of more than
	/// [`SEARCHED`] nodes: where one has more trust or needs fewer rounds, whatever its concurrency.
	pub possible: usize,
	pub better_trust: usize,
	pub better_rounds: usize,
	pub better_concurrency: usize,
	/// Mean differences to `wct`.
	pub trust: Estimate,
	pub rounds: Estimate,
	pub concurrency: Estimate,
}

/// Compares all strategies but the paper's three.
pub fn run(seeds: &Range<u64>, bar: &ProgressBar) -> Result<Vec<Pairing>, Error> {
	let ours: Vec<Strategy> = Strategy::ALL
		.into_iter()
		.filter(|strategy| !matches!(strategy, Strategy::Lft | Strategy::Tft | Strategy::Wct))
		.collect();
	let mut pairings = Vec::new();
	for (draw, n) in DRAWS.into_iter().flat_map(|draw| SIZES.map(|n| (draw, n))) {
		for setting in Setting::all() {
			let pairs: Vec<(Measures, Vec<Measures>, bool)> = seeds
				.clone()
				.into_par_iter()
				.map(|seed| {
					let population = drawn(n, draw, seed);
					let measures = |s| Ok(tree(&population, setting, s)?.measures());
					let wct = measures(Strategy::Wct)?;
					let all = ours.iter().map(|s| measures(*s)).collect::<Result<_, Error>>()?;
					let possible =
						Possible::of(&population.nodes).is_some_and(|possible| match n {
							n if n <= SEARCHED => possible.better(&wct),
							_ => possible.more_trust_or_speed(&wct),
						});
					bar.inc(n as u64);
					Ok((wct, all, possible))
				})
				.collect::<Result<_, Error>>()?;
			for (index, strategy) in ours.iter().enumerate() {
				let possible = pairs.iter().filter(|(_, _, possible)| *possible).count();
				let pairs: Vec<(Measures, Measures)> = pairs
					.iter()
					.filter_map(|(wct, all, _)| Some((*wct, *all.get(index)?)))
					.collect();
				let pairing = pairing(draw, n, setting, *strategy, &pairs);
				pairings.push(Pairing { possible, ..pairing });
			}
		}
	}
	Ok(pairings)
}

fn pairing(
	draw: Draw,
	nodes: usize,
	setting: Setting,
	strategy: Strategy,
	pairs: &[(Measures, Measures)],
) -> Pairing {
	let count = |test: fn(&Measures, &Measures) -> bool| {
		pairs.iter().filter(|(wct, ours)| test(wct, ours)).count()
	};
	let worse = |wct: &Measures, ours: &Measures| {
		ours.overall_trust < wct.overall_trust
			|| ours.rounds > wct.rounds
			|| ours.concurrency < wct.concurrency
	};
	let change = |value: fn(&Measures) -> f64| {
		let changes: Vec<f64> = pairs.iter().map(|(wct, ours)| value(ours) - value(wct)).collect();
		Estimate::of(&changes)
	};
	let is_worse = pairs.iter().filter(|(wct, ours)| worse(wct, ours)).count();
	let better = pairs
		.iter()
		.filter(|(wct, ours)| {
			!worse(wct, ours)
				&& (ours.overall_trust > wct.overall_trust
					|| ours.rounds < wct.rounds
					|| ours.concurrency > wct.concurrency)
		})
		.count();
	Pairing {
		draw,
		nodes,
		threshold: setting.threshold,
		weights: setting.weights,
		strategy: strategy.to_string(),
		seeds: pairs.len(),
		worse: is_worse,
		better,
		possible: 0,
		better_trust: count(|wct, ours| ours.overall_trust > wct.overall_trust),
		better_rounds: count(|wct, ours| ours.rounds < wct.rounds),
		better_concurrency: count(|wct, ours| ours.concurrency > wct.concurrency),
		trust: change(|measures| unit(measures.overall_trust)),
		rounds: change(|measures| measures.rounds.into()),
		concurrency: change(|measures| measures.concurrency.into()),
	}
}

/// The comparison as a table.
pub fn artefacts(pairings: &[Pairing]) -> Vec<Artefact> {
	let mut table = Table::new([
		"draw",
		"nodes",
		"threshold",
		"weights",
		"strategy",
		"seeds",
		"worse",
		"better",
		"95 % interval",
		"possible",
		"in trust",
		"in rounds",
		"in conc.",
		"d trust",
		"d rounds",
		"d conc.",
	]);
	for pairing in pairings {
		let (low, high) = wilson(pairing.better, pairing.seeds);
		let percent =
			|part: usize| format!("{:.1} %", 100.0 * part as f64 / pairing.seeds.max(1) as f64);
		table.row([
			match pairing.draw {
				Draw::Exact => "exact".into(),
				Draw::Independent => "independent".into(),
			},
			pairing.nodes.to_string(),
			unit(pairing.threshold).to_string(),
			format!("{}:{}", pairing.weights.0, pairing.weights.1),
			pairing.strategy.clone(),
			pairing.seeds.to_string(),
			pairing.worse.to_string(),
			percent(pairing.better),
			format!("{:.1}-{:.1} %", 100.0 * low, 100.0 * high),
			percent(pairing.possible),
			percent(pairing.better_trust),
			percent(pairing.better_rounds),
			percent(pairing.better_concurrency),
			format!("{:+.4}", pairing.trust.mean),
			format!("{:+.3}", pairing.rounds.mean),
			format!("{:+.2}", pairing.concurrency.mean),
		]);
	}
	let title = "Against wct, population by population. worse: in any of overall trust, rounds, \
	             concurrency;\nbetter: in at least one and worse in none (95 % interval: Wilson); d: \
	             mean difference";
	vec![
		Artefact::new("acceptance.csv", table.csv()),
		Artefact::new("acceptance.txt", format!("{title}\n\n{}", table.text())),
	]
}

#[cfg(test)]
mod tests {
	use super::*;

	/// Worse in one measure is worse, whatever the others are.
	#[test]
	fn a_gain_does_not_hide_a_loss() {
		let wct = Measures { overall_trust: 5, rounds: 5, concurrency: 5, overloaded: 0 };
		let pairs = [
			(wct, Measures { overall_trust: 9, rounds: 6, ..wct }),
			(wct, Measures { overall_trust: 9, ..wct }),
			(wct, Measures { rounds: 4, overloaded: 1, ..wct }),
			(wct, wct),
			(wct, Measures { concurrency: 4, ..wct }),
		];
		let setting = Setting { threshold: 0, weights: (1, 1) };
		let pairing = pairing(Draw::Exact, 5, setting, Strategy::Scaled, &pairs);
		assert_eq!((pairing.worse, pairing.better, pairing.seeds), (2, 2, 5));
		assert_eq!((pairing.better_trust, pairing.better_rounds), (2, 1));
	}
}
