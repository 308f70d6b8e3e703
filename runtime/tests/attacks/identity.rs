//! Being two people: trading with oneself, and starting again under another account.

use crate::{
	common::{
		on,
		people::{household, pair, service, wallet_key, Id},
		refusals::{at_the_door, check, row},
		scene::{demand, held, supply, Seller, VOLUME},
		Chain, MarketCall, RegistryCall, WalletCall,
	},
	tools::*,
};
use pallet_blacklist::Refusal;
use pallet_market::Ending;
use sp_core::sr25519::Pair;
use voltree_primitives::Moment;
use voltree_runtime::{genesis::household_tag, Runtime, VOLT};

const YEAR: Moment = 31_536_000_000;

/// A request of household 1's person, signed by `who`.
fn request_by(chain: &Chain, who: &Pair) -> MarketCall {
	let start = chain.tradable_slot();
	MarketCall::request { demand: demand(1, start, 100), key: wallet_key(who).id(), funding: 0 }
}

/// An offer of household 1's person.
fn offer_by(chain: &Chain) -> MarketCall {
	MarketCall::offer { supply: supply(Seller::Household(1), chain.tradable_slot(), 100) }
}

/// Whichever of a person's accounts and wallets offers, and whichever asks: nothing is quoted, no
/// payment is taken, and nobody is to blame that it was not paid.
#[test]
fn self_trade_by_any_account_or_wallet() {
	on("dev", |chain| {
		let first = household(1);
		let [second, wallet, other_wallet] = ["//Second", "//Wallet", "//OtherWallet"].map(pair);
		for key in [&second, &wallet, &other_wallet] {
			chain.give(key, 10 * VOLT);
		}
		let expires = chain.now() + YEAR;
		certify(chain, &second, household_tag(1), expires);
		link(chain, &first, &wallet);
		link(chain, &second, &other_wallet);
		let start = chain.tradable_slot();
		for seller in [&first, &second, &wallet, &other_wallet] {
			let supply = supply(Seller::Household(1), start, VOLUME);
			chain.ok(seller, MarketCall::offer { supply });
		}
		// A fifth offer is too much: the four count as one person's.
		let fifth = MarketCall::offer { supply: supply(Seller::Household(1), start, VOLUME) };
		check(chain, vec![row("a fifth", &second, fifth, MarketError::TooManyOffers)]);

		// A wallet asks in its owner's name.
		let buyers =
			[(&first, &first), (&second, &second), (&wallet, &first), (&other_wallet, &second)];
		let requests = buyers.map(|(asks, pays)| {
			let id = pallet_market::NextRequest::<Runtime>::get();
			let key = wallet_key(asks).id();
			let demand = demand(1, start, VOLUME);
			chain.ok(asks, MarketCall::request { demand, key, funding: VOLT });
			(id, pays)
		});
		let window = voltree_runtime::Market::parameters().offer_window;
		chain.until(chain.now() + window);
		for (request, pays) in &requests {
			chain.respond(*request);
			assert!(pallet_market::Requests::<Runtime>::get(request).unwrap().quoted.is_empty());
			for offer in 0..4 {
				let pay = MarketCall::pay { request: *request, offer, volume: VOLUME };
				check(chain, vec![row("himself", pays, pay, MarketError::SelfTrade)]);
			}
			chain.next_if_full();
		}
		for (request, _) in requests {
			assert_eq!(until_ended(chain, request), Ending::NothingToPay);
		}
		assert_eq!(chain.score(household_tag(1)), (1_000, 0, 0));
		assert_eq!([held(&first), held(&second)], [0, 0]);
	});
}

