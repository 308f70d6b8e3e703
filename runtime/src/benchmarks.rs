//! What the benchmarks need: people, devices, weather and time, made by the pallets that own them;
//! and the list of all benchmarks that `frame-omni-bencher` can run with this runtime.
//!
//! Signatures are sr25519, made by the keystore that the bencher brings along. All three kinds of
//! signature cost nearly the same to check.

use crate::{
	configs::consensus::MaxAggregators, opaque::SessionKeys, AccountId, AllPalletsWithSystem,
	Authority, AuthorityMembers, Balance, Balances, Blacklist, CommunicationTree, Credibility,
	Market, Multisig, Proxy, Registry, Runtime, RuntimeCall, SensorOracle, SharedWallet, Signature,
	Sudo, Timestamp, TransactionPayment, Utility, VOLT,
};
use alloc::{format, string::String, vec, vec::Vec};
use codec::Encode;
use frame_benchmarking::{account, BenchmarkBatch, BenchmarkConfig, BenchmarkList};
use frame_support::{
	storage::{storage_prefix, unhashed},
	traits::{fungible::Mutate, Get, StorageInfo, StorageInfoTrait, WhitelistedStorageKeys},
};
use pallet_communication_tree::Keys;
use pallet_credibility::{Score, Scores};
use pallet_market::{benchmarking::TokenOf, DeliverySlot};
use pallet_registry::types::{MAX_ACCOUNTS, MAX_SENSORS, MAX_WALLETS};
use pallet_shared_wallet::SignedToken;
use sp_core::{crypto::KeyTypeId, sr25519};
use sp_io::hashing::blake2_256;
use sp_runtime::{traits::OpaqueKeys, BoundedVec};
use voltree_primitives::{
	Clock, Credit, Directory, Escrow, IdentityTag, LineId, Moment, RequestId, WattHours, Watts,
	RECENT_TRADES,
};

/// The list of what can be measured.
mod list {
	use super::*;
	use frame_system_benchmarking::{
		extensions::Pallet as SystemExtensionsBench, Pallet as SystemBench,
	};

	frame_benchmarking::define_benchmarks!(
		[frame_system, SystemBench::<Runtime>]
		[frame_system_extensions, SystemExtensionsBench::<Runtime>]
		[pallet_balances, Balances]
		[pallet_collective, Authority]
		[pallet_membership, AuthorityMembers]
		[pallet_multisig, Multisig]
		[pallet_proxy, Proxy]
		[pallet_sudo, Sudo]
		[pallet_timestamp, Timestamp]
		[pallet_transaction_payment, TransactionPayment]
		[pallet_utility, Utility]
		[pallet_blacklist, Blacklist]
		[pallet_communication_tree, CommunicationTree]
		[pallet_credibility, Credibility]
		[pallet_market, Market]
		[pallet_registry, Registry]
		[pallet_sensor_oracle, SensorOracle]
		[pallet_shared_wallet, SharedWallet]
	);

	/// What can be measured, and how the storage is laid out. With `extra`, also what is measured
	/// for comparison only.
	pub fn metadata(extra: bool) -> (Vec<BenchmarkList>, Vec<StorageInfo>) {
		let mut list = Vec::new();
		list_benchmarks!(list, extra);
		(list, AllPalletsWithSystem::storage_info())
	}

	/// Run what `config` names.
	pub fn dispatch(config: BenchmarkConfig) -> Result<Vec<BenchmarkBatch>, String> {
		let mut whitelist = AllPalletsWithSystem::whitelisted_storage_keys();
		// Aura, the timestamp and the market read these at the start of every block, and their hooks
		// declare it.
		whitelist.extend([
			pallet_aura::CurrentSlot::<Runtime>::hashed_key().to_vec().into(),
			pallet_aura::Authorities::<Runtime>::hashed_key().to_vec().into(),
			pallet_communication_tree::Now::<Runtime>::hashed_key().to_vec().into(),
			pallet_communication_tree::SlotDuration::<Runtime>::hashed_key().to_vec().into(),
			pallet_market::MarketParameters::<Runtime>::hashed_key().to_vec().into(),
			pallet_market::Outages::<Runtime>::hashed_key().to_vec().into(),
		]);
		let mut batches = Vec::new();
		let params = (&config, &whitelist);
		add_benchmarks!(params, batches);
		Ok(batches)
	}
}

