//! *edge-aware*: overheads looked at on every edge.

use super::{assert_sound, node, nodes, settings};
use crate::random::{self, population, Random, HONEST};
use proptest::{prelude::*, strategy::Strategy as _};
use voltree_wct::{Node, Overheads, Ranking, Settings, Strategy, Tree, TRUST_UNIT};

/// Overheads between random places on a square of this side.
fn distances(n: usize, side: u64, seed: u64) -> Vec<u32> {
	let mut random = Random(seed);
	let places: Vec<(u64, u64)> =
		(0..n).map(|_| (random.below(side), random.below(side))).collect();
	let distance = |a: &(u64, u64), b: &(u64, u64)| {
		(a.0.abs_diff(b.0).pow(2) + a.1.abs_diff(b.1).pow(2)).isqrt() as u32
	};
	places.iter().flat_map(|a| places.iter().map(move |b| distance(a, b))).collect()
}

fn edge_aware(
	nodes: &[Node],
	overheads: Overheads<'_>,
	settings: Settings,
	sending: u32,
	root: Option<u32>,
) -> Tree {
	let ranking = Ranking::new(nodes, Some(overheads), settings, Strategy::EdgeAware);
	ranking.expect("fine").with_sending_time(sending).tree(root).expect("fine")
}

/// Two towns, of the even and of the odd, with 100 between them and 10 within. The block goes
/// across at once and never comes back.
///
/// ```text
///       0
///      / \        0 -> 1 costs 100, the others cost 10 each
///     1   2
///    / \   \
///   3   5   4
/// ```
#[test]
fn the_block_goes_to_another_town_at_once() {
	let nodes = [node(90, 2); 6];
	let town = |i: usize| i % 2;
	let cells: Vec<u32> = (0..36)
		.map(|i| match (i / 6, i % 6) {
			(a, b) if a == b => 0,
			(a, b) if town(a) == town(b) => 10,
			_ => 100,
		})
		.collect();
	let overheads = Overheads::new(6, &cells).expect("it is square");
	let settings = Settings { overhead_threshold: 100, ..random::settings(0) };
	let tree = edge_aware(&nodes, overheads, settings, 0, Some(0));
	assert_eq!(tree.time_to_last(overheads, 0), 110);
	let wct = voltree_wct::tree(&nodes, Some(overheads), settings, Strategy::Wct, Some(0));
	assert_eq!(wct.expect("fine").time_to_last(overheads, 0), 200);
}

/// Sending takes 10: whoever has the longest way to go is served first.
#[test]
fn the_longest_way_first() {
	let nodes = [node(90, 3), node(90, 0), node(90, 0), node(90, 0)];
	#[rustfmt::skip]
	let cells = [
		0, 5, 50, 20,
		9, 0, 9, 9,
		9, 9, 0, 9,
		9, 9, 9, 0,
	];
	let overheads = Overheads::new(4, &cells).expect("it is square");
	let settings = Settings { overhead_threshold: 99, ..random::settings(0) };
	let tree = edge_aware(&nodes, overheads, settings, 10, Some(0));
	assert_eq!(tree.children(0).collect::<Vec<_>>(), [2, 3, 1]);
	// 10 + 50, 20 + 20, 30 + 5
	assert_eq!(tree.time_to_last(overheads, 10), 60);
}

/// 2 is near to 1 alone, who has one link and is near to everybody: 0 must not give it away.
#[test]
fn others_make_room_for_who_has_no_choice() {
	let nodes = [node(90, 2), node(90, 1), node(80, 0), node(85, 0)];
	#[rustfmt::skip]
	let cells = [
		0, 1, 90, 9,
		1, 0, 9, 1,
		90, 9, 0, 90,
		9, 1, 90, 0,
	];
	let overheads = Overheads::new(4, &cells).expect("it is square");
	let settings = Settings { overhead_threshold: 10, ..random::settings(0) };
	let tree = edge_aware(&nodes, overheads, settings, 0, Some(0));
	assert_eq!(tree.over_threshold(), 0);
	assert_eq!((tree.parent(2), tree.parent(3)), (Some(1), Some(0)));
}

/// Nothing is allowed: each takes the least bad edge, and that is told.
#[test]
fn if_everything_is_too_far_the_least_bad_edges_are_counted() {
	let nodes = [node(90, 2), node(80, 1), node(70, 1)];
	let cells = [0, 20, 30, 99, 0, 11, 99, 99, 0];
	let overheads = Overheads::new(3, &cells).expect("it is square");
	let settings = Settings { overhead_threshold: 10, ..random::settings(0) };
	let tree = edge_aware(&nodes, overheads, settings, 0, Some(0));
	assert_eq!(tree.over_threshold(), 2);
	assert_eq!((tree.parent(1), tree.parent(2)), (Some(0), Some(1)));
}

