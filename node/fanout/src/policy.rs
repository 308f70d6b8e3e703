//! Which trees: from a session's frozen snapshot, the author, the height and the length of a block.
//! Pure: no clock, no socket, no chain. Everybody who holds the snapshot computes the same.

use crate::types::{Author, Hash, Moment, Peer};
use std::{
	collections::{BTreeMap, VecDeque},
	sync::Arc,
};
use voltree_wct::{
	plan::{Mode, Paths, Plan, Task, Terms},
	Error, Node, Overheads, Settings,
};

/// Snapshots that are remembered: blocks of the session before are still on their way.
const SNAPSHOTS: usize = 3;

/// Plans that are remembered.
const PLANS: usize = 64;

/// A data aggregator, as it stands in a snapshot.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Member {
	/// By its node key; `None` as long as it has proved none: nothing is sent to it, its blocks travel
	/// as they do without us, and it stands in the trees as somebody with trust 0.
	pub peer: Option<Peer>,
	/// By its Aura key.
	pub author: Author,
	/// In parts per billion.
	pub trust: u32,
	/// Linking number.
	pub link: u32,
}

/// What a session's trees are built from; frozen when it began.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Snapshot {
	/// The session.
	pub session: u32,
	/// Of everything in it, as the chain computed it.
	pub hash: Hash,
	/// All active ones, in the chain's order.
	pub members: Vec<Member>,
	/// Microseconds one way, row by row; empty if they are not known.
	pub overheads: Vec<u32>,
	/// Threshold and weights.
	pub settings: Settings,
	/// For predictions.
	pub paths: Paths,
	/// Block `b` travels by entry `b mod length`; empty: [`Mode::Off`].
	pub modes: Vec<Mode>,
}

impl Snapshot {
	/// How the block at `number` travels.
	pub fn mode(&self, number: u32) -> Mode {
		Mode::of_block(&self.modes, number)
	}

	/// The place of a node.
	pub fn place(&self, peer: &Peer) -> Option<u32> {
		(0..)
			.zip(&self.members)
			.find(|(_, member)| member.peer == Some(*peer))
			.map(|(place, _)| place)
	}

	/// The place of an author.
	pub fn author(&self, author: &Author) -> Option<u32> {
		let mut members = (0..).zip(&self.members);
		members.find(|(_, member)| member.author == *author).map(|(place, _)| place)
	}

	/// Who stands at a place.
	pub fn peer(&self, place: u32) -> Option<Peer> {
		self.members.get(place as usize)?.peer
	}

	/// How the block at `number` by the member at `author` travels; `None`: not by us. The chain's
	/// runtime API says the same.
	///
	/// # Errors
	///
	/// Those of [`Plan::new`].
	pub fn plan(&self, author: u32, number: u32, bytes: u32) -> Result<Option<Plan>, Error> {
		if self.peer(author).is_none() {
			return Ok(None);
		}
		let nodes: Vec<Node> = self
			.members
			.iter()
			.map(|member| Node { trust: member.trust, link: member.link })
			.collect();
		let overheads = match self.overheads.as_slice() {
			[] => None,
			cells => Some(Overheads::new(nodes.len(), cells)?),
		};
		let terms = Terms { nodes: &nodes, overheads, settings: self.settings, paths: self.paths };
		let task = Task { snapshot: self.hash.0, number, root: author, bytes: bytes.into() };
		Plan::new(terms, self.mode(number), task)
	}
}

/// A block's way: the plan, and where we stand in it.
#[derive(Clone, Debug)]
pub struct Route {
	/// From which the plan was made.
	pub snapshot: Arc<Snapshot>,
	/// Which trees, which pieces.
	pub plan: Arc<Plan>,
	/// Our own place; `None` if we are no member.
	pub own: Option<u32>,
	/// The author's place.
	pub author: u32,
}

