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
use std::collections::BTreeMap;
use voltree_runtime::{invariants, AllPalletsWithSystem};

/// Couples who trade again and again.
pub const COUPLES: usize = 60;

/// The state after the trades is so many times that of the accounts alone at the most.
const MOST_GROWTH: f64 = 1.1;

/// A tag's record keeps the hashes of so many trades (DESIGN.md, section 3).
const HASHES: usize = 16;

/// Bytes of one of them.
const HASH: usize = 32;

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

/// The state before, in the middle of and after `trades` trades.
pub fn show(trades: usize) -> bool {
	let waves = trades.div_ceil(COUPLES).next_multiple_of(2);
	let trades = waves * COUPLES;
	println!("\n== The state after {trades} finished trades of {COUPLES} couples ==\n");
	let mut world = World::new();
	let couples = world.run(|chain| {
		let couples = settle_in(chain, COUPLES, waves);
		chain.calm();
		couples
	});
	let before = world.run(|_| sizes());
	let mut half = BTreeMap::new();
	for number in 1..=waves {
		world.run(|chain| wave(chain, &couples));
		world.forget();
		if number == waves / 2 {
			half = world.run(|_| sizes());
		}
	}
	let after = world.run(|_| {
		let finished = pallet_market::NextTrade::<voltree_runtime::Runtime>::get();
		assert_eq!(usize::try_from(finished), Ok(trades), "each wave is one trade a couple");
		assert_eq!(pallet_market::Trades::<voltree_runtime::Runtime>::iter_keys().count(), 0);
		invariants::check().expect("everything is in order");
		sizes()
	});

	let row = |name: &str, [first, second, third]: [Size; 3]| {
		let numbers = [first.0, second.0, third.0, first.1, second.1, third.1];
		let [a, b, c, d, e, f] = numbers.map(|number| number.to_string());
		[name.into(), a, b, c, d, e, f]
	};
	let of =
		|sizes: &BTreeMap<String, Size>, name: &str| sizes.get(name).copied().unwrap_or_default();
	let names = before.keys().chain(after.keys()).collect::<std::collections::BTreeSet<_>>();
	let mut lines = names
		.into_iter()
		.map(|name| (name, [&before, &half, &after].map(|sizes| of(sizes, name))))
		.filter(|(_, [first, second, third])| first != second || second != third)
		.map(|(name, sizes)| row(name, sizes))
		.collect::<Vec<_>>();
	let sums = [&before, &half, &after].map(total);
	lines.push(row("all entries", sums));
	let head = ["what changes", "entries: 0", "half", "all", "bytes: 0", "half", "all"];
	table::print(head, &lines);

	let [(entries, bytes), in_the_middle, (entries_after, bytes_after)] = sums;
	let records = 2 * COUPLES * HASHES * HASH;
	println!(
		"\nEverybody's record holds the hashes of his last {HASHES} trades: {records} bytes for these
{} people once it is full, which belong to the accounts. Without them the bytes would be {:.2}
times those of before the first trade. Hashes of past blocks are not counted.\n",
		2 * COUPLES,
		bytes_after as f64 / bytes as f64,
	);
	let entries_ratio = entries_after as f64 / entries as f64;
	let bytes_ratio = bytes_after as f64 / (bytes + records) as f64;
	let growth = bytes_after as f64 / in_the_middle.1 as f64;
	[
		(entries_ratio, "entries after all trades, beside the accounts alone"),
		(bytes_ratio, "bytes after all trades, beside the accounts and their records"),
		(growth, "bytes after all trades, beside those after half of them"),
	]
	.into_iter()
	.map(|(ratio, what)| {
		verdict(ratio <= MOST_GROWTH, &format!("{what}: {ratio:.3} (at most {MOST_GROWTH})"))
	})
	.fold(true, |all, each| all && each)
}
