//! What the calls and hooks cost at most: there are as many data aggregators as can be, all of them
//! active, and each snapshot that is looked into is full.

use crate::{pallet::*, rules::*, turns::MOST_MISSED, types::*};
use alloc::{boxed::Box, vec, vec::Vec};
use codec::{Decode, Encode};
use frame_benchmarking::v2::*;
use frame_support::{
	pallet_prelude::Get,
	traits::{EnsureOrigin, OriginTrait},
};
use frame_system::{pallet_prelude::HeaderFor, RawOrigin};
use sp_consensus_aura::{
	digests::CompatibleDigestItem,
	sr25519::{AuthorityId as AuthorKey, AuthoritySignature},
};
use sp_core::{crypto::KeyTypeId, ed25519, sr25519};
use sp_runtime::{traits::Header, DigestItem};
use voltree_wct::TRUST_UNIT;

/// Session keys and time for benchmarks.
pub trait BenchmarkHelper<T: Config> {
	/// Let `account` have these session keys for the sessions to come, and be able to pay.
	fn give_keys(account: &T::AccountId, keys: &Keys);
	/// Let these be the active and the planned voters of session `session`, and Aura's authors.
	fn activate(session: u32, voters: &[(T::AccountId, Keys)]);
	/// Let the current slot be `slot`.
	fn set_slot(slot: Slot);
}

/// Where the bencher's keystore keeps the keys.
const KEYS: KeyTypeId = KeyTypeId(*b"bnch");

/// The session in all benchmarks.
const SESSION: u32 = 100;

/// The slot in all benchmarks.
const SLOT: Slot = 1_000_000;

/// The number of somebody who is not in the set.
const OUTSIDER: u32 = u32::MAX;

fn seed(n: u32) -> Option<Vec<u8>> {
	Some(alloc::format!("//{n}").into_bytes())
}

fn author_key(n: u32) -> AuthorKey {
	sp_io::crypto::sr25519_generate(KEYS, seed(n)).into()
}

/// Keys of number `n`: those of an author who signs if `signs`, else made up.
fn keys(n: u32, signs: bool) -> Keys {
	let bytes = sp_io::hashing::blake2_256(&n.encode());
	let author = if signs { author_key(n) } else { sr25519::Public::from_raw(bytes).into() };
	Keys { author, voter: ed25519::Public::from_raw(bytes).into() }
}

fn account_of<T: Config>(n: u32) -> T::AccountId {
	account("aggregator", n, 0)
}

fn node_of(n: u32) -> NodeKey {
	ed25519::Public::from_raw(sp_io::hashing::blake2_256(&("node", n).encode()))
}

/// The node key of the outsider, and its signature for `account`.
fn proof<T: Config>(account: &T::AccountId) -> (NodeKey, ed25519::Signature) {
	let node = sp_io::crypto::ed25519_generate(KEYS, seed(OUTSIDER));
	let message = Pallet::<T>::node_message(account.clone()).encode();
	let signature = sp_io::crypto::ed25519_sign(KEYS, &node, &message).unwrap();
	(node, signature)
}

/// `count` active data aggregators, with snapshots of this session and the ones before. The author
/// key of number 0 is one that signs.
fn fill<T: Config>(count: u32) {
	let rules = Rules::default();
	let all: Vec<_> = (0..count).map(|n| (account_of::<T>(n), keys(n, n == 0))).collect();
	T::BenchmarkHelper::set_slot(SLOT);
	Leavers::<T>::kill();
	let _ = Aggregators::<T>::clear(u32::MAX, None);
	let _ = Snapshots::<T>::clear(u32::MAX, None);
	let _ = Turns::<T>::clear(u32::MAX, None);
	Starts::<T>::kill();
	for (n, (account, keys)) in (0..).zip(&all) {
		T::BenchmarkHelper::give_keys(account, keys);
		// All of them different, so that they are sorted.
		let forwarding = TRUST_UNIT - n * 1_000_000;
		let aggregator = Aggregator::new(Some(node_of(n)), 1 + n % 7, &rules, 0);
		Nodes::<T>::insert(node_of(n), account);
		Aggregators::<T>::insert(account, Aggregator { forwarding, ..aggregator });
	}
	let accounts = all.iter().map(|(account, _)| account.clone()).collect();
	Roster::<T>::put(PerMember::truncate_from(accounts));
	T::BenchmarkHelper::activate(SESSION, &all);
	for session in SESSION - HISTORY + 1..=SESSION {
		let members = Pallet::<T>::frozen(all.iter().cloned());
		Pallet::<T>::freeze(session, SLOT - Slot::from(SESSION - session) * 1_000, members);
	}
	let cells = (0..count * count).map(|cell| 1 + u16::try_from(cell % 5_000).unwrap());
	Overheads::<T>::put(Matrix::truncate_from(cells.collect()));
}

