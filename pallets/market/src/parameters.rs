//! The market's parameters, and what makes them fit together.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use voltree_primitives::{Moment, Price, WattHours};

/// Meter registers are kept for 16 slot boundaries; windows must end well before the oldest goes.
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
}

impl Default for Parameters {
	/// Quarter-hour slots, minutes to act in, prices from 0.01 to 1 VOLT per kWh.
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
		}
	}
}

impl Parameters {
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
	}
}
