//! Costs of the calls. What the market asks for is measured with the market's calls and agenda.

#![cfg(feature = "runtime-benchmarks")]

use crate::*;
use codec::Encode;
use frame_benchmarking::v2::*;
use frame_support::traits::{
	fungible::{Inspect, Mutate},
	EnsureOrigin, Get,
};
use frame_system::RawOrigin;
use sp_core::H256;
use sp_runtime::traits::{BlakeTwo256, Hash};
use voltree_primitives::{
	Balance, Credibility, Directory, Escrow, IdentityTag, Moment, RequestId, Token, WattHours,
	RECENT_TRADES,
};

/// What the benchmarks need of other pallets.
pub trait BenchmarkHelper<AccountId, Signature> {
	/// Certify `account` as a buyer, under a tag of its own that has credit and a record.
	fn certify(account: &AccountId);
	/// Sign `message` with a service key of the management centre; make one if there is none.
	fn sign(message: &[u8]) -> Signature;
}

const WALLET: RequestId = 7;
const VOLUME: WattHours = 5_000;
const REFERENCE: H256 = H256::repeat_byte(1);

/// `times` the existential deposit.
fn money<T: Config>(times: Balance) -> Balance {
	T::Currency::minimum_balance().saturating_mul(times)
}

/// A member with money, and his tag. The pot that he pays fines to has an account.
fn member<T: Config>() -> (T::AccountId, IdentityTag) {
	let who: T::AccountId = whitelisted_caller();
	T::BenchmarkHelper::certify(&who);
	T::Currency::set_balance(&who, money::<T>(1_000));
	T::Currency::set_balance(&T::FinePot::get(), money::<T>(1));
	let tag = T::Directory::tag_of(&who).expect("it has just been certified");
	(who, tag)
}

/// The shared wallet of a member, with a bond beside it.
fn wallet<T: Config>() -> (T::AccountId, IdentityTag) {
	let (owner, tag) = member::<T>();
	Pallet::<T>::open(WALLET, &owner, &owner, 0).expect("the number is free");
	<Pallet<T> as Escrow<_>>::fund(WALLET, money::<T>(100)).expect("the owner has that much");
	Pallet::<T>::bond(&owner, money::<T>(10)).expect("the owner has that much");
	(owner, tag)
}

fn signed<T: Config>(
	token: Token<T::AccountId>,
) -> SignedToken<T::AccountId, <T as Config>::Signature> {
	let signature = T::BenchmarkHelper::sign(&token.encode());
	SignedToken { token, signature }
}

/// The token to sign for the wallet, with as long a record as there can be.
fn token<T: Config>() -> Token<T::AccountId> {
	Pallet::<T>::token_to_sign(WALLET, VOLUME, 0, Moment::MAX).expect("the wallet is open")
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn fund() {
		let (owner, _) = wallet::<T>();

		#[extrinsic_call]
		_(RawOrigin::Signed(owner), WALLET, money::<T>(5));

		assert_eq!(Wallets::<T>::get(WALLET).map(|wallet| wallet.free), Some(money::<T>(105)));
	}

	/// With fines due, which are paid first.
	#[benchmark]
	fn withdraw() {
		let (owner, tag) = wallet::<T>();
		T::Credibility::owe(&tag, money::<T>(10));

		#[extrinsic_call]
		_(RawOrigin::Signed(owner), WALLET, money::<T>(5));

		assert_eq!(Wallets::<T>::get(WALLET).map(|wallet| wallet.free), Some(money::<T>(85)));
		assert_eq!(T::Credibility::fines_due(&tag), 0);
	}

	#[benchmark]
	fn renew() -> Result<(), BenchmarkError> {
		let (_, tag) = wallet::<T>();
		for n in 0..RECENT_TRADES {
			T::Credibility::settled(&tag, BlakeTwo256::hash_of(&n));
		}
		Pallet::<T>::certify(WALLET, signed::<T>(token::<T>()), VOLUME)?;
		let renewal = signed::<T>(token::<T>());
		let service =
			T::ServiceOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;

		#[extrinsic_call]
		_(service as T::RuntimeOrigin, renewal);

		assert_eq!(Pallet::<T>::token_of(WALLET).map(|signed| signed.token.nonce), Some(1));
		Ok(())
	}

	#[benchmark]
	fn pay_fines() {
		let (who, tag) = member::<T>();
		T::Credibility::owe(&tag, money::<T>(10));

		#[extrinsic_call]
		_(RawOrigin::Signed(who), money::<T>(10));

		assert_eq!(T::Credibility::fines_due(&tag), 0);
	}

	/// To an account that is founded by it.
	#[benchmark]
	fn issue() -> Result<(), BenchmarkError> {
		let to: T::AccountId = account("newcomer", 0, 0);
		let authority =
			T::AuthorityOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;

		#[extrinsic_call]
		_(authority as T::RuntimeOrigin, to.clone(), money::<T>(10), REFERENCE);

		assert_eq!(T::Currency::balance(&to), money::<T>(10));
		Ok(())
	}

	#[benchmark]
	fn redeem() {
		let (who, _) = wallet::<T>();

		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), money::<T>(10), REFERENCE);

		assert!(Redemptions::<T>::contains_key(&who));
	}

	/// The second time, when the money comes back.
	#[benchmark]
	fn cancel_redemption() -> Result<(), BenchmarkError> {
		let (who, _) = wallet::<T>();
		Pallet::<T>::do_redeem(&who, money::<T>(10), REFERENCE)?;
		Redemptions::<T>::mutate_extant(&who, |redemption| redemption.free_from = Some(0));

		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()));

		assert!(!Redemptions::<T>::contains_key(&who));
		Ok(())
	}

	#[benchmark]
	fn burn() -> Result<(), BenchmarkError> {
		let (who, _) = wallet::<T>();
		Pallet::<T>::do_redeem(&who, money::<T>(10), REFERENCE)?;
		let authority =
			T::AuthorityOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;

		#[extrinsic_call]
		_(authority as T::RuntimeOrigin, who.clone(), money::<T>(10), REFERENCE);

		assert!(!Redemptions::<T>::contains_key(&who));
		Ok(())
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
