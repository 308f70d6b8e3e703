//! # Shared wallet
//!
//! Escrow: a buyer's money waits here until the power has arrived (sections 3 and 9 of DESIGN.md,
//! section 3.1 of the paper).
//!
//! A shared wallet belongs to one request and bears its number. Its money never leaves the buyer's
//! account before a trade is settled: it is on hold there. The free part can be taken out at any
//! time, the locked part belongs to trades. The buyer's device makes the wallet's key; the
//! management centre certifies the public half with a signed token, which it renews as the buyer's
//! record grows.
//!
//! | Call | Who | Leads to |
//! |---|---|---|
//! | [`Pallet::fund`] | buyer | money goes on hold, as the free part |
//! | [`Pallet::withdraw`] | buyer | fines due are paid, and the free part is his again |
//! | [`Pallet::renew`] | management centre's service | a new token with the next nonce |
//! | [`Pallet::pay_fines`] | a member, from any of his accounts | less is due |
//! | [`Pallet::issue`] | authority | new money, against a payment to the bank |
//! | [`Pallet::redeem`] | anybody | own money waits for the bank to pay it out |
//! | [`Pallet::cancel_redemption`] | the same | it is his again after a notice |
//! | [`Pallet::burn`] | authority | the bank has paid it out: it is gone |
//!
//! The market opens, certifies, locks, settles and closes, posts and returns bonds and collects
//! fines through [`Escrow`](voltree_primitives::Escrow). The amounts of single bonds are in its
//! requests and trades.
//!
//! ## Fines
//!
//! A fine comes out of the bond, the injured party's part first, then out of the free parts of the
//! person's shared wallets, oldest first; the rest is a debt that `credibility` keeps. Debts are
//! paid before anything leaves a wallet or a bond towards the person, and from his payouts. Other
//! money of his is never touched. Fines go to [`Config::FinePot`].
//!
//! Nothing is lost if somebody cannot be paid: an account that does not exist takes no less than
//! the existential deposit. What such a one would get goes to the pot. The pot's account is to be
//! founded at genesis, and to keep its last money; without it, what is too little to found it
//! stays its owner's, and the fine is a debt.
//!
//! ## Money
//!
//! Money is issued and burned against a reference to a payment of the bank, and each reference
//! counts once. Nobody's money is burned who did not ask for it: only what waits on hold for
//! redemption is. Who cancels has to wait for [`Config::RedemptionNotice`], in which the authority
//! can still burn what the bank has paid already; it pays nothing that has been cancelled.
//!
//! ## Invariants
//!
//! * What an account has on hold for [`HoldReason::Escrow`] is the sum of the free and locked
//!   parts of its shared wallets; for [`HoldReason::Redemption`] what it is redeeming. What it has
//!   on hold for [`HoldReason::Bond`] is the sum of its bonds in the market, which the runtime
//!   checks.
//! * A wallet's token is about this wallet, was signed by a service key of the management centre, and
//!   its nonce is the wallet's count of renewals.
//! * Locked money leaves only by [`Escrow::settle`](voltree_primitives::Escrow::settle): payout and
//!   rest sum to what was locked.

#![cfg_attr(not(feature = "std"), no_std)]
// `expect_used` and `as_conversions` are left out: they fire inside what FRAME's macros write.
#![cfg_attr(
	not(test),
	deny(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)
)]

extern crate alloc;

pub mod migrations;
pub mod runtime_api;
pub mod types;
pub mod weights;

mod errors;
mod escrow;
mod events;
mod fines;
mod holds;
mod issuance;
mod tokens;
mod try_state;

#[cfg(feature = "runtime-benchmarks")]
pub mod benchmarking;
#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

use frame_support::pallet_macros::import_section;

#[cfg(feature = "runtime-benchmarks")]
pub use benchmarking::BenchmarkHelper;
pub use pallet::*;
pub use types::*;
pub use weights::WeightInfo;

