//! Equivocations: two blocks of one slot, two votes of one round.
//!
//! Who owned which key in which session is read from the snapshots of the last [`HISTORY`] sessions.
//! So a proof of ownership is the number of a session, nothing more, and the keys in it are those that
//! the session really had. The session pallet's historical tries prove the running session by the
//! *next* keys instead, which an equivocator can replace before anybody reports.

use crate::{
	Aggregators, Config, Error, Event, Pallet, Sessions, Slot, Snapshot, Snapshots, Starts,
};
use alloc::{vec, vec::Vec};
use codec::Encode;
use frame_support::{
	ensure,
	traits::{Get, KeyOwnerProofSystem},
	weights::Weight,
};
use frame_system::{
	ensure_signed,
	pallet_prelude::{HeaderFor, OriginFor},
};
use sp_consensus_aura::{
	digests::CompatibleDigestItem,
	sr25519::{AuthorityId as AuthorKey, AuthoritySignature},
};
use sp_consensus_grandpa::{AuthorityId as VoterKey, KEY_TYPE as VOTER};
use sp_runtime::{traits::Header, DispatchResult, KeyTypeId, Perbill, RuntimeAppPublic};
use sp_session::MembershipProof;
use sp_staking::{
	offence::{Kind, Offence, OffenceDetails, OnOffenceHandler, ReportOffence},
	SessionIndex,
};

/// Longest header in a proof, in bytes: one that announces the largest sets is shorter.
pub(crate) const LONGEST_HEADER: usize = 32 * 1_024;

/// An author sealed two blocks of one slot.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AuthorEquivocation<AccountId> {
	/// The slot.
	pub slot: Slot,
	/// The session whose author it was.
	pub session: SessionIndex,
	/// How many voters the session had.
	pub voters: u32,
	/// Who did it.
	pub offender: AccountId,
}

impl<AccountId: Clone> Offence<AccountId> for AuthorEquivocation<AccountId> {
	const ID: Kind = *b"aura:equivocatio";
	type Slot = Slot;

	fn offenders(&self) -> Vec<AccountId> {
		vec![self.offender.clone()]
	}

	fn session_index(&self) -> SessionIndex {
		self.session
	}

	fn validator_set_count(&self) -> u32 {
		self.voters
	}

	fn slot(&self) -> Slot {
		self.slot
	}

	// No money is at stake: trust is lost as a whole.
	fn slash_fraction(&self, _: u32) -> Perbill {
		Perbill::one()
	}
}

/// A sealed header without its seal, the seal, and its slot.
struct Sealed {
	/// Hash of the header without the seal: what was sealed. Two seals over the same are no two
	/// blocks.
	hash: Vec<u8>,
	seal: AuthoritySignature,
	slot: Slot,
}

impl Sealed {
	fn new<H: Header>(header: &H) -> Option<Self> {
		let mut header = header.clone();
		let digest = header.digest_mut();
		let seal = digest.logs.pop()?;
		let seal = CompatibleDigestItem::<AuthoritySignature>::as_aura_seal(&seal)?;
		let slot = digest
			.logs
			.iter()
			.find_map(CompatibleDigestItem::<AuthoritySignature>::as_aura_pre_digest)?;
		Some(Self { hash: header.hash().as_ref().to_vec(), seal, slot: slot.into() })
	}

	fn is_by(&self, author: &AuthorKey) -> bool {
		author.verify(&self.hash, &self.seal)
	}
}

impl<T: Config> Pallet<T> {
	/// Whether nobody pays for this proof: it would be accepted now.
	pub fn is_free_proof(
		origin: &OriginFor<T>,
		first: &HeaderFor<T>,
		second: &HeaderFor<T>,
	) -> bool {
		ensure_signed(origin.clone()).is_ok() && Self::check_proof_of_two(first, second).is_ok()
	}

