//! What always holds, as code.

use crate::pallet::*;
use frame_support::{ensure, pallet_prelude::DispatchResult};
use voltree_primitives::{AccountsOf, Clock};

impl<T: Config> Pallet<T> {
	/// Check the invariants in the header of this crate.
	pub fn do_try_state() -> DispatchResult {
		let parameters = Parameters::<T>::get();
		ensure!(parameters.current.is_valid(), "a parameter is out of its range");
		if let Some(next) = parameters.next {
			ensure!(next.parameters.is_valid(), "an announced parameter is out of its range");
		}
		for (tag, entry) in Entries::<T>::iter() {
			ensure!(entry.since <= T::Clock::now(), "an entry lies in the future");
			ensure!(!T::Accounts::accounts_of(&tag).is_empty(), "an entry of nobody");
		}
		Ok(())
	}
}
