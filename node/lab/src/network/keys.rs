//! Fresh keys, made by the node's own program, and put where each node finds them.

use super::process;
use crate::error::Error;
use schnorrkel::{ExpansionMode, Keypair, MiniSecretKey};
use serde::Deserialize;
use std::{
	fs,
	path::{Path, PathBuf},
};

/// A key as the node's program prints it.
#[derive(Deserialize)]
struct Printed {
	#[serde(rename = "publicKey")]
	public: String,
	#[serde(rename = "secretSeed")]
	seed: String,
	#[serde(rename = "ss58Address")]
	address: String,
}

/// What a data aggregator needs.
pub struct Keys {
	/// Pays for what fills the blocks.
	pub account: Keypair,
	/// Addresses of account, author, voter and node.
	pub addresses: [String; 4],
	/// The author's public key.
	pub author: [u8; 32],
	/// Where its node key is.
	pub node_file: PathBuf,
	/// Its node's name in the network.
	pub peer: String,
}

impl Keys {
	/// New ones, with the session keys in the keystore of the chain `id` below `folder`.
	pub fn make(program: &Path, folder: &Path, id: &str) -> Result<Self, Error> {
		let [account, author, voter, node] =
			["sr25519", "sr25519", "ed25519", "ed25519"].map(|scheme| {
				let printed = process::output(
					program,
					&["key", "generate", "--scheme", scheme, "--output-type", "json"],
				)?;
				Ok::<Printed, Error>(serde_json::from_str(&printed)?)
			});
		let (account, author, voter, node) = (account?, author?, voter?, node?);
		let keystore = folder.join("chains").join(id).join("keystore");
		let write = |path: &Path, text: &str| crate::output::write(path, text);
		// The name is the kind of the key, in hexadecimal digits, and the public half.
		for (kind, key) in [("61757261", &author), ("6772616e", &voter)] {
			let name = format!("{kind}{}", key.public.trim_start_matches("0x"));
			write(&keystore.join(name), &serde_json::to_string(&key.seed)?)?;
		}
		let node_file = folder.join("node-key");
		write(&node_file, node.seed.trim_start_matches("0x"))?;
		let file = node_file.to_string_lossy();
		let peer = process::output(program, &["key", "inspect-node-key", "--file", &file])?;
		let strange = || Error::Run("the node's program prints keys in a form of its own".into());
		let seed = bytes(&account.seed).ok_or_else(strange)?;
		let mini = MiniSecretKey::from_bytes(&seed).map_err(|_| strange())?;
		Ok(Self {
			account: mini.expand_to_keypair(ExpansionMode::Ed25519),
			author: bytes(&author.public).ok_or_else(strange)?,
			addresses: [account, author, voter, node].map(|key| key.address),
			node_file,
			peer: peer.trim().to_owned(),
		})
	}
}

/// 32 bytes from `0x` and hexadecimal digits.
pub fn bytes(text: &str) -> Option<[u8; 32]> {
	let all = unhex(text)?;
	all.try_into().ok()
}

/// Bytes from hexadecimal digits.
pub fn unhex(text: &str) -> Option<Vec<u8>> {
	let digits = text.trim_start_matches("0x");
	let pairs = digits.as_bytes().chunks(2);
	pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

/// `0x` and hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
	let mut text = String::with_capacity(2 + 2 * bytes.len());
	text.push_str("0x");
	for byte in bytes {
		for digit in [byte >> 4, byte & 15] {
			text.push(char::from_digit(u32::from(digit), 16).unwrap_or('0'));
		}
	}
	text
}

/// Removes a folder and all in it, if it is there.
pub fn forget(folder: &Path) {
	if folder.exists() {
		if let Err(error) = fs::remove_dir_all(folder) {
			eprintln!("voltree-lab: {} is left behind: {error}", folder.display());
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn digits_and_bytes() {
		assert_eq!(hex(&[0, 0xab, 0xff]), "0x00abff");
		assert_eq!(unhex("0x00abff"), Some(vec![0, 0xab, 0xff]));
		assert_eq!(unhex("0xg0"), None);
		assert_eq!(bytes("0x00"), None);
		assert_eq!(bytes(&hex(&[7; 32])), Some([7; 32]));
	}
}
