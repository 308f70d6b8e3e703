//! Who writes which block, and who did not.

use crate::{
	tree::ranked, Aggregators, Config, LastSlot, Pallet, Roster, Sessions, Slot, SlotDuration,
	Snapshot, Snapshots, Turns,
};
use alloc::{collections::BTreeMap, vec::Vec};
use codec::Decode;
use core::marker::PhantomData;
use frame_support::traits::{FindAuthor, Get, OneSessionHandler};
use sp_consensus_aura::{sr25519::AuthorityId as AuthorKey, AURA_ENGINE_ID};
use sp_runtime::{traits::Zero, BoundToRuntimeAppPublic, ConsensusEngineId};
use voltree_wct::Node;

/// Most slots without a block that are looked at in one block, whatever the parameters say.
pub(crate) const MOST_MISSED: Slot = 512;

impl<T: Config> Pallet<T> {
	/// Which of the turns `slot` is.
	fn turn_of(slot: Slot) -> Option<u32> {
		let turn = slot.checked_rem(T::Authors::get().into())?;
		u32::try_from(turn).ok()
	}

	/// Whose turn `slot` is, by the turns of the running session.
	pub fn author_of(slot: Slot) -> Option<T::AccountId> {
		Turns::<T>::get(Self::turn_of(slot)?).map(|turn| turn.author)
	}

	/// Count the block of this slot for its author, and the slots since the last block against
	/// theirs. Returns how many these are. Once a block, before the session may end in it.
	pub(crate) fn count_turns() -> u32 {
		let slot = T::CurrentSlot::get();
		let last = LastSlot::<T>::mutate(|last| core::mem::replace(last, slot));
		if let Some(turn) = Self::turn_of(slot) {
			Turns::<T>::mutate_extant(turn, |turn| turn.written = turn.written.saturating_add(1));
		}
		let between = slot.saturating_sub(last).saturating_sub(1);
		// Nobody missed anything, as nearly always; or the first block, or an outage: nobody's fault.
		if between.is_zero() || last.is_zero() || between > Self::longest_gap() {
			return 0;
		}
		for missed in last.saturating_add(1)..slot {
			if let Some(turn) = Self::turn_of(missed) {
				Turns::<T>::mutate_extant(turn, |turn| turn.missed = turn.missed.saturating_add(1));
			}
		}
		u32::try_from(between).unwrap_or(u32::MAX)
	}

	/// Most slots in a row without a block that are no outage: as long as an outage takes, but at
	/// least as many as there may be faulty authors, whose turns may all come together.
	fn longest_gap() -> Slot {
		let slots = T::Outage::get().checked_div(SlotDuration::<T>::get()).unwrap_or(0);
		let faulty = crate::types::tolerated(
			Roster::<T>::decode_len().unwrap_or(0).try_into().unwrap_or(u32::MAX),
		);
		slots.saturating_sub(1).max(faulty.into()).min(MOST_MISSED)
	}

	/// The authors of `snapshot`, in the order of their turns.
	pub(crate) fn authors_of(
		snapshot: &Snapshot<T::AccountId>,
	) -> impl Iterator<Item = (&T::AccountId, &AuthorKey)> + '_ {
		let count = usize::try_from(snapshot.authors).unwrap_or(usize::MAX);
		let members =
			snapshot.sequence.iter().take(count).filter_map(|place| snapshot.member(*place));
		members.map(|member| (&member.account, &member.keys.author))
	}
}

/// Finds the account whose turn the block's slot was. Asked before the session changes, so by the
/// turns of the set that sealed the block.
impl<T: Config> FindAuthor<T::AccountId> for Pallet<T> {
	fn find_author<'a, I>(digests: I) -> Option<T::AccountId>
	where
		I: 'a + IntoIterator<Item = (ConsensusEngineId, &'a [u8])>,
	{
		let (_, mut slot) = digests.into_iter().find(|(engine, _)| *engine == AURA_ENGINE_ID)?;
		Self::author_of(Slot::decode(&mut slot).ok()?)
	}
}

/// Aura's session handler `I` with the authors of this pallet: the trusted ones in the order N\*,
/// instead of all voters in theirs.
///
/// Order and trust change where the session pallet sees no change, so `I` is told in every session;
/// Aura itself compares, and says nothing if its list stays as it is.
pub struct InOrder<T, I>(PhantomData<(T, I)>);

impl<T, I: BoundToRuntimeAppPublic> BoundToRuntimeAppPublic for InOrder<T, I> {
	type Public = I::Public;
}

impl<T, I> OneSessionHandler<T::AccountId> for InOrder<T, I>
where
	T: Config,
	I: OneSessionHandler<T::AccountId, Key = AuthorKey>
		+ BoundToRuntimeAppPublic<Public = AuthorKey>,
{
	type Key = AuthorKey;

	/// Nothing is frozen yet: who begins is a data aggregator from the chain specification, or
	/// becomes one here.
	fn on_genesis_session<'a, V>(validators: V)
	where
		V: 'a + Iterator<Item = (&'a T::AccountId, AuthorKey)>,
	{
		let validators: Vec<_> = validators.collect();
		let founders = Roster::<T>::get();
		assert!(
			founders.is_empty() || founders.len() == validators.len(),
			"communicationTree.aggregators names an account without session keys in session.keys",
		);
		Pallet::<T>::adopt(validators.iter().map(|(account, _)| (*account).clone()));
		let rules = Pallet::<T>::rules();
		let nodes: Vec<Node> = validators
			.iter()
			.filter_map(|(account, _)| Aggregators::<T>::get(account))
			.map(|one| Node { trust: one.counted_trust(&rules), link: one.link })
			.collect();
		let (sequence, authors) = ranked(&nodes, &rules);
		let count = usize::try_from(authors).unwrap_or(usize::MAX);
		let authors = sequence.iter().take(count);
		I::on_genesis_session(
			authors.filter_map(|place| validators.get(usize::from(*place)).cloned()),
		);
	}

	fn on_new_session<'a, V>(_changed: bool, validators: V, queued: V)
	where
		V: 'a + Iterator<Item = (&'a T::AccountId, AuthorKey)>,
	{
		let Some(snapshot) = Snapshots::<T>::get(T::Sessions::index()) else { return };
		let validators: BTreeMap<_, _> = validators.collect();
		let authors: Vec<_> = Pallet::<T>::authors_of(&snapshot)
			.filter_map(|(account, _)| validators.get_key_value(account))
			.map(|(account, key)| (*account, key.clone()))
			.collect();
		I::on_new_session(true, authors.into_iter(), queued.collect::<Vec<_>>().into_iter());
	}

	fn on_before_session_ending() {
		I::on_before_session_ending();
	}

	/// Nobody is disabled: a block of a disabled author would panic in Aura's hook.
	fn on_disabled(_: u32) {}
}