/// Debts, credit and record belong to the person: a new account has them, an old one that was
/// revoked or has expired does not get rid of them, and none becomes somebody else's.
#[test]
fn re_registering_to_be_rid_of_a_record() {
	on("dev", |chain| {
		let [first, second, third] = [household(1), pair("//Second"), pair("//Third")];
		chain.give(&second, 10 * VOLT);
		chain.give(&third, 10 * VOLT);
		indebted(chain, 1, Seller::Household(8));
		let tag = household_tag(1);
		let score = chain.score(tag);
		assert_eq!(score, (950, 0, 1));
		let expires = chain.now() + YEAR;
		let soon = chain.now() + 30_000;
		certify(chain, &second, tag, expires);
		certify(chain, &third, tag, soon);
		assert_eq!(chain.score(tag), score);
		let owing = |chain: &mut Chain, who: &Pair| {
			let rows = vec![
				at_the_door("asks", who, request_by(chain, who), Refusal::FinesDue),
				at_the_door("offers", who, offer_by(chain), Refusal::FinesDue),
			];
			check(chain, rows);
		};
		owing(chain, &first);
		owing(chain, &second);
		owing(chain, &third);

		chain.decide(RegistryCall::revoke { account: first.id() });
		let mc = service();
		let ask = request_by(chain, &first);
		check(
			chain,
			vec![
				row("anew", &first, RegistryCall::register {}, RegistryError::CertificateRevoked),
				row(
					"certified again",
					&mc,
					certification(&first, tag, expires),
					RegistryError::CertificateRevoked,
				),
				row(
					"as somebody else",
					&mc,
					certification(&second, household_tag(2), expires),
					RegistryError::OtherTag,
				),
				at_the_door("revoked", &first, ask, Refusal::Uncertified),
			],
		);
		chain.past(soon);
		let ask = request_by(chain, &third);
		check(chain, vec![at_the_door("expired", &third, ask, Refusal::Uncertified)]);
		certify(chain, &third, tag, expires);
		owing(chain, &third);
		owing(chain, &second);
		assert_eq!(chain.score(tag), score);

		// Who pays may go on, with the record he has.
		chain.ok(&second, WalletCall::pay_fines { amount: DEAR_FINE });
		let call = request_by(chain, &second);
		chain.ok(&second, call);
		assert_eq!(chain.score(tag), score);
	});
}

/// A second account of somebody on the blacklist is on the blacklist.
#[test]
fn re_registering_to_leave_the_blacklist() {
	on("dev", |chain| {
		let [second, wallet] = ["//Second", "//Wallet"].map(pair);
		chain.give(&second, 10 * VOLT);
		chain.give(&wallet, VOLT);
		blacklisted(chain, 1, Seller::Household(8));
		chain.ok(&household(1), WalletCall::pay_fines { amount: DEAR_FINE });
		let expires = chain.now() + YEAR;
		certify(chain, &second, household_tag(1), expires);
		link(chain, &second, &wallet);
		for who in [&household(1), &second, &wallet] {
			let rows = vec![
				at_the_door("asks", who, request_by(chain, who), Refusal::Blacklisted),
				at_the_door("offers", who, offer_by(chain), Refusal::Blacklisted),
			];
			check(chain, rows);
		}
		assert_eq!(chain.score(household_tag(1)).0, 0);
	});
}

/// An account, a device or a wallet of somebody is nobody else's, and cannot be taken over.
#[test]
fn taking_over_what_belongs_to_somebody() {
	on("dev", |chain| {
		let [thief, victim, wallet] = [household(1), household(2), pair("//Wallet")];
		chain.give(&wallet, VOLT);
		link(chain, &victim, &wallet);
		let linked = |of: &Pair, by: &Pair| RegistryCall::link_wallet {
			wallet: of.id(),
			signature: by.seal(&voltree_runtime::Registry::link_message(&thief.id(), &of.id())),
		};
		let meter = crate::common::people::meter(2);
		check(
			chain,
			vec![
				row("his account", &thief, linked(&victim, &victim), RegistryError::IsCertified),
				row("his wallet", &thief, linked(&wallet, &wallet), RegistryError::IsWallet),
				row("his meter", &thief, linked(&meter, &meter), RegistryError::IsDevice),
				row(
					"a stranger's, unsigned",
					&thief,
					linked(&pair("//Stranger"), &thief),
					RegistryError::BadSignature,
				),
				row(
					"his wallet, unlinked",
					&thief,
					RegistryCall::unlink_wallet { wallet: wallet.id() },
					RegistryError::NotOwner,
				),
			],
		);
		// Nor does the management centre certify a wallet, or a device.
		let expires = chain.now() + YEAR;
		let mc = service();
		check(
			chain,
			vec![
				row(
					"a wallet",
					&mc,
					certification(&wallet, household_tag(1), expires),
					RegistryError::IsWallet,
				),
				row(
					"a device",
					&mc,
					certification(&meter, household_tag(1), expires),
					RegistryError::IsDevice,
				),
			],
		);
	});
}
