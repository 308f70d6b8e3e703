//! The rule of [`crate::registers`].

use crate::{registers::*, Register, RegisterBook, MAX_KEPT_REGISTERS};
use proptest::{
	collection::{btree_set, vec},
	prelude::*,
};
use voltree_primitives::energy;

/// 4,000 W move 1,000 Wh in a slot of 900 s.
const POWER: u32 = 4_000;
const SLOT: u64 = 900_000;

fn register(slot: u64, import: u64, export: u64) -> Register {
	Register { boundary: slot * SLOT, import, export }
}

/// Rises of a meter's registers from slot to slot, then an order in which they are reported.
fn truth() -> impl Strategy<Value = (Vec<Register>, Vec<Register>)> {
	vec((0u64..=1_000, 0u64..=1_000), 0..16).prop_flat_map(|rises| {
		let (mut import, mut export) = (0, 0);
		let series: Vec<Register> = (0..)
			.zip(rises)
			.map(|(slot, (imported, exported))| {
				import += imported;
				export += exported;
				register(slot, import, export)
			})
			.collect();
		(Just(series.clone()), Just(series).prop_shuffle())
	})
}

proptest! {
	/// A true series is believed in whatever order it arrives, and every difference is right.
	#[test]
	fn a_true_series_is_believed_in_any_order((series, arrivals) in truth()) {
		let mut book = RegisterBook::default();
		for new in arrivals {
			let position = place(&book, &new, POWER);
			prop_assert!(position.is_ok());
			prop_assert_eq!(book.try_insert(position.unwrap(), new), Ok(()));
		}
		prop_assert_eq!(&book.to_vec(), &series);
		for from in &series {
			for to in &series {
				let expected = to.export.checked_sub(from.export).filter(|_| to.boundary >= from.boundary);
				prop_assert_eq!(exported(&book, from.boundary, to.boundary), expected);
			}
		}
	}

	/// Whatever is reported and waited for, what is believed stays bounded, in order, monotone and
	/// plausible; what is waited for stays, and of what nobody waits for only what is older than the
	/// sixteen newest goes.
	#[test]
	fn whatever_is_reported_the_book_stays_sound(
		readings in vec((0u64..200, 0u64..6_000, 0u64..6_000), 0..300),
		awaited in btree_set(0u64..200, 0..40),
	) {
		let is_awaited = |boundary: u64| awaited.contains(&(boundary / SLOT));
		let mut book = RegisterBook::default();
		for (slot, import, export) in readings {
			let new = register(slot, import, export);
			let before = book.clone();
			let Ok(position) = place(&book, &new, POWER) else { continue };
			let gone = make_room(&mut book, is_awaited);
			prop_assert!(gone <= 2);
			prop_assert_eq!(before.len(), book.len() + gone);
			prop_assert_eq!(&before[gone..], &book[..]);
			prop_assert!(before[..gone].iter().all(|lost| !is_awaited(lost.boundary)));
			prop_assert!(gone == 0 || before.len() - gone >= 15);
			if book.try_insert(position.saturating_sub(gone), new).is_err() {
				prop_assert_eq!(book.len(), MAX_KEPT_REGISTERS as usize);
				prop_assert!(is_awaited(book[0].boundary));
				continue;
			}
			// More than sixteen only where somebody waits for one of those that are there or were.
			prop_assert!(book.len() <= 16 || !awaited.is_empty());
			for (one, next) in book.iter().zip(book.iter().skip(1)) {
				let most = energy(POWER, next.boundary - one.boundary);
				prop_assert!(one.boundary < next.boundary);
				prop_assert!(next.import >= one.import && next.import - one.import <= most);
				prop_assert!(next.export >= one.export && next.export - one.export <= most);
			}
		}
	}
}
