//! Credit and debts move by the formula and by nothing else, and events tell all of it.

use crate::{mock::*, pallet::*, types};
use frame_support::traits::Hooks;
use proptest::prelude::*;
use sp_core::H256;
use std::collections::{BTreeMap, BTreeSet};
use voltree_primitives::{Cause, Credibility, Credit, IdentityTag, Moment, OnEnrolled};

#[derive(Clone, Debug)]
enum Step {
	Enrolled,
	Timely,
	Untimely(u64),
	Gain(u8),
	Settled(u8),
	Owe(u128),
	Paid(u128),
	Reinstate(u32),
	Wait(Moment),
}

/// People that steps may name.
const PEOPLE: u8 = 4;

fn step() -> impl Strategy<Value = Step> {
	let volume = prop_oneof![Just(0), 1u64..20_000, any::<u64>()];
	let money = || prop_oneof![Just(0), 1u128..1_000, any::<u128>()];
	prop_oneof![
		1 => Just(Step::Enrolled),
		1 => Just(Step::Timely),
		4 => volume.prop_map(Step::Untimely),
		4 => (1..=PEOPLE).prop_map(Step::Gain),
		1 => any::<u8>().prop_map(Step::Settled),
		1 => money().prop_map(Step::Owe),
		1 => money().prop_map(Step::Paid),
		1 => prop_oneof![0u32..5_000, any::<u32>()].prop_map(Step::Reinstate),
		1 => (0..DAY).prop_map(Step::Wait),
	]
}

fn act(of: u8, step: &Step) {
	let tag_of = &tag(of);
	let terms = CredibilityPallet::terms();
	match step {
		Step::Enrolled => CredibilityPallet::enrolled(tag_of),
		Step::Timely => CredibilityPallet::timely(tag_of, Cause::PaidInTime),
		Step::Untimely(volume) => {
			CredibilityPallet::untimely(tag_of, *volume, Cause::NotPaid, &terms)
		}
		Step::Gain(partner) => {
			CredibilityPallet::gain(tag_of, &tag(*partner), &terms);
		}
		Step::Settled(trade) => CredibilityPallet::settled(tag_of, H256::repeat_byte(*trade)),
		Step::Owe(amount) => CredibilityPallet::owe(tag_of, *amount),
		Step::Paid(amount) => CredibilityPallet::paid(tag_of, *amount),
		Step::Reinstate(credit) => CredibilityPallet::reinstate(tag_of, *credit),
		Step::Wait(span) => {
			set_now(<Time as voltree_primitives::Clock>::now() + span);
			CredibilityPallet::on_idle(1, frame_support::weights::Weight::MAX);
		}
	}
}

/// What an auditor knows who has read nothing but the events.
#[derive(Default)]
struct Ledger {
	credit: BTreeMap<IdentityTag, Credit>,
	due: BTreeMap<IdentityTag, u128>,
	counts: BTreeMap<IdentityTag, (u32, u32)>,
	gains: BTreeSet<(Moment, IdentityTag, IdentityTag)>,
	/// What listeners must have heard: every change of credit that an event told.
	changes: Vec<(IdentityTag, Credit, Credit)>,
}

impl Ledger {
	fn moved(&mut self, tag: IdentityTag, before: Credit, after: Credit) {
		assert_eq!(self.credit.insert(tag, after), Some(before), "an event skips a change");
		self.changes.push((tag, before, after));
	}

	fn read(&mut self, event: Event<Test>, now: Moment) {
		match event {
			Event::Enrolled { tag, credit } => {
				assert_eq!(self.credit.insert(tag, credit), None, "enrolled twice");
			}
			Event::Counted { tag, timely, untimely, .. } => {
				let (s, f) = self.counts.insert(tag, (timely, untimely)).unwrap_or_default();
				assert_eq!(timely + untimely, s + f + 1, "one event counts one");
			}
			Event::CreditChanged { tag, before, after, volume, .. } => {
				assert!(volume > 0 && after <= before);
				self.moved(tag, before, after);
			}
			Event::CreditGained { tag, partner, before, after } => {
				assert!(after > before);
				assert!(self.gains.insert((now / DAY, tag, partner)), "gained twice in a day");
				self.moved(tag, before, after);
			}
			Event::CreditReinstated { tag, before, after } => {
				assert!(after > before);
				self.moved(tag, before, after);
			}
			Event::FineDue { tag, amount, due } => {
				let before = self.due.insert(tag, due).unwrap_or_default();
				assert_eq!(before + amount, due);
			}
			Event::FinePaid { tag, amount, due } => {
				let before = self.due.insert(tag, due).unwrap_or_default();
				assert_eq!(before - amount, due);
			}
			Event::ParametersSet { .. } => panic!("nobody sets parameters here"),
			Event::__Ignore(..) => unreachable!(),
		}
	}

