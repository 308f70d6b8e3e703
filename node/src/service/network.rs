//! What the network must know before it exists: its protocols, and how to sync by warp proofs.

use super::partial::{Block, FullBackend, FullClient, GrandpaLink, Hash};
use crate::fan_out::{self, Switch};
use sc_client_api::BlockBackend;
use sc_network::{
	config::FullNetworkConfiguration, service::NotificationMetrics, NetworkBackend,
	NotificationService, ProtocolName,
};
use sc_network_sync::block_announces_protocol_name;
use sc_service::{error::Error as ServiceError, Configuration, WarpSyncConfig};
use std::sync::Arc;
use voltree_fanout::node::FanoutPrototype;

/// A network's configuration, complete but for the protocols the SDK adds itself.
pub struct Prepared<N: NetworkBackend<Block, Hash>> {
	/// Takes further protocols until the network is built.
	pub net_config: FullNetworkConfiguration<Block, Hash, N>,
	/// Counts the notifications of all protocols.
	pub metrics: NotificationMetrics,
	/// Lets this node give and use proofs of finality instead of the whole chain.
	pub warp_sync: WarpSyncConfig<Block>,
	/// Our end of GRANDPA's protocol.
	pub grandpa: GrandpaProtocol,
	/// Name of the sync's protocol, which the SDK adds.
	pub announces: ProtocolName,
	/// Our end of the fan-out's, if it is on.
	pub fan_out: Option<fan_out::Prepared>,
}

/// Where the GRANDPA voter hears and speaks.
pub struct GrandpaProtocol {
	/// Name of the protocol; contains the genesis hash.
	pub name: ProtocolName,
	/// The voter's end of it.
	pub notifications: Box<dyn NotificationService>,
}

/// Register the protocols of consensus with a new network configuration.
pub fn prepare<N: NetworkBackend<Block, Hash>>(
	config: &Configuration,
	client: &FullClient,
	backend: &Arc<FullBackend>,
	grandpa_link: &GrandpaLink,
	fan_out: Switch,
) -> Result<Prepared<N>, ServiceError> {
	let registry = config.prometheus_registry();
	let mut net_config = FullNetworkConfiguration::new(&config.network, registry.cloned());
	let metrics = N::register_notification_metrics(registry);

	let genesis = client
		.block_hash(0)?
		.ok_or_else(|| ServiceError::Other("the database has no genesis block".into()))?;
	let name = sc_consensus_grandpa::protocol_standard_name(&genesis, &config.chain_spec);
	let (protocol, notifications) = sc_consensus_grandpa::grandpa_peers_set_config::<Block, N>(
		name.clone(),
		metrics.clone(),
		net_config.peer_store_handle(),
	);
	net_config.add_notification_protocol(protocol);

	let fan_out = (fan_out == Switch::On).then(|| {
		let (prototype, controller, protocol) = FanoutPrototype::new::<Block, N>(
			&genesis,
			config.chain_spec.fork_id(),
			metrics.clone(),
			net_config.peer_store_handle(),
		);
		net_config.add_notification_protocol(protocol);
		fan_out::Prepared { prototype, controller }
	});

	let announces = block_announces_protocol_name(genesis, config.chain_spec.fork_id()).into();
	let warp_sync = WarpSyncConfig::WithProvider(Arc::new(
		sc_consensus_grandpa::warp_proof::NetworkProvider::new(
			backend.clone(),
			grandpa_link.shared_authority_set().clone(),
			vec![],
		),
	));

	Ok(Prepared {
		net_config,
		metrics,
		warp_sync,
		grandpa: GrandpaProtocol { name, notifications },
		announces,
		fan_out,
	})
}
