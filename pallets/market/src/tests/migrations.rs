//! The migration of what spec version 1 stored: nothing open is lost, and it goes on.

use super::{responded, Way, AMOUNT, FUNDING};
use crate::{migrations::MigrateToV1, mock::*, pallet::*, types::*};
use codec::Encode;
use frame_support::{
	assert_ok,
	storage::unhashed,
	traits::{GetStorageVersion, OnRuntimeUpgrade, StorageVersion},
	Blake2_128Concat, StorageHasher, Twox64Concat,
};
use sp_io::hashing::twox_128;
use std::collections::BTreeMap;
use voltree_primitives::{RequestId, Terms, Versioned};

/// Spec version 1 knew neither bonds nor fines.
fn old_world() -> ExtBuilder {
	ExtBuilder::default()
		.parameters(Parameters { price_cap: PRICE, ..parameters() })
		.world(|world| (world.terms.smallest_fine, world.terms.fine_rate) = (0, 0))
}

/// How a request was encoded.
fn old_request(it: Request<AccountId>) -> Vec<u8> {
	let asked = (it.buyer, it.tag, it.volume, it.filled, it.lines, it.slot);
	let limits = (it.max_price, it.min_credit, it.meter);
	let times = (it.opened, it.collect_until, it.round);
	let state = match it.state {
		RequestState::Open { respond_by } => (0u8, respond_by).encode(),
		RequestState::Responded { at, pay_by, late_by, counted } => {
			(1u8, at, pay_by, late_by, counted).encode()
		}
		RequestState::Closed => vec![2],
	};
	[(asked, limits, times, it.fills, it.unsettled).encode(), state].concat()
}

/// How a trade was encoded.
fn old_trade(it: Trade<AccountId>) -> Vec<u8> {
	let parties = (it.request, it.offer, it.buyer, it.seller, it.meter);
	let terms = (it.volume, it.price, it.locked, it.slot, it.paid, it.round);
	let Deadlines { meter_by, bill_by, confirm_by, rule_by } = it.deadlines;
	let times = (meter_by, bill_by, confirm_by, rule_by, it.tolerance);
	let delivery = |it: Delivery| {
		let attested = match it.attested {
			Attested::Unmetered => vec![0],
			Attested::Pending => vec![1],
			Attested::Silent => vec![2],
			Attested::Allotted(energy) => (3u8, energy).encode(),
		};
		[it.excused.encode(), attested].concat()
	};
	let state = match it.state {
		TradeState::Paid => vec![0],
		TradeState::Started { at } => (1u8, at).encode(),
		TradeState::Delivered { delivery: it } => [vec![2], delivery(it)].concat(),
		TradeState::Billed { delivery: it, billed, payee } => {
			[vec![3], delivery(it), (billed, payee).encode()].concat()
		}
		TradeState::Contested { .. } => panic!("spec version 1 knew no contests"),
	};
	[(parties, terms, times).encode(), state].concat()
}

fn old_parameters(it: Parameters) -> Vec<u8> {
	let windows = (it.meter_window, it.bill_window, it.confirm_window, it.rule_window);
	let ahead = (it.delivery_slot, it.horizon, it.offer_window, it.pay_period, it.lead);
	(ahead, windows, it.price_floor, it.price_cap, it.smallest_fill, it.tolerance).encode()
}

fn key(item: &str) -> Vec<u8> {
	[twox_128(b"Market"), twox_128(item.as_bytes())].concat()
}

/// How the quotes of a request were stored: in full, with a key of their own.
fn put_old_quotes(number: RequestId, request: &Request<AccountId>) {
	let quotes = request.quoted.iter().map(|Quoted { offer, available }| {
		(*offer, id(Bob), CREDIT, PRICE, *available, *available, LINE)
	});
	let quotes = quotes.collect::<Vec<_>>();
	if !quotes.is_empty() {
		let key = [key("Responses"), Twox64Concat::hash(&number.encode())].concat();
		unhashed::put(&key, &quotes);
	}
}

