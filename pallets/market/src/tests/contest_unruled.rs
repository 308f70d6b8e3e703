//! Contested, and nobody ruled: the seller's registers decide, without them the buyer's word.

use super::{billed, delivered, fined, settled, started, Way};
use crate::{mock::*, types::*};
use frame_support::assert_ok;
use voltree_primitives::{Balance, Cause, WattHours};

/// Nothing happens until `rule_by`; then `volume` Wh are paid and the bond comes back.
fn ends(seller: Keyring, volume: WattHours, blamed: Vec<Deed>, fine: Balance) {
	forget();
	run_to(RULE_BY);
	assert_eq!(events(), vec![]);
	pass(RULE_BY);
	assert_eq!(fines(), vec![fined(seller, fine, 0, fine); usize::from(fine > 0)]);
	let payout = Balance::from(volume) * 2;
	assert_eq!(events(), settled(Outcome::ContestUnruled, volume, payout));
	assert_eq!(deeds(), blamed);
	assert_eq!((bonded(Alice), balance(Alice)), (0, MONEY - payout));
	assert_eq!(balance(seller), MONEY + payout - fine);
	check_empty();
}

/// The meter said it, and it is paid.
#[test]
fn a_bill_by_the_meter_is_paid() {
	for (energy, volume) in [(1_000, 1_000), (1_000, 700), (950, 950)] {
		run(|| {
			billed(Way::Metered(energy), volume);
			assert_ok!(contest(Alice, 0, 10));
			ends(Bob, volume, vec![], 0);
		});
	}
}

/// Without a bill as well.
#[test]
fn the_meter_is_paid_without_a_bill() {
	run(|| {
		delivered(Way::Metered(960));
		assert_ok!(contest(Alice, 0, 10));
		ends(Bob, 960, vec![], 0);
	});
}

/// What the seller's own register says against him still counts.
#[test]
fn a_short_delivery_counts() {
	run(|| {
		billed(Way::Metered(500), 500);
		assert_ok!(contest(Alice, 0, 0));
		let short = Deed::Untimely(tag(Bob), 500, Cause::DeliveredShort);
		ends(Bob, 500, vec![short], 200);
	});
}

/// Unless nobody may be blamed.
#[test]
fn a_short_delivery_is_excused() {
	run(|| {
		started(Way::Metered(0));
		world(|world| world.safety = UNSAFE_IN_PART);
		meter_exports(METER, 500);
		pass(SLOT_END);
		pass(METER_BY);
		assert_ok!(contest(Alice, 0, 0));
		ends(Bob, 500, vec![], 0);
	});
}

/// Without registers, or with a silent one, what the buyer admits is paid.
#[test]
fn the_buyers_word_is_paid_without_registers() {
	for way in [Way::Unmetered, Way::Silent] {
		for received in [0, 300, 999] {
			run(|| {
				billed(way, 1_000);
				assert_ok!(contest(Alice, 0, received));
				ends(way.seller(), received, vec![], 0);
			});
		}
	}
}
