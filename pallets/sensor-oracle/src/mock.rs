//! A chain with this pallet alone; devices, time and slots are doubles that the tests arm.

use crate as pallet_sensor_oracle;
use crate::{Class, OracleParameters, RegisterReading, SensorReport};
use core::cell::RefCell;
use frame_support::{
	derive_impl, parameter_types,
	traits::{ConstU32, ConstU64},
	weights::constants::ParityDbWeight,
};
use frame_system::EnsureRoot;
use sp_core::H256;
use sp_io::TestExternalities;
use sp_keyring::Sr25519Keyring;
use sp_runtime::{
	traits::IdentityLookup, AccountId32, BuildStorage, DispatchError, MultiSignature,
};
use std::collections::BTreeMap;
use voltree_primitives::{
	AwaitedRegisters, Clock, DeliverySlots, Devices, Directory, IdentityTag, LineId, Meter, Moment,
	Role, Sensor, Watts,
};

pub use Sr25519Keyring::{Alice, Bob, Charlie, Dave, Eve, Ferdie};

/// A line with three sensors: Alice, Bob and Charlie.
pub const LINE: LineId = 7;
/// A line with Dave's sensor alone, until a test adds more.
pub const OTHER_LINE: LineId = 8;
/// A line that there is not.
pub const NO_LINE: LineId = 99;
/// Rated power of Eve's meter, in watts: 1,000 Wh a slot.
pub const RATED: u32 = 4_000;
/// Length of a delivery slot.
pub const SLOT: Moment = 900_000;
/// Time at which a test begins: a slot boundary.
pub const START: Moment = 100 * SLOT;

/// How long before they are in force parameters are announced.
pub const NOTICE: Moment = 2 * SLOT;

/// Periods for the tests: a report every 10 s, valid for 25 s.
pub const PARAMETERS: OracleParameters = OracleParameters {
	report_period: 10_000,
	freshness: 25_000,
	min_interval: 2_000,
	missed_after: 60_000,
	..OracleParameters::USUAL
};

#[frame_support::runtime]
mod runtime {
	#[runtime::runtime]
	#[runtime::derive(
		RuntimeCall,
		RuntimeEvent,
		RuntimeError,
		RuntimeOrigin,
		RuntimeFreezeReason,
		RuntimeHoldReason,
		RuntimeSlashReason,
		RuntimeLockId,
		RuntimeTask,
		RuntimeViewFunction
	)]
	pub struct Test;

	#[runtime::pallet_index(0)]
	pub type System = frame_system;
	#[runtime::pallet_index(1)]
	pub type Oracle = pallet_sensor_oracle;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = frame_system::mocking::MockBlock<Test>;
	type AccountId = AccountId32;
	type DbWeight = ParityDbWeight;
	type Lookup = IdentityLookup<AccountId32>;
}

parameter_types! {
	pub static Now: Moment = START;
	pub static SlotLength: Moment = SLOT;
}

/// Chain time as the tests set it.
pub struct TestClock;

impl Clock for TestClock {
	fn now() -> Moment {
		Now::get()
	}
	fn slot_duration() -> Moment {
		3_000
	}
	fn round() -> Moment {
		12_000
	}
}

impl DeliverySlots for TestClock {
	fn length() -> Moment {
		SlotLength::get()
	}
}

parameter_types! {
	/// Boundaries at which trades wait for the register of Eve's meter.
	pub static AwaitedBoundaries: Vec<Moment> = Vec::new();
}

/// The trades that the tests make up.
pub struct TestTrades;

impl AwaitedRegisters<AccountId32> for TestTrades {
	fn is_awaited(meter: &AccountId32, boundary: Moment) -> bool {
		*meter == Eve.to_account_id() && AwaitedBoundaries::get().contains(&boundary)
	}
}

thread_local! {
	static SENSORS: RefCell<BTreeMap<AccountId32, Sensor>> = const { RefCell::new(BTreeMap::new()) };
}

/// Sensors as the tests register them; Eve has the only meter.
pub struct TestDevices;

impl TestDevices {
	/// Register or move a sensor.
	pub fn place(sensor: Sr25519Keyring, owner: IdentityTag, line: LineId) {
		Self::place_account(sensor.to_account_id(), owner, line);
	}

