//! Every door into the market: whoever may not open business may not through any of them, and a
//! Trade proxy moves money into trades and nowhere else.

#[path = "../common/mod.rs"]
mod common;

mod pool;
mod proxies;
mod senderless;

use common::{
	on,
	people::{alice, household, pair, wallet_key, Id},
	refusals::Refused,
	scene::{demand, supply, Seller, VOLUME},
	sign, Chain, MarketCall, RegistryCall, WalletCall,
};
use pallet_blacklist::Refusal;
use pallet_market::RequestState;
use sp_core::sr25519::Pair;
use sp_runtime::DispatchError;
use voltree_runtime::{
	configs::system::ProxyType, genesis::household_tag, AccountId, OriginCaller, Runtime,
	RuntimeCall, RuntimeEvent, VOLT,
};

type Utility = pallet_utility::Call<Runtime>;
type Proxy = pallet_proxy::Call<Runtime>;
type Multisig = pallet_multisig::Call<Runtime>;
type Sudo = pallet_sudo::Call<Runtime>;
type Motion = pallet_collective::Call<Runtime, pallet_collective::Instance1>;

/// What became of the innermost call, wherever the way in notes it.
fn through(chain: &mut Chain, signer: &Pair, call: RuntimeCall) -> Result<(), Refused> {
	const REFUSALS: [Refusal; 3] = [Refusal::Uncertified, Refusal::Blacklisted, Refusal::FinesDue];
	let before = chain.block_events().len();
	match chain.apply(sign(signer, call, 0)) {
		Ok(result) => result?,
		Err(invalid) => {
			let refusal = REFUSALS.into_iter().find(|each| invalid == (*each).into());
			return Err(Refused::AtTheDoor(refusal.expect("the door has refused it")));
		}
	}
	for event in chain.block_events().into_iter().skip(before) {
		match event {
			RuntimeEvent::Utility(
				pallet_utility::Event::BatchInterrupted { error, .. }
				| pallet_utility::Event::ItemFailed { error },
			) => return Err(error.into()),
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

/// All doors that lead to `call` on behalf of `who`, with the key that opens each; first those where
/// the pool sees what it is. `friend` may do everything for `who`.
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
		("proxy", friend.clone(), proxied(&who.id(), call.clone())),
		mine("force_batch", Utility::force_batch { calls: one() }),
		mine("batch in a batch", Utility::batch { calls: vec![nested.into()] }),
		mine("if_else", Utility::if_else { main: boxed(), fallback: boxed() }),
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

/// At how many of [`doors`] the pool already sees what would be opened, and for whom.
const SEEN_BY_THE_POOL: usize = 4;

/// Try all doors with `call`: `who` is refused at each, at the pool where that sees it, else by the
/// pallet with `error`.
fn who_is_refused(
	chain: &mut Chain,
	who: &Pair,
	friend: &Pair,
	call: impl Into<RuntimeCall>,
	(refusal, error): (Refusal, DispatchError),
) {
	let (call, before) = (call.into(), opened());
	for (index, (name, signer, door)) in doors(who, friend, &call).into_iter().enumerate() {
		let expected = if index < SEEN_BY_THE_POOL {
			let pool = voltree_runtime::Executive::validate_transaction(
				sp_runtime::transaction_validity::TransactionSource::External,
				sign(&signer, door.clone(), 0),
				Default::default(),
			);
			assert_eq!(pool, Err(refusal.into()), "{name}: {call:?}");
			Refused::AtTheDoor(refusal)
		} else {
			error.into()
		};
		assert_eq!(through(chain, &signer, door), Err(expected), "{name}: {call:?}");
	}
	assert_eq!(opened(), before, "nothing was opened");
}

/// [`who_is_refused`], and in any disguise.
fn all_closed(
	chain: &mut Chain,
	who: &Pair,
	friend: &Pair,
	call: impl Into<RuntimeCall>,
	refused: (Refusal, DispatchError),
) {
	let call = call.into();
	who_is_refused(chain, who, friend, call.clone(), refused);
	let before = opened();
	for (name, signer, door, expected) in disguises(who, friend, &call) {
		assert_eq!(through(chain, &signer, door), Err(expected.into()), "{name}: {call:?}");
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
		let nobody = (Refusal::Uncertified, pallet_registry::Error::<Runtime>::NotCertified.into());
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
		// One kilowatt-hour of untimely behaviour is enough.
		let parameters = pallet_credibility::types::Parameters {
			weight: 1_000,
			cap_per_event: 1_000,
			..Default::default()
		};
		chain.decide(pallet_credibility::Call::set_parameters { parameters });
		chain.until(chain.now() + 120_000);
		let (start, seller) = (chain.tradable_slot(), Seller::Household(6));
		let bought = chain.offer(seller, supply(seller, start, 1_000));
		let good = chain.offer(seller, supply(seller, start, VOLUME));
		let [late, other] = [1_000, VOLUME].map(|volume| {
			let request = chain.request(&debtor, demand(1, start, volume), VOLT);
			chain.respond(request);
			request
		});
		let answered = pallet_market::Requests::<Runtime>::get(other).expect("it is open");
		let RequestState::Responded { pay_by, .. } = answered.state else { panic!("{answered:?}") };
		chain.past(pay_by);
		chain.pay(&key, late, bought, 1_000);
		let broadcast = chain.all_events().into_iter().find_map(|event| match event {
			RuntimeEvent::Blacklist(pallet_blacklist::Event::Blacklisted {
				tag,
				credit,
				accounts,
			}) => Some((tag, credit, accounts)),
			_ => None,
		});
		let named = vec![debtor.id(), wallet.id()];
		assert_eq!(broadcast, Some((household_tag(1), 0, named)));

		// In the same block, before anything of his is closed.
		let listed = (Refusal::Blacklisted, pallet_blacklist::Error::<Runtime>::Blacklisted.into());
		let offer = MarketCall::offer { supply: supply(Seller::Household(1), start, VOLUME) };
		let pay = MarketCall::pay { request: other, offer: good, volume: VOLUME };
		all_closed(chain, &debtor, &friend, offer.clone(), listed);
		all_closed(chain, &debtor, &friend, request_call(start), listed);
		who_is_refused(chain, &debtor, &friend, pay.clone(), listed);
		for (name, signer, call) in [
			("offer by the wallet", &wallet, offer),
			("request by the wallet", &wallet, request_call(start)),
			("pay with the key", &key, pay),
		] {
			let refused = Err(Refused::AtTheDoor(Refusal::Blacklisted));
			assert_eq!(through(chain, signer, call.into()), refused, "{name}");
		}
		// Everything else passes: his own money is his, and what is under way goes on.
		chain.ok(&debtor, WalletCall::withdraw { wallet: other, amount: VOLT });
		chain.ok(&friend, proxied(&debtor.id(), MarketCall::cancel_request { request: other }));
	});
}

/// A debt closes the same doors, until it is paid: in the very batch that begins with the payment.
#[test]
fn who_owes_a_fine_opens_nothing_until_it_is_paid() {
	on("dev", |chain| {
		let [debtor, friend] = [household(1), household(9)];
		open_proxy(chain, &debtor, &friend, ProxyType::Any);
		<voltree_runtime::Credibility as voltree_primitives::Credibility>::owe(
			&household_tag(1),
			70_000,
		);
		let start = chain.tradable_slot();
		let due = (Refusal::FinesDue, pallet_blacklist::Error::<Runtime>::FinesDue.into());
		let offer = MarketCall::offer { supply: supply(Seller::Household(1), start, VOLUME) };
		all_closed(chain, &debtor, &friend, offer.clone(), due);
		all_closed(chain, &debtor, &friend, request_call(start), due);
		// A part of it is not enough.
		let pay = |amount| RuntimeCall::from(WalletCall::pay_fines { amount });
		let mended = |amount| Utility::batch_all { calls: vec![pay(amount), offer.clone().into()] };
		assert_eq!(through(chain, &debtor, mended(69_999).into()), Err(due.1.into()));
		assert_eq!(through(chain, &debtor, mended(70_000).into()), Ok(()));
		assert_eq!(opened(), (0, 1, 0));
	});
}
