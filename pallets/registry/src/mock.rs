//! A chain with nothing but balances and the registry.

use crate::{self as pallet_registry, pallet::*, types, DeviceKind, EnsureService};
use codec::Encode;
use frame_support::{
	derive_impl, parameter_types,
	traits::{ConstU128, ConstU64},
	PalletId,
};
use frame_system::EnsureRoot;
use sp_io::TestExternalities;
use sp_keyring::Sr25519Keyring::{self, *};
use sp_runtime::{traits::IdentityLookup, AccountId32, BuildStorage, MultiSignature};
use std::cell::RefCell;
use voltree_primitives::{
	Balance, Clock, IdentityTag, LineId, Moment, OnDeviceRemoved, OnEnrolled, Roles, Watts,
};

pub type AccountId = AccountId32;
pub type Keyring = Sr25519Keyring;

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
	pub type Balances = pallet_balances;
	#[runtime::pallet_index(2)]
	pub type Registry = pallet_registry;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type AccountId = AccountId;
	type Lookup = IdentityLookup<AccountId>;
	type Block = frame_system::mocking::MockBlock<Test>;
	type AccountData = pallet_balances::AccountData<Balance>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
	type AccountStore = System;
	type Balance = Balance;
	type ExistentialDeposit = ConstU128<EXISTENTIAL_DEPOSIT>;
}

impl pallet_registry::Config for Test {
	type WeightInfo = ();
	type Signature = MultiSignature;
	type Currency = Balances;
	type Clock = TestClock;
	type OnEnrolled = Listener;
	type OnDeviceRemoved = Listener;
	type AuthorityOrigin = EnsureRoot<AccountId>;
	type ApplicationDeposit = ConstU128<DEPOSIT>;
	type PotId = PotId;
	type Notice = ConstU64<NOTICE>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = BenchmarkKeys;
}

/// Signs for benchmarks with the keys of the keyring's numbered accounts.
#[cfg(feature = "runtime-benchmarks")]
pub struct BenchmarkKeys;

#[cfg(feature = "runtime-benchmarks")]
impl crate::BenchmarkHelper<AccountId, MultiSignature> for BenchmarkKeys {
	fn account(seed: u32) -> AccountId {
		Keyring::numeric_id(seed as usize)
	}

	fn sign(seed: u32, message: &[u8]) -> MultiSignature {
		use sp_core::Pair;
		Keyring::numeric(seed as usize).sign(message).into()
	}
}

pub const EXISTENTIAL_DEPOSIT: Balance = 10;
pub const DEPOSIT: Balance = 50;
pub const ENDOWMENT: Balance = 30;
/// What each account of the keyring has.
pub const MONEY: Balance = 1_000;
/// When tests begin.
pub const START: Moment = 1_000_000;
pub const LONGEST: Moment = 100_000;
/// When the certificates of [`ExtBuilder::certified`] end.
pub const EXPIRY: Moment = START + LONGEST;
/// How long before they are in force parameters are announced.
pub const NOTICE: Moment = 5_000;
pub const LINE: LineId = 7;

parameter_types! {
	pub const PotId: PalletId = PalletId(*b"vt/endow");
}

thread_local! {
	static NOW: RefCell<Moment> = const { RefCell::new(START) };
	static ENROLLED: RefCell<Vec<IdentityTag>> = const { RefCell::new(Vec::new()) };
	static REMOVED: RefCell<Vec<AccountId>> = const { RefCell::new(Vec::new()) };
}

/// A clock that tests set.
pub struct TestClock;

impl Clock for TestClock {
	fn now() -> Moment {
		NOW.with_borrow(|now| *now)
	}

	fn slot_duration() -> Moment {
		unreachable!("the registry does not ask")
	}

	fn round() -> Moment {
		unreachable!("the registry does not ask")
	}
}

pub fn set_now(now: Moment) {
	NOW.set(now);
}

/// Writes down what it is told.
pub struct Listener;

impl OnEnrolled for Listener {
	fn enrolled(tag: &IdentityTag) {
		ENROLLED.with_borrow_mut(|tags| tags.push(*tag));
	}
}

impl OnDeviceRemoved<AccountId> for Listener {
	fn device_removed(device: &AccountId) {
		REMOVED.with_borrow_mut(|devices| devices.push(device.clone()));
	}
}

pub fn enrolled() -> Vec<IdentityTag> {
	ENROLLED.with_borrow(Clone::clone)
}

pub fn removed() -> Vec<AccountId> {
	REMOVED.with_borrow(Clone::clone)
}

