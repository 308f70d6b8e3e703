//! A chain to test the whole runtime on: the genesis of a preset, blocks made as a data aggregator
//! makes them, extrinsics signed as a client signs them. Nothing is called behind the runtime's
//! back: chain time, fees, nonces and free reports are what they are on a node.

#![allow(dead_code, reason = "each test file uses its own part of this")]

pub mod people;
pub mod refusals;
pub mod scene;

use codec::{Decode, Encode};
use frame_support::{
	genesis_builder_helper::build_state,
	storage::{with_transaction_unchecked, TransactionOutcome},
};
use pallet_sensor_oracle::Class;
use people::Id;
use serde_json::Value;
use sp_consensus_aura::{Slot, AURA_ENGINE_ID};
use sp_core::{sr25519::Pair, Pair as _};
use sp_runtime::{
	generic::{Digest, DigestItem, Era, SignedPayload},
	traits::{Block as _, Dispatchable, Header as _},
	transaction_validity::{TransactionSource, TransactionValidity},
	ApplyExtrinsicResult, DispatchResult, DispatchResultWithInfo,
};
use std::collections::BTreeMap;
use voltree_primitives::{Balance, Clock, Moment};
use voltree_runtime::{
	genesis, invariants, AccountId, Block, CommunicationTree, Executive, Hash, Header, Nonce,
	Runtime, RuntimeCall, RuntimeEvent, RuntimeGenesisConfig, RuntimeOrigin, System, TxExtension,
	UncheckedExtrinsic, VERSION,
};

pub type BalancesCall = pallet_balances::Call<Runtime>;
pub type MarketCall = pallet_market::Call<Runtime>;
pub type OracleCall = pallet_sensor_oracle::Call<Runtime>;
pub type RegistryCall = pallet_registry::Call<Runtime>;
pub type WalletCall = pallet_shared_wallet::Call<Runtime>;

/// When the first block is made: some quarter hour of the year 2027.
const FIRST_MOMENT: Moment = 1_800_000_000_000;

/// The full genesis configuration of a preset, as a node makes it: the preset patches the default.
pub fn configuration(preset: &str) -> Value {
	let patch = genesis::preset(&preset.into()).expect("the preset exists");
	let mut full = serde_json::to_value(RuntimeGenesisConfig::default()).expect("it serialises");
	merge(&mut full, serde_json::from_slice(&patch).expect("the preset is JSON"));
	full
}

/// Put `patch` into a JSON value, key by key.
pub fn merge(into: &mut Value, patch: Value) {
	match (into, patch) {
		(Value::Object(into), Value::Object(patch)) => {
			for (key, value) in patch {
				merge(into.entry(key).or_insert(Value::Null), value);
			}
		}
		(into, patch) => *into = patch,
	}
}

/// The state of a preset's genesis block.
pub fn genesis_state(preset: &str) -> sp_io::TestExternalities {
	let mut state = sp_io::TestExternalities::default();
	let json = serde_json::to_vec(&configuration(preset)).expect("it serialises");
	state.execute_with(|| build_state::<RuntimeGenesisConfig>(json).expect("the preset builds"));
	state.commit_all().expect("no transaction is open");
	state
}

/// Run `test` on a chain with the genesis of `preset`.
pub fn on<R>(preset: &str, test: impl FnOnce(&mut Chain) -> R) -> R {
	genesis_state(preset).execute_with(|| {
		let mut chain = Chain::start();
		let result = test(&mut chain);
		chain.close();
		result
	})
}

/// A chain whose newest block is open: extrinsics can be applied to it.
pub struct Chain {
	/// Everything that has happened in the blocks before the open one.
	pub events: Vec<RuntimeEvent>,
	/// The blocks before the open one.
	pub blocks: Vec<Block>,
	/// What all sensors report, each once in a report period; nothing if `None`.
	pub weather: Option<Class>,
	/// After how many blocks the invariants are checked; 1, but for tests with much state.
	pub checked_every: u32,
	slot: u64,
	parent: Header,
	extrinsics: Vec<UncheckedExtrinsic>,
	/// Last register of each meter: what it has exported.
	pub(crate) exported: BTreeMap<AccountId, u64>,
	last_weather: Moment,
}

