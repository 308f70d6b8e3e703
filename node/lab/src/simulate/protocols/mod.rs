//! The protocols that are compared.

pub mod gossip;
pub mod plan;
pub mod push;
mod repair;
pub mod stock;
pub mod turbine;

use super::{
	network::{Network, Peers},
	world::{Outcome, Terms, World},
};
use clap::ValueEnum;
use gossip::Gossip;
use plan::Plan;
use push::Push;
use stock::Stock;
use turbine::Turbine;
use voltree_wct::{Error, Strategy};

/// Networks of up to so many nodes have a link between every two of them.
pub const MESH: u32 = 150;

/// A full mesh has a message for every two nodes: more than this takes too long.
pub const LARGEST_STOCK_MESH: usize = 3000;

/// Peers of a stock node outside a full mesh.
const STOCK_PEERS: u32 = 8;

/// Code of [`Kind::OursCoded`], as a part of the data: any two thirds of the chunks restore the block.
const CODED: f64 = 0.5;

/// How a block travels.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Kind {
	/// Stock announce-and-fetch, everybody a peer of everybody, with duplicate downloads.
	StockMesh,
	/// The same, one download at a time.
	StockMeshSingle,
	/// Stock announce-and-fetch with 8 random peers, with duplicate downloads.
	#[value(name = "stock-8")]
	Stock8,
	/// The same, one download at a time.
	#[value(name = "stock-8-single")]
	Stock8Single,
	/// The whole block straight from the author to everybody.
	Direct,
	/// The whole block down the tree with the linking number first.
	Lft,
	/// The whole block down the tree with trust first.
	Tft,
	/// The whole block down the paper's tree.
	Wct,
	/// What is predicted to be quickest: a direct push, a tree with adaptive linking numbers, or chunks
	/// down several trees whose interiors differ.
	Ours,
	/// The same with code: half as many bytes more (or --parity, if that is more).
	OursCoded,
	/// A random tree for each shred, with as much code as data.
	Turbine,
	/// Eager gossip of whole blocks with 8 neighbours.
	Gossip,
}

impl Kind {
	/// All of them, in the order in which they are compared.
	pub const ALL: [Self; 12] = [
		Self::StockMesh,
		Self::StockMeshSingle,
		Self::Stock8,
		Self::Stock8Single,
		Self::Gossip,
		Self::Turbine,
		Self::Direct,
		Self::Lft,
		Self::Tft,
		Self::Wct,
		Self::Ours,
		Self::OursCoded,
	];

	/// Its name on command lines and in reports.
	pub fn name(self) -> String {
		self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
	}

	/// Whether it is too much work for this many nodes.
	pub fn too_large(self, nodes: usize) -> bool {
		matches!(self, Self::StockMesh | Self::StockMeshSingle) && nodes > LARGEST_STOCK_MESH
	}

	/// Runs one block. `seed` is the network's, for who knows whom and what happens to messages.
	pub fn run(
		self,
		network: &Network,
		terms: &Terms,
		author: u32,
		seed: u64,
		block: u64,
	) -> Result<Outcome, Error> {
		let n = network.len();
		match self {
			Self::StockMesh | Self::StockMeshSingle | Self::Stock8 | Self::Stock8Single => {
				let mesh = matches!(self, Self::StockMesh | Self::StockMeshSingle);
				let duplicates = matches!(self, Self::StockMesh | Self::Stock8);
				let peers = if mesh { Peers::Mesh(n) } else { Peers::random(n, STOCK_PEERS, seed) };
				let stock = Stock::new(&peers, n, if duplicates { terms.parallel } else { 1 });
				Ok(World::run(stock, network, terms, author, seed, block))
			}
			Self::Gossip => {
				let peers = Peers::random(n, gossip::DEGREE, seed);
				Ok(World::run(Gossip::new(&peers, n), network, terms, author, seed, block))
			}
			Self::Turbine => {
				let turbine = Turbine::new(n, terms.block);
				Ok(World::run(turbine, network, terms, author, seed, block))
			}
			Self::OursCoded => {
				let terms = Terms { parity: terms.parity.max(CODED), ..*terms };
				Self::Ours.run(network, &terms, author, seed, block)
			}
			Self::Direct | Self::Lft | Self::Tft | Self::Wct | Self::Ours => {
				let plan = self.plan(network, terms, author, block)?;
				let peers =
					if n <= MESH { Peers::Mesh(n) } else { Peers::random(n, STOCK_PEERS, seed) };
				let push = Push::new(&plan, &peers, n);
				Ok(World::run(push, network, terms, author, seed, block))
			}
		}
	}

	/// The trees of a protocol that pushes.
	fn plan(
		self,
		network: &Network,
		terms: &Terms,
		author: u32,
		block: u64,
	) -> Result<Plan, Error> {
		let tree = |strategy| Plan::strategy(strategy, network, author, terms.block);
		match self {
			Self::Lft => tree(Strategy::Lft),
			Self::Tft => tree(Strategy::Tft),
			Self::Wct => tree(Strategy::Wct),
			Self::Ours => Plan::ours(network, terms, author, block),
			_ => Plan::direct(network, author, terms.block),
		}
	}
}
