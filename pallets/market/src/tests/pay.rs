//! `pay`: a fill's money is locked.

use super::{responded, Way, AMOUNT, FUNDING};
use crate::{mock::*, pallet::*, types::*};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::traits::BadOrigin;
use voltree_primitives::{Cause, Verdict};

/// The trade carries everything that its end depends on.
#[test]
fn works() {
	run(|| {
		responded(Way::Metered(0));
		assert_ok!(pay(KEY, 0, 0, 1_000));
		assert_eq!(
			Trades::<Test>::get(0),
			Some(Trade {
				request: 0,
				offer: 0,
				buyer: Party { account: id(Alice), tag: tag(Alice), line: LINE },
				seller: Party { account: id(Bob), tag: tag(Bob), line: LINE },
				meter: Some(id(METER)),
				volume: 1_000,
				price: PRICE,
				locked: AMOUNT,
				slot: DeliverySlot { start: SLOT, end: SLOT_END, gate: GATE },
				paid: WINDOW_END,
				round: ROUND,
				deadlines: Deadlines {
					meter_by: METER_BY,
					bill_by: BILL_BY,
					confirm_by: CONFIRM_BY,
					rule_by: RULE_BY,
				},
				tolerance: 50,
				version: 0,
				terms: TERMS,
				cap: CAP,
				bond: BOND,
				grid_price: 0,
				late: false,
				seen: WINDOW_END,
				state: TradeState::Paid,
			})
		);
		assert_eq!(parts(0), (FUNDING - AMOUNT, AMOUNT));
		assert_eq!((held(Alice), bonded(Alice), bonded(Bob)), (FUNDING, SMALLEST_FINE, BOND));
		assert_eq!(LineLoads::<Test>::get(LINE, SLOT), Load { fed: 1_000, taken: 1_000 });
		assert_eq!(
			events(),
			vec![
				Event::OfferClosed { offer: 0, unsold: 0 },
				Event::Paid {
					trade: 0,
					request: 0,
					offer: 0,
					volume: 1_000,
					amount: AMOUNT,
					late: false
				},
			]
		);
		assert_eq!(deeds(), vec![Deed::Timely(tag(Alice), Cause::PaidInTime)]);
		assert_eq!(
			MeterSlots::<Test>::get((id(METER), SLOT)),
			MeterSlot { waiting: 1, allotted: 0, promised: 1_000, meter_by: Some(METER_BY) }
		);
		assert_eq!(Requests::<Test>::get(0).unwrap().state, RequestState::Closed);
	});
}

/// The wallet's key pays, and its owner does.
#[test]
fn owner_and_key_may_pay() {
	run(|| {
		responded(Way::Unmetered);
		assert_ok!(pay(KEY, 0, 0, 300));
		assert_ok!(pay(Alice, 0, 0, 300));
		assert_eq!(parts(0).1, 1_200);
	});
}

/// Nobody else pays: not the seller, not the management centre, not a stranger.
#[test]
fn strangers_may_not_pay() {
	run(|| {
		responded(Way::Unmetered);
		for who in [STRANGER, Charlie, SERVICE, Dave, WALLET_OF_ALICE] {
			assert_noop!(pay(who, 0, 0, 300), pallet_shared_wallet::Error::<Test>::NotPayer);
		}
	});
}

/// An amount is rounded up, once.
#[test]
fn an_amount_is_rounded_up() {
	run(|| {
		responded(Way::Unmetered);
		assert_ok!(offer(Charlie, Supply { price: 11, ..unmetered() }));
		assert_ok!(pay(KEY, 0, 1, 101));
		// 101 x 11 = 1,111 thousandths.
		assert_eq!(Trades::<Test>::get(0).unwrap().locked, 2);
	});
}

/// The hold counts, never the balance in the token: paying twice needs the money twice.
#[test]
fn fails_beyond_the_funds() {
	run(|| {
		assert_ok!(offer(Charlie, Supply { volume: 2_000, ..unmetered() }));
		assert_ok!(request(Alice, Demand { volume: 2_000, ..demand() }, AMOUNT));
		run_to(WINDOW_END);
		assert_ok!(respond(0));
		assert_ok!(pay(KEY, 0, 0, 600));
		let unfunded = pallet_shared_wallet::Error::<Test>::InsufficientFunds;
		assert_noop!(pay(KEY, 0, 0, 401), unfunded);
		assert_ok!(pay(KEY, 0, 0, 400));
		assert_noop!(pay(KEY, 0, 0, 100), pallet_shared_wallet::Error::<Test>::InsufficientFunds);
		let fund = pallet_shared_wallet::Call::<Test>::fund { wallet: 0, amount: 200 };
		assert_ok!(dispatch(signed(Alice), fund));
		assert_ok!(pay(KEY, 0, 0, 100));
	});
}

/// What was taken out of the wallet cannot be paid with, whatever the token says.
#[test]
fn fails_after_the_money_was_withdrawn() {
	run(|| {
		responded(Way::Unmetered);
		let withdraw = pallet_shared_wallet::Call::<Test>::withdraw { wallet: 0, amount: FUNDING };
		assert_ok!(dispatch(signed(Alice), withdraw));
		let unfunded = pallet_shared_wallet::Error::<Test>::InsufficientFunds;
		assert_noop!(pay(KEY, 0, 0, 100), unfunded);
	});
}

/// Locked money cannot be taken out.
#[test]
fn locked_money_stays() {
	run(|| {
		responded(Way::Unmetered);
		assert_ok!(pay(KEY, 0, 0, 1_000));
		let withdraw = |amount| {
			let call = pallet_shared_wallet::Call::<Test>::withdraw { wallet: 0, amount };
			dispatch(signed(Alice), call)
		};
		let unfunded = pallet_shared_wallet::Error::<Test>::InsufficientFunds;
		assert_noop!(withdraw(FUNDING - AMOUNT + 1), unfunded);
		assert_ok!(withdraw(FUNDING - AMOUNT));
		assert_eq!(parts(0), (0, AMOUNT));
	});
}

/// Sensors stop a delivery, not a payment: a line may become safe until the slot.
#[test]
fn works_while_a_line_is_not_safe() {
	run(|| {
		responded(Way::Unmetered);
		world(|world| world.verdicts.insert(LINE, Verdict::Hazard));
		assert_ok!(pay(KEY, 0, 0, 1_000));
	});
}

/// The token may be renewed with the record that paying has changed.
#[test]
fn the_token_can_be_renewed_after_a_fill() {
	run(|| {
		responded(Way::Unmetered);
		assert_ok!(pay(KEY, 0, 0, 300));
		let token = to_sign(0);
		assert_eq!((token.nonce, token.record.timely, token.balance), (1, 1, FUNDING - 600));
		let renew = pallet_shared_wallet::Call::<Test>::renew { token: sign(SERVICE, token) };
		assert_ok!(dispatch(signed(SERVICE), renew));
		assert_ok!(pay(KEY, 0, 0, 300));
	});
}

#[test]
fn fails_for_a_wrong_origin() {
	run(|| {
		responded(Way::Unmetered);
		let call = || Call::<Test>::pay { request: 0, offer: 0, volume: 1_000 };
		assert_noop!(dispatch(RuntimeOrigin::none(), call()), BadOrigin);
		assert_noop!(dispatch(RuntimeOrigin::root(), call()), BadOrigin);
	});
}
