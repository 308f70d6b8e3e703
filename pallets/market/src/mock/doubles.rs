//! The neighbours: what tests tell them they say, and they write down what they are told.

use super::{id, AccountId, Balances, Keyring, Market, RuntimeOrigin, SERVICE, START, TERMS};
use codec::Encode;
use frame_support::traits::{
	fungible::Inspect,
	tokens::{Fortitude, Preservation},
	EnsureOrigin, OriginTrait,
};
use sp_core::H256;
use sp_runtime::DispatchError;
use std::{
	cell::RefCell,
	collections::{BTreeMap, BTreeSet},
};
use voltree_primitives::{
	Balance, Cause, Clock, Credibility, Credit, Devices, Directory, IdentityTag, LineId,
	LineSafety, Meter, Moment, OnBlacklisted, Person, Record, Registers, Role, SafetyOver, Sensor,
	Standing, Terms, Verdict, WattHours, Watts,
};

/// What everybody is worth unless a test says otherwise.
pub const CREDIT: Credit = 100;
/// Length of a block slot, and of a round: two authors.
pub const BLOCK: Moment = 1_000;
pub const ROUND: Moment = 2_000;

/// What Bob's and Charlie's meters, and what a line can carry: 10 kWh and 100 kWh in a slot of the
/// tests.
pub const RATED: Watts = 600_000;
pub const CAPACITY: Watts = 6_000_000;

/// Both lines were safe from beginning to end.
pub const SAFE: SafetyOver = SafetyOver { longest_safe: Moment::MAX, always: true, never: false };
/// A line was unsafe in between.
pub const UNSAFE_IN_PART: SafetyOver =
	SafetyOver { longest_safe: 3 * ROUND, always: false, never: false };
/// They were never both safe.
pub const NEVER_SAFE: SafetyOver = SafetyOver { longest_safe: 0, always: false, never: true };

/// What credibility was told.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Deed {
	Timely(IdentityTag, Cause),
	Untimely(IdentityTag, WattHours, Cause),
	Settled(IdentityTag),
}

/// A question about safety over time.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Asked {
	pub lines: [LineId; 2],
	pub without: Vec<IdentityTag>,
	pub from: Moment,
	pub to: Moment,
}

/// Everything the neighbours know.
pub struct World {
	pub now: Moment,
	pub round: Moment,
	/// Certified accounts.
	pub members: BTreeMap<AccountId, IdentityTag>,
	/// Linked wallets and whose they are.
	pub wallets: BTreeMap<AccountId, AccountId>,
	/// Who may not open business.
	pub barred: BTreeSet<IdentityTag>,
	pub credit: BTreeMap<IdentityTag, Credit>,
	pub records: BTreeMap<IdentityTag, Record>,
	/// Debts.
	pub fines: BTreeMap<IdentityTag, Balance>,
	/// What is opened now is opened under these terms.
	pub terms: Terms,
	pub deeds: Vec<Deed>,
	/// Under which terms untimely behaviour was counted.
	pub judged_by: Vec<Terms>,
	/// Who gained by a trade with whom, under which terms.
	pub gains: Vec<(IdentityTag, IdentityTag, Terms)>,
	/// Who has credit to gain.
	pub gainers: BTreeSet<IdentityTag>,
	/// Who comes on the blacklist with the next untimely behaviour.
	pub on_the_brink: BTreeSet<IdentityTag>,
	/// Lines and the owners of their sensors.
	pub lines: BTreeMap<LineId, Vec<IdentityTag>>,
	/// What lines can carry, if not [`CAPACITY`].
	pub capacities: BTreeMap<LineId, Watts>,
	pub verdicts: BTreeMap<LineId, Verdict>,
	/// Lines that take no offers.
	pub closed_lines: BTreeSet<LineId>,
	pub safety: SafetyOver,
	pub asked: Vec<Asked>,
	pub meters: BTreeMap<AccountId, Meter>,
	/// What meters exported, by meter and slot start.
	pub exported: BTreeMap<(AccountId, Moment), WattHours>,
}

impl Default for World {
	fn default() -> Self {
		Self {
			now: START,
			round: ROUND,
			members: Default::default(),
			wallets: Default::default(),
			barred: Default::default(),
			credit: Default::default(),
			records: Default::default(),
			fines: Default::default(),
			terms: TERMS,
			deeds: Default::default(),
			judged_by: Default::default(),
			gains: Default::default(),
			gainers: Default::default(),
			on_the_brink: Default::default(),
			lines: Default::default(),
			capacities: Default::default(),
			verdicts: Default::default(),
			closed_lines: Default::default(),
			safety: SAFE,
			asked: Default::default(),
			meters: Default::default(),
			exported: Default::default(),
		}
	}
}

