//! [`Pallet::report`](crate::Pallet::report).

use crate::{mock::*, Error, Event, PerMember, Place, Rating, Report, Reports};
use frame_support::{assert_noop, assert_ok};
use sp_core::Pair;

/// A report of number `reporter` about the last session: each parent with what was assigned and in time.
fn report_of(reporter: u8, ratings: &[(Place, u16, u16)]) -> Report {
	let rating = |(parent, assigned, on_time): &(Place, u16, u16)| Rating {
		parent: *parent,
		assigned: *assigned,
		on_time: *on_time,
	};
	Report {
		session: Session::current_index() - 1,
		reporter: Place::from(reporter) - 1,
		ratings: PerMember::truncate_from(ratings.iter().map(rating).collect()),
		overheads: PerMember::default(),
	}
}

fn send(reporter: u8, report: Report) -> Result<(), sp_runtime::DispatchError> {
	let origin = RuntimeOrigin::signed(Da(reporter).account());
	Tree::report(origin, report).map(|_| ()).map_err(|failed| failed.error)
}

#[test]
fn each_reports_once_about_the_last_session() {
	ExtBuilder::default().keyed(4).run(|| {
		end_session();
		let report = report_of(2, &[(0, 9, 9), (2, 5, 0)]);
		assert_ok!(send(2, report.clone()));
		let account = Da(2).account();
		assert!(events().contains(&Event::Reported { account, session: 0, ratings: 2 }));
		assert_eq!(Reports::<Test>::get(Da(2).account()), Some(report.clone()));
		assert_noop!(send(2, report), Error::<Test>::AlreadyReported);
		end_session();
		assert_eq!(Reports::<Test>::iter().count(), 0);
		assert_ok!(send(2, report_of(2, &[])));
	});
}

/// The node has the author key, not the account's.
#[test]
fn the_author_key_speaks_for_its_owner() {
	ExtBuilder::default().keyed(4).run(|| {
		end_session();
		let signer = sp_runtime::AccountId32::from(Da(2).author().public());
		assert_ok!(Tree::report(RuntimeOrigin::signed(signer), report_of(2, &[])));
		assert!(Reports::<Test>::contains_key(Da(2).account()));
	});
}

#[test]
fn a_report_is_free_if_it_would_be_taken() {
	ExtBuilder::default().keyed(4).run(|| {
		end_session();
		let good = report_of(2, &[(0, 1, 1)]);
		let by = |number: u8| RuntimeOrigin::signed(Da(number).account());
		assert!(Tree::is_free_report(&by(2), &good));
		assert!(!Tree::is_free_report(&by(3), &good));
		assert!(!Tree::is_free_report(&RuntimeOrigin::none(), &good));
		assert_ok!(send(2, good.clone()));
		assert!(!Tree::is_free_report(&by(2), &good));
	});
}

#[test]
fn fails_about_any_other_session() {
	ExtBuilder::default().keyed(4).run(|| {
		sessions(3);
		for session in [0, 1, 3, 4, u32::MAX] {
			let report = Report { session, ..report_of(2, &[]) };
			assert_noop!(send(2, report), Error::<Test>::WrongSession);
		}
	});
}

#[test]
fn fails_if_signed_by_another() {
	ExtBuilder::default().keyed(4).run(|| {
		end_session();
		assert_noop!(send(3, report_of(2, &[])), Error::<Test>::NotTheReporter);
		assert_noop!(send(9, report_of(9, &[])), Error::<Test>::NotTheReporter);
	});
}

#[test]
fn fails_with_a_rating_that_makes_no_sense() {
	ExtBuilder::default().keyed(4).run(|| {
		end_session();
		let bad: [&[(Place, u16, u16)]; 5] = [
			&[(1, 1, 1)],
			&[(4, 1, 1)],
			&[(0, 1, 1), (0, 1, 1)],
			&[(2, 1, 1), (0, 1, 1)],
			&[(0, 1, 2)],
		];
		for ratings in bad {
			assert_noop!(send(2, report_of(2, ratings)), Error::<Test>::InvalidRating);
		}
	});
}

#[test]
fn fails_with_some_overheads_only() {
	ExtBuilder::default().keyed(4).run(|| {
		end_session();
		for count in [1, 3, 5] {
			let overheads = PerMember::truncate_from(vec![7; count]);
			let report = Report { overheads, ..report_of(2, &[]) };
			assert_noop!(send(2, report), Error::<Test>::InvalidOverheads);
		}
		let overheads = PerMember::truncate_from(vec![7; 4]);
		assert_ok!(send(2, Report { overheads, ..report_of(2, &[]) }));
	});
}