pub use list::{dispatch, metadata};

impl frame_system_benchmarking::Config for Runtime {}

impl pallet_transaction_payment::BenchmarkConfig for Runtime {
	/// Fees go to the block's author, who exists.
	fn setup_benchmark_environment() {
		let author: AccountId = account("author", 0, 0);
		enrich(&author);
		// The pallet keeps its storage to itself.
		unhashed::put(&storage_prefix(b"Authorship", b"Author"), &author);
	}
}

/// More than any benchmark needs.
const RICHES: Balance = 1_000_000 * VOLT;

/// 100 kWh in a minute.
const POWER: Watts = 6_000_000;

/// What people begin with and have, in points.
const START: Credit = 1_000;
const CREDIT: Credit = 900;

fn enrich(who: &AccountId) {
	Balances::set_balance(who, RICHES);
}

/// The tag of number `n` of a kind.
fn tag(kind: &str, n: u32, m: u32) -> IdentityTag {
	blake2_256(&(kind, n, m).encode()).into()
}

/// What somebody has who has traded for long, with `credit` left.
fn experience(credit: Credit) -> Score {
	let mut score =
		Score { credit, start: START.max(credit.saturating_add(1)), ..Default::default() };
	for n in 0..RECENT_TRADES {
		score.record.append(tag("trade", n, 0));
	}
	score
}

/// A person with `accounts` accounts and `wallets` linked wallets, whose first account is `who`.
fn make_person(who: &AccountId, tag: IdentityTag, accounts: u32, wallets: u32) {
	Registry::make_member(who, tag, accounts, wallets);
	Scores::<Runtime>::insert(tag, experience(CREDIT));
	enrich(who);
	Registry::wallets_of(who).iter().for_each(enrich);
	// Where fines go.
	enrich(&<Runtime as pallet_shared_wallet::Config>::FinePot::get());
}

/// Change what a person is worth.
fn set_credit(tag: &IdentityTag, credit: Credit) {
	Scores::<Runtime>::insert(tag, experience(credit));
}

/// The tag of somebody certified.
fn tag_of(who: &AccountId) -> IdentityTag {
	Registry::tag_of(who).expect("benchmarks ask for the people they made")
}

fn set_chain_time(now: Moment) {
	let slot = now / CommunicationTree::slot_duration();
	pallet_aura::CurrentSlot::<Runtime>::put(sp_consensus_aura::Slot::from(slot));
	let moment = slot.saturating_mul(CommunicationTree::slot_duration());
	pallet_communication_tree::Now::<Runtime>::put(moment);
	// A full set of authors is read for the length of a round.
	let authors = (0..MaxAggregators::get())
		.map(|n| sr25519::Public::from_raw(tag("author", n, 0).0).into())
		.collect::<Vec<_>>();
	pallet_aura::Authorities::<Runtime>::put(BoundedVec::truncate_from(authors));
}

/// Where the bencher's keystore keeps the keys.
const KEYS: KeyTypeId = KeyTypeId(*b"bnch");

/// The key of the management centre's service, which is not among those that benchmarks number.
const SERVICE: u32 = u32::MAX;

fn public(seed: u32) -> sr25519::Public {
	sp_io::crypto::sr25519_generate(KEYS, Some(format!("//{seed}").into_bytes()))
}

fn account_of(seed: u32) -> AccountId {
	public(seed).0.into()
}

