//! Stock announce-and-fetch: what a Substrate node does with a new block.
//!
//! A node that has imported a block announces it to every peer that is not known to have it. Who hears
//! of a block that it lacks fetches it from the announcer: a stream is opened (the handshakes), a request
//! goes there, the body comes back. Nothing is announced before it is imported. The transport serves all
//! requests at once, so uplinks are shared.
//!
//! With duplicates, every further announcement of a block whose body has not come yet starts another
//! download, and none of them is stopped when the first is complete. Running nodes do this whatever
//! `--max-parallel-downloads` says: without a limit the simulator sends as many bytes as were measured,
//! with the flag's five it sends fewer (`voltree-lab simulate --validate`). Without duplicates, an
//! announcer is asked only if the one before gave a false body; no flag of a stock node does that.
//!
//! Import includes the verification. A silent node does not announce, so nobody waits for it; a delaying
//! one announces and serves late.

use super::super::{
	network::Peers,
	uplink::Sharing,
	world::{Protocol, World},
};
use std::collections::VecDeque;

/// Bytes of an announcement: a header with its seal, and framing.
pub const ANNOUNCEMENT: u64 = 300;

/// Bytes of a request for a block.
pub const REQUEST: u64 = 200;

/// See the module.
pub struct Stock<'p> {
	peers: &'p Peers,
	parallel: u32,
	nodes: Vec<State>,
}

#[derive(Clone, Default)]
struct State {
	/// The body is there, imported or not.
	has_body: bool,
	downloads: u32,
	/// Who is known to have the block.
	announcers: Vec<u32>,
	/// Of these, who has not been asked.
	spare: VecDeque<u32>,
}

/// What nodes say, and are woken with.
#[derive(Clone, Copy, Debug)]
pub enum Message {
	Announce,
	/// The stream to this peer is open.
	Opened(u32),
	Request,
	Body,
	Imported,
}

impl<'p> Stock<'p> {
	/// Stock nodes that download a block from at most `parallel` others at a time.
	pub fn new(peers: &'p Peers, nodes: u32, parallel: u32) -> Self {
		Self { peers, parallel, nodes: vec![State::default(); nodes as usize] }
	}

	fn announce(&self, world: &mut World<'_, Message>, node: u32) {
		let known = &self.nodes[node as usize].announcers;
		// In a full mesh everybody may be known: look up in a sorted list.
		let mut known = known.clone();
		known.sort_unstable();
		for peer in self.peers.of(node) {
			if known.binary_search(&peer).is_err() {
				world.send(node, peer, ANNOUNCEMENT, Message::Announce);
			}
		}
	}

	/// Asks as many of those who have the block as may be asked at a time.
	fn fetch(&mut self, world: &mut World<'_, Message>, node: u32) {
		let state = &mut self.nodes[node as usize];
		while !state.has_body && state.downloads < self.parallel {
			let Some(peer) = state.spare.pop_front() else { return };
			state.downloads += 1;
			let round_trip = world.network.latency(node, peer).saturating_mul(2);
			let delay = round_trip.saturating_mul(world.terms.handshakes);
			world.wake(node, delay, Message::Opened(peer));
		}
	}
}

impl Protocol for Stock<'_> {
	type Message = Message;
	const SHARING: Sharing = Sharing::Share;

	fn start(&mut self, world: &mut World<'_, Message>, author: u32) {
		self.nodes[author as usize].has_body = true;
		self.announce(world, author);
	}

	fn receive(
		&mut self,
		world: &mut World<'_, Message>,
		to: u32,
		from: u32,
		message: Message,
		genuine: bool,
	) {
		let state = &mut self.nodes[to as usize];
		match message {
			Message::Announce => {
				state.announcers.push(from);
				state.spare.push_back(from);
				self.fetch(world, to);
			}
			Message::Request => world.send(to, from, world.terms.block, Message::Body),
			Message::Body => {
				state.downloads = state.downloads.saturating_sub(1);
				if !genuine {
					self.fetch(world, to);
				} else if !state.has_body {
					state.has_body = true;
					world.hold(to);
					world.wake(to, world.terms.import, Message::Imported);
				}
			}
			Message::Opened(_) | Message::Imported => {}
		}
	}

	fn wake(&mut self, world: &mut World<'_, Message>, node: u32, message: Message) {
		match message {
			Message::Opened(peer) if !self.nodes[node as usize].has_body => {
				world.ask(node, peer, REQUEST, Message::Request);
			}
			Message::Imported => {
				world.import(node);
				self.announce(world, node);
			}
			_ => {}
		}
	}
}
