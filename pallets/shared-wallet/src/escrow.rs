//! What the calls do, and what the market may ask ([`Escrow`]).

use crate::{
	CapitalFlow, Certification, Config, Error, Event, Flows, HoldReason, Pallet, SharedWallet,
	SignedToken, Tokens, Wallets,
};
use codec::Encode;
use frame_support::{
	defensive, ensure,
	traits::{
		fungible::MutateHold,
		tokens::{Fortitude, Precision, Restriction},
	},
};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_core::H256;
use sp_runtime::{
	traits::{Verify, Zero},
	ArithmeticError, DispatchError, DispatchResult,
};
use voltree_primitives::{
	Balance, Certified, Clock, Credibility, Directory, Escrow, Moment, Record, RequestId, Token,
	WattHours, TOKEN,
};

/// How many rounds a token may be under way between signature and chain.
const ROUNDS_UNDER_WAY: Moment = 3;

impl<T: Config> Pallet<T> {
	pub(crate) fn do_fund(who: &T::AccountId, id: RequestId, amount: Balance) -> DispatchResult {
		let wallet = Wallets::<T>::get(id).ok_or(Error::<T>::NotFound)?;
		ensure!(wallet.owner == *who, Error::<T>::NotOwner);
		<Self as Escrow<T::AccountId>>::fund(id, amount)
	}

	pub(crate) fn do_withdraw(
		who: &T::AccountId,
		id: RequestId,
		amount: Balance,
	) -> DispatchResult {
		Wallets::<T>::try_mutate(id, |slot| {
			let wallet = slot.as_mut().ok_or(Error::<T>::NotFound)?;
			ensure!(wallet.owner == *who, Error::<T>::NotOwner);
			ensure!(!amount.is_zero(), Error::<T>::ZeroAmount);
			ensure!(amount <= wallet.free, Error::<T>::InsufficientFunds);
			let due = T::Directory::tag_of(who).map_or(0, |tag| T::Credibility::fines_due(&tag));
			ensure!(amount <= wallet.free.saturating_sub(due), Error::<T>::OwedInFines);
			wallet.free = wallet.free.saturating_sub(amount);
			T::Currency::release(&HoldReason::Escrow.into(), who, amount, Precision::Exact)?;
			Self::deposit_event(Event::Withdrawn { wallet: id, amount });
			Ok(())
		})
	}

