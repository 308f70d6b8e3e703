//! What the calls cost at most: each person has all the accounts and wallets, each line all the
//! sensors that one can have, the service signs with the key that is being retired, and signatures
//! come framed as browsers do, so that they are tried twice.

use crate::{
	pallet::*,
	types::{CurrencyOf, Parameters as Tuned, MAX_ACCOUNTS, MAX_SENSORS, MAX_WALLETS},
	Certificate, Device, DeviceKind, Member,
};
use codec::Encode;
use frame_benchmarking::v2::*;
use frame_support::{
	pallet_prelude::Get,
	traits::{
		fungible::{Inspect, Mutate},
		EnsureOrigin,
	},
};
use frame_system::{Pallet as System, RawOrigin};
use voltree_primitives::{
	Announced, Balance, IdentityTag, LineId, Moment, OnEnrolled, Roles, Versioned, Watts,
};

/// Keys that benchmarks can sign with.
pub trait BenchmarkHelper<AccountId, Signature> {
	/// The account of the key that `seed` makes.
	fn account(seed: u32) -> AccountId;
	/// The signature of that account over `message`.
	fn sign(seed: u32, message: &[u8]) -> Signature;
}

const LINE: LineId = LineId::MAX;
const TAG: IdentityTag = IdentityTag::repeat_byte(0xB0);
const NEVER: Moment = Moment::MAX;

/// Enough for every deposit and fee that can come up.
fn riches<T: Config>() -> Balance {
	CurrencyOf::<T>::minimum_balance()
		.saturating_add(T::ApplicationDeposit::get())
		.saturating_mul(1_000)
}

fn rich<T: Config>(account: &T::AccountId) {
	CurrencyOf::<T>::set_balance(account, riches::<T>());
}

/// Seed of the only key here that signs.
const KEY: u32 = 1;

/// The account that [`signed`] signs for.
fn signer<T: Config>() -> T::AccountId {
	T::BenchmarkHelper::account(KEY)
}

/// The signer's signature over `message`, framed as browsers do it.
fn signed<T: Config>(message: impl Encode) -> T::Signature {
	let framed = [&b"<Bytes>"[..], &message.encode(), b"</Bytes>"].concat();
	T::BenchmarkHelper::sign(KEY, &framed)
}

fn authority<T: Config>() -> Result<T::RuntimeOrigin, BenchmarkError> {
	T::AuthorityOrigin::try_successful_origin().map_err(|()| BenchmarkError::Weightless)
}

/// The service, with the key that is being retired.
fn service<T: Config>() -> RawOrigin<T::AccountId> {
	let old: T::AccountId = account("service", 0, 0);
	ServiceKey::<T>::put(account::<T::AccountId>("service", 1, 0));
	RetiringServiceKey::<T>::put((&old, NEVER));
	RawOrigin::Signed(old)
}

/// Parameters with an endowment, in force since they were announced.
fn parameters<T: Config>() -> Tuned {
	let parameters = Tuned { endowment: riches::<T>(), longest_certificate: NEVER };
	let announced = Announced { from: 0, parameters: parameters.clone() };
	Parameters::<T>::put(Versioned { next: Some(announced), ..Default::default() });
	parameters
}

/// The account number `n` of a kind that belongs to `tag`.
fn belonging<T: Config>(kind: &'static str, n: u32, tag: &IdentityTag) -> T::AccountId {
	let seed = tag
		.as_bytes()
		.iter()
		.fold(0u32, |sum, byte| sum.wrapping_mul(31).wrapping_add((*byte).into()));
	account(kind, n, seed)
}

impl<T: Config> Pallet<T> {
	/// Make `owner` the first of `accounts` accounts of `tag`, certified for both roles without end,
	/// and the owner of `wallets` wallets. No endowment is paid. For benchmarks, of other pallets
	/// too.
	pub fn make_member(owner: &T::AccountId, tag: IdentityTag, accounts: u32, wallets: u32) {
		let certificate =
			Certificate { tag, roles: Roles::Both, issued: 0, expires: NEVER, revoked: false };
		let others = (1..accounts).map(|n| belonging::<T>("account", n, &tag));
		let mut member = Member::default();
		for account in core::iter::once(owner.clone()).chain(others) {
			Certificates::<T>::insert(&account, certificate.clone());
			member.accounts.try_push(account).expect("no more than fit");
		}
		for wallet in (0..wallets).map(|n| belonging::<T>("wallet", n, &tag)) {
			Wallets::<T>::insert(&wallet, owner);
			member.wallets.try_push(wallet).expect("no more than fit");
		}
		Members::<T>::insert(tag, member);
		T::OnEnrolled::enrolled(&tag);
	}

