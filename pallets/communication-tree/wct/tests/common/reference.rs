//! LFT, TFT and Algorithm 1 once more: slowly, and straight from the rules.

#![allow(clippy::type_complexity, reason = "it is plain this way")]

use voltree_wct::{Measures, Node, Settings, Strategy, TRUST_UNIT};

/// Who comes first: true if `a` does.
fn before(nodes: &[Node], settings: &Settings, strategy: Strategy, a: usize, b: usize) -> bool {
	let (left, right) = (nodes[a], nodes[b]);
	let score = |node: Node| {
		settings.weights.trust as u128 * node.trust as u128
			+ settings.weights.link as u128 * node.link as u128 * TRUST_UNIT as u128
	};
	match strategy {
		Strategy::Lft if left.link != right.link => left.link > right.link,
		Strategy::Lft => a < b,
		Strategy::Tft if left.trust != right.trust => left.trust > right.trust,
		Strategy::Tft => a < b,
		_ if score(left) != score(right) => score(left) > score(right),
		_ if left.trust != right.trust => left.trust > right.trust,
		_ => a < b,
	}
}

/// Takes the best out of `rest` until nothing is left.
fn ranked(
	nodes: &[Node],
	settings: &Settings,
	strategy: Strategy,
	mut rest: Vec<usize>,
) -> Vec<usize> {
	let mut ranked = Vec::new();
	while !rest.is_empty() {
		let mut best = 0;
		for i in 1..rest.len() {
			if before(nodes, settings, strategy, rest[i], rest[best]) {
				best = i;
			}
		}
		ranked.push(rest.remove(best));
	}
	ranked
}

/// Sequence, parents by node and measures.
pub fn reference(
	nodes: &[Node],
	overheads: Option<&[Vec<u32>]>,
	settings: &Settings,
	strategy: Strategy,
	root: Option<usize>,
) -> (Vec<u32>, Vec<Option<u32>>, Measures) {
	let all: Vec<usize> = (0..nodes.len()).collect();
	let (trusted, untrusted): (Vec<usize>, Vec<usize>) = match strategy {
		Strategy::Lft | Strategy::Tft => (all, Vec::new()),
		_ => all.into_iter().partition(|i| nodes[*i].trust >= settings.trust_threshold),
	};
	let trusted = ranked(nodes, settings, strategy, trusted);
	let order: Vec<usize> = trusted.iter().chain(&untrusted).copied().collect();
	let root = root.unwrap_or(order[0]);
	let too_far = |i: usize| match (overheads, strategy) {
		(None, _) | (_, Strategy::Lft | Strategy::Tft) => false,
		(Some(overheads), _) => overheads[root][i] > settings.overhead_threshold,
	};
	let mut sequence = vec![root];
	sequence.extend(trusted.iter().copied().filter(|i| *i != root && !too_far(*i)));
	sequence.extend(trusted.iter().copied().filter(|i| *i != root && too_far(*i)));
	sequence.extend(untrusted.iter().copied().filter(|i| *i != root));

	let mut parents: Vec<Option<u32>> = vec![None; nodes.len()];
	let mut children = vec![0u32; nodes.len()];
	let mut depths = vec![0u32; nodes.len()];
	for next in 1..sequence.len() {
		let attached = &sequence[..next];
		let free = attached.iter().copied().find(|i| children[*i] < nodes[*i].link);
		let extra = |i: usize| children[i].saturating_sub(nodes[i].link);
		let least = attached.iter().map(|i| extra(*i)).min();
		let parent = free
			.or_else(|| attached.iter().copied().find(|i| Some(extra(*i)) == least))
			.expect("the root is attached");
		parents[sequence[next]] = Some(parent as u32);
		children[parent] += 1;
		depths[sequence[next]] = depths[parent] + 1;
	}

	let forwards = |depth: u32| -> u32 {
		(0..nodes.len()).filter(|i| depths[*i] == depth).map(|i| children[i]).sum()
	};
	let rounds = depths.iter().copied().max().unwrap_or(0);
	let trust: u128 = (0..nodes.len()).map(|i| children[i] as u128 * nodes[i].trust as u128).sum();
	let measures = Measures {
		overall_trust: if nodes.len() == 1 { 0 } else { trust / (nodes.len() as u128 - 1) } as u32,
		rounds,
		concurrency: (0..=rounds).map(forwards).max().unwrap_or(0),
		overloaded: (0..nodes.len()).map(|i| children[i].saturating_sub(nodes[i].link)).sum(),
	};
	(sequence.into_iter().map(|i| i as u32).collect(), parents, measures)
}
