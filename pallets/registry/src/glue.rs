//! What the other pallets ask the registry: traits of `voltree-primitives`, and the reads behind
//! the runtime API.

use crate::{
	pallet::*,
	types::{Application, Device, DeviceKind, MAX_PAGE},
};
use alloc::vec::Vec;
use frame_support::{ensure, pallet_prelude::DispatchError};
use sp_runtime::traits::Zero;
use voltree_primitives::{
	AccountsOf, Clock, Directory, IdentityTag, LineId, Meter, Moment, Role, Sensor, Watts,
};

impl<T: Config> Directory<T::AccountId> for Pallet<T> {
	fn tag_of(who: &T::AccountId) -> Option<IdentityTag> {
		Certificates::<T>::get(Self::owner_of(who)).map(|certificate| certificate.tag)
	}

	fn owner_of(who: &T::AccountId) -> T::AccountId {
		Wallets::<T>::get(who).unwrap_or_else(|| who.clone())
	}

	fn ensure_certified(who: &T::AccountId, role: Role) -> Result<IdentityTag, DispatchError> {
		Self::ensure_holder_certified(&Self::owner_of(who), role, T::Clock::now())
	}

	fn ensure_holder_certified(
		holder: &T::AccountId,
		role: Role,
		at: Moment,
	) -> Result<IdentityTag, DispatchError> {
		let certificate = Self::certificate_at(holder, at)?;
		ensure!(certificate.roles.include(role), Error::<T>::WrongRole);
		Ok(certificate.tag)
	}

	fn is_wallet_of(wallet: &T::AccountId, tag: &IdentityTag) -> bool {
		Self::tag_of(wallet).as_ref() == Some(tag)
	}

	fn money_behind(who: &T::AccountId) -> Option<u32> {
		let has_money = |account: &_| !Self::spendable(account).is_zero();
		if has_money(&Self::owner_of(who)) {
			return Some(0);
		}
		let wallets = Self::wallets_of(who);
		(1..).zip(&wallets).find(|(_, wallet)| has_money(wallet)).map(|(looked_at, _)| looked_at)
	}

	fn service_keys() -> Vec<T::AccountId> {
		let retiring = RetiringServiceKey::<T>::get()
			.filter(|(_, until)| T::Clock::now() <= *until)
			.map(|(key, _)| key);
		ServiceKey::<T>::get().into_iter().chain(retiring).collect()
	}
}

impl<T: Config> AccountsOf<T::AccountId> for Pallet<T> {
	fn accounts_of(tag: &IdentityTag) -> Vec<T::AccountId> {
		let member = Members::<T>::get(tag).unwrap_or_default();
		member.accounts.into_iter().chain(member.wallets).collect()
	}
}

impl<T: Config> voltree_primitives::Devices<T::AccountId> for Pallet<T> {
	fn capacity(line: LineId) -> Option<Watts> {
		Lines::<T>::get(line).map(|line| line.capacity)
	}

	fn meter(device: &T::AccountId) -> Option<Meter> {
		let Device { kind, owner, line, rated_power } = Devices::<T>::get(device)?;
		(kind == DeviceKind::Meter).then_some(Meter { owner, line, rated_power })
	}

	fn sensor(device: &T::AccountId) -> Option<Sensor> {
		let Device { kind, owner, line, .. } = Devices::<T>::get(device)?;
		(kind == DeviceKind::Sensor).then_some(Sensor { owner, line })
	}

	fn is_device(account: &T::AccountId) -> bool {
		Devices::<T>::contains_key(account)
	}

	fn has_meter(tag: &IdentityTag, line: LineId) -> bool {
		Meters::<T>::contains_key(tag, line)
	}

	fn sensors_on(line: LineId) -> Vec<(T::AccountId, IdentityTag)> {
		Sensors::<T>::get(line).into_inner()
	}
}

impl<T: Config> Pallet<T> {
	/// The wallets that the account behind `who` has linked; at most
	/// [`crate::types::MAX_WALLETS`].
	pub fn wallets_of(who: &T::AccountId) -> Vec<T::AccountId> {
		let owner = Self::owner_of(who);
		let member = Certificates::<T>::get(&owner)
			.and_then(|certificate| Members::<T>::get(certificate.tag))
			.unwrap_or_default();
		let is_ours = |wallet: &T::AccountId| Wallets::<T>::get(wallet).as_ref() == Some(&owner);
		member.wallets.into_iter().filter(is_ours).collect()
	}

	/// The applications that wait, in the order of their keys in the trie, which is nobody's choice
	/// and does not change: those after the account `after`, or from the first on; at most `limit`
	/// and never more than [`MAX_PAGE`] of them. For clients, not for calls.
	pub fn applications(
		after: Option<T::AccountId>,
		limit: u32,
	) -> Vec<(T::AccountId, Application)> {
		let page = usize::try_from(limit.min(MAX_PAGE)).unwrap_or(usize::MAX);
		match after {
			Some(account) => Applications::<T>::iter_from_key(account).take(page).collect(),
			None => Applications::<T>::iter().take(page).collect(),
		}
	}

	/// All devices on a line. Looks through all devices of the chain: for clients, not for calls.
	pub fn devices_on(line: LineId) -> Vec<(T::AccountId, Device)> {
		Devices::<T>::iter().filter(|(_, device)| device.line == line).collect()
	}
}
