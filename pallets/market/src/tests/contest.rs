//! `contest`: the buyer says that less has arrived.

use super::{billed, delivered, started, Way};
use crate::{mock::*, pallet::*, types::*};
use frame_support::{
	assert_noop, assert_ok,
	traits::{fungible::Mutate, tokens::Preservation},
};
use sp_runtime::{traits::BadOrigin, TokenError};

fn contested(attested: Attested, billed: Option<u64>, payee: Keyring) -> TradeState<AccountId> {
	let delivery = Delivery { excused: false, attested };
	let payee = id(payee);
	TradeState::Contested { delivery, billed, payee, received: 400, bond: SMALLEST_FINE }
}

/// What was billed can be contested, by registers, without, and with a silent one.
#[test]
fn works_for_a_bill() {
	let ways = [
		(Way::Metered(1_000), Attested::Allotted(1_000)),
		(Way::Silent, Attested::Silent),
		(Way::Unmetered, Attested::Unmetered),
	];
	for (way, attested) in ways {
		run(|| {
			billed(way, 900);
			assert_ok!(contest(Alice, 0, 400));
			let state = contested(attested, Some(900), way.seller());
			assert_eq!(Trades::<Test>::get(0).unwrap().state, state);
			assert_eq!(events(), vec![Event::Contested { trade: 0, received: 400 }]);
			assert_eq!((bonded(Alice), deeds()), (2 * SMALLEST_FINE, vec![]));
		});
	}
}

/// A seller who sends no bill would be paid by his registers: they can be contested.
#[test]
fn works_for_what_the_meter_says() {
	run(|| {
		delivered(Way::Metered(800));
		assert_ok!(contest(WALLET_OF_ALICE, 0, 400));
		let state = contested(Attested::Allotted(800), None, Bob);
		assert_eq!(Trades::<Test>::get(0).unwrap().state, state);
	});
}

/// Until the last moment, by one who was barred.
#[test]
fn works_at_the_last_moment() {
	run(|| {
		billed(Way::Unmetered, 1_000);
		world(|world| world.barred.insert(tag(Alice)));
		run_to(CONFIRM_BY);
		assert_ok!(contest(Alice, 0, 0));
	});
}

/// The payee of the bill is kept.
#[test]
fn keeps_the_payee() {
	run(|| {
		delivered(Way::Metered(1_000));
		assert_ok!(bill(Bob, 0, 900, WALLET_OF_BOB));
		assert_ok!(contest(Alice, 0, 400));
		let state = contested(Attested::Allotted(1_000), Some(900), WALLET_OF_BOB);
		assert_eq!(Trades::<Test>::get(0).unwrap().state, state);
	});
}

/// There has to be a trade. Otherwise [`Error::TradeNotFound`].
#[test]
fn fails_without_a_trade() {
	run(|| {
		assert_noop!(contest(Alice, 0, 0), Error::<Test>::TradeNotFound);
	});
}

/// Only the buyer contests. Otherwise [`Error::NotBuyer`].
#[test]
fn fails_for_others() {
	run(|| {
		billed(Way::Metered(1_000), 1_000);
		for who in [Bob, Dave, KEY, SERVICE] {
			assert_noop!(contest(who, 0, 0), Error::<Test>::NotBuyer);
		}
	});
}

/// Only what would be paid without his consent. Otherwise [`Error::NotBilled`].
#[test]
fn fails_for_what_is_not_to_be_paid() {
	let stories: [fn(); 4] = [
		|| super::paid(Way::Unmetered),
		|| started(Way::Metered(0)),
		|| delivered(Way::Silent),
		|| delivered(Way::Unmetered),
	];
	for story in stories {
		run(|| {
			story();
			assert_noop!(contest(Alice, 0, 0), Error::<Test>::NotBilled);
		});
	}
}

/// Nor while the registers are still waited for. Otherwise [`Error::NotBilled`].
#[test]
fn fails_before_the_meter_was_read() {
	run(|| {
		started(Way::Metered(0));
		pass(SLOT_END);
		assert_noop!(contest(Alice, 0, 0), Error::<Test>::NotBilled);
	});
}

/// Not after `confirm_by`. Otherwise [`Error::TooLate`].
#[test]
fn fails_too_late() {
	run(|| {
		billed(Way::Unmetered, 1_000);
		pass(CONFIRM_BY);
		assert_noop!(contest(Alice, 0, 0), Error::<Test>::TooLate);
	});
}

/// Once; and what is contested is neither billed nor confirmed any more. Otherwise
/// [`Error::AlreadyContested`].
#[test]
fn fails_a_second_time() {
	run(|| {
		delivered(Way::Metered(1_000));
		assert_ok!(contest(Alice, 0, 0));
		assert_noop!(contest(Alice, 0, 0), Error::<Test>::AlreadyContested);
		assert_noop!(bill(Bob, 0, 1_000, Bob), Error::<Test>::AlreadyContested);
		assert_noop!(confirm(Alice, 0), Error::<Test>::NotBilled);
		assert_noop!(start(Bob, 0), Error::<Test>::AlreadyStarted);
		assert_noop!(withdraw_trade(Bob, 0), Error::<Test>::AlreadyStarted);
	});
}

/// Only if more would be paid. Otherwise [`Error::NothingToContest`].
#[test]
fn fails_if_no_more_would_be_paid() {
	let cases = [
		(Way::Metered(1_000), Some(600), 600),
		(Way::Metered(300), None, 300),
		(Way::Unmetered, Some(600), 600),
		(Way::Metered(0), None, 0),
	];
	for (way, bills, payable) in cases {
		run(|| {
			delivered(way);
			if let Some(volume) = bills {
				assert_ok!(bill(way.seller(), 0, volume, way.seller()));
			}
			for received in [payable, payable + 1, u64::MAX] {
				assert_noop!(contest(Alice, 0, received), Error::<Test>::NothingToContest);
			}
			if payable > 0 {
				assert_ok!(contest(Alice, 0, payable - 1));
			}
		});
	}
}

/// The bond has to be there.
#[test]
fn fails_without_money_for_the_bond() {
	run(|| {
		billed(Way::Unmetered, 1_000);
		let all = balance(Alice) - EXISTENTIAL_DEPOSIT;
		assert_ok!(Balances::transfer(&id(Alice), &id(Dave), all, Preservation::Preserve));
		assert_noop!(contest(Alice, 0, 0), TokenError::FundsUnavailable);
	});
}

#[test]
fn fails_for_a_wrong_origin() {
	run(|| {
		billed(Way::Unmetered, 1_000);
		let call = || Call::<Test>::contest { trade: 0, received: 0 };
		assert_noop!(dispatch(RuntimeOrigin::none(), call()), BadOrigin);
		assert_noop!(dispatch(RuntimeOrigin::root(), call()), BadOrigin);
	});
}
