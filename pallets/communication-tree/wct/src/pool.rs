//! The nodes that can forward, in groups of like linking numbers: sorted once for every root.

use crate::{Node, Settings};
use alloc::{vec, vec::Vec};

/// Who can forward, sorted by trusted or not, then linking number, then trust, then index, with
/// running sums, so that what the most trusted of a group give together is known at once.
#[derive(Clone, Debug)]
pub(crate) struct Pool {
	/// The nodes.
	nodes: Vec<u32>,
	/// Their trust.
	trusts: Vec<u32>,
	/// Linking numbers of all before a place together; one entry more than nodes. None counts for
	/// more than all others, so it is less than 2^64.
	links: Vec<u64>,
	/// Linking numbers times trust of all before a place together.
	values: Vec<u128>,
	/// The groups: the trusted ones with the largest linking numbers first, the others behind.
	groups: Vec<Group>,
	/// How many groups, from the first, are of trusted nodes.
	pub(crate) trusted: usize,
	/// Where a node is in `nodes`, by node; `u32::MAX` for who cannot forward.
	places: Vec<u32>,
}

/// Nodes of like linking numbers, the most trusted first.
#[derive(Clone, Debug)]
struct Group {
	start: u32,
	end: u32,
	/// The least linking number that belongs here.
	link: u32,
}

/// Smaller linking numbers have a group each.
const EXACT: u32 = 16;

/// The number of the group of `link`, and the least linking number in it. From [`EXACT`] on an
/// eighth of an octave shares a group.
fn bucket(link: u32) -> (u32, u32) {
	match link.checked_ilog2() {
		Some(octave) if link >= EXACT => {
			let shift = octave - 3;
			((shift << 3) + (link >> shift), (link >> shift) << shift)
		}
		_ => (link, link),
	}
}

impl Pool {
	/// Sorts: O(n log n).
	pub(crate) fn new(nodes: &[Node], settings: &Settings) -> Self {
		let most = Pool::most(nodes);
		// Largest first; the lower of two indices has the larger complement. There are fewer than
		// 2^9 groups, and trusts are below 2^30.
		let mut keys: Vec<u128> = (0u32..)
			.zip(nodes)
			.filter(|(_, node)| node.link > 0)
			.map(|(i, node)| {
				let (bucket, _) = bucket(node.link.min(most));
				let group = u128::from(bucket) | u128::from(settings.trusts(*node)) << 9;
				group << 64 | u128::from(node.trust) << 32 | u128::from(!i)
			})
			.collect();
		keys.sort_unstable_by(|a, b| b.cmp(a));
		let mut pool = Self {
			nodes: Vec::with_capacity(keys.len()),
			trusts: Vec::with_capacity(keys.len()),
			links: vec![0],
			values: vec![0],
			groups: Vec::new(),
			trusted: 0,
			places: vec![u32::MAX; nodes.len()],
		};
		let (mut links, mut values) = (0u64, 0u128);
		let mut last = None;
		for (place, key) in (0u32..).zip(keys) {
			let (group, i) = (key >> 64, !(key as u32));
			let trust = nodes[i as usize].trust;
			let link = nodes[i as usize].link.min(most);
			links += u64::from(link);
			values += u128::from(link) * u128::from(trust);
			pool.nodes.push(i);
			pool.trusts.push(trust);
			pool.links.push(links);
			pool.values.push(values);
			pool.places[i as usize] = place;
			if last != Some(group) {
				last = Some(group);
				pool.trusted += usize::from(group >> 9 > 0);
				pool.groups.push(Group { start: place, end: place, link: bucket(link).1 });
			}
			if let Some(group) = pool.groups.last_mut() {
				group.end = place + 1;
			}
		}
		pool
	}

	/// The most children a node can have.
	pub(crate) fn most(nodes: &[Node]) -> u32 {
		u32::try_from(nodes.len().saturating_sub(1)).unwrap_or(u32::MAX)
	}

