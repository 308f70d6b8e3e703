//! A chain with sessions, Aura and offences as on a node; GRANDPA is a double that notes what it is
//! told. Blocks, with their slots, and ends of sessions are the tests' doing.

mod people;

pub use people::*;

use crate::{self as pallet_communication_tree, Founder, InOrder, Keys, Rules, Sessions, Slot};
use core::cell::RefCell;
use frame_support::{
	derive_impl, parameter_types,
	traits::{ConstU128, ConstU32, ConstU64, Hooks, OneSessionHandler},
};
use frame_system::EnsureRoot;
use sp_consensus_aura::sr25519::AuthorityId as AuthorKey;
use sp_consensus_grandpa::AuthorityId as VoterKey;
use sp_core::H256;
use sp_io::TestExternalities;
use sp_runtime::{
	generic, impl_opaque_keys,
	traits::{BlakeTwo256, ConvertInto, IdentityLookup},
	AccountId32, BoundToRuntimeAppPublic, BuildStorage, Digest, DispatchResult,
};
use sp_staking::SessionIndex;
use std::collections::BTreeSet;
use voltree_primitives::Moment;

pub type AccountId = AccountId32;
pub type Header = generic::Header<u32, BlakeTwo256>;

/// Length of a block slot.
pub const SLOT: Moment = 2_000;
/// How long before they are in force rules are announced.
pub const NOTICE: Moment = 20_000;

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
	pub type Timestamp = pallet_timestamp;
	#[runtime::pallet_index(3)]
	pub type Aura = pallet_aura;
	#[runtime::pallet_index(4)]
	pub type Authorship = pallet_authorship;
	#[runtime::pallet_index(5)]
	pub type Tree = pallet_communication_tree;
	#[runtime::pallet_index(6)]
	pub type Session = pallet_session;
	#[runtime::pallet_index(7)]
	pub type Offences = pallet_offences;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = generic::Block<Header, frame_system::mocking::MockUncheckedExtrinsic<Test>>;
	type AccountId = AccountId;
	type Lookup = IdentityLookup<AccountId>;
	type AccountData = pallet_balances::AccountData<u128>;
	type MaxConsumers = ConstU32<16>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
	type AccountStore = System;
	type Balance = u128;
	type ExistentialDeposit = ConstU128<1>;
}

impl pallet_timestamp::Config for Test {
	type Moment = u64;
	type OnTimestampSet = Aura;
	type MinimumPeriod = crate::HalfSlotOf<Test>;
	type WeightInfo = ();
}

impl pallet_aura::Config for Test {
	type AuthorityId = AuthorKey;
	type MaxAuthorities = ConstU32<{ crate::MAX_AGGREGATORS }>;
	type DisabledValidators = ();
	type AllowMultipleBlocksPerSlot = frame_support::traits::ConstBool<false>;
	type SlotDuration = crate::SlotDurationOf<Test>;
}

impl pallet_authorship::Config for Test {
	type FindAuthor = Tree;
	type EventHandler = ();
}

/// GRANDPA, as far as sessions are concerned.
pub struct Voters;

thread_local! {
	/// Accounts of the voters, and how often they were changed.
	static VOTERS: RefCell<(Vec<AccountId>, u32)> = const { RefCell::new((Vec::new(), 0)) };
}

impl Voters {
	/// The voters, in order.
	pub fn get() -> Vec<AccountId> {
		VOTERS.with_borrow(|(voters, _)| voters.clone())
	}

	/// How often a set change was scheduled.
	pub fn changes() -> u32 {
		VOTERS.with_borrow(|(_, changes)| *changes)
	}
}

impl BoundToRuntimeAppPublic for Voters {
	type Public = VoterKey;
}

impl OneSessionHandler<AccountId> for Voters {
	type Key = VoterKey;

	fn on_genesis_session<'a, I>(validators: I)
	where
		I: 'a + Iterator<Item = (&'a AccountId, VoterKey)>,
	{
		let voters = validators.map(|(account, _)| account.clone()).collect();
		VOTERS.with_borrow_mut(|all| *all = (voters, 0));
	}

	fn on_new_session<'a, I>(changed: bool, validators: I, _: I)
	where
		I: 'a + Iterator<Item = (&'a AccountId, VoterKey)>,
	{
		if changed {
			let voters = validators.map(|(account, _)| account.clone()).collect();
			VOTERS.with_borrow_mut(|all| *all = (voters, all.1 + 1));
		}
	}

	fn on_disabled(_: u32) {}
}

impl_opaque_keys! {
	pub struct SessionKeys {
		pub aura: Aura,
		pub grandpa: Voters,
	}
}

