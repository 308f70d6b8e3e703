//! Every door into the market: whoever may not open business may not through any of them, and a
//! Trade proxy moves money into trades and nowhere else.

mod common;

use common::{
	on,
	people::{alice, household, pair, service, wallet_key, Id},
	scene::{demand, signed, supply, token_of, total, Seller, PRICE, VOLUME},
	BalancesCall, Chain, MarketCall, RegistryCall, WalletCall,
};
use pallet_market::{Ending, Event};
use sp_core::{sr25519::Pair, H256};
use sp_runtime::{DispatchError, DispatchResult};
use voltree_primitives::{RequestId, Roles};
use voltree_runtime::{
	configs::system::ProxyType, genesis::household_tag, AccountId, OriginCaller, Runtime,
	RuntimeCall, RuntimeEvent, VOLT,
};

type Utility = pallet_utility::Call<Runtime>;
type Proxy = pallet_proxy::Call<Runtime>;
type Multisig = pallet_multisig::Call<Runtime>;
type Sudo = pallet_sudo::Call<Runtime>;
type Motion = pallet_collective::Call<Runtime, pallet_collective::Instance1>;

/// What became of the innermost call, wherever the door notes it.
fn through(chain: &mut Chain, signer: &Pair, call: RuntimeCall) -> DispatchResult {
	let before = chain.block_events().len();
	chain.send(signer, call)?;
	for event in chain.block_events().into_iter().skip(before) {
		match event {
			RuntimeEvent::Utility(
				pallet_utility::Event::BatchInterrupted { error, .. }
				| pallet_utility::Event::ItemFailed { error },
			) => return Err(error),
			RuntimeEvent::Utility(pallet_utility::Event::DispatchedAs { result })
			| RuntimeEvent::Proxy(pallet_proxy::Event::ProxyExecuted { result })
			| RuntimeEvent::Multisig(pallet_multisig::Event::MultisigExecuted { result, .. })
			| RuntimeEvent::Sudo(
				pallet_sudo::Event::Sudid { sudo_result: result }
				| pallet_sudo::Event::SudoAsDone { sudo_result: result },
			)
			| RuntimeEvent::Authority(pallet_collective::Event::MemberExecuted {
				result, ..
			}) => result?,
			_ => (),
		}
	}
	Ok(())
}

fn proxied(real: &AccountId, call: impl Into<RuntimeCall>) -> RuntimeCall {
	let call = Box::new(call.into());
	Proxy::proxy { real: real.clone().into(), force_proxy_type: None, call }.into()
}

/// All doors that lead to `call` on behalf of `who`, with the key that opens each. `friend` may do
/// everything for `who`.
fn doors(who: &Pair, friend: &Pair, call: &RuntimeCall) -> Vec<(&'static str, Pair, RuntimeCall)> {
	let one = || vec![call.clone()];
	let boxed = || Box::new(call.clone());
	let as_who = || Box::new(OriginCaller::system(frame_system::RawOrigin::Signed(who.id())));
	let sudo = |call: Utility| Sudo::sudo { call: Box::new(call.into()) };
	let mine = |name, door: Utility| (name, who.clone(), RuntimeCall::from(door));
	let nested = Utility::batch_all { calls: one() };
	vec![
		("directly", who.clone(), call.clone()),
		mine("batch", Utility::batch { calls: one() }),
		mine("batch_all", Utility::batch_all { calls: one() }),
		mine("force_batch", Utility::force_batch { calls: one() }),
		mine("batch in a batch", Utility::batch { calls: vec![nested.into()] }),
		mine("if_else", Utility::if_else { main: boxed(), fallback: boxed() }),
		("proxy", friend.clone(), proxied(&who.id(), call.clone())),
		("sudo_as", alice(), Sudo::sudo_as { who: who.id().into(), call: boxed() }.into()),
		(
			"dispatch_as",
			alice(),
			sudo(Utility::dispatch_as { as_origin: as_who(), call: boxed() }).into(),
		),
		(
			"dispatch_as_fallible",
			alice(),
			sudo(Utility::dispatch_as_fallible { as_origin: as_who(), call: boxed() }).into(),
		),
	]
}

/// Doors behind which `who` is somebody else: an account that nobody certified, or none at all.
fn disguises(
	who: &Pair,
	friend: &Pair,
	call: &RuntimeCall,
) -> Vec<(&'static str, Pair, RuntimeCall, DispatchError)> {
	let boxed = || Box::new(call.clone());
	let nobody = pallet_registry::Error::<Runtime>::NotCertified.into();
	let others = vec![friend.id()];
	let length_bound = u32::try_from(codec::Encode::encoded_size(call)).expect("short");
	vec![
		(
			"as_derivative",
			who.clone(),
			Utility::as_derivative { index: 0, call: boxed() }.into(),
			nobody,
		),
		(
			"multisig",
			who.clone(),
			Multisig::as_multi_threshold_1 { other_signatories: others, call: boxed() }.into(),
			nobody,
		),
		("sudo", alice(), Sudo::sudo { call: boxed() }.into(), DispatchError::BadOrigin),
		(
			"a member of the authority",
			alice(),
			Motion::execute { proposal: boxed(), length_bound }.into(),
			DispatchError::BadOrigin,
		),
	]
}

fn opened() -> (u64, u64, u64) {
	(
		pallet_market::NextRequest::<Runtime>::get(),
		pallet_market::NextOffer::<Runtime>::get(),
		pallet_market::NextTrade::<Runtime>::get(),
	)
}

