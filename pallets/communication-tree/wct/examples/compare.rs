//! The tables of the crate's documentation: `cargo run --release -p voltree-wct --example compare`.

#[path = "../tests/common/bound.rs"]
mod bound;
#[path = "../tests/common/random.rs"]
mod random;

use bound::most_trust;
use random::{population, settings, Random, HONEST};
use std::error::Error;
use voltree_wct::{
	adaptive, striped::stripes, tree, Measures, Node, Overheads, Ranking, Settings, Strategy, Tree,
	TRUST_UNIT,
};

const SEEDS: u64 = 200;

type Done = Result<(), Box<dyn Error>>;

fn main() -> Done {
	for threshold in [HONEST, TRUST_UNIT / 2] {
		for n in [50, 1000] {
			strategies(&format!("{n} nodes of the paper's population"), threshold, |seed| {
				population(n, seed)
			})?;
			against_wct(threshold, n)?;
		}
	}
	strategies("200 nodes with links from 1 to 12 and any trust", TRUST_UNIT / 4, anybody)?;
	maps()?;
	striped()?;
	adaptive()
}

fn share(of_unit: u32) -> f64 {
	f64::from(of_unit) / f64::from(TRUST_UNIT)
}

fn anybody(seed: u64) -> Vec<Node> {
	let mut random = Random(seed);
	(0..200)
		.map(|_| Node { trust: random.trust(0, TRUST_UNIT), link: 1 + random.below(12) as u32 })
		.collect()
}

/// Means over the seeds.
fn strategies(title: &str, threshold: u32, nodes: impl Fn(u64) -> Vec<Node>) -> Done {
	println!("\n{title}, threshold {}\n", share(threshold));
	println!("| strategy | overall trust | rounds | concurrency | expected reach |");
	println!("|---|---|---|---|---|");
	for strategy in Strategy::ALL {
		let mut sums = [0.0; 4];
		for seed in 0..SEEDS {
			let nodes = nodes(seed);
			let tree = tree(&nodes, None, settings(threshold), strategy, None)?;
			let Measures { overall_trust, rounds, concurrency, .. } = tree.measures();
			sums[0] += share(overall_trust);
			sums[1] += f64::from(rounds);
			sums[2] += f64::from(concurrency);
			sums[3] += share(tree.expected_reach(&nodes));
		}
		let [trust, rounds, concurrency, reach] = sums.map(|sum| sum / SEEDS as f64);
		println!("| {strategy} | {trust:.4} | {rounds:.2} | {concurrency:.1} | {reach:.4} |");
	}
	Ok(())
}

/// In how many seeds the default is worse or better than Algorithm 1, and in how many any tree could
/// be better that respects the linking numbers.
fn against_wct(threshold: u32, n: usize) -> Done {
	let (mut worse, mut better, mut possible, mut at_all, mut reach) = (0, 0, 0, 0, 0);
	for seed in 0..SEEDS {
		let nodes = population(n, seed);
		let wct = tree(&nodes, None, settings(threshold), Strategy::Wct, None)?;
		let ours = tree(&nodes, None, settings(threshold), Strategy::DEFAULT, None)?;
		let (is, was) = (ours.measures(), wct.measures());
		worse += u32::from(
			is.overall_trust < was.overall_trust
				|| is.rounds > was.rounds
				|| is.concurrency < was.concurrency,
		);
		better += u32::from(is != was);
		reach += u32::from(ours.expected_reach(&nodes) > wct.expected_reach(&nodes));
		let trusted = |node: &Node| node.trust >= threshold;
		let carried: u32 = nodes.iter().filter(|node| trusted(node)).map(|node| node.link).sum();
		let carry = carried as usize >= n - 1;
		let forwarders = n - was.concurrency as usize;
		let can = |allowed: &dyn Fn(&Node) -> bool| {
			let most = |forwarders| {
				let sum = most_trust(&nodes, allowed, forwarders)?;
				u32::try_from(sum / (n as u64 - 1)).ok()
			};
			let trust = Some(was.overall_trust);
			most(forwarders) > trust || most(forwarders - 1) >= trust
		};
		possible += u32::from(can(&|node| !carry || trusted(node)));
		at_all += u32::from(can(&|_| true));
	}
	println!(
		"\n{} against wct in {SEEDS} seeds: worse {worse}, better {better}; a better tree is possible \
		 in at most {possible}, if untrusted nodes forward needlessly in {at_all}. More expected reach \
		 in {reach}.",
		Strategy::DEFAULT
	);
	Ok(())
}

