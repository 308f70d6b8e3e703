//! Weights of the calls and of the agenda.
//!
//! Estimated: reads and writes are counted in the code at their worst, times are generous. Measured
//! ones replace them as soon as the runtime's benchmarks exist.

use crate::{MAX_LOOKED_AT, MAX_QUOTES};
use core::marker::PhantomData;
use frame_support::{
	traits::Get,
	weights::{constants::ParityDbWeight, RuntimeDbWeight, Weight},
};

/// What a call costs.
pub trait WeightInfo {
	/// [`crate::Pallet::request`].
	fn request() -> Weight;
	/// [`crate::Pallet::offer`].
	fn offer() -> Weight;
	/// [`crate::Pallet::respond`], with the most offers to look at.
	fn respond() -> Weight;
	/// [`crate::Pallet::pay`], with the most sensors on both lines.
	fn pay() -> Weight;
	/// [`crate::Pallet::start`], with the most sensors on both lines.
	fn start() -> Weight;
	/// [`crate::Pallet::bill`].
	fn bill() -> Weight;
	/// [`crate::Pallet::confirm`].
	fn confirm() -> Weight;
	/// [`crate::Pallet::cancel_request`], with the most quotes to judge.
	fn cancel_request() -> Weight;
	/// [`crate::Pallet::withdraw_offer`].
	fn withdraw_offer() -> Weight;
	/// [`crate::Pallet::withdraw_trade`].
	fn withdraw_trade() -> Weight;
	/// [`crate::Pallet::contest`].
	fn contest() -> Weight;
	/// [`crate::Pallet::rule`].
	fn rule() -> Weight;
	/// [`crate::Pallet::set_grid_prices`] for `p` slots.
	fn set_grid_prices(p: u32) -> Weight;
	/// [`crate::Pallet::set_grid_key`].
	fn set_grid_key() -> Weight;
	/// [`crate::Pallet::set_parameters`].
	fn set_parameters() -> Weight;
	/// Looking at the agenda.
	fn agenda() -> Weight;
	/// One entry of the agenda, the dearest kind: a request judged by all its quotes, or a trade
	/// judged by all sensors of both lines and settled.
	fn agenda_entry() -> Weight;
}

const MICROSECOND: u64 = 1_000_000;

/// Estimated weights with the runtime's database costs.
pub struct SubstrateWeight<T>(PhantomData<T>);

/// Sensors of two lines.
const SENSORS: u64 = 32;

/// Time, reads and writes of a call, put together.
fn estimate(db: RuntimeDbWeight, micros: u64, proof: u64, reads: u64, writes: u64) -> Weight {
	Weight::from_parts(micros.saturating_mul(MICROSECOND), proof)
		.saturating_add(db.reads_writes(reads, writes))
}

macro_rules! weights {
	($db:expr) => {
		fn request() -> Weight {
			// 16 linked wallets count as wealth.
			estimate($db, 150, 40_000, 36, 8)
		}
		fn offer() -> Weight {
			estimate($db, 120, 25_000, 14, 6)
		}
		fn respond() -> Weight {
			// An offer looked at: its place in the book, itself, credit, certificate, blacklist.
			let looked_at = u64::from(MAX_LOOKED_AT);
			estimate($db, 4_000, 600_000, looked_at.saturating_mul(6).saturating_add(12), 7)
		}
		fn pay() -> Weight {
			estimate($db, 250, 60_000, 27, 15)
		}
		fn start() -> Weight {
			estimate($db, 300, 80_000, SENSORS.saturating_mul(2).saturating_add(9), 2)
		}
		fn bill() -> Weight {
			estimate($db, 80, 12_000, 6, 4)
		}
		fn confirm() -> Weight {
			estimate($db, 200, 25_000, 16, 15)
		}
		fn cancel_request() -> Weight {
			let quotes = u64::from(MAX_QUOTES);
			estimate($db, 400, 90_000, quotes.saturating_mul(8).saturating_add(11), 10)
		}
		fn withdraw_offer() -> Weight {
			estimate($db, 60, 8_000, 4, 4)
		}
		fn withdraw_trade() -> Weight {
			estimate($db, 250, 60_000, 40, 20)
		}
		fn contest() -> Weight {
			estimate($db, 120, 20_000, 10, 6)
		}
		fn rule() -> Weight {
			estimate($db, 300, 60_000, 45, 22)
		}
		fn set_grid_prices(p: u32) -> Weight {
			let prices = u64::from(p);
			estimate(
				$db,
				prices.saturating_mul(8).saturating_add(30),
				8_000,
				prices.saturating_mul(3).saturating_add(5),
				prices.saturating_mul(3),
			)
		}
		fn set_grid_key() -> Weight {
			estimate($db, 20, 1_000, 1, 1)
		}
		fn set_parameters() -> Weight {
			estimate($db, 40, 8_000, 5, 1)
		}
		fn agenda() -> Weight {
			estimate($db, 20, 4_000, 3, 0)
		}
		fn agenda_entry() -> Weight {
			estimate($db, 600, 110_000, 151, 15)
		}
	};
}

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	weights!(T::DbWeight::get());
}

impl WeightInfo for () {
	weights!(ParityDbWeight::get());
}
