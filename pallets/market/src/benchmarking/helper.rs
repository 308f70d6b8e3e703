//! What the runtime, or the mock, makes for the benchmarks.

use crate::{Config, DeliverySlot};
use voltree_primitives::{Escrow, LineId, Moment, RequestId, WattHours};

/// A first token, signed.
pub type TokenOf<T> =
	<<T as Config>::Escrow as Escrow<<T as frame_system::Config>::AccountId>>::SignedToken;

/// Makes people, devices and weather: what the benchmarks need of the market's neighbours.
pub trait BenchmarkHelper<T: Config> {
	/// Let chain time be `now`, which is a multiple of a minute.
	fn set_time(now: Moment);
	/// Person number `n`: an account with more money than any benchmark needs and a certificate for
	/// both roles that does not end. The person's record is as long as records get, its credit above
	/// all limits and below what it began with.
	fn person(n: u32) -> T::AccountId;
	/// Give a person as many accounts and linked wallets as there can be, each wallet with money.
	/// Returns one of the wallets.
	fn link_wallets(owner: &T::AccountId) -> T::AccountId;
	/// Leave a person next to no money.
	fn impoverish(who: &T::AccountId);
	/// Person number `n` with `wallets` linked wallets, all without money.
	fn poor_person(n: u32, wallets: u32) -> T::AccountId;
	/// Take so much credit from a person that the next loss brings it on the blacklist.
	fn weaken(who: &T::AccountId);
	/// Register a meter of a person's that can move 100 kWh in a minute.
	fn meter(owner: &T::AccountId, line: LineId) -> T::AccountId;
	/// Make up a full book of registers for `meter`, of which the newest was read at the end of
	/// `slot`. In the slot it exported `energy`.
	fn fill_registers(meter: &T::AccountId, slot: &DeliverySlot, energy: WattHours);
	/// Add a line that can carry 100 kWh in a minute, with as many sensors as there can
	/// be, each of another person.
	fn line(line: LineId);
	/// Take all sensors but the first `count` off a line.
	fn keep_sensors(line: LineId, count: u32);
	/// Make up a full history for each sensor on `line`, so that the line is safe at `at` and was at
	/// some time in the minute before, but not all the time.
	fn fill_histories(line: LineId, at: Moment);
	/// The token of shared wallet `wallet` with these terms, signed by the service key that is the
	/// last to be tried.
	fn token(
		wallet: RequestId,
		volume: WattHours,
		pay_by: Moment,
		valid_until: Moment,
	) -> TokenOf<T>;
}
