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
//! | [`Pallet::set_parameters`] | the management centre's authority | other periods, with notice |
//!
//! Reports are free as long as they would be accepted; a device needs no money. They are
//! ordinary signed extrinsics, so that any client can send them.
//!
//! Whether a line is safe is never stored. It follows from the sensors' histories and the time, by
//! the rule in [`safety`]: silence alone makes a line stale, without a transaction.
//! [`Lines`] only remembers what the newest event said.
//!
//! What a device said is forgotten when the registry removes it: a meter is silent from then on, for
//! past slots too, and a sensor is one voice less.
//!
//! ## Invariants
//!
//! * Only registered devices have reports, histories or registers.
//! * The spans of a history follow each other in time; the last one ends with the newest report.
//! * A meter's registers stand at distinct boundaries and never run backwards.

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

pub mod migrations;
pub mod registers;
pub mod runtime_api;
pub mod safety;
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
mod try_state;

#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

#[cfg(feature = "runtime-benchmarks")]
pub use benchmarking::BenchmarkHelper;
pub use pallet::*;
pub use types::*;
pub use weights::WeightInfo;

#[frame_support::pallet]
#[allow(
	clippy::as_conversions,
	clippy::expect_used,
	reason = "FRAME's macros generate both; our own code here only declares and delegates"
)]
pub mod pallet {
	use super::{registers::Disbelief, types::*, WeightInfo};
	use frame_support::pallet_prelude::*;
	use frame_system::pallet_prelude::*;
	use sp_core::H256;
	use sp_runtime::traits::{IdentifyAccount, Verify};
	use voltree_primitives::{
		Clock, DeliverySlots, Devices, LineId, Moment, Verdict, Versioned, WattHours, FEWEST_OWNERS,
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
		/// The grid of slot boundaries.
		type Slots: DeliverySlots;

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

	/// Periods of the reports; ask [`Pallet::parameters`] for what is in force.
	#[pallet::storage]
	pub type Parameters<T: Config> = StorageValue<_, Versioned<OracleParameters>, ValueQuery>;

	/// The newest report of each sensor that has made one.
	#[pallet::storage]
	pub type Reports<T: Config> =
		StorageMap<_, Blake2_128Concat, T::AccountId, SensorReport<T::AccountId>>;

	/// What each sensor has said, as runs of reports of one kind.
	#[pallet::storage]
	pub type Histories<T: Config> =
		StorageMap<_, Blake2_128Concat, T::AccountId, History, ValueQuery>;

	/// The verdict that the newest [`Event::LineChanged`] of a line named. Silence has changed the
	/// line since, perhaps: ask [`safety`] or the runtime API instead.
	// Twox: lines are numbered by the authority.
	#[pallet::storage]
	pub type Lines<T: Config> = StorageMap<_, Twox64Concat, LineId, Verdict>;

	/// The newest registers of each meter, by rising boundary.
	#[pallet::storage]
	pub type Registers<T: Config> =
		StorageMap<_, Blake2_128Concat, T::AccountId, RegisterBook, ValueQuery>;

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
				"sensorOracle.parameters: 1 <= minInterval <= reportPeriod <= freshness <= one day",
			);
			Parameters::<T>::put(Versioned::new(self.parameters));
		}
	}

	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A sensor reported what it sees of its line.
		Reported {
			/// The sensor.
			sensor: T::AccountId,
			/// The line it watches.
			line: LineId,
			/// What it sees.
			class: Class,
			/// How sure it is, in parts per million.
			confidence: u32,
			/// When it measured, in chain time.
			observed: Moment,
		},
		/// A report changed what the sensors of a line say together.
		LineChanged {
			/// The line.
			line: LineId,
			/// What they say now, nobody left out.
			verdict: Verdict,
		},
		/// A meter reported its registers.
		RegisterReported {
			/// The meter.
			meter: T::AccountId,
			/// The slot boundary, in chain time.
			boundary: Moment,
			/// Watt-hours taken from the line since the meter was made.
			import: WattHours,
			/// Watt-hours given to the line since the meter was made.
			export: WattHours,
		},
		/// Other periods of the reports were announced.
		ParametersSet {
			/// How often they have been replaced, this time included.
			version: u32,
			/// All of them.
			parameters: OracleParameters,
			/// First moment at which they are in force.
			from: Moment,
		},
	}

	#[pallet::error]
	#[derive(PartialEq)]
	pub enum Error<T> {
		/// No sensor is registered under the account that the report names. Have the management
		/// centre register it.
		NotASensor,
		/// No meter is registered under the account that the reading names. Have the management
		/// centre register it.
		NotAMeter,
		/// The sender is not the device, and there is no signature of the device. Add one.
		MissingSignature,
		/// The signature is not the device's over these data for this chain. Sign the bytes that
		/// the runtime API returns.
		BadSignature,
		/// The confidence exceeds 1,000,000 parts per million.
		InvalidConfidence,
		/// The time it speaks of has not come yet in chain time, which stands still between blocks.
		/// Use the newest block's time, and send again after the next block.
		FutureReport,
		/// The observation is older than reports stay fresh. Measure again.
		StaleReport,
		/// The sensor has reported an observation of this time or a later one. Send observations in
		/// their order, each once.
		OutOfOrder,
		/// Too little time lies between this observation and the sensor's last one. Wait for
		/// `min_interval` to pass.
		TooFrequent,
		/// There is no register in the report. Send at least one.
		NoRegisters,
		/// The time is not a multiple of the delivery slot's length. Read the registers at the
		/// slot's boundary.
		NotABoundary,
		/// The meter has reported this boundary. Nothing is left to do.
		AlreadyReported,
		/// The boundary lies before all that are kept, and no more are, or more than 96 slots back.
		/// It is too late for it.
		TooOld,
		/// A register would run backwards between two boundaries. Have the meter checked; after a
		/// repair the management centre registers it anew, with another key.
		NotMonotone,
		/// A register would rise faster than the meter's rated power allows. Have the meter and its
		/// registered rating checked.
		Implausible,
		/// A period is out of range: 1 <= min_interval <= report_period <= freshness <= one day.
		InvalidParameters,
	}

	impl<T> From<Disbelief> for Error<T> {
		fn from(disbelief: Disbelief) -> Self {
			match disbelief {
				Disbelief::AlreadyReported => Error::AlreadyReported,
				Disbelief::TooOld => Error::TooOld,
				Disbelief::NotMonotone => Error::NotMonotone,
				Disbelief::Implausible => Error::Implausible,
			}
		}
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
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
		/// and [`Event::LineChanged`] if the line's sensors now say something else together.
		///
		/// Origin: signed by the sensor, which needs no `signature` then, or by anyone with the
		/// sensor's signature over the message that the runtime API's `report_message` returns.
		///
		/// Errors: [`Error::NotASensor`], [`Error::InvalidConfidence`], [`Error::FutureReport`],
		/// [`Error::StaleReport`], [`Error::OutOfOrder`], [`Error::TooFrequent`],
		/// [`Error::MissingSignature`], [`Error::BadSignature`].
		#[pallet::call_index(0)]
		#[pallet::weight(Pallet::<T>::weight_of_report(signature, T::SensorsPerLine::get()))]
		#[pallet::feeless_if(|
			origin: &OriginFor<T>,
			report: &SensorReport<T::AccountId>,
			signature: &Option<T::Signature>
		| -> bool {
			Pallet::<T>::is_free_report(origin, report, signature.as_ref())
		})]
		pub fn report(
			origin: OriginFor<T>,
			report: SensorReport<T::AccountId>,
			signature: Option<T::Signature>,
		) -> DispatchResultWithPostInfo {
			let sensors = Self::do_report(&ensure_signed(origin)?, report, signature.as_ref())?;
			Ok(Some(Self::weight_of_report(&signature, sensors)).into())
		}

		/// Report a meter's registers at a slot boundary. Free while it would be accepted. Late
		/// reports count. Emits [`Event::RegisterReported`].
		///
		/// Origin: signed by the meter, which needs no `signature` then, or by anyone with the
		/// meter's signature over the message that the runtime API's `register_message` returns.
		///
		/// Errors: [`Error::NotAMeter`], [`Error::NotABoundary`], [`Error::FutureReport`],
		/// [`Error::AlreadyReported`], [`Error::TooOld`], [`Error::NotMonotone`],
		/// [`Error::Implausible`], [`Error::MissingSignature`], [`Error::BadSignature`].
		#[pallet::call_index(1)]
		#[pallet::weight(match signature {
			Some(_) => T::WeightInfo::report_register(),
			None => T::WeightInfo::report_register_by_meter(),
		})]
		#[pallet::feeless_if(|
			origin: &OriginFor<T>,
			reading: &RegisterReading<T::AccountId>,
			signature: &Option<T::Signature>
		| -> bool {
			Pallet::<T>::is_free_register(origin, reading, signature.as_ref())
		})]
		pub fn report_register(
			origin: OriginFor<T>,
			reading: RegisterReading<T::AccountId>,
			signature: Option<T::Signature>,
		) -> DispatchResult {
			Self::do_report_register(&ensure_signed(origin)?, reading, signature.as_ref())
		}

		/// Report a meter's registers at up to 16 slot boundaries at once, as one that was out of
		/// reach does, or one that reads both ends of a delivery slot. All of them count or none. Free
		/// while they would be accepted. Emits [`Event::RegisterReported`] for each.
		///
		/// Origin: signed by the meter, which needs no `signature` then, or by anyone with the
		/// meter's signature over the message that the runtime API's `registers_message` returns.
		///
		/// Errors: [`Error::NoRegisters`], and those of [`Pallet::report_register`].
		#[pallet::call_index(3)]
		#[pallet::weight({
			let count = u32::try_from(readings.registers.len()).unwrap_or(MAX_REGISTERS);
			match signature {
				Some(_) => T::WeightInfo::report_registers(count),
				None => T::WeightInfo::report_registers_by_meter(count),
			}
		})]
		#[pallet::feeless_if(|
			origin: &OriginFor<T>,
			readings: &RegisterReadings<T::AccountId>,
			signature: &Option<T::Signature>
		| -> bool {
			Pallet::<T>::are_free_registers(origin, readings, signature.as_ref())
		})]
		pub fn report_registers(
			origin: OriginFor<T>,
			readings: RegisterReadings<T::AccountId>,
			signature: Option<T::Signature>,
		) -> DispatchResult {
			Self::do_report_registers(&ensure_signed(origin)?, readings, signature.as_ref())
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
	}
}