	pub(crate) fn do_renew(signed: SignedToken<T::AccountId, T::Signature>) -> DispatchResult {
		let id = signed.token.wallet;
		let present = Tokens::<T>::get(id).ok_or(Error::<T>::NotCertified)?.token;
		let token = &signed.token;
		ensure!(
			token.pay_by == present.pay_by && token.valid_until == present.valid_until,
			Error::<T>::ChangedTerms
		);
		let nonce = present.nonce.checked_add(1).ok_or(ArithmeticError::Overflow)?;
		Self::certify_with(id, signed, present.volume, nonce)
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
		let present = Tokens::<T>::get(id).map(|signed| signed.token);
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

	/// Check a token against everything the chain knows, and store it.
	fn certify_with(
		id: RequestId,
		signed: SignedToken<T::AccountId, T::Signature>,
		volume: WattHours,
		nonce: u32,
	) -> DispatchResult {
		Wallets::<T>::try_mutate(id, |slot| {
			let wallet = slot.as_mut().ok_or(Error::<T>::NotFound)?;
			Self::ensure_token_of(wallet, id, volume, &signed.token)?;
			ensure!(signed.token.nonce == nonce, Error::<T>::WrongNonce);
			ensure!(
				signed.token.record == Self::record_of(&wallet.owner),
				Error::<T>::OutdatedRecord
			);
			Self::ensure_recent(signed.token.timestamp)?;
			let message = signed.token.encode();
			ensure!(
				T::Directory::service_keys()
					.iter()
					.any(|key| signed.signature.verify(&message[..], key)),
				Error::<T>::BadTokenSignature
			);
			ensure!(T::Clock::now() <= signed.token.valid_until, Error::<T>::TokenExpired);
			wallet.certified = Some(Certification { nonce, valid_until: signed.token.valid_until });
			Tokens::<T>::insert(id, signed);
			Self::deposit_event(Event::Certified { wallet: id, nonce });
			Ok(())
		})
	}

	fn ensure_token_of(
		wallet: &SharedWallet<T::AccountId>,
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

	/// Move `payout` from the hold on `owner` to `payee`. An account that does not exist any more
	/// and would be too poor to exist cannot be paid: then nothing moves and the answer is `false`.
	fn transfer(owner: &T::AccountId, payee: &T::AccountId, payout: Balance) -> bool {
		T::Currency::transfer_on_hold(
			&HoldReason::Escrow.into(),
			owner,
			payee,
			payout,
			Precision::Exact,
			Restriction::Free,
			Fortitude::Force,
		)
		.is_ok()
	}
}

impl<T: Config> Escrow<T::AccountId> for Pallet<T> {
	type SignedToken = SignedToken<T::AccountId, T::Signature>;

	fn open(id: RequestId, owner: &T::AccountId, key: &T::AccountId) -> DispatchResult {
		ensure!(!Wallets::<T>::contains_key(id), Error::<T>::AlreadyOpen);
		let (owner, key) = (owner.clone(), key.clone());
		let wallet = SharedWallet {
			owner: owner.clone(),
			key: key.clone(),
			free: 0,
			locked: 0,
			certified: None,
		};
		Wallets::<T>::insert(id, wallet);
		Self::deposit_event(Event::Opened { wallet: id, owner, key });
		Ok(())
	}

	fn fund(id: RequestId, amount: Balance) -> DispatchResult {
		Wallets::<T>::try_mutate(id, |slot| {
			let wallet = slot.as_mut().ok_or(Error::<T>::NotFound)?;
			ensure!(!amount.is_zero(), Error::<T>::ZeroAmount);
			T::Currency::hold(&HoldReason::Escrow.into(), &wallet.owner, amount)?;
			wallet.free = wallet.free.checked_add(amount).ok_or(ArithmeticError::Overflow)?;
			Self::deposit_event(Event::Funded { wallet: id, amount });
			Ok(())
		})
	}

	fn certify(
		id: RequestId,
		signed: Self::SignedToken,
		volume: WattHours,
	) -> Result<Certified, DispatchError> {
		ensure!(!Tokens::<T>::contains_key(id), Error::<T>::AlreadyCertified);
		let Token { timestamp, pay_by, valid_until, .. } = signed.token;
		Self::certify_with(id, signed, volume, 0)?;
		Ok(Certified { timestamp, pay_by, valid_until })
	}

	fn ensure_payer(id: RequestId, who: &T::AccountId) -> Result<T::AccountId, DispatchError> {
		let wallet = Wallets::<T>::get(id).ok_or(Error::<T>::NotFound)?;
		ensure!(wallet.owner == *who || wallet.key == *who, Error::<T>::NotPayer);
		let token = wallet.certified.ok_or(Error::<T>::NotCertified)?;
		ensure!(T::Clock::now() <= token.valid_until, Error::<T>::TokenExpired);
		Ok(wallet.owner)
	}

	fn lock(id: RequestId, amount: Balance) -> DispatchResult {
		Wallets::<T>::try_mutate(id, |slot| {
			let wallet = slot.as_mut().ok_or(Error::<T>::NotFound)?;
			wallet.free = wallet.free.checked_sub(amount).ok_or(Error::<T>::InsufficientFunds)?;
			wallet.locked = wallet.locked.checked_add(amount).ok_or(ArithmeticError::Overflow)?;
			Self::deposit_event(Event::Locked { wallet: id, amount });
			Ok(())
		})
	}

	fn settle(
		id: RequestId,
		locked: Balance,
		payout: Balance,
		payee: &T::AccountId,
	) -> DispatchResult {
		Wallets::<T>::try_mutate(id, |slot| {
			let wallet = slot.as_mut().ok_or(Error::<T>::NotFound)?;
			let refund = locked.checked_sub(payout).ok_or(ArithmeticError::Underflow)?;
			let rest = wallet.locked.checked_sub(locked).ok_or(ArithmeticError::Underflow)?;
			if !payout.is_zero() {
				ensure!(
					Self::transfer(&wallet.owner, payee, payout),
					DispatchError::Token(sp_runtime::TokenError::CannotCreate)
				);
				Self::note_flow(&wallet.owner, payee, payout);
			}
			wallet.locked = rest;
			wallet.free = wallet.free.checked_add(refund).ok_or(ArithmeticError::Overflow)?;
			let payee = payee.clone();
			Self::deposit_event(Event::Settled { wallet: id, payee, payout, refund });
			Ok(())
		})
	}

	fn close(id: RequestId) {
		let Some(wallet) = Wallets::<T>::get(id) else { return };
		if !wallet.locked.is_zero() {
			defensive!("a shared wallet with locked money is not closed");
			return;
		}
		if !wallet.free.is_zero() {
			let reason = HoldReason::Escrow.into();
			let released =
				T::Currency::release(&reason, &wallet.owner, wallet.free, Precision::Exact);
			if released.is_err() {
				defensive!("the hold covers the free part of every shared wallet");
				return;
			}
		}
		Wallets::<T>::remove(id);
		Tokens::<T>::remove(id);
		Self::deposit_event(Event::Closed { wallet: id, refund: wallet.free });
	}
}

impl<T: Config> Pallet<T> {
	fn note_flow(from: &T::AccountId, to: &T::AccountId, amount: Balance) {
		Flows::<T>::mutate(from, |CapitalFlow { spent, .. }| {
			*spent = spent.saturating_add(amount);
		});
		Flows::<T>::mutate(to, |CapitalFlow { received, .. }| {
			*received = received.saturating_add(amount);
		});
	}
}
