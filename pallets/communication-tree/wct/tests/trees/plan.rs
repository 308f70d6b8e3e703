//! Plans: what travels where, and when it should be there.

use std::collections::BTreeSet;
use voltree_wct::{
	plan::{Mode, Paths, Plan, Task, Terms, EXPLORED, MOST_PIECES},
	Node, Settings, Weights, TRUST_UNIT,
};

/// 20 Mbit/s, 40 ms.
const PATHS: Paths = Paths { latency: 40_000, verification: 5_000, uplink: 2_500_000 };

const SETTINGS: Settings = Settings {
	trust_threshold: 800_000_000,
	overhead_threshold: u32::MAX,
	weights: Weights { trust: 1, link: 1 },
};

/// `trusted` nodes of trust 0.95, then `rest` of 0.5.
fn nodes(trusted: usize, rest: usize) -> Vec<Node> {
	let node = |trust| Node { trust, link: 1 };
	let trusted = std::iter::repeat_n(node(TRUST_UNIT / 20 * 19), trusted);
	trusted.chain(std::iter::repeat_n(node(TRUST_UNIT / 2), rest)).collect()
}

const SNAPSHOT: [u8; 32] = [7; 32];

fn plan(nodes: &[Node], mode: Mode, root: u32, bytes: u64, number: u32) -> Plan {
	let terms = Terms { nodes, overheads: None, settings: SETTINGS, paths: PATHS };
	let task = Task { snapshot: SNAPSHOT, number, root, bytes };
	Plan::new(terms, mode, task).expect("the terms are in order").expect("not off")
}

#[test]
fn off_is_no_plan() {
	let nodes = nodes(4, 0);
	let terms = Terms { nodes: &nodes, overheads: None, settings: SETTINGS, paths: PATHS };
	let task = Task { snapshot: SNAPSHOT, number: 1, root: 0, bytes: 1 };
	assert_eq!(Plan::new(terms, Mode::Off, task), Ok(None));
}

#[test]
fn modes_have_names() {
	for mode in Mode::ALL {
		assert_eq!(mode.to_string().parse(), Ok(mode));
	}
	assert!("gossip".parse::<Mode>().is_err());
}

/// The schedule goes round; without entries nothing travels by a tree.
#[test]
fn modes_take_turns() {
	let schedule = [Mode::Wct, Mode::Ours, Mode::Off];
	let modes = [3, 4, 5, 6, u32::MAX].map(|number| Mode::of_block(&schedule, number));
	assert_eq!(modes, [Mode::Wct, Mode::Ours, Mode::Off, Mode::Wct, Mode::Wct]);
	assert_eq!(Mode::of_block(&[], 7), Mode::Off);
}

/// Snapshot, number and accounting node: another one of any of them, another order.
#[test]
fn pairings_follow_from_the_block_and_its_session() {
	let nodes = nodes(40, 0);
	let terms = Terms { nodes: &nodes, overheads: None, settings: SETTINGS, paths: PATHS };
	let sequence = |snapshot, number, root| {
		let task = Task { snapshot, number, root, bytes: 300 };
		let plan = Plan::new(terms, Mode::Ours, task).unwrap().unwrap();
		plan.ways()[0].sequence().iter().copied().filter(|node| *node > 1).collect::<Vec<_>>()
	};
	let one = sequence(SNAPSHOT, 1, 0);
	assert_eq!(one, sequence(SNAPSHOT, 1, 0));
	assert_ne!(one, sequence(SNAPSHOT, 2, 0));
	assert_ne!(one, sequence(SNAPSHOT, 1, 1));
	assert_ne!(one, sequence([8; 32], 1, 0));
}

/// Whatever the mode, size and root: each piece reaches each node once.
#[test]
fn each_piece_reaches_each_node_once() {
	for (trusted, rest) in [(1, 0), (2, 0), (3, 1), (12, 0), (10, 3), (40, 10)] {
		let nodes = nodes(trusted, rest);
		let count = nodes.len() as u32;
		for mode in [Mode::Lft, Mode::Tft, Mode::Wct, Mode::Ours] {
			for (bytes, root) in [(0, 0), (20_000, count - 1), (200_000, count / 2), (1 << 20, 0)] {
				let plan = plan(&nodes, mode, root, bytes, bytes as u32);
				assert!((1..=MOST_PIECES).contains(&plan.pieces()));
				for piece in 0..plan.pieces() {
					let way = plan.way_of(piece).expect("there is such a piece");
					assert_eq!(way.sequence()[0], root);
					let reached: BTreeSet<u32> = way.sequence().iter().copied().collect();
					assert_eq!(reached.len(), nodes.len());
					let mut children: Vec<u32> =
						(0..count).flat_map(|node| way.children(node).to_vec()).collect();
					children.sort_unstable();
					assert_eq!(children.len() as u32, count - 1);
					for child in children {
						let parent = way.parent(child).expect("only the root has none");
						assert!(way.children(parent).contains(&child));
					}
				}
				assert!(plan.way_of(plan.pieces()).is_none());
				assert_eq!(plan.due(root), 0);
			}
		}
	}
}

