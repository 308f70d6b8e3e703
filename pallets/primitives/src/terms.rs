//! The terms that requests and trades are made under, and how parameters change without reaching
//! back (DESIGN.md, section 3, *Bonds* and *Credibility*).

use crate::{Balance, Credit, Moment, Price, WattHours};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// What untimely behaviour costs and timely behaviour gains. A request and a trade carry the terms
/// of the day they were made.
#[derive(
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Clone,
	Copy,
	PartialEq,
	Eq,
	Debug,
	Default,
)]
pub struct Terms {
	/// Version of the parameters they come from.
	pub version: u32,
	/// The paper's `w`: points lost per kilowatt-hour of untimely behaviour.
	pub weight: u32,
	/// Most points that one event can take.
	pub cap_per_event: Credit,
	/// Points gained by a timely trade, once per pair of tags and day; 0 in the paper.
	pub gain: Credit,
	/// What a fine takes of the value concerned, in parts per thousand.
	pub fine_rate: u16,
	/// The smallest fine, in the smallest unit of money; the bond of a request and of a contest.
	pub smallest_fine: Balance,
}

impl Terms {
	/// Points that untimely behaviour over `volume` costs: `w * volume`, rounded up to whole
	/// points, at most [`Self::cap_per_event`].
	pub fn loss(&self, volume: WattHours) -> Credit {
		const WATT_HOURS_PER_KILOWATT_HOUR: u128 = 1_000;
		// 32 bits times 64 bits always fit into 128.
		let points = u128::from(self.weight)
			.saturating_mul(u128::from(volume))
			.div_ceil(WATT_HOURS_PER_KILOWATT_HOUR);
		Credit::try_from(points).unwrap_or(Credit::MAX).min(self.cap_per_event)
	}

	/// The fine for untimely behaviour over `volume` at `price`, proven loss apart:
	/// `max(smallest fine, ceil(rate * price * volume))`.
	pub fn fine(&self, volume: WattHours, price: Price) -> Balance {
		const WATT_HOURS_TIMES_THOUSANDTHS: Balance = 1_000_000;
		Balance::from(volume)
			.saturating_mul(price)
			.saturating_mul(self.fine_rate.into())
			.div_ceil(WATT_HOURS_TIMES_THOUSANDTHS)
			.max(self.smallest_fine)
	}

	/// Half of [`Self::fine`], rounded up.
	pub fn half_fine(&self, volume: WattHours, price: Price) -> Balance {
		self.fine(volume, price).div_ceil(2)
	}

	/// What a seller posts for a trade: `volume * (cap - price)`, rounded up, and the smallest fine.
	/// A proven loss never exceeds the first part, because the grid price is never above the cap.
	pub fn seller_bond(&self, volume: WattHours, price: Price, cap: Price) -> Option<Balance> {
		crate::amount(volume, cap.saturating_sub(price))?.checked_add(self.smallest_fine)
	}
}

/// What a buyer has lost who has to take `missing` Wh from the grid at `grid` instead of `price`,
/// rounded down.
pub fn proven_loss(missing: WattHours, grid: Price, price: Price) -> Balance {
	crate::payout(missing, grid.saturating_sub(price)).unwrap_or(Balance::MAX)
}

/// Parameters that change with notice.
///
/// The next ones take effect by themselves when their time comes: whoever reads asks for those of a
/// moment, so no hook is needed.
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
	Default,
)]
pub struct Versioned<P> {
	/// How often the current parameters have been replaced before.
	pub version: u32,
	/// In force, unless the time of the next has come.
	pub current: P,
	/// Announced.
	pub next: Option<Announced<P>>,
}

/// Parameters that have been announced.
#[derive(
	Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug,
)]
pub struct Announced<P> {
	/// First moment at which they are in force.
	pub from: Moment,
	/// The parameters.
	pub parameters: P,
}

impl<P> Versioned<P> {
	/// The first parameters.
	pub fn new(current: P) -> Self {
		Self { version: 0, current, next: None }
	}

