//! What the pallet says happened.

use frame_support::pallet_macros::pallet_section;

/// The events; a section of [`crate::pallet`].
#[pallet_section]
mod events {
	/// Amounts are in the smallest unit.
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
		/// Locked money was settled: `payout` to the payee, less the fines due from him, which
		/// [`Event::FinesPaid`] tells; `refund` to the free part.
		Settled { wallet: RequestId, payee: T::AccountId, payout: Balance, refund: Balance },
		/// The wallet was closed and what was left of its free part given back.
		Closed { wallet: RequestId, refund: Balance },
		/// Money went on hold as a bond.
		Bonded { account: T::AccountId, amount: Balance },
		/// What was left of a bond after fines due went back to its account.
		Unbonded { account: T::AccountId, amount: Balance },
		/// A bond went from `account` to `to`, less the fines due from the person behind it.
		Forfeited { account: T::AccountId, to: T::AccountId, amount: Balance },
		/// The person behind `tag` was fined `amount`, of which `loss` is the injured party's.
		/// `from_bond` and `from_wallets` were collected; `owed` is a debt from now on.
		Fined {
			tag: IdentityTag,
			cause: Cause,
			amount: Balance,
			loss: Balance,
			from_bond: Balance,
			from_wallets: Balance,
			owed: Balance,
		},
		/// Part of a shared wallet's free part was taken for its owner's fines.
		Deducted { wallet: RequestId, amount: Balance },
		/// Fines due from the person behind `tag` were paid to the pot.
		FinesPaid { tag: IdentityTag, amount: Balance },
		/// `account` is gone and the amount too small to found it anew: the pot got it instead.
		Unpayable { account: T::AccountId, amount: Balance },
		/// The authority issued money against a payment that the bank has received.
		Issued { to: T::AccountId, amount: Balance, reference: H256 },
		/// A user wants money paid out by the bank; it is on hold until then.
		Redeeming { account: T::AccountId, amount: Balance, reference: H256 },
		/// A user no longer wants it paid out. From `free_from` on he can have it back.
		RedemptionStopped { account: T::AccountId, free_from: Moment },
		/// Money that was to be redeemed is its owner's again.
		RedemptionCancelled { account: T::AccountId, amount: Balance },
		/// The bank has paid, and the money that was on hold for it is gone. `reference` is the
		/// payment's.
		Burned { account: T::AccountId, amount: Balance, reference: H256 },
	}
}
