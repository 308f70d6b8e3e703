//! What trust follows from, in integers; no storage.
//!
//! What one knows of somebody is an estimate, smoothed by the number of tasks: what was known before
//! counts as much as [`Rules::prior_tasks`] tasks, so no tasks say nothing and many say all.
//!
//! Whether a block was forwarded in time cannot be decided between the two ends of an edge: one says
//! "I sent", the other "I did not get". So **the edge is blamed, and both ends pay**. An edge is worth
//! the worse of its two directions. Of the edges of a data aggregator to all `n - 1` others, one each,
//! as many of the best and of the worst are left out as can be faulty, `f = (n - 1) / 3`, and the mean
//! of the rest counts. An edge of which nothing was said has the value that was known before.
//!
//! * Fewer than a third, all saying the worst or the best, stay within what is left out: the result
//!   lies among what the edges to honest ones say and what was known before. Nobody is sunk or
//!   lifted, and nothing adds up over sessions.
//! * Who slanders everybody has only bad edges: it is the slanderer who sinks.
//! * Silence is no data: who does not report harms nobody.
//! * Who really fails is noticed as soon as more than `f` others say so, and sinks the sooner the
//!   more do. Who has to forward to `f` others or fewer in a session is not judged by it: so few
//!   cannot be told from liars, and its harm is as small.
//! * One late block of a few, and a small share of many, is chance: [`Rules::allowance`]. Without
//!   that, liars would push honest ones from the middle of what chance does to them to its edge.
//!
//! It takes four to judge: with fewer, no one of them may fail, and forwarding stays at its prior.

use crate::{
	rules::Rules,
	types::{tolerated, Ppb, FEWEST_VOTERS},
};
use alloc::vec::Vec;
use voltree_wct::TRUST_UNIT;

/// So many tasks on an edge that one of them may fail by chance.
const A_FEW: u32 = 3;

/// Tasks, and how many of them were done well.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Evidence {
	/// All of them.
	pub tasks: u32,
	/// Those done well; not more.
	pub good: u32,
}

impl Evidence {
	/// What is to be thought of somebody of whom `old` was thought before.
	pub fn estimate(self, old: Ppb, rules: &Rules) -> Ppb {
		self.estimate_with(u128::from(self.good), 1, old, rules)
	}

	/// The same of an edge, where some blocks may be late by chance: one if there were a few, and a
	/// share of [`Rules::allowance`].
	pub fn estimate_edge(self, old: Ppb, rules: &Rules) -> Ppb {
		let (good, unit) = (u128::from(self.good), u128::from(TRUST_UNIT));
		let expected = unit.saturating_sub(rules.allowance.into()).max(1);
		let forgiven = u128::from(self.tasks >= A_FEW);
		let with_one = good.saturating_add(forgiven).saturating_mul(expected);
		self.estimate_with(good.saturating_mul(unit).max(with_one), expected, old, rules)
	}

	/// With `good / of` tasks done well, never more than all.
	fn estimate_with(self, good: u128, of: u128, old: Ppb, rules: &Rules) -> Ppb {
		let unit = u128::from(TRUST_UNIT);
		let (prior, tasks) = (u128::from(rules.prior_tasks), u128::from(self.tasks));
		let good = good.saturating_mul(unit).checked_div(of).unwrap_or(0);
		let sum = prior.saturating_mul(old.into());
		let sum = sum.saturating_add(good.min(tasks.saturating_mul(unit)));
		let mean = sum.checked_div(prior.saturating_add(tasks)).unwrap_or(old.into());
		u32::try_from(mean).unwrap_or(TRUST_UNIT).min(TRUST_UNIT)
	}
}

/// `old`, moved towards `new` by as much as a session may.
pub fn moved(old: Ppb, new: Ppb, rules: &Rules) -> Ppb {
	let least = old.saturating_sub(rules.most_change);
	let most = old.saturating_add(rules.most_change).min(TRUST_UNIT);
	new.clamp(least, most)
}

/// What was said about the edges between the members of a session.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Edges {
	members: usize,
	/// Row: who was to forward; column: who says so.
	cells: Vec<Evidence>,
}

impl Edges {
	/// Nothing was said yet.
	pub fn new(members: usize) -> Self {
		let cells = alloc::vec![Evidence::default(); members.saturating_mul(members)];
		Self { members, cells }
	}

	fn place(&self, parent: usize, child: usize) -> Option<usize> {
		let inside = parent < self.members && child < self.members;
		inside.then(|| parent.saturating_mul(self.members).saturating_add(child))
	}

	/// `child` says this about what `parent` was to forward to it.
	pub fn say(&mut self, parent: usize, child: usize, evidence: Evidence) {
		if let Some(cell) = self.place(parent, child).and_then(|place| self.cells.get_mut(place)) {
			*cell = evidence;
		}
	}

	fn said(&self, parent: usize, child: usize) -> Evidence {
		let place = self.place(parent, child);
		place.and_then(|place| self.cells.get(place)).copied().unwrap_or_default()
	}

	/// What the edges of `member` say together about somebody of whom `old` was thought; `old` if
	/// there are too few to judge.
	fn judged(&self, member: usize, old: Ppb, rules: &Rules) -> Ppb {
		let others = (0..self.members).filter(|other| *other != member);
		let mut values: Vec<Ppb> = others
			.map(|other| {
				let forwards = self.said(member, other).estimate_edge(old, rules);
				let receives = self.said(other, member).estimate_edge(old, rules);
				forwards.min(receives)
			})
			.collect();
		values.sort_unstable();
		let count = u32::try_from(self.members).unwrap_or(u32::MAX);
		let trimmed = usize::try_from(tolerated(count)).unwrap_or(usize::MAX);
		let end = values.len().saturating_sub(trimmed);
		let kept = values.get(trimmed..end).unwrap_or_default();
		let sum = kept.iter().map(|value| u64::from(*value)).fold(0, u64::saturating_add);
		let count = u64::try_from(kept.len()).unwrap_or(u64::MAX);
		sum.checked_div(count).and_then(|mean| u32::try_from(mean).ok()).unwrap_or(old)
	}

	/// Forwarding success of each member after the session, where `olds` was known before.
	pub fn forwarding(&self, olds: &[Ppb], rules: &Rules) -> Vec<Ppb> {
		let enough = u32::try_from(self.members).is_ok_and(|count| count >= FEWEST_VOTERS);
		let judge = |(member, old): (usize, &Ppb)| {
			if enough {
				moved(*old, self.judged(member, *old, rules), rules)
			} else {
				*old
			}
		};
		olds.iter().enumerate().map(judge).collect()
	}
}
