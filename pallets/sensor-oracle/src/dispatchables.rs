//! What the calls do, and whether they are free.

use crate::{
	registers, safety, Config, Error, Event, Histories, Lines, OracleParameters, Pallet,
	Parameters, Register, RegisterBook, RegisterReading, RegisterReadings, Registers, Reports,
	SensorReport, WeightInfo, FULL_CONFIDENCE, MAX_SLOTS_BACK,
};
use codec::Encode;
use frame_support::{ensure, traits::Get, weights::Weight};
use frame_system::{ensure_signed, pallet_prelude::OriginFor};
use sp_runtime::{DispatchError, DispatchResult};
use voltree_primitives::{
	is_signed_by, Clock, DeliverySlots, Devices, Domain, LineId, Verdict, REGISTERS_REPORT,
	REGISTER_REPORT, SENSOR_REPORT,
};

impl<T: Config> Pallet<T> {
	/// The periods in force.
	pub fn parameters() -> OracleParameters {
		Parameters::<T>::get().in_force(T::Clock::now).1
	}

	/// Fails unless `device` itself sent `body` or signed it.
	fn ensure_said(
		sender: &T::AccountId,
		device: &T::AccountId,
		domain: Domain,
		body: &impl Encode,
		signature: Option<&T::Signature>,
	) -> Result<(), Error<T>> {
		if sender == device {
			return Ok(());
		}
		let signature = signature.ok_or(Error::MissingSignature)?;
		let message = Self::message(domain, body).encode();
		ensure!(is_signed_by(&message, signature, device), Error::BadSignature);
		Ok(())
	}

	/// Fails unless the report would be accepted now. Returns the sensor's line.
	pub(crate) fn check_report(
		sender: &T::AccountId,
		report: &SensorReport<T::AccountId>,
		signature: Option<&T::Signature>,
	) -> Result<LineId, Error<T>> {
		let sensor = T::Devices::sensor(&report.sensor).ok_or(Error::NotASensor)?;
		ensure!(report.confidence <= FULL_CONFIDENCE, Error::InvalidConfidence);
		let parameters = Self::parameters();
		let age = T::Clock::now().checked_sub(report.observed).ok_or(Error::FutureReport)?;
		ensure!(age <= parameters.freshness, Error::StaleReport);
		if let Some(last) = Reports::<T>::get(&report.sensor) {
			ensure!(report.observed > last.observed, Error::OutOfOrder);
			let since = report.observed.saturating_sub(last.observed);
			ensure!(since >= parameters.min_interval, Error::TooFrequent);
		}
		// Last, because it is the dearest.
		Self::ensure_said(sender, &report.sensor, SENSOR_REPORT, report, signature)?;
		Ok(sensor.line)
	}

	/// Whether nobody pays for this report: it would be accepted now.
	pub fn is_free_report(
		origin: &OriginFor<T>,
		report: &SensorReport<T::AccountId>,
		signature: Option<&T::Signature>,
	) -> bool {
		ensure_signed(origin.clone())
			.is_ok_and(|sender| Self::check_report(&sender, report, signature).is_ok())
	}

	/// The weight of a report on a line with so many sensors: without a `signature` none is checked.
	pub(crate) fn weight_of_report(signature: &Option<T::Signature>, sensors: u32) -> Weight {
		match signature {
			Some(_) => T::WeightInfo::report(sensors),
			None => T::WeightInfo::report_by_sensor(sensors),
		}
	}

	/// Take a sensor's report. Returns how many sensors its line has.
	pub(crate) fn do_report(
		sender: &T::AccountId,
		report: SensorReport<T::AccountId>,
		signature: Option<&T::Signature>,
	) -> Result<u32, DispatchError> {
		let line = Self::check_report(sender, &report, signature)?;
		Histories::<T>::mutate(&report.sensor, |history| {
			let parameters = Self::parameters();
			safety::remember(history, report.class.is_hazard(), report.observed, &parameters);
		});
		Self::deposit_event(Event::Reported {
			sensor: report.sensor.clone(),
			line,
			class: report.class,
			confidence: report.confidence,
			observed: report.observed,
		});
		Reports::<T>::insert(report.sensor.clone(), report);

		let witnesses = Self::witnesses(line);
		let verdict = safety::verdict_at(&witnesses, &[], T::Clock::now());
		// A line of which no event has spoken is stale.
		if verdict != Lines::<T>::get(line).unwrap_or(Verdict::Stale) {
			Lines::<T>::insert(line, verdict);
			Self::deposit_event(Event::LineChanged { line, verdict });
		}
		Ok(u32::try_from(witnesses.len()).unwrap_or(u32::MAX))
	}

