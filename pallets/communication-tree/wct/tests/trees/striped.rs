//! *striped*: several trees whose interiors differ.

use super::{assert_sound, node, nodes, settings, PERCENT};
use crate::random::{self, population, HONEST};
use proptest::prelude::*;
use voltree_wct::{
	striped::{stripes, Stripe},
	Error, Node, Strategy, Weights,
};

/// In how many stripes each node forwards.
fn times_inside(nodes: &[Node], stripes: &[Stripe]) -> Vec<usize> {
	let inside = |i: u32| stripes.iter().filter(|s| s.tree.children(i).next().is_some()).count();
	(0..nodes.len() as u32).map(inside).collect()
}

/// Chunks that each node sends, to all its children together.
fn sent(nodes: &[Node], stripes: &[Stripe]) -> Vec<u64> {
	let chunks = |i: u32| {
		let of = |s: &Stripe| s.tree.children(i).count() as u64 * u64::from(s.share);
		stripes.iter().map(of).sum()
	};
	(0..nodes.len() as u32).map(chunks).collect()
}

/// The trees with the links they are measured by: what a stripe's forwarders have in it.
fn assert_trees(nodes: &[Node], stripes: &[Stripe]) {
	for stripe in stripes {
		let tree = &stripe.tree;
		let widened: Vec<Node> = (0u32..)
			.zip(nodes)
			.map(|(i, node)| Node { link: tree.children(i).count() as u32, ..*node })
			.collect();
		assert_eq!(tree.sequence()[0], stripes[0].tree.sequence()[0]);
		let mut parents = tree.parents().to_vec();
		parents.retain(Option::is_some);
		assert_eq!(parents.len(), nodes.len() - 1);
		if tree.measures().overloaded == 0 {
			assert_sound(&widened, tree);
		}
	}
}

/// Root 0 and four who forward to two each: with two stripes each of them carries half the block to
/// four, and is a leaf of the other stripe.
///
/// ```text
///        0                      0
///      /   \                  /   \
///     1     4                2     3
///    /|\ \  |\              /|\ \  |\
///   2 3 5 6 7 8            1 4 5 6 7 8
/// ```
#[test]
fn two_stripes_by_hand() {
	let mut nodes = vec![node(100, 2), node(99, 2), node(98, 2), node(97, 2), node(96, 2)];
	nodes.extend([node(10, 1); 4]);
	let stripes = stripes(&nodes, None, random::settings(HONEST), None, 2, 16).expect("fine");
	let shares: Vec<u32> = stripes.iter().map(|stripe| stripe.share).collect();
	assert_eq!(shares, [8, 8]);
	assert_eq!(stripes[0].tree.sequence()[..3], [0, 1, 3]);
	assert_eq!(stripes[1].tree.sequence()[..3], [0, 2, 4]);
	assert_eq!(times_inside(&nodes, &stripes), [2, 1, 1, 1, 1, 0, 0, 0, 0]);
	for stripe in &stripes {
		assert_eq!(stripe.tree.measures().rounds, 2);
		assert_eq!(stripe.tree.measures().overloaded, 0);
	}
	// Two blocks at most, of 16 chunks.
	assert!(sent(&nodes, &stripes).iter().all(|chunks| *chunks <= 32));
}

/// The higher the scores of its forwarders, the more chunks a stripe carries, as long as links
/// allow that.
#[test]
fn shares_follow_scores() {
	let mut nodes = vec![node(100, 2), node(100, 9), node(80, 9)];
	nodes.extend([node(10, 1); 3]);
	let settings = voltree_wct::Settings {
		weights: Weights { trust: 1, link: 0 },
		..random::settings(HONEST)
	};
	let stripes = stripes(&nodes, None, settings, Some(0), 2, 180).expect("fine");
	let shares: Vec<u32> = stripes.iter().map(|stripe| stripe.share).collect();
	assert_eq!(shares, [100, 80]);
}

/// The trusted have three links for five others: of the untrusted, 5 helps, who is the most trusted
/// of those who can.
#[test]
fn the_best_of_the_untrusted_help() {
	let nodes =
		[(100, 1), (99, 1), (98, 1), (20, 2), (70, 0), (60, 2)].map(|(t, l)| node(t, l)).to_vec();
	let stripes = stripes(&nodes, None, random::settings(HONEST), None, 3, 60).expect("fine");
	assert_eq!(times_inside(&nodes, &stripes), [3, 1, 1, 0, 0, 1]);
}

