//! [`Pallet::report_author_equivocation`](crate::Pallet::report_author_equivocation), and who owned
//! which key.

use crate::{mock::*, Error, Event};
use frame_support::{assert_noop, assert_ok, traits::KeyOwnerProofSystem};
use sp_consensus_aura::AURA_ENGINE_ID;
use sp_consensus_grandpa::KEY_TYPE;
use sp_core::Pair;
use sp_runtime::{traits::Header as _, DigestItem};
use sp_session::MembershipProof;
use sp_staking::offence::{OffenceDetails, OnOffenceHandler};

fn prove(first: Box<Header>, second: Box<Header>) -> sp_runtime::DispatchResult {
	Tree::report_author_equivocation(RuntimeOrigin::signed(Da(77).account()), first, second)
}

/// Two blocks of one slot, sealed by the author whose slot it was.
#[test]
fn two_blocks_of_a_slot_are_an_equivocation() {
	ExtBuilder::default().keyed(5).run(|| {
		let (first, second) = (Da(2).sealed(101, 1), Da(2).sealed(101, 2));
		let anyone = RuntimeOrigin::signed(Da(77).account());
		assert!(Tree::is_free_proof(&anyone, &first, &second));
		assert!(!Tree::is_free_proof(&RuntimeOrigin::none(), &first, &second));
		assert_ok!(prove(first.clone(), second.clone()));
		assert!(events().contains(&Event::Equivocated { account: Da(2).account(), session: 0 }));
		assert_eq!(Da(2).known().equivocated, Some(0));
		assert_eq!(Da(2).known().trust(), 0);
		assert_eq!(pallet_offences::Reports::<Test>::iter().count(), 1);
		// Once is enough: neither the same nor another one adds anything.
		assert_noop!(prove(first.clone(), second.clone()), Error::<Test>::AlreadyProved);
		assert!(!Tree::is_free_proof(&anyone, &first, &second));
		let other = prove(Da(2).sealed(106, 1), Da(2).sealed(106, 2));
		assert_noop!(other, Error::<Test>::AlreadyProved);
		end_session();
		end_session();
		assert_eq!(Voters::get(), accounts([1, 3, 4, 5]));
	});
}

#[test]
fn fails_if_it_proves_nothing() {
	ExtBuilder::default().keyed(5).run(|| {
		let none = |first, second| {
			assert_noop!(prove(first, second), Error::<Test>::NotAnEquivocation);
		};
		let good = || Da(2).sealed(101, 1);
		// The same block, also if it was sealed twice: such signatures differ each time.
		none(good(), good());
		assert_ne!(good().hash(), good().hash());
		none(good(), Da(2).sealed(106, 2));
		// Another's slot; another's seal.
		none(Da(3).sealed(101, 1), Da(3).sealed(101, 2));
		none(good(), Da(3).sealed(101, 2));
		let mut bare = good();
		bare.digest_mut().logs.pop();
		none(bare, Da(2).sealed(101, 2));
		let mut tampered = Da(2).sealed(101, 2);
		tampered.number = 8;
		none(good(), tampered);
		let mut slotless = Da(2).sealed(101, 2);
		slotless.digest_mut().logs.remove(0);
		none(good(), slotless);
		let mut broken = good();
		*broken.digest_mut().logs.last_mut().unwrap() = DigestItem::Seal(AURA_ENGINE_ID, vec![1]);
		none(broken, Da(2).sealed(101, 2));
	});
}

#[test]
fn fails_with_a_header_nobody_could_make() {
	ExtBuilder::default().keyed(5).run(|| {
		let mut long = Da(2).sealed(101, 1);
		long.digest_mut().logs.insert(0, DigestItem::Other(vec![0; 33_000]));
		let refused = prove(long.clone(), Da(2).sealed(101, 2));
		assert_noop!(refused, Error::<Test>::HeaderTooLong);
		let refused = prove(Da(2).sealed(101, 2), long);
		assert_noop!(refused, Error::<Test>::HeaderTooLong);
	});
}