/// Write what is stored as spec version 1 would have.
fn turn_back() {
	StorageVersion::new(0).put::<Market>();
	unhashed::put_raw(&key("MarketParameters"), &old_parameters(Market::parameters()));
	for (id, request) in Requests::<Test>::iter().collect::<Vec<_>>() {
		put_old_quotes(id, &request);
		unhashed::put_raw(&Requests::<Test>::hashed_key_for(id), &old_request(request));
	}
	for (id, trade) in Trades::<Test>::iter().collect::<Vec<_>>() {
		unhashed::put_raw(&Trades::<Test>::hashed_key_for(id), &old_trade(trade));
	}
	for (id, missed) in Judged::<Test>::iter().collect::<Vec<_>>() {
		let old = missed.map(|missed| missed.volume).encode();
		unhashed::put_raw(&Judged::<Test>::hashed_key_for(id), &old);
	}
	for (at, promises) in MeterSlots::<Test>::iter().collect::<Vec<_>>() {
		let key = MeterSlots::<Test>::hashed_key_for(at);
		if promises.waiting > 0 {
			unhashed::put_raw(&key, &(promises.waiting, promises.allotted).encode());
		} else {
			unhashed::kill(&key);
		}
	}
	for offer in Offers::<Test>::iter_values() {
		let of = Blake2_128Concat::hash(&(offer.tag, offer.line, offer.slot.start).encode());
		unhashed::put_raw(&[key("OpenOffers"), of].concat(), &1u8.encode());
	}
	for item in ["Desks", "LineLoads", "LastBlock", "Outages", "GridKey"] {
		let cleared = unhashed::clear_prefix(&key(item), None, None);
		assert!(cleared.maybe_cursor.is_none());
	}
}

fn migrate() {
	MigrateToV1::<Test>::on_runtime_upgrade();
	assert_eq!(Market::on_chain_storage_version(), 1);
	assert_eq!(Market::in_code_storage_version(), 1);
	check();
}

fn old_offers_are_left() -> bool {
	unhashed::contains_prefixed_key(&key("OpenOffers"))
}

/// What each request was quoted.
fn quoted() -> BTreeMap<RequestId, Vec<Quoted>> {
	Requests::<Test>::iter().map(|(id, request)| (id, request.quoted.into_inner())).collect()
}

/// The terms of what was made before: credit falls as it did, there are no fines.
fn old_terms() -> Terms {
	Terms { gain: 0, fine_rate: 0, smallest_fine: 0, ..TERMS }
}

/// Three offers, two of them sold from; requests in every state; trades in every state: all is as it was,
/// and desks, loads and promises are made from it.
#[test]
fn nothing_open_is_lost() {
	old_world().run(|| {
		assert_ok!(offer(Bob, metered()));
		assert_ok!(offer(Charlie, unmetered()));
		assert_ok!(offer(Alice, unmetered()));
		assert_ok!(request(Alice, demand(), FUNDING));
		assert_ok!(request(Dave, demand(), FUNDING));
		assert_ok!(request(Dave, Demand { meter: None, volume: 600, ..demand() }, FUNDING));
		run_to(WINDOW_END);
		for request in 0..3 {
			assert_ok!(respond(request));
		}
		assert_ok!(pay(KEY, 0, 0, 300));
		assert_ok!(pay(KEY, 0, 1, 700));
		assert_ok!(pay(KEY, 1, 0, 200));
		pass(PAY_BY);
		assert_ok!(request(Alice, Demand { slot: SLOT + LENGTH, ..demand() }, FUNDING));
		let before = (
			Requests::<Test>::iter().count(),
			Trades::<Test>::iter().count(),
			Offers::<Test>::iter().collect::<Vec<_>>(),
		);
		let desks = Desks::<Test>::iter().collect::<Vec<_>>();
		let promises = MeterSlots::<Test>::iter().collect::<Vec<_>>();
		let loads = LineLoads::<Test>::iter().collect::<Vec<_>>();
		let trades = Trades::<Test>::iter().collect::<Vec<_>>();
		let missed = Judged::<Test>::get(2).flatten().unwrap();
		let quoted = quoted();
		assert!(!quoted[&0].is_empty());
		turn_back();
		assert!(old_offers_are_left());

		world(|world| world.terms = TERMS);
		migrate();
		assert!(!old_offers_are_left());
		assert!(!unhashed::contains_prefixed_key(&key("Responses")));
		assert_eq!(self::quoted(), quoted);
		let after = (
			Requests::<Test>::iter().count(),
			Trades::<Test>::iter().count(),
			Offers::<Test>::iter().collect::<Vec<_>>(),
		);
		assert_eq!(after, before);
		for (tag, desk) in desks {
			assert_eq!(Desks::<Test>::get(tag).volume, desk.volume);
			assert_eq!(Desks::<Test>::get(tag).items.len(), desk.items.len());
		}
		assert_eq!(MeterSlots::<Test>::iter().collect::<Vec<_>>(), promises);
		assert_eq!(LineLoads::<Test>::iter().collect::<Vec<_>>(), loads);
		for (id, trade) in trades {
			let seen = PAY_BY + 1;
			let expected = Trade { terms: old_terms(), cap: PRICE, seen, ..trade };
			assert_eq!(Trades::<Test>::get(id), Some(expected));
		}
		let request = Requests::<Test>::get(2).unwrap();
		assert!(request.unmetered);
		assert_eq!((request.terms, request.bond, request.seen), (old_terms(), 0, PAY_BY + 1));
		let expected = Missed { volume: missed.volume, price: 0 };
		assert_eq!(Judged::<Test>::get(2), Some(Some(expected)));
		assert_eq!(Judged::<Test>::get(1), Some(None));
	});
}

