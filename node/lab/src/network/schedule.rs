//! What the next block carries: of the sizes, the one that its mode has had least.

use super::options::Mode;
use std::collections::BTreeMap;

/// From so many bytes on, what a block leaves behind on the uplinks may disturb the next one.
const LARGE: u64 = 500_000;

/// See the module.
pub struct Schedule {
	modes: Vec<Mode>,
	/// Largest first: what takes longest is not left for the end.
	sizes: Vec<u64>,
	blocks: usize,
	idle: usize,
	done: BTreeMap<(Mode, u64), usize>,
	rest: usize,
}

impl Schedule {
	/// So many `blocks` of each size by each mode, and `idle` empty ones after each large one.
	pub fn new(modes: &[Mode], sizes: &[u64], blocks: usize, idle: usize) -> Self {
		let mut sizes = sizes.to_vec();
		sizes.sort_unstable();
		sizes.dedup();
		sizes.reverse();
		Self { modes: modes.to_vec(), sizes, blocks, idle, done: BTreeMap::new(), rest: 0 }
	}

	/// The chain's rule.
	pub fn mode(&self, number: u32) -> Mode {
		let length = u32::try_from(self.modes.len()).unwrap_or(u32::MAX).max(1);
		self.modes.get((number % length) as usize).copied().unwrap_or(Mode::Off)
	}

	fn count(&self, mode: Mode, size: u64) -> usize {
		self.done.get(&(mode, size)).copied().unwrap_or(0)
	}

	/// Bytes of the block at `number`; 0 where it is to be empty.
	pub fn next(&self, number: u32, quiet: bool) -> u64 {
		if !quiet || self.rest > 0 {
			return 0;
		}
		let mode = self.mode(number);
		let open = self.sizes.iter().filter(|size| self.count(mode, **size) < self.blocks);
		open.min_by_key(|size| self.count(mode, **size)).copied().unwrap_or(0)
	}

	/// A block has been written; `quiet`: nothing was left on the uplinks when it was.
	pub fn done(&mut self, number: u32, size: u64, quiet: bool) {
		self.rest = match size {
			size if size >= LARGE => self.idle,
			_ => self.rest.saturating_sub(1),
		};
		if quiet {
			*self.done.entry((self.mode(number), size)).or_default() += 1;
		}
	}

	/// Blocks that are there, and that are wanted.
	pub fn progress(&self) -> (usize, usize) {
		let kinds: std::collections::BTreeSet<Mode> = self.modes.iter().copied().collect();
		let cells = kinds.iter().flat_map(|mode| self.sizes.iter().map(move |size| (*mode, *size)));
		let (mut have, mut want) = (0, 0);
		for (mode, size) in cells {
			have += self.count(mode, size).min(self.blocks);
			want += self.blocks;
		}
		(have, want)
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	/// All cells are filled, with no more blocks than there are, as long as nothing disturbs.
	#[test]
	fn every_cell_is_filled() {
		let modes = [Mode::Off, Mode::Wct, Mode::Ours];
		let mut schedule = Schedule::new(&modes, &[0, 20_000, 1_000_000], 4, 0);
		let mut number = 7;
		while schedule.progress().0 < schedule.progress().1 {
			let size = schedule.next(number, true);
			schedule.done(number, size, true);
			number += 1;
		}
		assert_eq!(number - 7, 36);
		assert_eq!(schedule.next(number, true), 0);
	}

	#[test]
	fn the_network_rests_after_large_blocks_and_until_it_is_quiet() {
		let mut schedule = Schedule::new(&[Mode::Off], &[20_000, 1_000_000], 2, 2);
		assert_eq!(schedule.next(1, false), 0);
		schedule.done(1, 0, false);
		assert_eq!(schedule.next(2, true), 1_000_000);
		schedule.done(2, 1_000_000, true);
		for number in [3, 4] {
			assert_eq!(schedule.next(number, true), 0);
			schedule.done(number, 0, true);
		}
		assert_eq!(schedule.next(5, true), 20_000);
		assert_eq!(schedule.progress(), (1, 4));
	}

	/// A large block that did not make it into its slot is asked for again.
	#[test]
	fn what_was_not_written_does_not_count() {
		let mut schedule = Schedule::new(&[Mode::Off], &[1_000_000], 1, 0);
		schedule.done(1, 0, true);
		assert_eq!(schedule.next(2, true), 1_000_000);
	}
}
