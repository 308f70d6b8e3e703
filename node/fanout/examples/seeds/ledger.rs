//! A chain as small as the protocol allows: headers with seals that only the simulation can make, and
//! authors that change from session to session.

use codec::{Decode, Encode};
use sp_crypto_hashing::{blake2_256, twox_128};
use std::{cell::RefCell, collections::BTreeMap};
use voltree_fanout::{
	chain::{Chain, Seal},
	types::{Author, Hash, Head, Moment, Peer},
};

/// Length of a block slot.
pub const SLOT: Moment = 6_000_000;

/// Blocks of a session: the last of them is sealed by the old set, its children by the new one.
pub const SESSION: u32 = 4;

/// Knows the seal's secret: no node of the simulation does.
const SECRET: &[u8] = b"seal";

pub fn peer(node: usize) -> Peer {
	Peer(blake2_256(&[b'p', node as u8]))
}

pub fn author(node: usize) -> Author {
	Author(blake2_256(&[b'a', node as u8]))
}

/// Which node writes in `slot` in a block at `height`, of `nodes`.
pub fn writer(slot: u64, height: u32, nodes: usize) -> usize {
	(slot as usize + 3 * (height / SESSION) as usize) % nodes
}

#[derive(Clone, Encode, Decode)]
pub struct Header {
	pub parent: Hash,
	pub number: u32,
	pub slot: u64,
	pub body: [u8; 16],
	pub seal: [u8; 32],
}

impl Header {
	pub fn new(parent: Hash, number: u32, slot: u64, body: &[u8], nodes: usize) -> Self {
		let mut header = Self { parent, number, slot, body: twox_128(body), seal: [0; 32] };
		header.seal = header.sealed_by(writer(slot, number, nodes));
		header
	}

	fn sealed_by(&self, node: usize) -> [u8; 32] {
		(SECRET, self.parent, self.number, self.slot, self.body, node as u8)
			.using_encoded(blake2_256)
	}

	pub fn hash(&self) -> Hash {
		Hash(self.using_encoded(blake2_256))
	}
}

/// A block in the database.
#[derive(Clone)]
pub struct Stored {
	pub header: Header,
	pub bytes: u32,
}

/// What a node has imported. Survives a restart.
pub struct Ledger {
	pub node: usize,
	pub nodes: usize,
	pub stored: BTreeMap<Hash, Stored>,
	/// Headers whose seals were found valid though their blocks are not imported yet.
	sealed: RefCell<BTreeMap<Hash, u32>>,
	pub best: Hash,
	pub now: Moment,
}

impl Ledger {
	pub fn new(node: usize, nodes: usize) -> Self {
		let genesis =
			Header { parent: Hash([0; 32]), number: 0, slot: 0, body: [0; 16], seal: [0; 32] };
		let best = genesis.hash();
		let stored = BTreeMap::from([(best, Stored { header: genesis, bytes: 0 })]);
		Self { node, nodes, stored, sealed: RefCell::default(), best, now: 0 }
	}

	pub fn height(&self) -> u32 {
		self.stored[&self.best].header.number
	}

	pub fn import(&mut self, header: Header, bytes: u32) {
		let hash = header.hash();
		assert!(self.stored.contains_key(&header.parent), "a block is imported before its parent");
		if header.number > self.height() {
			self.best = hash;
		}
		self.sealed.borrow_mut().remove(&hash);
		self.stored.insert(hash, Stored { header, bytes });
	}
}

impl Chain for Ledger {
	fn inspect(&self, mut header: &[u8]) -> Option<Head> {
		let header = Header::decode(&mut header).ok()?;
		let Header { parent, number, slot, .. } = header;
		Some(Head { hash: header.hash(), parent, number, slot })
	}

	fn knows(&self, hash: &Hash) -> bool {
		self.stored.contains_key(hash)
	}

	fn body_length(&self, hash: &Hash) -> Option<u32> {
		self.stored.get(hash).map(|stored| stored.bytes)
	}

	fn seal(&self, mut bytes: &[u8]) -> Seal {
		let Ok(header) = Header::decode(&mut bytes) else { return Seal::Invalid };
		let mut sealed = self.sealed.borrow_mut();
		if !self.knows(&header.parent) {
			match sealed.get(&header.parent) {
				// The last block of a session may change who the authors are.
				Some(parent) if (parent + 1) % SESSION != 0 => {}
				_ => return Seal::Later,
			}
		}
		let node = writer(header.slot, header.number, self.nodes);
		if header.seal != header.sealed_by(node) {
			return Seal::Invalid;
		}
		sealed.insert(header.hash(), header.number);
		Seal::Valid(author(node))
	}

	fn body_fits(&self, mut header: &[u8], body: &[u8]) -> bool {
		Header::decode(&mut header).is_ok_and(|header| header.body == twox_128(body))
	}

	fn slot_now(&self) -> u64 {
		self.now / SLOT
	}

	fn sign(&self, by: &Author, message: &[u8]) -> Option<[u8; 64]> {
		(*by == author(self.node)).then(|| signature(by, message))
	}

	fn signed(&self, by: &Author, message: &[u8], given: &[u8; 64]) -> bool {
		signature(by, message) == *given
	}
}

fn signature(by: &Author, message: &[u8]) -> [u8; 64] {
	let half = (SECRET, by, message).using_encoded(blake2_256);
	let mut signature = [0; 64];
	signature[..32].copy_from_slice(&half);
	signature
}