thread_local! {
	static WORLD: RefCell<World> = RefCell::default();
}

/// Arm the neighbours, or ask what they have heard.
pub fn world<R>(f: impl FnOnce(&mut World) -> R) -> R {
	WORLD.with_borrow_mut(f)
}

/// What credibility was told since the last call of this, apart from settled trades.
pub fn deeds() -> Vec<Deed> {
	let told = world(|world| std::mem::take(&mut world.deeds));
	told.into_iter().filter(|deed| !matches!(deed, Deed::Settled(_))).collect()
}

/// Who gained by a trade with whom since the last call of this.
pub fn gains() -> Vec<(IdentityTag, IdentityTag)> {
	let told = world(|world| std::mem::take(&mut world.gains));
	told.into_iter().map(|(who, partner, _)| (who, partner)).collect()
}

/// The tag of an account of the keyring.
pub fn tag(who: Keyring) -> IdentityTag {
	tag_from(&id(who))
}

/// The tag that tests give an account.
pub fn tag_from(who: &AccountId) -> IdentityTag {
	H256::from_slice(&who.encode())
}

pub struct TestClock;

impl Clock for TestClock {
	fn now() -> Moment {
		world(|world| world.now)
	}

	fn slot_duration() -> Moment {
		BLOCK
	}

	fn round() -> Moment {
		world(|world| world.round)
	}
}

pub struct TestDirectory;

impl Directory<AccountId> for TestDirectory {
	fn tag_of(who: &AccountId) -> Option<IdentityTag> {
		let owner = Self::owner_of(who);
		world(|world| world.members.get(&owner).copied())
	}

	fn owner_of(who: &AccountId) -> AccountId {
		world(|world| world.wallets.get(who).cloned()).unwrap_or_else(|| who.clone())
	}

	fn ensure_certified(_: &AccountId, _: Role) -> Result<IdentityTag, DispatchError> {
		unreachable!("the market asks for standing, which includes it")
	}

	fn ensure_holder_certified(
		_: &AccountId,
		_: Role,
		_: Moment,
	) -> Result<IdentityTag, DispatchError> {
		unreachable!("the market asks for standing, which includes it")
	}

	fn is_wallet_of(wallet: &AccountId, tag: &IdentityTag) -> bool {
		Self::tag_of(wallet) == Some(*tag)
	}

	fn money_behind(who: &AccountId) -> Option<u32> {
		let wallets = world(|world| world.wallets.clone());
		let linked =
			wallets.into_iter().filter(|(_, owner)| owner == who).map(|(wallet, _)| wallet);
		let has_money = |account: &AccountId| {
			Balances::reducible_balance(account, Preservation::Preserve, Fortitude::Polite) > 0
		};
		let accounts = std::iter::once(who.clone()).chain(linked);
		(0..).zip(accounts).find(|(_, account)| has_money(account)).map(|(looked_at, _)| looked_at)
	}

	fn service_keys() -> Vec<AccountId> {
		vec![id(SERVICE)]
	}
}

pub struct TestDevices;

impl Devices<AccountId> for TestDevices {
	fn capacity(line: LineId) -> Option<Watts> {
		world(|world| {
			world.lines.get(&line)?;
			Some(world.capacities.get(&line).copied().unwrap_or(CAPACITY))
		})
	}

	fn meter(device: &AccountId) -> Option<Meter> {
		world(|world| world.meters.get(device).cloned())
	}

	fn sensor(_: &AccountId) -> Option<Sensor> {
		unreachable!("the market asks for owners of sensors only")
	}

	fn has_meter(tag: &IdentityTag, line: LineId) -> bool {
		world(|world| world.meters.values().any(|meter| meter.owner == *tag && meter.line == line))
	}

	fn sensors_on(_: LineId) -> Vec<(AccountId, IdentityTag)> {
		unreachable!("the market asks for owners of sensors only")
	}
}

pub struct TestStanding;

impl Standing<AccountId> for TestStanding {
	fn ensure_may_open(who: &AccountId, _: Role) -> Result<Person, DispatchError> {
		let tag = TestDirectory::tag_of(who).ok_or("not certified")?;
		if world(|world| world.barred.contains(&tag)) {
			return Err("barred".into());
		}
		Ok(Person { tag, credit: TestCredibility::credit(&tag) })
	}

