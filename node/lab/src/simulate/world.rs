//! The world of a block: time passes, messages travel, and what each node sent is written down.

use super::{
	network::{Conduct, Network},
	queue::{Queue, Time, MILLISECOND},
	uplink::{emission, Line, Shared, Sharing, FAIR, SMALL},
};
use crate::random::{Purpose, Random};

/// What has not happened.
pub const NEVER: Time = Time::MAX;

/// A run ends here, whatever is still on its way.
pub const HORIZON: Time = 120 * super::queue::SECOND;

/// What is the same for all blocks of a run.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
	/// Bytes of a block.
	pub block: u64,
	/// What a node needs before it may forward a block: seal, slot and extrinsics root.
	pub verification: Time,
	/// What a node needs to execute and store a block.
	pub import: Time,
	/// How late a delaying node is.
	pub delay: Time,
	/// Probability that a packet is lost.
	pub loss: f64,
	/// Overrides how protocols share uplinks.
	pub sharing: Option<Sharing>,
	/// Flows on a shared uplink have weights within this part of a fair one, up and down.
	pub unfairness: f64,
	/// Most downloads of a block at a time by a stock node that makes duplicates.
	pub parallel: u32,
	/// Round trips before a request can be sent on a stream of its own.
	pub handshakes: u64,
	/// Late nodes ask for what they miss.
	pub repair: bool,
	/// Code words added to the chunks of a striped block, as a part of their number.
	pub parity: f64,
}

/// A protocol: how a block travels. It keeps what its nodes know.
pub trait Protocol {
	/// What its nodes say to each other, and what they are woken with.
	type Message: Copy;
	/// How its nodes use their uplinks.
	const SHARING: Sharing;
	/// Lost messages are not sent again by the transport.
	const DATAGRAMS: bool = false;

	/// The author has the block.
	fn start(&mut self, world: &mut World<'_, Self::Message>, author: u32);
	/// A message has arrived; it is genuine unless a lying node sent it.
	fn receive(
		&mut self,
		world: &mut World<'_, Self::Message>,
		to: u32,
		from: u32,
		message: Self::Message,
		genuine: bool,
	);
	/// The time asked for has come.
	fn wake(&mut self, world: &mut World<'_, Self::Message>, node: u32, message: Self::Message);
}

enum Event<M> {
	Arrival {
		to: u32,
		from: u32,
		message: M,
	},
	Waking {
		node: u32,
		message: M,
	},
	/// A flow on the shared uplink of this node may have ended. Void if flows have begun since.
	FlowEnd {
		node: u32,
		begun: u64,
	},
}

struct Flow<M> {
	to: u32,
	stall: Time,
	message: M,
}

/// What has happened to one block.
pub struct Outcome {
	pub author: u32,
	/// When each node had the whole block, verified where the protocol verifies before forwarding.
	pub held: Vec<Time>,
	/// When each node had imported it.
	pub imported: Vec<Time>,
	/// Bytes each node sent.
	pub sent: Vec<u64>,
	/// Nodes that had to ask for what did not come by itself.
	pub repaired: u32,
	/// Events that were handled.
	pub events: u64,
}

/// See the module.
pub struct World<'a, M> {
	pub network: &'a Network,
	pub terms: &'a Terms,
	now: Time,
	queue: Queue<Event<M>>,
	sharing: Sharing,
	datagrams: bool,
	lines: Vec<Line>,
	shared: Vec<Shared<Flow<M>>>,
	begun: Vec<u64>,
	random: Random,
	outcome: Outcome,
}

/// Bytes of a packet's payload.
const PACKET: u64 = 1448;

/// The least time after which a transport sends again what was not acknowledged, when nothing after it
/// shows that it was lost.
const RETRANSMISSION: Time = 200 * MILLISECOND;

impl<'a, M: Copy> World<'a, M> {
	/// Runs `protocol` with the `block`th block of the `seed`'s network.
	pub fn run<P: Protocol<Message = M>>(
		mut protocol: P,
		network: &'a Network,
		terms: &'a Terms,
		author: u32,
		seed: u64,
		block: u64,
	) -> Outcome {
		let n = network.len() as usize;
		let sharing = terms.sharing.unwrap_or(P::SHARING);
		let mut world = World {
			network,
			terms,
			now: 0,
			queue: Queue::new(),
			sharing,
			datagrams: P::DATAGRAMS,
			lines: vec![Line::default(); n],
			shared: Vec::new(),
			begun: vec![0; n],
			random: Random::new(seed, Purpose::Messages, block),
			outcome: Outcome {
				author,
				held: vec![NEVER; n],
				imported: vec![NEVER; n],
				sent: vec![0; n],
				repaired: 0,
				events: 0,
			},
		};
		if sharing == Sharing::Share {
			world.shared.resize_with(n, Shared::default);
		}
		world.outcome.held[author as usize] = 0;
		world.outcome.imported[author as usize] = 0;
		protocol.start(&mut world, author);
		while let Some((at, event)) = world.queue.pop() {
			if at > HORIZON {
				break;
			}
			world.now = at;
			world.outcome.events += 1;
			match event {
				Event::Arrival { to, from, message } => {
					let genuine = network.conduct[from as usize] != Conduct::Lying;
					protocol.receive(&mut world, to, from, message, genuine);
				}
				Event::Waking { node, message } => protocol.wake(&mut world, node, message),
				Event::FlowEnd { node, begun } if begun == world.begun[node as usize] => {
					world.end_flows(node)
				}
				Event::FlowEnd { .. } => {}
			}
		}
		world.outcome
	}

