//! What clients may ask about lines, sensors and meters.

use crate::{LineView, Register, RegisterReading, RegisterReadings, SensorReport};
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
	}
}
