//! Why the pallet refuses a call, and what to do then.

use frame_support::pallet_macros::pallet_section;

/// The errors; a section of [`crate::pallet`].
#[pallet_section]
mod errors {
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
		/// The boundary lies before all that are kept, or more than 96 slots back, and no trade waits
		/// for it. It is too late for it.
		TooOld,
		/// A register would run backwards between two boundaries. Have the meter checked; after a
		/// repair the management centre registers it anew, with another key.
		NotMonotone,
		/// A register would rise faster than the meter's rated power allows. Have the meter and its
		/// registered rating checked.
		Implausible,
		/// A period is out of range: 1 <= min_interval <= report_period <= freshness <= one day; the
		/// patience with a sensor is at least `freshness` and at most a week, the budget of warnings
		/// and the time to settle at most a day.
		InvalidParameters,
		/// The authority has retired the model. Give the sensor its successor.
		ModelRetired,
		/// The model is not among those that the authority has allowed. Have it allowed, or give the
		/// sensor one that is.
		UnknownModel,
		/// The model is allowed. Nothing is left to do.
		AlreadyAllowed,
		/// The model is retired. Nothing is left to do.
		AlreadyRetired,
		/// It is the only model that is allowed: without it all others could report. Allow its
		/// successor first.
		LastModel,
		/// The list of models is full. Retire one, or allow those that may report.
		MaxModelsExceeded,
		/// The sensor is not set aside. Nothing is left to do.
		NotSetAside,
		/// The sender is not the person who runs the sensor. Let that person send it, or the
		/// authority.
		NotOwner,
		/// The sensor has not been set aside for long enough. Have it checked, and try again later.
		TooEarly,
		/// Too few reports in a row were without fault since. Have the sensor checked, and let it
		/// report on.
		TooFewReports,
		/// No device is registered under this account. Have the management centre register it.
		NotADevice,
		/// An hour without entries has no root. Send none for it.
		NoEntries,
		/// As many registers are kept as can be, because a trade still waits for the oldest of them.
		/// Report this one again once that trade is metered.
		TooManyRegisters,
	}
}
