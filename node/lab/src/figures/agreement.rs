//! What agrees with the paper and what does not, in words, with the values in them.
//!
//! The paper prints its curves as pictures without numbers, so they are compared by what its text says
//! of them (section 4.2).

use super::{
	acceptance::{Pairing, SEARCHED},
	experiment::{find, population, seeds_for, tree, unit, Row, Setting, THRESHOLDS, WEIGHTS},
	table2::{verdict, NODES},
	Results,
};
use crate::{output::wrap, population::Draw};
use rayon::prelude::*;
use serde::Serialize;
use std::ops::Range;
use voltree_wct::{Error, Strategy};

/// How often the two weightings of the paper give the same tree.
#[derive(Clone, Debug, Serialize)]
pub struct SameTrees {
	pub nodes: usize,
	pub threshold: u32,
	pub strategy: String,
	pub seeds: u64,
	pub same: u64,
}

/// Compares the trees of weights 1:1 and 3:2.
pub fn same_trees(seeds: &Range<u64>) -> Result<Vec<SameTrees>, Error> {
	let mut all = Vec::new();
	let count = seeds.end.saturating_sub(seeds.start);
	for nodes in [NODES, 1000] {
		let seeds = seeds.start..seeds.start.saturating_add(seeds_for(nodes, count));
		for threshold in THRESHOLDS {
			for strategy in [Strategy::Wct, Strategy::Scaled] {
				let same: Vec<bool> = seeds
					.clone()
					.into_par_iter()
					.map(|seed| {
						let population = population(nodes, seed);
						let parents = |weights| {
							let tree = tree(&population, Setting { threshold, weights }, strategy)?;
							Ok::<_, Error>(tree.parents().to_vec())
						};
						Ok(parents(WEIGHTS[0])? == parents(WEIGHTS[1])?)
					})
					.collect::<Result<_, Error>>()?;
				all.push(SameTrees {
					nodes,
					threshold,
					strategy: strategy.to_string(),
					seeds: same.len() as u64,
					same: same.iter().filter(|same| **same).count() as u64,
				});
			}
		}
	}
	Ok(all)
}

