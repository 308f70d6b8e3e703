//! The search for the best plan.

use super::{levels, Choice, Layout, Plan, Value};
use crate::TRUST_UNIT;
use core::cmp::Reverse;

/// The most exchanges that are tried; more where the tree is larger anyway, as long as all of them
/// take less time than building it does.
const EXCHANGES: u64 = 64;

/// How many are held back, in eighths of what a level needs.
const HELD: [u64; 7] = [8, 7, 9, 6, 10, 5, 12];

/// How many prices there are, four to an octave, from almost nothing to more than any trust.
const PRICES: u32 = 184;

/// What a forwarder costs, in parts per billion of trust.
fn price(i: u32) -> i64 {
	i64::from(4 + i % 4) << (14 + i / 4)
}

/// A search for plans that are no worse than a rival in anything.
pub(super) struct Search<'a> {
	choice: &'a Choice<'a>,
	rival: Value,
	best: Option<Found>,
}

/// What is thought of a plan.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
	/// It is no worse than the rival.
	Fine,
	/// It is less trusted than the rival, or than what has been found.
	Untrusted,
	/// It is trusted enough, but has more rounds than the rival or less concurrency, or it does not
	/// provide for everybody.
	Slow,
}

/// A plan that is no worse than the rival.
struct Found {
	plan: Plan,
	layout: Layout,
	value: Value,
}

impl<'a> Search<'a> {
	pub(super) fn new(choice: &'a Choice<'a>, rival: Value) -> Self {
		Self { choice, rival, best: None }
	}

	/// The best plan found, if it is better than the rival in something.
	///
	/// The fewer forwarders, the wider and mostly the faster is a tree; the more a forwarder costs,
	/// the fewer there are. So the least price is looked for at which the tree is as fast and as
	/// wide as the rival, by bisection; then what is found is varied.
	pub(super) fn best(mut self, start: Plan) -> Option<(Plan, Layout)> {
		self.offer(start);
		let plan = self.fill(0);
		if self.offer(plan) == Verdict::Slow {
			let (mut low, mut high) = (0, self.prices());
			while high - low > 1 {
				let middle = low + (high - low) / 2;
				let plan = self.fill(price(middle));
				match self.offer(plan) {
					Verdict::Slow => low = middle,
					Verdict::Fine | Verdict::Untrusted => high = middle,
				}
			}
		}
		self.vary();
		self.lay_out();
		let rival = self.rival;
		self.best.filter(|best| best.value > rival).map(|best| (best.plan, best.layout))
	}

	/// Trims a plan and looks at it, and keeps it if it is the best one so far.
	fn offer(&mut self, mut plan: Plan) -> Verdict {
		if !self.choice.trim(&mut plan) {
			return Verdict::Slow;
		}
		let least = self.best.as_ref().map_or(self.rival.0, |best| best.value.0);
		let mut verdict = Verdict::Untrusted;
		for last in self.choice.lasts(&plan) {
			let trust = self.choice.all_value(&plan, last);
			if trust < least {
				continue;
			}
			let (layout, (rounds, concurrency)) = self.laid_out(&plan, Layout { last, held: 0 });
			if !self.no_worse((rounds, concurrency)) {
				verdict = Verdict::Slow;
				continue;
			}
			let value = (trust, Reverse(rounds), concurrency);
			if self.best.as_ref().is_none_or(|best| value > best.value) {
				self.best = Some(Found { plan, layout, value });
			}
			return Verdict::Fine;
		}
		verdict
	}

	/// Rounds and concurrency of a trimmed plan, and how it has to be laid out for them.
	///
	/// The more links the first have, the faster a tree grows; but then it may be complete before
	/// its forwarders are all on one level, and no level is as wide as the rival's. So if `layout`
	/// is too narrow, as many of those with the most links come last as are needed for such a level,
	/// or some fewer or more, as these need not begin with the level.
	fn laid_out(&self, plan: &Plan, mut layout: Layout) -> (Layout, (u32, u32)) {
		let mut shape = levels::shape(self.choice, plan, layout);
		let (_, Reverse(most), narrowest) = self.rival;
		if shape.0 <= most && shape.1 < narrowest && self.choice.may_hold() {
			let held = self.choice.it_takes(plan, u64::from(narrowest));
			for eighths in HELD {
				layout.held = held * eighths / 8;
				shape = levels::shape(self.choice, plan, layout);
				if self.no_worse(shape) {
					break;
				}
			}
		}
		(layout, shape)
	}

	/// Whether the rival has no fewer rounds and no more concurrency.
	fn no_worse(&self, (rounds, concurrency): (u32, u32)) -> bool {
		let (_, Reverse(most), narrowest) = self.rival;
		rounds <= most && concurrency >= narrowest
	}

