//! What clients read.

use crate::{
	safety, Config, Histories, History, HourRoot, LineState, LineView, Lines, Pallet, Register,
	RegisterReading, RegisterReadings, Registers, Reports, SensorRecord, SensorReport, SensorView,
	Series,
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
		Self::witnesses_by(line, |sensor| Histories::<T>::get(sensor))
	}

	/// The sensors of a line with their owners, and the histories that they are given.
	pub(crate) fn witnesses_by(
		line: LineId,
		history_of: impl Fn(&T::AccountId) -> History,
	) -> Vec<Witness> {
		T::Devices::sensors_on(line)
			.into_iter()
			.map(|(sensor, owner)| {
				let History { spans, absences } = history_of(&sensor);
				Witness { owner, spans: spans.into_inner(), absences: absences.into_inner() }
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
				.map(|(sensor, _)| {
					let newest = Reports::<T>::get(&sensor).map(|record| record.report);
					(sensor, newest)
				})
				.collect(),
		}
	}

	/// What people were told of a line last, and whether it takes offers now.
	pub fn line_state(line: LineId) -> Option<(LineState, bool)> {
		let state = Lines::<T>::get(line)?;
		let takes_offers = state.takes_offers(T::Clock::now());
		Some((state, takes_offers))
	}

	/// A sensor's own record, if it has reported.
	pub fn sensor_view(sensor: &T::AccountId) -> Option<SensorView<T::AccountId>> {
		let SensorRecord { report, conduct } = Reports::<T>::get(sensor)?;
		let history = Histories::<T>::get(sensor);
		let spoke_until = history.spans.last().map_or(report.observed, |run| run.until);
		Some(SensorView {
			silent_now: T::Clock::now().saturating_sub(spoke_until),
			set_aside: history.absence().copied(),
			report,
			conduct,
		})
	}

	/// The roots of a device's series that are kept, by rising hour.
	pub fn series_of(device: &T::AccountId) -> Vec<HourRoot> {
		Series::<T>::get(device).into_inner()
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
