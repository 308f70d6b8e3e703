//! Attacks that still succeed. Each test says what an honest market owes, and fails.

use crate::{
	common::{
		on,
		people::{household, pair, service, Id},
		scene::{demand, signed, supply, token_of, total, Deal, Seller, VOLUME},
		BalancesCall, MarketCall,
	},
	tools::*,
};
use pallet_market::{Ending, RequestState};
use voltree_runtime::{genesis::household_tag, Market, Runtime, VOLT};

const SELLER: Seller = Seller::Household(7);

/// The seller's money for the bond is elsewhere all the time in which the buyer tries to pay, and
/// comes back the moment before it is judged whether he could have.
#[test]
#[ignore = "SUCCEEDS: only the state at the payment date is judged, not the time before it"]
fn collateral_that_comes_back_when_it_is_judged() {
	on("dev", |chain| {
		let [buyer, seller, vault] = [household(1), SELLER.key(), pair("//Bob")];
		let start = chain.tradable_slot();
		let offer = chain.offer(SELLER, supply(SELLER, start, VOLUME));
		let request = chain.request(&buyer, demand(1, start, VOLUME), VOLT);
		let (dest, value) = (vault.id().into(), total(&seller) - VOLT / 10);
		chain.ok(&seller, BalancesCall::transfer_keep_alive { dest, value });
		chain.respond(request);
		let asked = pallet_market::Requests::<Runtime>::get(request).expect("it is open");
		let RequestState::Responded { pay_by, .. } = asked.state else { panic!("{asked:?}") };
		while chain.now() < pay_by {
			let pay = MarketCall::pay { request, offer, volume: VOLUME };
			assert_eq!(chain.send(&buyer, pay), Err(MarketError::SellerWithoutBond.into()));
			chain.next();
		}
		// After the buyer's last attempt, in the same block.
		let pay = MarketCall::pay { request, offer, volume: VOLUME };
		assert_eq!(chain.send(&buyer, pay), Err(MarketError::SellerWithoutBond.into()));
		let (dest, value) = (seller.id().into(), value);
		chain.ok(&vault, BalancesCall::transfer_keep_alive { dest, value });
		assert_eq!(until_ended(chain, request), Ending::NothingToPay);
		assert_eq!(chain.score(household_tag(1)), (1_000, 0, 0));
	});
}

/// The operator signs a token that ends with the grace. An outage moves the payment date behind its
/// end; a renewal may not change that. The buyer cannot pay, and is fined for it.
#[test]
#[ignore = "SUCCEEDS: `respond` takes a token that ends before the gate; the judge looks away"]
fn a_token_that_ends_before_an_outage_does() {
	on("dev", |chain| {
		let [buyer, mc] = [household(1), service()];
		let start = chain.tradable_slot() + 300_000;
		let offer = chain.offer(SELLER, supply(SELLER, start, VOLUME));
		let request = chain.request(&buyer, demand(1, start, VOLUME), VOLT);
		let mut token = token_of(request);
		token.valid_until = token.pay_by + 9_000;
		let (pay_by, token) = (token.pay_by, signed(token, &mc));
		// An honest market refuses such a token, or does not blame the buyer for it.
		if chain.send(&mc, MarketCall::respond { request, token }).is_err() {
			return;
		}
		chain.until(pay_by - 3_000);
		chain.skip(20);
		let pay = MarketCall::pay { request, offer, volume: VOLUME };
		assert_eq!(chain.send(&buyer, pay), Err(WalletError::TokenExpired.into()));
		assert_eq!(until_ended(chain, request), Ending::NothingToPay);
		assert_eq!(chain.score(household_tag(1)), (1_000, 0, 0));
	});
}

/// Two trades of one meter and slot, between which the window for registers has become shorter: the
/// one that was paid second is read first, and takes what belongs to the first.
#[test]
#[ignore = "SUCCEEDS: the allotment follows `meter_by`, which a later trade can have earlier"]
fn paying_later_and_being_served_first() {
	on("dev", |chain| {
		chain.calm();
		let parameters = pallet_market::Parameters { meter_window: 9_000, ..Market::parameters() };
		chain.decide(MarketCall::set_parameters { parameters });
		let in_force = chain.now() + NOTICE;
		let start = chain.tradable_slot() + NOTICE;
		let locked = 100_000;
		let deal = |chain: &mut crate::common::Chain, number: usize| {
			let buyer = household(number);
			let offer = chain.offer(SELLER, supply(SELLER, start, VOLUME));
			let request = chain.request(&buyer, demand(number, start, VOLUME), locked);
			chain.respond(request);
			let trade = chain.pay(&buyer, request, offer, VOLUME);
			let slot = chain.trade(trade).slot;
			Deal { buyer, seller: SELLER, request, offer, trade, slot, volume: VOLUME, locked }
		};
		let first = deal(chain, 1);
		chain.until(in_force);
		let second = deal(chain, 2);
		for one in [&first, &second] {
			chain.start_delivery(one);
		}
		// There is enough for one of them: for who paid first.
		chain.deliver(&first, VOLUME);
		let due = chain.trade(first.trade).deadlines.bill_by;
		chain.past(due);
		assert_eq!(payout(chain, first.trade), Some(locked));
		assert_eq!(payout(chain, second.trade), Some(0));
	});
}
