//! A chain with nothing but the blacklist; its neighbours are doubles that tests arm.

use crate::{self as pallet_blacklist, pallet::*, types, Openings, MAX_OPENINGS};
use codec::Encode;
use frame_support::{
	derive_impl,
	traits::{ConstU32, ConstU64},
	BoundedVec,
};
use frame_system::EnsureRoot;
use sp_core::H256;
use sp_io::TestExternalities;
use sp_keyring::Sr25519Keyring::{self, *};
use sp_runtime::{
	traits::IdentityLookup, transaction_validity::TransactionTag, AccountId32, BuildStorage,
	DispatchError,
};
use std::{cell::RefCell, collections::BTreeMap};
use voltree_primitives::{
	AccountsOf, Balance, Cause, Clock, Credibility, Credit, Directory, IdentityTag, Moment,
	OnBlacklisted, OnCredit, Record, Role, Roles, Terms, WattHours,
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
	pub type Blacklist = pallet_blacklist;
	#[runtime::pallet_index(2)]
	pub type Business = business;
}

/// Calls that open business, and a device's reports; only the door looks at them.
#[frame_support::pallet(dev_mode)]
pub mod business {
	use frame_support::pallet_prelude::*;
	use frame_system::pallet_prelude::*;
	use voltree_primitives::Role;

	#[pallet::pallet]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config: frame_system::Config {}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Open business in the name of all of them.
		pub fn open(_: OriginFor<T>, _openers: Vec<(T::AccountId, Role)>) -> DispatchResult {
			Ok(())
		}

		/// A report, which is free while it would be accepted.
		#[pallet::feeless_if(|_: &OriginFor<T>, _: &T::AccountId, accepted: &bool| -> bool {
			*accepted
		})]
		pub fn report(_: OriginFor<T>, _device: T::AccountId, _accepted: bool) -> DispatchResult {
			Ok(())
		}

		/// Free, and no report.
		#[pallet::feeless_if(|_: &OriginFor<T>| -> bool { true })]
		pub fn gift(_: OriginFor<T>) -> DispatchResult {
			Ok(())
		}
	}
}

impl business::Config for Test {}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type AccountId = AccountId;
	type Lookup = IdentityLookup<AccountId>;
	type Block = frame_system::mocking::MockBlock<Test>;
}

impl pallet_blacklist::Config for Test {
	type WeightInfo = ();
	type Clock = Neighbour;
	type Directory = Neighbour;
	type Accounts = Neighbour;
	type Credibility = Neighbour;
	type OnBlacklisted = Neighbour;
	type Openings = Neighbour;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = Neighbour;
	type AuthorityOrigin = EnsureRoot<AccountId>;
	type Notice = ConstU64<NOTICE>;
	type ReportPriority = ConstU64<REPORT_PRIORITY>;
	type ReportLongevity = ConstU64<REPORT_LONGEVITY>;
}

/// When tests begin.
pub const START: Moment = 1_000_000;
/// Two delivery slots of a quarter of an hour.
pub const NOTICE: Moment = 1_800_000;
/// Well above what others pay for.
pub const REPORT_PRIORITY: u64 = 1_000_000;
/// Blocks.
pub const REPORT_LONGEVITY: u64 = 8;
/// What the directory says of an account without a certificate, or with the wrong one.
pub const NOT_CERTIFIED: DispatchError = DispatchError::Other("not certified");

/// What is known of a person.
#[derive(Clone, Default)]
pub struct Person {
	pub roles: Option<Roles>,
	pub start: Credit,
	pub credit: Credit,
	pub record: Record,
	pub fines_due: Balance,
}

thread_local! {
	static NOW: RefCell<Moment> = const { RefCell::new(START) };
	static PEOPLE: RefCell<BTreeMap<IdentityTag, Person>> = const { RefCell::new(BTreeMap::new()) };
	static LISTED: RefCell<Vec<IdentityTag>> = const { RefCell::new(Vec::new()) };
}

