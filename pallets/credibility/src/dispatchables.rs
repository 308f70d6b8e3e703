//! What the calls do.

use crate::{pallet::*, types};
use frame_support::{ensure, pallet_prelude::DispatchResult, traits::Get};
use voltree_primitives::Clock;

impl<T: Config> Pallet<T> {
	pub(crate) fn do_set_parameters(parameters: types::Parameters) -> DispatchResult {
		ensure!(parameters.is_valid(), Error::<T>::InvalidParameters);
		let now = T::Clock::now();
		let from = now.saturating_add(T::Notice::get());
		let (version, announced) = Parameters::<T>::get().announce(parameters.clone(), from, now);
		Parameters::<T>::put(announced);
		Self::deposit_event(Event::ParametersSet { version, parameters, from });
		Ok(())
	}

	/// The parameters in force now.
	pub fn parameters() -> types::Parameters {
		Parameters::<T>::get().in_force(T::Clock::now).1
	}
}
