//! A chain with nothing but balances and shared wallets.

mod doubles;

use crate::{self as pallet_shared_wallet, pallet::*, HoldReason, SignedToken};
use codec::Encode;
pub use doubles::*;
use frame_support::{
	derive_impl, parameter_types,
	traits::{
		fungible::{InspectHold, Mutate},
		ConstU128, ConstU64, EnsureOrigin,
	},
};
use frame_system::EnsureRoot;
use sp_core::H256;
use sp_io::TestExternalities;
pub use sp_keyring::Sr25519Keyring::{self as Keyring, *};
use sp_runtime::{
	traits::{Dispatchable, IdentityLookup},
	AccountId32, BuildStorage, DispatchError, DispatchResult, MultiSignature,
};
use voltree_primitives::{
	Balance, Clock, Credibility, Directory, Escrow, IdentityTag, Moment, Record, RequestId, Token,
	WattHours, TOKEN,
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
	type AuthorityOrigin = EnsureRoot<AccountId>;
	type ServiceOrigin = EnsureTestService;
	type Currency = Balances;
	type Clock = TestClock;
	type Directory = TestDirectory;
	type Credibility = TestCredibility;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = TestHelper;
	type FinePot = FinePot;
	type RedemptionNotice = ConstU64<NOTICE>;
}

parameter_types! {
	pub FinePot: AccountId = pot();
}

pub const EXISTENTIAL_DEPOSIT: Balance = 10;
/// What Alice, Bob and Charlie have.
pub const MONEY: Balance = 10_000;
/// When tests begin.
pub const START: Moment = 1_000_000;
pub const ROUND: Moment = 2_000;
/// What a cancelled redemption waits for.
pub const NOTICE: Moment = 100_000;
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
/// A linked wallet of the owner.
pub const LINKED: Keyring = AliceStash;

/// The account that fines go to.
pub fn pot() -> AccountId {
	AccountId::new([7; 32])
}

/// What fines have brought in.
pub fn in_pot() -> Balance {
	Balances::free_balance(pot()).saturating_sub(EXISTENTIAL_DEPOSIT)
}

/// Take the pot's account out of the world.
pub fn lose_the_pot() {
	Balances::set_balance(&pot(), 0);
	System::reset_events();
}

pub fn id(who: Keyring) -> AccountId {
	who.to_account_id()
}

pub fn tag(who: Keyring) -> IdentityTag {
	H256::from_slice(&id(who).encode())
}

/// The tag behind an account; one that nobody has where it is nobody's.
pub fn person(account: &AccountId) -> IdentityTag {
	<TestDirectory as Directory<_>>::tag_of(account).unwrap_or_default()
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

pub fn pay_fines(who: Keyring, amount: Balance) -> DispatchResult {
	dispatch(signed(who), Call::pay_fines { amount })
}

pub fn issue(to: Keyring, amount: Balance, payment: u8) -> DispatchResult {
	let reference = reference(payment);
	dispatch(RuntimeOrigin::root(), Call::issue { to: id(to), amount, reference })
}

pub fn redeem(who: Keyring, amount: Balance) -> DispatchResult {
	dispatch(signed(who), Call::redeem { amount, reference: reference(BANK_ACCOUNT) })
}

pub fn cancel_redemption(who: Keyring) -> DispatchResult {
	dispatch(signed(who), Call::cancel_redemption {})
}

pub fn burn(who: Keyring, amount: Balance, payment: u8) -> DispatchResult {
	let reference = reference(payment);
	dispatch(RuntimeOrigin::root(), Call::burn { account: id(who), amount, reference })
}

/// Where the bank shall pay.
pub const BANK_ACCOUNT: u8 = 0xba;

/// The reference of a payment or a bank account.
pub fn reference(of: u8) -> H256 {
	H256::repeat_byte(of)
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
	SharedWallets::open(WALLET, &id(OWNER), &id(KEY), 0).expect("number is free");
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

/// Change the stored token of the wallet of [`open`].
pub fn change_token(what: impl FnOnce(&mut Token<AccountId>)) {
	Wallets::<Test>::mutate_extant(WALLET, |wallet| {
		what(&mut wallet.token.as_mut().expect("the wallet is certified").token);
	});
}

/// The events of shared wallets since the last call of this.
pub fn events() -> Vec<Event<Test>> {
	let events = System::read_events_for_pallet();
	System::reset_events();
	events
}

/// On hold in shared wallets.
pub fn held(who: Keyring) -> Balance {
	held_for(HoldReason::Escrow, who)
}

/// On hold as bonds.
pub fn bonded(who: Keyring) -> Balance {
	held_for(HoldReason::Bond, who)
}

pub fn held_for(reason: HoldReason, who: Keyring) -> Balance {
	Balances::balance_on_hold(&reason.into(), &id(who))
}

pub fn free(who: Keyring) -> Balance {
	Balances::free_balance(id(who))
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
}

pub fn new_test_ext() -> TestExternalities {
	reset();
	let genesis = RuntimeGenesisConfig {
		balances: pallet_balances::GenesisConfig {
			balances: [Alice, Bob, Charlie]
				.map(|who| (id(who), MONEY))
				.into_iter()
				.chain([(pot(), EXISTENTIAL_DEPOSIT)])
				.collect(),
			..Default::default()
		},
		..Default::default()
	};
	let mut ext = TestExternalities::new(genesis.build_storage().expect("genesis builds"));
	// Block 0 records no events.
	ext.execute_with(|| {
		System::set_block_number(1);
		for who in [Alice, Bob, Charlie] {
			enrol(who, who);
		}
		enrol(LINKED, OWNER);
	});
	ext
}

pub fn run(test: impl FnOnce()) {
	new_test_ext().execute_with(|| {
		test();
		check();
	});
}
