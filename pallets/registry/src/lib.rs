//! # Registry
//!
//! Who is who on Voltree: which account belongs to which person, what the management centre lets
//! it do, which wallets and devices stand behind it, and which power lines exist (DESIGN.md,
//! sections 2 and 3, rows *register* and *link wallet*; section 3.1 of the paper, *Initialization
//! and Registration*).
//!
//! A person is known by an **identity tag**. An account that was certified once belongs to its tag
//! for ever; a linked wallet stands for the account that linked it; a device is neither.
//!
//! | Call | Who | Leads to |
//! |---|---|---|
//! | [`Pallet::register`] | anybody, with a deposit | an application |
//! | [`Pallet::withdraw_application`] | the applicant | deposit back |
//! | [`Pallet::certify`] | the management centre's service | a certificate, at first with money |
//! | [`Pallet::revoke`] | the authority | the certificate ends, for ever |
//! | [`Pallet::link_wallet`] | a certified account | the wallet stands for it |
//! | [`Pallet::unlink_wallet`] | the owner, or the wallet itself | it no longer does |
//! | [`Pallet::add_line`] | the authority | a line exists, or has a new capacity |
//! | [`Pallet::register_device`] | the service | a meter or sensor may report |
//! | [`Pallet::remove_device`] | the service or the authority | it no longer may |
//! | [`Pallet::set_service_key`] | the authority | a new service key, the old one fading out |
//! | [`Pallet::set_parameters`] | the authority | other parameters, with notice |
//! | [`Pallet::authorize_upgrade`] | the authority | anybody may bring in that runtime |
//!
//! ## In the middle of a trade
//!
//! * A **certificate** that ends or is taken back opens no more business. Its account keeps its tag,
//!   its wallets and its devices, so what is under way is finished and settled as agreed.
//! * A **device** that is removed is unknown from then on: what it reported is forgotten, and nothing
//!   more comes from it. A removed meter is a silent one to every trade that rests on it, which is
//!   nobody's fault; a removed sensor is one voice less on its line.
//! * A key is a device **once**. What a device signs carries no number that is used up, so a key
//!   that came back could be made to repeat itself. A repaired device comes with another key.
//! * A **service key** that is replaced counts until its overlap ends, and what it signed until then
//!   stands.
//!
//! ## Invariants
//!
//! * An account is at most one of these: certified, a linked wallet, a device.
//! * No registered device was removed before.
//! * A member's accounts are exactly the accounts with a certificate for its tag, a member's
//!   wallets exactly the wallets that these accounts have linked.
//! * What an applicant has on hold for [`HoldReason::Application`] covers its application.
//! * Each device's line exists; the meters counted per tag and line and the sensors listed per line
//!   are exactly the registered ones; each device's account exists without money.

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
mod errors;
mod events;
mod genesis;
mod glue;
pub mod migrations;
mod origin;
pub mod runtime_api;
mod storage;
#[cfg(any(feature = "std", feature = "try-runtime"))]
mod try_state;
#[allow(clippy::as_conversions, reason = "the codec's derive casts its own indices")]
pub mod types;
pub mod weights;

#[cfg(feature = "runtime-benchmarks")]
#[allow(
	clippy::arithmetic_side_effects,
	clippy::as_conversions,
	clippy::expect_used,
	clippy::indexing_slicing,
	clippy::unwrap_used,
	reason = "benchmarks run on the machine of who measures, never on a chain"
)]
mod benchmarking;
#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

use frame_support::pallet_macros::import_section;

#[cfg(feature = "runtime-benchmarks")]
pub use benchmarking::BenchmarkHelper;
pub use origin::EnsureService;
pub use pallet::*;
pub use types::{Application, Certificate, Device, DeviceKind, Line, Member, MemberOf};
pub use weights::WeightInfo;

#[import_section(errors::errors)]
#[import_section(events::events)]
#[import_section(storage::storage)]
#[frame_support::pallet]
#[allow(
	clippy::as_conversions,
	clippy::expect_used,
	reason = "FRAME's macros generate both; our own code here only declares and delegates"
)]
pub mod pallet {
	use super::*;
	use crate::types::{GenesisDevice, GenesisLine, GenesisMember, MAX_SENSORS};
	use alloc::vec::Vec;
	use frame_support::{
		pallet_prelude::*,
		traits::{
			fungible::{self, MutateHold},
			EnsureOrigin,
		},
		DefaultNoBound, PalletId,
	};
	use frame_system::{pallet_prelude::*, WeightInfo as _};
	use sp_runtime::traits::{IdentifyAccount, Verify};
	use voltree_primitives::{
		Balance, Clock, IdentityTag, LineId, Moment, OnDeviceRemoved, OnEnrolled, Roles, Versioned,
		Watts,
	};

