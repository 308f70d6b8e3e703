//! What the calls do.

use crate::{pallet::*, types};
use frame_support::{ensure, pallet_prelude::DispatchResult, traits::Get};
use voltree_primitives::{AccountsOf, Clock, Credibility, IdentityTag};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_set_parameters(parameters: types::Parameters) -> DispatchResult {
		ensure!(parameters.is_valid(), Error::<T>::InvalidParameters);
		let now = T::Clock::now();
		let from = now.saturating_add(T::Notice::get());
		let (version, announced) = Parameters::<T>::get().announce(parameters.clone(), from, now);
		Parameters::<T>::put(announced);
		Self::deposit_event(Event::ParametersSet { version, parameters, from });
		Ok(())
	}

	pub(crate) fn do_readmit(tag: &IdentityTag) -> DispatchResult {
		let entry = Entries::<T>::get(tag).ok_or(Error::<T>::NotListed)?;
		let types::Parameters { limit, waiting, reentry } = Self::parameters();
		ensure!(entry.may_leave_from(waiting) <= T::Clock::now(), Error::<T>::StillWaiting);
		ensure!(T::Credibility::fines_due(tag) == 0, Error::<T>::FinesDue);
		T::Credibility::reinstate(tag, reentry);
		let credit = T::Credibility::credit(tag);
		// Whoever comes back below the limit would be listed again by his first slip, and could
		// never have been above it.
		ensure!(credit >= limit, Error::<T>::StartBelowLimit);
		Entries::<T>::remove(tag);
		let accounts = T::Accounts::accounts_of(tag);
		Self::deposit_event(Event::Readmitted { tag: *tag, credit, accounts });
		Ok(())
	}

	/// The parameters in force now.
	pub fn parameters() -> types::Parameters {
		Parameters::<T>::get().in_force(T::Clock::now).1
	}
}