/// A report of number `reporter` on all others, with all overheads.
fn full_report(reporter: Place, members: u32) -> Report {
	let places = 0..Place::try_from(members).unwrap();
	let others = places.filter(|place| *place != reporter);
	let rating = |parent| Rating { parent, assigned: 10, on_time: parent % 10 };
	Report {
		session: SESSION - 1,
		reporter,
		ratings: PerMember::truncate_from(others.map(rating).collect()),
		overheads: PerMember::truncate_from(vec![500; members.try_into().unwrap()]),
	}
}

/// A header of `slot`, as long as a header may be, sealed by `author`.
fn sealed<T: Config>(author: &AuthorKey, slot: Slot, salt: u8) -> Box<HeaderFor<T>> {
	let pre =
		<DigestItem as CompatibleDigestItem<AuthoritySignature>>::aura_pre_digest(slot.into());
	let padding = DigestItem::Other(vec![salt; crate::offences::LONGEST_HEADER - 512]);
	let none = T::Hash::default();
	let digest = sp_runtime::Digest { logs: vec![pre, padding] };
	let mut header = HeaderFor::<T>::new(1u32.into(), none, none, none, digest);
	let key: &[u8] = author.as_ref();
	let public = sr25519::Public::decode(&mut &key[..]).unwrap();
	let seal = sp_io::crypto::sr25519_sign(KEYS, &public, header.hash().as_ref()).unwrap();
	let seal = <DigestItem as CompatibleDigestItem<AuthoritySignature>>::aura_seal(seal.into());
	header.digest_mut().push(seal);
	Box::new(header)
}

fn authority<T: Config>() -> Result<T::RuntimeOrigin, BenchmarkError> {
	T::AuthorityOrigin::try_successful_origin().map_err(|()| BenchmarkError::Weightless)
}

#[benchmarks]
mod benchmarks {
	use super::*;

	/// A block after `m` slots in which nobody wrote.
	#[benchmark]
	fn on_initialize(m: Linear<0, 512>) {
		fill::<T>(MAX_AGGREGATORS);
		// So short that no gap is an outage.
		SlotDuration::<T>::put(T::Outage::get() / (MOST_MISSED + 2));
		LastSlot::<T>::put(SLOT);
		T::BenchmarkHelper::set_slot(SLOT + Slot::from(m) + 1);
		let counted;

		#[block]
		{
			counted = Pallet::<T>::count_turns();
		}

		assert_eq!(counted, m);
	}

	#[benchmark]
	fn admit() -> Result<(), BenchmarkError> {
		fill::<T>(MAX_AGGREGATORS - 1);
		let newcomer = account_of::<T>(OUTSIDER);
		T::BenchmarkHelper::give_keys(&newcomer, &keys(OUTSIDER, false));
		let (node, signature) = proof::<T>(&newcomer);
		let origin = authority::<T>()?;

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, newcomer.clone(), node, signature, 3);

