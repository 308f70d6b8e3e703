//! What finished trades leave behind: entries and bytes of the state, beside those of the accounts
//! alone.

use crate::{
	common::state,
	table,
	trade::{settle_in, wave},
	verdict,
	world::World,
};
use frame_support::traits::StorageInfoTrait;
use std::collections::{BTreeMap, BTreeSet};
use voltree_runtime::{invariants, AllPalletsWithSystem, Runtime};

/// Couples who trade again and again.
pub const COUPLES: usize = 60;

/// The state after the trades is so many times that of the accounts alone at the most.
const MOST_GROWTH: f64 = 1.1;

/// A tag's record keeps the hashes of so many trades, a meter the registers of as many boundaries:
/// after so many trades everybody has all that the chain ever keeps about him.
const KEPT: usize = 16;

/// The fewest trades that tell something: twice as many.
pub const LEAST: usize = 2 * KEPT * COUPLES;

/// How far it is, is told once in so many rounds of trades.
const SHOWN_EVERY: usize = 50;

/// Entries and bytes, keys included.
type Size = (usize, usize);

/// The state by storage item, without the hashes of past blocks, of which the SDK keeps the same
/// number whatever happens.
fn sizes() -> BTreeMap<String, Size> {
	let items = AllPalletsWithSystem::storage_info();
	let name = |key: &[u8]| {
		let item = items.iter().find(|item| key.starts_with(&item.prefix));
		item.map_or("other".into(), |item| {
			let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
			format!("{}.{}", text(&item.pallet_name), text(&item.storage_name))
		})
	};
	let mut sizes = BTreeMap::<_, Size>::new();
	for (key, value) in state() {
		let size = sizes.entry(name(&key)).or_default();
		*size = (size.0 + 1, size.1 + key.len() + value.len());
	}
	sizes.remove("System.BlockHash");
	sizes
}

fn total(sizes: &BTreeMap<String, Size>) -> Size {
	sizes.values().fold((0, 0), |sum, size| (sum.0 + size.0, sum.1 + size.1))
}

/// The state before the first trade, when the accounts have all that is kept about them, and after
/// `trades` trades.
pub fn show(trades: usize) -> bool {
	let waves = trades.div_ceil(COUPLES);
	let trades = waves * COUPLES;
	println!("\n== The state after {trades} finished trades of {COUPLES} couples ==\n");
	let mut world = World::new();
	let couples = world.run(|chain| {
		let couples = settle_in(chain, COUPLES, waves);
		// An empty block, and the sensors have spoken.
		chain.calm();
		chain.weather = None;
		chain.next();
		couples
	});
	let before = world.run(|_| sizes());
	let mut alone = BTreeMap::new();
	for number in 1..=waves {
		world.run(|chain| wave(chain, &couples));
		world.forget();
		if number == KEPT {
			alone = world.run(|_| sizes());
		}
		if number.is_multiple_of(SHOWN_EVERY) {
			eprintln!("{:>3} %  {} trades", number * 100 / waves, number * COUPLES);
		}
	}
	let after = world.run(|_| {
		let finished = pallet_market::NextTrade::<Runtime>::get();
		assert_eq!(usize::try_from(finished), Ok(trades), "each wave is one trade a couple");
		assert_eq!(pallet_market::Trades::<Runtime>::iter_keys().count(), 0);
		invariants::check().expect("everything is in order");
		sizes()
	});

	let all = [&before, &alone, &after];
	let row = |name: &str, [first, second, third]: [Size; 3]| {
		let numbers = [first.0, second.0, third.0, first.1, second.1, third.1];
		let [a, b, c, d, e, f] = numbers.map(|number| number.to_string());
		[name.into(), a, b, c, d, e, f]
	};
	let names = all.into_iter().flat_map(BTreeMap::keys).collect::<BTreeSet<_>>();
	let of = |name: &String| all.map(|sizes| sizes.get(name).copied().unwrap_or_default());
	let changed = |[first, second, third]: &[Size; 3]| first != second || second != third;
	let mut lines = names
		.into_iter()
		.map(|name| (name, of(name)))
		.filter(|(_, sizes)| changed(sizes))
		.map(|(name, sizes)| row(name, sizes))
		.collect::<Vec<_>>();
	let sums = all.map(total);
	lines.push(row("all of the state", sums));
	let full = format!("{} trades", KEPT * COUPLES);
	let end = format!("{trades} trades");
	table::print(["what changes", "entries: 0", &full, &end, "bytes: 0", &full, &end], &lines);
	println!(
		"\nThe accounts alone are all people, meters and sensors with what is kept about each for good:
certificate, money, a record with the hashes of the last {KEPT} trades, a meter's last {KEPT}
registers. That is the second column: everybody has made {KEPT} trades, and none is open.
Hashes of past blocks are not counted.\n"
	);
	let [_, alone, after] = sums;
	let ratios =
		[(after.0 as f64 / alone.0 as f64, "entries"), (after.1 as f64 / alone.1 as f64, "bytes")];
	let good = ratios.map(|(ratio, what)| {
		let what = format!(
			"{what} after {trades} trades, beside the accounts alone: {ratio:.3} (at most {MOST_GROWTH})"
		);
		verdict(ratio <= MOST_GROWTH, &what)
	});
	good.into_iter().all(|each| each)
}
