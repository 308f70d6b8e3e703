//! Weights of the registry's calls.
//!
//! Estimated: storage is counted by hand at the largest sizes, computing is set well above what
//! such code takes on a small machine. Measured ones replace them by `scripts/weights`.

use core::marker::PhantomData;
use frame_support::{
	traits::Get,
	weights::{constants::RocksDbWeight, Weight},
};

/// Any call: dispatch, a few comparisons, an event.
const BASE: u64 = 25_000_000;
/// Checking one off-chain signature, bare and as browsers wrap it.
const SIGNATURE: u64 = 150_000_000;
/// Moving money, or putting it on hold: computing without storage.
const MONEY: u64 = 50_000_000;
/// Bytes of a proof per storage item read: the largest record of this pallet and its path.
const PROOF: u64 = 4_000;

/// What each call costs at most.
pub trait WeightInfo {
	/// [`crate::Pallet::register`]
	fn register() -> Weight;
	/// [`crate::Pallet::withdraw_application`]
	fn withdraw_application() -> Weight;
	/// [`crate::Pallet::certify`] for a person's first account.
	fn certify_first() -> Weight;
	/// [`crate::Pallet::certify`] for a person's last account.
	fn certify_another() -> Weight;
	/// [`crate::Pallet::revoke`]
	fn revoke() -> Weight;
	/// [`crate::Pallet::link_wallet`]
	fn link_wallet() -> Weight;
	/// [`crate::Pallet::unlink_wallet`]
	fn unlink_wallet() -> Weight;
	/// [`crate::Pallet::add_line`]
	fn add_line() -> Weight;
	/// [`crate::Pallet::register_device`]
	fn register_device() -> Weight;
	/// [`crate::Pallet::remove_device`]
	fn remove_device() -> Weight;
	/// [`crate::Pallet::set_service_key`]
	fn set_service_key() -> Weight;
	/// [`crate::Pallet::set_parameters`]
	fn set_parameters() -> Weight;
}

fn compute(time: u64, reads: u64) -> Weight {
	Weight::from_parts(BASE.saturating_add(time), PROOF.saturating_mul(reads))
}

/// Weights of a chain with its own costs of storage.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	fn register() -> Weight {
		// Reads: application, wallet, device, certificate, holds, account. Writes: application,
		// holds, account.
		compute(MONEY, 6).saturating_add(T::DbWeight::get().reads_writes(6, 3))
	}

	fn withdraw_application() -> Weight {
		// Application, holds, account.
		compute(MONEY, 3).saturating_add(T::DbWeight::get().reads_writes(3, 3))
	}

	fn certify_first() -> Weight {
		// Reads: two service keys, time, parameters, genesis hash, application, holds, wallet, device,
		// certificate, member, enrolment (two), pot, account. Writes: application, holds, member twice,
		// certificate, enrolment, pot, account, event of the enrolment.
		compute(SIGNATURE.saturating_add(MONEY).saturating_add(MONEY), 15)
			.saturating_add(T::DbWeight::get().reads_writes(15, 9))
	}

	fn certify_another() -> Weight {
		// As for the first account, without the enrolment.
		compute(SIGNATURE.saturating_add(MONEY).saturating_add(MONEY), 13)
			.saturating_add(T::DbWeight::get().reads_writes(13, 7))
	}

	fn revoke() -> Weight {
		// The certificate.
		compute(0, 1).saturating_add(T::DbWeight::get().reads_writes(1, 1))
	}

	fn link_wallet() -> Weight {
		// Reads: certificate, time, wallet's certificate, wallet, device, genesis hash, nonce, member.
		// Writes: member, nonce, wallet.
		compute(SIGNATURE, 8).saturating_add(T::DbWeight::get().reads_writes(8, 3))
	}

	fn unlink_wallet() -> Weight {
		// Reads: wallet, certificate, member. Writes: wallet, member.
		compute(0, 3).saturating_add(T::DbWeight::get().reads_writes(3, 2))
	}

	fn add_line() -> Weight {
		// The line.
		compute(0, 0).saturating_add(T::DbWeight::get().reads_writes(0, 1))
	}

	fn register_device() -> Weight {
		// Reads: two service keys, time, owner's certificate, genesis hash, certificate, wallet, device,
		// removed device, line, meters or sensors, account. Writes: device, meters or sensors, account.
		compute(SIGNATURE, 12).saturating_add(T::DbWeight::get().reads_writes(12, 3))
	}

	fn remove_device() -> Weight {
		// Ours: two service keys, time, device, meters or sensors, removed device, account. The rest is for what the
		// neighbours forget of the device.
		compute(0, 16).saturating_add(T::DbWeight::get().reads_writes(16, 16))
	}

	fn set_service_key() -> Weight {
		// Reads: key, time. Writes: key, retiring key.
		compute(0, 2).saturating_add(T::DbWeight::get().reads_writes(2, 2))
	}

	fn set_parameters() -> Weight {
		// Reads: time, notice, parameters. Writes: parameters.
		compute(0, 3).saturating_add(T::DbWeight::get().reads_writes(3, 1))
	}
}

impl WeightInfo for () {
	fn register() -> Weight {
		compute(MONEY, 6).saturating_add(RocksDbWeight::get().reads_writes(6, 3))
	}

	fn withdraw_application() -> Weight {
		compute(MONEY, 3).saturating_add(RocksDbWeight::get().reads_writes(3, 3))
	}

	fn certify_first() -> Weight {
		compute(SIGNATURE.saturating_add(MONEY).saturating_add(MONEY), 15)
			.saturating_add(RocksDbWeight::get().reads_writes(15, 9))
	}

	fn certify_another() -> Weight {
		compute(SIGNATURE.saturating_add(MONEY).saturating_add(MONEY), 13)
			.saturating_add(RocksDbWeight::get().reads_writes(13, 7))
	}

	fn revoke() -> Weight {
		compute(0, 1).saturating_add(RocksDbWeight::get().reads_writes(1, 1))
	}

	fn link_wallet() -> Weight {
		compute(SIGNATURE, 8).saturating_add(RocksDbWeight::get().reads_writes(8, 3))
	}

	fn unlink_wallet() -> Weight {
		compute(0, 3).saturating_add(RocksDbWeight::get().reads_writes(3, 2))
	}

	fn add_line() -> Weight {
		compute(0, 0).saturating_add(RocksDbWeight::get().reads_writes(0, 1))
	}

	fn register_device() -> Weight {
		compute(SIGNATURE, 12).saturating_add(RocksDbWeight::get().reads_writes(12, 3))
	}

	fn remove_device() -> Weight {
		compute(0, 16).saturating_add(RocksDbWeight::get().reads_writes(16, 16))
	}

	fn set_service_key() -> Weight {
		compute(0, 2).saturating_add(RocksDbWeight::get().reads_writes(2, 2))
	}

	fn set_parameters() -> Weight {
		compute(0, 3).saturating_add(RocksDbWeight::get().reads_writes(3, 1))
	}
}
