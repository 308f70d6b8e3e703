//! Money spent twice, promised twice, taken away before it is due, or made out of nothing.

use crate::{
	common::{
		on,
		people::{household, pair, service, wallet_key, Id},
		refusals::{at_the_door, check, row},
		scene::{demand, held, supply, total, Seller, VOLUME},
		BalancesCall, MarketCall, WalletCall,
	},
	tools::*,
};
use pallet_blacklist::Refusal;
use pallet_market::{Ending, RequestState};
use sp_core::H256;
use sp_runtime::{DispatchError::BadOrigin, TokenError::FundsUnavailable};
use voltree_runtime::{genesis::household_tag, Balances, Runtime, VOLT};

const SELLER: Seller = Seller::Household(7);

#[test]
fn double_spend_over_several_wallets() {
	on("dev", |chain| {
		let buyer = household(1);
		let start = chain.tradable_slot();
		let offers = [0, 1].map(|_| chain.offer(SELLER, supply(SELLER, start, VOLUME)));
		let first = chain.request(&buyer, demand(1, start, 2 * VOLUME), 60 * VOLT);
		let key = wallet_key(&buyer);
		let again = |funding| MarketCall::request {
			demand: demand(1, start, VOLUME),
			key: key.id(),
			funding,
		};
		let reference = H256::repeat_byte(1);
		let dest = || household(2).id().into();
		check(
			chain,
			vec![
				row("a second wallet", &buyer, again(60 * VOLT), FundsUnavailable),
				row(
					"the same wallet again",
					&buyer,
					WalletCall::fund { wallet: first, amount: 60 * VOLT },
					FundsUnavailable,
				),
				row(
					"the bank",
					&buyer,
					WalletCall::redeem { amount: 60 * VOLT, reference },
					FundsUnavailable,
				),
				row(
					"a friend",
					&buyer,
					BalancesCall::transfer_allow_death { dest: dest(), value: 60 * VOLT },
					FundsUnavailable,
				),
			],
		);

		// Each wallet pays with what is in it, whatever is in the other or in a token.
		let second = chain.request(&buyer, demand(1, start, 2 * VOLUME), 100_000);
		chain.respond(first);
		chain.respond(second);
		chain.pay(&buyer, second, offers[0], VOLUME);
		let pay = |request| MarketCall::pay { request, offer: offers[1], volume: VOLUME };
		let poor = WalletError::InsufficientFunds;
		check(
			chain,
			vec![
				row("the other wallet's money", &buyer, pay(second), poor),
				row(
					"money that belongs to a trade",
					&buyer,
					WalletCall::withdraw { wallet: second, amount: 1 },
					WalletError::InsufficientFunds,
				),
			],
		);
		chain.ok(&buyer, WalletCall::withdraw { wallet: first, amount: 60 * VOLT });
		let poor = WalletError::InsufficientFunds;
		check(chain, vec![row("what the token still says", &buyer, pay(first), poor)]);
	});
}

/// The seller has money for one bond and offers twice. Who comes second is refused, and is not to
/// blame for it.
#[test]
fn one_collateral_behind_several_offers() {
	on("dev", |chain| {
		let [buyer, late] = [household(1), household(2)];
		let seller = SELLER.key();
		let start = chain.tradable_slot();
		let offers = [0, 1].map(|_| chain.offer(SELLER, supply(SELLER, start, VOLUME)));
		let dest = pair("//Bob").id().into();
		let value = total(&seller) - SELLER_BOND - 10_000;
		chain.ok(&seller, BalancesCall::transfer_keep_alive { dest, value });

		let requests = [(&buyer, 1), (&late, 2)].map(|(who, number)| {
			let request = chain.request(who, demand(number, start, VOLUME), VOLT);
			chain.respond(request);
			request
		});
		let before = purse(chain, &late);
		chain.pay(&buyer, requests[0], offers[0], VOLUME);
		assert_eq!(held(&seller), SELLER_BOND);
		// Nor does a smaller fill help: its bond is too much as well.
		for volume in [VOLUME, 100] {
			let reason = impossible(chain, &late, (requests[1], offers[1], volume));
			assert_eq!(reason, MarketError::SellerWithoutBond.into());
		}
		assert_eq!(until_ended(chain, requests[1]), Ending::NothingToPay);
		assert_eq!(chain.score(household_tag(2)), (1_000, 0, 0));
		assert_eq!(purse(chain, &late), before);
		assert_eq!(held(&late), 0);
	});
}

