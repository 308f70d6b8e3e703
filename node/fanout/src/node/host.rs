//! The chain behind the protocol: the client, the import queue, the keystore.

use super::{metrics::Metrics, view::View};
use crate::{
	chain::{Chain, Seal},
	handler::Host,
	protocol::{Protocol, Report, Trace},
	types::{Author, Hash, Head},
};
use codec::{Decode, DecodeAll, Encode};
use sc_client_api::{BlockBackend, HeaderBackend};
use sc_consensus::import_queue::{ImportQueueService, IncomingBlock};
use sc_consensus_aura::{
	find_pre_digest,
	standalone::{check_header_slot_and_seal, slot_author},
};
use sp_api::{CallApiAt, CallContext, ProvideRuntimeApi};
use sp_blockchain::BlockStatus;
use sp_consensus::BlockOrigin;
use sp_consensus_aura::{
	sr25519::{AuthorityId, AuthorityPair, AuthoritySignature},
	AuraApi, ConsensusLog, Slot, AURA_ENGINE_ID,
};
use sp_core::{crypto::key_types::AURA, sr25519, ByteArray, Pair, H256};
use sp_keystore::KeystorePtr;
use sp_runtime::{
	traits::{Block as BlockT, Hash as HashT, HashingFor, Header as HeaderT},
	OpaqueExtrinsic,
};
use std::{
	collections::VecDeque,
	sync::{Arc, Mutex, PoisonError},
	time::{Duration, SystemTime, UNIX_EPOCH},
};

/// Sets of authors that are remembered.
const REMEMBERED: usize = 256;

/// What the chain is to hear of.
pub trait Outcomes: Send {
	/// A session has ended: for the report that each data aggregator makes once a session.
	fn report(&mut self, report: Report);

	/// An author sealed two blocks of one slot: their headers, for the call that proves it.
	fn equivocation(&mut self, first: Vec<u8>, second: Vec<u8>);
}

/// Who may write the children of a block.
type Set = Arc<Vec<AuthorityId>>;

/// See the [module](self).
pub struct SubstrateHost<Block: BlockT, Client> {
	client: Arc<Client>,
	import_queue: Box<dyn ImportQueueService<Block>>,
	keystore: KeystorePtr,
	outcomes: Box<dyn Outcomes>,
	slot: Duration,
	metrics: Option<Metrics>,
	view: View,
	/// By block, the newest first. The protocol asks through a shared reference.
	sets: Mutex<VecDeque<(Block::Hash, Set)>>,
}

impl<Block, Client> SubstrateHost<Block, Client>
where
	Block: BlockT<Hash = H256>,
	Client: HeaderBackend<Block> + ProvideRuntimeApi<Block> + CallApiAt<Block>,
	Client::Api: AuraApi<Block, AuthorityId>,
{
	pub fn new(
		client: Arc<Client>,
		import_queue: Box<dyn ImportQueueService<Block>>,
		keystore: KeystorePtr,
		outcomes: Box<dyn Outcomes>,
		slot: Duration,
		metrics: Option<Metrics>,
		view: View,
	) -> Self {
		let sets = Mutex::default();
		Self { client, import_queue, keystore, outcomes, slot, metrics, view, sets }
	}

	/// Who may write the children of `parent`: known, or in the state.
	fn set(&self, parent: &Block::Hash) -> Option<Set> {
		let mut sets = self.sets.lock().unwrap_or_else(PoisonError::into_inner);
		if let Some((_, set)) = sets.iter().find(|(block, _)| block == parent) {
			return Some(set.clone());
		}
		if !self.is_imported(parent) {
			return None;
		}
		let set = Arc::new(self.client.runtime_api().authorities(*parent).ok()?);
		remember(&mut sets, *parent, set.clone());
		Some(set)
	}

	fn is_imported(&self, hash: &Block::Hash) -> bool {
		matches!(self.client.status(*hash), Ok(BlockStatus::InChain))
	}

	/// A block whose seal is valid and that changes nobody has children by the same authors: they can
	/// be checked before it is imported.
	fn inherit(&self, header: &Block::Header, set: Set) {
		let changes = header.digest().logs().iter().any(|log| {
			let change = log.consensus_try_to::<ConsensusLog<AuthorityId>>(&AURA_ENGINE_ID);
			matches!(change, Some(ConsensusLog::AuthoritiesChange(_)))
		});
		if !changes {
			let mut sets = self.sets.lock().unwrap_or_else(PoisonError::into_inner);
			if !sets.iter().any(|(block, _)| *block == header.hash()) {
				remember(&mut sets, header.hash(), set);
			}
		}
	}
}

fn remember<T>(sets: &mut VecDeque<(T, Set)>, block: T, set: Set) {
	sets.truncate(REMEMBERED - 1);
	sets.push_front((block, set));
}

fn header_of<Block: BlockT>(bytes: &[u8]) -> Option<Block::Header> {
	Block::Header::decode_all(&mut &bytes[..]).ok()
}

fn author_of(key: &AuthorityId) -> Option<Author> {
	key.as_slice().try_into().ok().map(Author)
}

