//! Nothing reaches back: requests and trades keep the terms that they were made under.

use super::{fined, paid, responded, Way, FUNDING};
use crate::{mock::*, pallet::*, types::*};
use frame_support::assert_ok;
use voltree_primitives::{Cause, Terms};

/// Everything dearer.
const HARSH: Terms =
	Terms { version: 4, weight: 99, fine_rate: 1_000, smallest_fine: 900, ..TERMS };

fn judged_by() -> Vec<u32> {
	world(|world| world.judged_by.iter().map(|terms| terms.version).collect())
}

fn harsh() {
	world(|world| world.terms = HARSH);
}

/// A request is judged by the terms of the day it was made, which its bond was for.
#[test]
fn a_request_keeps_its_terms() {
	run(|| {
		responded(Way::Unmetered);
		harsh();
		pass(PAY_BY);
		assert_ok!(pay(KEY, 0, 0, 1_000));
		assert_eq!(fines(), vec![fined(Alice, FINE, 0, SMALLEST_FINE)]);
		assert_eq!(judged_by(), vec![TERMS.version]);
	});
	run(|| {
		responded(Way::Unmetered);
		harsh();
		pass(LATE_BY);
		assert_eq!(fines(), vec![fined(Alice, SMALLEST_FINE, 0, SMALLEST_FINE)]);
		assert_eq!(judged_by(), vec![TERMS.version]);
	});
}

/// A trade by those of the day it was paid: new ones if they came after the request.
#[test]
fn a_trade_has_the_terms_of_its_payment() {
	run(|| {
		responded(Way::Unmetered);
		harsh();
		assert_ok!(pay(KEY, 0, 0, 1_000));
		assert_eq!(Requests::<Test>::get(0).unwrap().terms, TERMS);
		assert_eq!(Trades::<Test>::get(0).unwrap().terms, HARSH);
		assert_eq!(bonded(Charlie), 8_000 + 900);
		forget();
		pass(SLOT_END);
		assert_eq!(fines(), vec![fined(Charlie, 2_000, 0, 2_000)]);
		assert_eq!(judged_by(), vec![HARSH.version]);
	});
}

/// Terms that change in the middle of a trade change nothing in it: fine, credit, contest bond.
#[test]
fn a_trade_keeps_its_terms() {
	run(|| {
		paid(Way::Unmetered);
		harsh();
		pass(SLOT_END);
		assert_eq!(fines(), vec![fined(Charlie, FINE, 0, FINE)]);
		assert_eq!(judged_by(), vec![TERMS.version]);
	});
	run(|| {
		super::billed(Way::Metered(1_000), 1_000);
		harsh();
		assert_ok!(contest(Alice, 0, 0));
		assert_eq!(bonded(Alice), 2 * SMALLEST_FINE);
		assert_ok!(rule(0, 100, Fault::Buyer));
		assert_eq!(judged_by(), vec![TERMS.version]);
	});
	run(|| {
		super::billed(Way::Metered(1_000), 1_000);
		harsh();
		forget();
		pass(CONFIRM_BY);
		let silent = Deed::Untimely(tag(Alice), 1_000, Cause::NotConfirmed);
		assert_eq!(fines(), vec![fined(Alice, FINE, 0, SMALLEST_FINE)]);
		assert_eq!(deeds()[0], silent);
		assert_eq!(judged_by(), vec![TERMS.version]);
	});
}

/// Both say which version of the market's parameters they were made under.
#[test]
fn versions_are_kept() {
	run(|| {
		responded(Way::Unmetered);
		let longer = Parameters { rule_window: 200_000, tolerance: 0, ..parameters() };
		assert_ok!(set_parameters(longer));
		assert_ok!(pay(KEY, 0, 0, 300));
		run_to(WINDOW_END + NOTICE);
		assert_ok!(pay(KEY, 0, 0, 300));
		assert_ok!(request(Dave, demand(), FUNDING));
		let made = |request| Requests::<Test>::get(request).unwrap().version;
		assert_eq!((made(0), made(1)), (0, 1));
		let trade = |id| Trades::<Test>::get(id).unwrap();
		assert_eq!((trade(0).version, trade(1).version), (0, 1));
		assert_eq!((trade(0).tolerance, trade(1).tolerance), (50, 0));
		let rule_by = |id| trade(id).deadlines.rule_by;
		assert_eq!((rule_by(0), rule_by(1)), (RULE_BY, RULE_BY + 100_000));
	});
}

/// A lower cap later does not lower the bond of what was paid, nor what it covers.
#[test]
fn a_trade_keeps_its_cap() {
	run(|| {
		assert_ok!(set_grid_prices(SLOT, &[9_000]));
		paid(Way::Unmetered);
		assert_ok!(set_parameters(Parameters { price_cap: 3_000, ..parameters() }));
		forget();
		pass(SLOT_END);
		assert_eq!(Market::parameters().price_cap, 3_000);
		assert_eq!(fines(), vec![fined(Charlie, 7_000, 7_000, 7_000)]);
	});
}
