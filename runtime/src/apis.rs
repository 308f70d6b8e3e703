//! What the node and clients may ask the runtime.

use crate::{
	opaque::SessionKeys, AccountId, Aura, Balance, Blacklist, Block, CommunicationTree,
	Credibility, Executive, Grandpa, Hash, InherentDataExt, Market, Nonce, Registry, Runtime,
	RuntimeCall, RuntimeGenesisConfig, SensorOracle, SharedWallet, Signature, System,
	TransactionPayment, VERSION,
};
use alloc::vec::Vec;
use codec::Encode;
use frame_support::{
	genesis_builder_helper::{build_state, get_preset},
	weights::Weight,
};
use pallet_blacklist::types::{AccountStanding, Entry};
use pallet_communication_tree::{
	runtime_api::{BlockTree, Frozen},
	Aggregator,
};
use pallet_credibility::types::Score;
use pallet_grandpa::AuthorityId as GrandpaId;
use pallet_market::{
	runtime_api::Awaiting, DeliverySlot, Offer, Quotes, Request, RequestState, Trade,
};
use pallet_registry::types::{Certificate, Device};
use pallet_sensor_oracle::{
	HourRoot, LineState, LineView, Models, Register, RegisterReading, RegisterReadings,
	SensorReport, SensorView, SeriesRoot,
};
use pallet_shared_wallet::{CapitalFlow, SignedToken};
use pallet_transaction_payment_rpc_runtime_api::{FeeDetails, RuntimeDispatchInfo};
use sp_api::impl_runtime_apis;
use sp_consensus_aura::sr25519::AuthorityId as AuraId;
use sp_core::{crypto::KeyTypeId, OpaqueMetadata};
use sp_runtime::{
	traits::{Block as BlockT, NumberFor},
	transaction_validity::{TransactionSource, TransactionValidity},
	ApplyExtrinsicResult,
};
use sp_session::OpaqueGeneratedSessionKeys;
use sp_version::RuntimeVersion;
use voltree_primitives::{
	Clock, IdentityTag, LineId, Message, Moment, OfferId, Price, RequestId, Terms, Token, TradeId,
	WattHours,
};

