//! What an upgrade does to the storage of an earlier release.

use crate::pallet::Pallet;
use frame_support::migrations::VersionedMigration;

/// From the layout of the first release: periods that changed at once become periods that change
/// with notice, and models, conduct, absences and the watch over lines come in. Bounded by the
/// sensors and lines that there are.
pub type MigrateToV1<T> =
	VersionedMigration<0, 1, v1::Unchecked<T>, Pallet<T>, <T as frame_system::Config>::DbWeight>;

mod v1 {
	use crate::{
		pallet::{self, Config, Pallet},
		Class, Conduct, History, LineState, OracleParameters, SensorRecord, SensorReport, Settings,
		Span, Watch, MAX_SPANS,
	};
	use codec::{Decode, Encode};
	use core::marker::PhantomData;
	use frame_support::{
		pallet_prelude::{ConstU32, Get, OptionQuery, Weight},
		storage_alias,
		traits::UncheckedOnRuntimeUpgrade,
		BoundedVec,
	};
	use voltree_primitives::{Clock, Moment, Verdict};
	#[cfg(feature = "try-runtime")]
	use {alloc::vec::Vec, frame_support::ensure, sp_runtime::TryRuntimeError};

	/// The parameters as the first release stored them.
	#[derive(Encode, Decode)]
	struct OldParameters {
		report_period: Moment,
		freshness: Moment,
		min_interval: Moment,
	}

	/// A run of reports as the first release stored it.
	#[derive(Encode, Decode)]
	struct OldSpan {
		hazard: bool,
		from: Moment,
		steady: Option<Moment>,
		last: Moment,
		until: Moment,
	}

	impl OldSpan {
		/// The first release did not keep which hazard it was.
		fn with(self, hazard: Class) -> Span {
			let Self { hazard: is_hazard, from, steady, last, until } = self;
			Span { class: if is_hazard { hazard } else { Class::Clear }, from, steady, last, until }
		}
	}

	#[storage_alias]
	type Parameters<T: Config> = StorageValue<Pallet<T>, OldParameters, OptionQuery>;

	/// What was in force, but as much patience as a longer freshness needs; the default where
	/// nothing was stored.
	fn old<T: Config>() -> OracleParameters {
		let usual = OracleParameters::USUAL;
		Parameters::<T>::get().map_or(usual, |old| OracleParameters {
			report_period: old.report_period,
			freshness: old.freshness,
			min_interval: old.min_interval,
			frozen_after: usual.frozen_after.max(old.freshness),
			missed_after: usual.missed_after.max(old.freshness),
			alarm_budget: usual.alarm_budget.max(old.freshness),
			..usual
		})
	}

	/// The migration without a look at the storage version.
	pub struct Unchecked<T>(PhantomData<T>);

	impl<T: Config> UncheckedOnRuntimeUpgrade for Unchecked<T> {
		fn on_runtime_upgrade() -> Weight {
			let mut moved = 1u64;
			pallet::Parameters::<T>::put(Settings::new(old::<T>()));
			pallet::Reports::<T>::translate::<SensorReport<T::AccountId>, _>(|_, report| {
				moved = moved.saturating_add(1);
				Some(SensorRecord { report, conduct: Conduct::default() })
			});
			pallet::Histories::<T>::translate::<BoundedVec<OldSpan, ConstU32<MAX_SPANS>>, _>(
				|sensor, spans| {
					moved = moved.saturating_add(1);
					let newest =
						pallet::Reports::<T>::get(sensor).map(|record| record.report.class);
					let hazard = newest.filter(|class| class.is_hazard());
					let hazard = hazard.unwrap_or(Class::Thunderstorm);
					let spans = spans.into_iter().map(|span| span.with(hazard)).collect();
					Some(History {
						spans: BoundedVec::truncate_from(spans),
						absences: BoundedVec::new(),
					})
				},
			);
			let now = T::Clock::now();
			pallet::Lines::<T>::translate::<Verdict, _>(|line, verdict| {
				moved = moved.saturating_add(2);
				// It is looked at in the next block, which finds out the rest.
				let watched = (verdict != Verdict::Stale).then_some(now);
				if watched.is_some() {
					Watch::<T>::insert((now.to_be_bytes(), line.to_be_bytes()), ());
				}
				Some(LineState { verdict, since: now, watched, ..Default::default() })
			});
			T::DbWeight::get().reads_writes(moved.saturating_mul(2), moved)
		}

		#[cfg(feature = "try-runtime")]
		fn pre_upgrade() -> Result<Vec<u8>, TryRuntimeError> {
			Ok(old::<T>().encode())
		}

		#[cfg(feature = "try-runtime")]
		fn post_upgrade(state: Vec<u8>) -> Result<(), TryRuntimeError> {
			let old = OracleParameters::decode(&mut &state[..])
				.map_err(|_| "the oracle's parameters before the upgrade cannot be read")?;
			ensure!(
				pallet::Parameters::<T>::get() == Settings::new(old),
				"the oracle's parameters changed with the upgrade"
			);
			Ok(())
		}
	}
}
