//! Who may forward, and plans of who does.

use super::Run;
use crate::{
	pool::{Pool, Without},
	Node,
};
use alloc::vec::Vec;
use core::ops::Range;

/// How many are chosen of each part of a choice: first the root's children but one, then forwarders
/// of each free group, the most trusted ones.
pub(super) type Plan = Vec<u32>;

/// How many are left out of a plan at most.
const TRIMMED: usize = 128;

/// Who may forward under a root.
pub(super) struct Choice<'a> {
	pool: Without<'a>,
	root: u32,
	/// The root's trust, and how many children it can have: at least 1.
	trust: u32,
	link: u32,
	/// Nodes besides the root.
	most: u32,
	/// Groups whose nodes all forward.
	fixed: usize,
	/// Groups of which the most trusted forward.
	free: Range<usize>,
	/// How many children the plan has to provide for.
	pub(super) need: u64,
	/// The sum of trust that does not depend on the plan.
	value: u128,
}

/// What else there is to say of a plan.
#[derive(Clone, Copy)]
pub(super) struct Layout {
	pub(super) last: Option<Last>,
	/// How many forwarders, those with the most links, come behind the others.
	pub(super) held: u64,
}

/// A forwarder some of whose links are not used.
#[derive(Clone, Copy)]
pub(super) struct Last {
	/// Its part of the plan.
	part: usize,
	pub(super) node: u32,
	trust: u32,
	/// How many children it has.
	pub(super) link: u32,
	/// How many more it could have.
	unused: u64,
}

impl<'a> Choice<'a> {
	/// `None` if there is nothing to choose: one or two nodes, or fewer links than nodes.
	///
	/// As long as the trusted ones' links can carry the tree, no untrusted one forwards; if not,
	/// all of them do, and untrusted ones carry the rest.
	pub(super) fn new(nodes: &[Node], pool: &'a Pool, root: u32) -> Option<Self> {
		let node = nodes[root as usize];
		let most = Pool::most(nodes);
		let link = node.link.max(1).min(most);
		let mut choice = Self {
			pool: Without::new(pool, root),
			root,
			trust: node.trust,
			link,
			most,
			fixed: 0,
			free: 0..pool.trusted,
			// The root has one child in any case.
			need: u64::from(most.checked_sub(1)?),
			value: u128::from(node.trust),
		};
		if choice.all() < choice.need {
			(choice.fixed, choice.free) = (pool.trusted, pool.trusted..pool.groups());
			for group in 0..pool.trusted {
				let count = choice.pool.len(group);
				choice.need = choice.need.checked_sub(choice.pool.links(group, count))?;
				choice.value += choice.pool.value(group, count);
			}
		}
		(choice.need > 0 && choice.all() >= choice.need).then_some(choice)
	}

	/// How many nodes there are, the root among them.
	pub(super) fn everybody(&self) -> u64 {
		u64::from(self.most) + 1
	}

	/// All links there are to choose from.
	fn all(&self) -> u64 {
		self.parts().map(|part| self.links(part, self.len(part))).sum()
	}

	pub(super) fn root(&self) -> u32 {
		self.root
	}

	/// How many children the root has.
	pub(super) fn root_link(&self, plan: &Plan) -> u32 {
		plan[0] + 1
	}

	/// What a plan consists of.
	pub(super) fn parts(&self) -> Range<usize> {
		0..self.free.len() + 1
	}

	/// The group of a part; `None` for the root's children.
	fn group(&self, part: usize) -> Option<usize> {
		part.checked_sub(1).map(|i| self.free.start + i)
	}

	/// How many of `part` there are.
	pub(super) fn len(&self, part: usize) -> u32 {
		self.group(part).map_or(self.link - 1, |group| self.pool.len(group))
	}

	/// How many links the first `count` of `part` have.
	pub(super) fn links(&self, part: usize, count: u32) -> u64 {
		self.group(part).map_or(u64::from(count), |group| self.pool.links(group, count))
	}

	/// What `count` of `part` add to the sum of trust.
	fn value(&self, part: usize, count: u32) -> u128 {
		match self.group(part) {
			Some(group) => self.pool.value(group, count),
			None => u128::from(count) * u128::from(self.trust),
		}
	}

