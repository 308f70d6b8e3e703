//! From snapshots to trees: pure.

use crate::{
	mock::{end_session, AccountId, Da, ExtBuilder, Test, Tree},
	runtime_api::Frozen,
	tree::ranked,
	Aggregators, Keys, Matrix, Member, NodeKey, PerMember, Place, Rules, Schedule, Snapshot,
	TreeMode,
};
use codec::{Decode, Encode};
use proptest::prelude::*;
use sp_core::{Pair, H256};
use sp_io::hashing::blake2_256;
use std::collections::BTreeSet;
use voltree_wct::{
	plan::{Mode, Plan, EXPLORED},
	Node, TRUST_UNIT,
};

/// What is frozen of members with these trusts and linking numbers.
fn frozen(members: &[(u32, u32)], modes: &[TreeMode]) -> Frozen<AccountId> {
	let modes = Schedule::truncate_from(modes.to_vec());
	let rules = Rules { modes, ..Default::default() };
	let nodes: Vec<_> =
		members.iter().map(|(trust, link)| Node { trust: *trust, link: *link }).collect();
	let (sequence, authors) = ranked(&nodes, &rules);
	let keys =
		Keys { author: Da(1).author().public().into(), voter: Da(1).voter().public().into() };
	let member = |(place, (trust, link)): (usize, &(u32, u32))| Member {
		account: AccountId::new([place as u8; 32]),
		node: Some(NodeKey::from_raw([place as u8; 32])),
		keys: keys.clone(),
		trust: *trust,
		link: *link,
	};
	let members: Vec<_> = members.iter().enumerate().map(member).collect();
	let overheads = Matrix::truncate_from(vec![0; members.len() * members.len()]);
	let members = PerMember::truncate_from(members);
	let snapshot = Snapshot { session: 1, after: 0, rules, members, sequence, authors };
	Frozen { snapshot, overheads, hash: H256::repeat_byte(7) }
}

/// The only tree of a block that travels whole.
fn parents(plan: &Plan, members: u32) -> Vec<Option<u32>> {
	(0..members).map(|node| plan.ways()[0].parent(node)).collect()
}

const MODES: [TreeMode; 4] = [TreeMode::Lft, TreeMode::Tft, TreeMode::Wct, TreeMode::Ours];

/// The trusted ones by score, then the others by trust; more than two thirds take turns.
#[test]
fn the_order_is_that_of_algorithm_1() {
	let order = frozen(
		&[(500_000_000, 9), (900_000_000, 1), (850_000_000, 3), (700_000_000, 9), (950_000_000, 1)],
		&[TreeMode::Ours],
	)
	.snapshot;
	assert_eq!(order.sequence.to_vec(), [2, 4, 1, 3, 0]);
	assert_eq!(order.authors, 4);
	assert_eq!([0, 1, 2, 3, 4, 5].map(|slot| order.author(slot)), [2, 4, 1, 3, 2, 4].map(Some));
}

#[test]
fn nobody_has_no_tree() {
	let empty = frozen(&[], &[TreeMode::Ours]);
	assert_eq!((empty.snapshot.sequence.len(), empty.snapshot.authors), (0, 0));
	assert_eq!(empty.snapshot.author(7), None);
	assert_eq!(empty.plan(0, 7, 100), None);
	let alone = frozen(&[(TRUST_UNIT, 3)], &[TreeMode::Ours]);
	let plan = alone.plan(0, 7, 100).unwrap();
	assert_eq!((plan.ways()[0].sequence(), plan.ways()[0].parent(0)), (&[0][..], None));
	assert_eq!(alone.plan(1, 7, 100), None);
}

/// Block by block another mode, as the schedule says; off is no tree.
#[test]
fn modes_take_turns() {
	use TreeMode::*;
	assert_eq!([Off, Lft, Tft, Wct, Ours].map(Mode::from), Mode::ALL);
	let schedule = [Wct, Off, Ours, Lft, Tft];
	let five = frozen(&[(900_000_000, 2); 5], &schedule);
	let modes = five.basis().modes;
	for number in 0..20 {
		assert_eq!(five.mode(number), schedule[number as usize % 5]);
		assert_eq!(Mode::of_block(&modes, number), five.mode(number).into());
		assert_eq!(five.plan(0, number, 100).is_none(), number % 5 == 1);
	}
	assert_eq!(frozen(&[(900_000_000, 2); 5], &[]).plan(0, 0, 100), None);
}

