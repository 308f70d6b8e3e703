//! What the other pallets ask of the blacklist: traits of `voltree-primitives`, and the reads
//! behind the runtime API.

use crate::{
	extension::Refusal,
	pallet::*,
	types::{AccountStanding, Entry},
};
use frame_support::{ensure, pallet_prelude::DispatchError};
use voltree_primitives::{
	AccountsOf, Clock, Credibility, Credit, Directory, IdentityTag, Moment, OnBlacklisted,
	OnCredit, Person, Role, Standing,
};

/// Why somebody may not open business, for the pool and for the pallets.
pub(crate) type Refused = (Refusal, DispatchError);

impl<T: Config> OnCredit for Pallet<T> {
	fn credit_changed(tag: &IdentityTag, before: Credit, after: Credit) {
		// `before` need not have reached the limit: where that was raised above it, the next loss
		// counts too. A gain below a raised limit brings nobody on the list.
		if after > before || after >= Self::parameters().limit || Entries::<T>::contains_key(tag) {
			return;
		}
		Entries::<T>::insert(tag, Entry { since: T::Clock::now(), credit: after });
		let accounts = T::Accounts::accounts_of(tag);
		Self::deposit_event(Event::Blacklisted { tag: *tag, credit: after, accounts });
		T::OnBlacklisted::blacklisted(tag);
	}
}

impl<T: Config> Standing<T::AccountId> for Pallet<T> {
	fn ensure_may_open(who: &T::AccountId, role: Role) -> Result<Person, DispatchError> {
		Self::admit(who, role).map_err(|(_, error)| error)
	}

	fn ensure_holder_may_open(
		holder: &T::AccountId,
		role: Role,
		at: Moment,
	) -> Result<Person, DispatchError> {
		let tag = T::Directory::ensure_holder_certified(holder, role, at)?;
		Self::ensure_clean(tag).map_err(|(_, error)| error)
	}
}

impl<T: Config> Pallet<T> {
	/// The one check of who may open business, for the pallets and for the pool: the person behind
	/// `who`, or why not, in the words of both.
	pub(crate) fn admit(who: &T::AccountId, role: Role) -> Result<Person, Refused> {
		let tag = T::Directory::ensure_certified(who, role)
			.map_err(|error| (Refusal::Uncertified, error))?;
		Self::ensure_clean(tag)
	}

	/// Fails if `tag` is on the blacklist or owes fines.
	fn ensure_clean(tag: IdentityTag) -> Result<Person, Refused> {
		ensure!(
			!Entries::<T>::contains_key(tag),
			(Refusal::Blacklisted, Error::<T>::Blacklisted.into())
		);
		let (credit, fines_due) = T::Credibility::credit_and_fines(&tag);
		ensure!(fines_due == 0, (Refusal::FinesDue, Error::<T>::FinesDue.into()));
		Ok(Person { tag, credit })
	}

	/// Everything that decides whether the account behind `who` may open business.
	pub fn standing(who: &T::AccountId) -> AccountStanding {
		let owner = T::Directory::owner_of(who);
		let certified = |role| T::Directory::ensure_certified(&owner, role).is_ok();
		let tag = T::Directory::tag_of(&owner);
		let entry = tag.and_then(Entries::<T>::get);
		let waiting = Self::parameters().waiting;
		AccountStanding {
			tag,
			certified_buyer: certified(Role::Buyer),
			certified_seller: certified(Role::Seller),
			blacklisted: entry.is_some(),
			listed_since: entry.as_ref().map(|entry| entry.since),
			readmission_from: entry.as_ref().map(|entry| entry.may_leave_from(waiting)),
			fines_due: tag.map_or(0, |tag| T::Credibility::fines_due(&tag)),
			credit: tag.map_or(0, |tag| T::Credibility::credit(&tag)),
			record: tag.map(|tag| T::Credibility::record(&tag)).unwrap_or_default(),
		}
	}
}
