//! What the agent asks of the chain and tells it.

use super::{
	key::Key,
	metadata::{Layout, Terms, LIFETIME},
	rpc::{Failure, Node},
};
use crate::model::hex;
use blake2::{digest::consts::U16, Blake2b, Digest};
use codec::{Decode, Encode};
use serde_json::{json, Value};

/// How far behind finality may lie before extrinsics are born at the best block instead.
const FINALITY_LAG: u32 = LIFETIME / 2;

/// A connection that remembers what seldom changes.
pub struct Chain {
	node: Node,
	genesis: [u8; 32],
	layout: Layout,
	spec_version: u32,
	tx_version: u32,
}

/// Where the chain stands.
#[derive(Clone, Copy, Debug)]
pub struct Head {
	pub best: [u8; 32],
	pub number: u32,
	pub finalized: [u8; 32],
	pub finalized_number: u32,
	/// Chain time of the best block, in milliseconds.
	pub now: u64,
}

/// The periods of reports, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Periods {
	pub report: u64,
	pub freshness: u64,
	pub interval: u64,
}

/// What a sensor says.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
	pub class: String,
	pub confidence: u32,
	pub model: [u8; 32],
	pub observed: u64,
	pub digest: [u8; 32],
}

/// What a meter says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Register {
	pub boundary: u64,
	pub import: u64,
	pub export: u64,
}

impl Chain {
	pub fn connect(node: Node) -> Result<Self, Failure> {
		let genesis = node.hash("chain_getBlockHash", json!([0]))?;
		let (spec_version, tx_version) = versions(&node)?;
		let metadata = node.bytes("state_getMetadata", json!([]))?;
		let layout = Layout::read(&metadata).map_err(Failure::Strange)?;
		Ok(Self { node, genesis, layout, spec_version, tx_version })
	}

	/// Reads the layout again if the runtime has been upgraded.
	pub fn keep_up(&mut self) -> Result<(), Failure> {
		if versions(&self.node)? != (self.spec_version, self.tx_version) {
			*self = Self::connect(self.node.clone())?;
		}
		Ok(())
	}

	pub fn head(&self) -> Result<Head, Failure> {
		let finalized = self.node.hash("chain_getFinalizedHead", json!([]))?;
		let finalized_number = self.number(finalized)?;
		let best = self.node.hash("chain_getBlockHash", json!([]))?;
		let number = self.number(best)?;
		let now = self.call("MarketApi_now", &[], best)?;
		let now = decode::<u64>(&now, "MarketApi_now")?;
		Ok(Head { best, number, finalized, finalized_number, now })
	}

	fn number(&self, block: [u8; 32]) -> Result<u32, Failure> {
		let header = self.node.ask("chain_getHeader", json!([hex(&block)]))?;
		let number = header.get("number").and_then(Value::as_str);
		let digits = number.and_then(|number| number.strip_prefix("0x"));
		digits
			.and_then(|digits| u32::from_str_radix(digits, 16).ok())
			.ok_or_else(|| Failure::Strange("a header has no number".into()))
	}

	fn call(&self, function: &str, arguments: &[u8], at: [u8; 32]) -> Result<Vec<u8>, Failure> {
		self.node.bytes("state_call", json!([function, hex(arguments), hex(&at)]))
	}

	/// The account's next number, extrinsics in the pool not counted.
	pub fn nonce(&self, account: [u8; 32], at: [u8; 32]) -> Result<u32, Failure> {
		let bytes = self.call("AccountNonceApi_account_nonce", &account, at)?;
		decode(&bytes, "the account's nonce")
	}

	/// The periods in force, from storage: a version number before them, what is announced after.
	pub fn periods(&self, at: [u8; 32]) -> Result<Periods, Failure> {
		let key = [twox128(b"SensorOracle"), twox128(b"Parameters")].concat();
		let bytes = self.storage(&key, at)?.ok_or_else(|| {
			Failure::Strange("the chain has no parameters of the sensor oracle".into())
		})?;
		let (_, report, freshness, interval) =
			decode::<(u32, u64, u64, u64)>(&bytes, "the oracle's parameters")?;
		if !(1..=report).contains(&interval) || freshness < report {
			return Err(Failure::Strange("the oracle's parameters make no sense".into()));
		}
		Ok(Periods { report, freshness, interval })
	}

	/// When the newest report was observed that the chain has of a sensor.
	pub fn last_observed(&self, sensor: [u8; 32], at: [u8; 32]) -> Result<Option<u64>, Failure> {
		let hash = Blake2b::<U16>::digest(sensor);
		let key = [&twox128(b"SensorOracle")[..], &twox128(b"Reports"), &hash, &sensor].concat();
		let Some(bytes) = self.storage(&key, at)? else { return Ok(None) };
		type Stored = ([u8; 32], u8, u32, [u8; 32], u64, [u8; 32]);
		let stored = decode::<Stored>(&bytes, "a stored report")?;
		Ok(Some(stored.4))
	}

