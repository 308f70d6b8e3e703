//! The management centre's service as an origin.

use crate::pallet::*;
use core::marker::PhantomData;
use frame_support::traits::EnsureOrigin;
use frame_system::RawOrigin;
use voltree_primitives::Directory;

/// Signed by the management centre's service: by its current key, or by the one before it while
/// that is being retired. Succeeds with the key.
pub struct EnsureService<T>(PhantomData<T>);

impl<T: Config> EnsureOrigin<T::RuntimeOrigin> for EnsureService<T> {
	type Success = T::AccountId;

	fn try_origin(origin: T::RuntimeOrigin) -> Result<Self::Success, T::RuntimeOrigin> {
		match origin.clone().into() {
			Ok(RawOrigin::Signed(who)) if Pallet::<T>::service_keys().contains(&who) => Ok(who),
			_ => Err(origin),
		}
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn try_successful_origin() -> Result<T::RuntimeOrigin, ()> {
		if let Some(key) = ServiceKey::<T>::get() {
			return Ok(RawOrigin::Signed(key).into());
		}
		// A chain that has no service key yet: any account will do.
		let zeroes = &mut sp_runtime::traits::TrailingZeroInput::zeroes();
		let key: T::AccountId = codec::Decode::decode(zeroes).map_err(|_| ())?;
		ServiceKey::<T>::put(&key);
		Ok(RawOrigin::Signed(key).into())
	}
}