	/// Register a device for the member `owner` on `line`, which is added if it is not known. With a
	/// rated power it is a meter, without one a sensor. For benchmarks, of other pallets too.
	pub fn make_device(
		device: &T::AccountId,
		owner: IdentityTag,
		line: LineId,
		rated_power: Watts,
	) {
		if !Lines::<T>::contains_key(line) {
			Self::do_add_line(line, Watts::MAX);
		}
		let kind = if rated_power > 0 { DeviceKind::Meter } else { DeviceKind::Sensor };
		Self::connect(device, Device { kind, owner, line, rated_power }).expect("there is room");
	}
}

/// A member with all accounts and wallets.
fn member<T: Config>(owner: &T::AccountId) {
	Pallet::<T>::make_member(owner, TAG, MAX_ACCOUNTS, MAX_WALLETS);
}

/// `sensors` sensors of one member on [`LINE`]. Returns the one that was registered first.
fn sensors<T: Config>(owner: &T::AccountId, sensors: u32) -> T::AccountId {
	member::<T>(owner);
	for sensor in (0..sensors).map(|n| account("sensor", n, 0)) {
		Pallet::<T>::make_device(&sensor, TAG, LINE, 0);
	}
	account("sensor", 0, 0)
}

/// A tag that is new to the chain has applied, signed and is due its endowment. Returns whom to
/// certify, its consent and what the pot will pay.
fn newcomer<T: Config>() -> Result<(T::AccountId, T::Signature, Balance), BenchmarkError> {
	let newcomer = signer::<T>();
	rich::<T>(&newcomer);
	Pallet::<T>::do_register(&newcomer)?;
	let endowment = parameters::<T>().endowment;
	CurrencyOf::<T>::set_balance(&Pallet::<T>::pot(), endowment.saturating_mul(2));
	let consent = signed::<T>(Pallet::<T>::consent_message(&newcomer, &TAG));
	Ok((newcomer, consent, endowment))
}

fn last_event<T: Config>(event: Event<T>) {
	System::<T>::assert_last_event(<T as frame_system::Config>::RuntimeEvent::from(event));
}

#[benchmarks]
mod benchmarks {
	use super::*;

	/// By an account that was certified before.
	#[benchmark]
	fn register() {
		let caller: T::AccountId = account("applicant", 0, 0);
		rich::<T>(&caller);
		member::<T>(&caller);

		#[extrinsic_call]
		_(RawOrigin::Signed(caller.clone()));

		assert!(Applications::<T>::contains_key(&caller));
	}

	#[benchmark]
	fn withdraw_application() -> Result<(), BenchmarkError> {
		let caller: T::AccountId = account("applicant", 0, 0);
		rich::<T>(&caller);
		Pallet::<T>::do_register(&caller)?;

		#[extrinsic_call]
		_(RawOrigin::Signed(caller.clone()));

		assert!(!Applications::<T>::contains_key(&caller));
		Ok(())
	}

	/// The first certificate of a person who has both applied and signed: the tag is enrolled, the
	/// deposit comes back, the endowment is paid.
	#[benchmark]
	fn certify_first() -> Result<(), BenchmarkError> {
		let (account, consent, endowment) = newcomer::<T>()?;

		#[extrinsic_call]
		certify(service::<T>(), account.clone(), TAG, Roles::Both, NEVER, Some(consent));

		let (tag, roles, expires) = (TAG, Roles::Both, NEVER);
		last_event::<T>(Event::Certified { account, tag, roles, expires, endowment });
		Ok(())
	}

