use crate::{mock::*, pallet::*, types::Score};
use sp_core::H256;
use voltree_primitives::{Balance, Cause, Credibility, Record, Terms, RECENT_TRADES};

/// Alice's tag, with the default parameters: 1000 points, 10 a kilowatt-hour, 100 an event.
fn alice() -> ExtBuilder {
	ExtBuilder::default().enrolled(tag(1))
}

/// The terms of today.
fn terms() -> Terms {
	CredibilityPallet::terms()
}

/// Timely behaviour counts and gains nothing: the paper's setting.
#[test]
fn timely_behaviour_is_counted() {
	alice().run(|| {
		CredibilityPallet::timely(&tag(1), Cause::PaidInTime);
		CredibilityPallet::timely(&tag(1), Cause::Delivered);

		let counted = |timely, cause| Event::Counted { tag: tag(1), timely, untimely: 0, cause };
		assert_eq!(events(), [counted(1, Cause::PaidInTime), counted(2, Cause::Delivered)]);
		assert_eq!(CredibilityPallet::record(&tag(1)).timely, 2);
		assert_eq!(CredibilityPallet::credit(&tag(1)), 1_000);
		assert_eq!(changes(), []);
	});
}

/// `Credit_{n+1} = Credit_n - w * volume`: 2.5 kWh at 10 points are 25.
#[test]
fn untimely_behaviour_costs_credit() {
	alice().run(|| {
		CredibilityPallet::untimely(&tag(1), 2_500, Cause::PaidLate, &terms());

		assert_eq!(
			events(),
			[
				Event::Counted { tag: tag(1), timely: 0, untimely: 1, cause: Cause::PaidLate },
				Event::CreditChanged {
					tag: tag(1),
					before: 1_000,
					after: 975,
					volume: 2_500,
					cause: Cause::PaidLate
				},
			]
		);
		assert_eq!(CredibilityPallet::credit(&tag(1)), 975);
		assert_eq!(CredibilityPallet::record(&tag(1)).untimely, 1);
		assert_eq!(changes(), [(tag(1), 1_000, 975)]);
	});
}

/// A part of a point counts as a point; one event takes at most the cap.
#[test]
fn a_loss_is_rounded_up_and_capped() {
	for (volume, loss) in [(1, 1), (100, 1), (101, 2), (9_900, 99), (9_901, 100), (u64::MAX, 100)] {
		alice().run(|| {
			CredibilityPallet::untimely(&tag(1), volume, Cause::NotDelivered, &terms());
			assert_eq!(CredibilityPallet::credit(&tag(1)), 1_000 - loss, "{volume} Wh");
		});
	}
}

/// Credit ends at 0; events and listeners still hear of every further loss.
#[test]
fn credit_never_falls_below_zero() {
	ExtBuilder::default().parameters(150, 10, 100).enrolled(tag(1)).run(|| {
		for _ in 0..3 {
			CredibilityPallet::untimely(&tag(1), 50_000, Cause::NotPaid, &terms());
		}
		assert_eq!(changes(), [(tag(1), 150, 50), (tag(1), 50, 0), (tag(1), 0, 0)]);
		assert_eq!(CredibilityPallet::record(&tag(1)).untimely, 3);
		let last = Event::CreditChanged {
			tag: tag(1),
			before: 0,
			after: 0,
			volume: 50_000,
			cause: Cause::NotPaid,
		};
		assert_eq!(events().last(), Some(&last));
	});
}

/// Not billed in time: it counts, but costs no credit.
#[test]
fn without_a_volume_it_only_counts() {
	alice().run(|| {
		CredibilityPallet::untimely(&tag(1), 0, Cause::NotBilled, &terms());

		let event = Event::Counted { tag: tag(1), timely: 0, untimely: 1, cause: Cause::NotBilled };
		assert_eq!(events(), [event]);
		assert_eq!(CredibilityPallet::credit(&tag(1)), 1_000);
		assert_eq!(changes(), []);
	});
}

/// A settled trade goes into the record; no other number moves.
#[test]
fn a_settled_trade_is_recorded() {
	alice().run(|| {
		let mut expected = Record::default();
		for n in 1..=20 {
			let trade = H256::repeat_byte(n);
			CredibilityPallet::settled(&tag(1), trade);
			expected.append(trade);
		}
		assert_eq!(CredibilityPallet::record(&tag(1)), expected);
		assert_eq!(expected.trades, 20);
		assert_eq!(CredibilityPallet::credit(&tag(1)), 1_000);
	});
}

/// Credit belongs to a tag; others are not touched.
#[test]
fn others_keep_their_credit() {
	alice().enrolled(tag(2)).run(|| {
		CredibilityPallet::untimely(&tag(1), 1_000, Cause::NotConfirmed, &terms());
		assert_eq!(CredibilityPallet::credit(&tag(2)), 1_000);
		assert_eq!(CredibilityPallet::record(&tag(2)), Record::default());
	});
}

/// A trade keeps the terms it was made under, whatever the parameters have become.
#[test]
fn a_loss_follows_the_terms_of_the_trade() {
	alice().run(|| {
		let agreed = Terms { version: 7, weight: 30, cap_per_event: 45, ..terms() };
		CredibilityPallet::untimely(&tag(1), 1_000, Cause::NotDelivered, &agreed);
		assert_eq!(CredibilityPallet::credit(&tag(1)), 970);
		CredibilityPallet::untimely(&tag(1), 2_000, Cause::NotDelivered, &agreed);
		assert_eq!(CredibilityPallet::credit(&tag(1)), 925);
	});
}

/// A tag that was never certified has nothing.
#[test]
fn an_unknown_tag_has_nothing() {
	alice().run(|| {
		assert_eq!(CredibilityPallet::credit(&tag(9)), 0);
		assert_eq!(CredibilityPallet::record(&tag(9)), Record::default());
		assert_eq!(CredibilityPallet::fines_due(&tag(9)), 0);
	});
}

/// It cannot behave either: nothing is written, and a debug build complains.
#[test]
#[cfg_attr(debug_assertions, should_panic(expected = "never certified"))]
fn an_unknown_tag_cannot_behave() {
	alice().run(|| {
		CredibilityPallet::untimely(&tag(9), 1_000, Cause::NotPaid, &terms());
		CredibilityPallet::timely(&tag(9), Cause::PaidInTime);
		CredibilityPallet::settled(&tag(9), H256::zero());
		CredibilityPallet::gain(&tag(9), &tag(1), &Terms { gain: 5, ..terms() });
		CredibilityPallet::owe(&tag(9), 1);
		CredibilityPallet::paid(&tag(9), 1);
		CredibilityPallet::reinstate(&tag(9), 400);
		assert_eq!(events(), []);
		assert_eq!(changes(), []);
		assert!(!Scores::<Test>::contains_key(tag(9)));
	});
}

/// What bars from business is read out of the score without its list of trades, however long that is.
#[test]
fn credit_and_fines_are_read_without_the_record() {
	alice().run(|| {
		for trades in 0..=RECENT_TRADES + 1 {
			let mut score = Score::new(700 + trades);
			score.credit = 600 + trades;
			score.fines_due = 5 + Balance::from(trades);
			score.record.timely = trades;
			(0..trades).for_each(|number| score.record.append(H256::repeat_byte(number as u8)));
			Scores::<Test>::insert(tag(9), &score);
			let read = CredibilityPallet::credit_and_fines(&tag(9));
			assert_eq!(read, (score.credit, score.fines_due));
		}
		assert_eq!(CredibilityPallet::credit_and_fines(&tag(10)), (0, 0));
	});
}
