//! *plan*: what a block does on its way, the same on every machine: which trees it travels down, in
//! how many pieces, and when each node should have it.
//!
//! [`Mode::Ours`] goes with the block's size. Of a direct push, a whole block down one tree with
//! [adaptive](crate::adaptive) linking numbers and pieces down [striped](crate::striped) trees, it takes what reaches the last node
//! first by [`Plan::due`]: everybody sends its pieces one after the other, each takes `bytes /
//! uplink`, then the latency, then the verification. The copies of a whole block leave a node at the
//! same time, over as many connections, so they all take as long as the last one. Uplinks are in
//! proportion to linking numbers, [`Paths::uplink`] is their mean. The other modes are the paper's:
//! whole blocks, linking numbers as they are, equal uplinks.
//!
//! A tree that never changes lets few rate a node, and a leaf nobody. So with [`Mode::Ours`], drawn
//! from what was frozen for the session, the block's number and its accounting node ([`Task`]),
//!
//! * those whose trust is about the same change places from block to block;
//! * in one of [`EXPLORED`] blocks each node below the threshold is the *second parent* of somebody
//!   trusted: one piece comes to that one twice, and it learns whether the node forwards.

mod choice;
mod rotation;
mod way;

pub use way::Way;

use crate::{Error, Node, Overheads, Settings, Strategy};
use alloc::{collections::BTreeMap, vec, vec::Vec};
use core::{fmt, str::FromStr};
use rotation::Rotation;

/// More pieces than this a block is never cut into: a set of them fits 64 bits.
pub const MOST_PIECES: u32 = 64;

/// A block of at most this many bytes is never cut: with header, signature and proof, half a
/// kilobyte goes with each piece.
pub const LEAST_PIECE: u64 = 8192;

/// In one of so many blocks those below the threshold show what they can do: often enough that in a
/// session of 200 blocks somebody among thirty is seen by most of them, and the uplinks it takes are
/// those of leaves.
pub const EXPLORED: u64 = 4;

/// How blocks travel.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Mode {
	/// Not down a tree at all: the stock announcements and downloads.
	Off,
	/// Whole, by linking number.
	Lft,
	/// Whole, by trust.
	Tft,
	/// Whole, by the paper's Algorithm 1.
	Wct,
	/// What is predicted to be quickest: see the [module](self).
	Ours,
}

impl Mode {
	/// Every mode.
	pub const ALL: [Self; 5] = [Self::Off, Self::Lft, Self::Tft, Self::Wct, Self::Ours];

	/// How the block at `number` travels: by entry `number mod length` of the schedule, so that
	/// modes can be compared block by block. Without entries it is off.
	pub fn of_block(schedule: &[Self], number: u32) -> Self {
		let entry = (number as usize).checked_rem(schedule.len());
		entry.and_then(|entry| schedule.get(entry)).copied().unwrap_or(Self::Off)
	}

	/// Its name, as it is written in files and on command lines.
	pub fn name(self) -> &'static str {
		match self {
			Self::Off => "off",
			Self::Lft => "lft",
			Self::Tft => "tft",
			Self::Wct => "wct",
			Self::Ours => "ours",
		}
	}
}

impl fmt::Display for Mode {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.pad(self.name())
	}
}

/// What was read is the name of no mode.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct UnknownMode;

impl fmt::Display for UnknownMode {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str("there is no such mode: give one of off, lft, tft, wct, ours")
	}
}

impl core::error::Error for UnknownMode {}

impl FromStr for Mode {
	type Err = UnknownMode;

	fn from_str(name: &str) -> Result<Self, Self::Err> {
		Self::ALL.into_iter().find(|mode| mode.name() == name).ok_or(UnknownMode)
	}
}

/// What is taken for granted about the way between two nodes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Paths {
	/// One-way latency, in microseconds.
	pub latency: u64,
	/// How long a node needs before it forwards a block it has received, in microseconds.
	pub verification: u64,
	/// Mean uplink of the nodes, in bytes per second; 0 counts as 1.
	pub uplink: u64,
}

/// Who takes part, and how.
#[derive(Clone, Copy, Debug)]
pub struct Terms<'a> {
	/// All of them.
	pub nodes: &'a [Node],
	/// Between them, where they are known.
	pub overheads: Option<Overheads<'a>>,
	/// Threshold and weights.
	pub settings: Settings,
	/// For predictions.
	pub paths: Paths,
}

