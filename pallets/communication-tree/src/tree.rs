//! From a frozen snapshot to turns and trees: pure functions that the runtime, the node and the
//! laboratory share, so that all of them compute the same tree for every block.
//!
//! A tree belongs to a slot: its root is the slot's author, and **pairings are rotated**. Members
//! whose trust lies in the same [`TIER`] and whose linking number is the same are put in an order
//! drawn anew for each slot, so that each meets many others; with a frozen tree, a parent would be
//! rated by the same few children for ever. Whoever is trusted less keeps its place behind.
//!
//! Who is not trusted forwards to nobody as long as the others can carry the tree. To earn its way
//! back it also serves one member each slot, a different one each time, as a second, redundant parent:
//! [`Snapshot::second_child`].

use crate::types::{micros, Member, PerMember, Place, Ppb, Rules, Slot, Snapshot};
use alloc::vec::Vec;
use codec::{Decode, Encode};
use scale_info::TypeInfo;
use sp_io::hashing::twox_64;
use voltree_wct::{Node, Overheads, Ranking, Strategy};

/// Trust within a twentieth of each other makes no difference in a tree.
pub const TIER: Ppb = 50_000_000;

/// The tree of a block, by places in the snapshot.
#[derive(Encode, Decode, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct BlockTree {
	/// The members in the order in which they were attached, the root first.
	pub sequence: Vec<Place>,
	/// From whom each member gets the block; `None` for the root.
	pub parents: Vec<Option<Place>>,
	/// To whom each member forwards, in the order of sending.
	pub children: Vec<Vec<Place>>,
}

/// The trust by which a member is placed in a tree: that of the lower end of its tier, but not below
/// the threshold if it is trusted.
fn tier(trust: Ppb, rules: &Rules) -> Ppb {
	let lower = trust.saturating_sub(trust.checked_rem(TIER).unwrap_or(0));
	if trust >= rules.threshold {
		lower.max(rules.threshold)
	} else {
		lower
	}
}

/// The order N\* of the members' trust and linking numbers, and how many of it take turns: the trusted
/// ones, and as many of the others, the most trusted first, as are needed so that fewer than a third
/// are set aside. Trust alone never takes the chain's writing into a few hands.
///
/// The overheads of the first one (step 3 of Algorithm 1) are left out: turns have no root.
pub(crate) fn ranked(nodes: &[Node], rules: &Rules) -> (PerMember<Place>, u32) {
	let ranking = Ranking::new(nodes, None, rules.settings(), Strategy::Wct);
	let Ok(tree) = ranking.and_then(|ranking| ranking.tree(None)) else {
		// Only an empty list has no tree: rules and trust are checked where they are stored.
		return Default::default();
	};
	let trust = |place: u32| {
		usize::try_from(place).ok().and_then(|place| nodes.get(place)).map_or(0, |node| node.trust)
	};
	let mut sequence = tree.sequence().to_vec();
	let trusted = sequence.iter().filter(|place| trust(**place) >= rules.threshold).count();
	if let Some(others) = sequence.get_mut(trusted..) {
		// Stable: equal ones stay in the order in which they were admitted.
		others.sort_by_key(|place| core::cmp::Reverse(trust(*place)));
	}
	let count = u32::try_from(nodes.len()).unwrap_or(u32::MAX);
	let trusted = u32::try_from(trusted).unwrap_or(u32::MAX);
	let authors = trusted.max(count.saturating_sub(crate::types::tolerated(count)));
	let places = sequence.into_iter().filter_map(|place| Place::try_from(place).ok());
	(PerMember::truncate_from(places.collect()), authors)
}

impl<AccountId: Encode> Snapshot<AccountId> {
	/// The place of `account`.
	pub fn place_of(&self, account: &AccountId) -> Option<Place>
	where
		AccountId: PartialEq,
	{
		let place = self.members.iter().position(|member| member.account == *account)?;
		Place::try_from(place).ok()
	}

	/// The member at `place`.
	pub fn member(&self, place: Place) -> Option<&Member<AccountId>> {
		self.members.get(usize::from(place))
	}

