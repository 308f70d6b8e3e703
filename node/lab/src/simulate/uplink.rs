//! How a node's uplink is shared by what the node sends.
//!
//! *One after another*: a message leaves when all bodies before it have left. This is what a fan-out does
//! that hands the transport one block after another.
//!
//! *Shared*: every message is a flow of its own and all flows of a node share its uplink, as TCP
//! connections do that are served at once. Flows have weights, because TCP does not share fairly. The
//! finishing times are kept as in weighted fair queueing: a clock that runs slower the more flows there
//! are, on which every flow's end is fixed when it begins. So an arrival or an end costs O(log flows).

use super::queue::{Time, SECOND};
use std::{cmp::Reverse, collections::BinaryHeap};

/// How uplinks are shared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sharing {
	/// One after another.
	Queue,
	/// All at once.
	Share,
}

/// Messages of at most so many bytes do not wait behind bodies: between two pieces of a body there is
/// always room for one. They take their time from what is sent after them.
pub const SMALL: u64 = 1024;

/// What the weight of a flow is counted in: this much is the weight of a fair one.
pub const FAIR: u64 = 1000;

/// Parts of a byte in which the clock of shared uplinks counts.
const FINE: u128 = 1 << 16;

/// Time to emit `bytes` at `rate` bytes a second, rounded up.
pub fn emission(bytes: u64, rate: u64) -> Time {
	let time = (u128::from(bytes) * u128::from(SECOND)).div_ceil(u128::from(rate.max(1)));
	Time::try_from(time).unwrap_or(Time::MAX)
}

/// An uplink that sends one after another.
#[derive(Clone, Copy, Default)]
pub struct Line {
	free: Time,
}

impl Line {
	/// When the last byte of a message is out that is handed over now.
	pub fn send(&mut self, now: Time, bytes: u64, rate: u64) -> Time {
		let takes = emission(bytes, rate);
		let waits_until = self.free.max(now);
		self.free = waits_until.saturating_add(takes);
		if bytes <= SMALL {
			now.saturating_add(takes)
		} else {
			self.free
		}
	}
}

/// An uplink whose flows share it. `F` says what a flow is.
pub struct Shared<F> {
	/// By the reading of the clock at which they end, then by when they began.
	flows: BinaryHeap<Reverse<(u128, u64, Flow<F>)>>,
	weights: u64,
	/// The clock: bytes, in parts of `FINE`, that a flow of weight 1 would have got so far.
	clock: u128,
	read_at: Time,
	begun: u64,
}

/// A flow; all flows are equal to the heap, which orders them by what stands before them.
struct Flow<F> {
	weight: u64,
	what: F,
}

impl<F> PartialEq for Flow<F> {
	fn eq(&self, _: &Self) -> bool {
		true
	}
}
impl<F> Eq for Flow<F> {}
impl<F> PartialOrd for Flow<F> {
	fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
		Some(self.cmp(other))
	}
}
impl<F> Ord for Flow<F> {
	fn cmp(&self, _: &Self) -> std::cmp::Ordering {
		std::cmp::Ordering::Equal
	}
}

impl<F> Default for Shared<F> {
	fn default() -> Self {
		Self { flows: BinaryHeap::new(), weights: 0, clock: 0, read_at: 0, begun: 0 }
	}
}

impl<F> Shared<F> {
	/// Begins a flow of `bytes` with a weight above 0.
	pub fn begin(&mut self, now: Time, bytes: u64, weight: u64, rate: u64, what: F) {
		self.advance(now, rate);
		let weight = weight.max(1);
		let end = self.clock + (u128::from(bytes) * FINE).div_ceil(u128::from(weight));
		self.flows.push(Reverse((end, self.begun, Flow { weight, what })));
		self.begun += 1;
		self.weights = self.weights.saturating_add(weight);
	}