	pub fn random(&mut self) -> &mut Random {
		&mut self.random
	}

	/// Hands on a block, a part of it or the news of it, as `from`'s conduct allows.
	pub fn send(&mut self, from: u32, to: u32, bytes: u64, message: M) {
		match self.network.conduct[from as usize] {
			Conduct::Silent | Conduct::Crashed => {}
			Conduct::Delaying => self.transmit(from, to, bytes, self.terms.delay, message),
			Conduct::Honest | Conduct::Lying => self.transmit(from, to, bytes, 0, message),
		}
	}

	/// Asks for a block or a part of it. Everybody does that who is not down.
	pub fn ask(&mut self, from: u32, to: u32, bytes: u64, message: M) {
		if !self.network.is_crashed(from) {
			self.transmit(from, to, bytes, 0, message);
		}
	}

	fn transmit(&mut self, from: u32, to: u32, bytes: u64, late: Time, message: M) {
		if self.network.is_crashed(to) {
			return;
		}
		self.outcome.sent[from as usize] += bytes;
		let Some(stall) = self.stall(from, to, bytes) else { return };
		let stall = late.saturating_add(stall);
		let rate = self.network.uplinks[from as usize];
		match self.sharing {
			Sharing::Queue => {
				let out = self.lines[from as usize].send(self.now, bytes, rate);
				self.arrive(out, from, to, stall, message);
			}
			// A message that fits into a packet is sent in between, as on a line.
			Sharing::Share if bytes <= SMALL => {
				let out = self.now.saturating_add(emission(bytes, rate));
				self.arrive(out, from, to, stall, message);
			}
			Sharing::Share => {
				let swing = (FAIR as f64 * self.terms.unfairness) as u64;
				let weight = (FAIR - swing.min(FAIR)) + self.random.below(2 * swing + 1);
				let flow = Flow { to, stall, message };
				self.shared[from as usize].begin(self.now, bytes, weight, rate, flow);
				self.await_flow(from);
			}
		}
	}

	/// Wakes `node` after `delay`.
	pub fn wake(&mut self, node: u32, delay: Time, message: M) {
		self.queue.push(self.now.saturating_add(delay), Event::Waking { node, message });
	}

	/// `node` has the whole block.
	pub fn hold(&mut self, node: u32) {
		let held = &mut self.outcome.held[node as usize];
		*held = self.now.min(*held);
	}

	/// `node` has imported the block.
	pub fn import(&mut self, node: u32) {
		let imported = &mut self.outcome.imported[node as usize];
		*imported = self.now.min(*imported);
	}

	/// A node had to ask for what did not come by itself.
	pub fn count_repair(&mut self) {
		self.outcome.repaired += 1;
	}

	fn arrive(&mut self, out: Time, from: u32, to: u32, stall: Time, message: M) {
		let at = out.saturating_add(self.network.latency(from, to)).saturating_add(stall);
		self.queue.push(at, Event::Arrival { to, from, message });
	}

	fn await_flow(&mut self, node: u32) {
		let i = node as usize;
		self.begun[i] += 1;
		if let Some(at) = self.shared[i].next_end(self.network.uplinks[i]) {
			self.queue.push(at, Event::FlowEnd { node, begun: self.begun[i] });
		}
	}

	fn end_flows(&mut self, node: u32) {
		let (i, now) = (node as usize, self.now);
		while let Some(flow) = self.shared[i].take_ended(now, self.network.uplinks[i]) {
			self.arrive(now, node, flow.to, flow.stall, flow.message);
		}
		self.await_flow(node);
	}

	/// How long losses hold a message up, or `None` if it is lost.
	///
	/// On a stream, a message of at least four packets waits a round trip for those that were lost, as
	/// later packets show the gap; a shorter one waits for the transport's timer. What is sent again can
	/// be lost again.
	fn stall(&mut self, from: u32, to: u32, bytes: u64) -> Option<Time> {
		if self.terms.loss <= 0.0 {
			return Some(0);
		}
		let packets = bytes.div_ceil(PACKET).max(1);
		let exponent = i32::try_from(packets).unwrap_or(i32::MAX);
		let any_lost = 1.0 - (1.0 - self.terms.loss).powi(exponent);
		if !self.random.chance(any_lost) {
			return Some(0);
		}
		if self.datagrams {
			return None;
		}
		let round_trip = self.network.latency(from, to).saturating_mul(2);
		let wait = if packets >= 4 { round_trip } else { RETRANSMISSION.max(round_trip * 2) };
		let mut stall = wait;
		while stall < HORIZON && self.random.chance(self.terms.loss) {
			stall = stall.saturating_add(wait);
		}
		Some(stall)
	}
}
