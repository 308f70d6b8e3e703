//! From a frozen snapshot to turns and to the plans of blocks: pure functions that the runtime, the node
//! and the laboratory share, so that all of them compute the same trees for every block.
//!
//! A plan is [`voltree_wct::plan`]'s: what it follows from is frozen ([`Frozen::basis`]), and the
//! frozen snapshot's hash, the block's number and its author say who changes places in it and where
//! the second parents are. With a tree that never changes, a parent would be rated by the same few
//! children for ever. Who is not trusted forwards to nobody as long as the others can carry the tree;
//! to earn its way back it serves a trusted member now and then as a second, redundant parent.

use crate::{
	rules::{micros, Rules, TreeMode},
	runtime_api::Frozen,
	types::{Member, PerMember, Place, Slot, Snapshot},
};
use alloc::vec::Vec;
use voltree_wct::{
	plan::{Mode, Paths, Plan, Task, Terms},
	Node, Overheads, Ranking, Settings, Strategy,
};

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

impl<AccountId> Snapshot<AccountId> {
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
}

/// What the plans of a session's blocks follow from, as `voltree-wct` takes it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Basis {
	/// The members. Who has not proved a node key is trusted by nobody here: nothing reaches it down
	/// a tree, so nothing is to depend on it.
	pub nodes: Vec<Node>,
	/// Microseconds between the members, row after row; empty if nobody has measured any.
	pub overheads: Vec<u32>,
	/// Threshold and weights.
	pub settings: Settings,
	/// For predictions.
	pub paths: Paths,
	/// Block `b` travels by entry `b mod length`.
	pub modes: Vec<Mode>,
}

impl<AccountId> Frozen<AccountId> {
	/// What its plans follow from.
	pub fn basis(&self) -> Basis {
		let Snapshot { members, rules, .. } = &self.snapshot;
		let node = |member: &Member<AccountId>| Node {
			trust: if member.node.is_some() { member.trust } else { 0 },
			link: member.link,
		};
		// What nobody has measured is as far as an edge may be: usable, never preferred.
		let unknown = rules.overhead_threshold;
		let cell = |overhead: &u16| micros(if *overhead > 0 { *overhead } else { unknown });
		let measured = self.overheads.iter().any(|overhead| *overhead > 0);
		Basis {
			nodes: members.iter().map(node).collect(),
			overheads: self.overheads.iter().filter(|_| measured).map(cell).collect(),
			settings: rules.settings(),
			paths: rules.paths(),
			modes: rules.modes.iter().map(|mode| Mode::from(*mode)).collect(),
		}
	}

	/// How the block at `number` travels.
	pub fn mode(&self, number: u32) -> TreeMode {
		let modes = &self.snapshot.rules.modes;
		let entry = usize::try_from(number).ok().and_then(|at| at.checked_rem(modes.len()));
		entry.and_then(|entry| modes.get(entry)).copied().unwrap_or(TreeMode::Off)
	}

	/// The plan of the block at `number`, with a body of `bytes`, written by the member at `root`.
	/// `None` if it does not travel down a tree: there is no such member, it has not proved a node
	/// key, or the mode is off.
	pub fn plan(&self, root: Place, number: u32, bytes: u32) -> Option<Plan> {
		self.snapshot.member(root)?.node?;
		let Basis { nodes, overheads, settings, paths, .. } = self.basis();
		let overheads = match overheads.as_slice() {
			[] => None,
			cells => Some(Overheads::new(nodes.len(), cells).ok()?),
		};
		let terms = Terms { nodes: &nodes, overheads, settings, paths };
		let snapshot = self.hash.to_fixed_bytes();
		let task = Task { snapshot, number, root: root.into(), bytes: bytes.into() };
		Plan::new(terms, self.mode(number).into(), task).ok().flatten()
	}
}