/// Try all doors with `call`: `who` is refused with `expected` at each.
fn all_closed(
	chain: &mut Chain,
	who: &Pair,
	friend: &Pair,
	call: impl Into<RuntimeCall>,
	expected: DispatchError,
) {
	let call = call.into();
	let before = opened();
	for (name, signer, door) in doors(who, friend, &call) {
		assert_eq!(through(chain, &signer, door), Err(expected), "{name}: {call:?}");
	}
	for (name, signer, door, expected) in disguises(who, friend, &call) {
		assert_eq!(through(chain, &signer, door), Err(expected), "{name}: {call:?}");
	}
	assert_eq!(opened(), before, "nothing was opened");
}

fn open_proxy(chain: &mut Chain, real: &Pair, delegate: &Pair, proxy_type: ProxyType) {
	let delegate = delegate.id().into();
	chain.ok(real, Proxy::add_proxy { delegate, proxy_type, delay: 0 });
}

fn request_call(start: u64) -> MarketCall {
	let key = wallet_key(&household(1)).id();
	MarketCall::request { demand: demand(1, start, VOLUME), key, funding: 0 }
}

#[test]
fn the_uncertified_open_nothing() {
	on("dev", |chain| {
		let [stranger, friend] = [pair("//Stranger"), household(9)];
		chain.give(&stranger, 10 * VOLT);
		open_proxy(chain, &stranger, &friend, ProxyType::Any);
		let start = chain.tradable_slot();
		let nobody = pallet_registry::Error::<Runtime>::NotCertified.into();
		let mut offered = supply(Seller::Household(1), start, VOLUME);
		offered.meter = None;
		all_closed(chain, &stranger, &friend, MarketCall::offer { supply: offered }, nobody);
		all_closed(chain, &stranger, &friend, request_call(start), nobody);
	});
}

/// Credit falls, the limit is passed, the broadcast names all accounts, and every door is closed:
/// to the account, its linked wallets, and the key of a shared wallet opened before.
#[test]
fn the_blacklisted_open_nothing() {
	on("dev", |chain| {
		chain.calm();
		let [debtor, friend, wallet] = [household(1), household(9), pair("//Wallet")];
		chain.give(&wallet, VOLT);
		let message = voltree_runtime::Registry::link_message(&debtor.id(), &wallet.id());
		let signature = wallet.seal(&message);
		chain.ok(&debtor, RegistryCall::link_wallet { wallet: wallet.id(), signature });
		open_proxy(chain, &debtor, &friend, ProxyType::Any);
		let key = wallet_key(&debtor);
		chain.give(&key, VOLT);
		// A hundred points an event, from a thousand down to below two hundred.
		let parameters =
			pallet_credibility::types::Parameters { weight: 1_000, ..Default::default() };
		chain.decide(pallet_credibility::Call::set_parameters { parameters });
		let start = chain.tradable_slot();
		let seller = Seller::Household(6);
		chain.offer(seller, supply(seller, start, VOLUME));
		let unpaid = std::array::from_fn::<RequestId, 9, _>(|_| {
			chain.request(&debtor, demand(1, start, VOLUME), 0)
		});
		for request in unpaid {
			chain.respond(request);
		}
		chain.until(chain.now() + 60_000);
		let later = chain.tradable_slot() + 120_000;
		let good = chain.offer(seller, supply(seller, later, VOLUME));
		let before = chain.request(&debtor, demand(1, later, VOLUME), VOLT);
		chain.respond(before);
		let ended = |chain: &Chain| {
			chain
				.market_events()
				.iter()
				.any(|event| matches!(event, Event::RequestEnded { ending: Ending::NotPaid, .. }))
		};
		while !ended(chain) {
			chain.next();
		}
		let (credit, _, untimely) = chain.score(household_tag(1));
		assert_eq!((credit, untimely), (100, 9));
		let broadcast = chain.all_events().into_iter().find_map(|event| match event {
			RuntimeEvent::Blacklist(pallet_blacklist::Event::Blacklisted {
				tag,
				credit,
				accounts,
			}) => Some((tag, credit, accounts)),
			_ => None,
		});
		let named = vec![debtor.id(), wallet.id()];
		assert_eq!(broadcast, Some((household_tag(1), 100, named)));

		let listed = pallet_blacklist::Error::<Runtime>::Blacklisted.into();
		let offered = supply(Seller::Household(1), later, VOLUME);
		let offer = MarketCall::offer { supply: offered };
		let pay = MarketCall::pay { request: before, offer: good, volume: VOLUME };
		all_closed(chain, &debtor, &friend, offer.clone(), listed);
		all_closed(chain, &debtor, &friend, request_call(later), listed);
		for (name, signer, door) in doors(&debtor, &friend, &pay.clone().into()) {
			assert_eq!(through(chain, &signer, door), Err(listed), "{name}");
		}
		for (name, signer, call) in [
			("offer by the wallet", &wallet, offer),
			("request by the wallet", &wallet, request_call(later)),
			("pay with the key", &key, pay),
		] {
			assert_eq!(chain.send(signer, call), Err(listed), "{name}");
		}
		// Everything else passes: his own money is his.
		chain.ok(&debtor, WalletCall::withdraw { wallet: before, amount: VOLT });
		chain.ok(&debtor, MarketCall::cancel_request { request: before });
	});
}

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
		for (account, door) in both {
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
		let meter = common::people::meter(6);
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
		let filtered = Err(frame_system::Error::<Runtime>::CallFiltered.into());
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
		let refused = pallet_proxy::Error::<Runtime>::NotProxy.into();
		assert_eq!(through(chain, &thief, forced.into()), Err(refused));
		assert_eq!(total(&real) + chain.fees_of(&real), had);
		assert_eq!(total(&thief), VOLT - chain.fees_of(&thief));
		assert_eq!(chain.trade(deal.trade).locked, deal.locked);
	});
}