/// The paragraph, a line for each claim.
pub fn text(results: &Results) -> String {
	let setting = Setting { threshold: THRESHOLDS[0], weights: WEIGHTS[0] };
	let rows = &results.measures;
	let at = |n, strategy| find(rows, n, setting, strategy);
	let value = |n, strategy, value: fn(&Row) -> f64| at(n, strategy).map_or(f64::NAN, value);
	let (lft, tft, wct) = (Strategy::Lft, Strategy::Tft, Strategy::Wct);
	let trust = |strategy| value(NODES, strategy, |row| row.overall_trust.mean);
	let rounds = |n, strategy| value(n, strategy, |row| row.rounds.mean);
	let width = |n, strategy| value(n, strategy, |row| row.concurrency.mean);
	let mut claims = Claims::default();

	claims.add(
		"WCT's trust is clearly better than LFT's and nearly TFT's (Figure 6)",
		trust(wct) > trust(lft) + 0.02 && trust(tft) - trust(wct) < trust(wct) - trust(lft),
		format!(
			"at {NODES} nodes equation (1) gives {:.3} for LFT, {:.3} for WCT and {:.3} for TFT",
			trust(lft),
			trust(wct),
			trust(tft)
		),
	);
	let worst = rows
		.iter()
		.filter(|row| row.nodes >= NODES)
		.map(|row| (row.forwards.mean - row.overall_trust.mean).abs())
		.fold(0.0, f64::max);
	claims.add(
		"measured forwards fit equation (1) (Figure 6)",
		worst < 0.015,
		format!(
			"from {NODES} nodes on, the largest difference of the means over all sizes, settings and \
			 strategies is {worst:.4}"
		),
	);
	claims.add(
		"WCT is faster than TFT and nearly as fast as LFT (Figure 7)",
		rounds(NODES, wct) < rounds(NODES, tft)
			&& rounds(NODES, wct) - rounds(NODES, lft) < rounds(NODES, tft) - rounds(NODES, wct),
		format!(
			"at {NODES} nodes LFT takes {:.1} rounds, WCT {:.1}, TFT {:.1}",
			rounds(NODES, lft),
			rounds(NODES, wct),
			rounds(NODES, tft)
		),
	);
	let growth = |strategy| rounds(10_000, strategy) / rounds(100, strategy);
	claims.add(
		"the time of LFT and WCT does not sharply increase with the number of nodes (Figure 7)",
		growth(lft) < 3.0 && growth(wct) < 3.0,
		format!(
			"from 10 to 100 nodes LFT goes from {:.1} to {:.1} rounds, WCT from {:.1} to {:.1}, TFT from \
			 {:.1} to {:.1}; with a hundred times as many, 10,000, LFT needs {:.1} times as long, WCT \
			 {:.1}, TFT {:.1}",
			rounds(10, lft),
			rounds(100, lft),
			rounds(10, wct),
			rounds(100, wct),
			rounds(10, tft),
			rounds(100, tft),
			growth(lft),
			growth(wct),
			growth(tft)
		),
	);
	let more = |n| width(n, wct) - width(n, tft);
	claims.add(
		"LFT and WCT have a better concurrency than TFT, WCT the more so the more nodes (Figure 8)",
		width(100, lft) > width(100, tft) && more(NODES) > 0.0 && more(1000) > more(NODES),
		format!(
			"WCT's lead over TFT is {:.1} at {NODES} nodes ({:.1} against {:.1}; LFT {:.1}) and {:.1} at \
			 1000; in proportion it is {:.0} % and {:.0} %",
			more(NODES),
			width(NODES, wct),
			width(NODES, tft),
			width(NODES, lft),
			more(1000),
			100.0 * more(NODES) / width(NODES, tft),
			100.0 * more(1000) / width(1000, tft)
		),
	);
	let same = |nodes, threshold, strategy: Strategy| {
		let found = results.weights.iter().find(|same| {
			same.nodes == nodes
				&& same.threshold == threshold
				&& same.strategy == strategy.to_string()
		});
		found.map_or((0, 0), |same| (same.same, same.seeds))
	};
	let (equal, all) = same(NODES, THRESHOLDS[0], wct);
	let (equal_low, all_low) = same(NODES, THRESHOLDS[1], wct);
	let (scaled, all_scaled) = same(NODES, THRESHOLDS[0], Strategy::Scaled);
	claims.add(
		"as the weight of trust grows, WCT's curves tend to TFT's ((a) against (b) in Figures 6 to 8)",
		(equal as f64) < 0.5 * all as f64,
		format!(
			"with the paper's numbers a step of the linking number outweighs all differences of trust \
			 among the trusted, so 1:1 and 3:2 give the same tree in {equal} of {all} populations of \
			 {NODES} nodes at a threshold of 0.8 ({equal_low} of {all_low} at 0.5); `scaled`, which \
			 brings both to the same range, gives the same tree in {scaled} of {all_scaled}, and its \
			 weight does move it"
		),
	);
	let words = |measure| [lft, tft, wct].map(|s| verdict(rows, setting, s, measure));
	let expected = [
		["poor", "excellent", "good"],
		["excellent", "poor", "good"],
		["excellent", "poor", "good"],
	];
	let [reliability, time, concurrent] = [words(0), words(1), words(2)];
	claims.add(
		"Table 2: LFT, TFT and WCT are poor, excellent and good in reliability; excellent, poor and \
		 good in time and in concurrent ability",
		[reliability, time, concurrent] == expected,
		format!(
			"by where the means at {NODES} nodes lie they are {}, {} and {} in reliability, {}, {} and \
			 {} in time, {}, {} and {} in concurrent ability",
			reliability[0],
			reliability[1],
			reliability[2],
			time[0],
			time[1],
			time[2],
			concurrent[0],
			concurrent[1],
			concurrent[2]
		),
	);
	claims.add(
		"Table 2's row \"optimization goal\"",
		false,
		"it has LFT's and TFT's goals exchanged, against the table's other rows and the text"
			.into(),
	);

	let reached = |strategy| value(NODES, strategy, |row| row.reached.mean);
	let overloaded = value(NODES, wct, |row| row.overloaded.mean);
	let ours = Strategy::DEFAULT;
	let mut text = claims.text();
	text.push_str(&format!(
		"\nWhat the paper does not say. A forward can only succeed if the forwarder has the block: \
		 without repair LFT reaches {:.0} % of {NODES} nodes, WCT {:.0} %, TFT {:.0} %, because losses \
		 add up along a path. In {NODES} nodes WCT gives {overloaded:.2} children beyond linking numbers \
		 to its nodes. Figure 5 compares whole systems, not trees, and is not repeated. The paper's \
		 curves have no printed values; they are compared by what its text says of them.\n",
		100.0 * reached(lft),
		100.0 * reached(wct),
		100.0 * reached(tft),
	));
	text.push_str(&format!(
		"\nOurs. The default, `{ours}`, against `wct` on the same populations:\n"
	));
	let pairings = results.acceptance.iter().filter(|p| p.strategy == ours.to_string());
	let mut lines: Vec<String> = pairings.map(pairing_line).collect();
	// Both weightings say the same where they give the same trees.
	lines.dedup();
	text.push_str(&lines.concat());
	for threshold in THRESHOLDS {
		let gap = |strategy: Strategy| {
			let found = results.frontier.places.iter().find(|place| {
				place.threshold == threshold
					&& place.weight.is_none()
					&& place.strategy == strategy.to_string()
			});
			found.map_or((f64::NAN, f64::NAN, f64::NAN), |place| {
				(place.gap.mean, 100.0 * place.on_frontier, 100.0 * place.undominated)
			})
		};
		let (of_ours, of_wct) = (gap(ours), gap(wct));
		text.push_str(&format!(
			"At a threshold of {} it is {:.4} below the frontier of trust and rounds ({:.0} % of the \
			 populations on it) and undominated in {:.0} %; `wct` is {:.4} below ({:.0} % on it), \
			 undominated in {:.0} %.\n",
			unit(threshold),
			of_ours.0,
			of_ours.1,
			of_ours.2,
			of_wct.0,
			of_wct.1,
			of_wct.2
		));
	}
	wrap(&text)
}

