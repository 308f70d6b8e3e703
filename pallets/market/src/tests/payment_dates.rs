//! Paid in time, paid late, not paid: counted once a request.

use super::{responded, Way, FUNDING};
use crate::{mock::*, pallet::*, types::*};
use frame_support::assert_ok;
use voltree_primitives::{Cause, IdentityTag};

fn in_time() -> Vec<Deed> {
	vec![Deed::Timely(tag(Alice), Cause::PaidInTime)]
}

fn late(volume: u64) -> Vec<Deed> {
	vec![Deed::Untimely(tag(Alice), volume, Cause::PaidLate)]
}

fn not_paid(volume: u64) -> Vec<Deed> {
	vec![Deed::Untimely(tag(Alice), volume, Cause::NotPaid)]
}

fn paid_late() -> bool {
	match last_event() {
		Event::Paid { late, .. } => late,
		other => panic!("not paid: {other:?}"),
	}
}

/// The request has ended like this, its money is back, its buyer was blamed like that.
fn ended(ending: Ending, blame: Vec<Deed>) {
	assert!(events().contains(&Event::RequestEnded { request: 0, ending }));
	// All of them miss so little that the fine is the smallest.
	let fine = if blame.is_empty() { 0 } else { SMALLEST_FINE };
	assert_eq!(deeds(), blame);
	assert_eq!((held(Alice), balance(Alice)), (0, MONEY - fine));
}

/// The payment date itself is in time.
#[test]
fn the_payment_date_is_in_time() {
	run(|| {
		responded(Way::Unmetered);
		run_to(PAY_BY);
		assert_ok!(pay(KEY, 0, 0, 500));
		assert!(!paid_late());
		assert_eq!(deeds(), in_time());
	});
}

/// After it a fill is late, and the first late fill decides, once.
#[test]
fn late_fills_count_once() {
	run(|| {
		responded(Way::Unmetered);
		pass(PAY_BY);
		assert_ok!(pay(KEY, 0, 0, 300));
		assert!(paid_late());
		run_to(LATE_BY);
		assert_ok!(pay(KEY, 0, 0, 500));
		assert!(paid_late());
		assert_eq!(deeds(), late(300));
		pass(LATE_BY);
		assert_eq!(deeds(), vec![]);
		assert_eq!(Requests::<Test>::get(0).unwrap().state, RequestState::Closed);
	});
}

/// A request with one fill paid in time counts as paid; its later fills cost nothing.
#[test]
fn late_fills_after_one_in_time_cost_nothing() {
	run(|| {
		responded(Way::Unmetered);
		assert_ok!(pay(KEY, 0, 0, 300));
		assert_ok!(pay(KEY, 0, 0, 100));
		pass(PAY_BY);
		assert_ok!(pay(KEY, 0, 0, 500));
		assert!(paid_late());
		pass(LATE_BY);
		assert_eq!(deeds(), in_time());
	});
}

/// Not paid though an eligible offer stood: judged when the grace ends, by the smallest fill that
/// could have been paid.
#[test]
fn not_paid_counts_by_the_smallest_eligible_fill() {
	run(|| {
		assert_ok!(offer(Dave, Supply { smallest_fill: 200, ..unmetered() }));
		responded_with(Supply { smallest_fill: 400, ..unmetered() });
		run_to(LATE_BY);
		assert_eq!(deeds(), vec![]);
		assert_eq!(held(Alice), FUNDING);
		pass(LATE_BY);
		ended(Ending::NotPaid, not_paid(200));
	});
}

/// [`responded`] with a given offer of Charlie.
fn responded_with(supply: Supply<AccountId>) {
	assert_ok!(offer(Charlie, supply));
	assert_ok!(request(Alice, demand(), FUNDING));
	run_to(WINDOW_END);
	assert_ok!(respond(0));
	forget();
}

/// The grace may end with the gate, when the offers do: the buyer is judged all the same.
#[test]
fn not_paid_counts_at_the_gate_as_well() {
	run(|| {
		assert_ok!(offer(Charlie, unmetered()));
		assert_ok!(request(Alice, demand(), FUNDING));
		run_to(RESPOND_BY);
		assert_ok!(respond(0));
		forget();
		pass(GATE);
		ended(Ending::NotPaid, not_paid(100));
		check_empty();
	});
}

/// An offer that stood until the payment date, its last moment, was eligible.
#[test]
fn an_offer_until_the_payment_date_is_eligible() {
	run(|| {
		responded_with(Supply { expires: Some(PAY_BY), ..unmetered() });
		pass(PAY_BY);
		assert_eq!(Offers::<Test>::iter().count(), 0);
		pass(LATE_BY);
		ended(Ending::NotPaid, not_paid(100));
	});
}

