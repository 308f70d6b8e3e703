//! The paper's experiment: many populations, every strategy, every measure.

use crate::{
	population::{Draw, Population},
	random::{Purpose, Random},
	stats::Estimate,
};
use indicatif::ProgressBar;
use rayon::prelude::*;
use serde::Serialize;
use voltree_wct::{Error, Measures, Ranking, Settings, Strategy, Tree, Weights, TRUST_UNIT};

/// Sizes of the paper's figures.
pub const SMALL: [usize; 10] = [10, 20, 30, 40, 50, 60, 70, 80, 90, 100];

/// Sizes beyond.
pub const LARGE: [usize; 7] = [100, 200, 500, 1000, 2000, 5000, 10_000];

/// Weights of trust and linking number: (a) and (b) of the paper's figures.
pub const WEIGHTS: [(u64, u64); 2] = [(1, 1), (3, 2)];

/// Trust thresholds: where the paper's honest and malicious nodes part, and below.
pub const THRESHOLDS: [u32; 2] = [800_000_000, 500_000_000];

/// What trees are built with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Setting {
	pub threshold: u32,
	pub weights: (u64, u64),
}

impl Setting {
	/// All combinations of the experiment.
	pub fn all() -> impl Iterator<Item = Self> {
		THRESHOLDS
			.into_iter()
			.flat_map(|threshold| WEIGHTS.map(|weights| Self { threshold, weights }))
	}

	pub fn settings(self) -> Settings {
		let (trust, link) = self.weights;
		Settings {
			trust_threshold: self.threshold,
			overhead_threshold: u32::MAX,
			weights: Weights { trust, link },
		}
	}

	/// For headings.
	pub fn name(self) -> String {
		format!("{}:{}, threshold {}", self.weights.0, self.weights.1, unit(self.threshold))
	}
}

/// Trust as a part of 1.
pub fn unit(trust: u32) -> f64 {
	f64::from(trust) / f64::from(TRUST_UNIT)
}

/// The `seed`'s population of `n` nodes.
pub fn population(n: usize, seed: u64) -> Population {
	drawn(n, Draw::Exact, seed)
}

/// The same, drawn in either way.
pub fn drawn(n: usize, draw: Draw, seed: u64) -> Population {
	Population::paper(n, draw, &mut Random::new(seed, Purpose::Population, n as u64))
}

/// How many populations of this size: fewer of the large ones, which differ less.
pub fn seeds_for(n: usize, seeds: u64) -> u64 {
	seeds.min((200_000 / n.max(1) as u64).max(10))
}

/// The tree without overheads and without a given root.
pub fn tree(population: &Population, setting: Setting, strategy: Strategy) -> Result<Tree, Error> {
	Ranking::new(&population.nodes, None, setting.settings(), strategy)?.tree(None)
}

/// What one tree showed.
#[derive(Clone, Copy, Debug)]
pub struct Seen {
	pub measures: Measures,
	/// Share of the forwards that succeed, each tried as if what is forwarded were there.
	pub forwards: f64,
	/// Share of the nodes below the root that are reached when each forward succeeds as often and
	/// nothing is repaired.
	pub reached: f64,
}

/// Tries every forward of a tree once: one by node i succeeds with the probability of its trust.
pub fn try_forwards(tree: &Tree, population: &Population, random: &mut Random) -> (f64, f64) {
	let n = population.nodes.len();
	// A draw for each node, so that strategies are compared with the same luck.
	let luck: Vec<f64> = (0..n).map(|_| random.unit()).collect();
	let mut has = vec![false; n];
	let (mut succeeded, mut reached) = (0u32, 0u32);
	for (place, &node) in tree.sequence().iter().enumerate() {
		let node = node as usize;
		has[node] |= place == 0;
		for child in tree.children(node as u32) {
			let success = luck[child as usize] < unit(population.nodes[node].trust);
			succeeded += u32::from(success);
			has[child as usize] = success && has[node];
			reached += u32::from(has[child as usize]);
		}
	}
	let forwards = n.saturating_sub(1).max(1) as f64;
	(f64::from(succeeded) / forwards, f64::from(reached) / forwards)
}

/// What the trees of one strategy, size and setting showed: means over seeds with 95 % intervals.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
	pub nodes: usize,
	pub threshold: u32,
	pub weights: (u64, u64),
	pub strategy: String,
	pub seeds: u64,
	pub overall_trust: Estimate,
	pub rounds: Estimate,
	pub concurrency: Estimate,
	pub overloaded: Estimate,
	pub forwards: Estimate,
	pub reached: Estimate,
}

/// The experiment's sizes, in order.
pub fn sizes() -> Vec<usize> {
	let mut sizes: Vec<usize> = SMALL.into_iter().chain(LARGE).collect();
	sizes.dedup();
	sizes
}

