//! The invariants of the pallet's header, as code.

#![cfg(any(feature = "std", feature = "try-runtime"))]

use crate::{
	Aggregators, Config, Leavers, Nodes, Overheads, Pallet, Roster, RulesInForce, Sessions,
	SlotDuration, Snapshots, Starts, Turns, LONGEST_SLOT, SHORTEST_SLOT,
};
use alloc::{collections::BTreeSet, vec::Vec};
use frame_support::{ensure, traits::Get};
use sp_runtime::TryRuntimeError;
use voltree_wct::TRUST_UNIT;

impl<T: Config> Pallet<T> {
	/// Fails with a sentence that names the broken invariant.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		ensure!(
			(SHORTEST_SLOT..=LONGEST_SLOT).contains(&SlotDuration::<T>::get()),
			"the slot duration is out of range"
		);
		let rules = RulesInForce::<T>::get();
		let announced = rules.next.map(|next| next.parameters);
		ensure!(
			rules.current.are_valid() && announced.is_none_or(|next| next.are_valid()),
			"the rules are out of range"
		);
		Self::check_members()?;
		Self::check_snapshots()
	}

	fn check_members() -> Result<(), TryRuntimeError> {
		let (roster, leavers) = (Roster::<T>::get(), Leavers::<T>::get());
		let listed = roster.iter().chain(&leavers).collect::<BTreeSet<_>>();
		ensure!(
			listed.len() == roster.len().saturating_add(leavers.len()),
			"an account is in the roster or among the leavers twice"
		);
		ensure!(
			Aggregators::<T>::iter_keys().count() == listed.len(),
			"the roster and the leavers are not the data aggregators"
		);
		for (account, aggregator) in Aggregators::<T>::iter() {
			ensure!(
				aggregator.leaving == leavers.contains(&account) && listed.contains(&account),
				"a data aggregator is in no list, or in the wrong one"
			);
			ensure!(
				aggregator.legality <= TRUST_UNIT && aggregator.forwarding <= TRUST_UNIT,
				"a part of trust is above one"
			);
			ensure!(
				aggregator.equivocated.is_none() || aggregator.legality == 0,
				"an equivocator is trusted"
			);
			if let Some(node) = aggregator.node {
				ensure!(
					Nodes::<T>::get(node).as_ref() == Some(&account),
					"a data aggregator's node key is not known as its"
				);
			}
			ensure!(T::Sessions::has_keys(&account), "a data aggregator without session keys");
		}
		for (node, account) in Nodes::<T>::iter() {
			ensure!(
				Aggregators::<T>::get(account).is_some_and(|one| one.node == Some(node)),
				"a node key of nobody"
			);
		}
		Ok(())
	}

	fn check_snapshots() -> Result<(), TryRuntimeError> {
		let starts = Starts::<T>::get();
		ensure!(
			starts
				.iter()
				.zip(starts.iter().skip(1))
				.all(|(one, next)| one.0 < next.0 && one.1 <= next.1),
			"the sessions that have a snapshot are out of order"
		);
		ensure!(
			starts.iter().all(|(session, after)| Snapshots::<T>::get(session)
				.is_some_and(|one| one.session == *session && one.after == *after))
				&& Snapshots::<T>::iter_keys().count() == starts.len(),
			"the snapshots are not those of the sessions that have one"
		);
		let Some(newest) = Self::newest() else {
			return Err("the running session has no snapshot".into());
		};
		ensure!(
			newest.members.iter().map(|one| &one.account).eq(T::Sessions::active().iter()),
			"the members of the newest snapshot are not the active voters"
		);
		let members = newest.members.len();
		ensure!(
			Some(Overheads::<T>::get().len()) == members.checked_mul(members),
			"the overheads are not those of the newest snapshot"
		);
		let mut places: Vec<_> = newest.sequence.iter().copied().map(usize::from).collect();
		places.sort_unstable();
		ensure!(places.into_iter().eq(0..members), "the sequence does not have each member once");
		let turns = usize::try_from(newest.authors).unwrap_or(usize::MAX);
		ensure!(turns <= members, "more authors than members");
		ensure!(
			members == 0 || newest.authors == T::Authors::get(),
			"Aura has another number of authors than the newest snapshot"
		);
		ensure!(Turns::<T>::iter().count() == turns, "turns of nobody");
		for (turn, (author, _)) in (0..).zip(Self::authors_of(&newest)) {
			ensure!(
				Turns::<T>::get(turn).is_some_and(|turn| turn.author == *author),
				"a turn is not that of the newest snapshot's author"
			);
		}
		Ok(())
	}
}