		assert!(Aggregators::<T>::contains_key(newcomer));
		Ok(())
	}

	/// Whether removed or not.
	#[benchmark]
	fn leave() {
		fill::<T>(MAX_AGGREGATORS);
		let last = account_of::<T>(MAX_AGGREGATORS - 1);

		#[extrinsic_call]
		_(RawOrigin::Signed(last.clone()));

		assert!(Leavers::<T>::get().contains(&last));
	}

	#[benchmark]
	fn set_node() {
		fill::<T>(MAX_AGGREGATORS);
		let first = account_of::<T>(0);
		let (node, signature) = proof::<T>(&first);

		#[extrinsic_call]
		_(RawOrigin::Signed(first.clone()), node, signature);

		assert_eq!(Nodes::<T>::get(node), Some(first));
	}

	#[benchmark]
	fn set_link() {
		fill::<T>(MAX_AGGREGATORS);
		let first = account_of::<T>(0);

		#[extrinsic_call]
		_(RawOrigin::Signed(first.clone()), LARGEST_LINK);

		assert_eq!(Aggregators::<T>::get(first).map(|one| one.link), Some(LARGEST_LINK));
	}

	#[benchmark]
	fn purge_keys() {
		fill::<T>(MAX_AGGREGATORS);
		let outsider = account_of::<T>(OUTSIDER);
		T::BenchmarkHelper::give_keys(&outsider, &keys(OUTSIDER, false));

		#[extrinsic_call]
		_(RawOrigin::Signed(outsider.clone()));

		assert!(!<T::Sessions as crate::Sessions<_>>::has_keys(&outsider));
	}

	/// With the question whether it is free: that asks all that the call asks, and the transaction
	/// extension that puts it does not count it.
	#[benchmark]
	fn report(n: Linear<1, { MAX_AGGREGATORS }>) -> Result<(), BenchmarkError> {
		fill::<T>(n);
		let sent = full_report(0, n);
		let signer = Pallet::<T>::account_of(&author_key(0)).unwrap();
		let origin = T::RuntimeOrigin::signed(signer);

		#[block]
		{
			assert!(Pallet::<T>::is_free_report(&origin, &sent));
			Pallet::<T>::report(origin, sent).map_err(|failed| failed.error)?;
		}

		assert!(Reports::<T>::contains_key(account_of::<T>(0)));
		Ok(())
	}

	/// With the question whether it is free. The session that proves it is the last one asked.
	#[benchmark]
	fn report_author_equivocation() -> Result<(), BenchmarkError> {
		fill::<T>(MAX_AGGREGATORS);
		let slot = SLOT - 1;
		for session in [SESSION - 2, SESSION - 1] {
			// There all are made up; only in the newest one, which is asked last, does one sign.
			Snapshots::<T>::mutate_extant(session, |one| {
				one.members.iter_mut().for_each(|member| {
					member.keys = keys(OUTSIDER, true);
				})
			});
		}
		let author = Snapshots::<T>::mutate(SESSION, |snapshot| {
			let snapshot = snapshot.as_mut().unwrap();
			let place = usize::from(snapshot.author(slot).unwrap());
			snapshot.members[place].keys.author = author_key(0);
			snapshot.members[place].account.clone()
		});
		let (first, second) =
			(sealed::<T>(&author_key(0), slot, 1), sealed::<T>(&author_key(0), slot, 2));
		let origin: T::RuntimeOrigin = RawOrigin::Signed(account_of::<T>(OUTSIDER)).into();

		#[block]
		{
			assert!(Pallet::<T>::is_free_proof(&origin, &first, &second));
			Pallet::<T>::report_author_equivocation(origin, first, second)?;
		}

		assert!(Aggregators::<T>::get(author).unwrap().equivocated.is_some());
		Ok(())
	}

	#[benchmark]
	fn set_rules() -> Result<(), BenchmarkError> {
		let origin = authority::<T>()?;

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, Rules::default());

		assert!(RulesInForce::<T>::get().next.is_some());
		Ok(())
	}

	/// The end of a session after full reports of everybody, and the start of the next one: inside
	/// the session pallet's hook, which claims a whole block for it. Measured for comparison.
	#[benchmark(extra)]
	fn rotate(n: Linear<4, { MAX_AGGREGATORS }>) {
		fill::<T>(n);
		for reporter in 0..n {
			let sent = full_report(reporter.try_into().unwrap(), n);
			Reports::<T>::insert(account_of::<T>(reporter), sent);
		}
		let all: Vec<_> = (0..n).map(|n| (account_of::<T>(n), keys(n, false))).collect();

		#[block]
		{
			Pallet::<T>::score(SESSION);
			Pallet::<T>::freeze(SESSION + 1, SLOT, Pallet::<T>::frozen(all.into_iter()));
		}

		assert!(Snapshots::<T>::contains_key(SESSION + 1));
	}

	/// The tree of a block, as the runtime API computes it. Measured for comparison.
	#[benchmark(extra)]
	fn tree(n: Linear<1, { MAX_AGGREGATORS }>) {
		fill::<T>(n);
		let found;

		#[block]
		{
			found = Pallet::<T>::tree_of(&account_of::<T>(0), 1_000_000, 1_000_000);
		}

		assert!(found.is_some());
	}

	impl_benchmark_test_suite!(
		Pallet,
		crate::mock::ExtBuilder::default().with_keystore(),
		crate::mock::Test
	);
}