parameter_types! {
	/// The next block ends the session.
	pub static Ends: bool = false;
	pub static Outage: Moment = 20_000;
}

pub struct Manual;

impl pallet_session::ShouldEndSession<u32> for Manual {
	fn should_end_session(_: u32) -> bool {
		Ends::get()
	}
}

impl pallet_session::Config for Test {
	type RuntimeEvent = RuntimeEvent;
	type ValidatorId = AccountId;
	type ValidatorIdOf = ConvertInto;
	type ShouldEndSession = Manual;
	type NextSessionRotation = pallet_session::PeriodicSessions<ConstU32<10>, ConstU32<0>>;
	type SessionManager = Tree;
	type SessionHandler = (InOrder<Test, Aura>, Voters);
	type Keys = SessionKeys;
	type DisablingStrategy = ();
	type WeightInfo = ();
	type Currency = Balances;
	type KeyDeposit = ConstU128<0>;
}

impl pallet_offences::Config for Test {
	type RuntimeEvent = RuntimeEvent;
	type IdentificationTuple = AccountId;
	type OnOffenceHandler = Tree;
}

pub struct CurrentSlot;

impl frame_support::traits::Get<u64> for CurrentSlot {
	fn get() -> u64 {
		pallet_aura::CurrentSlot::<Test>::get().into()
	}
}

pub struct Authors;

impl frame_support::traits::Get<u32> for Authors {
	fn get() -> u32 {
		pallet_aura::Authorities::<Test>::decode_len().unwrap_or(0) as u32
	}
}

/// Sessions of the session pallet.
pub struct TestSessions;

fn keys(session: SessionKeys) -> Keys {
	Keys { author: session.aura, voter: session.grandpa }
}

impl Sessions<AccountId> for TestSessions {
	fn index() -> SessionIndex {
		Session::current_index()
	}
	fn active() -> Vec<AccountId> {
		Session::validators()
	}
	fn planned() -> Vec<(AccountId, Keys)> {
		Session::queued_keys().into_iter().map(|(who, session)| (who, keys(session))).collect()
	}
	fn running() -> Vec<(AccountId, Keys)> {
		let voters = Session::validators().into_iter();
		voters.filter_map(|who| Session::load_keys(&who).map(|own| (who, keys(own)))).collect()
	}
	fn has_keys(who: &AccountId) -> bool {
		pallet_session::NextKeys::<Test>::contains_key(who)
	}
	fn purge_keys(who: &AccountId) -> DispatchResult {
		Session::purge_keys(RuntimeOrigin::signed(who.clone()))
	}
}

impl crate::Config for Test {
	type WeightInfo = ();
	type AuthorityOrigin = EnsureRoot<AccountId>;
	type CurrentSlot = CurrentSlot;
	type Authors = Authors;
	type Sessions = TestSessions;
	type Offences = Offences;
	type Outage = Outage;
	type Notice = ConstU64<NOTICE>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = TestSessions;
}

#[cfg(feature = "runtime-benchmarks")]
impl crate::BenchmarkHelper<Test> for TestSessions {
	fn give_keys(account: &AccountId, keys: &Keys) {
		use frame_support::traits::fungible::Mutate;
		Balances::set_balance(account, 1_000);
		let keys = SessionKeys { aura: keys.author.clone(), grandpa: keys.voter.clone() };
		pallet_session::NextKeys::<Test>::insert(account, keys);
		System::inc_consumers(account).expect("it has money");
	}
	fn activate(session: SessionIndex, voters: &[(AccountId, Keys)]) {
		let accounts: Vec<_> = voters.iter().map(|(account, _)| account.clone()).collect();
		let queued: Vec<_> = voters
			.iter()
			.map(|(account, keys)| {
				let keys = SessionKeys { aura: keys.author.clone(), grandpa: keys.voter.clone() };
				(account.clone(), keys)
			})
			.collect();
		let authors = voters.iter().map(|(_, keys)| keys.author.clone()).collect();
		pallet_session::CurrentIndex::<Test>::put(session);
		pallet_session::QueuedKeys::<Test>::put(queued);
		pallet_session::Validators::<Test>::put(accounts);
		pallet_aura::Authorities::<Test>::put(frame_support::BoundedVec::<_, _>::truncate_from(
			authors,
		));
	}
	fn set_slot(slot: Slot) {
		pallet_aura::CurrentSlot::<Test>::put(sp_consensus_aura::Slot::from(slot));
	}
}

/// Builds a chain for a test.
pub struct ExtBuilder {
	keyed: u8,
	founders: Vec<Founder<AccountId>>,
	rules: Rules,
	slot: Moment,
}

