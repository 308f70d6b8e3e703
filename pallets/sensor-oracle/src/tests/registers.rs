//! The rule of [`crate::registers`].

use crate::{registers::*, Register, RegisterBook};
use proptest::{collection::vec, prelude::*};
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
			insert(&mut book, position.unwrap(), new);
		}
		prop_assert_eq!(&book.to_vec(), &series);
		for from in &series {
			for to in &series {
				let expected = to.export.checked_sub(from.export).filter(|_| to.boundary >= from.boundary);
				prop_assert_eq!(exported(&book, from.boundary, to.boundary), expected);
			}
		}
	}

	/// Whatever is reported, what is believed stays bounded, in order, monotone and plausible, and
	/// holds the newest.
	#[test]
	fn whatever_is_reported_the_book_stays_sound(
		readings in vec((0u64..40, 0u64..6_000, 0u64..6_000), 0..200),
	) {
		let mut book = RegisterBook::default();
		for (slot, import, export) in readings {
			let new = register(slot, import, export);
			let before = book.clone();
			let Ok(position) = place(&book, &new, POWER) else { continue };
			insert(&mut book, position, new);
			prop_assert!(book.contains(&new));
			prop_assert!(book.len() <= 16);
			let lost = before.iter().filter(|known| !book.contains(known)).count();
			prop_assert_eq!(lost, before.len() + 1 - book.len());
			for (one, next) in book.iter().zip(book.iter().skip(1)) {
				let most = energy(POWER, next.boundary - one.boundary);
				prop_assert!(one.boundary < next.boundary);
				prop_assert!(next.import >= one.import && next.import - one.import <= most);
				prop_assert!(next.export >= one.export && next.export - one.export <= most);
			}
		}
	}
}