	/// The last account that a person can add, who has all wallets and is still due the endowment.
	#[benchmark]
	fn certify_another() -> Result<(), BenchmarkError> {
		let first = account("account", 0, 0);
		Pallet::<T>::make_member(&first, TAG, MAX_ACCOUNTS - 1, MAX_WALLETS);
		let (account, consent, endowment) = newcomer::<T>()?;

		#[extrinsic_call]
		certify(service::<T>(), account.clone(), TAG, Roles::Both, NEVER, Some(consent));

		let (tag, roles, expires) = (TAG, Roles::Both, NEVER);
		last_event::<T>(Event::Certified { account, tag, roles, expires, endowment });
		Ok(())
	}

	#[benchmark]
	fn revoke() -> Result<(), BenchmarkError> {
		let revoked: T::AccountId = account("account", 0, 0);
		member::<T>(&revoked);
		let origin = authority::<T>()?;

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, revoked.clone());

		assert!(Certificates::<T>::get(&revoked).is_some_and(|certificate| certificate.revoked));
		Ok(())
	}

	/// The last wallet that a person can link.
	#[benchmark]
	fn link_wallet() {
		let owner: T::AccountId = account("owner", 0, 0);
		Pallet::<T>::make_member(&owner, TAG, MAX_ACCOUNTS, MAX_WALLETS - 1);
		let wallet = signer::<T>();
		let signature = signed::<T>(Pallet::<T>::link_message(&owner, &wallet));

		#[extrinsic_call]
		_(RawOrigin::Signed(owner.clone()), wallet.clone(), signature);

		assert_eq!(Wallets::<T>::get(&wallet), Some(owner));
	}

	/// The first of all wallets leaves: the others move up.
	#[benchmark]
	fn unlink_wallet() {
		let owner: T::AccountId = account("owner", 0, 0);
		member::<T>(&owner);
		let wallet = belonging::<T>("wallet", 0, &TAG);

		#[extrinsic_call]
		_(RawOrigin::Signed(owner), wallet.clone());

		assert!(!Wallets::<T>::contains_key(&wallet));
	}

	#[benchmark]
	fn add_line() -> Result<(), BenchmarkError> {
		Pallet::<T>::do_add_line(LINE, 1);
		let origin = authority::<T>()?;

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, LINE, 2);

		assert_eq!(Lines::<T>::get(LINE).map(|line| line.capacity), Some(2));
		Ok(())
	}

	/// The last sensor that the line can have.
	#[benchmark]
	fn register_device() {
		let owner: T::AccountId = account("owner", 0, 0);
		sensors::<T>(&owner, MAX_SENSORS - 1);
		let device = signer::<T>();
		let signature = signed::<T>(Pallet::<T>::device_message(&device, &owner));

		#[extrinsic_call]
		_(service::<T>(), device.clone(), DeviceKind::Sensor, owner, LINE, 0, signature);

		assert!(Devices::<T>::contains_key(&device));
	}

	/// The first of all sensors of a line leaves: the others move up. What it reported is deleted
	/// whether or not there is something, at the same cost.
	#[benchmark]
	fn remove_device() {
		let first = sensors::<T>(&account("owner", 0, 0), MAX_SENSORS);

		#[extrinsic_call]
		_(service::<T>(), first.clone());

		assert!(!Devices::<T>::contains_key(&first));
		assert!(RemovedDevices::<T>::contains_key(&first));
	}

	#[benchmark]
	fn set_service_key() -> Result<(), BenchmarkError> {
		service::<T>();
		let key: T::AccountId = account("service", 2, 0);
		let origin = authority::<T>()?;

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, key.clone(), NEVER);

		assert_eq!(ServiceKey::<T>::get(), Some(key));
		assert_eq!(
			RetiringServiceKey::<T>::get(),
			Some((account::<T::AccountId>("service", 1, 0), NEVER))
		);
		Ok(())
	}

	#[benchmark]
	fn set_parameters() -> Result<(), BenchmarkError> {
		let parameters = parameters::<T>();
		let origin = authority::<T>()?;

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, parameters.clone());

		let announced = Parameters::<T>::get().next.map(|next| next.parameters);
		assert_eq!(announced, Some(parameters));
		Ok(())
	}

	impl_benchmark_test_suite!(
		Pallet,
		crate::mock::ExtBuilder::default().build(),
		crate::mock::Test
	);
}
