//! What the chain keeps.

use frame_support::pallet_macros::pallet_section;

/// The storage; a section of [`crate::pallet`].
#[pallet_section]
mod storage {
	/// The key of the management centre's service.
	#[pallet::storage]
	pub type ServiceKey<T: Config> = StorageValue<_, T::AccountId, OptionQuery>;

	/// The service key before the current one, and the last moment at which it still counts.
	#[pallet::storage]
	pub type RetiringServiceKey<T: Config> = StorageValue<_, (T::AccountId, Moment), OptionQuery>;

	/// Certificates by account; never removed.
	#[pallet::storage]
	pub type Certificates<T: Config> =
		StorageMap<_, Blake2_128Concat, T::AccountId, Certificate, OptionQuery>;

	/// What is known about a tag; never removed.
	// Identity: a tag is a keyed hash made by the management centre, nobody else chooses it.
	#[pallet::storage]
	pub type Members<T: Config> = StorageMap<_, Identity, IdentityTag, MemberOf<T>, OptionQuery>;

	/// Linked wallets: wallet to the account that linked it.
	#[pallet::storage]
	pub type Wallets<T: Config> =
		StorageMap<_, Blake2_128Concat, T::AccountId, T::AccountId, OptionQuery>;

	/// How many wallets an account has linked so far: the number that its next wallet signs.
	#[pallet::storage]
	pub type Nonces<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, u32, ValueQuery>;

	/// Applications that wait for the management centre.
	#[pallet::storage]
	pub type Applications<T: Config> =
		StorageMap<_, Blake2_128Concat, T::AccountId, Application, OptionQuery>;

	/// Registered meters and sensors.
	#[pallet::storage]
	pub type Devices<T: Config> =
		StorageMap<_, Blake2_128Concat, T::AccountId, Device, OptionQuery>;

	/// The keys of devices that have been removed: none of them is ever registered again.
	// One row for a device that the management centre registered and removed; nobody else can make
	// one. It is kept for good, because a signed report never becomes invalid by itself.
	#[pallet::storage]
	pub type RemovedDevices<T: Config> =
		StorageMap<_, Blake2_128Concat, T::AccountId, (), OptionQuery>;

	/// How many meters a tag has on a line.
	// Twox: lines are numbered by the authority.
	#[pallet::storage]
	pub type Meters<T: Config> =
		StorageDoubleMap<_, Identity, IdentityTag, Twox64Concat, LineId, u32, ValueQuery>;

	/// The sensors on a line with their owners, in the order of registration.
	#[pallet::storage]
	pub type Sensors<T: Config> = StorageMap<
		_,
		Twox64Concat,
		LineId,
		BoundedVec<(T::AccountId, IdentityTag), ConstU32<MAX_SENSORS>>,
		ValueQuery,
	>;

	/// The power lines; never removed.
	#[pallet::storage]
	pub type Lines<T: Config> = StorageMap<_, Twox64Concat, LineId, Line, OptionQuery>;

	/// What the authority has tuned; ask [`Pallet::parameters`] for what is in force.
	#[pallet::storage]
	pub type Parameters<T: Config> = StorageValue<_, Versioned<types::Parameters>, ValueQuery>;
}
