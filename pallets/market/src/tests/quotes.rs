//! The quotes of a request: made by the chain, so that nobody hides or invents one.

use crate::{mock::*, pallet::*, types::*};
use frame_support::assert_ok;
use voltree_primitives::{Credit, OfferId, Price};

/// The `n`-th of many sellers.
fn crowd(n: u32) -> AccountId {
	let account = AccountId::new(sp_io::hashing::blake2_256(&n.to_le_bytes()));
	world(|world| world.members.insert(account.clone(), tag_from(&account)));
	account
}

/// An offer of the `n`-th seller, unmetered.
fn offered(n: u32, price: Price) -> OfferId {
	assert_ok!(Market::do_offer(&crowd(n), Supply { price, ..unmetered() }));
	NextOffer::<Test>::get() - 1
}

fn credit(n: u32, credit: Credit) {
	let tag = tag_from(&crowd(n));
	world(|world| world.credit.insert(tag, credit));
}

/// What a request of Alice would be quoted.
fn quoted(demand: Demand<AccountId>) -> Vec<OfferId> {
	let id = NextRequest::<Test>::get();
	assert_ok!(request(Alice, demand, 0));
	let request = Requests::<Test>::get(id).unwrap();
	Market::quotes_of(&request).into_iter().map(|quote| quote.offer).collect()
}

/// By price, then credit (higher first), then number.
#[test]
fn are_ordered_by_price_credit_and_number() {
	run(|| {
		let dear = offered(1, 30);
		let first = offered(2, 20);
		let second = offered(3, 20);
		let trusted = offered(4, 20);
		let cheap = offered(5, 10);
		credit(4, CREDIT + 1);
		assert_eq!(quoted(demand()), vec![cheap, trusted, first, second, dear]);
	});
}

/// The same person's offers, another slot's and other lines' are left out.
#[test]
fn are_of_others_for_this_slot_on_these_lines() {
	run(|| {
		assert_ok!(offer(Alice, unmetered()));
		assert_ok!(offer(Charlie, Supply { slot: SLOT + LENGTH, ..unmetered() }));
		assert_ok!(offer(Bob, Supply { line: OTHER_LINE, price: 10, ..unmetered() }));
		assert_ok!(offer(Charlie, Supply { line: BARE_LINE, price: 20, ..unmetered() }));
		assert_ok!(offer(Charlie, Supply { price: 15, ..unmetered() }));
		assert_eq!(quoted(demand()), vec![4]);
		let lines =
			|lines: &[u32]| Demand { lines: lines.to_vec().try_into().unwrap(), ..demand() };
		assert_eq!(quoted(lines(&[LINE, OTHER_LINE])), vec![2, 4]);
		assert_eq!(quoted(lines(&[BARE_LINE, LINE, OTHER_LINE])), vec![2, 4, 3]);
	});
}

/// Within the request's own limits, from sellers in good standing.
#[test]
fn are_within_the_limits() {
	run(|| {
		let (cheap, dear) = (offered(1, 20), offered(2, 30));
		let (poor, barred) = (offered(3, 10), offered(4, 10));
		credit(3, 49);
		credit(1, 50);
		let tag = tag_from(&crowd(4));
		world(|world| world.barred.insert(tag));
		let limited = Demand { max_price: 29, min_credit: 50, ..demand() };
		assert_eq!(quoted(limited), vec![cheap]);
		assert_eq!(quoted(Demand { max_price: 30, ..demand() }), vec![poor, cheap, dear]);
		world(|world| world.barred.remove(&tag));
		assert_eq!(quoted(demand()), vec![barred, poor, cheap, dear]);
	});
}

/// An offer that sells only more than is wanted is of no use; one with little left is.
#[test]
fn are_of_offers_that_sell_so_little() {
	run(|| {
		assert_ok!(offer(Charlie, Supply { smallest_fill: 501, ..unmetered() }));
		assert_ok!(offer(Dave, Supply { smallest_fill: 500, ..unmetered() }));
		assert_eq!(quoted(Demand { volume: 500, ..demand() }), vec![1]);
		assert_eq!(quoted(Demand { volume: 501, ..demand() }), vec![0, 1]);
	});
}

/// An offer that has expired is left out even where the agenda lags behind.
#[test]
fn are_of_offers_that_stand() {
	run(|| {
		assert_ok!(offer(Charlie, Supply { expires: Some(START + 5), ..unmetered() }));
		world(|world| world.now = START + 5);
		assert_eq!(quoted(demand()), vec![0]);
		world(|world| world.now = START + 6);
		assert!(quoted(demand()).is_empty());
		pass(START + 5);
	});
}

/// No more than the sixteen best.
#[test]
fn are_sixteen_at_most() {
	run(|| {
		let offers = (0..20).map(|n| offered(n, 100 - Price::from(n))).collect::<Vec<_>>();
		let best = offers.into_iter().rev().take(16).collect::<Vec<_>>();
		assert_eq!(quoted(demand()), best);
	});
}

/// Dearer ones than the sixteenth are not looked at; one as dear may have more credit.
#[test]
fn look_no_further_than_needed() {
	run(|| {
		let offers = (0..16).map(|n| offered(n, 10 + Price::from(n))).collect::<Vec<_>>();
		let looked_at = |demand: &Demand<AccountId>| {
			assert_ok!(request(Alice, demand.clone(), 0));
			let id = NextRequest::<Test>::get() - 1;
			let (quotes, looked_at) = Market::look_at_offers(&Requests::<Test>::get(id).unwrap());
			let numbers = quotes.into_iter().map(|quote| quote.offer).collect::<Vec<_>>();
			(numbers, looked_at)
		};
		assert_eq!(looked_at(&demand()), (offers.clone(), 16));
		offered(100, 26);
		assert_eq!(looked_at(&demand()), (offers.clone(), 16));
		let trusted = offered(101, 25);
		credit(101, 1_001);
		let first = offers.iter().take(15).copied();
		assert_eq!(looked_at(&demand()), (first.chain([trusted]).collect(), 17));
	});
}

/// Out of the 256 cheapest offers of all lines, whether or not they fit.
#[test]
fn look_at_256_offers() {
	run(|| {
		for n in 0..255 {
			let line = if n % 2 == 0 { LINE } else { OTHER_LINE };
			assert_ok!(Market::do_offer(&crowd(n), Supply { price: 10, line, ..unmetered() }));
			credit(n, 1);
		}
		let dear = offered(1_000, 11);
		let lines = vec![LINE, OTHER_LINE].try_into().unwrap();
		let picky = Demand { lines, min_credit: 2, ..demand() };
		assert_eq!(quoted(picky.clone()), vec![dear]);
		offered(255, 10);
		credit(255, 1);
		assert!(quoted(picky).is_empty());
		assert_eq!(Market::offers_of(SLOT, LINE).len(), 130);
		for n in 2_000..2_200 {
			offered(n, 10);
		}
		assert_eq!(Market::offers_of(SLOT, LINE).len(), 256);
	});
}

/// What is quoted to one is still quoted to others: only paying promises it.
#[test]
fn promise_nothing() {
	run(|| {
		let offer = offered(1, 10);
		assert_eq!(quoted(demand()), vec![offer]);
		assert_eq!(quoted(demand()), vec![offer]);
	});
}