	/// Whose turn it is to write the block of `slot`.
	pub fn author(&self, slot: Slot) -> Option<Place> {
		let turn = slot.checked_rem(self.authors.into())?;
		self.sequence.get(usize::try_from(turn).ok()?).copied()
	}

	/// Whether the member at `place` is trusted.
	pub fn trusts(&self, place: Place) -> bool {
		self.member(place).is_some_and(|member| member.trust >= self.rules.threshold)
	}

	/// The members in the order in which the algorithms get them for the block of `slot`: nodes that
	/// are alike stay in this order.
	pub fn order(&self, slot: Slot) -> Vec<Place> {
		let mut order: Vec<(_, Place)> = (0..)
			.zip(&self.members)
			.map(|(place, member)| (twox_64(&(slot, &member.account).encode()), place))
			.collect();
		order.sort_unstable();
		order.into_iter().map(|(_, place)| place).collect()
	}

	/// The members of `order` as the algorithms see them.
	pub fn nodes(&self, order: &[Place]) -> Vec<Node> {
		let node = |member: &Member<AccountId>| Node {
			trust: tier(member.trust, &self.rules),
			link: member.link,
		};
		order.iter().filter_map(|place| self.member(*place)).map(node).collect()
	}

	/// The overheads between the members of `order`, in microseconds, row after row. What nobody has
	/// measured is as far as an edge may be: usable, never preferred.
	pub fn cells(&self, overheads: &[u16], order: &[Place]) -> Vec<u32> {
		let members = self.members.len();
		let threshold = self.rules.overhead_threshold;
		let cell = |from: Place, to: Place| {
			let place = usize::from(from).saturating_mul(members).saturating_add(usize::from(to));
			match overheads.get(place) {
				Some(0) | None => micros(threshold),
				Some(overhead) => micros(*overhead),
			}
		};
		order.iter().flat_map(|from| order.iter().map(move |to| cell(*from, *to))).collect()
	}

	/// The tree of the block of `slot`, rooted at `root`, which is the slot's author on an honest
	/// chain. `None` if there is no such member.
	pub fn tree(&self, overheads: &[u16], root: Place, slot: Slot) -> Option<BlockTree> {
		let order = self.order(slot);
		let nodes = self.nodes(&order);
		let cells = self.cells(overheads, &order);
		// Overheads that nobody has measured are none.
		let measured = overheads.iter().any(|overhead| *overhead > 0);
		let matrix = if measured { Some(Overheads::new(nodes.len(), &cells).ok()?) } else { None };
		let strategy = self.rules.strategy.into();
		let ranking = Ranking::new(&nodes, matrix, self.rules.settings(), strategy).ok()?;
		let root = order.iter().position(|place| *place == root)?;
		let tree = ranking.tree(Some(u32::try_from(root).ok()?)).ok()?;

		let place = |node: u32| order.get(usize::try_from(node).ok()?).copied();
		let mut parents = alloc::vec![None; nodes.len()];
		let mut children = alloc::vec![Vec::new(); nodes.len()];
		for node in tree.sequence() {
			let own = usize::from(place(*node)?);
			*parents.get_mut(own)? = tree.parent(*node).and_then(place);
			*children.get_mut(own)? = tree.children(*node).filter_map(place).collect();
		}
		let sequence = tree.sequence().iter().filter_map(|node| place(*node)).collect();
		Some(BlockTree { sequence, parents, children })
	}

	/// Whom the member at `place` serves in `slot` as a second, redundant parent, if it is not
	/// trusted: each of the others in turn.
	pub fn second_child(&self, place: Place, slot: Slot) -> Option<Place> {
		if self.member(place).is_none() || self.trusts(place) {
			return None;
		}
		let members = u64::try_from(self.members.len()).ok()?;
		let step = slot.checked_rem(members.saturating_sub(1))?.saturating_add(1);
		let child = u64::from(place).saturating_add(step).checked_rem(members)?;
		Place::try_from(child).ok()
	}
}
