//! `rule`: the authority decides which share is paid, and whose fault it was.

use super::{billed, delivered, fined, paid, settled, started, Way, AMOUNT};
use crate::{mock::*, pallet::*, types::*};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::traits::BadOrigin;
use voltree_primitives::{Balance, Cause, WattHours};

/// Bob's meter says 1 kWh and he bills it; Alice says that `received` Wh came.
fn contested(received: WattHours) {
	billed(Way::Metered(1_000), 1_000);
	assert_ok!(contest(Alice, 0, received));
	forget();
}

/// Charlie billed 1 kWh without a meter, and Alice kept silent until it was too late.
fn silent() {
	billed(Way::Unmetered, 1_000);
	pass(CONFIRM_BY);
	forget();
}

/// It was ruled like this: so much is paid, and the trade has ended.
fn ruled(percent: u32, fault: Fault, volume: WattHours) {
	let ruled = Event::Ruled { trade: 0, ruling: ruling(percent, fault), volume };
	let mut expected = vec![ruled];
	expected.extend(settled(Outcome::Ruled, volume, Balance::from(volume) * 2));
	assert_eq!(events(), expected);
	check_empty();
}

fn blame(who: Keyring, volume: WattHours, cause: Cause) -> Deed {
	Deed::Untimely(tag(who), volume, cause)
}

/// Ruled above what the buyer admitted: his bond is the seller's.
#[test]
fn all_goes_to_the_seller() {
	run(|| {
		contested(400);
		assert_ok!(rule(0, 100, Fault::Buyer));
		assert_eq!(fines(), vec![]);
		ruled(100, Fault::Buyer, 1_000);
		assert_eq!(deeds(), vec![blame(Alice, 600, Cause::ContestedWrongly)]);
		assert_eq!(balance(Alice), MONEY - AMOUNT - SMALLEST_FINE);
		assert_eq!(balance(Bob), MONEY + AMOUNT + SMALLEST_FINE);
	});
}

/// Ruled that nothing came: all goes back, and the seller pays for it.
#[test]
fn nothing_goes_to_the_seller() {
	run(|| {
		contested(0);
		assert_ok!(rule(0, 0, Fault::Seller));
		assert_eq!(fines(), vec![fined(Bob, FINE, 0, FINE)]);
		ruled(0, Fault::Seller, 0);
		assert_eq!(deeds(), vec![blame(Bob, 1_000, Cause::NotDelivered)]);
		assert_eq!((balance(Alice), balance(Bob)), (MONEY, MONEY - FINE));
	});
}

/// Between: the bond is the buyer's again unless the ruling is above what he said.
#[test]
fn a_share_goes_to_the_seller() {
	for (percent, forfeited) in [(39, 0), (40, 0), (41, SMALLEST_FINE)] {
		run(|| {
			contested(400);
			assert_ok!(rule(0, percent, Fault::Nobody));
			let volume = WattHours::from(percent) * 10;
			ruled(percent, Fault::Nobody, volume);
			assert_eq!(deeds(), vec![]);
			let payout = Balance::from(volume) * 2;
			assert_eq!(balance(Alice), MONEY - payout - forfeited);
			assert_eq!(balance(Bob), MONEY + payout + forfeited);
		});
	}
}

/// Each side's fault is counted as the ruling says: the buyer's by what he denied, the seller's by
/// what is missing.
#[test]
fn faults_are_the_rulings() {
	let buyer = blame(Alice, 100, Cause::ContestedWrongly);
	let seller = blame(Bob, 500, Cause::DeliveredShort);
	let cases = [
		(Fault::Nobody, vec![]),
		(Fault::Buyer, vec![buyer.clone()]),
		(Fault::Seller, vec![seller.clone()]),
		(Fault::Both, vec![buyer, seller]),
	];
	for (fault, blamed) in cases {
		run(|| {
			contested(400);
			assert_ok!(rule(0, 50, fault));
			let fine = if fault.is_sellers() { 200 } else { 0 };
			assert_eq!(fines(), vec![fined(Bob, 200, 0, 200); usize::from(fine > 0)]);
			ruled(50, fault, 500);
			assert_eq!(deeds(), blamed);
			assert_eq!(balance(Bob), MONEY + 1_000 + SMALLEST_FINE - fine);
		});
	}
}

/// The share is of what is payable, rounded down.
#[test]
fn a_share_is_of_what_is_payable() {
	run(|| {
		billed(Way::Metered(999), 998);
		assert_ok!(contest(Alice, 0, 0));
		forget();
		assert_ok!(rule(0, 33, Fault::Nobody));
		ruled(33, Fault::Nobody, 329);
	});
	run(|| {
		delivered(Way::Metered(600));
		assert_ok!(contest(Alice, 0, 0));
		forget();
		assert_ok!(rule(0, 100, Fault::Nobody));
		ruled(100, Fault::Nobody, 600);
	});
}

