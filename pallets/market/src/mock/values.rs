//! Who and what is in the tests, and when.

use super::*;
use voltree_primitives::Terms;

pub const EXISTENTIAL_DEPOSIT: Balance = 10;
/// What Alice, Bob, Charlie and Dave have.
pub const MONEY: Balance = 100_000;

/// When tests begin, and the slot they trade.
pub const START: Moment = 600_000;
pub const SLOT: Moment = 720_000;
pub const LENGTH: Moment = 60_000;
pub const SLOT_END: Moment = SLOT + LENGTH;
pub const GATE: Moment = SLOT - 10_000;
/// The grace to pay, three rounds.
pub const GRACE: Moment = 3 * ROUND;
/// Deadlines of a request made at [`START`] and answered when the offer window ends.
pub const WINDOW_END: Moment = START + 10_000;
pub const RESPOND_BY: Moment = GATE - GRACE - 20_000;
pub const PAY_BY: Moment = WINDOW_END + 20_000 + GRACE;
pub const LATE_BY: Moment = PAY_BY + GRACE;
/// Deadlines of its trades.
pub const METER_BY: Moment = SLOT_END + 20_000;
pub const BILL_BY: Moment = METER_BY + 30_000;
pub const CONFIRM_BY: Moment = BILL_BY + 40_000;
pub const RULE_BY: Moment = CONFIRM_BY + 100_000;
/// The notice that changes of parameters take: so short that they come into a trade's middle.
pub const NOTICE: Moment = 15_000;
/// Blocks further apart than this are an outage.
pub const OUTAGE: Moment = 15_000;
/// Blocks come at least this often as long as nothing is wrong.
pub const PULSE: Moment = 10_000;

/// Where Alice, Dave and the sellers are, and another line.
pub const LINE: LineId = 7;
pub const OTHER_LINE: LineId = 8;
/// Two owners of sensors are too few.
pub const BARE_LINE: LineId = 9;

/// The management centre's service key.
pub const SERVICE: Keyring = Ferdie;
/// Who holds the keys of the shared wallets.
pub const KEY: Keyring = Eve;
/// A linked wallet of Alice, one of Bob, one of Bob that does not exist.
pub const WALLET_OF_ALICE: Keyring = AliceStash;
pub const WALLET_OF_BOB: Keyring = One;
pub const DEAD_WALLET_OF_BOB: Keyring = DaveStash;
/// Bob's meter. Charlie has none on [`LINE`].
pub const METER: Keyring = BobStash;
/// Charlie's meter on [`OTHER_LINE`].
pub const OTHER_METER: Keyring = CharlieStash;
/// Who says what the grid's power costs.
pub const GRID: Keyring = EveStash;
/// Nobody in particular.
pub const STRANGER: Keyring = Two;

/// Smallest units per kWh: the usual price, and the highest.
pub const PRICE: Price = 2_000;
pub const CAP: Price = 10_000;

/// Untimely behaviour costs a fifth of the value, at least the smallest fine.
pub const SMALLEST_FINE: Balance = 100;
pub const TERMS: Terms = Terms {
	version: 3,
	weight: 10,
	cap_per_event: 1_000,
	gain: 1,
	fine_rate: 200,
	smallest_fine: SMALLEST_FINE,
};
/// The fine for 1 kWh at [`PRICE`].
pub const FINE: Balance = 400;
/// A seller's bond for 1 kWh at [`PRICE`].
pub const BOND: Balance = 8_000 + SMALLEST_FINE;

pub fn parameters() -> Parameters {
	Parameters {
		delivery_slot: LENGTH,
		horizon: 10 * LENGTH,
		offer_window: 10_000,
		pay_period: 20_000,
		lead: 10_000,
		meter_window: 20_000,
		bill_window: 30_000,
		confirm_window: 40_000,
		rule_window: 100_000,
		price_floor: 10,
		price_cap: CAP,
		smallest_fill: 100,
		tolerance: 50,
		exposure: 100,
		largest_unmetered: 2_000,
		outage: OUTAGE,
	}
}

pub fn id(who: Keyring) -> AccountId {
	who.to_account_id()
}

pub fn signed(who: Keyring) -> RuntimeOrigin {
	RuntimeOrigin::signed(id(who))
}

/// A request for 1 kWh on [`LINE`], without limits.
pub fn demand() -> Demand<AccountId> {
	Demand {
		slot: SLOT,
		volume: 1_000,
		lines: vec![LINE].try_into().unwrap(),
		max_price: Market::parameters().price_cap,
		min_credit: 0,
		meter: None,
		unmetered: true,
	}
}

/// 1 kWh by Bob's meter.
pub fn metered() -> Supply<AccountId> {
	Supply { meter: Some(id(METER)), ..unmetered() }
}

/// 1 kWh without a meter.
pub fn unmetered() -> Supply<AccountId> {
	Supply {
		slot: SLOT,
		volume: 1_000,
		price: PRICE,
		line: LINE,
		smallest_fill: 100,
		expires: None,
		meter: None,
	}
}

/// The account that fines go to.
pub fn pot() -> AccountId {
	AccountId::new([7; 32])
}
