//! How long trees take, and how that grows: `cargo bench -p voltree-wct`.
//!
//! Times are the fastest of several runs; what counts are the ratios within one run of this.

#[path = "../tests/common/random.rs"]
mod random;

use random::{population, settings, Random, HONEST};
use std::{
	hint::black_box,
	time::{Duration, Instant},
};
use voltree_wct::{
	adaptive, striped, tree, Node, Overheads, Ranking, Settings, Strategy, TRUST_UNIT,
};

fn main() {
	// `cargo bench` says so; `cargo test --all-targets` starts benches too.
	if std::env::args().all(|argument| argument != "--bench") {
		return;
	}
	from_scratch();
	rerooting();
	edge_aware();
	others();
}

/// The fastest of `runs`.
fn fastest<T>(runs: u32, mut run: impl FnMut() -> T) -> Duration {
	let time = |_| {
		let start = Instant::now();
		black_box(run());
		start.elapsed()
	};
	(0..runs).map(time).min().unwrap_or_default()
}

fn nanoseconds(time: Duration) -> f64 {
	time.as_secs_f64() * 1e9
}

/// Sorted and built, with a line for each number of nodes.
fn growth(name: &str, sizes: &[usize], mut run: impl FnMut(usize) -> Duration) {
	println!("\n{name}");
	println!("{:>10} {:>14} {:>10} {:>14}", "nodes", "time", "growth", "ns per node");
	let mut last: Option<(usize, Duration)> = None;
	for &n in sizes {
		let time = run(n);
		let growth = match last {
			Some((_, before)) => format!("x{:.1}", nanoseconds(time) / nanoseconds(before)),
			None => String::new(),
		};
		println!("{n:>10} {time:>14.1?} {growth:>10} {:>14.1}", nanoseconds(time) / n as f64);
		last = Some((n, time));
	}
}

const SIZES: [usize; 4] = [1_000, 10_000, 100_000, 1_000_000];

fn from_scratch() {
	for strategy in Strategy::ALL {
		growth(&format!("{strategy}, sorted and built"), &SIZES, |n| {
			let nodes = population(n, 1);
			let runs = if n > 100_000 { 3 } else { 10 };
			fastest(runs, || tree(&nodes, None, settings(HONEST), strategy, None))
		});
	}
	// Every linking number there is, and every trust: many groups, and a search in each tree.
	growth("balanced, links up to 1000, any trust", &SIZES, |n| {
		let nodes = anybody(n);
		let threshold = settings(TRUST_UNIT / 4);
		fastest(3, || tree(&nodes, None, threshold, Strategy::Balanced, None))
	});
}

fn anybody(n: usize) -> Vec<Node> {
	let mut random = Random(n as u64);
	(0..n)
		.map(|_| Node { trust: random.trust(0, TRUST_UNIT), link: 1 + random.below(1000) as u32 })
		.collect()
}

fn rerooting() {
	growth("default, rooted anew", &SIZES, |n| {
		let nodes = population(n, 1);
		match Ranking::new(&nodes, None, settings(HONEST), Strategy::DEFAULT) {
			Ok(ranking) => fastest(5, || ranking.tree(Some(n as u32 / 2))),
			Err(_) => Duration::ZERO,
		}
	});
	println!("\n50 nodes rooted at each of them, 200 populations");
	println!(
		"{:>10} {:>10} {:>14} {:>14} {:>14}",
		"strategy", "threshold", "mean", "p99", "slowest"
	);
	for strategy in [Strategy::Wct, Strategy::DEFAULT] {
		for threshold in [HONEST, TRUST_UNIT / 2] {
			let mut times = Vec::new();
			for seed in 0..200 {
				times.extend(each_root(&population(50, seed), settings(threshold), strategy));
			}
			times.sort();
			let mean = times.iter().sum::<Duration>() / times.len().max(1) as u32;
			let p99 = times.get(times.len() * 99 / 100).copied().unwrap_or_default();
			let slowest = times.last().copied().unwrap_or_default();
			println!(
				"{:>10} {:>10.1} {mean:>14.1?} {p99:>14.1?} {slowest:>14.1?}",
				strategy.to_string(),
				f64::from(threshold) / f64::from(TRUST_UNIT)
			);
		}
	}
}

fn each_root(nodes: &[Node], settings: Settings, strategy: Strategy) -> Vec<Duration> {
	let Ok(ranking) = Ranking::new(nodes, None, settings, strategy) else { return Vec::new() };
	(0..nodes.len() as u32).map(|root| fastest(10, || ranking.tree(Some(root)))).collect()
}

fn edge_aware() {
	growth("edge-aware with overheads", &[50, 100, 200, 400, 800], |n| {
		let nodes = population(n, 1);
		let mut random = Random(2);
		let mut places: Vec<(i64, i64)> = Vec::new();
		places.resize_with(n, || (random.below(80_000) as i64, random.below(80_000) as i64));
		let cells: Vec<u32> = places
			.iter()
			.flat_map(|a| places.iter().map(|b| a.0.abs_diff(b.0) + a.1.abs_diff(b.1)))
			.map(|distance| distance as u32)
			.collect();
		let settings = Settings { overhead_threshold: 60_000, ..settings(HONEST) };
		fastest(3, || {
			let overheads = Overheads::new(n, &cells)?;
			tree(&nodes, Some(overheads), settings, Strategy::EdgeAware, None)
		})
	});
}

fn others() {
	growth("adaptive linking numbers", &[50, 1_000, 10_000, 100_000], |n| {
		let mut random = Random(3);
		let uplinks: Vec<u64> = (0..n).map(|_| 1_000_000 + random.below(20_000_000)).collect();
		let network = adaptive::Network { latency: 50_000, verification: 5_000, uplinks: &uplinks };
		fastest(3, || adaptive::links(&network, 200_000))
	});
	growth("16 stripes", &[50, 1_000, 10_000, 100_000], |n| {
		let nodes = population(n, 1);
		fastest(3, || striped::stripes(&nodes, None, settings(HONEST), None, 16, 256))
	});
}
