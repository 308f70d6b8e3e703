//! What nodes and clients may ask about data aggregators and trees.
//!
//! The state after a block answers for its children: who seals and forwards the block of slot `s` on
//! top of block `B` is what these say at `B`.

use crate::{Aggregator, Matrix, Rules, Slot, Snapshot, TreeMode};
use alloc::vec::Vec;
use codec::{Codec, Decode, Encode};
use scale_info::TypeInfo;
use sp_core::H256;
use voltree_primitives::Message;

/// A snapshot with all that its trees follow from.
#[derive(Encode, Decode, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct Frozen<AccountId> {
	/// The snapshot.
	pub snapshot: Snapshot<AccountId>,
	/// The overheads between its members.
	pub overheads: Matrix,
	/// The hash of both: equal hashes, equal trees.
	pub hash: H256,
}

/// How a block travels: what the nodes' plan for it says.
#[derive(Encode, Decode, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct BlockTree<AccountId> {
	/// The hash of the snapshot that it follows from.
	pub snapshot: H256,
	/// By which mode.
	pub mode: TreeMode,
	/// Which of the trees each piece takes, in the order of sending; one piece: the block is whole.
	pub pieces: Vec<u8>,
	/// The trees, each in the order of attachment, the root first.
	pub trees: Vec<Vec<Relay<AccountId>>>,
	/// Who serves somebody beside that, as a second parent, because it is not trusted.
	pub second: Vec<SecondParent<AccountId>>,
}

/// A data aggregator's place in a tree of a block.
#[derive(Encode, Decode, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct Relay<AccountId> {
	/// Who it is.
	pub account: AccountId,
	/// From whom it gets the block; `None` for the root.
	pub parent: Option<AccountId>,
	/// To whom it forwards the block, in the order of sending.
	pub children: Vec<AccountId>,
	/// When it should have the whole block, in microseconds after that begins to leave the root.
	pub due: u64,
}

/// A second, redundant parent.
#[derive(Encode, Decode, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct SecondParent<AccountId> {
	/// Who serves.
	pub parent: AccountId,
	/// Whom.
	pub child: AccountId,
	/// With which piece.
	pub piece: u32,
}

sp_api::decl_runtime_apis! {
	/// Reads about data aggregators, their order, and the trees of blocks.
	pub trait CommunicationTreeApi<AccountId>
	where
		AccountId: Codec,
	{
		/// What was frozen at the start of the running session; `None` where there are no data
		/// aggregators.
		fn snapshot() -> Option<Frozen<AccountId>>;
		/// The hash of that alone.
		fn snapshot_hash() -> H256;
		/// All data aggregators: the admitted ones in the order of admission, then those on their
		/// way out. Who is in it may have links to the others, unless it is leaving.
		fn aggregators() -> Vec<(AccountId, Aggregator)>;
		/// The active ones in the order N\*.
		fn sequence() -> Vec<AccountId>;
		/// The authors, in the order of their turns.
		fn authors() -> Vec<AccountId>;
		/// Whose turn it is to write the block of a slot.
		fn author(slot: Slot) -> Option<AccountId>;
		/// How the block at `number` by `author` travels in the running session, if its body has
		/// `bytes`. `None` if not down a tree: the author is not active or has not proved a node key,
		/// or the mode is off.
		fn tree(author: AccountId, number: u32, bytes: u32) -> Option<BlockTree<AccountId>>;
		/// The rules in force, and how often they have been replaced. The running session goes by
		/// those in its snapshot.
		fn rules() -> (u32, Rules);
		/// What the node key of a data aggregator signs, in its SCALE encoding.
		fn node_message(account: AccountId) -> Message<AccountId>;
	}
}
