//! Frames of blocks whose parents are not known yet: bounded, and not for long.

use crate::{
	frames::{Part, Push},
	types::{Hash, Moment, Peer, SECOND},
};
use std::collections::VecDeque;

/// How long a frame waits for the parent of its block.
const LONGEST: Moment = 10 * SECOND;

/// Blocks whose frames wait.
const MOST_BLOCKS: usize = 64;

/// Frames that wait: those blocks, half of them in pieces.
const MOST_FRAMES: usize = 2_048;

/// Bytes that wait.
const MOST_BYTES: usize = 16 << 20;

/// Bytes that wait of what one peer sent.
const MOST_OF_ONE: usize = 4 << 20;

struct Entry {
	parent: Hash,
	block: Hash,
	from: Peer,
	push: Push,
	bytes: usize,
	until: Moment,
}

/// See the [module](self).
#[derive(Default)]
pub struct Parked {
	/// In the order in which they came.
	entries: VecDeque<Entry>,
	bytes: usize,
}

impl Parked {
	/// Lets a frame wait; false if there is no room.
	pub fn park(&mut self, now: Moment, parent: Hash, block: Hash, from: Peer, push: Push) -> bool {
		let body = match &push.part {
			Part::Whole(body) => body.len(),
			Part::Piece { proof, data, .. } => data.len() + 32 * proof.len(),
		};
		let bytes = push.header.len() + body;
		let of_one: usize =
			self.entries.iter().filter(|entry| entry.from == from).map(|entry| entry.bytes).sum();
		let mut blocks: Vec<&Hash> = self.entries.iter().map(|entry| &entry.block).collect();
		blocks.sort_unstable();
		blocks.dedup();
		let room = self.entries.len() < MOST_FRAMES
			&& (blocks.len() < MOST_BLOCKS || blocks.contains(&&block))
			&& self.bytes + bytes <= MOST_BYTES
			&& of_one + bytes <= MOST_OF_ONE;
		if room {
			self.bytes += bytes;
			let until = now.saturating_add(LONGEST);
			self.entries.push_back(Entry { parent, block, from, push, bytes, until });
		}
		room
	}

	/// What waited for this parent.
	pub fn release(&mut self, parent: &Hash) -> Vec<(Peer, Push)> {
		let waiting = std::mem::take(&mut self.entries);
		let (released, kept): (VecDeque<Entry>, VecDeque<Entry>) =
			waiting.into_iter().partition(|entry| entry.parent == *parent);
		self.entries = kept;
		self.bytes -= released.iter().map(|entry| entry.bytes).sum::<usize>();
		released.into_iter().map(|entry| (entry.from, entry.push)).collect()
	}

	/// Forgets what has waited too long.
	pub fn expire(&mut self, now: Moment) {
		while let Some(entry) = self.entries.pop_front_if(|entry| entry.until <= now) {
			self.bytes -= entry.bytes;
		}
	}

	/// When the first is forgotten.
	pub fn wake_at(&self) -> Option<Moment> {
		self.entries.front().map(|entry| entry.until)
	}

	/// Whether frames of this block wait.
	pub fn holds(&self, block: &Hash) -> bool {
		self.entries.iter().any(|entry| entry.block == *block)
	}

	/// Bytes that wait.
	pub fn bytes(&self) -> usize {
		self.bytes
	}

	/// Frames that wait.
	pub fn len(&self) -> usize {
		self.entries.len()
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn push(bytes: usize) -> Push {
		let part = Part::Whole(vec![0; bytes]);
		Push { snapshot: Hash::default(), stand_in: None, header: Vec::new(), part }
	}

	fn hash(number: usize) -> Hash {
		Hash([number as u8; 32])
	}

	#[test]
	fn a_frame_waits_for_its_parent_and_not_forever() {
		let mut parked = Parked::default();
		let peer = Peer([1; 32]);
		assert!(parked.park(0, hash(1), hash(2), peer, push(10)));
		assert!(parked.park(1, hash(3), hash(4), peer, push(20)));
		assert!(parked.release(&hash(9)).is_empty());
		assert_eq!(parked.release(&hash(1)), [(peer, push(10))]);
		assert_eq!((parked.len(), parked.bytes()), (1, 20));
		parked.expire(LONGEST);
		assert!(parked.holds(&hash(4)));
		assert_eq!(parked.wake_at(), Some(LONGEST + 1));
		parked.expire(LONGEST + 1);
		assert_eq!((parked.len(), parked.bytes(), parked.wake_at()), (0, 0, None));
	}

	#[test]
	fn nobody_fills_it_alone_and_all_together_not_beyond_its_bounds() {
		let mut parked = Parked::default();
		for of in 0..5 {
			let peer = Peer([of; 32]);
			for _ in 0..4 {
				let fits = parked.park(0, hash(1), hash(2), peer, push(1 << 20));
				assert_eq!(fits, of < 4);
			}
			assert!(!parked.park(0, hash(1), hash(2), peer, push(1)));
		}
		assert_eq!(parked.bytes(), 16 << 20);
		let mut parked = Parked::default();
		for block in 0..64 {
			assert!(parked.park(0, hash(100), hash(block), Peer([1; 32]), push(1)));
		}
		assert!(!parked.park(0, hash(100), hash(64), Peer([1; 32]), push(1)));
		assert!(parked.park(0, hash(100), hash(63), Peer([1; 32]), push(1)));
	}
}
