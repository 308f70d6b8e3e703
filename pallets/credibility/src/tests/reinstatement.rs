use crate::{mock::*, pallet::*};
use voltree_primitives::{Cause, Credibility};

/// Alice's tag with 900 of 1000 points.
fn alice() -> ExtBuilder {
	ExtBuilder::default().enrolled(tag(1))
}

fn lose_a_hundred() {
	let terms = CredibilityPallet::terms();
	CredibilityPallet::untimely(&tag(1), 10_000, Cause::NotPaid, &terms);
	events();
	changes();
}

/// Credit is lifted to the level, and listeners hear of it.
#[test]
fn credit_is_lifted() {
	alice().run(|| {
		lose_a_hundred();
		CredibilityPallet::reinstate(&tag(1), 950);
		let event = Event::CreditReinstated { tag: tag(1), before: 900, after: 950 };
		assert_eq!(events(), [event]);
		assert_eq!(changes(), [(tag(1), 900, 950)]);
		assert_eq!(CredibilityPallet::credit(&tag(1)), 950);
	});
}

/// Never above what the tag began with.
#[test]
fn the_start_is_the_most() {
	alice().run(|| {
		lose_a_hundred();
		CredibilityPallet::reinstate(&tag(1), 5_000);
		let event = Event::CreditReinstated { tag: tag(1), before: 900, after: 1_000 };
		assert_eq!(events(), [event]);
	});
}

/// Who has as much already, by gains, keeps it.
#[test]
fn credit_never_falls_by_it() {
	alice().run(|| {
		lose_a_hundred();
		for credit in [900, 899, 0] {
			CredibilityPallet::reinstate(&tag(1), credit);
		}
		assert_eq!(events(), []);
		assert_eq!(changes(), []);
		assert_eq!(CredibilityPallet::credit(&tag(1)), 900);
	});
}
