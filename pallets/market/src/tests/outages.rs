//! Outages before the gate: a chain that stood still makes no buyer late.

use super::{responded, Way, AMOUNT};
use crate::{mock::*, pallet::*, types::*};
use frame_support::{assert_noop, assert_ok};
use voltree_primitives::{Cause, Moment};

/// Payment date and end of the grace of request 0, as they are now.
fn dates() -> (Moment, Moment) {
	match Market::open_request(0).unwrap().state {
		RequestState::Responded { pay_by, late_by, .. } => (pay_by, late_by),
		other => panic!("not responded: {other:?}"),
	}
}

/// The request is answered, and from then on no block comes until `to`.
fn nothing_until(to: Moment) {
	responded(Way::Unmetered);
	next_block(to);
}

fn ended(ending: Ending) -> Event<Test> {
	Event::RequestEnded { request: 0, ending }
}

/// Blocks that far apart are an outage, and an event says so; a bit less is none.
#[test]
fn is_told() {
	run(|| {
		next_block(START);
		next_block(START + OUTAGE);
		assert_eq!((events(), Outages::<Test>::get().len()), (vec![], 0));
		next_block(START + 2 * OUTAGE + 1);
		let (from, to) = (START + OUTAGE, START + 2 * OUTAGE + 1);
		assert_eq!(events(), vec![Event::Outage { from, to }]);
		let outage = Outage { from, to, until: to + GRACE };
		assert_eq!(Outages::<Test>::get().into_inner(), vec![outage]);
		assert_eq!((outage.length(), LastBlock::<Test>::get()), (OUTAGE + 1, to));
	});
}

/// The first block of all comes after no outage.
#[test]
fn the_first_block_comes_after_none() {
	run(|| {
		next_block(START + 10 * OUTAGE);
		assert_eq!(events(), vec![]);
	});
}

/// A payment date inside moves by its length, and the end of the grace keeps its distance.
#[test]
fn a_payment_date_inside_moves() {
	run(|| {
		let to = PAY_BY + 4_000;
		nothing_until(to);
		let length = to - WINDOW_END;
		assert_eq!(dates(), (PAY_BY + length, LATE_BY + length));
		// Its entry on the agenda has come up, and has moved with it.
		assert_eq!(Requests::<Test>::get(0), Market::open_request(0));
		assert_eq!(Judged::<Test>::get(0), None);
		run_to(PAY_BY + length);
		assert_ok!(pay(KEY, 0, 0, 1_000));
		assert_eq!(deeds(), vec![Deed::Timely(tag(Alice), Cause::PaidInTime)]);
		assert!(!Trades::<Test>::get(0).unwrap().late);
	});
}

/// So does one less than three rounds after it. A call sees that before the agenda comes to it.
#[test]
fn a_payment_date_just_after_moves() {
	run(|| {
		let to = PAY_BY - GRACE + 1;
		nothing_until(to);
		let length = to - WINDOW_END;
		assert_eq!(dates(), (PAY_BY + length, LATE_BY + length));
		assert_ne!(Requests::<Test>::get(0), Market::open_request(0));
		check();
		world(|world| world.now = PAY_BY + length);
		assert_ok!(pay(KEY, 0, 0, 100));
		assert_eq!(Requests::<Test>::get(0), Market::open_request(0));
		assert_eq!(deeds(), vec![Deed::Timely(tag(Alice), Cause::PaidInTime)]);
	});
}

/// One that is three rounds after it, or more, stays.
#[test]
fn a_payment_date_well_after_stays() {
	for to in [PAY_BY - GRACE, WINDOW_END + OUTAGE + 1] {
		run(|| {
			nothing_until(to);
			assert_eq!(events().len(), 1);
			assert_eq!(dates(), (PAY_BY, LATE_BY));
			pass(PAY_BY);
			assert_ok!(pay(KEY, 0, 0, 100));
			assert_eq!(deeds(), vec![Deed::Untimely(tag(Alice), 100, Cause::PaidLate)]);
		});
	}
}

/// In the grace the payment date has passed: only the grace moves.
#[test]
fn the_grace_moves_alone() {
	run(|| {
		responded(Way::Unmetered);
		pass(PAY_BY);
		let length = OUTAGE + 1;
		next_block(PAY_BY + 1 + length);
		assert_eq!(dates(), (PAY_BY, LATE_BY + length));
		run_to(LATE_BY + length);
		assert_ok!(pay(KEY, 0, 0, 100));
		assert_eq!(deeds(), vec![Deed::Untimely(tag(Alice), 100, Cause::PaidLate)]);
	});
	// What stood until the payment date still decides.
	run(|| {
		responded(Way::Unmetered);
		pass(PAY_BY);
		next_block(PAY_BY + OUTAGE + 2);
		assert_ok!(withdraw_offer(Charlie, 0));
		pass(LATE_BY + OUTAGE + 1);
		assert_eq!(deeds(), vec![Deed::Untimely(tag(Alice), 100, Cause::NotPaid)]);
		check_empty();
	});
}

