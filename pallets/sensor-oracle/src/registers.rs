//! Which registers of a meter can be believed beside those already known: pure, no storage.

use crate::types::{Register, RegisterBook, MAX_REGISTERS};
use voltree_primitives::{energy, Moment, WattHours, Watts};

/// Why a register is not believed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Disbelief {
	/// The boundary has been reported.
	AlreadyReported,
	/// A register would run backwards.
	NotMonotone,
	/// A register would rise faster than the meter's rated power allows.
	Implausible,
}

/// Whether both registers rise from `earlier` to `later`, and no faster than `power` allows.
fn follows(earlier: &Register, later: &Register, power: Watts) -> Result<(), Disbelief> {
	let rise = |from: WattHours, to: WattHours| to.checked_sub(from).ok_or(Disbelief::NotMonotone);
	let most = energy(power, later.boundary.saturating_sub(earlier.boundary));
	let import = rise(earlier.import, later.import)?;
	let export = rise(earlier.export, later.export)?;
	if import > most || export > most {
		return Err(Disbelief::Implausible);
	}
	Ok(())
}

/// Where `new` belongs in `book`, if it agrees with its neighbours there. A late register between
/// two known ones is as good as one at the end.
pub fn place(book: &[Register], new: &Register, power: Watts) -> Result<usize, Disbelief> {
	let position = match book.binary_search_by_key(&new.boundary, |known| known.boundary) {
		Ok(_) => return Err(Disbelief::AlreadyReported),
		Err(position) => position,
	};
	if let Some(before) = position.checked_sub(1).and_then(|before| book.get(before)) {
		follows(before, new, power)?;
	}
	if let Some(after) = book.get(position) {
		follows(new, after, power)?;
	}
	Ok(position)
}

/// Whether there are as many registers as are kept without need.
pub fn are_enough(book: &[Register]) -> bool {
	u32::try_from(book.len()).map_or(true, |kept| kept >= MAX_REGISTERS)
}

/// How many registers [`make_room`] looks at, at most: two, so that a book which has grown shrinks
/// again, by and by.
pub const MAX_ASKED: u32 = 2;

/// Let the oldest registers go that nobody waits for, until there is room for one among those that are
/// kept without need. Returns how many went.
pub fn make_room(book: &mut RegisterBook, mut is_awaited: impl FnMut(Moment) -> bool) -> usize {
	let mut gone = 0usize;
	for _ in 0..MAX_ASKED {
		let goes =
			are_enough(book) && book.first().is_some_and(|oldest| !is_awaited(oldest.boundary));
		if !goes {
			break;
		}
		book.remove(0);
		gone = gone.saturating_add(1);
	}
	gone
}

/// Energy exported between two boundaries; `None` while one of their registers is missing, or if
/// `to` lies before `from`.
pub fn exported(book: &[Register], from: Moment, to: Moment) -> Option<WattHours> {
	let at = |boundary: Moment| {
		let found = book.binary_search_by_key(&boundary, |known| known.boundary).ok()?;
		book.get(found).map(|register| register.export)
	};
	if to < from {
		return None;
	}
	at(to)?.checked_sub(at(from)?)
}
