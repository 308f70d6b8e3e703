//! What the market may ask ([`Escrow`]), and the calls of a shared wallet's owner.

use crate::{
	CapitalFlow, Config, Error, Event, Flows, HoldReason, Pallet, SharedWallet, SignedToken,
	Wallets,
};
use frame_support::{defensive, ensure, storage::with_storage_layer};
use sp_runtime::{traits::Zero, ArithmeticError, DispatchError, DispatchResult, TokenError};
use voltree_primitives::{
	Balance, Certified, Clock, Escrow, Fine, IdentityTag, RequestId, Token, WattHours,
};

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
			let due = Self::due_from(who);
			ensure!(amount <= wallet.free.saturating_sub(due), Error::<T>::OwedInFines);
			let paid = Self::settle_due(HoldReason::Escrow, who, who, wallet.free);
			Self::note_deducted(id, paid);
			wallet.free = wallet.free.saturating_sub(paid).saturating_sub(amount);
			Self::release(HoldReason::Escrow, who, amount)?;
			Self::deposit_event(Event::Withdrawn { wallet: id, amount });
			Ok(())
		})
	}
}

impl<T: Config> Escrow<T::AccountId> for Pallet<T> {
	type SignedToken = SignedToken<T::AccountId, T::Signature>;

	fn open(
		id: RequestId,
		owner: &T::AccountId,
		key: &T::AccountId,
		funding: Balance,
	) -> DispatchResult {
		ensure!(!Wallets::<T>::contains_key(id), Error::<T>::AlreadyOpen);
		let (owner, key) = (owner.clone(), key.clone());
		Self::deposit_event(Event::Opened { wallet: id, owner: owner.clone(), key: key.clone() });
		if !funding.is_zero() {
			Self::hold(HoldReason::Escrow, &owner, funding)?;
			Self::deposit_event(Event::Funded { wallet: id, amount: funding });
		}
		let wallet = SharedWallet { owner, key, free: funding, locked: 0, token: None };
		Wallets::<T>::insert(id, wallet);
		Ok(())
	}

