//! # Sensor oracle
//!
//! Tells when power may flow and how much has flowed: sensors report what they see of a line,
//! meters report their registers at slot boundaries (section 5 and part of section 3 of DESIGN.md;
//! the AI sensors of sections 3 and 4.1 of the paper).
//!
//! | Call | Who | Leads to |
//! |---|---|---|
//! | [`Pallet::report`] | a sensor, or anyone with its signature | one more report in its history |
//! | [`Pallet::report_register`] | a meter, or anyone with its signature | one more register |
//! | [`Pallet::report_registers`] | the same | registers of several boundaries |
//! | [`Pallet::record_series`] | a device, or anyone with its signature | the root of an hour of its series |
//! | [`Pallet::set_parameters`] | the management centre's authority | other periods, with notice |
//! | [`Pallet::allow_model`] | the authority | sensors may use a model |
//! | [`Pallet::retire_model`] | the authority | they no longer may |
//! | [`Pallet::restore_sensor`] | the sensor's owner after a while, or the authority | it is listened to again |
//!
//! Reports are free as long as they would be accepted; a device needs no money. They are
//! ordinary signed extrinsics, so that any client can send them; or, with the device's signature
//! inside, authorized ones that have no sender at all, see [`authorized`].
//!
//! Whether a line is safe is never stored. It follows from the sensors' histories and the time, by
//! the rule in [`safety`]: silence alone makes a line stale, without a transaction.
//! [`Lines`] only remembers what the newest event said. That event, [`Event::LineChanged`], is the
//! alert for the people on a line: in the block of the report that changed it, and of a line that
//! falls silent in the block after, see [`lines`].
//!
//! A sensor that cannot be measuring is **set aside**: it repeats itself ([`conduct`]), or it went on
//! calling clear what enough others called a hazard, or it warned alone beyond its budget. It reports
//! on, and is brought back after a while without fault. Silence counts on its own record. Nothing of
//! this touches anybody's credit. A line that falls silent too often takes no offers until it has been
//! heard for a while.
//!
//! What a device said is forgotten when the registry removes it: a meter is silent from then on, for
//! past slots too, and a sensor is one voice less.
//!
//! ## Invariants
//!
//! * Only registered devices have reports, histories or registers.
//! * The spans of a history follow each other in time; the last one ends with the newest report.
//! * A meter's registers stand at distinct boundaries and never run backwards.
//! * No register goes that a trade waits for.
//! * The hours of a device's series rise.
//! * Each line that is not stale, as far as people were told, has one entry in the watch.

#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(
	not(test),
	deny(
		clippy::unwrap_used,
		clippy::expect_used,
		clippy::indexing_slicing,
		clippy::arithmetic_side_effects,
		clippy::as_conversions
	)
)]

extern crate alloc;

pub mod authorized;
#[allow(clippy::as_conversions, reason = "the codec's derive casts its own indices")]
pub mod conduct;
mod errors;
mod events;
#[allow(clippy::as_conversions, reason = "the codec's derive casts its own indices")]
pub mod history;
pub mod lines;
pub mod migrations;
pub mod models;
pub mod parameters;
pub mod registers;
pub mod runtime_api;
pub mod safety;
pub mod series;
#[allow(clippy::as_conversions, reason = "the codec's derive casts its own indices")]
pub mod types;
pub mod weights;

#[cfg(feature = "runtime-benchmarks")]
#[allow(
	clippy::arithmetic_side_effects,
	clippy::as_conversions,
	clippy::expect_used,
	clippy::indexing_slicing,
	clippy::unwrap_used,
	reason = "benchmarks run on the machine of who measures, never on a chain"
)]
mod benchmarking;
mod dispatchables;
mod neighbours;
mod reads;
mod reports;
mod storage;
mod try_state;

#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

use frame_support::pallet_macros::import_section;

#[cfg(feature = "runtime-benchmarks")]
pub use benchmarking::BenchmarkHelper;
pub use conduct::Conduct;
pub use history::{Absence, Fault, History, Span, MAX_SPANS};
pub use models::Models;
pub use pallet::*;
pub use parameters::*;
pub use series::{HourRoot, SeriesBook, SeriesRoot};
pub use types::*;
pub use weights::WeightInfo;

