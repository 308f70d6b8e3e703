//! Names of things: hashes, nodes, blocks.

use codec::{Decode, Encode};
use std::fmt;

/// Microseconds, of any clock that does not go back.
pub type Moment = u64;

/// A millisecond.
pub const MILLISECOND: Moment = 1_000;

/// A second.
pub const SECOND: Moment = 1_000_000;

/// A hash of 32 bytes: of a block, of a snapshot, of a piece.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Encode, Decode)]
pub struct Hash(pub [u8; 32]);

/// A node of the network: the public half of its node key (Ed25519), from which its peer id follows.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Encode, Decode)]
pub struct Peer(pub [u8; 32]);

/// A block's author: the public half of its Aura key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Encode, Decode)]
pub struct Author(pub [u8; 32]);

/// What a header says about its block.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Head {
	/// The block's.
	pub hash: Hash,
	/// Of the block before it.
	pub parent: Hash,
	/// Its height.
	pub number: u32,
	/// The block slot it was written in.
	pub slot: u64,
}

fn short(bytes: &[u8; 32], f: &mut fmt::Formatter<'_>) -> fmt::Result {
	for byte in &bytes[..4] {
		write!(f, "{byte:02x}")?;
	}
	f.write_str("…")
}

impl fmt::Debug for Hash {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		short(&self.0, f)
	}
}

impl fmt::Debug for Peer {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		short(&self.0, f)
	}
}

impl fmt::Debug for Author {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		short(&self.0, f)
	}
}
