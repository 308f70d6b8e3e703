//! What the other pallets ask.

use crate::{registers, safety, Config, Histories, Lines, Pallet, Registers, Reports, Series};
use sp_runtime::traits::UniqueSaturatedInto;
use voltree_primitives::{
	Clock, Devices, IdentityTag, LineId, LineSafety, Moment, OnDeviceRemoved, SafetyOver, Verdict,
	WattHours,
};

impl<T: Config> LineSafety for Pallet<T> {
	fn verdict(line: LineId, without: &[IdentityTag]) -> Verdict {
		safety::verdict_at(&Self::witnesses(line), without, T::Clock::now())
	}

	fn owners(line: LineId, without: &[IdentityTag]) -> u32 {
		let owners = T::Devices::sensors_on(line).into_iter().map(|(_, owner)| owner);
		safety::owners(owners, without)
	}

	fn sensors(line: LineId) -> u32 {
		T::Devices::sensors_on(line).len().unique_saturated_into()
	}

	fn takes_offers(line: LineId) -> bool {
		Lines::<T>::get(line).is_none_or(|state| state.takes_offers(T::Clock::now()))
	}

	fn safety_over(
		lines: [LineId; 2],
		without: &[IdentityTag],
		from: Moment,
		to: Moment,
	) -> SafetyOver {
		let [one, other] = lines;
		let ones = Self::witnesses(one);
		if one == other {
			return safety::safety_over([&ones, &ones], without, from, to);
		}
		safety::safety_over([&ones, &Self::witnesses(other)], without, from, to)
	}
}

impl<T: Config> voltree_primitives::Registers<T::AccountId> for Pallet<T> {
	fn exported(meter: &T::AccountId, from: Moment, to: Moment) -> Option<WattHours> {
		registers::exported(&Registers::<T>::get(meter), from, to)
	}
}

impl<T: Config> OnDeviceRemoved<T::AccountId> for Pallet<T> {
	fn device_removed(device: &T::AccountId) {
		Reports::<T>::remove(device);
		Histories::<T>::remove(device);
		Registers::<T>::remove(device);
		Series::<T>::remove(device);
	}
}
