//! # Credibility
//!
//! Keeps the credit and the compliance record of each identity tag (DESIGN.md, section 3,
//! *Credibility* and the table of events; section 3.1 of the paper, *Payment*). Credit belongs to
//! the person: a new account or certificate inherits it.
//!
//! `Credit_{n+1} = Credit_n - w * volume` for untimely behaviour, rounded up to whole points, at
//! most a cap per event, never below 0. A timely trade gains a few points, once per partner and
//! day, never above what the tag began with; the gain is 0 by default, as in the paper. Fines that
//! could not be collected are kept as a debt of the tag.
//!
//! What an event costs or gains is said by the terms under which its request or trade was made
//! ([`voltree_primitives::Terms`]): parameters change with notice and never reach back.
//!
//! | Call | Who | Leads to |
//! |---|---|---|
//! | [`Pallet::set_parameters`] | the authority | other terms, once the notice is over |
//!
//! The rest comes through the traits `OnEnrolled` (from the registry) and `Credibility` (from the
//! market, the shared wallet and the blacklist). Who listens to `OnCredit` hears of every change.
//! In idle time, a bounded number of the gains of days that are over is forgotten per block.
//!
//! ## Invariants
//!
//! * Credit is never above what the tag began with, and equals what its events add up to.
//! * What a tag owes equals what its events add up to.
//! * A record lists the newest of the trades it counts: all of them, up to sixteen.
//! * Gains belong to known tags and never to a day that is still to come.

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

mod benchmarking;
mod dispatchables;
mod gains;
mod glue;
pub mod migrations;
pub mod runtime_api;
#[cfg(any(feature = "std", feature = "try-runtime"))]
mod try_state;
pub mod types;
pub mod weights;

#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

pub use gains::MAX_FORGOTTEN;
pub use pallet::*;
pub use types::{Day, Score};
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
	use voltree_primitives::{
		Balance, Cause, Clock, Credit, IdentityTag, Moment, OnCredit, Versioned, WattHours,
	};

	/// The layout of what is stored: see [`crate::migrations`].
	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config: frame_system::Config {
		// Primitives
		/// Weights of the calls and of the idle time.
		type WeightInfo: WeightInfo;

		// Dependencies
		/// The chain's time.
		type Clock: Clock;
		/// Told when credit changed.
		type OnCredit: OnCredit;

		// Parameters
		/// The notice that changes take, in milliseconds: two delivery slots.
		type Notice: Get<Moment>;

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
	pub type Parameters<T: Config> = StorageValue<_, Versioned<types::Parameters>, ValueQuery>;

	/// Who has gained by trading with whom today: the day, the tag that gained, its partner. The
	/// keys of days that are over come first, and leave in idle time.
	// Identity: the day is the chain's, and nobody chooses a tag. The order of the keys counts.
	#[pallet::storage]
	pub type Gains<T: Config> =
		StorageMap<_, Identity, (Day, IdentityTag, IdentityTag), (), OptionQuery>;

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
				"credibility genesis: a parameter is out of its range: {:?}",
				self.parameters
			);
			Parameters::<T>::put(Versioned::new(self.parameters.clone()));
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
		/// Other parameters were announced. What was announced before and is not in force yet is
		/// dropped.
		ParametersSet {
			/// Their version, which terms carry.
			version: u32,
			/// All of them.
			parameters: types::Parameters,
			/// First moment at which they are in force.
			from: Moment,
		},
		/// A tag has gained credit by a timely trade: the first with this partner today.
		CreditGained {
			/// The tag.
			tag: IdentityTag,
			/// The other side of the trade.
			partner: IdentityTag,
			/// Credit before, in points.
			before: Credit,
			/// Credit from now on, in points.
			after: Credit,
		},
		/// A tag's credit was lifted on its way off the blacklist.
		CreditReinstated {
			/// The tag.
			tag: IdentityTag,
			/// Credit before, in points.
			before: Credit,
			/// Credit from now on, in points.
			after: Credit,
		},
		/// A fine could not be collected; the tag owes it from now on.
		FineDue {
			/// The tag.
			tag: IdentityTag,
			/// The new debt, in the smallest unit.
			amount: Balance,
			/// All that the tag owes now.
			due: Balance,
		},
		/// A tag has paid a part of its fines, or all.
		FinePaid {
			/// The tag.
			tag: IdentityTag,
			/// What was paid, in the smallest unit.
			amount: Balance,
			/// What the tag still owes.
			due: Balance,
		},
	}

	#[pallet::error]
	pub enum Error<T> {
		/// A parameter is out of its range. Start, weight, cap and smallest fine must be at least 1
		/// each, the gain at most the start, the rate of a fine at most 1000 thousandths, the
		/// smallest fine at most what fits into 64 bits.
		InvalidParameters,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		// In idle time: nothing rests on what is forgotten here, so a full block only puts it off.
		fn on_idle(_: BlockNumberFor<T>, remaining: Weight) -> Weight {
			Self::forget_gains(Day::from(T::Clock::now()), remaining)
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Announce other parameters; they come into force when [`Config::Notice`] is over. Credit
		/// that tags have by then stays as it is, and so do the terms of requests and trades.
		///
		/// Origin: the authority. Emits [`Event::ParametersSet`]. Errors:
		/// [`Error::InvalidParameters`].
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
