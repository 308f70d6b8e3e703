//! What goes wrong, drawn from the seed.

use crate::random::Random;
use std::{collections::BTreeSet, fmt};
use voltree_fanout::types::Moment;

/// What a node does wrong, or suffers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
	/// Ends for good.
	Crash(Moment),
	/// Answers pings, and nothing else.
	Silent,
	/// Sends everything two seconds late.
	Delayer,
	/// Changes what it hands on.
	Corrupt,
	/// Writes two blocks in each of its slots, and gives the second to half of the others.
	Equivocator,
	/// Is away from one moment to another, and has forgotten all but its database.
	Restart(Moment, Moment),
	/// Has an eighth of the usual uplink.
	Slow,
}

impl Fault {
	/// Whether a node with this fault does what the protocol says, whenever it runs.
	pub fn is_honest(self) -> bool {
		matches!(self, Self::Crash(_) | Self::Restart(..) | Self::Slow)
	}
}

/// The network of a seed.
pub struct Faults {
	pub nodes: usize,
	pub slots: u64,
	/// By node.
	pub of: Vec<Option<Fault>>,
	/// Links that are down for a while: both ends, from when to when.
	pub cuts: Vec<(usize, usize, Moment, Moment)>,
	/// Below the threshold.
	pub distrusted: BTreeSet<usize>,
}

impl Faults {
	pub fn new(random: &mut Random, slot: Moment) -> Self {
		let nodes = random.between(3, 13) as usize;
		let slots = random.between(5, 9);
		let mut faults = Self {
			nodes,
			slots,
			of: vec![None; nodes],
			cuts: Vec::new(),
			distrusted: BTreeSet::new(),
		};
		if random.one_in(4) {
			return faults;
		}
		let end = slots * slot;
		// Fewer than a third.
		for _ in 0..random.below((nodes as u64).div_ceil(3)) {
			let node = random.below(nodes as u64) as usize;
			faults.of[node] = Some(match random.below(6) {
				0 => Fault::Crash(random.below(end)),
				1 => Fault::Silent,
				2 => Fault::Delayer,
				3 => Fault::Corrupt,
				4 => Fault::Equivocator,
				_ => {
					let from = random.below(end);
					Fault::Restart(from, from + random.between(slot / 2, 3 * slot))
				}
			});
		}
		if random.one_in(3) {
			let slow = random.below(nodes as u64) as usize;
			faults.of[slow] = faults.of[slow].or(Some(Fault::Slow));
		}
		if random.one_in(2) {
			for _ in 0..random.below(nodes as u64) {
				let (a, b) = (random.below(nodes as u64), random.below(nodes as u64));
				let from = random.below(end);
				let until = from + random.between(slot / 10, 4 * slot);
				if a != b {
					faults.cuts.push((a as usize, b as usize, from, until));
				}
			}
		}
		for node in 0..nodes {
			let suspect = faults.of[node].is_some_and(|fault| !fault.is_honest());
			if random.one_in(if suspect { 2 } else { 10 }) {
				faults.distrusted.insert(node);
			}
		}
		faults
	}

	pub fn are_none(&self) -> bool {
		self.of.iter().all(Option::is_none) && self.cuts.is_empty() && self.distrusted.is_empty()
	}

	/// Runs the whole time, and does what the protocol says.
	pub fn is_reliable(&self, node: usize) -> bool {
		matches!(self.of[node], None | Some(Fault::Slow))
	}

	pub fn is_honest(&self, node: usize) -> bool {
		self.of[node].is_none_or(Fault::is_honest)
	}

	pub fn runs(&self, node: usize, now: Moment) -> bool {
		match self.of[node] {
			Some(Fault::Crash(at)) => now < at,
			Some(Fault::Restart(from, until)) => now < from || until <= now,
			_ => true,
		}
	}

	/// Nodes that are connected all the time with `node` by way of reliable ones.
	pub fn connected(&self, node: usize) -> BTreeSet<usize> {
		let mut reached = BTreeSet::from([node]);
		let mut next = vec![node];
		while let Some(from) = next.pop() {
			for to in (0..self.nodes).filter(|to| self.is_reliable(*to)) {
				let cut = |(a, b, ..): &(usize, usize, Moment, Moment)| {
					(*a, *b) == (from, to) || (*b, *a) == (from, to)
				};
				if !self.cuts.iter().any(cut) && reached.insert(to) {
					next.push(to);
				}
			}
		}
		reached
	}
}

impl fmt::Display for Faults {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		writeln!(f, "{} nodes, {} slots", self.nodes, self.slots)?;
		for (node, fault) in self.of.iter().enumerate() {
			if let Some(fault) = fault {
				writeln!(f, "  node {node}: {fault:?}")?;
			}
		}
		for (a, b, from, until) in &self.cuts {
			writeln!(f, "  link {a}-{b}: down from {from} to {until} us")?;
		}
		writeln!(f, "  below the threshold: {:?}", self.distrusted)
	}
}
