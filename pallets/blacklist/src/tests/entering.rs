use crate::{mock::*, pallet::*, types, Entry};
use frame_support::assert_ok;
use sp_keyring::Sr25519Keyring::*;
use sp_runtime::BuildStorage;
use voltree_primitives::{OnCredit, Roles};

/// To 500 points.
fn raise_the_limit() {
	let raised = types::Parameters { limit: 500, reentry: 600, ..Default::default() };
	assert_ok!(Blacklist::set_parameters(RuntimeOrigin::root(), raised));
	set_now(START + NOTICE);
}

fn people() -> ExtBuilder {
	ExtBuilder::default().certified(tag(1), Roles::Both).certified(tag(2), Roles::Both)
}

/// Below the limit, not at it. The broadcast names all the person's accounts.
#[test]
fn credit_below_the_limit_enters() {
	people().run(|| {
		Blacklist::credit_changed(&tag(1), 1_000, 200);
		assert_eq!(events(), []);

		Blacklist::credit_changed(&tag(1), 200, 199);

		let accounts = vec![id(Alice), id(Bob)];
		assert_eq!(events(), [Event::Blacklisted { tag: tag(1), credit: 199, accounts }]);
		assert_eq!(listed(), [tag(1)]);
		let entry = Entry { since: START, credit: 199 };
		assert_eq!(Entries::<Test>::get(tag(1)), Some(entry));
		assert_eq!(Entries::<Test>::get(tag(2)), None);
	});
}

/// Once: falling further says nothing new and keeps the entry.
#[test]
fn a_tag_enters_once() {
	people().run(|| {
		Blacklist::credit_changed(&tag(1), 1_000, 150);
		events();
		set_now(START + 10);
		for (before, after) in [(150, 50), (50, 0), (0, 0)] {
			Blacklist::credit_changed(&tag(1), before, after);
		}
		assert_eq!(events(), []);
		assert_eq!(listed(), [tag(1)]);
		assert_eq!(Entries::<Test>::get(tag(1)), Some(Entry { since: START, credit: 150 }));
	});
}

/// Once, also where the limit rises above it later.
#[test]
fn a_raised_limit_lists_nobody_again() {
	people().run(|| {
		Blacklist::credit_changed(&tag(1), 1_000, 150);
		raise_the_limit();
		events();
		Blacklist::credit_changed(&tag(1), 150, 140);
		assert_eq!(events(), []);
		assert_eq!(listed(), [tag(1)]);
		assert_eq!(Entries::<Test>::get(tag(1)), Some(Entry { since: START, credit: 150 }));
	});
}

/// Who rises towards a limit that was raised above his credit is not punished for it.
#[test]
fn a_gain_lists_nobody() {
	people().run(|| {
		raise_the_limit();
		Blacklist::credit_changed(&tag(1), 390, 400);
		assert_eq!(Entries::<Test>::get(tag(1)), None);
		assert_eq!(listed(), []);
	});
}

/// A loss of which nothing was left to take counts as one.
#[test]
fn a_loss_at_zero_counts() {
	people().run(|| {
		Blacklist::credit_changed(&tag(1), 0, 0);
		assert!(Entries::<Test>::contains_key(tag(1)));
	});
}

/// A limit that was raised above somebody's credit counts with the next loss.
#[test]
fn a_raised_limit_counts_with_the_next_loss() {
	people().run(|| {
		Blacklist::credit_changed(&tag(1), 1_000, 400);
		raise_the_limit();
		assert_eq!(Entries::<Test>::get(tag(1)), None);

		Blacklist::credit_changed(&tag(1), 400, 390);

		assert_eq!(listed(), [tag(1)]);
		let entry = Entry { since: START + NOTICE, credit: 390 };
		assert_eq!(Entries::<Test>::get(tag(1)), Some(entry));
	});
}

/// The limit of the chain specification counts from the first block on.
#[test]
fn genesis_sets_the_limit() {
	people().limit(500).run(|| {
		Blacklist::credit_changed(&tag(1), 1_000, 499);
		assert!(Entries::<Test>::contains_key(tag(1)));
		Blacklist::credit_changed(&tag(2), 1_000, 500);
		assert!(!Entries::<Test>::contains_key(tag(2)));
	});
}

#[test]
#[should_panic(expected = "blacklist genesis: a parameter is out of its range")]
fn genesis_fails_with_a_limit_of_zero() {
	let parameters = types::Parameters { limit: 0, ..Default::default() };
	let genesis = GenesisConfig::<Test> { parameters, ..Default::default() };
	let _storage = genesis.build_storage();
}
