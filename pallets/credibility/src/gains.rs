//! Gains of a day: who has gained by trading with whom, so that a pair of tags cannot lift its
//! credit by trading to and fro.

use crate::{pallet::*, types::Day, WeightInfo};
use frame_support::weights::Weight;

/// Most gains of days that are over that one block forgets.
pub const MAX_FORGOTTEN: u32 = 64;

impl<T: Config> Pallet<T> {
	/// Forget gains of days before `today`, the oldest first, within `limit` and at most
	/// [`MAX_FORGOTTEN`]. Returns the weight of it.
	pub(crate) fn forget_gains(today: Day, limit: Weight) -> Weight {
		let weight = T::WeightInfo::forget_gains;
		if weight(0).any_gt(limit) {
			return Weight::zero();
		}
		let mut forgotten = 0u32;
		let mut keys = Gains::<T>::iter_keys();
		// Removing the key just returned is what such an iterator allows.
		while forgotten < MAX_FORGOTTEN && weight(forgotten.saturating_add(1)).all_lte(limit) {
			let Some(key) = keys.next().filter(|(day, ..)| *day < today) else { break };
			Gains::<T>::remove(key);
			forgotten = forgotten.saturating_add(1);
		}
		weight(forgotten)
	}
}
