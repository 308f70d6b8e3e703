//! Messages that somebody signs off chain and the chain checks.
//!
//! Every such message starts with a [`Domain`] and the genesis hash, so that a signature made for
//! one purpose or chain is worth nothing for another, and carries a number that is used once.

use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_core::H256;
use sp_runtime::traits::{IdentifyAccount, Verify};

/// What a signed message is for. The first sixteen bytes of its encoding.
pub type Domain = [u8; 16];

/// A newcomer agrees to be certified.
pub const CONSENT: Domain = *b"voltree:consent:";
/// A wallet agrees to be linked to a user.
pub const LINK: Domain = *b"voltree:link:w:\0";
/// A device agrees to be registered.
pub const DEVICE: Domain = *b"voltree:device:\0";
/// The management centre certifies a shared wallet.
pub const TOKEN: Domain = *b"voltree:token:\0\0";
/// A sensor reports what it sees.
pub const SENSOR_REPORT: Domain = *b"voltree:sensor:\0";
/// A meter reports its registers.
pub const REGISTER_REPORT: Domain = *b"voltree:meter:\0\0";
/// A meter reports its registers at several boundaries.
pub const REGISTERS_REPORT: Domain = *b"voltree:meters:\0";
/// A device gives the root of an hour of its series.
pub const SERIES_ROOT: Domain = *b"voltree:series:\0";
/// A node says which data aggregator it belongs to.
pub const NODE: Domain = *b"voltree:node:\0\0\0";

/// The frame around what is signed: `domain ++ genesis ++ body`, in SCALE encoding.
///
/// Clients sign `Message { .. }.encode()`. Runtime APIs return these bytes ready for signing.
#[derive(
	Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug,
)]
pub struct Message<Body> {
	/// What the message is for.
	pub domain: Domain,
	/// Hash of the chain's first block.
	pub genesis: H256,
	/// What is said.
	pub body: Body,
}

/// Whether `signer` signed `message`.
///
/// Wallets in a browser refuse to sign bare bytes and sign `<Bytes>message</Bytes>` instead; both
/// forms count. No other framing does, so neither form can be mistaken for an extrinsic.
pub fn is_signed_by<S: Verify>(
	message: &[u8],
	signature: &S,
	signer: &<S::Signer as IdentifyAccount>::AccountId,
) -> bool {
	const OPEN: &[u8] = b"<Bytes>";
	const CLOSE: &[u8] = b"</Bytes>";
	if signature.verify(message, signer) {
		return true;
	}
	let wrapped: Vec<u8> = [OPEN, message, CLOSE].concat();
	signature.verify(&wrapped[..], signer)
}

#[cfg(test)]
mod tests {
	use super::*;
	use sp_keyring::Sr25519Keyring::{Alice, Bob};
	use sp_runtime::MultiSignature;

	#[test]
	fn a_message_starts_with_its_domain_and_genesis() {
		let genesis = H256::repeat_byte(7);
		let bytes = Message { domain: LINK, genesis, body: 5u32 }.encode();
		assert_eq!(&bytes[..16], b"voltree:link:w:\0");
		assert_eq!(&bytes[16..48], genesis.as_bytes());
		assert_eq!(&bytes[48..], [5, 0, 0, 0]);
	}

	#[test]
	fn a_signature_counts_bare_or_wrapped_and_for_its_signer_only() {
		let bare: MultiSignature = Alice.sign(b"hello").into();
		let wrapped: MultiSignature = Alice.sign(b"<Bytes>hello</Bytes>").into();
		for signature in [bare, wrapped] {
			assert!(is_signed_by(b"hello", &signature, &Alice.to_account_id()));
			assert!(!is_signed_by(b"hello", &signature, &Bob.to_account_id()));
			assert!(!is_signed_by(b"hallo", &signature, &Alice.to_account_id()));
		}
	}
}
