//! Who votes, and what is frozen when a session starts.

use crate::{
	tree::ranked, Aggregators, Config, Event, Leavers, Matrix, Member, Overheads, Pallet,
	PerMember, Place, Roster, Rules, RulesInForce, Sessions, Slot, Snapshot, SnapshotHash,
	Snapshots, Starts, Turn, Turns, FEWEST_VOTERS, HISTORY,
};
use alloc::vec::Vec;
use codec::{Decode, Encode};
use frame_support::{ensure, traits::Get};
use pallet_session::SessionManager;
use sp_consensus_aura::sr25519::AuthorityId as AuthorKey;
use sp_core::H256;
use sp_io::hashing::blake2_256;
use sp_runtime::DispatchResult;
use sp_staking::SessionIndex;
use voltree_primitives::Clock;
use voltree_wct::Node;

/// The session pallet asks who votes and tells when sessions start and end.
///
/// Answering `Some` makes GRANDPA schedule a set change even for the same members, so `None` is the
/// answer unless membership changed. New keys of a member the session pallet sees by itself.
impl<T: Config> SessionManager<T::AccountId> for Pallet<T> {
	fn new_session_genesis(_: SessionIndex) -> Option<Vec<T::AccountId>> {
		let founders = Roster::<T>::get().into_inner();
		(!founders.is_empty()).then_some(founders)
	}

	fn new_session(_: SessionIndex) -> Option<Vec<T::AccountId>> {
		let voters = Self::voters();
		(!voters.is_empty() && voters != T::Sessions::active()).then_some(voters)
	}

	fn start_session(index: SessionIndex) {
		let members = T::Sessions::planned().into_iter();
		Self::freeze(index, T::CurrentSlot::get(), Self::frozen(members));
		Self::let_go();
	}

	fn end_session(index: SessionIndex) {
		Self::score(index);
	}
}

impl<T: Config> Pallet<T> {
	/// The rules in force.
	pub fn rules() -> Rules {
		RulesInForce::<T>::get().at(Self::now()).1
	}

	/// Announce rules.
	pub(crate) fn do_set_rules(rules: Rules) -> DispatchResult {
		ensure!(rules.are_valid(), crate::Error::<T>::InvalidRules);
		let now = Self::now();
		let from = now.saturating_add(T::Notice::get());
		let (version, announced) = RulesInForce::<T>::get().announce(rules.clone(), from, now);
		RulesInForce::<T>::put(announced);
		Self::deposit_event(Event::RulesSet { version, rules, from });
		Ok(())
	}

	/// Who is to vote: everybody admitted, in the order of admission, but for those whose
	/// equivocation was proved. Of these as many stay, the oldest first, as are needed for four.
	fn voters() -> Vec<T::AccountId> {
		let voters: Vec<_> = Roster::<T>::get()
			.into_iter()
			.filter(T::Sessions::has_keys)
			.map(|account| {
				let marked = Aggregators::<T>::get(&account)
					.is_some_and(|aggregator| aggregator.equivocated.is_some());
				(account, marked)
			})
			.collect();
		let enough = usize::try_from(FEWEST_VOTERS).unwrap_or(usize::MAX);
		let clean = voters.iter().filter(|(_, marked)| !marked).count();
		let mut needed = enough.saturating_sub(clean);
		let mut stays = |marked: bool| {
			let stays = !marked || needed > 0;
			needed = if marked { needed.saturating_sub(1) } else { needed };
			stays
		};
		let voters = voters.into_iter().filter(|(_, marked)| stays(*marked));
		voters.map(|(account, _)| account).collect()
	}

	/// Members with these accounts and keys, as they are now.
	pub(crate) fn frozen(
		members: impl Iterator<Item = (T::AccountId, crate::Keys)>,
	) -> PerMember<Member<T::AccountId>> {
		let rules = Self::rules();
		let member = |(account, keys)| {
			let aggregator = Aggregators::<T>::get(&account);
			let (node, trust, link) = aggregator
				.map_or((None, 0, 1), |one| (one.node, one.counted_trust(&rules), one.link));
			Member { account, node, keys, trust, link }
		};
		PerMember::truncate_from(members.map(member).collect())
	}

	/// Freeze `members` for session `session`, whose blocks come after slot `after`.
	pub(crate) fn freeze(
		session: SessionIndex,
		after: Slot,
		members: PerMember<Member<T::AccountId>>,
	) {
		let rules = Self::rules();
		let nodes: Vec<Node> =
			members.iter().map(|one| Node { trust: one.trust, link: one.link }).collect();
		let (sequence, authors) = ranked(&nodes, &rules);
		Self::put_frozen(Snapshot { session, after, rules, members, sequence, authors });
	}

