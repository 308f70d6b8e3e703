//! The running node: [`new_full`] starts its parts in order and joins them.
//!
//! | Part | Where |
//! |---|---|
//! | client, pool, import queue | [`partial`] |
//! | protocols of the network | [`network`] |
//! | block authoring and finality | [`consensus`] |
//! | the management centre's service | [`crate::management_centre`] |
//! | blocks down the communication tree | [`crate::fan_out`] |
//! | links to the other data aggregators | [`crate::links`] |
//! | whether the node is ready | [`crate::health`] |
//! | everything else (sync, RPC, metrics) | the SDK's `sc_service` |

mod consensus;
mod network;
mod partial;

pub use partial::{new_partial, Block, FullClient, FullPool, Hash, Partial};

use crate::{
	fan_out::{self, Switch},
	health::{self, Health},
	laboratory,
	links::Links,
	management_centre, rpc,
};
use futures::{channel::mpsc, FutureExt};
use partial::{Consensus, FullBackend};
use sc_client_api::Backend;
use sc_consensus::ImportQueue;
use sc_network::{service::traits::NetworkService, NetworkBackend};
use sc_offchain::{OffchainWorkerOptions, OffchainWorkers};
use sc_service::{
	error::Error as ServiceError, BuildNetworkParams, Configuration, KeystoreContainer,
	SpawnTasksParams, TaskManager,
};
use sc_telemetry::Telemetry;
use sc_transaction_pool_api::OffchainTransactionPoolFactory;
use sp_consensus::block_validation::BlockAnnounceValidator;
use sp_consensus_aura::sr25519::AuthorityId as AuraId;
use std::sync::Arc;
use voltree_fanout::{
	handler::Controller,
	node::{AnnounceGate, AuthorHook},
};

/// What the operator wants of the node beyond the SDK's own options.
pub struct Wishes {
	/// How the management centre's service is to run; `None`: not at all.
	pub centre: Option<management_centre::Settings>,
	/// Whether blocks travel down the communication tree.
	pub fan_out: Switch,
	/// What only the laboratory asks for.
	pub laboratory: laboratory::Arguments,
	/// Who is told whether the node is ready.
	pub health: health::Arguments,
}

/// Start a node on the network backend `N`.
pub fn new_full<N: NetworkBackend<Block, Hash>>(
	config: Configuration,
	wishes: Wishes,
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

	let network::Prepared { net_config, metrics, warp_sync, grandpa, announces, fan_out } =
		network::prepare::<N>(&config, &client, &backend, &grandpa_link, wishes.fan_out)?;
	let import_service = import_queue.service();
	let offered = match wishes.laboratory.keep_transactions {
		true => partial::new_pool(&config, &client, &task_manager, None),
		false => transaction_pool.clone(),
	};
	let controller = fan_out.as_ref().map(|prepared| prepared.controller.clone());
	let (network, system_rpc_tx, tx_handler_controller, sync_service, _ipfs) =
		sc_service::build_network(BuildNetworkParams {
			config: &config,
			net_config,
			client: client.clone(),
			transaction_pool: offered,
			spawn_handle: task_manager.spawn_handle(),
			spawn_essential_handle: task_manager.spawn_essential_handle(),
			import_queue,
			block_announce_validator_builder: controller.clone().map(announce_gate),
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
	let spawner = task_manager.spawn_handle();

	let (wanted, links) = mpsc::channel(1);
	let follow = Links {
		client: client.clone(),
		network: network.clone(),
		protocol: announces,
		sync: sync_service.clone(),
		fan_out: fan_out.is_some().then_some(wanted),
	};
	spawner.spawn("links", Some("networking"), follow.run());
	let parts = fan_out::Parts {
		client: client.clone(),
		pool: transaction_pool.clone(),
		keystore: keystore_container.keystore(),
		network: network.clone(),
		sync: sync_service.clone(),
		import_queue: import_service,
		links,
		faults: wishes.laboratory.faults,
		spawner: spawner.clone(),
		registry: registry.as_ref(),
	};
	let fan_out = fan_out.map(|prepared| fan_out::start(prepared, parts)).transpose()?;

	// Set at genesis and fixed for the chain's life, so reading it once is enough.
	let slot = sc_consensus_aura::slot_duration::<AuraId, _, _>(&*client)?;
	let health = Health::new(client.clone(), sync_service.clone(), slot.as_duration());
	health.start(wishes.health, &spawner, registry.as_ref())?;
	let parts =
		rpc::Parts { client: client.clone(), pool: transaction_pool.clone(), fan_out, health };
	let rpc_builder = Box::new(move |_| {
		rpc::create(parts.clone()).map_err(|error| ServiceError::Application(error.into()))
	});
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

	if let Some(settings) = wishes.centre {
		let parts = management_centre::Parts {
			client: client.clone(),
			pool: transaction_pool.clone(),
			keystore: keystore_container.keystore(),
			spawner,
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
	node.start_aura(select_chain, AuthorHook::new(block_import, controller))?;
	node.start_grandpa(grandpa_link, grandpa)?;

	Ok(task_manager)
}

/// What `sc_service` makes a validator of announcements with.
type GateBuilder =
	Box<dyn FnOnce(Arc<FullClient>) -> Box<dyn BlockAnnounceValidator<Block> + Send> + Send>;

/// Holds stock announcements back while their blocks come down the tree.
fn announce_gate(controller: Controller) -> GateBuilder {
	Box::new(move |_| Box::new(AnnounceGate::new(controller)))
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
