//! Eager gossip with degree 8: who has verified the whole block sends it to all neighbours but the one
//! from whom it came, one after another, in random order. There are no announcements, no pulls and no
//! word to stop copies that are no longer needed.

use super::super::{
	network::Peers,
	uplink::Sharing,
	world::{Protocol, World},
};

/// Neighbours of a node.
pub const DEGREE: u32 = 8;

/// See the module.
pub struct Gossip<'p> {
	peers: &'p Peers,
	has_body: Vec<bool>,
}

/// What nodes say, and are woken with.
#[derive(Clone, Copy, Debug)]
pub enum Message {
	Body,
	/// The body from this neighbour is verified.
	Verified(u32),
	Imported,
}

impl<'p> Gossip<'p> {
	pub fn new(peers: &'p Peers, nodes: u32) -> Self {
		Self { peers, has_body: vec![false; nodes as usize] }
	}

	fn spread(&self, world: &mut World<'_, Message>, node: u32, source: Option<u32>) {
		let mut peers: Vec<u32> =
			self.peers.of(node).filter(|peer| Some(*peer) != source).collect();
		world.random().shuffle(&mut peers);
		peers.truncate(DEGREE as usize);
		for peer in peers {
			world.send(node, peer, world.terms.block, Message::Body);
		}
	}
}

impl Protocol for Gossip<'_> {
	type Message = Message;
	const SHARING: Sharing = Sharing::Queue;

	fn start(&mut self, world: &mut World<'_, Message>, author: u32) {
		self.has_body[author as usize] = true;
		self.spread(world, author, None);
	}

	fn receive(
		&mut self,
		world: &mut World<'_, Message>,
		to: u32,
		from: u32,
		_: Message,
		genuine: bool,
	) {
		if genuine && !std::mem::replace(&mut self.has_body[to as usize], true) {
			world.wake(to, world.terms.verification, Message::Verified(from));
		}
	}

	fn wake(&mut self, world: &mut World<'_, Message>, node: u32, message: Message) {
		match message {
			Message::Verified(source) => {
				world.hold(node);
				world.wake(node, world.terms.import, Message::Imported);
				self.spread(world, node, Some(source));
			}
			Message::Imported => world.import(node),
			Message::Body => {}
		}
	}
}
