//! A chain together with its state, which is written away after each step: for much of it, and to
//! look at single steps.

use crate::{
	common::{genesis_state, state, Chain},
	counting::{counted, Touched},
};
use codec::Decode;
use sp_core::storage::Storage;
use sp_runtime::{
	generic::Digest,
	traits::{Block as _, Header as _},
};
use voltree_primitives::{Clock, Moment};
use voltree_runtime::{Block, CommunicationTree, Hash, Header, VERSION};

/// When the first block is made: some quarter hour of the year 2027.
const FIRST_MOMENT: Moment = 1_800_000_000_000;

/// A chain of the preset `dev` and its state.
pub struct World {
	state: sp_io::TestExternalities,
	chain: Chain,
}

impl World {
	/// A new chain, its first block open.
	pub fn new() -> Self {
		let mut state = genesis_state("dev");
		let chain = state.execute_with(|| {
			let root = sp_io::storage::root(VERSION.state_version());
			let root = Hash::decode(&mut &root[..]).expect("a root is a hash");
			let none = Hash::default();
			let parent = Header::new(0, none, root, none, Digest::default());
			resumed(parent, FIRST_MOMENT / CommunicationTree::slot_duration())
		});
		state.commit_all().expect("no transaction is open");
		Self { state, chain }
	}

	/// Take a step.
	pub fn run<R>(&mut self, step: impl FnOnce(&mut Chain) -> R) -> R {
		let Self { state, chain } = self;
		let result = state.execute_with(|| step(chain));
		state.commit_all().expect("no transaction is open");
		result
	}

	/// Take a step and tell which keys it touches.
	pub fn count<R>(&mut self, step: impl FnOnce(&mut Chain) -> R) -> (R, Touched) {
		let Self { state, chain } = self;
		counted(state, || step(chain))
	}

	/// Forget the blocks and events of the past.
	pub fn forget(&mut self) {
		self.chain.blocks.clear();
		self.chain.events.clear();
	}

	/// Close the open block and open another, three slots later. Returns the blocks since the last
	/// cut, and the state between the two.
	pub fn cut(&mut self) -> (Vec<Block>, Storage) {
		self.run(|chain| {
			chain.close();
			let blocks = std::mem::take(&mut chain.blocks);
			let parent = blocks.last().expect("one was closed").header().clone();
			let top = state();
			let slot = chain.now() / CommunicationTree::slot_duration() + 4;
			let mut next = resumed(parent, slot);
			next.weather = chain.weather;
			next.exported = std::mem::take(&mut chain.exported);
			*chain = next;
			(blocks, Storage { top, children_default: Default::default() })
		})
	}
}

/// The chain after `parent`. The invariants walk through all of the state: not after each block.
fn resumed(parent: Header, slot: u64) -> Chain {
	let mut chain = Chain::resume(parent, slot);
	chain.checked_every = u32::MAX;
	chain
}
