//! The same reads and writes with a thousand, ten thousand and a hundred thousand users, each of
//! whom has an offer open.
//!
//! The users are made by the calls themselves (`register`, `certify`, `offer`), dispatched without
//! signatures. Their offers all stand in the books of one delivery slot, so that the books grow with
//! them. A trade of that slot is looked at up to the payment, and a whole trade of an earlier slot,
//! because when the gate closes the offers are no longer open.

use crate::{
	calls::{open, whole, Row},
	common::{
		dispatch,
		people::{service, Id},
		scene::{supply, Seller, PRICE},
		BalancesCall, Chain, MarketCall, RegistryCall,
	},
	table,
	trade::{settle_in, VOLUME},
	verdict,
	world::World,
};
use codec::Encode;
use sp_core::H256;
use sp_io::hashing::blake2_256;
use voltree_primitives::{LineId, Moment, Roles};
use voltree_runtime::{AccountId, Runtime, RuntimeOrigin, VOLT};

/// How far away the users' slot is: long enough for a whole trade before it.
const AHEAD: Moment = 45 * 60_000;

/// Users made in one block.
const USERS_PER_BLOCK: usize = 1_000;

/// A newcomer applies, is certified and offers.
fn settle(chain: &Chain, number: usize, slot: Moment) {
	let done = |result: sp_runtime::DispatchResultWithInfo<_>| {
		result.unwrap_or_else(|refused| panic!("user {number}: {refused:?}"));
	};
	let account = AccountId::from(blake2_256(&("user", number as u64).encode()));
	let rich = BalancesCall::force_set_balance { who: account.clone().into(), new_free: VOLT };
	done(dispatch(RuntimeOrigin::root(), rich));
	let himself = RuntimeOrigin::signed(account.clone());
	done(dispatch(himself.clone(), RegistryCall::register {}));
	let tag = H256(blake2_256(account.as_ref()));
	let (roles, expires) = (Roles::Both, chain.now() + 86_400_000);
	let certify = RegistryCall::certify { account, tag, roles, expires, consent: None };
	done(dispatch(RuntimeOrigin::signed(service().id()), certify));
	let mut supply = supply(Seller::SensorOwner(1), slot, VOLUME);
	supply.line = LineId::try_from(number % 3).expect("it is small") + 1;
	done(dispatch(himself, MarketCall::offer { supply }));
}

/// The rows of both trades among `users` users.
fn rows_among(users: usize) -> Vec<Row> {
	let mut world = World::new();
	let (couples, slot) = world.run(|chain| {
		let couples = settle_in(chain, 2, 1);
		let length = pallet_market::Pallet::<Runtime>::parameters().delivery_slot;
		(couples, (chain.now() + AHEAD).div_ceil(length) * length)
	});
	for first in (0..users).step_by(USERS_PER_BLOCK) {
		world.run(|chain| {
			let last = users.min(first + USERS_PER_BLOCK);
			(first..last).for_each(|number| settle(chain, number, slot));
			chain.next();
		});
		world.forget();
	}
	world.run(|chain| {
		let offers = pallet_market::Offers::<Runtime>::iter_keys().count();
		assert_eq!(offers, users, "every user has an offer open");
		chain.next();
	});
	let in_full_books = open(&mut world, &couples[0], slot, PRICE - 10_000);
	let mut rows = whole(&mut world, &couples[1], PRICE);
	let offers = world.run(|_| pallet_market::Offers::<Runtime>::iter_keys().count());
	assert_eq!(offers, users, "every user still has an offer open");
	rows.extend(in_full_books.into_iter().map(|row| Row {
		name: match row.name {
			"offer" => "offer, books of all users",
			"request" => "request, books of all users",
			"respond" => "respond, books of all users",
			"fund" => "fund, books of all users",
			_ => "pay, books of all users",
		},
		..row
	}));
	rows
}

/// Reads and writes by number of users.
pub fn show(users: usize) -> bool {
	let sizes = [users / 100, users / 10, users];
	println!("\n== Keys read and written among {sizes:?} users with an open offer each ==\n");
	let columns = sizes.map(rows_among);
	let cell = |row: &Row| format!("{} + {}", row.reads, row.writes);
	let [few, some, many] = &columns;
	let lines = few
		.iter()
		.zip(some)
		.zip(many)
		.map(|((few, some), many)| [few.name.into(), cell(few), cell(some), cell(many)]);
	let heads = sizes.map(|users| users.to_string());
	table::print(["reads + writes", &heads[0], &heads[1], &heads[2]], &lines.collect::<Vec<_>>());
	println!();
	let same = |one: &[Row], other: &[Row]| {
		let cost = |row: &Row| (row.reads, row.writes);
		one.len() == other.len() && one.iter().map(cost).eq(other.iter().map(cost))
	};
	verdict(
		same(few, some) && same(some, many),
		"reads and writes do not depend on the number of users",
	)
}
