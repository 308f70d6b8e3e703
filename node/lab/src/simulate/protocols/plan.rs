//! Down which trees a block travels, and in which pieces.

use super::super::{
	network::Network,
	queue::{Time, MICROSECOND},
	uplink::emission,
	world::Terms,
};
use voltree_wct::{
	plan::{self, Mode, Paths, Task, Way},
	striped, Error, Node, Overheads, Ranking, Settings, Strategy, Tree, Weights,
};

/// Who has at least this trust is trusted, in all simulations.
pub const TRUST_THRESHOLD: u32 = 800_000_000;

/// A chunk has a bit in a set of 64.
pub const MOST_CHUNKS: u32 = 64;

/// Chunks are at least this long, but for the last one: proofs must stay a small part of them.
const LEAST_CHUNK: u64 = 4096;

/// Of a chunk: its place, the author's signature and the proof that it belongs to the block.
const CHUNK_HEADER: u64 = 300;

/// Of a whole block: framing.
const BLOCK_HEADER: u64 = 100;

/// Up to so many nodes a strategy that looks at overheads is given all of them.
const MATRIX: u32 = 200;

/// Trees, and which chunk goes down which of them.
#[derive(Clone, Debug)]
pub struct Plan {
	/// All from the same root. One tree: the whole block travels down it.
	pub trees: Vec<Way>,
	/// The tree of each chunk, in the order of sending.
	pub tree_of: Vec<u8>,
	/// So many chunks restore the block.
	pub needed: u32,
	/// Bytes of a chunk with all that goes with it.
	pub chunk: u64,
}

/// The nodes with linking numbers that are their uplinks, in units of the slowest: what the chain takes
/// linking numbers to be where the uplink counts.
fn by_uplink(network: &Network) -> Vec<Node> {
	let slowest = network.uplinks.iter().copied().min().unwrap_or(1).max(1);
	let relative = |uplink: &u64| u32::try_from(uplink / slowest).unwrap_or(u32::MAX);
	let nodes = network.nodes.iter().zip(&network.uplinks);
	nodes.map(|(node, uplink)| Node { link: relative(uplink), ..*node }).collect()
}

/// Of everything but the linking numbers.
fn settings() -> Settings {
	Settings {
		trust_threshold: TRUST_THRESHOLD,
		overhead_threshold: u32::MAX,
		weights: Weights { trust: 1, link: 1 },
	}
}

impl Plan {
	/// The whole block down one tree.
	pub fn whole(tree: &Tree, block: u64) -> Self {
		let chunk = block.saturating_add(BLOCK_HEADER);
		Self { trees: vec![Way::from(tree)], tree_of: vec![0], needed: 1, chunk }
	}

	/// The whole block down the tree of a strategy, with the linking numbers of the nodes.
	pub fn strategy(
		strategy: Strategy,
		network: &Network,
		author: u32,
		block: u64,
	) -> Result<Self, Error> {
		let tree = Ranking::new(&network.nodes, None, settings(), strategy)?.tree(Some(author))?;
		Ok(Self::whole(&tree, block))
	}

	/// The block straight from the author to everybody.
	pub fn direct(network: &Network, author: u32, block: u64) -> Result<Self, Error> {
		let everybody = network.len();
		let nodes: Vec<Node> =
			network.nodes.iter().map(|node| Node { link: everybody, ..*node }).collect();
		let tree = voltree_wct::tree(&nodes, None, settings(), Strategy::Wct, Some(author))?;
		Ok(Self::whole(&tree, block))
	}

	/// What the nodes do with the `number`th block: the plan that they compute themselves. Second parents,
	/// which show what the untrusted can do, are left out. With parity, as many stripes of it.
	pub fn ours(network: &Network, terms: &Terms, author: u32, number: u64) -> Result<Self, Error> {
		let cells = network.overheads(MATRIX);
		let nodes = by_uplink(network);
		let overheads =
			cells.as_ref().map(|cells| Overheads::new(nodes.len(), cells)).transpose()?;
		let mean = network.uplinks.iter().sum::<u64>() / u64::from(network.len().max(1));
		let paths = Paths {
			latency: network.mean_latency(author) / MICROSECOND,
			verification: terms.verification / MICROSECOND,
			uplink: mean,
		};
		let known = plan::Terms { nodes: &nodes, overheads, settings: settings(), paths };
		let number = (number % u64::from(u32::MAX)) as u32;
		let task = Task { snapshot: [0; 32], number, root: author, bytes: terms.block };
		let Some(plan) = plan::Plan::new(known, Mode::Ours, task)? else {
			return Self::direct(network, author, terms.block);
		};
		let pieces = plan.pieces();
		let header = if plan.is_cut() { CHUNK_HEADER } else { BLOCK_HEADER };
		if plan.is_cut() && terms.parity > 0.0 {
			return Self::striped(network, terms, author, plan.ways().len() as u32);
		}
		Ok(Self {
			trees: plan.ways().to_vec(),
			tree_of: plan.trees_of_pieces().to_vec(),
			needed: pieces,
			chunk: terms.block.div_ceil(u64::from(pieces.max(1))).saturating_add(header),
		})
	}

