//! What is stored of shared wallets and redemptions.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_core::H256;
use voltree_primitives::{Balance, Moment, Token};

/// A shared wallet: one buyer's escrow for one request.
#[derive(
	Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug,
)]
pub struct SharedWallet<AccountId, Signature> {
	/// The buyer, on whose account the money is held.
	pub owner: AccountId,
	/// Public half of the key that may pay; the buyer's device keeps the other half.
	pub key: AccountId,
	/// Money not promised to any trade, in the smallest unit.
	pub free: Balance,
	/// Money locked for trades.
	pub locked: Balance,
	/// The newest token; `None` before the first.
	pub token: Option<SignedToken<AccountId, Signature>>,
}

/// A token with the management centre's signature over its encoding.
#[derive(
	Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug,
)]
pub struct SignedToken<AccountId, Signature> {
	/// What is certified.
	pub token: Token<AccountId>,
	/// The management centre's signature.
	pub signature: Signature,
}

/// Money that has passed through an account in settled trades, in the smallest unit.
#[derive(
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Clone,
	Copy,
	PartialEq,
	Eq,
	Debug,
	Default,
)]
pub struct CapitalFlow {
	/// Paid out of it to sellers.
	pub spent: Balance,
	/// Received on it from buyers.
	pub received: Balance,
}

/// Money that waits for the bank to pay it out.
#[derive(
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Clone,
	Copy,
	PartialEq,
	Eq,
	Debug,
)]
pub struct Redemption {
	/// On hold for it, in the smallest unit.
	pub amount: Balance,
	/// A hash of where the bank shall pay.
	pub reference: H256,
	/// When the owner can have it back; `None` unless he has cancelled it.
	pub free_from: Option<Moment>,
}