/// Who has not proved a node key cannot be reached down a tree. So nobody depends on it, and its own
/// blocks travel by the stock sync.
#[test]
fn who_has_no_node_key_forwards_nothing() {
	let mut twelve = frozen(&[(950_000_000, 2); 12], &[TreeMode::Ours]);
	twelve.snapshot.members[5].node = None;
	let mut second = 0;
	for number in 0..64 {
		let plan = twelve.plan(0, number, 1_000_000).unwrap();
		assert!(plan.ways().iter().all(|way| way.children(5).is_empty()));
		second += plan.second_children(5).count();
	}
	assert!(second > 0, "it stands where those stand that are not trusted");
	assert_eq!(twelve.plan(5, 0, 1_000_000), None);
	assert_eq!(twelve.basis().nodes[5].trust, 0);
}

/// Pairings are rotated: in a hundred blocks everybody is a child of nearly everybody else.
#[test]
fn pairings_are_rotated() {
	let twelve = frozen(&[(950_000_000, 2); 12], &[TreeMode::Ours]);
	let mut parents = vec![BTreeSet::new(); 12];
	for number in 0..100 {
		let root = twelve.snapshot.author(number.into()).unwrap();
		let plan = twelve.plan(root, number, 100_000).unwrap();
		for (child, parents) in (0..).zip(&mut parents) {
			parents.extend(plan.parents(child).into_keys());
		}
	}
	// Eleven others; at least as many as can be trimmed at both ends, and one.
	assert!(parents.iter().all(|parents| parents.len() >= 8), "{parents:?}");
	let again = frozen(&[(950_000_000, 2); 12], &[TreeMode::Ours]);
	assert_eq!(twelve.plan(0, 9, 100_000), again.plan(0, 9, 100_000), "the same block");
	let other = Frozen { hash: H256::repeat_byte(8), ..again };
	assert_ne!(twelve.plan(0, 9, 100_000), other.plan(0, 9, 100_000), "another session");
}

/// Somebody who is not trusted serves trusted ones now and then; whoever is trusted serves nobody
/// twice.
#[test]
fn the_untrusted_serve_others_in_turn() {
	let six = frozen(
		&[
			(900_000_000, 2),
			(100_000_000, 2),
			(900_000_000, 2),
			(0, 2),
			(900_000_000, 2),
			(900_000_000, 2),
		],
		&[TreeMode::Ours],
	);
	let mut served = BTreeSet::new();
	let blocks = 40 * EXPLORED as u32;
	for number in 0..blocks {
		let plan = six.plan(0, number, 100_000).unwrap();
		served.extend(plan.second_children(1).map(|(child, _)| child));
		assert!([0, 2, 4, 5].iter().all(|place| plan.second_children(*place).count() == 0));
	}
	assert_eq!(served, BTreeSet::from([2, 4, 5]));
}

/// An edge above the threshold is used only if there is no other; what nobody measured may be used.
#[test]
fn far_edges_are_left_out() {
	let mut four = frozen(&[(900_000_000, 2); 4], &[TreeMode::Wct]);
	// Slow enough for a tree; 0 is far from 3.
	four.snapshot.members[0].link = 1;
	let far = four.snapshot.rules.overhead_threshold + 1;
	assert!(four.basis().overheads.is_empty(), "nothing is measured");
	let near = [(0, 1, 10), (1, 0, 10), (0, 2, 10), (2, 0, 10)];
	for (from, to, overhead) in near.into_iter().chain([(0, 3, far), (3, 0, far)]) {
		four.overheads[from * 4 + to] = overhead;
	}
	let basis = four.basis();
	assert_eq!(basis.overheads[3], u32::from(far) * 100);
	assert_eq!(basis.overheads[2 * 4 + 3], basis.settings.overhead_threshold, "unknown");
	for number in 0..20 {
		let plan = four.plan(0, number, 100_000).unwrap();
		assert_ne!(parents(&plan, 4)[3], Some(0), "block {number}");
	}
}

