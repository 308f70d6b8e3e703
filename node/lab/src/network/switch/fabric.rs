//! Where packets go and when they arrive: pure, no clock, no device.

use crate::random::{Purpose, Random};

/// Nanoseconds since the switch began.
pub type Time = u64;

const SECOND: u128 = 1_000_000_000;

/// What is the same for all nodes.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
	/// Bytes a second that each node can send.
	pub uplink: u64,
	/// One way, between every two nodes.
	pub delay: Time,
	/// How much the delays of pairs differ: each is drawn within this part of the mean, up and down.
	pub spread: f64,
	/// Probability that a packet is lost on its way.
	pub loss: f64,
	/// Bytes that may wait for an uplink; what comes on top is dropped. 0: any number.
	pub queue: u64,
	/// Of the delays and the losses.
	pub seed: u64,
}

/// What has become of packets since the start.
#[derive(Clone, Debug, Default)]
pub struct Counts {
	/// Bytes sent by ordered pair, row by row, lost ones too.
	pub sent: Vec<u64>,
	/// Packets lost by chance.
	pub lost: u64,
	/// Packets that found the queue full.
	pub overflown: u64,
	/// Packets that were sent over a cut.
	pub cut: u64,
	/// Packets that the receiving device did not take.
	pub refused: u64,
}

impl Counts {
	/// Bytes that `node` of `nodes` has sent.
	pub fn sent_by(&self, node: usize, nodes: usize) -> u64 {
		self.sent.iter().skip(node * nodes).take(nodes).sum()
	}
}

/// A first-in-first-out uplink for each node, and a constant delay for each pair.
pub struct Fabric {
	nodes: usize,
	terms: Terms,
	delays: Vec<Time>,
	/// When each uplink has sent all that waits for it.
	free_at: Vec<Time>,
	cut: Vec<bool>,
	random: Random,
	/// What has become of packets.
	pub counts: Counts,
}

impl Fabric {
	/// For `nodes` nodes.
	pub fn new(nodes: usize, terms: Terms) -> Self {
		let mut random = Random::new(terms.seed, Purpose::Places, nodes as u64);
		let mut delays = vec![0; nodes * nodes];
		for a in 0..nodes {
			for b in a + 1..nodes {
				let factor = 1.0 + terms.spread * (2.0 * random.unit() - 1.0);
				let delay = (terms.delay as f64 * factor) as Time;
				(delays[a * nodes + b], delays[b * nodes + a]) = (delay, delay);
			}
		}
		Self {
			nodes,
			terms,
			delays,
			free_at: vec![0; nodes],
			cut: vec![false; nodes * nodes],
			random: Random::new(terms.seed, Purpose::Messages, nodes as u64),
			counts: Counts { sent: vec![0; nodes * nodes], ..Counts::default() },
		}
	}

	/// One way.
	#[cfg(test)]
	fn delay(&self, from: usize, to: usize) -> Time {
		self.delays[from * self.nodes + to]
	}

	/// Cuts the way between two nodes, or mends it.
	pub fn cut(&mut self, a: usize, b: usize, cut: bool) {
		self.cut[a * self.nodes + b] = cut;
		self.cut[b * self.nodes + a] = cut;
	}

	/// When a packet of `bytes` that `from` hands over now arrives at `to`; `None` if it does not.
	pub fn send(&mut self, now: Time, from: usize, to: usize, bytes: usize) -> Option<Time> {
		if from >= self.nodes || to >= self.nodes || from == to {
			return None;
		}
		let pair = from * self.nodes + to;
		if self.cut[pair] {
			self.counts.cut += 1;
			return None;
		}
		let (bytes, rate) = (bytes as u64, self.terms.uplink.max(1));
		let begin = self.free_at[from].max(now);
		let waiting = u128::from(begin - now) * u128::from(rate) / SECOND;
		if self.terms.queue > 0 && waiting + u128::from(bytes) > u128::from(self.terms.queue) {
			self.counts.overflown += 1;
			return None;
		}
		self.free_at[from] = begin + (u128::from(bytes) * SECOND / u128::from(rate)) as Time;
		self.counts.sent[pair] += bytes;
		if self.random.chance(self.terms.loss) {
			self.counts.lost += 1;
			return None;
		}
		Some(self.free_at[from] + self.delays[pair])
	}

