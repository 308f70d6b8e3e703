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
use voltree_primitives::{Clock, Moment};

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

impl<T: Config> Pallet<T> {
	pub(crate) fn schedule(due: Moment, kind: Kind, id: u64) {
		Agenda::<T>::insert(Entry::new(due, kind, id), ());
	}

	pub(crate) fn unschedule(due: Moment, kind: Kind, id: u64) {
		Agenda::<T>::remove(Entry::new(due, kind, id));
	}

	/// Close what people on the blacklist have open, then let the deadlines that have passed take
	/// effect, the oldest first; all within `limit`.
	pub(crate) fn work_off(limit: Weight) -> Weight {
		let each = T::WeightInfo::agenda_entry();
		let mut used = T::WeightInfo::agenda();
		loop {
			let more = used.saturating_add(each);
			let worked = more.all_lte(limit)
				&& (Self::close_one_of_blacklisted() || Self::next_deadline_takes_effect());
			if !worked {
				return used;
			}
			used = more;
		}
	}

	/// Let the oldest deadline take effect if it has passed. Whether there was one.
	fn next_deadline_takes_effect() -> bool {
		let Some(entry) = Agenda::<T>::iter_keys().next() else { return false };
		let (due, id) = (Moment::from(entry.due), u64::from(entry.id));
		if due >= T::Clock::now() {
			return false;
		}
		Agenda::<T>::remove(entry);
		match entry.kind {
			Kind::Offer => Self::offer_due(id),
			// What an outage has moved is on the agenda again, for a later time.
			Kind::Request => {
				let request = Self::request_now(id);
				let due_now = |it: &_| Self::request_deadline(id, it) == Some(due);
				request.filter(due_now).into_iter().for_each(|it| Self::request_due(id, it));
			}
			Kind::Trade => {
				let trade = Self::trade_now(id);
				let due_now = |it: &_| Self::trade_deadline(it) == due;
				trade.filter(due_now).into_iter().for_each(|it| Self::trade_due(id, it));
			}
		}
		true
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