/// A block, as far as its way depends on it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Task {
	/// The hash of what was frozen for the session: nobody chooses it. With the number and the
	/// accounting node it says who changes places, and where the second parents are.
	pub snapshot: [u8; 32],
	/// The block's.
	pub number: u32,
	/// The accounting node.
	pub root: u32,
	/// Length of the block's body.
	pub bytes: u64,
}

/// Down which trees a block travels, and in which pieces.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Plan {
	ways: Vec<Way>,
	/// The way of each piece, in the order of sending.
	way_of: Vec<u8>,
	/// Microseconds after the first byte leaves the root, by node.
	due: Vec<u64>,
	/// When the root begins with a piece, by piece.
	begins: Vec<u64>,
	/// Second parents, their children, and the piece that goes between them.
	second: Vec<(u32, u32)>,
	second_piece: u32,
}

impl Plan {
	/// The plan of a block; `None` with [`Mode::Off`].
	///
	/// # Errors
	///
	/// Those of [`Ranking::new`](crate::Ranking::new) and [`Ranking::tree`](crate::Ranking::tree).
	pub fn new(terms: Terms<'_>, mode: Mode, task: Task) -> Result<Option<Self>, Error> {
		let strategy = match mode {
			Mode::Off => return Ok(None),
			Mode::Lft => Strategy::Lft,
			Mode::Tft => Strategy::Tft,
			Mode::Wct => Strategy::Wct,
			Mode::Ours => return choice::quickest(terms, task).map(Some),
		};
		let Terms { nodes, overheads, settings, .. } = terms;
		let tree = crate::tree(nodes, overheads, settings, strategy, Some(task.root))?;
		// The paper's linking numbers say how many, not how fast.
		let uplinks = vec![terms.paths.uplink.max(1); nodes.len()];
		Ok(Some(Self::of(&terms, &uplinks, task.bytes, vec![Way::from(&tree)], vec![0])))
	}

	fn of(terms: &Terms<'_>, uplinks: &[u64], bytes: u64, ways: Vec<Way>, way_of: Vec<u8>) -> Self {
		let mut plan = Self {
			ways,
			way_of,
			due: Vec::new(),
			begins: Vec::new(),
			second: Vec::new(),
			second_piece: 0,
		};
		(plan.due, plan.begins) = plan.times(&terms.paths, uplinks, bytes);
		plan
	}

	/// The trees, all of the same root.
	pub fn ways(&self) -> &[Way] {
		&self.ways
	}

	/// The tree of a piece; `None` if there is no such piece.
	pub fn way_of(&self, piece: u32) -> Option<&Way> {
		self.ways.get(usize::from(*self.way_of.get(piece as usize)?))
	}

	/// For each piece, in the order of sending, which of [`Plan::ways`] it takes.
	pub fn trees_of_pieces(&self) -> &[u8] {
		&self.way_of
	}

	/// How many pieces there are; 1: the block travels whole.
	pub fn pieces(&self) -> u32 {
		// At most `MOST_PIECES`.
		self.way_of.len() as u32
	}

	/// Whether the block is cut.
	pub fn is_cut(&self) -> bool {
		self.way_of.len() > 1
	}

	/// When `node` should have everything if nobody is faulty, in microseconds after the block
	/// begins to leave the root.
	pub fn due(&self, node: u32) -> u64 {
		self.due.get(node as usize).copied().unwrap_or(0)
	}

	/// When the root begins to send a piece, if its uplink is as fast as it is taken to be, in
	/// microseconds after the first one begins to leave.
	pub fn begins(&self, piece: u32) -> u64 {
		self.begins.get(piece as usize).copied().unwrap_or(0)
	}

	/// When the last node should have everything.
	pub fn last(&self) -> u64 {
		self.due.iter().copied().max().unwrap_or(0)
	}

