//! What is charged in the end: less than declared where a trade touches less.

use crate::{mock::*, pallet::*, types::*, WeightInfo};
use frame_support::{assert_ok, traits::UnfilteredDispatchable, weights::Weight};

type Db = <Test as frame_system::Config>::DbWeight;

/// Who sells, and where the payout goes.
struct Deal {
	seller: Keyring,
	supply: Supply<AccountId>,
	payee: Keyring,
}

/// Buyer and seller on one line.
fn on_one_line(payee: Keyring) -> Deal {
	Deal { seller: Bob, supply: metered(), payee }
}

fn charged(who: Keyring, call: Call<Test>) -> Weight {
	let done = call.dispatch_bypass_filter(signed(who)).expect("the call is in order");
	done.actual_weight.expect("less than declared")
}

/// A trade is paid in time and confirmed, and `gainers` gain by it: what both calls are charged with.
fn trade(Deal { seller, supply, payee }: Deal, gainers: &[Keyring]) -> [Weight; 2] {
	let lines = vec![LINE, OTHER_LINE].try_into().unwrap();
	let meter = if seller == Bob { METER } else { OTHER_METER };
	assert_ok!(offer(seller, supply));
	assert_ok!(request(Alice, Demand { lines, ..demand() }, 5_000));
	run_to(WINDOW_END);
	assert_ok!(respond(0));
	let paid = charged(KEY, Call::pay { request: 0, offer: 0, volume: 1_000 });
	run_to(GATE);
	assert_ok!(start(seller, 0));
	meter_exports(meter, 1_000);
	pass(METER_BY);
	assert_ok!(bill(seller, 0, 1_000, payee));
	world(|world| world.gainers.extend(gainers.iter().map(|who| tag(*who))));
	let confirmed = charged(Alice, Call::confirm { trade: 0 });
	check_empty();
	[paid, confirmed]
}

/// Nothing is spared where all is touched that is measured, but for the payee's own account.
#[test]
fn two_lines_cost_more_than_one() {
	run(|| {
		let supply = Supply { line: OTHER_LINE, meter: Some(id(OTHER_METER)), ..unmetered() };
		let apart = Deal { seller: Charlie, supply, payee: Charlie };
		let confirmed = <() as WeightInfo>::confirm_clean() - Db::get().reads_writes(3, 1);
		let expected = [<() as WeightInfo>::pay_in_time(), confirmed];
		assert_eq!(trade(apart, &[Alice, Charlie]), expected);
	});
	run(|| {
		let paid = <() as WeightInfo>::pay_in_time() - Db::get().reads_writes(3, 1);
		let confirmed = <() as WeightInfo>::confirm_clean() - Db::get().reads_writes(1, 1);
		assert_eq!(trade(on_one_line(WALLET_OF_BOB), &[Alice, Bob]), [paid, confirmed]);
	});
}

/// Who gains nothing leaves no entry, and the seller's own account is touched anyway.
#[test]
fn a_payout_to_the_seller_and_no_gains_cost_less() {
	for (gainers, entries) in [(&[Alice, Bob][..], 2), (&[Bob], 1), (&[Alice], 1), (&[], 0)] {
		run(|| {
			let db = Db::get();
			let spared = db.reads_writes(1, 1) + db.reads_writes(3, 1) + db.writes(2 - entries);
			let [_, confirmed] = trade(on_one_line(Bob), gainers);
			assert_eq!(confirmed, <() as WeightInfo>::confirm_clean() - spared);
		});
	}
}

/// Whoever owes fines pays the whole weight: what is due is paid on the way.
#[test]
fn a_debtor_is_charged_what_is_declared() {
	run(|| {
		super::billed(super::Way::Metered(1_000), 1_000);
		world(|world| world.fines.insert(tag(Bob), 1));
		let done = Call::<Test>::confirm { trade: 0 }.dispatch_bypass_filter(signed(Alice));
		assert_eq!(done.unwrap().actual_weight, None);
	});
}
