//! What the calls of meters and of the authority do, and whether they are free.

use crate::{
	authorized::Sender,
	registers::{self, MAX_ASKED},
	Config, Error, Event, OracleParameters, Pallet, Parameters, Register, RegisterBook,
	RegisterReading, RegisterReadings, Registers, WeightInfo, MAX_SLOTS_BACK,
};
use codec::Encode;
use frame_support::{ensure, traits::Get, weights::Weight};
use frame_system::pallet_prelude::OriginFor;
use sp_runtime::{DispatchError, DispatchResult};
use voltree_primitives::{
	is_signed_by, AwaitedRegisters, Clock, DeliverySlots, Devices, Domain, REGISTERS_REPORT,
	REGISTER_REPORT,
};

/// Registers that count.
pub(crate) struct Registered {
	/// All of the meter's that are kept now.
	book: RegisterBook,
	/// How often it was asked whether one is waited for.
	asked: u32,
}

impl<T: Config> Pallet<T> {
	/// The periods in force.
	pub fn parameters() -> OracleParameters {
		Parameters::<T>::get().in_force(T::Clock::now)
	}

	/// Fails unless `device` itself sent `body` or signed it. The signature of what was authorized by it
	/// is not checked again.
	pub(crate) fn ensure_said(
		sender: &Sender<T::AccountId>,
		device: &T::AccountId,
		domain: Domain,
		body: &impl Encode,
		signature: Option<&T::Signature>,
	) -> Result<(), Error<T>> {
		match sender {
			Sender::Account(who) if who == device => return Ok(()),
			Sender::Authorized => return Ok(()),
			Sender::Account(_) | Sender::Nobody => {}
		}
		let signature = signature.ok_or(Error::MissingSignature)?;
		let message = Self::message(domain, body).encode();
		ensure!(is_signed_by(&message, signature, device), Error::BadSignature);
		Ok(())
	}

	/// The registers of `meter` with those of `news`. Fails unless each of them would be accepted
	/// now.
	fn with_registers(meter: &T::AccountId, news: &[Register]) -> Result<Registered, Error<T>> {
		let rated_power = T::Devices::meter(meter).ok_or(Error::NotAMeter)?.rated_power;
		let (slot, now) = (T::Slots::length(), T::Clock::now());
		let mut book = Registers::<T>::get(meter);
		let mut asked = 0u32;
		let mut is_awaited = |boundary| {
			asked = asked.saturating_add(1);
			T::Awaited::is_awaited(meter, boundary)
		};
		for register in news {
			ensure!(register.boundary.checked_rem(slot) == Some(0), Error::NotABoundary);
			let age = now.checked_sub(register.boundary).ok_or(Error::FutureReport)?;
			let is_long_past = age > slot.saturating_mul(MAX_SLOTS_BACK);
			ensure!(!is_long_past || is_awaited(register.boundary), Error::TooOld);
			let position = registers::place(&book, register, rated_power)?;
			let gone = if is_long_past {
				0
			} else if position == 0 && registers::are_enough(&book) {
				ensure!(is_awaited(register.boundary), Error::TooOld);
				0
			} else {
				registers::make_room(&mut book, &mut is_awaited)
			};
			book.try_insert(position.saturating_sub(gone), *register)
				.map_err(|_| Error::TooManyRegisters)?;
		}
		Ok(Registered { book, asked })
	}

	/// The most that a register's report can weigh, whose call checks a signature or does not.
	pub(crate) fn weight_of_register(is_checked: bool) -> Weight {
		if is_checked {
			T::WeightInfo::report_register()
		} else {
			T::WeightInfo::report_register_by_meter()
		}
	}

	/// The most that a report of so many registers can weigh, whose call checks a signature or does not.
	pub(crate) fn weight_of_registers(is_checked: bool, count: u32) -> Weight {
		if is_checked {
			T::WeightInfo::report_registers(count)
		} else {
			T::WeightInfo::report_registers_by_meter(count)
		}
	}

