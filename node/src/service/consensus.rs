//! The two tasks of consensus: Aura writes blocks, GRANDPA makes them final.

use super::{
	network::GrandpaProtocol,
	partial::{
		inherent_data, Block, BlockImport, FullClient, FullPool, FullSelectChain, GrandpaLink,
		JUSTIFICATION_PERIOD,
	},
};
use sc_basic_authorship::ProposerFactory;
use sc_consensus_aura::{SlotProportion, StartAuraParams};
use sc_consensus_grandpa::{
	GrandpaParams, SharedVoterState, ThreeQuartersOfTheUnfinalizedChain, VotingRulesBuilder,
};
use sc_network::service::traits::NetworkService;
use sc_network_sync::SyncingService;
use sc_service::{
	config::PrometheusConfig, error::Error as ServiceError, Configuration, KeystoreContainer, Role,
	TaskManager,
};
use sc_telemetry::TelemetryHandle;
use sc_transaction_pool_api::OffchainTransactionPoolFactory;
use sp_consensus_aura::sr25519::{AuthorityId as AuraId, AuthorityPair as AuraPair};
use std::{sync::Arc, time::Duration};
use voltree_fanout::node::AuthorHook;

/// Bytes of a block that Aura stops filling at: the runtime's own limit, 1.25 MiB.
const BLOCK_SIZE_LIMIT: usize = 1_310_720;

/// Share of a slot for making the block; the rest is for its way to the next author.
const PROPOSAL_SHARE: f32 = 2.0 / 3.0;

/// What GRANDPA's timers count with, as a part of a block slot: a round's prevotes are cast after two of
/// these, its precommits after four, unless all votes are there before. So a slot has two rounds and a
/// quarter, whatever its length: a block that has arrived waits less than half a slot for the next round,
/// and votes, of which there are two for each voter and round, do not grow in number where slots are long
/// because there are many voters. At 3 s this is the SDK's usual third of a second.
const GOSSIP_SHARE: u32 = 9;

/// A vote has to reach everybody within it: a few times the longest way between two data aggregators, or
/// rounds end without result.
const SHORTEST_GOSSIP: Duration = Duration::from_millis(200);

/// Longer than this nobody needs. It is a ninth of slots of 13.5 s.
const LONGEST_GOSSIP: Duration = Duration::from_millis(1500);

/// See [`GOSSIP_SHARE`].
fn gossip_duration(slot: Duration) -> Duration {
	(slot / GOSSIP_SHARE).clamp(SHORTEST_GOSSIP, LONGEST_GOSSIP)
}

/// What consensus takes from the configuration, which the SDK's service swallows.
pub struct Settings {
	role: Role,
	node_name: String,
	force_authoring: bool,
	disable_grandpa: bool,
	prometheus: Option<PrometheusConfig>,
}

impl From<&Configuration> for Settings {
	fn from(config: &Configuration) -> Self {
		Self {
			role: config.role,
			node_name: config.network.node_name.clone(),
			force_authoring: config.force_authoring,
			disable_grandpa: config.disable_grandpa,
			prometheus: config.prometheus_config.clone(),
		}
	}
}

/// The running node, as far as consensus needs it.
pub struct Node<'a> {
	/// Options of the command line.
	pub settings: Settings,
	/// Where the tasks are spawned. The node ends when one of them does.
	pub task_manager: &'a TaskManager,
	/// Holds the session keys.
	pub keystore: &'a KeystoreContainer,
	/// Reads and executes.
	pub client: Arc<FullClient>,
	/// What is to go into blocks.
	pub transaction_pool: Arc<FullPool>,
	/// Where GRANDPA's messages go.
	pub network: Arc<dyn NetworkService>,
	/// Tells whether we are far behind; fetches blocks that votes speak of.
	pub sync_service: Arc<SyncingService<Block>>,
	/// Where to tell of what happens, if anywhere.
	pub telemetry: Option<TelemetryHandle>,
}

