//! What the chain keeps.

use frame_support::pallet_macros::pallet_section;

/// The storage; a section of [`crate::pallet`].
#[pallet_section]
mod storage {
	/// Periods of the reports, and models; ask [`Pallet::parameters`] for what is in force.
	#[pallet::storage]
	pub type Parameters<T: Config> = StorageValue<_, Settings, ValueQuery>;

	/// The newest report of each sensor that has made one, and its record.
	#[pallet::storage]
	pub type Reports<T: Config> =
		StorageMap<_, Blake2_128Concat, T::AccountId, SensorRecord<T::AccountId>>;

	/// What each sensor has said, as runs of reports of one kind, and when it was set aside.
	#[pallet::storage]
	pub type Histories<T: Config> =
		StorageMap<_, Blake2_128Concat, T::AccountId, History, ValueQuery>;

	/// What the newest [`Event::LineChanged`] of a line said. Silence has changed the line since,
	/// perhaps: ask the module `safety` or the runtime API instead.
	// Twox: lines are numbered by the authority.
	#[pallet::storage]
	pub type Lines<T: Config> = StorageMap<_, Twox64Concat, LineId, LineState>;

	/// When which line is to be looked at, because somebody may have fallen silent there.
	// Identity: nobody chooses these keys, and they have to sort by time.
	#[pallet::storage]
	pub type Watch<T: Config> = StorageMap<_, Identity, WatchKey, ()>;

	/// The newest registers of each meter, and all since the oldest that a trade waits for, by rising
	/// boundary.
	#[pallet::storage]
	pub type Registers<T: Config> =
		StorageMap<_, Blake2_128Concat, T::AccountId, RegisterBook, ValueQuery>;

	/// The newest roots of each device's series, by rising hour.
	#[pallet::storage]
	pub type Series<T: Config> =
		StorageMap<_, Blake2_128Concat, T::AccountId, SeriesBook, ValueQuery>;
}