/// The events of the registry since the last call of this or of [`forget_events`].
pub fn events() -> Vec<Event<Test>> {
	let events = System::read_events_for_pallet();
	System::reset_events();
	events
}

pub fn forget_events() {
	System::reset_events();
}

pub fn tag(of: u8) -> IdentityTag {
	IdentityTag::repeat_byte(of)
}

pub fn id(who: Keyring) -> AccountId {
	who.to_account_id()
}

pub fn signed(who: Keyring) -> RuntimeOrigin {
	RuntimeOrigin::signed(id(who))
}

/// The management centre's service.
pub const SERVICE: Keyring = Ferdie;

pub fn service() -> RuntimeOrigin {
	signed(SERVICE)
}

/// Signatures over the bytes that the runtime API gives to clients.
pub fn consent(who: Keyring, tag: IdentityTag) -> MultiSignature {
	who.sign(&Registry::consent_message(&id(who), &tag).encode()).into()
}

pub fn link(owner: Keyring, wallet: Keyring) -> MultiSignature {
	wallet.sign(&Registry::link_message(&id(owner), &id(wallet)).encode()).into()
}

pub fn device_consent(device: Keyring, owner: Keyring) -> MultiSignature {
	device.sign(&Registry::device_message(&id(device), &id(owner)).encode()).into()
}

/// An account of which nobody has the key.
pub fn nobody(n: u32) -> AccountId {
	AccountId::new(sp_io::hashing::blake2_256(&("nobody", n).encode()))
}

/// Is `who` the service, for [`EnsureService`]?
pub fn is_service(origin: RuntimeOrigin) -> bool {
	use frame_support::traits::EnsureOrigin;
	EnsureService::<Test>::ensure_origin(origin).is_ok()
}

pub fn parameters() -> types::Parameters {
	types::Parameters { endowment: ENDOWMENT, longest_certificate: LONGEST }
}

pub struct ExtBuilder {
	pot: Balance,
	genesis: GenesisConfig<Test>,
}

impl Default for ExtBuilder {
	fn default() -> Self {
		let genesis = GenesisConfig {
			service_key: Some(id(SERVICE)),
			lines: vec![(LINE, 10_000)],
			members: Vec::new(),
			devices: Vec::new(),
			parameters: parameters(),
		};
		Self { pot: MONEY, genesis }
	}
}

impl ExtBuilder {
	/// What the pot of endowments holds; 0 for an account that does not exist.
	pub fn pot(mut self, amount: Balance) -> Self {
		self.pot = amount;
		self
	}

	pub fn service_key(mut self, key: Option<AccountId>) -> Self {
		self.genesis.service_key = key;
		self
	}

	pub fn line(mut self, line: LineId, capacity: Watts) -> Self {
		self.genesis.lines.push((line, capacity));
		self
	}

	/// Member since genesis, with both roles, until [`EXPIRY`].
	pub fn certified(self, who: Keyring, tag: IdentityTag) -> Self {
		self.member(who, tag, Roles::Both, EXPIRY)
	}

	pub fn member(mut self, who: Keyring, tag: IdentityTag, roles: Roles, expires: Moment) -> Self {
		self.genesis.members.push((id(who), tag, roles, expires));
		self
	}

	pub fn device(
		mut self,
		device: Keyring,
		kind: DeviceKind,
		owner: Keyring,
		line: LineId,
		rated_power: Watts,
	) -> Self {
		self.genesis.devices.push((id(device), kind, id(owner), line, rated_power));
		self
	}

	pub fn parameters(mut self, parameters: types::Parameters) -> Self {
		self.genesis.parameters = parameters;
		self
	}

	pub fn build(self) -> TestExternalities {
		set_now(START);
		ENROLLED.take();
		REMOVED.take();
		// Eve is the one without money.
		let rich = [Alice, Bob, Charlie, Dave, Ferdie].map(|who| (id(who), MONEY));
		let pot = (self.pot > 0).then(|| (Registry::pot(), self.pot));
		let genesis = RuntimeGenesisConfig {
			balances: pallet_balances::GenesisConfig {
				balances: rich.into_iter().chain(pot).collect(),
				..Default::default()
			},
			registry: self.genesis,
			..Default::default()
		};
		let mut ext = TestExternalities::new(genesis.build_storage().expect("genesis builds"));
		// Block 0 records no events.
		ext.execute_with(|| System::set_block_number(1));
		ext
	}

	pub fn run(self, test: impl FnOnce()) {
		self.build().execute_with(|| {
			test();
			Registry::do_try_state().expect("invariants hold after every test");
		});
	}
}