/// What `OnBlacklisted` has heard since the last call of this.
pub fn listed() -> Vec<IdentityTag> {
	LISTED.take()
}

pub fn set_now(now: Moment) {
	NOW.set(now);
}

/// Change what the neighbours know of a person.
pub fn person(tag: IdentityTag, change: impl FnOnce(&mut Person)) {
	PEOPLE.with_borrow_mut(|people| change(people.get_mut(&tag).expect("the test armed it")));
}

fn known(tag: &IdentityTag) -> Option<Person> {
	PEOPLE.with_borrow(|people| people.get(tag).cloned())
}

/// All neighbours in one: a person per tag, Alice with Bob's account as her linked wallet for
/// `tag(1)`, Charlie for `tag(2)`, nobody else.
pub struct Neighbour;

impl Clock for Neighbour {
	fn now() -> Moment {
		NOW.with_borrow(|now| *now)
	}

	fn slot_duration() -> Moment {
		unreachable!("the blacklist does not ask")
	}

	fn round() -> Moment {
		unreachable!("the blacklist does not ask")
	}
}

impl Directory<AccountId> for Neighbour {
	fn tag_of(who: &AccountId) -> Option<IdentityTag> {
		let owner = Self::owner_of(who);
		let tag = match Keyring::from_account_id(&owner)? {
			Alice => tag(1),
			Charlie => tag(2),
			_ => return None,
		};
		known(&tag).map(|_| tag)
	}

	fn owner_of(who: &AccountId) -> AccountId {
		if *who == id(Bob) {
			id(Alice)
		} else {
			who.clone()
		}
	}

	fn ensure_certified(who: &AccountId, role: Role) -> Result<IdentityTag, DispatchError> {
		let tag = Self::tag_of(&Self::owner_of(who)).ok_or(NOT_CERTIFIED)?;
		let roles = known(&tag).and_then(|person| person.roles).ok_or(NOT_CERTIFIED)?;
		roles.include(role).then_some(tag).ok_or(NOT_CERTIFIED)
	}

	fn ensure_holder_certified(
		holder: &AccountId,
		role: Role,
		_: Moment,
	) -> Result<IdentityTag, DispatchError> {
		Self::ensure_certified(holder, role)
	}

	fn is_wallet_of(_: &AccountId, _: &IdentityTag) -> bool {
		unreachable!("the blacklist does not ask")
	}

	fn money_behind(_: &AccountId) -> Option<u32> {
		unreachable!("the blacklist does not ask")
	}

	fn service_keys() -> Vec<AccountId> {
		unreachable!("the blacklist does not ask")
	}
}

impl AccountsOf<AccountId> for Neighbour {
	fn accounts_of(of: &IdentityTag) -> Vec<AccountId> {
		match known(of) {
			Some(_) if *of == tag(1) => vec![id(Alice), id(Bob)],
			Some(_) => vec![id(Charlie)],
			None => Vec::new(),
		}
	}
}

impl Credibility for Neighbour {
	fn credit(tag: &IdentityTag) -> Credit {
		known(tag).map_or(0, |person| person.credit)
	}

	fn record(tag: &IdentityTag) -> Record {
		known(tag).map(|person| person.record).unwrap_or_default()
	}

	fn fines_due(tag: &IdentityTag) -> Balance {
		known(tag).map_or(0, |person| person.fines_due)
	}

	fn terms() -> Terms {
		unreachable!("the blacklist does not judge")
	}

	fn timely(_: &IdentityTag, _: Cause) {
		unreachable!("the blacklist does not judge")
	}

	fn untimely(_: &IdentityTag, _: WattHours, _: Cause, _: &Terms) {
		unreachable!("the blacklist does not judge")
	}

	fn gain(_: &IdentityTag, _: &IdentityTag, _: &Terms) -> bool {
		unreachable!("the blacklist does not judge")
	}

	fn settled(_: &IdentityTag, _: H256) {
		unreachable!("the blacklist does not judge")
	}

