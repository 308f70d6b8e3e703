//! Who confirms, and who is paid: payouts go to the seller, who does not confirm them himself.

use crate::{
	common::{
		on,
		people::{household, pair, service, wallet_key, Id},
		refusals::{check, row},
		scene::{total, Deal, Seller, VOLUME},
		BalancesCall, Chain, MarketCall, RegistryCall,
	},
	tools::*,
};
use sp_core::sr25519::Pair;
use voltree_runtime::{
	configs::system::ProxyType, genesis::household_tag, Runtime, RuntimeCall, VOLT,
};

type Proxy = pallet_proxy::Call<Runtime>;
type Utility = pallet_utility::Call<Runtime>;
type Multisig = pallet_multisig::Call<Runtime>;

const SELLER: Seller = Seller::Household(7);

/// A delivery that waits for its bill.
fn metered(chain: &mut Chain) -> Deal {
	let deal = delivered(chain, 1, SELLER, VOLUME);
	let deadlines = chain.trade(deal.trade).deadlines;
	chain.past(deadlines.meter_by);
	deal
}

fn bill_to(deal: &Deal, payee: &Pair) -> MarketCall {
	MarketCall::bill { trade: deal.trade, delivered: VOLUME, payee: payee.id() }
}

/// However the seller dresses up, it is he who confirms, and he is not the buyer.
#[test]
fn confirming_ones_own_trade_through_a_proxy() {
	on("dev", |chain| {
		let [seller, friend, wallet] = [SELLER.key(), household(9), pair("//Wallet")];
		chain.give(&wallet, 10 * VOLT);
		link(chain, &seller, &wallet);
		let delegate = friend.id().into();
		chain.ok(&seller, Proxy::add_proxy { delegate, proxy_type: ProxyType::Any, delay: 0 });
		let deal = metered(chain);
		let key = wallet_key(&deal.buyer);
		chain.give(&key, VOLT);
		chain.ok(&seller, bill_to(&deal, &seller));

		let mc = service();
		let confirm = || RuntimeCall::from(MarketCall::confirm { trade: deal.trade });
		let proxy = |real: &Pair| -> RuntimeCall {
			let (real, call) = (real.id().into(), Box::new(confirm()));
			Proxy::proxy { real, force_proxy_type: None, call }.into()
		};
		let other_signatories = vec![friend.id()];
		let call = Box::new(confirm());
		let doors: Vec<(&str, &Pair, RuntimeCall)> = vec![
			("himself", &seller, confirm()),
			("his wallet", &wallet, confirm()),
			("his proxy", &friend, proxy(&seller)),
			("his proxy for itself", &friend, confirm()),
			("a batch", &seller, Utility::batch_all { calls: vec![confirm()] }.into()),
			(
				"a derivative",
				&seller,
				Utility::as_derivative { index: 0, call: call.clone() }.into(),
			),
			(
				"a multisig",
				&seller,
				Multisig::as_multi_threshold_1 { other_signatories, call }.into(),
			),
			("the management centre", &mc, confirm()),
			("the shared wallet's key", &key, confirm()),
		];
		let not_buyer = Err(Refused::AtDispatch(MarketError::NotBuyer.into()));
		for (name, signer, door) in doors {
			assert_eq!(through(chain, signer, door), not_buyer, "{name}");
		}
		// Nobody made him the buyer's proxy.
		let refused = Err(Refused::AtDispatch(pallet_proxy::Error::<Runtime>::NotProxy.into()));
		assert_eq!(through(chain, &seller, proxy(&deal.buyer)), refused);
		assert_eq!(outcome(chain, deal.trade), None);
	});
}

