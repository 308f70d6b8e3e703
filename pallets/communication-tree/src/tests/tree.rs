//! From snapshots to trees: pure.

use crate::{
	mock::{AccountId, Da},
	tree::{ranked, TIER},
	Keys, Member, PerMember, Place, Rules, Snapshot, TreeStrategy,
};
use proptest::prelude::*;
use sp_core::Pair;
use std::collections::BTreeSet;
use voltree_wct::{Node, TRUST_UNIT};

/// A snapshot of members with these trusts and linking numbers.
pub fn snapshot(members: &[(u32, u32)], strategy: TreeStrategy) -> Snapshot<AccountId> {
	let rules = Rules { strategy, ..Default::default() };
	let nodes: Vec<_> =
		members.iter().map(|(trust, link)| Node { trust: *trust, link: *link }).collect();
	let (sequence, authors) = ranked(&nodes, &rules);
	let keys =
		Keys { author: Da(1).author().public().into(), voter: Da(1).voter().public().into() };
	let member = |(place, (trust, link)): (usize, &(u32, u32))| Member {
		account: AccountId::new([place as u8; 32]),
		node: None,
		keys: keys.clone(),
		trust: *trust,
		link: *link,
	};
	let members = members.iter().enumerate().map(member).collect();
	let members = PerMember::truncate_from(members);
	Snapshot { session: 1, after: 0, rules, members, sequence, authors }
}

const STRATEGIES: [TreeStrategy; 6] = [
	TreeStrategy::Lft,
	TreeStrategy::Tft,
	TreeStrategy::Wct,
	TreeStrategy::Scaled,
	TreeStrategy::Balanced,
	TreeStrategy::EdgeAware,
];

/// The trusted ones by score, then the others by trust; more than two thirds take turns.
#[test]
fn the_order_is_that_of_algorithm_1() {
	let order = snapshot(
		&[(500_000_000, 9), (900_000_000, 1), (850_000_000, 3), (700_000_000, 9), (950_000_000, 1)],
		TreeStrategy::EdgeAware,
	);
	assert_eq!(order.sequence.to_vec(), [2, 4, 1, 3, 0]);
	assert_eq!(order.authors, 4);
	assert_eq!([0, 1, 2, 3, 4, 5].map(|slot| order.author(slot)), [2, 4, 1, 3, 2, 4].map(Some));
}

#[test]
fn nobody_has_no_tree() {
	let empty = snapshot(&[], TreeStrategy::EdgeAware);
	assert_eq!((empty.sequence.len(), empty.authors), (0, 0));
	assert_eq!(empty.author(7), None);
	assert_eq!(empty.tree(&[], 0, 7), None);
	assert_eq!(empty.second_child(0, 7), None);
	let alone = snapshot(&[(TRUST_UNIT, 3)], TreeStrategy::EdgeAware);
	let tree = alone.tree(&[], 0, 7).unwrap();
	assert_eq!((tree.sequence, tree.parents), (vec![0], vec![None]));
	assert_eq!(alone.tree(&[], 1, 7), None);
}

/// Pairings are rotated: in a hundred blocks everybody is a child of nearly everybody else, and the
/// place of one slot says nothing about the next.
#[test]
fn pairings_are_rotated() {
	let twelve = snapshot(&[(950_000_000, 2); 12], TreeStrategy::EdgeAware);
	let mut parents = vec![BTreeSet::new(); 12];
	for slot in 0..100 {
		let tree = twelve.tree(&[], twelve.author(slot).unwrap(), slot).unwrap();
		for (child, parent) in tree.parents.iter().enumerate() {
			parents[child].extend(*parent);
		}
	}
	// Eleven others; at least as many as can be trimmed at both ends, and one.
	assert!(parents.iter().all(|parents| parents.len() >= 8), "{parents:?}");
	let one = twelve.tree(&[], 0, 0).unwrap();
	assert_eq!(Some(one), twelve.tree(&[], 0, 0), "the same slot, the same tree");
}

