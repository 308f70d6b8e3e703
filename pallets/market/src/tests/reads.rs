//! What clients read.

use super::{paid, Way};
use crate::{mock::*, pallet::*, types::*};
use frame_support::assert_ok;
use voltree_primitives::Moment;

/// The next slot is the first whose gate lies ahead, and starts at a multiple of its length.
#[test]
fn next_slot_is_the_first_that_can_be_traded() {
	run(|| {
		let gate_of = |now: Moment| {
			world(|world| world.now = now);
			let slot = Market::next_slot();
			assert_eq!((slot.start % LENGTH, slot.end), (0, slot.start + LENGTH));
			assert!(slot.gate > now && slot.gate <= now + LENGTH);
			slot.gate
		};
		assert_eq!(gate_of(GATE - 1), GATE);
		assert_eq!(gate_of(GATE), GATE + LENGTH);
		assert_eq!(gate_of(0), LENGTH - 10_000);
	});
}

/// Trades of an account, as buyer and as seller, by number.
#[test]
fn trades_of_an_account() {
	run(|| {
		paid(Way::Metered(0));
		assert_ok!(offer(Alice, unmetered()));
		assert_ok!(request(Dave, demand(), 5_000));
		run_to(WINDOW_END + 10_000);
		assert_ok!(respond(1));
		assert_ok!(pay(KEY, 1, 1, 400));
		assert_ok!(pay(KEY, 1, 1, 300));
		let numbers =
			|who| Market::trades_of(&id(who)).into_iter().map(|(id, _)| id).collect::<Vec<_>>();
		assert_eq!(numbers(Alice), vec![0, 1, 2]);
		assert_eq!(numbers(Bob), vec![0]);
		assert_eq!(numbers(Dave), vec![1, 2]);
		assert_eq!(numbers(Charlie), Vec::<u64>::new());
	});
}

/// Open offers of a slot and line, the cheapest first.
#[test]
fn offers_of_a_line() {
	run(|| {
		for price in [30, 10, 20] {
			assert_ok!(offer(Charlie, Supply { price, ..unmetered() }));
		}
		let numbers = |slot, line| {
			Market::offers_of(slot, line).into_iter().map(|(id, _)| id).collect::<Vec<_>>()
		};
		assert_eq!(numbers(SLOT, LINE), vec![1, 2, 0]);
		assert_eq!(numbers(SLOT, OTHER_LINE), Vec::<u64>::new());
		assert_eq!(numbers(SLOT + LENGTH, LINE), Vec::<u64>::new());
	});
}

/// The terms to sign leave the pay period and, while there is time, a grace for the way.
#[test]
fn terms_fit_at_every_moment() {
	run(|| {
		assert_ok!(request(Alice, demand(), 0));
		let request = Requests::<Test>::get(0).unwrap();
		for now in [START, WINDOW_END, RESPOND_BY - GRACE, RESPOND_BY - 1, RESPOND_BY] {
			world(|world| world.now = now);
			let (pay_by, valid_until) = Market::terms_of(&request);
			assert!(pay_by >= now + 20_000 && pay_by + GRACE <= GATE);
			assert_eq!(valid_until, GATE);
		}
	});
}

/// Money locked by trades, by request.
#[test]
fn locked_money_by_request() {
	run(|| {
		assert!(Market::locked_by_trades().is_empty());
		paid(Way::Unmetered);
		assert_eq!(Market::locked_by_trades().into_iter().collect::<Vec<_>>(), vec![(0, 2_000)]);
	});
}
