//! Accounts that act for others: who has no key can be certified all the same, and a Trade proxy
//! trades and does nothing else.

use crate::{
	common::{
		on,
		people::{household, meter, pair, service, Id},
		refusals::Refused,
		scene::{demand, signed, supply, token_of, total, Seller, PRICE, VOLUME},
		BalancesCall, Chain, MarketCall, RegistryCall, WalletCall,
	},
	open_proxy, opened, proxied, request_call, through, Multisig, Proxy, Utility,
};
use sp_core::{sr25519::Pair, H256};
use voltree_primitives::Roles;
use voltree_runtime::{configs::system::ProxyType, Runtime, RuntimeCall, VOLT};

/// The effective account counts: a certified multisig and a certified derivative trade.
#[test]
fn accounts_without_keys_can_be_certified() {
	on("dev", |chain| {
		let [one, other] = [pair("//One"), pair("//Other")];
		chain.give(&one, 10 * VOLT);
		chain.give(&other, VOLT);
		let mut members = [one.id(), other.id()];
		members.sort();
		let shared = voltree_runtime::Multisig::multi_account_id(&members, 1);
		let derived = pallet_utility::derivative_account_id(one.id(), 7);
		let by_multisig = |call: RuntimeCall| {
			let call = Box::new(call);
			let other_signatories = vec![other.id()];
			RuntimeCall::from(Multisig::as_multi_threshold_1 { other_signatories, call })
		};
		let by_index = |call: RuntimeCall| {
			RuntimeCall::from(Utility::as_derivative { index: 7, call: Box::new(call) })
		};
		let start = chain.tradable_slot();
		let mut offered = supply(Seller::SensorOwner(1), start, VOLUME);
		offered.price = PRICE;
		let both: [(_, &dyn Fn(RuntimeCall) -> RuntimeCall); 2] =
			[(shared, &by_multisig), (derived, &by_index)];
		for (account, door) in both.clone() {
			let gift =
				BalancesCall::transfer_keep_alive { dest: account.clone().into(), value: VOLT };
			chain.ok(&one, gift);
			assert_eq!(through(chain, &one, door(RegistryCall::register {}.into())), Ok(()));
			let (tag, expires) = (H256(account.clone().into()), chain.now() + 86_400_000);
			let (roles, consent) = (Roles::Both, None);
			let certify = RegistryCall::certify { account, tag, roles, expires, consent };
			chain.ok(&service(), certify);
			let offer = MarketCall::offer { supply: offered.clone() };
			assert_eq!(through(chain, &one, door(offer.into())), Ok(()));
		}
		assert_eq!(opened(), (0, 2, 0));
		// On the blacklist the same accounts are refused, whoever signs for them.
		for (account, door) in both {
			let entry = pallet_blacklist::Entry { since: chain.now(), credit: 0 };
			pallet_blacklist::Entries::<Runtime>::insert(H256(account.into()), entry);
			let offer = MarketCall::offer { supply: offered.clone() };
			let listed = Refused::from(pallet_blacklist::Error::<Runtime>::Blacklisted);
			assert_eq!(through(chain, &one, door(offer.into())), Err(listed));
		}
		assert_eq!(opened(), (0, 2, 0));
	});
}

/// A household's controller runs a whole trade for it, on both sides.
#[test]
fn a_trade_proxy_trades() {
	on("dev", |chain| {
		chain.calm();
		let [buyer, seller, controller] = [household(1), household(6), pair("//Controller")];
		chain.give(&controller, VOLT);
		for household in [&buyer, &seller] {
			open_proxy(chain, household, &controller, ProxyType::Trade);
		}
		let start = chain.tradable_slot();
		let act = |chain: &mut Chain, real: &Pair, call: RuntimeCall| {
			let result = through(chain, &controller, proxied(&real.id(), call.clone()));
			assert_eq!(result, Ok(()), "{call:?}");
		};
		let supply = supply(Seller::Household(6), start, VOLUME);
		act(chain, &seller, MarketCall::offer { supply: supply.clone() }.into());
		act(chain, &seller, MarketCall::offer { supply }.into());
		act(chain, &buyer, request_call(start).into());
		act(chain, &buyer, request_call(start).into());
		act(chain, &buyer, WalletCall::fund { wallet: 0, amount: VOLT }.into());
		let token = signed(token_of(0), &service());
		chain.ok(&service(), MarketCall::respond { request: 0, token });
		act(chain, &buyer, MarketCall::cancel_request { request: 1 }.into());
		act(chain, &buyer, MarketCall::pay { request: 0, offer: 0, volume: VOLUME }.into());
		act(chain, &seller, MarketCall::withdraw_offer { offer: 1 }.into());
		let trade = chain.trade(0);
		chain.until(trade.slot.gate);
		act(chain, &seller, MarketCall::start { trade: 0 }.into());
		chain.past(trade.slot.end);
		let meter = meter(6);
		chain.read_meter(&meter, trade.slot.start, 0);
		chain.read_meter(&meter, trade.slot.end, VOLUME);
		chain.past(trade.deadlines.meter_by);
		let had = total(&seller);
		let payee = seller.id();
		act(chain, &seller, MarketCall::bill { trade: 0, delivered: VOLUME, payee }.into());
		act(chain, &buyer, MarketCall::confirm { trade: 0 }.into());
		assert_eq!(total(&seller) - had, u128::from(VOLUME) * PRICE / 1_000);
		assert_eq!(total(&controller), VOLT - chain.fees_of(&controller), "nothing for itself");
	});
}

