//! Reads for the runtime API.

use crate::{
	runtime_api::{BlockTree, Frozen, Relay, SecondParent},
	Aggregator, Aggregators, Config, Leavers, Overheads, Pallet, Place, Roster, Rules,
	RulesInForce, Sessions, Snapshot, SnapshotHash, Snapshots,
};
use alloc::vec::Vec;
use voltree_primitives::Clock;
use voltree_wct::plan::Way;

impl<T: Config> Pallet<T> {
	/// What was frozen at the start of the running session.
	pub fn newest() -> Option<Snapshot<T::AccountId>> {
		Snapshots::<T>::get(T::Sessions::index())
	}

	/// The newest snapshot with its overheads and hash.
	pub fn newest_frozen() -> Option<Frozen<T::AccountId>> {
		let snapshot = Self::newest()?;
		Some(Frozen { snapshot, overheads: Overheads::<T>::get(), hash: SnapshotHash::<T>::get() })
	}

	/// All data aggregators, those on their way out last.
	pub fn aggregators() -> Vec<(T::AccountId, Aggregator)> {
		let accounts = Roster::<T>::get().into_iter().chain(Leavers::<T>::get());
		accounts.filter_map(|one| Aggregators::<T>::get(&one).map(|known| (one, known))).collect()
	}

	/// The active ones in the order N\*.
	pub fn sequence() -> Vec<T::AccountId> {
		let Some(snapshot) = Self::newest() else { return Vec::new() };
		let account = |place: &Place| snapshot.member(*place).map(|one| one.account.clone());
		snapshot.sequence.iter().filter_map(account).collect()
	}

	/// The authors, in the order of their turns.
	pub fn authors() -> Vec<T::AccountId> {
		let Some(snapshot) = Self::newest() else { return Vec::new() };
		Self::authors_of(&snapshot).map(|(account, _)| account.clone()).collect()
	}

	/// How a block travels.
	pub fn tree_of(
		author: &T::AccountId,
		number: u32,
		bytes: u32,
	) -> Option<BlockTree<T::AccountId>> {
		let frozen = Self::newest_frozen()?;
		let plan = frozen.plan(frozen.snapshot.place_of(author)?, number, bytes)?;
		let account = |node: u32| {
			let member = frozen.snapshot.member(Place::try_from(node).ok()?);
			member.map(|member| member.account.clone())
		};
		let relay = |way: &Way, node: u32| {
			Some(Relay {
				account: account(node)?,
				parent: way.parent(node).and_then(account),
				children: way.children(node).iter().filter_map(|child| account(*child)).collect(),
				due: plan.due(node),
			})
		};
		let tree = |way: &Way| way.sequence().iter().map(|node| relay(way, *node)).collect();
		let members = u32::try_from(frozen.snapshot.members.len()).ok()?;
		let serves =
			|node| plan.second_children(node).map(move |(child, piece)| (node, child, piece));
		let second = |(parent, child, piece)| {
			Some(SecondParent { parent: account(parent)?, child: account(child)?, piece })
		};
		Some(BlockTree {
			snapshot: frozen.hash,
			mode: frozen.mode(number),
			pieces: plan.trees_of_pieces().to_vec(),
			trees: plan.ways().iter().map(tree).collect::<Option<_>>()?,
			second: (0..members).flat_map(serves).filter_map(second).collect(),
		})
	}

	/// The rules in force, and how often they have been replaced.
	pub fn numbered_rules() -> (u32, Rules) {
		RulesInForce::<T>::get().at(Self::now())
	}
}
