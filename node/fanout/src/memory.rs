//! A transport in memory, whose links can be cut: for tests.

use crate::{
	protocol::Fault,
	transport::{Incoming, Transport},
	types::Peer,
};
use futures::{
	channel::mpsc::{unbounded, UnboundedReceiver, UnboundedSender},
	StreamExt,
};
use std::{
	collections::{BTreeMap, BTreeSet},
	sync::{Arc, Mutex, MutexGuard, PoisonError},
};

#[derive(Default)]
struct State {
	nodes: BTreeMap<Peer, UnboundedSender<Incoming>>,
	/// With whom each wants links. Two have one if both want it and it is not cut.
	wanted: BTreeMap<Peer, BTreeSet<Peer>>,
	cut: BTreeSet<(Peer, Peer)>,
	open: BTreeSet<(Peer, Peer)>,
	blamed: Vec<(Peer, Peer, Fault)>,
}

/// Joins the nodes of a test.
#[derive(Clone, Default)]
pub struct Switch(Arc<Mutex<State>>);

impl Switch {
	fn state(&self) -> MutexGuard<'_, State> {
		self.0.lock().unwrap_or_else(PoisonError::into_inner)
	}

	/// The end of a node.
	pub fn join(&self, own: Peer) -> Memory {
		let (sender, incoming) = unbounded();
		self.state().nodes.insert(own, sender);
		Memory { own, switch: self.clone(), incoming }
	}

	/// Cuts the link between two nodes.
	pub fn cut(&self, a: Peer, b: Peer) {
		let mut state = self.state();
		state.cut.insert(ordered(a, b));
		state.update();
	}

	/// Mends the link between two nodes.
	pub fn mend(&self, a: Peer, b: Peer) {
		let mut state = self.state();
		state.cut.remove(&ordered(a, b));
		state.update();
	}

	/// Who blamed whom for what.
	pub fn blamed(&self) -> Vec<(Peer, Peer, Fault)> {
		self.state().blamed.clone()
	}
}

fn ordered(a: Peer, b: Peer) -> (Peer, Peer) {
	(a.min(b), a.max(b))
}

impl State {
	/// Opens and closes what has changed, and tells both ends.
	fn update(&mut self) {
		let mut open = BTreeSet::new();
		for (a, peers) in &self.wanted {
			let mutual = |b: &&Peer| self.wanted.get(*b).is_some_and(|peers| peers.contains(a));
			let pairs = peers.iter().filter(mutual).map(|b| ordered(*a, *b));
			open.extend(pairs.filter(|pair| !self.cut.contains(pair)));
		}
		let tell = |to: &Peer, what: Incoming| {
			// Who has left hears nothing.
			let _gone = self.nodes.get(to).map(|node| node.unbounded_send(what));
		};
		for (a, b) in open.difference(&self.open) {
			tell(a, Incoming::Opened(*b));
			tell(b, Incoming::Opened(*a));
		}
		for (a, b) in self.open.difference(&open) {
			tell(a, Incoming::Closed(*b));
			tell(b, Incoming::Closed(*a));
		}
		self.open = open;
	}
}

/// A node's end of a [`Switch`].
pub struct Memory {
	own: Peer,
	switch: Switch,
	incoming: UnboundedReceiver<Incoming>,
}

impl Transport for Memory {
	async fn next(&mut self) -> Option<Incoming> {
		self.incoming.next().await
	}

	fn send(&mut self, to: Peer, frame: Arc<[u8]>) {
		let state = self.switch.state();
		if state.open.contains(&ordered(self.own, to)) {
			let there = state.nodes.get(&to);
			let received = Incoming::Received(self.own, frame.to_vec());
			let well = there.is_some_and(|there| there.unbounded_send(received).is_ok());
			if let Some(own) = state.nodes.get(&self.own) {
				let _gone = own.unbounded_send(Incoming::Sent(to, well));
			}
		}
	}

	fn keep(&mut self, peers: &[Peer]) {
		let others = peers.iter().copied().filter(|peer| *peer != self.own).collect();
		let mut state = self.switch.state();
		state.wanted.insert(self.own, others);
		state.update();
	}

	fn blame(&mut self, peer: Peer, fault: Fault) {
		self.switch.state().blamed.push((self.own, peer, fault));
	}
}

impl Drop for Memory {
	fn drop(&mut self) {
		let mut state = self.switch.state();
		state.wanted.remove(&self.own);
		state.update();
		state.nodes.remove(&self.own);
	}
}