impl Chain {
	fn start() -> Self {
		let root = sp_io::storage::root(VERSION.state_version());
		let root = Hash::decode(&mut &root[..]).expect("a root is a hash");
		let none = Hash::default();
		let parent = Header::new(0, none, root, none, Digest::default());
		Self::resume(parent, FIRST_MOMENT / CommunicationTree::slot_duration())
	}

	/// Go on where another chain stopped: after `parent`, with the block of `slot`.
	pub fn resume(parent: Header, slot: u64) -> Self {
		let mut chain = Self {
			events: Vec::new(),
			blocks: Vec::new(),
			weather: None,
			checked_every: 1,
			slot,
			parent,
			extrinsics: Vec::new(),
			exported: BTreeMap::new(),
			last_weather: 0,
		};
		chain.open();
		chain
	}

	fn open(&mut self) {
		let number = self.parent.number().saturating_add(1);
		let author = DigestItem::PreRuntime(AURA_ENGINE_ID, Slot::from(self.slot).encode());
		let digest = Digest { logs: vec![author] };
		let none = Hash::default();
		let header = Header::new(number, none, none, self.parent.hash(), digest);
		let _mode = Executive::initialize_block(&header);
		let now = self.slot.saturating_mul(CommunicationTree::slot_duration());
		let stamp = pallet_timestamp::Call::<Runtime>::set { now };
		let inherent = UncheckedExtrinsic::new_bare(stamp.into());
		assert_eq!(self.apply(inherent), Ok(Ok(())), "the timestamp is accepted");
		self.report_weather();
	}

	/// End the open block, as far as it goes: it can be read from, but takes nothing more.
	pub fn close(&mut self) {
		self.events.extend(self.block_events());
		let header = Executive::finalize_block();
		if header.number().is_multiple_of(self.checked_every) {
			if let Err(broken) = invariants::check() {
				panic!("block {}: {broken:?}", header.number());
			}
		}
		let extrinsics = std::mem::take(&mut self.extrinsics);
		self.blocks.push(Block::new(header.clone(), extrinsics));
		self.parent = header;
	}

	/// What has happened in the open block so far.
	pub fn block_events(&self) -> Vec<RuntimeEvent> {
		System::read_events_no_consensus().map(|record| record.event).collect()
	}

	/// Go on to the block of the next slot.
	pub fn next(&mut self) {
		self.skip(0);
	}

	/// Go on to the block after `slots` slots that stay empty.
	pub fn skip(&mut self, slots: u64) {
		self.close();
		self.slot = self.slot.saturating_add(1).saturating_add(slots);
		self.open();
	}

	/// Go on, block after block, to the first one not before `moment`.
	pub fn until(&mut self, moment: Moment) {
		while self.now() < moment {
			self.next();
		}
	}

	/// Go on, block after block, to the first one in which the deadline `moment` has passed.
	pub fn past(&mut self, moment: Moment) {
		self.until(moment.saturating_add(1));
	}

	/// Go on to the next block if this one has taken half of what users may have.
	pub fn next_if_full(&mut self) {
		let used = *System::block_weight().get(frame_support::dispatch::DispatchClass::Normal);
		let most = <Runtime as frame_system::Config>::BlockWeights::get().max_block;
		if used.ref_time() > most.ref_time() / 3 {
			self.next();
		}
	}

	/// Chain time of the open block.
	pub fn now(&self) -> Moment {
		CommunicationTree::now()
	}

	/// Apply an extrinsic as a block's author does: what is not valid leaves no trace.
	pub fn apply(&mut self, extrinsic: UncheckedExtrinsic) -> ApplyExtrinsicResult {
		let result =
			with_transaction_unchecked(|| match Executive::apply_extrinsic(extrinsic.clone()) {
				Ok(outcome) => TransactionOutcome::Commit(Ok(outcome)),
				Err(invalid) => TransactionOutcome::Rollback(Err(invalid)),
			});
		if result.is_ok() {
			self.extrinsics.push(extrinsic);
		}
		result
	}

