//! Weights of the blacklist's calls and of its transaction extension.
//!
//! Estimated: storage is counted by hand at the largest sizes, computing is set well above what
//! such code takes on a small machine.

use core::marker::PhantomData;
use frame_support::{
	traits::Get,
	weights::{constants::ParityDbWeight, RuntimeDbWeight, Weight},
};

/// Any call: dispatch, a few comparisons, an event.
const BASE: u64 = 25_000_000;
/// A look at a call that opens no business.
const LOOK: u64 = 500_000;
/// A person's standing: a few small values decoded.
const STANDING: u64 = 10_000_000;

/// What each call costs at most, and the extension.
pub trait WeightInfo {
	/// [`crate::Pallet::set_parameters`]
	fn set_parameters() -> Weight;
	/// [`crate::Pallet::readmit`], of a person with the most accounts.
	fn readmit() -> Weight;
	/// [`crate::CheckStanding`] in front of a call with `n` openings.
	fn check_standing(n: u32) -> Weight;
}

/// The parameters and the time.
fn set_parameters(db: RuntimeDbWeight) -> Weight {
	Weight::from_parts(BASE, 0).saturating_add(db.reads_writes(3, 1))
}

/// The entry, the parameters, the time, the score and the person's accounts.
fn readmit(db: RuntimeDbWeight) -> Weight {
	Weight::from_parts(2 * BASE, 0).saturating_add(db.reads_writes(8, 2))
}

/// Each: whom it is for, the owner behind a wallet, the certificate, the time, the entry, the score.
fn check_standing(db: RuntimeDbWeight, n: u32) -> Weight {
	Weight::from_parts(STANDING, 0)
		.saturating_add(db.reads(6))
		.saturating_mul(n.into())
		.saturating_add(Weight::from_parts(LOOK, 0))
}

/// Weights of a chain with its own costs of storage.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	fn set_parameters() -> Weight {
		set_parameters(T::DbWeight::get())
	}

	fn readmit() -> Weight {
		readmit(T::DbWeight::get())
	}

	fn check_standing(n: u32) -> Weight {
		check_standing(T::DbWeight::get(), n)
	}
}

impl WeightInfo for () {
	fn set_parameters() -> Weight {
		set_parameters(ParityDbWeight::get())
	}

	fn readmit() -> Weight {
		readmit(ParityDbWeight::get())
	}

	fn check_standing(n: u32) -> Weight {
		check_standing(ParityDbWeight::get(), n)
	}
}