#[import_section(errors::errors)]
#[import_section(events::events)]
#[frame_support::pallet]
pub mod pallet {
	use super::{types::*, WeightInfo};
	use frame_support::{pallet_prelude::*, traits::fungible};
	use frame_system::pallet_prelude::*;
	use sp_core::H256;
	use sp_runtime::traits::{IdentifyAccount, Verify};
	use voltree_primitives::{
		Balance, Cause, Clock, Credibility, Directory, IdentityTag, Moment, RequestId,
	};

	#[pallet::config]
	pub trait Config: frame_system::Config<Hash = H256> {
		// Primitives
		/// A signature made off chain by an account.
		type Signature: Verify<Signer: IdentifyAccount<AccountId = Self::AccountId>>
			+ Parameter
			+ MaxEncodedLen;
		/// Weights of the calls.
		type WeightInfo: WeightInfo;

		// Origins
		/// The management centre's authority: it issues and burns money.
		type AuthorityOrigin: EnsureOrigin<Self::RuntimeOrigin>;
		/// The management centre's service.
		type ServiceOrigin: EnsureOrigin<Self::RuntimeOrigin, Success = Self::AccountId>;

		// Dependencies
		/// Native money. It stays on the buyer's account, on hold.
		type Currency: fungible::Mutate<Self::AccountId, Balance = Balance>
			+ fungible::MutateHold<Self::AccountId, Reason: From<HoldReason>>;
		/// Chain time.
		type Clock: Clock;
		/// Who is who, and the service keys that tokens are checked against.
		type Directory: Directory<Self::AccountId>;
		/// The record that a token states, and fines due.
		type Credibility: Credibility;
		/// Sets up what the benchmarks need of other pallets.
		#[cfg(feature = "runtime-benchmarks")]
		type BenchmarkHelper: super::BenchmarkHelper<Self::AccountId, Self::Signature>;

		// Parameters
		/// The account that fines go to. Genesis should give it the existential deposit, and nobody
		/// should be able to take its last money.
		type FinePot: Get<Self::AccountId>;
		/// How long a redemption can still be burned after its owner has cancelled it: longer than
		/// the bank takes to pay and the authority to decide.
		#[pallet::constant]
		type RedemptionNotice: Get<Moment>;
	}

