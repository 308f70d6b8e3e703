//! [`Pallet::leave`](crate::Pallet::leave) and [`remove`](crate::Pallet::remove).

use crate::{mock::*, Aggregators, Error, Event, Leavers, Nodes, Roster};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::DispatchError::BadOrigin;

/// A leaver is out of the roster at once, out of the turns with the session, out of the vote after two
/// session changes; then it is forgotten.
#[test]
fn a_leaver_votes_until_two_sessions_have_changed() {
	ExtBuilder::default().founded(&[3; 6]).run(|| {
		assert_ok!(Tree::leave(RuntimeOrigin::signed(Da(2).account())));
		assert_eq!(events(), vec![Event::Leaving { account: Da(2).account(), removed: false }]);
		assert_eq!(Roster::<Test>::get().into_inner(), accounts([1, 3, 4, 5, 6]));
		assert!(Da(2).known().leaving);
		assert_eq!(Tree::authors(), accounts(1..=6));

		end_session();
		assert_eq!(Tree::authors(), accounts([1, 3, 4, 5, 6]));
		assert_eq!(Voters::get(), accounts(1..=6));
		end_session();
		assert_eq!(Voters::get(), accounts([1, 3, 4, 5, 6]));
		assert_eq!(Voters::changes(), 1);
		assert!(events().contains(&Event::Left { account: Da(2).account() }));
		assert_eq!(Aggregators::<Test>::get(Da(2).account()), None);
		assert_eq!(Nodes::<Test>::get(Da(2).node_key()), None);
		assert_eq!(Leavers::<Test>::get().len(), 0);
	});
}

#[test]
fn the_authority_removes() {
	ExtBuilder::default().keyed(5).run(|| {
		for origin in [RuntimeOrigin::none(), RuntimeOrigin::signed(Da(2).account())] {
			assert_noop!(Tree::remove(origin, Da(2).account()), BadOrigin);
		}
		assert_ok!(Tree::remove(RuntimeOrigin::root(), Da(2).account()));
		assert_eq!(events(), vec![Event::Leaving { account: Da(2).account(), removed: true }]);
		assert_noop!(
			Tree::remove(RuntimeOrigin::root(), Da(2).account()),
			Error::<Test>::NotAdmitted
		);
		end_session();
		end_session();
		assert_eq!(Voters::get(), accounts([1, 3, 4, 5]));
	});
}

/// Who was never active leaves no trace.
#[test]
fn one_who_never_voted_is_gone_at_once() {
	ExtBuilder::default().keyed(4).run(|| {
		Da(5).join();
		block_in(200);
		assert_ok!(Tree::leave(RuntimeOrigin::signed(Da(5).account())));
		let account = Da(5).account();
		assert_eq!(
			events(),
			vec![
				Event::Leaving { account: account.clone(), removed: false },
				Event::Left { account: account.clone() }
			]
		);
		assert_eq!(Aggregators::<Test>::get(account), None);
		// One that is planned, not active yet, waits like the others.
		Da(6).join();
		end_session();
		assert_ok!(Tree::leave(RuntimeOrigin::signed(Da(6).account())));
		assert!(Da(6).known().leaving);
		end_session();
		assert_eq!(Voters::get(), accounts([1, 2, 3, 4, 6]));
		end_session();
		assert_eq!(Voters::get(), accounts(1..=4));
	});
}

/// With four none may go; a development network has fewer and keeps them.
#[test]
fn fails_if_fewer_than_four_would_be_left() {
	for count in 1..=4 {
		ExtBuilder::default().keyed(count).run(|| {
			let leave = Tree::leave(RuntimeOrigin::signed(Da(1).account()));
			assert_noop!(leave, Error::<Test>::TooFewLeft);
			let remove = Tree::remove(RuntimeOrigin::root(), Da(1).account());
			assert_noop!(remove, Error::<Test>::TooFewLeft);
		});
	}
}

/// All at once is not possible either: the roster counts, not the voters, who lag behind.
#[test]
fn many_leavers_leave_four() {
	ExtBuilder::default().keyed(7).run(|| {
		for number in 1..=3 {
			assert_ok!(Tree::leave(RuntimeOrigin::signed(Da(number).account())));
		}
		let fourth = Tree::leave(RuntimeOrigin::signed(Da(4).account()));
		assert_noop!(fourth, Error::<Test>::TooFewLeft);
		end_session();
		end_session();
		assert_eq!(Voters::get(), accounts(4..=7));
	});
}

#[test]
fn fails_if_not_admitted() {
	ExtBuilder::default().keyed(5).run(|| {
		let leave = || Tree::leave(RuntimeOrigin::signed(Da(9).account()));
		assert_noop!(leave(), Error::<Test>::NotAdmitted);
	});
}
