//! Which keys of the state a piece of the runtime reads and writes.

use sp_core::{
	storage::{ChildInfo, StateVersion},
	Blake2Hasher, H256,
};
use sp_externalities::set_and_run_with_externalities;
use sp_state_machine::{
	Backend, BackendTransaction, Ext, InMemoryBackend, IterArgs, OverlayedChanges,
	StateMachineStats, StorageIterator, StorageKey, StorageValue, UsageInfo,
};
use sp_trie::MerkleValue;
use std::{cell::RefCell, collections::BTreeSet, marker::PhantomData};

type Inner = InMemoryBackend<Blake2Hasher>;
type Fault = <Inner as Backend<Blake2Hasher>>::Error;

/// Distinguishes a step from `key` to the next one from reading `key` itself.
const STEP: &[u8] = b"next:";

/// The keys that were read from the state, and those that were written. Each counts once, as a block
/// reads and writes it once.
#[derive(Default)]
pub struct Touched {
	pub reads: BTreeSet<StorageKey>,
	pub writes: BTreeSet<StorageKey>,
}

impl Touched {
	/// What `other` does not touch.
	pub fn beside(&self, other: &Self) -> Self {
		Self {
			reads: self.reads.difference(&other.reads).cloned().collect(),
			writes: self.writes.difference(&other.writes).cloned().collect(),
		}
	}
}

/// Run `run` on `state`, keep what it changes, and tell which keys it touched.
pub fn counted<R>(state: &mut sp_io::TestExternalities, run: impl FnOnce() -> R) -> (R, Touched) {
	state.commit_all().expect("no transaction is open");
	// An overlay of its own: what was written before is read from the state like everything else.
	let mut overlay = OverlayedChanges::default();
	let counting = Counting { inner: &state.backend, reads: RefCell::default() };
	let result = {
		let mut ext = Ext::new(&mut overlay, &counting, Some(&mut state.extensions));
		set_and_run_with_externalities(&mut ext, run)
	};
	let reads = counting.reads.into_inner();
	let writes = overlay.changes().map(|(key, _)| key.clone()).collect();
	let changes = overlay
		.drain_storage_changes(&state.backend, state.state_version)
		.expect("no transaction is open");
	state.backend.apply_transaction(changes.transaction_storage_root, changes.transaction);
	(result, Touched { reads, writes })
}

/// A state that notes which of its keys are read. The runtime has no child tries: those are passed
/// on without a note.
#[derive(Debug)]
struct Counting<'a> {
	inner: &'a Inner,
	reads: RefCell<BTreeSet<StorageKey>>,
}

impl Counting<'_> {
	fn note(&self, key: &[u8]) {
		if !self.reads.borrow().contains(key) {
			self.reads.borrow_mut().insert(key.to_vec());
		}
	}
}

impl<'a> Backend<Blake2Hasher> for Counting<'a> {
	type Error = Fault;
	type TrieBackendStorage = <Inner as Backend<Blake2Hasher>>::TrieBackendStorage;
	type RawIter = Walk<'a>;

	fn storage(&self, key: &[u8]) -> Result<Option<StorageValue>, Fault> {
		self.note(key);
		self.inner.storage(key)
	}

	fn storage_hash(&self, key: &[u8]) -> Result<Option<H256>, Fault> {
		self.note(key);
		self.inner.storage_hash(key)
	}

	fn closest_merkle_value(&self, key: &[u8]) -> Result<Option<MerkleValue<H256>>, Fault> {
		self.note(key);
		self.inner.closest_merkle_value(key)
	}

	/// A step of an iteration is a read of its own, whatever it finds: behind the last key of a map
	/// lies somebody else's, which may have been read for another reason.
	fn next_storage_key(&self, key: &[u8]) -> Result<Option<StorageKey>, Fault> {
		self.note(&[STEP, key].concat());
		self.inner.next_storage_key(key)
	}

	fn storage_root<'b>(
		&self,
		delta: impl Iterator<Item = (&'b [u8], Option<&'b [u8]>)>,
		version: StateVersion,
	) -> (H256, BackendTransaction<Blake2Hasher>) {
		self.inner.storage_root(delta, version)
	}

	fn raw_iter(&self, args: IterArgs) -> Result<Walk<'a>, Fault> {
		Ok(Walk { inner: self.inner.raw_iter(args)?, of: PhantomData })
	}

	fn child_closest_merkle_value(
		&self,
		child: &ChildInfo,
		key: &[u8],
	) -> Result<Option<MerkleValue<H256>>, Fault> {
		self.inner.child_closest_merkle_value(child, key)
	}

	fn child_storage(&self, child: &ChildInfo, key: &[u8]) -> Result<Option<StorageValue>, Fault> {
		self.inner.child_storage(child, key)
	}

	fn child_storage_hash(&self, child: &ChildInfo, key: &[u8]) -> Result<Option<H256>, Fault> {
		self.inner.child_storage_hash(child, key)
	}

	fn next_child_storage_key(
		&self,
		child: &ChildInfo,
		key: &[u8],
	) -> Result<Option<StorageKey>, Fault> {
		self.inner.next_child_storage_key(child, key)
	}

	fn child_storage_root<'b>(
		&self,
		child: &ChildInfo,
		delta: impl Iterator<Item = (&'b [u8], Option<&'b [u8]>)>,
		version: StateVersion,
	) -> (H256, bool, BackendTransaction<Blake2Hasher>) {
		self.inner.child_storage_root(child, delta, version)
	}

	fn register_overlay_stats(&self, stats: &StateMachineStats) {
		self.inner.register_overlay_stats(stats)
	}

	fn usage_info(&self) -> UsageInfo {
		self.inner.usage_info()
	}
}

/// An iteration over a [`Counting`] state.
struct Walk<'a> {
	inner: <Inner as Backend<Blake2Hasher>>::RawIter,
	of: PhantomData<&'a ()>,
}

impl<'a> StorageIterator<Blake2Hasher> for Walk<'a> {
	type Backend = Counting<'a>;
	type Error = Fault;

	fn next_key(&mut self, state: &Counting<'a>) -> Option<Result<StorageKey, Fault>> {
		let next = self.inner.next_key(state.inner);
		if let Some(Ok(key)) = &next {
			state.note(key);
		}
		next
	}

	fn next_pair(
		&mut self,
		state: &Counting<'a>,
	) -> Option<Result<(StorageKey, StorageValue), Fault>> {
		let next = self.inner.next_pair(state.inner);
		if let Some(Ok((key, _))) = &next {
			state.note(key);
		}
		next
	}

	fn was_complete(&self) -> bool {
		self.inner.was_complete()
	}
}
