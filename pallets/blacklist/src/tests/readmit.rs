use crate::{mock::*, pallet::*, types, Entry};
use frame_support::{assert_noop, assert_ok};
use sp_keyring::Sr25519Keyring::*;
use sp_runtime::DispatchError;
use voltree_primitives::{Credibility, OnCredit, Role, Roles, Standing};

const WAITING: u64 = 7 * 86_400_000;

/// Alice's tag on the list with 150 points, and the waiting time over.
fn listed_alice() -> ExtBuilder {
	ExtBuilder::default().certified(tag(1), Roles::Both)
}

fn enter() {
	person(tag(1), |alice| alice.credit = 150);
	Blacklist::credit_changed(&tag(1), 1_000, 150);
	set_now(START + WAITING);
	events();
	listed();
}

fn readmit() -> Result<(), DispatchError> {
	Blacklist::readmit(RuntimeOrigin::root(), tag(1))
}

/// The authority lets a tag back: with the re-entry level, and told to all.
#[test]
fn lets_a_tag_back() {
	listed_alice().run(|| {
		enter();
		assert_ok!(readmit());

		let accounts = vec![id(Alice), id(Bob)];
		assert_eq!(events(), [Event::Readmitted { tag: tag(1), credit: 400, accounts }]);
		assert_eq!(Neighbour::credit(&tag(1)), 400);
		assert_eq!(Entries::<Test>::get(tag(1)), None);
		assert_eq!(listed(), []);
		assert_ok!(Blacklist::ensure_may_open(&id(Bob), Role::Buyer));
		assert!(!Blacklist::standing(&id(Bob)).blacklisted);
	});
}

/// Who falls below the limit again is listed again, and waits again.
#[test]
fn a_tag_that_falls_again_enters_again() {
	listed_alice().run(|| {
		enter();
		assert_ok!(readmit());
		events();
		Blacklist::credit_changed(&tag(1), 400, 200);
		assert_eq!(Entries::<Test>::get(tag(1)), None);

		person(tag(1), |alice| alice.credit = 199);
		Blacklist::credit_changed(&tag(1), 200, 199);

		let accounts = vec![id(Alice), id(Bob)];
		assert_eq!(events(), [Event::Blacklisted { tag: tag(1), credit: 199, accounts }]);
		assert_eq!(listed(), [tag(1)]);
		let entry = Entry { since: START + WAITING, credit: 199 };
		assert_eq!(Entries::<Test>::get(tag(1)), Some(entry));
		assert_noop!(readmit(), Error::<Test>::StillWaiting);
	});
}

/// What the tag has gained in the meantime is not taken from it.
#[test]
fn higher_credit_stays() {
	listed_alice().run(|| {
		enter();
		person(tag(1), |alice| alice.credit = 450);
		assert_ok!(readmit());
		let accounts = vec![id(Alice), id(Bob)];
		assert_eq!(events(), [Event::Readmitted { tag: tag(1), credit: 450, accounts }]);
	});
}

/// Who began with less than the re-entry level comes back with what he began with.
#[test]
fn the_start_is_the_most() {
	listed_alice().run(|| {
		enter();
		person(tag(1), |alice| alice.start = 200);
		assert_ok!(readmit());
		let accounts = vec![id(Alice), id(Bob)];
		assert_eq!(events(), [Event::Readmitted { tag: tag(1), credit: 200, accounts }]);
	});
}

/// The waiting time and the level in force at the decision count.
#[test]
fn the_parameters_of_the_decision_count() {
	listed_alice().run(|| {
		enter();
		set_now(START);
		let parameters = types::Parameters { limit: 200, waiting: NOTICE, reentry: 300 };
		assert_ok!(Blacklist::set_parameters(RuntimeOrigin::root(), parameters));
		set_now(START + NOTICE - 1);
		assert_noop!(readmit(), Error::<Test>::StillWaiting);
		set_now(START + NOTICE);
		assert_ok!(readmit());
		assert_eq!(Neighbour::credit(&tag(1)), 300);
	});
}

#[test]
fn fails_if_not_the_authority() {
	listed_alice().run(|| {
		enter();
		for origin in [RuntimeOrigin::none(), RuntimeOrigin::signed(id(Alice))] {
			assert_noop!(Blacklist::readmit(origin, tag(1)), DispatchError::BadOrigin);
		}
	});
}

/// Only who is listed can be let back. Otherwise [`Error::NotListed`].
#[test]
fn fails_if_not_listed() {
	listed_alice().run(|| {
		assert_noop!(readmit(), Error::<Test>::NotListed);
		enter();
		assert_ok!(readmit());
		assert_noop!(readmit(), Error::<Test>::NotListed);
	});
}

/// Not before the waiting time is over, to the millisecond. Otherwise [`Error::StillWaiting`].
#[test]
fn fails_while_the_waiting_time_lasts() {
	listed_alice().run(|| {
		enter();
		set_now(START + WAITING - 1);
		assert_noop!(readmit(), Error::<Test>::StillWaiting);
		assert_eq!(Blacklist::standing(&id(Alice)).readmission_from, Some(START + WAITING));
		set_now(START + WAITING);
		assert_ok!(readmit());
	});
}

/// Fines are paid first. Otherwise [`Error::FinesDue`].
#[test]
fn fails_while_fines_are_due() {
	listed_alice().run(|| {
		enter();
		person(tag(1), |alice| alice.fines_due = 1);
		assert_noop!(readmit(), Error::<Test>::FinesDue);
		person(tag(1), |alice| alice.fines_due = 0);
		assert_ok!(readmit());
	});
}

/// Nobody comes back below the limit: he could never rise above it. Otherwise
/// [`Error::StartBelowLimit`].
#[test]
fn fails_if_the_start_is_below_the_limit() {
	listed_alice().run(|| {
		enter();
		person(tag(1), |alice| alice.start = 199);
		assert_noop!(readmit(), Error::<Test>::StartBelowLimit);
		assert!(Entries::<Test>::contains_key(tag(1)));

		let lower = types::Parameters { limit: 199, ..Default::default() };
		assert_ok!(Blacklist::set_parameters(RuntimeOrigin::root(), lower));
		set_now(START + WAITING + NOTICE);
		assert_ok!(readmit());
	});
}
