//! Tokens: what the management centre has to sign, and whether it did.

use crate::{Config, Error, Event, Pallet, SharedWallet, SignedToken, Wallets};
use codec::Encode;
use frame_support::ensure;
use frame_system::pallet_prelude::BlockNumberFor;
use sp_core::H256;
use sp_runtime::{
	traits::{Verify, Zero},
	ArithmeticError, DispatchResult,
};
use voltree_primitives::{
	Clock, Credibility, Directory, Moment, Record, RequestId, Token, WattHours, TOKEN,
};

/// How many rounds a token may be under way between signature and chain.
const ROUNDS_UNDER_WAY: Moment = 3;

type WalletOf<T> = SharedWallet<AccountIdOf<T>, <T as Config>::Signature>;
type SignedTokenOf<T> = SignedToken<AccountIdOf<T>, <T as Config>::Signature>;
type AccountIdOf<T> = <T as frame_system::Config>::AccountId;

impl<T: Config> Pallet<T> {
	/// The newest token of wallet `id`.
	pub fn token_of(id: RequestId) -> Option<SignedTokenOf<T>> {
		Wallets::<T>::get(id)?.token
	}

	pub(crate) fn do_renew(signed: SignedTokenOf<T>) -> DispatchResult {
		let id = signed.token.wallet;
		let wallet = Wallets::<T>::get(id).ok_or(Error::<T>::NotCertified)?;
		let present = &wallet.token.as_ref().ok_or(Error::<T>::NotCertified)?.token;
		let token = &signed.token;
		ensure!(
			token.pay_by == present.pay_by && token.valid_until == present.valid_until,
			Error::<T>::ChangedTerms
		);
		let nonce = present.nonce.checked_add(1).ok_or(ArithmeticError::Overflow)?;
		let volume = present.volume;
		Self::certify_with(id, wallet, signed, volume, nonce)
	}

	/// The token that the management centre would have to sign now for wallet `id`.
	pub fn token_to_sign(
		id: RequestId,
		volume: WattHours,
		pay_by: Moment,
		valid_until: Moment,
	) -> Option<Token<T::AccountId>> {
		let wallet = Wallets::<T>::get(id)?;
		let tag = T::Directory::tag_of(&wallet.owner)?;
		let present = wallet.token.map(|signed| signed.token);
		let nonce = present.as_ref().map_or(Some(0), |token| token.nonce.checked_add(1))?;
		Some(Token {
			domain: TOKEN,
			genesis: Self::genesis(),
			wallet: id,
			nonce,
			key: wallet.key,
			owner: wallet.owner,
			tag,
			balance: wallet.free,
			volume: present.as_ref().map_or(volume, |token| token.volume),
			pay_by: present.as_ref().map_or(pay_by, |token| token.pay_by),
			valid_until: present.as_ref().map_or(valid_until, |token| token.valid_until),
			record: T::Credibility::record(&tag),
			timestamp: T::Clock::now(),
		})
	}

	fn genesis() -> H256 {
		frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::zero())
	}

	/// Check a token against everything the chain knows, and store it with its wallet.
	pub(crate) fn certify_with(
		id: RequestId,
		wallet: WalletOf<T>,
		signed: SignedTokenOf<T>,
		volume: WattHours,
		nonce: u32,
	) -> DispatchResult {
		Self::ensure_token_of(&wallet, id, volume, &signed.token)?;
		ensure!(signed.token.nonce == nonce, Error::<T>::WrongNonce);
		ensure!(signed.token.record == Self::record_of(&wallet.owner), Error::<T>::OutdatedRecord);
		Self::ensure_recent(signed.token.timestamp)?;
		let message = signed.token.encode();
		ensure!(
			T::Directory::service_keys()
				.iter()
				.any(|key| signed.signature.verify(&message[..], key)),
			Error::<T>::BadTokenSignature
		);
		ensure!(T::Clock::now() <= signed.token.valid_until, Error::<T>::TokenExpired);
		Wallets::<T>::insert(id, SharedWallet { token: Some(signed), ..wallet });
		Self::deposit_event(Event::Certified { wallet: id, nonce });
		Ok(())
	}

	fn ensure_token_of(
		wallet: &WalletOf<T>,
		id: RequestId,
		volume: WattHours,
		token: &Token<T::AccountId>,
	) -> DispatchResult {
		let ours = token.domain == TOKEN
			&& token.genesis == Self::genesis()
			&& token.wallet == id
			&& token.key == wallet.key
			&& token.owner == wallet.owner
			&& T::Directory::tag_of(&wallet.owner) == Some(token.tag)
			&& token.volume == volume;
		ensure!(ours, Error::<T>::ForeignToken);
		Ok(())
	}

	fn ensure_recent(timestamp: Moment) -> DispatchResult {
		let now = T::Clock::now();
		let longest = T::Clock::round().saturating_mul(ROUNDS_UNDER_WAY);
		let age = now.checked_sub(timestamp).ok_or(Error::<T>::StaleToken)?;
		ensure!(age <= longest, Error::<T>::StaleToken);
		Ok(())
	}

	fn record_of(owner: &T::AccountId) -> Record {
		T::Directory::tag_of(owner).map(|tag| T::Credibility::record(&tag)).unwrap_or_default()
	}
}
