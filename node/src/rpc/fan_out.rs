//! Block fan-out for operators.
//!
//! | Method | Arguments | Answer |
//! |---|---|---|
//! | `fanOut_status` | how many of the last blocks (16) | the task's state, counts and timings |
//! | `fanOut_tree` | a block's hash (the best block's) | down which trees that block travels |
//! | `fanOut_stop` | | ends the task for good; not for strangers |

use crate::{
	fan_out::Handle,
	service::{Block, FullClient, Hash},
};
use codec::Encode;
use jsonrpsee::{
	core::RegisterMethodError,
	types::{error::ErrorCode, ErrorObject, ErrorObjectOwned, Params},
	RpcModule,
};
use pallet_communication_tree::runtime_api::{BlockTree, CommunicationTreeApi, Frozen};
use sc_client_api::BlockBackend;
use sc_network::PeerId;
use sc_rpc_api::check_if_safe;
use serde_json::{json, Value};
use sp_api::ProvideRuntimeApi;
use sp_blockchain::HeaderBackend;
use sp_consensus_aura::sr25519::AuthoritySignature;
use sp_runtime::traits::Header;
use std::sync::Arc;
use voltree_fanout::{
	policy::Snapshot,
	protocol::{Counters, Source, Trace},
	types::Peer,
};
use voltree_runtime::AccountId;

/// Blocks that `fanOut_status` tells of, unless asked for another number.
const BLOCKS: usize = 16;

/// See the [module](self).
pub struct FanOut {
	/// Reads.
	pub client: Arc<FullClient>,
	/// The task; `None` where it is off.
	pub handle: Option<Handle>,
}

impl FanOut {
	/// The methods.
	pub fn into_rpc(self) -> Result<RpcModule<Self>, RegisterMethodError> {
		let mut module = RpcModule::new(self);
		module.register_method("fanOut_status", |params, this, _| this.status(&params))?;
		module.register_blocking_method("fanOut_tree", |params, this, _| this.tree(&params))?;
		module.register_method("fanOut_stop", |_, this, extensions| {
			check_if_safe(extensions).map_err(ErrorObjectOwned::from)?;
			Ok::<_, ErrorObjectOwned>(this.handle.as_ref().is_some_and(|one| one.controller.stop()))
		})?;
		Ok(module)
	}

	fn status(&self, params: &Params<'_>) -> Result<Value, ErrorObjectOwned> {
		let blocks = params.sequence().optional_next::<usize>()?.unwrap_or(BLOCKS);
		let Some(handle) = &self.handle else { return Ok(json!({ "running": false })) };
		let status = handle.view.status(blocks);
		let session = status.snapshot.map(|snapshot| session_json(&snapshot, &handle.own));
		Ok(json!({
			"running": handle.controller.is_running(),
			"peer": peer_json(&handle.own),
			"session": session,
			"links": status.links,
			"suspects": status.suspects.iter().map(peer_json).collect::<Vec<_>>(),
			"queuedBytes": status.queued,
			"counters": counters_json(&status.counters),
			"blocks": status.blocks.iter().map(trace_json).collect::<Vec<_>>(),
		}))
	}

	fn tree(&self, params: &Params<'_>) -> Result<Value, ErrorObjectOwned> {
		let hash = params.sequence().optional_next::<Hash>()?;
		let hash = hash.unwrap_or_else(|| self.client.info().best_hash);
		let failed = |error: &dyn std::fmt::Display| refused(format!("block {hash}: {error}"));
		let header = self.client.header(hash).map_err(|error| failed(&error))?;
		let header = header.ok_or_else(|| failed(&"this node does not have it"))?;
		let body = self.client.block_body(hash).map_err(|error| failed(&error))?;
		let body = body.ok_or_else(|| failed(&"this node has no body of it any more"))?;
		let bytes = u32::try_from(body.encoded_size()).unwrap_or(u32::MAX);
		let slot = sc_consensus_aura::find_pre_digest::<Block, AuthoritySignature>(&header)
			.map_err(|_| failed(&"the first block is in the specification, it never travels"))?;

		// The state before a block says who writes it, and how it travels.
		let (api, parent) = (self.client.runtime_api(), *header.parent_hash());
		let asked = |error: sp_api::ApiError| failed(&format!("the state before it: {error}"));
		let frozen = CommunicationTreeApi::<Block, AccountId>::snapshot(&*api, parent);
		let frozen = frozen.map_err(asked)?;
		let author = CommunicationTreeApi::<Block, AccountId>::author(&*api, parent, *slot);
		let author = author.map_err(asked)?;
		let tree = match &author {
			Some(author) => CommunicationTreeApi::<Block, AccountId>::tree(
				&*api,
				parent,
				author.clone(),
				*header.number(),
				bytes,
			)
			.map_err(asked)?,
			None => None,
		};
		let places = Places(frozen.as_ref());
		Ok(json!({
			"block": hash,
			"number": header.number(),
			"slot": *slot,
			"bytes": bytes,
			"author": author,
			"session": frozen.as_ref().map(|frozen| frozen.snapshot.session),
			"snapshot": frozen.as_ref().map(|frozen| frozen.hash),
			"way": tree.map(|tree| tree_json(&tree, &places)),
			"here": self.handle.as_ref().and_then(|handle| {
				handle.view.block(&voltree_fanout::types::Hash(hash.0)).map(|trace| trace_json(&trace))
			}),
		}))
	}
}

