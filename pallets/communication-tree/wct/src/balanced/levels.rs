//! Rounds and concurrency of a plan, without looking at each node.

use super::{Choice, Layout, Plan, Run};
use crate::pool::Without;

/// Follows a sequence level by level, many nodes at a time.
struct Levels {
	/// Nodes whose children have been counted.
	passed: u64,
	/// Nodes attached.
	attached: u64,
	/// Nodes attached when the level being passed was complete.
	end: u64,
	rounds: u64,
	concurrency: u64,
}

/// Rounds and concurrency of a trimmed plan. O(rounds + groups), however many nodes there are.
pub(super) fn shape(choice: &Choice<'_>, plan: &Plan, layout: Layout) -> (u32, u32) {
	let mut levels = Levels { passed: 0, attached: 1, end: 1, rounds: 0, concurrency: 0 };
	choice.runs(plan, layout, |run| match run {
		Run::One(_, link) => {
			levels.passed += 1;
			levels.attached += u64::from(link);
			levels.next();
		}
		Run::Many(group, from, to) => levels.pass(choice.pool(), group, from, to),
	});
	// Nobody else has children.
	levels.passed = levels.end;
	levels.next();
	// Both at most the number of nodes.
	(levels.rounds as u32, levels.concurrency as u32)
}

impl Levels {
	/// Those of `group` from the rank `from` to the rank `to`.
	fn pass(&mut self, pool: &Without<'_>, group: usize, from: u32, to: u32) {
		let mut done = from;
		while done < to {
			let left = u64::from(to - done);
			// At most `left`.
			let step = left.min(self.end - self.passed) as u32;
			self.attached += pool.links(group, done + step) - pool.links(group, done);
			self.passed += u64::from(step);
			done += step;
			let complete = self.passed == self.end;
			self.next();
			if complete && pool.least_link(group) == 1 {
				// Where each has one child, a level is as wide as the one above it.
				let left = u64::from(to - done);
				let width = self.end - self.passed;
				let levels = left.checked_div(width).unwrap_or(0);
				self.rounds += levels;
				self.passed += levels * width;
				self.attached += levels * width;
				self.end += levels * width;
				done += (levels * width) as u32;
			}
		}
	}

	/// If this level is complete, the next one begins.
	fn next(&mut self) {
		if self.passed == self.end {
			self.concurrency = self.concurrency.max(self.attached - self.end);
			self.rounds += u64::from(self.attached > self.end);
			self.end = self.attached;
		}
	}
}
