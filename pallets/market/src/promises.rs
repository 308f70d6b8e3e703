//! What lines and meters can carry: nothing more is promised in a slot.

use crate::{Config, DeliverySlot, Error, LineLoads, Load, MeterSlot, MeterSlots, Pallet};
use frame_support::ensure;
use sp_runtime::{traits::Zero, DispatchResult};
use voltree_primitives::{
	energy_at_most, AwaitedRegisters, Devices, LineId, Moment, WattHours, Watts,
};

impl DeliverySlot {
	/// Energy that `power` can move in the slot, in Wh, rounded down.
	pub fn energy(&self, power: Watts) -> WattHours {
		energy_at_most(power, self.end.saturating_sub(self.start))
	}
}

impl<T: Config> AwaitedRegisters<T::AccountId> for Pallet<T> {
	fn is_awaited(meter: &T::AccountId, boundary: Moment) -> bool {
		let before = boundary.checked_sub(Self::parameters().delivery_slot);
		let mut starts = core::iter::once(boundary).chain(before);
		starts.any(|start| !MeterSlots::<T>::get((meter, start)).waiting.is_zero())
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
		let load_and_limit =
			|line| (LineLoads::<T>::get(line, slot.start), Self::line_limit(line, slot));
		let (fed, limit) = load_and_limit(fed_at);
		let (taken, taken_limit) =
			if taken_at == fed_at { (fed, limit) } else { load_and_limit(taken_at) };
		fed.fed.saturating_add(volume) <= limit && taken.taken.saturating_add(volume) <= taken_limit
	}

	/// Fails unless there is such a line and an offer of `volume` Wh fits into what it has left.
	pub(crate) fn ensure_line_can_feed(
		line: LineId,
		slot: &DeliverySlot,
		volume: WattHours,
	) -> DispatchResult {
		let capacity = T::Devices::capacity(line).ok_or(Error::<T>::InvalidLine)?;
		let fed = LineLoads::<T>::get(line, slot.start).fed;
		ensure!(
			fed.saturating_add(volume) <= slot.energy(capacity),
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
		Self::change_loads(fed_at, taken_at, slot, |energy| energy.saturating_add(volume));
	}

	/// It no longer does.
	pub(crate) fn unload_lines(
		fed_at: LineId,
		taken_at: LineId,
		slot: &DeliverySlot,
		volume: WattHours,
	) {
		Self::change_loads(fed_at, taken_at, slot, |energy| energy.saturating_sub(volume));
	}

	/// Change what is fed in at one line and taken at another, which may be the same; the entry of a
	/// line without load leaves.
	fn change_loads(
		fed_at: LineId,
		taken_at: LineId,
		slot: &DeliverySlot,
		change: impl Fn(WattHours) -> WattHours,
	) {
		let change_at = |line| {
			LineLoads::<T>::mutate_exists(line, slot.start, |entry| {
				let mut load = entry.take().unwrap_or_default();
				if line == fed_at {
					load.fed = change(load.fed);
				}
				if line == taken_at {
					load.taken = change(load.taken);
				}
				*entry = Some(load).filter(|load| *load != Load::default());
			});
		};
		change_at(fed_at);
		if taken_at != fed_at {
			change_at(taken_at);
		}
	}

	/// Promise `volume` Wh of a meter, if its rated power can move them beside what was promised
	/// before.
	pub(crate) fn promise(
		meter: &T::AccountId,
		slot: &DeliverySlot,
		volume: WattHours,
		rated: Watts,
	) -> DispatchResult {
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
