//! Outages between gate and slot end: the trade counts as started, settles by the meters, and nobody
//! is punished.

use super::{fined, paid, settled, started, Way, AMOUNT};
use crate::{mock::*, pallet::*, types::*};
use frame_support::assert_ok;
use voltree_primitives::{Balance, Moment};

/// Nothing from `from` to `to`, then on to the end of the slot.
fn asleep(from: Moment, to: Moment) {
	run_to(from);
	next_block(to);
	run_to(to.max(SLOT_END));
	forget();
	pass(SLOT_END.max(to));
}

fn excused(attested: Attested) -> TradeState<AccountId> {
	TradeState::Delivered { delivery: Delivery { excused: true, attested } }
}

fn state() -> TradeState<AccountId> {
	Trades::<Test>::get(0).unwrap().state
}

/// Not started, because nobody could: what the meter says is paid.
#[test]
fn not_started_settles_by_the_meter() {
	for energy in [0, 300, 1_000] {
		run(|| {
			paid(Way::Metered(0));
			asleep(GATE - 5_000, SLOT + 20_000);
			assert_eq!(state(), excused(Attested::Pending));
			meter_exports(METER, energy);
			pass(METER_BY);
			forget();
			pass(BILL_BY);
			let payout = Balance::from(energy) * 2;
			assert_eq!(fines(), vec![]);
			assert_eq!(events(), settled(Outcome::SettledUnbilled, energy, payout));
			assert_eq!(deeds(), vec![]);
			assert_eq!((balance(Alice), balance(Bob)), (MONEY - payout, MONEY + payout));
			check_empty();
		});
	}
}

/// It can be billed and confirmed like any other.
#[test]
fn not_started_can_be_billed() {
	run(|| {
		paid(Way::Metered(0));
		asleep(GATE - 5_000, SLOT + 20_000);
		meter_exports(METER, 800);
		pass(METER_BY);
		assert_ok!(bill(Bob, 0, 800, WALLET_OF_BOB));
		assert_ok!(confirm(Alice, 0));
		assert_eq!((deeds(), gains()), (vec![], vec![]));
		assert_eq!(balance(WALLET_OF_BOB), 1_000 + 1_600);
	});
}

/// Without a meter: what is confirmed is paid, and nobody's silence is a fault.
#[test]
fn unmetered_settles_by_what_is_confirmed() {
	let asleep = || {
		paid(Way::Unmetered);
		asleep(GATE - 5_000, SLOT + 20_000);
		assert_eq!(state(), excused(Attested::Unmetered));
	};
	run(|| {
		asleep();
		assert_ok!(bill(Charlie, 0, 600, Charlie));
		assert_ok!(confirm(Alice, 0));
		assert_eq!((deeds(), balance(Charlie)), (vec![], MONEY + 1_200));
	});
	run(|| {
		asleep();
		pass(BILL_BY);
		assert_eq!(events().pop(), settled(Outcome::NotBilled, 0, 0).pop());
		assert_eq!((deeds(), balance(Alice), balance(Charlie)), (vec![], MONEY, MONEY));
	});
	run(|| {
		asleep();
		assert_ok!(bill(Charlie, 0, 600, Charlie));
		pass(RULE_BY);
		assert_eq!(events().pop(), settled(Outcome::Unruled, 0, 0).pop());
		assert_eq!((deeds(), balance(Alice)), (vec![], MONEY));
	});
}

/// What was started before is excused as well, and so is a buyer's silence after it.
#[test]
fn started_is_excused() {
	run(|| {
		started(Way::Metered(0));
		asleep(SLOT, SLOT + 30_000);
		meter_exports(METER, 500);
		pass(METER_BY);
		assert_eq!(state(), excused(Attested::Allotted(500)));
		assert_ok!(bill(Bob, 0, 500, Bob));
		pass(CONFIRM_BY);
		assert_eq!((deeds(), balance(Alice), balance(Bob)), (vec![], MONEY - 1_000, MONEY + 1_000));
	});
}

/// Nobody could report, so silent sensors say nothing: the meters do.
#[test]
fn silent_sensors_say_nothing() {
	run(|| {
		paid(Way::Metered(0));
		world(|world| world.safety = NEVER_SAFE);
		asleep(GATE, SLOT_END);
		assert_eq!(state(), excused(Attested::Pending));
		meter_exports(METER, 1_000);
		pass(BILL_BY);
		assert_eq!(balance(Bob), MONEY + AMOUNT);
	});
}

/// Over the whole slot and beyond: late registers count until the moved `meter_by`.
#[test]
fn an_outage_over_the_whole_slot() {
	run(|| {
		paid(Way::Metered(0));
		run_to(GATE - 5_000);
		let to = METER_BY + 50_000;
		next_block(to);
		let meter_by = METER_BY + to - (GATE - 5_000);
		assert_eq!(Market::unsettled_trade(0).unwrap().deadlines.meter_by, meter_by);
		run_to(meter_by);
		meter_exports(METER, 900);
		pass(meter_by);
		assert_eq!(state(), excused(Attested::Allotted(900)));
	});
}

/// One that ends with the gate, or begins with the slot's end, excuses nobody.
#[test]
fn outages_beside_the_delivery_excuse_nobody() {
	let beside = [(GATE - OUTAGE - 1, GATE), (SLOT_END, SLOT_END + OUTAGE + 1)];
	for (from, to) in beside {
		run(|| {
			paid(Way::Unmetered);
			run_to(from);
			next_block(to);
			pass(SLOT_END.max(to));
			assert_eq!(fines(), vec![fined(Charlie, FINE, 0, FINE)]);
		});
	}
}

/// A moment of it inside is enough.
#[test]
fn outages_that_touch_the_delivery_excuse() {
	let touching = [(GATE - OUTAGE, GATE + 1), (SLOT_END - 1, SLOT_END + OUTAGE + 1)];
	for (from, to) in touching {
		run(|| {
			paid(Way::Unmetered);
			run_to(from);
			next_block(to);
			pass(SLOT_END.max(to));
			assert_eq!((fines(), state()), (vec![], excused(Attested::Unmetered)));
		});
	}
}

/// It may still be started and withdrawn while there is time.
#[test]
fn what_can_still_be_done_can_be_done() {
	run(|| {
		paid(Way::Metered(0));
		run_to(GATE - 5_000);
		next_block(GATE + 20_000);
		assert_ok!(start(Bob, 0));
		assert_eq!(state(), TradeState::Started { at: GATE + 20_000 });
		pass(SLOT_END);
		assert_eq!(state(), excused(Attested::Pending));
	});
}