/// The seller's money for the bond is elsewhere all the time in which the buyer tries to pay, and
/// comes back the moment before it is judged whether he could have.
#[test]
fn collateral_that_comes_back_when_it_is_judged() {
	on("dev", |chain| {
		let [buyer, seller, vault] = [household(1), SELLER.key(), pair("//Bob")];
		let start = chain.tradable_slot();
		let offer = chain.offer(SELLER, supply(SELLER, start, VOLUME));
		let request = chain.request(&buyer, demand(1, start, VOLUME), VOLT);
		let value = total(&seller) - VOLT / 10;
		let dest = vault.id().into();
		chain.ok(&seller, BalancesCall::transfer_keep_alive { dest, value });
		chain.respond(request);
		let asked = pallet_market::Requests::<Runtime>::get(request).expect("it is open");
		let RequestState::Responded { pay_by, .. } = asked.state else { panic!("{asked:?}") };
		chain.next();
		let reason = impossible(chain, &buyer, (request, offer, VOLUME));
		assert_eq!(reason, MarketError::SellerWithoutBond.into());
		chain.until(pay_by);
		let dest = seller.id().into();
		chain.ok(&vault, BalancesCall::transfer_keep_alive { dest, value });
		assert_eq!(until_ended(chain, request), Ending::NothingToPay);
		assert_eq!(chain.score(household_tag(1)), (1_000, 0, 0));
	});
}

#[test]
fn redeeming_money_that_is_owed() {
	on("dev", |chain| {
		let [debtor, wallet] = [household(1), pair("//Wallet")];
		chain.give(&wallet, VOLT);
		link(chain, &debtor, &wallet);
		let start = chain.tradable_slot() + 600_000;
		let other = chain.request(&debtor, demand(1, start, VOLUME), 0);
		indebted(chain, 1, Seller::Household(8));
		let redeem = WalletCall::redeem { amount: VOLT / 2, reference: H256::repeat_byte(1) };
		chain.ok(&debtor, WalletCall::fund { wallet: other, amount: DEAR_FINE });
		// All but the debt is his.
		let owed = due(household_tag(1));
		check(
			chain,
			vec![
				row("from the account", &debtor, redeem.clone(), WalletError::FinesDue),
				row("from a linked wallet", &wallet, redeem.clone(), WalletError::FinesDue),
				row(
					"out of a shared wallet first",
					&debtor,
					WalletCall::withdraw { wallet: other, amount: DEAR_FINE - owed + 1 },
					WalletError::OwedInFines,
				),
			],
		);
		let before = pot();
		chain.ok(&debtor, WalletCall::withdraw { wallet: other, amount: DEAR_FINE - owed });
		assert_eq!((pot() - before, due(household_tag(1))), (owed, 0));
		chain.ok(&debtor, redeem);
	});
}

/// Somebody who is about to come on the blacklist takes his money out of his other shared wallet in
/// time. The fine comes out of what is left and out of his bonds, and the rest bars him until he
/// has paid it: he has gained nothing.
#[test]
fn the_blacklisted_drain_the_wallet_before_the_fine() {
	on("dev", |chain| {
		let debtor = household(1);
		one_slip_is_enough(chain);
		let [before, seller, filled] = [purse(chain, &debtor), purse(chain, &household(8)), pot()];
		let slip = unpaid(chain, 1, Seller::Household(8));
		let start = chain.tradable_slot() + 600_000;
		let other = chain.request(&debtor, demand(1, start, VOLUME), 10 * VOLT);
		let amount = 10 * VOLT - 500_000;
		chain.ok(&debtor, WalletCall::withdraw { wallet: other, amount });

		assert_eq!(until_ended(chain, slip), Ending::NotPaid);
		assert!(is_listed(household_tag(1)));
		assert_eq!(until_ended(chain, other), Ending::Blacklisted);
		// Two bonds and what was left in the wallet.
		let taken = 2 * SMALLEST_FINE + 500_000;
		assert_eq!(before - purse(chain, &debtor), taken);
		assert_eq!(due(household_tag(1)), DEAR_FINE - taken);
		assert_eq!(held(&debtor), 0);
		let request = MarketCall::request {
			demand: demand(1, start, VOLUME),
			key: wallet_key(&debtor).id(),
			funding: 0,
		};
		check(chain, vec![at_the_door("more", &debtor, request.clone(), Refusal::Blacklisted)]);
		let readmit = pallet_blacklist::Call::<Runtime>::readmit { tag: household_tag(1) };
		assert!(by_authority(readmit).is_err(), "he waits, and he owes");

		chain.ok(&debtor, WalletCall::pay_fines { amount: 10 * VOLT });
		assert_eq!(before - purse(chain, &debtor), DEAR_FINE);
		assert_eq!(pot() - filled, DEAR_FINE);
		assert_eq!(purse(chain, &household(8)), seller, "nobody else gains or loses");
	});
}

