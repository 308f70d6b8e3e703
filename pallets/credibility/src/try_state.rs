//! What always holds, as code.

use crate::{pallet::*, types::Day};
use frame_support::{ensure, pallet_prelude::DispatchResult};
use voltree_primitives::{Clock, RECENT_TRADES};

impl<T: Config> Pallet<T> {
	/// Check the invariants in the header of this crate. That credit and debts equal what their
	/// events add up to can be seen only where the events are: the property tests replay them.
	pub fn do_try_state() -> DispatchResult {
		let parameters = Parameters::<T>::get();
		ensure!(parameters.current.is_valid(), "a parameter is out of its range");
		if let Some(next) = parameters.next {
			ensure!(next.parameters.is_valid(), "an announced parameter is out of its range");
		}
		for score in Scores::<T>::iter_values() {
			ensure!(score.credit <= score.start, "credit above its start");
			let listed = u64::try_from(score.record.recent.len()).unwrap_or(u64::MAX);
			let expected = score.record.trades.min(u64::from(RECENT_TRADES));
			ensure!(listed == expected, "a record does not list its newest trades");
		}
		let today = Day::from(T::Clock::now());
		for (day, tag, partner) in Gains::<T>::iter_keys() {
			ensure!(day <= today, "a gain of a day that is still to come");
			ensure!(tag != partner, "a gain without a partner");
			ensure!(Scores::<T>::contains_key(tag), "a gain of nobody");
		}
		Ok(())
	}
}
