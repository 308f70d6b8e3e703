//! `meter_by`: the energy of a meter is allotted in the order in which its trades were paid.

use super::{delivered, started, Way};
use crate::{mock::*, pallet::*, types::*};
use frame_support::assert_ok;
use voltree_primitives::{AwaitedRegisters, Cause, Moment, TradeId, WattHours};

/// Trades 0, 1 and 2 over 300, 400 and 300 Wh by Bob's meter, for Alice, Dave and Alice.
fn three_trades() {
	assert_ok!(offer(Bob, metered()));
	assert_ok!(request(Alice, demand(), 5_000));
	assert_ok!(request(Dave, demand(), 5_000));
	run_to(WINDOW_END);
	assert_ok!(respond(0));
	assert_ok!(respond(1));
	for (request, volume) in [(0, 300), (1, 400), (0, 300)] {
		assert_ok!(pay(KEY, request, 0, volume));
	}
	run_to(GATE);
}

fn start_all(trades: &[TradeId]) {
	for trade in trades {
		assert_ok!(start(Bob, *trade));
	}
}

fn attested(trade: TradeId) -> Attested {
	match Trades::<Test>::get(trade).unwrap().state {
		TradeState::Delivered { delivery } => delivery.attested,
		other => panic!("not delivered: {other:?}"),
	}
}

/// The meter exports `energy`; what each of `trades` gets of it.
fn allotted(trades: &[TradeId], energy: WattHours) -> Vec<Attested> {
	meter_exports(METER, energy);
	pass(SLOT_END);
	pass(METER_BY);
	trades.iter().map(|trade| attested(*trade)).collect()
}

/// First paid, first served, and never more than was exported.
#[test]
fn energy_goes_to_trades_in_order_of_payment() {
	let cases = [
		(1_200, [300, 400, 300]),
		(1_000, [300, 400, 300]),
		(800, [300, 400, 100]),
		(500, [300, 200, 0]),
		(0, [0, 0, 0]),
	];
	for (energy, shares) in cases {
		run(|| {
			three_trades();
			// Starting in another order changes nothing.
			start_all(&[2, 0, 1]);
			assert_eq!(allotted(&[0, 1, 2], energy), shares.map(Attested::Allotted).to_vec());
			assert_eq!(MeterSlots::<Test>::iter().count(), 0);
		});
	}
}

/// A trade that was never started gets nothing of it.
#[test]
fn energy_goes_to_started_trades_only() {
	run(|| {
		three_trades();
		start_all(&[1, 2]);
		let shares = [400, 200].map(Attested::Allotted);
		assert_eq!(allotted(&[1, 2], 600), shares.to_vec());
	});
}

/// Registers count until `meter_by`; then the meter is read, once for all.
#[test]
fn registers_count_until_meter_by() {
	run(|| {
		started(Way::Silent);
		pass(SLOT_END);
		assert_eq!(attested(0), Attested::Pending);
		run_to(METER_BY);
		assert_eq!(attested(0), Attested::Pending);
		meter_exports(METER, 800);
		pass(METER_BY);
		assert_eq!(attested(0), Attested::Allotted(800));
		let metered = Event::Metered { trade: 0, attested: Attested::Allotted(800) };
		assert_eq!(events(), vec![metered]);
		// Later reports change nothing.
		meter_exports(METER, 900);
		pass(METER_BY + 1);
		assert_eq!(attested(0), Attested::Allotted(800));
	});
}

/// Nothing beyond what was traded is allotted.
#[test]
fn surplus_is_not_allotted() {
	run(|| {
		delivered(Way::Metered(9_000));
		assert_eq!(attested(0), Attested::Allotted(1_000));
	});
}

/// A silent meter attests nothing.
#[test]
fn a_silent_meter_attests_nothing() {
	run(|| {
		started(Way::Silent);
		pass(SLOT_END);
		pass(METER_BY);
		assert_eq!(attested(0), Attested::Silent);
		let metered = Event::Metered { trade: 0, attested: Attested::Silent };
		assert_eq!(events(), vec![metered]);
	});
}

/// Other slots of the same meter have their own energy.
#[test]
fn slots_are_apart() {
	run(|| {
		assert_ok!(offer(Bob, metered()));
		assert_ok!(offer(Bob, Supply { slot: SLOT + LENGTH, ..metered() }));
		assert_ok!(request(Alice, demand(), 5_000));
		assert_ok!(request(Dave, Demand { slot: SLOT + LENGTH, ..demand() }, 5_000));
		run_to(WINDOW_END);
		for request in [0, 1] {
			assert_ok!(respond(request));
			assert_ok!(pay(KEY, request, request, 1_000));
		}
		run_to(GATE);
		assert_ok!(start(Bob, 0));
		run_to(GATE + LENGTH);
		assert_ok!(start(Bob, 1));
		meter_exports(METER, 700);
		world(|world| world.exported.insert((id(METER), SLOT + LENGTH), 600));
		pass(METER_BY);
		assert_eq!(attested(0), Attested::Allotted(700));
		pass(METER_BY + LENGTH);
		assert_eq!(attested(1), Attested::Allotted(600));
	});
}

