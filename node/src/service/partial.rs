//! The components that tasks on the database need as much as a running node does: client,
//! transaction pool, import queue.

use sc_consensus_aura::{ImportQueueParams, InherentDataProvider as SlotProvider, SlotDuration};
use sc_executor::WasmExecutor;
use sc_service::{error::Error as ServiceError, Configuration, PartialComponents, TaskManager};
use sc_telemetry::{Telemetry, TelemetryWorker};
use sp_api::ProvideRuntimeApi;
use sp_blockchain::HeaderBackend;
use sp_consensus_aura::{sr25519::AuthorityPair as AuraPair, AuraApi};
use sp_runtime::traits::Block as BlockT;
use sp_timestamp::InherentDataProvider as TimestampProvider;
use std::sync::Arc;
use substrate_prometheus_endpoint::Registry;
use voltree_runtime::RuntimeApi;

pub use voltree_runtime::opaque::Block;

/// A block's hash.
pub type Hash = <Block as BlockT>::Hash;
/// Runs the runtime's Wasm with the host functions every Substrate node has.
type Executor = WasmExecutor<sp_io::SubstrateHostFunctions>;
/// The client: storage, execution, import.
pub type FullClient = sc_service::TFullClient<Block, RuntimeApi, Executor>;
/// The database behind the client.
pub type FullBackend = sc_service::TFullBackend<Block>;
/// The transaction pool.
pub type FullPool = sc_transaction_pool::TransactionPoolHandle<Block, FullClient>;
/// The rule that names the best block.
pub type FullSelectChain = sc_consensus::LongestChain<FullBackend, Block>;
/// Imports a block and keeps GRANDPA's authority sets in step with it.
pub type BlockImport =
	sc_consensus_grandpa::GrandpaBlockImport<FullBackend, Block, FullClient, FullSelectChain>;
/// What the GRANDPA voter needs from the block import.
pub type GrandpaLink = sc_consensus_grandpa::LinkHalf<Block, FullClient, FullSelectChain>;

/// What [`new_partial`] makes.
pub type Partial = PartialComponents<
	FullClient,
	FullBackend,
	FullSelectChain,
	sc_consensus::DefaultImportQueue<Block>,
	FullPool,
	Consensus,
>;

/// What consensus needs besides the common components.
pub struct Consensus {
	/// Every block must pass through here, our own ones too.
	pub block_import: BlockImport,
	/// What the GRANDPA voter needs from the block import.
	pub grandpa_link: GrandpaLink,
	/// The connection to telemetry servers, if there are any.
	pub telemetry: Option<Telemetry>,
}

/// Blocks between two justifications that are kept and served; the SDK's usual value.
pub const JUSTIFICATION_PERIOD: u32 = 512;

/// Make the components that tasks on the database and running nodes share.
pub fn new_partial(config: &Configuration) -> Result<Partial, ServiceError> {
	let telemetry = new_telemetry(config)?;
	let (client, backend, keystore_container, task_manager) =
		sc_service::new_full_parts::<Block, RuntimeApi, _>(
			config,
			telemetry.as_ref().map(|(_, telemetry)| telemetry.handle()),
			sc_service::new_wasm_executor(&config.executor),
			vec![],
		)?;
	let client = Arc::new(client);
	ensure_aggregators(&client)?;
	let telemetry = telemetry.map(|(worker, telemetry)| {
		task_manager.spawn_handle().spawn("telemetry", None, worker.run());
		telemetry
	});

	let select_chain = FullSelectChain::new(backend.clone());
	let transaction_pool = new_pool(config, &client, &task_manager, config.prometheus_registry());

	let (block_import, grandpa_link) = sc_consensus_grandpa::block_import(
		client.clone(),
		JUSTIFICATION_PERIOD,
		&client,
		select_chain.clone(),
		telemetry.as_ref().map(Telemetry::handle),
	)?;
	let import_queue =
		new_import_queue(config, &client, &block_import, &task_manager, telemetry.as_ref())?;

	Ok(Partial {
		client,
		backend,
		task_manager,
		keystore_container,
		select_chain,
		import_queue,
		transaction_pool,
		other: Consensus { block_import, grandpa_link, telemetry },
	})
}

/// Fails where the genesis names nobody to write blocks, as in the preset `staging`: GRANDPA would
/// panic.
fn ensure_aggregators(client: &FullClient) -> Result<(), ServiceError> {
	let info = client.info();
	// Later blocks prove by being there that somebody writes them, and the genesis may be pruned.
	if info.best_number > 0 {
		return Ok(());
	}
	let authors = client
		.runtime_api()
		.authorities(info.best_hash)
		.map_err(|error| ServiceError::Application(error.into()))?;
	if !authors.is_empty() {
		return Ok(());
	}
	Err(ServiceError::Other(
		"this chain has no data aggregators: put their session keys into its specification with \
		scripts/chain-spec"
			.into(),
	))
}

/// An empty transaction pool.
pub fn new_pool(
	config: &Configuration,
	client: &Arc<FullClient>,
	task_manager: &TaskManager,
	registry: Option<&Registry>,
) -> Arc<FullPool> {
	let pool = sc_transaction_pool::Builder::new(
		task_manager.spawn_essential_handle(),
		client.clone(),
		config.role.is_authority().into(),
	)
	.with_options(config.transaction_pool.clone())
	.with_prometheus(registry)
	.build();
	Arc::new(pool)
}

/// The queue that verifies what comes from the network: Aura's seal, then the inherents.
fn new_import_queue(
	config: &Configuration,
	client: &Arc<FullClient>,
	block_import: &BlockImport,
	task_manager: &TaskManager,
	telemetry: Option<&Telemetry>,
) -> Result<sc_consensus::DefaultImportQueue<Block>, ServiceError> {
	let slots_of = client.clone();
	sc_consensus_aura::import_queue::<AuraPair, _, _, _, _, _>(ImportQueueParams {
		block_import: block_import.clone(),
		justification_import: Some(Box::new(block_import.clone())),
		client: client.clone(),
		// Asked at the parent, not once at the start: a node that still syncs the state of its
		// best block could not answer.
		create_inherent_data_providers: move |parent, ()| {
			let slot_duration = sc_consensus_aura::standalone::slot_duration_at(&*slots_of, parent);
			async move { Ok(inherent_data(slot_duration?)) }
		},
		spawner: &task_manager.spawn_essential_handle(),
		registry: config.prometheus_registry(),
		check_for_equivocation: Default::default(),
		telemetry: telemetry.map(Telemetry::handle),
		compatibility_mode: Default::default(),
	})
	.map_err(Into::into)
}

/// What only the node knows and a block must carry or agree with: the clock.
pub fn inherent_data(slot_duration: SlotDuration) -> (SlotProvider, TimestampProvider) {
	let timestamp = TimestampProvider::from_system_time();
	let slot = SlotProvider::from_timestamp_and_slot_duration(*timestamp, slot_duration);
	(slot, timestamp)
}

fn new_telemetry(
	config: &Configuration,
) -> Result<Option<(TelemetryWorker, Telemetry)>, sc_telemetry::Error> {
	let Some(endpoints) = config.telemetry_endpoints.clone().filter(|some| !some.is_empty()) else {
		return Ok(None);
	};
	/// Messages that may wait for the servers; more are dropped.
	const BUFFER: usize = 16;
	let worker = TelemetryWorker::new(BUFFER)?;
	let telemetry = worker.handle().new_telemetry(endpoints);
	Ok(Some((worker, telemetry)))
}
