//! What the other pallets ask of credibility: traits of `voltree-primitives`.

use crate::{pallet::*, types::Score};
use frame_support::defensive;
use sp_core::H256;
use voltree_primitives::{
	Balance, Cause, Credibility, Credit, IdentityTag, OnCredit, OnEnrolled, Record, WattHours,
};

impl<T: Config> OnEnrolled for Pallet<T> {
	fn enrolled(tag: &IdentityTag) {
		// Known already: the person keeps everything, good and bad.
		if Scores::<T>::contains_key(tag) {
			return;
		}
		let score = Score::new(Parameters::<T>::get().start);
		Scores::<T>::insert(tag, &score);
		Self::deposit_event(Event::Enrolled { tag: *tag, credit: score.credit });
	}
}

impl<T: Config> Credibility for Pallet<T> {
	fn credit(tag: &IdentityTag) -> Credit {
		Scores::<T>::get(tag).map_or(0, |score| score.credit)
	}

	fn record(tag: &IdentityTag) -> Record {
		Scores::<T>::get(tag).map(|score| score.record).unwrap_or_default()
	}

	fn fines_due(tag: &IdentityTag) -> Balance {
		Scores::<T>::get(tag).map_or(0, |score| score.fines_due)
	}

	fn timely(tag: &IdentityTag, cause: Cause) {
		Self::change(tag, |score| {
			score.record.timely = score.record.timely.saturating_add(1);
			Self::counted(tag, &score.record, cause);
		});
	}

	fn untimely(tag: &IdentityTag, volume: WattHours, cause: Cause) {
		let change = Self::change(tag, |score| {
			score.record.untimely = score.record.untimely.saturating_add(1);
			Self::counted(tag, &score.record, cause);
			let before = score.credit;
			score.credit = before.saturating_sub(Parameters::<T>::get().loss(volume));
			(before, score.credit)
		});
		// Without a volume it only counts.
		let Some((before, after)) = change.filter(|_| volume > 0) else { return };
		Self::deposit_event(Event::CreditChanged { tag: *tag, before, after, volume, cause });
		T::OnCredit::credit_changed(tag, before, after);
	}

	fn settled(tag: &IdentityTag, trade: H256) {
		Self::change(tag, |score| score.record.append(trade));
	}
}

impl<T: Config> Pallet<T> {
	/// Change the score of a tag. Only certified people trade, so it has one.
	fn change<R>(tag: &IdentityTag, change: impl FnOnce(&mut Score) -> R) -> Option<R> {
		Scores::<T>::mutate_exists(tag, |slot| {
			let changed = slot.as_mut().map(change);
			if changed.is_none() {
				defensive!("behaviour of a tag that was never certified", tag);
			}
			changed
		})
	}

	fn counted(tag: &IdentityTag, record: &Record, cause: Cause) {
		let Record { timely, untimely, .. } = *record;
		Self::deposit_event(Event::Counted { tag: *tag, timely, untimely, cause });
	}
}
