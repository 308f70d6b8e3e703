//! Who handed on nothing of what it was to hand on, in the last block in which it was to, is not waited
//! for in the next: what it owes us is fetched by deputies as soon as the block has begun to come.
//! Nobody is told; suspicion ends when the suspect delivers something in time, and with the session. A
//! deputy that suspects nobody, because it wrote the last block, fetches what enough others ask it for.

use super::{
	block::{bits, mask},
	repair::{deputies, fetching_for_all},
	*,
};
use crate::policy::Route;
use voltree_wct::plan::Way;

/// Of so many members one has to wait for a piece before we fetch it for them.
const MANY: usize = 4;

impl Protocol {
	/// A parent was to deliver a block's pieces, and has kept all of them or not. Who has delivered some
	/// is late, which the machine may be to blame for.
	pub(super) fn suspect(&mut self, parent: Peer, kept_all: bool) {
		if kept_all {
			self.suspects.insert(parent);
		} else {
			self.suspects.remove(&parent);
		}
	}

	/// A piece of a block has come: asks, once, for those that suspects are to hand on to us. Each has a
	/// deputy, whom all others ask and who asks the author; it answers when it has its piece. What is
	/// asked for here is late only when deputies have had their time. If a third are suspects, it is the
	/// network that is late, or we, and to ask for more would make it later.
	pub(super) fn forestall(&mut self, turn: &Turn<'_>, hash: &Hash) {
		let Some(block) = self.blocks.get(hash).filter(|block| !block.is_forestalled) else {
			return;
		};
		let Some(route) = block.route().cloned().filter(|_| block.pieces.is_some()) else { return };
		if self.suspects.len() >= route.snapshot.members.len().div_ceil(3) {
			return;
		}
		let owed = self.owed_by_suspects(&route) & block.missing();
		let mut questions = BTreeMap::<Peer, u64>::new();
		for (piece, place) in deputies(&route, owed, &self.suspects) {
			let place = if route.own == Some(place) { route.author } else { place };
			let asked = route.snapshot.peer(place).filter(|peer| self.outbox.reaches(peer));
			if let Some(peer) = asked {
				*questions.entry(peer).or_default() |= 1 << piece;
			}
		}
		let Some(block) = self.blocks.get_mut(hash) else { return };
		block.is_forestalled = true;
		self.ask_early(turn, hash, &route, questions);
	}

	/// Others wait for pieces that we are to have no sooner than they, so they take us for a deputy: asks
	/// the author. Not for a few: who asks us for what he has makes its author send it again.
	pub(super) fn fetch_for_others(&mut self, turn: &Turn<'_>, hash: &Hash) {
		let Some(block) = self.blocks.get(hash).filter(|block| block.pieces.is_some()) else {
			return;
		};
		let Some(route) = block.route().cloned() else { return };
		let (Some(own), Some(author)) = (route.own, route.snapshot.peer(route.author)) else {
			return;
		};
		let many = route.snapshot.members.len() / MANY;
		let is_wanted = |piece: &u8| {
			let is_leaf = |way: &Way| way.children(own).is_empty();
			let waiting = block.waiting.values().filter(|wants| **wants & 1 << piece != 0).count();
			waiting >= many.max(1)
				&& route.plan.way_of((*piece).into()).is_some_and(is_leaf)
				&& self.is_free(block, &author, 1 << piece)
		};
		let wanted = bits(block.missing()).filter(is_wanted).fold(0, |all, piece| all | 1 << piece);
		if wanted != 0 {
			self.ask_early(turn, hash, &route, BTreeMap::from([(author, wanted)]));
		}
	}

	/// Asks for pieces that are not late yet, and does not take them for late before deputies have had
	/// the time to give them to everybody.
	fn ask_early(
		&mut self,
		turn: &Turn<'_>,
		hash: &Hash,
		route: &Route,
		questions: BTreeMap<Peer, u64>,
	) {
		let Some(most) = questions.values().map(|pieces| pieces.count_ones()).max() else { return };
		let all = questions.values().fold(0, |all, pieces| all | pieces);
		let bytes = self.blocks.get(hash).map_or(0, |block| block.data.len());
		let fetching = fetching_for_all(route, bytes, all, most);
		let mut patience = 0;
		for (peer, pieces) in questions {
			self.ask(hash, peer, pieces);
			patience = patience.max(self.patience_with(hash, Some(&peer)));
		}
		let answered = turn.now.saturating_add(patience).saturating_add(fetching);
		let Some(block) = self.blocks.get_mut(hash) else { return };
		let late = block.late_at.map_or(answered, |late| late.max(answered));
		block.late_at = Some(late);
		block.look_at = block.look_at.map(|at| at.max(late));
		self.hold_gate(hash, late.saturating_add(patience));
	}

	/// The pieces of a block that come to us from suspects, if at all.
	fn owed_by_suspects(&self, route: &Route) -> u64 {
		let Some(own) = route.own else { return 0 };
		let parent = |piece: &u8| route.plan.way_of((*piece).into())?.parent(own);
		let is_suspect = |place: u32| {
			place != route.author
				&& route.snapshot.peer(place).is_some_and(|peer| self.suspects.contains(&peer))
		};
		let pieces = bits(mask(route.plan.pieces()));
		pieces
			.filter(|piece| parent(piece).is_some_and(is_suspect))
			.fold(0, |all, piece| all | 1 << piece)
	}
}
