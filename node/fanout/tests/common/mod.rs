//! Snapshots, chains and blocks for tests.

#[path = "../../examples/seeds/ledger.rs"]
pub mod ledger;

use codec::Encode;
use ledger::{author, peer, writer, Header};
use std::sync::Arc;
use voltree_fanout::{
	policy::{Member, Snapshot},
	types::Hash,
};
use voltree_wct::{
	plan::{Mode, Paths},
	Settings, Weights,
};

/// `nodes` trusted members, all alike.
pub fn snapshot(session: u32, nodes: usize, mode: Mode) -> Arc<Snapshot> {
	let member =
		|node| Member { peer: Some(peer(node)), author: author(node), trust: 900_000_000, link: 1 };
	Arc::new(Snapshot {
		session,
		hash: Hash([session as u8 + 1; 32]),
		members: (0..nodes).map(member).collect(),
		overheads: Vec::new(),
		settings: Settings {
			trust_threshold: 800_000_000,
			overhead_threshold: u32::MAX,
			weights: Weights { trust: 1, link: 1 },
		},
		paths: Paths { latency: 10_000, verification: 1_000, uplink: 1_000_000 },
		modes: vec![mode],
	})
}

/// A block.
#[derive(Clone)]
pub struct Block {
	pub hash: Hash,
	pub header: Vec<u8>,
	pub body: Vec<u8>,
	/// Who wrote it.
	pub writer: usize,
	pub parsed: Header,
}

/// The block of `slot` on top of `parent`, with a body of that many bytes `fill`.
pub fn block(parent: Hash, number: u32, slot: u64, nodes: usize, length: usize, fill: u8) -> Block {
	let body = vec![fill; length];
	let parsed = Header::new(parent, number, slot, &body, nodes);
	let writer = writer(slot, number, nodes);
	Block { hash: parsed.hash(), header: parsed.encode(), body, writer, parsed }
}