	fn equals_storage(&self) {
		let stored: BTreeMap<_, _> = Scores::<Test>::iter().collect();
		assert_eq!(stored.len(), self.credit.len(), "a tag without an event");
		for (tag, score) in stored {
			assert_eq!(self.credit.get(&tag), Some(&score.credit));
			assert_eq!(self.due.get(&tag).copied().unwrap_or_default(), score.fines_due);
			let counts = (score.record.timely, score.record.untimely);
			assert_eq!(self.counts.get(&tag).copied().unwrap_or_default(), counts);
		}
	}
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(128))]

	/// Credit, debts and counts equal what the events add up to, after any sequence of everything
	/// that can happen to several people, over days. Listeners hear of exactly the same changes.
	#[test]
	fn the_storage_equals_what_the_events_add_up_to(
		start in 1u32..2_000,
		gain in 0u32..60,
		steps in proptest::collection::vec((1..=PEOPLE, step()), 0..120),
	) {
		let mut people = ExtBuilder::default().parameters(start, 10, 100).gain(gain.min(start));
		for of in 1..=PEOPLE {
			people = people.enrolled(tag(of));
		}
		people.run(|| {
			// Enrolled before events are recorded.
			let credit = (1..=PEOPLE).map(|of| (tag(of), start)).collect();
			let mut ledger = Ledger { credit, ..Default::default() };
			for (of, step) in steps {
				act(of, &step);
				let now = <Time as voltree_primitives::Clock>::now();
				for event in events() {
					ledger.read(event, now);
				}
				assert_eq!(std::mem::take(&mut ledger.changes), changes());
				ledger.equals_storage();
				CredibilityPallet::do_try_state().unwrap();
			}
		});
	}

	/// Any sequence of losses and gains moves credit exactly as a calculation with unlimited room
	/// does, and keeps it between 0 and its start.
	#[test]
	fn credit_follows_the_formula(
		start in 1u32..5_000,
		weight in prop_oneof![1u32..100, any::<u32>().prop_map(|weight| weight.max(1))],
		cap in prop_oneof![1u32..500, Just(u32::MAX)],
		gain in 0u32..5_000,
		steps in proptest::collection::vec(step(), 0..80),
	) {
		let gain = gain.min(start);
		let alice = ExtBuilder::default().parameters(start, weight, cap).gain(gain);
		alice.enrolled(tag(1)).run(|| {
			let mut credit = i128::from(start);
			let mut gained = BTreeSet::new();
			let (mut timely, mut untimely, mut trades) = (0, 0, 0);
			for step in steps {
				act(1, &step);
				match step {
					Step::Timely => timely += 1,
					Step::Untimely(volume) => {
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
					Step::Gain(partner) => {
						let day = <Time as voltree_primitives::Clock>::now() / DAY;
						let room = credit < i128::from(start) && gain > 0 && partner != 1;
						if room && gained.insert((day, partner)) {
							credit = (credit + i128::from(gain)).min(start.into());
						}
						changes();
					},
					Step::Settled(_) => trades += 1,
					Step::Reinstate(to) => {
						credit = credit.max(i128::from(to.min(start)));
						changes();
					},
					Step::Enrolled | Step::Owe(_) | Step::Paid(_) | Step::Wait(_) => {},
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
		let parameters = types::Parameters { weight, cap_per_event: cap, ..Default::default() };
		let (terms, large) = (parameters.terms(0), small.saturating_add(more));
		prop_assert!(terms.loss(small) <= terms.loss(large));
		prop_assert!(terms.loss(large) <= cap);
		prop_assert_eq!(terms.loss(small) == 0, small == 0);
	}
}
