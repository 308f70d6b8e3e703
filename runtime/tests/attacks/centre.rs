//! What an operator with the management centre's service key might do: it certifies, responds and
//! renews, and can neither hide nor invent, neither choose a price nor touch money.

use crate::{
	common::{
		on,
		people::{household, pair, service, Id},
		refusals::{check, row},
		scene::{demand, signed, supply, token_of, Seller, PRICE, VOLUME},
		Chain, MarketCall, RegistryCall, WalletCall,
	},
	tools::*,
};
use pallet_market::{Ending, Offers, Requests};
use sp_core::H256;
use sp_runtime::DispatchError::BadOrigin;
use voltree_primitives::{Balance, RequestId, Token};
use voltree_runtime::{genesis::household_tag, AccountId, Runtime, VOLT};

fn quoted(request: RequestId) -> Vec<(u64, Balance)> {
	let price = |offer| Offers::<Runtime>::get(offer).expect("it stands").price;
	let quoted = Requests::<Runtime>::get(request).expect("it is open").quoted;
	quoted.iter().map(|quoted| (quoted.offer, price(quoted.offer))).collect()
}

/// The chain makes the quotes. Whatever the operator wants to show or not, it shows all that fit,
/// the cheapest first; and the buyer may take one that came after it, too.
#[test]
fn an_operator_hiding_quotes_or_choosing_prices() {
	on("dev", |chain| {
		let buyer = household(1);
		let start = chain.tradable_slot();
		let offers = [(7, PRICE + 2), (8, PRICE), (9, PRICE + 1)].map(|(number, price)| {
			let seller = Seller::Household(number);
			let mut supply = supply(seller, start, VOLUME);
			supply.price = price;
			chain.offer(seller, supply)
		});
		let request = chain.request(&buyer, demand(1, start, VOLUME), VOLT);
		chain.respond(request);
		let cheapest_first = [(offers[1], PRICE), (offers[2], PRICE + 1), (offers[0], PRICE + 2)];
		assert_eq!(quoted(request), cheapest_first);

		// A response that came as early as it could hides no later, cheaper offer.
		let seller = Seller::Household(10);
		let mut cheaper = supply(seller, start, VOLUME);
		cheaper.price = PRICE / 2;
		let offer = chain.offer(seller, cheaper);
		let trade = chain.pay(&buyer, request, offer, VOLUME);
		// The price is the offer's, the highest the buyer's: nobody between them has a say.
		let trade = chain.trade(trade);
		assert_eq!((trade.price, trade.locked), (PRICE / 2, u128::from(VOLUME) * PRICE / 2_000));
	});
}

/// Nothing in a token can be made up: it is refused unless it says what the chain knows. It holds
/// until the gate, so that the buyer can pay with it whatever an outage moves.
#[test]
fn an_operator_answering_with_a_token_of_wrong_terms() {
	on("dev", |chain| {
		let [buyer, mc] = [household(1), service()];
		let start = chain.tradable_slot();
		let offer = chain.offer(Seller::Household(7), supply(Seller::Household(7), start, VOLUME));
		let request = chain.request(&buyer, demand(1, start, VOLUME), VOLT);
		let good = token_of(request);
		let with = |change: &dyn Fn(&mut Token<AccountId>)| {
			let mut token = good.clone();
			change(&mut token);
			MarketCall::respond { request, token: signed(token, &mc) }
		};
		let period = voltree_runtime::Market::parameters().pay_period;
		let bad = |name, change: &dyn Fn(&mut Token<AccountId>)| {
			row(name, &mc, with(change), MarketError::InvalidTerms)
		};
		let rows = vec![
			bad("too little time to pay", &|t| t.pay_by = t.timestamp + period - 1),
			bad("a grace after the gate", &|t| t.pay_by = start),
			bad("valid no longer than the payment date", &|t| t.valid_until = t.pay_by),
			bad("valid no longer than the grace", &|t| t.valid_until = t.pay_by + 9_000),
			row("a volume", &mc, with(&|t| t.volume += 1), WalletError::ForeignToken),
			row(
				"a key of its own",
				&mc,
				with(&|t| t.key = service().id()),
				WalletError::ForeignToken,
			),
			row("a person", &mc, with(&|t| t.tag = household_tag(2)), WalletError::ForeignToken),
			row(
				"a worse record",
				&mc,
				with(&|t| t.record.untimely = 1),
				WalletError::OutdatedRecord,
			),
			row(
				"a trade",
				&mc,
				with(&|t| t.record.append(H256::zero())),
				WalletError::OutdatedRecord,
			),
			row(
				"another chain",
				&mc,
				with(&|t| t.genesis = H256::zero()),
				WalletError::ForeignToken,
			),
		];
		check(chain, rows);

		// A balance of nothing is no reason to refuse the buyer's money: the hold counts.
		let poor = with(&|t| t.balance = 0);
		chain.ok(&mc, poor);
		chain.pay(&buyer, request, offer, VOLUME);
	});
}

#[test]
fn an_operator_answering_twice() {
	on("dev", |chain| {
		let [buyer, mc] = [household(1), service()];
		let start = chain.tradable_slot();
		chain.offer(Seller::Household(7), supply(Seller::Household(7), start, VOLUME));
		let request = chain.request(&buyer, demand(1, start, VOLUME), VOLT);
		let first = signed(token_of(request), &mc);
		let respond = |token| MarketCall::respond { request, token };
		chain.ok(&mc, respond(first.clone()));
		let before = pallet_market::Requests::<Runtime>::get(request);
		let quotes = quoted(request);
		// The standby with the same key, a block later, with another offer on the market.
		chain.next();
		chain.offer(Seller::Household(8), supply(Seller::Household(8), start, VOLUME));
		let mut fresh = token_of(request);
		fresh.nonce = 0;
		let later = signed(fresh, &mc);
		let answered = MarketError::AlreadyResponded;
		check(
			chain,
			vec![
				row("the same", &mc, respond(first.clone()), answered),
				row("another", &mc, respond(later.clone()), MarketError::AlreadyResponded),
				row("by renewal", &mc, WalletCall::renew { token: later }, WalletError::WrongNonce),
			],
		);
		assert_eq!(pallet_market::Requests::<Runtime>::get(request), before);
		assert_eq!(quoted(request), quotes);
	});
}