	/// Let `who` sign `call` and put it into the open block.
	pub fn send(&mut self, who: &Pair, call: impl Into<RuntimeCall>) -> DispatchResult {
		let call = call.into();
		let result = self.apply(sign(who, call.clone(), 0));
		result.unwrap_or_else(|invalid| panic!("{invalid:?} from {} for {call:?}", who.id()))
	}

	/// [`Self::send`] what has to succeed.
	pub fn ok(&mut self, who: &Pair, call: impl Into<RuntimeCall>) {
		let call = call.into();
		let result = self.send(who, call.clone());
		assert_eq!(result, Ok(()), "{} sent {call:?}", who.id());
	}

	/// What the transaction pool of a node at the newest closed block says. Closes the open block
	/// for that, and goes on to the next one.
	pub fn pool(&mut self, extrinsics: Vec<UncheckedExtrinsic>) -> Vec<TransactionValidity> {
		self.close();
		let at = self.parent.hash();
		let answers = extrinsics
			.into_iter()
			.map(|extrinsic| {
				with_transaction_unchecked(|| {
					let source = TransactionSource::External;
					let answer = Executive::validate_transaction(source, extrinsic, at);
					TransactionOutcome::Rollback(answer)
				})
			})
			.collect();
		self.slot = self.slot.saturating_add(1);
		self.open();
		answers
	}

	/// Decide `call` as the authority: two of its three members for it.
	pub fn decide(&mut self, call: impl Into<RuntimeCall>) {
		let call: RuntimeCall = call.into();
		let [alice, bob] = ["//Alice", "//Bob"].map(people::pair);
		let hash = <sp_runtime::traits::BlakeTwo256 as sp_runtime::traits::Hash>::hash_of(&call);
		let length_bound = u32::try_from(call.encoded_size()).expect("a call is short");
		let index =
			pallet_collective::ProposalCount::<Runtime, pallet_collective::Instance1>::get();
		let proposal = Box::new(call.clone());
		type Motion = pallet_collective::Call<Runtime, pallet_collective::Instance1>;
		self.ok(&alice, Motion::propose { threshold: 2, proposal, length_bound });
		for member in [&alice, &bob] {
			self.ok(member, Motion::vote { proposal: hash, index, approve: true });
		}
		let proposal_weight_bound =
			frame_support::dispatch::GetDispatchInfo::get_dispatch_info(&call).call_weight;
		let close =
			Motion::close { proposal_hash: hash, index, proposal_weight_bound, length_bound };
		self.ok(&bob, close);
		let done = self.block_events().into_iter().any(|event| {
			matches!(
				event,
				RuntimeEvent::Authority(pallet_collective::Event::Executed {
					proposal_hash,
					result: Ok(()),
				}) if proposal_hash == hash
			)
		});
		assert!(done, "the authority's decision takes effect: {call:?}");
	}

	/// All events of the chain, those of the open block included.
	pub fn all_events(&self) -> Vec<RuntimeEvent> {
		let mut events = self.events.clone();
		events.extend(self.block_events());
		events
	}

	/// The market's events of the whole chain.
	pub fn market_events(&self) -> Vec<pallet_market::Event<Runtime>> {
		let market = |event| match event {
			RuntimeEvent::Market(event) => Some(event),
			_ => None,
		};
		self.all_events().into_iter().filter_map(market).collect()
	}

	/// Fees that `who` has paid so far.
	pub fn fees_of(&self, who: &Pair) -> Balance {
		self.fees().into_iter().filter(|(payer, _)| *payer == who.id()).map(|(_, fee)| fee).sum()
	}