	/// Register or move a sensor of any account.
	pub fn place_account(sensor: AccountId32, owner: IdentityTag, line: LineId) {
		SENSORS.with_borrow_mut(|all| all.insert(sensor, Sensor { owner, line }));
	}

	/// The sensors that every test begins with.
	pub fn place_all() {
		SENSORS.with_borrow_mut(|all| all.clear());
		Self::place(Alice, tag(1), LINE);
		Self::place(Bob, tag(2), LINE);
		Self::place(Charlie, tag(3), LINE);
		Self::place(Dave, tag(4), OTHER_LINE);
	}

	/// Remove a device without telling the oracle.
	pub fn forget(device: Sr25519Keyring) {
		SENSORS.with_borrow_mut(|all| all.remove(&device.to_account_id()));
	}

	/// Remove a device as the registry does: first from the list, then it tells the oracle.
	pub fn remove(device: Sr25519Keyring) {
		use voltree_primitives::OnDeviceRemoved;
		Self::forget(device);
		Oracle::device_removed(&device.to_account_id());
	}
}

impl Devices<AccountId32> for TestDevices {
	fn capacity(line: LineId) -> Option<Watts> {
		let is_known = [LINE, OTHER_LINE].contains(&line) || cfg!(feature = "runtime-benchmarks");
		(is_known && line != NO_LINE).then_some(100_000)
	}
	fn meter(device: &AccountId32) -> Option<Meter> {
		let meter = Meter { owner: tag(9), line: LINE, rated_power: RATED };
		(*device == Eve.to_account_id()).then_some(meter)
	}
	fn sensor(device: &AccountId32) -> Option<Sensor> {
		SENSORS.with_borrow(|all| all.get(device).cloned())
	}
	fn has_meter(tag: &IdentityTag, line: LineId) -> bool {
		*tag == self::tag(9) && line == LINE
	}
	fn sensors_on(line: LineId) -> Vec<(AccountId32, IdentityTag)> {
		SENSORS.with_borrow(|all| {
			let here = all.iter().filter(|(_, sensor)| sensor.line == line);
			here.map(|(account, sensor)| (account.clone(), sensor.owner)).collect()
		})
	}
}

/// The person who runs Alice's sensor has Ferdie's account; others have one that [`account_of`] names.
pub struct TestDirectory;

/// An account of the person with number `n`, at least 10.
pub fn account_of(n: u8) -> AccountId32 {
	[&[n; 31][..], &[0xFF]].concat()[..].try_into().expect("32 bytes")
}

impl Directory<AccountId32> for TestDirectory {
	fn tag_of(who: &AccountId32) -> Option<IdentityTag> {
		#[cfg(feature = "runtime-benchmarks")]
		if *who == Eve.to_account_id() {
			return Some(tag(0));
		}
		if *who == Ferdie.to_account_id() {
			return Some(tag(1));
		}
		let bytes: &[u8; 32] = who.as_ref();
		(*who == account_of(bytes[0])).then(|| tag(bytes[0]))
	}
	fn owner_of(_: &AccountId32) -> AccountId32 {
		unreachable!("the oracle asks for tags only")
	}
	fn ensure_certified(_: &AccountId32, _: Role) -> Result<IdentityTag, DispatchError> {
		unreachable!("the oracle asks for tags only")
	}
	fn ensure_holder_certified(
		_: &AccountId32,
		_: Role,
		_: Moment,
	) -> Result<IdentityTag, DispatchError> {
		unreachable!("the oracle asks for tags only")
	}
	fn is_wallet_of(_: &AccountId32, _: &IdentityTag) -> bool {
		unreachable!("the oracle asks for tags only")
	}
	fn money_behind(_: &AccountId32) -> Option<u32> {
		unreachable!("the oracle asks for tags only")
	}
	fn service_keys() -> Vec<AccountId32> {
		unreachable!("the oracle asks for tags only")
	}
}

impl pallet_sensor_oracle::Config for Test {
	type Signature = MultiSignature;
	type WeightInfo = ();
	type AuthorityOrigin = EnsureRoot<AccountId32>;
	type Clock = TestClock;
	type Devices = TestDevices;
	type Directory = TestDirectory;
	type Slots = TestClock;
	type Awaited = TestTrades;
	type SensorsPerLine = ConstU32<16>;
	type Notice = ConstU64<NOTICE>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = TestDevices;
}

