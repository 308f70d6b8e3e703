//! The invariants notice when they are broken.

use crate::{mock::*, *};
use frame_support::assert_ok;

/// `spoil` breaks what the sentence says; the damage is undone afterwards.
fn notices(sentence: &'static str, spoil: impl FnOnce()) {
	ExtBuilder::default().founded(&[3; 5]).run(|| {
		sessions(2);
		assert_ok!(Tree::leave(RuntimeOrigin::signed(Da(5).account())));
		assert_ok!(Tree::do_try_state());
		frame_support::hypothetically!({
			spoil();
			assert_eq!(Tree::do_try_state(), Err(sentence.into()));
		});
	});
}

fn change(number: u8, change: impl FnOnce(&mut Aggregator)) {
	Aggregators::<Test>::mutate(Da(number).account(), |one| change(one.as_mut().unwrap()));
}

fn change_newest(change: impl FnOnce(&mut Snapshot<AccountId>)) {
	Snapshots::<Test>::mutate(2, |one| change(one.as_mut().unwrap()));
}

#[test]
fn broken_invariants_are_noticed() {
	notices("the slot duration is out of range", || SlotDuration::<Test>::put(1));
	notices("the rules are out of range", || {
		RulesInForce::<Test>::mutate(|rules| rules.current.threshold = 0);
	});
	notices("an account is in the roster or among the leavers twice", || {
		Roster::<Test>::mutate(|roster| roster.try_push(Da(1).account()).unwrap());
	});
	notices("the roster and the leavers are not the data aggregators", || {
		Aggregators::<Test>::remove(Da(1).account());
	});
	notices("a data aggregator is in no list, or in the wrong one", || {
		change(1, |one| one.leaving = true);
	});
	notices("a part of trust is above one", || change(1, |one| one.forwarding = 1_000_000_001));
	notices("an equivocator is trusted", || change(1, |one| one.equivocated = Some(1)));
	notices("a data aggregator's node key is not known as its", || {
		Nodes::<Test>::insert(Da(1).node_key(), Da(2).account());
	});
	notices("a node key of nobody", || Nodes::<Test>::insert(Da(9).node_key(), Da(1).account()));
	notices("a data aggregator without session keys", || {
		pallet_session::NextKeys::<Test>::remove(Da(1).account());
	});
	notices("the sessions that have a snapshot are out of order", || {
		Starts::<Test>::mutate(|starts| starts[0].0 = 2);
	});
	notices("the snapshots are not those of the sessions that have one", || {
		Snapshots::<Test>::remove(1);
	});
	notices("the running session has no snapshot", || {
		pallet_session::CurrentIndex::<Test>::put(9);
	});
	notices("the members of the newest snapshot are not the active voters", || {
		change_newest(|one| one.members[0] = one.members[1].clone());
	});
	notices("the overheads are not those of the newest snapshot", || {
		Overheads::<Test>::kill();
	});
	notices("the sequence does not have each member once", || {
		change_newest(|one| one.sequence[0] = 1);
	});
	notices("more authors than members", || change_newest(|one| one.authors = 6));
	notices("Aura has another number of authors than the newest snapshot", || {
		change_newest(|one| one.authors = 4);
	});
	notices("turns of nobody", || {
		let turn = Turns::<Test>::get(0).unwrap();
		Turns::<Test>::insert(9, turn);
	});
	notices("a turn is not that of the newest snapshot's author", || {
		Turns::<Test>::mutate(0, |turn| turn.as_mut().unwrap().author = Da(3).account());
	});
}
