//! A chain with balances, shared wallets and the market; the other neighbours are [doubles].

mod calls;
mod doubles;

pub use crate::parameters::Parameters;
use crate::{self as pallet_market, pallet::*, types::*};
pub use calls::*;
use codec::Encode;
pub use doubles::*;
use frame_support::{
	derive_impl,
	traits::{fungible::InspectHold, ConstU128, Hooks},
	weights::Weight,
};
use frame_system::EnsureRoot;
use pallet_shared_wallet::SignedToken;
use sp_io::TestExternalities;
pub use sp_keyring::Sr25519Keyring::{self as Keyring, *};
use sp_runtime::{
	traits::{Dispatchable, IdentityLookup},
	AccountId32, BuildStorage, DispatchResult, MultiSignature,
};
use voltree_primitives::{
	Balance, LineId, Meter, Moment, OfferId, Price, RequestId, Token, TradeId, WattHours,
};

pub type AccountId = AccountId32;

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
	pub type SharedWallets = pallet_shared_wallet;
	#[runtime::pallet_index(3)]
	pub type Market = pallet_market;
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

impl pallet_shared_wallet::Config for Test {
	type Signature = MultiSignature;
	type WeightInfo = ();
	type ServiceOrigin = EnsureTestService;
	type Currency = Balances;
	type Clock = TestClock;
	type Directory = TestDirectory;
	type Credibility = TestCredibility;
}

impl pallet_market::Config for Test {
	type WeightInfo = ();
	type ServiceOrigin = EnsureTestService;
	type AuthorityOrigin = EnsureRoot<AccountId>;
	type Clock = TestClock;
	type Directory = TestDirectory;
	type Devices = TestDevices;
	type Standing = TestStanding;
	type Credibility = TestCredibility;
	type Escrow = SharedWallets;
	type LineSafety = TestSafety;
	type Registers = TestRegisters;
}

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
/// Nobody in particular.
pub const STRANGER: Keyring = Two;

/// Smallest units per kWh.
pub const PRICE: Price = 2_000;

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
		price_cap: 1_000_000,
		smallest_fill: 100,
		tolerance: 50,
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
		max_price: parameters().price_cap,
		min_credit: 0,
		meter: None,
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

/// The next block, at `now`: what is due takes effect as far as the block has room.
pub fn next_block(now: Moment) -> Weight {
	world(|world| world.now = now);
	let number = System::block_number() + 1;
	System::set_block_number(number);
	Market::on_initialize(number)
}

/// Let the chain reach `now`: in time for a deadline at `now`, not for one before.
pub fn run_to(now: Moment) {
	next_block(now);
}

/// Let the deadline `moment` pass.
pub fn pass(moment: Moment) {
	run_to(moment + 1);
}

/// The market's events since the last call of this.
pub fn events() -> Vec<Event<Test>> {
	let events = System::read_events_for_pallet();
	System::reset_events();
	events
}

/// The last event of the market.
pub fn last_event() -> Event<Test> {
	System::read_events_for_pallet().pop().expect("something happened")
}

pub fn forget() {
	System::reset_events();
	deeds();
}

/// What the meter of a slot says.
pub fn meter_exports(meter: Keyring, energy: WattHours) {
	world(|world| world.exported.insert((id(meter), SLOT), energy));
}

/// Free and locked part of a shared wallet.
pub fn parts(request: RequestId) -> (Balance, Balance) {
	let wallet = pallet_shared_wallet::Wallets::<Test>::get(request).expect("the wallet is open");
	(wallet.free, wallet.locked)
}

pub fn balance(who: Keyring) -> Balance {
	Balances::free_balance(id(who))
}

pub fn held(who: Keyring) -> Balance {
	Balances::balance_on_hold(&pallet_shared_wallet::HoldReason::Escrow.into(), &id(who))
}