/// Eve's key signs for all devices.
#[cfg(feature = "runtime-benchmarks")]
impl crate::BenchmarkHelper<AccountId32, MultiSignature> for TestDevices {
	fn account(_: u32) -> AccountId32 {
		Eve.to_account_id()
	}
	fn sign(_: u32, message: &[u8]) -> MultiSignature {
		Eve.sign(message).into()
	}
	fn set_time(now: Moment) {
		Now::set(now);
	}
	fn register_sensors(line: LineId, sensors: &[AccountId32]) {
		SENSORS.with_borrow_mut(|all| all.retain(|_, sensor| sensor.line != line));
		for (n, sensor) in (0..).zip(sensors) {
			Self::place_account(sensor.clone(), tag(n), line);
		}
	}
	fn owner_of_sensors(_: LineId) -> AccountId32 {
		Eve.to_account_id()
	}
	fn register_meter(meter: &AccountId32) {
		assert!(Self::meter(meter).is_some(), "Eve's is the only meter");
	}
}

/// A person, by number.
pub fn tag(n: u8) -> IdentityTag {
	H256::repeat_byte(n)
}

/// A report of `sensor`.
pub fn report_of(
	sensor: Sr25519Keyring,
	class: Class,
	observed: Moment,
) -> SensorReport<AccountId32> {
	SensorReport {
		sensor: sensor.to_account_id(),
		class,
		confidence: 900_000,
		model: H256::repeat_byte(0xAA),
		observed,
		digest: H256::repeat_byte(0xBB),
	}
}

/// A reading of Eve's meter.
pub fn reading(boundary: Moment, import: u64, export: u64) -> RegisterReading<AccountId32> {
	RegisterReading { meter: Eve.to_account_id(), boundary, import, export }
}

/// The origin of a transaction that `who` signs.
pub fn signed(who: Sr25519Keyring) -> RuntimeOrigin {
	RuntimeOrigin::signed(who.to_account_id())
}

/// At `at`, `sensor` reports what it sees now.
pub fn sees(sensor: Sr25519Keyring, class: Class, at: Moment) {
	Now::set(at);
	Oracle::report(signed(sensor), report_of(sensor, class, at), None).expect("accepted");
}

/// At each of the times, in order, Alice, Bob and Charlie see `class`.
pub fn all_see(class: Class, times: &[Moment]) {
	for at in times {
		for sensor in [Alice, Bob, Charlie] {
			sees(sensor, class, *at);
		}
	}
}

/// Let a block begin at `at`.
pub fn block_at(at: Moment) {
	use frame_support::traits::Hooks;
	Now::set(at);
	Oracle::on_initialize(System::block_number());
}

/// Builds a chain for a test.
pub struct ExtBuilder {
	parameters: OracleParameters,
}

impl Default for ExtBuilder {
	fn default() -> Self {
		Self { parameters: PARAMETERS }
	}
}

impl ExtBuilder {
	/// Other periods than [`PARAMETERS`].
	pub fn parameters(mut self, parameters: OracleParameters) -> Self {
		self.parameters = parameters;
		self
	}

	/// The chain's genesis state.
	pub fn build(self) -> TestExternalities {
		let genesis = RuntimeGenesisConfig {
			oracle: crate::GenesisConfig { parameters: self.parameters, ..Default::default() },
			..Default::default()
		};
		genesis.build_storage().expect("a genesis state").into()
	}

	/// Run a test at block 1 and check the invariants after it.
	pub fn run(self, test: impl FnOnce()) {
		self.build().execute_with(|| {
			System::set_block_number(1); // Block 0 records no events.
			Now::set(START);
			SlotLength::set(SLOT);
			AwaitedBoundaries::set(Vec::new());
			TestDevices::place_all();
			test();
			Oracle::do_try_state().expect("invariants hold after every test");
		});
	}
}

/// The pallet's events so far; they are forgotten then.
pub fn events() -> Vec<crate::Event<Test>> {
	let events = System::read_events_for_pallet::<crate::Event<Test>>();
	System::reset_events();
	events
}
