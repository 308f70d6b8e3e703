//! Reads for the runtime API.

use crate::{
	runtime_api::{Frozen, Relay},
	Aggregator, Aggregators, Config, Leavers, Overheads, Pallet, Place, Roster, Rules,
	RulesInForce, Sessions, Slot, Snapshot, SnapshotHash, Snapshots,
};
use alloc::vec::Vec;
use voltree_primitives::Clock;

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

	/// The tree of a block.
	pub fn tree_of(author: &T::AccountId, slot: Slot) -> Option<Vec<Relay<T::AccountId>>> {
		let snapshot = Self::newest()?;
		let root = snapshot.place_of(author)?;
		let tree = snapshot.tree(&Overheads::<T>::get(), root, slot)?;
		let account = |place: Place| snapshot.member(place).map(|one| one.account.clone());
		let relay = |place: &Place| {
			let own = usize::from(*place);
			let children = tree.children.get(own)?;
			Some(Relay {
				account: account(*place)?,
				parent: tree.parents.get(own).copied().flatten().and_then(account),
				children: children.iter().filter_map(|child| account(*child)).collect(),
				second_child: snapshot.second_child(*place, slot).and_then(account),
			})
		};
		tree.sequence.iter().map(relay).collect()
	}

	/// The rules in force, and how often they have been replaced.
	pub fn numbered_rules() -> (u32, Rules) {
		RulesInForce::<T>::get().at(Self::now())
	}
}
