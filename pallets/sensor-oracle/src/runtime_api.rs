//! What clients may ask about lines, sensors and meters.

use crate::{
	HourRoot, LineState, LineView, Models, Register, RegisterReading, RegisterReadings,
	SensorReport, SensorView, SeriesRoot,
};
use alloc::vec::Vec;
use codec::Codec;
use voltree_primitives::{IdentityTag, LineId, Message};

sp_api::decl_runtime_apis! {
	/// Reads about lines and meters, and what devices sign.
	pub trait SensorOracleApi<AccountId>
	where
		AccountId: Codec,
	{
		/// What the sensors of a line say now, those owned by `without` left out, and each sensor's
		/// newest report.
		fn line(line: LineId, without: Vec<IdentityTag>) -> LineView<AccountId>;
		/// What people were told of a line last, and whether it takes offers now. `None` of one that
		/// has always been stale, which takes them.
		fn line_state(line: LineId) -> Option<(LineState, bool)>;
		/// A sensor's own record, if it has reported.
		fn sensor(sensor: AccountId) -> Option<SensorView<AccountId>>;
		/// Which models may report.
		fn models() -> Models;
		/// The newest roots of a device's series, by rising hour.
		fn series(device: AccountId) -> Vec<HourRoot>;
		/// The newest registers of a meter, by rising boundary.
		fn registers(meter: AccountId) -> Vec<Register>;
		/// What a sensor signs, in its SCALE encoding, so that someone else may send its report.
		fn report_message(report: SensorReport<AccountId>) -> Message<SensorReport<AccountId>>;
		/// What a meter signs, in its SCALE encoding, so that someone else may send its reading.
		fn register_message(
			reading: RegisterReading<AccountId>,
		) -> Message<RegisterReading<AccountId>>;
		/// What a meter signs, in its SCALE encoding, so that someone else may send its readings.
		fn registers_message(
			readings: RegisterReadings<AccountId>,
		) -> Message<RegisterReadings<AccountId>>;
		/// What a device signs, in its SCALE encoding, so that someone else may send its root.
		fn series_message(series: SeriesRoot<AccountId>) -> Message<SeriesRoot<AccountId>>;
	}
}
