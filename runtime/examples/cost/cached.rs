//! A state with the trie cache that a node has: what is read twice costs as little as it does there.

use sp_core::{storage::Storage, Blake2Hasher, H256};
use sp_externalities::{set_and_run_with_externalities, Extensions};
use sp_state_machine::{Ext, OverlayedChanges, TrieBackendBuilder};
use sp_trie::{
	cache::{CacheSize, SharedTrieCache},
	PrefixedMemoryDB,
};
use voltree_runtime::VERSION;

/// The default of `--trie-cache-size`, in bytes.
const CACHE: usize = 67_108_864;

/// All of a state in memory, and the cache in front of it.
pub struct CachedState {
	nodes: PrefixedMemoryDB<Blake2Hasher>,
	root: H256,
	cache: SharedTrieCache<Blake2Hasher>,
	extensions: Extensions,
}

impl CachedState {
	pub fn new(storage: Storage) -> Self {
		let state = sp_io::TestExternalities::new(storage);
		Self {
			nodes: state.backend.backend_storage().clone(),
			root: *state.backend.root(),
			cache: SharedTrieCache::new(CacheSize::new(CACHE), None),
			extensions: Extensions::default(),
		}
	}

	/// Run `run` and keep what it changes, as a node does with a block.
	pub fn execute<R>(&mut self, run: impl FnOnce() -> R) -> R {
		let version = VERSION.state_version();
		let cache = self.cache.local_cache_trusted();
		let state = TrieBackendBuilder::<_, Blake2Hasher>::new(&self.nodes, self.root)
			.with_cache(&cache)
			.build();
		let mut overlay = OverlayedChanges::default();
		let mut ext = Ext::new(&mut overlay, &state, Some(&mut self.extensions));
		let result = set_and_run_with_externalities(&mut ext, run);
		let changes =
			overlay.drain_storage_changes(&state, version).expect("no transaction is open");
		drop(state);
		self.nodes.consolidate(changes.transaction);
		self.root = changes.transaction_storage_root;
		result
	}
}
