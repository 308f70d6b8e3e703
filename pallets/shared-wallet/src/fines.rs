//! Fines: collected at once where there is money for them, else paid before anything else leaves
//! towards the person who owes them.

use crate::{Config, Error, Event, HoldReason, Pallet, Wallets};
use frame_support::{
	ensure,
	traits::{fungible::Mutate, tokens::Preservation, Get},
};
use sp_runtime::{traits::Zero, DispatchResult};
use voltree_primitives::{
	Balance, Credibility, Directory, Fine, IdentityTag, RequestId, WALLETS_PER_FINE,
};

/// What of a fine is still to be collected. What is left in the end is a debt to the pot.
struct Claim<'a, AccountId> {
	/// The injured party, who comes first.
	injured: &'a AccountId,
	/// What is his.
	loss: Balance,
	/// What goes to the pot.
	rest: Balance,
}

impl<AccountId> Claim<'_, AccountId> {
	fn left(&self) -> Balance {
		self.loss.saturating_add(self.rest)
	}

	/// Collect at most `available` out of what `from` has on hold. Returns how much it was.
	fn collect<T: Config<AccountId = AccountId>>(
		&mut self,
		reason: HoldReason,
		from: &AccountId,
		available: Balance,
	) -> Balance {
		let loss = Pallet::<T>::pay_out(reason, from, self.injured, self.loss.min(available));
		let mut rest = self.rest.min(available.saturating_sub(loss));
		if !Pallet::<T>::transfer(reason, from, &T::FinePot::get(), rest) {
			rest = 0;
		}
		self.loss = self.loss.saturating_sub(loss);
		self.rest = self.rest.saturating_sub(rest);
		loss.saturating_add(rest)
	}
}

impl<T: Config> Pallet<T> {
	pub(crate) fn do_pay_fines(who: &T::AccountId, amount: Balance) -> DispatchResult {
		ensure!(!amount.is_zero(), Error::<T>::ZeroAmount);
		let tag = T::Directory::tag_of(who).ok_or(Error::<T>::NotMember)?;
		let amount = T::Credibility::fines_due(&tag).min(amount);
		ensure!(!amount.is_zero(), Error::<T>::NothingDue);
		T::Currency::transfer(who, &T::FinePot::get(), amount, Preservation::Preserve)?;
		T::Credibility::paid(&tag, amount);
		Self::deposit_event(Event::FinesPaid { tag, amount });
		Ok(())
	}

	/// What the person behind `who` owes in fines.
	pub(crate) fn due_from(who: &T::AccountId) -> Balance {
		T::Directory::tag_of(who).map_or(0, |tag| T::Credibility::fines_due(&tag))
	}

	/// Pay what the person behind `debtor` owes out of `available`, which `from` has on hold.
	/// Returns how much it was.
	pub(crate) fn settle_due(
		reason: HoldReason,
		from: &T::AccountId,
		debtor: &T::AccountId,
		available: Balance,
	) -> Balance {
		T::Directory::tag_of(debtor)
			.map_or(0, |tag| Self::settle_due_of(&tag, reason, from, available))
	}

	/// Pay what `tag` owes out of `available`, which `from` has on hold. Returns how much it was.
	pub(crate) fn settle_due_of(
		tag: &IdentityTag,
		reason: HoldReason,
		from: &T::AccountId,
		available: Balance,
	) -> Balance {
		let amount = T::Credibility::fines_due(tag).min(available);
		if amount.is_zero() || !Self::transfer(reason, from, &T::FinePot::get(), amount) {
			return 0;
		}
		T::Credibility::paid(tag, amount);
		Self::deposit_event(Event::FinesPaid { tag: *tag, amount });
		amount
	}

	/// Hand `amount` of what `from` has on hold over to `to`, or to the pot what `to` cannot take.
	/// `false`, and nothing happens, if neither can.
	pub(crate) fn hand_over(
		reason: HoldReason,
		from: &T::AccountId,
		to: &T::AccountId,
		amount: Balance,
	) -> bool {
		if Self::transfer(reason, from, to, amount) {
			return true;
		}
		let taken = Self::transfer(reason, from, &T::FinePot::get(), amount);
		if taken {
			Self::deposit_event(Event::Unpayable { account: to.clone(), amount });
		}
		taken
	}

	/// Hand `amount` over to `to`, less the fines due from the person behind it. Returns how much
	/// left the hold: all of it, unless neither `to` nor the pot can take the rest.
	pub(crate) fn pay_out(
		reason: HoldReason,
		from: &T::AccountId,
		to: &T::AccountId,
		amount: Balance,
	) -> Balance {
		let due = Self::settle_due(reason, from, to, amount);
		let handed_over = Self::hand_over(reason, from, to, amount.saturating_sub(due));
		if handed_over {
			amount
		} else {
			due
		}
	}

	pub(crate) fn do_fine(fine: Fine<T::AccountId>) -> Balance {
		let Fine { tag, account, bond, amount, loss, injured, wallets, cause } = fine;
		// The market's record says what this bond is; never take what is not there.
		let bond = bond.min(Self::held(HoldReason::Bond, &account));
		if amount.is_zero() {
			return bond;
		}
		let loss = loss.min(amount);
		let mut claim = Claim { injured: &injured, loss, rest: amount.saturating_sub(loss) };
		let from_bond = claim.collect::<T>(HoldReason::Bond, &account, bond);
		let from_wallets =
			wallets.into_iter().take(WALLETS_PER_FINE).fold(0, |sum: Balance, id| {
				sum.saturating_add(Self::collect_from_wallet(id, &tag, &mut claim))
			});
		let owed = claim.left();
		if !owed.is_zero() {
			T::Credibility::owe(&tag, owed);
		}
		Self::deposit_event(Event::Fined {
			tag,
			cause,
			amount,
			loss,
			from_bond,
			from_wallets,
			owed,
		});
		bond.saturating_sub(from_bond)
	}

	/// Collect from the free part of a shared wallet, if it is one of this person.
	fn collect_from_wallet(
		id: RequestId,
		tag: &IdentityTag,
		claim: &mut Claim<T::AccountId>,
	) -> Balance {
		if claim.left().is_zero() {
			return 0;
		}
		Wallets::<T>::mutate_extant(id, |wallet| {
			if T::Directory::tag_of(&wallet.owner).as_ref() != Some(tag) {
				return 0;
			}
			let amount = claim.collect::<T>(HoldReason::Escrow, &wallet.owner, wallet.free);
			wallet.free = wallet.free.saturating_sub(amount);
			Self::note_deducted(id, amount);
			amount
		})
	}

	/// Tell that `amount` of a wallet's free part went for fines.
	pub(crate) fn note_deducted(id: RequestId, amount: Balance) {
		if !amount.is_zero() {
			Self::deposit_event(Event::Deducted { wallet: id, amount });
		}
	}
}
