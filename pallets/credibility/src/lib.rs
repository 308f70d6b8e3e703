//! # Credibility
//!
//! Keeps the credit and the compliance record of each identity tag (DESIGN.md, section 3,
//! *Credibility* and the table of events; section 3.1 of the paper, *Payment*). Credit belongs to
//! the person: a new account or certificate inherits it.
//!
//! `Credit_{n+1} = Credit_n - w * volume` for untimely behaviour, rounded up to whole points, at
//! most a cap per event, never below 0. Timely behaviour is counted and gains nothing, as in the
//! paper.
//!
//! | Call | Who | Leads to |
//! |---|---|---|
//! | [`Pallet::set_parameters`] | the authority | other parameters from now on |
//!
//! The rest comes through the traits `OnEnrolled` (from the registry) and `Credibility` (from the
//! market). Who listens to `OnCredit` hears of every change.
//!
//! ## Invariants
//!
//! * Credit is never above what the tag began with.
//! * A record lists the newest of the trades it counts: all of them, up to sixteen.

#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(
	not(test),
	deny(
		clippy::unwrap_used,
		clippy::expect_used,
		clippy::indexing_slicing,
		clippy::arithmetic_side_effects,
		clippy::as_conversions
	)
)]

extern crate alloc;

mod dispatchables;
mod glue;
pub mod runtime_api;
#[cfg(any(feature = "std", feature = "try-runtime"))]
mod try_state;
pub mod types;
pub mod weights;

#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

pub use pallet::*;
pub use types::Score;
pub use weights::WeightInfo;

#[frame_support::pallet]
#[allow(
	clippy::as_conversions,
	clippy::expect_used,
	reason = "FRAME's macros generate both; our own code here only declares and delegates"
)]
pub mod pallet {
	use super::*;
	use frame_support::{pallet_prelude::*, traits::EnsureOrigin, DefaultNoBound};
	use frame_system::pallet_prelude::*;
	use voltree_primitives::{Cause, Credit, IdentityTag, OnCredit, WattHours};

	#[pallet::pallet]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config: frame_system::Config {
		// Primitives
		/// Weights of the calls.
		type WeightInfo: WeightInfo;

		// Dependencies
		/// Told when credit was taken off.
		type OnCredit: OnCredit;

		// Origins
		/// The management centre's authority.
		type AuthorityOrigin: EnsureOrigin<Self::RuntimeOrigin>;
	}

	/// Credit and record of each tag that was ever certified; never removed.
	// Identity: a tag is a keyed hash made by the management centre, nobody else chooses it.
	#[pallet::storage]
	pub type Scores<T: Config> = StorageMap<_, Identity, IdentityTag, Score, OptionQuery>;

	/// What the authority has tuned.
	#[pallet::storage]
	pub type Parameters<T: Config> = StorageValue<_, types::Parameters, ValueQuery>;

	/// What the chain knows from its first block on.
	#[pallet::genesis_config]
	#[derive(DefaultNoBound)]
	pub struct GenesisConfig<T: Config> {
		/// The parameters.
		pub parameters: types::Parameters,
		#[serde(skip)]
		#[doc(hidden)]
		pub _config: core::marker::PhantomData<T>,
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			assert!(
				self.parameters.is_valid(),
				"credibility genesis: every parameter must be at least 1: {:?}",
				self.parameters
			);
			Parameters::<T>::put(&self.parameters);
			// Members of the genesis block may have been enrolled before, when only the default was
			// known: the order of the pallets in a runtime must not matter.
			Scores::<T>::translate_values(|_: Score| Some(Score::new(self.parameters.start)));
		}
	}

	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A new tag has got its first credit.
		Enrolled {
			/// The tag.
			tag: IdentityTag,
			/// Its credit in points.
			credit: Credit,
		},
		/// A tag's behaviour was counted.
		Counted {
			/// The tag.
			tag: IdentityTag,
			/// How often it has behaved as agreed so far.
			timely: u32,
			/// How often it has not.
			untimely: u32,
			/// What happened now.
			cause: Cause,
		},
		/// Untimely behaviour was set against a tag's credit.
		CreditChanged {
			/// The tag.
			tag: IdentityTag,
			/// Credit before, in points.
			before: Credit,
			/// Credit from now on, in points; the same only where nothing was left.
			after: Credit,
			/// The volume concerned, in watt-hours.
			volume: WattHours,
			/// What happened.
			cause: Cause,
		},
		/// The parameters are these now.
		ParametersSet {
			/// All of them.
			parameters: types::Parameters,
		},
	}

	#[pallet::error]
	pub enum Error<T> {
		/// A parameter is 0. Start, weight and cap must be at least 1 each.
		InvalidParameters,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Replace the parameters. Credit that tags have now stays as it is.
		///
		/// Origin: the authority. Emits [`Event::ParametersSet`].
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::set_parameters())]
		pub fn set_parameters(
			origin: OriginFor<T>,
			parameters: types::Parameters,
		) -> DispatchResult {
			T::AuthorityOrigin::ensure_origin(origin)?;
			Self::do_set_parameters(parameters)
		}
	}
}
