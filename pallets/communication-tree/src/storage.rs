//! What the pallet keeps.

use frame_support::pallet_macros::pallet_section;

/// The storage; a section of [`crate::pallet`].
#[pallet_section]
mod storage {
	#[pallet::type_value]
	pub fn DefaultSlotDuration<T: Config>() -> Moment {
		DEFAULT_SLOT
	}

	/// Now: the current block slot times its duration, worked out once a block because everything that
	/// has a deadline asks. Empty before the first block that knows of it.
	#[pallet::storage]
	pub type Now<T: Config> = StorageValue<_, Moment, OptionQuery>;

	/// Length of a block slot in milliseconds; fixed for the chain's life.
	#[pallet::storage]
	pub type SlotDuration<T: Config> = StorageValue<_, Moment, ValueQuery, DefaultSlotDuration<T>>;

	/// The rules of trust and trees; ask [`Pallet::rules`] for what is in force.
	#[pallet::storage]
	pub type RulesInForce<T: Config> = StorageValue<_, Versioned<Rules>, ValueQuery>;

	/// All data aggregators, those on their way out included.
	#[pallet::storage]
	pub type Aggregators<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, Aggregator>;

	/// The admitted data aggregators, in the order in which they were admitted.
	#[pallet::storage]
	pub type Roster<T: Config> = StorageValue<_, PerMember<T::AccountId>, ValueQuery>;

	/// Those who have left or were removed and are still active voters.
	#[pallet::storage]
	pub type Leavers<T: Config> = StorageValue<_, PerMember<T::AccountId>, ValueQuery>;

	/// Whose each node key is.
	#[pallet::storage]
	pub type Nodes<T: Config> = StorageMap<_, Blake2_128Concat, NodeKey, T::AccountId>;

	/// What was frozen at the start of the newest sessions.
	// Twox: sessions are numbered by the chain.
	#[pallet::storage]
	pub type Snapshots<T: Config> =
		StorageMap<_, Twox64Concat, SessionIndex, Snapshot<T::AccountId>>;

	/// The overheads between the members of the newest snapshot, frozen with it.
	#[pallet::storage]
	pub type Overheads<T: Config> = StorageValue<_, Matrix, ValueQuery>;

	/// The hash of the newest snapshot and its overheads.
	#[pallet::storage]
	pub type SnapshotHash<T: Config> = StorageValue<_, H256, ValueQuery>;

	/// The sessions that have a snapshot, the oldest first, each with the slot of the block in which
	/// it was frozen.
	#[pallet::storage]
	pub type Starts<T: Config> =
		StorageValue<_, BoundedVec<(SessionIndex, Slot), ConstU32<HISTORY>>, ValueQuery>;

	/// The authors of the running session, in the order of their turns.
	// Twox: turns are numbered by the chain.
	#[pallet::storage]
	pub type Turns<T: Config> = StorageMap<_, Twox64Concat, u32, Turn<T::AccountId>>;

	/// The slot of the newest block.
	#[pallet::storage]
	pub type LastSlot<T: Config> = StorageValue<_, Slot, ValueQuery>;

	/// What data aggregators have reported about the session before the running one.
	#[pallet::storage]
	pub type Reports<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, Report>;
}
