//! What clients read.

use crate::{
	safety, Config, Histories, LineView, Pallet, Register, RegisterReading, RegisterReadings,
	Registers, Reports, SensorReport,
};
use alloc::vec::Vec;
use frame_system::pallet_prelude::BlockNumberFor;
use safety::Witness;
use sp_runtime::traits::Zero;
use voltree_primitives::{
	Clock, Devices, Domain, IdentityTag, LineId, Message, REGISTERS_REPORT, REGISTER_REPORT,
	SENSOR_REPORT,
};

impl<T: Config> Pallet<T> {
	/// The sensors of a line with their owners and histories.
	pub(crate) fn witnesses(line: LineId) -> Vec<Witness> {
		T::Devices::sensors_on(line)
			.into_iter()
			.map(|(sensor, owner)| Witness {
				owner,
				spans: Histories::<T>::get(&sensor).into_inner(),
			})
			.collect()
	}

	/// What is known about a line now, the sensors owned by `without` left out of the verdict.
	pub fn line_view(line: LineId, without: &[IdentityTag]) -> LineView<T::AccountId> {
		let at = T::Clock::now();
		let witnesses = Self::witnesses(line);
		LineView {
			at,
			verdict: safety::verdict_at(&witnesses, without, at),
			owners: safety::owners(witnesses.iter().map(|witness| witness.owner), without),
			sensors: T::Devices::sensors_on(line)
				.into_iter()
				.map(|(sensor, _)| (sensor.clone(), Reports::<T>::get(&sensor)))
				.collect(),
		}
	}

	/// The registers of a meter that are kept, by rising boundary.
	pub fn registers_of(meter: &T::AccountId) -> Vec<Register> {
		Registers::<T>::get(meter).into_inner()
	}

	/// What a sensor signs, encoded, so that someone else may send its report.
	pub fn report_message(
		report: SensorReport<T::AccountId>,
	) -> Message<SensorReport<T::AccountId>> {
		Self::message(SENSOR_REPORT, report)
	}

	/// What a meter signs, encoded, so that someone else may send its reading.
	pub fn register_message(
		reading: RegisterReading<T::AccountId>,
	) -> Message<RegisterReading<T::AccountId>> {
		Self::message(REGISTER_REPORT, reading)
	}

	/// What a meter signs, encoded, so that someone else may send its readings.
	pub fn registers_message(
		readings: RegisterReadings<T::AccountId>,
	) -> Message<RegisterReadings<T::AccountId>> {
		Self::message(REGISTERS_REPORT, readings)
	}

	/// `body` framed for signing, on this chain.
	pub(crate) fn message<Body>(domain: Domain, body: Body) -> Message<Body> {
		let genesis = frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::zero());
		Message { domain, genesis, body }
	}
}