	/// What is in force at `now`, with its version.
	pub fn at(self, now: Moment) -> (u32, P) {
		self.in_force(|| now)
	}

	/// What is in force now, with its version. Where nothing is announced, as most of the time, nobody
	/// is asked for the time.
	pub fn in_force(self, now: impl FnOnce() -> Moment) -> (u32, P) {
		match self.next {
			Some(next) if next.from <= now() => (self.version.saturating_add(1), next.parameters),
			_ => (self.version, self.current),
		}
	}

	/// Announce `parameters` for `from`; what was announced before and is not yet in force is
	/// dropped. Returns their version.
	pub fn announce(self, parameters: P, from: Moment, now: Moment) -> (u32, Self) {
		let (version, current) = self.at(now);
		let announced = Announced { from, parameters };
		(version.saturating_add(1), Self { version, current, next: Some(announced) })
	}

	/// Put `parameters` in force at once; for what nothing open can rest on. Returns their version.
	pub fn replace(self, parameters: P, now: Moment) -> (u32, Self) {
		let version = self.at(now).0.saturating_add(1);
		(version, Self { version, current: parameters, next: None })
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	const TERMS: Terms = Terms {
		version: 0,
		weight: 10,
		cap_per_event: 100,
		gain: 0,
		fine_rate: 200,
		smallest_fine: 50_000,
	};

	#[test]
	fn credit_is_lost_in_whole_points_up_to_the_cap() {
		assert_eq!(TERMS.loss(0), 0);
		assert_eq!(TERMS.loss(1), 1);
		assert_eq!(TERMS.loss(1_000), 10);
		assert_eq!(TERMS.loss(1_001), 11);
		assert_eq!(TERMS.loss(u64::MAX), 100);
	}

	#[test]
	fn a_fine_is_a_share_of_the_value_with_a_minimum() {
		// A fifth of 1 kWh at 0.30.
		assert_eq!(TERMS.fine(1_000, 300_000), 60_000);
		assert_eq!(TERMS.fine(1_001, 300_000), 60_060);
		assert_eq!(TERMS.fine(100, 300_000), 50_000);
		assert_eq!(TERMS.fine(0, 300_000), 50_000);
		assert_eq!(TERMS.half_fine(1_001, 300_001), 30_031);
		assert_eq!(TERMS.fine(u64::MAX, u128::MAX), u128::MAX.div_ceil(1_000_000));
	}

	#[test]
	fn a_loss_is_what_the_grid_is_dearer() {
		assert_eq!(proven_loss(500, 400_000, 300_000), 50_000);
		assert_eq!(proven_loss(500, 300_000, 400_000), 0);
		assert_eq!(proven_loss(0, 400_000, 300_000), 0);
	}

	#[test]
	fn parameters_come_into_force_at_their_time() {
		let first = Versioned::new(1);
		let (version, announced) = first.announce(2, 100, 50);
		assert_eq!(version, 1);
		assert_eq!(announced.clone().at(99), (0, 1));
		assert_eq!(announced.clone().at(100), (1, 2));
		// A second announcement replaces one that is not in force, and follows one that is.
		assert_eq!(announced.clone().announce(3, 120, 99).1.at(120), (1, 3));
		assert_eq!(announced.clone().announce(3, 120, 100).1.at(119), (1, 2));
		assert_eq!(announced.clone().announce(3, 120, 100).1.at(120), (2, 3));
		assert_eq!(announced.replace(4, 60).1.at(60), (1, 4));
	}

	proptest! {
		/// The bond covers every proven loss in full: the injured party comes first.
		#[test]
		fn a_bond_covers_every_proven_loss(
			traded in 1u64..=u64::from(u32::MAX),
			missing: u64,
			price in 0u128..=u128::from(u64::MAX),
			above in 0u128..=u128::from(u64::MAX),
			grid in 0u128..=u128::from(u64::MAX),
		) {
			let missing = missing.min(traded);
			let cap = price + above;
			let bond = TERMS.seller_bond(traded, price, cap).unwrap();
			prop_assert!(proven_loss(missing, grid.min(cap), price) <= bond);
		}
	}
}