#[test]
fn payout_to_a_friend() {
	on("dev", |chain| {
		let [seller, unlinked, dead, foreign] =
			[SELLER.key(), pair("//Unlinked"), pair("//Dead"), pair("//Foreign")];
		for wallet in [&unlinked, &dead] {
			link(chain, &seller, wallet);
		}
		link(chain, &household(1), &foreign);
		chain.give(&unlinked, VOLT);
		chain.give(&foreign, VOLT);
		chain.ok(&seller, RegistryCall::unlink_wallet { wallet: unlinked.id() });
		let deal = metered(chain);
		let to = |payee: &Pair| bill_to(&deal, payee);
		let no_wallet = MarketError::NotAWallet;
		let buyer = &deal.buyer;
		check(
			chain,
			vec![
				row("a friend", &seller, to(&household(9)), no_wallet),
				row("the buyer", &seller, to(buyer), MarketError::NotAWallet),
				row("the buyer's wallet", &seller, to(&foreign), MarketError::NotAWallet),
				row(
					"the shared wallet's key",
					&seller,
					to(&wallet_key(buyer)),
					MarketError::NotAWallet,
				),
				row("the service", &seller, to(&service()), MarketError::NotAWallet),
				row("a wallet of old", &seller, to(&unlinked), MarketError::NotAWallet),
				row("an account that is not there", &seller, to(&dead), MarketError::PayeeNotAlive),
				row("his own, by a friend", &household(9), to(&seller), MarketError::NotSeller),
				row("his own, by the buyer", buyer, to(&seller), MarketError::NotSeller),
			],
		);
	});
}

/// A wallet that is no longer the seller's when the trade settles is not paid: he is.
#[test]
fn payout_to_a_wallet_that_becomes_a_friends() {
	on("dev", |chain| {
		let [seller, friend, wallet] = [SELLER.key(), household(9), pair("//Wallet")];
		chain.give(&wallet, VOLT);
		link(chain, &seller, &wallet);
		let deal = metered(chain);
		chain.ok(&seller, bill_to(&deal, &wallet));
		chain.ok(&wallet, RegistryCall::unlink_wallet { wallet: wallet.id() });
		link(chain, &friend, &wallet);
		let [has, had] = [purse(chain, &seller), purse(chain, &wallet)];
		chain.ok(&deal.buyer, MarketCall::confirm { trade: deal.trade });
		assert_eq!(purse(chain, &wallet), had);
		assert_eq!(purse(chain, &seller), has + deal.locked);
	});
}

/// A seller who owes fines cannot save his payout from them by unlinking the wallet it goes to.
#[test]
fn unlinking_the_payee_to_dodge_a_debt() {
	on("dev", |chain| {
		chain.calm();
		let [seller, wallet] = [SELLER.key(), pair("//Wallet")];
		chain.give(&wallet, VOLT);
		link(chain, &seller, &wallet);
		let deal = chain.deal(1, SELLER);
		indebted(chain, 7, Seller::Household(8));
		chain.start_delivery(&deal);
		chain.deliver(&deal, VOLUME);
		let deadlines = chain.trade(deal.trade).deadlines;
		chain.past(deadlines.meter_by);
		chain.ok(&seller, bill_to(&deal, &wallet));
		chain.ok(&seller, RegistryCall::unlink_wallet { wallet: wallet.id() });
		let [had, filled, owed] = [purse(chain, &wallet), pot(), due(household_tag(7))];
		chain.ok(&deal.buyer, MarketCall::confirm { trade: deal.trade });
		assert_eq!(purse(chain, &wallet), had, "nothing has got past the debt");
		assert_eq!(owed - due(household_tag(7)), deal.locked + SELLER_BOND);
		assert_eq!(pot() - filled, deal.locked + SELLER_BOND);
	});
}

/// A payee who is gone when the trade settles takes nothing along: what founds his account anew
/// does, and what does not is the seller's.
#[test]
fn payout_to_an_account_that_dies() {
	on("dev", |chain| {
		let [seller, wallet] = [SELLER.key(), pair("//Wallet")];
		chain.give(&wallet, VOLT);
		link(chain, &seller, &wallet);
		let deal = delivered(chain, 1, SELLER, 3);
		let deadlines = chain.trade(deal.trade).deadlines;
		chain.past(deadlines.meter_by);
		let bill = MarketCall::bill { trade: deal.trade, delivered: 3, payee: wallet.id() };
		chain.ok(&seller, bill);
		let dest = seller.id().into();
		chain.ok(&wallet, BalancesCall::transfer_all { dest, keep_alive: false });
		assert_eq!(total(&wallet), 0);
		let [buyer, before] = [purse(chain, &deal.buyer), purse(chain, &seller)];
		chain.ok(&deal.buyer, MarketCall::confirm { trade: deal.trade });
		// 3 Wh are 750, less than an account can have; and hardly anything was delivered.
		assert_eq!(payout(chain, deal.trade), Some(750));
		assert_eq!(total(&wallet), 0);
		assert_eq!(purse(chain, &seller), before + 750 - SMALLEST_FINE);
		assert_eq!(purse(chain, &deal.buyer), buyer - 750);
	});
}
