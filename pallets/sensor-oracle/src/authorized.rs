//! Who says that a device has said something: the account that signed the extrinsic, or nobody but the
//! device itself, whose signature lies in the report. An extrinsic of the latter kind (a General
//! extrinsic) has no sender, no nonce and no fee; what it needs is checked before it is taken into the
//! pool or a block.

use crate::{Config, Error, Pallet, RegisterReading, RegisterReadings, SensorReport, SeriesRoot};
use codec::Encode;
use frame_support::{dispatch::RawOrigin, weights::Weight};
use frame_system::pallet_prelude::OriginFor;
use sp_runtime::{
	traits::BadOrigin,
	transaction_validity::{
		InvalidTransaction, TransactionLongevity, TransactionSource, TransactionValidityError,
		TransactionValidityWithRefund, ValidTransaction,
	},
};
use voltree_primitives::{Clock, Moment};

/// Who sends what a device has said.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Sender<AccountId> {
	/// An account that signed the extrinsic: the device's own, or that of whoever relays.
	Account(AccountId),
	/// Nobody: the device's signature has to say all.
	Nobody,
	/// Nobody, and the device's signature was found good when the extrinsic was authorized.
	Authorized,
}

/// Why an extrinsic without a sender is refused: `InvalidTransaction::Custom` with the error's number in
/// the metadata.
pub fn refusal<T>(error: Error<T>) -> TransactionValidityError {
	let number = error.using_encoded(|bytes| bytes.first().copied().unwrap_or(u8::MAX));
	InvalidTransaction::Custom(number).into()
}

impl<T: Config> Pallet<T> {
	/// Who sends, where somebody may.
	pub(crate) fn sender(origin: OriginFor<T>) -> Result<Sender<T::AccountId>, BadOrigin> {
		match origin.into() {
			Ok(RawOrigin::Signed(who)) => Ok(Sender::Account(who)),
			Ok(RawOrigin::Authorized) => Ok(Sender::Authorized),
			_ => Err(BadOrigin),
		}
	}

	/// Fails unless what nobody sends passes `check`. Without a signature nothing is looked at, so
	/// that extrinsics whose sender is the device pay for nothing here.
	fn authorize<Checked>(
		signature: &Option<T::Signature>,
		check: impl FnOnce(&Sender<T::AccountId>, Option<&T::Signature>) -> Result<Checked, Error<T>>,
	) -> Result<Checked, TransactionValidityError> {
		match signature {
			Some(_) => check(&Sender::Nobody, signature.as_ref()).map_err(refusal),
			None => Err(refusal::<T>(Error::MissingSignature)),
		}
	}

	/// The weight of authorizing what has this signature.
	pub(crate) fn weight_of_authorizing(
		signature: &Option<T::Signature>,
		weight: impl FnOnce() -> Weight,
	) -> Weight {
		signature.as_ref().map_or(Weight::zero(), |_| weight())
	}

	/// Whether a report may come without a sender: it would be accepted now. It stays in the pool for
	/// as long as it is fresh.
	///
	/// The tag by which a device has one report in the pool, and the priority, are those of signed
	/// reports, and are given where theirs are.
	pub fn authorize_report(
		_: TransactionSource,
		report: &SensorReport<T::AccountId>,
		signature: &Option<T::Signature>,
	) -> TransactionValidityWithRefund {
		let accepted = Self::authorize(signature, |nobody, signed| {
			Self::check_report(nobody, report, signed)
		})?;
		let speaks_until = report.observed.saturating_add(accepted.parameters.freshness);
		let left = speaks_until.saturating_sub(T::Clock::now());
		let validity = ValidTransaction { longevity: blocks::<T>(left), ..Default::default() };
		Ok((validity, Weight::zero()))
	}

	/// Whether a meter's reading may come without a sender: it would be accepted now.
	pub fn authorize_register(
		_: TransactionSource,
		reading: &RegisterReading<T::AccountId>,
		signature: &Option<T::Signature>,
	) -> TransactionValidityWithRefund {
		Self::authorize(signature, |nobody, signed| Self::check_register(nobody, reading, signed))?;
		Ok(Default::default())
	}

	/// Whether a meter's readings may come without a sender: all would be accepted now.
	pub fn authorize_registers(
		_: TransactionSource,
		readings: &RegisterReadings<T::AccountId>,
		signature: &Option<T::Signature>,
	) -> TransactionValidityWithRefund {
		Self::authorize(signature, |nobody, signed| {
			Self::check_registers(nobody, readings, signed)
		})?;
		Ok(Default::default())
	}

	/// Whether an hour's root may come without a sender: it would be accepted now.
	pub fn authorize_series(
		_: TransactionSource,
		series: &SeriesRoot<T::AccountId>,
		signature: &Option<T::Signature>,
	) -> TransactionValidityWithRefund {
		Self::authorize(signature, |nobody, signed| Self::check_series(nobody, series, signed))?;
		Ok(Default::default())
	}
}

/// How many blocks come in `time`, at least one.
fn blocks<T: Config>(time: Moment) -> TransactionLongevity {
	time.checked_div(T::Clock::slot_duration()).unwrap_or_default().max(1)
}
