//! Benchmarks of the call and of the idle time, at their worst.

#![cfg(feature = "runtime-benchmarks")]
#![allow(
	clippy::arithmetic_side_effects,
	clippy::as_conversions,
	reason = "benchmarks never run on a chain, and name the type of an origin with `as`"
)]

use crate::{pallet::*, types, Day, MAX_FORGOTTEN};
use frame_benchmarking::v2::*;
use frame_support::{
	traits::{EnsureOrigin, Get},
	weights::Weight,
};
use sp_runtime::traits::{BlakeTwo256, Hash};
use voltree_primitives::{Clock, Moment};

const DAY: Moment = 86_400_000;

/// Gains of `day`, by `n` pairs.
fn gains<T: Config>(day: Moment, n: u32) {
	for pair in 0..n {
		let tag = |side: u8| BlakeTwo256::hash_of(&(pair, side));
		Gains::<T>::insert((Day::from(day * DAY), tag(0), tag(1)), ());
	}
}

#[benchmarks]
mod benchmarks {
	use super::*;

	/// Others have been announced.
	#[benchmark]
	fn set_parameters() -> Result<(), BenchmarkError> {
		let origin =
			T::AuthorityOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;
		Pallet::<T>::do_set_parameters(types::Parameters { start: 7, ..Default::default() })?;
		let parameters = types::Parameters { gain: 5, ..Default::default() };

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, parameters.clone());

		let from = T::Clock::now() + T::Notice::get();
		assert_eq!(Parameters::<T>::get().at(from).1, parameters);
		Ok(())
	}

	/// Gains of today stay, so that the last look finds one.
	#[benchmark]
	fn forget_gains(n: Linear<0, MAX_FORGOTTEN>) {
		gains::<T>(1, n);
		gains::<T>(2, MAX_FORGOTTEN);
		let today = Day::from(2 * DAY);

		#[block]
		{
			// What the hook asks before.
			core::hint::black_box(T::Clock::now());
			Pallet::<T>::forget_gains(today, Weight::MAX);
		}

		let left = Gains::<T>::iter_keys().count();
		assert_eq!(left, usize::try_from(MAX_FORGOTTEN).unwrap_or(usize::MAX));
	}

	impl_benchmark_test_suite!(
		Pallet,
		crate::mock::ExtBuilder::default().build(),
		crate::mock::Test
	);
}