	/// The registers of `meter` with those of `news`. Fails unless each of them would be accepted
	/// now.
	fn with_registers(meter: &T::AccountId, news: &[Register]) -> Result<RegisterBook, Error<T>> {
		let rated_power = T::Devices::meter(meter).ok_or(Error::NotAMeter)?.rated_power;
		let (slot, now) = (T::Slots::length(), T::Clock::now());
		let mut book = Registers::<T>::get(meter);
		for register in news {
			ensure!(register.boundary.checked_rem(slot) == Some(0), Error::NotABoundary);
			let age = now.checked_sub(register.boundary).ok_or(Error::FutureReport)?;
			ensure!(age <= slot.saturating_mul(MAX_SLOTS_BACK), Error::TooOld);
			let position = registers::place(&book, register, rated_power)?;
			registers::insert(&mut book, position, *register);
		}
		Ok(book)
	}

	/// Fails unless the reading would be accepted now. Returns the meter's registers with it.
	pub(crate) fn check_register(
		sender: &T::AccountId,
		reading: &RegisterReading<T::AccountId>,
		signature: Option<&T::Signature>,
	) -> Result<RegisterBook, Error<T>> {
		let RegisterReading { meter, boundary, import, export } = reading;
		let register = Register { boundary: *boundary, import: *import, export: *export };
		let book = Self::with_registers(meter, &[register])?;
		// Last, because it is the dearest.
		Self::ensure_said(sender, meter, REGISTER_REPORT, reading, signature)?;
		Ok(book)
	}

	/// Fails unless all the readings would be accepted now. Returns the meter's registers with them.
	pub(crate) fn check_registers(
		sender: &T::AccountId,
		readings: &RegisterReadings<T::AccountId>,
		signature: Option<&T::Signature>,
	) -> Result<RegisterBook, Error<T>> {
		let RegisterReadings { meter, registers } = readings;
		ensure!(!registers.is_empty(), Error::NoRegisters);
		let book = Self::with_registers(meter, registers)?;
		// Last, because it is the dearest.
		Self::ensure_said(sender, meter, REGISTERS_REPORT, readings, signature)?;
		Ok(book)
	}

	/// Whether nobody pays for this reading: it would be accepted now.
	pub fn is_free_register(
		origin: &OriginFor<T>,
		reading: &RegisterReading<T::AccountId>,
		signature: Option<&T::Signature>,
	) -> bool {
		ensure_signed(origin.clone())
			.is_ok_and(|sender| Self::check_register(&sender, reading, signature).is_ok())
	}

	/// Whether nobody pays for these readings: all of them would be accepted now.
	pub fn are_free_registers(
		origin: &OriginFor<T>,
		readings: &RegisterReadings<T::AccountId>,
		signature: Option<&T::Signature>,
	) -> bool {
		ensure_signed(origin.clone())
			.is_ok_and(|sender| Self::check_registers(&sender, readings, signature).is_ok())
	}

	/// Take a meter's reading.
	pub(crate) fn do_report_register(
		sender: &T::AccountId,
		reading: RegisterReading<T::AccountId>,
		signature: Option<&T::Signature>,
	) -> DispatchResult {
		let book = Self::check_register(sender, &reading, signature)?;
		let RegisterReading { meter, boundary, import, export } = reading;
		Registers::<T>::insert(&meter, book);
		Self::deposit_event(Event::RegisterReported { meter, boundary, import, export });
		Ok(())
	}

	/// Take a meter's readings.
	pub(crate) fn do_report_registers(
		sender: &T::AccountId,
		readings: RegisterReadings<T::AccountId>,
		signature: Option<&T::Signature>,
	) -> DispatchResult {
		let book = Self::check_registers(sender, &readings, signature)?;
		let RegisterReadings { meter, registers } = readings;
		Registers::<T>::insert(&meter, book);
		for Register { boundary, import, export } in registers {
			let meter = meter.clone();
			Self::deposit_event(Event::RegisterReported { meter, boundary, import, export });
		}
		Ok(())
	}

	/// Announce the periods.
	pub(crate) fn do_set_parameters(parameters: OracleParameters) -> DispatchResult {
		ensure!(parameters.are_valid(), Error::<T>::InvalidParameters);
		let now = T::Clock::now();
		let from = now.saturating_add(T::Notice::get());
		let (version, announced) = Parameters::<T>::get().announce(parameters, from, now);
		Parameters::<T>::put(announced);
		Self::deposit_event(Event::ParametersSet { version, parameters, from });
		Ok(())
	}
}
