//! [`Pallet::admit`](crate::Pallet::admit), [`set_node`](crate::Pallet::set_node) and
//! [`set_link`](crate::Pallet::set_link).

use crate::{mock::*, peer_id, Aggregators, Error, Event, Nodes, Roster, LARGEST_LINK};
use frame_support::{assert_noop, assert_ok};
use sp_core::{ed25519, Pair};
use sp_runtime::DispatchError::BadOrigin;

/// Admission plans a session ahead: the newcomer votes after two changes, and only then does GRANDPA
/// change its set, once.
#[test]
fn a_newcomer_votes_after_two_session_changes() {
	ExtBuilder::default().keyed(4).run(|| {
		Da(5).set_keys();
		assert_ok!(Da(5).admit(2));
		let (account, node) = (Da(5).account(), Da(5).node_key());
		assert_eq!(events(), vec![Event::Admitted { account, node, link: 2 }]);
		assert_eq!(Nodes::<Test>::get(node), Some(Da(5).account()));

		end_session();
		assert_eq!((Voters::get(), Voters::changes()), (accounts(1..=4), 0));
		end_session();
		assert_eq!((Voters::get(), Voters::changes()), (accounts(1..=5), 1));
		sessions(3);
		assert_eq!((Voters::get(), Voters::changes()), (accounts(1..=5), 1));
	});
}

/// On probation it is a leaf. It counts as trusted after two session ends with good reports.
#[test]
fn a_newcomer_begins_on_probation() {
	ExtBuilder::default().founded(&[3, 3, 3, 3, 3, 3]).run(|| {
		Da(7).join();
		end_session();
		end_session();
		let frozen = Tree::newest_frozen().unwrap();
		let snapshot = &frozen.snapshot;
		let place = snapshot.place_of(&Da(7).account()).unwrap();
		assert!(!snapshot.trusts(place));
		assert_eq!(Tree::authors(), accounts(1..=6));
		let mut second = 0;
		for number in 0..100 {
			let root = snapshot.author(number.into()).unwrap();
			let plan = frozen.plan(root, number, 100_000).unwrap();
			let leaf = plan.ways().iter().all(|way| way.children(place.into()).is_empty());
			assert!(leaf, "it is a leaf");
			second += plan.second_children(place.into()).count();
		}
		assert!(second > 0, "it is a second parent");
		end_session();
		assert!(!Tree::authors().contains(&Da(7).account()));
		end_session();
		assert!(events()
			.contains(&Event::Trusted { account: Da(7).account(), trust: Da(7).known().trust() }));
		assert!(Tree::authors().contains(&Da(7).account()));
	});
}

#[test]
fn fails_if_not_the_authority() {
	ExtBuilder::default().keyed(4).run(|| {
		Da(5).set_keys();
		let proof = Da(5).proof_for(Da(5).account());
		for origin in [RuntimeOrigin::none(), RuntimeOrigin::signed(Da(5).account())] {
			assert_noop!(
				Tree::admit(origin, Da(5).account(), Da(5).node_key(), proof, 1),
				BadOrigin
			);
		}
	});
}

#[test]
fn fails_if_admitted() {
	ExtBuilder::default().keyed(4).run(|| {
		assert_noop!(Da(1).admit(1), Error::<Test>::AlreadyAdmitted);
	});
}

/// The node stays known until the vote is gone: nobody can be in the set twice.
#[test]
fn fails_while_it_leaves() {
	ExtBuilder::default().founded(&[1; 5]).run(|| {
		assert_ok!(Tree::leave(RuntimeOrigin::signed(Da(5).account())));
		assert_noop!(Da(5).admit(1), Error::<Test>::StillLeaving);
		end_session();
		end_session();
		assert_ok!(Da(5).admit(1));
	});
}

#[test]
fn fails_without_session_keys() {
	ExtBuilder::default().keyed(4).run(|| {
		assert_noop!(Da(5).admit(1), Error::<Test>::NoKeys);
	});
}

#[test]
fn fails_with_anothers_node() {
	ExtBuilder::default().founded(&[1; 4]).run(|| {
		Da(5).set_keys();
		let proof = Da(1).proof_for(Da(5).account());
		let taken = Tree::admit(RuntimeOrigin::root(), Da(5).account(), Da(1).node_key(), proof, 1);
		assert_noop!(taken, Error::<Test>::NodeTaken);
	});
}