	/// How many prices make a difference. The price at which one of `l` links and no trust goes before
	/// one of `l - 1` links and trust 1 is `l (l - 1)`.
	fn prices(&self) -> u32 {
		let link = self.choice.parts().filter_map(|part| self.choice.least_link(part)).max();
		let link = u128::from(link.unwrap_or(0));
		let most = link * link * u128::from(TRUST_UNIT);
		// The prices rise.
		let (mut low, mut high) = (0, PRICES);
		while high - low > 1 {
			let middle = low + (high - low) / 2;
			if u128::from(price(middle).unsigned_abs()) < most {
				low = middle;
			} else {
				high = middle;
			}
		}
		high
	}

	/// The most trusted plan, if each forwarder costs `price`: who has the largest
	/// `trust - price / link` forwards.
	fn fill(&self, price: i64) -> Plan {
		let choice = self.choice;
		let share = |part| choice.least_link(part).map_or(0, |link| price / i64::from(link));
		let count = |part, level: i64| choice.at_least(part, level + share(part));
		let links = |level| -> u64 {
			choice.parts().map(|part| choice.links(part, count(part, level))).sum()
		};
		// At the lower level all are chosen, at the upper one nobody is; there is somebody, as there
		// are enough links.
		let (mut low, mut high) = (i64::MAX, i64::MIN);
		for part in choice.parts() {
			if let Some(last) = choice.len(part).checked_sub(1) {
				low = low.min(i64::from(choice.trust(part, last)) - share(part));
				high = high.max(i64::from(choice.trust(part, 0)) - share(part) + 1);
			}
		}
		while high - low > 1 {
			let middle = low + (high - low) / 2;
			if links(middle) >= choice.need {
				low = middle;
			} else {
				high = middle;
			}
		}
		// Of those who are at the lower level exactly, the first.
		let mut plan: Plan = choice.parts().map(|part| count(part, high)).collect();
		for part in choice.parts() {
			let short = choice.need.saturating_sub(choice.all_links(&plan));
			let want = choice.links(part, plan[part]) + short;
			plan[part] = choice.reaching(part, want, plan[part], count(part, low));
		}
		plan
	}

	/// Exchanges some of one part for some of another, as long as that makes the plan better.
	fn vary(&mut self) {
		let parts = self.choice.parts().len() as u64;
		let mut left = EXCHANGES + self.choice.need / (64 * parts);
		let Some(best) = &self.best else { return };
		let mut step = best.plan.iter().copied().max().unwrap_or(0).max(1);
		while step > 0 {
			let before = self.best.as_ref().map(|best| best.value);
			for less in self.choice.parts() {
				for more in self.choice.parts().filter(|more| *more != less) {
					for exchange in [give, take] {
						let Some(best) = &self.best else { return };
						let other = exchange(self.choice, &best.plan, less, more, step);
						if left == 0 {
							return;
						}
						if let Some(other) = other {
							left -= 1;
							self.offer(other);
						}
					}
				}
			}
			if self.best.as_ref().map(|best| best.value) == before {
				step = if step == 1 { 0 } else { step.div_ceil(2) };
			}
		}
	}

	/// Holds back more or fewer in the best plan, if that makes it faster or wider still.
	fn lay_out(&mut self) {
		let Some(mut best) = self.best.take() else { return };
		if self.choice.may_hold() {
			let (trust, _, concurrency) = best.value;
			let held = self.choice.it_takes(&best.plan, u64::from(concurrency));
			for eighths in 0..=16 {
				let layout = Layout { held: held * eighths / 8, ..best.layout };
				let shape = levels::shape(self.choice, &best.plan, layout);
				let value = (trust, Reverse(shape.0), shape.1);
				if self.no_worse(shape) && value > best.value {
					(best.layout, best.value) = (layout, value);
				}
			}
		}
		self.best = Some(best);
	}
}

/// The plan with `step` fewer of `less`, and as many more of `more` as that takes.
fn give(choice: &Choice<'_>, plan: &Plan, less: usize, more: usize, step: u32) -> Option<Plan> {
	let mut plan = plan.clone();
	plan[less] = plan[less].checked_sub(step)?;
	let want = choice.links(more, plan[more]) + choice.need.saturating_sub(choice.all_links(&plan));
	plan[more] = choice.reaching(more, want, plan[more], choice.len(more));
	Some(plan)
}

/// The plan with `step` more of `more`, and as many fewer of `less` as that allows.
fn take(choice: &Choice<'_>, plan: &Plan, less: usize, more: usize, step: u32) -> Option<Plan> {
	let mut plan = plan.clone();
	plan[more] = plan[more].checked_add(step).filter(|count| *count <= choice.len(more))?;
	let over = choice.all_links(&plan).saturating_sub(choice.need);
	let keep = choice.links(less, plan[less]).saturating_sub(over);
	plan[less] = choice.reaching(less, keep, 0, plan[less]);
	Some(plan)
}
