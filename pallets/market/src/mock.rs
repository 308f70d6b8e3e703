//! A chain with balances, shared wallets and the market; the other neighbours are [doubles].

#[cfg(feature = "runtime-benchmarks")]
mod benchmark_helper;
mod calls;
mod doubles;
mod ext;
mod values;

pub use crate::parameters::Parameters;
use crate::{self as pallet_market, pallet::*, types::*};
#[cfg(feature = "runtime-benchmarks")]
pub use benchmark_helper::TestHelper;
pub use calls::*;
use codec::Encode;
pub use doubles::*;
pub use ext::*;
use frame_support::{
	derive_impl, parameter_types,
	traits::{fungible::InspectHold, ConstU128, ConstU64, Hooks},
	weights::{constants::ParityDbWeight, Weight},
};
use frame_system::EnsureRoot;
use pallet_shared_wallet::{HoldReason, SignedToken};
pub use sp_keyring::Sr25519Keyring::{self as Keyring, *};
use sp_runtime::{
	traits::{Dispatchable, IdentityLookup},
	AccountId32, DispatchResult, MultiSignature,
};
pub use values::*;
use voltree_primitives::{
	Balance, LineId, Moment, OfferId, OnBlacklisted, Price, RequestId, Token, TradeId, WattHours,
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
	type DbWeight = ParityDbWeight;
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
	type AuthorityOrigin = EnsureRoot<AccountId>;
	type ServiceOrigin = EnsureTestService;
	type Currency = Balances;
	type Clock = TestClock;
	type Directory = TestDirectory;
	type Credibility = TestCredibility;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = TestHelper;
	type FinePot = FinePot;
	type RedemptionNotice = ConstU64<LENGTH>;
}

parameter_types! {
	pub FinePot: AccountId = pot();
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
	type Notice = ConstU64<NOTICE>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = TestHelper;
}

/// The next block, at `now`: what is due takes effect as far as the block has room.
pub fn next_block(now: Moment) -> Weight {
	world(|world| world.now = now);
	let number = System::block_number() + 1;
	System::set_block_number(number);
	Market::on_initialize(number)
}

/// Let the chain reach `now`, block by block, without an outage: in time for a deadline at `now`,
/// not for one before.
pub fn run_to(now: Moment) {
	let last = LastBlock::<Test>::get().max(START);
	let between = (last..now).step_by(usize::try_from(PULSE).expect("a short time")).skip(1);
	for moment in between.chain([now]) {
		next_block(moment);
	}
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

/// On hold in shared wallets.
pub fn held(who: Keyring) -> Balance {
	Balances::balance_on_hold(&HoldReason::Escrow.into(), &id(who))
}

/// On hold for bonds.
pub fn bonded(who: Keyring) -> Balance {
	Balances::balance_on_hold(&HoldReason::Bond.into(), &id(who))
}

/// What fines have brought in.
pub fn in_pot() -> Balance {
	Balances::free_balance(pot()).saturating_sub(EXISTENTIAL_DEPOSIT)
}

/// What `who` owes in fines.
pub fn debt(who: Keyring) -> Balance {
	world(|world| world.fines.get(&tag(who)).copied()).unwrap_or_default()
}

/// A fine as the shared wallets tell it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Fined {
	pub who: Keyring,
	pub amount: Balance,
	/// The injured party's part.
	pub loss: Balance,
	pub from_bond: Balance,
	pub from_wallets: Balance,
	pub owed: Balance,
}

/// The fines since the events were last looked at; the events stay.
pub fn fines() -> Vec<Fined> {
	use pallet_shared_wallet::Event::Fined as Told;
	let of = |told| Keyring::iter().find(|who| tag(*who) == told).expect("one of the keyring");
	System::read_events_for_pallet::<pallet_shared_wallet::Event<Test>>()
		.into_iter()
		.filter_map(|event| match event {
			Told { tag, amount, loss, from_bond, from_wallets, owed, .. } => {
				Some(Fined { who: of(tag), amount, loss, from_bond, from_wallets, owed })
			}
			_ => None,
		})
		.collect()
}

/// The tag of `who` comes on the blacklist.
pub fn blacklist(who: Keyring) {
	world(|world| world.barred.insert(tag(who)));
	Market::blacklisted(&tag(who));
}
