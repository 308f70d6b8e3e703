use crate::{mock::*, pallet::*, AccountStanding};
use frame_support::{assert_noop, assert_ok};
use sp_keyring::Sr25519Keyring::*;
use voltree_primitives::{OnCredit, Record, Role, Roles, Standing};

fn people() -> ExtBuilder {
	ExtBuilder::default().certified(tag(1), Roles::Buyer).certified(tag(2), Roles::Both)
}

/// A certified person in good standing may open business, with an account or a linked wallet.
#[test]
fn who_is_in_good_standing_may_open() {
	people().run(|| {
		for who in [Alice, Bob] {
			assert_eq!(
				Blacklist::ensure_may_open(&id(who), Role::Buyer).map(|it| it.tag),
				Ok(tag(1))
			);
		}
		for role in [Role::Buyer, Role::Seller] {
			assert_eq!(Blacklist::ensure_may_open(&id(Charlie), role).map(|it| it.tag), Ok(tag(2)));
		}
	});
}

/// The directory's reason comes through.
#[test]
fn who_is_not_certified_may_not_open() {
	people().run(|| {
		let open = |who, role| Blacklist::ensure_may_open(&id(who), role);
		assert_noop!(open(Alice, Role::Seller), NOT_CERTIFIED);
		assert_noop!(open(Bob, Role::Seller), NOT_CERTIFIED);
		assert_noop!(open(Eve, Role::Buyer), NOT_CERTIFIED);
	});
}

/// The blacklist holds for the person behind an account or wallet. Otherwise
/// [`Error::Blacklisted`].
#[test]
fn who_is_blacklisted_may_not_open() {
	people().run(|| {
		Blacklist::credit_changed(&tag(1), 1_000, 0);
		for who in [Alice, Bob] {
			assert_noop!(
				Blacklist::ensure_may_open(&id(who), Role::Buyer),
				Error::<Test>::Blacklisted
			);
		}
		assert_ok!(Blacklist::ensure_may_open(&id(Charlie), Role::Buyer));
	});
}

/// Fines are paid first. Otherwise [`Error::FinesDue`].
#[test]
fn who_owes_a_fine_may_not_open() {
	people().run(|| {
		person(tag(1), |alice| alice.fines_due = 1);
		for who in [Alice, Bob] {
			assert_noop!(
				Blacklist::ensure_may_open(&id(who), Role::Buyer),
				Error::<Test>::FinesDue
			);
		}
		person(tag(1), |alice| alice.fines_due = 0);
		assert_ok!(Blacklist::ensure_may_open(&id(Bob), Role::Buyer));
	});
}

/// Clients read everything that decides at once, for an account or a wallet.
#[test]
fn a_standing_says_it_all() {
	people().run(|| {
		Blacklist::credit_changed(&tag(1), 1_000, 150);
		let record = Record { timely: 3, untimely: 4, ..Default::default() };
		person(tag(1), |alice| {
			alice.credit = 150;
			alice.fines_due = 77;
			alice.record = record.clone();
		});
		let standing = AccountStanding {
			tag: Some(tag(1)),
			certified_buyer: true,
			certified_seller: false,
			blacklisted: true,
			listed_since: Some(START),
			readmission_from: Some(START + 7 * 86_400_000),
			fines_due: 77,
			credit: 150,
			record,
		};
		assert_eq!(Blacklist::standing(&id(Alice)), standing);
		assert_eq!(Blacklist::standing(&id(Bob)), standing);
	});
}

/// A certificate that is over leaves the rest to be read; nobody has nothing.
#[test]
fn a_standing_is_told_of_anybody() {
	people().run(|| {
		person(tag(2), |charlie| charlie.roles = None);
		let nothing = AccountStanding {
			tag: None,
			certified_buyer: false,
			certified_seller: false,
			blacklisted: false,
			listed_since: None,
			readmission_from: None,
			fines_due: 0,
			credit: 0,
			record: Record::default(),
		};
		let over = AccountStanding { tag: Some(tag(2)), credit: 1_000, ..nothing.clone() };
		assert_eq!(Blacklist::standing(&id(Charlie)), over);
		assert_eq!(Blacklist::standing(&id(Eve)), nothing);
	});
}
