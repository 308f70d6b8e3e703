//! Extrinsics of this node's own keys: the management centre's service's, a data aggregator's.

use codec::Encode;
use frame_system::{
	AuthorizeCall, CheckEra, CheckGenesis, CheckNonZeroSender, CheckNonce, CheckSpecVersion,
	CheckTxVersion, CheckWeight,
};
use pallet_skip_feeless_payment::SkipCheckIfFeeless;
use pallet_transaction_payment::ChargeTransactionPayment;
use sp_core::{crypto::KeyTypeId, sr25519};
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

/// The key is gone, or the keystore does not answer.
#[derive(Debug, thiserror::Error)]
pub enum Unsigned {
	/// The keystore failed.
	#[error("the keystore failed: {0}")]
	Keystore(#[from] sp_keystore::Error),
	/// The key is not there.
	#[error("the key is no longer in the keystore")]
	Gone,
}

/// The keystore's signature of `public`, a key of this `kind`, over `message`.
pub fn signature(
	keystore: &dyn Keystore,
	kind: KeyTypeId,
	public: &sr25519::Public,
	message: &[u8],
) -> Result<Signature, Unsigned> {
	let signature = keystore.sr25519_sign(kind, public, message)?;
	signature.map(Signature::from).ok_or(Unsigned::Gone)
}

/// `call` as an extrinsic of `public` with number `nonce`.
pub fn sign(
	keystore: &dyn Keystore,
	kind: KeyTypeId,
	public: &sr25519::Public,
	call: RuntimeCall,
	nonce: Nonce,
	terms: &Terms,
) -> Result<OpaqueExtrinsic, Unsigned> {
	let (extension, implicit) = extension(nonce, terms);
	let payload = SignedPayload::from_raw(call, extension, implicit);
	let signature = payload.using_encoded(|message| signature(keystore, kind, public, message))?;
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
		AuthorizeCall::<Runtime>::new(),
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
		(),
		None,
	);
	(extension, implicit)
}

#[cfg(test)]
mod tests {
	use super::*;
	use codec::Decode;
	use sp_core::crypto::key_types::AURA;
	use sp_keystore::testing::MemoryKeystore;

	fn terms() -> Terms {
		Terms {
			genesis: Hash::repeat_byte(1),
			birth: (70, Hash::repeat_byte(2)),
			mortality: 8,
			spec_version: 3,
			transaction_version: 4,
		}
	}

	fn remark() -> RuntimeCall {
		RuntimeCall::System(frame_system::Call::remark { remark: vec![1] })
	}

	fn key(keystore: &MemoryKeystore) -> sr25519::Public {
		keystore.sr25519_generate_new(AURA, Some("//Somebody")).expect("in memory")
	}

	/// The signature is over call, extension and implicit data as the runtime's types order them.
	#[test]
	fn an_extrinsic_is_signed_by_the_key() {
		let keystore = MemoryKeystore::new();
		let public = key(&keystore);
		let opaque =
			sign(&keystore, AURA, &public, remark(), 6, &terms()).expect("the key is there");
		let extrinsic = UncheckedExtrinsic::decode(&mut &opaque.encode()[..]).expect("ours");
		let (extension, implicit) = extension(6, &terms());
		let payload =
			SignedPayload::<RuntimeCall, TxExtension>::from_raw(remark(), extension, implicit);
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
		let unsigned = sign(&MemoryKeystore::new(), AURA, &public, remark(), 0, &terms());
		assert!(matches!(unsigned, Err(Unsigned::Gone)));
	}
}
