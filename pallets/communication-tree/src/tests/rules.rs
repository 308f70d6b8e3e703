//! [`Pallet::set_rules`](crate::Pallet::set_rules).

use crate::{mock::*, Error, Event, Rules, TreeStrategy};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::DispatchError::BadOrigin;
use voltree_wct::{Strategy, TRUST_UNIT};

/// Values out of range, each by one step.
fn out_of_range() -> [Rules; 11] {
	let good = Rules::default();
	[
		Rules { threshold: 0, ..good },
		Rules { threshold: TRUST_UNIT + 1, prior: TRUST_UNIT + 1, ..good },
		Rules { prior: good.threshold - 1, ..good },
		Rules { prior: TRUST_UNIT + 1, ..good },
		Rules { prior_tasks: 0, ..good },
		Rules { prior_tasks: 1_001, ..good },
		Rules { allowance: TRUST_UNIT, ..good },
		Rules { most_change: 0, recovery: 0, ..good },
		Rules { recovery: good.most_change + 1, ..good },
		Rules { trust_weight: 0, link_weight: 0, ..good },
		Rules { overhead_threshold: 0, ..good },
	]
}

/// Announced rules count for the sessions that start after the notice.
#[test]
fn rules_change_with_notice_and_with_a_session() {
	ExtBuilder::default().keyed(4).run(|| {
		let rules = Rules { threshold: 850_000_000, ..Default::default() };
		assert_ok!(Tree::set_rules(RuntimeOrigin::root(), rules));
		let from = slot() * SLOT + NOTICE;
		assert!(events().contains(&Event::RulesSet { version: 1, rules, from }));
		end_session();
		assert_eq!(Tree::newest().unwrap().rules, Rules::default());
		blocks(12);
		assert_eq!(Tree::numbered_rules(), (1, rules));
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

#[test]
fn strategies_are_those_of_the_algorithms() {
	use TreeStrategy::*;
	let ours = [Lft, Tft, Wct, Scaled, Balanced, EdgeAware].map(Strategy::from);
	assert_eq!(ours, Strategy::ALL);
	assert_eq!(Strategy::from(Rules::default().strategy), Strategy::DEFAULT);
}
