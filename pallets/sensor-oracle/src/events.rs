//! What the pallet says happened.

use frame_support::pallet_macros::pallet_section;

/// The events; a section of [`crate::pallet`].
#[pallet_section]
mod events {
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
		/// What the sensors of a line say together changed, by a report or by silence: an alert for
		/// whoever is connected to it.
		LineChanged {
			/// The line.
			line: LineId,
			/// What they say now, nobody left out.
			verdict: Verdict,
			/// The kind of hazard, if it is one.
			class: Class,
			/// How bad that is.
			severity: Severity,
			/// Since when, in chain time.
			from: Moment,
			/// Until when at least, if nobody says anything else; nothing of a stale line.
			until: Option<Moment>,
		},
		/// Nobody listens to a sensor any more.
		SensorSetAside {
			/// The sensor.
			sensor: T::AccountId,
			/// The line it watches.
			line: LineId,
			/// What was found.
			fault: Fault,
		},
		/// A sensor is listened to again.
		SensorRestored {
			/// The sensor.
			sensor: T::AccountId,
			/// The line it watches.
			line: LineId,
		},
		/// A model may report.
		ModelAllowed {
			/// The hash of its file.
			model: H256,
		},
		/// A model may no longer report.
		ModelRetired {
			/// The hash of its file.
			model: H256,
		},
		/// A device gave the root of an hour of its series.
		SeriesRecorded {
			/// The device.
			device: T::AccountId,
			/// Which hour since 1970.
			hour: u32,
			/// How many entries it has.
			count: u32,
			/// The root of their tree.
			root: H256,
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
}
