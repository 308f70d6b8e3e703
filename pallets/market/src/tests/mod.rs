//! Tests of the calls, a module each, of the deadlines, and of what always holds.

mod agenda;
mod bill;
mod blacklisted;
mod cancel_request;
mod capacity;
mod charged;
mod confirm;
mod contest;
mod contest_unruled;
mod delivery;
mod exposure;
mod fills;
mod fines_buyer;
mod fines_seller;
mod gains;
mod genesis;
mod grid;
mod impossible;
mod losses;
mod meters;
mod migrations;
mod offer;
mod outages;
mod outages_after;
mod outages_delivery;
mod pay;
mod pay_refused;
mod payment_dates;
mod properties;
mod quotes;
mod reads;
mod request;
mod respond;
mod rule;
mod set_parameters;
mod settlement;
mod start;
mod steps;
mod take;
mod try_state;
mod unmetered;
mod versions;
mod withdraw_offer;
mod withdraw_trade;

use crate::{mock::*, types::*};
use frame_support::assert_ok;
use voltree_primitives::{Balance, OfferId, WattHours};

/// What Alice puts into the shared wallet of her request, and what 1 kWh costs.
const FUNDING: Balance = 5_000;
const AMOUNT: Balance = 2_000;

/// How the one trade of a story is measured.
#[derive(Clone, Copy, Debug)]
enum Way {
	/// By Bob's meter, which exports so much.
	Metered(WattHours),
	/// By Bob's meter, which stays silent.
	Silent,
	/// Not at all; Charlie sells.
	Unmetered,
}

impl Way {
	fn seller(self) -> Keyring {
		match self {
			Way::Metered(_) | Way::Silent => Bob,
			Way::Unmetered => Charlie,
		}
	}

	fn supply(self) -> Supply<AccountId> {
		match self {
			Way::Metered(_) | Way::Silent => metered(),
			Way::Unmetered => unmetered(),
		}
	}
}

/// Alice's request 0 finds offer 0, and the management centre has responded.
fn responded(way: Way) {
	assert_ok!(offer(way.seller(), way.supply()));
	assert_ok!(request(Alice, demand(), FUNDING));
	run_to(WINDOW_END);
	assert_ok!(respond(0));
	forget();
}

/// [`responded`], and trade 0 over 1 kWh is paid.
fn paid(way: Way) {
	responded(way);
	assert_ok!(pay(KEY, 0, 0, 1_000));
	forget();
}

/// [`paid`], and its delivery was started at the gate.
fn started(way: Way) {
	paid(way);
	run_to(GATE);
	assert_ok!(start(way.seller(), 0));
	forget();
}

/// [`started`], the slot is over, and the meter, if there is one, was read.
fn delivered(way: Way) {
	started(way);
	if let Way::Metered(energy) = way {
		meter_exports(METER, energy);
	}
	pass(SLOT_END);
	if !matches!(way, Way::Unmetered) {
		pass(METER_BY);
	}
	forget();
}

/// [`delivered`], and the seller has billed `volume`, payable to his own account.
fn billed(way: Way, volume: WattHours) {
	delivered(way);
	assert_ok!(bill(way.seller(), 0, volume, way.seller()));
	forget();
}

/// A fine of `who` that was collected in full: `loss` of it went to the injured party, so much came
/// out of the bond, the rest out of the shared wallets.
fn fined(who: Keyring, amount: Balance, loss: Balance, from_bond: Balance) -> Fined {
	Fined { who, amount, loss, from_bond, from_wallets: amount - from_bond, owed: 0 }
}

/// Trade 0 and, because it was the only one, its request have ended.
fn settled(outcome: Outcome, delivered: WattHours, payout: Balance) -> Vec<crate::Event<Test>> {
	let refund = AMOUNT - payout;
	vec![
		crate::Event::Settled { trade: 0, request: 0, outcome, delivered, payout, refund },
		crate::Event::RequestEnded { request: 0, ending: Ending::Settled },
	]
}

/// Paying `volume` Wh of offer `offer` for request 0 is impossible for a reason that is not the
/// buyer's: the call makes no trade, locks nothing, and says so.
fn impossible(offer: OfferId, volume: WattHours, reason: crate::Error<Test>) {
	let before = (parts(0), crate::Trades::<Test>::iter().count());
	assert_ok!(pay(KEY, 0, offer, volume));
	let reason = reason.into();
	assert_eq!(last_event(), crate::Event::PaymentImpossible { request: 0, offer, reason });
	assert_eq!((parts(0), crate::Trades::<Test>::iter().count()), before);
}
