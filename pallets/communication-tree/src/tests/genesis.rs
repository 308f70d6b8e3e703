//! The genesis state.

use crate::{mock::*, Aggregator, Aggregators, Nodes, Roster, Rules, Snapshots, DEFAULT_LINK};

/// Who is named with session keys only becomes a data aggregator all the same.
#[test]
fn those_with_session_keys_are_the_first_data_aggregators() {
	ExtBuilder::default().keyed(5).run(|| {
		assert_eq!(Roster::<Test>::get().into_inner(), accounts(1..=5));
		let first = Aggregator::new(None, DEFAULT_LINK, &Rules::default(), 0);
		assert_eq!(Da(3).known(), first);
		assert_eq!(Voters::get(), accounts(1..=5));
		// Equal in all, so in the order of admission.
		assert_eq!(Tree::sequence(), accounts(1..=5));
		assert_eq!(Tree::authors(), accounts(1..=5));
		assert_eq!(Nodes::<Test>::iter().count(), 0);
	});
}

/// Founders bring nodes and linking numbers; the initial tree follows from them: votes in the order of
/// admission, turns in the order N*, by score.
#[test]
fn founders_begin_in_the_order_of_their_scores() {
	ExtBuilder::default().founded(&[1, 3, 2, 5]).run(|| {
		assert_eq!(Voters::get(), accounts(1..=4));
		assert_eq!(Tree::authors(), accounts([4, 2, 3, 1]));
		let author = |pair: sp_core::sr25519::Pair| sp_core::Pair::public(&pair).into();
		let keys = [4, 2, 3, 1].map(|number| author(Da(number).author()));
		assert_eq!(pallet_aura::Authorities::<Test>::get().into_inner(), keys);
		assert_eq!(Nodes::<Test>::get(Da(2).node_key()), Some(Da(2).account()));
		let plan = Tree::tree_of(&Da(4).account(), 1, 300).unwrap();
		let [tree] = plan.trees.as_slice() else { panic!("a small block travels whole") };
		assert_eq!((tree.len(), plan.pieces), (4, vec![0]));
		assert_eq!(tree[0].account, Da(4).account());
		assert_eq!(tree[0].children.len(), 3);
		assert_eq!(Snapshots::<Test>::get(0).unwrap().after, 0);
	});
}

/// A specification of an operator who has yet to put in the keys.
#[test]
fn nobody_is_possible() {
	ExtBuilder::default().build().execute_with(|| {
		assert_eq!(Tree::do_try_state(), Ok(()));
		assert_eq!(Aggregators::<Test>::iter().count(), 0);
		assert_eq!(Tree::tree_of(&Da(1).account(), 1, 300), None);
		assert_eq!(Tree::author_of(7), None);
	});
}

#[test]
#[should_panic(expected = "choose 200 to 60,000 ms")]
fn a_slot_that_is_too_short_is_refused() {
	ExtBuilder::default().slot(199).build();
}

#[test]
#[should_panic(expected = "1 <= threshold <= prior")]
fn rules_out_of_range_are_refused() {
	ExtBuilder::default().rules(Rules { threshold: 0, ..Default::default() }).build();
}

#[test]
#[should_panic(expected = "without session keys")]
fn founders_need_session_keys() {
	let founders = vec![Da(1).founder(1), Da(2).founder(1), Da(9).founder(1)];
	ExtBuilder::default().keyed(2).founders(founders).build();
}

#[test]
#[should_panic(expected = "names an account twice")]
fn a_founder_is_named_once() {
	let founders = vec![Da(1).founder(1), Da(1).founder(1)];
	ExtBuilder::default().keyed(2).founders(founders).build();
}

#[test]
#[should_panic(expected = "names a node key twice")]
fn a_node_is_one_founders() {
	let twin = crate::Founder { node: Some(Da(1).node_key()), ..Da(2).founder(1) };
	ExtBuilder::default().keyed(2).founders(vec![Da(1).founder(1), twin]).build();
}

#[test]
#[should_panic(expected = "choose 1 to 256")]
fn a_founder_forwards_to_somebody() {
	ExtBuilder::default().keyed(1).founders(vec![Da(1).founder(0)]).build();
}
