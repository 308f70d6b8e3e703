//! What fills a block: a signed `system.remark` of the wanted length, as the chain reads it.

use super::keys::{bytes, hex};
use blake2::{digest::consts::U32, Blake2b, Digest};
use schnorrkel::Keypair;
use serde_json::Value;

/// What a chain's extrinsics are bound to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
	pub genesis: [u8; 32],
	pub spec_version: u32,
	pub transaction_version: u32,
}

impl Terms {
	/// From the answers of `chain_getBlockHash` and `state_getRuntimeVersion`.
	pub fn read(genesis: &Value, version: &Value) -> Option<Self> {
		let number = |name: &str| u32::try_from(version[name].as_u64()?).ok();
		Some(Self {
			genesis: bytes(genesis.as_str()?)?,
			spec_version: number("specVersion")?,
			transaction_version: number("transactionVersion")?,
		})
	}
}

/// Bytes of an extrinsic beside the remark, at most.
const AROUND: usize = 160;

/// A remark of this account, as an extrinsic of about `length` bytes, in hexadecimal digits.
pub fn remark(account: &Keypair, nonce: u32, length: usize, terms: &Terms) -> String {
	// Pallet 0, call 0: system.remark. Random bytes would only make the database work more.
	let text = vec![0x5a; length.saturating_sub(AROUND)];
	let call = [&[0, 0][..], &compact(text.len() as u64), &text].concat();
	// Immortal; the number; no tip; no hash of the metadata.
	let extension = [&[0][..], &compact(u64::from(nonce)), &[0], &[0]].concat();
	let mut implicit = Vec::new();
	implicit.extend(terms.spec_version.to_le_bytes());
	implicit.extend(terms.transaction_version.to_le_bytes());
	implicit.extend(terms.genesis);
	// For an immortal one the block that it builds on is the first.
	implicit.extend(terms.genesis);
	implicit.push(0);
	let payload = [&call[..], &extension, &implicit].concat();
	let message = match payload.len() {
		..=256 => payload,
		_ => Blake2b::<U32>::digest(&payload).to_vec(),
	};
	let signature = account.sign_simple(b"substrate", &message).to_bytes();
	// Version 4, signed; an account's id; sr25519.
	let mut extrinsic = vec![0x84, 0];
	extrinsic.extend(account.public.to_bytes());
	extrinsic.push(1);
	extrinsic.extend(signature);
	extrinsic.extend(extension);
	extrinsic.extend(call);
	hex(&[compact(extrinsic.len() as u64), extrinsic].concat())
}

/// A number below 2^30 in SCALE's compact form.
fn compact(number: u64) -> Vec<u8> {
	match number {
		0..=0x3f => vec![(number as u8) << 2],
		0x40..=0x3fff => (((number as u16) << 2) | 1).to_le_bytes().to_vec(),
		_ => (((number as u32) << 2) | 2).to_le_bytes().to_vec(),
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::network::keys::unhex;
	use schnorrkel::{ExpansionMode, MiniSecretKey};
	use serde_json::json;

	/// Against the specification's examples.
	#[test]
	fn compact_numbers() {
		for (number, encoded) in [
			(0, &[0x00][..]),
			(1, &[0x04]),
			(42, &[0xa8]),
			(69, &[0x15, 0x01]),
			(65_535, &[0xfe, 0xff, 0x03, 0x00]),
		] {
			assert_eq!(compact(number), encoded, "{number}");
		}
	}

	#[test]
	fn a_remark_is_as_long_as_asked_and_signed() {
		let mini = MiniSecretKey::from_bytes(&[7; 32]).unwrap();
		let account = mini.expand_to_keypair(ExpansionMode::Ed25519);
		let terms = Terms { genesis: [1; 32], spec_version: 2, transaction_version: 3 };
		for length in [200, 20_480, 1_048_576] {
			let bytes = unhex(&remark(&account, 70, length, &terms)).unwrap();
			assert!(bytes.len() <= length && bytes.len() > length - AROUND / 2, "{}", bytes.len());
			let at = compact(bytes.len() as u64 - 4).len();
			let (head, rest) = bytes[at..].split_at(2 + 32 + 1 + 64);
			assert_eq!(head[..2], [0x84, 0]);
			assert_eq!(head[2..34], account.public.to_bytes());
			// Era, number 70, tip, mode.
			assert_eq!(rest[..5], [0, 0x19, 1, 0, 0]);
			let implicit = [&[2, 0, 0, 0, 3, 0, 0, 0][..], &[1; 64], &[0]].concat();
			let payload = [&rest[5..], &rest[..5], &implicit].concat();
			let message = match payload.len() {
				..=256 => payload,
				_ => Blake2b::<U32>::digest(&payload).to_vec(),
			};
			let signature = schnorrkel::Signature::from_bytes(&head[35..]).unwrap();
			assert!(account.public.verify_simple(b"substrate", &message, &signature).is_ok());
		}
	}

	#[test]
	fn terms_are_read_from_answers() {
		let version = json!({ "specVersion": 2, "transactionVersion": 5, "specName": "x" });
		let genesis = json!(hex(&[9; 32]));
		let terms = Terms { genesis: [9; 32], spec_version: 2, transaction_version: 5 };
		assert_eq!(Terms::read(&genesis, &version), Some(terms));
		assert_eq!(Terms::read(&json!("0x12"), &version), None);
		assert_eq!(Terms::read(&genesis, &json!({})), None);
	}
}
