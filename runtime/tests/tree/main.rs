//! The data aggregators on the whole runtime: blocks of four of them, extrinsics as their nodes and
//! the authority send them.

#[path = "../common/mod.rs"]
mod common;
mod equivocations;
mod genesis;
mod members;
mod trust;

use codec::Encode;
use common::{
	people::{pair, Id},
	Chain,
};
use pallet_communication_tree::{
	types::Aggregator, Aggregators, NodeKey, PerMember, Place, Rating, Report, Snapshot,
};
use sp_core::{ed25519, proof_of_possession::ProofOfPossessionGenerator as _, sr25519, Pair as _};
use voltree_runtime::{
	opaque::SessionKeys, AccountId, CommunicationTree, Grandpa, Runtime, RuntimeEvent, Session,
};

pub type TreeCall = pallet_communication_tree::Call<Runtime>;
pub type TreeEvent = pallet_communication_tree::Event<Runtime>;
pub type TreeError = pallet_communication_tree::Error<Runtime>;

/// The four of the preset `local`.
pub const FOUR: [&str; 4] = ["//Alice", "//Bob", "//Charlie", "//Dave"];

/// A data aggregator by its seed. The four of the preset use their account's seed for everything; the
/// keys of the others are apart, as they should be, and have no money.
#[derive(Clone, Copy)]
pub struct Da(pub &'static str);

impl Da {
	pub fn id(self) -> AccountId {
		pair(self.0).id()
	}

	pub fn author(self) -> sr25519::Pair {
		match FOUR.contains(&self.0) {
			true => pair(self.0),
			false => pair(&format!("{}//aura", self.0)),
		}
	}

	pub fn voter(self) -> ed25519::Pair {
		let seed = match FOUR.contains(&self.0) {
			true => self.0.into(),
			false => format!("{}//gran", self.0),
		};
		ed25519::Pair::from_string(&seed, None).expect("a derivation path")
	}

	fn node(self) -> ed25519::Pair {
		ed25519::Pair::from_string(&format!("{}//node", self.0), None).expect("a derivation path")
	}

	pub fn node_key(self) -> NodeKey {
		self.node().public()
	}

	pub fn known(self) -> Option<Aggregator> {
		Aggregators::<Runtime>::get(self.id())
	}

	/// Set session keys as an operator does: with the proofs that the node made.
	pub fn set_keys(self, chain: &mut Chain) {
		let keys = SessionKeys {
			aura: self.author().public().into(),
			grandpa: self.voter().public().into(),
		};
		let owner = self.id().encode();
		let proof = (
			self.author().generate_proof_of_possession(&owner),
			self.voter().generate_proof_of_possession(&owner),
		);
		let proof = proof.encode();
		chain.ok(&pair(self.0), pallet_session::Call::<Runtime>::set_keys { keys, proof });
	}

	/// What the node signs.
	pub fn proof(self) -> ed25519::Signature {
		self.node().sign(&CommunicationTree::node_message(self.id()).encode())
	}

	/// The authority's call that admits it.
	pub fn admission(self) -> TreeCall {
		let (account, node, signature) = (self.id(), self.node_key(), self.proof());
		TreeCall::admit { account, node, signature, link: 3 }
	}
}

/// Go on to the first block of the next session that has room for extrinsics.
pub fn next_session(chain: &mut Chain) {
	let session = Session::current_index();
	while Session::current_index() == session {
		chain.next();
	}
	chain.next();
}

/// Go on to the next session; the slots of `dead` stay empty.
pub fn next_session_without(chain: &mut Chain, dead: &[Da]) {
	let dead: Vec<_> = dead.iter().map(|da| da.id()).collect();
	let session = Session::current_index();
	while Session::current_index() == session {
		let now = u64::from(pallet_aura::CurrentSlot::<Runtime>::get());
		let alive =
			|slot: u64| !dead.contains(&CommunicationTree::author_of(slot).expect("an author"));
		let empty = (0..).find(|empty| alive(now + 1 + empty)).expect("somebody is alive");
		chain.skip(empty);
	}
	chain.next();
}

/// A report of the member at `reporter` about the last session: all others forwarded all of ten
/// blocks, but `bad` none.
pub fn report(reporter: Place, bad: &[Place]) -> Report {
	let members = newest().members.len() as Place;
	let ratings = (0..members).filter(|parent| *parent != reporter).map(|parent| Rating {
		parent,
		assigned: 10,
		on_time: if bad.contains(&parent) { 0 } else { 10 },
	});
	Report {
		session: Session::current_index() - 1,
		reporter,
		ratings: PerMember::truncate_from(ratings.collect()),
		overheads: PerMember::default(),
	}
}

pub fn newest() -> Snapshot<AccountId> {
	CommunicationTree::newest().expect("a session runs")
}

/// The accounts of the authors, in the order of their turns.
pub fn authors() -> Vec<AccountId> {
	CommunicationTree::authors()
}

/// GRANDPA's voters, by their keys.
pub fn votes(da: Da) -> bool {
	let key = da.voter().public().into();
	Grandpa::grandpa_authorities().into_iter().any(|(voter, _)| voter == key)
}

/// Events of the communication tree in the whole chain.
pub fn tree_events(chain: &Chain) -> Vec<TreeEvent> {
	let tree = |event| match event {
		RuntimeEvent::CommunicationTree(event) => Some(event),
		_ => None,
	};
	chain.all_events().into_iter().filter_map(tree).collect()
}
