//! # Block fan-out on this node
//!
//! Joins `voltree_fanout` to the chain: its trees follow from the snapshots that the communication
//! tree freezes, and what it has seen of the others goes back there.
//!
//! | Module | What is in it |
//! |---|---|
//! | [`arguments`] | options of the command line |
//! | [`snapshots`] | what trees are built from, read at final blocks |
//! | [`statements`] | a session's report and proved equivocations, as extrinsics |
//! | [`standing`] | how the chain sees this node, for Prometheus |
//!
//! The task is not essential. Without it, or after its end, the node is a stock one: announcements
//! pass at once, and the sync downloads what is announced.

mod arguments;
mod snapshots;
mod standing;
mod statements;

pub use arguments::{Arguments, Switch};

use crate::{
	contain::contain,
	laboratory::Faults,
	service::{Block, FullClient, FullPool},
};
use futures::{channel::mpsc, StreamExt};
use sc_consensus::import_queue::ImportQueueService;
use sc_network::service::traits::NetworkService;
use sc_network_sync::SyncingService;
use sc_service::{error::Error as ServiceError, SpawnTaskHandle};
use snapshots::Snapshots;
use sp_consensus_aura::sr25519::AuthorityId as AuraId;
use sp_keystore::KeystorePtr;
use standing::Standing;
use statements::{Desk, Mouth};
use std::sync::Arc;
use substrate_prometheus_endpoint::Registry;
use voltree_fanout::{
	handler::Controller,
	node::{FanoutPrototype, View},
	types::Peer,
	LOG_TARGET as LOG,
};

/// Fan-out before the network exists.
pub struct Prepared {
	/// Becomes the task.
	pub prototype: FanoutPrototype,
	/// Talks to it.
	pub controller: Controller,
}

/// What RPC knows of the task.
#[derive(Clone)]
pub struct Handle {
	/// Talks to it.
	pub controller: Controller,
	/// What it shows.
	pub view: View,
	/// Our node.
	pub own: Peer,
}

/// What fan-out needs of its node.
pub struct Parts<'a> {
	/// Reads and executes.
	pub client: Arc<FullClient>,
	/// What is to go into blocks.
	pub pool: Arc<FullPool>,
	/// Holds the session keys.
	pub keystore: KeystorePtr,
	/// Where links come from.
	pub network: Arc<dyn NetworkService>,
	/// Tells whether we are far behind.
	pub sync: Arc<SyncingService<Block>>,
	/// Where blocks go.
	pub import_queue: Box<dyn ImportQueueService<Block>>,
	/// With whom links are wanted, each time that changes.
	pub links: mpsc::Receiver<Vec<Peer>>,
	/// How the node misbehaves: not at all, but in the laboratory.
	pub faults: Faults,
	/// Where the tasks are spawned.
	pub spawner: SpawnTaskHandle,
	/// Where metrics are registered, if anywhere.
	pub registry: Option<&'a Registry>,
}

/// Start the task, and the one that speaks to the chain for it.
pub fn start(prepared: Prepared, parts: Parts<'_>) -> Result<Handle, ServiceError> {
	let Parts { client, pool, keystore, network, faults, spawner, registry, .. } = parts;
	let failed = |error: Box<dyn std::error::Error + Send + Sync>| ServiceError::Application(error);
	let own_id = network.local_peer_id();
	let own = own_id.into_ed25519().map(Peer).ok_or(ServiceError::Other(
		"fan-out knows nodes by their Ed25519 node keys: make one with key generate-node-key"
			.into(),
	))?;
	let slot = sc_consensus_aura::slot_duration::<AuraId, _, _>(&*client)?;
	let standing = registry.map(|registry| Standing::register(registry, own)).transpose()?;
	let (view, controller) = (View::default(), prepared.controller);
	let (mouth, statements) = Mouth::new(faults.clone());

	let task = prepared
		.prototype
		.build(voltree_fanout::node::Parts {
			client: client.clone(),
			network,
			spawner: Box::new(spawner.clone()),
			own: own_id,
			sync: parts.sync,
			import_queue: parts.import_queue,
			keystore: keystore.clone(),
			snapshots: Arc::new(Snapshots::new(client.clone(), standing)),
			links: parts.links.boxed(),
			outcomes: Box::new(mouth),
			slot: slot.as_duration(),
			conduct: faults.conduct(),
			view: view.clone(),
			registry,
		})
		.map_err(|error| failed(Box::new(error)))?;
	spawner.spawn("block-fanout", Some("networking"), async move {
		match contain(task).await {
			Ok(()) => log::info!(target: LOG, "The fan-out has ended: blocks go the stock way."),
			Err(_) => log::error!(
				target: LOG,
				"The fan-out has panicked, see above: blocks go the stock way until the node is \
				started again",
			),
		}
	});
	let desk = Desk::new(client, pool, keystore, view.clone(), own);
	spawner.spawn("block-fanout-statements", Some("networking"), desk.run(statements));
	Ok(Handle { controller, view, own })
}
