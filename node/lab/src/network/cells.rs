//! What a run says about each mode and size: medians, tails, copies, and how sure that is.

use super::{options::Mode, record::Block};
use crate::{
	random::{Purpose, Random},
	stats::quantile,
};
use serde::Serialize;

/// Samples that are drawn for an interval.
const DRAWS: usize = 2000;

/// Times in ms, over blocks.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Times {
	pub p50: f64,
	/// 95 % interval of the median.
	pub p50_low: f64,
	pub p50_high: f64,
	pub p95: f64,
	pub max: f64,
}

/// A mode and a size.
#[derive(Clone, Debug, Serialize)]
pub struct Cell {
	pub mode: Mode,
	pub size: u64,
	pub blocks: usize,
	/// From the author's seal until the last honest node has imported.
	pub last_import: Times,
	/// Until the last honest node had all of it, checked; by stock that is the import.
	pub last_receipt: Times,
	/// Until half of the honest nodes have imported.
	pub half_import: Times,
	/// From the seal until it was final at the node that is watched.
	pub finality: Times,
	/// Median last import over stock's, with its 95 % interval.
	pub to_stock: Option<(f64, f64, f64)>,
	/// Bytes sent by everybody over size times nodes but one: all of them, and without what an empty
	/// block of the mode costs. Means over blocks.
	pub copies: Option<f64>,
	pub copies_net: Option<f64>,
	/// Bytes sent by the author, and the most by another node, over the size. Means over blocks.
	pub author_sent: Option<f64>,
	pub other_sent: Option<f64>,
	/// Share of the processors' time used while the block travelled; mean and most.
	pub busy: f64,
	pub busy_most: f64,
	/// Share of the slot in which something waited for a processor.
	pub waited: f64,
	/// TCP segments that all nodes sent again, per block.
	pub resent: f64,
	/// Honest nodes that asked for the block, or had it from the sync, per block.
	pub asked: f64,
	pub synced: f64,
	/// Honest nodes that never imported it, over all blocks.
	pub missed: usize,
	/// The last imports themselves, in ms, for whoever wants to compare.
	#[serde(skip)]
	pub imports: Vec<f64>,
}

/// Quantiles and an interval for the median.
pub fn times(values: &[f64], random: &mut Random) -> Times {
	let mut sorted = values.to_vec();
	sorted.sort_by(f64::total_cmp);
	let at = |share| quantile(&sorted, share).unwrap_or(f64::NAN);
	let medians = medians(values, random);
	let bound = |share| quantile(&medians, share).unwrap_or(f64::NAN);
	Times {
		p50: at(0.5),
		p50_low: bound(0.025),
		p50_high: bound(0.975),
		p95: at(0.95),
		max: at(1.0),
	}
}

/// Medians of samples drawn from the sample, in order.
fn medians(values: &[f64], random: &mut Random) -> Vec<f64> {
	if values.is_empty() {
		return Vec::new();
	}
	let mut medians: Vec<f64> = (0..DRAWS)
		.map(|_| {
			let mut drawn: Vec<f64> =
				values.iter().map(|_| values[random.index(values.len())]).collect();
			drawn.sort_by(f64::total_cmp);
			quantile(&drawn, 0.5).unwrap_or(f64::NAN)
		})
		.collect();
	medians.sort_by(f64::total_cmp);
	medians
}