/// It does not matter what happens to it in the grace.
#[test]
fn an_offer_withdrawn_in_the_grace_was_eligible() {
	run(|| {
		responded(Way::Unmetered);
		pass(PAY_BY);
		assert_ok!(withdraw_offer(Charlie, 0));
		pass(LATE_BY);
		ended(Ending::NotPaid, not_paid(100));
	});
}

/// Nobody could have paid in time for what was gone before.
#[test]
fn an_offer_gone_before_the_payment_date_is_not_eligible() {
	run(|| {
		responded_with(Supply { expires: Some(PAY_BY - 1), ..unmetered() });
		pass(LATE_BY);
		ended(Ending::NothingToPay, vec![]);
	});
}

/// Nor is one that was withdrawn, though its seller made the same again.
#[test]
fn a_new_offer_is_not_the_quoted_one() {
	run(|| {
		responded(Way::Unmetered);
		assert_ok!(withdraw_offer(Charlie, 0));
		assert_ok!(offer(Charlie, unmetered()));
		pass(LATE_BY);
		ended(Ending::NothingToPay, vec![]);
	});
}

/// An offer that somebody else took from has changed, even in the block of the response.
#[test]
fn an_offer_that_was_sold_from_is_not_eligible() {
	run(|| {
		assert_ok!(offer(Charlie, unmetered()));
		assert_ok!(request(Alice, demand(), FUNDING));
		assert_ok!(request(Dave, demand(), FUNDING));
		run_to(WINDOW_END);
		assert_ok!(respond(1));
		assert_ok!(respond(0));
		assert_ok!(pay(KEY, 1, 0, 100));
		forget();
		pass(LATE_BY);
		ended(Ending::NothingToPay, vec![]);
	});
}

/// Without quotes there was nothing to pay.
#[test]
fn without_quotes_nobody_is_blamed() {
	run(|| {
		assert_ok!(request(Alice, demand(), FUNDING));
		run_to(WINDOW_END);
		assert_ok!(respond(0));
		assert_ok!(offer(Charlie, unmetered()));
		pass(LATE_BY);
		ended(Ending::NothingToPay, vec![]);
	});
}

/// What would have refused the payment on the seller's or the lines' side excuses the buyer.
#[test]
fn what_others_would_have_refused_is_not_eligible() {
	let excuses: [fn(&mut World); 3] = [
		|world| {
			world.barred.insert(tag(Charlie));
		},
		|world| {
			world.credit.insert(tag(Charlie), 0);
		},
		|world| {
			let owners = [1, 2].map(IdentityTag::repeat_byte).to_vec();
			world.lines.insert(LINE, owners);
		},
	];
	for excuse in excuses {
		run(|| {
			assert_ok!(offer(Charlie, unmetered()));
			assert_ok!(request(Alice, Demand { min_credit: 1, ..demand() }, FUNDING));
			run_to(WINDOW_END);
			assert_ok!(respond(0));
			world(excuse);
			pass(LATE_BY);
			ended(Ending::NothingToPay, vec![]);
		});
	}
}

/// The buyer's own trouble is no excuse: no money, fines due, barred.
#[test]
fn the_buyers_own_trouble_is_no_excuse() {
	run(|| {
		assert_ok!(offer(Charlie, unmetered()));
		assert_ok!(request(Alice, demand(), 0));
		run_to(WINDOW_END);
		assert_ok!(respond(0));
		world(|world| {
			world.barred.insert(tag(Alice));
			world.fines.insert(tag(Alice), 1_000);
		});
		pass(LATE_BY);
		ended(Ending::NotPaid, not_paid(100));
	});
}

/// A late fill after the judgement: late, not unpaid.
#[test]
fn a_late_fill_takes_the_place_of_not_paid() {
	run(|| {
		responded(Way::Unmetered);
		pass(PAY_BY);
		assert_eq!(Judged::<Test>::get(0), Some(Some(Missed { volume: 100, price: PRICE })));
		assert_ok!(pay(KEY, 0, 0, 1_000));
		assert_eq!(Judged::<Test>::get(0), None);
		pass(LATE_BY);
		assert_eq!(deeds(), late(1_000));
	});
}

/// Rounds of no length leave no grace: both dates pass together.
#[test]
fn without_rounds_there_is_no_grace() {
	run(|| {
		world(|world| world.round = 0);
		responded(Way::Unmetered);
		let RequestState::Responded { pay_by, late_by, .. } =
			Requests::<Test>::get(0).unwrap().state
		else {
			panic!("responded")
		};
		assert_eq!(pay_by, late_by);
		pass(pay_by);
		next_block(pay_by + 2);
		ended(Ending::NotPaid, not_paid(100));
	});
}