	fn fund(id: RequestId, amount: Balance) -> DispatchResult {
		Wallets::<T>::try_mutate(id, |slot| {
			let wallet = slot.as_mut().ok_or(Error::<T>::NotFound)?;
			ensure!(!amount.is_zero(), Error::<T>::ZeroAmount);
			Self::hold(HoldReason::Escrow, &wallet.owner, amount)?;
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
		let wallet = Wallets::<T>::get(id).ok_or(Error::<T>::NotFound)?;
		ensure!(wallet.token.is_none(), Error::<T>::AlreadyCertified);
		let Token { timestamp, pay_by, valid_until, .. } = signed.token;
		Self::certify_with(id, wallet, signed, volume, 0)?;
		Ok(Certified { timestamp, pay_by, valid_until })
	}

	fn ensure_payer(id: RequestId, who: &T::AccountId) -> Result<T::AccountId, DispatchError> {
		let wallet = Wallets::<T>::get(id).ok_or(Error::<T>::NotFound)?;
		ensure!(wallet.owner == *who || wallet.key == *who, Error::<T>::NotPayer);
		let signed = wallet.token.ok_or(Error::<T>::NotCertified)?;
		ensure!(T::Clock::now() <= signed.token.valid_until, Error::<T>::TokenExpired);
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
		tag: &IdentityTag,
	) -> DispatchResult {
		Wallets::<T>::try_mutate(id, |slot| {
			let wallet = slot.as_mut().ok_or(Error::<T>::NotFound)?;
			let refund = locked.checked_sub(payout).ok_or(ArithmeticError::Underflow)?;
			let rest = wallet.locked.checked_sub(locked).ok_or(ArithmeticError::Underflow)?;
			if !payout.is_zero() {
				Self::pay(&wallet.owner, payee, tag, payout)?;
				Self::note_flow(&wallet.owner, payee, payout);
			}
			wallet.locked = rest;
			wallet.free = wallet.free.checked_add(refund).ok_or(ArithmeticError::Overflow)?;
			let payee = payee.clone();
			Self::deposit_event(Event::Settled { wallet: id, payee, payout, refund });
			Ok(())
		})
	}

	fn close(id: RequestId, tag: &IdentityTag) {
		let Some(wallet) = Wallets::<T>::get(id) else { return };
		if !wallet.locked.is_zero() {
			defensive!("a shared wallet with locked money is not closed");
			return;
		}
		let owner = &wallet.owner;
		let paid = Self::settle_due_of(tag, HoldReason::Escrow, owner, wallet.free);
		Self::note_deducted(id, paid);
		let refund = wallet.free.saturating_sub(paid);
		if !Self::hand_over(HoldReason::Escrow, owner, owner, refund) {
			defensive!("the hold covers the free part of every shared wallet");
			Wallets::<T>::insert(id, SharedWallet { free: refund, ..wallet });
			return;
		}
		Wallets::<T>::remove(id);
		Self::deposit_event(Event::Closed { wallet: id, refund });
	}

	fn can_bond(who: &T::AccountId, amount: Balance) -> bool {
		amount.is_zero() || Self::ensure_can_hold(HoldReason::Bond, who, amount).is_ok()
	}

	fn bond(who: &T::AccountId, amount: Balance) -> DispatchResult {
		if amount.is_zero() {
			return Ok(());
		}
		Self::hold(HoldReason::Bond, who, amount)?;
		Self::deposit_event(Event::Bonded { account: who.clone(), amount });
		Ok(())
	}

	fn unbond(who: &T::AccountId, tag: &IdentityTag, amount: Balance) {
		if amount.is_zero() {
			return;
		}
		let paid = Self::settle_due_of(tag, HoldReason::Bond, who, amount);
		let back = amount.saturating_sub(paid);
		if !Self::hand_over(HoldReason::Bond, who, who, back) {
			defensive!("the hold covers every bond");
			return;
		}
		Self::deposit_event(Event::Unbonded { account: who.clone(), amount: back });
	}

	fn forfeit(who: &T::AccountId, amount: Balance, to: &T::AccountId) {
		if amount.is_zero() {
			return;
		}
		let forfeited = Self::pay_out(HoldReason::Bond, who, to, amount);
		// What not even the pot can take is his again: the market has forgotten this bond.
		let back = amount.saturating_sub(forfeited);
		if Self::release(HoldReason::Bond, who, back).is_err() {
			defensive!("the hold covers every bond");
			return;
		}
		let (account, to) = (who.clone(), to.clone());
		Self::deposit_event(Event::Forfeited { account, to, amount: forfeited });
	}

	fn fine(fine: Fine<T::AccountId>) -> Balance {
		Self::do_fine(fine)
	}
}

impl<T: Config> Pallet<T> {
	/// Pay `amount` of the money in escrow on `owner` to `payee`, less the fines due from its `tag`.
	/// Either all of it leaves or nothing.
	fn pay(
		owner: &T::AccountId,
		payee: &T::AccountId,
		tag: &IdentityTag,
		amount: Balance,
	) -> DispatchResult {
		with_storage_layer(|| {
			let due = Self::settle_due_of(tag, HoldReason::Escrow, owner, amount);
			let rest = amount.saturating_sub(due);
			let paid = Self::transfer(HoldReason::Escrow, owner, payee, rest);
			ensure!(paid, DispatchError::Token(TokenError::CannotCreate));
			Ok(())
		})
	}

	/// Count what was paid for power. The fines that the payee owed are no less his money.
	fn note_flow(from: &T::AccountId, to: &T::AccountId, amount: Balance) {
		Flows::<T>::mutate(from, |CapitalFlow { spent, .. }| {
			*spent = spent.saturating_add(amount);
		});
		Flows::<T>::mutate(to, |CapitalFlow { received, .. }| {
			*received = received.saturating_add(amount);
		});
	}
}