	/// Store a snapshot as the newest, with all that follows from it.
	pub(crate) fn put_frozen(snapshot: Snapshot<T::AccountId>) {
		let (session, authors) = (snapshot.session, snapshot.authors);
		let before = session.checked_sub(1).and_then(Snapshots::<T>::get);
		let overheads = Self::carried_over(before.as_ref(), &snapshot);
		let hash = H256(blake2_256(&(&snapshot, &overheads).encode()));
		Overheads::<T>::put(overheads);
		SnapshotHash::<T>::put(hash);
		Self::put_turns(&snapshot);
		Self::hand_keys(before.as_ref(), &snapshot);

		let mut starts = Starts::<T>::get().into_inner();
		if u32::try_from(starts.len()).map_or(true, |count| count >= HISTORY) {
			let (oldest, _) = starts.remove(0);
			Snapshots::<T>::remove(oldest);
		}
		starts.push((session, snapshot.after));
		Starts::<T>::put(frame_support::BoundedVec::truncate_from(starts));
		let members = u32::try_from(snapshot.members.len()).unwrap_or(u32::MAX);
		Snapshots::<T>::insert(session, snapshot);
		Self::deposit_event(Event::Frozen { session, hash, members, authors });
	}

	fn put_turns(snapshot: &Snapshot<T::AccountId>) {
		// Those of the last session were taken when it was scored.
		for (turn, (author, _)) in (0..).zip(Self::authors_of(snapshot)) {
			let author = author.clone();
			Turns::<T>::insert(turn, Turn { author, written: 0, missed: 0 });
		}
	}

	/// The overheads of the snapshot before, as far as its members are members still.
	fn carried_over(
		before: Option<&Snapshot<T::AccountId>>,
		snapshot: &Snapshot<T::AccountId>,
	) -> Matrix {
		let old = Overheads::<T>::get();
		let places: Vec<Option<Place>> = match before {
			Some(before)
				if before.members.len().saturating_mul(before.members.len()) == old.len() =>
			{
				let places: alloc::collections::BTreeMap<_, _> =
					(0..).zip(&before.members).map(|(place, one)| (&one.account, place)).collect();
				snapshot.members.iter().map(|one| places.get(&one.account).copied()).collect()
			}
			_ => alloc::vec![None; snapshot.members.len()],
		};
		let width = before.map_or(0, |before| before.members.len());
		let cell = |from: Option<Place>, to: Option<Place>| {
			let (from, to) = (usize::from(from?), usize::from(to?));
			old.get(from.saturating_mul(width).saturating_add(to)).copied()
		};
		let cells = places.iter().flat_map(|from| places.iter().map(move |to| (*from, *to)));
		Matrix::truncate_from(cells.map(|(from, to)| cell(from, to).unwrap_or(0)).collect())
	}

	/// A node signs its reports with its author key, as an ordinary account. Such an account must
	/// exist to send anything, though it has no money: as long as it may report, it does.
	fn hand_keys(before: Option<&Snapshot<T::AccountId>>, snapshot: &Snapshot<T::AccountId>) {
		let older = snapshot.session.checked_sub(2).and_then(Snapshots::<T>::get);
		let keys = |snapshot: Option<&Snapshot<T::AccountId>>| -> Vec<AuthorKey> {
			let members = snapshot.map(|one| one.members.as_slice()).unwrap_or_default();
			let mut keys: Vec<_> = members.iter().map(|one| one.keys.author.clone()).collect();
			keys.sort_unstable();
			keys
		};
		let [older, before, now] = [keys(older.as_ref()), keys(before), keys(Some(snapshot))];
		let has = |keys: &[AuthorKey], key: &AuthorKey| keys.binary_search(key).is_ok();
		for key in now.iter().filter(|key| !has(&before, key) && !has(&older, key)) {
			Self::account_of(key).iter().for_each(|account| {
				frame_system::Pallet::<T>::inc_sufficients(account);
			});
		}
		for key in older.iter().filter(|key| !has(&before, key) && !has(&now, key)) {
			Self::account_of(key).iter().for_each(|account| {
				frame_system::Pallet::<T>::dec_sufficients(account);
			});
		}
	}

	/// The account whose key is `key`.
	pub(crate) fn account_of(key: &AuthorKey) -> Option<T::AccountId> {
		T::AccountId::decode(&mut AsRef::<[u8]>::as_ref(key)).ok()
	}

	/// Forget the leavers who are no longer active voters.
	fn let_go() {
		let leavers = Leavers::<T>::get();
		if leavers.is_empty() {
			return;
		}
		let active = T::Sessions::active();
		let (stay, go): (Vec<_>, Vec<_>) =
			leavers.into_iter().partition(|account| active.contains(account));
		go.iter().for_each(Self::forget);
		Leavers::<T>::put(PerMember::truncate_from(stay));
	}
}
