//! Down which trees a block travels, and in which pieces.

use super::super::{network::Network, queue::Time, uplink::emission, world::Terms};
use voltree_wct::{
	adaptive, striped, Error, Node, Overheads, Ranking, Settings, Strategy, Tree, Weights,
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
	pub trees: Vec<Tree>,
	/// The tree of each chunk, in the order of sending.
	pub tree_of: Vec<u8>,
	/// So many chunks restore the block.
	pub needed: u32,
	/// Bytes of a chunk with all that goes with it.
	pub chunk: u64,
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
	pub fn whole(tree: Tree, block: u64) -> Self {
		let chunk = block.saturating_add(BLOCK_HEADER);
		Self { trees: vec![tree], tree_of: vec![0], needed: 1, chunk }
	}

	/// The whole block down the tree of a strategy, with the linking numbers of the nodes.
	pub fn strategy(
		strategy: Strategy,
		network: &Network,
		author: u32,
		block: u64,
	) -> Result<Self, Error> {
		let tree = Ranking::new(&network.nodes, None, settings(), strategy)?.tree(Some(author))?;
		Ok(Self::whole(tree, block))
	}

	/// The block straight from the author to everybody.
	pub fn direct(network: &Network, author: u32, block: u64) -> Result<Self, Error> {
		let everybody = network.len();
		let nodes: Vec<Node> =
			network.nodes.iter().map(|node| Node { link: everybody, ..*node }).collect();
		let tree = voltree_wct::tree(&nodes, None, settings(), Strategy::Wct, Some(author))?;
		Ok(Self::whole(tree, block))
	}

	/// What the chain does: of a direct push, a whole-block tree with adaptive linking numbers, and
	/// stripes, what is predicted to reach the last node first (PROPAGATION.md, A.2).
	pub fn ours(network: &Network, terms: &Terms, author: u32) -> Result<Self, Error> {
		let n = network.len();
		let whole = Self::adaptive(network, terms, author)?;
		let mut best = whole.expected(network, terms).into_iter().max().unwrap_or(0);
		let mean = network.mean_latency(author);
		let alone = emission(terms.block, network.uplinks[author as usize]);
		let direct = mean.saturating_add(alone.saturating_mul(u64::from(n.saturating_sub(1))));
		let mut stripes = None;
		let (data, all) = chunks(terms);
		for count in [n.saturating_sub(1), 64, 48, 32, 24, 16, 12, 8, 6, 4, 3, 2] {
			if count < 2 || count > all.min(n.saturating_sub(1)) {
				continue;
			}
			let time = striped_time(n, count, data, all, alone, mean);
			if time < best {
				(best, stripes) = (time, Some(count));
			}
		}
		match stripes {
			_ if direct <= best => Self::direct(network, author, terms.block),
			Some(count) => Self::striped(network, terms, author, count),
			None => Ok(whole),
		}
	}

	fn adaptive(network: &Network, terms: &Terms, author: u32) -> Result<Self, Error> {
		let paths = adaptive::Network {
			latency: network.mean_latency(author) / 1000,
			verification: terms.verification / 1000,
			uplinks: &network.uplinks,
		};
		let links = adaptive::links(&paths, terms.block)?;
		let nodes: Vec<Node> =
			network.nodes.iter().zip(links).map(|(node, link)| Node { link, ..*node }).collect();
		let cells = network.overheads(MATRIX);
		let overheads =
			cells.as_ref().map(|cells| Overheads::new(nodes.len(), cells)).transpose()?;
		let tree =
			voltree_wct::tree(&nodes, overheads, settings(), Strategy::DEFAULT, Some(author))?;
		Ok(Self::whole(tree, terms.block))
	}

	/// The block in chunks down `count` trees whose interiors differ.
	pub fn striped(
		network: &Network,
		terms: &Terms,
		author: u32,
		count: u32,
	) -> Result<Self, Error> {
		// The linking number of a striped block is the uplink, in units of the slowest; but for the
		// author twice that, so that the trusted nodes can carry the trees though a fifth of the nodes,
		// and more, is not trusted.
		let slowest = network.uplinks.iter().copied().min().unwrap_or(1).max(1);
		let relative = |uplink: u64| u32::try_from(uplink / slowest).unwrap_or(u32::MAX);
		let mut nodes: Vec<Node> = network
			.nodes
			.iter()
			.zip(&network.uplinks)
			.map(|(node, uplink)| Node { link: relative(*uplink).saturating_mul(2), ..*node })
			.collect();
		if let Some(node) = nodes.get_mut(author as usize) {
			node.link = relative(network.uplinks[author as usize]);
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
			trees: stripes.into_iter().map(|stripe| stripe.tree).collect(),
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

	/// When each node should have everything, if nobody is faulty and every piece is handed on as a
	/// whole: what a node can compute for itself from the trees, the uplinks and the latencies.
	pub fn expected(&self, network: &Network, terms: &Terms) -> Vec<Time> {
		let mut latest = vec![0; network.nodes.len()];
		self.expect(network, terms, |node, at, _| {
			let latest: &mut Time = &mut latest[node as usize];
			*latest = at.max(*latest);
		});
		latest
	}

	/// Calls `each` with every node of every tree, when it should have what goes down that tree, and
	/// through how many hands that goes.
	pub fn expect(&self, network: &Network, terms: &Terms, mut each: impl FnMut(u32, Time, u32)) {
		let check = self.check(terms);
		// The author sends the pieces for all trees in turn: expect the last.
		let root_load: u64 = (0..self.trees.len())
			.map(|tree| {
				let root = self.trees[tree].sequence().first().copied().unwrap_or(0);
				self.bytes_of(tree).saturating_mul(self.trees[tree].children(root).count() as u64)
			})
			.fold(0, u64::saturating_add);
		let mut at = vec![(0, 0); network.nodes.len()];
		for (index, tree) in self.trees.iter().enumerate() {
			let bytes = self.bytes_of(index);
			for (place, &node) in tree.sequence().iter().enumerate() {
				let (from, hands) = if place == 0 { (0, 0) } else { at[node as usize] };
				let ready = if place == 0 { 0 } else { check.saturating_add(from) };
				for (before, child) in tree.children(node).enumerate() {
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

/// Time to the last node with `count` stripes: as many hops as trees of that fan-out have below their
/// first node, and one more; the author sends everything once; each hop after the first is behind by the
/// part of a stripe that is handed on at a time.
fn striped_time(n: u32, count: u32, data: u32, all: u32, alone: Time, latency: Time) -> Time {
	let mut hops = 1u64;
	let mut reached = 1u64;
	while reached < u64::from(n.saturating_sub(1)) {
		reached = reached.saturating_mul(u64::from(count) + u64::from(hops == 1));
		hops += 1;
	}
	let sent = u128::from(alone) * u128::from(all) / u128::from(data.max(1));
	let pieces = u128::from(all.div_ceil(count).max(1));
	let behind = sent * u128::from(hops - 1) / pieces;
	let total = u128::from(hops) * u128::from(latency) + sent + behind;
	Time::try_from(total).unwrap_or(Time::MAX)
}
