use crate::{mock::*, pallet::*, Day, WeightInfo, MAX_FORGOTTEN};
use codec::Encode;
use frame_support::{traits::Hooks, weights::Weight};
use voltree_primitives::{Cause, Credibility, IdentityTag, Terms};

/// Three people with a gain of 30 points; everybody has lost 100 of 1000.
fn people() -> ExtBuilder {
	(1..=3).fold(ExtBuilder::default().gain(30), |people, of| people.enrolled(tag(of)))
}

fn terms() -> Terms {
	CredibilityPallet::terms()
}

fn lose(tag: &IdentityTag) {
	CredibilityPallet::untimely(tag, 10_000, Cause::NotPaid, &terms());
	events();
	changes();
}

fn gain(tag: IdentityTag, partner: IdentityTag) -> bool {
	let before = CredibilityPallet::credit(&tag);
	let gained = CredibilityPallet::gain(&tag, &partner, &terms());
	assert_eq!(gained, CredibilityPallet::credit(&tag) > before, "it tells whether it gained");
	gained
}

fn stored() -> usize {
	Gains::<Test>::iter_keys().count()
}

/// Who does his part in time gets a little back. Each side gains for itself.
#[test]
fn a_timely_trade_gains() {
	people().run(|| {
		lose(&tag(1));
		lose(&tag(2));
		gain(tag(1), tag(2));

		let event = Event::CreditGained { tag: tag(1), partner: tag(2), before: 900, after: 930 };
		assert_eq!(events(), [event]);
		assert_eq!(changes(), [(tag(1), 900, 930)]);
		assert_eq!(CredibilityPallet::credit(&tag(2)), 900);

		gain(tag(2), tag(1));
		assert_eq!(CredibilityPallet::credit(&tag(1)), 930);
		assert_eq!(CredibilityPallet::credit(&tag(2)), 930);
	});
}

/// A pair that trades to and fro gains once a day; another partner or another day counts again.
#[test]
fn a_pair_gains_once_a_day() {
	people().run(|| {
		lose(&tag(1));
		gain(tag(1), tag(2));
		set_now(START + DAY - 1);
		events();
		assert!(!gain(tag(1), tag(2)));
		assert_eq!(events(), []);
		assert_eq!(CredibilityPallet::credit(&tag(1)), 930);

		gain(tag(1), tag(3));
		assert_eq!(CredibilityPallet::credit(&tag(1)), 960);

		set_now(START + DAY);
		gain(tag(1), tag(2));
		assert_eq!(CredibilityPallet::credit(&tag(1)), 990);
	});
}

/// Credit never rises above what the tag began with. Who has it all gains nothing, and may still
/// gain later that day.
#[test]
fn the_start_is_the_most() {
	people().run(|| {
		assert!(!gain(tag(1), tag(2)));
		assert_eq!(events(), []);
		assert_eq!(stored(), 0);

		CredibilityPallet::untimely(&tag(1), 1_000, Cause::NotPaid, &terms());
		events();
		gain(tag(1), tag(2));
		let event = Event::CreditGained { tag: tag(1), partner: tag(2), before: 990, after: 1_000 };
		assert_eq!(events(), [event]);
	});
}

/// The paper's setting: nothing is gained and nothing is kept.
#[test]
fn a_gain_of_zero_leaves_no_trace() {
	people().gain(0).run(|| {
		lose(&tag(1));
		gain(tag(1), tag(2));
		assert_eq!(events(), []);
		assert_eq!(stored(), 0);
		assert_eq!(CredibilityPallet::credit(&tag(1)), 900);
	});
}

/// The gain, too, is that of the trade's terms.
#[test]
fn a_gain_follows_the_terms_of_the_trade() {
	people().gain(0).run(|| {
		lose(&tag(1));
		CredibilityPallet::gain(&tag(1), &tag(2), &Terms { gain: 4, ..terms() });
		assert_eq!(CredibilityPallet::credit(&tag(1)), 904);
	});
}

/// Nobody lifts himself.
#[test]
fn a_tag_gains_nothing_with_itself() {
	people().run(|| {
		lose(&tag(1));
		gain(tag(1), tag(1));
		assert_eq!(events(), []);
		assert_eq!(stored(), 0);
	});
}

/// Finished days leave the storage, today stays.
#[test]
fn days_that_are_over_are_forgotten() {
	people().run(|| {
		lose(&tag(1));
		gain(tag(1), tag(2));
		gain(tag(1), tag(3));
		CredibilityPallet::on_idle(1, Weight::MAX);
		assert_eq!(stored(), 2);

		set_now(START + DAY);
		gain(tag(1), tag(2));
		let used = CredibilityPallet::on_idle(2, Weight::MAX);

		assert_eq!(used, <() as WeightInfo>::forget_gains(2));
		let left: Vec<_> = Gains::<Test>::iter_keys().collect();
		assert_eq!(left, [(Day::from(START + DAY), tag(1), tag(2))]);
	});
}

/// A block forgets so many at most, and no more than its idle weight pays for.
#[test]
fn forgetting_is_bounded() {
	people().build().execute_with(|| {
		let pair = |n: u32| (IdentityTag::from_low_u64_be(n.into()), tag(1));
		for n in 0..MAX_FORGOTTEN + 10 {
			let (of, partner) = pair(n);
			Gains::<Test>::insert((Day::from(START), of, partner), ());
		}
		let all = stored();
		set_now(START + DAY);
		let weight = <() as WeightInfo>::forget_gains;

		let too_little = weight(0) - Weight::from_parts(1, 0);
		assert_eq!(CredibilityPallet::on_idle(1, too_little), Weight::zero());
		assert_eq!(CredibilityPallet::on_idle(1, weight(0)), weight(0));
		assert_eq!(stored(), all);

		let almost_four = weight(4) - Weight::from_parts(1, 0);
		assert_eq!(CredibilityPallet::on_idle(1, almost_four), weight(3));
		assert_eq!(stored(), all - 3);

		assert_eq!(CredibilityPallet::on_idle(2, Weight::MAX), weight(MAX_FORGOTTEN));
		assert_eq!(CredibilityPallet::on_idle(3, Weight::MAX), weight(7));
		assert_eq!(stored(), 0);
		assert_eq!(CredibilityPallet::on_idle(4, Weight::MAX), weight(0));
	});
}

/// Keys sort by day, which is what forgetting rests on.
#[test]
fn days_sort_like_their_encoding() {
	let days = [0, DAY - 1, DAY, 255 * DAY, 256 * DAY, 65_536 * DAY, u64::MAX];
	let encoded: Vec<_> = days.map(|day| Day::from(day).encode()).into();
	let mut sorted = encoded.clone();
	sorted.sort();
	assert_eq!(encoded, sorted);
	assert_eq!(encoded[0], encoded[1]);
	assert!(encoded[1] < encoded[2]);
}