	/// All fees paid so far, by payer.
	pub fn fees(&self) -> Vec<(AccountId, Balance)> {
		let paid = |event| match event {
			RuntimeEvent::TransactionPayment(
				pallet_transaction_payment::Event::TransactionFeePaid { who, actual_fee, .. },
			) => Some((who, actual_fee)),
			_ => None,
		};
		self.all_events().into_iter().filter_map(paid).collect()
	}
}

/// A chain whose state is written away after each block: for tests with much of it.
pub struct Stored {
	state: sp_io::TestExternalities,
	chain: Chain,
}

impl Stored {
	/// A chain with the genesis of `preset` and one empty block.
	pub fn new(preset: &str) -> Self {
		let mut state = genesis_state(preset);
		let chain = state.execute_with(|| {
			let mut chain = Chain::start();
			chain.close();
			chain
		});
		state.commit_all().expect("no transaction is open");
		Self { state, chain }
	}

	/// Look at the state, change nothing.
	pub fn look<R>(&mut self, read: impl FnOnce() -> R) -> R {
		self.state.execute_with(read)
	}

	/// Make the next block, with what `fill` puts into it.
	pub fn block<R>(&mut self, fill: impl FnOnce(&mut Chain) -> R) -> R {
		let Self { state, chain } = self;
		let result = state.execute_with(|| {
			chain.slot = chain.slot.saturating_add(1);
			chain.open();
			let result = fill(chain);
			chain.close();
			result
		});
		state.commit_all().expect("no transaction is open");
		result
	}
}

/// An extrinsic with `call`, signed by `who` with the account's next nonce.
pub fn sign(who: &Pair, call: impl Into<RuntimeCall>, tip: Balance) -> UncheckedExtrinsic {
	sign_with(who, call, tip, System::account_nonce(who.id()))
}

/// An extrinsic with `call`, signed by `who` as its extrinsic number `nonce`.
pub fn sign_with(
	who: &Pair,
	call: impl Into<RuntimeCall>,
	tip: Balance,
	nonce: Nonce,
) -> UncheckedExtrinsic {
	let extension = extension(tip, nonce);
	let payload =
		SignedPayload::new(call.into(), extension.clone()).expect("no metadata hash is asked for");
	let signature = payload.using_encoded(|bytes| who.sign(bytes));
	let (call, ..) = payload.deconstruct();
	UncheckedExtrinsic::new_signed(call, who.id().into(), signature.into(), extension)
}

/// An extrinsic with `call` that nobody sends; of equals, `variant` makes another.
pub fn without_sender(call: impl Into<RuntimeCall>, variant: Nonce) -> UncheckedExtrinsic {
	UncheckedExtrinsic::new_transaction(call.into(), extension(0, variant))
}

/// What an extrinsic brings along.
fn extension(tip: Balance, nonce: Nonce) -> TxExtension {
	(
		frame_system::CheckNonZeroSender::new(),
		frame_system::CheckSpecVersion::new(),
		frame_system::CheckTxVersion::new(),
		frame_system::CheckGenesis::new(),
		frame_system::CheckEra::from(Era::Immortal),
		frame_system::CheckNonce::from(nonce),
		frame_system::CheckWeight::new(),
		frame_system::AuthorizeCall::new(),
		pallet_blacklist::CheckStanding::new(),
		pallet_transaction_payment::ChargeTransactionPayment::from(tip).into(),
		frame_metadata_hash_extension::CheckMetadataHash::new(false),
	)
}

/// Dispatch `call` from an origin that no extrinsic can have, such as root.
pub fn dispatch(
	origin: RuntimeOrigin,
	call: impl Into<RuntimeCall>,
) -> DispatchResultWithInfo<frame_support::dispatch::PostDispatchInfo> {
	call.into().dispatch(origin)
}

/// All keys and values of the state.
pub fn state() -> BTreeMap<Vec<u8>, Vec<u8>> {
	let mut pairs = BTreeMap::new();
	let mut key = Vec::new();
	while let Some(next) = sp_io::storage::next_key(&key) {
		let value = frame_support::storage::unhashed::get_raw(&next).unwrap_or_default();
		pairs.insert(next.clone(), value);
		key = next;
	}
	pairs
}
