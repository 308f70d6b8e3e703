//! Against all trees there are, where these are few.

use super::build;
use crate::random::{self, Random};
use voltree_wct::{Measures, Node, Overheads, Ranking, Settings, Strategy, Weights, TRUST_UNIT};

/// The parents of all trees over `n` nodes with this root: Prüfer's codes, one after the other.
fn for_each_tree(n: usize, root: usize, mut look: impl FnMut(&[usize])) {
	let mut code = vec![0; n - 2];
	loop {
		let mut degrees = vec![1; n];
		code.iter().for_each(|i: &usize| degrees[*i] += 1);
		let mut edges = vec![Vec::new(); n];
		for &i in &code {
			let leaf = (0..n).find(|leaf| degrees[*leaf] == 1).expect("a tree has a leaf");
			edges[leaf].push(i);
			edges[i].push(leaf);
			degrees[leaf] -= 1;
			degrees[i] -= 1;
		}
		let ends: Vec<usize> = (0..n).filter(|i| degrees[*i] == 1).collect();
		edges[ends[0]].push(ends[1]);
		edges[ends[1]].push(ends[0]);
		let mut parents = vec![n; n];
		let mut next = vec![root];
		while let Some(i) = next.pop() {
			let above = parents[i];
			for &child in edges[i].iter().filter(|child| **child != above) {
				parents[child] = i;
				next.push(child);
			}
		}
		look(&parents);
		let Some(i) = code.iter().position(|i| *i + 1 < n) else { return };
		code[i] += 1;
		code[..i].fill(0);
	}
}

fn counts(parents: &[usize]) -> Vec<u32> {
	let mut counts = vec![0; parents.len()];
	parents.iter().for_each(|i| {
		if let Some(count) = counts.get_mut(*i) {
			*count += 1;
		}
	});
	counts
}

fn measures(nodes: &[Node], parents: &[usize]) -> Measures {
	let n = nodes.len();
	let counts = counts(parents);
	let mut widths = vec![0; n + 1];
	for node in 0..n {
		let (mut i, mut depth) = (node, 0);
		while parents[i] < n {
			i = parents[i];
			depth += 1;
		}
		widths[depth] += 1;
	}
	let trust: u64 =
		nodes.iter().zip(&counts).map(|(n, count)| u64::from(n.trust) * u64::from(*count)).sum();
	Measures {
		overall_trust: (trust / (n as u64 - 1)) as u32,
		rounds: (1..n).rev().find(|depth| widths[*depth] > 0).unwrap_or(0) as u32,
		concurrency: widths[1..].iter().copied().max().unwrap_or(0),
		overloaded: counts.iter().zip(nodes).map(|(c, node)| c.saturating_sub(node.link)).sum(),
	}
}

#[test]
fn all_trees_are_looked_at() {
	let mut trees = std::collections::BTreeSet::new();
	for_each_tree(5, 1, |parents| assert!(trees.insert(parents.to_vec())));
	// Cayley: n^(n - 2)
	assert_eq!(trees.len(), 125);
}

/// The bound that [`Strategy::Balanced`]'s proof rests on: a tree of `n` nodes of whom `k` forward
/// has no more than `n - k` forwards out of one depth.
#[test]
fn who_forwards_is_not_reached_at_the_widest() {
	let nodes = [Node { trust: 0, link: 9 }; 7];
	for_each_tree(7, 3, |parents| {
		let forwarders = counts(parents).into_iter().filter(|count| *count > 0).count();
		assert!(measures(&nodes, parents).concurrency as usize <= 7 - forwarders);
	});
}

