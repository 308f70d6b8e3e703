//! What waits to be sent: one frame in flight for each peer, small frames first, bounded.

use crate::types::{Hash, Moment, Peer};
use std::{
	collections::{BTreeMap, VecDeque},
	sync::Arc,
};

/// Small frames that wait for a peer; more are dropped, and their receiver does without.
const MOST_SMALL: usize = 256;

/// Bytes of blocks that wait for a peer.
const PEER_BUDGET: usize = 4 << 20;

/// Bytes of blocks that wait for all peers. Frames are shared, so most of it is counted many times.
const BUDGET: usize = 64 << 20;

/// A block or a piece of it that waits.
#[derive(Clone, Debug)]
pub struct Load {
	/// The block.
	pub hash: Hash,
	/// Whether to drop it when the receiver says it has the block.
	pub needless_if_held: bool,
	/// When it may go.
	pub not_before: Moment,
	/// As it travels.
	pub frame: Arc<[u8]>,
}

#[derive(Default)]
struct Link {
	in_flight: bool,
	small: VecDeque<Arc<[u8]>>,
	loads: VecDeque<Load>,
	bytes: usize,
}

/// Open links and what waits for them.
#[derive(Default)]
pub struct Outbox {
	links: BTreeMap<Peer, Link>,
	bytes: usize,
	/// Frames that found no room.
	pub dropped: u64,
}

impl Outbox {
	/// A link is open.
	pub fn open(&mut self, peer: Peer) {
		self.close(&peer);
		self.links.insert(peer, Link::default());
	}

	/// A link is gone, and what waited for it.
	pub fn close(&mut self, peer: &Peer) {
		if let Some(link) = self.links.remove(peer) {
			self.bytes -= link.bytes;
		}
	}

	/// Whether a link is open.
	pub fn reaches(&self, peer: &Peer) -> bool {
		self.links.contains_key(peer)
	}

	/// Everybody to whom a link is open.
	pub fn peers(&self) -> impl Iterator<Item = &Peer> {
		self.links.keys()
	}

	/// Bytes of blocks that wait.
	pub fn waiting(&self) -> usize {
		self.bytes
	}

	/// Lines up a small frame.
	pub fn small(&mut self, peer: &Peer, frame: Arc<[u8]>) {
		if let Some(link) = self.links.get_mut(peer) {
			if link.small.len() < MOST_SMALL {
				link.small.push_back(frame);
			} else {
				self.dropped += 1;
			}
		}
	}

	/// Lines up a block or a piece; false if there is no link or no room.
	pub fn load(&mut self, peer: &Peer, load: Load) -> bool {
		let Some(link) = self.links.get_mut(peer) else { return false };
		let bytes = load.frame.len();
		if link.bytes + bytes > PEER_BUDGET || self.bytes + bytes > BUDGET {
			self.dropped += 1;
			return false;
		}
		link.bytes += bytes;
		self.bytes += bytes;
		link.loads.push_back(load);
		true
	}

	/// A peer holds a block: what waits of it needs not be sent. Returns whether something did.
	pub fn forget(&mut self, peer: &Peer, hash: &Hash) -> bool {
		let Some(link) = self.links.get_mut(peer) else { return false };
		let before = link.bytes;
		link.loads.retain(|load| load.hash != *hash || !load.needless_if_held);
		link.bytes = link.loads.iter().map(|load| load.frame.len()).sum();
		self.bytes -= before - link.bytes;
		before > link.bytes
	}

	/// What was in flight has been handed to the link, or given up: then the rest of the blocks is,
	/// too, as the link is too slow for them.
	pub fn sent(&mut self, peer: &Peer, well: bool) {
		if let Some(link) = self.links.get_mut(peer) {
			link.in_flight = false;
			if !well {
				self.dropped += link.loads.len() as u64;
				self.bytes -= link.bytes;
				link.bytes = 0;
				link.loads.clear();
			}
		}
	}

	/// When something that waits for its time may go; what is in flight says itself when it has gone.
	pub fn wake_at(&self) -> Option<Moment> {
		let links = self.links.values().filter(|link| !link.in_flight);
		links.filter_map(|link| Some(link.loads.front()?.not_before)).min()
	}