/// On maps of 80 ms by 80 ms. Overheads are in microseconds.
fn maps() -> Done {
	println!("\n50 nodes on maps of 80 ms by 80 ms, threshold of overheads 60 ms\n");
	println!("| sending takes | strategy | last node | edges too far | overall trust | rounds |");
	println!("|---|---|---|---|---|---|");
	for sending in [0, 5_000, 50_000] {
		for strategy in [Strategy::Wct, Strategy::Balanced, Strategy::EdgeAware] {
			let mut sums = [0.0; 4];
			for seed in 0..SEEDS {
				let cells = distances(50, seed);
				let overheads = Overheads::new(50, &cells)?;
				let nodes = population(50, seed);
				let tree = on_map(&nodes, overheads, strategy, sending, seed as u32 % 50)?;
				sums[0] += tree.time_to_last(overheads, sending) as f64 / 1000.0;
				sums[1] += f64::from(tree.over_threshold());
				sums[2] += share(tree.measures().overall_trust);
				sums[3] += f64::from(tree.measures().rounds);
			}
			let [time, far, trust, rounds] = sums.map(|sum| sum / SEEDS as f64);
			println!(
				"| {} ms | {strategy} | {time:.0} ms | {far:.1} | {trust:.4} | {rounds:.1} |",
				sending / 1000
			);
		}
	}
	Ok(())
}

fn on_map(
	nodes: &[Node],
	overheads: Overheads<'_>,
	strategy: Strategy,
	sending: u32,
	root: u32,
) -> Result<Tree, voltree_wct::Error> {
	let settings = Settings { overhead_threshold: 60_000, ..settings(HONEST) };
	Ranking::new(nodes, Some(overheads), settings, strategy)?
		.with_sending_time(sending)
		.tree(Some(root))
}

fn distances(n: usize, seed: u64) -> Vec<u32> {
	let mut random = Random(!seed);
	let places: Vec<(u64, u64)> =
		(0..n).map(|_| (random.below(80_000), random.below(80_000))).collect();
	let distance = |a: &(u64, u64), b: &(u64, u64)| {
		2_000 + (a.0.abs_diff(b.0).pow(2) + a.1.abs_diff(b.1).pow(2)).isqrt() as u32
	};
	places.iter().flat_map(|a| places.iter().map(move |b| distance(a, b))).collect()
}

fn striped() -> Done {
	println!("\nStripes, 16 chunks for each\n");
	println!(
		"| nodes | stripes | rounds | most sent by a node, over its links | untrusted inside |"
	);
	println!("|---|---|---|---|---|");
	for (n, counts) in [(50, [1, 4, 8, 16]), (1000, [1, 4, 16, 64])] {
		for count in counts {
			let (mut rounds, mut load, mut untrusted) = (0.0, 0.0f64, 0.0);
			for seed in 0..SEEDS {
				let nodes = population(n, seed);
				let chunks = 16 * count;
				let stripes = stripes(&nodes, None, settings(HONEST), None, count, chunks)?;
				let depths = stripes.iter().map(|stripe| stripe.tree.measures().rounds);
				rounds += f64::from(depths.max().unwrap_or(0));
				for (i, node) in (0u32..).zip(&nodes) {
					let sent = stripes.iter().map(|s| s.tree.children(i).count() as u32 * s.share);
					let sent: u32 = sent.sum();
					let blocks = f64::from(sent) / f64::from(chunks);
					load = load.max(blocks / f64::from(node.link));
					untrusted += f64::from(u32::from(sent > 0 && node.trust < HONEST));
				}
			}
			let [rounds, untrusted] = [rounds, untrusted].map(|sum| sum / SEEDS as f64);
			println!("| {n} | {count} | {rounds:.1} | x{load:.2} | {untrusted:.1} |");
		}
	}
	Ok(())
}

fn adaptive() -> Done {
	println!("\nLinking numbers at 100 Mbit/s, 50 ms and 5 ms of verification\n");
	println!("| block | 16 nodes | 50 nodes | 1000 nodes |");
	println!("|---|---|---|---|");
	for bytes in [1_000, 20_000, 200_000, 1_000_000, 10_000_000] {
		let mut line = format!("| {} kB |", bytes / 1000);
		for n in [16, 50, 1000] {
			let uplinks = vec![12_500_000; n];
			let network =
				adaptive::Network { latency: 50_000, verification: 5_000, uplinks: &uplinks };
			let links = adaptive::links(&network, bytes)?;
			line += &format!(" {} |", links[0]);
		}
		println!("{line}");
	}
	Ok(())
}
