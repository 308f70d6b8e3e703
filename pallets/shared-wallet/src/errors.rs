//! Why the pallet refuses a call, and what to do then.

use frame_support::pallet_macros::pallet_section;

/// The errors; a section of [`crate::pallet`].
#[pallet_section]
mod errors {
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
		/// The caller is no member's account or wallet, so nobody's fines can be paid from it.
		NotMember,
		/// The caller owes no fines.
		NothingDue,
		/// The caller owes fines. Pay them first with `pay_fines`.
		FinesDue,
		/// This payment has been issued or burned against before. Each counts once.
		ReferenceUsed,
		/// The caller is redeeming money already. Wait until the bank has paid, or cancel it.
		AlreadyRedeeming,
		/// The account is not redeeming any money.
		NotRedeeming,
		/// The account is redeeming another amount than the one to burn.
		OtherAmount,
		/// The redemption has been cancelled, but its notice is not over: the bank may be paying.
		/// Call again when it is.
		TooEarly,
	}
}
