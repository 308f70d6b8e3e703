//! The agenda: every deadline takes effect without anybody calling.
//!
//! Each request, offer and trade has at most one entry, its next deadline. The entries lie in the
//! trie in the order of their keys: due time, kind, number, all big-endian. So the oldest entry is
//! the first key, entries of the same time and kind come in the order of their numbers (trades: in
//! the order in which they were paid), and what does not fit into a block is simply still first in
//! the next one: nothing is skipped, and no cursor has to be kept. Requests come before offers of
//! the same time: an offer stands until its last moment, and whoever is judged then is judged by it.

use crate::{Agenda, Config, Pallet, WeightInfo};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::weights::Weight;
use scale_info::TypeInfo;
use voltree_primitives::{Clock, Moment, MAX_SENSORS};

/// What the agenda reads in every block and no other weight counts, because whoever comes later finds
/// it read: the block slot's duration, the market's parameters, the outages. The runtime's
/// benchmarks leave these keys out.
pub const READ_IN_EVERY_BLOCK: u64 = 3;

/// An integer whose encoding sorts like its value.
#[derive(
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Clone,
	Copy,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Debug,
)]
pub struct Sorted<const BYTES: usize>(pub [u8; BYTES]);

impl From<u64> for Sorted<8> {
	fn from(value: u64) -> Self {
		Self(value.to_be_bytes())
	}
}

impl From<Sorted<8>> for u64 {
	fn from(sorted: Sorted<8>) -> Self {
		u64::from_be_bytes(sorted.0)
	}
}

impl From<u128> for Sorted<16> {
	fn from(value: u128) -> Self {
		Self(value.to_be_bytes())
	}
}

impl From<Sorted<16>> for u128 {
	fn from(sorted: Sorted<16>) -> Self {
		u128::from_be_bytes(sorted.0)
	}
}

/// Whose deadline it is.
#[derive(
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Clone,
	Copy,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Debug,
)]
pub enum Kind {
	/// A request's.
	#[codec(index = 0)]
	Request,
	/// An offer's.
	#[codec(index = 1)]
	Offer,
	/// A trade's.
	#[codec(index = 2)]
	Trade,
}

/// An entry of the agenda.
#[derive(
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Clone,
	Copy,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Debug,
)]
pub struct Entry {
	/// The deadline: what happens at this moment is in time, the entry takes effect after it.
	pub due: Sorted<8>,
	/// Whose it is.
	pub kind: Kind,
	/// The number of the offer, request or trade.
	pub id: Sorted<8>,
}

impl Entry {
	/// The entry of `kind` number `id`, due at `due`.
	pub fn new(due: Moment, kind: Kind, id: u64) -> Self {
		Self { due: due.into(), kind, id: id.into() }
	}
}

/// The weight of an entry of the dearest kind: so much room there must be to work one off.
pub fn dearest_entry<W: WeightInfo>() -> Weight {
	[
		W::entry_offer(),
		W::entry_judged(),
		W::entry_not_paid(),
		W::entry_never_started(),
		W::entry_slot_ended(MAX_SENSORS.saturating_mul(2)),
		W::entry_meter_read(),
		W::entry_never_billed(),
		W::entry_never_confirmed(),
		W::entry_contest_unruled(),
		W::entry_blacklisted(),
	]
	.into_iter()
	.fold(Weight::zero(), |dearest, weight| dearest.max(weight))
}

impl<T: Config> Pallet<T> {
	pub(crate) fn schedule(due: Moment, kind: Kind, id: u64) {
		Agenda::<T>::insert(Entry::new(due, kind, id), ());
	}

	pub(crate) fn unschedule(due: Moment, kind: Kind, id: u64) {
		Agenda::<T>::remove(Entry::new(due, kind, id));
	}

	/// Close what people on the blacklist have open, then let the deadlines that have passed take
	/// effect, the oldest first; all within `limit`. Returns the weight of what was done.
	pub(crate) fn work_off(limit: Weight) -> Weight {
		// What an entry costs shows when it is worked off: there must be room for the dearest.
		let dearest = dearest_entry::<T::WeightInfo>();
		let mut used = T::WeightInfo::agenda();
		let mut entries = Agenda::<T>::iter_keys();
		while used.saturating_add(dearest).all_lte(limit) {
			let worked = Self::close_one_of_blacklisted()
				.or_else(|| Self::next_deadline_takes_effect(&mut entries));
			let Some(weight) = worked else { break };
			used = used.saturating_add(weight);
		}
		used
	}

	/// Let the next of the `entries` take effect if it has passed. The weight of that, if there was
	/// one.
	///
	/// The entries are walked through once: to look for the first one each time would mean to pass by
	/// all that were removed in this block, again and again. What takes effect schedules nothing that
	/// comes before it, or the next block finds it.
	fn next_deadline_takes_effect(entries: &mut impl Iterator<Item = Entry>) -> Option<Weight> {
		let entry = entries.next()?;
		let (due, id) = (Moment::from(entry.due), u64::from(entry.id));
		if due >= T::Clock::now() {
			return None;
		}
		Agenda::<T>::remove(entry);
		// What an outage has moved is on the agenda again, for a later time: reading and writing it
		// is less than what is charged.
		let weight = match entry.kind {
			Kind::Offer => {
				Self::offer_due(id);
				T::WeightInfo::entry_offer()
			}
			Kind::Request => Self::request_now(id)
				.filter(|it| Self::request_deadline(id, it) == Some(due))
				.map_or_else(T::WeightInfo::entry_not_paid, |it| Self::request_due(id, it)),
			Kind::Trade => Self::trade_now(id)
				.filter(|it| Self::trade_deadline(it) == due)
				.map_or_else(T::WeightInfo::entry_meter_read, |it| Self::trade_due(id, it)),
		};
		Some(weight)
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	proptest! {
		/// Keys sort like (due, kind, number), which is what the agenda's order rests on.
		#[test]
		fn encoded_entries_sort_like_their_values(a: (u64, u64), b: (u64, u64), kinds: (bool, bool)) {
			let kind = |trade| if trade { Kind::Trade } else { Kind::Request };
			let first = (a.0, kind(kinds.0), a.1);
			let second = (b.0, kind(kinds.1), b.1);
			let encoded = |(due, kind, id)| Entry::new(due, kind, id).encode();
			prop_assert_eq!(first.cmp(&second), encoded(first).cmp(&encoded(second)));
		}
	}
}