#[import_section(errors::errors)]
#[import_section(events::events)]
#[import_section(storage::storage)]
#[frame_support::pallet]
#[allow(
	clippy::as_conversions,
	clippy::expect_used,
	reason = "FRAME's macros generate both; our own code here only declares and delegates"
)]
pub mod pallet {
	use super::{
		authorized::Sender,
		history::{Fault, History},
		lines::WatchKey,
		parameters::*,
		registers::Disbelief,
		series::{SeriesBook, SeriesRoot},
		types::*,
		WeightInfo,
	};
	use frame_support::pallet_prelude::*;
	use frame_system::pallet_prelude::*;
	use sp_core::H256;
	use sp_runtime::traits::{IdentifyAccount, Verify};
	use voltree_primitives::{
		AwaitedRegisters, Clock, DeliverySlots, Devices, Directory, LineId, Moment, Verdict,
		WattHours, FEWEST_OWNERS,
	};

	/// The layout of the storage.
	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::config]
	pub trait Config: frame_system::Config<Hash = H256> {
		// Primitives
		/// A signature made off chain by a device.
		type Signature: Verify<Signer: IdentifyAccount<AccountId = Self::AccountId>> + Parameter;
		/// What the calls cost.
		type WeightInfo: WeightInfo;

		// Origins
		/// The management centre's authority.
		type AuthorityOrigin: EnsureOrigin<Self::RuntimeOrigin>;

		// Dependencies
		/// Chain time.
		type Clock: Clock;
		/// Which devices are registered, and where.
		type Devices: Devices<Self::AccountId>;
		/// Who a sensor's owner is.
		type Directory: Directory<Self::AccountId>;
		/// The grid of slot boundaries.
		type Slots: DeliverySlots;
		/// Which registers trades wait for.
		type Awaited: AwaitedRegisters<Self::AccountId>;

		// Parameters
		/// The most sensors that [`Devices::sensors_on`] returns for a line. A report's weight
		/// grows with it.
		#[pallet::constant]
		type SensorsPerLine: Get<u32>;
		/// The notice that changes of the parameters take, in milliseconds: two delivery slots.
		type Notice: Get<Moment>;

		// Benchmarks
		/// Keys, devices and time for benchmarks.
		#[cfg(feature = "runtime-benchmarks")]
		type BenchmarkHelper: crate::BenchmarkHelper<Self::AccountId, Self::Signature>;
	}

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	#[pallet::genesis_config]
	#[derive(frame_support::DefaultNoBound)]
	pub struct GenesisConfig<T: Config> {
		/// Periods of the reports.
		pub parameters: OracleParameters,
		/// Nothing.
		#[serde(skip)]
		pub _config: core::marker::PhantomData<T>,
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			assert!(
				self.parameters.are_valid(),
				"sensorOracle.parameters: 1 <= minInterval <= reportPeriod <= freshness <= one day; \
				 frozenAfter, missedAfter and alarmBudget are at least freshness",
			);
			Parameters::<T>::put(Settings::new(self.parameters));
		}
	}

	impl<T> From<Disbelief> for Error<T> {
		fn from(disbelief: Disbelief) -> Self {
			match disbelief {
				Disbelief::AlreadyReported => Error::AlreadyReported,
				Disbelief::NotMonotone => Error::NotMonotone,
				Disbelief::Implausible => Error::Implausible,
			}
		}
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn on_initialize(_: BlockNumberFor<T>) -> Weight {
			Self::watch_lines()
		}

		fn integrity_test() {
			assert!(
				T::SensorsPerLine::get() >= FEWEST_OWNERS,
				"a line must have room for the sensors of three owners"
			);
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Report what a sensor sees. Free while it would be accepted. Emits [`Event::Reported`],
		/// [`Event::SensorSetAside`] if the sensor cannot be measuring, and [`Event::LineChanged`] if
		/// the line's sensors now say something else together.
		///
		/// Origin: signed by the sensor, which needs no `signature` then, or by anyone with the
		/// sensor's signature over the message that the runtime API's `report_message` returns, or by
		/// nobody with that signature.
		///
		/// Errors: [`Error::NotASensor`], [`Error::InvalidConfidence`], [`Error::ModelRetired`],
		/// [`Error::UnknownModel`], [`Error::FutureReport`], [`Error::StaleReport`],
		/// [`Error::OutOfOrder`], [`Error::TooFrequent`], [`Error::MissingSignature`],
		/// [`Error::BadSignature`].
		#[pallet::call_index(0)]
		#[pallet::weight(Pallet::<T>::heaviest_report(signature))]
		#[pallet::feeless_if(|
			origin: &OriginFor<T>,
			report: &SensorReport<T::AccountId>,
			signature: &Option<T::Signature>
		| -> bool {
			Pallet::<T>::is_free_report(origin, report, signature.as_ref())
		})]
		#[pallet::authorize(Pallet::<T>::authorize_report)]
		#[pallet::weight_of_authorize(Pallet::<T>::weight_of_authorizing(
			signature,
			T::WeightInfo::authorize_report,
		))]
		pub fn report(
			origin: OriginFor<T>,
			report: SensorReport<T::AccountId>,
			signature: Option<T::Signature>,
		) -> DispatchResultWithPostInfo {
			let sender = Self::sender(origin)?;
			let heard = Self::do_report(&sender, report, signature.as_ref())?;
			let is_checked = sender != Sender::Authorized && signature.is_some();
			Ok(Some(Self::weight_of_report(is_checked, heard)).into())
		}

		/// Report a meter's registers at a slot boundary. Free while it would be accepted. Late
		/// reports count. Emits [`Event::RegisterReported`].
		///
		/// Origin: signed by the meter, which needs no `signature` then, or by anyone with the
		/// meter's signature over the message that the runtime API's `register_message` returns, or by
		/// nobody with that signature.
		///
		/// Errors: [`Error::NotAMeter`], [`Error::NotABoundary`], [`Error::FutureReport`],
		/// [`Error::AlreadyReported`], [`Error::NotMonotone`], [`Error::Implausible`],
		/// [`Error::TooOld`], [`Error::TooManyRegisters`], [`Error::MissingSignature`],
		/// [`Error::BadSignature`].
		#[pallet::call_index(1)]
		#[pallet::weight(Pallet::<T>::weight_of_register(signature.is_some()))]
		#[pallet::feeless_if(|
			origin: &OriginFor<T>,
			reading: &RegisterReading<T::AccountId>,
			signature: &Option<T::Signature>
		| -> bool {
			Pallet::<T>::is_free_register(origin, reading, signature.as_ref())
		})]
		#[pallet::authorize(Pallet::<T>::authorize_register)]
		#[pallet::weight_of_authorize(Pallet::<T>::weight_of_authorizing(
			signature,
			T::WeightInfo::authorize_register,
		))]
		pub fn report_register(
			origin: OriginFor<T>,
			reading: RegisterReading<T::AccountId>,
			signature: Option<T::Signature>,
		) -> DispatchResultWithPostInfo {
			let sender = Self::sender(origin)?;
			let is_checked = sender != Sender::Authorized && signature.is_some();
			let asked = Self::do_report_register(&sender, reading, signature.as_ref())?;
			let most = Self::weight_of_register(is_checked);
			Ok(Some(Self::without_questions(most, 1, asked)).into())
		}

		/// Report a meter's registers at up to 16 slot boundaries at once, as one that was out of
		/// reach does, or one that reads both ends of a delivery slot. All of them count or none. Free
		/// while they would be accepted. Emits [`Event::RegisterReported`] for each.
		///
		/// Origin: signed by the meter, which needs no `signature` then, or by anyone with the
		/// meter's signature over the message that the runtime API's `registers_message` returns, or by
		/// nobody with that signature.
		///
		/// Errors: [`Error::NoRegisters`], and those of [`Pallet::report_register`].
		#[pallet::call_index(3)]
		#[pallet::weight(
			Pallet::<T>::weight_of_registers(signature.is_some(), readings.count())
		)]
		#[pallet::feeless_if(|
			origin: &OriginFor<T>,
			readings: &RegisterReadings<T::AccountId>,
			signature: &Option<T::Signature>
		| -> bool {
			Pallet::<T>::are_free_registers(origin, readings, signature.as_ref())
		})]
		#[pallet::authorize(Pallet::<T>::authorize_registers)]
		#[pallet::weight_of_authorize(Pallet::<T>::weight_of_authorizing(
			signature,
			|| T::WeightInfo::authorize_registers(readings.count()),
		))]
		pub fn report_registers(
			origin: OriginFor<T>,
			readings: RegisterReadings<T::AccountId>,
			signature: Option<T::Signature>,
		) -> DispatchResultWithPostInfo {
			let sender = Self::sender(origin)?;
			let is_checked = sender != Sender::Authorized && signature.is_some();
			let count = readings.count();
			let asked = Self::do_report_registers(&sender, readings, signature.as_ref())?;
			let most = Self::weight_of_registers(is_checked, count);
			Ok(Some(Self::without_questions(most, count, asked)).into())
		}

		/// Announce other periods of the reports, in force once [`Config::Notice`] has passed; what
		/// was announced before and is not in force yet is dropped. They count for reports that
		/// arrive then; what was reported before keeps its validity. Emits
		/// [`Event::ParametersSet`].
		///
		/// Origin: the management centre's authority. Errors: [`Error::InvalidParameters`].
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::set_parameters())]
		pub fn set_parameters(
			origin: OriginFor<T>,
			parameters: OracleParameters,
		) -> DispatchResult {
			T::AuthorityOrigin::ensure_origin(origin)?;
			Self::do_set_parameters(parameters)
		}

		/// Give the root of an hour of a device's series. Free while it would be accepted: for an hour
		/// that is over and at most 48 hours back, one root an hour, in their order. Emits
		/// [`Event::SeriesRecorded`].
		///
		/// Origin: signed by the device, which needs no `signature` then, or by anyone with the
		/// device's signature over the message that the runtime API's `series_message` returns, or by
		/// nobody with that signature.
		///
		/// Errors: [`Error::NotADevice`], [`Error::NoEntries`], [`Error::FutureReport`],
		/// [`Error::TooOld`], [`Error::AlreadyReported`], [`Error::OutOfOrder`],
		/// [`Error::MissingSignature`], [`Error::BadSignature`].
		#[pallet::call_index(4)]
		#[pallet::weight(match signature {
			Some(_) => T::WeightInfo::record_series(),
			None => T::WeightInfo::record_series_by_device(),
		})]
		#[pallet::feeless_if(|
			origin: &OriginFor<T>,
			series: &SeriesRoot<T::AccountId>,
			signature: &Option<T::Signature>
		| -> bool {
			Pallet::<T>::is_free_series(origin, series, signature.as_ref())
		})]
		#[pallet::authorize(Pallet::<T>::authorize_series)]
		#[pallet::weight_of_authorize(Pallet::<T>::weight_of_authorizing(
			signature,
			T::WeightInfo::authorize_series,
		))]
		pub fn record_series(
			origin: OriginFor<T>,
			series: SeriesRoot<T::AccountId>,
			signature: Option<T::Signature>,
		) -> DispatchResult {
			Self::do_record_series(&Self::sender(origin)?, series, signature.as_ref())
		}

		/// Let sensors use a model, at once; from the first one on they may use no others. A retired
		/// model comes back by this. Emits [`Event::ModelAllowed`].
		///
		/// Origin: the authority. Errors: [`Error::AlreadyAllowed`], [`Error::MaxModelsExceeded`].
		#[pallet::call_index(5)]
		#[pallet::weight(T::WeightInfo::allow_model())]
		pub fn allow_model(origin: OriginFor<T>, model: H256) -> DispatchResult {
			T::AuthorityOrigin::ensure_origin(origin)?;
			Self::do_allow_model(model)
		}

		/// Refuse reports of a model, at once. What it has reported speaks as long as it is fresh.
		/// Emits [`Event::ModelRetired`].
		///
		/// Origin: the authority. Errors: [`Error::AlreadyRetired`], [`Error::LastModel`],
		/// [`Error::MaxModelsExceeded`].
		#[pallet::call_index(6)]
		#[pallet::weight(T::WeightInfo::retire_model())]
		pub fn retire_model(origin: OriginFor<T>, model: H256) -> DispatchResult {
			T::AuthorityOrigin::ensure_origin(origin)?;
			Self::do_retire_model(model)
		}

		/// Listen again to a sensor that was set aside. Emits [`Event::SensorRestored`], and
		/// [`Event::LineChanged`] if its voice changes its line.
		///
		/// Origin: the authority at any time; or signed by an account of the person who runs the
		/// sensor, once it has waited and reported without fault as the parameters say.
		///
		/// Errors: [`Error::NotASensor`], [`Error::NotSetAside`], [`Error::NotOwner`],
		/// [`Error::TooEarly`], [`Error::TooFewReports`].
		#[pallet::call_index(7)]
		#[pallet::weight(T::WeightInfo::restore_sensor())]
		pub fn restore_sensor(origin: OriginFor<T>, sensor: T::AccountId) -> DispatchResult {
			Self::do_restore_sensor(origin, &sensor)
		}
	}
}
