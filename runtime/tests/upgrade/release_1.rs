//! Spec version 1 on its own Wasm, as it was released: blocks, extrinsics as its clients encoded
//! them, and its answers.

use crate::common::people::Id;
use codec::{Compact, Decode, Encode};
use pallet_market::{Demand, Supply};
use sc_executor::WasmExecutor;
use serde_json::Value;
use sp_consensus_aura::{Slot, AURA_ENGINE_ID};
use sp_core::{
	sr25519::Pair,
	traits::{CallContext, CodeExecutor, RuntimeCode, WrappedRuntimeCode},
	Pair as _,
};
use sp_runtime::{
	generic::{Digest, DigestItem, Era},
	traits::Header as _,
	ApplyExtrinsicResult, MultiAddress, MultiSignature,
};
use voltree_primitives::Balance;
use voltree_runtime::{AccountId, Hash, Header, Nonce, Runtime, RuntimeCall, System};

/// The compressed Wasm of the release.
const WASM: &[u8] = include_bytes!("../../releases/voltree-1.compact.compressed.wasm");

/// When the first block is made.
const FIRST_MOMENT: u64 = 1_800_000_000_000;

/// Spec and transaction version of the release.
const VERSIONS: (u32, u32) = (1, 1);

/// A chain that runs on the release's Wasm.
pub struct Release1 {
	pub state: sp_io::TestExternalities,
	executor: WasmExecutor,
	slot: u64,
	slot_duration: u64,
	parent: Header,
}

impl Release1 {
	/// A chain with the genesis of `preset`, as the release makes it.
	pub fn new(preset: &str) -> Self {
		let mut chain = Self {
			state: sp_io::TestExternalities::default(),
			executor: WasmExecutor::builder().build(),
			slot: 0,
			slot_duration: 0,
			parent: Header::new(
				0,
				Hash::default(),
				Hash::default(),
				Hash::default(),
				Digest::default(),
			),
		};
		let default: Value = chain.preset(None);
		let mut configuration = default;
		crate::common::merge(&mut configuration, chain.preset(Some(preset.into())));
		let json = serde_json::to_vec(&configuration).expect("it serialises");
		let built: Result<(), String> = chain.ask("GenesisBuilder_build_state", json);
		assert_eq!(built, Ok(()));
		chain.state.commit_all().expect("no transaction is open");

		chain.slot_duration = chain.ask("AuraApi_slot_duration", ());
		chain.slot = FIRST_MOMENT / chain.slot_duration;
		let root = *chain.state.as_backend().root();
		let none = Hash::default();
		chain.parent = Header::new(0, none, root, none, Digest::default());
		chain.open();
		chain
	}

	fn preset(&mut self, name: Option<String>) -> Value {
		let json: Option<Vec<u8>> = self.ask("GenesisBuilder_get_preset", name);
		serde_json::from_slice(&json.expect("the preset exists")).expect("it is JSON")
	}

	/// Call the release's runtime.
	pub fn ask<R: Decode>(&mut self, method: &str, arguments: impl Encode) -> R {
		let fetcher = WrappedRuntimeCode(WASM.into());
		let code = RuntimeCode { code_fetcher: &fetcher, heap_pages: None, hash: vec![1] };
		let data = arguments.encode();
		let mut ext = self.state.ext();
		let (answer, _) = self.executor.call(&mut ext, &code, method, &data, CallContext::Offchain);
		let answer = answer.unwrap_or_else(|error| panic!("{method}: {error}"));
		R::decode(&mut &answer[..]).expect("the answer decodes")
	}

	fn open(&mut self) {
		let author = DigestItem::PreRuntime(AURA_ENGINE_ID, Slot::from(self.slot).encode());
		let none = Hash::default();
		let header = Header::new(
			self.parent.number() + 1,
			none,
			none,
			self.parent.hash(),
			Digest { logs: vec![author] },
		);
		let _mode: sp_runtime::ExtrinsicInclusionMode = self.ask("Core_initialize_block", header);
		let set = pallet_timestamp::Call::<Runtime>::set { now: self.now() };
		let bare = (5u8, RuntimeCall::from(set)).encode();
		self.apply(bare);
	}

	/// Chain time of the open block.
	pub fn now(&self) -> u64 {
		self.slot * self.slot_duration
	}

	/// Finish the open block and begin the next.
	pub fn next(&mut self) {
		self.close();
		self.slot += 1;
		self.open();
	}

	/// Finish the open block. Returns its header and its slot.
	pub fn close(&mut self) -> (Header, u64) {
		self.parent = self.ask("BlockBuilder_finalize_block", ());
		self.state.commit_all().expect("no transaction is open");
		(self.parent.clone(), self.slot)
	}

	/// Go on to the first block not before `moment`.
	pub fn until(&mut self, moment: u64) {
		while self.now() < moment {
			self.next();
		}
	}

	fn apply(&mut self, extrinsic: Vec<u8>) {
		let result: ApplyExtrinsicResult = self.ask("BlockBuilder_apply_extrinsic", extrinsic);
		assert_eq!(result, Ok(Ok(())));
	}

	/// Let `who` sign `call`, given by its bytes, and put it into the open block.
	pub fn send(&mut self, who: &Pair, call: Vec<u8>) {
		let nonce: Nonce = self.state.execute_with(|| System::account_nonce(who.id()));
		let genesis = self.state.execute_with(|| System::block_hash(0));
		// What the extensions of the release say in an extrinsic, and what they leave unsaid.
		let explicit = (Era::Immortal, Compact(nonce), Compact::<Balance>(0), 0u8).encode();
		let implicit = (VERSIONS, genesis, genesis, None::<[u8; 32]>).encode();
		let payload = [call.clone(), explicit.clone(), implicit].concat();
		let signature = match payload.len() {
			0..=256 => who.sign(&payload),
			_ => who.sign(&sp_io::hashing::blake2_256(&payload)),
		};
		let address: MultiAddress<AccountId, ()> = who.id().into();
		let head = (0x84u8, address, MultiSignature::from(signature)).encode();
		self.apply([head, explicit, call].concat());
	}
}

/// `market.request` as the release's clients encoded it: nothing was said about meters of sellers.
pub fn request(demand: &Demand<AccountId>, key: &AccountId, funding: Balance) -> Vec<u8> {
	let Demand { slot, volume, lines, max_price, min_credit, meter, unmetered: _ } = demand;
	let asked = (slot, volume, lines, max_price, min_credit, meter);
	(44u8, 0u8, asked, key, Compact(funding)).encode()
}

/// `market.offer`.
pub fn offer(supply: &Supply<AccountId>) -> Vec<u8> {
	(44u8, 1u8, supply).encode()
}