	/// How many groups there are.
	pub(crate) fn groups(&self) -> usize {
		self.groups.len()
	}
}

/// A pool without one node, the root.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Without<'a> {
	pool: &'a Pool,
	/// Where the root is in the pool; `u32::MAX` if it is not.
	place: u32,
}

impl<'a> Without<'a> {
	pub(crate) fn new(pool: &'a Pool, root: u32) -> Self {
		Self { pool, place: pool.places[root as usize] }
	}

	/// The group's place in the pool, its length, and the root's rank in it if that is there.
	fn group(&self, group: usize) -> (u32, u32, u32) {
		let Group { start, end, .. } = self.pool.groups[group];
		if (start..end).contains(&self.place) {
			(start, end - start - 1, self.place - start)
		} else {
			(start, end - start, u32::MAX)
		}
	}

	/// How many nodes `group` has.
	pub(crate) fn len(&self, group: usize) -> u32 {
		self.group(group).1
	}

	/// The least linking number of `group`.
	pub(crate) fn least_link(&self, group: usize) -> u32 {
		self.pool.groups[group].link
	}

	/// The linking number of `group`, if all of it have the same.
	pub(crate) fn exact_link(&self, group: usize) -> Option<u32> {
		Some(self.least_link(group)).filter(|link| *link < EXACT)
	}

	/// Where the `rank`th of `group` is in the pool.
	fn place(&self, group: usize, rank: u32) -> usize {
		let (start, _, root) = self.group(group);
		(start + rank + u32::from(rank >= root)) as usize
	}

	/// The `rank`th most trusted of `group`, counted from 0.
	pub(crate) fn node(&self, group: usize, rank: u32) -> u32 {
		self.pool.nodes[self.place(group, rank)]
	}

	/// Its trust.
	pub(crate) fn trust(&self, group: usize, rank: u32) -> u32 {
		self.pool.trusts[self.place(group, rank)]
	}

	/// The first `count` of `group` together, by running sums.
	fn sum<T: Copy + core::ops::Sub<Output = T>>(&self, sums: &[T], group: usize, count: u32) -> T {
		let (start, _, root) = self.group(group);
		let all = |count: u32| sums[(start + count) as usize] - sums[start as usize];
		if count > root {
			all(count + 1) - (all(root + 1) - all(root))
		} else {
			all(count)
		}
	}

	/// Linking numbers of the first `count` of `group` together.
	pub(crate) fn links(&self, group: usize, count: u32) -> u64 {
		self.sum(&self.pool.links, group, count)
	}

	/// Linking numbers times trust of the first `count` of `group` together.
	pub(crate) fn value(&self, group: usize, count: u32) -> u128 {
		self.sum(&self.pool.values, group, count)
	}

	/// How many of `group` have at least `trust`.
	pub(crate) fn at_least(&self, group: usize, trust: i64) -> u32 {
		partition(0, self.len(group), |rank| i64::from(self.trust(group, rank)) >= trust)
	}

	/// The least count of `group`, from `from` to `to`, whose linking numbers together are at
	/// least `links`; `to` if there is none.
	pub(crate) fn reaching(&self, group: usize, links: u64, from: u32, to: u32) -> u32 {
		partition(from, to, |count| self.links(group, count) < links)
	}

	/// Whose group `node` is in; `None` if it cannot forward.
	pub(crate) fn group_of(&self, node: u32) -> Option<usize> {
		let place = *self.pool.places.get(node as usize).filter(|place| **place < u32::MAX)?;
		Some(self.pool.groups.partition_point(|group| group.end <= place))
	}
}

/// The first of `from..to` that does not satisfy `yes`, which no later one satisfies; else `to`.
fn partition(mut from: u32, mut to: u32, yes: impl Fn(u32) -> bool) -> u32 {
	while from < to {
		let middle = from + (to - from) / 2;
		if yes(middle) {
			from = middle + 1;
		} else {
			to = middle;
		}
	}
	from
}
