//! Coming on the blacklist: open requests and offers close, paid trades go on.

use super::{paid, responded, Way, AMOUNT, FUNDING};
use crate::{agenda::dearest_entry, mock::*, pallet::*, types::*, WeightInfo};
use frame_support::{assert_noop, assert_ok, weights::Weight};
use voltree_primitives::Cause;

fn closed(offer: u64) -> Event<Test> {
	Event::OfferClosed { offer, unsold: 1_000 }
}

fn ended(request: u64) -> Event<Test> {
	Event::RequestEnded { request, ending: Ending::Blacklisted }
}

/// The next block, without any deadline passing.
fn soon() {
	next_block(world(|world| world.now));
}

/// Offers are withdrawn; requests end with funds and bond back; nobody is blamed for it.
#[test]
fn open_business_closes() {
	run(|| {
		assert_ok!(offer(Alice, unmetered()));
		assert_ok!(request(Alice, demand(), FUNDING));
		assert_ok!(offer(Charlie, unmetered()));
		assert_ok!(request(WALLET_OF_ALICE, demand(), 0));
		assert_ok!(offer(Alice, Supply { slot: SLOT + LENGTH, ..unmetered() }));
		run_to(WINDOW_END);
		assert_ok!(respond(0));
		forget();
		blacklist(Alice);
		assert!(Closing::<Test>::contains_key(tag(Alice)));
		assert_eq!(events(), vec![]);
		soon();
		assert_eq!(events(), vec![closed(0), ended(0), ended(1), closed(2)]);
		assert_eq!((deeds(), fines()), (vec![], vec![]));
		assert_eq!((held(Alice), bonded(Alice), balance(Alice)), (0, 0, MONEY));
		assert!(Offers::<Test>::contains_key(1));
		assert_eq!(Desks::<Test>::iter().count(), 1);
		assert_eq!(Closing::<Test>::iter().count(), 0);
	});
}

/// What is paid goes on, on both sides, and its money with it.
#[test]
fn paid_trades_go_on() {
	run(|| {
		responded(Way::Metered(0));
		assert_ok!(pay(KEY, 0, 0, 600));
		forget();
		blacklist(Alice);
		blacklist(Bob);
		soon();
		assert_eq!(events(), vec![Event::OfferClosed { offer: 0, unsold: 400 }]);
		assert_eq!(Requests::<Test>::get(0).unwrap().state, RequestState::Closed);
		assert_eq!((parts(0), bonded(Alice)), ((FUNDING - 1_200, 1_200), SMALLEST_FINE));
		run_to(GATE);
		assert_ok!(start(Bob, 0));
		meter_exports(METER, 600);
		pass(METER_BY);
		assert_ok!(bill(Bob, 0, 600, Bob));
		assert_ok!(confirm(Alice, 0));
		assert_eq!(last_event(), Event::RequestEnded { request: 0, ending: Ending::Settled });
		assert_eq!((balance(Alice), balance(Bob)), (MONEY - 1_200, MONEY + 1_200));
		check_empty();
	});
}

/// Nothing can be paid any more before the next block has closed it.
#[test]
fn nothing_is_paid_meanwhile() {
	run(|| {
		responded(Way::Unmetered);
		blacklist(Charlie);
		assert_noop!(pay(KEY, 0, 0, 100), Error::<Test>::SellerNotInGoodStanding);
		soon();
		assert_noop!(pay(KEY, 0, 0, 100), Error::<Test>::OfferNotFound);
	});
	run(|| {
		responded(Way::Unmetered);
		blacklist(Alice);
		assert_noop!(pay(KEY, 0, 0, 100), "barred");
	});
}

/// What comes back is net of fines due, and no more.
#[test]
fn what_comes_back_is_net_of_fines() {
	run(|| {
		assert_ok!(request(Alice, demand(), FUNDING));
		world(|world| world.fines.insert(tag(Alice), 350));
		blacklist(Alice);
		soon();
		assert_eq!((debt(Alice), in_pot(), balance(Alice)), (0, 350, MONEY - 350));
		check_empty();
	});
}

/// The buyer whose seller is gone is not to blame.
#[test]
fn buyers_are_not_to_blame() {
	run(|| {
		responded(Way::Unmetered);
		blacklist(Charlie);
		forget();
		pass(LATE_BY);
		let ending = Ending::NothingToPay;
		assert!(events().contains(&Event::RequestEnded { request: 0, ending }));
		assert_eq!((deeds(), balance(Alice)), (vec![], MONEY));
	});
}