/// How the default did in one comparison; the weights are not part of it.
fn pairing_line(pairing: &Pairing) -> String {
	format!(
		"- {} nodes drawn {}, threshold {}: worse in {} of {}, better in {}, where {}{} were possible; \
		 overall trust {:+.4}, rounds {:+.2}, concurrency {:+.2}\n",
		pairing.nodes,
		match pairing.draw {
			Draw::Exact => "with exact shares",
			Draw::Independent => "one by one",
		},
		unit(pairing.threshold),
		pairing.worse,
		pairing.seeds,
		pairing.better,
		if pairing.nodes > SEARCHED { "at most " } else { "" },
		pairing.possible,
		pairing.trust.mean,
		pairing.rounds.mean,
		pairing.concurrency.mean
	)
}

/// Claims of the paper, and what the experiment says.
#[derive(Default)]
struct Claims {
	agree: Vec<String>,
	differ: Vec<String>,
}

impl Claims {
	fn add(&mut self, claim: &str, agrees: bool, values: String) {
		let list = if agrees { &mut self.agree } else { &mut self.differ };
		list.push(format!("- {claim}: {values}.\n"));
	}

	fn text(&self) -> String {
		let (agree, differ) = (self.agree.concat(), self.differ.concat());
		format!("What agrees with the paper:\n{agree}\nWhat does not:\n{differ}")
	}
}