	/// The boundaries that the chain has of a meter, rising.
	pub fn boundaries(&self, meter: [u8; 32], at: [u8; 32]) -> Result<Vec<u64>, Failure> {
		let bytes = self.call("SensorOracleApi_registers", &meter, at)?;
		let known = decode::<Vec<(u64, u64, u64)>>(&bytes, "a meter's registers")?;
		Ok(known.into_iter().map(|(boundary, _, _)| boundary).collect())
	}

	fn storage(&self, key: &[u8], at: [u8; 32]) -> Result<Option<Vec<u8>>, Failure> {
		let value = self.node.ask("state_getStorage", json!([hex(key), hex(&at)]))?;
		let Some(text) = value.as_str() else { return Ok(None) };
		let bytes = super::key::unhex(text);
		bytes.map(Some).ok_or_else(|| Failure::Strange("a stored value is no bytes".into()))
	}

	/// The call that makes a report.
	pub fn report_call(&self, sensor: [u8; 32], report: &Report) -> Result<Vec<u8>, Failure> {
		let class = self.layout.class(&report.class).ok_or_else(|| {
			Failure::Strange(format!("the chain knows no class {}", report.class))
		})?;
		let mut call = self.layout.report.to_vec();
		(sensor, class, report.confidence, report.model, report.observed, report.digest)
			.encode_to(&mut call);
		// The device sends it itself, so there is no signature inside.
		call.push(0);
		Ok(call)
	}

	/// The call that makes a register known.
	pub fn register_call(&self, meter: [u8; 32], register: &Register) -> Vec<u8> {
		let mut call = self.layout.report_register.to_vec();
		(meter, register.boundary, register.import, register.export).encode_to(&mut call);
		call.push(0);
		call
	}

	/// The last block in which an extrinsic that is made now can be included.
	pub fn valid_until(&self, head: &Head) -> u32 {
		birth(head).0 + LIFETIME
	}

	/// Submits a call with a number of the account.
	pub fn submit(&self, key: &Key, call: &[u8], nonce: u32, head: &Head) -> Result<(), Failure> {
		let terms = Terms {
			spec_version: self.spec_version,
			tx_version: self.tx_version,
			genesis: self.genesis,
			nonce,
			birth: birth(head),
		};
		let extrinsic = self.layout.extrinsic(call, key.account(), &terms, |text| key.sign(text));
		self.node.text("author_submitExtrinsic", json!([hex(&extrinsic)])).map(|_| ())
	}
}

/// From which block an extrinsic is valid: one that stays, if there is one near.
fn birth(head: &Head) -> (u32, [u8; 32]) {
	match head.number.saturating_sub(head.finalized_number) <= FINALITY_LAG {
		true => (head.finalized_number, head.finalized),
		false => (head.number, head.best),
	}
}

fn versions(node: &Node) -> Result<(u32, u32), Failure> {
	let version = node.ask("state_getRuntimeVersion", json!([]))?;
	let part = |name: &str| {
		let number = version.get(name).and_then(Value::as_u64).and_then(|n| u32::try_from(n).ok());
		number.ok_or_else(|| Failure::Strange(format!("the runtime's version has no {name}")))
	};
	Ok((part("specVersion")?, part("transactionVersion")?))
}

fn decode<T: Decode>(bytes: &[u8], what: &str) -> Result<T, Failure> {
	T::decode(&mut &bytes[..]).map_err(|error| Failure::Strange(format!("{what}: {error}")))
}

/// The hash of names in storage keys: two of 64 bits.
fn twox128(name: &[u8]) -> [u8; 16] {
	use twox_hash::XxHash64;
	let mut hash = [0; 16];
	for (seed, half) in hash.chunks_mut(8).enumerate() {
		use std::hash::Hasher;
		let mut hasher = XxHash64::with_seed(seed as u64);
		hasher.write(name);
		half.copy_from_slice(&hasher.finish().to_le_bytes());
	}
	hash
}

#[cfg(test)]
mod tests {
	use super::*;

	/// The key of `System` that every explorer knows.
	#[test]
	fn storage_keys_are_the_chains() {
		assert_eq!(hex(&twox128(b"System")), "0x26aa394eea5630e07c48ae0c9558cef7");
		assert_eq!(hex(&twox128(b"Account")), "0xb99d880ec681799c0cf30e8886371da9");
	}

	#[test]
	fn extrinsics_are_born_where_the_chain_stays() {
		let mut head =
			Head { best: [1; 32], number: 20, finalized: [2; 32], finalized_number: 17, now: 0 };
		assert_eq!(birth(&head), (17, [2; 32]));
		head.finalized_number = 3;
		assert_eq!(birth(&head), (20, [1; 32]));
	}
}