	/// Version of the stored layout; see [`crate::migrations`].
	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	/// Why money is on hold.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// It waits in a shared wallet.
		#[codec(index = 0)]
		Escrow,
		/// It is the bond of a request, a trade or a contest.
		#[codec(index = 1)]
		Bond,
		/// It waits for the bank to pay it out.
		#[codec(index = 2)]
		Redemption,
	}

	/// Shared wallets by the number of their request, each with its newest token.
	// Twox: the numbers are ours, not chosen by users.
	#[pallet::storage]
	pub type Wallets<T: Config> =
		StorageMap<_, Twox64Concat, RequestId, SharedWallet<T::AccountId, T::Signature>>;

	/// What has been spent from and received on an account through trades.
	#[pallet::storage]
	pub type Flows<T: Config> =
		StorageMap<_, Blake2_128Concat, T::AccountId, CapitalFlow, ValueQuery>;

	/// Money that waits for the bank to pay it out, by its owner; one an account.
	#[pallet::storage]
	pub type Redemptions<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, Redemption>;

	/// References of the bank's payments that money was issued or burned against.
	///
	/// They stay for ever, because each counts once for ever. Only the authority adds to them, one
	/// a payment: what the chain keeps is less than what the bank keeps.
	#[pallet::storage]
	pub type Payments<T: Config> = StorageMap<_, Blake2_128Concat, H256, ()>;

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Put `amount` (smallest unit) on hold as the free part of shared wallet `wallet`.
		///
		/// Origin: signed by its owner. Emits [`Event::Funded`].
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::fund())]
		pub fn fund(
			origin: OriginFor<T>,
			#[pallet::compact] wallet: RequestId,
			#[pallet::compact] amount: Balance,
		) -> DispatchResult {
			Self::do_fund(&ensure_signed(origin)?, wallet, amount)
		}

		/// Take `amount` (smallest unit) of the free part of shared wallet `wallet` back.
		///
		/// Fines due are paid out of the free part first. Origin: signed by its owner. Emits
		/// [`Event::Withdrawn`].
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::withdraw())]
		pub fn withdraw(
			origin: OriginFor<T>,
			#[pallet::compact] wallet: RequestId,
			#[pallet::compact] amount: Balance,
		) -> DispatchResult {
			Self::do_withdraw(&ensure_signed(origin)?, wallet, amount)
		}

		/// Replace the token of a shared wallet by one with the next nonce and the present record.
		///
		/// Payment date and validity stay those of the first token. Origin: the management centre's
		/// service. Emits [`Event::Certified`].
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::renew())]
		pub fn renew(
			origin: OriginFor<T>,
			token: SignedToken<T::AccountId, T::Signature>,
		) -> DispatchResult {
			T::ServiceOrigin::ensure_origin(origin)?;
			Self::do_renew(token)
		}

		/// Pay `amount` (smallest unit) of the fines due from the caller's person, or all that is
		/// due if that is less.
		///
		/// Origin: signed by an account or wallet of a member; its last money stays. Emits
		/// [`Event::FinesPaid`].
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::pay_fines())]
		pub fn pay_fines(
			origin: OriginFor<T>,
			#[pallet::compact] amount: Balance,
		) -> DispatchResult {
			Self::do_pay_fines(&ensure_signed(origin)?, amount)
		}

		/// Issue `amount` (smallest unit) to `to`, for which the bank has received a payment.
		///
		/// `reference` is a hash of what the bank's statement says about the payment. Origin: the
		/// authority. Emits [`Event::Issued`].
		#[pallet::call_index(4)]
		#[pallet::weight(T::WeightInfo::issue())]
		pub fn issue(
			origin: OriginFor<T>,
			to: T::AccountId,
			#[pallet::compact] amount: Balance,
			reference: H256,
		) -> DispatchResult {
			T::AuthorityOrigin::ensure_origin(origin)?;
			Self::do_issue(&to, amount, reference)
		}

		/// Put `amount` (smallest unit) of the caller's money on hold, to be paid out by the bank.
		///
		/// `reference` is a hash of where to, which the caller tells the management centre. One
		/// redemption at a time. The last money, which keeps the account alive, cannot be
		/// redeemed. Origin: signed. Emits [`Event::Redeeming`].
		#[pallet::call_index(5)]
		#[pallet::weight(T::WeightInfo::redeem())]
		pub fn redeem(
			origin: OriginFor<T>,
			#[pallet::compact] amount: Balance,
			reference: H256,
		) -> DispatchResult {
			Self::do_redeem(&ensure_signed(origin)?, amount, reference)
		}

		/// Cancel the caller's redemption.
		///
		/// The first call gives notice; a second one after [`Config::RedemptionNotice`] takes the
		/// money back. Until then the authority can burn it, if the bank has paid already. Origin:
		/// signed. Emits [`Event::RedemptionStopped`], then [`Event::RedemptionCancelled`].
		#[pallet::call_index(6)]
		#[pallet::weight(T::WeightInfo::cancel_redemption())]
		pub fn cancel_redemption(origin: OriginFor<T>) -> DispatchResult {
			Self::do_cancel_redemption(&ensure_signed(origin)?)
		}

		/// Burn what `account` is redeeming, which the bank has paid.
		///
		/// `amount` (smallest unit) is all of it, so that what is decided on names it. `reference`
		/// is a hash of what the bank's statement says about the payment. Origin: the authority.
		/// Emits [`Event::Burned`].
		#[pallet::call_index(7)]
		#[pallet::weight(T::WeightInfo::burn())]
		pub fn burn(
			origin: OriginFor<T>,
			account: T::AccountId,
			#[pallet::compact] amount: Balance,
			reference: H256,
		) -> DispatchResult {
			T::AuthorityOrigin::ensure_origin(origin)?;
			Self::do_burn(&account, amount, reference)
		}
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}
}
