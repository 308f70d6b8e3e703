//! Bytes that somebody sends: decoded as the node decodes them, and dispatched if they are a call.

use super::{cast::CAST, Dice, World};
use codec::{DecodeLimit, Encode};
use frame_support::MAX_EXTRINSIC_DEPTH;
use voltree_runtime::{RuntimeCall, RuntimeOrigin, UncheckedExtrinsic};

/// Pallets whose calls bytes may begin with, and how many calls we let them try.
const PALLETS: [(u8, u64); 16] = [
	(0, 12),
	(10, 12),
	(20, 10),
	(21, 12),
	(22, 6),
	(30, 9),
	(31, 8),
	(32, 6),
	(40, 12),
	(41, 2),
	(42, 3),
	(43, 9),
	(44, 16),
	(44, 16),
	(45, 4),
	(4, 9),
];

/// Whether `call`, or what it wraps, may be tried: not what is the business of whoever writes blocks,
/// nor what root may change behind every pallet's back. `rooted`: it may come to run as root.
fn is_tried(call: &RuntimeCall, rooted: bool) -> bool {
	use pallet_proxy::Call as Proxy;
	use pallet_utility::Call as Utility;
	match call {
		RuntimeCall::Timestamp(_) | RuntimeCall::Session(_) | RuntimeCall::Grandpa(_) => false,
		RuntimeCall::System(_) | RuntimeCall::Balances(_) => !rooted,
		RuntimeCall::Utility(inner) => match inner {
			Utility::batch { calls }
			| Utility::batch_all { calls }
			| Utility::force_batch { calls } => calls.iter().all(|call| is_tried(call, rooted)),
			Utility::as_derivative { call, .. }
			| Utility::with_weight { call, .. }
			| Utility::dispatch_as { call, .. }
			| Utility::dispatch_as_fallible { call, .. } => is_tried(call, true),
			Utility::if_else { main, fallback } => {
				is_tried(main, rooted) && is_tried(fallback, rooted)
			}
			_ => false,
		},
		RuntimeCall::Sudo(
			pallet_sudo::Call::sudo { call }
			| pallet_sudo::Call::sudo_unchecked_weight { call, .. }
			| pallet_sudo::Call::sudo_as { call, .. },
		) => is_tried(call, true),
		RuntimeCall::Proxy(Proxy::proxy { call, .. } | Proxy::proxy_announced { call, .. }) => {
			is_tried(call, rooted)
		}
		RuntimeCall::Multisig(
			pallet_multisig::Call::as_multi { call, .. }
			| pallet_multisig::Call::as_multi_threshold_1 { call, .. },
		) => is_tried(call, rooted),
		RuntimeCall::Authority(
			pallet_collective::Call::execute { proposal, .. }
			| pallet_collective::Call::propose { proposal, .. },
		) => is_tried(proposal, true),
		_ => true,
	}
}

/// Change a few of `bytes`, cut some off or put some on.
fn tamper(dice: &mut Dice, bytes: &mut Vec<u8>) {
	match dice.below(8) {
		0 => bytes.truncate(dice.index(bytes.len() + 1)),
		1 => {
			let count = dice.index(16);
			bytes.extend(dice.bytes(count));
		}
		_ => {
			for _ in 0..dice.between(1, 3) {
				let place = dice.index(bytes.len());
				if let Some(byte) = bytes.get_mut(place) {
					*byte ^= 1 << dice.below(8);
				}
			}
		}
	}
}

impl World {
	/// Bytes that may be a call: a good one tampered with, or none at all but for its beginning.
	pub fn raw_bytes(&mut self, dice: &mut Dice) {
		let bytes = if dice.percent(60) {
			let who = dice.one_of(&CAST.households).0.clone();
			let mut call = self.any_call(dice);
			if dice.percent(30) {
				call = self.wrapped(dice, who, call, 2).1;
			}
			let mut bytes = call.encode();
			tamper(dice, &mut bytes);
			bytes
		} else {
			let (pallet, calls) = *dice.one_of(&PALLETS);
			let count = dice.index(120);
			let zeros = dice.percent(40);
			let mut bytes = dice.bytes(count);
			if zeros {
				// Small numbers decode more often.
				bytes.iter_mut().for_each(|byte| *byte &= 3);
			}
			[vec![pallet, dice.below(calls) as u8], bytes].concat()
		};
		// A node refuses what is left over; a wallet's call is a prefix now and then.
		let Ok(call) = RuntimeCall::decode_with_depth_limit(MAX_EXTRINSIC_DEPTH, &mut &bytes[..])
		else {
			return;
		};
		if !is_tried(&call, false) {
			return;
		}
		let who = self.anybody(dice);
		let _whatever = self.act(RuntimeOrigin::signed(who), call);
	}

	/// An extrinsic whose bytes were changed after it was signed is not the signer's any more.
	pub fn a_tampered_extrinsic(&mut self, dice: &mut Dice, extrinsic: UncheckedExtrinsic) {
		let good = extrinsic.encode();
		let mut bytes = good.clone();
		tamper(dice, &mut bytes);
		let Ok(tampered) =
			UncheckedExtrinsic::decode_all_with_depth_limit(MAX_EXTRINSIC_DEPTH, &mut &bytes[..])
		else {
			return;
		};
		if tampered.encode() == good || !is_tried(&tampered.function, true) {
			return;
		}
		let applied = self.apply(tampered);
		assert!(applied.is_err(), "an extrinsic tampered with was applied: {bytes:?}");
	}
}
