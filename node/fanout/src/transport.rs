//! Links to other nodes, whatever they are made of.

use crate::{protocol::Fault, types::Peer};
use std::{future::Future, sync::Arc};

/// What happens on links.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Incoming {
	/// A link can be used.
	Opened(Peer),
	/// A link cannot be used any more.
	Closed(Peer),
	/// A frame has come.
	Received(Peer, Vec<u8>),
	/// The frame given to [`Transport::send`] has been handed to the link (true), or given up.
	Sent(Peer, bool),
}

/// Standing links to other nodes. They are not opened and closed for trees: that takes seconds.
pub trait Transport: Send {
	/// What happens next; `None` when there is no network any more.
	fn next(&mut self) -> impl Future<Output = Option<Incoming>> + Send;

	/// Sends a frame, without waiting for it. Each is answered by [`Incoming::Sent`], or by
	/// [`Incoming::Closed`]; only then comes the next one to that peer.
	fn send(&mut self, to: Peer, frame: Arc<[u8]>);

	/// With whom links are wanted, from now on.
	fn keep(&mut self, peers: &[Peer]);

	/// A peer did what no honest one does.
	fn blame(&mut self, peer: Peer, fault: Fault);
}
