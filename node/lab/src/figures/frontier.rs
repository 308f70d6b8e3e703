//! How near the strategies are to what is possible: overall trust, rounds and concurrency at once.
//!
//! For overall trust and rounds the frontier is exact, over all trees that respect the linking numbers
//! (see [`Possible`]). With concurrency the strategies, at many weights, are compared with each other.

use super::{
	experiment::{population, tree, unit, Setting, THRESHOLDS},
	possible::Possible,
	sweep::{STEPS, SWEPT},
	table2::NODES,
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
use voltree_wct::{Error, Measures, Strategy};

/// Whether `a` is at least as good as `b` in all three and better in one.
fn dominates(a: &Measures, b: &Measures) -> bool {
	let all = a.overall_trust >= b.overall_trust
		&& a.rounds <= b.rounds
		&& a.concurrency >= b.concurrency;
	let one =
		a.overall_trust > b.overall_trust || a.rounds < b.rounds || a.concurrency > b.concurrency;
	all && one
}

/// Where a strategy is.
#[derive(Clone, Debug, Serialize)]
pub struct Place {
	pub threshold: u32,
	pub strategy: String,
	/// Of trust, in [`STEPS`]ths, if the weight was swept.
	pub weight: Option<u64>,
	pub overall_trust: Estimate,
	pub rounds: Estimate,
	pub concurrency: Estimate,
	/// Overall trust below the most that is possible with as many rounds.
	pub gap: Estimate,
	/// Share of the populations in which it is on the frontier of trust and rounds.
	pub on_frontier: f64,
	/// Share of the populations in which no other tree is better in one of the three measures and
	/// worse in none.
	pub undominated: f64,
}

/// Places, and the mean frontier: rounds and trust.
#[derive(Clone, Debug, Serialize)]
pub struct Frontier {
	pub nodes: usize,
	pub places: Vec<Place>,
	pub frontier: Vec<(u32, Estimate)>,
}

/// A tree of the comparison.
type Case = (Strategy, Option<u64>);

fn cases() -> Vec<Case> {
	let plain = Strategy::ALL.map(|strategy| (strategy, None));
	let swept = SWEPT.iter().flat_map(|s| (0..=STEPS).map(move |weight| (*s, Some(weight))));
	plain.into_iter().chain(swept).collect()
}

/// Compares the trees of 50 nodes.
pub fn run(seeds: &Range<u64>, bar: &ProgressBar) -> Result<Frontier, Error> {
	let cases = cases();
	let mut places = Vec::new();
	let mut possible = Vec::new();
	for threshold in THRESHOLDS {
		let seen: Vec<(Possible, Vec<Measures>)> = seeds
			.clone()
			.into_par_iter()
			.map(|seed| {
				let population = population(NODES, seed);
				let measures = cases.iter().map(|(strategy, weight)| {
					let weights = weight.map_or((1, 1), |weight| (weight, STEPS - weight));
					Ok(tree(&population, Setting { threshold, weights }, *strategy)?.measures())
				});
				bar.inc(NODES as u64);
				let possible = Possible::of(&population.nodes).ok_or(Error::Empty)?;
				Ok((possible, measures.collect::<Result<_, Error>>()?))
			})
			.collect::<Result<_, Error>>()?;
		for (index, (strategy, weight)) in cases.iter().enumerate() {
			places.push(place(threshold, *strategy, *weight, index, &seen));
		}
		possible = seen.into_iter().map(|(possible, _)| possible).collect();
	}
	// It does not depend on the threshold.
	let longest =
		possible.iter().filter_map(|possible| possible.rounds().last()).max().unwrap_or(0);
	let frontier = (0..=longest)
		.filter_map(|rounds| {
			let trusts: Vec<f64> =
				possible.iter().filter_map(|possible| possible.trust(rounds)).map(unit).collect();
			(trusts.len() == possible.len()).then(|| (rounds, Estimate::of(&trusts)))
		})
		.collect();
	Ok(Frontier { nodes: NODES, places, frontier })
}

fn place(
	threshold: u32,
	strategy: Strategy,
	weight: Option<u64>,
	index: usize,
	seen: &[(Possible, Vec<Measures>)],
) -> Place {
	let own: Vec<(&Possible, &Vec<Measures>, Measures)> =
		seen.iter().filter_map(|(possible, all)| Some((possible, all, *all.get(index)?))).collect();
	let estimate = |value: fn(&Measures) -> f64| {
		Estimate::of(&own.iter().map(|(_, _, measures)| value(measures)).collect::<Vec<_>>())
	};
	let gaps: Vec<f64> = own
		.iter()
		.filter_map(|(possible, _, measures)| {
			Some(unit(possible.trust(measures.rounds)?) - unit(measures.overall_trust))
		})
		.collect();
	let share = |count: usize| count as f64 / own.len().max(1) as f64;
	let on_frontier = gaps.iter().filter(|gap| **gap <= 0.0).count();
	let undominated = own
		.iter()
		.filter(|(_, all, measures)| !all.iter().any(|other| dominates(other, measures)))
		.count();
	Place {
		threshold,
		strategy: strategy.to_string(),
		weight,
		overall_trust: estimate(|measures| unit(measures.overall_trust)),
		rounds: estimate(|measures| measures.rounds.into()),
		concurrency: estimate(|measures| measures.concurrency.into()),
		gap: Estimate::of(&gaps),
		on_frontier: share(on_frontier),
		undominated: share(undominated),
	}
}

/// The frontier as table and picture.
pub fn artefacts(frontier: &Frontier) -> Vec<Artefact> {
	let mut table = Table::new([
		"threshold",
		"strategy",
		"weight of trust",
		"overall trust",
		"rounds",
		"concurrency",
		"gap",
		"on frontier",
		"undominated",
	]);
	for place in &frontier.places {
		table.row([
			unit(place.threshold).to_string(),
			place.strategy.clone(),
			place.weight.map_or("1:1".into(), |w| format!("{:.2}", w as f64 / STEPS as f64)),
			format!("{:.4}", place.overall_trust.mean),
			format!("{:.2}", place.rounds.mean),
			format!("{:.2}", place.concurrency.mean),
			format!("{:.4}", place.gap.mean),
			format!("{:.1} %", place.on_frontier * 100.0),
			format!("{:.1} %", place.undominated * 100.0),
		]);
	}
	let title = format!("Three measures at once, {} nodes, weights 1:1 or swept", frontier.nodes);
	let about =
		"gap: overall trust below the most that is possible with as many rounds, if whoever \
	             forwards uses his\nwhole linking number; on frontier: no gap, share of populations; \
	             undominated: no other tree of this table\nis better in one of the three measures and \
	             worse in none, share of populations";
	vec![
		Artefact::new("frontier.csv", table.csv()),
		Artefact::new("frontier.txt", format!("{title}\n{about}\n\n{}", table.text())),
		Artefact::new("frontier.svg", draw(&title, &panels(frontier), 3)),
	]
}

fn panels(frontier: &Frontier) -> Vec<Panel> {
	type Value = fn(&Place) -> f64;
	let axes: [(&str, Value, &str, Value); 3] = [
		("rounds", |p| p.rounds.mean, "overall trust", |p| p.overall_trust.mean),
		("concurrency", |p| p.concurrency.mean, "overall trust", |p| p.overall_trust.mean),
		("rounds", |p| p.rounds.mean, "concurrency", |p| p.concurrency.mean),
	];
	let threshold = THRESHOLDS[0];
	let all = || frontier.places.iter().filter(move |place| place.threshold == threshold);
	axes.into_iter()
		.enumerate()
		.map(|(index, (x_name, x, y_name, y))| {
			let mut series = Vec::new();
			if index == 0 {
				let points =
					frontier.frontier.iter().map(|(r, trust)| (f64::from(*r), trust.mean, 0.0));
				let most = all().map(x).fold(0.0, f64::max).ceil();
				let points = points.filter(|(rounds, ..)| *rounds <= most).collect();
				series.push(Series { name: "frontier".into(), points, joined: true });
			}
			let of = |strategy: Strategy, swept: bool| {
				let name = strategy.to_string();
				all()
					.filter(|place| place.weight.is_some() == swept && place.strategy == name)
					.map(|place| (x(place), y(place), 0.0))
					.collect()
			};
			let points = of(Strategy::Scaled, true);
			series.push(Series { name: "scaled, swept".into(), points, joined: true });
			series.extend(super::curves::drawn().into_iter().map(|strategy| Series {
				name: super::curves::caption(strategy),
				points: of(strategy, false),
				joined: false,
			}));
			Panel {
				title: format!("threshold {}", unit(threshold)),
				x: Axis { label: x_name.into(), logarithmic: false },
				y: Axis { label: y_name.into(), logarithmic: false },
				series,
			}
		})
		.collect()
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn domination_needs_a_gain_and_no_loss() {
		let a = Measures { overall_trust: 5, rounds: 5, concurrency: 5, overloaded: 0 };
		assert!(!dominates(&a, &a));
		assert!(dominates(&Measures { rounds: 4, ..a }, &a));
		assert!(!dominates(&Measures { rounds: 4, concurrency: 4, ..a }, &a));
	}
}