/// A slot is judged by the set and the keys of its time, for 24 sessions, though the order has changed
/// and the offender has left.
#[test]
fn the_keys_of_the_time_count() {
	ExtBuilder::default().keyed(5).run(|| {
		let slot_of_two = slot() + 1;
		assert_eq!(Tree::author_of(slot_of_two), Some(Da(2).account()));
		block_in(slot_of_two);
		assert_ok!(Tree::set_link(RuntimeOrigin::signed(Da(5).account()), 9));
		sessions(3);
		assert_ne!(Tree::author_of(slot_of_two), Some(Da(2).account()));
		let (first, second) = (Da(2).sealed(slot_of_two, 1), Da(2).sealed(slot_of_two, 2));
		frame_support::hypothetically!({
			assert_ok!(prove(first.clone(), second.clone()));
			assert_eq!(Da(2).known().equivocated, Some(0));
		});
		assert_ok!(Tree::leave(RuntimeOrigin::signed(Da(2).account())));
		sessions(3);
		frame_support::hypothetically!({
			// Nobody is marked, but it is on record.
			assert_ok!(prove(first.clone(), second.clone()));
			assert_eq!(pallet_offences::Reports::<Test>::iter().count(), 1);
			assert_noop!(prove(first.clone(), second.clone()), Error::<Test>::AlreadyProved);
		});
		sessions(crate::HISTORY);
		assert_noop!(prove(first, second), Error::<Test>::NotAnEquivocation);
	});
}

/// On another fork the session may have ended a little later: the neighbour's set counts too.
#[test]
fn a_slot_near_a_boundary_is_judged_by_both_sets() {
	ExtBuilder::default().keyed(5).run(|| {
		assert_ok!(Tree::set_link(RuntimeOrigin::signed(Da(5).account()), 9));
		end_session();
		let after = slot() + 1;
		let old = crate::Snapshots::<Test>::get(0).unwrap();
		let by_old = old.author(after).unwrap();
		let by_new = Tree::newest().unwrap().author(after).unwrap();
		assert_ne!(by_old, by_new);
		for place in [by_old, by_new] {
			let da = Da(place as u8 + 1);
			assert_ok!(prove(da.sealed(after, 1), da.sealed(after, 2)));
		}
	});
}

/// GRANDPA's reports come through the offences pallet: whoever it names is marked.
#[test]
fn a_voters_equivocation_marks_it_too() {
	ExtBuilder::default().keyed(5).run(|| {
		let details = [Da(3), Da(66)]
			.map(|da| OffenceDetails { offender: da.account(), reporters: Vec::new() });
		<Tree as OnOffenceHandler<_, _, _>>::on_offence(&details, &[], 0);
		assert_eq!(Da(3).known().equivocated, Some(0));
		assert_eq!(Da(1).known().equivocated, None);
	});
}

/// Who owned a voter's key in a session: from what was frozen, not from what was set since.
#[test]
fn a_key_is_proved_by_the_session() {
	ExtBuilder::default().keyed(5).run(|| {
		let key = || sp_consensus_grandpa::AuthorityId::from(Da(2).voter().public());
		let proof = Tree::prove((KEY_TYPE, key())).unwrap();
		assert_eq!((proof.session, proof.validator_count), (0, 5));
		let new = SessionKeys { grandpa: Da(60).voter().public().into(), ..Da(2).session_keys() };
		pallet_session::NextKeys::<Test>::insert(Da(2).account(), new);
		let owner = |key, proof: &MembershipProof| Tree::check_proof(key, proof.clone());
		assert_eq!(owner((KEY_TYPE, key()), &proof), Some(Da(2).account()));
		sessions(3);
		assert_eq!(owner((KEY_TYPE, key()), &proof), Some(Da(2).account()));
		assert_eq!(Tree::prove((KEY_TYPE, key())), None, "it is no key of the running session");
		assert_eq!(Tree::prove_voter(0, &key()), Some(proof.clone()));
		// Whatever else is said makes no proof.
		let aura = sp_core::crypto::key_types::AURA;
		assert_eq!(owner((aura, key()), &proof), None);
		assert_eq!(Tree::prove((aura, key())), None);
		let other = Da(60).voter().public().into();
		assert_eq!(owner((KEY_TYPE, other), &proof), None);
		for wrong in [
			MembershipProof { session: 99, ..proof.clone() },
			MembershipProof { validator_count: 4, ..proof.clone() },
			MembershipProof { trie_nodes: vec![vec![1]], ..proof.clone() },
		] {
			assert_eq!(owner((KEY_TYPE, key()), &wrong), None);
		}
	});
}
