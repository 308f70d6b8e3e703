//! Which of the node's keys the chain takes now.
//!
//! Asked anew at every block: a rotation needs no restart, only that the new key is in the keystore
//! before the old one's overlap ends.

use sp_core::{crypto::KeyTypeId, sr25519};
use voltree_runtime::AccountId;

/// The kind of the service's keys in a node's keystore, as `key insert --key-type` wants it.
pub const KEY_TYPE: KeyTypeId = KeyTypeId(*b"vmcs");

/// Seed of the service key of the development networks. Everybody knows it.
pub const DEVELOPMENT_KEY: &str = "//ManagementCentre";

/// How a key stands on the chain.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
	/// The service key.
	Current,
	/// The service key before it, in its overlap.
	Retiring,
}

/// A key of this node that the chain takes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ServiceKey {
	/// Its public half, which is also the service's account.
	pub public: sr25519::Public,
	/// How it stands.
	pub standing: Standing,
}

impl ServiceKey {
	/// The account that it signs for.
	pub fn account(&self) -> AccountId {
		AccountId::from(self.public.0)
	}
}

/// The first of the chain's service keys (the current one, then one that is being retired) that is
/// among the keys `held` by this node.
pub fn choose(chain: &[AccountId], held: &[sr25519::Public]) -> Option<ServiceKey> {
	chain.iter().enumerate().find_map(|(index, account)| {
		let public = held.iter().find(|public| AccountId::from(public.0) == *account)?;
		let standing = if index == 0 { Standing::Current } else { Standing::Retiring };
		Some(ServiceKey { public: *public, standing })
	})
}

#[cfg(test)]
mod tests {
	use super::*;

	fn public(n: u8) -> sr25519::Public {
		sr25519::Public::from_raw([n; 32])
	}

	fn account(n: u8) -> AccountId {
		AccountId::from([n; 32])
	}

	fn chosen(chain: &[u8], held: &[u8]) -> Option<(u8, Standing)> {
		let chain = chain.iter().map(|n| account(*n)).collect::<Vec<_>>();
		let held = held.iter().map(|n| public(*n)).collect::<Vec<_>>();
		choose(&chain, &held).map(|key| (key.public.0[0], key.standing))
	}

	#[test]
	fn without_a_key_of_the_chain_nothing_is_done() {
		assert_eq!(chosen(&[], &[1]), None);
		assert_eq!(chosen(&[1], &[]), None);
		assert_eq!(chosen(&[1, 2], &[3]), None);
	}

	/// 1 is followed by 2: before, in the overlap without and with the new key, after it.
	#[test]
	fn a_rotation_is_followed_without_a_gap() {
		assert_eq!(chosen(&[1], &[1]), Some((1, Standing::Current)));
		assert_eq!(chosen(&[2, 1], &[1]), Some((1, Standing::Retiring)));
		assert_eq!(chosen(&[2, 1], &[1, 2]), Some((2, Standing::Current)));
		assert_eq!(chosen(&[2], &[1, 2]), Some((2, Standing::Current)));
		assert_eq!(chosen(&[2], &[1]), None);
	}

	#[test]
	fn the_account_is_the_keys() {
		let key = choose(&[account(7)], &[public(7)]).expect("held");
		assert_eq!(key.account(), account(7));
	}
}