/// Not paying by the moved date is still not paying.
#[test]
fn the_moved_dates_count() {
	run(|| {
		nothing_until(PAY_BY);
		let length = PAY_BY - WINDOW_END;
		forget();
		run_to(LATE_BY + length);
		assert_eq!((events(), deeds()), (vec![], vec![]));
		pass(LATE_BY + length);
		assert_eq!(events().pop(), Some(ended(Ending::NotPaid)));
		assert_eq!(deeds(), vec![Deed::Untimely(tag(Alice), 100, Cause::NotPaid)]);
	});
}

/// Two outages move it twice, each by its own length.
#[test]
fn two_outages_move_twice() {
	run(|| {
		nothing_until(PAY_BY);
		let first = PAY_BY - WINDOW_END;
		run_to(PAY_BY + 5_000);
		let to = PAY_BY + first - 2_000;
		next_block(to);
		let both = first + to - (PAY_BY + 5_000);
		assert_eq!(dates(), (PAY_BY + both, LATE_BY + both));
		assert_eq!(Outages::<Test>::get().len(), 2);
		run_to(PAY_BY + both);
		assert_ok!(pay(KEY, 0, 0, 100));
		assert_eq!(deeds(), vec![Deed::Timely(tag(Alice), Cause::PaidInTime)]);
	});
}

/// A request made after an outage does not move by it.
#[test]
fn what_is_made_after_it_stays() {
	run(|| {
		next_block(START);
		next_block(START + OUTAGE + 1);
		let now = START + OUTAGE + 1;
		assert_ok!(offer(Charlie, unmetered()));
		assert_ok!(request(Alice, demand(), AMOUNT));
		assert_eq!(Requests::<Test>::get(0).unwrap().seen, now);
		run_to(now + 10_000);
		assert_ok!(respond(0));
		assert_eq!(dates(), (now + 30_000 + GRACE, now + 30_000 + 2 * GRACE));
	});
}

/// The last moment to respond follows from the gate, which never moves.
#[test]
fn the_response_is_not_moved() {
	run(|| {
		assert_ok!(request(Alice, demand(), AMOUNT));
		next_block(START);
		next_block(RESPOND_BY);
		forget();
		assert_ok!(respond(0));
		assert_eq!(dates(), (GATE - GRACE, GATE));
	});
	run(|| {
		assert_ok!(request(Alice, demand(), AMOUNT));
		next_block(START);
		next_block(RESPOND_BY + 1);
		assert!(events().contains(&ended(Ending::NoResponse)));
		assert_eq!((deeds(), balance(Alice)), (vec![], MONEY));
	});
}

/// So long that the grace would end behind the gate: the request expires, and costs nothing.
fn too_long() {
	nothing_until(GATE - 20_000);
	let length = GATE - 20_000 - WINDOW_END;
	assert_eq!(dates(), (PAY_BY + length, LATE_BY + length));
	assert!(LATE_BY + length > GATE);
	forget();
}

#[test]
fn what_would_end_behind_the_gate_expires() {
	run(|| {
		too_long();
		run_to(dates().0);
		assert!(!events().contains(&ended(Ending::Outage)));
		pass(dates().0);
		assert_eq!(events().pop(), Some(ended(Ending::Outage)));
		assert_eq!((deeds(), fines()), (vec![], vec![]));
		assert_eq!((held(Alice), bonded(Alice), balance(Alice)), (0, 0, MONEY));
	});
}

/// Until then it can be paid, in time, and cancelled for nothing.
#[test]
fn what_would_end_behind_the_gate_can_be_paid_or_cancelled() {
	run(|| {
		too_long();
		run_to(GATE);
		assert_ok!(pay(KEY, 0, 0, 400));
		assert_eq!(deeds(), vec![Deed::Timely(tag(Alice), Cause::PaidInTime)]);
		// The token ends with the gate, and so do all offers.
		pass(GATE);
		let expired = pallet_shared_wallet::Error::<Test>::TokenExpired;
		assert_noop!(pay(KEY, 0, 0, 400), expired);
		assert_eq!(Offers::<Test>::iter().count(), 0);
		pass(dates().0);
		assert_eq!(Requests::<Test>::get(0).unwrap().state, RequestState::Closed);
		assert_eq!(deeds(), vec![]);
	});
	run(|| {
		too_long();
		assert_ok!(cancel(Alice, 0));
		assert_eq!(events(), vec![ended(Ending::Outage)]);
		assert_eq!((deeds(), balance(Alice)), (vec![], MONEY));
		assert_eq!(Desks::<Test>::get(tag(Alice)), Desk::default());
	});
}

/// An outage over everything: offers are gone, the request expires, nobody is punished.
#[test]
fn an_outage_over_everything() {
	run(|| {
		nothing_until(SLOT_END + 1);
		pass(dates().0);
		assert!(events().contains(&ended(Ending::Outage)));
		assert_eq!((deeds(), balance(Alice), balance(Charlie)), (vec![], MONEY, MONEY));
		check_empty();
	});
}