/// A meter that was taken away is silent without its owner's fault; what the buyer confirms is paid.
#[test]
fn a_meter_that_is_taken_away_excuses_its_owner() {
	let taken_away = || {
		started(Way::Silent);
		world(|world| world.meters.clear());
		pass(SLOT_END);
		pass(METER_BY);
		let delivery = Delivery { excused: true, attested: Attested::Silent };
		assert_eq!(Trades::<Test>::get(0).unwrap().state, TradeState::Delivered { delivery });
		forget();
	};
	run(|| {
		taken_away();
		pass(BILL_BY);
		assert_eq!((deeds(), fines()), (vec![], vec![]));
		assert_eq!((balance(Alice), balance(Bob)), (MONEY, MONEY));
		check_empty();
	});
	run(|| {
		taken_away();
		assert_ok!(bill(Bob, 0, 400, Bob));
		assert_ok!(confirm(Alice, 0));
		assert_eq!((deeds(), balance(Bob)), (vec![], MONEY + 800));
	});
}

/// A silent meter that is still there is its owner's fault.
#[test]
fn a_silent_meter_does_not_excuse_its_owner() {
	run(|| {
		delivered(Way::Silent);
		pass(BILL_BY);
		assert_eq!(deeds(), vec![Deed::Untimely(tag(Bob), 1_000, Cause::NotDelivered)]);
	});
}

/// The windows may differ between the requests of a slot, but its meter is read once for all: for
/// the trade that was paid first.
#[test]
fn a_meter_is_read_once_for_all() {
	run(|| {
		assert_ok!(offer(Bob, metered()));
		for (who, round) in [(Alice, 10_000), (Dave, ROUND)] {
			world(|world| world.round = round);
			assert_ok!(request(who, demand(), 5_000));
		}
		run_to(START + 30_000);
		for (request, volume) in [(0, 300), (1, 400)] {
			assert_ok!(respond(request));
			assert_ok!(pay(KEY, request, 0, volume));
		}
		let meter_by = SLOT_END + 3 * 10_000;
		let deadlines = |trade| Trades::<Test>::get(trade).unwrap().deadlines;
		assert_eq!((deadlines(0).meter_by, deadlines(1).meter_by), (meter_by, meter_by));
		assert_eq!(deadlines(1).bill_by, meter_by + 30_000);
		run_to(GATE);
		start_all(&[1, 0]);
		meter_exports(METER, 500);
		run_to(meter_by);
		assert_eq!((attested(0), attested(1)), (Attested::Pending, Attested::Pending));
		pass(meter_by);
		assert_eq!((attested(0), attested(1)), (Attested::Allotted(300), Attested::Allotted(200)));
	});
}

/// A reading that nobody waits for any more binds nobody.
#[test]
fn a_reading_is_agreed_on_by_those_who_wait() {
	run(|| {
		assert_ok!(offer(Bob, metered()));
		for (who, round) in [(Alice, 10_000), (Dave, ROUND)] {
			world(|world| world.round = round);
			assert_ok!(request(who, demand(), 5_000));
		}
		run_to(START + 30_000);
		assert_ok!(respond(0));
		assert_ok!(respond(1));
		assert_ok!(pay(KEY, 0, 0, 300));
		assert_ok!(withdraw_trade(Bob, 0));
		assert_ok!(pay(KEY, 1, 0, 400));
		assert_eq!(Trades::<Test>::get(1).unwrap().deadlines.meter_by, METER_BY);
	});
}

/// From the payment of its first trade until its last one is metered, a meter's registers at both ends
/// of the slot are waited for, and no others.
#[test]
fn registers_are_waited_for_until_the_last_trade_is_metered() {
	run(|| {
		let awaited = |meter| {
			let at = |boundary: &Moment| Market::is_awaited(&id(meter), *boundary);
			let boundaries =
				[0, SLOT - 30_000, SLOT - 60_000, SLOT, SLOT + 1, SLOT_END, SLOT_END + 60_000];
			boundaries.into_iter().filter(at).collect::<Vec<_>>()
		};
		assert_ok!(offer(Bob, metered()));
		assert!(awaited(METER).is_empty(), "an offer waits for nothing");
		assert_ok!(request(Alice, demand(), 5_000));
		run_to(WINDOW_END);
		assert_ok!(respond(0));
		for volume in [300, 400] {
			assert_ok!(pay(KEY, 0, 0, volume));
		}
		assert_eq!(awaited(METER), vec![SLOT, SLOT_END]);
		assert!(awaited(Bob).is_empty());
		assert_ok!(withdraw_trade(Bob, 0));
		assert_eq!(awaited(METER), vec![SLOT, SLOT_END], "another trade waits");
		run_to(GATE);
		start_all(&[1]);
		meter_exports(METER, 500);
		pass(SLOT_END);
		assert_eq!(awaited(METER), vec![SLOT, SLOT_END]);
		pass(METER_BY);
		assert_eq!(attested(1), Attested::Allotted(400));
		assert!(awaited(METER).is_empty());
	});
}
