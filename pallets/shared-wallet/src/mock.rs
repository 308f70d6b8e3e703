//! A chain with nothing but balances and shared wallets.

use crate::{self as pallet_shared_wallet, pallet::*, HoldReason, SignedToken};
use codec::Encode;
use frame_support::{
	derive_impl,
	traits::{fungible::InspectHold, ConstU128, EnsureOrigin, OriginTrait},
};
use sp_core::H256;
use sp_io::TestExternalities;
pub use sp_keyring::Sr25519Keyring::{self as Keyring, *};
use sp_runtime::{
	traits::{Dispatchable, IdentityLookup},
	AccountId32, BuildStorage, DispatchError, DispatchResult, MultiSignature,
};
use std::{cell::RefCell, collections::BTreeMap};
use voltree_primitives::{
	Balance, Cause, Clock, Credibility, Credit, Directory, Escrow, IdentityTag, Moment, Record,
	RequestId, Role, Token, WattHours, TOKEN,
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

pub const EXISTENTIAL_DEPOSIT: Balance = 10;
/// What Alice, Bob and Charlie have.
pub const MONEY: Balance = 10_000;
/// When tests begin.
pub const START: Moment = 1_000_000;
pub const ROUND: Moment = 2_000;
/// Terms of the first token of [`certified`].
pub const PAY_BY: Moment = START + 50_000;
pub const VALID_UNTIL: Moment = START + 60_000;
/// What the request behind [`certified`] asks for.
pub const VOLUME: WattHours = 5_000;
/// The shared wallet of [`open`].
pub const WALLET: RequestId = 3;

/// The management centre's service key, and one that is being retired.
pub const SERVICE: Keyring = Ferdie;
pub const RETIRED: Keyring = FerdieStash;
/// Whose wallet it is, and who holds its key.
pub const OWNER: Keyring = Alice;
pub const KEY: Keyring = Eve;

thread_local! {
	static NOW: RefCell<Moment> = const { RefCell::new(START) };
	static RECORDS: RefCell<BTreeMap<IdentityTag, Record>> = const { RefCell::new(BTreeMap::new()) };
	static FINES: RefCell<BTreeMap<IdentityTag, Balance>> = const { RefCell::new(BTreeMap::new()) };
}

/// A clock that tests set.
pub struct TestClock;

impl Clock for TestClock {
	fn now() -> Moment {
		NOW.with_borrow(|now| *now)
	}

	fn slot_duration() -> Moment {
		unreachable!("shared wallets do not ask")
	}

	fn round() -> Moment {
		ROUND
	}
}

/// Alice, Bob and Charlie are certified, each under a tag of his own.
pub struct TestDirectory;

impl Directory<AccountId> for TestDirectory {
	fn tag_of(who: &AccountId) -> Option<IdentityTag> {
		[Alice, Bob, Charlie].into_iter().find(|known| id(*known) == *who).map(tag)
	}

	fn owner_of(_: &AccountId) -> AccountId {
		unreachable!("shared wallets do not ask")
	}

	fn ensure_certified(_: &AccountId, _: Role) -> Result<IdentityTag, DispatchError> {
		unreachable!("shared wallets do not ask")
	}

	fn is_wallet_of(_: &AccountId, _: &IdentityTag) -> bool {
		unreachable!("shared wallets do not ask")
	}

	fn wealth(_: &AccountId) -> Balance {
		unreachable!("shared wallets do not ask")
	}

	fn service_keys() -> Vec<AccountId> {
		vec![id(SERVICE), id(RETIRED)]
	}
}

/// Knows records and fines that tests set.
pub struct TestCredibility;

impl Credibility for TestCredibility {
	fn credit(_: &IdentityTag) -> Credit {
		unreachable!("shared wallets do not ask")
	}

	fn record(tag: &IdentityTag) -> Record {
		RECORDS.with_borrow(|records| records.get(tag).cloned().unwrap_or_default())
	}

	fn fines_due(tag: &IdentityTag) -> Balance {
		FINES.with_borrow(|fines| fines.get(tag).copied().unwrap_or_default())
	}

	fn timely(_: &IdentityTag, _: Cause) {
		unreachable!("shared wallets judge nobody")
	}

	fn untimely(_: &IdentityTag, _: WattHours, _: Cause) {
		unreachable!("shared wallets judge nobody")
	}

	fn settled(_: &IdentityTag, _: H256) {
		unreachable!("shared wallets judge nobody")
	}
}

/// Signed by the management centre's service key.
pub struct EnsureTestService;

impl EnsureOrigin<RuntimeOrigin> for EnsureTestService {
	type Success = AccountId;

	fn try_origin(origin: RuntimeOrigin) -> Result<AccountId, RuntimeOrigin> {
		match origin.clone().into_signer() {
			Some(signer) if signer == id(SERVICE) => Ok(signer),
			_ => Err(origin),
		}
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn try_successful_origin() -> Result<RuntimeOrigin, ()> {
		Ok(signed(SERVICE))
	}
}

pub fn set_now(now: Moment) {
	NOW.set(now);
}

pub fn set_record(who: Keyring, record: Record) {
	RECORDS.with_borrow_mut(|records| records.insert(tag(who), record));
}

pub fn set_fines(who: Keyring, due: Balance) {
	FINES.with_borrow_mut(|fines| fines.insert(tag(who), due));
}

pub fn id(who: Keyring) -> AccountId {
	who.to_account_id()
}

pub fn tag(who: Keyring) -> IdentityTag {
	H256::from_slice(&id(who).encode())
}

pub fn signed(who: Keyring) -> RuntimeOrigin {
	RuntimeOrigin::signed(id(who))
}

/// Dispatch a call as an extrinsic would be: what fails leaves nothing behind.
pub fn dispatch(origin: RuntimeOrigin, call: Call<Test>) -> DispatchResult {
	let done = RuntimeCall::from(call).dispatch(origin);
	done.map(drop).map_err(|failed| failed.error)
}

pub fn fund(who: Keyring, wallet: RequestId, amount: Balance) -> DispatchResult {
	dispatch(signed(who), Call::fund { wallet, amount })
}

pub fn withdraw(who: Keyring, wallet: RequestId, amount: Balance) -> DispatchResult {
	dispatch(signed(who), Call::withdraw { wallet, amount })
}

pub fn renew(token: SignedToken<AccountId, MultiSignature>) -> DispatchResult {
	dispatch(signed(SERVICE), Call::renew { token })
}

pub fn sign(by: Keyring, token: Token<AccountId>) -> SignedToken<AccountId, MultiSignature> {
	let signature = by.sign(&token.encode()).into();
	SignedToken { token, signature }
}

/// A token that holds for the wallet of [`open`], before anything is signed.
pub fn token() -> Token<AccountId> {
	Token {
		domain: TOKEN,
		genesis: System::block_hash(0),
		wallet: WALLET,
		nonce: 0,
		key: id(KEY),
		owner: id(OWNER),
		tag: tag(OWNER),
		balance: 0,
		volume: VOLUME,
		pay_by: PAY_BY,
		valid_until: VALID_UNTIL,
		record: TestCredibility::record(&tag(OWNER)),
		timestamp: TestClock::now(),
	}
}

/// Open the wallet and put `free` into it.
pub fn open(free: Balance) {
	SharedWallets::open(WALLET, &id(OWNER), &id(KEY)).expect("number is free");
	if free > 0 {
		fund(OWNER, WALLET, free).expect("the owner has that much");
	}
	System::reset_events();
}

/// [`open`], and certify it.
pub fn certified(free: Balance) {
	open(free);
	SharedWallets::certify(WALLET, sign(SERVICE, token()), VOLUME).expect("the token holds");
	System::reset_events();
}

/// The events of shared wallets since the last call of this.
pub fn events() -> Vec<Event<Test>> {
	let events = System::read_events_for_pallet();
	System::reset_events();
	events
}

pub fn held(who: Keyring) -> Balance {
	Balances::balance_on_hold(&HoldReason::Escrow.into(), &id(who))
}

/// Free and locked part of a wallet.
pub fn parts(wallet: RequestId) -> (Balance, Balance) {
	let wallet = Wallets::<Test>::get(wallet).expect("the wallet is open");
	(wallet.free, wallet.locked)
}

/// The invariants of the pallet, and that no money comes or goes.
pub fn check() {
	SharedWallets::do_try_state().expect("invariants hold after every test");
	let sum: Balance = frame_system::Account::<Test>::iter_values()
		.map(|account| account.data.free + account.data.reserved)
		.sum();
	assert_eq!(sum, pallet_balances::TotalIssuance::<Test>::get());
	let held: Balance =
		frame_system::Account::<Test>::iter_values().map(|account| account.data.reserved).sum();
	let escrow: Balance =
		Wallets::<Test>::iter_values().map(|wallet| wallet.free + wallet.locked).sum();
	assert_eq!(held, escrow);
}

pub fn new_test_ext() -> TestExternalities {
	set_now(START);
	RECORDS.take();
	FINES.take();
	let genesis = RuntimeGenesisConfig {
		balances: pallet_balances::GenesisConfig {
			balances: [Alice, Bob, Charlie].map(|who| (id(who), MONEY)).to_vec(),
			..Default::default()
		},
		..Default::default()
	};
	let mut ext = TestExternalities::new(genesis.build_storage().expect("genesis builds"));
	// Block 0 records no events.
	ext.execute_with(|| System::set_block_number(1));
	ext
}

pub fn run(test: impl FnOnce()) {
	new_test_ext().execute_with(|| {
		test();
		check();
	});
}
