//! What the protocol asks the chain.

use crate::types::{Author, Hash, Head};

/// What can be said about a header's seal.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Seal {
	/// Made by the author whose slot it is.
	Valid(Author),
	/// Not made by the author whose slot it is, or not at all.
	Invalid,
	/// Only the block's parent can tell who the authors are, and it is not imported yet.
	Later,
}

/// The chain, as far as fan-out needs it. Implemented over the client, and by tests.
pub trait Chain {
	/// What `header` says; `None` if it is none.
	fn inspect(&self, header: &[u8]) -> Option<Head>;

	/// Whether the block is imported.
	fn knows(&self, hash: &Hash) -> bool;

	/// Length of an imported block's body, as it travels; `None` if it is not there.
	fn body_length(&self, hash: &Hash) -> Option<u32>;

	/// Who sealed `header`.
	///
	/// The parent need not be imported if its authors cannot differ from those of a parent of its
	/// own whose seal was found valid before.
	fn seal(&self, header: &[u8]) -> Seal;

	/// Whether `body` is what `header` commits to.
	fn body_fits(&self, header: &[u8], body: &[u8]) -> bool;

	/// The block slot of this moment by the wall clock.
	fn slot_now(&self) -> u64;

	/// `message` signed by the session key of `author`; `None` if that key is not ours.
	fn sign(&self, author: &Author, message: &[u8]) -> Option<[u8; 64]>;

	/// Whether `author` signed `message`.
	fn signed(&self, author: &Author, message: &[u8], signature: &[u8; 64]) -> bool;
}