/// A node's parents send it all pieces, and nothing comes twice but by second parents.
#[test]
fn parents_send_everything() {
	let nodes = nodes(10, 3);
	for number in 0..64 {
		let plan = plan(&nodes, Mode::Ours, 0, 300_000, number);
		for node in 1..13 {
			let seconds: Vec<u32> =
				(0..13).filter(|p| plan.second_children(*p).any(|(c, _)| c == node)).collect();
			let (mut all, mut twice) = (0u64, 0u64);
			for pieces in plan.parents(node).values() {
				twice |= all & pieces;
				all |= pieces;
			}
			assert_eq!(all, u64::MAX >> (64 - plan.pieces()));
			assert_eq!(twice.count_ones() as usize, seconds.len().min(1));
		}
		assert!(plan.parents(0).is_empty());
	}
}

#[test]
fn small_blocks_go_directly_and_large_ones_in_pieces() {
	let nodes = nodes(12, 0);
	let small = plan(&nodes, Mode::Ours, 3, 300, 1);
	assert_eq!(small.way_of(0).map(|way| way.children(3).len()), Some(11));
	assert!(!small.is_cut());
	let large = plan(&nodes, Mode::Ours, 3, 1_000_000, 1);
	assert!(large.is_cut());
	// d + B / U is 440 ms.
	assert!(large.last() <= 968_000, "{}", large.last());
	let paper = plan(&nodes, Mode::Wct, 3, 1_000_000, 1);
	assert!(large.last() * 10 <= paper.last() * 7, "{} {}", large.last(), paper.last());
}

/// Three nodes, links of 1, 2.5 MB whole down the paper's chain: a second each, and 40 ms; 5 ms of
/// verification between.
#[test]
fn times_are_those_of_sending_one_after_the_other() {
	let plan = plan(&nodes(3, 0), Mode::Wct, 0, 2_500_000, 1);
	assert_eq!([0, 1, 2].map(|node| plan.due(node)), [0, 1_040_000, 2_085_000]);
}

#[test]
fn nobody_below_the_threshold_forwards_if_the_others_can() {
	let nodes = nodes(10, 3);
	for number in 0..50 {
		for bytes in [300, 200_000, 1_000_000] {
			let plan = plan(&nodes, Mode::Ours, 0, bytes, number);
			for way in plan.ways() {
				assert!((10..13).all(|node| way.children(node).is_empty()));
			}
		}
	}
}

/// So that each is rated by many.
#[test]
fn equals_change_places() {
	let nodes = nodes(12, 0);
	let parents: BTreeSet<u32> = (0..50)
		.flat_map(|number| plan(&nodes, Mode::Ours, 0, 1_000_000, number).parents(7).into_keys())
		.collect();
	assert!(parents.len() >= 10, "{parents:?}");
	let paper = |number| plan(&nodes, Mode::Wct, 0, 1_000_000, number);
	assert_eq!(paper(1), paper(2));
}

#[test]
fn who_is_below_the_threshold_is_second_parent_now_and_then() {
	let nodes = nodes(10, 3);
	let blocks = 64 * EXPLORED as u32;
	let mut explored = 0;
	for number in 0..blocks {
		let plan = plan(&nodes, Mode::Ours, 1, 20_000, number);
		let pairs: Vec<(u32, u32)> =
			(0..13).flat_map(|p| plan.second_children(p).map(move |(c, _)| (p, c))).collect();
		assert!(pairs.iter().all(|(parent, child)| *parent >= 10 && *child < 10 && *child != 1));
		assert!(pairs.is_empty() || pairs.len() == 3);
		explored += u64::from(!pairs.is_empty());
	}
	assert!((32..=96).contains(&explored), "{explored}");
}

/// Pinned: all nodes and the runtime must compute the same, release after release of a compiler.
#[test]
fn a_plan_is_the_same_everywhere() {
	let nodes = nodes(6, 2);
	let plan = plan(&nodes, Mode::Ours, 2, 100_000, 77);
	let sequences: Vec<&[u32]> = plan.ways().iter().map(|way| way.sequence()).collect();
	assert_eq!((plan.pieces(), plan.last()), PINNED);
	assert_eq!(sequences[0], PINNED_SEQUENCE);
}

const PINNED: (u32, u64) = (13, 145_001);
const PINNED_SEQUENCE: [u32; 8] = [2, 5, 0, 3, 4, 1, 7, 6];
