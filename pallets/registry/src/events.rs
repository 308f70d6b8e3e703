//! What the pallet says happened.

use frame_support::pallet_macros::pallet_section;

/// The events; a section of [`crate::pallet`].
#[pallet_section]
mod events {
	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// An account asks to be certified.
		Applied {
			/// Who asks.
			account: T::AccountId,
			/// What it has put on hold, in the smallest unit.
			deposit: Balance,
		},
		/// An account no longer asks to be certified. Its deposit is free again.
		ApplicationWithdrawn {
			/// Who asked.
			account: T::AccountId,
		},
		/// An account was certified, or its certificate renewed.
		Certified {
			/// Whose certificate.
			account: T::AccountId,
			/// The person behind it.
			tag: IdentityTag,
			/// What the account may do.
			roles: Roles,
			/// The last moment at which the certificate is valid.
			expires: Moment,
			/// What the pot paid for the tag's first fees, in the smallest unit; 0 if it had
			/// received its endowment before or the pot is too poor.
			endowment: Balance,
		},
		/// A certificate was taken back.
		Revoked {
			/// Whose certificate.
			account: T::AccountId,
			/// The person behind it.
			tag: IdentityTag,
		},
		/// A wallet now stands for an account.
		WalletLinked {
			/// The account it stands for.
			owner: T::AccountId,
			/// The wallet.
			wallet: T::AccountId,
			/// The person behind both.
			tag: IdentityTag,
		},
		/// A wallet no longer stands for an account.
		WalletUnlinked {
			/// The account it stood for.
			owner: T::AccountId,
			/// The wallet.
			wallet: T::AccountId,
			/// The person behind the account.
			tag: IdentityTag,
		},
		/// A line exists from now on, or has another capacity.
		LineSet {
			/// The line.
			line: LineId,
			/// What it can carry, in watts.
			capacity: Watts,
		},
		/// A meter or sensor may report from now on.
		DeviceRegistered {
			/// The device's account.
			device: T::AccountId,
			/// What it does.
			kind: DeviceKind,
			/// The certified account it was registered for.
			owner: T::AccountId,
			/// The person behind the owner.
			tag: IdentityTag,
			/// The line it is connected to.
			line: LineId,
			/// The most power, in watts, that can flow through a meter; 0 for a sensor.
			rated_power: Watts,
		},
		/// A meter or sensor may no longer report.
		DeviceRemoved {
			/// The device's account.
			device: T::AccountId,
			/// What it did.
			kind: DeviceKind,
			/// Who ran it.
			tag: IdentityTag,
			/// The line it was connected to.
			line: LineId,
		},
		/// The management centre's service has another key.
		ServiceKeySet {
			/// The key.
			key: T::AccountId,
			/// The key before it, and the last moment at which that one still counts.
			retiring: Option<(T::AccountId, Moment)>,
		},
		/// Other parameters were announced.
		ParametersSet {
			/// How often they have been replaced, this time included.
			version: u32,
			/// All of them.
			parameters: types::Parameters,
			/// First moment at which they are in force.
			from: Moment,
		},
	}
}
