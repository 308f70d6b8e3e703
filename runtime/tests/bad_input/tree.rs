//! What is refused to and about data aggregators.

use crate::common::{
	on,
	people::{alice, household, pair, Id},
	refusals::{by_everybody, check, check_decided, row},
};
use codec::Encode;
use pallet_communication_tree::{PerMember, Place, Rating, Report, Rules, Schedule};
use sp_consensus_aura::{
	digests::CompatibleDigestItem, sr25519::AuthoritySignature, AURA_ENGINE_ID,
};
use sp_core::{ed25519, proof_of_possession::ProofOfPossessionGenerator as _, Pair as _, H256};
use sp_runtime::{
	generic::DigestItem, traits::Header as _, Digest, DispatchError, DispatchError::BadOrigin,
};
use voltree_runtime::{
	opaque::SessionKeys, AccountId, CommunicationTree, Header, Runtime, RuntimeCall, Session,
};

type TreeCall = pallet_communication_tree::Call<Runtime>;
type TreeError = pallet_communication_tree::Error<Runtime>;

fn key(seed: &str) -> ed25519::Pair {
	ed25519::Pair::from_string(seed, None).expect("a derivation path")
}

/// The admission of `account` with the node `seed`, whose key signs for `signed_for`.
fn admit(account: &AccountId, seed: &str, signed_for: &AccountId, link: u32) -> RuntimeCall {
	let message = CommunicationTree::node_message(signed_for.clone()).encode();
	let (node, signature) = (key(seed).public(), key(seed).sign(&message));
	TreeCall::admit { account: account.clone(), node, signature, link }.into()
}

fn bad(
	name: &'static str,
	call: impl Into<RuntimeCall>,
	error: TreeError,
) -> (&'static str, RuntimeCall, DispatchError) {
	(name, call.into(), error.into())
}

#[test]
fn admission_and_removal() {
	on("dev", |chain| {
		let [keyed, stranger] = [household(1), pair("//Stranger")];
		let keys =
			SessionKeys { aura: keyed.public().into(), grandpa: key("//Voter").public().into() };
		let owner = keyed.id().encode();
		let mut voter = key("//Voter");
		let proof = (
			keyed.clone().generate_proof_of_possession(&owner),
			voter.generate_proof_of_possession(&owner),
		);
		let proof = proof.encode();
		chain.ok(&keyed, pallet_session::Call::<Runtime>::set_keys { keys, proof });
		// The node of the only data aggregator.
		let message = CommunicationTree::node_message(alice().id()).encode();
		let (node, signature) = (key("//Node").public(), key("//Node").sign(&message));
		chain.ok(&alice(), TreeCall::set_node { node, signature });

		let me = keyed.id();
		let remove = |account: AccountId| TreeCall::remove { account };
		let rules = TreeCall::set_rules { rules: Rules::default() };
		for call in [admit(&me, "//New", &me, 1), remove(alice().id()).into(), rules.into()] {
			let rows = by_everybody(chain, call, BadOrigin);
			check(chain, rows);
		}
		let other = stranger.id();
		check_decided(
			chain,
			vec![
				bad("twice", admit(&alice().id(), "//New", &me, 1), TreeError::AlreadyAdmitted),
				bad("no keys", admit(&other, "//New", &other, 1), TreeError::NoKeys),
				bad("another's node", admit(&me, "//Node", &me, 1), TreeError::NodeTaken),
				bad("no links", admit(&me, "//New", &me, 0), TreeError::InvalidLink),
				bad("too many links", admit(&me, "//New", &me, 257), TreeError::InvalidLink),
				bad("for another", admit(&me, "//New", &other, 1), TreeError::BadNodeSignature),
				bad("nobody", remove(me.clone()), TreeError::NotAdmitted),
				bad("the last one", remove(alice().id()), TreeError::TooFewLeft),
				bad(
					"no mode",
					TreeCall::set_rules {
						rules: Rules { modes: Schedule::default(), ..Default::default() },
					},
					TreeError::InvalidRules,
				),
			],
		);

		let again = TreeCall::set_node { node, signature };
		let forged = TreeCall::set_node { node: key("//New").public(), signature };
		let rows = vec![
			row("leaves what he is not in", &keyed, TreeCall::leave {}, TreeError::NotAdmitted),
			row("has no node", &keyed, forged.clone(), TreeError::NotAdmitted),
			row("has no links", &keyed, TreeCall::set_link { link: 1 }, TreeError::NotAdmitted),
			row("the last one leaves", &alice(), TreeCall::leave {}, TreeError::TooFewLeft),
			row("the same node", &alice(), again, TreeError::NodeTaken),
			row("another one's proof", &alice(), forged, TreeError::BadNodeSignature),
			row("no links", &alice(), TreeCall::set_link { link: 0 }, TreeError::InvalidLink),
			row("keys that vote", &alice(), TreeCall::purge_keys {}, TreeError::KeysInUse),
			row(
				"no keys",
				&household(2),
				TreeCall::purge_keys {},
				pallet_session::Error::<Runtime>::NoKeys,
			),
		];
		check(chain, rows);
	});
}

