//! From nodes to trees: sorted once, rooted anywhere.

use crate::{attach, Error, Node, Overheads, Settings, Strategy, Tree};
use alloc::vec::Vec;

/// The nodes in the order of a strategy: sorted once, for trees from any root.
#[derive(Clone, Debug)]
pub struct Ranking<'a> {
	nodes: &'a [Node],
	overheads: Option<Overheads<'a>>,
	settings: Settings,
	strategy: Strategy,
	/// Without a root and without overheads: the order of the strategy.
	order: Vec<u32>,
	/// How many of `order`, from its beginning, are trusted.
	trusted: usize,
}

impl<'a> Ranking<'a> {
	/// Sorts `nodes` as `strategy` says.
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
		let n = u32::try_from(nodes.len()).map_err(|_| Error::TooMany)?;
		if n == 0 {
			return Err(Error::Empty);
		}
		if let Some(overheads) = overheads.filter(|overheads| overheads.nodes() != nodes.len()) {
			let cells = overheads.nodes() * overheads.nodes();
			return Err(Error::Shape { nodes: nodes.len(), cells });
		}
		if settings.weights.trust == 0 && settings.weights.link == 0 {
			return Err(Error::Weights);
		}
		let high = |(_, node): &(u32, &Node)| node.trust > crate::TRUST_UNIT;
		if let Some((node, high)) = (0..).zip(nodes).find(high) {
			return Err(Error::Trust { node, trust: high.trust });
		}
		let is_trusted = |i: &u32| nodes[*i as usize].trust >= settings.trust_threshold;
		let mut order: Vec<u32> = (0..n).collect();
		let mut trusted = 0;
		match strategy {
			Strategy::Lft => order.sort_by_key(|i| core::cmp::Reverse(nodes[*i as usize].link)),
			Strategy::Tft => order.sort_by_key(|i| core::cmp::Reverse(nodes[*i as usize].trust)),
			_ => {
				order.sort_by_key(|i| !is_trusted(i));
				trusted = order.partition_point(is_trusted);
				order[..trusted].sort_by_cached_key(|i| {
					let node = nodes[*i as usize];
					core::cmp::Reverse((settings.weights.score(node), node.trust))
				});
			}
		}
		Ok(Self { nodes, overheads, settings, strategy, order, trusted })
	}

	/// The tree rooted at `root`; without one at whom the strategy likes best.
	///
	/// # Errors
	///
	/// [`Error::Root`] if there is no such node.
	pub fn tree(&self, root: Option<u32>) -> Result<Tree, Error> {
		let n = self.nodes.len();
		if let Some(root) = root.filter(|root| *root as usize >= n) {
			return Err(Error::Root { root, nodes: n });
		}
		let root = root.or(self.order.first().copied()).ok_or(Error::Empty)?;
		let mut sequence = Vec::with_capacity(n);
		sequence.push(root);
		let (trusted, rest) = self.order.split_at(self.trusted);
		let row = match self.strategy {
			Strategy::Lft | Strategy::Tft => None,
			_ => self.overheads.map(|overheads| overheads.row(root)),
		};
		let far =
			|i: &u32| row.is_some_and(|row| row[*i as usize] > self.settings.overhead_threshold);
		let others = |part: &'_ [u32], want: bool| -> Vec<u32> {
			part.iter().copied().filter(|i| *i != root && far(i) == want).collect()
		};
		sequence.extend(others(trusted, false));
		sequence.extend(others(trusted, true));
		sequence.extend(rest.iter().copied().filter(|i| *i != root));
		let up = attach::breadth_first(self.nodes, &sequence);
		Ok(Tree::new(self.nodes, sequence, &up))
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