	/// The block in chunks down `count` trees whose interiors differ.
	pub fn striped(
		network: &Network,
		terms: &Terms,
		author: u32,
		count: u32,
	) -> Result<Self, Error> {
		// Twice the uplink, but for the author, so that the trusted nodes can carry the trees though a
		// fifth of the nodes, and more, is not trusted.
		let mut nodes = by_uplink(network);
		for (node, _) in nodes.iter_mut().zip(0u32..).filter(|(_, place)| *place != author) {
			node.link = node.link.saturating_mul(2);
		}
		let (data, all) = chunks(terms);
		let stripes = striped::stripes(&nodes, None, settings(), Some(author), count, all)?;
		let mut left: Vec<u32> = stripes.iter().map(|stripe| stripe.share).collect();
		let mut tree_of = Vec::with_capacity(all as usize);
		// In turn, so that every tree has something to do early.
		while left.iter().any(|left| *left > 0) {
			for (tree, left) in left.iter_mut().enumerate().filter(|(_, left)| **left > 0) {
				*left -= 1;
				tree_of.push(tree as u8);
			}
		}
		Ok(Self {
			trees: stripes.iter().map(|stripe| Way::from(&stripe.tree)).collect(),
			tree_of,
			needed: data,
			chunk: terms.block.div_ceil(u64::from(data)).saturating_add(CHUNK_HEADER),
		})
	}

	/// How many chunks there are.
	pub fn chunks(&self) -> u32 {
		self.tree_of.len() as u32
	}

	/// Whether the block is cut.
	pub fn is_striped(&self) -> bool {
		self.trees.len() > 1
	}

	/// Bytes of all chunks that go down a tree.
	pub fn bytes_of(&self, tree: usize) -> u64 {
		let chunks = self.tree_of.iter().filter(|of| usize::from(**of) == tree).count();
		self.chunk.saturating_mul(chunks as u64)
	}

	/// Calls `each` with every node of every tree, when it should have what goes down that tree if nobody
	/// is faulty and every piece is handed on as a whole, and through how many hands that goes.
	pub fn expect(&self, network: &Network, terms: &Terms, mut each: impl FnMut(u32, Time, u32)) {
		let check = self.check(terms);
		// The author sends the pieces for all trees in turn: expect the last.
		let root_load: u64 = (0..self.trees.len())
			.map(|tree| {
				let root = self.trees[tree].sequence().first().copied().unwrap_or(0);
				self.bytes_of(tree).saturating_mul(self.trees[tree].children(root).len() as u64)
			})
			.fold(0, u64::saturating_add);
		let mut at = vec![(0, 0); network.nodes.len()];
		for (index, tree) in self.trees.iter().enumerate() {
			let bytes = self.bytes_of(index);
			for (place, &node) in tree.sequence().iter().enumerate() {
				let (from, hands) = if place == 0 { (0, 0) } else { at[node as usize] };
				let ready = if place == 0 { 0 } else { check.saturating_add(from) };
				for (before, &child) in tree.children(node).iter().enumerate() {
					let load = match place {
						0 if self.is_striped() => root_load,
						_ => bytes.saturating_mul(before as u64 + 1),
					};
					let time = ready
						.saturating_add(emission(load, network.uplinks[node as usize]))
						.saturating_add(network.latency(node, child));
					at[child as usize] = (time, hands + 1);
					each(child, time, hands + 1);
				}
			}
		}
	}

	/// Time to verify a piece before it is forwarded.
	pub fn check(&self, terms: &Terms) -> Time {
		terms.verification / u64::from(self.needed.max(1))
	}
}

/// How many chunks restore the block, and how many there are with parity.
fn chunks(terms: &Terms) -> (u32, u32) {
	let wanted = u32::try_from(terms.block.div_ceil(LEAST_CHUNK)).unwrap_or(MOST_CHUNKS);
	let most = (f64::from(MOST_CHUNKS) / (1.0 + terms.parity)) as u32;
	let data = wanted.clamp(1, most.max(1));
	let all = (f64::from(data) * (1.0 + terms.parity)).ceil() as u32;
	(data, all.min(MOST_CHUNKS))
}
