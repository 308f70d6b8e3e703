//! Tests of the calls, a module each, of the deadlines, and of what always holds.

mod agenda;
mod bill;
mod cancel_request;
mod confirm;
mod delivery;
mod fills;
mod genesis;
mod meters;
mod offer;
mod pay;
mod pay_refused;
mod payment_dates;
mod properties;
mod quotes;
mod reads;
mod request;
mod respond;
mod set_parameters;
mod settlement;
mod start;
mod steps;
mod try_state;
mod withdraw_offer;

use crate::{mock::*, types::*};
use frame_support::assert_ok;
use voltree_primitives::{Balance, WattHours};

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