	/// What is left of the weight of a report of so many registers that asked less often than it might
	/// have whether one is waited for: each time two slots of a meter are looked at.
	pub(crate) fn without_questions(most: Weight, count: u32, asked: u32) -> Weight {
		let spared = count.saturating_mul(MAX_ASKED).saturating_sub(asked);
		most.saturating_sub(T::DbWeight::get().reads(u64::from(spared).saturating_mul(2)))
	}

	/// Fails unless the reading would be accepted now. Returns the meter's registers with it.
	pub(crate) fn check_register(
		sender: &Sender<T::AccountId>,
		reading: &RegisterReading<T::AccountId>,
		signature: Option<&T::Signature>,
	) -> Result<Registered, Error<T>> {
		let RegisterReading { meter, boundary, import, export } = reading;
		let register = Register { boundary: *boundary, import: *import, export: *export };
		let registered = Self::with_registers(meter, &[register])?;
		// Last, because it is the dearest.
		Self::ensure_said(sender, meter, REGISTER_REPORT, reading, signature)?;
		Ok(registered)
	}

	/// Fails unless all the readings would be accepted now. Returns the meter's registers with them.
	pub(crate) fn check_registers(
		sender: &Sender<T::AccountId>,
		readings: &RegisterReadings<T::AccountId>,
		signature: Option<&T::Signature>,
	) -> Result<Registered, Error<T>> {
		let RegisterReadings { meter, registers } = readings;
		ensure!(!registers.is_empty(), Error::NoRegisters);
		let registered = Self::with_registers(meter, registers)?;
		// Last, because it is the dearest.
		Self::ensure_said(sender, meter, REGISTERS_REPORT, readings, signature)?;
		Ok(registered)
	}

	/// Whether nobody pays for this reading: it would be accepted now.
	pub fn is_free_register(
		origin: &OriginFor<T>,
		reading: &RegisterReading<T::AccountId>,
		signature: Option<&T::Signature>,
	) -> bool {
		Self::sender(origin.clone())
			.is_ok_and(|sender| Self::check_register(&sender, reading, signature).is_ok())
	}

	/// Whether nobody pays for these readings: all of them would be accepted now.
	pub fn are_free_registers(
		origin: &OriginFor<T>,
		readings: &RegisterReadings<T::AccountId>,
		signature: Option<&T::Signature>,
	) -> bool {
		Self::sender(origin.clone())
			.is_ok_and(|sender| Self::check_registers(&sender, readings, signature).is_ok())
	}

	/// Take a meter's reading. Returns how often it was asked whether a register is waited for.
	pub(crate) fn do_report_register(
		sender: &Sender<T::AccountId>,
		reading: RegisterReading<T::AccountId>,
		signature: Option<&T::Signature>,
	) -> Result<u32, DispatchError> {
		let Registered { book, asked } = Self::check_register(sender, &reading, signature)?;
		let RegisterReading { meter, boundary, import, export } = reading;
		Registers::<T>::insert(&meter, book);
		Self::deposit_event(Event::RegisterReported { meter, boundary, import, export });
		Ok(asked)
	}

	/// Take a meter's readings. Returns how often it was asked whether a register is waited for.
	pub(crate) fn do_report_registers(
		sender: &Sender<T::AccountId>,
		readings: RegisterReadings<T::AccountId>,
		signature: Option<&T::Signature>,
	) -> Result<u32, DispatchError> {
		let Registered { book, asked } = Self::check_registers(sender, &readings, signature)?;
		let RegisterReadings { meter, registers } = readings;
		Registers::<T>::insert(&meter, book);
		for Register { boundary, import, export } in registers {
			let meter = meter.clone();
			Self::deposit_event(Event::RegisterReported { meter, boundary, import, export });
		}
		Ok(asked)
	}

	/// Announce the periods.
	pub(crate) fn do_set_parameters(parameters: OracleParameters) -> DispatchResult {
		ensure!(parameters.are_valid(), Error::<T>::InvalidParameters);
		let now = T::Clock::now();
		let from = now.saturating_add(T::Notice::get());
		let version = Parameters::<T>::mutate(|settings| settings.announce(parameters, from, now));
		Self::deposit_event(Event::ParametersSet { version, parameters, from });
		Ok(())
	}
}
