//! Doubles of the neighbours: they know what tests tell them.

use super::*;
use frame_support::{pallet_prelude::ValueQuery, storage_alias, traits::OriginTrait, Twox64Concat};
use std::{cell::RefCell, collections::BTreeMap};
use voltree_primitives::{Cause, Credit, Directory, Role, Terms};

thread_local! {
	static NOW: RefCell<Moment> = const { RefCell::new(START) };
	static RECORDS: RefCell<BTreeMap<IdentityTag, Record>> = const { RefCell::new(BTreeMap::new()) };
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

/// Knows who is certified under which tag. It is in storage, so that what fails leaves nothing
/// behind.
#[storage_alias]
type Members = StorageMap<TestDirectoryDouble, Twox64Concat, AccountId, IdentityTag>;

/// What tags owe in fines.
#[storage_alias]
type Debts = StorageMap<TestCredibilityDouble, Twox64Concat, IdentityTag, Balance, ValueQuery>;

/// Alice, Bob and Charlie are certified, each under a tag of his own. Alice has a linked wallet.
pub struct TestDirectory;

impl Directory<AccountId> for TestDirectory {
	fn tag_of(who: &AccountId) -> Option<IdentityTag> {
		Members::get(who)
	}

	fn owner_of(_: &AccountId) -> AccountId {
		unreachable!("shared wallets do not ask")
	}

	fn ensure_certified(_: &AccountId, _: Role) -> Result<IdentityTag, DispatchError> {
		unreachable!("shared wallets do not ask")
	}

	fn ensure_holder_certified(
		_: &AccountId,
		_: Role,
		_: Moment,
	) -> Result<IdentityTag, DispatchError> {
		unreachable!("shared wallets do not ask")
	}

	fn is_wallet_of(_: &AccountId, _: &IdentityTag) -> bool {
		unreachable!("shared wallets do not ask")
	}

	fn money_behind(_: &AccountId) -> Option<u32> {
		unreachable!("shared wallets do not ask")
	}

	fn service_keys() -> Vec<AccountId> {
		vec![id(SERVICE), id(RETIRED)]
	}
}

/// Knows records that tests set, and keeps debts.
pub struct TestCredibility;

impl Credibility for TestCredibility {
	fn credit(_: &IdentityTag) -> Credit {
		unreachable!("shared wallets do not ask")
	}

	fn record(tag: &IdentityTag) -> Record {
		RECORDS.with_borrow(|records| records.get(tag).cloned().unwrap_or_default())
	}

	fn fines_due(tag: &IdentityTag) -> Balance {
		Debts::get(tag)
	}

	fn terms() -> Terms {
		unreachable!("shared wallets do not ask")
	}

	fn timely(_: &IdentityTag, _: Cause) {
		unreachable!("shared wallets judge nobody")
	}

	fn untimely(_: &IdentityTag, _: WattHours, _: Cause, _: &Terms) {
		unreachable!("shared wallets judge nobody")
	}

	fn gain(_: &IdentityTag, _: &IdentityTag, _: &Terms) -> bool {
		unreachable!("shared wallets judge nobody")
	}

	/// Shared wallets do not count trades, but benchmarks fill a record.
	fn settled(tag: &IdentityTag, trade: H256) {
		RECORDS.with_borrow_mut(|records| records.entry(*tag).or_default().append(trade));
	}

	fn owe(tag: &IdentityTag, amount: Balance) {
		assert!(amount > 0, "a debt of nothing is not asked for");
		Debts::mutate(tag, |due| *due += amount);
	}

	fn paid(tag: &IdentityTag, amount: Balance) {
		Debts::mutate(tag, |due| {
			*due = due.checked_sub(amount).expect("no more is paid than is due");
		});
	}

	fn reinstate(_: &IdentityTag, _: Credit) {
		unreachable!("shared wallets judge nobody")
	}
}

/// What the benchmarks need of the doubles above.
#[cfg(feature = "runtime-benchmarks")]
pub struct TestHelper;

#[cfg(feature = "runtime-benchmarks")]
impl pallet_shared_wallet::BenchmarkHelper<AccountId, MultiSignature> for TestHelper {
	fn certify(account: &AccountId) {
		Members::insert(account, H256::from_slice(&account.encode()));
	}

	fn sign(message: &[u8]) -> MultiSignature {
		SERVICE.sign(message).into()
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

/// The clock stands at the beginning, and no record says anything.
pub fn reset() {
	set_now(START);
	RECORDS.take();
}

/// Certify `who` under the tag of `person`.
pub fn enrol(who: Keyring, person: Keyring) {
	Members::insert(id(who), tag(person));
}

pub fn set_now(now: Moment) {
	NOW.set(now);
}

pub fn set_record(who: Keyring, record: Record) {
	RECORDS.with_borrow_mut(|records| records.insert(tag(who), record));
}

pub fn set_fines(who: Keyring, due: Balance) {
	Debts::insert(tag(who), due);
}

/// What `who` owes in fines.
pub fn due(who: Keyring) -> Balance {
	TestCredibility::fines_due(&tag(who))
}
