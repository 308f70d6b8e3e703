//! The token of a shared wallet: what the management centre states about a buyer's escrow, in a
//! form that a seller's device can check without a chain (section 3.1 of the paper, `Token_i`).

use crate::{Balance, Domain, IdentityTag, Moment, RequestId, WattHours, TOKEN};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_core::{ConstU32, H256};
use sp_runtime::{
	traits::{BlakeTwo256, Hash, IdentifyAccount, Verify},
	BoundedVec,
};

/// How many trade hashes a [`Record`] carries in full.
pub const RECENT_TRADES: u32 = 16;

/// A tag's compliance record (the paper's `record = {PRE(s, f) || Hash(TX)}`).
#[derive(
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Clone,
	PartialEq,
	Eq,
	Debug,
	Default,
)]
pub struct Record {
	/// Times the tag behaved as agreed (the paper's `s`).
	pub timely: u32,
	/// Times it did not (the paper's `f`).
	pub untimely: u32,
	/// Trades that have been settled.
	pub trades: u64,
	/// `blake2(previous ++ trade hash)` over all of them, oldest first; zero without any.
	pub rolling: H256,
	/// Hashes of the newest trades, oldest first.
	pub recent: BoundedVec<H256, ConstU32<RECENT_TRADES>>,
}

impl Record {
	/// Note a settled trade.
	pub fn append(&mut self, trade: H256) {
		self.trades = self.trades.saturating_add(1);
		self.rolling = BlakeTwo256::hash_of(&(self.rolling, trade));
		// Sliding: the oldest hash falls out when the list is full. (`force_push` would drop the
		// newest.) It fails for an index beyond the end only.
		let end = self.recent.len();
		let slid = self.recent.force_insert_keep_right(end, trade);
		debug_assert!(slid.is_ok());
	}
}

/// What the management centre certifies about a shared wallet.
///
/// The balance is what was free when the token was signed. It informs; the hold on the buyer's
/// account is what counts.
#[derive(
	Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug,
)]
pub struct Token<AccountId> {
	/// Always [`TOKEN`].
	pub domain: Domain,
	/// Hash of the chain's first block.
	pub genesis: H256,
	/// The shared wallet, by the number of its request.
	pub wallet: RequestId,
	/// How often this wallet's token has been signed before; each renewal counts one up.
	pub nonce: u32,
	/// Public half of the shared wallet's key; the buyer's device keeps the other half.
	pub key: AccountId,
	/// The buyer.
	pub owner: AccountId,
	/// The buyer's identity tag (the paper's `Cert_mc`: the MC vouches for it by signing).
	pub tag: IdentityTag,
	/// Free balance of the shared wallet, in the smallest unit.
	pub balance: Balance,
	/// Volume asked for, in watt-hours.
	pub volume: WattHours,
	/// Payment date: the last moment at which paying is in time.
	pub pay_by: Moment,
	/// Last moment at which the token may be used to pay.
	pub valid_until: Moment,
	/// The buyer's record.
	pub record: Record,
	/// When the token was signed.
	pub timestamp: Moment,
}

/// Why a token does not hold.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TokenFault {
	/// It is not a token, or not of this chain.
	Foreign,
	/// The management centre did not sign it.
	Forged,
	/// Its validity has ended.
	Expired,
}

impl<AccountId: Encode> Token<AccountId> {
	/// Check the token with nothing but the chain's genesis hash and the management centre's public
	/// key, as a seller's device does offline at `now`.
	pub fn verify<S>(
		&self,
		signature: &S,
		service: &AccountId,
		genesis: H256,
		now: Moment,
	) -> Result<(), TokenFault>
	where
		S: Verify,
		S::Signer: IdentifyAccount<AccountId = AccountId>,
	{
		if self.domain != TOKEN || self.genesis != genesis {
			return Err(TokenFault::Foreign);
		}
		if !signature.verify(&self.encode()[..], service) {
			return Err(TokenFault::Forged);
		}
		if now > self.valid_until {
			return Err(TokenFault::Expired);
		}
		Ok(())
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use sp_keyring::Sr25519Keyring::{Alice, Bob, Charlie};
	use sp_runtime::{AccountId32, MultiSignature};

	const GENESIS: H256 = H256::repeat_byte(9);

	fn token() -> Token<AccountId32> {
		Token {
			domain: TOKEN,
			genesis: GENESIS,
			wallet: 3,
			nonce: 0,
			key: Bob.to_account_id(),
			owner: Charlie.to_account_id(),
			tag: H256::repeat_byte(1),
			balance: 1_000,
			volume: 500,
			pay_by: 9_000,
			valid_until: 10_000,
			record: Record::default(),
			timestamp: 5_000,
		}
	}

	/// A seller's device knows the genesis hash and one public key, and has no network.
	#[test]
	fn a_token_is_verified_offline() {
		let signature: MultiSignature = Alice.sign(&token().encode()).into();
		let service = Alice.to_account_id();
		assert_eq!(token().verify(&signature, &service, GENESIS, 10_000), Ok(()));
		assert_eq!(token().verify(&signature, &service, GENESIS, 10_001), Err(TokenFault::Expired));
		assert_eq!(
			token().verify(&signature, &service, H256::zero(), 6_000),
			Err(TokenFault::Foreign)
		);
		assert_eq!(
			token().verify(&signature, &Bob.to_account_id(), GENESIS, 6_000),
			Err(TokenFault::Forged)
		);
		let inflated = Token { balance: 1_001, ..token() };
		assert_eq!(inflated.verify(&signature, &service, GENESIS, 6_000), Err(TokenFault::Forged));
	}

	#[test]
	fn a_record_keeps_the_newest_hashes_and_chains_all() {
		let mut record = Record::default();
		for n in 0..20u8 {
			record.append(H256::repeat_byte(n));
		}
		assert_eq!(record.trades, 20);
		assert_eq!(record.recent.len(), 16);
		assert_eq!(record.recent.first(), Some(&H256::repeat_byte(4)));
		let chained = (0..20u8)
			.fold(H256::zero(), |sum, n| BlakeTwo256::hash_of(&(sum, H256::repeat_byte(n))));
		assert_eq!(record.rolling, chained);
	}
}
