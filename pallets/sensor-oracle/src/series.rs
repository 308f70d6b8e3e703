//! Roots of what meters and sensors have recorded: the series itself stays with the device, which
//! proves any entry of an hour against the hour's root.
//!
//! The chain keeps roots and knows no trees. Devices agree with auditors on this one: the hash of an
//! entry is `blake2_256(0x00 ++ entry)`, of two hashes `blake2_256(0x01 ++ left ++ right)`, level by
//! level; a hash without a partner goes up as it is.

use crate::{authorized::Sender, Config, Error, Event, Pallet, Series};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{ensure, traits::ConstU32, BoundedVec};
use frame_system::pallet_prelude::OriginFor;
use scale_info::TypeInfo;
use sp_core::H256;
use sp_runtime::DispatchResult;
use voltree_primitives::{Clock, Devices, Message, Moment, SERIES_ROOT};

/// An hour, in milliseconds.
pub const HOUR: Moment = 3_600_000;

/// How many roots of a device are kept, and how many hours back an hour can lie.
pub const MAX_HOURS: u32 = 48;

/// The root of an hour of a device's series: the body of the message that the device signs.
#[derive(
	Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug,
)]
pub struct SeriesRoot<AccountId> {
	/// The device's own account.
	pub device: AccountId,
	/// Which hour since 1970, in chain time.
	pub hour: u32,
	/// How many entries it has, at least one.
	pub count: u32,
	/// The root of their tree.
	pub root: H256,
}

/// The root of an hour, as kept.
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
	Debug,
)]
pub struct HourRoot {
	/// Which hour since 1970, in chain time.
	pub hour: u32,
	/// How many entries it has.
	pub count: u32,
	/// The root of their tree.
	pub root: H256,
}

/// A device's newest roots, by rising hour.
pub type SeriesBook = BoundedVec<HourRoot, ConstU32<MAX_HOURS>>;

impl<T: Config> Pallet<T> {
	/// Fails unless the root would be accepted now. Returns the device's roots so far.
	pub(crate) fn check_series(
		sender: &Sender<T::AccountId>,
		series: &SeriesRoot<T::AccountId>,
		signature: Option<&T::Signature>,
	) -> Result<SeriesBook, Error<T>> {
		let SeriesRoot { device, hour, count, .. } = series;
		ensure!(T::Devices::is_device(device), Error::NotADevice);
		ensure!(*count > 0, Error::NoEntries);
		let this_hour = T::Clock::now().checked_div(HOUR).unwrap_or_default();
		let back = this_hour.checked_sub(Moment::from(*hour)).ok_or(Error::FutureReport)?;
		ensure!(back > 0, Error::FutureReport);
		ensure!(back <= MAX_HOURS.into(), Error::TooOld);
		let book = Series::<T>::get(device);
		if let Some(newest) = book.last() {
			ensure!(book.iter().all(|kept| kept.hour != *hour), Error::AlreadyReported);
			ensure!(*hour > newest.hour, Error::OutOfOrder);
		}
		// Last, because it is the dearest.
		Self::ensure_said(sender, device, SERIES_ROOT, series, signature)?;
		Ok(book)
	}

	/// Whether nobody pays for this root: it would be accepted now.
	pub fn is_free_series(
		origin: &OriginFor<T>,
		series: &SeriesRoot<T::AccountId>,
		signature: Option<&T::Signature>,
	) -> bool {
		Self::sender(origin.clone())
			.is_ok_and(|sender| Self::check_series(&sender, series, signature).is_ok())
	}

	/// Take an hour's root.
	pub(crate) fn do_record_series(
		sender: &Sender<T::AccountId>,
		series: SeriesRoot<T::AccountId>,
		signature: Option<&T::Signature>,
	) -> DispatchResult {
		let mut book = Self::check_series(sender, &series, signature)?;
		let SeriesRoot { device, hour, count, root } = series;
		crate::history::push(&mut book, HourRoot { hour, count, root });
		Series::<T>::insert(&device, book);
		Self::deposit_event(Event::SeriesRecorded { device, hour, count, root });
		Ok(())
	}

	/// What a device signs, encoded, so that someone else may send its root.
	pub fn series_message(series: SeriesRoot<T::AccountId>) -> Message<SeriesRoot<T::AccountId>> {
		Self::message(SERIES_ROOT, series)
	}
}