	fn owe(_: &IdentityTag, _: Balance) {
		unreachable!("the blacklist does not fine")
	}

	fn paid(_: &IdentityTag, _: Balance) {
		unreachable!("the blacklist does not fine")
	}

	/// As credibility does it, which tells of it as well.
	fn reinstate(tag: &IdentityTag, credit: Credit) {
		let Person { start, credit: before, .. } = known(tag).expect("the test armed it");
		let after = credit.min(start).max(before);
		person(*tag, |person| person.credit = after);
		if after > before {
			Blacklist::credit_changed(tag, before, after);
		}
	}
}

impl OnBlacklisted for Neighbour {
	fn blacklisted(tag: &IdentityTag) {
		assert!(Entries::<Test>::contains_key(tag), "the entry comes first");
		LISTED.with_borrow_mut(|listed| listed.push(*tag));
	}
}

impl Openings<RuntimeCall, AccountId> for Neighbour {
	fn count(call: &RuntimeCall) -> u32 {
		match call {
			RuntimeCall::Business(business::Call::open { openers }) => openers.len() as u32,
			_ => 0,
		}
	}

	fn opened_by(
		call: &RuntimeCall,
		_signer: &AccountId,
	) -> BoundedVec<(AccountId, Role), ConstU32<MAX_OPENINGS>> {
		match call {
			RuntimeCall::Business(business::Call::open { openers }) => {
				BoundedVec::truncate_from(openers.clone())
			}
			_ => unreachable!("the door asks only where there are openings"),
		}
	}

	fn report_tag(call: &RuntimeCall) -> Option<TransactionTag> {
		match call {
			RuntimeCall::Business(business::Call::report { device, .. }) => Some(device.encode()),
			_ => None,
		}
	}
}

#[cfg(feature = "runtime-benchmarks")]
impl crate::BenchmarkHelper<Test> for Neighbour {
	fn person(credit: Credit) -> IdentityTag {
		let person = Person { start: credit, ..Default::default() };
		PEOPLE.with_borrow_mut(|people| people.insert(tag(1), person));
		tag(1)
	}

	fn opening(n: u32) -> (AccountId, RuntimeCall) {
		let person = Person { roles: Some(Roles::Both), credit: 1_000, ..Default::default() };
		PEOPLE.with_borrow_mut(|people| people.insert(tag(1), person));
		let openers = vec![(id(Bob), Role::Buyer); n as usize];
		(id(Alice), business::Call::open { openers }.into())
	}
}

/// The events since the last call of this.
pub fn events() -> Vec<Event<Test>> {
	let events = System::read_events_for_pallet();
	System::reset_events();
	events
}

pub fn tag(of: u8) -> IdentityTag {
	IdentityTag::repeat_byte(of)
}

pub fn id(who: Keyring) -> AccountId {
	who.to_account_id()
}

#[derive(Default)]
pub struct ExtBuilder {
	parameters: types::Parameters,
	people: BTreeMap<IdentityTag, Person>,
}

impl ExtBuilder {
	/// A re-entry level twice as high goes with it.
	pub fn limit(mut self, limit: Credit) -> Self {
		self.parameters.limit = limit;
		self.parameters.reentry = limit * 2;
		self
	}

	/// A certified person with 1000 points and no fines.
	pub fn certified(mut self, tag: IdentityTag, roles: Roles) -> Self {
		let (start, credit) = (1_000, 1_000);
		let person = Person { roles: Some(roles), start, credit, ..Default::default() };
		self.people.insert(tag, person);
		self
	}

	pub fn build(self) -> TestExternalities {
		NOW.set(START);
		PEOPLE.set(self.people);
		LISTED.take();
		let genesis = RuntimeGenesisConfig {
			blacklist: GenesisConfig { parameters: self.parameters, ..Default::default() },
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
			Blacklist::do_try_state().expect("invariants hold after every test");
		});
	}
}
