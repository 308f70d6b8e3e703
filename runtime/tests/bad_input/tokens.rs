//! Responses of the management centre, and the tokens of shared wallets.

use crate::common::{
	on,
	people::{household, service, Id},
	refusals::{check, row},
	scene::{demand, signed, supply, token_of, Seller, VOLUME},
	MarketCall, WalletCall,
};
use pallet_market::Error as Market;
use sp_core::H256;
use sp_runtime::DispatchError::BadOrigin;
use voltree_primitives::Token;
use voltree_runtime::{genesis::household_tag, AccountId, Runtime, VOLT};

type MarketError = Market<Runtime>;
type WalletError = pallet_shared_wallet::Error<Runtime>;

#[test]
fn responses_and_tokens() {
	on("dev", |chain| {
		chain.calm();
		let [buyer, mc] = [household(1), service()];
		let start = chain.tradable_slot();
		let request = chain.request(&buyer, demand(1, start, VOLUME), VOLT);
		let other = chain.request(&household(2), demand(2, start, VOLUME), VOLT);
		let good = token_of(request);
		let respond = |request, token| MarketCall::respond { request, token };
		let early = respond(request, signed(good.clone(), &mc));
		check(chain, vec![row("no offers yet", &mc, early, MarketError::TooEarly)]);

		let seller = Seller::Household(7);
		let offer = chain.offer(seller, supply(seller, start, 2 * VOLUME));
		let altered = |change: &dyn Fn(&mut Token<AccountId>)| {
			let mut token = good.clone();
			change(&mut token);
			respond(request, signed(token, &mc))
		};
		let bad = |name, change: &dyn Fn(&mut Token<AccountId>), error: WalletError| {
			row(name, &mc, altered(change), error)
		};
		let mut inflated = signed(good.clone(), &mc);
		inflated.token.balance += 1;
		check(
			chain,
			vec![
				row("by the buyer", &buyer, respond(request, signed(good.clone(), &mc)), BadOrigin),
				row(
					"no request",
					&mc,
					respond(99, signed(good.clone(), &mc)),
					MarketError::RequestNotFound,
				),
				row(
					"at the limit",
					&mc,
					respond(u64::MAX, signed(good.clone(), &mc)),
					MarketError::RequestNotFound,
				),
				row(
					"signed by the buyer",
					&mc,
					respond(request, signed(good.clone(), &buyer)),
					WalletError::BadTokenSignature,
				),
				row(
					"changed after signing",
					&mc,
					respond(request, inflated),
					WalletError::BadTokenSignature,
				),
				row(
					"of another request",
					&mc,
					respond(other, signed(good.clone(), &mc)),
					WalletError::ForeignToken,
				),
				bad("another chain", &|t| t.genesis = H256::zero(), WalletError::ForeignToken),
				bad("another purpose", &|t| t.domain = [0; 16], WalletError::ForeignToken),
				bad("another key", &|t| t.key = service().id(), WalletError::ForeignToken),
				bad("another owner", &|t| t.owner = household(2).id(), WalletError::ForeignToken),
				bad("another person", &|t| t.tag = household_tag(2), WalletError::ForeignToken),
				bad("another volume", &|t| t.volume = u64::MAX, WalletError::ForeignToken),
				bad("a nonce too high", &|t| t.nonce = 1, WalletError::WrongNonce),
				bad("the last nonce", &|t| t.nonce = u32::MAX, WalletError::WrongNonce),
				bad("a better record", &|t| t.record.timely = 9, WalletError::OutdatedRecord),
				bad("from the future", &|t| t.timestamp += 1, WalletError::StaleToken),
				bad("from the end of time", &|t| t.timestamp = u64::MAX, WalletError::StaleToken),
				bad("from the beginning", &|t| t.timestamp = 0, WalletError::StaleToken),
				bad(
					"valid no more",
					&|t| t.valid_until = t.timestamp - 1,
					WalletError::TokenExpired,
				),
				row(
					"payable at once",
					&mc,
					altered(&|t| t.pay_by = t.timestamp),
					MarketError::InvalidTerms,
				),
				row(
					"payable after the gate",
					&mc,
					altered(&|t| t.pay_by = start),
					MarketError::InvalidTerms,
				),
				row(
					"payable for ever",
					&mc,
					altered(&|t| t.pay_by = u64::MAX),
					MarketError::InvalidTerms,
				),
				row(
					"valid too short",
					&mc,
					altered(&|t| t.valid_until = t.pay_by),
					MarketError::InvalidTerms,
				),
				row(
					"renewed before made",
					&mc,
					WalletCall::renew { token: signed(good.clone(), &mc) },
					WalletError::NotCertified,
				),
			],
		);

		let first = signed(good.clone(), &mc);
		chain.ok(&mc, respond(request, first.clone()));
		chain.pay(&buyer, request, offer, 100);
		let next = token_of(request);
		let renew = |change: &dyn Fn(&mut Token<AccountId>)| {
			let mut token = next.clone();
			change(&mut token);
			WalletCall::renew { token: signed(token, &mc) }
		};
		check(
			chain,
			vec![
				row(
					"answered already",
					&mc,
					respond(request, first.clone()),
					MarketError::AlreadyResponded,
				),
				row(
					"the first token again",
					&mc,
					WalletCall::renew { token: first },
					WalletError::WrongNonce,
				),
				row("by the buyer", &buyer, renew(&|_| ()), BadOrigin),
				row(
					"signed by the buyer",
					&mc,
					WalletCall::renew { token: signed(next.clone(), &buyer) },
					WalletError::BadTokenSignature,
				),
				row(
					"with the old record",
					&mc,
					renew(&|t| t.record = good.record.clone()),
					WalletError::OutdatedRecord,
				),
				row("payable longer", &mc, renew(&|t| t.pay_by += 1), WalletError::ChangedTerms),
				row(
					"valid longer",
					&mc,
					renew(&|t| t.valid_until = u64::MAX),
					WalletError::ChangedTerms,
				),
				row("two nonces on", &mc, renew(&|t| t.nonce += 1), WalletError::WrongNonce),
			],
		);
		chain.ok(&mc, renew(&|_| ()));
		check(chain, vec![row("renewed twice", &mc, renew(&|_| ()), WalletError::WrongNonce)]);
	});
}
