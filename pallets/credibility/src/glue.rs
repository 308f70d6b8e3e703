//! What the other pallets ask of credibility: traits of `voltree-primitives`.

use crate::{
	pallet::*,
	types::{Brief, Day, Score},
};
use frame_support::{defensive, storage::unhashed};
use sp_core::H256;
use voltree_primitives::{
	Balance, Cause, Clock, Credibility, Credit, IdentityTag, OnCredit, OnEnrolled, Record, Terms,
	WattHours,
};

impl<T: Config> OnEnrolled for Pallet<T> {
	fn enrolled(tag: &IdentityTag) {
		// Known already: the person keeps everything, good and bad.
		if Scores::<T>::contains_key(tag) {
			return;
		}
		let score = Score::new(Self::parameters().start);
		Scores::<T>::insert(tag, &score);
		Self::deposit_event(Event::Enrolled { tag: *tag, credit: score.credit });
	}
}

impl<T: Config> Credibility for Pallet<T> {
	fn credit(tag: &IdentityTag) -> Credit {
		Self::brief(tag).credit
	}

	fn record(tag: &IdentityTag) -> Record {
		Scores::<T>::get(tag).map(|score| score.record).unwrap_or_default()
	}

	fn fines_due(tag: &IdentityTag) -> Balance {
		Self::brief(tag).fines_due
	}

	fn credit_and_fines(tag: &IdentityTag) -> (Credit, Balance) {
		let Brief { credit, fines_due } = Self::brief(tag);
		(credit, fines_due)
	}

	fn terms() -> Terms {
		let (version, parameters) = Parameters::<T>::get().in_force(T::Clock::now);
		parameters.terms(version)
	}

	fn timely(tag: &IdentityTag, cause: Cause) {
		Self::change(tag, |score| {
			score.record.timely = score.record.timely.saturating_add(1);
			Self::counted(tag, &score.record, cause);
		});
	}

	fn untimely(tag: &IdentityTag, volume: WattHours, cause: Cause, terms: &Terms) {
		let change = Self::change(tag, |score| {
			score.record.untimely = score.record.untimely.saturating_add(1);
			Self::counted(tag, &score.record, cause);
			let before = score.credit;
			score.credit = before.saturating_sub(terms.loss(volume));
			(before, score.credit)
		});
		// Without a volume it only counts.
		let Some((before, after)) = change.filter(|_| volume > 0) else { return };
		Self::deposit_event(Event::CreditChanged { tag: *tag, before, after, volume, cause });
		T::OnCredit::credit_changed(tag, before, after);
	}

	fn gain(tag: &IdentityTag, partner: &IdentityTag, terms: &Terms) -> bool {
		// The market lets nobody trade with himself; credit does not rest on that.
		if terms.gain == 0 || tag == partner {
			return false;
		}
		let today = (Day::from(T::Clock::now()), *tag, *partner);
		if Gains::<T>::contains_key(today) {
			return false;
		}
		let change = Self::change(tag, |score| score.lift(score.credit.saturating_add(terms.gain)));
		// Who has all his credit gains nothing, so the day's gain is still to come.
		let Some((before, after)) = change.filter(|(before, after)| after > before) else {
			return false;
		};
		Gains::<T>::insert(today, ());
		let (tag, partner) = (*tag, *partner);
		Self::deposit_event(Event::CreditGained { tag, partner, before, after });
		T::OnCredit::credit_changed(&tag, before, after);
		true
	}

	fn settled(tag: &IdentityTag, trade: H256) {
		Self::change(tag, |score| score.record.append(trade));
	}

	fn owe(tag: &IdentityTag, amount: Balance) {
		let change = Self::change(tag, |score| {
			let before = score.fines_due;
			score.fines_due = before.saturating_add(amount);
			(score.fines_due.saturating_sub(before), score.fines_due)
		});
		let Some((amount, due)) = change.filter(|(amount, _)| *amount > 0) else { return };
		Self::deposit_event(Event::FineDue { tag: *tag, amount, due });
	}

	fn paid(tag: &IdentityTag, amount: Balance) {
		let change = Self::change(tag, |score| {
			let amount = amount.min(score.fines_due);
			score.fines_due = score.fines_due.saturating_sub(amount);
			(amount, score.fines_due)
		});
		let Some((amount, due)) = change.filter(|(amount, _)| *amount > 0) else { return };
		Self::deposit_event(Event::FinePaid { tag: *tag, amount, due });
	}

	fn reinstate(tag: &IdentityTag, credit: Credit) {
		let change = Self::change(tag, |score| score.lift(credit));
		let Some((before, after)) = change.filter(|(before, after)| after > before) else { return };
		Self::deposit_event(Event::CreditReinstated { tag: *tag, before, after });
		T::OnCredit::credit_changed(tag, before, after);
	}
}

impl<T: Config> Pallet<T> {
	/// Credit and fines of a tag; nothing of either for one that was never certified.
	fn brief(tag: &IdentityTag) -> Brief {
		unhashed::get(&Scores::<T>::hashed_key_for(tag))
			.unwrap_or(Brief { credit: 0, fines_due: 0 })
	}

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
