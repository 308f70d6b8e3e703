//! Sensors' reports: whether one counts, what follows from it, and who is set aside and comes back.

use crate::{
	authorized::Sender,
	safety::{self, Witness},
	Conduct, Config, Error, Event, Histories, History, Lines, OracleParameters, Pallet, Parameters,
	Reports, SensorRecord, SensorReport, WeightInfo, FULL_CONFIDENCE,
};
use alloc::vec::Vec;
use frame_support::{
	ensure,
	traits::{EnsureOrigin, Get},
	weights::Weight,
};
use frame_system::{ensure_signed, pallet_prelude::OriginFor};
use sp_runtime::{DispatchError, DispatchResult};
use voltree_primitives::{Clock, Devices, Directory, LineId, SENSOR_REPORT};

/// A report that counts.
pub(crate) struct Accepted<AccountId> {
	/// The sensor's line.
	line: LineId,
	/// The periods in force.
	pub parameters: OracleParameters,
	/// What was known of the sensor.
	known: Option<SensorRecord<AccountId>>,
}

/// What a report led to.
pub(crate) struct Heard {
	/// How many sensors the line has.
	pub sensors: u32,
	/// Whether they say something else together now, or one of them was set aside.
	pub changed: bool,
}

impl<T: Config> Pallet<T> {
	/// Fails unless the report would be accepted now.
	pub(crate) fn check_report(
		sender: &Sender<T::AccountId>,
		report: &SensorReport<T::AccountId>,
		signature: Option<&T::Signature>,
	) -> Result<Accepted<T::AccountId>, Error<T>> {
		let line = T::Devices::sensor(&report.sensor).ok_or(Error::NotASensor)?.line;
		ensure!(report.confidence <= FULL_CONFIDENCE, Error::InvalidConfidence);
		let settings = Parameters::<T>::get();
		settings.models.ensure_may_report::<T>(&report.model)?;
		let parameters = settings.in_force(T::Clock::now);
		let age = T::Clock::now().checked_sub(report.observed).ok_or(Error::FutureReport)?;
		ensure!(age <= parameters.freshness, Error::StaleReport);
		let known = Reports::<T>::get(&report.sensor);
		if let Some(SensorRecord { report: last, .. }) = &known {
			ensure!(report.observed > last.observed, Error::OutOfOrder);
			let since = report.observed.saturating_sub(last.observed);
			ensure!(since >= parameters.min_interval, Error::TooFrequent);
		}
		// Last, because it is the dearest.
		Self::ensure_said(sender, &report.sensor, SENSOR_REPORT, report, signature)?;
		Ok(Accepted { line, parameters, known })
	}

	/// Whether nobody pays for this report: it would be accepted now.
	pub fn is_free_report(
		origin: &OriginFor<T>,
		report: &SensorReport<T::AccountId>,
		signature: Option<&T::Signature>,
	) -> bool {
		Self::sender(origin.clone())
			.is_ok_and(|sender| Self::check_report(&sender, report, signature).is_ok())
	}

	/// The weight of a report that led to this, whose call checked a signature or did not.
	pub(crate) fn weight_of_report(is_checked: bool, heard: Heard) -> Weight {
		let Heard { sensors, changed } = heard;
		match (is_checked, changed) {
			(true, true) => T::WeightInfo::report(sensors),
			(true, false) => T::WeightInfo::report_as_before(sensors),
			(false, true) => T::WeightInfo::report_by_sensor(sensors),
			(false, false) => T::WeightInfo::report_as_before_by_sensor(sensors),
		}
	}

	/// The most that a report can weigh.
	pub(crate) fn heaviest_report(signature: &Option<T::Signature>) -> Weight {
		let heard = Heard { sensors: T::SensorsPerLine::get(), changed: true };
		Self::weight_of_report(signature.is_some(), heard)
	}

