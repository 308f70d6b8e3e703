//! The invariants of the pallet's header, as code.

#![cfg(any(feature = "std", feature = "try-runtime"))]

use crate::{
	Config, Histories, Lines, Pallet, Parameters, Registers, Reports, SensorRecord, Series, Watch,
};
use frame_support::{ensure, traits::Get};
use sp_runtime::TryRuntimeError;
use voltree_primitives::{Devices, Verdict};

impl<T: Config> Pallet<T> {
	/// Fails with a sentence that names the broken invariant.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		let parameters = Parameters::<T>::get();
		let announced = parameters.next.map(|next| next.parameters);
		ensure!(
			parameters.current.are_valid() && announced.is_none_or(|next| next.are_valid()),
			"the oracle's parameters are out of range"
		);
		for (sensor, SensorRecord { report, .. }) in Reports::<T>::iter() {
			ensure!(T::Devices::sensor(&sensor).is_some(), "a report of an unregistered sensor");
			ensure!(report.sensor == sensor, "a report under another sensor's account");
			let history = Histories::<T>::get(&sensor);
			ensure!(
				history
					.spans
					.last()
					.is_some_and(|run| run.last == report.observed && run.class == report.class),
				"a history does not end with the sensor's newest report"
			);
		}
		for (sensor, history) in Histories::<T>::iter() {
			ensure!(Reports::<T>::contains_key(&sensor), "a history without a report");
			for run in &history.spans {
				let steady = run.steady.unwrap_or(run.last);
				ensure!(
					run.from <= steady && steady <= run.last && run.last <= run.until,
					"a span's times are out of order"
				);
			}
			let nexts = history.spans.iter().skip(1);
			ensure!(
				history.spans.iter().zip(nexts).all(|(run, next)| run.last < next.from),
				"the spans of a history overlap"
			);
			let mut back = Some(0);
			for absence in &history.absences {
				ensure!(
					back.is_some_and(|back| back <= absence.from)
						&& absence.until.is_none_or(|until| absence.from <= until),
					"a sensor's absences overlap"
				);
				back = absence.until;
			}
		}
		let mut watched = 0usize;
		for (line, state) in Lines::<T>::iter() {
			ensure!(T::Devices::line_exists(line), "a verdict on a line that does not exist");
			let sensors = u32::try_from(T::Devices::sensors_on(line).len()).unwrap_or(u32::MAX);
			ensure!(sensors <= T::SensorsPerLine::get(), "more sensors on a line than weighed");
			let entry = state.watched.map(|due| (due.to_be_bytes(), line.to_be_bytes()));
			ensure!(
				entry.is_none_or(Watch::<T>::contains_key)
					&& (entry.is_some() || state.verdict == Verdict::Stale),
				"a line is not watched that may fall silent"
			);
			watched = watched.saturating_add(usize::from(entry.is_some()));
		}
		ensure!(Watch::<T>::iter_keys().count() == watched, "a line is watched twice");
		for (device, book) in Series::<T>::iter() {
			ensure!(T::Devices::is_device(&device), "a series of an unregistered device");
			let nexts = book.iter().skip(1);
			ensure!(
				book.iter().zip(nexts).all(|(one, next)| one.hour < next.hour),
				"the hours of a series are out of order"
			);
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
