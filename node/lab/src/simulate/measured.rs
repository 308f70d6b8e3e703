//! The simulator under the conditions of a measurement on running nodes.

use super::{
	network::Network,
	protocols::Kind,
	queue::{Time, MILLISECOND},
	report::{Sample, Summary},
	world::Terms,
};
use crate::error::Error;
use voltree_wct::Node;

/// What a measurement was made under. Times are in ms.
#[derive(Clone, Debug)]
pub struct Conditions {
	pub nodes: Vec<Node>,
	/// Bytes a second.
	pub uplink: u64,
	pub latency: f64,
	/// What a node needs before it may forward a block.
	pub verification: f64,
	/// What it needs to execute and store one.
	pub import: f64,
	/// Blocks; their authors take turns.
	pub blocks: u64,
	pub seed: u64,
}

/// Blocks of `bytes` by `kind`, every pair linked.
pub fn run(conditions: &Conditions, kind: Kind, bytes: u64) -> Result<Summary, Error> {
	let time = |ms: f64| (ms * MILLISECOND as f64) as Time;
	let Conditions { uplink, blocks, seed, .. } = *conditions;
	let nodes = conditions.nodes.len();
	let network = Network::even(conditions.nodes.clone(), uplink, time(conditions.latency));
	let terms = Terms {
		block: bytes,
		verification: time(conditions.verification),
		import: time(conditions.import),
		delay: 0,
		loss: 0.0,
		sharing: None,
		unfairness: 0.8,
		parallel: u32::MAX,
		handshakes: 1,
		// Nobody was faulty, so nobody had to ask.
		repair: false,
		parity: 0.0,
	};
	let samples = (0..blocks).map(|block| {
		let author = (block % nodes.max(1) as u64) as u32;
		let outcome = kind.run(&network, &terms, author, seed, block)?;
		Ok(Sample::of(&outcome, &network, &terms))
	});
	let samples: Vec<Sample> = samples.collect::<Result<_, Error>>()?;
	Ok(Summary::of(kind.name(), &samples, nodes, bytes))
}
