//! `confirm`: the payout leaves, the rest is free again.

use super::{billed, delivered, Way, AMOUNT};
use crate::{mock::*, pallet::*, types::*};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::traits::BadOrigin;
use voltree_primitives::{Balance, Cause, WattHours};

fn settled(delivered: WattHours, payout: Balance) -> Vec<Event<Test>> {
	let (outcome, refund) = (Outcome::Confirmed, AMOUNT - payout);
	vec![
		Event::Settled { trade: 0, request: 0, outcome, delivered, payout, refund },
		Event::RequestEnded { request: 0, ending: Ending::Settled },
	]
}

fn timely(who: Keyring) -> Vec<Deed> {
	vec![Deed::Timely(tag(who), Cause::Delivered)]
}

/// The payee gets the payout, the buyer the rest, both records the trade.
#[test]
fn works() {
	run(|| {
		delivered(Way::Metered(1_000));
		assert_ok!(bill(Bob, 0, 1_000, WALLET_OF_BOB));
		forget();
		assert_ok!(confirm(Alice, 0));
		assert_eq!(events(), settled(1_000, AMOUNT));
		assert_eq!(deeds(), timely(Bob));
		assert_eq!(balance(WALLET_OF_BOB), 1_000 + AMOUNT);
		assert_eq!((held(Alice), balance(Alice)), (0, MONEY - AMOUNT));
		let records = world(|world| [Alice, Bob].map(|who| world.records[&tag(who)].clone()));
		assert_eq!(records.clone().map(|record| record.trades), [1, 1]);
		assert_eq!(records[0].rolling, records[1].rolling);
		check_empty();
	});
}

/// The last moment is in time, by a linked wallet, after the parties were barred.
#[test]
fn works_at_the_last_moment() {
	run(|| {
		billed(Way::Metered(1_000), 1_000);
		world(|world| world.barred.extend([tag(Alice), tag(Bob)]));
		run_to(CONFIRM_BY);
		assert_ok!(confirm(WALLET_OF_ALICE, 0));
		assert_eq!(deeds(), timely(Bob));
	});
}

/// What was billed is paid, no more; what was delivered beyond it is the seller's gift.
#[test]
fn a_smaller_bill_pays_less() {
	run(|| {
		billed(Way::Metered(1_000), 400);
		assert_ok!(confirm(Alice, 0));
		assert_eq!(events(), settled(400, 800));
		assert_eq!(deeds(), timely(Bob));
	});
}

/// A payout is rounded down, the rest is what was locked less the payout.
#[test]
fn a_payout_is_rounded_down() {
	run(|| {
		assert_ok!(offer(Charlie, Supply { price: 11, ..unmetered() }));
		assert_ok!(request(Alice, demand(), 100));
		run_to(WINDOW_END);
		assert_ok!(respond(0));
		assert_ok!(pay(KEY, 0, 0, 101));
		run_to(GATE);
		assert_ok!(start(Charlie, 0));
		pass(SLOT_END);
		assert_ok!(bill(Charlie, 0, 101, Charlie));
		forget();
		assert_ok!(confirm(Alice, 0));
		// Of 1,111 thousandths: 2 were locked, 1 is paid.
		let (outcome, delivered) = (Outcome::Confirmed, 101);
		let settled =
			Event::Settled { trade: 0, request: 0, outcome, delivered, payout: 1, refund: 1 };
		assert_eq!(events()[0], settled);
	});
}

/// Short within the tolerance of 5% is delivered.
#[test]
fn a_tolerated_shortfall_is_delivered() {
	run(|| {
		billed(Way::Metered(950), 950);
		assert_ok!(confirm(Alice, 0));
		assert_eq!(events(), settled(950, 1_900));
		assert_eq!(deeds(), timely(Bob));
	});
}

/// Beyond it the seller is blamed for what is missing, confirmed or not.
#[test]
fn a_shortfall_beyond_the_tolerance_counts() {
	for way in [Way::Metered(949), Way::Unmetered, Way::Silent] {
		run(|| {
			billed(way, 949);
			assert_ok!(confirm(Alice, 0));
			assert_eq!(events(), settled(949, 1_898));
			let short = Deed::Untimely(tag(way.seller()), 51, Cause::DeliveredShort);
			assert_eq!(deeds(), vec![short]);
		});
	}
}

/// Without a meter, or with a silent one, what both agree on was delivered.
#[test]
fn the_buyers_word_makes_good_what_is_not_metered() {
	for way in [Way::Unmetered, Way::Silent] {
		run(|| {
			billed(way, 1_000);
			assert_ok!(confirm(Alice, 0));
			assert_eq!(events(), settled(1_000, AMOUNT));
			assert_eq!(deeds(), timely(way.seller()));
		});
	}
}

/// A bill of nothing, confirmed: nothing was delivered.
#[test]
fn nothing_delivered_is_not_delivered() {
	for way in [Way::Unmetered, Way::Silent, Way::Metered(0)] {
		run(|| {
			billed(way, 0);
			assert_ok!(confirm(Alice, 0));
			assert_eq!(events(), settled(0, 0));
			let nothing = Deed::Untimely(tag(way.seller()), 1_000, Cause::NotDelivered);
			assert_eq!(deeds(), vec![nothing]);
		});
	}
}

/// There has to be a trade. Otherwise [`Error::TradeNotFound`].
#[test]
fn fails_without_a_trade() {
	run(|| {
		assert_noop!(confirm(Alice, 0), Error::<Test>::TradeNotFound);
	});
}

/// Only the buyer confirms; the wallet's key does not. Otherwise [`Error::NotBuyer`].
#[test]
fn fails_for_others() {
	run(|| {
		billed(Way::Metered(1_000), 1_000);
		for who in [Bob, Dave, KEY, SERVICE] {
			assert_noop!(confirm(who, 0), Error::<Test>::NotBuyer);
		}
	});
}

/// Only what was billed. Otherwise [`Error::NotBilled`].
#[test]
fn fails_if_not_billed() {
	run(|| {
		delivered(Way::Metered(1_000));
		assert_noop!(confirm(Alice, 0), Error::<Test>::NotBilled);
	});
}

/// Not after `confirm_by`, also where a ruling is still waited for. Otherwise
/// [`Error::TooLate`].
#[test]
fn fails_too_late() {
	run(|| {
		billed(Way::Metered(1_000), 1_000);
		world(|world| world.now = CONFIRM_BY + 1);
		assert_noop!(confirm(Alice, 0), Error::<Test>::TooLate);
	});
	run(|| {
		billed(Way::Unmetered, 1_000);
		pass(CONFIRM_BY);
		assert_noop!(confirm(Alice, 0), Error::<Test>::TooLate);
	});
}

#[test]
fn fails_for_a_wrong_origin() {
	run(|| {
		billed(Way::Metered(1_000), 1_000);
		let call = || Call::<Test>::confirm { trade: 0 };
		assert_noop!(dispatch(RuntimeOrigin::none(), call()), BadOrigin);
		assert_noop!(dispatch(RuntimeOrigin::root(), call()), BadOrigin);
	});
}
