//! A chain with nothing but the blacklist; its neighbours are doubles that tests arm.

use crate::{self as pallet_blacklist, pallet::*, types};
use frame_support::derive_impl;
use frame_system::EnsureRoot;
use sp_core::H256;
use sp_io::TestExternalities;
use sp_keyring::Sr25519Keyring::{self, *};
use sp_runtime::{traits::IdentityLookup, AccountId32, BuildStorage, DispatchError};
use std::{cell::RefCell, collections::BTreeMap};
use voltree_primitives::{
	AccountsOf, Balance, Cause, Clock, Credibility, Credit, Directory, IdentityTag, Moment, Record,
	Role, Roles, WattHours,
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
}

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
	type AuthorityOrigin = EnsureRoot<AccountId>;
}

/// When tests begin.
pub const START: Moment = 1_000_000;
/// What the directory says of an account without a certificate, or with the wrong one.
pub const NOT_CERTIFIED: DispatchError = DispatchError::Other("not certified");

/// What is known of a person.
#[derive(Clone, Default)]
pub struct Person {
	pub roles: Option<Roles>,
	pub credit: Credit,
	pub record: Record,
	pub fines_due: Balance,
}

thread_local! {
	static NOW: RefCell<Moment> = const { RefCell::new(START) };
	static PEOPLE: RefCell<BTreeMap<IdentityTag, Person>> = const { RefCell::new(BTreeMap::new()) };
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
		assert_eq!(*who, Self::owner_of(who), "the blacklist asks for the account behind it");
		let tag = Self::tag_of(who).ok_or(NOT_CERTIFIED)?;
		let roles = known(&tag).and_then(|person| person.roles).ok_or(NOT_CERTIFIED)?;
		roles.include(role).then_some(tag).ok_or(NOT_CERTIFIED)
	}

	fn is_wallet_of(_: &AccountId, _: &IdentityTag) -> bool {
		unreachable!("the blacklist does not ask")
	}

	fn wealth(_: &AccountId) -> Balance {
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

	fn timely(_: &IdentityTag, _: Cause) {
		unreachable!("the blacklist does not judge")
	}

	fn untimely(_: &IdentityTag, _: WattHours, _: Cause) {
		unreachable!("the blacklist does not judge")
	}

	fn settled(_: &IdentityTag, _: H256) {
		unreachable!("the blacklist does not judge")
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
	pub fn limit(mut self, limit: Credit) -> Self {
		self.parameters.limit = limit;
		self
	}

	/// A certified person with 1000 points and no fines.
	pub fn certified(mut self, tag: IdentityTag, roles: Roles) -> Self {
		let person = Person { roles: Some(roles), credit: 1_000, ..Default::default() };
		self.people.insert(tag, person);
		self
	}

	pub fn build(self) -> TestExternalities {
		NOW.set(START);
		PEOPLE.set(self.people);
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