	/// Take a sensor's report.
	pub(crate) fn do_report(
		sender: &Sender<T::AccountId>,
		report: SensorReport<T::AccountId>,
		signature: Option<&T::Signature>,
	) -> Result<Heard, DispatchError> {
		let Accepted { line, parameters, known } = Self::check_report(sender, &report, signature)?;
		let now = T::Clock::now();
		let SensorReport { sensor, class, confidence, observed, .. } = report.clone();
		let mut history = Histories::<T>::get(&sensor);
		let (last, mut conduct) = match known {
			Some(SensorRecord { report, conduct }) => (Some(report), conduct),
			None => (None, Conduct::default()),
		};
		let spoke_until = history.spans.last().map(|run| run.until);
		let fault = conduct.measured(last.as_ref().zip(spoke_until), &report, &parameters);
		history.remember(class, observed, &parameters);

		let state = Lines::<T>::get(line).unwrap_or_default();
		let mut witnesses = Self::witnesses_beside(line, &sensor, &history);
		let mut opinion = safety::opinion_at(&witnesses, &[], now);
		let from = history.spans.last().map_or(observed, |run| run.from);
		let before = last.map_or(observed, |last| last.observed);
		let fault = fault.or_else(|| {
			let times = [from, before, observed];
			conduct.compared(class.is_hazard(), times, &state, &opinion, &parameters)
		});
		conduct.counted(fault);
		Self::deposit_event(Event::Reported {
			sensor: sensor.clone(),
			line,
			class,
			confidence,
			observed,
		});
		let new_fault = fault.filter(|_| history.absence().is_none());
		if let Some(fault) = new_fault {
			history.set_aside(now, fault);
			witnesses = Self::witnesses_beside(line, &sensor, &history);
			opinion = safety::opinion_at(&witnesses, &[], now);
			Self::deposit_event(Event::SensorSetAside { sensor: sensor.clone(), line, fault });
		}
		Histories::<T>::insert(&sensor, history);
		Reports::<T>::insert(sensor, SensorRecord { report, conduct });
		let changed = Self::note_opinion(line, state, &witnesses, opinion, &parameters);
		let sensors = u32::try_from(witnesses.len()).unwrap_or(u32::MAX);
		Ok(Heard { sensors, changed: changed || new_fault.is_some() })
	}

	/// The sensors of a line, one of them with this history.
	fn witnesses_beside(line: LineId, one: &T::AccountId, history: &History) -> Vec<Witness> {
		let histories = |sensor: &T::AccountId| {
			if sensor == one {
				history.clone()
			} else {
				Histories::<T>::get(sensor)
			}
		};
		Self::witnesses_by(line, histories)
	}

	/// Listen to a sensor again that was set aside.
	pub(crate) fn do_restore_sensor(origin: OriginFor<T>, sensor: &T::AccountId) -> DispatchResult {
		let owner = match T::AuthorityOrigin::try_origin(origin) {
			Ok(_) => None,
			Err(origin) => Some(ensure_signed(origin)?),
		};
		let registered = T::Devices::sensor(sensor).ok_or(Error::<T>::NotASensor)?;
		let mut history = Histories::<T>::get(sensor);
		let absence = *history.absence().ok_or(Error::<T>::NotSetAside)?;
		let mut record = Reports::<T>::get(sensor).ok_or(Error::<T>::NotSetAside)?;
		let (now, parameters) = (T::Clock::now(), Self::parameters());
		if let Some(owner) = owner {
			let tag = T::Directory::tag_of(&owner);
			ensure!(tag == Some(registered.owner), Error::<T>::NotOwner);
			let waited = now.saturating_sub(absence.from);
			ensure!(waited >= parameters.waiting, Error::<T>::TooEarly);
			let plausible = record.conduct.plausible;
			ensure!(plausible >= parameters.plausible_reports, Error::<T>::TooFewReports);
		}
		history.bring_back(now);
		record.conduct.brought_back(now);
		Histories::<T>::insert(sensor, history);
		Reports::<T>::insert(sensor, record);
		let line = registered.line;
		Self::deposit_event(Event::SensorRestored { sensor: sensor.clone(), line });
		Self::look_at(line, &parameters);
		Ok(())
	}
}