impl Default for ExtBuilder {
	fn default() -> Self {
		Self { keyed: 0, founders: Vec::new(), rules: Rules::default(), slot: SLOT }
	}
}

impl ExtBuilder {
	/// The first `count` have session keys at genesis and are named nowhere else.
	pub fn keyed(mut self, count: u8) -> Self {
		self.keyed = count;
		self
	}
	/// The first ones, with these linking numbers, are data aggregators from the start.
	pub fn founded(mut self, links: &[u32]) -> Self {
		self.keyed = links.len() as u8;
		self.founders = das(self.keyed).zip(links).map(|(da, link)| da.founder(*link)).collect();
		self
	}
	/// Another list of founders than [`Self::founded`] makes.
	pub fn founders(mut self, founders: Vec<Founder<AccountId>>) -> Self {
		self.founders = founders;
		self
	}
	pub fn rules(mut self, rules: Rules) -> Self {
		self.rules = rules;
		self
	}
	pub fn slot(mut self, slot: Moment) -> Self {
		self.slot = slot;
		self
	}
	/// The chain's genesis state.
	pub fn build(self) -> TestExternalities {
		let all = das(self.keyed).map(|da| (da.account(), da.account(), da.session_keys()));
		let genesis = RuntimeGenesisConfig {
			balances: pallet_balances::GenesisConfig {
				balances: das(self.keyed).map(|da| (da.account(), 1_000)).collect(),
				..Default::default()
			},
			tree: crate::GenesisConfig {
				slot_duration: self.slot,
				aggregators: self.founders,
				rules: self.rules,
			},
			session: pallet_session::GenesisConfig { keys: all.collect(), ..Default::default() },
			..Default::default()
		};
		VOTERS.take();
		genesis.build_storage().expect("a genesis state").into()
	}
	/// The same with a keystore, as the bencher has one.
	#[cfg(feature = "runtime-benchmarks")]
	pub fn with_keystore(self) -> TestExternalities {
		let mut state = self.build();
		let keystore = sp_keystore::testing::MemoryKeystore::new();
		state.register_extension(sp_keystore::KeystoreExt::new(keystore));
		state
	}
	/// Run a test after block 1, which has slot 100, and check the invariants after it.
	pub fn run(self, test: impl FnOnce()) {
		self.build().execute_with(|| {
			block_in(100);
			test();
			Tree::do_try_state().expect("invariants hold after every test");
		});
	}
}

/// Make the block of `slot`.
pub fn block_in(slot: Slot) {
	let number = System::block_number() + 1;
	let digest = Digest { logs: vec![pre_digest(slot)] };
	System::reset_events();
	System::initialize(&number, &H256::repeat_byte(number as u8), &digest);
	<AllPalletsWithoutSystem as frame_support::traits::OnInitialize<u32>>::on_initialize(number);
	Timestamp::set(RuntimeOrigin::none(), slot * crate::SlotDuration::<Test>::get()).expect("once");
	Aura::on_finalize(number);
	<AllPalletsWithoutSystem as frame_support::traits::OnFinalize<u32>>::on_finalize(number);
	Ends::set(false);
}

/// The slot of the newest block.
pub fn slot() -> Slot {
	pallet_aura::CurrentSlot::<Test>::get().into()
}

/// Make `count` blocks in as many slots.
pub fn blocks(count: u32) {
	for _ in 0..count {
		block_in(slot() + 1);
	}
}

/// End the session in the next block.
pub fn end_session() {
	Ends::set(true);
	blocks(1);
}

/// End `count` sessions of two rounds each, in which everybody writes.
pub fn sessions(count: u32) {
	for _ in 0..count {
		blocks(2 * Authors::get_count());
		end_session();
	}
}

impl Authors {
	pub fn get_count() -> u32 {
		<Self as frame_support::traits::Get<u32>>::get()
	}
}

/// End a session of `rounds` rounds in which those of `dead` write nothing.
pub fn session_without(dead: &[u8], rounds: u32) {
	let dead: BTreeSet<_> = accounts(dead.iter().copied()).into_iter().collect();
	let alive = |slot| Tree::author_of(slot).is_some_and(|author| !dead.contains(&author));
	let last = slot() + u64::from(rounds * Authors::get_count());
	for slot in slot() + 1..=last {
		if alive(slot) {
			block_in(slot);
		}
	}
	let next = (last + 1..).find(|slot| alive(*slot)).expect("somebody is alive");
	Ends::set(true);
	block_in(next);
}

/// The pallet's events of the newest block.
pub fn events() -> Vec<crate::Event<Test>> {
	System::read_events_for_pallet::<crate::Event<Test>>()
}