impl Node<'_> {
	/// Write a block in each slot that is ours; nothing on nodes that are no authority.
	pub fn start_aura(
		&self,
		select_chain: FullSelectChain,
		block_import: AuthorHook<BlockImport>,
	) -> Result<(), ServiceError> {
		if !self.settings.role.is_authority() {
			return Ok(());
		}
		let mut proposer_factory = ProposerFactory::new(
			self.task_manager.spawn_handle(),
			self.client.clone(),
			self.transaction_pool.clone(),
			self.settings.prometheus.as_ref().map(|config| &config.registry),
			self.telemetry.clone(),
		);
		proposer_factory.set_default_block_size_limit(BLOCK_SIZE_LIMIT);

		// Set at genesis and fixed for the chain's life, so reading it once is enough.
		let slot_duration = sc_consensus_aura::slot_duration::<AuraId, _, _>(&*self.client)?;
		let aura = sc_consensus_aura::start_aura::<AuraPair, _, _, _, _, _, _, _, _, _, _>(
			StartAuraParams {
				slot_duration,
				client: self.client.clone(),
				select_chain,
				block_import,
				proposer_factory,
				sync_oracle: self.sync_service.clone(),
				justification_sync_link: self.sync_service.clone(),
				create_inherent_data_providers: move |_, ()| async move {
					Ok(inherent_data(slot_duration))
				},
				force_authoring: self.settings.force_authoring,
				backoff_authoring_blocks: None::<()>,
				keystore: self.keystore.keystore(),
				block_proposal_slot_portion: SlotProportion::new(PROPOSAL_SHARE),
				max_block_proposal_slot_portion: None,
				telemetry: self.telemetry.clone(),
				compatibility_mode: Default::default(),
			},
		)?;
		self.task_manager.spawn_essential_handle().spawn_blocking(
			"aura",
			Some("block-authoring"),
			aura,
		);
		Ok(())
	}

	/// Vote on blocks if we are a voter, else follow the votes; nothing with `--no-grandpa`.
	pub fn start_grandpa(
		&self,
		link: GrandpaLink,
		protocol: GrandpaProtocol,
	) -> Result<(), ServiceError> {
		if self.settings.disable_grandpa {
			return Ok(());
		}
		let slot_duration = sc_consensus_aura::slot_duration::<AuraId, _, _>(&*self.client)?;
		let config = sc_consensus_grandpa::Config {
			gossip_duration: gossip_duration(slot_duration.as_duration()),
			justification_generation_period: JUSTIFICATION_PERIOD,
			observer_enabled: false,
			local_role: self.settings.role,
			name: Some(self.settings.node_name.clone()),
			// Without keys the voter only listens.
			keystore: self.settings.role.is_authority().then(|| self.keystore.keystore()),
			telemetry: self.telemetry.clone(),
			protocol_name: protocol.name,
		};
		let voter = sc_consensus_grandpa::run_grandpa_voter(GrandpaParams {
			config,
			link,
			network: self.network.clone(),
			sync: self.sync_service.clone(),
			notification_service: protocol.notifications,
			// The SDK's rules stay two blocks behind the best one, because elsewhere the last ones are
			// often abandoned. Here they are not: a slot has one author, and the tree takes his block to
			// everybody in a fraction of it. A voter who has the best block a moment before the others
			// costs nothing: what more than two thirds have in common becomes final, and the rest in the
			// next round. After an outage the remaining rule goes in steps, so that votes are for blocks
			// that those who still sync have, too.
			voting_rule: VotingRulesBuilder::new().add(ThreeQuartersOfTheUnfinalizedChain).build(),
			prometheus_registry: self
				.settings
				.prometheus
				.as_ref()
				.map(|config| config.registry.clone()),
			shared_voter_state: SharedVoterState::empty(),
			telemetry: self.telemetry.clone(),
			// Reports of voters that voted twice go in as transactions of this node.
			offchain_tx_pool_factory: OffchainTransactionPoolFactory::new(
				self.transaction_pool.clone(),
			),
		})?;
		self.task_manager.spawn_essential_handle().spawn_blocking("grandpa-voter", None, voter);
		Ok(())
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn a_slot_has_more_than_two_rounds_of_votes() {
		let round = |slot: u64| gossip_duration(Duration::from_millis(slot)).as_millis() * 4;
		assert_eq!(round(3_000), 1_332);
		// The bounds on both sides.
		assert_eq!(
			[round(500), round(1_800), round(9_000), round(13_500), round(60_000)],
			[800, 800, 4_000, 6_000, 6_000]
		);
	}
}
