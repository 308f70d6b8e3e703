//! The device's key: sr25519, as the chain's accounts are.

use crate::{error::Error, model::digest};
use blake2::{digest::consts::U64, Blake2b, Digest};
use schnorrkel::{derive::ChainCode, ExpansionMode, Keypair, MiniSecretKey};
use std::{fs, io::Read, path::Path};

/// The seed behind the well-known development accounts (`//Alice`); worth nothing elsewhere.
const DEVELOPMENT: &str = "fac7959dbfe72f052e5a0c3c8d6530f202b02fd8f9f5ca3580ec8deb7797479e";

/// Substrate's own prefix of addresses, which this chain uses.
const SS58_PREFIX: u8 = 42;

/// A key pair.
#[derive(Clone)]
pub struct Key(Keypair);

impl Key {
	/// From a file with a seed of 64 hexadecimal digits, or the path of a development account, as
	/// `//Sensor//1//2`.
	pub fn read(path: &Path) -> Result<Self, Error> {
		let text = fs::read_to_string(path).map_err(Error::read(path))?;
		Self::parse(text.trim()).ok_or_else(|| {
			Error::Input(format!(
				"{} is no key: it must hold 64 hexadecimal digits, or a path as //Sensor//1//2 on a \
				 development chain. `voltree-sensor key new` makes one",
				path.display()
			))
		})
	}

	/// From such text.
	pub fn parse(text: &str) -> Option<Self> {
		let (seed, path) = match text.find("//") {
			Some(0) => (DEVELOPMENT, text),
			Some(at) => text.split_at(at),
			None => (text, ""),
		};
		let seed = unhex(seed).and_then(|bytes| <[u8; 32]>::try_from(bytes).ok())?;
		let mini = MiniSecretKey::from_bytes(&seed).ok()?;
		let mut secret = mini.expand(ExpansionMode::Ed25519);
		for junction in path.split("//").skip(1) {
			if junction.is_empty() || junction.contains('/') {
				return None;
			}
			let (mini, _) =
				secret.hard_derive_mini_secret_key(Some(ChainCode(chain_code(junction))), b"");
			secret = mini.expand(ExpansionMode::Ed25519);
		}
		Some(Self(secret.to_keypair()))
	}

	/// The account.
	pub fn account(&self) -> [u8; 32] {
		self.0.public.to_bytes()
	}

	pub fn sign(&self, message: &[u8]) -> [u8; 64] {
		self.0.sign_simple(b"substrate", message).to_bytes()
	}

	/// The account as people write it (SS58).
	pub fn address(&self) -> String {
		let mut bytes = vec![SS58_PREFIX];
		bytes.extend(self.account());
		let mut hasher = Blake2b::<U64>::new();
		hasher.update(b"SS58PRE");
		hasher.update(&bytes);
		bytes.extend(&hasher.finalize()[..2]);
		base58(&bytes)
	}
}

/// What a part of the path contributes: a number or text in SCALE encoding, 32 bytes long.
fn chain_code(junction: &str) -> [u8; 32] {
	let encoded = match junction.parse::<u64>() {
		Ok(number) => number.to_le_bytes().to_vec(),
		Err(_) => codec::Encode::encode(junction),
	};
	if encoded.len() > 32 {
		return digest(&encoded);
	}
	let mut code = [0; 32];
	code[..encoded.len()].copy_from_slice(&encoded);
	code
}

fn base58(bytes: &[u8]) -> String {
	const ALPHABET: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
	let mut digits: Vec<u8> = Vec::new();
	for byte in bytes {
		let mut carry = u32::from(*byte);
		for digit in &mut digits {
			carry += u32::from(*digit) << 8;
			*digit = (carry % 58) as u8;
			carry /= 58;
		}
		while carry > 0 {
			digits.push((carry % 58) as u8);
			carry /= 58;
		}
	}
	let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
	let leading = std::iter::repeat_n('1', zeros);
	leading
		.chain(digits.iter().rev().map(|digit| char::from(ALPHABET[usize::from(*digit)])))
		.collect()
}

/// Bytes from hexadecimal digits, with or without 0x.
pub fn unhex(text: &str) -> Option<Vec<u8>> {
	let digits = text.strip_prefix("0x").unwrap_or(text);
	if !digits.len().is_multiple_of(2) || !digits.is_ascii() {
		return None;
	}
	(0..digits.len())
		.step_by(2)
		.map(|at| u8::from_str_radix(&digits[at..at + 2], 16).ok())
		.collect()
}

/// Make or show the device's key
#[derive(clap::Subcommand, Debug)]
pub enum Command {
	/// Make a new key, in a file that only its owner can read, and print its address
	New {
		/// The file; it must not exist
		file: std::path::PathBuf,
	},
	/// Print the address that the management centre registers
	Show {
		/// The file
		file: std::path::PathBuf,
	},
}

pub fn run(command: &Command) -> Result<(), Error> {
	let file = match command {
		Command::Show { file } => file,
		Command::New { file } => {
			let random = Path::new("/dev/urandom");
			let mut seed = [0; 32];
			let mut source = fs::File::open(random).map_err(Error::read(random))?;
			source.read_exact(&mut seed).map_err(Error::read(random))?;
			let text = format!("{}\n", crate::model::hex(&seed));
			create_private(file, text.as_bytes()).map_err(Error::write(file))?;
			file
		}
	};
	let key = Key::read(file)?;
	let account = crate::model::hex(&key.account());
	crate::output::print(&format!("{} (account {account})\n", key.address()))
}

/// A new file that only its owner can read.
fn create_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
	use std::{io::Write, os::unix::fs::OpenOptionsExt};
	let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
	file.write_all(bytes)?;
	file.sync_all()
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::model::hex;

	/// As every Substrate tool derives them.
	#[test]
	fn development_accounts_are_the_known_ones() {
		let alice = Key::parse("//Alice").expect("a path");
		let known = "0xd43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d";
		assert_eq!(hex(&alice.account()), known);
		assert_eq!(alice.address(), "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY");
		// The first sensor of the development chain, as the runtime's genesis names it.
		let sensor = Key::parse("//Sensor//1//1").expect("a path");
		let known = "0x16ae7259b74ae551bbd52be8aefb1d63c9a8b72388e916c586820f71fe2ac820";
		assert_eq!(hex(&sensor.account()), known);
	}

	#[test]
	fn what_is_no_key_is_refused() {
		for text in ["", "0x12", "//", "//a///b", "zz", &"g".repeat(64)] {
			assert!(Key::parse(text).is_none(), "{text}");
		}
		assert!(Key::parse(&"1f".repeat(32)).is_some());
	}

	#[test]
	fn signatures_are_the_keys_own() {
		let key = Key::parse("//Alice").expect("a path");
		let signature = schnorrkel::Signature::from_bytes(&key.sign(b"hello")).expect("64 bytes");
		assert!(key.0.public.verify_simple(b"substrate", b"hello", &signature).is_ok());
		assert!(key.0.public.verify_simple(b"substrate", b"hallo", &signature).is_err());
	}
}