/// Among all trees that are as fast and as wide as Algorithm 1's, ours is nearly always the most
/// trusted, and what is missing of the gain is little.
#[test]
fn balanced_is_close_to_the_best_there_is() {
	let mut random = Random(11);
	let (mut cases, mut best_found, mut gain, mut possible) = (0, 0, 0, 0);
	while cases < 300 {
		let n = 4 + random.below(4) as usize;
		let nodes: Vec<Node> = (0..n)
			.map(|_| Node { trust: random.trust(0, TRUST_UNIT), link: random.below(5) as u32 })
			.collect();
		let root = random.below(n as u64) as u32;
		let weights = Weights { trust: 1 + random.below(6), link: 1 + random.below(2) };
		let trust_threshold = TRUST_UNIT / 4 * random.below(3) as u32;
		let settings = Settings { weights, ..random::settings(trust_threshold) };
		let wct = build(&nodes, settings, Strategy::Wct, Some(root)).measures();
		let ours = build(&nodes, settings, Strategy::Balanced, Some(root)).measures();
		let trusted = |i: usize| i == root as usize || nodes[i].trust >= trust_threshold;
		let carry =
			(0..n).filter(|i| trusted(*i)).map(|i| nodes[i].link).sum::<u32>() >= n as u32 - 1;
		if wct.overloaded > 0 {
			continue;
		}
		cases += 1;
		let mut best = wct.overall_trust;
		for_each_tree(n, root as usize, |parents| {
			let counts = counts(parents);
			// The rule: nobody untrusted forwards while the trusted can carry the tree, and if they
			// cannot, all their links are used. The root forwards in any case.
			let allowed = |i: usize| match (trusted(i), carry) {
				_ if i == root as usize => true,
				(true, true) => true,
				(true, false) => counts[i] == nodes[i].link,
				(false, carry) => !carry || counts[i] == 0,
			};
			let is = measures(&nodes, parents);
			if is.overloaded == 0
				&& is.rounds <= wct.rounds
				&& is.concurrency >= wct.concurrency
				&& (0..n).all(allowed)
			{
				best = best.max(is.overall_trust);
			}
		});
		assert!(best >= ours.overall_trust, "{nodes:?} {settings:?} {root}");
		best_found += u32::from(best == ours.overall_trust);
		gain += u64::from(ours.overall_trust - wct.overall_trust);
		possible += u64::from(best - wct.overall_trust);
	}
	assert!(best_found >= 290, "best in {best_found} of {cases}");
	assert!(gain * 100 >= possible * 98, "{gain} of {possible}");
}

/// Among all trees without an edge that is too far and with links respected, the edge-aware one is
/// little slower than the fastest.
#[test]
fn edge_aware_is_close_to_the_fastest_there_is() {
	let mut random = Random(12);
	let (mut cases, mut fastest_found, mut time, mut least) = (0, 0, 0, 0);
	while cases < 200 {
		let n = 4 + random.below(4) as usize;
		let nodes: Vec<Node> =
			(0..n).map(|_| Node { trust: TRUST_UNIT, link: 1 + random.below(3) as u32 }).collect();
		let places: Vec<(u32, u32)> =
			(0..n).map(|_| (random.trust(0, 1000), random.trust(0, 1000))).collect();
		let cells: Vec<u32> = places
			.iter()
			.flat_map(|a| places.iter().map(|b| a.0.abs_diff(b.0) + a.1.abs_diff(b.1)))
			.collect();
		let overheads = Overheads::new(n, &cells).expect("it is square");
		let settings = Settings { overhead_threshold: 700, ..random::settings(0) };
		let sending = random.trust(0, 400);
		let ranking = Ranking::new(&nodes, Some(overheads), settings, Strategy::EdgeAware)
			.expect("fine")
			.with_sending_time(sending);
		let root = random.below(n as u64) as u32;
		let tree = ranking.tree(Some(root)).expect("fine");
		let ours = tree.time_to_last(overheads, sending);
		let mut best = u64::MAX;
		for_each_tree(n, root as usize, |parents| {
			if measures(&nodes, parents).overloaded > 0 {
				return;
			}
			let edges = (0..n).filter(|i| parents[*i] < n);
			if edges.into_iter().all(|i| overheads.get(parents[i] as u32, i as u32) <= 700) {
				best = best.min(time_to_last(root as usize, parents, overheads, sending));
			}
		});
		if best == u64::MAX {
			// Nothing respects the threshold: then ours does not either.
			assert!(tree.over_threshold() > 0);
			continue;
		}
		cases += 1;
		// Where something does, ours does too.
		assert_eq!((tree.over_threshold(), tree.measures().overloaded), (0, 0));
		assert!(ours >= best);
		fastest_found += u32::from(ours == best);
		time += ours;
		least += best;
	}
	assert!(fastest_found >= 120, "fastest in {fastest_found} of {cases}");
	assert!(time * 100 <= least * 106, "{time} instead of {least}");
}

/// When everybody below `node` has received, in the best order of sending.
fn time_to_last(node: usize, parents: &[usize], overheads: Overheads<'_>, sending: u32) -> u64 {
	let mut times: Vec<u64> = (0..parents.len())
		.filter(|child| parents[*child] == node)
		.map(|child| {
			u64::from(overheads.get(node as u32, child as u32))
				+ time_to_last(child, parents, overheads, sending)
		})
		.collect();
	times.sort_unstable_by(|a, b| b.cmp(a));
	(1..).zip(times).map(|(turn, time)| turn * u64::from(sending) + time).max().unwrap_or(0)
}
