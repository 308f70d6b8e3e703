//! When nothing can be better than Algorithm 1.

use super::{Choice, Plan, Value};
use core::cmp::Ordering;

impl Choice<'_> {
	/// Whether nothing is better than the rival, whose forwarders `plan` counts: a proof, found
	/// without a search. If it says no, there may still be nothing better.
	///
	/// Of `n` nodes among whom `k` forward, no more than `n - k` get the block from the same
	/// depth: down to any depth each forward adds one to those who are reached, and each forwarder
	/// is one of those reached. So if the rival's concurrency is `n - k`, nothing as wide has more
	/// forwarders. Say each forwarder costs a price in trust. If for some price the rival's are
	/// exactly those with the largest `trust - price / link`, then among all who have the links
	/// that are needed and are not more, they are the most trusted ones, and any other choice
	/// loses trust (or is equal to it, where nodes tie). Each two groups, one with somebody left
	/// out and one with somebody chosen, bound the price; it remains to compare the bounds.
	pub(super) fn nothing_beats(&self, plan: &Plan, (trust, _, concurrency): Value) -> bool {
		let chosen = |part: &usize| plan[*part] > 0;
		let left_out = |part: &usize| plan[*part] < self.len(*part);
		if self.forwarders(plan) + u64::from(concurrency) != self.everybody()
			|| self.all_links(plan) != self.need
			|| self.all_value(plan, None) != trust
			|| left_out(&0)
			|| !self.parts().all(|part| self.is_exact(part))
		{
			return false;
		}
		let (mut low, mut high) = (Price(0, 1), None::<Price>);
		for out in self.parts().filter(left_out) {
			let outside = i128::from(self.trust(out, plan[out]));
			for inn in self.parts().filter(chosen) {
				let gain = outside - i128::from(self.trust(inn, plan[inn] - 1));
				let link = |part| self.least_link(part).map(i128::from);
				let (Some(out), inn) = (link(out), link(inn)) else { continue };
				// gain <= price * (1 / out - 1 / inn), where a child of the root costs nothing.
				match inn {
					None => low = low.max(Price(gain * out, 1)),
					Some(inn) if out < inn => low = low.max(Price(gain * out * inn, inn - out)),
					Some(inn) if out > inn => {
						let most = Price(-gain * out * inn, out - inn);
						high = Some(high.map_or(most, |high| high.min(most)));
					}
					Some(_) => {}
				}
			}
		}
		high.is_none_or(|high| low <= high)
	}
}

/// A fraction, whose denominator is above 0.
#[derive(Clone, Copy)]
struct Price(i128, i128);

impl Ord for Price {
	/// Cannot overflow: where a linking number is exact it is small, and gains are below 2^30.
	fn cmp(&self, other: &Self) -> Ordering {
		(self.0 * other.1).cmp(&(other.0 * self.1))
	}
}

impl PartialOrd for Price {
	fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
		Some(self.cmp(other))
	}
}

impl PartialEq for Price {
	fn eq(&self, other: &Self) -> bool {
		self.cmp(other).is_eq()
	}
}

impl Eq for Price {}