/// The invariants of both pallets and between them.
pub fn check() {
	SharedWallets::do_try_state().expect("invariants of shared wallets hold");
	Market::do_try_state().expect("invariants of the market hold");
	let mut locked = Market::locked_by_trades();
	for (request, wallet) in pallet_shared_wallet::Wallets::<Test>::iter() {
		assert!(Requests::<Test>::contains_key(request), "a wallet without its request");
		assert_eq!(wallet.locked, locked.remove(&request).unwrap_or_default());
	}
	assert!(locked.is_empty(), "a trade without its shared wallet");
	let accounts = || frame_system::Account::<Test>::iter_values().map(|account| account.data);
	let money: Balance = accounts().map(|data| data.free + data.reserved).sum();
	assert_eq!(money, pallet_balances::TotalIssuance::<Test>::get());
	let wallets = pallet_shared_wallet::Wallets::<Test>::iter_values();
	let escrow: Balance = wallets.map(|wallet| wallet.free + wallet.locked).sum();
	assert_eq!(escrow, accounts().map(|data| data.reserved).sum());
}

/// Nothing is left but what numbers were used.
pub fn check_empty() {
	assert_eq!(Requests::<Test>::iter().count(), 0);
	assert_eq!(Responses::<Test>::iter().count() + Judged::<Test>::iter().count(), 0);
	assert_eq!(Offers::<Test>::iter().count() + Book::<Test>::iter().count(), 0);
	assert_eq!(OpenOffers::<Test>::iter().count(), 0);
	assert_eq!(Trades::<Test>::iter().count() + MeterSlots::<Test>::iter().count(), 0);
	assert_eq!(Agenda::<Test>::iter().count(), 0);
	assert_eq!(pallet_shared_wallet::Wallets::<Test>::iter().count(), 0);
	assert_eq!(pallet_shared_wallet::Tokens::<Test>::iter().count(), 0);
}

pub struct ExtBuilder {
	parameters: Parameters,
	world: World,
}

impl Default for ExtBuilder {
	fn default() -> Self {
		let mut world = World::default();
		for member in [Alice, Bob, Charlie, Dave] {
			world.members.insert(id(member), tag(member));
		}
		for (wallet, owner) in
			[(WALLET_OF_ALICE, Alice), (WALLET_OF_BOB, Bob), (DEAD_WALLET_OF_BOB, Bob)]
		{
			world.wallets.insert(id(wallet), id(owner));
		}
		let owners = (1..=4).map(voltree_primitives::IdentityTag::repeat_byte).collect::<Vec<_>>();
		world.lines.insert(BARE_LINE, owners[..2].to_vec());
		world.lines.insert(LINE, owners.clone());
		world.lines.insert(OTHER_LINE, owners);
		for (meter, owner, line) in [(METER, Bob, LINE), (OTHER_METER, Charlie, OTHER_LINE)] {
			let meter_of = Meter { owner: tag(owner), line, rated_power: 100_000 };
			world.meters.insert(id(meter), meter_of);
		}
		Self { parameters: parameters(), world }
	}
}

impl ExtBuilder {
	pub fn parameters(mut self, parameters: Parameters) -> Self {
		self.parameters = parameters;
		self
	}

	/// Change what the neighbours know.
	pub fn world(mut self, change: impl FnOnce(&mut World)) -> Self {
		change(&mut self.world);
		self
	}

	pub fn build(self) -> TestExternalities {
		world(|world| *world = self.world);
		let rich = [Alice, Bob, Charlie, Dave].map(|who| (id(who), MONEY));
		let wallets = [WALLET_OF_ALICE, WALLET_OF_BOB].map(|who| (id(who), 1_000));
		let genesis = RuntimeGenesisConfig {
			balances: pallet_balances::GenesisConfig {
				balances: rich.into_iter().chain(wallets).collect(),
				..Default::default()
			},
			market: GenesisConfig { parameters: self.parameters, ..Default::default() },
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
			check();
		});
	}
}

/// The usual chain.
pub fn run(test: impl FnOnce()) {
	ExtBuilder::default().run(test);
}
