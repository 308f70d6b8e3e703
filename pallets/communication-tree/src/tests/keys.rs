//! Session keys: [`Pallet::purge_keys`](crate::Pallet::purge_keys), new keys, and the accounts of
//! author keys.

use crate::{mock::*, Error};
use frame_support::{assert_noop, assert_ok};
use sp_core::Pair;

/// Neither an admitted one nor one that still votes can purge its keys; others can.
#[test]
fn keys_in_use_stay() {
	ExtBuilder::default().founded(&[1; 5]).run(|| {
		let purge = |number: u8| Tree::purge_keys(RuntimeOrigin::signed(Da(number).account()));
		assert_noop!(purge(5), Error::<Test>::KeysInUse);
		assert_ok!(Tree::leave(RuntimeOrigin::signed(Da(5).account())));
		assert_noop!(purge(5), Error::<Test>::KeysInUse);
		end_session();
		assert_noop!(purge(5), Error::<Test>::KeysInUse);
		end_session();
		assert_ok!(purge(5));
		assert_noop!(purge(5), pallet_session::Error::<Test>::NoKeys);
		Da(6).set_keys();
		assert_ok!(purge(6));
	});
}

/// New keys are no new members: the session pallet sees them by itself, and the set changes once.
#[test]
fn new_keys_change_the_set_once() {
	ExtBuilder::default().keyed(4).run(|| {
		let new = SessionKeys { aura: Da(50).author().public().into(), ..Da(2).session_keys() };
		let id = <SessionKeys as sp_runtime::traits::OpaqueKeys>::key_ids();
		pallet_session::NextKeys::<Test>::insert(Da(2).account(), new.clone());
		assert_eq!(id.len(), 2);
		end_session();
		assert_eq!(Voters::changes(), 0);
		assert_ne!(Tree::newest().unwrap().members[1].keys.author, new.aura);
		end_session();
		assert_eq!(Voters::changes(), 1);
		assert_eq!(Tree::newest().unwrap().members[1].keys.author, new.aura);
		assert_eq!(pallet_aura::Authorities::<Test>::get()[1], new.aura);
		sessions(2);
		assert_eq!(Voters::changes(), 1);
	});
}

/// A node signs with its author key: as long as that may report, it is an account that can.
#[test]
fn the_accounts_of_author_keys_exist_as_long_as_they_report() {
	ExtBuilder::default().founded(&[1; 5]).run(|| {
		let signer = sp_runtime::AccountId32::from(Da(5).author().public());
		let sufficients = || System::sufficients(&signer);
		assert_eq!(sufficients(), 1);
		assert_ok!(Tree::leave(RuntimeOrigin::signed(Da(5).account())));
		end_session();
		end_session();
		// It is no voter now, but can still report about the session in which it was.
		assert_eq!((Voters::get().len(), sufficients()), (4, 1));
		end_session();
		assert_eq!(sufficients(), 0);
		assert_ok!(Da(5).admit(1));
		sessions(2);
		assert_eq!(sufficients(), 1);
		sessions(5);
		assert_eq!(sufficients(), 1);
	});
}
