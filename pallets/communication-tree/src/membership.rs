//! Who is a data aggregator.

use crate::{
	Aggregator, Aggregators, Config, Error, Event, Founder, Leavers, NodeKey, Nodes, Pallet,
	Roster, Sessions, DEFAULT_LINK, FEWEST_VOTERS, LARGEST_LINK, MAX_AGGREGATORS,
};
use codec::Encode;
use frame_support::ensure;
use frame_system::pallet_prelude::BlockNumberFor;
use sp_core::ed25519;
use sp_runtime::{traits::Zero, DispatchResult};
use voltree_primitives::{Message, NODE};

impl<T: Config> Pallet<T> {
	/// What the node key of the data aggregator `account` signs, in its SCALE encoding. It names the
	/// account, so that nobody can put another one's node forward as his.
	pub fn node_message(account: T::AccountId) -> Message<T::AccountId> {
		let genesis = frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::zero());
		Message { domain: NODE, genesis, body: account }
	}

	fn ensure_free(node: &NodeKey) -> Result<(), Error<T>> {
		ensure!(!Nodes::<T>::contains_key(node), Error::NodeTaken);
		Ok(())
	}

	fn ensure_proved(
		account: &T::AccountId,
		node: &NodeKey,
		signature: &ed25519::Signature,
	) -> Result<(), Error<T>> {
		let message = Self::node_message(account.clone()).encode();
		let proved = sp_io::crypto::ed25519_verify(signature, &message, node);
		ensure!(proved, Error::BadNodeSignature);
		Ok(())
	}

	fn ensure_link(link: u32) -> Result<(), Error<T>> {
		ensure!((1..=LARGEST_LINK).contains(&link), Error::InvalidLink);
		Ok(())
	}

	/// Fails unless `account` is admitted.
	fn admitted(account: &T::AccountId) -> Result<Aggregator, Error<T>> {
		let aggregator = Aggregators::<T>::get(account).ok_or(Error::NotAdmitted)?;
		ensure!(!aggregator.leaving, Error::NotAdmitted);
		Ok(aggregator)
	}

	/// Admit a data aggregator.
	pub(crate) fn do_admit(
		account: T::AccountId,
		node: NodeKey,
		signature: &ed25519::Signature,
		link: u32,
	) -> DispatchResult {
		if let Some(aggregator) = Aggregators::<T>::get(&account) {
			ensure!(aggregator.leaving, Error::<T>::AlreadyAdmitted);
			return Err(Error::<T>::StillLeaving.into());
		}
		let lists = [Roster::<T>::decode_len(), Leavers::<T>::decode_len()];
		let count = lists.into_iter().flatten().fold(0, usize::saturating_add);
		let room = usize::try_from(MAX_AGGREGATORS).is_ok_and(|most| count < most);
		ensure!(room, Error::<T>::TooManyAggregators);
		ensure!(T::Sessions::has_keys(&account), Error::<T>::NoKeys);
		Self::ensure_free(&node)?;
		Self::ensure_link(link)?;
		// Last, because it is the dearest.
		Self::ensure_proved(&account, &node, signature)?;
		let rules = Self::rules();
		let aggregator = Aggregator::new(Some(node), link, &rules, rules.probation);
		Self::enrol(account.clone(), aggregator)?;
		Self::deposit_event(Event::Admitted { account, node, link });
		Ok(())
	}

	/// Put a data aggregator at the end of the roster.
	fn enrol(account: T::AccountId, aggregator: Aggregator) -> Result<(), Error<T>> {
		Roster::<T>::try_mutate(|roster| roster.try_push(account.clone()))
			.map_err(|_| Error::TooManyAggregators)?;
		if let Some(node) = aggregator.node {
			Nodes::<T>::insert(node, &account);
		}
		Aggregators::<T>::insert(account, aggregator);
		Ok(())
	}

	/// The data aggregators of the first block, as the chain specification says.
	pub(crate) fn found(founders: &[Founder<T::AccountId>]) {
		for Founder { account, node, link } in founders {
			assert!(
				!Aggregators::<T>::contains_key(account),
				"communicationTree.aggregators names an account twice: {account:?}",
			);
			assert!(
				(1..=LARGEST_LINK).contains(link),
				"communicationTree.aggregators: a linking number is {link}; choose 1 to 256",
			);
			assert!(
				node.is_none_or(|node| !Nodes::<T>::contains_key(node)),
				"communicationTree.aggregators names a node key twice, at {account:?}",
			);
			let aggregator = Aggregator::new(*node, *link, &Self::rules(), 0);
			assert!(
				Self::enrol(account.clone(), aggregator).is_ok(),
				"communicationTree.aggregators has more than {MAX_AGGREGATORS} entries",
			);
		}
	}

	/// Make data aggregators of those who write and vote already: at genesis, where the chain
	/// specification names session keys only, and at the upgrade from a release that kept none.
	pub(crate) fn adopt(accounts: impl IntoIterator<Item = T::AccountId>) {
		for account in accounts {
			let aggregator = Aggregator::new(None, DEFAULT_LINK, &Self::rules(), 0);
			if !Aggregators::<T>::contains_key(&account)
				&& Self::enrol(account, aggregator).is_err()
			{
				log::error!(target: "runtime::tree", "More voters than data aggregators can be.");
			}
		}
	}

	/// Let a data aggregator go.
	pub(crate) fn do_leave(account: T::AccountId, removed: bool) -> DispatchResult {
		let mut aggregator = Self::admitted(&account)?;
		let mut roster = Roster::<T>::get();
		roster.retain(|one| *one != account);
		let enough = usize::try_from(FEWEST_VOTERS).unwrap_or(usize::MAX);
		let left = roster.iter().filter(|one| T::Sessions::has_keys(one)).take(enough).count();
		ensure!(left >= enough, Error::<T>::TooFewLeft);
		Roster::<T>::put(roster);
		Self::deposit_event(Event::Leaving { account: account.clone(), removed });
		if Self::may_vote(&account) {
			aggregator.leaving = true;
			Aggregators::<T>::insert(&account, aggregator);
			// As many as there can be aggregators: there is room.
			Leavers::<T>::mutate(|leavers| {
				let _full = leavers.try_push(account);
			});
		} else {
			Self::forget(&account);
		}
		Ok(())
	}

	/// Whether `account` is an active voter, or planned to be one.
	fn may_vote(account: &T::AccountId) -> bool {
		T::Sessions::active().contains(account)
			|| T::Sessions::planned().iter().any(|(planned, _)| planned == account)
	}

	/// Forget one who has left.
	pub(crate) fn forget(account: &T::AccountId) {
		if let Some(node) = Aggregators::<T>::take(account).and_then(|one| one.node) {
			Nodes::<T>::remove(node);
		}
		Self::deposit_event(Event::Left { account: account.clone() });
	}

	/// Give a data aggregator another node key.
	pub(crate) fn do_set_node(
		account: T::AccountId,
		node: NodeKey,
		signature: &ed25519::Signature,
	) -> DispatchResult {
		let mut aggregator = Self::admitted(&account)?;
		Self::ensure_free(&node)?;
		Self::ensure_proved(&account, &node, signature)?;
		if let Some(before) = aggregator.node.replace(node) {
			Nodes::<T>::remove(before);
		}
		Nodes::<T>::insert(node, &account);
		Aggregators::<T>::insert(&account, aggregator);
		Self::deposit_event(Event::NodeChanged { account, node });
		Ok(())
	}

	/// Give a data aggregator another linking number.
	pub(crate) fn do_set_link(account: T::AccountId, link: u32) -> DispatchResult {
		let mut aggregator = Self::admitted(&account)?;
		Self::ensure_link(link)?;
		aggregator.link = link;
		Aggregators::<T>::insert(&account, aggregator);
		Self::deposit_event(Event::LinkChanged { account, link });
		Ok(())
	}

	/// Forget the session keys of somebody who does not need them.
	pub(crate) fn do_purge_keys(account: &T::AccountId) -> DispatchResult {
		ensure!(!Aggregators::<T>::contains_key(account), Error::<T>::KeysInUse);
		// One whose vote was taken is among the aggregators still; this is for the others.
		ensure!(!Self::may_vote(account), Error::<T>::KeysInUse);
		T::Sessions::purge_keys(account)
	}
}