/// A ruling pays the payee of the bill.
#[test]
fn pays_the_payee_of_the_bill() {
	run(|| {
		delivered(Way::Metered(1_000));
		assert_ok!(bill(Bob, 0, 1_000, WALLET_OF_BOB));
		assert_ok!(contest(Alice, 0, 0));
		assert_ok!(rule(0, 50, Fault::Nobody));
		assert_eq!(balance(WALLET_OF_BOB), 2_000);
		// The bond that is forfeited is the seller's own.
		assert_eq!(balance(Bob), MONEY + SMALLEST_FINE);
	});
}

/// Proven loss is the buyer's, whoever finds the fault.
#[test]
fn a_ruled_fault_pays_the_loss() {
	run(|| {
		assert_ok!(set_grid_prices(SLOT, &[6_000]));
		contested(0);
		assert_ok!(rule(0, 0, Fault::Seller));
		assert_eq!(fines(), vec![fined(Bob, 4_000, 4_000, 4_000)]);
		assert_eq!(balance(Alice), MONEY + 4_000);
	});
}

/// Unmetered and not confirmed: ruled once the buyer's time is over.
#[test]
fn rules_about_silence_without_meters() {
	let buyer = blame(Alice, 0, Cause::NotConfirmed);
	let seller = blame(Charlie, 500, Cause::DeliveredShort);
	let cases = [
		(Fault::Nobody, vec![], 0),
		(Fault::Buyer, vec![buyer.clone()], 0),
		(Fault::Seller, vec![seller.clone()], 200),
		(Fault::Both, vec![buyer, seller], 200),
	];
	for (fault, blamed, fine) in cases {
		run(|| {
			silent();
			assert_ok!(rule(0, 50, fault));
			assert_eq!(fines(), vec![fined(Charlie, 200, 0, 200); usize::from(fine > 0)]);
			ruled(50, fault, 500);
			assert_eq!(deeds(), blamed);
			assert_eq!((balance(Alice), balance(Charlie)), (MONEY - 1_000, MONEY + 1_000 - fine));
		});
	}
}

/// All or nothing of a silent trade.
#[test]
fn rules_all_or_nothing_about_silence() {
	run(|| {
		silent();
		assert_ok!(rule(0, 100, Fault::Buyer));
		ruled(100, Fault::Buyer, 1_000);
		assert_eq!(balance(Charlie), MONEY + AMOUNT);
	});
	run(|| {
		silent();
		assert_ok!(rule(0, 0, Fault::Seller));
		ruled(0, Fault::Seller, 0);
		assert_eq!(deeds(), vec![blame(Charlie, 1_000, Cause::NotDelivered)]);
		assert_eq!((balance(Alice), balance(Charlie)), (MONEY, MONEY - FINE));
	});
}

/// The last moment is in time, and at once is, where it is contested.
#[test]
fn works_until_the_last_moment() {
	for story in [|| contested(0), || silent()] {
		run(|| {
			story();
			run_to(RULE_BY);
			assert_ok!(rule(0, 50, Fault::Nobody));
		});
	}
}

/// A contest cannot be confirmed away, but silence can be broken until `confirm_by`. Otherwise
/// [`Error::TooEarly`].
#[test]
fn fails_before_silence_is_over() {
	run(|| {
		billed(Way::Unmetered, 1_000);
		run_to(CONFIRM_BY);
		assert_noop!(rule(0, 50, Fault::Nobody), Error::<Test>::TooEarly);
		pass(CONFIRM_BY);
		assert_ok!(rule(0, 50, Fault::Nobody));
	});
}

/// Not after `rule_by`, even if the agenda lags behind. Otherwise [`Error::TooLate`].
#[test]
fn fails_too_late() {
	for story in [|| contested(0), || silent()] {
		run(|| {
			story();
			world(|world| world.now = RULE_BY + 1);
			assert_noop!(rule(0, 50, Fault::Nobody), Error::<Test>::TooLate);
		});
	}
}

/// There has to be a trade. Otherwise [`Error::TradeNotFound`].
#[test]
fn fails_without_a_trade() {
	run(|| {
		assert_noop!(rule(0, 50, Fault::Nobody), Error::<Test>::TradeNotFound);
	});
}

/// Only what is in dispute. Otherwise [`Error::NothingToRule`].
#[test]
fn fails_for_what_is_not_in_dispute() {
	let stories: [fn(); 6] = [
		|| paid(Way::Unmetered),
		|| started(Way::Unmetered),
		|| delivered(Way::Unmetered),
		|| delivered(Way::Metered(1_000)),
		|| billed(Way::Metered(1_000), 1_000),
		|| billed(Way::Silent, 1_000),
	];
	for story in stories {
		run(|| {
			story();
			assert_noop!(rule(0, 50, Fault::Nobody), Error::<Test>::NothingToRule);
		});
	}
}

/// Only the authority rules: neither party, nor the service.
#[test]
fn fails_for_a_wrong_origin() {
	run(|| {
		contested(0);
		let call = || Call::<Test>::rule { trade: 0, ruling: ruling(50, Fault::Nobody) };
		for origin in [RuntimeOrigin::none(), signed(Alice), signed(Bob), signed(SERVICE)] {
			assert_noop!(dispatch(origin, call()), BadOrigin);
		}
	});
}