	/// The layout of the storage.
	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config: frame_system::Config<Hash = sp_core::H256> {
		// Primitives
		/// Weights of the calls.
		type WeightInfo: WeightInfo;
		/// A signature made off chain by a newcomer, a wallet or a device.
		type Signature: Parameter + Verify<Signer: IdentifyAccount<AccountId = Self::AccountId>>;

		// Dependencies
		/// Native money: deposits of applicants, endowments of members.
		type Currency: fungible::Mutate<Self::AccountId, Balance = Balance>
			+ MutateHold<Self::AccountId, Balance = Balance, Reason: From<HoldReason>>;
		/// The chain's time.
		type Clock: Clock;
		/// Told when a tag is certified for the first time.
		type OnEnrolled: OnEnrolled;
		/// Told when a device leaves.
		type OnDeviceRemoved: OnDeviceRemoved<Self::AccountId>;

		// Origins
		/// The management centre's authority.
		type AuthorityOrigin: EnsureOrigin<Self::RuntimeOrigin>;

		// Parameters
		/// What an application puts on hold, in the smallest unit: the price of a row in storage.
		#[pallet::constant]
		type ApplicationDeposit: Get<Balance>;
		/// Names the account of the pot that endowments are paid from. Anybody can send money to it.
		#[pallet::constant]
		type PotId: Get<PalletId>;
		/// The notice that changes of the parameters take, in milliseconds: two delivery slots.
		type Notice: Get<Moment>;

		// Benchmarks
		/// Keys that benchmarks can sign with.
		#[cfg(feature = "runtime-benchmarks")]
		type BenchmarkHelper: crate::BenchmarkHelper<Self::AccountId, Self::Signature>;
	}

