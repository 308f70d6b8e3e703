//! What the service's extrinsics do: put together, and read again where they wait in the pool.

use super::desk::Job;
use codec::{Decode, Encode};
use voltree_runtime::{RuntimeCall, UncheckedExtrinsic};

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
	use super::{super::keys::KEY_TYPE, *};
	use crate::extrinsic::{sign, Terms};
	use sp_core::sr25519;
	use sp_keystore::{testing::MemoryKeystore, Keystore};
	use voltree_primitives::{IdentityTag, Roles};

	fn terms() -> Terms {
		Terms {
			genesis: voltree_runtime::Hash::repeat_byte(1),
			birth: (70, voltree_runtime::Hash::repeat_byte(2)),
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
		let opaque =
			sign(&keystore, KEY_TYPE, &public, call, 6, &terms()).expect("the key is there");
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
