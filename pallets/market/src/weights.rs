//! Weights of the calls and of the agenda.
//!
//! Estimated: reads and writes are counted in the code at their worst, times are generous. Measured
//! ones replace them as soon as the runtime's benchmarks exist.

use crate::MAX_QUOTES;
use core::marker::PhantomData;
use frame_support::{
	traits::Get,
	weights::{constants::ParityDbWeight, RuntimeDbWeight, Weight},
};
use voltree_primitives::MAX_SENSORS;

/// What a call costs.
pub trait WeightInfo {
	/// [`crate::Pallet::request`] with `w` linked wallets to look for money in.
	fn request(w: u32) -> Weight;
	/// [`crate::Pallet::offer`].
	fn offer() -> Weight;
	/// [`crate::Pallet::respond`] with `o` offers to look at.
	fn respond(o: u32) -> Weight;
	/// [`crate::Pallet::pay`], too late: with a fine.
	fn pay() -> Weight;
	/// [`crate::Pallet::pay`], in time.
	fn pay_in_time() -> Weight;
	/// [`crate::Pallet::start`] with `s` sensors on the lines.
	fn start(s: u32) -> Weight;
	/// [`crate::Pallet::bill`].
	fn bill() -> Weight;
	/// [`crate::Pallet::confirm`], after a short delivery: with a fine.
	fn confirm() -> Weight;
	/// [`crate::Pallet::confirm`], after a good delivery.
	fn confirm_without_blame() -> Weight;
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
	/// An offer has expired.
	fn entry_offer() -> Weight;
	/// The payment date of a request has passed: it is judged, by the most quotes.
	fn entry_judged() -> Weight;
	/// A request ends with a fine.
	fn entry_not_paid() -> Weight;
	/// The slot of a trade that was not started is over, with the most sensors on both lines.
	fn entry_never_started() -> Weight;
	/// The slot of a trade that was started is over, with `s` sensors on the lines.
	fn entry_slot_ended(s: u32) -> Weight;
	/// The meter is read for a trade.
	fn entry_meter_read() -> Weight;
	/// A trade ends without a bill.
	fn entry_never_billed() -> Weight;
	/// A trade ends without the buyer's word.
	fn entry_never_confirmed() -> Weight;
	/// A contested trade ends without a ruling.
	fn entry_contest_unruled() -> Weight;
	/// An offer or a request of somebody on the blacklist is closed.
	fn entry_blacklisted() -> Weight;

	/// An entry of the agenda of the dearest kind.
	fn agenda_entry() -> Weight {
		[
			Self::entry_offer(),
			Self::entry_judged(),
			Self::entry_not_paid(),
			Self::entry_never_started(),
			Self::entry_slot_ended(MAX_SENSORS.saturating_mul(2)),
			Self::entry_meter_read(),
			Self::entry_never_billed(),
			Self::entry_never_confirmed(),
			Self::entry_contest_unruled(),
			Self::entry_blacklisted(),
		]
		.into_iter()
		.fold(Weight::zero(), |dearest, weight| dearest.max(weight))
	}
}

const MICROSECOND: u64 = 1_000_000;

/// Estimated weights with the runtime's database costs.
pub struct SubstrateWeight<T>(PhantomData<T>);

/// Time, reads and writes of a call, put together.
fn estimate(db: RuntimeDbWeight, micros: u64, proof: u64, reads: u64, writes: u64) -> Weight {
	Weight::from_parts(micros.saturating_mul(MICROSECOND), proof)
		.saturating_add(db.reads_writes(reads, writes))
}

macro_rules! weights {
	($db:expr) => {
		fn request(w: u32) -> Weight {
			estimate($db, 150, 40_000, u64::from(w).saturating_mul(2).saturating_add(20), 8)
		}
		fn offer() -> Weight {
			estimate($db, 120, 25_000, 14, 6)
		}
		fn respond(o: u32) -> Weight {
			// An offer looked at: its place in the book, itself, credit, certificate, blacklist.
			let looked_at = u64::from(o);
			estimate(
				$db,
				looked_at.saturating_mul(15).saturating_add(160),
				looked_at.saturating_mul(2_200).saturating_add(20_000),
				looked_at.saturating_mul(6).saturating_add(12),
				7,
			)
		}
		fn pay() -> Weight {
			estimate($db, 250, 60_000, 27, 15)
		}
		fn pay_in_time() -> Weight {
			estimate($db, 250, 60_000, 27, 15)
		}
		fn start(s: u32) -> Weight {
			estimate($db, 300, 80_000, u64::from(s).saturating_mul(2).saturating_add(9), 2)
		}
		fn bill() -> Weight {
			estimate($db, 80, 12_000, 6, 4)
		}
		fn confirm() -> Weight {
			estimate($db, 200, 25_000, 16, 15)
		}
		fn confirm_without_blame() -> Weight {
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
		fn entry_offer() -> Weight {
			estimate($db, 60, 8_000, 4, 4)
		}
		fn entry_judged() -> Weight {
			estimate($db, 600, 110_000, 151, 15)
		}
		fn entry_not_paid() -> Weight {
			estimate($db, 300, 60_000, 40, 15)
		}
		fn entry_never_started() -> Weight {
			estimate($db, 500, 110_000, 101, 15)
		}
		fn entry_slot_ended(s: u32) -> Weight {
			estimate($db, 400, 110_000, u64::from(s).saturating_mul(2).saturating_add(12), 4)
		}
		fn entry_meter_read() -> Weight {
			estimate($db, 80, 12_000, 8, 5)
		}
		fn entry_never_billed() -> Weight {
			estimate($db, 300, 60_000, 40, 20)
		}
		fn entry_never_confirmed() -> Weight {
			estimate($db, 400, 60_000, 50, 24)
		}
		fn entry_contest_unruled() -> Weight {
			estimate($db, 300, 60_000, 45, 22)
		}
		fn entry_blacklisted() -> Weight {
			estimate($db, 300, 60_000, 80, 10)
		}
	};
}

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	weights!(T::DbWeight::get());
}

impl WeightInfo for () {
	weights!(ParityDbWeight::get());
}