/// The signature is the node's own, and for this account: nobody puts another one's node forward.
#[test]
fn fails_without_the_nodes_signature() {
	ExtBuilder::default().keyed(4).run(|| {
		Da(5).set_keys();
		for proof in [Da(5).proof_for(Da(6).account()), Da(6).proof_for(Da(5).account())] {
			assert_noop!(
				Tree::admit(RuntimeOrigin::root(), Da(5).account(), Da(5).node_key(), proof, 1),
				Error::<Test>::BadNodeSignature
			);
		}
	});
}

/// The bytes that are signed say what for, on which chain, and whose.
#[test]
fn the_message_of_a_node_is_known_byte_by_byte() {
	ExtBuilder::default().keyed(1).run(|| {
		let bytes = codec::Encode::encode(&Tree::node_message(Da(1).account()));
		let genesis = System::block_hash(0);
		let expected = [&b"voltree:node:\0\0\0"[..], genesis.as_bytes(), &[1; 32]].concat();
		assert_eq!(bytes, expected);
	});
}

/// As libp2p writes them.
#[test]
fn a_peer_id_is_the_multihash_of_the_node_key() {
	let key = ed25519::Pair::from_seed(&[7; 32]).public();
	let bytes = peer_id(&key);
	assert_eq!(bytes[..6], [0x00, 0x24, 0x08, 0x01, 0x12, 0x20]);
	assert_eq!(bytes[6..], key.0);
}

#[test]
fn fails_with_a_linking_number_out_of_range() {
	ExtBuilder::default().keyed(4).run(|| {
		Da(5).set_keys();
		for link in [0, LARGEST_LINK + 1] {
			assert_noop!(Da(5).admit(link), Error::<Test>::InvalidLink);
		}
		assert_ok!(Da(5).admit(LARGEST_LINK));
	});
}

#[test]
fn fails_where_there_is_no_room() {
	ExtBuilder::default().keyed(4).run(|| {
		Da(5).set_keys();
		frame_support::hypothetically!({
			let many = (0..crate::MAX_AGGREGATORS).map(|_| Da(1).account()).collect::<Vec<_>>();
			Roster::<Test>::put(crate::PerMember::truncate_from(many));
			assert_noop!(Da(5).admit(1), Error::<Test>::TooManyAggregators);
		});
	});
}

/// What was frozen stays until the session ends.
#[test]
fn another_node_and_link_count_from_the_next_session() {
	ExtBuilder::default().keyed(4).run(|| {
		let (account, node) = (Da(2).account(), Da(2).node_key());
		let origin = || RuntimeOrigin::signed(Da(2).account());
		assert_ok!(Tree::set_node(origin(), node, Da(2).proof_for(account.clone())));
		assert_ok!(Tree::set_link(origin(), 9));
		assert_eq!(
			events(),
			vec![
				Event::NodeChanged { account: account.clone(), node },
				Event::LinkChanged { account, link: 9 }
			]
		);
		assert_eq!(Tree::newest().unwrap().members[1].node, None);
		end_session();
		let member = Tree::newest().unwrap().members[1].clone();
		assert_eq!((member.node, member.link), (Some(node), 9));
		assert_eq!(Tree::authors(), accounts([2, 1, 3, 4]));

		// A node that was replaced is nobody's.
		let other = Da(20).proof_for(Da(2).account());
		assert_ok!(Tree::set_node(origin(), Da(20).node_key(), other));
		assert_eq!(Nodes::<Test>::get(node), None);
	});
}

#[test]
fn set_node_fails_as_admission_does() {
	ExtBuilder::default().founded(&[1; 4]).run(|| {
		let set = |who: u8, node: u8, proof| {
			Tree::set_node(RuntimeOrigin::signed(Da(who).account()), Da(node).node_key(), proof)
		};
		let good = Da(9).proof_for(Da(1).account());
		assert_noop!(set(9, 9, Da(9).proof_for(Da(9).account())), Error::<Test>::NotAdmitted);
		assert_noop!(set(1, 2, Da(2).proof_for(Da(1).account())), Error::<Test>::NodeTaken);
		assert_noop!(set(2, 9, good), Error::<Test>::BadNodeSignature);
		assert_ok!(set(1, 9, good));
	});
}

#[test]
fn set_link_fails_as_admission_does() {
	ExtBuilder::default().keyed(4).run(|| {
		let set = |who: u8, link| Tree::set_link(RuntimeOrigin::signed(Da(who).account()), link);
		assert_noop!(set(9, 1), Error::<Test>::NotAdmitted);
		assert_noop!(set(1, 0), Error::<Test>::InvalidLink);
		assert_eq!(Aggregators::<Test>::get(Da(1).account()).unwrap().link, 3);
	});
}
