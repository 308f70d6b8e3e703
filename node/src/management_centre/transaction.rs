//! The service's extrinsics: made, and read again where they wait in the pool.

use super::{desk::Job, keys::KEY_TYPE};
use codec::{Decode, Encode};
use frame_system::{
	CheckEra, CheckGenesis, CheckNonZeroSender, CheckNonce, CheckSpecVersion, CheckTxVersion,
	CheckWeight,
};
use pallet_skip_feeless_payment::SkipCheckIfFeeless;
use pallet_transaction_payment::ChargeTransactionPayment;
use sp_core::sr25519;
use sp_keystore::Keystore;
use sp_runtime::{
	generic::{Era, SignedPayload},
	traits::TransactionExtension,
	OpaqueExtrinsic,
};
use voltree_runtime::{
	AccountId, Address, BlockNumber, Hash, Nonce, Runtime, RuntimeCall, Signature, TxExtension,
	UncheckedExtrinsic,
};

/// What an extrinsic is bound to.
#[derive(Clone, Debug)]
pub struct Terms {
	/// The chain's first block.
	pub genesis: Hash,
	/// The block that it builds on: it is valid for [`Terms::mortality`] blocks from there.
	pub birth: (BlockNumber, Hash),
	/// For how many blocks it is valid.
	pub mortality: u64,
	/// The version of the chain's rules.
	pub spec_version: u32,
	/// The version of the chain's extrinsics.
	pub transaction_version: u32,
}

/// For how many blocks an extrinsic is valid, where `authors` take turns: not longer than a token is
/// accepted, which is three rounds. What is too late is dropped and signed anew instead of failing
/// for a fee.
pub fn mortality(authors: usize) -> u64 {
	const ROUNDS: u64 = 3;
	// What eras can have, and no more than a minute or two.
	const RANGE: (u64, u64) = (4, 64);
	let blocks = u64::try_from(authors).unwrap_or(u64::MAX).saturating_mul(ROUNDS);
	let power = blocks.checked_ilog2().map_or(1, |log| 1 << log);
	power.clamp(RANGE.0, RANGE.1)
}