/// The paper's population: flat trees, nobody forwards twice, nobody sends more than its links
/// allow, but for rounding, and nobody untrusted forwards while the others can carry the tree.
#[test]
fn the_papers_population() {
	for seed in 0..20 {
		for (n, count) in [(50, 4), (50, 16), (1000, 16), (1000, 64)] {
			let nodes = population(n, seed);
			let chunks = 16 * count;
			let stripes =
				stripes(&nodes, None, random::settings(HONEST), None, count, chunks).expect("fine");
			assert_eq!(stripes.len(), count as usize);
			assert_trees(&nodes, &stripes);
			let root = stripes[0].tree.sequence()[0] as usize;
			let inside = times_inside(&nodes, &stripes);
			assert!(inside.iter().enumerate().all(|(i, times)| *times <= 1 || i == root));
			let share = stripes.iter().map(|stripe| stripe.share).max().expect("there are some");
			for (i, sent) in sent(&nodes, &stripes).into_iter().enumerate() {
				let allowed = u64::from(nodes[i].link) * u64::from(chunks);
				// A share is a whole number of chunks, 16 on average.
				let most = allowed * 17 / 16 + 2 * u64::from(share);
				assert!(sent <= most, "{sent} instead of {allowed}");
			}
			let carried: u32 =
				nodes.iter().filter(|node| node.trust >= HONEST).map(|node| node.link).sum();
			let untrusted = (0..n).filter(|i| nodes[*i].trust < HONEST && inside[*i] > 0).count();
			assert_eq!(untrusted > 0, carried < n as u32 - 1);
			let rounds = stripes.iter().map(|stripe| stripe.tree.measures().rounds).max();
			assert!(rounds < Some(5), "{rounds:?}");
		}
	}
}

#[test]
fn one_stripe_is_the_balanced_tree() {
	let nodes = population(50, 3);
	let settings = random::settings(HONEST);
	let balanced = voltree_wct::tree(&nodes, None, settings, Strategy::Balanced, Some(7));
	for (count, chunks) in [(1, 64), (9, 1)] {
		let stripes = stripes(&nodes, None, settings, Some(7), count, chunks).expect("fine");
		assert_eq!(stripes.len(), 1);
		assert_eq!((stripes[0].share, Ok(&stripes[0].tree)), (chunks, balanced.as_ref()));
	}
}

#[test]
fn errors() {
	let nodes = [node(90, 1), node(90, 1)];
	let settings = random::settings(80 * PERCENT);
	for (count, chunks) in [(0, 1), (1, 0)] {
		assert_eq!(stripes(&nodes, None, settings, None, count, chunks), Err(Error::Stripes));
	}
	assert_eq!(stripes(&[], None, settings, None, 1, 1), Err(Error::Empty));
	let error = Error::Root { root: 2, nodes: 2 };
	assert_eq!(stripes(&nodes, None, settings, Some(2), 2, 2), Err(error));
	assert!(Error::Stripes.to_string().ends_with("ask for at least one of each"));
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(1000))]

	/// Whatever the nodes: all chunks, valid trees, nobody forwards twice but the root.
	#[test]
	fn sound(
		nodes in nodes(1..40),
		settings in settings(),
		count in 1u32..12,
		chunks in prop_oneof![1u32..100, 1..=u32::MAX],
		root in prop::option::of(any::<prop::sample::Index>()),
	) {
		let root = root.map(|root| root.index(nodes.len()) as u32);
		let stripes = stripes(&nodes, None, settings, root, count, chunks).expect("fine");
		prop_assert!((1..=count as usize).contains(&stripes.len()));
		prop_assert!(stripes.iter().all(|stripe| stripe.share > 0));
		let shares: u64 = stripes.iter().map(|stripe| u64::from(stripe.share)).sum();
		prop_assert_eq!(shares, u64::from(chunks));
		assert_trees(&nodes, &stripes);
		if stripes.len() > 1 {
			let root = stripes[0].tree.sequence()[0] as usize;
			let inside = times_inside(&nodes, &stripes);
			prop_assert!(inside.iter().enumerate().all(|(i, times)| *times <= 1 || i == root));
		}
	}
}