fn sign_with(seed: u32, message: &[u8]) -> Signature {
	let signature = sp_io::crypto::sr25519_sign(KEYS, &public(seed), message);
	Signature::Sr25519(signature.expect("the key has just been made"))
}

/// Sign with the service key that is being retired, which is tried after the current one.
fn sign_as_service(message: &[u8]) -> Signature {
	pallet_registry::ServiceKey::<Runtime>::put(account::<AccountId>("service", 0, 0));
	pallet_registry::RetiringServiceKey::<Runtime>::put((account_of(SERVICE), Moment::MAX));
	sign_with(SERVICE, message)
}

/// Answers all that the pallets' benchmarks ask of their neighbours.
pub struct BenchmarkSetup;

impl pallet_registry::BenchmarkHelper<AccountId, Signature> for BenchmarkSetup {
	fn account(seed: u32) -> AccountId {
		account_of(seed)
	}

	fn sign(seed: u32, message: &[u8]) -> Signature {
		sign_with(seed, message)
	}
}

impl pallet_sensor_oracle::BenchmarkHelper<AccountId, Signature> for BenchmarkSetup {
	fn account(seed: u32) -> AccountId {
		account_of(seed)
	}

	fn sign(seed: u32, message: &[u8]) -> Signature {
		sign_with(seed, message)
	}

	fn set_time(now: Moment) {
		set_chain_time(now);
	}

	fn register_sensors(line: LineId, sensors: &[AccountId]) {
		for (n, sensor) in (0..).zip(sensors) {
			Registry::make_device(sensor, tag("sensor owner", n, line), line, 0);
		}
	}

	fn owner_of_sensors(line: LineId) -> AccountId {
		let owner = account("sensor owner", 0, line);
		make_person(&owner, tag("sensor owner", 0, line), 1, 0);
		owner
	}

	fn register_meter(meter: &AccountId) {
		Registry::make_device(meter, tag("meter owner", 0, 0), LineId::MAX, POWER);
	}
}

impl pallet_shared_wallet::BenchmarkHelper<AccountId, Signature> for BenchmarkSetup {
	fn certify(who: &AccountId) {
		make_person(who, tag("owner", 0, 0), 1, 0);
	}

	fn sign(message: &[u8]) -> Signature {
		sign_as_service(message)
	}
}

impl pallet_blacklist::BenchmarkHelper<Runtime> for BenchmarkSetup {
	fn person(credit: Credit) -> IdentityTag {
		let tag = tag("person", 0, 0);
		make_person(&account("person", 0, 0), tag, MAX_ACCOUNTS, MAX_WALLETS);
		set_credit(&tag, credit.saturating_sub(1));
		tag
	}

	/// A batch of payments out of the shared wallets of as many people, whose key is the signer.
	fn opening(n: u32) -> (AccountId, RuntimeCall) {
		let signer: AccountId = account("signer", 0, 0);
		let pay = |n: u32| {
			let owner: AccountId = account("payer", n, 0);
			make_person(&owner, tag("payer", n, 0), 1, 0);
			let request = RequestId::from(n);
			SharedWallet::open(request, &owner, &signer, 0).expect("the number is free");
			pallet_market::Call::pay { request, offer: 0, volume: 0 }.into()
		};
		let calls: Vec<RuntimeCall> = match n {
			0 => vec![frame_system::Call::remark { remark: Vec::new() }.into()],
			_ => (0..n).map(pay).collect(),
		};
		(signer.clone(), pallet_utility::Call::batch_all { calls }.into())
	}
}

impl pallet_communication_tree::BenchmarkHelper<Runtime> for BenchmarkSetup {
	fn give_keys(account: &AccountId, keys: &Keys) {
		enrich(account);
		let keys = SessionKeys { aura: keys.author.clone(), grandpa: keys.voter.clone() };
		for kind in <SessionKeys as OpaqueKeys>::key_ids() {
			let key = (*kind, keys.get_raw(*kind).to_vec());
			pallet_session::KeyOwner::<Runtime>::insert(key, account);
		}
		pallet_session::NextKeys::<Runtime>::insert(account, keys);
		frame_system::Pallet::<Runtime>::inc_consumers(account).expect("it has money");
	}

