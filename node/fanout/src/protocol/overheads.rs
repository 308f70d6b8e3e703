//! How far away the peers are, measured by pings.

use crate::types::{Moment, Peer, SECOND};
use std::collections::{BTreeMap, VecDeque};

/// Pings are sent this often,
pub const INTERVAL: Moment = 5 * SECOND;

/// to so many peers in turn: what a node spends on them does not grow with the network, only the time
/// until each was asked again.
const AT_ONCE: usize = 10;

/// The least of so many round trips counts: queues only make them longer.
const SAMPLES: usize = 16;

/// Taken for a peer that has not answered yet.
const UNKNOWN: Moment = SECOND / 10;

#[derive(Default)]
struct Link {
	/// The number in the ping under way, and when it left.
	asked: Option<(u64, Moment)>,
	/// When it was asked last.
	last: Moment,
	trips: VecDeque<Moment>,
}

/// Round trips to all peers.
#[derive(Default)]
pub struct Overheads {
	links: BTreeMap<Peer, Link>,
	/// Never 0 again after the first.
	nonce: u64,
	next: Moment,
}

impl Overheads {
	/// `seed` makes the numbers in pings hard to guess, so that nobody answers early.
	pub fn new(seed: u64) -> Self {
		Self { nonce: seed, ..Self::default() }
	}

	/// When the next pings are due.
	pub fn wake_at(&self) -> Moment {
		self.next
	}

	/// Numbers for those who are to be pinged now: who was never asked, then who was not for longest.
	pub fn pings<'p>(
		&mut self,
		now: Moment,
		peers: impl Iterator<Item = &'p Peer>,
	) -> Vec<(Peer, u64)> {
		if now < self.next {
			return Vec::new();
		}
		self.next = now.saturating_add(INTERVAL);
		let last = |peer: &Peer| self.links.get(peer).map(|link| link.last);
		let mut turns: Vec<(Option<Moment>, Peer)> =
			peers.map(|peer| (last(peer), *peer)).collect();
		turns.sort_unstable();
		let pings = turns.into_iter().take(AT_ONCE).map(|(_, peer)| {
			// A step of Weyl's sequence, mixed: differs each time.
			self.nonce = self.nonce.wrapping_add(0x9E37_79B9_7F4A_7C15);
			let nonce = (self.nonce ^ self.nonce >> 31).wrapping_mul(0xBF58_476D_1CE4_E5B9);
			let link = self.links.entry(peer).or_default();
			link.asked = Some((nonce, now));
			link.last = now;
			(peer, nonce)
		});
		pings.collect()
	}

	/// A peer answers. What nobody asked does not count.
	pub fn pong(&mut self, now: Moment, peer: &Peer, nonce: u64) {
		let Some(link) = self.links.get_mut(peer) else { return };
		let Some((_, at)) = link.asked.take_if(|(asked, _)| *asked == nonce) else { return };
		if link.trips.len() == SAMPLES {
			link.trips.pop_front();
		}
		link.trips.push_back(now.saturating_sub(at));
	}

	/// Forgets a peer.
	pub fn close(&mut self, peer: &Peer) {
		self.links.remove(peer);
	}

	/// There and back, if it was measured.
	pub fn measured(&self, peer: &Peer) -> Option<Moment> {
		self.links.get(peer)?.trips.iter().min().copied()
	}

	/// There and back, or what is taken for it.
	pub fn round_trip(&self, peer: &Peer) -> Moment {
		self.measured(peer).unwrap_or(UNKNOWN)
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	const PEER: Peer = Peer([1; 32]);

	#[test]
	fn the_least_round_trip_of_the_last_ones_counts() {
		let mut overheads = Overheads::new(7);
		let mut now = 0;
		for trip in [30, 10].into_iter().chain([50; SAMPLES - 2]) {
			let pings = overheads.pings(now, [PEER].iter());
			overheads.pong(now + trip, &PEER, pings[0].1);
			now += INTERVAL;
		}
		assert_eq!(overheads.measured(&PEER), Some(10));
		for _ in 0..2 {
			let pings = overheads.pings(now, [PEER].iter());
			overheads.pong(now + 60, &PEER, pings[0].1);
			now += INTERVAL;
		}
		assert_eq!(overheads.measured(&PEER), Some(50));
	}

	#[test]
	fn many_peers_are_asked_in_turn_and_newcomers_first() {
		let peer = |number: usize| Peer([number as u8; 32]);
		let many: Vec<Peer> = (0..2 * AT_ONCE).map(peer).collect();
		let mut overheads = Overheads::new(7);
		let mut ask = |now: Moment, peers: &[Peer]| -> Vec<Peer> {
			overheads.pings(now, peers.iter()).into_iter().map(|(peer, _)| peer).collect()
		};
		assert_eq!(ask(0, &many), many[..AT_ONCE]);
		assert_eq!(ask(INTERVAL, &many), many[AT_ONCE..]);
		let more: Vec<Peer> = many.iter().copied().chain([peer(200)]).collect();
		let third = ask(2 * INTERVAL, &more);
		assert_eq!(third[0], peer(200));
		assert_eq!(third[1..], many[..AT_ONCE - 1]);
	}

	#[test]
	fn an_answer_nobody_asked_for_does_not_count() {
		let mut overheads = Overheads::new(7);
		let nonce = overheads.pings(0, [PEER].iter())[0].1;
		assert!(overheads.pings(1, [PEER].iter()).is_empty());
		overheads.pong(1, &PEER, nonce.wrapping_add(1));
		assert_eq!(overheads.measured(&PEER), None);
		overheads.pong(9, &PEER, nonce);
		overheads.pong(1, &PEER, nonce);
		assert_eq!(overheads.measured(&PEER), Some(9));
	}
}
