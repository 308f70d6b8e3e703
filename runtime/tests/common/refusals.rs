//! Calls that have to be refused, as a table: each changes nothing but fee and nonce, and what the
//! door refuses not even those.

use super::{
	people::{alice, grid, household, meter, pair, sensor_owner, service, wallet_key, Id},
	scene::total,
	sign, state, Chain,
};
use pallet_blacklist::Refusal;
use sp_core::sr25519::Pair;
use sp_io::hashing::twox_128;
use sp_runtime::{transaction_validity::TransactionValidityError, DispatchError};
use std::collections::{BTreeMap, BTreeSet};
use voltree_runtime::{AccountId, Runtime, RuntimeCall, RuntimeEvent, VOLT};

/// How a call is refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refused {
	/// By the pallet, for a fee.
	AtDispatch(DispatchError),
	/// Before that, by the pool and by the author of a block.
	AtTheDoor(Refusal),
}

impl Row {
	/// What it is called.
	pub fn name(&self) -> &'static str {
		self.name
	}
}

impl<E: Into<DispatchError>> From<E> for Refused {
	fn from(error: E) -> Self {
		Self::AtDispatch(error.into())
	}
}

/// A call that has to be refused.
pub struct Row {
	name: &'static str,
	signer: Pair,
	call: RuntimeCall,
	expected: Refused,
}

/// `signer` sends `call`, which has to fail with `expected`.
pub fn row(
	name: &'static str,
	signer: &Pair,
	call: impl Into<RuntimeCall>,
	expected: impl Into<Refused>,
) -> Row {
	Row { name, signer: signer.clone(), call: call.into(), expected: expected.into() }
}

/// `signer` sends `call`, which has to be refused at the door.
pub fn at_the_door(
	name: &'static str,
	signer: &Pair,
	call: impl Into<RuntimeCall>,
	refusal: Refusal,
) -> Row {
	let expected = Refused::AtTheDoor(refusal);
	Row { name, signer: signer.clone(), call: call.into(), expected }
}

/// What every extrinsic writes: what the system pallet forgets with the block, and the number of
/// the extrinsic.
fn is_of_the_block(key: &[u8]) -> bool {
	const NAMES: [&str; 9] = [
		"AllExtrinsicsLen",
		"BlockSize",
		"BlockWeight",
		"EventCount",
		"Events",
		"ExecutionPhase",
		"ExtrinsicData",
		"ExtrinsicWeightReclaimed",
		"InherentsApplied",
	];
	key == sp_core::storage::well_known_keys::EXTRINSIC_INDEX
		|| NAMES
			.iter()
			.any(|name| key.starts_with(&[twox_128(b"System"), twox_128(name.as_bytes())].concat()))
}

fn account_key(who: &AccountId) -> Vec<u8> {
	frame_system::Account::<Runtime>::hashed_key_for(who)
}

/// Keys whose values differ.
fn changed(before: &BTreeMap<Vec<u8>, Vec<u8>>) -> BTreeSet<Vec<u8>> {
	let after = state();
	before
		.keys()
		.chain(after.keys())
		.filter(|key| before.get(*key) != after.get(*key) && !is_of_the_block(key))
		.cloned()
		.collect()
}

/// Send all rows in the open block: each is refused as it says, and storage is unchanged but for
/// the fee, from signer to author, and the signer's nonce.
pub fn check(chain: &mut Chain, rows: Vec<Row>) {
	let author = alice().id();
	for Row { name, signer, call, expected } in rows {
		let error = match expected {
			Refused::AtDispatch(error) => error,
			Refused::AtTheDoor(refusal) => {
				check_door(chain, name, &signer, call, refusal);
				continue;
			}
		};
		let payer = signer.id();
		let account = frame_system::Account::<Runtime>::get;
		let [mut paying, mut writing] = [account(&payer), account(&author)];
		let fees_before = chain.fees_of(&signer);
		let before = state();

		let result = chain.send(&signer, call.clone());
		assert_eq!(result, Err(error), "{name}: {call:?}");

		let allowed = [account_key(&payer), account_key(&author)];
		for key in changed(&before) {
			let key_text = sp_core::hexdisplay::HexDisplay::from(&key).to_string();
			assert!(allowed.contains(&key), "{name}: {key_text} changed");
		}
		let fee = chain.fees_of(&signer) - fees_before;
		paying.nonce += 1;
		if payer == author {
			assert_eq!(account(&payer), paying, "{name}: the author pays himself");
			continue;
		}
		paying.data.free -= fee;
		writing.data.free += fee;
		assert!(fee > 0, "{name}: what fails is not free");
		assert_eq!(account(&payer), paying, "{name}: the signer pays the fee, nothing more");
		assert_eq!(account(&author), writing, "{name}: the author gets the fee");
	}
}

/// What the door refuses leaves no trace at all: it does not even come into a block.
fn check_door(chain: &mut Chain, name: &str, signer: &Pair, call: RuntimeCall, refusal: Refusal) {
	let before = state();
	let result = chain.apply(sign(signer, call.clone(), 0));
	let expected: TransactionValidityError = refusal.into();
	assert_eq!(result, Err(expected), "{name}: {call:?}");
	assert_eq!(changed(&before), BTreeSet::new(), "{name}: nothing changed");
}

/// Somebody of each kind, all with money and none of them the authority: what it alone may do is
/// refused to each with `expected`.
pub fn by_everybody(
	chain: &mut Chain,
	call: impl Into<RuntimeCall>,
	expected: impl Into<Refused>,
) -> Vec<Row> {
	let (call, expected) = (call.into(), expected.into());
	let [stranger, device] = [pair("//Stranger"), meter(14)];
	let key = wallet_key(&household(1));
	for somebody in [&stranger, &device, &key] {
		if total(somebody) < VOLT {
			chain.give(somebody, VOLT);
		}
	}
	let everybody = [
		("a member", household(1)),
		("another member", household(7)),
		("a sensor owner", sensor_owner(1)),
		("the service", service()),
		("one of the authority", alice()),
		("the grid", grid()),
		("a stranger", stranger),
		("a device", device),
		("a wallet's key", key),
	];
	everybody.map(|(name, who)| row(name, &who, call.clone(), expected)).into()
}

/// The authority decides each of `calls`, here through the development network's root: it is refused
/// with its error, and nothing changes but the nonce of who sends it.
pub fn check_decided(chain: &mut Chain, calls: Vec<(&'static str, RuntimeCall, DispatchError)>) {
	let root = alice();
	for (name, call, expected) in calls {
		let before = state();
		let boxed = Box::new(call.clone());
		chain.ok(&root, pallet_sudo::Call::<Runtime>::sudo { call: boxed });
		let result = chain.block_events().into_iter().rev().find_map(|event| match event {
			RuntimeEvent::Sudo(pallet_sudo::Event::Sudid { sudo_result }) => Some(sudo_result),
			_ => None,
		});
		assert_eq!(result, Some(Err(expected)), "{name}: {call:?}");
		for key in changed(&before) {
			let key_text = sp_core::hexdisplay::HexDisplay::from(&key).to_string();
			assert_eq!(key, account_key(&root.id()), "{name}: {key_text} changed");
		}
	}
}
