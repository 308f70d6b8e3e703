//! What nodes say to each other: SCALE, behind a byte that tells the version.
//!
//! | frame | when |
//! |---|---|
//! | [`Frame::Hello`] | first on a link, and when a new snapshot is in use |
//! | [`Frame::Push`] | a block, or a piece of it, goes down the tree, or answers a `Want` |
//! | [`Frame::Have`] | "I hold this block": to those whose backup the sender is, and to children who no longer need it |
//! | [`Frame::Want`] | "send me this": to a second holder, when the first is late |
//! | [`Frame::Ack`] | "I hold it, do not send it" to parents that have not delivered; or "I cannot send it" |
//! | [`Frame::Ping`], [`Frame::Pong`] | measure the overhead of a link |
//!
//! Acks carry no signature: the links are authenticated, nobody else is shown an ack, and what the
//! chain learns is a report that is combined with others so that liars do not count.

use crate::{
	pieces::Cut,
	types::{Hash, Head},
};
use codec::{Decode, DecodeAll, Encode};
use std::sync::Arc;

/// First byte of every frame.
pub const VERSION: u8 = 1;

/// Longest body that is pushed: the runtime's block limit.
pub const LONGEST_BODY: usize = 1_310_720;

/// Longest header that is pushed; the first block of a session lists the authors.
pub const LONGEST_HEADER: usize = 65_536;

/// Longest frame: a whole block, and what goes with it.
pub const LONGEST_FRAME: u64 = (LONGEST_BODY + LONGEST_HEADER + 4_096) as u64;

/// See the [module](self).
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub enum Frame {
	/// Which snapshot the sender builds trees from.
	#[codec(index = 0)]
	Hello {
		/// The session it was frozen for.
		session: u32,
		/// Its hash.
		snapshot: Hash,
	},
	/// A block on its way.
	#[codec(index = 1)]
	Push(Push),
	/// The sender holds this block.
	#[codec(index = 2)]
	Have(Rumour),
	/// The sender asks for these pieces of a block, as bits; all: for the whole block.
	#[codec(index = 3)]
	Want {
		/// The block.
		hash: Hash,
		/// Which pieces, the first one in the lowest bit.
		pieces: u64,
	},
	/// An answer without data.
	#[codec(index = 4)]
	Ack {
		/// The block.
		hash: Hash,
		/// What about it.
		status: Status,
	},
	/// To be answered at once.
	#[codec(index = 5)]
	Ping(u64),
	/// The same number back.
	#[codec(index = 6)]
	Pong(u64),
}

/// A block, whole or a piece of it.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub struct Push {
	/// From which the sender built the tree.
	pub snapshot: Hash,
	/// Somebody cannot be reached by the sender: the receiver is to send to its children too.
	pub stand_in: Option<u16>,
	/// The header with its seal.
	pub header: Vec<u8>,
	/// What of the body.
	pub part: Part,
}

/// What of a body.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub enum Part {
	/// All of it.
	#[codec(index = 0)]
	Whole(Vec<u8>),
	/// A piece.
	#[codec(index = 1)]
	Piece {
		/// How the body was cut.
		cut: Cut,
		/// Which piece.
		index: u8,
		/// That it belongs to it.
		proof: Vec<Hash>,
		/// The piece.
		data: Vec<u8>,
	},
}

/// Enough about a block to know when it should come.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode)]
pub struct Rumour {
	/// The block.
	pub hash: Hash,
	/// Its height.
	pub number: u32,
	/// Length of its body.
	pub bytes: u32,
	/// Its author's place in the snapshot.
	pub author: u16,
}

/// What an [`Frame::Ack`] says.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode)]
pub enum Status {
	/// The sender holds the block.
	#[codec(index = 0)]
	Received,
	/// The sender does not hold what was asked for, and does not expect it.
	#[codec(index = 1)]
	Refused,
}

/// What was received is no frame of this version.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Malformed;

impl Frame {
	/// As it travels.
	pub fn to_bytes(&self) -> Arc<[u8]> {
		let mut bytes = vec![VERSION];
		self.encode_to(&mut bytes);
		bytes.into()
	}

	/// What was received: the whole of it, nothing behind it.
	pub fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
		if bytes.len() as u64 > LONGEST_FRAME {
			return Err(Malformed);
		}
		match bytes.split_first() {
			Some((&VERSION, mut rest)) => Self::decode_all(&mut rest).map_err(|_| Malformed),
			_ => Err(Malformed),
		}
	}
}

impl Push {
	/// Whether its lengths are within the limits.
	pub fn is_sane(&self) -> bool {
		let body = match &self.part {
			Part::Whole(body) => body.len() <= LONGEST_BODY,
			Part::Piece { cut, index, .. } => {
				cut.is_sane() && cut.bytes as usize <= LONGEST_BODY && *index < cut.pieces
			}
		};
		body && self.header.len() <= LONGEST_HEADER
	}
}

impl Rumour {
	/// About the block of `head`.
	pub fn new(head: &Head, bytes: u32, author: u16) -> Self {
		Self { hash: head.hash, number: head.number, bytes, author }
	}
}
