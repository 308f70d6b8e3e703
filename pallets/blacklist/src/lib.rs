//! # Blacklist
//!
//! Decides who may open business (DESIGN.md, section 3, *Credibility* and *Who may do what*;
//! section 3.1 of the paper, last point of *Payment*). Credit that falls below a limit brings its
//! tag on the list, once, and the event names all accounts behind the tag. Only opening business is
//! refused: whatever is under way is finished, and everything else always passes.
//!
//! | Call | Who | Leads to |
//! |---|---|---|
//! | [`Pallet::set_parameters`] | the authority | another limit, for coming changes of credit |
//!
//! The rest comes through the traits `OnCredit` (from credibility) and `Standing` (asked by the
//! market).
//!
//! ## Invariants
//!
//! * No entry lies in the future, and each belongs to a person with an account.
//! * A tag comes on the list once: its entry keeps the time and the credit of that moment.

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
pub use types::{AccountStanding, Entry};
pub use weights::WeightInfo;

#[frame_support::pallet]
#[allow(
	clippy::as_conversions,
	clippy::expect_used,
	reason = "FRAME's macros generate both; our own code here only declares and delegates"
)]
pub mod pallet {
	use super::*;
	use alloc::vec::Vec;
	use frame_support::{pallet_prelude::*, traits::EnsureOrigin, DefaultNoBound};
	use frame_system::pallet_prelude::*;
	use voltree_primitives::{AccountsOf, Clock, Credibility, Credit, Directory, IdentityTag};

	#[pallet::pallet]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config: frame_system::Config {
		// Primitives
		/// Weights of the calls.
		type WeightInfo: WeightInfo;

		// Dependencies
		/// The chain's time.
		type Clock: Clock;
		/// Who is who.
		type Directory: Directory<Self::AccountId>;
		/// The accounts behind a tag.
		type Accounts: AccountsOf<Self::AccountId>;
		/// Credit, record and fines.
		type Credibility: Credibility;

		// Origins
		/// The management centre's authority.
		type AuthorityOrigin: EnsureOrigin<Self::RuntimeOrigin>;
	}

	/// The blacklist.
	// Identity: a tag is a keyed hash made by the management centre, nobody else chooses it.
	#[pallet::storage]
	pub type Entries<T: Config> = StorageMap<_, Identity, IdentityTag, Entry, OptionQuery>;

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
				"blacklist genesis: the limit must be at least 1: {:?}",
				self.parameters
			);
			Parameters::<T>::put(&self.parameters);
		}
	}

	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A person may not open business any more. The broadcast to all users.
		Blacklisted {
			/// The person's tag.
			tag: IdentityTag,
			/// The credit, in points, that fell below the limit.
			credit: Credit,
			/// All the person's accounts, certified ones first, then linked wallets.
			accounts: Vec<T::AccountId>,
		},
		/// The parameters are these now.
		ParametersSet {
			/// All of them.
			parameters: types::Parameters,
		},
	}

	#[pallet::error]
	pub enum Error<T> {
		/// The person behind this account is on the blacklist, because its credit fell below the
		/// limit. What is under way can be finished; new business has to wait until the authority
		/// lets the person back.
		Blacklisted,
		/// The person behind this account owes a fine. Pay it first.
		FinesDue,
		/// The limit is 0, below which no credit can fall. It must be at least 1.
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
		/// Replace the parameters. Nobody comes on the list by that alone, or leaves it: the new
		/// limit counts when credit is taken off the next time.
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
