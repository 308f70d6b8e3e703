//! Two blocks of one slot, two votes of one round.

use super::*;
use finality_grandpa::{Equivocation as Twice, Message as Vote, Prevote};
use sp_consensus_aura::{
	digests::CompatibleDigestItem, sr25519::AuthoritySignature, AURA_ENGINE_ID,
};
use sp_consensus_grandpa::{localized_payload, Equivocation, EquivocationProof};
use sp_core::H256;
use sp_runtime::{
	generic::DigestItem,
	traits::Header as _,
	transaction_validity::{InvalidTransaction, TransactionSource, TransactionValidityError},
};
use voltree_runtime::{Executive, Header, System, UncheckedExtrinsic};

/// A header of `slot` sealed by `da`.
fn sealed(da: Da, slot: u64, salt: u8) -> Box<Header> {
	let pre = DigestItem::PreRuntime(AURA_ENGINE_ID, slot.encode());
	let logs = vec![pre];
	let digest = sp_runtime::Digest { logs };
	let mut header = Header::new(9, H256::repeat_byte(salt), H256::zero(), H256::zero(), digest);
	let seal = da.author().sign(header.hash().as_bytes());
	let seal = <DigestItem as CompatibleDigestItem<AuthoritySignature>>::aura_seal(seal.into());
	header.digest_mut().push(seal);
	Box::new(header)
}

/// Somebody with a vote has the slot `slot`.
fn author_of(slot: u64) -> Da {
	let author = CommunicationTree::author_of(slot).expect("an author");
	FOUR.into_iter().map(Da).find(|da| da.id() == author).expect("one of the four")
}

/// Anybody can prove it, for nothing; of four the offender keeps its vote until a fifth is there.
#[test]
fn an_authors_equivocation_is_proved_for_nothing() {
	common::on("local", |chain| {
		chain.checked_every = 50;
		let slot = u64::from(pallet_aura::CurrentSlot::<Runtime>::get());
		let offender = author_of(slot);
		let call = TreeCall::report_author_equivocation {
			first: sealed(offender, slot, 1),
			second: sealed(offender, slot, 2),
		};
		let reporter = pair("//Ferdie");
		chain.ok(&reporter, call.clone());
		assert_eq!(chain.fees_of(&reporter), 0);
		assert_eq!(offender.known().and_then(|known| known.equivocated), Some(0));
		let again = chain.send(&reporter, call);
		assert_eq!(again, Err(TreeError::AlreadyProved.into()));
		assert!(chain.fees_of(&reporter) > 0, "what fails is not free");

		let eve = Da("//Eve");
		eve.set_keys(chain);
		next_session(chain);
		next_session(chain);
		assert!(votes(offender) && !authors().contains(&offender.id()));
		assert_eq!(Grandpa::current_set_id(), 0);
		chain.decide(eve.admission());
		next_session(chain);
		next_session(chain);
		assert!(votes(eve) && !votes(offender));
		assert_eq!(Grandpa::current_set_id(), 1);
	});
}

/// Two prevotes of `da` in one round, as GRANDPA's own gadget would report them.
fn votes_of(da: Da, set: u64) -> EquivocationProof<H256, u32> {
	let round_number = 3;
	let vote = |salt: u8| {
		let prevote = Prevote { target_hash: H256::repeat_byte(salt), target_number: 5 };
		let payload = localized_payload(round_number, set, &Vote::Prevote(prevote.clone()));
		(prevote, da.voter().sign(&payload).into())
	};
	let identity = da.voter().public().into();
	let twice = Twice { round_number, identity, first: vote(1), second: vote(2) };
	EquivocationProof::new(set, Equivocation::Prevote(twice))
}

fn evidence(da: Da, set: u64) -> Option<UncheckedExtrinsic> {
	let session = Grandpa::session_for_set(set)?;
	let key_owner_proof = CommunicationTree::prove_voter(session, &da.voter().public().into())?;
	let equivocation_proof = Box::new(votes_of(da, set));
	let call = pallet_grandpa::Call::<Runtime>::report_equivocation_unsigned {
		equivocation_proof,
		key_owner_proof,
	};
	Some(UncheckedExtrinsic::new_bare(call.into()))
}

/// A voter's equivocation comes as the node sends it: unsigned, from the author's own pool. It counts
/// once, also after the offender has set other keys, which tries over the next keys would miss.
#[test]
fn a_voters_equivocation_is_proved() {
	common::on("local", |chain| {
		chain.checked_every = 50;
		let bob = Da("//Bob");
		next_session(chain);
		// The offender flees to other keys before anybody reports.
		let keys = SessionKeys {
			aura: pair("//Bob//new").public().into(),
			grandpa: Da("//Ferdie").voter().public().into(),
		};
		pallet_session::NextKeys::<Runtime>::insert(bob.id(), keys);
		let report = evidence(bob, 0).expect("the key was frozen");
		let at = System::parent_hash();
		let ask = |source| {
			frame_support::hypothetically!(Executive::validate_transaction(
				source,
				report.clone(),
				at
			))
		};
		assert!(ask(TransactionSource::External).is_err(), "only the author's own");
		assert_eq!(chain.apply(report.clone()), Ok(Ok(())));
		assert_eq!(bob.known().and_then(|known| known.equivocated), Some(1));
		let stale = TransactionValidityError::Invalid(InvalidTransaction::Stale);
		assert_eq!(chain.apply(report), Err(stale));
		assert!(
			tree_events(chain).contains(&TreeEvent::Equivocated { account: bob.id(), session: 1 })
		);
	});
}

/// Nobody is marked by votes of a set that it was not in, or by another's.
#[test]
fn no_voter_is_framed() {
	common::on("local", |chain| {
		chain.checked_every = 50;
		assert!(evidence(Da("//Eve"), 0).is_none(), "she owned no key then");
		assert!(evidence(Da("//Bob"), 1).is_none(), "there was no such set");
		// A proof about Bob for votes that Eve signed.
		let key_owner_proof =
			CommunicationTree::prove_voter(0, &Da("//Bob").voter().public().into()).expect("owned");
		let equivocation_proof = Box::new(votes_of(Da("//Eve"), 0));
		let call = pallet_grandpa::Call::<Runtime>::report_equivocation_unsigned {
			equivocation_proof,
			key_owner_proof,
		};
		let bad = TransactionValidityError::Invalid(InvalidTransaction::BadProof);
		assert_eq!(chain.apply(UncheckedExtrinsic::new_bare(call.into())), Err(bad));
		assert!(FOUR.iter().all(|seed| Da(seed).known().expect("there").equivocated.is_none()));
	});
}