fn refused(why: String) -> ErrorObjectOwned {
	ErrorObject::owned(ErrorCode::InvalidParams.code(), why, None::<()>)
}

/// Who is who in a snapshot.
struct Places<'a>(Option<&'a Frozen<AccountId>>);

impl Places<'_> {
	/// A data aggregator as people and programs know it.
	fn name(&self, account: &AccountId) -> Value {
		let members = self.0.map(|frozen| frozen.snapshot.members.as_slice()).unwrap_or_default();
		let place = members.iter().position(|member| member.account == *account);
		let member = place.and_then(|place| members.get(place));
		json!({
			"account": account,
			"place": place,
			"peer": member.and_then(|member| member.node).map(|node| peer_json(&Peer(node.0))),
			"trust": member.map(|member| member.trust),
			"link": member.map(|member| member.link),
		})
	}
}

fn tree_json(tree: &BlockTree<AccountId>, places: &Places<'_>) -> Value {
	let trees = tree.trees.iter().map(|relays| {
		let relays = relays.iter().map(|relay| {
			let mut node = places.name(&relay.account);
			node["parent"] = json!(relay.parent);
			node["children"] = json!(relay.children);
			node["dueMicros"] = json!(relay.due);
			node
		});
		relays.collect::<Vec<_>>()
	});
	let second = tree
		.second
		.iter()
		.map(|one| json!({ "parent": one.parent, "child": one.child, "piece": one.piece }));
	json!({
		"mode": format!("{:?}", tree.mode).to_lowercase(),
		"snapshot": tree.snapshot,
		"treeOfPiece": tree.pieces,
		"trees": trees.collect::<Vec<_>>(),
		"secondParents": second.collect::<Vec<_>>(),
	})
}

fn session_json(snapshot: &Snapshot, own: &Peer) -> Value {
	let place = snapshot.place(own);
	let member = place.and_then(|place| snapshot.members.get(place as usize));
	json!({
		"session": snapshot.session,
		"snapshot": format!("0x{}", hex(&snapshot.hash.0)),
		"members": snapshot.members.len(),
		"place": place,
		"trust": member.map(|member| member.trust),
		"link": member.map(|member| member.link),
		"modes": snapshot.modes.iter().map(|mode| mode.name()).collect::<Vec<_>>(),
	})
}

fn counters_json(counters: &Counters) -> Value {
	json!({
		"received": counters.received,
		"forwarded": counters.forwarded,
		"duplicates": counters.duplicates,
		"repaired": counters.repaired,
		"wanted": counters.wanted,
		"served": counters.served,
		"leftToSync": counters.left_to_sync,
		"stoodIn": counters.stood_in,
		"equivocations": counters.equivocations,
		"faults": counters.faults,
		"dropped": counters.dropped,
	})
}

/// Moments are microseconds of the Unix epoch.
fn trace_json(trace: &Trace) -> Value {
	json!({
		"block": format!("0x{}", hex(&trace.hash.0)),
		"number": trace.number,
		"bytes": trace.bytes,
		"source": trace.source.map(source_name),
		"pieces": trace.pieces,
		"dueMicros": trace.due,
		"learned": trace.learned,
		"complete": trace.complete,
		"imported": trace.imported,
		"asked": trace.asked,
		"duplicates": trace.duplicates,
	})
}

fn source_name(source: Source) -> &'static str {
	match source {
		Source::Own => "own",
		Source::Push => "push",
		Source::Want => "want",
		Source::Sync => "sync",
	}
}

fn peer_json(peer: &Peer) -> Value {
	json!(PeerId::from_ed25519(&peer.0).map(|peer| peer.to_base58()))
}

fn hex(bytes: &[u8]) -> String {
	bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
