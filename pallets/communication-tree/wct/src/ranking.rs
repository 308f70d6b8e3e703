//! From nodes to trees: sorted once, rooted anywhere.

use crate::{
	attach, balanced,
	edge::{self, Edges},
	pool::Pool,
	sequence::Order,
	tree::Shape,
	Error, Node, Overheads, Settings, Strategy, Tree, TRUST_UNIT,
};
use alloc::vec::Vec;

/// The nodes in the order of a strategy: sorted once, for trees from any root.
#[derive(Clone, Debug)]
pub struct Ranking<'a> {
	nodes: &'a [Node],
	overheads: Option<Overheads<'a>>,
	settings: Settings,
	strategy: Strategy,
	order: Order,
	/// Who can forward, where the strategy chooses among them.
	pool: Option<Pool>,
	/// How long a node takes to send to one child.
	sending: u32,
}

impl<'a> Ranking<'a> {
	/// Sorts `nodes` as `strategy` says: O(n log n).
	///
	/// # Errors
	///
	/// [`Error::Empty`], [`Error::TooMany`], [`Error::Weights`], [`Error::Trust`], and
	/// [`Error::Shape`] if the matrix of overheads has not one row for each node.
	pub fn new(
		nodes: &'a [Node],
		overheads: Option<Overheads<'a>>,
		settings: Settings,
		strategy: Strategy,
	) -> Result<Self, Error> {
		check(nodes, overheads, &settings)?;
		let order = Order::new(nodes, &settings, strategy);
		let chooses = matches!(strategy, Strategy::Balanced | Strategy::EdgeAware);
		let pool = chooses.then(|| Pool::new(nodes, &settings));
		Ok(Self { nodes, overheads, settings, strategy, order, pool, sending: 0 })
	}

	/// The same, where a node takes `sending` to send to one child, in the unit of the overheads.
	/// Only [`Strategy::EdgeAware`] looks at it. Without it all children are sent to at once, which
	/// the paper calls concurrent communication.
	pub fn with_sending_time(self, sending: u32) -> Self {
		Self { sending, ..self }
	}

	/// The tree rooted at `root`; without one, at the node the strategy likes best.
	///
	/// # Errors
	///
	/// [`Error::Root`] if there is no such node.
	pub fn tree(&self, root: Option<u32>) -> Result<Tree, Error> {
		let nodes = self.nodes.len();
		let root = match root {
			Some(root) if root as usize >= nodes => return Err(Error::Root { root, nodes }),
			Some(root) => root,
			None => self.order.first().ok_or(Error::Empty)?,
		};
		let tree = match &self.pool {
			Some(pool) => balanced::tree(self.nodes, &self.order, pool, root),
			None => {
				let scored = !matches!(self.strategy, Strategy::Lft | Strategy::Tft);
				let overheads = self.overheads.filter(|_| scored);
				let sequence =
					self.order.rooted(root, overheads.map(|overheads| (overheads, &self.settings)));
				let up = attach::breadth_first(&sequence, |i| self.nodes[i as usize].link);
				self.finish(sequence, &up)
			}
		};
		let Some(overheads) = self.overheads else { return Ok(tree) };
		let threshold = self.settings.overhead_threshold;
		if self.strategy != Strategy::EdgeAware {
			return Ok(tree.count_far(overheads, threshold));
		}
		let edges = Edges { overheads, threshold, sending: self.sending };
		let (sequence, up) = edge::tree(self.nodes, &self.settings, edges, &tree);
		Ok(self.finish(sequence, &up).count_far(overheads, threshold))
	}

	fn finish(&self, sequence: Vec<u32>, up: &[u32]) -> Tree {
		let shape = Shape::new(self.nodes, &sequence, up);
		Tree::new(self.nodes, sequence, up, shape)
	}
}

/// Whether a tree can be built.
fn check(
	nodes: &[Node],
	overheads: Option<Overheads<'_>>,
	settings: &Settings,
) -> Result<(), Error> {
	if nodes.is_empty() {
		return Err(Error::Empty);
	}
	if u32::try_from(nodes.len()).is_err() {
		return Err(Error::TooMany);
	}
	if let Some(overheads) = overheads.filter(|overheads| overheads.nodes() != nodes.len()) {
		return Err(Error::Shape { nodes: nodes.len(), cells: overheads.cells() });
	}
	if settings.weights.trust == 0 && settings.weights.link == 0 {
		return Err(Error::Weights);
	}
	match (0..).zip(nodes).find(|(_, node)| node.trust > TRUST_UNIT) {
		Some((node, &Node { trust, .. })) => Err(Error::Trust { node, trust }),
		None => Ok(()),
	}
}

/// Everything in one go: see [`Ranking`].
///
/// # Errors
///
/// Those of [`Ranking::new`] and [`Ranking::tree`].
pub fn tree(
	nodes: &[Node],
	overheads: Option<Overheads<'_>>,
	settings: Settings,
	strategy: Strategy,
	root: Option<u32>,
) -> Result<Tree, Error> {
	Ranking::new(nodes, overheads, settings, strategy)?.tree(root)
}
