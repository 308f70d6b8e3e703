//! Money on hold: how it gets there, and where it goes.

use crate::{Config, HoldReason, Pallet};
use frame_support::{
	ensure,
	traits::{
		fungible::{Inspect, InspectHold, MutateHold},
		tokens::{Fortitude, Precision, Preservation, Restriction},
	},
};
use sp_runtime::{traits::Zero, DispatchError, DispatchResult, TokenError};
use voltree_primitives::Balance;

impl<T: Config> Pallet<T> {
	/// Fails unless [`Self::hold`] would do it.
	pub(crate) fn ensure_can_hold(
		reason: HoldReason,
		who: &T::AccountId,
		amount: Balance,
	) -> DispatchResult {
		Self::ensure_to_spare(who, amount)?;
		T::Currency::ensure_can_hold(&reason.into(), who, amount)
	}

	/// Fails unless `who` can do without `amount` and remain an account.
	///
	/// What keeps the account alive stays free, so that the account takes back whatever is
	/// released, however little.
	fn ensure_to_spare(who: &T::AccountId, amount: Balance) -> DispatchResult {
		let free = T::Currency::reducible_balance(who, Preservation::Preserve, Fortitude::Force);
		ensure!(amount <= free, TokenError::FundsUnavailable);
		// The first money on hold counts as a reason for the account to exist; those are limited.
		ensure!(
			!T::Currency::total_balance_on_hold(who).is_zero()
				|| frame_system::Pallet::<T>::can_inc_consumer(who),
			DispatchError::TooManyConsumers
		);
		Ok(())
	}

	/// Put `amount` of `who`'s money on hold.
	pub(crate) fn hold(reason: HoldReason, who: &T::AccountId, amount: Balance) -> DispatchResult {
		Self::ensure_to_spare(who, amount)?;
		T::Currency::hold(&reason.into(), who, amount)
	}

	/// What `who` has on hold for `reason`.
	pub(crate) fn held(reason: HoldReason, who: &T::AccountId) -> Balance {
		T::Currency::balance_on_hold(&reason.into(), who)
	}

	/// Make `amount` of what `who` has on hold free again. Fails if there is less.
	pub(crate) fn release(
		reason: HoldReason,
		who: &T::AccountId,
		amount: Balance,
	) -> DispatchResult {
		if amount.is_zero() {
			return Ok(());
		}
		T::Currency::release(&reason.into(), who, amount, Precision::Exact).map(drop)
	}

	/// Move `amount` of what `from` has on hold to `to`, which may be `from` itself, where it is
	/// free. An account that does not exist and would be too poor to exist cannot be paid: then
	/// nothing moves and the answer is `false`.
	pub(crate) fn transfer(
		reason: HoldReason,
		from: &T::AccountId,
		to: &T::AccountId,
		amount: Balance,
	) -> bool {
		if from == to {
			return Self::release(reason, to, amount).is_ok();
		}
		amount.is_zero()
			|| T::Currency::transfer_on_hold(
				&reason.into(),
				from,
				to,
				amount,
				Precision::Exact,
				Restriction::Free,
				Fortitude::Force,
			)
			.is_ok()
	}
}
