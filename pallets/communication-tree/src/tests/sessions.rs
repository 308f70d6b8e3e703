//! What is frozen, who votes, and that GRANDPA's set changes with membership only.

use crate::{mock::*, Aggregators, Event, Overheads, SnapshotHash, Snapshots, Starts, HISTORY};
use frame_support::assert_ok;
use pallet_session::SessionManager;
use sp_core::Pair;

/// Without a change of members no session changes the authority set, whatever happens to trust.
#[test]
fn an_unchanged_membership_plans_no_new_set() {
	ExtBuilder::default().keyed(7).run(|| {
		assert_eq!(Tree::new_session(3), None);
		for _ in 0..4 {
			session_without(&[2, 5], 4);
		}
		assert!(Tree::authors().len() < 7, "trust has changed");
		assert_eq!((Voters::get(), Voters::changes()), (accounts(1..=7), 0));
	});
}

/// Aura hears of a new order though the session pallet sees no change, and only of a new one.
#[test]
fn aura_gets_the_order_of_the_session() {
	ExtBuilder::default().keyed(4).run(|| {
		let announced = || {
			let logs = System::digest().logs;
			logs.iter().filter(|log| log.as_consensus().is_some()).count()
		};
		end_session();
		assert_eq!(announced(), 0);
		assert_ok!(Tree::set_link(RuntimeOrigin::signed(Da(3).account()), 7));
		end_session();
		assert_eq!(announced(), 1);
		assert_eq!(Tree::authors(), accounts([3, 1, 2, 4]));
		let keys = [3, 1, 2, 4].map(|number| Da(number).author().public().into());
		assert_eq!(pallet_aura::Authorities::<Test>::get().into_inner(), keys);
		end_session();
		assert_eq!(announced(), 0);
	});
}

/// What is frozen counts until the session ends, whatever happens to those it speaks of.
#[test]
fn a_snapshot_stays_as_it_is() {
	ExtBuilder::default().keyed(5).run(|| {
		end_session();
		let (frozen, hash) = (Tree::newest().unwrap(), SnapshotHash::<Test>::get());
		assert_eq!((frozen.session, frozen.after), (1, slot()));
		let Some(Event::Frozen { session: 1, hash: told, members: 5, authors: 5 }) = events().pop()
		else {
			panic!("the session is announced")
		};
		assert_eq!(told, hash);
		assert_ok!(Tree::set_link(RuntimeOrigin::signed(Da(3).account()), 7));
		assert_ok!(Tree::leave(RuntimeOrigin::signed(Da(2).account())));
		blocks(7);
		assert_eq!((Tree::newest().unwrap(), SnapshotHash::<Test>::get()), (frozen, hash));
		end_session();
		assert_ne!(SnapshotHash::<Test>::get(), hash);
		assert_eq!(Tree::newest_frozen().unwrap().hash, SnapshotHash::<Test>::get());
	});
}

/// The hash is of all that trees follow from.
#[test]
fn the_hash_covers_snapshot_and_overheads() {
	ExtBuilder::default().keyed(4).run(|| {
		end_session();
		let frozen = Tree::newest_frozen().unwrap();
		let bytes = codec::Encode::encode(&(&frozen.snapshot, &frozen.overheads));
		assert_eq!(frozen.hash.0, sp_io::hashing::blake2_256(&bytes));
	});
}

#[test]
fn the_newest_sessions_are_kept() {
	ExtBuilder::default().keyed(4).run(|| {
		for _ in 0..HISTORY + 3 {
			end_session();
		}
		let starts = Starts::<Test>::get();
		assert_eq!(starts.len(), HISTORY as usize);
		assert_eq!((starts[0].0, starts.last().unwrap().0), (4, HISTORY + 3));
		assert_eq!(Snapshots::<Test>::get(3), None);
		assert!(Snapshots::<Test>::contains_key(4));
	});
}

/// A proved equivocator loses its vote only where four others have one.
#[test]
fn of_four_an_equivocator_stays_until_a_fifth_comes() {
	ExtBuilder::default().keyed(4).run(|| {
		mark(2);
		end_session();
		end_session();
		assert_eq!((Voters::get(), Voters::changes()), (accounts(1..=4), 0));
		assert_eq!(Tree::authors(), accounts([1, 3, 4]), "it takes no turns");
		Da(5).join();
		end_session();
		end_session();
		assert_eq!((Voters::get(), Voters::changes()), (accounts([1, 3, 4, 5]), 1));
		// Another one: the older of the two stays.
		mark(4);
		end_session();
		end_session();
		assert_eq!(Voters::get(), accounts([1, 2, 3, 5]));
		assert!(Aggregators::<Test>::contains_key(Da(4).account()));
	});
}

fn mark(number: u8) {
	Aggregators::<Test>::mutate(Da(number).account(), |one| {
		let one = one.as_mut().unwrap();
		(one.equivocated, one.legality) = (Some(0), 0);
	});
}

/// Fewer than a third are set aside, however low their trust.
#[test]
fn turns_stay_with_more_than_two_thirds() {
	for (count, least) in [(4, 3), (6, 5), (7, 5), (10, 7)] {
		ExtBuilder::default().keyed(count).run(|| {
			for account in accounts(1..=count - 1) {
				Aggregators::<Test>::mutate(account, |one| {
					one.as_mut().unwrap().forwarding = 100_000_000;
				});
			}
			end_session();
			let authors = Tree::authors();
			assert_eq!(authors.len(), least, "of {count}");
			assert_eq!(authors[0], Da(count).account(), "the trusted one comes first");
			assert_eq!(Voters::get().len(), count as usize);
		});
	}
}

/// Overheads stay with their pairs when members come and go.
#[test]
fn overheads_move_with_their_members() {
	ExtBuilder::default().keyed(5).run(|| {
		let cell = |from: u16, to: u16| from * 10 + to + 11;
		let cells = (0..5).flat_map(|from| (0..5).map(move |to| cell(from, to)));
		Overheads::<Test>::put(crate::Matrix::truncate_from(cells.collect()));
		assert_ok!(Tree::leave(RuntimeOrigin::signed(Da(2).account())));
		Da(6).join();
		end_session();
		end_session();
		assert_eq!(Voters::get(), accounts([1, 3, 4, 5, 6]));
		let overheads = Overheads::<Test>::get();
		let at = |from: usize, to: usize| overheads[from * 5 + to];
		assert_eq!(at(0, 3), cell(0, 4));
		assert_eq!(at(1, 2), cell(2, 3));
		assert_eq!((at(4, 0), at(0, 4)), (0, 0), "nobody has measured the newcomer");
	});
}