/// The ratio of two medians and its 95 % interval.
pub fn ratio(values: &[f64], to: &[f64], random: &mut Random) -> Option<(f64, f64, f64)> {
	let median = |values: &[f64]| {
		let mut sorted = values.to_vec();
		sorted.sort_by(f64::total_cmp);
		quantile(&sorted, 0.5)
	};
	let ratio = median(values)? / median(to)?;
	let (mut above, mut below) = (medians(values, random), medians(to, random));
	// Sorted lists would be drawn from alike: what is compared must be independent.
	random.shuffle(&mut above);
	random.shuffle(&mut below);
	let mut ratios: Vec<f64> = above.iter().zip(&below).map(|(a, b)| a / b).collect();
	ratios.sort_by(f64::total_cmp);
	Some((ratio, quantile(&ratios, 0.025)?, quantile(&ratios, 0.975)?))
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
	let values: Vec<f64> = values.collect();
	(!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// Of a block: ms from the seal until the last and the middle one of the honest nodes but the author
/// have imported, and until the last had all of it; and how many never imported.
fn spread(block: &Block, honest: &[bool]) -> (Option<(f64, f64, f64)>, usize) {
	let others = || {
		block
			.nodes
			.iter()
			.filter(|at| at.node != block.author && honest.get(at.node) == Some(&true))
	};
	let after = |at: u64| at.saturating_sub(block.sealed) as f64 / 1000.0;
	let mut imported: Vec<f64> = others().filter_map(|at| at.imported.map(after)).collect();
	imported.sort_by(f64::total_cmp);
	let received = others().filter_map(|at| {
		let imported = at.imported?;
		Some(after(at.received.map_or(imported, |received| received.min(imported))))
	});
	let missed = others().count() - imported.len();
	let last = received.fold(0.0, f64::max);
	let all = quantile(&imported, 1.0).zip(quantile(&imported, 0.5));
	(all.map(|(import, half)| (import, half, last)), missed)
}

/// All cells that have blocks, by size and mode. `honest` tells of each place whether it counts.
pub fn cells(blocks: &[Block], honest: &[bool], seed: u64) -> Vec<Cell> {
	let mut kinds: Vec<(u64, Mode)> =
		blocks.iter().filter(|block| block.quiet).map(|block| (block.size, block.mode)).collect();
	kinds.sort_unstable();
	kinds.dedup();
	let mut cells: Vec<Cell> = Vec::new();
	for (size, mode) in kinds {
		let of = |size: u64| {
			let mine =
				move |block: &&Block| block.quiet && block.size == size && block.mode == mode;
			blocks.iter().filter(mine)
		};
		let mut random = Random::new(seed, Purpose::Messages, size * 8 + mode as u64);
		let seen: Vec<((f64, f64, f64), usize)> = of(size)
			.map(|block| spread(block, honest))
			.filter_map(|(times, missed)| Some((times?, missed)))
			.collect();
		let list = |pick: fn(&(f64, f64, f64)) -> f64| -> Vec<f64> {
			seen.iter().map(|(times, _)| pick(times)).collect()
		};
		let imports = list(|times| times.0);
		let stock = cells.iter().find(|cell| cell.size == size && cell.mode == Mode::Off);
		let to_stock = stock
			.map(|stock| stock.imports.clone())
			.filter(|_| mode != Mode::Off)
			.and_then(|stock| ratio(&imports, &stock, &mut random));
		let total = |block: &Block| block.sent.iter().sum::<u64>() as f64;
		let empty = mean(of(0).map(total));
		let whole = size as f64 * (honest.len() as f64 - 1.0);
		let copies = mean(of(size).map(total)).filter(|_| size > 0);
		let sent_by =
			|block: &Block, node: usize| block.sent.get(node).copied().unwrap_or(0) as f64;
		let others = |block: &Block| {
			let others = (0..honest.len()).filter(|node| *node != block.author);
			others.map(|node| sent_by(block, node)).fold(0.0, f64::max)
		};
		let finality: Vec<f64> = of(size)
			.filter_map(|block| Some(block.finalised?.saturating_sub(block.sealed) as f64 / 1000.0))
			.collect();
		let honest_at = |block: &Block, is: fn(&super::record::AtNode) -> bool| {
			let counted = block.nodes.iter().filter(|at| honest.get(at.node) == Some(&true));
			counted.filter(|at| is(at)).count() as f64
		};
		cells.push(Cell {
			mode,
			size,
			blocks: seen.len(),
			last_import: times(&imports, &mut random),
			last_receipt: times(&list(|times| times.2), &mut random),
			half_import: times(&list(|times| times.1), &mut random),
			finality: times(&finality, &mut random),
			to_stock,
			copies: copies.map(|sent| sent / whole),
			copies_net: copies.zip(empty).map(|(sent, empty)| (sent - empty) / whole),
			author_sent: (size > 0)
				.then(|| mean(of(size).map(|block| sent_by(block, block.author) / size as f64)))
				.flatten(),
			other_sent: (size > 0)
				.then(|| mean(of(size).map(|block| others(block) / size as f64)))
				.flatten(),
			busy: mean(of(size).map(|block| block.busy)).unwrap_or(0.0),
			busy_most: of(size).map(|block| block.busy).fold(0.0, f64::max),
			waited: mean(of(size).map(|block| block.waited)).unwrap_or(0.0),
			resent: mean(of(size).map(|block| block.resent as f64)).unwrap_or(0.0),
			asked: mean(of(size).map(|block| honest_at(block, |at| at.asked.unwrap_or(0) > 0)))
				.unwrap_or(0.0),
			synced: mean(
				of(size).map(|block| honest_at(block, |at| at.source.as_deref() == Some("sync"))),
			)
			.unwrap_or(0.0),
			missed: of(size).map(|block| spread(block, honest).1).sum(),
			imports,
		});
	}
	cells
}

#[cfg(test)]
mod tests {
	use super::super::record::AtNode;
	use super::*;

	fn block(number: u32, mode: Mode, size: u64, last: u64) -> Block {
		let sealed = 1_000_000_000 * u64::from(number);
		let at = |node: usize, after: Option<u64>, source: &str| AtNode {
			number,
			block: String::new(),
			node,
			imported: after.map(|after| sealed + after * 1000),
			received: after.map(|after| sealed + (after / 2) * 1000),
			source: Some(source.into()),
			pieces: None,
			asked: Some(u64::from(source == "want")),
			duplicates: None,
		};
		Block {
			number,
			block: String::new(),
			slot: 0,
			author: 0,
			mode,
			size,
			bytes: None,
			quiet: true,
			sealed,
			finalised: Some(sealed + 9_000_000),
			sent: vec![size + 100, size, 0, 0],
			busy: 0.25,
			waited: 0.5,
			resent: 3,
			nodes: vec![
				at(0, Some(1), "own"),
				at(1, Some(10), "push"),
				at(2, Some(last), "want"),
				at(3, None, "sync"),
			],
		}
	}

	#[test]
	fn a_cell_says_when_the_last_honest_node_had_it() {
		let mut blocks: Vec<Block> =
			(1..=20).map(|n| block(n, Mode::Ours, 1000, 100 + u64::from(n))).collect();
		blocks.extend((21..=40).map(|n| block(n, Mode::Off, 1000, 200 + 2 * u64::from(n - 20))));
		blocks.extend((41..=42).map(|n| block(n, Mode::Ours, 0, 50)));
		blocks.push(Block { quiet: false, ..block(99, Mode::Ours, 1000, 9999) });
		let cells = cells(&blocks, &[true, true, true, false], 1);
		assert_eq!(cells.len(), 3);
		let ours = cells.iter().find(|cell| cell.mode == Mode::Ours && cell.size == 1000).unwrap();
		assert_eq!((ours.blocks, ours.missed), (20, 0));
		assert_eq!(
			(ours.last_import.p50, ours.last_import.p95, ours.last_import.max),
			(110.0, 119.0, 120.0)
		);
		assert!(ours.last_import.p50_low >= 103.0 && ours.last_import.p50_high <= 117.0);
		assert_eq!((ours.last_receipt.max, ours.half_import.p50), (60.0, 10.0));
		assert_eq!((ours.asked, ours.synced, ours.finality.p50), (1.0, 0.0, 9000.0));
		let (ratio, low, high) = ours.to_stock.unwrap();
		assert!((ratio - 110.0 / 220.0).abs() < 1e-9 && low < ratio && ratio < high);
		assert!((ours.copies.unwrap() - 2100.0 / 3000.0).abs() < 1e-9);
		// An empty block costs 100 bytes.
		assert!((ours.copies_net.unwrap() - 2000.0 / 3000.0).abs() < 1e-9);
		assert_eq!((ours.author_sent, ours.other_sent), (Some(1.1), Some(1.0)));
		assert_eq!(ours.resent, 3.0);
		// Whoever is not honest is not waited for; an honest one that never had it is counted.
		let all = super::cells(&blocks, &[true; 4], 1);
		assert_eq!(all.iter().map(|cell| cell.missed).sum::<usize>(), 42);
	}

	#[test]
	fn intervals_are_the_same_for_the_same_seed() {
		let values: Vec<f64> = (0..30).map(f64::from).collect();
		let one = |seed| times(&values, &mut Random::new(seed, Purpose::Messages, 0));
		assert_eq!(one(1), one(1));
		assert!(one(1).p50_low < 14.0 && one(1).p50_high > 15.0);
	}
}
