//! What the other pallets ask of the blacklist: traits of `voltree-primitives`, and the reads
//! behind the runtime API.

use crate::{
	pallet::*,
	types::{AccountStanding, Entry},
};
use frame_support::{ensure, pallet_prelude::DispatchError};
use voltree_primitives::{
	AccountsOf, Clock, Credibility, Credit, Directory, IdentityTag, OnCredit, Role, Standing,
};

impl<T: Config> OnCredit for Pallet<T> {
	fn credit_changed(tag: &IdentityTag, _before: Credit, after: Credit) {
		// `before` does not matter: where the limit was raised above it, the next loss counts too.
		if after >= Parameters::<T>::get().limit || Entries::<T>::contains_key(tag) {
			return;
		}
		Entries::<T>::insert(tag, Entry { since: T::Clock::now(), credit: after });
		let accounts = T::Accounts::accounts_of(tag);
		Self::deposit_event(Event::Blacklisted { tag: *tag, credit: after, accounts });
	}
}

impl<T: Config> Standing<T::AccountId> for Pallet<T> {
	fn ensure_may_open(who: &T::AccountId, role: Role) -> Result<IdentityTag, DispatchError> {
		let tag = T::Directory::ensure_certified(&T::Directory::owner_of(who), role)?;
		ensure!(!Entries::<T>::contains_key(tag), Error::<T>::Blacklisted);
		ensure!(T::Credibility::fines_due(&tag) == 0, Error::<T>::FinesDue);
		Ok(tag)
	}
}

impl<T: Config> Pallet<T> {
	/// Everything that decides whether the account behind `who` may open business.
	pub fn standing(who: &T::AccountId) -> AccountStanding {
		let owner = T::Directory::owner_of(who);
		let certified = |role| T::Directory::ensure_certified(&owner, role).is_ok();
		let tag = T::Directory::tag_of(&owner);
		AccountStanding {
			tag,
			certified_buyer: certified(Role::Buyer),
			certified_seller: certified(Role::Seller),
			blacklisted: tag.is_some_and(Entries::<T>::contains_key),
			fines_due: tag.map_or(0, |tag| T::Credibility::fines_due(&tag)),
			credit: tag.map_or(0, |tag| T::Credibility::credit(&tag)),
			record: tag.map(|tag| T::Credibility::record(&tag)).unwrap_or_default(),
		}
	}
}
