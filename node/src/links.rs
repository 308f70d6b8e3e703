//! Permission to connect: data aggregators hold reserved links to each other, those that the chain
//! admits at a final block, and to nobody whom it does not admit any more.
//!
//! | Protocol | By |
//! |---|---|
//! | sync (and transactions, which share its links) | this task |
//! | GRANDPA | follows the sync's links: its gossip keeps those whom the sync knows |
//! | fan-out | this task, through its own one |
//!
//! What the operator reserved on the command line stays: the gateways. A node that is no data
//! aggregator keeps to its command line alone.
//!
//! This protects the links, not the chain: whoever reads a block may hold it, and rights to write and
//! to vote end with sessions, whatever links there are. It takes `--reserved-only` on the data
//! aggregators; without that, whom the chain does not admit is an ordinary peer. Who is not let in
//! can still open connections, up to the transport's limits, and ask for blocks over them.

use crate::service::{Block, FullClient, Hash};
use futures::{channel::mpsc, StreamExt};
use pallet_communication_tree::{runtime_api::CommunicationTreeApi, Aggregator};
use sc_client_api::BlockchainEvents;
use sc_network::{
	config::MultiaddrWithPeerId, multiaddr::Multiaddr, service::traits::NetworkService, PeerId,
	ProtocolName,
};
use sc_network_sync::SyncingService;
use sp_api::{ApiError, ProvideRuntimeApi};
use sp_blockchain::HeaderBackend;
use std::{collections::BTreeSet, sync::Arc};
use voltree_fanout::types::Peer;
use voltree_runtime::AccountId;

/// The target of this module's log lines.
const LOG: &str = "links";

/// What the task needs of its node.
pub struct Links {
	/// Reads.
	pub client: Arc<FullClient>,
	/// Where links are reserved.
	pub network: Arc<dyn NetworkService>,
	/// Name of the sync's protocol, whose links they are.
	pub protocol: ProtocolName,
	/// Counts peers.
	pub sync: Arc<SyncingService<Block>>,
	/// The fan-out's task, if there is one.
	pub fan_out: Option<mpsc::Sender<Vec<Peer>>>,
}

impl Links {
	/// Until the node ends.
	pub async fn run(mut self) {
		let mut finalised = self.client.finality_notification_stream();
		let mut known = BTreeSet::new();
		self.follow(self.client.info().finalized_hash, &mut known);
		while let Some(block) = finalised.next().await {
			self.follow(block.hash, &mut known);
		}
	}

	/// Makes the links those that are admitted at the block `at`.
	fn follow(&mut self, at: Hash, known: &mut BTreeSet<Peer>) {
		let own = self.network.local_peer_id().into_ed25519().map(Peer);
		let admitted = match self.aggregators(at) {
			Ok(aggregators) => admitted(&aggregators, own),
			// A runtime without data aggregators, before an upgrade, does not know the question; and
			// nobody loses a link because a state cannot be read.
			Err(error) => return log::debug!(target: LOG, "not known at {at}: {error}"),
		};
		if admitted == *known {
			return;
		}
		log::info!(target: LOG, "Reserved links to {} data aggregators", admitted.len());
		let gone: Vec<PeerId> = known.difference(&admitted).filter_map(id_of).collect();
		for peer in &gone {
			log::info!(target: LOG, "{peer} is no data aggregator any more");
		}
		let come = admitted.difference(known).filter_map(id_of).map(address_of).collect();
		let protocol = || self.protocol.clone();
		let results = [
			self.network.remove_peers_from_reserved_set(protocol(), gone.clone()),
			self.network.add_peers_to_reserved_set(protocol(), come),
		];
		for error in results.into_iter().filter_map(Result::err) {
			log::warn!(target: LOG, "reserved links: {error}");
		}
		// litep2p makes whom it takes off the reserved ones an ordinary peer while there is room,
		// `--reserved-only` or not; with that, who has been cut off is not let in again.
		for peer in gone {
			self.network.disconnect_peer(peer, protocol());
		}
		// They do not take the places of other peers.
		self.sync.set_no_slot_peers(admitted.iter().filter_map(id_of).collect());
		if let Some(fan_out) = &mut self.fan_out {
			if let Err(error) = fan_out.try_send(admitted.iter().copied().collect()) {
				if error.is_full() {
					// It is busy: it is told at the next block.
					return;
				}
				// It has ended.
				self.fan_out = None;
			}
		}
		*known = admitted;
	}

	fn aggregators(&self, at: Hash) -> Result<Vec<(AccountId, Aggregator)>, ApiError> {
		let api = self.client.runtime_api();
		CommunicationTreeApi::<Block, AccountId>::aggregators(&*api, at)
	}
}

/// With whom the node `own` has links by right: with all who are admitted, if it is, too.
fn admitted(aggregators: &[(AccountId, Aggregator)], own: Option<Peer>) -> BTreeSet<Peer> {
	let nodes = aggregators.iter().filter(|(_, one)| !one.leaving).filter_map(|(_, one)| one.node);
	let mut peers: BTreeSet<Peer> = nodes.map(|node| Peer(node.0)).collect();
	let ours = own.is_some_and(|own| peers.remove(&own));
	if ours {
		peers
	} else {
		BTreeSet::new()
	}
}

/// Where it is the network finds out: from boot nodes, or when it comes to us.
fn address_of(peer_id: PeerId) -> Multiaddr {
	MultiaddrWithPeerId { multiaddr: Multiaddr::empty(), peer_id }.concat()
}

fn id_of(peer: &Peer) -> Option<PeerId> {
	PeerId::from_ed25519(&peer.0)
}

#[cfg(test)]
mod tests {
	use super::*;
	use pallet_communication_tree::{NodeKey, Rules};

	fn aggregator(n: u8, node: Option<u8>, leaving: bool) -> (AccountId, Aggregator) {
		let node = node.map(|node| NodeKey::from_raw([node; 32]));
		let aggregator = Aggregator::new(node, 1, &Rules::default(), 0);
		([n; 32].into(), Aggregator { leaving, ..aggregator })
	}

	fn peers(all: &[u8]) -> BTreeSet<Peer> {
		all.iter().map(|n| Peer([*n; 32])).collect()
	}

	#[test]
	fn the_admitted_have_links_to_each_other() {
		let all = [
			aggregator(1, Some(11), false),
			aggregator(2, Some(12), false),
			aggregator(3, None, false),
			aggregator(4, Some(14), true),
		];
		assert_eq!(admitted(&all, Some(Peer([11; 32]))), peers(&[12]));
		assert_eq!(admitted(&all, Some(Peer([12; 32]))), peers(&[11]));
		// Who is leaving, and who is nobody, has none.
		assert_eq!(admitted(&all, Some(Peer([14; 32]))), peers(&[]));
		assert_eq!(admitted(&all, Some(Peer([15; 32]))), peers(&[]));
		assert_eq!(admitted(&all, None), peers(&[]));
	}
}
