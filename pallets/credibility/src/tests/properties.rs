//! Credit moves by the formula and by nothing else.

use crate::{mock::*, types};
use proptest::prelude::*;
use sp_core::H256;
use voltree_primitives::{Cause, Credibility};

#[derive(Clone, Debug)]
enum Step {
	Timely,
	Untimely(u64),
	Settled(u8),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
	let volume = prop_oneof![Just(0), 1u64..20_000, any::<u64>()];
	let step = prop_oneof![
		Just(Step::Timely),
		volume.prop_map(Step::Untimely),
		any::<u8>().prop_map(Step::Settled),
	];
	proptest::collection::vec(step, 0..80)
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(128))]

	/// Any sequence of events keeps credit between 0 and its start, and moves it exactly as a
	/// calculation with unlimited room does.
	#[test]
	fn credit_follows_the_formula(
		start in 1u32..5_000,
		weight in prop_oneof![1u32..100, any::<u32>().prop_map(|weight| weight.max(1))],
		cap in prop_oneof![1u32..500, Just(u32::MAX)],
		steps in steps(),
	) {
		ExtBuilder::default().parameters(start, weight, cap).enrolled(tag(1)).run(|| {
			let mut credit = i128::from(start);
			let (mut timely, mut untimely, mut trades) = (0, 0, 0);
			for step in steps {
				match step {
					Step::Timely => {
						CredibilityPallet::timely(&tag(1), Cause::PaidInTime);
						timely += 1;
					},
					Step::Untimely(volume) => {
						CredibilityPallet::untimely(&tag(1), volume, Cause::NotPaid);
						untimely += 1;
						let exact = i128::from(weight) * i128::from(volume);
						let points = exact / 1_000 + i128::from(exact % 1_000 != 0);
						let before = credit;
						credit = (credit - points.min(i128::from(cap))).max(0);
						let heard = changes();
						if volume > 0 {
							let (before, after) = (before as u32, credit as u32);
							assert_eq!(heard, [(tag(1), before, after)]);
						} else {
							assert_eq!(heard, []);
						}
					},
					Step::Settled(trade) => {
						CredibilityPallet::settled(&tag(1), H256::repeat_byte(trade));
						trades += 1;
					},
				}
				let record = CredibilityPallet::record(&tag(1));
				assert_eq!(i128::from(CredibilityPallet::credit(&tag(1))), credit);
				assert_eq!((record.timely, record.untimely, record.trades), (timely, untimely, trades));
				CredibilityPallet::do_try_state().unwrap();
			}
		});
	}

	/// More volume never costs less, and what costs anything costs at least a point.
	#[test]
	fn a_loss_grows_with_the_volume(weight in 1u32.., cap in 1u32.., small: u64, more: u64) {
		let parameters = types::Parameters { start: 1, weight, cap_per_event: cap };
		let large = small.saturating_add(more);
		prop_assert!(parameters.loss(small) <= parameters.loss(large));
		prop_assert!(parameters.loss(large) <= cap);
		prop_assert_eq!(parameters.loss(small) == 0, small == 0);
	}
}