	/// What can be sent now. Each peer answers with [`Self::sent`].
	pub fn take(&mut self, now: Moment) -> Vec<(Peer, Arc<[u8]>)> {
		let mut frames = Vec::new();
		let free = |link: &&mut Link| !link.in_flight;
		// The uplink is common to all links, so the small ones of all go first.
		for (peer, link) in &mut self.links {
			if let Some(frame) = Some(&mut *link).filter(free).and_then(|l| l.small.pop_front()) {
				link.in_flight = true;
				frames.push((*peer, frame));
			}
		}
		for (peer, link) in &mut self.links {
			let due =
				|link: &&mut Link| link.loads.front().is_some_and(|load| load.not_before <= now);
			let link_now = Some(&mut *link).filter(free).filter(due);
			if let Some(load) = link_now.and_then(|link| link.loads.pop_front()) {
				link.bytes -= load.frame.len();
				self.bytes -= load.frame.len();
				link.in_flight = true;
				frames.push((*peer, load.frame));
			}
		}
		frames
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	const PEER: Peer = Peer([1; 32]);

	fn load(block: u8, bytes: usize) -> Load {
		let (hash, frame) = (Hash([block; 32]), vec![0; bytes].into());
		Load { hash, needless_if_held: true, not_before: 0, frame }
	}

	#[test]
	fn one_frame_is_in_flight_and_small_ones_go_first() {
		let mut outbox = Outbox::default();
		outbox.open(PEER);
		assert!(outbox.load(&PEER, load(1, 100)));
		assert!(outbox.load(&PEER, load(2, 200)));
		assert_eq!(outbox.take(0)[0].1.len(), 100);
		outbox.small(&PEER, vec![0; 5].into());
		assert!(outbox.take(0).is_empty());
		outbox.sent(&PEER, true);
		assert_eq!(outbox.take(0)[0].1.len(), 5);
		outbox.sent(&PEER, true);
		assert_eq!(outbox.take(0)[0].1.len(), 200);
		assert_eq!(outbox.waiting(), 0);
	}

	/// And what is behind it waits, too; small ones do not.
	#[test]
	fn a_load_waits_for_its_time() {
		let mut outbox = Outbox::default();
		outbox.open(PEER);
		outbox.load(&PEER, Load { not_before: 7, ..load(1, 100) });
		outbox.load(&PEER, load(2, 200));
		assert_eq!(outbox.wake_at(), Some(7));
		assert!(outbox.take(6).is_empty());
		outbox.small(&PEER, vec![0; 5].into());
		assert_eq!(outbox.take(6)[0].1.len(), 5);
		assert_eq!(outbox.wake_at(), None, "something is in flight");
		outbox.sent(&PEER, true);
		assert_eq!(outbox.take(7)[0].1.len(), 100);
		outbox.sent(&PEER, true);
		assert_eq!(outbox.wake_at(), Some(0));
		assert_eq!(outbox.take(7)[0].1.len(), 200);
		assert_eq!(outbox.wake_at(), None);
	}

	#[test]
	fn nothing_waits_beyond_the_budget() {
		let mut outbox = Outbox::default();
		outbox.open(PEER);
		for _ in 0..4 {
			assert!(outbox.load(&PEER, load(1, 1 << 20)));
		}
		assert!(!outbox.load(&PEER, load(1, 1)));
		for peer in 2..=17 {
			outbox.open(Peer([peer; 32]));
			(0..4).for_each(|_| {
				outbox.load(&Peer([peer; 32]), load(1, 1 << 20));
			});
		}
		assert_eq!(outbox.waiting(), 64 << 20);
		(0..300).for_each(|_| outbox.small(&PEER, vec![0].into()));
		assert_eq!(outbox.dropped, 1 + 4 + 44);
		outbox.close(&PEER);
		assert_eq!(outbox.waiting(), 60 << 20);
	}

	#[test]
	fn what_is_held_or_given_up_is_not_sent() {
		let mut outbox = Outbox::default();
		outbox.open(PEER);
		outbox.load(&PEER, load(1, 10));
		outbox.load(&PEER, load(2, 20));
		assert!(outbox.forget(&PEER, &Hash([1; 32])));
		assert!(!outbox.forget(&PEER, &Hash([1; 32])));
		assert_eq!(outbox.waiting(), 20);
		outbox.load(&PEER, load(3, 30));
		assert_eq!(outbox.take(0)[0].1.len(), 20);
		outbox.sent(&PEER, false);
		assert!(outbox.take(0).is_empty());
		assert_eq!(outbox.waiting(), 0);
	}
}