	fn ensure_holder_may_open(
		holder: &AccountId,
		role: Role,
		_: Moment,
	) -> Result<Person, DispatchError> {
		Self::ensure_may_open(holder, role)
	}
}

pub struct TestCredibility;

impl Credibility for TestCredibility {
	fn credit(tag: &IdentityTag) -> Credit {
		world(|world| world.credit.get(tag).copied()).unwrap_or(CREDIT)
	}

	fn record(tag: &IdentityTag) -> Record {
		world(|world| world.records.get(tag).cloned()).unwrap_or_default()
	}

	fn fines_due(tag: &IdentityTag) -> Balance {
		world(|world| world.fines.get(tag).copied()).unwrap_or_default()
	}

	fn timely(tag: &IdentityTag, cause: Cause) {
		world(|world| {
			world.records.entry(*tag).or_default().timely += 1;
			world.deeds.push(Deed::Timely(*tag, cause));
		});
	}

	fn untimely(tag: &IdentityTag, volume: WattHours, cause: Cause, terms: &Terms) {
		let fell = world(|world| {
			world.records.entry(*tag).or_default().untimely += 1;
			world.deeds.push(Deed::Untimely(*tag, volume, cause));
			world.judged_by.push(*terms);
			let fell = world.on_the_brink.remove(tag);
			if fell {
				world.barred.insert(*tag);
			}
			fell
		});
		if fell {
			Market::blacklisted(tag);
		}
	}

	fn terms() -> Terms {
		world(|world| world.terms)
	}

	fn gain(tag: &IdentityTag, partner: &IdentityTag, terms: &Terms) -> bool {
		world(|world| {
			world.gains.push((*tag, *partner, *terms));
			world.gainers.contains(tag)
		})
	}

	fn owe(tag: &IdentityTag, amount: Balance) {
		assert!(amount > 0, "a debt of nothing is not asked for");
		world(|world| *world.fines.entry(*tag).or_default() += amount);
	}

	fn paid(tag: &IdentityTag, amount: Balance) {
		world(|world| {
			let due = world.fines.entry(*tag).or_default();
			*due = due.checked_sub(amount).expect("no more is paid than is due");
		});
	}

	fn reinstate(_: &IdentityTag, _: Credit) {
		unreachable!("the market reinstates nobody")
	}

	fn settled(tag: &IdentityTag, trade: H256) {
		world(|world| {
			world.records.entry(*tag).or_default().append(trade);
			world.deeds.push(Deed::Settled(*tag));
		});
	}
}

pub struct TestSafety;

impl LineSafety for TestSafety {
	fn verdict(line: LineId, without: &[IdentityTag]) -> Verdict {
		assert_eq!(without.len(), 2, "both parties' own sensors have no say");
		world(|world| world.verdicts.get(&line).copied()).unwrap_or(Verdict::Safe)
	}

	fn owners(line: LineId, without: &[IdentityTag]) -> u32 {
		assert_eq!(without.len(), 2, "both parties' own sensors have no say");
		let owners = world(|world| world.lines.get(&line).cloned()).unwrap_or_default();
		let others = owners.into_iter().filter(|owner| !without.contains(owner));
		u32::try_from(others.count()).unwrap()
	}

	fn sensors(line: LineId) -> u32 {
		let owners = world(|world| world.lines.get(&line).map(Vec::len));
		u32::try_from(owners.unwrap_or_default()).unwrap()
	}

	fn takes_offers(line: LineId) -> bool {
		world(|world| !world.closed_lines.contains(&line))
	}

	fn safety_over(
		lines: [LineId; 2],
		without: &[IdentityTag],
		from: Moment,
		to: Moment,
	) -> SafetyOver {
		world(|world| {
			assert!(to <= world.now, "nobody knows the future");
			world.asked.push(Asked { lines, without: without.to_vec(), from, to });
			world.safety
		})
	}
}

pub struct TestRegisters;

impl Registers<AccountId> for TestRegisters {
	fn exported(meter: &AccountId, from: Moment, to: Moment) -> Option<WattHours> {
		assert_eq!(to - from, super::LENGTH, "registers are stamped at the slot's ends");
		world(|world| world.exported.get(&(meter.clone(), from)).copied())
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
		Ok(super::signed(SERVICE))
	}
}