	/// How long what waits for an uplink will take to be sent.
	pub fn backlog(&self, now: Time, node: usize) -> Time {
		self.free_at.get(node).map_or(0, |free_at| free_at.saturating_sub(now))
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	const MS: Time = 1_000_000;

	fn terms() -> Terms {
		// 1 kB takes a millisecond.
		Terms { uplink: 1_000_000, delay: 40 * MS, spread: 0.0, loss: 0.0, queue: 0, seed: 1 }
	}

	/// A packet leaves when those before it have left, and arrives a delay later.
	#[test]
	fn an_uplink_sends_one_after_the_other() {
		let mut fabric = Fabric::new(3, terms());
		assert_eq!(fabric.send(0, 0, 1, 1000), Some(41 * MS));
		assert_eq!(fabric.send(0, 0, 2, 2000), Some(43 * MS));
		assert_eq!(fabric.backlog(MS, 0), 2 * MS);
		// Another node's uplink is its own.
		assert_eq!(fabric.send(0, 1, 2, 1000), Some(41 * MS));
		// What was not used is not saved up.
		assert_eq!(fabric.send(100 * MS, 0, 1, 1000), Some(141 * MS));
		assert_eq!(fabric.backlog(200 * MS, 0), 0);
	}

	/// Packets of a pair arrive in the order in which they were sent, whatever their sizes.
	#[test]
	fn order_is_kept() {
		let mut fabric = Fabric::new(4, Terms { spread: 0.5, ..terms() });
		let mut random = Random::new(1, Purpose::Messages, 0);
		let mut last = [0; 16];
		let mut now = 0;
		for _ in 0..2000 {
			now += random.below(MS);
			let (from, to) = (random.index(4), random.index(4));
			let bytes = 40 + random.index(9000);
			let Some(at) = fabric.send(now, from, to, bytes) else { continue };
			let last = &mut last[from * 4 + to];
			assert!(at > *last && at >= now + fabric.delay(from, to));
			*last = at;
		}
	}

	/// No uplink ever sends more than its rate allows.
	#[test]
	fn the_rate_holds() {
		let mut fabric = Fabric::new(2, terms());
		let mut last = 0;
		for _ in 0..1000 {
			last = fabric.send(0, 0, 1, 1500).unwrap();
		}
		assert_eq!(last, 1500 * MS + 40 * MS);
		assert_eq!(fabric.counts.sent, [0, 1_500_000, 0, 0]);
		assert_eq!(fabric.counts.sent_by(0, 2), 1_500_000);
		assert_eq!(fabric.counts.sent_by(1, 2), 0);
	}

	#[test]
	fn a_full_queue_drops_and_a_cut_sends_nothing() {
		let mut fabric = Fabric::new(2, Terms { queue: 3000, ..terms() });
		let sent = (0..5).filter(|_| fabric.send(0, 0, 1, 1000).is_some()).count();
		assert_eq!((sent, fabric.counts.overflown), (3, 2));
		// A millisecond later there is room for one more.
		assert!(fabric.send(MS, 0, 1, 1000).is_some());
		fabric.cut(1, 0, true);
		assert_eq!(fabric.send(10 * MS, 0, 1, 1000), None);
		assert_eq!((fabric.counts.cut, fabric.counts.sent[1]), (1, 4000));
		fabric.cut(0, 1, false);
		assert!(fabric.send(10 * MS, 0, 1, 1000).is_some());
		assert_eq!(fabric.send(10 * MS, 0, 0, 1000), None);
		assert_eq!(fabric.send(10 * MS, 0, 7, 1000), None);
	}

	/// As many are lost as the probability says, and they were sent all the same.
	#[test]
	fn losses_are_drawn_from_the_seed() {
		let run = |seed| {
			let mut fabric = Fabric::new(2, Terms { loss: 0.1, seed, ..terms() });
			let arrived: Vec<bool> =
				(0..10_000).map(|_| fabric.send(0, 0, 1, 100).is_some()).collect();
			assert_eq!(fabric.counts.sent[1], 1_000_000);
			assert!((900..1100).contains(&fabric.counts.lost), "{}", fabric.counts.lost);
			arrived
		};
		assert_eq!(run(1), run(1));
		assert_ne!(run(1), run(2));
	}

	#[test]
	fn delays_differ_by_pair_and_not_by_direction() {
		let fabric = Fabric::new(5, Terms { spread: 0.5, ..terms() });
		let mut delays = Vec::new();
		for a in 0..5 {
			for b in a + 1..5 {
				assert_eq!(fabric.delay(a, b), fabric.delay(b, a));
				assert!((20 * MS..60 * MS).contains(&fabric.delay(a, b)));
				delays.push(fabric.delay(a, b));
			}
		}
		delays.dedup();
		assert_eq!(delays.len(), 10);
	}
}
