//! The transport over `sc-network`, on either backend.

use crate::{
	protocol::Fault,
	transport::{Incoming, Transport},
	types::Peer,
};
use futures::{
	future::{select, BoxFuture, Either},
	stream::FuturesUnordered,
	FutureExt, StreamExt,
};
use futures_timer::Delay;
use sc_network::{
	config::MultiaddrWithPeerId,
	multiaddr::Multiaddr,
	service::traits::{NetworkService, NotificationEvent, ValidationResult},
	NotificationService, PeerId, ProtocolName,
};
use sp_core::traits::SpawnNamed;
use sp_crypto_hashing::blake2_256;
use std::{
	collections::{BTreeSet, HashSet},
	sync::Arc,
	time::{Duration, SystemTime, UNIX_EPOCH},
};

/// What peers pay for, and why.
mod rep {
	use sc_network::ReputationChange as Rep;

	/// A frame that no release of ours sends.
	pub const MALFORMED: Rep = Rep::new(-(1 << 12), "Fan-out: malformed frame");
	/// Whoever forwards checks the seal first.
	pub const SEAL: Rep = Rep::new(-(1 << 20), "Fan-out: forwarded a header without a valid seal");
	/// Whoever forwards a whole block checks the body first.
	pub const BODY: Rep = Rep::new(-(1 << 20), "Fan-out: forwarded a false body");
	/// Whoever forwards a piece checks its proof first.
	pub const PIECE: Rep = Rep::new(-(1 << 20), "Fan-out: forwarded a false piece");
}

/// See the [module](self).
pub struct NetworkTransport {
	name: ProtocolName,
	/// There until the end.
	notifications: Option<Box<dyn NotificationService>>,
	network: Arc<dyn NetworkService>,
	/// Where the protocol's end goes on being listened to when this one is dropped.
	spawner: Box<dyn SpawnNamed>,
	own: Peer,
	/// A frame that a link has not taken by then is given up.
	patience: Duration,
	/// One for each peer at most: the protocol has one frame in flight.
	sending: FuturesUnordered<BoxFuture<'static, Incoming>>,
	kept: BTreeSet<Peer>,
}

impl NetworkTransport {
	/// Over the links of the protocol `name`.
	pub fn new(
		name: ProtocolName,
		notifications: Box<dyn NotificationService>,
		network: Arc<dyn NetworkService>,
		spawner: Box<dyn SpawnNamed>,
		own: Peer,
		slot: Duration,
	) -> Self {
		// Later than that the block has been had from somebody else.
		let patience = slot;
		let (sending, kept) = (FuturesUnordered::new(), BTreeSet::new());
		let notifications = Some(notifications);
		Self { name, notifications, network, spawner, own, patience, sending, kept }
	}

	/// What the protocol is to hear of an event, if anything.
	fn translate(&self, event: NotificationEvent) -> Option<Incoming> {
		match event {
			NotificationEvent::ValidateInboundSubstream { peer, result_tx, .. } => {
				let known = to_peer(&peer).is_some_and(|peer| self.kept.contains(&peer));
				let verdict =
					if known { ValidationResult::Accept } else { ValidationResult::Reject };
				if result_tx.send(verdict).is_err() {
					log::debug!(target: crate::LOG_TARGET, "{peer} left before it was let in");
				}
				None
			}
			NotificationEvent::NotificationStreamOpened { peer, .. } => {
				to_peer(&peer).map(Incoming::Opened)
			}
			NotificationEvent::NotificationStreamClosed { peer } => {
				to_peer(&peer).map(Incoming::Closed)
			}
			NotificationEvent::NotificationReceived { peer, notification } => {
				to_peer(&peer).map(|peer| Incoming::Received(peer, notification))
			}
		}
	}
}

impl Drop for NetworkTransport {
	/// Nobody here has a use for the links any more: the others are to see that, and not to send. But
	/// the protocol stays: litep2p closes the whole connection when one of its protocols has ended.
	fn drop(&mut self) {
		if let Err(error) = self.network.set_reserved_peers(self.name.clone(), HashSet::new()) {
			log::debug!(target: crate::LOG_TARGET, "links that nobody uses: {error}");
		}
		if let Some(notifications) = self.notifications.take() {
			let refuse = refuse_all(notifications).boxed();
			self.spawner.spawn("block-fanout-closed", Some("networking"), refuse);
		}
	}
}

impl Transport for NetworkTransport {
	async fn next(&mut self) -> Option<Incoming> {
		loop {
			// Both can be dropped while they wait, and nothing is lost.
			let notifications = self.notifications.as_mut()?;
			let event = futures::select! {
				event = notifications.next_event().fuse() => event,
				sent = self.sending.select_next_some() => return Some(sent),
			};
			if let Some(incoming) = self.translate(event?) {
				return Some(incoming);
			}
		}
	}

	fn send(&mut self, to: Peer, frame: Arc<[u8]>) {
		let notifications = self.notifications.as_ref();
		let sink = notifications.zip(to_id(&to)).and_then(|(all, peer)| all.message_sink(&peer));
		let patience = self.patience;
		let send = async move {
			let Some(sink) = sink else { return Incoming::Sent(to, false) };
			let sending = sink.send_async_notification(frame.to_vec());
			let sent = select(sending, Delay::new(patience)).await;
			Incoming::Sent(to, matches!(sent, Either::Left((Ok(()), _))))
		};
		self.sending.push(send.boxed());
	}

	fn keep(&mut self, peers: &[Peer]) {
		let kept: BTreeSet<Peer> = peers.iter().copied().filter(|peer| *peer != self.own).collect();
		if kept == self.kept {
			return;
		}
		let address = |peer: &Peer| {
			let peer_id = to_id(peer)?;
			let address = MultiaddrWithPeerId { multiaddr: Multiaddr::empty(), peer_id };
			Some(address.concat())
		};
		let addresses = kept.iter().filter_map(address).collect();
		if let Err(error) = self.network.set_reserved_peers(self.name.clone(), addresses) {
			log::warn!(target: crate::LOG_TARGET, "links to the session's members: {error}");
		}
		self.kept = kept;
	}

	fn blame(&mut self, peer: Peer, fault: Fault) {
		let change = match fault {
			Fault::Malformed => rep::MALFORMED,
			Fault::Seal => rep::SEAL,
			Fault::Body => rep::BODY,
			Fault::Piece => rep::PIECE,
		};
		if let Some(peer) = to_id(&peer) {
			self.network.report_peer(peer, change);
		}
	}
}

/// Lets nobody in, until the network ends.
async fn refuse_all(mut notifications: Box<dyn NotificationService>) {
	while let Some(event) = notifications.next_event().await {
		if let NotificationEvent::ValidateInboundSubstream { peer, result_tx, .. } = event {
			if result_tx.send(ValidationResult::Reject).is_err() {
				log::debug!(target: crate::LOG_TARGET, "{peer} left before it was refused");
			}
		}
	}
}

/// Peers whose node keys are no Ed25519 keys are no members.
fn to_peer(peer: &PeerId) -> Option<Peer> {
	peer.into_ed25519().map(Peer)
}

fn to_id(peer: &Peer) -> Option<PeerId> {
	PeerId::from_ed25519(&peer.0)
}

/// A number that differs from node to node and from start to start.
pub fn nonce(own: &Peer) -> u64 {
	let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
	let hash = blake2_256(&[&own.0[..], &since.as_nanos().to_le_bytes()].concat());
	hash.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}