/// The service's keys are gone, or the keystore does not answer.
#[derive(Debug, thiserror::Error)]
pub enum Unsigned {
	/// The keystore failed.
	#[error("the keystore failed: {0}")]
	Keystore(#[from] sp_keystore::Error),
	/// The key is not there.
	#[error("the key is no longer in the keystore")]
	Gone,
}

/// The keystore's signature of `public` over `message`.
pub fn signature(
	keystore: &dyn Keystore,
	public: &sr25519::Public,
	message: &[u8],
) -> Result<Signature, Unsigned> {
	let signature = keystore.sr25519_sign(KEY_TYPE, public, message)?;
	signature.map(Signature::from).ok_or(Unsigned::Gone)
}

/// `call` as an extrinsic of `public` with number `nonce`.
pub fn sign(
	keystore: &dyn Keystore,
	public: &sr25519::Public,
	call: RuntimeCall,
	nonce: Nonce,
	terms: &Terms,
) -> Result<OpaqueExtrinsic, Unsigned> {
	let (extension, implicit) = extension(nonce, terms);
	let payload = SignedPayload::from_raw(call, extension, implicit);
	let signature = payload.using_encoded(|message| signature(keystore, public, message))?;
	let (call, extension, _) = payload.deconstruct();
	let address = Address::Id(AccountId::from(public.0));
	Ok(UncheckedExtrinsic::new_signed(call, address, signature, extension).into())
}

/// What the chain checks of an extrinsic before it is dispatched, and what of that is signed without
/// being sent. The order is that of [`TxExtension`]; this is the only place that knows it.
fn extension(
	nonce: Nonce,
	terms: &Terms,
) -> (TxExtension, <TxExtension as TransactionExtension<RuntimeCall>>::Implicit) {
	let (number, hash) = terms.birth;
	let extension = (
		CheckNonZeroSender::<Runtime>::new(),
		CheckSpecVersion::<Runtime>::new(),
		CheckTxVersion::<Runtime>::new(),
		CheckGenesis::<Runtime>::new(),
		CheckEra::<Runtime>::from(Era::mortal(terms.mortality, number.into())),
		CheckNonce::<Runtime>::from(nonce),
		CheckWeight::<Runtime>::new(),
		pallet_blacklist::CheckStanding::<Runtime>::new(),
		SkipCheckIfFeeless::from(ChargeTransactionPayment::<Runtime>::from(0)),
		frame_metadata_hash_extension::CheckMetadataHash::<Runtime>::new(false),
	);
	let implicit = (
		(),
		terms.spec_version,
		terms.transaction_version,
		terms.genesis,
		hash,
		(),
		(),
		(),
		(),
		None,
	);
	(extension, implicit)
}

/// All of `calls` in one: each takes effect or fails for itself.
pub fn together(mut calls: Vec<RuntimeCall>) -> Option<RuntimeCall> {
	match calls.len() {
		0 | 1 => calls.pop(),
		_ => Some(RuntimeCall::Utility(pallet_utility::Call::force_batch { calls })),
	}
}

/// What an extrinsic in the pool will do of what the service does. Nothing for what this node cannot
/// read.
pub fn jobs_of(extrinsic: &impl Encode) -> Vec<Job> {
	UncheckedExtrinsic::decode(&mut &extrinsic.encode()[..])
		.map(|extrinsic| jobs_in(&extrinsic.function))
		.unwrap_or_default()
}

fn jobs_in(call: &RuntimeCall) -> Vec<Job> {
	use pallet_utility::Call::{batch, batch_all, force_batch};
	match call {
		RuntimeCall::Market(pallet_market::Call::respond { request, .. }) => {
			vec![Job::Respond(*request)]
		}
		RuntimeCall::SharedWallet(pallet_shared_wallet::Call::renew { token }) => {
			vec![Job::Renew(token.token.wallet)]
		}
		RuntimeCall::Registry(pallet_registry::Call::certify { account, .. }) => {
			vec![Job::Certify(account.clone())]
		}
		RuntimeCall::Utility(batch { calls } | batch_all { calls } | force_batch { calls }) => {
			calls.iter().flat_map(jobs_in).collect()
		}
		_ => Vec::new(),
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use sp_keystore::testing::MemoryKeystore;
	use voltree_primitives::{IdentityTag, Roles};

	fn terms() -> Terms {
		Terms {
			genesis: Hash::repeat_byte(1),
			birth: (70, Hash::repeat_byte(2)),
			mortality: 8,
			spec_version: 3,
			transaction_version: 4,
		}
	}

	fn certify(n: u8) -> RuntimeCall {
		RuntimeCall::Registry(pallet_registry::Call::certify {
			account: [n; 32].into(),
			tag: IdentityTag::repeat_byte(n),
			roles: Roles::Both,
			expires: 5,
			consent: None,
		})
	}

	fn key(keystore: &MemoryKeystore) -> sr25519::Public {
		keystore.sr25519_generate_new(KEY_TYPE, Some("//Somebody")).expect("in memory")
	}

	/// The signature is over call, extension and implicit data as the runtime's types order them.
	#[test]
	fn an_extrinsic_is_signed_by_the_key() {
		let keystore = MemoryKeystore::new();
		let public = key(&keystore);
		let opaque = sign(&keystore, &public, certify(1), 6, &terms()).expect("the key is there");
		let extrinsic = UncheckedExtrinsic::decode(&mut &opaque.encode()[..]).expect("ours");
		let (extension, implicit) = extension(6, &terms());
		let payload =
			SignedPayload::<RuntimeCall, TxExtension>::from_raw(certify(1), extension, implicit);
		let sp_runtime::generic::Preamble::Signed(address, signature, _) = extrinsic.preamble
		else {
			panic!("it is signed");
		};
		assert_eq!(address, Address::Id(public.0.into()));
		let Signature::Sr25519(signature) = signature else { panic!("by an sr25519 key") };
		let is_valid = payload
			.using_encoded(|message| sp_io::crypto::sr25519_verify(&signature, message, &public));
		assert!(is_valid);
	}

	#[test]
	fn without_the_key_nothing_is_signed() {
		let public = sr25519::Public::from_raw([1; 32]);
		let unsigned = sign(&MemoryKeystore::new(), &public, certify(1), 0, &terms());
		assert!(matches!(unsigned, Err(Unsigned::Gone)));
	}

	#[test]
	fn jobs_are_found_in_the_pool_again() {
		let keystore = MemoryKeystore::new();
		let public = key(&keystore);
		let calls = [
			certify(1),
			certify(2),
			RuntimeCall::System(frame_system::Call::remark { remark: vec![1] }),
		];
		let call = together(calls.to_vec()).expect("three calls");
		let opaque = sign(&keystore, &public, call, 6, &terms()).expect("the key is there");
		let expected = [1u8, 2].map(|n| Job::Certify([n; 32].into()));
		assert_eq!(jobs_of(&opaque), expected);
		assert_eq!(jobs_of(&vec![1u8, 2, 3]), []);
	}

	#[test]
	fn a_single_call_goes_alone() {
		assert_eq!(together(vec![]), None);
		assert_eq!(together(vec![certify(1)]), Some(certify(1)));
	}

	#[test]
	fn extrinsics_live_no_longer_than_tokens() {
		let blocks = [0, 1, 2, 3, 4, 5, 6, 21, 22, 1_000].map(mortality);
		assert_eq!(blocks, [4, 4, 4, 8, 8, 8, 16, 32, 64, 64]);
	}
}