/// Runs the experiment.
pub fn run(seeds: std::ops::Range<u64>, bar: &ProgressBar) -> Result<Vec<Row>, Error> {
	let count = seeds.end.saturating_sub(seeds.start);
	let mut rows = Vec::new();
	for n in sizes() {
		let seeds = seeds.start..seeds.start.saturating_add(seeds_for(n, count));
		let seen: Vec<Vec<Seen>> = seeds
			.clone()
			.into_par_iter()
			.map(|seed| {
				let seen = of_one_population(n, seed);
				bar.inc(n as u64);
				seen
			})
			.collect::<Result<_, _>>()?;
		let cases = Setting::all().flat_map(|setting| Strategy::ALL.map(|s| (setting, s)));
		for (case, (setting, strategy)) in cases.enumerate() {
			let estimate = |value: &dyn Fn(&Seen) -> f64| {
				let values: Vec<f64> =
					seen.iter().filter_map(|seen| seen.get(case)).map(value).collect();
				Estimate::of(&values)
			};
			rows.push(Row {
				nodes: n,
				threshold: setting.threshold,
				weights: setting.weights,
				strategy: strategy.to_string(),
				seeds: seen.len() as u64,
				overall_trust: estimate(&|seen| unit(seen.measures.overall_trust)),
				rounds: estimate(&|seen| seen.measures.rounds.into()),
				concurrency: estimate(&|seen| seen.measures.concurrency.into()),
				overloaded: estimate(&|seen| seen.measures.overloaded.into()),
				forwards: estimate(&|seen| seen.forwards),
				reached: estimate(&|seen| seen.reached),
			});
		}
	}
	Ok(rows)
}

/// Every setting and strategy, in the order of [`run`].
fn of_one_population(n: usize, seed: u64) -> Result<Vec<Seen>, Error> {
	let population = population(n, seed);
	let mut seen = Vec::new();
	for setting in Setting::all() {
		for strategy in Strategy::ALL {
			let tree = tree(&population, setting, strategy)?;
			let mut random = Random::new(seed, Purpose::Forwards, n as u64);
			let (forwards, reached) = try_forwards(&tree, &population, &mut random);
			seen.push(Seen { measures: tree.measures(), forwards, reached });
		}
	}
	Ok(seen)
}

/// The row of a case.
pub fn find(rows: &[Row], nodes: usize, setting: Setting, strategy: Strategy) -> Option<&Row> {
	let name = strategy.to_string();
	rows.iter().find(|row| {
		row.nodes == nodes
			&& row.threshold == setting.threshold
			&& row.weights == setting.weights
			&& row.strategy == name
	})
}

#[cfg(test)]
mod tests {
	use super::*;

	/// Equation (1) by hand, and forwards that always or never succeed.
	#[test]
	fn forwards_succeed_as_often_as_their_sender_is_trusted() {
		let mut population = population(50, 1);
		let setting = Setting { threshold: 0, weights: (1, 1) };
		for (trust, expected) in [(TRUST_UNIT, 1.0), (0, 0.0)] {
			population.nodes.iter_mut().for_each(|node| node.trust = trust);
			let tree = tree(&population, setting, Strategy::Wct).unwrap();
			let mut random = Random::new(1, Purpose::Forwards, 0);
			assert_eq!(try_forwards(&tree, &population, &mut random), (expected, expected));
		}
	}

	/// The mean over many tries is equation (1); what is reached is less, as losses add up.
	#[test]
	fn the_measured_share_is_equation_1() {
		let population = population(100, 1);
		let setting = Setting { threshold: 800_000_000, weights: (1, 1) };
		let tree = tree(&population, setting, Strategy::Lft).unwrap();
		let mut random = Random::new(1, Purpose::Forwards, 0);
		let tries: Vec<(f64, f64)> =
			(0..2000).map(|_| try_forwards(&tree, &population, &mut random)).collect();
		let mean = |part: fn(&(f64, f64)) -> f64| tries.iter().map(part).sum::<f64>() / 2000.0;
		assert!((mean(|t| t.0) - unit(tree.measures().overall_trust)).abs() < 0.01);
		assert!(mean(|t| t.1) < mean(|t| t.0) - 0.05);
	}

	#[test]
	fn large_populations_are_fewer_but_never_too_few() {
		assert_eq!(seeds_for(50, 200), 200);
		assert_eq!(seeds_for(1000, 200), 200);
		assert_eq!(seeds_for(10_000, 200), 20);
		assert_eq!(seeds_for(10_000, 5), 5);
		assert_eq!(seeds_for(1_000_000, 200), 10);
	}
}