impl Route {
	/// The children to whom we send a piece, in order.
	pub fn children(&self, piece: u32) -> Vec<u32> {
		let way = self.own.zip(self.plan.way_of(piece));
		way.map_or(Vec::new(), |(own, way)| way.children(own).to_vec())
	}

	/// Those to whom we are second parent for a piece.
	pub fn second_children(&self, piece: u32) -> Vec<u32> {
		let Some(own) = self.own else { return Vec::new() };
		let children = self.plan.second_children(own).filter(|(_, of)| *of == piece);
		children.map(|(child, _)| child).collect()
	}

	/// Who should send us what.
	pub fn parents(&self) -> BTreeMap<u32, u64> {
		self.own.map_or(BTreeMap::new(), |own| self.plan.parents(own))
	}

	/// The members who look after `own`'s block if its parents do not, and whom it looks after: a
	/// third and two thirds of the sequence away, as siblings share a parent that may be silent.
	pub fn backup_children(&self) -> Vec<u32> {
		let way = self.own.zip(self.plan.way_of(0));
		let Some((own, way)) = way else { return Vec::new() };
		let others = way.sequence().split_first().map_or(&[][..], |(_, others)| others);
		let count = others.len();
		let Some(place) = others.iter().position(|node| *node == own) else { return Vec::new() };
		let mut backups: Vec<u32> =
			[1, 2].iter().map(|third| others[(place + count * third / 3) % count]).collect();
		backups.dedup();
		backups.retain(|node| *node != own);
		backups
	}

	/// How long after the block has begun to leave its author we should have all of it.
	pub fn due(&self) -> Moment {
		self.own.map_or(self.plan.last(), |own| self.plan.due(own))
	}
}

/// Snapshot, author, height, length.
type Key = (Hash, u32, u32, u32);

/// The snapshots of the last sessions, and the plans made from them.
pub struct Policy {
	own: Peer,
	snapshots: VecDeque<Arc<Snapshot>>,
	plans: VecDeque<(Key, Option<Route>)>,
}

impl Policy {
	/// For the node `own`; without a snapshot everything is off.
	pub fn new(own: Peer) -> Self {
		Self { own, snapshots: VecDeque::new(), plans: VecDeque::new() }
	}

	/// Our own node.
	pub fn own(&self) -> Peer {
		self.own
	}

	/// Takes a new session's snapshot into use.
	pub fn learn(&mut self, snapshot: Arc<Snapshot>) {
		if self.snapshots.len() == SNAPSHOTS {
			self.snapshots.pop_back();
		}
		self.snapshots.push_front(snapshot);
	}

	/// The newest one.
	pub fn current(&self) -> Option<&Arc<Snapshot>> {
		self.snapshots.front()
	}

	/// The one with this hash.
	pub fn snapshot(&self, hash: &Hash) -> Option<&Arc<Snapshot>> {
		self.snapshots.iter().find(|snapshot| snapshot.hash == *hash)
	}

	/// Whether a node takes part in one of the sessions.
	pub fn is_member(&self, peer: &Peer) -> bool {
		self.snapshots.iter().any(|snapshot| snapshot.place(peer).is_some())
	}

	/// The way of a block; `None`: not by us, or from a snapshot we do not know.
	pub fn route(
		&mut self,
		snapshot: &Hash,
		author: u32,
		number: u32,
		bytes: u32,
	) -> Option<Route> {
		let key = (*snapshot, author, number, bytes);
		if let Some((_, route)) = self.plans.iter().find(|(known, _)| *known == key) {
			return route.clone();
		}
		let snapshot = self.snapshot(snapshot)?.clone();
		// A snapshot that makes no tree, which the chain does not freeze, is as good as none.
		let plan = snapshot.plan(author, number, bytes).ok().flatten();
		let own = snapshot.place(&self.own);
		let route = plan.map(|plan| Route { snapshot, plan: Arc::new(plan), own, author });
		if self.plans.len() == PLANS {
			self.plans.pop_back();
		}
		self.plans.push_front((key, route.clone()));
		route
	}
}
