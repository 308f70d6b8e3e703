//! [`Mode::Ours`](super::Mode::Ours): what is quickest.

use super::{rotation::Rotated, uplinks, Plan, Task, Terms, Way, LEAST_PIECE, MOST_PIECES};
use crate::{adaptive, striped, Error, Node, Overheads, Ranking, Strategy};
use alloc::{vec, vec::Vec};

/// Numbers of stripes that are tried, besides as many as there are others.
const STRIPES: [u32; 8] = [48, 32, 24, 16, 12, 8, 4, 2];

/// Of those that reach the last node first, the simplest.
pub(super) fn quickest(terms: Terms<'_>, task: Task) -> Result<Plan, Error> {
	let Terms { nodes, overheads, settings, .. } = terms;
	let ours = Ours {
		rotated: Rotated::new(nodes, overheads, &settings, &task),
		uplinks: uplinks(nodes, &terms.paths),
		terms,
		bytes: task.bytes,
		root: task.root,
	};
	let mut best = ours.direct()?;
	let mut try_it = |plan: Plan| {
		if plan.last() < best.last() {
			best = plan;
		}
	};
	if nodes.len() > 2 {
		try_it(ours.whole()?);
		// Fewer than `u32::MAX` nodes, or the first tree would not be there.
		let others = nodes.len() as u32 - 1;
		let pieces = task.bytes.div_ceil(LEAST_PIECE).min(u64::from(MOST_PIECES)) as u32;
		let most = others.min(pieces);
		for count in core::iter::once(most).chain(STRIPES.into_iter().filter(|n| *n < most)) {
			if count > 1 {
				try_it(ours.striped(count, pieces)?);
			}
		}
	}
	best.explore(&terms, &task);
	Ok(best)
}

struct Ours<'a> {
	terms: Terms<'a>,
	rotated: Rotated,
	/// By node, not by place.
	uplinks: Vec<u64>,
	bytes: u64,
	root: u32,
}

impl Ours<'_> {
	fn plan(&self, trees: Vec<Way>, way_of: Vec<u8>) -> Plan {
		Plan::of(&self.terms, &self.uplinks, self.bytes, trees, way_of)
	}

	fn name(&self) -> impl Fn(u32) -> u32 + '_ {
		|place| self.rotated.order.get(place as usize).copied().unwrap_or(place)
	}

	/// The root to everybody.
	fn direct(&self) -> Result<Plan, Error> {
		let everybody = u32::MAX;
		let nodes: Vec<Node> =
			self.rotated.nodes.iter().map(|node| Node { link: everybody, ..*node }).collect();
		self.one(&nodes, None, Strategy::Wct)
	}

	/// Down one tree, with the linking numbers that suit the size.
	fn whole(&self) -> Result<Plan, Error> {
		let paths = &self.terms.paths;
		let uplinks = uplinks(&self.rotated.nodes, paths);
		let network = adaptive::Network {
			latency: paths.latency,
			verification: paths.verification,
			uplinks: &uplinks,
		};
		let links = adaptive::links(&network, self.bytes)?;
		let nodes: Vec<Node> = self
			.rotated
			.nodes
			.iter()
			.zip(links)
			.map(|(node, link)| Node { link, ..*node })
			.collect();
		let cells = self.rotated.cells.as_deref();
		let overheads = cells.map(|cells| Overheads::new(nodes.len(), cells)).transpose()?;
		self.one(&nodes, overheads, Strategy::DEFAULT)
	}

	fn one(
		&self,
		nodes: &[Node],
		overheads: Option<Overheads<'_>>,
		strategy: Strategy,
	) -> Result<Plan, Error> {
		let root = Some(self.rotated.place(self.root));
		let tree = Ranking::new(nodes, overheads, self.terms.settings, strategy)?.tree(root)?;
		Ok(self.plan(vec![Way::new(&tree, self.name())], vec![0]))
	}

	/// In pieces down `count` trees.
	fn striped(&self, count: u32, pieces: u32) -> Result<Plan, Error> {
		let root = self.rotated.place(self.root);
		let slowest = self.rotated.nodes.iter().map(|node| node.link.max(1)).min().unwrap_or(1);
		// Twice the uplink, so that the trusted can carry the trees where a part of the nodes is
		// not trusted; but for the root, which is to send everything once.
		let link = |(place, node): (u32, &Node)| {
			let relative = node.link.max(1) / slowest;
			let link = if place == root { relative } else { relative.saturating_mul(2) };
			Node { link, ..*node }
		};
		let nodes: Vec<Node> = (0u32..).zip(&self.rotated.nodes).map(link).collect();
		let stripes =
			striped::stripes(&nodes, None, self.terms.settings, Some(root), count, pieces)?;
		let mut left: Vec<u32> = stripes.iter().map(|stripe| stripe.share).collect();
		let mut way_of = Vec::with_capacity(pieces as usize);
		// In turn, so that every forwarder has something to send early.
		while left.iter().any(|left| *left > 0) {
			for (way, left) in (0u8..).zip(&mut left).filter(|(_, left)| **left > 0) {
				*left -= 1;
				way_of.push(way);
			}
		}
		let ways = stripes.iter().map(|stripe| Way::new(&stripe.tree, self.name())).collect();
		Ok(self.plan(ways, way_of))
	}
}
