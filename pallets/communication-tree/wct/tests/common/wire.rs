//! A random input and all that is made of it, as bytes: compiled natively and for Wasm.

extern crate alloc;

use super::random::Random;
use alloc::vec::Vec;
use voltree_wct::{
	adaptive::{links, Network},
	striped::stripes,
	Error, Node, Overheads, Ranking, Settings, Strategy, Tree, Weights, TRUST_UNIT,
};

/// What every strategy makes of input number `case`, and the linking numbers and stripes.
pub fn answers(case: u64) -> Vec<u8> {
	let mut random = Random(case);
	let mut bytes = Vec::new();
	// Seldom larger, as Wasm is interpreted, and then without overheads.
	let many = random.below(100) == 0;
	let n = 1 + random.below(if many { 300 } else { 16 }) as usize;
	let nodes: Vec<Node> = (0..n).map(|_| node(&mut random)).collect();
	let settings = Settings {
		trust_threshold: trust(&mut random),
		overhead_threshold: random.below(120) as u32,
		weights: Weights { trust: weight(&mut random), link: weight(&mut random) },
	};
	let cells: Vec<u32> = (0..n * n).map(|_| random.below(150) as u32).collect();
	let root = Some(random.below(n as u64 + 1) as u32).filter(|root| (*root as usize) < n);
	let with = random.below(2) > 0 && !many;
	let sending = random.below(40) as u32;
	for strategy in Strategy::ALL {
		let overheads = Overheads::new(n, &cells).ok().filter(|_| with);
		let tree = Ranking::new(&nodes, overheads, settings, strategy)
			.and_then(|ranking| ranking.with_sending_time(sending).tree(root));
		write_result(&mut bytes, tree.as_ref(), |bytes, tree| write_tree(bytes, tree, &nodes));
	}
	let uplinks: Vec<u64> = nodes.iter().map(|node| u64::from(node.trust)).collect();
	let network =
		Network { latency: random.below(100_000), verification: 5_000, uplinks: &uplinks };
	write_result(&mut bytes, links(&network, random.below(2_000_000)).as_ref(), |bytes, links| {
		links.iter().for_each(|link| write(bytes, *link));
	});
	let (count, chunks) = (random.below(6) as u32, random.below(64) as u32);
	let stripes = stripes(&nodes, None, settings, root, count, chunks);
	write_result(&mut bytes, stripes.as_ref(), |bytes, stripes| {
		for stripe in stripes {
			write(bytes, stripe.share);
			write_tree(bytes, &stripe.tree, &nodes);
		}
	});
	bytes
}

/// Trusts and links of all kinds, some of them equal.
fn node(random: &mut Random) -> Node {
	let link = match random.below(8) {
		0 => 0,
		1 => random.next() as u32,
		2 => random.below(40) as u32,
		_ => 1 + random.below(3) as u32,
	};
	Node { trust: trust(random), link }
}

fn trust(random: &mut Random) -> u32 {
	match random.below(4) {
		0 => random.below(11) as u32 * (TRUST_UNIT / 10),
		_ => random.below(u64::from(TRUST_UNIT) + 1) as u32,
	}
}

fn weight(random: &mut Random) -> u64 {
	match random.below(6) {
		0 => random.next(),
		_ => random.below(6),
	}
}

fn write_result<T>(bytes: &mut Vec<u8>, result: Result<T, &Error>, fine: impl Fn(&mut Vec<u8>, T)) {
	match result {
		Ok(value) => {
			bytes.push(1);
			fine(bytes, value);
		}
		Err(error) => {
			bytes.push(0);
			bytes.extend_from_slice(alloc::format!("{error}").as_bytes());
		}
	}
}

fn write_tree(bytes: &mut Vec<u8>, tree: &Tree, nodes: &[Node]) {
	tree.sequence().iter().for_each(|node| write(bytes, *node));
	tree.parents().iter().for_each(|parent| write(bytes, parent.unwrap_or(u32::MAX)));
	(0..nodes.len() as u32).for_each(|i| tree.children(i).for_each(|child| write(bytes, child)));
	let measures = tree.measures();
	write(bytes, measures.overall_trust);
	write(bytes, measures.rounds);
	write(bytes, measures.concurrency);
	write(bytes, measures.overloaded);
	write(bytes, tree.over_threshold());
	write(bytes, tree.expected_reach(nodes));
}

fn write(bytes: &mut Vec<u8>, number: u32) {
	bytes.extend_from_slice(&number.to_le_bytes());
}