impl_runtime_apis! {
	impl sp_api::Core<Block> for Runtime {
		fn version() -> RuntimeVersion {
			VERSION
		}

		fn execute_block(block: <Block as BlockT>::LazyBlock) {
			Executive::execute_block(block)
		}

		fn initialize_block(
			header: &<Block as BlockT>::Header,
		) -> sp_runtime::ExtrinsicInclusionMode {
			Executive::initialize_block(header)
		}
	}

	impl sp_api::Metadata<Block> for Runtime {
		fn metadata() -> OpaqueMetadata {
			OpaqueMetadata::new(Runtime::metadata().into())
		}

		fn metadata_at_version(version: u32) -> Option<OpaqueMetadata> {
			Runtime::metadata_at_version(version)
		}

		fn metadata_versions() -> Vec<u32> {
			Runtime::metadata_versions()
		}
	}

	impl sp_block_builder::BlockBuilder<Block> for Runtime {
		fn apply_extrinsic(extrinsic: <Block as BlockT>::Extrinsic) -> ApplyExtrinsicResult {
			Executive::apply_extrinsic(extrinsic)
		}

		fn finalize_block() -> <Block as BlockT>::Header {
			Executive::finalize_block()
		}

		fn inherent_extrinsics(
			data: sp_inherents::InherentData,
		) -> Vec<<Block as BlockT>::Extrinsic> {
			data.create_extrinsics()
		}

		fn check_inherents(
			block: <Block as BlockT>::LazyBlock,
			data: sp_inherents::InherentData,
		) -> sp_inherents::CheckInherentsResult {
			data.check_extrinsics(&block)
		}
	}

	impl sp_transaction_pool::runtime_api::TaggedTransactionQueue<Block> for Runtime {
		fn validate_transaction(
			source: TransactionSource,
			tx: <Block as BlockT>::Extrinsic,
			block_hash: <Block as BlockT>::Hash,
		) -> TransactionValidity {
			Executive::validate_transaction(source, tx, block_hash)
		}
	}

	impl sp_offchain::OffchainWorkerApi<Block> for Runtime {
		fn offchain_worker(header: &<Block as BlockT>::Header) {
			Executive::offchain_worker(header)
		}
	}

	impl sp_consensus_aura::AuraApi<Block, AuraId> for Runtime {
		fn slot_duration() -> sp_consensus_aura::SlotDuration {
			sp_consensus_aura::SlotDuration::from_millis(Aura::slot_duration())
		}

		fn authorities() -> Vec<AuraId> {
			pallet_aura::Authorities::<Runtime>::get().into_inner()
		}
	}

	impl sp_session::SessionKeys<Block> for Runtime {
		fn generate_session_keys(
			owner: Vec<u8>,
			seed: Option<Vec<u8>>,
		) -> OpaqueGeneratedSessionKeys {
			SessionKeys::generate(&owner, seed).into()
		}

		fn decode_session_keys(encoded: Vec<u8>) -> Option<Vec<(Vec<u8>, KeyTypeId)>> {
			SessionKeys::decode_into_raw_public_keys(&encoded)
		}
	}

	impl sp_consensus_grandpa::GrandpaApi<Block> for Runtime {
		fn grandpa_authorities() -> sp_consensus_grandpa::AuthorityList {
			Grandpa::grandpa_authorities()
		}

		fn current_set_id() -> sp_consensus_grandpa::SetId {
			Grandpa::current_set_id()
		}

		fn submit_report_equivocation_unsigned_extrinsic(
			proof: sp_consensus_grandpa::EquivocationProof<
				<Block as BlockT>::Hash,
				NumberFor<Block>,
			>,
			owner: sp_consensus_grandpa::OpaqueKeyOwnershipProof,
		) -> Option<()> {
			Grandpa::submit_unsigned_equivocation_report(proof, owner.decode()?)
		}

		fn generate_key_ownership_proof(
			set: sp_consensus_grandpa::SetId,
			voter: GrandpaId,
		) -> Option<sp_consensus_grandpa::OpaqueKeyOwnershipProof> {
			let session = Grandpa::session_for_set(set)?;
			let proof = CommunicationTree::prove_voter(session, &voter)?;
			Some(sp_consensus_grandpa::OpaqueKeyOwnershipProof::new(proof.encode()))
		}
	}

	impl pallet_communication_tree::runtime_api::CommunicationTreeApi<Block, AccountId>
		for Runtime
	{
		fn snapshot() -> Option<Frozen<AccountId>> {
			CommunicationTree::newest_frozen()
		}

		fn snapshot_hash() -> Hash {
			pallet_communication_tree::SnapshotHash::<Runtime>::get()
		}

		fn aggregators() -> Vec<(AccountId, Aggregator)> {
			CommunicationTree::aggregators()
		}

		fn sequence() -> Vec<AccountId> {
			CommunicationTree::sequence()
		}

		fn authors() -> Vec<AccountId> {
			CommunicationTree::authors()
		}

		fn author(slot: u64) -> Option<AccountId> {
			CommunicationTree::author_of(slot)
		}

		fn tree(author: AccountId, number: u32, bytes: u32) -> Option<BlockTree<AccountId>> {
			CommunicationTree::tree_of(&author, number, bytes)
		}

		fn rules() -> (u32, pallet_communication_tree::Rules) {
			CommunicationTree::numbered_rules()
		}

		fn node_message(account: AccountId) -> Message<AccountId> {
			CommunicationTree::node_message(account)
		}
	}

	impl frame_system_rpc_runtime_api::AccountNonceApi<Block, AccountId, Nonce> for Runtime {
		fn account_nonce(account: AccountId) -> Nonce {
			System::account_nonce(account)
		}
	}

	impl pallet_transaction_payment_rpc_runtime_api::TransactionPaymentApi<Block, Balance>
		for Runtime
	{
		fn query_info(
			uxt: <Block as BlockT>::Extrinsic,
			len: u32,
		) -> RuntimeDispatchInfo<Balance> {
			TransactionPayment::query_info(uxt, len)
		}

		fn query_fee_details(uxt: <Block as BlockT>::Extrinsic, len: u32) -> FeeDetails<Balance> {
			TransactionPayment::query_fee_details(uxt, len)
		}

		fn query_weight_to_fee(weight: Weight) -> Balance {
			TransactionPayment::weight_to_fee(weight)
		}

		fn query_length_to_fee(length: u32) -> Balance {
			TransactionPayment::length_to_fee(length)
		}
	}

	impl pallet_transaction_payment_rpc_runtime_api::TransactionPaymentCallApi<
		Block,
		Balance,
		RuntimeCall,
	> for Runtime
	{
		fn query_call_info(call: RuntimeCall, len: u32) -> RuntimeDispatchInfo<Balance> {
			TransactionPayment::query_call_info(call, len)
		}

		fn query_call_fee_details(call: RuntimeCall, len: u32) -> FeeDetails<Balance> {
			TransactionPayment::query_call_fee_details(call, len)
		}

		fn query_weight_to_fee(weight: Weight) -> Balance {
			TransactionPayment::weight_to_fee(weight)
		}

		fn query_length_to_fee(length: u32) -> Balance {
			TransactionPayment::length_to_fee(length)
		}
	}

	impl pallet_registry::runtime_api::RegistryApi<Block, AccountId> for Runtime {
		fn certificate(account: AccountId) -> Option<Certificate> {
			pallet_registry::Certificates::<Runtime>::get(account)
		}

		fn service_keys() -> Vec<AccountId> {
			<Registry as voltree_primitives::Directory<AccountId>>::service_keys()
		}

		fn tag_of(account: AccountId) -> Option<IdentityTag> {
			<Registry as voltree_primitives::Directory<AccountId>>::tag_of(&account)
		}

		fn wallets(account: AccountId) -> Vec<AccountId> {
			Registry::wallets_of(&account)
		}

		fn devices_on(line: LineId) -> Vec<(AccountId, Device)> {
			Registry::devices_on(line)
		}

		fn applications(
			after: Option<AccountId>,
			limit: u32,
		) -> Vec<(AccountId, pallet_registry::Application)> {
			Registry::applications(after, limit)
		}

		fn consent_message(
			account: AccountId,
			tag: IdentityTag,
		) -> Message<(AccountId, IdentityTag)> {
			Registry::consent_message(&account, &tag)
		}

		fn link_message(
			owner: AccountId,
			wallet: AccountId,
		) -> Message<(AccountId, AccountId, u32)> {
			Registry::link_message(&owner, &wallet)
		}

		fn device_message(
			device: AccountId,
			owner: AccountId,
		) -> Message<(AccountId, AccountId)> {
			Registry::device_message(&device, &owner)
		}
	}

	impl pallet_credibility::runtime_api::CredibilityApi<Block> for Runtime {
		fn score(tag: IdentityTag) -> Option<Score> {
			pallet_credibility::Scores::<Runtime>::get(tag)
		}
	}

	impl pallet_blacklist::runtime_api::BlacklistApi<Block, AccountId> for Runtime {
		fn entry(tag: IdentityTag) -> Option<Entry> {
			pallet_blacklist::Entries::<Runtime>::get(tag)
		}

		fn standing(account: AccountId) -> AccountStanding {
			Blacklist::standing(&account)
		}
	}

	impl pallet_shared_wallet::runtime_api::SharedWalletApi<Block, AccountId, Signature>
		for Runtime
	{
		fn wallet(id: RequestId) -> Option<pallet_shared_wallet::SharedWallet<AccountId, Signature>> {
			pallet_shared_wallet::Wallets::<Runtime>::get(id)
		}

		fn token(id: RequestId) -> Option<SignedToken<AccountId, Signature>> {
			SharedWallet::token_of(id)
		}

		fn outdated_tokens(
			after: Option<RequestId>,
			limit: u32,
		) -> (Vec<RequestId>, Option<RequestId>) {
			let (mut outdated, next) = SharedWallet::outdated_tokens(after, limit);
			// A wallet whose request takes no more fills has nothing left to pay.
			outdated.retain(|id| {
				pallet_market::Requests::<Runtime>::get(id).is_some_and(|request| {
					matches!(request.state, RequestState::Responded { .. })
				})
			});
			(outdated, next)
		}

		fn capital_flow(who: AccountId) -> Vec<(AccountId, CapitalFlow)> {
			let mut accounts = Registry::wallets_of(&who);
			accounts.insert(0, who);
			accounts
				.into_iter()
				.map(|account| {
					let flow = pallet_shared_wallet::Flows::<Runtime>::get(&account);
					(account, flow)
				})
				.collect()
		}
	}

	impl pallet_market::runtime_api::MarketApi<Block, AccountId> for Runtime {
		fn now() -> Moment {
			CommunicationTree::now()
		}

		fn next_slot() -> DeliverySlot {
			Market::next_slot()
		}

		fn request(id: RequestId) -> Option<Request<AccountId>> {
			Market::open_request(id)
		}

		fn offer(id: OfferId) -> Option<Offer<AccountId>> {
			pallet_market::Offers::<Runtime>::get(id)
		}

		fn trade(id: TradeId) -> Option<Trade<AccountId>> {
			Market::unsettled_trade(id)
		}

		fn offers(slot: Moment, line: LineId) -> Vec<(OfferId, Offer<AccountId>)> {
			Market::offers_of(slot, line)
		}

		fn quotes(request: RequestId) -> Option<Quotes<AccountId>> {
			pallet_market::Requests::<Runtime>::get(request)
				.map(|request| Market::quotes_of(&request))
		}

		fn token_to_sign(request: RequestId) -> Option<Token<AccountId>> {
			let asked = pallet_market::Requests::<Runtime>::get(request)?;
			let (pay_by, valid_until) = Market::terms_of(&asked);
			SharedWallet::token_to_sign(request, asked.volume, pay_by, valid_until)
		}

		fn awaiting_response(after: Option<RequestId>, limit: u32) -> Awaiting {
			Market::awaiting_response(after, limit)
		}

		fn trades_of(who: AccountId) -> Vec<(TradeId, Trade<AccountId>)> {
			Market::trades_of(&who)
		}

		fn exposure(who: AccountId) -> Option<(WattHours, WattHours)> {
			Market::exposure_of(&who)
		}

		fn grid_price(line: LineId, slot: Moment) -> Option<Price> {
			Market::grid_price(line, slot)
		}

		fn rules() -> (u32, pallet_market::Parameters, Terms) {
			let (version, parameters) = Market::rules();
			(version, parameters, <Credibility as voltree_primitives::Credibility>::terms())
		}
	}

	impl pallet_sensor_oracle::runtime_api::SensorOracleApi<Block, AccountId> for Runtime {
		fn line(line: LineId, without: Vec<IdentityTag>) -> LineView<AccountId> {
			SensorOracle::line_view(line, &without)
		}

		fn line_state(line: LineId) -> Option<(LineState, bool)> {
			SensorOracle::line_state(line)
		}

		fn sensor(sensor: AccountId) -> Option<SensorView<AccountId>> {
			SensorOracle::sensor_view(&sensor)
		}

		fn models() -> Models {
			SensorOracle::models()
		}

		fn series(device: AccountId) -> Vec<HourRoot> {
			SensorOracle::series_of(&device)
		}

		fn registers(meter: AccountId) -> Vec<Register> {
			SensorOracle::registers_of(&meter)
		}

		fn report_message(
			report: SensorReport<AccountId>,
		) -> Message<SensorReport<AccountId>> {
			SensorOracle::report_message(report)
		}

		fn register_message(
			reading: RegisterReading<AccountId>,
		) -> Message<RegisterReading<AccountId>> {
			SensorOracle::register_message(reading)
		}

		fn registers_message(
			readings: RegisterReadings<AccountId>,
		) -> Message<RegisterReadings<AccountId>> {
			SensorOracle::registers_message(readings)
		}

		fn series_message(series: SeriesRoot<AccountId>) -> Message<SeriesRoot<AccountId>> {
			SensorOracle::series_message(series)
		}
	}

	impl sp_genesis_builder::GenesisBuilder<Block> for Runtime {
		fn build_state(config: Vec<u8>) -> sp_genesis_builder::Result {
			build_state::<RuntimeGenesisConfig>(config)
		}

		fn get_preset(id: &Option<sp_genesis_builder::PresetId>) -> Option<Vec<u8>> {
			get_preset::<RuntimeGenesisConfig>(id, crate::genesis::preset)
		}

		fn preset_names() -> Vec<sp_genesis_builder::PresetId> {
			crate::genesis::NAMES.iter().map(|name| (*name).into()).collect()
		}
	}

	#[cfg(feature = "runtime-benchmarks")]
	impl frame_benchmarking::Benchmark<Block> for Runtime {
		fn benchmark_metadata(
			extra: bool,
		) -> (Vec<frame_benchmarking::BenchmarkList>, Vec<frame_support::traits::StorageInfo>) {
			crate::benchmarks::metadata(extra)
		}

		fn dispatch_benchmark(
			config: frame_benchmarking::BenchmarkConfig,
		) -> Result<Vec<frame_benchmarking::BenchmarkBatch>, alloc::string::String> {
			crate::benchmarks::dispatch(config)
		}
	}

	#[cfg(feature = "try-runtime")]
	impl frame_try_runtime::TryRuntime<Block> for Runtime {
		fn on_runtime_upgrade(checks: frame_try_runtime::UpgradeCheckSelect) -> (Weight, Weight) {
			let weight = Executive::try_runtime_upgrade(checks).expect("the upgrade's checks hold");
			(weight, crate::configs::system::RuntimeBlockWeights::get().max_block)
		}

		fn execute_block(
			block: <Block as BlockT>::LazyBlock,
			state_root_check: bool,
			signature_check: bool,
			select: frame_try_runtime::TryStateSelect,
		) -> Weight {
			Executive::try_execute_block(block, state_root_check, signature_check, select)
				.expect("the block's checks hold")
		}
	}
}
