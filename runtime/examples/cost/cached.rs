//! Blocks executed as a node does it: by the runtime's Wasm, on a state with a trie cache, where what is
//! read twice costs as little as it does there.

use sc_executor::WasmExecutor;
use sp_core::{
	storage::Storage,
	traits::{CallContext, CodeExecutor, RuntimeCode, WrappedRuntimeCode},
	Blake2Hasher, H256,
};
use sp_externalities::{Extensions, Externalities};
use sp_state_machine::{Ext, OverlayedChanges, TrieBackendBuilder};
use sp_trie::{
	cache::{CacheSize, SharedTrieCache},
	PrefixedMemoryDB,
};
use std::time::Instant;
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

	/// Let the runtime's `code` execute `block`, an encoded one, and keep what it changes, as a node
	/// does. Returns how long the execution took.
	pub fn execute(&mut self, code: &Code, block: &[u8]) -> Took {
		let version = VERSION.state_version();
		let cache = self.cache.local_cache_trusted();
		let state = TrieBackendBuilder::<_, Blake2Hasher>::new(&self.nodes, self.root)
			.with_cache(&cache)
			.build();
		let mut overlay = OverlayedChanges::default();
		let mut ext = Ext::new(&mut overlay, &state, Some(&mut self.extensions));
		let took = code.execute(&mut ext, block);
		let changes =
			overlay.drain_storage_changes(&state, version).expect("no transaction is open");
		drop(state);
		self.nodes.consolidate(changes.transaction);
		self.root = changes.transaction_storage_root;
		took
	}
}

/// The runtime's Wasm, and what nodes execute it with.
pub struct Code {
	executor: WasmExecutor,
	wasm: WrappedRuntimeCode<'static>,
}

/// How long something took, on the clock and of the processor, in microseconds.
pub type Took = [f64; 2];

impl Code {
	/// The Wasm that was built together with this program, if it was.
	pub fn new() -> Option<Self> {
		let wasm = WrappedRuntimeCode(voltree_runtime::WASM_BINARY?.into());
		Some(Self { executor: WasmExecutor::builder().build(), wasm })
	}

	fn execute(&self, ext: &mut dyn Externalities, block: &[u8]) -> Took {
		let code = RuntimeCode { code_fetcher: &self.wasm, heap_pages: None, hash: vec![1] };
		let (clock, processor) = (Instant::now(), processor_time());
		let (answer, _) = self.executor.call(
			ext,
			&code,
			"Core_execute_block",
			block,
			CallContext::Onchain { import: true },
		);
		let took = [clock.elapsed().as_secs_f64() * 1e6, processor_time() - processor];
		answer.expect("the blocks are good");
		took
	}
}

/// What this thread has had of the processor so far, in microseconds: what the clock says if nothing
/// else runs. 0 where Linux does not tell.
fn processor_time() -> f64 {
	let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
	told.split(' ').next().and_then(|nanos| nanos.parse::<f64>().ok()).unwrap_or_default() / 1e3
}
