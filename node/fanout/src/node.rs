//! Fan-out on a Substrate node.
//!
//! ```text
//! let (prototype, controller, protocol) = FanoutPrototype::new::<Block, N>(..);   // before the network
//! net_config.add_notification_protocol(protocol);
//! let gate = AnnounceGate::new(controller.clone());          // for build_network
//! let fanout = prototype.build(Parts { .. });                // after it
//! spawner.spawn("block-fanout", Some("networking"), fanout);
//! let block_import = AuthorHook::new(block_import, Some(controller));   // for Aura alone
//! ```
//!
//! The task is not essential: when it ends, announcements pass at once, own blocks go the stock way,
//! and the node is an ordinary one.

mod author;
mod events;
mod gate;
mod host;
mod metrics;
mod network;
mod view;

pub use author::AuthorHook;
pub use events::SnapshotSource;
pub use gate::AnnounceGate;
pub use host::Outcomes;
pub use view::{Status, View};

use crate::{
	faulty::{Conduct, Faulty},
	frames::LONGEST_FRAME,
	handler::{self, Controller, Feeds, Prototype},
	protocol::Settings,
	types::{Moment, Peer},
};
use futures::stream::BoxStream;
use host::SubstrateHost;
use metrics::Metrics;
use network::NetworkTransport;
use sc_client_api::{BlockBackend, BlockchainEvents, HeaderBackend};
use sc_consensus::import_queue::ImportQueueService;
use sc_network::{
	config::{NonReservedPeerMode, SetConfig},
	peer_store::PeerStoreProvider,
	service::{traits::NetworkService, NotificationMetrics},
	NetworkBackend, NotificationService, PeerId, ProtocolName,
};
use sc_network_sync::SyncingService;
use sp_api::{CallApiAt, ProvideRuntimeApi};
use sp_consensus_aura::{sr25519::AuthorityId, AuraApi};
use sp_core::{traits::SpawnNamed, H256};
use sp_keystore::KeystorePtr;
use sp_runtime::traits::{Block as BlockT, Header as HeaderT};
use std::{future::Future, sync::Arc, time::Duration};
use substrate_prometheus_endpoint::{PrometheusError, Registry};

/// Before the network exists.
pub struct FanoutPrototype {
	task: Prototype,
	name: ProtocolName,
	notifications: Box<dyn NotificationService>,
}

/// The running node, as far as fan-out needs it.
pub struct Parts<'a, Block: BlockT, Client> {
	/// Reads.
	pub client: Arc<Client>,
	/// Where links come from.
	pub network: Arc<dyn NetworkService>,
	/// Where what is left of the task goes on.
	pub spawner: Box<dyn SpawnNamed>,
	/// Our end of the node key.
	pub own: PeerId,
	/// Tells whether we are far behind, and is told what has been imported.
	pub sync: Arc<SyncingService<Block>>,
	/// Where blocks go.
	pub import_queue: Box<dyn ImportQueueService<Block>>,
	/// Holds the session keys.
	pub keystore: KeystorePtr,
	/// The chain's snapshots.
	pub snapshots: Arc<dyn SnapshotSource<Block>>,
	/// With whom links are wanted, each time that changes: those whom the chain admits.
	pub links: BoxStream<'static, Vec<Peer>>,
	/// What the chain is to hear of.
	pub outcomes: Box<dyn Outcomes>,
	/// Length of a block slot.
	pub slot: Duration,
	/// How blocks of others are handed on: honestly, but in the laboratory.
	pub conduct: Conduct,
	/// Where the task shows how it stands.
	pub view: View,
	/// Where to count, if anywhere.
	pub registry: Option<&'a Registry>,
}

impl FanoutPrototype {
	/// The protocol's name has the genesis hash and the fork id in it: no two networks mix.
	pub fn new<Block: BlockT, N: NetworkBackend<Block, Block::Hash>>(
		genesis: &Block::Hash,
		fork_id: Option<&str>,
		metrics: NotificationMetrics,
		peer_store: Arc<dyn PeerStoreProvider>,
	) -> (Self, Controller, N::NotificationProtocolConfig) {
		let genesis: String = genesis.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
		let name: ProtocolName = match fork_id {
			Some(fork) => format!("/{genesis}/{fork}/fanout/1").into(),
			None => format!("/{genesis}/fanout/1").into(),
		};
		// Reserved links only, to those whom the snapshot names. No handshake: one of the backends
		// replaces it, so `Hello` is the first frame.
		let set = SetConfig {
			in_peers: 0,
			out_peers: 0,
			reserved_nodes: Vec::new(),
			non_reserved_mode: NonReservedPeerMode::Deny,
		};
		let (config, notifications) = N::notification_config(
			name.clone(),
			Vec::new(),
			LONGEST_FRAME,
			None,
			set,
			metrics,
			peer_store,
		);
		let (task, controller) = handler::prototype();
		(Self { task, name, notifications }, controller, config)
	}

	/// The task.
	///
	/// # Errors
	///
	/// If the metrics are registered already, or the node key is no Ed25519 key.
	pub fn build<Block, Client>(
		self,
		parts: Parts<'_, Block, Client>,
	) -> Result<impl Future<Output = ()> + Send, BuildError>
	where
		Block: BlockT<Hash = H256>,
		Client: HeaderBackend<Block>
			+ BlockBackend<Block>
			+ BlockchainEvents<Block>
			+ ProvideRuntimeApi<Block>
			+ CallApiAt<Block>
			+ Send
			+ Sync
			+ 'static,
		Client::Api: AuraApi<Block, AuthorityId>,
		<Block::Header as HeaderT>::Number: Into<u64>,
	{
		let Parts { client, network, own, sync, .. } = parts;
		let own = own.into_ed25519().map(Peer).ok_or(BuildError::NodeKey)?;
		let metrics = parts.registry.map(Metrics::register).transpose()?;
		let slot = Moment::try_from(parts.slot.as_micros()).unwrap_or(Moment::MAX);
		let view = parts.view;
		let events = events::events(client.clone(), sync, parts.snapshots, view.clone());
		let host = SubstrateHost::new(
			client,
			parts.import_queue,
			parts.keystore,
			parts.outcomes,
			parts.slot,
			metrics,
			view.clone(),
		);
		// Answers to pings must not be guessed by others; the key is not secret, the moment is ours.
		let seed = network::nonce(&own);
		let transport = NetworkTransport::new(
			self.name,
			self.notifications,
			network,
			parts.spawner,
			own,
			parts.slot,
		);
		let transport = Faulty::new(transport, parts.conduct);
		let settings = Settings { own, slot, seed };
		let feeds = Feeds { events, links: parts.links };
		view.start();
		Ok(self.task.build(settings, transport, host, feeds).run())
	}
}

/// Why the task cannot be built.
#[derive(Debug)]
pub enum BuildError {
	/// The node key is no Ed25519 key.
	NodeKey,
	/// The metrics are registered already.
	Metrics(PrometheusError),
}

impl std::fmt::Display for BuildError {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		match self {
			Self::NodeKey => f.write_str(
				"fan-out knows nodes by their Ed25519 node keys: make one with key generate-node-key",
			),
			Self::Metrics(error) => write!(f, "the metrics of fan-out cannot be registered: {error}"),
		}
	}
}

impl std::error::Error for BuildError {}

impl From<PrometheusError> for BuildError {
	fn from(error: PrometheusError) -> Self {
		Self::Metrics(error)
	}
}
