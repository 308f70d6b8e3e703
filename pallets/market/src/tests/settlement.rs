//! Silence after the slot, and payouts that cannot arrive.

use super::{billed, delivered, Way, AMOUNT};
use crate::{mock::*, pallet::*, types::*};
use frame_support::{
	assert_ok,
	traits::{fungible::Mutate, tokens::Preservation},
};
use voltree_primitives::{Balance, Cause, WattHours};

fn settled(outcome: Outcome, delivered: WattHours, payout: Balance) -> Vec<Event<Test>> {
	let refund = AMOUNT - payout;
	vec![
		Event::Settled { trade: 0, request: 0, outcome, delivered, payout, refund },
		Event::RequestEnded { request: 0, ending: Ending::Settled },
	]
}

fn blame(who: Keyring, volume: WattHours, cause: Cause) -> Deed {
	Deed::Untimely(tag(who), volume, cause)
}

/// Nothing happens at `deadline`; after it the trade ends like this, with these counts.
fn ends_after(deadline: u64, events_then: Vec<Event<Test>>, counts: Vec<Deed>) {
	run_to(deadline);
	assert_eq!(events(), vec![]);
	pass(deadline);
	assert_eq!(events(), events_then);
	assert_eq!(deeds(), counts);
	check_empty();
}

/// Metered and not billed: the meter decides, the seller is untimely by the worst that fits.
#[test]
fn not_billed_metered() {
	let cases = [
		(1_000, blame(Bob, 0, Cause::NotBilled), 0),
		(950, blame(Bob, 0, Cause::NotBilled), 0),
		(949, blame(Bob, 51, Cause::DeliveredShort), SMALLEST_FINE),
		(0, blame(Bob, 1_000, Cause::NotDelivered), FINE),
	];
	for (energy, count, fine) in cases {
		run(|| {
			delivered(Way::Metered(energy));
			let payout = Balance::from(energy) * 2;
			let end = settled(Outcome::SettledUnbilled, energy, payout);
			ends_after(BILL_BY, end, vec![count]);
			assert_eq!(balance(Bob), MONEY + payout - fine);
			assert_eq!((held(Alice), balance(Alice)), (0, MONEY - payout));
		});
	}
}

/// Silent meter and no bill: nothing was delivered.
#[test]
fn not_billed_silent() {
	run(|| {
		delivered(Way::Silent);
		let end = settled(Outcome::SettledUnbilled, 0, 0);
		ends_after(BILL_BY, end, vec![blame(Bob, 1_000, Cause::NotDelivered)]);
	});
}

/// Unmetered and not billed: nothing was delivered.
#[test]
fn not_billed_unmetered() {
	run(|| {
		delivered(Way::Unmetered);
		let end = settled(Outcome::NotBilled, 0, 0);
		ends_after(BILL_BY, end, vec![blame(Charlie, 1_000, Cause::NotDelivered)]);
		assert_eq!(balance(Alice), MONEY);
	});
}

/// The meters attest, the buyer is silent: what is billed and attested is paid, his silence is his
/// own fault.
#[test]
fn not_confirmed_metered() {
	let good = Deed::Timely(tag(Bob), Cause::Delivered);
	let cases = [
		(1_000, 1_000, good.clone(), 0),
		(1_000, 600, good.clone(), 0),
		(950, 950, good, 0),
		(500, 500, blame(Bob, 500, Cause::DeliveredShort), 200),
	];
	for (energy, volume, count, fine) in cases {
		run(|| {
			billed(Way::Metered(energy), volume);
			let payout = Balance::from(volume) * 2;
			let end = settled(Outcome::SettledUnconfirmed, volume, payout);
			let counts = vec![blame(Alice, volume, Cause::NotConfirmed), count];
			ends_after(CONFIRM_BY, end, counts);
			assert_eq!(balance(Bob), MONEY + payout - fine);
		});
	}
}

/// A bill of nothing for a meter that says nothing was delivered: there is nothing to confirm.
#[test]
fn not_confirmed_though_nothing_was_delivered() {
	run(|| {
		billed(Way::Metered(0), 0);
		let end = settled(Outcome::SettledUnconfirmed, 0, 0);
		ends_after(CONFIRM_BY, end, vec![blame(Bob, 1_000, Cause::NotDelivered)]);
	});
}