/// Parameters keep their values, and new ones have their defaults.
#[test]
fn parameters_are_kept() {
	old_world().run(|| {
		turn_back();
		migrate();
		let Parameters { exposure, largest_unmetered, outage, .. } = Parameters::default();
		let price_cap = PRICE;
		let kept = Parameters { price_cap, exposure, largest_unmetered, outage, ..parameters() };
		assert_eq!(MarketParameters::<Test>::get(), Versioned::new(kept));
		assert!(Market::parameters().is_valid());
	});
}

/// A part of a story: what happens before the upgrade, or after it.
type Part = fn();

/// Trades in each state go on to their end, without fines.
#[test]
fn trades_go_on() {
	let stories: [(Part, Part); 4] = [
		(
			|| super::paid(Way::Metered(0)),
			|| {
				run_to(GATE);
				assert_ok!(start(Bob, 0));
				meter_exports(METER, 1_000);
				pass(METER_BY);
				assert_ok!(bill(Bob, 0, 1_000, Bob));
				assert_ok!(confirm(Alice, 0));
			},
		),
		(
			|| super::started(Way::Metered(0)),
			|| {
				meter_exports(METER, 1_000);
				pass(BILL_BY);
			},
		),
		(
			|| super::delivered(Way::Metered(1_000)),
			|| {
				assert_ok!(bill(Bob, 0, 1_000, Bob));
				assert_ok!(confirm(Alice, 0));
			},
		),
		(|| super::billed(Way::Metered(1_000), 1_000), || pass(CONFIRM_BY)),
	];
	for (before, after) in stories {
		old_world().run(|| {
			before();
			turn_back();
			world(|world| world.terms = TERMS);
			migrate();
			after();
			assert_eq!((balance(Alice), balance(Bob)), (MONEY - AMOUNT, MONEY + AMOUNT));
			assert_eq!(in_pot(), 0);
			check_empty();
		});
	}
}

/// A request that was judged already ends as it would have, without a fine.
#[test]
fn a_judged_request_ends() {
	old_world().run(|| {
		responded(Way::Unmetered);
		pass(PAY_BY);
		turn_back();
		world(|world| world.terms = TERMS);
		migrate();
		forget();
		pass(LATE_BY);
		let ended = Event::RequestEnded { request: 0, ending: Ending::NotPaid };
		assert!(events().contains(&ended));
		assert_eq!((deeds().len(), balance(Alice)), (1, MONEY));
	});
}

/// An empty chain has nothing to migrate.
#[test]
fn an_empty_chain_migrates() {
	run(|| {
		turn_back();
		migrate();
		check_empty();
	});
}

/// It runs once.
#[test]
fn it_runs_once() {
	old_world().run(|| {
		super::paid(Way::Metered(0));
		turn_back();
		migrate();
		let trade = Trades::<Test>::get(0);
		run_to(WINDOW_END + 1_000);
		migrate();
		assert_eq!(Trades::<Test>::get(0), trade);
	});
}
