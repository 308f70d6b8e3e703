//! Which late parents are believed that others were late with them.
//!
//! Who has a block from others before its parent has sent it tells the parent so. A parent that answers "I
//! hold it" may have been about to hand on what had reached it late. That is easily said. But where it
//! is true, somebody between the author and the parent, the author included, was late or kept it; and ways
//! that have nobody in common need one such each. Fewer than a third of the members are guilty, so a parent
//! whose excuses need more of them in a session is guilty itself, or as late as if it were.
//!
//! What is counted is a least number: an honest parent is never blamed for what fewer than a third do to
//! it, but a liar is believed about every way through somebody whom its earlier excuses named.

use super::block::bits;
use crate::{policy::Route, types::Peer};
use std::collections::{BTreeMap, BTreeSet};

/// So many excuses are believed of everybody, however few the members are: machines pause.
const ALWAYS: usize = 1;

/// What the excuses of a parent need, to be true.
#[derive(Default)]
struct Needed {
	/// At least so many others that were late.
	late: usize,
	/// The places of those among whom they are.
	among: BTreeSet<u32>,
}

/// The excuses of a session, by parent.
#[derive(Default)]
pub struct Excuses(BTreeMap<Peer, Needed>);

impl Excuses {
	/// Whether to believe a parent that it was not to blame for pieces of a block. `ways` has, for each of
	/// them, the places from the author to that parent, without the parent; `members` is how
	/// many there are. A block needs at most one more who was late: all its ways begin with its author.
	pub fn believe(&mut self, parent: Peer, ways: &[Vec<u32>], members: usize) -> bool {
		let needed = self.0.entry(parent).or_default();
		let is_new = |way: &&Vec<u32>| way.iter().all(|place| !needed.among.contains(place));
		if let Some(way) = ways.iter().filter(is_new).min_by_key(|way| way.len()) {
			needed.late = needed.late.saturating_add(1);
			needed.among.extend(way);
		}
		needed.late <= most_guilty(members).max(ALWAYS)
	}

	/// A session has begun.
	pub fn clear(&mut self) {
		self.0.clear();
	}
}

/// Fewer than a third.
fn most_guilty(members: usize) -> usize {
	members.saturating_sub(1) / 3
}

/// The ways of pieces to the member at a place, who is not on them.
pub fn ways_to(route: &Route, place: u32, pieces: u64) -> Vec<Vec<u32>> {
	let of_piece = |piece: u8| {
		let way = route.plan.way_of(piece.into());
		let before = |place: &u32| way?.parent(*place);
		std::iter::successors(before(&place), before).collect()
	};
	bits(pieces).map(of_piece).collect()
}

#[cfg(test)]
mod tests {
	use super::*;

	const PARENT: Peer = Peer([1; 32]);

	fn believed(ways: &[&[u32]], members: usize) -> Vec<bool> {
		let mut excuses = Excuses::default();
		let believe = |way: &&[u32]| excuses.believe(PARENT, &[way.to_vec()], members);
		ways.iter().map(believe).collect()
	}

	/// Whoever is starved by one relay, or by one author, is believed for ever.
	#[test]
	fn one_guilty_one_explains_any_number_of_excuses() {
		let relay: Vec<[u32; 2]> = (0..9).map(|author| [9, author]).collect();
		let relay: Vec<&[u32]> = relay.iter().map(|way| &way[..]).collect();
		assert_eq!(believed(&relay, 10), [true; 9]);
		let author: Vec<[u32; 2]> = (0..9).map(|relay| [relay, 9]).collect();
		let author: Vec<&[u32]> = author.iter().map(|way| &way[..]).collect();
		assert_eq!(believed(&author, 10), [true; 9]);
	}

	#[test]
	fn a_third_of_the_members_cannot_be_guilty() {
		let ways: [&[u32]; 5] = [&[0], &[1], &[2, 3], &[3, 1, 4], &[5]];
		assert_eq!(believed(&ways, 10), [true, true, true, true, false]);
		assert_eq!(believed(&ways, 7), [true, true, false, false, false]);
		assert_eq!(believed(&ways, 4), [true, false, false, false, false]);
		assert_eq!(believed(&ways[..2], 3), [true, false]);
	}

	/// An author has nobody before itself who could be late.
	#[test]
	fn an_author_is_believed_for_a_pause() {
		assert_eq!(believed(&[&[], &[]], 4), [true, false]);
	}

	/// Many pieces of one block may be late because of one; the shortest way says most.
	#[test]
	fn a_block_needs_one_more_at_most() {
		let mut excuses = Excuses::default();
		let mut believe = |ways: &[Vec<u32>]| excuses.believe(PARENT, ways, 4);
		assert!(believe(&[vec![1, 2, 0], vec![0], vec![3, 0]]));
		assert!(believe(&[vec![1, 0]]));
		assert!(!believe(&[vec![1, 2]]), "the first needs nobody but the author");
		excuses.clear();
		assert!(excuses.believe(PARENT, &[vec![1, 2]], 4));
	}
}