	/// Fails unless the two headers prove something new.
	fn check_proof_of_two(
		first: &HeaderFor<T>,
		second: &HeaderFor<T>,
	) -> Result<AuthorEquivocation<T::AccountId>, Error<T>> {
		let short = |header: &HeaderFor<T>| header.encoded_size() <= LONGEST_HEADER;
		ensure!(short(first) && short(second), Error::HeaderTooLong);
		let sealed = |header| Sealed::new(header).ok_or(Error::NotAnEquivocation);
		let (first, second) = (sealed(first)?, sealed(second)?);
		let slot = first.slot;
		ensure!(slot == second.slot && first.hash != second.hash, Error::NotAnEquivocation);
		let equivocation = Self::sessions_of(slot)
			.filter_map(Snapshots::<T>::get)
			.find_map(|snapshot| {
				let author = snapshot.member(snapshot.author(slot)?)?;
				let key = &author.keys.author;
				let offender = author.account.clone();
				(first.is_by(key) && second.is_by(key)).then(|| AuthorEquivocation {
					slot,
					session: snapshot.session,
					voters: count(&snapshot),
					offender,
				})
			})
			.ok_or(Error::NotAnEquivocation)?;
		let marked = Aggregators::<T>::get(&equivocation.offender)
			.is_some_and(|aggregator| aggregator.equivocated.is_some());
		let known = T::Offences::is_known_offence(
			core::slice::from_ref(&equivocation.offender),
			&equivocation.slot,
		);
		ensure!(!marked && !known, Error::AlreadyProved);
		Ok(equivocation)
	}

	/// The sessions that `slot` may be of: the one it is of on this chain, and its neighbours, since
	/// on another fork the session may have ended a little earlier or later. None for a slot before
	/// all that are kept.
	fn sessions_of(slot: Slot) -> impl Iterator<Item = SessionIndex> {
		let starts = Starts::<T>::get();
		let after = starts.iter().filter(|(_, start)| *start < slot).count();
		let near = if after == 0 { 0 } else { 3 };
		let near = starts.into_iter().skip(after.saturating_sub(2)).take(near);
		near.map(|(session, _)| session)
	}

	/// Take a proof.
	pub(crate) fn do_report_author_equivocation(
		reporter: T::AccountId,
		first: &HeaderFor<T>,
		second: &HeaderFor<T>,
	) -> DispatchResult {
		let equivocation = Self::check_proof_of_two(first, second)?;
		T::Offences::report_offence(vec![reporter], equivocation)
			.map_err(|_| Error::<T>::AlreadyProved)?;
		Ok(())
	}

	/// Mark who equivocated.
	fn mark(account: &T::AccountId, session: SessionIndex) {
		let marked = Aggregators::<T>::mutate_extant(account, |one| {
			one.legality = 0;
			one.equivocated.is_none().then(|| one.equivocated = Some(session)).is_some()
		});
		if marked {
			Self::deposit_event(Event::Equivocated { account: account.clone(), session });
		}
	}

	/// A proof that `key` was a voter's in `session`, for GRANDPA's reports.
	pub fn prove_voter(session: SessionIndex, key: &VoterKey) -> Option<MembershipProof> {
		let snapshot = Snapshots::<T>::get(session)?;
		snapshot.members.iter().find(|member| member.keys.voter == *key)?;
		let validator_count = count(&snapshot);
		Some(MembershipProof { session, trie_nodes: Vec::new(), validator_count })
	}
}

/// How many voters a session has.
fn count<AccountId>(snapshot: &Snapshot<AccountId>) -> u32 {
	u32::try_from(snapshot.members.len()).unwrap_or(u32::MAX)
}

/// Told by the offences pallet of every equivocation that was proved, of authors and voters alike.
impl<T: Config> OnOffenceHandler<T::AccountId, T::AccountId, Weight> for Pallet<T> {
	fn on_offence(
		offenders: &[OffenceDetails<T::AccountId, T::AccountId>],
		_: &[Perbill],
		session: SessionIndex,
	) -> Weight {
		offenders.iter().for_each(|details| Self::mark(&details.offender, session));
		let count = u64::try_from(offenders.len()).unwrap_or(u64::MAX);
		T::DbWeight::get().reads_writes(count, count)
	}
}

/// Whose a voter's key was: see the module. A proof names a session and how many voters it had.
impl<T: Config> KeyOwnerProofSystem<(KeyTypeId, VoterKey)> for Pallet<T> {
	type Proof = MembershipProof;
	type IdentificationTuple = T::AccountId;

	fn prove((kind, key): (KeyTypeId, VoterKey)) -> Option<Self::Proof> {
		(kind == VOTER).then(|| Self::prove_voter(T::Sessions::index(), &key)).flatten()
	}

	fn check_proof(
		(kind, key): (KeyTypeId, VoterKey),
		proof: Self::Proof,
	) -> Option<Self::IdentificationTuple> {
		let snapshot = Snapshots::<T>::get(proof.session).filter(|_| kind == VOTER)?;
		let whole = proof.trie_nodes.is_empty() && proof.validator_count == count(&snapshot);
		let owner = snapshot.members.iter().find(|member| member.keys.voter == key);
		owner.filter(|_| whole).map(|member| member.account.clone())
	}
}
