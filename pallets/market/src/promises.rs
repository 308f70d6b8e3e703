//! What lines and meters can carry: nothing more is promised in a slot.

use crate::{Config, DeliverySlot, Error, LineLoads, Load, MeterSlot, MeterSlots, Pallet};
use frame_support::ensure;
use sp_runtime::{traits::Zero, DispatchResult};
use voltree_primitives::{energy_at_most, Devices, LineId, WattHours, Watts};

impl DeliverySlot {
	/// Energy that `power` can move in the slot, in Wh, rounded down.
	pub fn energy(&self, power: Watts) -> WattHours {
		energy_at_most(power, self.end.saturating_sub(self.start))
	}
}

impl<T: Config> Pallet<T> {
	/// What a line can carry in a slot, in Wh.
	fn line_limit(line: LineId, slot: &DeliverySlot) -> WattHours {
		slot.energy(T::Devices::capacity(line).unwrap_or_default())
	}

	/// Whether `volume` Wh more fit into the line where they are fed in and the one where they are
	/// taken.
	pub(crate) fn fits_into_lines(
		fed_at: LineId,
		taken_at: LineId,
		slot: &DeliverySlot,
		volume: WattHours,
	) -> bool {
		let fed = LineLoads::<T>::get(fed_at, slot.start).fed;
		let taken = LineLoads::<T>::get(taken_at, slot.start).taken;
		fed.saturating_add(volume) <= Self::line_limit(fed_at, slot)
			&& taken.saturating_add(volume) <= Self::line_limit(taken_at, slot)
	}

	/// Fails unless an offer of `volume` Wh fits into what its line has left.
	pub(crate) fn ensure_line_can_feed(
		line: LineId,
		slot: &DeliverySlot,
		volume: WattHours,
	) -> DispatchResult {
		let fed = LineLoads::<T>::get(line, slot.start).fed;
		ensure!(
			fed.saturating_add(volume) <= Self::line_limit(line, slot),
			Error::<T>::ExceedsLineCapacity
		);
		Ok(())
	}

	/// A trade of `volume` Wh loads its lines.
	pub(crate) fn load_lines(
		fed_at: LineId,
		taken_at: LineId,
		slot: &DeliverySlot,
		volume: WattHours,
	) {
		LineLoads::<T>::mutate(fed_at, slot.start, |load| {
			load.fed = load.fed.saturating_add(volume);
		});
		LineLoads::<T>::mutate(taken_at, slot.start, |load| {
			load.taken = load.taken.saturating_add(volume);
		});
	}

	/// It no longer does.
	pub(crate) fn unload_lines(
		fed_at: LineId,
		taken_at: LineId,
		slot: &DeliverySlot,
		volume: WattHours,
	) {
		let unload = |line, change: &dyn Fn(&mut Load)| {
			LineLoads::<T>::mutate_exists(line, slot.start, |entry| {
				let mut load = entry.take().unwrap_or_default();
				change(&mut load);
				*entry = Some(load).filter(|load| *load != Load::default());
			});
		};
		unload(fed_at, &|load| load.fed = load.fed.saturating_sub(volume));
		unload(taken_at, &|load| load.taken = load.taken.saturating_sub(volume));
	}

	/// Promise `volume` Wh of a meter, if its rated power can move them beside what was promised
	/// before.
	pub(crate) fn promise(
		meter: &T::AccountId,
		slot: &DeliverySlot,
		volume: WattHours,
	) -> DispatchResult {
		let rated = T::Devices::meter(meter).ok_or(Error::<T>::InvalidMeter)?.rated_power;
		MeterSlots::<T>::try_mutate((meter, slot.start), |promises| {
			promises.promised = promises.promised.saturating_add(volume);
			ensure!(promises.promised <= slot.energy(rated), Error::<T>::ExceedsRatedPower);
			Ok(())
		})
	}

	/// Change what is promised of a meter; an entry without promises leaves.
	pub(crate) fn change_promises<R>(
		meter: &T::AccountId,
		slot: &DeliverySlot,
		change: impl FnOnce(&mut MeterSlot) -> R,
	) -> R {
		MeterSlots::<T>::mutate_exists((meter, slot.start), |entry| {
			let mut promises = entry.take().unwrap_or_default();
			let result = change(&mut promises);
			let over = promises.waiting.is_zero() && promises.promised.is_zero();
			*entry = Some(promises).filter(|_| !over);
			result
		})
	}
}
