//! What trees are built from: the chain's frozen snapshots, read at final blocks.

use super::{Standing, LOG};
use crate::service::{Block, FullClient, Hash};
use pallet_communication_tree::runtime_api::{CommunicationTreeApi, Frozen};
use sp_api::{ApiError, ProvideRuntimeApi};
use sp_core::crypto::ByteArray;
use std::sync::{Arc, Mutex, PoisonError};
use voltree_fanout::{
	node::SnapshotSource,
	policy::{Member, Snapshot},
	types::{self, Author, Peer},
};
use voltree_runtime::AccountId;

/// See the [module](self).
pub struct Snapshots {
	client: Arc<FullClient>,
	standing: Option<Standing>,
	/// The hash of the one that was read last.
	last: Mutex<Hash>,
}

impl Snapshots {
	/// Of the chain of `client`.
	pub fn new(client: Arc<FullClient>, standing: Option<Standing>) -> Self {
		Self { client, standing, last: Mutex::default() }
	}

	fn read(&self, at: Hash) -> Result<Option<Snapshot>, ApiError> {
		let api = self.client.runtime_api();
		let hash = CommunicationTreeApi::<Block, AccountId>::snapshot_hash(&*api, at)?;
		let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
		if *last == hash {
			return Ok(None);
		}
		let frozen = CommunicationTreeApi::<Block, AccountId>::snapshot(&*api, at)?;
		// The hash alone is not taken for it: whoever reads the next block tries again.
		let Some(frozen) = frozen else { return Ok(None) };
		*last = hash;
		let snapshot = snapshot_of(&frozen);
		if let Some(standing) = &self.standing {
			standing.update(&snapshot, &frozen.snapshot.sequence);
		}
		Ok(Some(snapshot))
	}
}

impl SnapshotSource<Block> for Snapshots {
	fn snapshot(&self, at: Hash) -> Option<Snapshot> {
		// A runtime without trees, before an upgrade, does not know the question.
		self.read(at).unwrap_or_else(|error| {
			log::debug!(target: LOG, "no snapshot at {at}: {error}");
			None
		})
	}
}

/// The same in the words of fan-out; places stay what they are.
fn snapshot_of(frozen: &Frozen<AccountId>) -> Snapshot {
	let basis = frozen.basis();
	let members = frozen.snapshot.members.iter().zip(&basis.nodes).map(|(member, node)| Member {
		peer: member.node.map(|node| Peer(node.0)),
		author: author_of(&member.keys.author),
		trust: node.trust,
		link: node.link,
	});
	Snapshot {
		session: frozen.snapshot.session,
		hash: types::Hash(frozen.hash.0),
		members: members.collect(),
		overheads: basis.overheads,
		settings: basis.settings,
		paths: basis.paths,
		modes: basis.modes,
	}
}

/// An author by its key, which has 32 bytes.
fn author_of(key: &impl ByteArray) -> Author {
	Author(key.as_slice().try_into().unwrap_or_default())
}
