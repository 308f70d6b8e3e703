//! What always holds, as code.

use crate::{
	pallet::*,
	types::{CurrencyOf, DeviceKind},
};
use alloc::collections::{BTreeMap, BTreeSet};
use core::iter;
use frame_support::{
	ensure, pallet_prelude::DispatchResult, traits::fungible::hold::Inspect as InspectHold,
};

impl<T: Config> Pallet<T> {
	/// Check the invariants in the header of this crate.
	pub fn do_try_state() -> DispatchResult {
		let parameters = Parameters::<T>::get();
		let announced = parameters.next.map(|next| next.parameters);
		ensure!(
			iter::once(parameters.current)
				.chain(announced)
				.all(|each| each.is_valid(Self::smallest_balance())),
			"a parameter is out of its range"
		);
		if let Some((retiring, _)) = RetiringServiceKey::<T>::get() {
			let current = ServiceKey::<T>::get().ok_or("a service key retires without another")?;
			ensure!(current != retiring, "the current service key cannot be retiring");
		}
		Self::try_state_people()?;
		Self::try_state_applications()?;
		Self::try_state_devices()
	}

	fn try_state_people() -> DispatchResult {
		let mut accounts = 0usize;
		let mut wallets = 0usize;
		for (tag, member) in Members::<T>::iter() {
			ensure!(!member.accounts.is_empty(), "a member without an account");
			let distinct: BTreeSet<_> = member.accounts.iter().chain(&member.wallets).collect();
			let listed = member.accounts.len().saturating_add(member.wallets.len());
			ensure!(distinct.len() == listed, "a member lists an account twice");
			for account in &member.accounts {
				let certificate = Certificates::<T>::get(account)
					.ok_or("a member's account without a certificate")?;
				ensure!(certificate.tag == tag, "a member's account belongs to another");
			}
			for wallet in &member.wallets {
				let owner = Wallets::<T>::get(wallet).ok_or("a member's wallet is not linked")?;
				ensure!(member.accounts.contains(&owner), "a member's wallet serves another");
			}
			accounts = accounts.saturating_add(member.accounts.len());
			wallets = wallets.saturating_add(member.wallets.len());
		}
		ensure!(Certificates::<T>::iter_keys().count() == accounts, "certificate without a member");
		ensure!(Wallets::<T>::iter_keys().count() == wallets, "linked wallet without a member");
		for (account, certificate) in Certificates::<T>::iter() {
			ensure!(
				certificate.issued < certificate.expires,
				"a certificate ends before it begins"
			);
			ensure!(!Wallets::<T>::contains_key(&account), "a certified account is a wallet");
			ensure!(!Devices::<T>::contains_key(&account), "a certified account is a device");
		}
		for wallet in Wallets::<T>::iter_keys() {
			ensure!(!Devices::<T>::contains_key(&wallet), "a wallet is a device");
		}
		Ok(())
	}

	fn try_state_applications() -> DispatchResult {
		for (account, application) in Applications::<T>::iter() {
			let held = CurrencyOf::<T>::balance_on_hold(&HoldReason::Application.into(), &account);
			ensure!(held == application.deposit, "the deposit on hold is not the application's");
		}
		Ok(())
	}

	fn try_state_devices() -> DispatchResult {
		let mut meters = BTreeMap::<_, u32>::new();
		let mut sensors = 0usize;
		for (account, device) in Devices::<T>::iter() {
			ensure!(!RemovedDevices::<T>::contains_key(&account), "a device was removed before");
			ensure!(Lines::<T>::contains_key(device.line), "a device on an unknown line");
			ensure!(Members::<T>::contains_key(device.owner), "a device of nobody");
			ensure!(
				frame_system::Account::<T>::get(&account).sufficients > 0,
				"a device's account needs money to exist"
			);
			match device.kind {
				DeviceKind::Meter => {
					ensure!(device.rated_power > 0, "a meter without a rated power");
					let count = meters.entry((device.owner, device.line)).or_default();
					*count = count.saturating_add(1);
				}
				DeviceKind::Sensor => {
					ensure!(device.rated_power == 0, "a sensor with a rated power");
					let listed = Sensors::<T>::get(device.line).contains(&(account, device.owner));
					ensure!(listed, "a sensor is not listed on its line");
					sensors = sensors.saturating_add(1);
				}
			}
		}
		let counted: BTreeMap<_, _> =
			Meters::<T>::iter().map(|(owner, line, count)| ((owner, line), count)).collect();
		ensure!(counted == meters, "meters are counted wrongly");
		let listed = Sensors::<T>::iter_values()
			.fold(0usize, |sum, sensors| sum.saturating_add(sensors.len()));
		ensure!(listed == sensors, "a line lists a sensor that is not registered");
		Ok(())
	}
}
