//! The order in which the nodes are attached: the paper's `N*`.

use crate::{Node, Overheads, Settings, Strategy, TRUST_UNIT};
use alloc::vec::Vec;

/// The nodes in the order of a strategy, before a root and overheads are known.
#[derive(Clone, Debug)]
pub(crate) struct Order {
	/// The trusted ones by score, then the others as they came in. All by link, or all by trust,
	/// where the strategy knows no threshold.
	pub(crate) nodes: Vec<u32>,
	/// How many of `nodes`, from the first, are trusted: 0 where the strategy knows no threshold.
	pub(crate) trusted: usize,
}

impl Order {
	/// Sorts once: O(n log n).
	pub(crate) fn new(nodes: &[Node], settings: &Settings, strategy: Strategy) -> Self {
		let pairs = || (0u32..).zip(nodes.iter().copied());
		let by = |key: fn(Node) -> u32| {
			// Largest first: the lower of two indices has the larger complement.
			let keys = pairs().map(|(i, node)| u64::from(key(node)) << 32 | u64::from(!i));
			let mut keys: Vec<u64> = keys.collect();
			keys.sort_unstable_by(|a, b| b.cmp(a));
			// The lower half of the key.
			Self { nodes: keys.into_iter().map(|key| !(key as u32)).collect(), trusted: 0 }
		};
		match strategy {
			Strategy::Lft => by(|node| node.link),
			Strategy::Tft => by(|node| node.trust),
			Strategy::Wct | Strategy::Balanced | Strategy::EdgeAware => {
				Self::by_score(pairs(), settings, |node| settings.weights.score(node))
			}
			Strategy::Scaled => {
				let scale = Scale::new(nodes, settings);
				Self::by_score(pairs(), settings, |node| scale.score(node))
			}
		}
	}

	/// Trusted nodes by score, then higher trust, then lower index; the others as they come.
	fn by_score(
		pairs: impl Iterator<Item = (u32, Node)>,
		settings: &Settings,
		score: impl Fn(Node) -> u128,
	) -> Self {
		// Largest first: the lower of two indices has the larger complement.
		let mut keys = Vec::new();
		let mut others = Vec::new();
		for (i, node) in pairs {
			if settings.trusts(node) {
				keys.push((score(node), u64::from(node.trust) << 32 | u64::from(!i)));
			} else {
				others.push(i);
			}
		}
		keys.sort_unstable_by(|a, b| b.cmp(a));
		let trusted = keys.len();
		// The lower half of the second key.
		let nodes = keys.into_iter().map(|(_, key)| !(key as u32)).chain(others).collect();
		Self { nodes, trusted }
	}

	/// The node that is the root unless one is given.
	pub(crate) fn first(&self) -> Option<u32> {
		self.nodes.first().copied()
	}

	/// Every node, `root` first. With `overheads` the trusted ones that are too far from the root
	/// come behind the near ones. O(n).
	pub(crate) fn rooted(
		&self,
		root: u32,
		overheads: Option<(Overheads<'_>, &Settings)>,
	) -> Vec<u32> {
		let mut sequence = Vec::with_capacity(self.nodes.len());
		sequence.push(root);
		let (trusted, others) = self.nodes.split_at(self.trusted);
		let row = overheads
			.map(|(overheads, settings)| (overheads.row(root), settings.overhead_threshold));
		let far = |i: &&u32| match row {
			Some((row, threshold)) => row.get(**i as usize).is_some_and(|w| *w > threshold),
			None => false,
		};
		let rest = |i: &&u32| **i != root;
		sequence.extend(trusted.iter().filter(rest).filter(|i| !far(i)));
		if row.is_some() {
			sequence.extend(trusted.iter().filter(rest).filter(far));
		}
		sequence.extend(others.iter().filter(rest));
		sequence
	}
}

/// Trust from the threshold to 1, and linking numbers from 0 to the largest of a trusted node, both
/// brought to 0..1.
struct Scale {
	settings: Settings,
	/// What is left of trust above the threshold.
	span: u32,
	/// The largest linking number of a trusted node.
	link_max: u32,
}

impl Scale {
	/// A range without length counts as one step long: all are alike in it.
	fn new(nodes: &[Node], settings: &Settings) -> Self {
		let trusted = nodes.iter().filter(|node| settings.trusts(**node));
		Self {
			settings: *settings,
			span: TRUST_UNIT.saturating_sub(settings.trust_threshold).max(1),
			link_max: trusted.map(|node| node.link).max().unwrap_or(0).max(1),
		}
	}

	/// `w_t * (trust - threshold) / span + w_l * link / link_max`, times `span * link_max`: exact,
	/// and in the same order.
	///
	/// Cannot overflow: the first product is below 2^(64 + 30 + 32), the second below
	/// 2^(64 + 32 + 30).
	fn score(&self, node: Node) -> u128 {
		let above = node.trust.saturating_sub(self.settings.trust_threshold);
		let weights = self.settings.weights;
		u128::from(weights.trust) * u128::from(above) * u128::from(self.link_max)
			+ u128::from(weights.link) * u128::from(node.link) * u128::from(self.span)
	}
}
