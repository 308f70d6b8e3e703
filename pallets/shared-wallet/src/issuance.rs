//! Money issued and burned against payments of the bank.

use crate::{Config, Error, Event, HoldReason, Pallet, Payments, Redemption, Redemptions};
use frame_support::{
	ensure,
	traits::{
		fungible::{Mutate, MutateHold},
		tokens::{Fortitude, Precision},
		Get,
	},
};
use sp_core::H256;
use sp_runtime::{traits::Zero, DispatchResult};
use voltree_primitives::{Balance, Clock};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_issue(to: &T::AccountId, amount: Balance, reference: H256) -> DispatchResult {
		ensure!(!amount.is_zero(), Error::<T>::ZeroAmount);
		Self::use_reference(reference)?;
		T::Currency::mint_into(to, amount)?;
		Self::deposit_event(Event::Issued { to: to.clone(), amount, reference });
		Ok(())
	}

	pub(crate) fn do_redeem(
		who: &T::AccountId,
		amount: Balance,
		reference: H256,
	) -> DispatchResult {
		ensure!(!amount.is_zero(), Error::<T>::ZeroAmount);
		ensure!(!Redemptions::<T>::contains_key(who), Error::<T>::AlreadyRedeeming);
		ensure!(Self::due_from(who).is_zero(), Error::<T>::FinesDue);
		Self::hold(HoldReason::Redemption, who, amount)?;
		Redemptions::<T>::insert(who, Redemption { amount, reference, free_from: None });
		Self::deposit_event(Event::Redeeming { account: who.clone(), amount, reference });
		Ok(())
	}

	pub(crate) fn do_cancel_redemption(who: &T::AccountId) -> DispatchResult {
		let redemption = Redemptions::<T>::get(who).ok_or(Error::<T>::NotRedeeming)?;
		let now = T::Clock::now();
		let account = who.clone();
		let Some(free_from) = redemption.free_from else {
			let free_from = now.saturating_add(T::RedemptionNotice::get());
			let stopped = Redemption { free_from: Some(free_from), ..redemption };
			Redemptions::<T>::insert(who, stopped);
			Self::deposit_event(Event::RedemptionStopped { account, free_from });
			return Ok(());
		};
		ensure!(free_from <= now, Error::<T>::TooEarly);
		let amount = redemption.amount;
		Self::release(HoldReason::Redemption, who, amount)?;
		Redemptions::<T>::remove(who);
		Self::deposit_event(Event::RedemptionCancelled { account, amount });
		Ok(())
	}

	pub(crate) fn do_burn(who: &T::AccountId, amount: Balance, reference: H256) -> DispatchResult {
		let redemption = Redemptions::<T>::take(who).ok_or(Error::<T>::NotRedeeming)?;
		ensure!(redemption.amount == amount, Error::<T>::OtherAmount);
		Self::use_reference(reference)?;
		let reason = HoldReason::Redemption.into();
		T::Currency::burn_held(&reason, who, amount, Precision::Exact, Fortitude::Force)?;
		Self::deposit_event(Event::Burned { account: who.clone(), amount, reference });
		Ok(())
	}

	/// A payment counts once, whether money was issued or burned for it.
	fn use_reference(reference: H256) -> DispatchResult {
		ensure!(!Payments::<T>::contains_key(reference), Error::<T>::ReferenceUsed);
		Payments::<T>::insert(reference, ());
		Ok(())
	}
}
