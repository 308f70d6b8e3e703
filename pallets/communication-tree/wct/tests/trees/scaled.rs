//! *scaled*: the weight moves the tree.

use super::{build, node, PERCENT};
use crate::random::{population, settings, Random, HONEST};
use std::collections::BTreeSet;
use voltree_wct::{Node, Settings, Strategy, Weights, TRUST_UNIT};

fn weighted(trust_threshold: u32, trust: u64, link: u64) -> Settings {
	Settings { weights: Weights { trust, link }, ..settings(trust_threshold) }
}

/// With Algorithm 1, one link more is worth w_l, and the whole range of honest trust is worth
/// 0.2 w_t: with 1:1 and with 3:2 the order is by link, then by trust, and so are the trees.
#[test]
fn the_papers_two_weights_give_the_same_tree() {
	for seed in 0..50 {
		for n in [50, 1000] {
			let nodes = population(n, seed);
			let equal = build(&nodes, weighted(HONEST, 1, 1), Strategy::Wct, None);
			assert_eq!(equal, build(&nodes, weighted(HONEST, 3, 2), Strategy::Wct, None));
			// Even at five times the paper's weight of trust.
			assert_eq!(equal, build(&nodes, weighted(HONEST, 499, 100), Strategy::Wct, None));
			let scaled = build(&nodes, weighted(HONEST, 1, 1), Strategy::Scaled, None);
			assert_ne!(scaled, build(&nodes, weighted(HONEST, 3, 2), Strategy::Scaled, None));
			assert_ne!(scaled, equal);
		}
	}
}

/// From links alone to trust alone: the tree begins as LFT's of the trusted ones, ends as TFT's, and
/// is another one at most of the steps between. Trust rises and the tree deepens, end to end.
#[test]
fn the_weight_moves_the_tree_from_lft_to_tft() {
	let mut trusts = [0u64; 11];
	let mut rounds = [0u32; 11];
	for seed in 0..30 {
		let nodes = population(200, seed);
		let mut trees = BTreeSet::new();
		for step in 0..=10 {
			let settings = weighted(TRUST_UNIT / 2, step, 10 - step);
			let tree = build(&nodes, settings, Strategy::Scaled, None);
			trusts[step as usize] += u64::from(tree.measures().overall_trust);
			rounds[step as usize] += tree.measures().rounds;
			trees.insert(tree.sequence().to_vec());
			let trusted = |i: &&u32| nodes[**i as usize].trust >= TRUST_UNIT / 2;
			let keys: Vec<(u32, u32)> = tree
				.sequence()
				.iter()
				.filter(trusted)
				.map(|i| (nodes[*i as usize].link, nodes[*i as usize].trust))
				.collect();
			match step {
				0 => assert!(keys.windows(2).all(|pair| pair[0] >= pair[1])),
				10 => assert!(keys.windows(2).all(|pair| pair[0].1 >= pair[1].1)),
				_ => {}
			}
		}
		// While links weigh more than three times as much as trust, nothing moves.
		assert!(trees.len() >= 6, "{} trees", trees.len());
	}
	assert!(trusts.windows(2).all(|pair| pair[0] <= pair[1]), "{trusts:?}");
	assert!(rounds[0] < rounds[10], "{rounds:?}");
}

/// Threshold 0.6, largest link of a trusted node 4: trusts 0.8 and 1 count 0.5 and 1, links 1, 2 and
/// 4 count 0.25, 0.5 and 1. The untrusted node's 100 links do not count.
#[test]
fn by_hand() {
	let nodes = [node(80, 2), node(100, 1), node(60, 4), node(50, 100)];
	// 1.0, 1.25, 1.0: node 0 ties with node 2 and is more trusted.
	let tree = build(&nodes, weighted(60 * PERCENT, 1, 1), Strategy::Scaled, None);
	assert_eq!(tree.sequence(), [1, 0, 2, 3]);
	// 2.0, 1.75, 3.0
	let tree = build(&nodes, weighted(60 * PERCENT, 1, 3), Strategy::Scaled, None);
	assert_eq!(tree.sequence(), [2, 0, 1, 3]);
}

/// Where there is no range, all are alike in it.
#[test]
fn without_a_range_the_other_part_decides() {
	let same = [node(100, 1), node(100, 3), node(100, 2)];
	let tree = build(&same, weighted(TRUST_UNIT, 1, 1), Strategy::Scaled, None);
	assert_eq!(tree.sequence(), [1, 2, 0]);
	let linkless = [node(70, 0), node(90, 0), node(80, 0)];
	let tree = build(&linkless, weighted(50 * PERCENT, 1, 1), Strategy::Scaled, None);
	assert_eq!(tree.sequence(), [1, 2, 0]);
}

/// The order is that of exact fractions, for the largest weights there are.
#[test]
fn exact() {
	let mut random = Random(5);
	for _ in 0..200 {
		let nodes: Vec<Node> = (0..20)
			.map(|_| Node { trust: random.trust(0, TRUST_UNIT + 1), link: random.next() as u32 })
			.collect();
		let settings = weighted(random.trust(0, TRUST_UNIT), random.next(), random.next());
		let tree = build(&nodes, settings, Strategy::Scaled, None);
		let threshold = settings.trust_threshold;
		let trusted = |i: &&u32| nodes[**i as usize].trust >= threshold;
		let sequence: Vec<Node> =
			tree.sequence().iter().filter(trusted).map(|i| nodes[*i as usize]).collect();
		let most = sequence.iter().map(|node| node.link).max().unwrap_or(0).max(1);
		let span = TRUST_UNIT - threshold;
		let score = |node: &Node| {
			settings.weights.trust as f64 * f64::from(node.trust - threshold) / f64::from(span)
				+ settings.weights.link as f64 * f64::from(node.link) / f64::from(most)
		};
		let falls = |pair: &[Node]| score(&pair[0]) >= score(&pair[1]) * (1.0 - 1e-12);
		assert!(sequence.windows(2).all(falls));
	}
}
