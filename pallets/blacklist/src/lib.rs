//! # Blacklist
//!
//! Decides who may open business (DESIGN.md, section 3, *Credibility* and *Who may do what*;
//! section 3.1 of the paper, last point of *Payment*). Credit that falls below a limit brings its
//! tag on the list, once; the event names all accounts behind the tag, and the market ends what the
//! tag has open. Only opening business is refused: whatever is under way is finished, and
//! everything else always passes.
//!
//! The way out: fines are paid, a waiting time has passed, the authority decides, and credit is
//! lifted to a re-entry level above the limit. A tag that falls below the limit again comes on the
//! list again.
//!
//! | Call | Who | Leads to |
//! |---|---|---|
//! | [`Pallet::set_parameters`] | the authority | another limit, waiting time and re-entry level, once the notice is over |
//! | [`Pallet::readmit`] | the authority | a tag leaves the list |
//!
//! The rest comes through the traits `OnCredit` (from credibility) and `Standing` (asked by the
//! market), and through the transaction extension [`CheckStanding`], which refuses the same at the
//! pool where the transaction shows it.
//!
//! ## Invariants
//!
//! * No entry lies in the future, and each belongs to a person with an account.
//! * A tag comes on the list once: its entry keeps the time and the credit of that moment until it
//!   is readmitted.

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
pub mod extension;
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

#[cfg(feature = "runtime-benchmarks")]
pub use benchmarking::BenchmarkHelper;
pub use extension::{CheckStanding, Openings, Refusal, MAX_OPENINGS};
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
	use sp_runtime::transaction_validity::{TransactionLongevity, TransactionPriority};
	use voltree_primitives::{
		AccountsOf, Clock, Credibility, Credit, Directory, IdentityTag, Moment, OnBlacklisted,
		Versioned,
	};

	/// The layout of what is stored: see [`crate::migrations`].
	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config: frame_system::Config {
		// Primitives
		/// Weights of the calls and of the transaction extension.
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
		/// Told when a tag comes on the list.
		type OnBlacklisted: OnBlacklisted;
		/// Which calls open business, and which are a device's free reports.
		type Openings: Openings<Self::RuntimeCall, Self::AccountId>;
		/// Prepares what benchmarks need of the neighbours.
		#[cfg(feature = "runtime-benchmarks")]
		type BenchmarkHelper: BenchmarkHelper<Self>;

		// Origins
		/// The management centre's authority.
		type AuthorityOrigin: EnsureOrigin<Self::RuntimeOrigin>;

		// Parameters
		/// The notice that changes take, in milliseconds: two delivery slots.
		type Notice: Get<Moment>;
		/// Priority of a device's free report in the pool. Fee and tip make that of others, so it
		/// has to be well above what an ordinary transaction reaches: a full pool drops the lowest.
		#[pallet::constant]
		type ReportPriority: Get<TransactionPriority>;
		/// Blocks after which the pool lets go of a free report that nobody has taken.
		#[pallet::constant]
		type ReportLongevity: Get<TransactionLongevity>;
	}

	/// The blacklist.
	// Identity: a tag is a keyed hash made by the management centre, nobody else chooses it.
	#[pallet::storage]
	pub type Entries<T: Config> = StorageMap<_, Identity, IdentityTag, Entry, OptionQuery>;

	/// What the authority has tuned.
	#[pallet::storage]
	pub type Parameters<T: Config> = StorageValue<_, Versioned<types::Parameters>, ValueQuery>;

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
				"blacklist genesis: a parameter is out of its range: {:?}",
				self.parameters
			);
			Parameters::<T>::put(Versioned::new(self.parameters.clone()));
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
		/// Other parameters were announced. What was announced before and is not in force yet is
		/// dropped.
		ParametersSet {
			/// Their version.
			version: u32,
			/// All of them.
			parameters: types::Parameters,
			/// First moment at which they are in force.
			from: Moment,
		},
		/// A person may open business again.
		Readmitted {
			/// The person's tag.
			tag: IdentityTag,
			/// Its credit from now on, in points: the re-entry level, less where the person began
			/// with less, more where it has gained more.
			credit: Credit,
			/// All the person's accounts, certified ones first, then linked wallets.
			accounts: Vec<T::AccountId>,
		},
	}

	#[pallet::error]
	pub enum Error<T> {
		/// The person behind this account is on the blacklist, because its credit fell below the
		/// limit. What is under way can be finished; new business has to wait until the authority
		/// lets the person back.
		Blacklisted,
		/// The person behind this account or tag owes a fine. Pay it first.
		FinesDue,
		/// A parameter is out of its range. The limit must be at least 1, the re-entry level above
		/// it, the waiting time at most 366 days.
		InvalidParameters,
		/// This tag is not on the blacklist. Nothing is left to do; see whether it is the right
		/// tag.
		NotListed,
		/// The waiting time since this tag came on the list is not over. Try again when it is: the
		/// runtime API's `standing` says from when on.
		StillWaiting,
		/// This person began with less credit than the limit, and nobody is lifted above what he
		/// began with. Lower the limit first.
		StartBelowLimit,
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
		/// Announce other parameters; they come into force when [`Config::Notice`] is over. Nobody
		/// comes on the list by that alone, or leaves it: the new limit counts when credit is taken
		/// off the next time, the new waiting time and re-entry level at the next readmission.
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

		/// Let a tag open business again. Its credit is lifted to the re-entry level, but never
		/// above what it began with; credit that is higher by gains stays. A tag that would then
		/// still be below the limit is not readmitted, since nothing it does could bring it above.
		///
		/// Origin: the authority. Emits [`Event::Readmitted`]. Errors: [`Error::NotListed`],
		/// [`Error::StillWaiting`], [`Error::FinesDue`], [`Error::StartBelowLimit`].
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::readmit())]
		pub fn readmit(origin: OriginFor<T>, tag: IdentityTag) -> DispatchResult {
			T::AuthorityOrigin::ensure_origin(origin)?;
			Self::do_readmit(&tag)
		}
	}

	/// What the transaction extension answers, for clients to read from the metadata: see
	/// [`Refusal`].
	#[pallet::extra_constants]
	impl<T: Config> Pallet<T> {
		/// `InvalidTransaction::Custom` of a sender without a valid certificate for the call.
		#[pallet::constant_name(RefusedUncertified)]
		fn refused_uncertified() -> u8 {
			Refusal::Uncertified.code()
		}

		/// `InvalidTransaction::Custom` of a sender who is on the blacklist.
		#[pallet::constant_name(RefusedBlacklisted)]
		fn refused_blacklisted() -> u8 {
			Refusal::Blacklisted.code()
		}

		/// `InvalidTransaction::Custom` of a sender who owes a fine.
		#[pallet::constant_name(RefusedFinesDue)]
		fn refused_fines_due() -> u8 {
			Refusal::FinesDue.code()
		}
	}
}
