//! What happens next: events in a total order.

use std::{
	cmp::{Ordering, Reverse},
	collections::BinaryHeap,
};

/// A moment, or a span of time, in nanoseconds.
pub type Time = u64;

/// Nanoseconds in a second.
pub const SECOND: Time = 1_000_000_000;

/// Nanoseconds in a millisecond.
pub const MILLISECOND: Time = 1_000_000;

/// Nanoseconds in a microsecond.
pub const MICROSECOND: Time = 1_000;

/// A queue of events, by time and, at the same time, in the order in which they were put in. The second
/// makes the order total, so that a run does not depend on how the heap works. Both operations take
/// O(log n).
pub struct Queue<T> {
	heap: BinaryHeap<Reverse<Entry<T>>>,
	next: u64,
}

struct Entry<T> {
	at: Time,
	order: u64,
	event: T,
}

impl<T> Queue<T> {
	pub fn new() -> Self {
		Self { heap: BinaryHeap::new(), next: 0 }
	}

	pub fn push(&mut self, at: Time, event: T) {
		self.heap.push(Reverse(Entry { at, order: self.next, event }));
		self.next += 1;
	}

	pub fn pop(&mut self) -> Option<(Time, T)> {
		self.heap.pop().map(|Reverse(entry)| (entry.at, entry.event))
	}
}

impl<T> Entry<T> {
	fn key(&self) -> (Time, u64) {
		(self.at, self.order)
	}
}

impl<T> PartialEq for Entry<T> {
	fn eq(&self, other: &Self) -> bool {
		self.key() == other.key()
	}
}

impl<T> Eq for Entry<T> {}

impl<T> PartialOrd for Entry<T> {
	fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
		Some(self.cmp(other))
	}
}

impl<T> Ord for Entry<T> {
	fn cmp(&self, other: &Self) -> Ordering {
		self.key().cmp(&other.key())
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	proptest! {
		/// Events come out by time, and those of one time in the order in which they went in.
		#[test]
		fn the_order_is_total(times in proptest::collection::vec(0u64..20, 0..200)) {
			let mut queue = Queue::new();
			for (i, at) in times.iter().enumerate() {
				queue.push(*at, i);
			}
			let mut expected: Vec<(Time, usize)> =
				times.iter().copied().enumerate().map(|(i, at)| (at, i)).collect();
			expected.sort_unstable();
			let got: Vec<(Time, usize)> = std::iter::from_fn(|| queue.pop()).collect();
			prop_assert_eq!(got, expected);
		}
	}
}
