//! # Communication tree
//!
//! The data aggregators (DAs): who they are, how far they are trusted, in which order they write
//! blocks, down which tree a block travels, and the clock that their block slots make (section 6 of
//! DESIGN.md, section 3.2 of the paper).
//!
//! | Call | Who | Leads to |
//! |---|---|---|
//! | [`Pallet::admit`] | the management centre's authority | one DA more |
//! | [`Pallet::remove`], [`Pallet::leave`] | the authority, the DA | leaving, then gone |
//! | [`Pallet::set_node`], [`Pallet::set_link`] | the DA | another node key, another linking number |
//! | [`Pallet::purge_keys`] | an account that is no DA | no session keys |
//! | [`Pallet::report`] | a DA, once a session, free | trust of those it rated |
//! | [`Pallet::report_author_equivocation`] | anyone with two sealed headers, free | a marked DA |
//! | [`Pallet::set_rules`] | the authority | other rules, with notice |
//!
//! | Part | What |
//! |---|---|
//! | [`trust`], [`tree`] | what follows from reports and snapshots: pure, shared with the node |
//! | `membership` | admission and leaving |
//! | `turns` | who writes which block, counted block by block; [`InOrder`] gives Aura the order |
//! | `sessions` | who votes, what is frozen when a session starts |
//! | `scoring` | what a session's end does to trust |
//! | `offences` | equivocations, and proofs of who owned which key |
//! | `clock` | [`Clock`](voltree_primitives::Clock) for [`Pallet`], [`SlotDurationOf`], [`HalfSlotOf`] |
//!
//! **Votes and turns are different things.** GRANDPA's voters are all admitted DAs in the order of
//! their admission, and change only by admission, removal or a proved equivocation. Aura's authors are
//! the trusted ones in the order N\*. Trust orders and places a DA; it never takes its vote.
//!
//! ## Two sessions
//!
//! The session pallet plans a session ahead: who is admitted in session `i` is planned when `i + 1`
//! starts and votes from `i + 2` on. What is frozen when a session starts counts for the blocks after
//! the one in which it started: that one was sealed by the old set.
//!
//! ## Invariants
//!
//! * The slot duration is set at genesis, is at least [`SHORTEST_SLOT`], and never changes.
//! * Chain time is the current Aura slot times the slot duration, in hooks and calls alike: Aura
//!   comes before every pallet with deadlines in the runtime's order.
//! * In that order this pallet stands between authorship, which reads the turns of the set that sealed
//!   the block, and session, which may replace it.
//! * Four admitted DAs with session keys are never made fewer than four.
//! * A DA is in the roster or among the leavers, never both; a node key belongs to one of them.
//! * The newest snapshot has exactly the active voters, and its authors are Aura's, in their order.

#![cfg_attr(not(feature = "std"), no_std)]
// `expect_used` and `as_conversions` are left out: they fire inside what FRAME's macros write.
#![cfg_attr(
	not(test),
	deny(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)
)]

extern crate alloc;

pub mod migrations;
pub mod neighbours;
pub mod rules;
pub mod runtime_api;
pub mod tree;
pub mod trust;
pub mod types;
pub mod weights;

#[cfg(feature = "runtime-benchmarks")]
#[allow(
	clippy::arithmetic_side_effects,
	clippy::indexing_slicing,
	clippy::unwrap_used,
	reason = "benchmarks run on the machine of who measures, never on a chain"
)]
mod benchmarking;
mod clock;
mod errors;
mod events;
mod membership;
mod offences;
mod reads;
mod reports;
mod scoring;
mod sessions;
mod storage;
mod try_state;
mod turns;

#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

use frame_support::pallet_macros::import_section;

#[cfg(feature = "runtime-benchmarks")]
pub use benchmarking::BenchmarkHelper;
pub use clock::{HalfSlotOf, SlotDurationOf, LONGEST_SLOT, SHORTEST_SLOT};
pub use neighbours::Sessions;
pub use offences::AuthorEquivocation;
pub use pallet::*;
pub use rules::*;
pub use tree::Basis;
pub use turns::InOrder;
pub use types::*;
pub use weights::WeightInfo;

#[import_section(errors::errors)]
#[import_section(events::events)]
#[import_section(storage::storage)]
#[frame_support::pallet]
#[allow(clippy::borrowed_box, reason = "a call's arguments are handed over as they are declared")]
pub mod pallet {
	use super::{
		neighbours::Sessions, rules::*, types::*, WeightInfo, LONGEST_SLOT, SHORTEST_SLOT,
	};
	use crate::AuthorEquivocation;
	use alloc::{boxed::Box, vec::Vec};
	use frame_support::pallet_prelude::*;
	use frame_system::pallet_prelude::*;
	use sp_core::{ed25519, H256};
	use sp_staking::{offence::ReportOffence, SessionIndex};
	use voltree_primitives::{Moment, Versioned};

