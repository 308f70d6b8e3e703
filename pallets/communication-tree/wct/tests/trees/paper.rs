//! LFT, TFT and Algorithm 1: trees worked out by hand, and many against the reference.

use super::{assert_sound, build, inputs, matrix, node, random::settings, PERCENT};
use crate::reference::reference;
use proptest::prelude::*;
use voltree_wct::{tree, Measures, Node, Overheads, Settings, Strategy, Tree, Weights};

fn parents(tree: &Tree) -> Vec<i64> {
	tree.parents().iter().map(|parent| parent.map_or(-1, i64::from)).collect()
}

/// Five trusted nodes and two that are not, trust in percent and link:
///
/// | node | 0 | 1 | 2 | 3 | 4 | 5 | 6 |
/// |---|---|---|---|---|---|---|---|
/// | trust | 70 | 95 | 85 | 90 | 80 | 99 | 10 |
/// | link | 3 | 1 | 2 | 1 | 2 | 1 | 2 |
fn seven() -> Vec<Node> {
	[(70, 3), (95, 1), (85, 2), (90, 1), (80, 2), (99, 1), (10, 2)]
		.map(|(t, l)| node(t, l))
		.to_vec()
}

/// By link: 0 (3), then 2, 4, 6 (2 each, by index), then 1, 3, 5.
///
/// ```text
///          0
///        / | \
///       2  4  6
///      / \ |
///     1  3 5
/// ```
#[test]
fn lft_by_hand() {
	let tree = build(&seven(), settings(80 * PERCENT), Strategy::Lft, None);
	assert_eq!(tree.sequence(), [0, 2, 4, 6, 1, 3, 5]);
	assert_eq!(parents(&tree), [-1, 2, 0, 2, 0, 4, 0]);
	// (3 * 0.70 + 2 * 0.85 + 0.80) / 6
	let overall_trust = 766_666_666;
	assert_eq!(
		tree.measures(),
		Measures { overall_trust, rounds: 2, concurrency: 3, overloaded: 0 }
	);
}

/// By trust: 5, 1, 3, 2, 4, 0, 6.
///
/// ```text
///     5 - 1 - 3 - 2 - 4 - 6
///                  \
///                   0      (2 sends to 4 first, then to 0)
/// ```
#[test]
fn tft_by_hand() {
	let tree = build(&seven(), settings(80 * PERCENT), Strategy::Tft, None);
	assert_eq!(tree.sequence(), [5, 1, 3, 2, 4, 0, 6]);
	assert_eq!(parents(&tree), [2, 5, 3, 1, 2, -1, 4]);
	assert_eq!(tree.children(2).collect::<Vec<_>>(), [4, 0]);
	// (0.99 + 0.95 + 0.90 + 2 * 0.85 + 0.80) / 6
	let overall_trust = 890_000_000;
	assert_eq!(
		tree.measures(),
		Measures { overall_trust, rounds: 5, concurrency: 2, overloaded: 0 }
	);
}

/// The trusted by trust + link: 2 (2.85), 4 (2.80), 5 (1.99), 1 (1.95), 3 (1.90); then 0 and 6, who
/// are not, as they came.
///
/// ```text
///          2
///        /   \
///       4     5
///      / \    |
///     1   3   0
///     |
///     6
/// ```
#[test]
fn wct_by_hand() {
	let tree = build(&seven(), settings(80 * PERCENT), Strategy::Wct, None);
	assert_eq!(tree.sequence(), [2, 4, 5, 1, 3, 0, 6]);
	assert_eq!(parents(&tree), [5, 4, -1, 4, 2, 2, 1]);
	// (2 * 0.85 + 2 * 0.80 + 0.99 + 0.95) / 6
	let overall_trust = 873_333_333;
	assert_eq!(
		tree.measures(),
		Measures { overall_trust, rounds: 3, concurrency: 3, overloaded: 0 }
	);
}

