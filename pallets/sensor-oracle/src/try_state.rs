//! The invariants of the pallet's header, as code.

#![cfg(any(feature = "std", feature = "try-runtime"))]

use crate::{Config, Histories, Lines, Pallet, Parameters, Registers, Reports};
use frame_support::{ensure, traits::Get};
use sp_runtime::TryRuntimeError;
use voltree_primitives::Devices;

impl<T: Config> Pallet<T> {
	/// Fails with a sentence that names the broken invariant.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		let parameters = Parameters::<T>::get();
		let announced = parameters.next.map(|next| next.parameters);
		ensure!(
			parameters.current.are_valid() && announced.is_none_or(|next| next.are_valid()),
			"the oracle's parameters are out of range"
		);
		for (sensor, report) in Reports::<T>::iter() {
			ensure!(T::Devices::sensor(&sensor).is_some(), "a report of an unregistered sensor");
			ensure!(report.sensor == sensor, "a report under another sensor's account");
			let history = Histories::<T>::get(&sensor);
			ensure!(
				history.last().is_some_and(
					|run| run.last == report.observed && run.hazard == report.class.is_hazard()
				),
				"a history does not end with the sensor's newest report"
			);
		}
		for (sensor, history) in Histories::<T>::iter() {
			ensure!(Reports::<T>::contains_key(&sensor), "a history without a report");
			for run in &history {
				let steady = run.steady.unwrap_or(run.last);
				ensure!(
					run.from <= steady && steady <= run.last && run.last <= run.until,
					"a span's times are out of order"
				);
			}
			let nexts = history.iter().skip(1);
			ensure!(
				history.iter().zip(nexts).all(|(run, next)| run.last < next.from),
				"the spans of a history overlap"
			);
		}
		for line in Lines::<T>::iter_keys() {
			ensure!(T::Devices::line_exists(line), "a verdict on a line that does not exist");
			let sensors = u32::try_from(T::Devices::sensors_on(line).len()).unwrap_or(u32::MAX);
			ensure!(sensors <= T::SensorsPerLine::get(), "more sensors on a line than weighed");
		}
		for (meter, book) in Registers::<T>::iter() {
			ensure!(T::Devices::meter(&meter).is_some(), "registers of an unregistered meter");
			let nexts = book.iter().skip(1);
			ensure!(
				book.iter().zip(nexts).all(|(one, next)| one.boundary < next.boundary
					&& one.import <= next.import
					&& one.export <= next.export),
				"the registers of a meter are out of order or run backwards"
			);
		}
		Ok(())
	}
}