	/// The layout of the storage.
	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::config]
	pub trait Config: frame_system::Config<Hash = H256> {
		// Primitives
		/// What the calls and the hooks cost.
		type WeightInfo: WeightInfo;

		// Origins
		/// The management centre's authority.
		type AuthorityOrigin: EnsureOrigin<Self::RuntimeOrigin>;

		// Dependencies
		/// Number of the current block slot, from Aura.
		type CurrentSlot: Get<u64>;
		/// How many authors take turns, from Aura.
		type Authors: Get<u32>;
		/// Sessions and session keys.
		type Sessions: Sessions<Self::AccountId>;
		/// Where proved equivocations are kept, each once.
		type Offences: ReportOffence<
			Self::AccountId,
			Self::AccountId,
			AuthorEquivocation<Self::AccountId>,
		>;

		// Parameters
		/// Blocks further apart than this, in milliseconds, are an outage, in which nobody misses
		/// a turn.
		type Outage: Get<Moment>;
		/// The notice that changes of the rules take, in milliseconds: two delivery slots.
		type Notice: Get<Moment>;

		// Benchmarks
		/// Session keys, seals and time for benchmarks.
		#[cfg(feature = "runtime-benchmarks")]
		type BenchmarkHelper: crate::BenchmarkHelper<Self>;
	}

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	#[pallet::genesis_config]
	pub struct GenesisConfig<T: Config> {
		/// Length of a block slot in milliseconds, 200 to 60,000.
		pub slot_duration: Moment,
		/// The data aggregators of the first block, in the order of their admission. If there are
		/// none here, they are those whose session keys the session pallet is given.
		pub aggregators: Vec<Founder<T::AccountId>>,
		/// The rules of trust and trees.
		pub rules: Rules,
	}

	impl<T: Config> Default for GenesisConfig<T> {
		fn default() -> Self {
			Self { slot_duration: DEFAULT_SLOT, aggregators: Vec::new(), rules: Rules::default() }
		}
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			assert!(
				(SHORTEST_SLOT..=LONGEST_SLOT).contains(&self.slot_duration),
				"communicationTree.slotDuration is {} ms; choose 200 to 60,000 ms",
				self.slot_duration,
			);
			SlotDuration::<T>::put(self.slot_duration);
			assert!(
				self.rules.are_valid(),
				"communicationTree.rules: 1 <= threshold <= prior <= 10^9, 1 <= priorTasks <= 1,000, \
				 allowance < 10^9, 1 <= mostChange <= 10^9, recovery <= mostChange, \
				 probation <= 1,000, one weight, overheadThreshold and paths.uplink above 0, at \
				 least one mode",
			);
			RulesInForce::<T>::put(Versioned::new(self.rules.clone()));
			Pallet::<T>::found(&self.aggregators);
		}
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn on_initialize(_: BlockNumberFor<T>) -> Weight {
			Now::<T>::put(Self::moment_of_slot());
			T::WeightInfo::on_initialize(Self::count_turns())
				.saturating_add(T::DbWeight::get().reads_writes(2, 1))
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Admit a data aggregator. `signature` is its node key's, over the message that the runtime
		/// API's `node_message` returns for `account`. It begins on probation. Emits
		/// [`Event::Admitted`].
		///
		/// Origin: the management centre's authority. Errors: [`Error::AlreadyAdmitted`],
		/// [`Error::StillLeaving`], [`Error::NoKeys`], [`Error::NodeTaken`],
		/// [`Error::InvalidLink`], [`Error::TooManyAggregators`], [`Error::BadNodeSignature`].
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::admit())]
		pub fn admit(
			origin: OriginFor<T>,
			account: T::AccountId,
			node: NodeKey,
			signature: ed25519::Signature,
			#[pallet::compact] link: u32,
		) -> DispatchResult {
			T::AuthorityOrigin::ensure_origin(origin)?;
			Self::do_admit(account, node, &signature, link)
		}

		/// Remove a data aggregator. Emits [`Event::Leaving`], and [`Event::Left`] when it is no
		/// longer an active voter.
		///
		/// Origin: the management centre's authority. Errors: [`Error::NotAdmitted`],
		/// [`Error::TooFewLeft`].
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::leave())]
		pub fn remove(origin: OriginFor<T>, account: T::AccountId) -> DispatchResult {
			T::AuthorityOrigin::ensure_origin(origin)?;
			Self::do_leave(account, true)
		}

		/// Be a data aggregator no more. Its node has to run on until [`Event::Left`]: until then it
		/// votes. Emits [`Event::Leaving`].
		///
		/// Origin: signed by the data aggregator. Errors: [`Error::NotAdmitted`],
		/// [`Error::TooFewLeft`].
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::leave())]
		pub fn leave(origin: OriginFor<T>) -> DispatchResult {
			Self::do_leave(ensure_signed(origin)?, false)
		}

		/// Prove another node key, for a node that was replaced, or one that was not known at
		/// genesis. Emits [`Event::NodeChanged`].
		///
		/// Origin: signed by the data aggregator. Errors: [`Error::NotAdmitted`],
		/// [`Error::NodeTaken`], [`Error::BadNodeSignature`].
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::set_node())]
		pub fn set_node(
			origin: OriginFor<T>,
			node: NodeKey,
			signature: ed25519::Signature,
		) -> DispatchResult {
			Self::do_set_node(ensure_signed(origin)?, node, &signature)
		}

		/// Declare another linking number. Emits [`Event::LinkChanged`].
		///
		/// Origin: signed by the data aggregator. Errors: [`Error::NotAdmitted`],
		/// [`Error::InvalidLink`].
		#[pallet::call_index(4)]
		#[pallet::weight(T::WeightInfo::set_link())]
		pub fn set_link(origin: OriginFor<T>, #[pallet::compact] link: u32) -> DispatchResult {
			Self::do_set_link(ensure_signed(origin)?, link)
		}

		/// Forget the caller's session keys. The session pallet's own call of this name is closed: a
		/// voter without keys would silently be dropped from the set.
		///
		/// Origin: signed. Errors: [`Error::KeysInUse`], and those of the session pallet.
		#[pallet::call_index(5)]
		#[pallet::weight(T::WeightInfo::purge_keys())]
		pub fn purge_keys(origin: OriginFor<T>) -> DispatchResult {
			Self::do_purge_keys(&ensure_signed(origin)?)
		}

		/// Report about the session before the running one: how well those forwarded who were to
		/// forward to the reporter, and how far the others are. Free while it would be accepted.
		/// Emits [`Event::Reported`].
		///
		/// Origin: signed by the data aggregator, or by the account whose key is its author key in
		/// that session. Errors: [`Error::WrongSession`], [`Error::NotTheReporter`],
		/// [`Error::AlreadyReported`], [`Error::InvalidRating`], [`Error::InvalidOverheads`].
		#[pallet::call_index(6)]
		#[pallet::weight(T::WeightInfo::report(MAX_AGGREGATORS))]
		#[pallet::feeless_if(|origin: &OriginFor<T>, report: &Report| -> bool {
			Pallet::<T>::is_free_report(origin, report)
		})]
		pub fn report(origin: OriginFor<T>, report: Report) -> DispatchResultWithPostInfo {
			let members = Self::do_report(&ensure_signed(origin)?, report)?;
			Ok(Some(T::WeightInfo::report(members)).into())
		}

		/// Prove that an author sealed two blocks of one slot. Free while it would be accepted. Emits
		/// [`Event::Equivocated`].
		///
		/// Origin: signed. Errors: [`Error::HeaderTooLong`], [`Error::NotAnEquivocation`],
		/// [`Error::AlreadyProved`].
		#[pallet::call_index(7)]
		#[pallet::weight(T::WeightInfo::report_author_equivocation())]
		#[pallet::feeless_if(|
			origin: &OriginFor<T>,
			first: &Box<HeaderFor<T>>,
			second: &Box<HeaderFor<T>>
		| -> bool {
			Pallet::<T>::is_free_proof(origin, first, second)
		})]
		pub fn report_author_equivocation(
			origin: OriginFor<T>,
			first: Box<HeaderFor<T>>,
			second: Box<HeaderFor<T>>,
		) -> DispatchResult {
			Self::do_report_author_equivocation(ensure_signed(origin)?, &first, &second)
		}

		/// Announce other rules, in force for the sessions that start once [`Config::Notice`] has
		/// passed; what was announced before and is not in force yet is dropped. Emits
		/// [`Event::RulesSet`].
		///
		/// Origin: the management centre's authority. Errors: [`Error::InvalidRules`].
		#[pallet::call_index(8)]
		#[pallet::weight(T::WeightInfo::set_rules())]
		pub fn set_rules(origin: OriginFor<T>, rules: Rules) -> DispatchResult {
			T::AuthorityOrigin::ensure_origin(origin)?;
			Self::do_set_rules(rules)
		}
	}
}