	fn activate(session: u32, voters: &[(AccountId, Keys)]) {
		let accounts = voters.iter().map(|(account, _)| account.clone()).collect::<Vec<_>>();
		let queued = voters.iter().map(|(account, keys)| {
			let keys = SessionKeys { aura: keys.author.clone(), grandpa: keys.voter.clone() };
			(account.clone(), keys)
		});
		let authors = voters.iter().map(|(_, keys)| keys.author.clone()).collect();
		pallet_session::CurrentIndex::<Runtime>::put(session);
		pallet_session::QueuedKeys::<Runtime>::put(queued.collect::<Vec<_>>());
		pallet_session::Validators::<Runtime>::put(accounts);
		pallet_aura::Authorities::<Runtime>::put(BoundedVec::<_, _>::truncate_from(authors));
	}

	fn set_slot(slot: u64) {
		pallet_aura::CurrentSlot::<Runtime>::put(sp_consensus_aura::Slot::from(slot));
	}
}

impl pallet_market::benchmarking::BenchmarkHelper<Runtime> for BenchmarkSetup {
	fn set_time(now: Moment) {
		set_chain_time(now);
	}

	fn person(n: u32) -> AccountId {
		let who = account("person", n, 0);
		make_person(&who, tag("person", n, 0), 1, 0);
		who
	}

	fn link_wallets(owner: &AccountId) -> AccountId {
		make_person(owner, tag_of(owner), MAX_ACCOUNTS, MAX_WALLETS);
		Registry::wallets_of(owner).pop().expect("wallets were linked")
	}

	fn impoverish(who: &AccountId) {
		Balances::set_balance(who, <Runtime as pallet_balances::Config>::ExistentialDeposit::get());
	}

	fn poor_person(n: u32, wallets: u32) -> AccountId {
		let who = account("person", n, 0);
		make_person(&who, tag("person", n, 0), 1, wallets);
		for account in Registry::wallets_of(&who).iter().chain([&who]) {
			<Self as pallet_market::benchmarking::BenchmarkHelper<Runtime>>::impoverish(account);
		}
		who
	}

	fn weaken(who: &AccountId) {
		set_credit(&tag_of(who), Blacklist::parameters().limit);
	}

	fn meter(owner: &AccountId, line: LineId) -> AccountId {
		let tag = tag_of(owner);
		let meter = AccountId::new(blake2_256(&("meter", tag, line).encode()));
		Registry::make_device(&meter, tag, line, POWER);
		meter
	}

	fn fill_registers(meter: &AccountId, slot: &DeliverySlot, energy: WattHours) {
		SensorOracle::fill_registers(meter, slot.end, energy);
	}

	fn line(line: LineId) {
		let sensors = (0..MAX_SENSORS).map(|n| account("sensor", n, line)).collect::<Vec<_>>();
		<Self as pallet_sensor_oracle::BenchmarkHelper<_, _>>::register_sensors(line, &sensors);
	}

	fn keep_sensors(line: LineId, count: u32) {
		let count = usize::try_from(count).expect("few");
		pallet_registry::Sensors::<Runtime>::mutate(line, |sensors| sensors.truncate(count));
	}

	fn fill_histories(line: LineId, at: Moment) {
		SensorOracle::fill_histories(line, at);
	}

	fn token(
		wallet: RequestId,
		volume: WattHours,
		pay_by: Moment,
		valid_until: Moment,
	) -> TokenOf<Runtime> {
		let token = SharedWallet::token_to_sign(wallet, volume, pay_by, valid_until)
			.expect("the wallet is open");
		let signature = sign_as_service(&token.encode());
		SignedToken { token, signature }
	}
}