#[test]
fn an_operator_renewing_with_changed_terms() {
	on("dev", |chain| {
		let [buyer, mc] = [household(1), service()];
		let start = chain.tradable_slot();
		let offer = chain.offer(Seller::Household(7), supply(Seller::Household(7), start, VOLUME));
		let request = chain.request(&buyer, demand(1, start, 2 * VOLUME), VOLT);
		let window = voltree_runtime::Market::parameters().offer_window;
		chain.until(chain.now() + window);
		chain.respond(request);
		chain.pay(&buyer, request, offer, VOLUME);
		let next = token_of(request);
		let renew = |change: &dyn Fn(&mut Token<AccountId>)| {
			let mut token = next.clone();
			change(&mut token);
			WalletCall::renew { token: signed(token, &mc) }
		};
		let changed = |name, change: &dyn Fn(&mut Token<AccountId>)| {
			row(name, &mc, renew(change), WalletError::ChangedTerms)
		};
		let rows = vec![
			changed("paid sooner", &|t| t.pay_by -= 1),
			changed("paid later", &|t| t.pay_by += 1),
			changed("valid shorter", &|t| t.valid_until = t.pay_by),
			changed("valid longer", &|t| t.valid_until += 1),
			row("another volume", &mc, renew(&|t| t.volume += 1), WalletError::ForeignToken),
			row(
				"the old record",
				&mc,
				renew(&|t| t.record.timely = 0),
				WalletError::OutdatedRecord,
			),
			row("another key", &mc, renew(&|t| t.key = t.owner.clone()), WalletError::ForeignToken),
			row("a nonce left out", &mc, renew(&|t| t.nonce += 1), WalletError::WrongNonce),
			row("by the buyer", &buyer, renew(&|_| ()), BadOrigin),
		];
		check(chain, rows);
	});
}

/// The key signs tokens and nothing else: it moves nobody's money and does nobody's business.
#[test]
fn an_operator_acting_for_others() {
	on("dev", |chain| {
		let [buyer, mc] = [household(1), service()];
		let start = chain.tradable_slot();
		let seller = Seller::Household(7);
		let offer = chain.offer(seller, supply(seller, start, VOLUME));
		let request = chain.request(&buyer, demand(1, start, 2 * VOLUME), VOLT);
		let deal = chain.deal(2, seller);
		let trade = deal.trade;
		let mine = |error: MarketError, call: MarketCall| row("the service", &mc, call, error);
		let payee = mc.id();
		let tag = household_tag(1);
		let rows = vec![
			mine(MarketError::NotBuyer, MarketCall::cancel_request { request }),
			mine(MarketError::NotSeller, MarketCall::withdraw_offer { offer }),
			mine(MarketError::NotSeller, MarketCall::withdraw_trade { trade }),
			mine(MarketError::NotSeller, MarketCall::start { trade }),
			mine(MarketError::NotSeller, MarketCall::bill { trade, delivered: 1, payee }),
			mine(MarketError::NotBuyer, MarketCall::confirm { trade }),
			mine(MarketError::NotBuyer, MarketCall::contest { trade, received: 0 }),
			row(
				"a ruling",
				&mc,
				MarketCall::rule {
					trade,
					ruling: pallet_market::Ruling {
						share: Default::default(),
						fault: pallet_market::Fault::Buyer,
					},
				},
				BadOrigin,
			),
			row(
				"another's money",
				&mc,
				WalletCall::withdraw { wallet: request, amount: 1 },
				WalletError::NotOwner,
			),
			row(
				"new money",
				&mc,
				WalletCall::issue { to: mc.id(), amount: 1, reference: H256::zero() },
				BadOrigin,
			),
			row("out of the way", &mc, RegistryCall::revoke { account: buyer.id() }, BadOrigin),
			row("back on", &mc, pallet_blacklist::Call::<Runtime>::readmit { tag }, BadOrigin),
		];
		check(chain, rows);
		// Nor does a key that was retired without overlap sign any longer.
		let token = signed(token_of(request), &mc);
		chain.decide(RegistryCall::set_service_key { key: pair("//Next").id(), overlap: 0 });
		check(
			chain,
			vec![row("an old key", &mc, MarketCall::respond { request, token }, BadOrigin)],
		);
	});
}

/// An operator who never answers, or no longer renews, harms nobody.
#[test]
fn an_operator_who_keeps_silent() {
	on("dev", |chain: &mut Chain| {
		chain.calm();
		let buyer = household(1);
		let before = purse(chain, &buyer);
		let start = chain.tradable_slot();
		let seller = Seller::Household(7);
		chain.offer(seller, supply(seller, start, VOLUME));
		let request = chain.request(&buyer, demand(1, start, VOLUME), VOLT);
		assert_eq!(until_ended(chain, request), Ending::NoResponse);
		assert_eq!(purse(chain, &buyer), before);
		assert_eq!(chain.score(household_tag(1)), (1_000, 0, 0));

		// A whole trade is finished without a renewal.
		let deal = chain.deal(1, Seller::Household(8));
		finish(chain, &[deal]);
		assert_eq!(chain.score(household_tag(1)), (1_000, 1, 0));
	});
}