/// The buyer's debts are no reason to pay the seller less: locked money belongs to the trade.
#[test]
fn a_buyer_who_owes_fines_pays_his_seller_in_full() {
	on("dev", |chain| {
		chain.calm();
		let seller = SELLER.key();
		let before = purse(chain, &seller);
		let deal = chain.deal(1, SELLER);
		indebted(chain, 1, Seller::Household(8));
		let owed = due(household_tag(1));
		chain.start_delivery(&deal);
		chain.deliver(&deal, VOLUME);
		chain.bill(&deal, VOLUME);
		let filled = pot();
		chain.ok(&deal.buyer, MarketCall::confirm { trade: deal.trade });
		assert_eq!(purse(chain, &seller), before + deal.locked);
		// His own bond, which comes back now, goes to the pot.
		assert_eq!(pot() - filled, SMALLEST_FINE);
		assert_eq!(due(household_tag(1)), owed - SMALLEST_FINE);
	});
}

/// A seller's debts come out of what he is paid, and go to the pot: his buyer pays the whole price
/// and gains nothing by them.
#[test]
fn a_seller_who_owes_fines_is_paid_what_is_left() {
	on("dev", |chain| {
		chain.calm();
		let deal = chain.deal(1, SELLER);
		indebted(chain, 7, Seller::Household(8));
		let [buyer, seller, filled] =
			[purse(chain, &deal.buyer), purse(chain, &SELLER.key()), pot()];
		let owed = due(household_tag(7));
		assert!(owed > deal.locked + SELLER_BOND);
		chain.start_delivery(&deal);
		chain.deliver(&deal, VOLUME);
		chain.bill(&deal, VOLUME);
		chain.ok(&deal.buyer, MarketCall::confirm { trade: deal.trade });
		assert_eq!(seller - purse(chain, &SELLER.key()), SELLER_BOND, "the bond went as well");
		assert_eq!(pot() - filled, deal.locked + SELLER_BOND);
		assert_eq!(due(household_tag(7)), owed - deal.locked - SELLER_BOND);
		assert_eq!(buyer - purse(chain, &deal.buyer), deal.locked);
	});
}

#[test]
fn burning_somebodys_money_who_did_not_ask() {
	on("dev", |chain| {
		let [victim, other] = [household(1), household(2)];
		let reference = H256::repeat_byte(1);
		let start = chain.tradable_slot();
		chain.request(&victim, demand(1, start, VOLUME), VOLT);
		chain.ok(&other, WalletCall::redeem { amount: VOLT, reference });
		let burn = |account: &sp_core::sr25519::Pair, amount| WalletCall::burn {
			account: account.id(),
			amount,
			reference,
		};
		let issued = Balances::total_issuance();
		let not_redeeming = Err(WalletError::NotRedeeming.into());
		assert_eq!(by_authority(burn(&victim, VOLT)), not_redeeming, "not even what is in escrow");
		assert_eq!(by_authority(burn(&other, 2 * VOLT)), Err(WalletError::OtherAmount.into()));
		assert_eq!(by_authority(burn(&other, VOLT - 1)), Err(WalletError::OtherAmount.into()));
		check(
			chain,
			vec![
				row("by the service", &service(), burn(&other, VOLT), BadOrigin),
				row("by a member alone", &pair("//Bob"), burn(&other, VOLT), BadOrigin),
				row("by himself", &other, burn(&other, VOLT), BadOrigin),
			],
		);
		assert_eq!(Balances::total_issuance(), issued);
	});
}

#[test]
fn issuing_twice_on_one_reference() {
	on("dev", |chain| {
		let friend = household(1);
		let reference = H256::repeat_byte(1);
		let issue = WalletCall::issue { to: friend.id(), amount: VOLT, reference };
		let issued = Balances::total_issuance();
		chain.decide(issue.clone());
		let used = Err(WalletError::ReferenceUsed.into());
		assert_eq!(by_authority(issue.clone()), used);
		let other = WalletCall::issue { to: household(2).id(), amount: 1, reference };
		assert_eq!(by_authority(other), used, "for whomever, and however little");
		// What was paid in is not a payment out.
		chain.ok(&friend, WalletCall::redeem { amount: VOLT, reference });
		let burn = WalletCall::burn { account: friend.id(), amount: VOLT, reference };
		assert_eq!(by_authority(burn), used);
		let nothing = WalletCall::issue { to: friend.id(), amount: 0, reference: H256::zero() };
		assert_eq!(by_authority(nothing), Err(WalletError::ZeroAmount.into()));
		check(
			chain,
			vec![
				row("by the service", &service(), issue.clone(), BadOrigin),
				row("by a member alone", &pair("//Bob"), issue, BadOrigin),
			],
		);
		assert_eq!(Balances::total_issuance(), issued + VOLT);
	});
}