/// What a controller must not do, also hidden in other calls.
#[test]
fn a_trade_proxy_does_nothing_else() {
	on("dev", |chain| {
		chain.calm();
		let [real, thief] = [household(1), pair("//Thief")];
		chain.give(&thief, VOLT);
		open_proxy(chain, &real, &thief, ProxyType::Trade);
		let deal = chain.deal(1, Seller::Household(6));
		let start = chain.tradable_slot();
		let request = chain.request(&real, demand(1, start, VOLUME), VOLT);
		let had = total(&real) + chain.fees_of(&real);

		let dest = || thief.id().into();
		let add =
			|proxy_type| Proxy::add_proxy { delegate: thief.id().into(), proxy_type, delay: 0 };
		let allowed = || RuntimeCall::from(MarketCall::cancel_request { request });
		let steal =
			|| RuntimeCall::from(BalancesCall::transfer_all { dest: dest(), keep_alive: false });
		let message = voltree_runtime::Registry::link_message(&real.id(), &thief.id());
		let signature = thief.seal(&message);
		let mut forbidden: Vec<RuntimeCall> = vec![
			WalletCall::withdraw { wallet: request, amount: VOLT }.into(),
			WalletCall::pay_fines { amount: VOLT }.into(),
			WalletCall::redeem { amount: VOLT, reference: H256::zero() }.into(),
			WalletCall::cancel_redemption {}.into(),
			MarketCall::contest { trade: deal.trade, received: 0 }.into(),
			MarketCall::withdraw_trade { trade: deal.trade }.into(),
			BalancesCall::transfer_allow_death { dest: dest(), value: VOLT }.into(),
			BalancesCall::transfer_keep_alive { dest: dest(), value: VOLT }.into(),
			steal(),
			BalancesCall::burn { value: VOLT, keep_alive: false }.into(),
			add(ProxyType::Any).into(),
			add(ProxyType::Trade).into(),
			Proxy::remove_proxies {}.into(),
			proxied(&real.id(), allowed()),
			RegistryCall::link_wallet { wallet: thief.id(), signature }.into(),
			RegistryCall::unlink_wallet { wallet: thief.id() }.into(),
			RegistryCall::register {}.into(),
			frame_system::Call::remark { remark: vec![] }.into(),
			pallet_session::Call::purge_keys {}.into(),
		];
		let mut hidden = Vec::new();
		for call in forbidden.iter().cloned().chain([allowed()]) {
			let boxed = Box::new(call.clone());
			hidden.push(Utility::batch { calls: vec![call.clone()] }.into());
			hidden.push(Utility::batch_all { calls: vec![allowed(), call.clone()] }.into());
			hidden.push(Utility::force_batch { calls: vec![call.clone()] }.into());
			hidden.push(Utility::if_else { main: boxed.clone(), fallback: boxed.clone() }.into());
			hidden.push(Utility::as_derivative { index: 0, call: boxed.clone() }.into());
			let other_signatories = vec![thief.id()];
			hidden.push(Multisig::as_multi_threshold_1 { other_signatories, call: boxed }.into());
		}
		forbidden.extend(hidden);
		let filtered = Err(Refused::from(frame_system::Error::<Runtime>::CallFiltered));
		for call in forbidden {
			let door = proxied(&real.id(), call.clone());
			assert_eq!(through(chain, &thief, door), filtered, "{call:?}");
			chain.next_if_full();
		}
		// Nor does it become another kind of proxy by saying so.
		let forced = Proxy::proxy {
			real: real.id().into(),
			force_proxy_type: Some(ProxyType::Any),
			call: Box::new(steal()),
		};
		let refused = Refused::from(pallet_proxy::Error::<Runtime>::NotProxy);
		assert_eq!(through(chain, &thief, forced.into()), Err(refused));
		assert_eq!(total(&real) + chain.fees_of(&real), had);
		assert_eq!(total(&thief), VOLT - chain.fees_of(&thief));
		assert_eq!(chain.trade(deal.trade).locked, deal.locked);
	});
}
