//! What always holds, as code.

use crate::pallet::*;
use frame_support::{ensure, pallet_prelude::DispatchResult};
use voltree_primitives::RECENT_TRADES;

impl<T: Config> Pallet<T> {
	/// Check the invariants in the header of this crate.
	pub fn do_try_state() -> DispatchResult {
		ensure!(Parameters::<T>::get().is_valid(), "a parameter is out of its range");
		for score in Scores::<T>::iter_values() {
			ensure!(score.credit <= score.start, "credit above its start");
			let listed = u64::try_from(score.record.recent.len()).unwrap_or(u64::MAX);
			let expected = score.record.trades.min(u64::from(RECENT_TRADES));
			ensure!(listed == expected, "a record does not list its newest trades");
		}
		Ok(())
	}
}
