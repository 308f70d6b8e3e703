//! The networks' presets: made of numbered households on numbered lines.
//!
//! | preset | what | keys |
//! |---|---|---|
//! | `dev` | one data aggregator, sudo, one-minute delivery slots | well-known |
//! | `demo` | the same, a day in eight minutes: five-second delivery slots, one-second blocks | well-known |
//! | `local` | four data aggregators, one-minute delivery slots | well-known |
//! | `staging` | lines and real quarter-hour slots; nobody yet | none: the operators put theirs in |
//!
//! `chain-spec/README.md` says how a network's specification is made from `staging`.

pub mod accounts;

use crate::{
	opaque::SessionKeys, AccountId, AuthorityMembersConfig, Balance, BalancesConfig,
	BlacklistConfig, CommunicationTreeConfig, MarketConfig, RegistryConfig, RuntimeGenesisConfig,
	SensorOracleConfig, SessionConfig, SudoConfig, VOLT,
};
use accounts::{GRID, HOUSEHOLDS, METERS, SENSORS, SENSOR_OWNERS, SERVICE};
use alloc::vec::Vec;
use frame_support::build_struct_json_patch;
use pallet_registry::types::DeviceKind;
use serde_json::Value;
use sp_genesis_builder::PresetId;
use sp_io::hashing::blake2_256;
use sp_keyring::{Ed25519Keyring, Sr25519Keyring};
use voltree_primitives::{IdentityTag, LineId, Moment, Roles, Watts};

/// The presets there are.
pub const NAMES: [&str; 4] = ["dev", "demo", "local", "staging"];

/// Lines of the development networks, each with its capacity in watts.
pub const LINES: [(LineId, Watts); 3] = [(1, 100_000), (2, 100_000), (3, 100_000)];

/// On which line each household lives; the numbers of `chain-spec/data/households.csv`.
pub const HOUSEHOLD_LINES: [LineId; 14] = [1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 3, 3, 3, 3];

/// What a household's meter can carry, in watts.
const RATED_POWER: Watts = 25_000;

/// When the development networks' certificates end: the year 2100. A later moment would not survive
/// tools that read JSON numbers as doubles.
const CERTIFIED_UNTIL: Moment = 4_102_444_800_000;

/// A real delivery slot, in milliseconds.
const QUARTER_HOUR: Moment = 900_000;

/// The clock of a network: how fast its day goes.
struct Pace {
	/// A block slot, in milliseconds.
	slot_duration: Moment,
	/// How long the way off the blacklist takes at least.
	waiting: Moment,
	market: pallet_market::Parameters,
	oracle: pallet_sensor_oracle::OracleParameters,
}

impl Pace {
	/// A device's power where time is compressed: so much that a slot carries a quarter hour's
	/// energy.
	fn compressed_power(&self, power: Watts) -> Watts {
		let times = QUARTER_HOUR.checked_div(self.market.delivery_slot).unwrap_or(1);
		power.saturating_mul(times.try_into().unwrap_or(Watts::MAX))
	}

	/// Real time, as an operator starts with.
	fn real() -> Self {
		Self {
			slot_duration: 3_000,
			waiting: pallet_blacklist::types::Parameters::default().waiting,
			market: Default::default(),
			oracle: Default::default(),
		}
	}

	/// A delivery slot a minute, so that a person sees a trade from end to end in five.
	fn by_hand() -> Self {
		const SECOND: Moment = 1_000;
		Self {
			slot_duration: 3_000,
			waiting: 600 * SECOND,
			market: pallet_market::Parameters {
				delivery_slot: 60 * SECOND,
				horizon: 60 * 60 * SECOND,
				offer_window: 12 * SECOND,
				pay_period: 60 * SECOND,
				lead: 12 * SECOND,
				meter_window: 30 * SECOND,
				bill_window: 60 * SECOND,
				confirm_window: 60 * SECOND,
				rule_window: 300 * SECOND,
				outage: 30 * SECOND,
				..Default::default()
			},
			oracle: pallet_sensor_oracle::OracleParameters {
				report_period: 12 * SECOND,
				freshness: 60 * SECOND,
				min_interval: 3 * SECOND,
				// Who plays by hand lets lines fall silent all day.
				most_lapses: 1_000,
				..Default::default()
			},
		}
	}

	/// A day of 96 delivery slots in eight minutes.
	fn compressed() -> Self {
		const SECOND: Moment = 1_000;
		Self {
			slot_duration: SECOND,
			waiting: 60 * SECOND,
			market: pallet_market::Parameters {
				delivery_slot: 5 * SECOND,
				horizon: 600 * SECOND,
				offer_window: 3 * SECOND,
				pay_period: 4 * SECOND,
				lead: 2 * SECOND,
				meter_window: 4 * SECOND,
				bill_window: 4 * SECOND,
				confirm_window: 4 * SECOND,
				rule_window: 10 * SECOND,
				outage: 4 * SECOND,
				..Default::default()
			},
			oracle: pallet_sensor_oracle::OracleParameters {
				report_period: SECOND,
				freshness: 5 * SECOND,
				min_interval: SECOND,
				most_lapses: 1_000,
				..Default::default()
			},
		}
	}
}

