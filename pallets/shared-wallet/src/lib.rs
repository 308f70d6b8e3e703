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
//! | [`Pallet::withdraw`] | buyer | the free part, less fines due, is his again |
//! | [`Pallet::renew`] | management centre's service | a new token with the next nonce |
//!
//! The market opens, certifies, locks, settles and closes through
//! [`Escrow`](voltree_primitives::Escrow).
//!
//! ## Invariants
//!
//! * What an account has on hold for [`HoldReason::Escrow`] is the sum of the free and locked
//!   parts of its shared wallets.
//! * A stored token was signed by a service key of the management centre, and its nonce is the
//!   wallet's count of renewals.
//! * Locked money leaves only by [`Escrow::settle`](voltree_primitives::Escrow::settle): payout and
//!   rest sum to what was locked.

#![cfg_attr(not(feature = "std"), no_std)]
// `expect_used` and `as_conversions` are left out: they fire inside what FRAME's macros write.
#![cfg_attr(
	not(test),
	deny(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)
)]

extern crate alloc;

pub mod runtime_api;
pub mod types;
pub mod weights;

mod escrow;
mod try_state;

#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

pub use pallet::*;
pub use types::*;
pub use weights::WeightInfo;

#[frame_support::pallet]
pub mod pallet {
	use super::{types::*, WeightInfo};
	use frame_support::{pallet_prelude::*, traits::fungible};
	use frame_system::pallet_prelude::*;
	use sp_core::H256;
	use sp_runtime::traits::{IdentifyAccount, Verify};
	use voltree_primitives::{Balance, Clock, Credibility, Directory, RequestId};

	#[pallet::config]
	pub trait Config: frame_system::Config<Hash = H256> {
		// Primitives
		/// A signature made off chain by an account.
		type Signature: Verify<Signer: IdentifyAccount<AccountId = Self::AccountId>>
			+ Parameter
			+ MaxEncodedLen;
		type WeightInfo: WeightInfo;

		// Origins
		/// The management centre's service.
		type ServiceOrigin: EnsureOrigin<Self::RuntimeOrigin, Success = Self::AccountId>;

		// Dependencies
		/// Native money. It stays on the buyer's account, on hold.
		type Currency: fungible::Inspect<Self::AccountId, Balance = Balance>
			+ fungible::MutateHold<Self::AccountId, Reason: From<HoldReason>>;
		/// Chain time.
		type Clock: Clock;
		/// Who is who, and the service keys that tokens are checked against.
		type Directory: Directory<Self::AccountId>;
		/// The record that a token states, and fines due.
		type Credibility: Credibility;
	}

	#[pallet::pallet]
	pub struct Pallet<T>(_);

	/// Why money is on hold.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// It waits in a shared wallet.
		#[codec(index = 0)]
		Escrow,
	}

	/// Shared wallets by the number of their request.
	// Twox: the numbers are ours, not chosen by users.
	#[pallet::storage]
	pub type Wallets<T: Config> =
		StorageMap<_, Twox64Concat, RequestId, SharedWallet<T::AccountId>>;

	/// The newest token of each shared wallet that has been certified.
	#[pallet::storage]
	pub type Tokens<T: Config> =
		StorageMap<_, Twox64Concat, RequestId, SignedToken<T::AccountId, T::Signature>>;

	/// What has been spent from and received on an account through trades.
	#[pallet::storage]
	pub type Flows<T: Config> =
		StorageMap<_, Blake2_128Concat, T::AccountId, CapitalFlow, ValueQuery>;

	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A shared wallet was opened for a request.
		Opened { wallet: RequestId, owner: T::AccountId, key: T::AccountId },
		/// Money went on hold as the wallet's free part.
		Funded { wallet: RequestId, amount: Balance },
		/// Part of the free part went back to its owner.
		Withdrawn { wallet: RequestId, amount: Balance },
		/// The management centre signed a token for the wallet.
		Certified { wallet: RequestId, nonce: u32 },
		/// Money of the free part was locked for a trade.
		Locked { wallet: RequestId, amount: Balance },
		/// Locked money was settled: `payout` to the payee, `refund` to the free part.
		Settled { wallet: RequestId, payee: T::AccountId, payout: Balance, refund: Balance },
		/// The wallet was closed and its free part given back.
		Closed { wallet: RequestId, refund: Balance },
	}

	#[pallet::error]
	pub enum Error<T> {
		/// There is no shared wallet of this number: it was never opened, or is closed.
		NotFound,
		/// A shared wallet of this number is open already.
		AlreadyOpen,
		/// The caller is not the buyer whose wallet it is.
		NotOwner,
		/// The caller is neither the wallet's owner nor holder of its key.
		NotPayer,
		/// An amount of zero does nothing. Give a positive one.
		ZeroAmount,
		/// The wallet's free part is smaller than that. Fund it first.
		InsufficientFunds,
		/// So much of the free part is owed in fines that the rest is less than the amount.
		OwedInFines,
		/// The wallet has no token yet: the management centre has not responded.
		NotCertified,
		/// The wallet has a token already; it can be renewed.
		AlreadyCertified,
		/// The token names another chain, wallet, key, owner, tag, volume, or another purpose.
		ForeignToken,
		/// The token's nonce is not the next one: it has been used, or one was left out.
		WrongNonce,
		/// The token's record is not what the chain knows. Sign one with the present record.
		OutdatedRecord,
		/// The token's timestamp lies in the future or more than three rounds in the past.
		StaleToken,
		/// No service key of the management centre signed this token.
		BadTokenSignature,
		/// The token's validity has ended. Ask the management centre for a new one.
		TokenExpired,
		/// The payment date or the end of the validity differs from the first token's terms.
		ChangedTerms,
	}

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
		/// What is owed in fines stays. Origin: signed by its owner. Emits [`Event::Withdrawn`].
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
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}
}
