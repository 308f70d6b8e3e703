use crate::{mock::*, pallet::*};
use voltree_primitives::Credibility;

/// A fine that could not be collected is a debt; debts add up.
#[test]
fn what_could_not_be_collected_is_owed() {
	ExtBuilder::default().enrolled(tag(1)).enrolled(tag(2)).run(|| {
		assert_eq!(CredibilityPallet::fines_due(&tag(1)), 0);
		CredibilityPallet::owe(&tag(1), 70);
		CredibilityPallet::owe(&tag(1), 7);

		assert_eq!(
			events(),
			[
				Event::FineDue { tag: tag(1), amount: 70, due: 70 },
				Event::FineDue { tag: tag(1), amount: 7, due: 77 },
			]
		);
		assert_eq!(CredibilityPallet::fines_due(&tag(1)), 77);
		assert_eq!(CredibilityPallet::fines_due(&tag(2)), 0);
	});
}

/// Paying lowers the debt; what is paid too much does not count.
#[test]
fn a_debt_is_paid_in_parts() {
	ExtBuilder::default().enrolled(tag(1)).run(|| {
		CredibilityPallet::owe(&tag(1), 77);
		events();
		CredibilityPallet::paid(&tag(1), 70);
		CredibilityPallet::paid(&tag(1), 70);

		assert_eq!(
			events(),
			[
				Event::FinePaid { tag: tag(1), amount: 70, due: 7 },
				Event::FinePaid { tag: tag(1), amount: 7, due: 0 },
			]
		);
		assert_eq!(CredibilityPallet::fines_due(&tag(1)), 0);
	});
}

/// Nothing owed or paid is no news. A debt neither costs credit nor counts as behaviour: the event
/// behind it has.
#[test]
fn nothing_is_no_news() {
	ExtBuilder::default().enrolled(tag(1)).run(|| {
		let score = Scores::<Test>::get(tag(1));
		CredibilityPallet::owe(&tag(1), 0);
		CredibilityPallet::paid(&tag(1), 5);
		assert_eq!(events(), []);
		assert_eq!(Scores::<Test>::get(tag(1)), score);
		assert_eq!(changes(), []);
	});
}

/// A debt never wraps around: what no longer fits is dropped, and the event says what counts.
#[test]
fn a_debt_saturates() {
	ExtBuilder::default().enrolled(tag(1)).run(|| {
		CredibilityPallet::owe(&tag(1), u128::MAX - 1);
		CredibilityPallet::owe(&tag(1), 5);
		let event = Event::FineDue { tag: tag(1), amount: 1, due: u128::MAX };
		assert_eq!(events().last(), Some(&event));
	});
}