	/// The trust of the `rank`th of `part`.
	pub(super) fn trust(&self, part: usize, rank: u32) -> u32 {
		self.group(part).map_or(self.trust, |group| self.pool.trust(group, rank))
	}

	/// How many of `part` have at least `trust`.
	pub(super) fn at_least(&self, part: usize, trust: i64) -> u32 {
		match self.group(part) {
			Some(group) => self.pool.at_least(group, trust),
			None if i64::from(self.trust) >= trust => self.len(part),
			None => 0,
		}
	}

	/// The least count of `part`, from `from` to `to`, with at least `links`; `to` if there is none.
	pub(super) fn reaching(&self, part: usize, links: u64, from: u32, to: u32) -> u32 {
		match self.group(part) {
			Some(group) => self.pool.reaching(group, links, from, to),
			None => u32::try_from(links).unwrap_or(u32::MAX).clamp(from, to),
		}
	}

	/// The least linking number of `part`; `None` for the root's children, who make nobody a
	/// forwarder who is not one already.
	pub(super) fn least_link(&self, part: usize) -> Option<u32> {
		self.group(part).map(|group| self.pool.least_link(group))
	}

	/// Whether all of `part` have the same linking number.
	pub(super) fn is_exact(&self, part: usize) -> bool {
		self.group(part).is_none_or(|group| self.pool.exact_link(group).is_some())
	}

	/// How many forward, the root among them.
	pub(super) fn forwarders(&self, plan: &Plan) -> u64 {
		let fixed: u64 = (0..self.fixed).map(|group| u64::from(self.pool.len(group))).sum();
		1 + fixed + plan.iter().skip(1).map(|count| u64::from(*count)).sum::<u64>()
	}

	/// All links of a plan.
	pub(super) fn all_links(&self, plan: &Plan) -> u64 {
		self.parts().zip(plan).map(|(part, count)| self.links(part, *count)).sum()
	}

	/// The sum of trust of a trimmed plan, if `last` has the links that are not used.
	pub(super) fn all_value(&self, plan: &Plan, last: Option<Last>) -> u128 {
		let value = self.parts().zip(plan).map(|(part, count)| self.value(part, *count));
		let unused = last.map_or(0, |last| u128::from(last.unused) * u128::from(last.trust));
		self.value + value.sum::<u128>() - unused
	}