/// The genesis configuration of a preset, as JSON.
pub fn preset(id: &PresetId) -> Option<Vec<u8>> {
	let alone = [Sr25519Keyring::Alice];
	let four =
		[Sr25519Keyring::Alice, Sr25519Keyring::Bob, Sr25519Keyring::Charlie, Sr25519Keyring::Dave];
	let patch = match id.as_ref() {
		"dev" => development(&alone, Some(Sr25519Keyring::Alice), Pace::by_hand()),
		"demo" => development(&alone, Some(Sr25519Keyring::Alice), Pace::compressed()),
		"local" => development(&four, None, Pace::by_hand()),
		"staging" => staging(),
		_ => return None,
	};
	serde_json::to_vec(&patch).ok()
}

/// A network of well-known keys.
fn development(aggregators: &[Sr25519Keyring], sudo: Option<Sr25519Keyring>, pace: Pace) -> Value {
	let authority = [Sr25519Keyring::Alice, Sr25519Keyring::Bob, Sr25519Keyring::Charlie];
	build_struct_json_patch!(RuntimeGenesisConfig {
		balances: BalancesConfig { balances: balances() },
		session: SessionConfig { keys: aggregators.iter().map(|who| session_keys(*who)).collect() },
		communication_tree: CommunicationTreeConfig { slot_duration: pace.slot_duration },
		authority_members: AuthorityMembersConfig {
			members: authority
				.iter()
				.map(|who| who.to_account_id())
				.collect::<Vec<_>>()
				.try_into()
				.unwrap_or_default(),
		},
		sudo: SudoConfig { key: sudo.map(|who| who.to_account_id()) },
		registry: RegistryConfig {
			service_key: Some(SERVICE.into()),
			lines: LINES
				.iter()
				.map(|(line, capacity)| (*line, pace.compressed_power(*capacity)))
				.collect::<Vec<_>>(),
			members: members(),
			devices: devices(pace.compressed_power(RATED_POWER)),
			parameters: pallet_registry::types::Parameters {
				endowment: VOLT / 2,
				..Default::default()
			},
		},
		blacklist: BlacklistConfig {
			parameters: pallet_blacklist::types::Parameters {
				waiting: pace.waiting,
				..Default::default()
			},
		},
		market: MarketConfig { parameters: pace.market, grid_key: Some(GRID.into()) },
		sensor_oracle: SensorOracleConfig { parameters: pace.oracle },
	})
}

/// What is the same for every operator: lines and real time. Accounts and keys come from them.
fn staging() -> Value {
	let pace = Pace::real();
	build_struct_json_patch!(RuntimeGenesisConfig {
		communication_tree: CommunicationTreeConfig { slot_duration: pace.slot_duration },
		registry: RegistryConfig {
			lines: LINES.to_vec(),
			parameters: pallet_registry::types::Parameters {
				endowment: VOLT / 2,
				..Default::default()
			},
		},
		market: MarketConfig { parameters: pace.market },
		sensor_oracle: SensorOracleConfig { parameters: pace.oracle },
	})
}

fn session_keys(who: Sr25519Keyring) -> (AccountId, AccountId, SessionKeys) {
	let voter = Ed25519Keyring::iter()
		.find(|voter| voter.to_seed() == who.to_seed())
		.unwrap_or(Ed25519Keyring::Alice);
	let keys = SessionKeys { aura: who.public().into(), grandpa: voter.public().into() };
	(who.to_account_id(), who.to_account_id(), keys)
}

/// A household's tag on the development networks; elsewhere the management centre keeps the key.
pub fn household_tag(number: usize) -> IdentityTag {
	blake2_256(alloc::format!("voltree:household:{number}").as_bytes()).into()
}

/// The tag of one who runs sensors.
pub fn sensor_owner_tag(number: usize) -> IdentityTag {
	blake2_256(alloc::format!("voltree:sensor-owner:{number}").as_bytes()).into()
}

fn balances() -> Vec<(AccountId, Balance)> {
	let people = Sr25519Keyring::well_known().map(|who| (who.to_account_id(), 10_000 * VOLT));
	let households = HOUSEHOLDS.iter().map(|key| ((*key).into(), 100 * VOLT));
	let owners = SENSOR_OWNERS.iter().map(|key| ((*key).into(), 10 * VOLT));
	let pot = pallet_registry::Pallet::<crate::Runtime>::pot();
	people
		.chain(households)
		.chain(owners)
		.chain([(SERVICE.into(), 1_000 * VOLT), (GRID.into(), 100 * VOLT), (pot, 100 * VOLT)])
		.collect()
}

fn members() -> Vec<(AccountId, IdentityTag, Roles, Moment)> {
	let households = (1..).zip(HOUSEHOLDS).map(|(n, key)| (key, household_tag(n)));
	let owners = (1..).zip(SENSOR_OWNERS).map(|(n, key)| (key, sensor_owner_tag(n)));
	households
		.chain(owners)
		.map(|(key, tag)| (key.into(), tag, Roles::Both, CERTIFIED_UNTIL))
		.collect()
}

fn devices(rated_power: Watts) -> Vec<(AccountId, DeviceKind, AccountId, LineId, Watts)> {
	let meters =
		METERS.iter().zip(HOUSEHOLDS).zip(HOUSEHOLD_LINES).map(|((meter, owner), line)| {
			((*meter).into(), DeviceKind::Meter, owner.into(), line, rated_power)
		});
	let sensors =
		SENSORS.chunks(SENSOR_OWNERS.len()).zip(LINES).flat_map(|(sensors, (line, _))| {
			sensors.iter().zip(SENSOR_OWNERS).map(move |(sensor, owner)| {
				((*sensor).into(), DeviceKind::Sensor, owner.into(), line, 0)
			})
		});
	meters.chain(sensors).collect()
}