/// What a node decodes has the hash that it says, and gives the plan that the runtime API answers with.
#[test]
fn nodes_and_runtime_agree() {
	ExtBuilder::default().founded(&[3, 1, 2, 4, 2, 1, 3]).run(|| {
		Aggregators::<Test>::mutate_extant(Da(3).account(), |one| one.forwarding = 500_000_000);
		end_session();
		let bytes = Tree::newest_frozen().unwrap().encode();
		let frozen = Frozen::<AccountId>::decode(&mut &bytes[..]).unwrap();
		let hash = blake2_256(&(&frozen.snapshot, &frozen.overheads).encode());
		assert_eq!(frozen.hash, H256(hash));
		let account = |node: u32| frozen.snapshot.members[node as usize].account.clone();
		let mut second = 0;
		let sizes = [300, 20_000, 200_000, 1_000_000];
		for (number, bytes) in (0u32..32).zip(sizes.into_iter().cycle()) {
			let root = frozen.snapshot.author(number.into()).unwrap();
			let plan = frozen.plan(root, number, bytes).unwrap();
			let said = Tree::tree_of(&account(root.into()), number, bytes).unwrap();
			assert_eq!((said.snapshot, said.mode), (frozen.hash, TreeMode::Ours));
			assert_eq!(said.pieces, plan.trees_of_pieces());
			assert_eq!(said.trees.len(), plan.ways().len());
			for (tree, way) in said.trees.iter().zip(plan.ways()) {
				assert_eq!(tree.len(), 7);
				for (relay, node) in tree.iter().zip(way.sequence()) {
					assert_eq!(relay.account, account(*node));
					assert_eq!(relay.parent, way.parent(*node).map(account));
					let children = way.children(*node).iter().map(|child| account(*child));
					assert_eq!(relay.children, children.collect::<Vec<_>>());
					assert_eq!(relay.due, plan.due(*node));
				}
			}
			let pairs = (0..7).flat_map(|parent| {
				let children = plan.second_children(parent);
				children.map(move |(child, piece)| (parent, child, piece)).collect::<Vec<_>>()
			});
			let pairs =
				pairs.map(|(parent, child, piece)| (account(parent), account(child), piece));
			let says = said.second.into_iter().map(|one| (one.parent, one.child, one.piece));
			let says: Vec<_> = says.collect();
			assert_eq!(says, pairs.collect::<Vec<_>>());
			second += says.len();
		}
		assert!(second > 0);
	});
}

proptest! {
	#![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

	/// Every member is attached exactly once, from any root, in any block, with any mode; more than
	/// two thirds take turns.
	#[test]
	fn trees_are_whole(
		members in prop::collection::vec((0..=TRUST_UNIT, 1u32..=256), 1..40),
		mode in prop::sample::select(&MODES),
		root: prop::sample::Index,
		number: u32,
		bytes: u32,
		overheads in prop::collection::vec(any::<u16>(), 1600),
	) {
		let count = members.len();
		let mut frozen = frozen(&members, &[mode]);
		let root = root.index(count) as Place;
		frozen.overheads = Matrix::truncate_from(overheads[..count * count].to_vec());
		let plan = frozen.plan(root, number, bytes).unwrap();
		for way in plan.ways() {
			prop_assert_eq!(way.sequence()[0], u32::from(root));
			let all: BTreeSet<_> = way.sequence().iter().copied().collect();
			prop_assert_eq!((all.len(), way.sequence().len()), (count, count));
			let mut attached = BTreeSet::from([u32::from(root)]);
			for place in &way.sequence()[1..] {
				let parent = way.parent(*place).unwrap();
				prop_assert!(attached.contains(&parent));
				prop_assert!(way.children(parent).contains(place));
				attached.insert(*place);
			}
		}
		let snapshot = &frozen.snapshot;
		let authors = snapshot.authors as usize;
		prop_assert!(3 * authors > 2 * count && authors <= count);
		let trusted = members.iter().filter(|(trust, _)| *trust >= snapshot.rules.threshold).count();
		prop_assert!(authors >= trusted);
		prop_assert!(snapshot.sequence[..trusted].iter().all(|place| snapshot.trusts(*place)));
	}
}