	/// Why money is on hold.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// An application waits for the management centre.
		#[codec(index = 0)]
		Application,
	}

	/// What the chain knows from its first block on.
	#[pallet::genesis_config]
	#[derive(DefaultNoBound)]
	pub struct GenesisConfig<T: Config> {
		/// The service key. Without one nobody can be certified until the authority names it.
		pub service_key: Option<T::AccountId>,
		/// The lines, each with its capacity in watts.
		pub lines: Vec<GenesisLine>,
		/// The certificates, each with account, tag, roles and expiry in chain time. Genesis gives
		/// these members their money itself: they count as endowed.
		pub members: Vec<GenesisMember<T>>,
		/// The devices, each with its account, kind, certified owner, line and rated power.
		pub devices: Vec<GenesisDevice<T>>,
		/// The parameters.
		pub parameters: types::Parameters,
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			Pallet::<T>::build_genesis(self);
		}
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn integrity_test() {
			assert!(
				T::ApplicationDeposit::get() > 0,
				"registry: without a deposit applications could fill the storage for nothing"
			);
			assert!(
				types::Parameters::default().is_valid(Self::smallest_balance()),
				"registry: the default parameters are out of range"
			);
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Ask the management centre for a certificate, or for its renewal. The deposit is on hold
		/// until the certificate comes or the application is withdrawn.
		///
		/// Origin: signed by the account to be certified. Emits [`Event::Applied`].
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::register())]
		pub fn register(origin: OriginFor<T>) -> DispatchResult {
			Self::do_register(&ensure_signed(origin)?)
		}

		/// Take an application back, and the deposit with it.
		///
		/// Origin: signed by the applicant. Emits [`Event::ApplicationWithdrawn`].
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::withdraw_application())]
		pub fn withdraw_application(origin: OriginFor<T>) -> DispatchResult {
			Self::do_withdraw_application(&ensure_signed(origin)?)
		}

		/// Certify `account` as one of the person behind `tag`, or renew its certificate.
		///
		/// The first certificate of an account needs its application on chain, or its `consent`: a
		/// signature over `Message { CONSENT, genesis, (account, tag) }`. A renewal needs neither.
		/// The first certificate of a tag brings the endowment, once the pot can pay it.
		///
		/// Origin: the management centre's service. Emits [`Event::Certified`].
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::certify_first().max(T::WeightInfo::certify_another()))]
		pub fn certify(
			origin: OriginFor<T>,
			account: T::AccountId,
			tag: IdentityTag,
			roles: Roles,
			expires: Moment,
			consent: Option<T::Signature>,
		) -> DispatchResult {
			EnsureService::<T>::ensure_origin(origin)?;
			Self::do_certify(&account, tag, roles, expires, consent)
		}

		/// Take the certificate of `account` back, for ever. Trades under way are finished; the
		/// account's wallets and devices stay.
		///
		/// Origin: the authority. Emits [`Event::Revoked`].
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::revoke())]
		pub fn revoke(origin: OriginFor<T>, account: T::AccountId) -> DispatchResult {
			T::AuthorityOrigin::ensure_origin(origin)?;
			Self::do_revoke(&account)
		}

		/// Let `wallet` stand for the signing account. `signature` is the wallet's, over
		/// `Message { LINK, genesis, (owner, wallet, nonce) }` with the owner's number in
		/// [`Nonces`].
		///
		/// Origin: signed by an account with a valid certificate. Emits [`Event::WalletLinked`].
		#[pallet::call_index(4)]
		#[pallet::weight(T::WeightInfo::link_wallet())]
		pub fn link_wallet(
			origin: OriginFor<T>,
			wallet: T::AccountId,
			signature: T::Signature,
		) -> DispatchResult {
			Self::do_link_wallet(&ensure_signed(origin)?, &wallet, &signature)
		}

		/// Let `wallet` no longer stand for anybody. Its money is its own all along.
		///
		/// Origin: signed by the wallet's owner, or by the wallet. Emits
		/// [`Event::WalletUnlinked`].
		#[pallet::call_index(5)]
		#[pallet::weight(T::WeightInfo::unlink_wallet())]
		pub fn unlink_wallet(origin: OriginFor<T>, wallet: T::AccountId) -> DispatchResult {
			Self::do_unlink_wallet(&ensure_signed(origin)?, &wallet)
		}

		/// Add a line that can carry `capacity` watts, or give a known line another capacity; 0
		/// puts it out of use.
		///
		/// Origin: the authority. Emits [`Event::LineSet`].
		#[pallet::call_index(6)]
		#[pallet::weight(T::WeightInfo::add_line())]
		pub fn add_line(origin: OriginFor<T>, line: LineId, capacity: Watts) -> DispatchResult {
			T::AuthorityOrigin::ensure_origin(origin)?;
			Self::do_add_line(line, capacity);
			Ok(())
		}

		/// Register the meter or sensor with the key `device`, which was no device before, for the
		/// person who owns `owner`, an account with a valid certificate. `signature` is the device's, over
		/// `Message { DEVICE, genesis, (device, owner) }`. From now on its account exists without
		/// money, so that it can send reports.
		///
		/// Origin: the management centre's service. Emits [`Event::DeviceRegistered`].
		#[pallet::call_index(7)]
		#[pallet::weight(T::WeightInfo::register_device())]
		pub fn register_device(
			origin: OriginFor<T>,
			device: T::AccountId,
			kind: DeviceKind,
			owner: T::AccountId,
			line: LineId,
			rated_power: Watts,
			signature: T::Signature,
		) -> DispatchResult {
			EnsureService::<T>::ensure_origin(origin)?;
			Self::do_register_device(device, kind, owner, line, rated_power, &signature)
		}

		/// Remove a meter or sensor. What it reported is forgotten, and its key cannot come back.
		/// To trades under way a removed meter is a silent one, without anybody's fault.
		///
		/// Origin: the management centre's service, or the authority. Emits
		/// [`Event::DeviceRemoved`].
		#[pallet::call_index(8)]
		#[pallet::weight(T::WeightInfo::remove_device())]
		pub fn remove_device(origin: OriginFor<T>, device: T::AccountId) -> DispatchResult {
			if let Err(origin) = T::AuthorityOrigin::try_origin(origin) {
				EnsureService::<T>::ensure_origin(origin)?;
			}
			Self::do_remove_device(&device)
		}

		/// Give the management centre's service another key. The current one still counts for
		/// `overlap` milliseconds; with 0, or when the current key is named again, no older key
		/// counts from now on. There is one older key at most: a rotation during an overlap ends
		/// the overlap of the key before.
		///
		/// Origin: the authority. Emits [`Event::ServiceKeySet`].
		#[pallet::call_index(9)]
		#[pallet::weight(T::WeightInfo::set_service_key())]
		pub fn set_service_key(
			origin: OriginFor<T>,
			key: T::AccountId,
			overlap: Moment,
		) -> DispatchResult {
			T::AuthorityOrigin::ensure_origin(origin)?;
			Self::do_set_service_key(key, overlap);
			Ok(())
		}

		/// Announce other parameters, in force once [`Config::Notice`] has passed; what was
		/// announced before and is not in force yet is dropped. Certificates that were issued before
		/// keep their expiry.
		///
		/// Origin: the authority. Emits [`Event::ParametersSet`].
		#[pallet::call_index(10)]
		#[pallet::weight(T::WeightInfo::set_parameters())]
		pub fn set_parameters(
			origin: OriginFor<T>,
			parameters: types::Parameters,
		) -> DispatchResult {
			T::AuthorityOrigin::ensure_origin(origin)?;
			Self::do_set_parameters(parameters)
		}

		/// Let anybody bring in the runtime with this hash, by `system.applyAuthorizedUpgrade`; it has
		/// to be a newer version of this one. Names one runtime at a time, the last one. A live
		/// network has no sudo, and this is the one thing of root's that it needs.
		///
		/// Origin: the authority. Emits `system.UpgradeAuthorized`.
		#[pallet::call_index(11)]
		#[pallet::weight(<T as frame_system::Config>::SystemWeightInfo::authorize_upgrade())]
		pub fn authorize_upgrade(origin: OriginFor<T>, code_hash: T::Hash) -> DispatchResult {
			T::AuthorityOrigin::ensure_origin(origin)?;
			frame_system::Pallet::<T>::do_authorize_upgrade(code_hash, true);
			Ok(())
		}
	}
}