	/// As many of each part as forward in a tree, given by its nodes and how many children each
	/// has, the root first.
	pub(super) fn inside<'b>(&self, tree: impl Iterator<Item = (&'b u32, &'b u32)>) -> Plan {
		let mut plan: Plan = self.parts().map(|_| 0).collect();
		plan[0] = self.link - 1;
		for (node, _) in tree.skip(1).filter(|(_, count)| **count > 0) {
			let part = self.pool.group_of(*node).and_then(|group| {
				group.checked_sub(self.free.start).and_then(|i| plan.get_mut(i + 1))
			});
			if let Some(count) = part {
				*count += 1;
			}
		}
		plan
	}

	/// The least trusted forwarder chosen, of the smallest linking number: its part and its links.
	fn weakest(&self, plan: &Plan) -> Option<(usize, u64)> {
		let chosen = self.parts().zip(plan).skip(1).filter(|(_, count)| **count > 0);
		let (part, count) = chosen.min_by_key(|(part, count)| {
			(self.trust(*part, *count - 1), core::cmp::Reverse(*part))
		})?;
		Some((part, self.links(part, *count) - self.links(part, *count - 1)))
	}

	/// Leaves out the least trusted who are not needed, so that what is over is less than the links
	/// of the least trusted. Where very many are not needed some stay, and the plan is of no use:
	/// [`Self::lasts`] finds nobody. False if the plan does not provide for everybody.
	pub(super) fn trim(&self, plan: &mut Plan) -> bool {
		let Some(mut over) = self.all_links(plan).checked_sub(self.need) else { return false };
		for _ in 0..TRIMMED {
			let Some((part, links)) = self.weakest(plan).filter(|_| over > 0) else { break };
			let Some(less) = over.checked_sub(links) else { break };
			over = less;
			plan[part] -= 1;
		}
		true
	}

	/// Who of a trimmed plan may be the one whose links are not all used: the least trusted, which
	/// is best for trust, or the one with the fewest links, which may be better for concurrency.
	/// Nobody, once, if all are used.
	pub(super) fn lasts(&self, plan: &Plan) -> impl Iterator<Item = Option<Last>> {
		let over = self.all_links(plan).saturating_sub(self.need);
		let last = |part: usize| {
			let rank = plan[part].checked_sub(1)?;
			let links = self.links(part, rank + 1) - self.links(part, rank);
			// No linking number here is larger than the number of nodes.
			let left = links.checked_sub(over).filter(|left| *left > 0)? as u32;
			let node = self.pool.node(self.group(part)?, rank);
			let trust = self.trust(part, rank);
			Some(Last { part, node, trust, link: left, unused: over })
		};
		let fewest = self.parts().rev().find(|part| plan[*part] > 0);
		let some = [self.weakest(plan).and_then(|(part, _)| last(part)), fewest.and_then(last)];
		let nobody = (over == 0).then_some(None);
		nobody.into_iter().chain(some.into_iter().filter(move |_| over > 0).flatten().map(Some))
	}

	/// The forwarders of a trimmed plan in their order: the root; then who has more links, but those
	/// that are held back come last.
	pub(super) fn runs(&self, plan: &Plan, layout: Layout, mut run: impl FnMut(Run)) {
		run(Run::One(self.root, self.root_link(plan)));
		self.part_of_runs(plan, layout, layout.held..u64::MAX, &mut run);
		if layout.held > 0 {
			self.part_of_runs(plan, layout, 0..layout.held, &mut run);
		}
	}

	/// Those of the forwarders, by links, whose place among these is in `range`.
	fn part_of_runs(
		&self,
		plan: &Plan,
		layout: Layout,
		range: Range<u64>,
		run: &mut impl FnMut(Run),
	) {
		let mut place = 0;
		let mut push = |next: Run, count: u32| {
			let inside = |at: u64| at.clamp(place, place + u64::from(count)) - place;
			// Both are at most `count`.
			let (from, to) = (inside(range.start) as u32, inside(range.end) as u32);
			place += u64::from(count);
			match next {
				_ if from == to => {}
				Run::One(..) => run(next),
				Run::Many(group, ..) => run(Run::Many(group, from, to)),
			}
		};
		for group in 0..self.fixed {
			let count = self.pool.len(group);
			push(Run::Many(group, 0, count), count);
		}
		let mut waiting = layout.last;
		for (part, group) in (1..).zip(self.free.clone()) {
			if let Some(last) = waiting.filter(|last| last.link > self.pool.least_link(group)) {
				push(Run::One(last.node, last.link), 1);
				waiting = None;
			}
			let count = plan[part] - u32::from(layout.last.is_some_and(|last| last.part == part));
			push(Run::Many(group, 0, count), count);
		}
		if let Some(last) = waiting {
			push(Run::One(last.node, last.link), 1);
		}
	}

	/// How many forwarders, those with the most links, it takes for `links`.
	pub(super) fn it_takes(&self, plan: &Plan, links: u64) -> u64 {
		let (mut count, mut left) = (0, links);
		for part in self.parts().skip(1) {
			let all = self.links(part, plan[part]);
			if all >= left {
				return count + u64::from(self.reaching(part, left, 0, plan[part]));
			}
			left -= all;
			count += u64::from(plan[part]);
		}
		count
	}

	/// Whether some may be held back: the untrusted have to stay below the trusted.
	pub(super) fn may_hold(&self) -> bool {
		self.fixed == 0
	}

	/// Those of `group` from the rank `from` to the rank `to`.
	pub(super) fn nodes(&self, group: usize, from: u32, to: u32) -> impl Iterator<Item = u32> + '_ {
		(from..to).map(move |rank| self.pool.node(group, rank))
	}

	pub(super) fn pool(&self) -> &Without<'a> {
		&self.pool
	}
}