	/// When the next flow ends, if nothing else begins before.
	pub fn next_end(&self, rate: u64) -> Option<Time> {
		let Reverse((end, ..)) = self.flows.peek()?;
		let left = end.saturating_sub(self.clock) * u128::from(self.weights) * u128::from(SECOND);
		let takes = left.div_ceil(u128::from(rate.max(1)) * FINE);
		Some(self.read_at.saturating_add(Time::try_from(takes).unwrap_or(Time::MAX)))
	}

	/// Takes out one flow that has ended by now.
	pub fn take_ended(&mut self, now: Time, rate: u64) -> Option<F> {
		self.advance(now, rate);
		let Reverse((end, ..)) = self.flows.peek()?;
		if *end > self.clock {
			return None;
		}
		let Reverse((_, _, flow)) = self.flows.pop()?;
		self.weights = self.weights.saturating_sub(flow.weight);
		Some(flow.what)
	}

	fn advance(&mut self, now: Time, rate: u64) {
		let passed = u128::from(now.saturating_sub(self.read_at));
		self.read_at = self.read_at.max(now);
		if self.weights > 0 {
			let bytes = passed * u128::from(rate) * FINE;
			self.clock += bytes / (u128::from(self.weights) * u128::from(SECOND));
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	const RATE: u64 = 1_000_000;

	/// When which flow ends, after all have begun.
	fn ends(shared: &mut Shared<u32>) -> Vec<(u32, Time)> {
		let mut ends = Vec::new();
		while let Some(at) = shared.next_end(RATE) {
			while let Some(what) = shared.take_ended(at, RATE) {
				ends.push((what, at));
			}
		}
		ends
	}

	fn near(got: Time, expected: Time) -> bool {
		got.abs_diff(expected) < 10_000
	}

	#[test]
	fn one_after_another_and_small_ones_between() {
		let mut line = Line::default();
		assert_eq!(line.send(0, 10_000, RATE), SECOND / 100);
		assert_eq!(line.send(0, 10_000, RATE), SECOND / 50);
		assert_eq!(line.send(0, 1000, RATE), SECOND / 1000);
		assert_eq!(line.send(0, 10_000, RATE), SECOND * 31 / 1000);
		assert_eq!(line.send(SECOND, 10_000, RATE), SECOND * 101 / 100);
	}

	/// Two equal flows take twice as long, and end together.
	#[test]
	fn equal_flows_end_together() {
		let mut shared = Shared::default();
		shared.begin(0, 500_000, FAIR, RATE, 1);
		shared.begin(0, 500_000, FAIR, RATE, 2);
		let ends = ends(&mut shared);
		assert_eq!(ends.iter().map(|(what, _)| *what).collect::<Vec<_>>(), [1, 2]);
		assert!(ends.iter().all(|(_, at)| near(*at, SECOND)), "{ends:?}");
	}

	/// By hand: alone for 0.1 s (100 kB), then half each: the first has 100 kB left and ends at 0.3 s,
	/// the second has then 200 kB left and ends at 0.5 s.
	#[test]
	fn a_later_flow_slows_the_first() {
		let mut shared = Shared::default();
		shared.begin(0, 200_000, FAIR, RATE, 1);
		shared.begin(SECOND / 10, 300_000, FAIR, RATE, 2);
		let ends = ends(&mut shared);
		assert!(near(ends[0].1, SECOND * 3 / 10) && near(ends[1].1, SECOND / 2), "{ends:?}");
	}

	/// A flow of twice the weight gets twice as much; the uplink is never idle.
	#[test]
	fn weights_divide_the_uplink() {
		let mut shared = Shared::default();
		shared.begin(0, 300_000, FAIR, RATE, 1);
		shared.begin(0, 300_000, 2 * FAIR, RATE, 2);
		let ends = ends(&mut shared);
		assert_eq!((ends[0].0, ends[1].0), (2, 1));
		assert!(near(ends[0].1, SECOND * 45 / 100) && near(ends[1].1, SECOND * 6 / 10), "{ends:?}");
	}

	#[test]
	fn emission_is_rounded_up_and_never_overflows() {
		assert_eq!(emission(1, 3), 333_333_334);
		assert_eq!(emission(u64::MAX, 0), Time::MAX);
	}
}
