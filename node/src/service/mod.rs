//! The running node: [`new_full`] starts its parts in order and joins them.
//!
//! | Part | Where |
//! |---|---|
//! | client, pool, import queue | [`partial`] |
//! | protocols of the network | [`network`] |
//! | block authoring and finality | [`consensus`] |
//! | the management centre's service | [`crate::management_centre`] |
//! | everything else (sync, RPC, metrics) | the SDK's `sc_service` |

mod consensus;
mod network;
mod partial;

pub use partial::{new_partial, Block, FullClient, FullPool, Hash, Partial};

use crate::management_centre;
use futures::FutureExt;
use partial::{Consensus, FullBackend};
use sc_client_api::Backend;
use sc_network::{service::traits::NetworkService, NetworkBackend};
use sc_offchain::{OffchainWorkerOptions, OffchainWorkers};
use sc_service::{
	error::Error as ServiceError, BuildNetworkParams, Configuration, KeystoreContainer,
	SpawnTasksParams, TaskManager,
};
use sc_telemetry::Telemetry;
use sc_transaction_pool_api::OffchainTransactionPoolFactory;
use std::sync::Arc;

/// Start a node on the network backend `N`; with the management centre's service, unless that is
/// switched off.
pub fn new_full<N: NetworkBackend<Block, Hash>>(
	config: Configuration,
	centre: Option<management_centre::Settings>,
) -> Result<TaskManager, ServiceError> {
	let Partial {
		client,
		backend,
		mut task_manager,
		import_queue,
		keystore_container,
		select_chain,
		transaction_pool,
		other: Consensus { block_import, grandpa_link, mut telemetry },
	} = new_partial(&config)?;

	let network::Prepared { net_config, metrics, warp_sync, grandpa } =
		network::prepare::<N>(&config, &client, &backend, &grandpa_link)?;
	let (network, system_rpc_tx, tx_handler_controller, sync_service, _ipfs) =
		sc_service::build_network(BuildNetworkParams {
			config: &config,
			net_config,
			client: client.clone(),
			transaction_pool: transaction_pool.clone(),
			spawn_handle: task_manager.spawn_handle(),
			spawn_essential_handle: task_manager.spawn_essential_handle(),
			import_queue,
			block_announce_validator_builder: None,
			warp_sync_config: Some(warp_sync),
			block_relay: None,
			metrics,
			gap_sync_body_policy: None,
		})?;

	spawn_offchain_workers(
		&config,
		&task_manager,
		&keystore_container,
		client.clone(),
		&backend,
		transaction_pool.clone(),
		network.clone(),
	)?;

	let settings = consensus::Settings::from(&config);
	let registry = config.prometheus_registry().cloned();
	let rpc_builder = {
		let client = client.clone();
		let pool = transaction_pool.clone();
		Box::new(move |_| {
			crate::rpc::create(client.clone(), pool.clone())
				.map_err(|error| ServiceError::Application(error.into()))
		})
	};
	sc_service::spawn_tasks(SpawnTasksParams {
		config,
		client: client.clone(),
		backend,
		task_manager: &mut task_manager,
		keystore: keystore_container.keystore(),
		transaction_pool: transaction_pool.clone(),
		rpc_builder,
		network: network.clone(),
		system_rpc_tx,
		tx_handler_controller,
		sync_service: sync_service.clone(),
		telemetry: telemetry.as_mut(),
		tracing_execute_block: None,
	})?;

	if let Some(settings) = centre {
		let parts = management_centre::Parts {
			client: client.clone(),
			pool: transaction_pool.clone(),
			keystore: keystore_container.keystore(),
			spawner: task_manager.spawn_handle(),
			registry,
		};
		management_centre::start(settings, parts)?;
	}

	let node = consensus::Node {
		settings,
		task_manager: &task_manager,
		keystore: &keystore_container,
		client,
		transaction_pool,
		network,
		sync_service,
		telemetry: telemetry.as_ref().map(Telemetry::handle),
	};
	node.start_aura(select_chain, block_import)?;
	node.start_grandpa(grandpa_link, grandpa)?;

	Ok(task_manager)
}

/// Run the runtime's off-chain worker after each new best block, unless switched off.
fn spawn_offchain_workers(
	config: &Configuration,
	task_manager: &TaskManager,
	keystore: &KeystoreContainer,
	client: Arc<FullClient>,
	backend: &FullBackend,
	transaction_pool: Arc<FullPool>,
	network: Arc<dyn NetworkService>,
) -> Result<(), ServiceError> {
	if !config.offchain_worker.enabled {
		return Ok(());
	}
	let workers = OffchainWorkers::new(OffchainWorkerOptions {
		runtime_api_provider: client.clone(),
		keystore: Some(keystore.keystore()),
		offchain_db: backend.offchain_storage(),
		transaction_pool: Some(OffchainTransactionPoolFactory::new(transaction_pool)),
		network_provider: Arc::new(network),
		is_validator: config.role.is_authority(),
		enable_http_requests: true,
		custom_extensions: |_| vec![],
	})?;
	task_manager.spawn_handle().spawn(
		"offchain-workers-runner",
		Some("offchain-worker"),
		workers.run(client, task_manager.spawn_handle()).boxed(),
	);
	Ok(())
}
