//! To whom a block goes on. A child that cannot be reached is left out, and the first of its own
//! children that can be reached stands in for it: that one sends to the others.

use super::{
	block::{bits, Stage},
	outbox::Load,
	*,
};
use crate::policy::Route;
use std::collections::VecDeque;

/// An author hands the pieces of its block to the links so many times as fast as its uplink is taken
/// to be: in turn, and without holding up an uplink that is up to so many times faster.
const HASTE: Moment = 2;

/// Stands for "all" where a piece is noted.
const EVERYTHING: u8 = u8::MAX;

impl Protocol {
	/// Sends on what has just come.
	pub(super) fn forward(&mut self, hash: &Hash, fresh: u64, stand_in: Option<u16>) {
		let Some(block) = self.blocks.get(hash) else { return };
		let Some(route) = block.route().cloned() else { return };
		// Without the author's signature the pieces prove nothing, and whoever lacks them will ask.
		// What the sync has fetched, the children's have, too.
		let without_proof = route.plan.is_cut() && block.pieces.is_none();
		if without_proof || block.stage == Stage::Imported {
			return;
		}
		for piece in bits(fresh) {
			let mut plain = None;
			let second = route.second_children(piece.into()).into_iter().map(|c| (c, None, true));
			let first = self.targets(&route, piece.into(), stand_in).into_iter();
			for (child, role, second) in first.map(|(c, role)| (c, role, false)).chain(second) {
				self.send_on(hash, &route, piece, (child, role, second), &mut plain);
			}
		}
	}

	/// Who gets a piece from us, and for whom they stand in.
	fn targets(&self, route: &Route, piece: u32, stand_in: Option<u16>) -> Vec<(u32, Option<u16>)> {
		let (Some(way), Some(own)) = (route.plan.way_of(piece), route.own) else {
			return Vec::new();
		};
		let mut next: VecDeque<u32> = route.children(piece).into();
		if let Some(absent) = stand_in {
			next.extend(way.children(absent.into()));
		}
		let mut targets: Vec<(u32, Option<u16>)> = Vec::new();
		// Goes down the tree only, so each is met once at most; twice if who named the absent one lied.
		while let Some(child) = next.pop_front() {
			if child == own || child == route.author {
				continue;
			}
			let reached = self.reaches(route, child);
			if reached {
				targets.push((child, None));
			}
			if reached && self.keeps_up(route, child) {
				continue;
			}
			let children = way.children(child);
			let stand_in =
				children.iter().find(|next| **next != own && self.reaches(route, **next));
			match (stand_in, u16::try_from(child)) {
				(Some(stand_in), Ok(absent)) => targets.push((*stand_in, Some(absent))),
				_ => next.extend(children),
			}
		}
		targets
	}

	fn reaches(&self, route: &Route, place: u32) -> bool {
		route.snapshot.peer(place).is_some_and(|peer| self.outbox.reaches(&peer))
	}

	/// Whether a peer knows the session whose trees the block uses.
	fn keeps_up(&self, route: &Route, place: u32) -> bool {
		let session = route.snapshot.peer(place).and_then(|peer| self.sessions.get(&peer));
		session.is_none_or(|session| *session >= route.snapshot.session)
	}

	fn send_on(
		&mut self,
		hash: &Hash,
		route: &Route,
		piece: u8,
		(child, role, second): (u32, Option<u16>, bool),
		plain: &mut Option<Arc<[u8]>>,
	) {
		let Some(peer) = route.snapshot.peer(child) else { return };
		let Some(block) = self.blocks.get_mut(hash) else { return };
		if !block.sent.insert((peer, piece, role)) {
			return;
		}
		if !second && role.is_none() {
			let delivered = block.delivered.get(&peer).copied().unwrap_or(0);
			if delivered & 1 << piece != 0 {
				return;
			}
			if block.holders.contains(&peer) {
				if block.is_complete() && block.sent.insert((peer, EVERYTHING, None)) {
					self.tell(&peer, hash);
				}
				return;
			}
		}
		let encode = |block: &Block| {
			let push = block.push(block.part(piece)?, role)?;
			Some(Frame::Push(push).to_bytes())
		};
		let frame = match (role, plain.clone()) {
			(None, Some(frame)) => Some(frame),
			_ => encode(block),
		};
		let Some(frame) = frame else { return };
		if role.is_none() {
			*plain = Some(frame.clone());
		} else {
			self.counters.stood_in += 1;
		}
		self.counters.forwarded += 1;
		let not_before = begins(block, route, piece);
		let needless_if_held = !second && role.is_none();
		self.outbox.load(&peer, Load { hash: *hash, needless_if_held, not_before, frame });
	}

	/// An author lets everybody know that a block is on its way and how long it is: so each can tell
	/// when it is late.
	pub(super) fn tell_everybody(&mut self, hash: &Hash) {
		let route = self.blocks.get(hash).and_then(|block| block.route());
		let Some(members) = route.map(|route| route.snapshot.members.clone()) else { return };
		for peer in members.iter().filter_map(|member| member.peer) {
			self.tell(&peer, hash);
		}
	}

	/// Those whose backup we are learn that we hold a block.
	pub(super) fn tell_backups(&mut self, hash: &Hash) {
		let Some(block) = self.blocks.get(hash) else { return };
		let Some(route) = block.route() else { return };
		let places = route.backup_children();
		let peers = places.into_iter().filter_map(|place| route.snapshot.peer(place));
		let peers: Vec<Peer> = peers.filter(|peer| !block.holders.contains(peer)).collect();
		for peer in peers {
			self.tell(&peer, hash);
		}
	}

	/// A link is gone: what was asked over it is asked elsewhere.
	pub(super) fn lost_link(&mut self, turn: &Turn<'_>, peer: &Peer) {
		for block in self.blocks.values_mut() {
			block.waiting.remove(peer);
			if block.asked.contains_key(peer) && !block.is_settled() {
				block.look_at = Some(turn.now);
			}
		}
	}
}

/// When a piece may go to the links. Those of an own block in turn: all at once, each link would be
/// given its pieces together, the last relay would get its first piece when the first one has all, and
/// would begin to hand on as much later.
fn begins(block: &Block, route: &Route, piece: u8) -> Moment {
	match block.complete_at {
		Some(authored) if block.source == Some(Source::Own) => {
			authored.saturating_add(route.plan.begins(piece.into()) / HASTE)
		}
		_ => 0,
	}
}
