//! Weights of the calls.
//!
//! Estimated: reads and writes are counted in the code, times are generous. Measured ones replace
//! them by `scripts/weights`.
//!
//! A free report is checked twice, by `feeless_if` before and by the call itself, and a signature
//! may have to be tried in two forms: four verifications at worst. The transaction extension that
//! asks `feeless_if` does not count it, so the call does.

use core::marker::PhantomData;
use frame_support::{
	traits::Get,
	weights::{constants::ParityDbWeight, RuntimeDbWeight, Weight},
};

/// What a call costs.
pub trait WeightInfo {
	/// [`crate::Pallet::report`] where the line has `sensors` sensors.
	fn report(sensors: u32) -> Weight;
	/// [`crate::Pallet::report_register`].
	fn report_register() -> Weight;
	/// [`crate::Pallet::set_parameters`].
	fn set_parameters() -> Weight;
}

const MICROSECOND: u64 = 1_000_000;

/// Most bytes of one sensor's history and its proof.
const HISTORY: u64 = 2_500;

fn report(sensors: u32, db: RuntimeDbWeight) -> Weight {
	let sensors = u64::from(sensors);
	Weight::from_parts(350 * MICROSECOND, 8_000)
		// Reads: device, parameters, newest report, clock; the sensor's history, the line's
		// sensors, its stored verdict. Writes: report, history, verdict.
		.saturating_add(db.reads_writes(7, 3))
		.saturating_add(Weight::from_parts(10 * MICROSECOND, HISTORY).saturating_mul(sensors))
		.saturating_add(db.reads(sensors))
}

fn report_register(db: RuntimeDbWeight) -> Weight {
	// Reads: device, slot length, clock, registers. Writes: registers.
	Weight::from_parts(350 * MICROSECOND, 6_000).saturating_add(db.reads_writes(4, 1))
}

fn set_parameters(db: RuntimeDbWeight) -> Weight {
	// Reads: clock, notice, parameters. Writes: parameters.
	Weight::from_parts(20 * MICROSECOND, 4_000).saturating_add(db.reads_writes(3, 1))
}

/// Estimated weights with the runtime's database costs.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	fn report(sensors: u32) -> Weight {
		report(sensors, T::DbWeight::get())
	}
	fn report_register() -> Weight {
		report_register(T::DbWeight::get())
	}
	fn set_parameters() -> Weight {
		set_parameters(T::DbWeight::get())
	}
}

impl WeightInfo for () {
	fn report(sensors: u32) -> Weight {
		report(sensors, ParityDbWeight::get())
	}
	fn report_register() -> Weight {
		report_register(ParityDbWeight::get())
	}
	fn set_parameters() -> Weight {
		set_parameters(ParityDbWeight::get())
	}
}
