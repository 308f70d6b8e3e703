//! Who writes, and who did not.

use crate::{mock::*, Turns};

/// Blocks written and turns missed, in the order of the turns.
fn counted() -> Vec<(u32, u32)> {
	let turns = 0..Authors::get_count();
	turns
		.map(|turn| Turns::<Test>::get(turn).unwrap())
		.map(|one| (one.written, one.missed))
		.collect()
}

#[test]
fn blocks_and_gaps_are_counted() {
	ExtBuilder::default().keyed(5).run(|| {
		// Block 1 had slot 100, which is the first one's turn; what was before nobody missed.
		assert_eq!(counted(), [(1, 0), (0, 0), (0, 0), (0, 0), (0, 0)]);
		block_in(101);
		block_in(104);
		assert_eq!(counted(), [(1, 0), (1, 0), (0, 1), (0, 1), (1, 0)]);
		// A whole round and one slot more.
		block_in(110);
		assert_eq!(counted(), [(2, 1), (1, 1), (0, 2), (0, 2), (1, 1)]);
	});
}

/// Blocks further apart than an outage takes, 20 s here, which is ten slots: nobody's fault.
#[test]
fn an_outage_is_nobodys_fault() {
	ExtBuilder::default().keyed(5).run(|| {
		block_in(111);
		assert_eq!(counted(), [(1, 0), (1, 0), (0, 0), (0, 0), (0, 0)]);
		block_in(121);
		let missed = counted().iter().map(|(_, missed)| missed).sum::<u32>();
		assert_eq!(missed, 9, "ten slots apart are no outage");
		block_in(100_000);
		assert_eq!(counted().iter().map(|(_, missed)| missed).sum::<u32>(), 9);
	});
}

/// As many in a row as may be faulty are no outage, however short that is: their turns may all come
/// together.
#[test]
fn faulty_ones_in_a_row_are_no_outage() {
	ExtBuilder::default().keyed(13).run(|| {
		Outage::set(SLOT);
		block_in(105);
		assert_eq!(counted().iter().map(|(_, missed)| missed).sum::<u32>(), 4);
		block_in(111);
		assert_eq!(counted().iter().map(|(_, missed)| missed).sum::<u32>(), 4);
	});
}

/// The block that ends a session counts for the old set, and its author is found in it, also where
/// the new one has another order.
#[test]
fn the_last_block_of_a_session_belongs_to_the_old_set() {
	ExtBuilder::default().keyed(4).run(|| {
		let set_link = Tree::set_link(RuntimeOrigin::signed(Da(4).account()), 9);
		assert_eq!(set_link, Ok(()));
		assert_eq!(Tree::author_of(101), Some(Da(2).account()));
		Ends::set(true);
		System::set_block_number(1);
		block_in(101);
		assert_eq!(Tree::authors(), accounts([4, 1, 2, 3]));
		assert_eq!(Tree::author_of(101), Some(Da(1).account()));
		assert_eq!(counted(), [(0, 0); 4]);
		// The slots up to the next block are the new set's.
		block_in(103);
		assert_eq!(counted(), [(0, 0), (0, 0), (0, 1), (1, 0)]);
	});
}

/// Authorship finds the author in the digest, by the turns.
#[test]
fn the_author_is_found_by_the_turn() {
	use frame_support::traits::FindAuthor;
	ExtBuilder::default().founded(&[1, 3, 2, 5]).run(|| {
		let find = |slot: u64| {
			let slot = codec::Encode::encode(&slot);
			let other = (*b"BABE", &b"else"[..]);
			Tree::find_author([other, (sp_consensus_aura::AURA_ENGINE_ID, &slot)])
		};
		let order = [4, 2, 3, 1].map(|number| Some(Da(number).account()));
		assert_eq!([100, 101, 102, 103].map(find), order);
		assert_eq!(Tree::find_author([(*b"BABE", &b"else"[..])]), None);
		assert_eq!(Tree::find_author([(sp_consensus_aura::AURA_ENGINE_ID, &b"x"[..])]), None);
	});
}
