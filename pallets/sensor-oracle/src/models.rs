//! Which models may judge lines.

use crate::{Config, Error, Event, Pallet, Parameters};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{ensure, traits::ConstU32, BoundedVec};
use scale_info::TypeInfo;
use sp_core::H256;
use sp_runtime::DispatchResult;

/// Most models that can be allowed, and most whose retirement is remembered.
pub const MAX_MODELS: u32 = 32;

/// A list of models, each the hash of its file.
pub type ModelList = BoundedVec<H256, ConstU32<MAX_MODELS>>;

/// What the authority says of models.
///
/// As long as none is allowed, all may report that are not retired: sensors can begin before the
/// authority has looked at models. Once one is allowed, no other may.
#[derive(
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Clone,
	PartialEq,
	Eq,
	Debug,
	Default,
)]
pub struct Models {
	/// Those that may report.
	pub allowed: ModelList,
	/// Those that no longer may, oldest first.
	pub retired: ModelList,
}

impl Models {
	/// Fails unless `model` may report.
	pub(crate) fn ensure_may_report<T>(&self, model: &H256) -> Result<(), Error<T>> {
		ensure!(!self.retired.contains(model), Error::ModelRetired);
		ensure!(self.allowed.is_empty() || self.allowed.contains(model), Error::UnknownModel);
		Ok(())
	}

	fn allow<T>(&mut self, model: H256) -> Result<(), Error<T>> {
		ensure!(!self.allowed.contains(&model), Error::AlreadyAllowed);
		self.allowed.try_push(model).map_err(|_| Error::MaxModelsExceeded)?;
		self.retired.retain(|other| *other != model);
		Ok(())
	}

	fn retire<T>(&mut self, model: H256) -> Result<(), Error<T>> {
		ensure!(!self.retired.contains(&model), Error::AlreadyRetired);
		let was_allowed = self.allowed.contains(&model);
		// Otherwise all models could report again.
		ensure!(!was_allowed || self.allowed.len() > 1, Error::LastModel);
		self.allowed.retain(|other| *other != model);
		if self.allowed.is_empty() {
			self.retired.try_push(model).map_err(|_| Error::MaxModelsExceeded)?;
		} else {
			// One that is forgotten is not allowed either.
			crate::history::push(&mut self.retired, model);
		}
		Ok(())
	}
}

impl<T: Config> Pallet<T> {
	/// What the authority says of models.
	pub fn models() -> Models {
		Parameters::<T>::get().models
	}

	pub(crate) fn do_allow_model(model: H256) -> DispatchResult {
		Parameters::<T>::try_mutate(|settings| settings.models.allow::<T>(model))?;
		Self::deposit_event(Event::ModelAllowed { model });
		Ok(())
	}

	pub(crate) fn do_retire_model(model: H256) -> DispatchResult {
		Parameters::<T>::try_mutate(|settings| settings.models.retire::<T>(model))?;
		Self::deposit_event(Event::ModelRetired { model });
		Ok(())
	}
}
