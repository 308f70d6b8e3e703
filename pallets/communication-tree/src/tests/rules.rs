//! [`Pallet::set_rules`](crate::Pallet::set_rules).

use crate::{mock::*, Error, Event, PathFigures, Rules, Schedule, TreeMode};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::DispatchError::BadOrigin;
use voltree_wct::TRUST_UNIT;

/// Values out of range, each by one step.
fn out_of_range() -> [Rules; 13] {
	let good = Rules::default;
	let base = good();
	let paths = PathFigures { uplink: 0, ..base.paths };
	[
		Rules { threshold: 0, ..good() },
		Rules { threshold: TRUST_UNIT + 1, prior: TRUST_UNIT + 1, ..good() },
		Rules { prior: base.threshold - 1, ..good() },
		Rules { prior: TRUST_UNIT + 1, ..good() },
		Rules { prior_tasks: 0, ..good() },
		Rules { prior_tasks: 1_001, ..good() },
		Rules { allowance: TRUST_UNIT, ..good() },
		Rules { most_change: 0, recovery: 0, ..good() },
		Rules { recovery: base.most_change + 1, ..good() },
		Rules { trust_weight: 0, link_weight: 0, ..good() },
		Rules { overhead_threshold: 0, ..good() },
		Rules { modes: Schedule::default(), ..good() },
		Rules { paths, ..good() },
	]
}

/// Announced rules count for the sessions that start after the notice.
#[test]
fn rules_change_with_notice_and_with_a_session() {
	ExtBuilder::default().keyed(4).run(|| {
		let modes = Schedule::truncate_from(vec![TreeMode::Off, TreeMode::Ours]);
		let rules = Rules { threshold: 850_000_000, modes, ..Default::default() };
		assert_ok!(Tree::set_rules(RuntimeOrigin::root(), rules.clone()));
		let from = slot() * SLOT + NOTICE;
		assert!(events().contains(&Event::RulesSet { version: 1, rules: rules.clone(), from }));
		end_session();
		assert_eq!(Tree::newest().unwrap().rules, Rules::default());
		blocks(12);
		assert_eq!(Tree::numbered_rules(), (1, rules.clone()));
		assert_eq!(Tree::newest().unwrap().rules, Rules::default());
		end_session();
		assert_eq!(Tree::newest().unwrap().rules, rules);
	});
}

#[test]
fn fails_if_not_the_authority() {
	ExtBuilder::default().keyed(4).run(|| {
		for origin in [RuntimeOrigin::none(), RuntimeOrigin::signed(Da(1).account())] {
			assert_noop!(Tree::set_rules(origin, Rules::default()), BadOrigin);
		}
	});
}

#[test]
fn fails_if_out_of_range() {
	ExtBuilder::default().keyed(4).run(|| {
		for rules in out_of_range() {
			let set = Tree::set_rules(RuntimeOrigin::root(), rules);
			assert_noop!(set, Error::<Test>::InvalidRules);
		}
		let long = Rules { probation: 1_001, ..Default::default() };
		assert_noop!(Tree::set_rules(RuntimeOrigin::root(), long), Error::<Test>::InvalidRules);
	});
}
