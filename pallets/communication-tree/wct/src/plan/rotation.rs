//! Who changes places with whom: a seeded order, and nodes whose trust is rounded to tiers.

use super::Task;
use crate::{Node, Overheads, Settings, TRUST_UNIT};
use alloc::vec::Vec;

/// Trusts that differ by less than this may count as the same: a twentieth.
const TIER: u32 = TRUST_UNIT / 20;

/// Numbers that follow from a seed: SplitMix64, enough to spread load, and no secret.
pub(super) struct Rotation(u64);

impl Rotation {
	pub(super) fn new(task: &Task) -> Self {
		let words = task.snapshot.chunks_exact(8).map(|word| {
			word.iter().rev().fold(0u64, |number, byte| number << 8 | u64::from(*byte))
		});
		let words = words.chain([task.number.into(), task.root.into()]);
		// Each word goes through the mixer, so that blocks that differ little do.
		Self(words.fold(0, |state, word| Self(state ^ word).next()))
	}

	fn next(&mut self) -> u64 {
		self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
		let mut mixed = self.0;
		mixed = (mixed ^ mixed >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
		mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
		mixed ^ mixed >> 31
	}

	/// From 0 to `bound - 1`; 0 if `bound` is 0. The upper half of a product: its unfairness is
	/// below `bound / 2^64`.
	pub(super) fn below(&mut self, bound: u64) -> u64 {
		((u128::from(self.next()) * u128::from(bound)) >> 64) as u64
	}

	pub(super) fn shuffle(&mut self, list: &mut [u32]) {
		for last in (1..list.len()).rev() {
			let other = self.below(last as u64 + 1) as usize;
			list.swap(last, other);
		}
	}
}

/// The nodes in another order, with rounded trust.
pub(super) struct Rotated {
	/// Which node stands where.
	pub(super) order: Vec<u32>,
	pub(super) nodes: Vec<Node>,
	pub(super) cells: Option<Vec<u32>>,
}

impl Rotated {
	pub(super) fn new(
		nodes: &[Node],
		overheads: Option<Overheads<'_>>,
		settings: &Settings,
		task: &Task,
	) -> Self {
		// At most `u32::MAX` of them: `check` has seen to it.
		let mut order: Vec<u32> = (0u32..).zip(nodes).map(|(node, _)| node).collect();
		Rotation::new(task).shuffle(&mut order);
		let tiered = order.iter().map(|node| tiered(nodes[*node as usize], settings)).collect();
		let cells = overheads.map(|overheads| {
			let row = |from: &u32| {
				let from = *from;
				order.iter().map(move |to| overheads.get(from, *to))
			};
			order.iter().flat_map(row).collect()
		});
		Self { nodes: tiered, cells, order }
	}

	/// Where `node` stands.
	pub(super) fn place(&self, node: u32) -> u32 {
		(0u32..).zip(&self.order).find(|(_, at)| **at == node).map_or(node, |(place, _)| place)
	}
}

/// Tiers are counted from the threshold, so that nobody crosses it.
fn tiered(node: Node, settings: &Settings) -> Node {
	let threshold = settings.trust_threshold;
	let trust = match node.trust.checked_sub(threshold) {
		Some(above) => threshold + above / TIER * TIER,
		None => node.trust / TIER * TIER,
	};
	Node { trust, ..node }
}
