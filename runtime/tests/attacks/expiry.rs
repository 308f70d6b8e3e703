//! Certificates, tokens and good names that end between payment and bill: the trade is finished,
//! and nothing new is begun.

use crate::{
	common::{
		on,
		people::{household, pair, wallet_key, Id},
		refusals::{at_the_door, check},
		scene::{demand, supply, Seller, VOLUME},
		MarketCall, RegistryCall,
	},
	tools::*,
};
use pallet_blacklist::Refusal;
use pallet_market::{Ending, Outcome};
use sp_core::H256;
use voltree_runtime::{genesis::household_tag, Runtime, VOLT};

const SELLER: Seller = Seller::Household(7);

/// Both parties' certificates, and the token, end before the slot begins.
#[test]
fn certificates_and_token_expire_between_pay_and_bill() {
	on("dev", |chain| {
		chain.calm();
		let [buyer, seller] = ["//Buyer", "//Seller"].map(pair);
		let ends = chain.now() + 90_000;
		for (number, key) in (1..).zip([&buyer, &seller]) {
			chain.give(key, 10 * VOLT);
			certify(chain, key, H256::repeat_byte(number), ends);
		}
		let start = chain.tradable_slot();
		let mut air = supply(SELLER, start, VOLUME);
		(air.line, air.meter) = (1, None);
		let offer = pallet_market::NextOffer::<Runtime>::get();
		chain.ok(&seller, MarketCall::offer { supply: air.clone() });
		let request = chain.request(&buyer, demand(1, start, VOLUME), VOLT);
		chain.respond(request);
		let trade = chain.pay(&buyer, request, offer, VOLUME);
		let slot = chain.trade(trade).slot;
		let token = voltree_runtime::SharedWallet::token_of(request).expect("certified").token;
		assert!(token.valid_until <= slot.gate && ends < slot.start);

		let before = [purse(chain, &buyer), purse(chain, &seller)];
		chain.past(slot.start);
		let key = wallet_key(&buyer).id();
		let ask = MarketCall::request { demand: demand(1, start, VOLUME), key, funding: 0 };
		let rows = vec![
			at_the_door("asks anew", &buyer, ask, Refusal::Uncertified),
			at_the_door("offers", &seller, MarketCall::offer { supply: air }, Refusal::Uncertified),
		];
		check(chain, rows);
		chain.ok(&seller, MarketCall::start { trade });
		chain.past(slot.end);
		let bill = MarketCall::bill { trade, delivered: VOLUME, payee: seller.id() };
		chain.ok(&seller, bill);
		chain.ok(&buyer, MarketCall::confirm { trade });
		assert_eq!(outcome(chain, trade), Some(Outcome::Confirmed));
		assert_eq!(before[0] - purse(chain, &buyer), 100_000);
		assert_eq!(purse(chain, &seller) - before[1], 100_000);
	});
}

/// The authority revokes both, which does not undo what they agreed on.
#[test]
fn certificates_revoked_between_pay_and_bill() {
	on("dev", |chain| {
		chain.calm();
		let deal = chain.deal(1, SELLER);
		for who in [&deal.buyer, &SELLER.key()] {
			chain.decide(RegistryCall::revoke { account: who.id() });
		}
		finish(chain, std::slice::from_ref(&deal));
		assert_eq!(outcome(chain, deal.trade), Some(Outcome::Confirmed));
		assert_eq!(payout(chain, deal.trade), Some(deal.locked));
	});
}

/// Either party comes on the blacklist in the middle.
#[test]
fn a_party_blacklisted_between_pay_and_bill() {
	for number in [1, 7] {
		on("dev", |chain| {
			chain.calm();
			one_slip_is_enough(chain);
			let deal = chain.deal(1, SELLER);
			let slip = unpaid(chain, number, Seller::Household(8));
			assert_eq!(until_ended(chain, slip), Ending::NotPaid);
			assert!(is_listed(household_tag(number)));
			assert!(chain.now() < deal.slot.gate);
			finish(chain, std::slice::from_ref(&deal));
			assert_eq!(outcome(chain, deal.trade), Some(Outcome::Confirmed));
			assert_eq!(payout(chain, deal.trade), Some(deal.locked));
		});
	}
}

/// Between response and payment it is the buyer's own loss, or the seller's: a lapsed certificate
/// is no excuse for not paying, and an offer of somebody without one need not be taken.
#[test]
fn a_certificate_that_lapses_before_the_payment() {
	on("dev", |chain| {
		let buyer = pair("//Buyer");
		let tag = H256::repeat_byte(1);
		let ends = chain.now() + 30_000;
		chain.give(&buyer, 10 * VOLT);
		certify(chain, &buyer, tag, ends);
		let start = chain.tradable_slot();
		let offer = chain.offer(SELLER, supply(SELLER, start, VOLUME));
		let request = chain.request(&buyer, demand(1, start, VOLUME), VOLT);
		chain.respond(request);
		chain.past(ends);
		let pay = MarketCall::pay { request, offer, volume: VOLUME };
		check(chain, vec![at_the_door("too late", &buyer, pay, Refusal::Uncertified)]);
		assert_eq!(until_ended(chain, request), Ending::NotPaid);
		assert_eq!(chain.score(tag), (999, 0, 1));
	});
	on("dev", |chain| {
		let start = chain.tradable_slot();
		chain.offer(SELLER, supply(SELLER, start, VOLUME));
		let request = chain.request(&household(1), demand(1, start, VOLUME), VOLT);
		chain.respond(request);
		chain.decide(RegistryCall::revoke { account: SELLER.key().id() });
		assert_eq!(until_ended(chain, request), Ending::NothingToPay);
		assert_eq!(chain.score(household_tag(1)), (1_000, 0, 0));
	});
}