/// A given root goes first, though nobody trusts it; the others keep their order.
#[test]
fn a_given_root_goes_first_in_every_strategy() {
	let expected = [
		(Strategy::Lft, [6, 0, 2, 4, 1, 3, 5]),
		(Strategy::Tft, [6, 5, 1, 3, 2, 4, 0]),
		(Strategy::Wct, [6, 2, 4, 5, 1, 3, 0]),
	];
	for (strategy, sequence) in expected {
		let tree = build(&seven(), settings(80 * PERCENT), strategy, Some(6));
		assert_eq!(tree.sequence(), sequence, "{strategy}");
	}
}

/// From 2, nodes 4 and 1 are too far: at a threshold of 50 the ones at 51 and 90 are, the one at 50
/// is not. They go behind 3, the last near one who is trusted; that 0 is too far from 2 as well, and
/// 1 from everybody else, makes no difference.
///
/// ```text
///        2
///      /   \
///     5     3
///     |     |
///     4     1     (4 sends to 0 and 6)
///    / \
///   0   6
/// ```
#[test]
fn far_ones_go_behind_the_last_near_one_who_is_trusted() {
	let mut cells = [0; 49];
	for (to, overhead) in [(0, 99), (1, 90), (3, 50), (4, 51), (5, 10), (6, 0)] {
		cells[2 * 7 + to] = overhead;
	}
	for from in [0, 3, 4, 5, 6] {
		cells[from * 7 + 1] = 99;
	}
	let overheads = Overheads::new(7, &cells).expect("it is square");
	let settings = Settings { overhead_threshold: 50, ..settings(80 * PERCENT) };
	let tree = tree(&seven(), Some(overheads), settings, Strategy::Wct, None).expect("fine");
	assert_eq!(tree.sequence(), [2, 5, 3, 4, 1, 0, 6]);
	assert_eq!(parents(&tree), [4, 3, -1, 2, 5, 2, 4]);
	// 3 -> 1
	assert_eq!(tree.over_threshold(), 1);
}

/// A node with exactly the threshold is trusted.
#[test]
fn the_threshold_itself_is_trusted() {
	let nodes = [node(79, 3), node(80, 1)];
	let tree = build(&nodes, settings(80 * PERCENT), Strategy::Wct, None);
	assert_eq!(tree.sequence(), [1, 0]);
}

/// If nobody is trusted, the first of the input is the root, and the others stay as they are.
#[test]
fn if_nobody_is_trusted_the_input_is_the_sequence() {
	let nodes = [node(10, 1), node(70, 3), node(20, 2)];
	let tree = build(&nodes, settings(80 * PERCENT), Strategy::Wct, None);
	assert_eq!(tree.sequence(), [0, 1, 2]);
}

/// Equal scores: 0.5 + 2 = 1.5 + 1 cannot be, as trust ends at 1; with weights 2:1 however
/// 2 * 0.5 + 2 = 2 * 1 + 1. The more trusted one goes first, then the one that came first.
#[test]
fn ties_go_to_trust_then_to_the_lower_index() {
	let nodes = [node(50, 2), node(100, 1), node(50, 2), node(100, 1)];
	let weights = Weights { trust: 2, link: 1 };
	let settings = Settings { weights, ..settings(0) };
	let tree = build(&nodes, settings, Strategy::Wct, None);
	assert_eq!(tree.sequence(), [1, 3, 0, 2]);
	let tree = build(&nodes, settings, Strategy::Lft, None);
	assert_eq!(tree.sequence(), [0, 2, 1, 3]);
	let tree = build(&nodes, settings, Strategy::Tft, None);
	assert_eq!(tree.sequence(), [1, 3, 0, 2]);
}