/// An untrusted node forwards rather than that an edge is too far, but nobody trusted is moved
/// behind it without need.
#[test]
fn the_untrusted_forward_only_where_nobody_else_is_near() {
	let nodes = [node(90, 2), node(85, 1), node(10, 3), node(80, 0)];
	#[rustfmt::skip]
	let cells = [
		0, 1, 1, 90,
		1, 0, 1, 90,
		1, 1, 0, 1,
		90, 90, 1, 0,
	];
	let overheads = Overheads::new(4, &cells).expect("it is square");
	let settings = Settings { overhead_threshold: 10, ..random::settings(HONEST) };
	let tree = edge_aware(&nodes, overheads, settings, 0, Some(0));
	assert_eq!((tree.parent(3), tree.over_threshold()), (Some(2), 0));
	assert_ne!(tree.parent(1), Some(2));
}

/// On random maps: always faster than Algorithm 1, usually by far, and without the edges it uses
/// though they are too far.
#[test]
fn faster_than_algorithm_1() {
	for (sending, at_most) in [(0, 60), (5_000, 70), (50_000, 90)] {
		let (mut ours, mut wct, mut far) = (0, 0, 0);
		for seed in 0..30 {
			let nodes = population(50, seed);
			let cells = distances(50, 80_000, seed);
			let overheads = Overheads::new(50, &cells).expect("it is square");
			let settings = Settings { overhead_threshold: 60_000, ..random::settings(HONEST) };
			let root = Some(seed as u32);
			let tree = edge_aware(&nodes, overheads, settings, sending, root);
			let other = voltree_wct::tree(&nodes, Some(overheads), settings, Strategy::Wct, root)
				.expect("fine");
			assert_eq!((tree.over_threshold(), tree.measures().overloaded), (0, 0));
			let times = [&tree, &other].map(|tree| tree.time_to_last(overheads, sending));
			assert!(times[0] < times[1]);
			ours += times[0];
			wct += times[1];
			far += other.over_threshold();
		}
		assert!(ours * 100 <= wct * at_most, "sending {sending}: {ours} {wct}");
		assert!(far > 0);
	}
}

/// Without overheads, or with none anywhere, it is the balanced tree.
#[test]
fn without_overheads_it_is_balanced() {
	for seed in 0..20 {
		let nodes = population(60, seed);
		let settings = random::settings(HONEST);
		let build = |strategy| voltree_wct::tree(&nodes, None, settings, strategy, Some(3));
		assert_eq!(build(Strategy::EdgeAware), build(Strategy::Balanced));
		let cells = vec![0; 3600];
		let overheads = Overheads::new(60, &cells).expect("it is square");
		let tree = edge_aware(&nodes, overheads, settings, 0, Some(3));
		let balanced = build(Strategy::Balanced).expect("fine");
		assert_eq!(tree.measures().overall_trust, balanced.measures().overall_trust);
	}
}

fn is_below(tree: &Tree, mut node: u32, above: u32) -> bool {
	while node != above {
		match tree.parent(node) {
			Some(parent) => node = parent,
			None => return false,
		}
	}
	true
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(1000))]

	/// No edge is too far while for that node there is another one, from somebody who has a link
	/// left. And it is no slower than the balanced tree, unless it saves edges that are too far.
	#[test]
	fn no_edge_is_too_far_while_another_is_not(
		nodes in nodes(1..30),
		settings in settings(),
		seed in any::<u64>(),
		threshold in 0u32..120,
		sending in 0u32..100,
		root in any::<prop::sample::Index>(),
	) {
		let n = nodes.len();
		let cells = distances(n, 100, seed);
		let overheads = Overheads::new(n, &cells).expect("it is square");
		let settings = Settings { overhead_threshold: threshold, ..settings };
		let root = Some(root.index(n) as u32);
		let tree = edge_aware(&nodes, overheads, settings, sending, root);
		assert_sound(&nodes, &tree);
		for i in 0..n as u32 {
			let Some(parent) = tree.parent(i) else { continue };
			if overheads.get(parent, i) <= threshold {
				continue;
			}
			for other in (0..n as u32).filter(|other| !is_below(&tree, *other, i)) {
				let full = tree.children(other).count() >= nodes[other as usize].link as usize;
				prop_assert!(full || overheads.get(other, i) > threshold);
			}
		}
		let balanced = Ranking::new(&nodes, Some(overheads), settings, Strategy::Balanced)
			.and_then(|ranking| ranking.tree(root))
			.expect("fine");
		let rank = |tree: &Tree| {
			let edges = (0..n as u32).filter_map(|i| Some(overheads.get(tree.parent(i)?, i)));
			let far: u32 = edges.filter(|overhead| *overhead > threshold).sum();
			(tree.over_threshold(), far, tree.time_to_last(overheads, sending))
		};
		prop_assert!(rank(&tree) <= rank(&balanced));
	}

	/// Asymmetric overheads of any size.
	#[test]
	fn any_overheads(
		(n, cells) in (1usize..12).prop_flat_map(|n| {
			(Just(n), prop::collection::vec(any::<u32>(), n * n))
		}),
		threshold in any::<u32>(),
		sending in any::<u32>(),
	) {
		let nodes = vec![Node { trust: TRUST_UNIT, link: 2 }; n];
		let overheads = Overheads::new(n, &cells).expect("it is square");
		let settings = Settings { overhead_threshold: threshold, ..random::settings(0) };
		let tree = edge_aware(&nodes, overheads, settings, sending, None);
		assert_sound(&nodes, &tree);
		prop_assert_eq!(tree.measures().overloaded, 0);
	}
}