fn rating(parent: Place, assigned: u16, on_time: u16) -> Rating {
	Rating { parent, assigned, on_time }
}

#[test]
fn reports() {
	on("dev", |chain| {
		let early = Report {
			session: 0,
			reporter: 0,
			ratings: PerMember::default(),
			overheads: PerMember::default(),
		};
		let call = |report: &Report| TreeCall::report { report: report.clone() };
		let rows = vec![row("of this session", &alice(), call(&early), TreeError::WrongSession)];
		check(chain, rows);
		while Session::current_index() == 0 {
			chain.next();
		}
		chain.next();

		let good = early;
		let with = |ratings: &[Rating]| Report {
			ratings: PerMember::truncate_from(ratings.to_vec()),
			..good.clone()
		};
		let far = Report { overheads: PerMember::truncate_from(vec![1, 2]), ..good.clone() };
		let nobody = Report { reporter: 1, ..good.clone() };
		let later = Report { session: 1, ..good.clone() };
		let never = Report { session: u32::MAX, ..good.clone() };
		let rows = vec![
			row("not over yet", &alice(), call(&later), TreeError::WrongSession),
			row("never", &alice(), call(&never), TreeError::WrongSession),
			row("another's", &household(1), call(&good), TreeError::NotTheReporter),
			row("nobody's", &alice(), call(&nobody), TreeError::NotTheReporter),
			row("of itself", &alice(), call(&with(&[rating(0, 1, 1)])), TreeError::InvalidRating),
			row("of nobody", &alice(), call(&with(&[rating(1, 1, 1)])), TreeError::InvalidRating),
			row(
				"more than all",
				&alice(),
				call(&with(&[rating(1, 1, 2)])),
				TreeError::InvalidRating,
			),
			row("of too many", &alice(), call(&far), TreeError::InvalidOverheads),
		];
		check(chain, rows);
		chain.ok(&alice(), call(&good));
		let rows = vec![row("again", &alice(), call(&good), TreeError::AlreadyReported)];
		check(chain, rows);
	});
}

/// A header of `slot`, sealed by `signer`.
fn sealed(signer: &str, slot: u64, salt: u8, padding: usize) -> Box<Header> {
	let pre = DigestItem::PreRuntime(AURA_ENGINE_ID, slot.encode());
	let digest = Digest { logs: vec![pre, DigestItem::Other(vec![0; padding])] };
	let mut header = Header::new(9, H256::repeat_byte(salt), H256::zero(), H256::zero(), digest);
	let seal = pair(signer).sign(header.hash().as_bytes());
	let seal = <DigestItem as CompatibleDigestItem<AuthoritySignature>>::aura_seal(seal.into());
	header.digest_mut().push(seal);
	Box::new(header)
}

#[test]
fn equivocations() {
	on("dev", |chain| {
		let slot = u64::from(pallet_aura::CurrentSlot::<Runtime>::get());
		let reporter = household(1);
		let call = |first: &Header, second: &Header| TreeCall::report_author_equivocation {
			first: Box::new(first.clone()),
			second: Box::new(second.clone()),
		};
		let [one, two] = [1, 2].map(|salt| sealed("//Alice", slot, salt, 0));
		let mut open = two.clone();
		open.digest_mut().logs.pop();
		let resealed = sealed("//Alice", slot, 1, 0);
		let ancient = [1, 2].map(|salt| sealed("//Alice", 0, salt, 0));
		let nothing = DispatchError::from(TreeError::NotAnEquivocation);
		let rows = vec![
			row("one block", &reporter, call(&one, &one), nothing),
			row("sealed twice", &reporter, call(&one, &resealed), nothing),
			row("two slots", &reporter, call(&one, &sealed("//Alice", slot + 1, 2, 0)), nothing),
			row("another's seal", &reporter, call(&one, &sealed("//Bob", slot, 2, 0)), nothing),
			row("no seal", &reporter, call(&one, &open), nothing),
			row("before the chain", &reporter, call(&ancient[0], &ancient[1]), nothing),
			row(
				"too long",
				&reporter,
				call(&one, &sealed("//Alice", slot, 2, 32 * 1_024)),
				TreeError::HeaderTooLong,
			),
		];
		check(chain, rows);
		chain.ok(&reporter, call(&one, &two));
		let rows = vec![row("again", &reporter, call(&two, &one), TreeError::AlreadyProved)];
		check(chain, rows);
	});
}