impl<Block, Client> Chain for SubstrateHost<Block, Client>
where
	Block: BlockT<Hash = H256>,
	Client:
		HeaderBackend<Block> + BlockBackend<Block> + ProvideRuntimeApi<Block> + CallApiAt<Block>,
	Client::Api: AuraApi<Block, AuthorityId>,
	<Block::Header as HeaderT>::Number: Into<u64>,
{
	fn inspect(&self, header: &[u8]) -> Option<Head> {
		let header = header_of::<Block>(header)?;
		let slot = find_pre_digest::<Block, AuthoritySignature>(&header).ok()?;
		let number: u64 = (*header.number()).into();
		Some(Head {
			hash: Hash(header.hash().0),
			parent: Hash(header.parent_hash().0),
			number: u32::try_from(number).ok()?,
			slot: slot.into(),
		})
	}

	fn knows(&self, hash: &Hash) -> bool {
		self.is_imported(&H256(hash.0))
	}

	fn body_length(&self, hash: &Hash) -> Option<u32> {
		let body = self.client.block_body(H256(hash.0)).ok().flatten()?;
		u32::try_from(body.encoded_size()).ok()
	}

	fn seal(&self, header: &[u8]) -> Seal {
		let Some(header) = header_of::<Block>(header) else { return Seal::Invalid };
		let Some(set) = self.set(header.parent_hash()) else { return Seal::Later };
		// Whether the slot is of this time the protocol has looked at.
		let now = Slot::from(u64::MAX);
		let checked = check_header_slot_and_seal::<Block, AuthorityPair>(now, header.clone(), &set);
		let author = checked
			.ok()
			.and_then(|(_, slot, _)| slot_author::<AuthorityPair>(slot, &set).and_then(author_of));
		match author {
			Some(author) => {
				self.inherit(&header, set);
				Seal::Valid(author)
			}
			None => Seal::Invalid,
		}
	}

	fn body_fits(&self, header: &[u8], body: &[u8]) -> bool {
		let Some(header) = header_of::<Block>(header) else { return false };
		let Ok(extrinsics) = Vec::<OpaqueExtrinsic>::decode_all(&mut &body[..]) else {
			return false;
		};
		// The parent may not be imported yet; upgrades do not change this.
		let best = self.client.info().best_hash;
		let Ok(version) = self.client.runtime_version_at(best, CallContext::Offchain) else {
			return false;
		};
		let extrinsics = extrinsics.iter().map(Encode::encode).collect();
		let root = HashingFor::<Block>::ordered_trie_root(
			extrinsics,
			version.extrinsics_root_state_version(),
		);
		root == *header.extrinsics_root()
	}

	fn slot_now(&self) -> u64 {
		let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
		let slots = since.as_millis() / self.slot.as_millis().max(1);
		u64::try_from(slots).unwrap_or(u64::MAX)
	}

	fn sign(&self, author: &Author, message: &[u8]) -> Option<[u8; 64]> {
		let key = sr25519::Public::from_raw(author.0);
		self.keystore.sr25519_sign(AURA, &key, message).ok().flatten().map(|signature| signature.0)
	}

	fn signed(&self, author: &Author, message: &[u8], signature: &[u8; 64]) -> bool {
		let key = sr25519::Public::from_raw(author.0);
		sr25519::Pair::verify(&sr25519::Signature::from_raw(*signature), message, &key)
	}
}

impl<Block, Client> Host for SubstrateHost<Block, Client>
where
	Block: BlockT<Hash = H256>,
	Client: HeaderBackend<Block>
		+ BlockBackend<Block>
		+ ProvideRuntimeApi<Block>
		+ CallApiAt<Block>
		+ Send
		+ Sync,
	Client::Api: AuraApi<Block, AuthorityId>,
	<Block::Header as HeaderT>::Number: Into<u64>,
{
	fn import(&mut self, hash: Hash, header: Vec<u8>, body: Vec<u8>) {
		let header = header_of::<Block>(&header);
		let body = Vec::<Block::Extrinsic>::decode(&mut &body[..]);
		let (Some(header), Ok(body)) = (header, body) else { return };
		let block = IncomingBlock {
			hash: H256(hash.0),
			header: Some(header),
			body: Some(body),
			indexed_body: None,
			justifications: None,
			// Whoever handed it on could not execute it: if that fails, no peer is to blame.
			origin: None,
			allow_missing_state: false,
			skip_execution: false,
			import_existing: false,
			state: None,
		};
		self.import_queue.import_blocks(BlockOrigin::NetworkBroadcast, vec![block]);
	}

	fn equivocation(&mut self, first: Vec<u8>, second: Vec<u8>) {
		self.outcomes.equivocation(first, second);
	}

	fn report(&mut self, report: Report) {
		self.outcomes.report(report);
	}

	fn trace(&mut self, trace: Trace) {
		log::debug!(target: crate::LOG_TARGET, "{trace:?}");
		if let Some(metrics) = &self.metrics {
			metrics.block(&trace);
		}
		self.view.trace(trace);
	}

	fn measure(&mut self, protocol: &Protocol, links: usize) {
		if let Some(metrics) = &self.metrics {
			metrics.update(protocol, links);
		}
		self.view.measure(protocol, links);
	}
}