/// A silent meter counts as nothing unless the buyer confirms; he is not to blame if he does not.
#[test]
fn not_confirmed_silent() {
	run(|| {
		billed(Way::Silent, 1_000);
		let end = settled(Outcome::SettledUnconfirmed, 0, 0);
		ends_after(CONFIRM_BY, end, vec![blame(Bob, 1_000, Cause::NotDelivered)]);
		assert_eq!(balance(Alice), MONEY);
	});
}

/// Nothing attests, nobody rules: the money goes back when the time for a ruling is over.
#[test]
fn not_confirmed_unmetered() {
	run(|| {
		billed(Way::Unmetered, 1_000);
		pass(CONFIRM_BY);
		assert_eq!(parts(0).1, AMOUNT);
		let end = settled(Outcome::Unruled, 0, 0);
		ends_after(RULE_BY, end, vec![blame(Alice, 0, Cause::NotConfirmed)]);
		assert_eq!((balance(Alice), balance(Charlie)), (MONEY, MONEY));
	});
}

/// Empty an account, so that it no longer exists.
fn empty(who: Keyring) {
	let everything = balance(who);
	let to = id(Dave);
	assert_ok!(Balances::transfer(&id(who), &to, everything, Preservation::Expendable));
	assert!(!System::account_exists(&id(who)));
}

/// [`delivered`] with so little energy that the payout cannot bring an account to life.
fn billed_a_little(payee: Keyring) {
	delivered(Way::Metered(4));
	assert_ok!(bill(Bob, 0, 4, payee));
	forget();
}

/// The payee is gone: the seller's own account is paid.
#[test]
fn a_payout_falls_back_to_the_seller() {
	run(|| {
		billed_a_little(WALLET_OF_BOB);
		empty(WALLET_OF_BOB);
		assert_ok!(confirm(Alice, 0));
		assert_eq!(events(), settled(Outcome::Confirmed, 4, 8));
		// He delivered far too little.
		assert_eq!(balance(Bob), MONEY + 8 - 399);
	});
}

/// A wallet that was unlinked since the bill is no longer the seller's: he is paid himself.
#[test]
fn a_payout_does_not_go_to_an_unlinked_wallet() {
	run(|| {
		delivered(Way::Metered(1_000));
		assert_ok!(bill(Bob, 0, 1_000, WALLET_OF_BOB));
		world(|world| world.wallets.remove(&id(WALLET_OF_BOB)));
		assert_ok!(confirm(Alice, 0));
		assert_eq!((balance(WALLET_OF_BOB), balance(Bob)), (1_000, MONEY + AMOUNT));
	});
}

/// A payout large enough brings the payee back to life.
#[test]
fn a_payout_brings_its_payee_back() {
	run(|| {
		delivered(Way::Metered(1_000));
		assert_ok!(bill(Bob, 0, 1_000, WALLET_OF_BOB));
		empty(WALLET_OF_BOB);
		assert_ok!(confirm(Alice, 0));
		assert_eq!(balance(WALLET_OF_BOB), AMOUNT);
	});
}

/// Payee and seller are gone: the payout goes back to the buyer, and an event says so.
#[test]
fn a_payout_that_reaches_nobody_is_returned() {
	// Without bonds, which would keep the accounts alive, and without fines.
	let without_bonds = ExtBuilder::default()
		.parameters(Parameters { price_cap: PRICE, ..parameters() })
		.world(|world| world.terms.smallest_fine = 0)
		.world(|world| world.safety = UNSAFE_IN_PART);
	without_bonds.run(|| {
		billed_a_little(WALLET_OF_BOB);
		empty(WALLET_OF_BOB);
		empty(Bob);
		pass(CONFIRM_BY);
		let mut expected = vec![Event::PayoutReturned { trade: 0, amount: 8 }];
		expected.extend(settled(Outcome::SettledUnconfirmed, 4, 0));
		assert_eq!(events(), expected);
		assert_eq!((held(Alice), balance(Alice)), (0, MONEY));
		check_empty();
	});
}

/// Capital flows are counted where the money went.
#[test]
fn flows_follow_the_money() {
	run(|| {
		delivered(Way::Metered(1_000));
		assert_ok!(bill(Bob, 0, 1_000, WALLET_OF_BOB));
		assert_ok!(confirm(Alice, 0));
		let flow = |who| pallet_shared_wallet::Flows::<Test>::get(id(who));
		assert_eq!(flow(Alice).spent, AMOUNT);
		assert_eq!(flow(WALLET_OF_BOB).received, AMOUNT);
		assert_eq!(flow(Bob).received, 0);
	});
}