	/// Those to whom `node` is second parent, and the piece it sends them.
	pub fn second_children(&self, node: u32) -> impl Iterator<Item = (u32, u32)> + '_ {
		let children = self.second.iter().filter(move |(parent, _)| *parent == node);
		children.map(|(_, child)| (*child, self.second_piece))
	}

	/// Who should send `node` which pieces, as sets of bits: its parents, and the second ones.
	pub fn parents(&self, node: u32) -> BTreeMap<u32, u64> {
		let mut parents: BTreeMap<u32, u64> = BTreeMap::new();
		for (piece, way) in self.way_of.iter().enumerate() {
			let way = self.ways.get(usize::from(*way));
			if let Some(parent) = way.and_then(|way| way.parent(node)) {
				*parents.entry(parent).or_default() |= 1 << piece;
			}
		}
		for (parent, _) in self.second.iter().filter(|(_, child)| *child == node) {
			*parents.entry(*parent).or_default() |= 1 << self.second_piece;
		}
		parents
	}

	/// When everybody has everything, and when the root begins with each piece: see the
	/// [module](self). O(pieces * nodes).
	fn times(&self, paths: &Paths, uplinks: &[u64], bytes: u64) -> (Vec<u64>, Vec<u64>) {
		let count = uplinks.len();
		let pieces = u64::from(self.pieces()).max(1);
		let piece = bytes.div_ceil(pieces);
		let check = paths.verification / pieces;
		let emission: Vec<u64> =
			uplinks.iter().map(|uplink| piece.saturating_mul(1_000_000) / *uplink).collect();
		let (mut due, mut free) = (vec![0u64; count], vec![0u64; count]);
		let mut at = vec![0u64; count];
		let mut begins = Vec::with_capacity(self.way_of.len());
		for way in self.way_of.iter().filter_map(|way| self.ways.get(usize::from(*way))) {
			for (place, &node) in way.sequence().iter().enumerate() {
				let children = way.children(node);
				// Its uplink does not wait for what it does not send.
				if children.is_empty() {
					continue;
				}
				let node = node as usize;
				if place == 0 {
					begins.push(free[node]);
				}
				let ready = if place == 0 { 0 } else { at[node].saturating_add(check) };
				let together = if self.is_cut() { 0 } else { children.len().saturating_sub(1) };
				free[node] = free[node]
					.max(ready)
					.saturating_add(emission[node].saturating_mul(together as u64));
				for (before, &child) in children.iter().enumerate() {
					if before == 0 || self.is_cut() {
						free[node] = free[node].saturating_add(emission[node]);
					}
					at[child as usize] = free[node].saturating_add(paths.latency);
					due[child as usize] = due[child as usize].max(at[child as usize]);
				}
			}
		}
		(due, begins)
	}

	/// With second parents, where there are nodes below the threshold: each gets a trusted child
	/// that is not the root; each another one, as far as there are enough.
	fn explore(&mut self, terms: &Terms<'_>, task: &Task) {
		let mut rotation = Rotation::new(task);
		if rotation.below(EXPLORED) != 0 {
			return;
		}
		let others = || (0u32..).zip(terms.nodes).filter(|(node, _)| *node != task.root);
		let (trusted, rest): (Vec<_>, Vec<_>) =
			others().partition(|(_, node)| terms.settings.trusts(**node));
		let mut children: Vec<u32> = trusted.iter().map(|(node, _)| *node).collect();
		rotation.shuffle(&mut children);
		let mut parents: Vec<u32> = rest.iter().map(|(node, _)| *node).collect();
		rotation.shuffle(&mut parents);
		self.second_piece = rotation.below(u64::from(self.pieces())) as u32;
		let way = self.way_of(self.second_piece).cloned();
		// Who already is the first parent, or the child, proves nothing in this block.
		let related = |parent: u32, child: u32| {
			let up = |node| way.as_ref().and_then(|way| way.parent(node));
			up(child) == Some(parent) || up(parent) == Some(child)
		};
		let second = parents.into_iter().enumerate().filter_map(|(turn, parent)| {
			let turns = children.iter().cycle().skip(turn).take(children.len());
			let child = turns.copied().find(|child| !related(parent, *child))?;
			Some((parent, child))
		});
		self.second = second.collect();
	}
}

/// Bytes per second of each node; above 0.
fn uplinks(nodes: &[Node], paths: &Paths) -> Vec<u64> {
	let link = |node: &Node| u64::from(node.link.max(1));
	// Below 2^64: at most 2^32 nodes of 2^32 links. At least 1: there is a node where it divides.
	let sum = nodes.iter().map(link).sum::<u64>().max(1);
	let relative = |node: &Node| {
		let all = u128::from(paths.uplink) * u128::from(link(node)) * nodes.len() as u128;
		u64::try_from(all / u128::from(sum)).unwrap_or(u64::MAX).max(1)
	};
	nodes.iter().map(relative).collect()
}
