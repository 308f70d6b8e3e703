//! Energy, money, time, credit and the ids of things, each in one unit everywhere.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_core::H256;

/// Chain time in milliseconds since the Unix epoch.
///
/// It is the number of the current block slot times the block slot's duration, never a node's own
/// clock: see [`crate::Clock`]. Spans of time are in milliseconds too.
pub type Moment = u64;

/// Energy in watt-hours.
pub type WattHours = u64;

/// Power in watts.
pub type Watts = u32;

/// Money in the smallest unit of the currency.
pub type Balance = u128;

/// Smallest units of the currency per kilowatt-hour.
pub type Price = u128;

/// Credibility in whole points (the paper's `Credit`).
pub type Credit = u32;

/// A power line, numbered by the authority.
pub type LineId = u32;

/// A request, and the shared wallet opened for it.
pub type RequestId = u64;

/// An offer.
pub type OfferId = u64;

/// A trade: one fill of a request by an offer.
pub type TradeId = u64;

/// A keyed hash of a legal identity, made by the management centre: one person, one tag.
pub type IdentityTag = H256;

/// What a certified account may do.
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
	Serialize,
	Deserialize,
)]
pub enum Role {
	/// Takes power and pays for it.
	Buyer,
	/// Delivers power and is paid for it.
	Seller,
}

/// The roles a certificate grants; at least one of them.
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
	Serialize,
	Deserialize,
)]
pub enum Roles {
	/// May buy.
	Buyer,
	/// May sell.
	Seller,
	/// May do both: a prosumer.
	Both,
}

impl Roles {
	/// Whether `role` is among them.
	pub fn include(self, role: Role) -> bool {
		matches!(
			(self, role),
			(Roles::Both, _) | (Roles::Buyer, Role::Buyer) | (Roles::Seller, Role::Seller)
		)
	}
}

/// Watt-hours in a kilowatt-hour, the unit a price refers to.
const KILO: Price = 1_000;

/// What `volume` costs at `price`, rounded up. `None` where it does not fit into [`Balance`].
///
/// Calculated once, when a trade is paid.
pub fn amount(volume: WattHours, price: Price) -> Option<Balance> {
	let product = Price::from(volume).checked_mul(price)?;
	Some(product.div_ceil(KILO))
}

/// What is paid out for the delivered `volume` at `price`, rounded down.
///
/// Never more than [`amount`] of the same or a larger volume: what the buyer gets back is what was
/// locked less this, so the parts always sum to the whole. `None` where it does not fit.
pub fn payout(volume: WattHours, price: Price) -> Option<Balance> {
	let product = Price::from(volume).checked_mul(price)?;
	product.checked_div(KILO)
}

/// Energy that a device of `power` can move in `span` milliseconds, rounded up: what a register may
/// have counted.
pub fn energy(power: Watts, span: Moment) -> WattHours {
	u64::from(power).saturating_mul(span).div_ceil(HOUR)
}

/// Energy that a device of `power` can move in `span` milliseconds, rounded down: what may be
/// promised of it.
pub fn energy_at_most(power: Watts, span: Moment) -> WattHours {
	u64::from(power).saturating_mul(span).checked_div(HOUR).unwrap_or_default()
}

/// Milliseconds.
const HOUR: u64 = 3_600_000;

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	#[test]
	fn an_amount_is_rounded_up_and_a_payout_down() {
		assert_eq!(amount(100, 25), Some(3));
		assert_eq!(payout(100, 25), Some(2));
		assert_eq!(amount(1_000, 25), Some(25));
		assert_eq!(payout(1_000, 25), Some(25));
		assert_eq!(amount(u64::MAX, Price::MAX), None);
		assert_eq!(payout(u64::MAX, Price::MAX), None);
	}

	#[test]
	fn roles_include_what_they_say() {
		assert!(Roles::Both.include(Role::Buyer) && Roles::Both.include(Role::Seller));
		assert!(Roles::Buyer.include(Role::Buyer) && !Roles::Buyer.include(Role::Seller));
		assert!(Roles::Seller.include(Role::Seller) && !Roles::Seller.include(Role::Buyer));
	}

	#[test]
	fn a_kilowatt_moves_a_kilowatt_hour_in_an_hour() {
		assert_eq!(energy(1_000, 3_600_000), 1_000);
		assert_eq!(energy(1_000, 900_000), 250);
		assert_eq!(energy(1, 1), 1);
		assert_eq!(energy_at_most(1_000, 900_000), 250);
		assert_eq!(energy_at_most(1, 1), 0);
	}

	proptest! {
		/// Whatever is delivered of what was traded, the payout fits into what was locked.
		#[test]
		fn a_payout_never_exceeds_what_was_locked(
			traded: u64,
			share in 0u64..=1_000,
			price in 0u128..=u128::from(u64::MAX),
		) {
			let delivered = u64::try_from(u128::from(traded) * u128::from(share) / 1_000).unwrap();
			let locked = amount(traded, price).unwrap();
			prop_assert!(payout(delivered, price).unwrap() <= locked);
		}
	}
}