/// The fault of one trade can put its seller there; his other trades go on, his offers do not.
#[test]
fn a_fault_can_lead_there() {
	run(|| {
		responded(Way::Unmetered);
		assert_ok!(offer(Charlie, Supply { slot: SLOT + LENGTH, ..unmetered() }));
		assert_ok!(pay(KEY, 0, 0, 300));
		assert_ok!(pay(KEY, 0, 0, 300));
		world(|world| world.on_the_brink.insert(tag(Charlie)));
		assert_ok!(withdraw_trade(Charlie, 0));
		assert!(Closing::<Test>::contains_key(tag(Charlie)));
		forget();
		soon();
		assert_eq!(events(), vec![Event::OfferClosed { offer: 0, unsold: 400 }, closed(1)]);
		assert!(Trades::<Test>::contains_key(1));
	});
}

/// The buyer's own fault closes his other requests, and the one that he is blamed for ends as usual.
#[test]
fn a_buyers_fault_can_lead_there() {
	run(|| {
		responded(Way::Unmetered);
		let later = Demand { slot: SLOT + 2 * LENGTH, ..demand() };
		assert_ok!(request(Alice, later, FUNDING));
		world(|world| world.on_the_brink.insert(tag(Alice)));
		forget();
		assert_ok!(cancel(Alice, 0));
		assert_eq!(deeds(), vec![Deed::Untimely(tag(Alice), 100, Cause::NotPaid)]);
		soon();
		let not_paid = Event::RequestEnded { request: 0, ending: Ending::NotPaid };
		assert_eq!(events(), vec![not_paid, ended(1)]);
		assert_eq!(balance(Alice), MONEY - SMALLEST_FINE);
		assert_eq!(Desks::<Test>::get(tag(Alice)), Desk::default());
	});
}

/// Who has nothing open has nothing to close.
#[test]
fn nothing_open_is_nothing_to_close() {
	run(|| {
		blacklist(Alice);
		assert_eq!(Closing::<Test>::iter().count(), 0);
	});
	run(|| {
		paid(Way::Unmetered);
		blacklist(Charlie);
		soon();
		assert_eq!((events(), Closing::<Test>::iter().count()), (vec![], 0));
		assert_eq!(parts(0).1, AMOUNT);
	});
}

/// Many things of several people are closed over bounded blocks, before deadlines take effect.
#[test]
fn much_is_closed_bit_by_bit() {
	const EACH: u64 = 40;
	let trusted = |world: &mut World| {
		world.credit.extend([(tag(Alice), 1_000), (tag(Charlie), 1_000)]);
	};
	let lines = Parameters { smallest_fill: 100, horizon: 30 * LENGTH, ..parameters() };
	ExtBuilder::default().parameters(lines).world(trusted).run(|| {
		assert_ok!(offer(Dave, Supply { expires: Some(START), ..unmetered() }));
		for n in 0..EACH {
			let slot = SLOT + n % 10 * LENGTH;
			assert_ok!(offer(Charlie, Supply { slot, volume: 100, ..unmetered() }));
			let slot = SLOT + LENGTH;
			assert_ok!(request(Alice, Demand { slot, volume: 100, ..demand() }, 0));
		}
		blacklist(Alice);
		blacklist(Charlie);
		forget();
		world(|world| world.now = START + 1);
		// Room for ten entries at a time: for nine, and for the dearest of all kinds. When all is
		// closed, one entry each is for noticing it.
		let nine = <() as WeightInfo>::entry_blacklisted().saturating_mul(9);
		let ten =
			<() as WeightInfo>::agenda().saturating_add(nine).saturating_add(dearest_entry::<()>());
		let mut closed = 0;
		for _ in 0..8 {
			assert!(Market::work_off(ten).all_lte(ten));
			check();
			let told = events();
			let others = told.iter().filter(|event| !is_dave(event)).count();
			assert!((8..=10).contains(&others), "{others} of ten");
			closed += others;
		}
		Market::work_off(Weight::MAX);
		let rest = events();
		assert!(rest.last().is_some_and(is_dave), "deadlines come after");
		assert_eq!(closed + rest.len() - 1, 2 * usize::try_from(EACH).unwrap());
		check_empty();
	});
}

/// Dave's offer expires.
fn is_dave(event: &Event<Test>) -> bool {
	*event == closed(0)
}
