//! `respond`: the management centre certifies the shared wallet of a request.

use super::FUNDING;
use crate::{mock::*, pallet::*, types::*, WeightInfo};
use frame_support::{
	assert_noop, assert_ok, dispatch::GetDispatchInfo, traits::UnfilteredDispatchable,
};
use sp_runtime::traits::BadOrigin;
use voltree_primitives::{Moment, Token};

type WalletError = pallet_shared_wallet::Error<Test>;

/// Alice's request and Bob's offer, at the end of the offer window.
fn asked() {
	assert_ok!(offer(Bob, metered()));
	assert_ok!(request(Alice, demand(), FUNDING));
	run_to(WINDOW_END);
	forget();
}

/// The quotes are stored, the payment date comes from the token.
#[test]
fn works() {
	run(|| {
		asked();
		assert_ok!(respond(0));
		let state = RequestState::Responded {
			at: WINDOW_END,
			pay_by: PAY_BY,
			late_by: LATE_BY,
			counted: false,
		};
		assert_eq!(Requests::<Test>::get(0).unwrap().state, state);
		let quote = Quote {
			offer: 0,
			seller: id(Bob),
			credit: CREDIT,
			price: PRICE,
			available: 1_000,
			smallest_fill: 100,
			line: LINE,
		};
		let request = Requests::<Test>::get(0).unwrap();
		assert_eq!(Market::quotes_of(&request).into_inner(), vec![quote]);
		let quoted = Quoted { offer: 0, available: 1_000 };
		assert_eq!(request.quoted.into_inner(), vec![quoted]);
		let token = SharedWallets::token_of(0).unwrap().token;
		assert_eq!((token.pay_by, token.balance, token.nonce), (PAY_BY, FUNDING, 0));
		assert_eq!(
			events(),
			vec![Event::Responded { request: 0, quotes: 1, pay_by: PAY_BY, late_by: LATE_BY }]
		);
	});
}

/// Declared for the most offers, charged for those that were looked at: also for what does not fit.
#[test]
fn what_was_not_looked_at_is_not_charged() {
	run(|| {
		assert_ok!(offer(Bob, metered()));
		assert_ok!(offer(Charlie, Supply { price: PRICE + 1, ..unmetered() }));
		assert_ok!(request(Alice, Demand { max_price: PRICE, ..demand() }, FUNDING));
		run_to(WINDOW_END);
		let call = Call::<Test>::respond { request: 0, token: sign(SERVICE, to_sign(0)) };
		let declared = call.get_dispatch_info().call_weight;
		assert_eq!(declared, <() as WeightInfo>::respond(MAX_LOOKED_AT));
		let done = call.dispatch_bypass_filter(signed(SERVICE)).unwrap();
		assert_eq!(done.actual_weight, Some(<() as WeightInfo>::respond(2)));
		assert!(done.actual_weight.unwrap().all_lt(declared));
		assert_eq!(Requests::<Test>::get(0).unwrap().quoted.len(), 1);
	});
}

/// Without offers there is a response as well, when the window ends; offers may follow.
#[test]
fn works_without_offers() {
	run(|| {
		assert_ok!(request(Alice, demand(), FUNDING));
		run_to(WINDOW_END);
		assert_ok!(respond(0));
		assert_eq!(Requests::<Test>::get(0).unwrap().quoted.len(), 0);
		assert_ok!(offer(Bob, metered()));
		assert_ok!(pay(KEY, 0, 0, 1_000));
	});
}

/// The response comes before the window ends if the open offers suffice. Otherwise
/// [`Error::TooEarly`].
#[test]
fn comes_early_only_if_offers_suffice() {
	run(|| {
		assert_ok!(request(Alice, demand(), FUNDING));
		assert_noop!(respond(0), Error::<Test>::TooEarly);
		assert_ok!(offer(Bob, Supply { volume: 600, ..metered() }));
		assert_ok!(offer(Charlie, Supply { volume: 399, ..unmetered() }));
		run_to(WINDOW_END - 1);
		assert_noop!(respond(0), Error::<Test>::TooEarly);
		assert_ok!(offer(Dave, Supply { volume: 100, ..unmetered() }));
		assert_ok!(respond(0));
	});
}

/// The last moment leaves just the pay period and the grace before the gate.
#[test]
fn works_at_the_last_moment() {
	run(|| {
		asked();
		run_to(RESPOND_BY);
		assert_ok!(respond(0));
		assert_eq!(
			last_event(),
			Event::Responded { request: 0, quotes: 1, pay_by: GATE - GRACE, late_by: GATE }
		);
	});
}

/// After it nobody responds, even if the agenda lags behind. Otherwise [`Error::TooLate`].
#[test]
fn fails_after_the_last_moment() {
	run(|| {
		asked();
		let token = to_sign(0);
		world(|world| world.now = RESPOND_BY + 1);
		assert_noop!(respond_with(0, token.clone()), Error::<Test>::TooLate);
		pass(RESPOND_BY);
		assert_noop!(respond_with(0, token), Error::<Test>::RequestNotFound);
	});
}

