//! `bill`: what was delivered, and where the payout goes.

use super::{billed, delivered, paid, started, Way};
use crate::{mock::*, pallet::*, types::*};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::traits::BadOrigin;

#[test]
fn works() {
	run(|| {
		delivered(Way::Metered(1_000));
		assert_ok!(bill(Bob, 0, 900, WALLET_OF_BOB));
		let delivery = Delivery { excused: false, attested: Attested::Allotted(1_000) };
		let payee = id(WALLET_OF_BOB);
		assert_eq!(
			Trades::<Test>::get(0).unwrap().state,
			TradeState::Billed { delivery, billed: 900, payee: payee.clone() }
		);
		assert_eq!(events(), vec![Event::Billed { trade: 0, billed: 900, payee }]);
	});
}

/// A linked wallet bills for its owner, until the last moment, barred or not.
#[test]
fn works_at_the_last_moment() {
	run(|| {
		delivered(Way::Metered(1_000));
		world(|world| world.barred.insert(tag(Bob)));
		run_to(BILL_BY);
		assert_ok!(bill(WALLET_OF_BOB, 0, 1_000, Bob));
	});
}

/// A silent register does not bound the bill: the buyer's word will.
#[test]
fn works_with_a_silent_meter() {
	run(|| {
		delivered(Way::Silent);
		assert_ok!(bill(Bob, 0, 1_000, Bob));
	});
}

/// There has to be a trade. Otherwise [`Error::TradeNotFound`].
#[test]
fn fails_without_a_trade() {
	run(|| {
		assert_noop!(bill(Bob, 0, 0, Bob), Error::<Test>::TradeNotFound);
	});
}

/// Only its seller bills. Otherwise [`Error::NotSeller`].
#[test]
fn fails_for_others() {
	run(|| {
		delivered(Way::Metered(1_000));
		for who in [Alice, Charlie, METER] {
			assert_noop!(bill(who, 0, 1, Bob), Error::<Test>::NotSeller);
		}
	});
}

/// Only what was started. Otherwise [`Error::NotStarted`].
#[test]
fn fails_if_not_started() {
	run(|| {
		paid(Way::Metered(0));
		run_to(SLOT_END);
		assert_noop!(bill(Bob, 0, 0, Bob), Error::<Test>::NotStarted);
	});
}

/// Not before the slot is over and the meter was read. Otherwise [`Error::TooEarly`].
#[test]
fn fails_too_early() {
	run(|| {
		started(Way::Metered(0));
		run_to(SLOT_END);
		assert_noop!(bill(Bob, 0, 0, Bob), Error::<Test>::TooEarly);
		run_to(METER_BY);
		assert_noop!(bill(Bob, 0, 0, Bob), Error::<Test>::TooEarly);
		pass(METER_BY);
		assert_ok!(bill(Bob, 0, 0, Bob));
	});
}

/// Without a meter the bill can come right after the slot.
#[test]
fn unmetered_is_billed_after_the_slot() {
	run(|| {
		started(Way::Unmetered);
		run_to(SLOT_END);
		assert_noop!(bill(Charlie, 0, 0, Charlie), Error::<Test>::TooEarly);
		pass(SLOT_END);
		assert_ok!(bill(Charlie, 0, 0, Charlie));
	});
}

/// Not after `bill_by`, even if the agenda lags behind. Otherwise [`Error::TooLate`].
#[test]
fn fails_too_late() {
	run(|| {
		delivered(Way::Metered(1_000));
		world(|world| world.now = BILL_BY + 1);
		assert_noop!(bill(Bob, 0, 1_000, Bob), Error::<Test>::TooLate);
	});
}

/// Once. Otherwise [`Error::AlreadyBilled`].
#[test]
fn fails_a_second_time() {
	run(|| {
		billed(Way::Metered(1_000), 1_000);
		assert_noop!(bill(Bob, 0, 1_000, Bob), Error::<Test>::AlreadyBilled);
	});
}

/// No more than the registers attest and was traded. Otherwise [`Error::ExceedsDelivery`].
#[test]
fn fails_beyond_the_delivery() {
	let bounds = [(Way::Metered(700), 700), (Way::Metered(5_000), 1_000), (Way::Silent, 1_000)];
	for (way, most) in bounds.into_iter().chain([(Way::Unmetered, 1_000)]) {
		run(|| {
			delivered(way);
			let seller = way.seller();
			for volume in [most + 1, u64::MAX] {
				assert_noop!(bill(seller, 0, volume, seller), Error::<Test>::ExceedsDelivery);
			}
			assert_ok!(bill(seller, 0, most, seller));
		});
	}
}

/// The payee is the seller's account or one of his wallets. Otherwise [`Error::NotAWallet`].
#[test]
fn fails_for_a_payee_of_somebody_else() {
	run(|| {
		delivered(Way::Metered(1_000));
		for payee in [Alice, WALLET_OF_ALICE, STRANGER] {
			assert_noop!(bill(Bob, 0, 1, payee), Error::<Test>::NotAWallet);
		}
	});
}

/// The payee exists. Otherwise [`Error::PayeeNotAlive`].
#[test]
fn fails_for_a_payee_that_does_not_exist() {
	run(|| {
		delivered(Way::Metered(1_000));
		assert_noop!(bill(Bob, 0, 1, DEAD_WALLET_OF_BOB), Error::<Test>::PayeeNotAlive);
	});
}

#[test]
fn fails_for_a_wrong_origin() {
	run(|| {
		delivered(Way::Metered(1_000));
		let call = || Call::<Test>::bill { trade: 0, delivered: 1, payee: id(Bob) };
		assert_noop!(dispatch(RuntimeOrigin::none(), call()), BadOrigin);
		assert_noop!(dispatch(RuntimeOrigin::root(), call()), BadOrigin);
	});
}
