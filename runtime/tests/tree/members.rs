//! Admission, leaving, keys.

use super::*;
use frame_support::assert_ok;
use sp_runtime::DispatchError;

const EVE: Da = Da("//Eve");

/// A fifth one: keys, admission by the authority, a vote after two sessions, turns after its probation;
/// then it leaves, and its keys can go. GRANDPA's set changes twice, no more.
#[test]
fn a_data_aggregator_comes_and_goes() {
	common::on("local", |chain| {
		chain.checked_every = 20;
		EVE.set_keys(chain);
		chain.decide(EVE.admission());
		next_session(chain);
		assert!(!votes(EVE));
		assert_eq!(Grandpa::current_set_id(), 0);
		next_session(chain);
		assert!(votes(EVE));
		assert_eq!(Grandpa::current_set_id(), 1);
		assert_eq!(newest().members[4].node, Some(EVE.node_key()));
		assert!(!authors().contains(&EVE.id()), "it is on probation");
		next_session(chain);
		next_session(chain);
		assert!(authors().contains(&EVE.id()));
		assert_eq!(pallet_aura::Authorities::<Runtime>::get().len(), 5);
		assert_eq!(Grandpa::current_set_id(), 1);

		chain.ok(&pair(EVE.0), TreeCall::leave {});
		let refused = chain.send(&pair(EVE.0), TreeCall::purge_keys {});
		assert_eq!(refused, Err(TreeError::KeysInUse.into()));
		next_session(chain);
		assert!(votes(EVE) && !authors().contains(&EVE.id()));
		next_session(chain);
		assert!(!votes(EVE));
		assert_eq!((Grandpa::current_set_id(), EVE.known()), (2, None));
		chain.ok(&pair(EVE.0), TreeCall::purge_keys {});
		assert_eq!(pallet_session::NextKeys::<Runtime>::get(EVE.id()), None);
	});
}

/// The session pallet's own call is closed to everybody, also inside a batch: a voter without keys would
/// be dropped in silence.
#[test]
fn nobody_purges_keys_past_the_tree() {
	common::on("local", |chain| {
		let purge = pallet_session::Call::<Runtime>::purge_keys {};
		let closed: DispatchError = frame_system::Error::<Runtime>::CallFiltered.into();
		assert_eq!(chain.send(&pair("//Bob"), purge.clone()), Err(closed));
		let calls = vec![purge.into()];
		let batch = pallet_utility::Call::<Runtime>::batch_all { calls };
		assert_eq!(chain.send(&pair("//Bob"), batch), Err(closed));
		assert!(pallet_session::NextKeys::<Runtime>::contains_key(Da("//Bob").id()));
	});
}

/// Four stay four, whatever the authority says; on a development network one stays one.
#[test]
fn four_stay_four() {
	common::on("local", |chain| {
		let leave = chain.send(&pair("//Bob"), TreeCall::leave {});
		assert_eq!(leave, Err(TreeError::TooFewLeft.into()));
		let remove = TreeCall::remove { account: Da("//Dave").id() };
		let root = frame_system::RawOrigin::Root.into();
		let refused = common::dispatch(root, remove).map_err(|failed| failed.error);
		assert_eq!(refused.map(|_| ()), Err(TreeError::TooFewLeft.into()));
	});
	common::on("dev", |chain| {
		let leave = chain.send(&pair("//Alice"), TreeCall::leave {});
		assert_eq!(leave, Err(TreeError::TooFewLeft.into()));
	});
}

/// Nobody but the authority admits and removes.
#[test]
fn only_the_authority_decides() {
	common::on("local", |chain| {
		EVE.set_keys(chain);
		for call in [EVE.admission(), TreeCall::remove { account: Da("//Bob").id() }] {
			let refused = chain.send(&pair("//Alice"), call);
			assert_eq!(refused, Err(DispatchError::BadOrigin));
		}
		assert_eq!(EVE.known(), None);
	});
}

/// The block that ends a session was sealed by the old set: its fees go to that author, though the new
/// order has another one at this slot.
#[test]
fn the_last_block_of_a_session_is_the_old_authors() {
	common::on("local", |chain| {
		chain.checked_every = 20;
		chain.ok(&pair("//Dave"), TreeCall::set_link { link: 9 });
		let session = Session::current_index();
		let mut author = None;
		while Session::current_index() == session {
			author = CommunicationTree::author_of(
				u64::from(pallet_aura::CurrentSlot::<Runtime>::get()) + 1,
			);
			chain.next();
		}
		let slot = u64::from(pallet_aura::CurrentSlot::<Runtime>::get());
		assert_eq!(authors()[0], Da("//Dave").id());
		assert_eq!(pallet_authorship::Pallet::<Runtime>::author(), author);
		assert_ne!(CommunicationTree::author_of(slot), author, "the order has changed");
		// Nor does it count as anybody's turn in the new one.
		let turns = pallet_communication_tree::Turns::<Runtime>::iter_values();
		assert_eq!(turns.map(|turn| turn.written + turn.missed).sum::<u32>(), 0);
	});
}

/// A node replaced: its operator proves the new key.
#[test]
fn an_operator_replaces_his_node() {
	common::on("local", |chain| {
		let bob = Da("//Bob");
		let (node, signature) = (bob.node_key(), bob.proof());
		chain.ok(&pair(bob.0), TreeCall::set_node { node, signature });
		assert_eq!(bob.known().and_then(|known| known.node), Some(node));
		let stolen = TreeCall::set_node { node, signature };
		let refused = chain.send(&pair("//Alice"), stolen);
		assert_eq!(refused, Err(TreeError::NodeTaken.into()));
		assert_ok!(CommunicationTree::do_try_state());
	});
}