/// A request that is not there cannot be answered. Otherwise [`Error::RequestNotFound`].
#[test]
fn fails_without_a_request() {
	run(|| {
		asked();
		let token = to_sign(0);
		assert_noop!(respond_with(1, token), Error::<Test>::RequestNotFound);
	});
}

/// A request is answered once. Otherwise [`Error::AlreadyResponded`].
#[test]
fn fails_a_second_time() {
	run(|| {
		asked();
		let token = to_sign(0);
		assert_ok!(respond_with(0, token.clone()));
		assert_noop!(respond_with(0, token), Error::<Test>::AlreadyResponded);
	});
}

/// The payment date leaves the pay period, the grace ends before the gate, and the token holds until
/// then. Otherwise [`Error::InvalidTerms`].
#[test]
fn fails_for_terms_that_do_not_fit() {
	run(|| {
		asked();
		let with = |pay_by: Moment, valid_until: Moment| {
			respond_with(0, Token { pay_by, valid_until, ..to_sign(0) })
		};
		let earliest = WINDOW_END + 20_000;
		assert_noop!(with(earliest - 1, GATE), Error::<Test>::InvalidTerms);
		assert_noop!(with(GATE - GRACE + 1, 2 * GATE), Error::<Test>::InvalidTerms);
		assert_noop!(with(u64::MAX, u64::MAX), Error::<Test>::InvalidTerms);
		assert_noop!(with(earliest, GATE - 1), Error::<Test>::InvalidTerms);
		assert_ok!(with(earliest, GATE));
	});
}

/// A request keeps the pay period it was made under, whatever the authority sets meanwhile.
#[test]
fn the_pay_period_is_that_of_the_request() {
	run(|| {
		asked();
		assert_ok!(set_parameters(Parameters { pay_period: 0, ..parameters() }));
		run_to(RESPOND_BY);
		assert_eq!(Market::parameters().pay_period, 0);
		let early = Token { pay_by: GATE - GRACE - 1, ..to_sign(0) };
		assert_noop!(respond_with(0, early), Error::<Test>::InvalidTerms);
		assert_ok!(respond(0));
	});
}

/// The token is checked like any: each way to be wrong keeps the request open.
#[test]
fn fails_for_a_token_that_does_not_hold() {
	run(|| {
		asked();
		let forged = Call::<Test>::respond { request: 0, token: sign(Bob, to_sign(0)) };
		assert_noop!(dispatch(signed(SERVICE), forged), WalletError::BadTokenSignature);
		let foreign = Token { volume: 1_001, ..to_sign(0) };
		assert_noop!(respond_with(0, foreign), WalletError::ForeignToken);
		let late = Token { nonce: 1, ..to_sign(0) };
		assert_noop!(respond_with(0, late), WalletError::WrongNonce);
		let early = Token { timestamp: WINDOW_END + 1, ..to_sign(0) };
		assert_noop!(respond_with(0, early), WalletError::StaleToken);
		let expired = Token { valid_until: WINDOW_END - 1, ..to_sign(0) };
		assert_noop!(respond_with(0, expired), WalletError::TokenExpired);
		let old = to_sign(0);
		world(|world| world.records.entry(tag(Alice)).or_default().timely += 1);
		assert_noop!(respond_with(0, old), WalletError::OutdatedRecord);
		assert_ok!(respond(0));
	});
}

/// A token of another request is worth nothing here.
#[test]
fn fails_for_a_token_of_another_request() {
	run(|| {
		asked();
		assert_ok!(request(Alice, demand(), 0));
		let other = to_sign(1);
		assert_noop!(respond_with(0, other), WalletError::ForeignToken);
	});
}

/// Nobody responds in time: the request ends, the money is back, nobody is blamed.
#[test]
fn without_a_response_the_request_expires() {
	run(|| {
		asked();
		run_to(RESPOND_BY);
		assert_eq!(events(), vec![]);
		pass(RESPOND_BY);
		assert_eq!(events(), vec![Event::RequestEnded { request: 0, ending: Ending::NoResponse }]);
		assert_eq!((held(Alice), balance(Alice)), (0, MONEY));
		assert_eq!(deeds(), vec![]);
	});
}

/// Only the management centre's service responds.
#[test]
fn fails_for_a_wrong_origin() {
	run(|| {
		asked();
		let call = || Call::<Test>::respond { request: 0, token: sign(SERVICE, to_sign(0)) };
		for origin in [RuntimeOrigin::none(), RuntimeOrigin::root(), signed(Alice)] {
			assert_noop!(dispatch(origin, call()), BadOrigin);
		}
	});
}