/// Nobody has links: everybody takes one extra child, the earliest first. In the end the root has
/// one, the next has one, and so on: a chain.
#[test]
fn without_links_the_tree_is_a_chain() {
	let nodes = [node(90, 0); 4];
	let tree = build(&nodes, settings(0), Strategy::Wct, None);
	assert_eq!(parents(&tree), [-1, 0, 1, 2]);
	let overall_trust = 90 * PERCENT;
	assert_eq!(
		tree.measures(),
		Measures { overall_trust, rounds: 3, concurrency: 1, overloaded: 3 }
	);
}

/// The root has one link, 1 has none: all links are used when 2 comes, so the root takes it as an
/// extra child, and the walk goes on with the links of 2. When they are used too, the extra child
/// goes to 1: the earliest of those who have none.
///
/// ```text
///       0            trust falls from 0 to 6, weight of links 0
///      / \
///     1   2          2 is extra, so is 5
///     |  / \
///     5 3   4
///     |
///     6              5 has a link
/// ```
#[test]
fn extra_children_go_to_the_earliest_with_the_fewest() {
	let links = [1, 0, 2, 0, 0, 1, 0];
	let nodes: Vec<Node> =
		links.iter().zip(90u32..).map(|(link, i)| node(180 - i, *link)).collect();
	let settings = Settings { weights: Weights { trust: 1, link: 0 }, ..settings(0) };
	let tree = build(&nodes, settings, Strategy::Wct, None);
	assert_eq!(parents(&tree), [-1, 0, 0, 2, 2, 1, 5]);
	// The node that comes last is as deep as 6 is, but in general the deepest one counts.
	assert_eq!(tree.measures().rounds, 3);
	assert_eq!(tree.measures().overloaded, 2);
}

/// The last of the sequence is attached to the root as an extra child, the one before it is deeper:
/// rounds are the depth of the node that is reached last.
#[test]
fn rounds_are_the_depth_of_the_deepest() {
	let nodes = [node(99, 1), node(98, 1), node(97, 0), node(96, 0)];
	let settings = Settings { weights: Weights { trust: 1, link: 0 }, ..settings(0) };
	let tree = build(&nodes, settings, Strategy::Wct, None);
	assert_eq!(parents(&tree), [-1, 0, 1, 0]);
	assert_eq!((tree.measures().rounds, tree.measures().concurrency), (2, 2));
}

#[test]
fn one_node_alone_has_0_of_everything() {
	for strategy in Strategy::ALL {
		let tree = build(&[node(90, 3)], settings(0), strategy, None);
		assert_eq!(tree.sequence(), [0]);
		assert_eq!(tree.measures(), Measures::default());
		assert_eq!(tree.expected_reach(&[node(90, 3)]), 0);
	}
}

/// Links beyond counting are the same as enough of them.
#[test]
fn huge_links_make_a_star() {
	let nodes = [Node { link: u32::MAX, ..node(90, 0) }; 5];
	for strategy in Strategy::ALL {
		let tree = build(&nodes, settings(0), strategy, Some(2));
		let measures =
			Measures { overall_trust: 90 * PERCENT, rounds: 1, concurrency: 4, overloaded: 0 };
		assert_eq!(tree.measures(), measures, "{strategy}");
	}
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(2000))]

	/// Every node, parent and measure as in the reference.
	#[test]
	fn as_the_reference((nodes, cells, settings, root) in inputs()) {
		let rows: Option<Vec<Vec<u32>>> = cells
			.as_ref()
			.map(|cells| cells.chunks(nodes.len()).map(<[u32]>::to_vec).collect());
		for strategy in [Strategy::Lft, Strategy::Tft, Strategy::Wct] {
			let overheads = matrix(nodes.len(), &cells);
			let tree = tree(&nodes, overheads, settings, strategy, root).expect("fine");
			assert_sound(&nodes, &tree);
			let (sequence, parents, measures) =
				reference(&nodes, rows.as_deref(), &settings, strategy, root.map(|r| r as usize));
			prop_assert_eq!(tree.sequence(), sequence);
			prop_assert_eq!(tree.parents(), parents);
			prop_assert_eq!(tree.measures(), measures);
		}
	}
}
