//! What late nodes ask for, and whom: steps 2 to 4 of the ladder of [`push`](super::push).

use super::{
	super::{
		network::Network,
		queue::{Time, MILLISECOND},
		uplink::emission,
		world::World,
	},
	push::{bits, Message, Push},
	stock::REQUEST,
};
use std::collections::BTreeMap;

/// A node waits at least so long for what is late.
pub const PATIENCE: Time = 50 * MILLISECOND;

/// How often a node asks before it gives up.
const TRIES: u8 = 60;

impl Push<'_> {
	/// The node to which the author sends the chunks of a tree.
	pub(super) fn head(&self, tree: usize) -> Option<u32> {
		self.plan.trees.get(tree)?.children(self.author).first().copied()
	}

	/// The second holder of the chunks of a tree: the head of the next tree whose head has not crashed.
	pub(super) fn second_head(&self, network: &Network, tree: usize) -> Option<u32> {
		let trees = self.plan.trees.len();
		(1..trees)
			.filter_map(|step| self.head((tree + step) % trees))
			.find(|head| !network.is_crashed(*head))
	}

	/// Whom to ask first for a chunk that the parent did not send.
	pub(super) fn second_holder(&self, network: &Network, node: u32, chunk: u8) -> Option<u32> {
		let tree = self.tree_of(chunk);
		let parent = self.plan.trees[tree].parent(node)?;
		match self.plan.trees[tree].parent(parent) {
			Some(above) if above == self.author && self.plan.is_striped() => {
				self.second_head(network, tree).filter(|head| *head != node)
			}
			above => above,
		}
	}

	pub(super) fn missing(&self, node: u32) -> u64 {
		let state = &self.nodes[node as usize];
		if state.complete {
			return 0;
		}
		// No more than restores the block.
		let mut missing = self.all & !state.have;
		let lacks = self.plan.needed.saturating_sub(state.have.count_ones());
		while missing.count_ones() > lacks {
			missing &= missing - 1;
		}
		missing
	}

	/// First try: the second holders. Later: those who have announced.
	pub(super) fn ask(&mut self, world: &mut World<'_, Message>, node: u32) {
		let missing = self.missing(node);
		let state = &mut self.nodes[node as usize];
		if missing == 0 || state.tries >= TRIES || !world.terms.repair {
			return;
		}
		if state.tries == 0 {
			world.count_repair();
		}
		state.tries += 1;
		let tries = usize::from(state.tries);
		if tries == 1 {
			let mut wants: BTreeMap<u32, u64> = BTreeMap::new();
			for chunk in bits(missing) {
				if let Some(holder) = self.second_holder(world.network, node, chunk) {
					*wants.entry(holder).or_default() |= 1 << chunk;
				}
			}
			for (holder, chunks) in &wants {
				world.ask(node, *holder, REQUEST, Message::Want(*chunks));
			}
			let patience = wants.keys().map(|holder| self.patience(world, node, *holder, missing));
			match patience.max() {
				Some(patience) => world.wake(node, patience, Message::Look),
				// Nobody stands between this node and the author.
				None => self.ask(world, node),
			}
			return;
		}
		let Some(peer) = self.next_holder(world, node, tries) else {
			self.nodes[node as usize].stuck = true;
			return;
		};
		let round_trip = world.network.latency(node, peer).saturating_mul(2);
		let opening = match tries {
			2 => 0,
			_ => round_trip.saturating_mul(world.terms.handshakes),
		};
		world.wake(node, opening, Message::Opened(peer));
		let patience = self.patience(world, node, peer, missing);
		world.wake(node, opening.saturating_add(patience), Message::Look);
	}

	/// Whom to ask at a later try: the announcers, the nearest first, then each in turn; as long as there
	/// are none, and every other time after that, a parent that did deliver.
	fn next_holder(
		&mut self,
		world: &mut World<'_, Message>,
		node: u32,
		tries: usize,
	) -> Option<u32> {
		let state = &mut self.nodes[node as usize];
		state.announcers.sort_by_key(|peer| (world.network.latency(node, *peer), *peer));
		let announcers = state.announcers.len();
		let turn = if self.plan.is_striped() { (tries - 2) / 2 } else { tries - 2 };
		let announcer = state.announcers.get(turn % announcers.max(1)).copied();
		if announcer.is_some() && (tries.is_multiple_of(2) || !self.plan.is_striped()) {
			return announcer;
		}
		let have = state.have;
		let mut parents = Vec::new();
		for chunk in bits(have) {
			let parent = self.plan.trees[self.tree_of(chunk)].parent(node);
			parents.extend(parent.filter(|parent| *parent != self.author));
		}
		parents.get(world.random().index(parents.len())).copied().or(announcer)
	}

	/// How long an answer may take: there and back, twice over, and sent twice over.
	fn patience(&self, world: &World<'_, Message>, node: u32, peer: u32, missing: u64) -> Time {
		let bytes = self.plan.chunk.saturating_mul(u64::from(missing.count_ones()));
		world
			.network
			.latency(node, peer)
			.saturating_mul(4)
			.max(PATIENCE)
			.saturating_add(emission(bytes, world.network.uplinks[peer as usize]).saturating_mul(2))
	}
}
