//! The market's parameters, and what makes them fit together.

use crate::{Config, Error, Event, MarketParameters, Pallet};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{ensure, traits::Get};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_runtime::DispatchResult;
use voltree_primitives::{Clock, Credibility, Credit, Moment, Price, Terms, WattHours};

/// Of a meter's registers 16 are kept without need; windows must end well before the oldest goes, so
/// that only outages of the chain make more of them wait.
pub const MAX_SLOTS_TO_METER: Moment = 12;

/// Parameters of the market, set by the authority. Times are spans of chain time in milliseconds.
///
/// A request, an offer or a trade keeps the terms it was made under.
#[derive(
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Clone,
	PartialEq,
	Eq,
	Debug,
	Serialize,
	Deserialize,
)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Parameters {
	/// Length of a delivery slot; slots start at its multiples. 1 s to 24 h.
	pub delivery_slot: Moment,
	/// How far ahead of its start a slot can be traded. At most 31 days.
	pub horizon: Moment,
	/// How long offers are collected before the management centre responds, unless they suffice.
	pub offer_window: Moment,
	/// From the response to the payment date.
	pub pay_period: Moment,
	/// From the gate to the start of the slot.
	pub lead: Moment,
	/// From the end of the slot to `meter_by`. At most 12 slots.
	pub meter_window: Moment,
	/// From `meter_by` to `bill_by`.
	pub bill_window: Moment,
	/// From `bill_by` to `confirm_by`.
	pub confirm_window: Moment,
	/// From `confirm_by` to `rule_by`.
	pub rule_window: Moment,
	/// Lowest price, in smallest units per kWh; at least 1.
	pub price_floor: Price,
	/// Highest price, in smallest units per kWh.
	pub price_cap: Price,
	/// Smallest fill in Wh; at least 100.
	pub smallest_fill: WattHours,
	/// How much less than traded still counts as delivered, in parts per thousand of the volume.
	pub tolerance: u16,
	/// How much energy a tag can have open per point of its credit, in Wh; at least 1.
	pub exposure: WattHours,
	/// The most that can be offered without a meter, in Wh; 0 if nothing can.
	pub largest_unmetered: WattHours,
	/// Blocks further apart than this are an outage of the chain, which moves deadlines. At least
	/// 1 s; a minute by default.
	pub outage: Moment,
}

impl Default for Parameters {
	/// Quarter-hour slots, minutes to act in, prices from 0.01 to 1 VOLT per kWh, 100 Wh open per
	/// point of credit.
	fn default() -> Self {
		const MINUTE: Moment = 60_000;
		Self {
			delivery_slot: 15 * MINUTE,
			horizon: 48 * 60 * MINUTE,
			offer_window: 5 * MINUTE,
			pay_period: 5 * MINUTE,
			lead: 5 * MINUTE,
			meter_window: 5 * MINUTE,
			bill_window: 15 * MINUTE,
			confirm_window: 30 * MINUTE,
			rule_window: 24 * 60 * MINUTE,
			price_floor: 10_000,
			price_cap: 1_000_000,
			smallest_fill: 100,
			tolerance: 50,
			exposure: 100,
			largest_unmetered: 1_000,
			outage: MINUTE,
		}
	}
}

impl Parameters {
	/// The most that a tag with `credit` points may have open, in Wh: its credit times the exposure.
	pub fn most_open(&self, credit: Credit) -> WattHours {
		WattHours::from(credit).saturating_mul(self.exposure)
	}

	/// Whether all values are in range and fit together.
	pub fn is_valid(&self) -> bool {
		const DAY: Moment = 86_400_000;
		const MONTH: Moment = 2_678_400_000;
		let windows = [
			self.offer_window,
			self.pay_period,
			self.lead,
			self.meter_window,
			self.bill_window,
			self.confirm_window,
			self.rule_window,
		];
		(1_000..=DAY).contains(&self.delivery_slot)
			&& (self.delivery_slot..=MONTH).contains(&self.horizon)
			&& windows.iter().all(|window| *window <= MONTH)
			&& self.meter_window <= self.delivery_slot.saturating_mul(MAX_SLOTS_TO_METER)
			&& self.price_floor >= 1
			&& self.price_floor <= self.price_cap
			&& self.price_cap <= Price::from(u64::MAX)
			&& self.smallest_fill >= 100
			&& self.tolerance <= 1_000
			&& self.exposure >= 1
			&& (1_000..=MONTH).contains(&self.outage)
	}
}

/// The parameters in force, and what untimely behaviour costs.
pub(crate) struct Rules {
	pub version: u32,
	pub parameters: Parameters,
	pub terms: Terms,
}

impl<T: Config> Pallet<T> {
	/// The parameters in force now.
	pub fn parameters() -> Parameters {
		Self::rules().1
	}

	/// The parameters in force now, with their version.
	pub fn rules() -> (u32, Parameters) {
		MarketParameters::<T>::get().in_force(T::Clock::now)
	}

	/// All that a trade made now is made under, read once.
	pub(crate) fn rules_now() -> Rules {
		let (version, parameters) = Self::rules();
		Rules { version, parameters, terms: T::Credibility::terms() }
	}

	pub(crate) fn do_set_parameters(parameters: Parameters) -> DispatchResult {
		ensure!(parameters.is_valid(), Error::<T>::InvalidParameters);
		let now = T::Clock::now();
		let stored = MarketParameters::<T>::get();
		let same_slots = Self::parameters().delivery_slot == parameters.delivery_slot;
		ensure!(same_slots || Self::is_idle(), Error::<T>::DeliverySlotInUse);
		let from = if same_slots { now.saturating_add(T::Notice::get()) } else { now };
		let (version, changed) = if same_slots {
			stored.announce(parameters.clone(), from, now)
		} else {
			stored.replace(parameters.clone(), now)
		};
		MarketParameters::<T>::put(changed);
		Self::deposit_event(Event::ParametersSet { version, parameters, from });
		Ok(())
	}
}
