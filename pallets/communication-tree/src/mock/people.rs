//! Who takes part in the tests: data aggregators by number, with all their keys.

use super::{AccountId, Balances, Header, RuntimeOrigin, Session, SessionKeys, Test, Tree};
use crate::{Founder, NodeKey, Slot};
use codec::Encode;
use sp_consensus_aura::{digests::CompatibleDigestItem, sr25519::AuthoritySignature};
use sp_core::{ed25519, proof_of_possession::ProofOfPossessionGenerator as _, sr25519, Pair, H256};
use sp_runtime::{traits::Header as _, Digest, DigestItem, DispatchResult};

/// A data aggregator by number, with all its keys.
pub struct Da(pub u8);

impl Da {
	pub fn account(&self) -> AccountId {
		AccountId::new([self.0; 32])
	}
	pub fn author(&self) -> sr25519::Pair {
		sr25519::Pair::from_seed(&[self.0; 32])
	}
	pub fn voter(&self) -> ed25519::Pair {
		ed25519::Pair::from_seed(&[self.0; 32])
	}
	/// The key of its node.
	pub fn node(&self) -> ed25519::Pair {
		ed25519::Pair::from_seed(&[self.0 ^ 0xFF; 32])
	}
	pub fn node_key(&self) -> NodeKey {
		self.node().public()
	}
	/// The node's signature for `account`.
	pub fn proof_for(&self, account: AccountId) -> ed25519::Signature {
		self.node().sign(&Tree::node_message(account).encode())
	}
	pub fn session_keys(&self) -> SessionKeys {
		SessionKeys { aura: self.author().public().into(), grandpa: self.voter().public().into() }
	}
	/// Give it money and session keys, as it does itself.
	pub fn set_keys(&self) {
		use frame_support::traits::fungible::Mutate;
		Balances::set_balance(&self.account(), 1_000);
		let keys = self.session_keys();
		let owner = self.account();
		let proof = (
			self.author().generate_proof_of_possession(&owner.encode()),
			self.voter().generate_proof_of_possession(&owner.encode()),
		);
		Session::set_keys(RuntimeOrigin::signed(owner), keys, proof.encode()).expect("own keys");
	}
	/// Everything up to and including its admission.
	pub fn admit(&self, link: u32) -> DispatchResult {
		let proof = self.proof_for(self.account());
		Tree::admit(RuntimeOrigin::root(), self.account(), self.node_key(), proof, link)
	}
	/// Admission with fresh session keys.
	pub fn join(&self) {
		self.set_keys();
		self.admit(3).expect("admitted");
	}
	pub fn founder(&self, link: u32) -> Founder<AccountId> {
		Founder { account: self.account(), node: Some(self.node_key()), link }
	}
	pub fn known(&self) -> crate::Aggregator {
		crate::Aggregators::<Test>::get(self.account()).expect("a data aggregator")
	}
	/// A header of `slot`, different for each `salt`, with this one's seal.
	pub fn sealed(&self, slot: Slot, salt: u8) -> Box<Header> {
		let digest = Digest { logs: vec![pre_digest(slot)] };
		let mut header =
			Header::new(7, H256::repeat_byte(salt), H256::zero(), H256::zero(), digest);
		let seal = self.author().sign(header.hash().as_ref());
		let seal = <DigestItem as CompatibleDigestItem<AuthoritySignature>>::aura_seal(seal.into());
		header.digest_mut().push(seal);
		Box::new(header)
	}
}

/// What says of which slot a block is.
pub fn pre_digest(slot: Slot) -> DigestItem {
	<DigestItem as CompatibleDigestItem<AuthoritySignature>>::aura_pre_digest(slot.into())
}

/// The first `count` data aggregators.
pub fn das(count: u8) -> impl Iterator<Item = Da> + Clone {
	(1..=count).map(Da)
}

/// Their accounts.
pub fn accounts(numbers: impl IntoIterator<Item = u8>) -> Vec<AccountId> {
	numbers.into_iter().map(|number| Da(number).account()).collect()
}
