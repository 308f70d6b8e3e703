//! Benchmarks of the calls and of the transaction extension, at their worst.

#![cfg(feature = "runtime-benchmarks")]
#![allow(
	clippy::arithmetic_side_effects,
	clippy::as_conversions,
	reason = "benchmarks never run on a chain, and name the type of an origin with `as`"
)]

use crate::{extension::MAX_OPENINGS, pallet::*, types, CheckStanding, Entry};
use frame_benchmarking::v2::*;
use frame_support::{
	dispatch::{CheckIfFeeless, DispatchInfo, GetDispatchInfo, PostDispatchInfo},
	traits::{EnsureOrigin, Get},
};
use frame_system::{pallet_prelude::OriginFor, RawOrigin};
use sp_runtime::traits::{AsTransactionAuthorizedOrigin, DispatchTransaction, Dispatchable};
use voltree_primitives::{Clock, Credibility, Credit, IdentityTag, Versioned};

/// Prepares what the benchmarks need of the neighbours. Answered by the runtime.
pub trait BenchmarkHelper<T: Config> {
	/// A person with as many accounts and linked wallets as there can be, no fines due, and credit
	/// that began with at least `credit` and is below that now.
	fn person(credit: Credit) -> IdentityTag;
	/// A signer, and the dearest call to look through that opens business `n` times in the name of
	/// people in good standing; one that opens none for an `n` of 0.
	fn opening(n: u32) -> (T::AccountId, T::RuntimeCall);
}

#[benchmarks(where
	T: Send + Sync,
	T::RuntimeCall: CheckIfFeeless<Origin = OriginFor<T>>
		+ Dispatchable<Info = DispatchInfo, PostInfo = PostDispatchInfo>,
	T::RuntimeOrigin: AsTransactionAuthorizedOrigin,
)]
mod benchmarks {
	use super::*;

	/// Others have been announced.
	#[benchmark]
	fn set_parameters() -> Result<(), BenchmarkError> {
		let origin =
			T::AuthorityOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;
		Pallet::<T>::do_set_parameters(types::Parameters { limit: 7, ..Default::default() })?;
		let parameters = types::Parameters { limit: 8, ..Default::default() };

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, parameters.clone());

		let from = T::Clock::now() + T::Notice::get();
		assert_eq!(Parameters::<T>::get().at(from).1, parameters);
		Ok(())
	}

	/// A person with the most accounts, all of which the event names.
	#[benchmark]
	fn readmit() -> Result<(), BenchmarkError> {
		let origin =
			T::AuthorityOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;
		let parameters = types::Parameters { limit: 1, waiting: 0, reentry: 400 };
		Parameters::<T>::put(Versioned::new(parameters));
		let tag = T::BenchmarkHelper::person(400);
		Entries::<T>::insert(tag, Entry { since: T::Clock::now(), credit: 0 });

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, tag);

		assert!(!Entries::<T>::contains_key(tag));
		assert_eq!(T::Credibility::credit(&tag), 400);
		Ok(())
	}

	/// Everybody is in good standing, so that nothing ends the check early.
	#[benchmark]
	fn check_standing(n: Linear<0, MAX_OPENINGS>) -> Result<(), BenchmarkError> {
		let (signer, call) = T::BenchmarkHelper::opening(n);
		let info = call.get_dispatch_info();
		let checked;

		#[block]
		{
			checked = CheckStanding::<T>::new().test_run(
				RawOrigin::Signed(signer).into(),
				&call,
				&info,
				0,
				0,
				|_| Ok(Default::default()),
			);
		}

		assert!(checked.is_ok_and(|result| result.is_ok()));
		Ok(())
	}

	impl_benchmark_test_suite!(
		Pallet,
		crate::mock::ExtBuilder::default().build(),
		crate::mock::Test
	);
}