/// Trust within a twentieth makes no difference in a tree, but the threshold does.
#[test]
fn only_likes_change_places() {
	let mixed = snapshot(
		&[(990_000_000, 3), (960_000_000, 3), (960_000_000, 1), (790_000_000, 3), (810_000_000, 3)],
		TreeStrategy::Wct,
	);
	let mut second = BTreeSet::new();
	for slot in 0..40 {
		let tree = mixed.tree(&[], 2, slot).unwrap();
		assert_eq!(tree.sequence[0], 2);
		assert_eq!(tree.sequence[3..], [4, 3], "who is trusted less comes later");
		second.insert(tree.sequence[1]);
	}
	assert_eq!(second, BTreeSet::from([0, 1]), "these two are alike: {TIER}");
}

/// Somebody who is not trusted serves each of the others in turn; whoever is trusted, nobody.
#[test]
fn the_untrusted_serve_everybody_in_turn() {
	let five = snapshot(
		&[(900_000_000, 2), (100_000_000, 2), (900_000_000, 2), (0, 2), (900_000_000, 2)],
		TreeStrategy::EdgeAware,
	);
	for slot in [0, 4, 1_000] {
		let served: BTreeSet<_> =
			(slot..slot + 4).map(|slot| five.second_child(1, slot).unwrap()).collect();
		assert_eq!(served, BTreeSet::from([0, 2, 3, 4]));
	}
	assert_eq!(five.second_child(0, 3), None);
	assert_eq!(five.second_child(9, 3), None);
}

/// An edge above the threshold is used only if there is no other; what nobody measured may be used.
#[test]
fn far_edges_are_left_out() {
	let four = snapshot(&[(900_000_000, 2); 4], TreeStrategy::EdgeAware);
	let far = four.rules.overhead_threshold + 1;
	// 0 is far from 3, near to 1; nothing else is known.
	let mut overheads = vec![0; 16];
	for (from, to, overhead) in [(0, 3, far), (3, 0, far), (0, 1, 10), (1, 0, 10)] {
		overheads[from * 4 + to] = overhead;
	}
	for slot in 0..20 {
		let tree = four.tree(&overheads, 0, slot).unwrap();
		assert_ne!(tree.parents[3], Some(0), "slot {slot}");
		assert_eq!(tree.parents[1], Some(0), "slot {slot}");
	}
}

proptest! {
	#![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

	/// Every member is attached exactly once, from any root, in any slot, with any strategy; children
	/// and parents agree; more than two thirds take turns.
	#[test]
	fn trees_are_whole(
		members in prop::collection::vec((0..=TRUST_UNIT, 1u32..=256), 1..40),
		strategy in 0usize..6,
		root: prop::sample::Index,
		slot: u64,
		overheads in prop::collection::vec(any::<u16>(), 0..1600),
	) {
		let count = members.len();
		let snapshot = snapshot(&members, STRATEGIES[strategy]);
		let root = root.index(count) as Place;
		let overheads = overheads.get(..count * count).unwrap_or_default();
		let tree = snapshot.tree(overheads, root, slot).unwrap();
		prop_assert_eq!(tree.sequence[0], root);
		let all: BTreeSet<_> = tree.sequence.iter().copied().collect();
		prop_assert_eq!((all.len(), tree.sequence.len()), (count, count));
		let mut attached = BTreeSet::from([root]);
		for place in &tree.sequence[1..] {
			let parent = tree.parents[usize::from(*place)].unwrap();
			prop_assert!(attached.contains(&parent));
			prop_assert!(tree.children[usize::from(parent)].contains(place));
			attached.insert(*place);
		}
		let children: usize = tree.children.iter().map(Vec::len).sum();
		prop_assert_eq!(children, count - 1);
		let authors = snapshot.authors as usize;
		prop_assert!(3 * authors > 2 * count && authors <= count);
		let trusted = members.iter().filter(|(trust, _)| *trust >= snapshot.rules.threshold).count();
		prop_assert!(authors >= trusted);
		prop_assert!(snapshot.sequence[..trusted].iter().all(|place| snapshot.trusts(*place)));
	}
}
