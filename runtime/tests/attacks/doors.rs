//! Somebody on the blacklist who acts through others: the effective account counts.

use crate::{
	common::{
		on,
		people::{alice, household, pair, wallet_key, Id},
		scene::{demand, supply, Seller, VOLUME},
		Chain, MarketCall, WalletCall,
	},
	tools::*,
};
use pallet_blacklist::{Error, Refusal};
use sp_core::sr25519::Pair;
use sp_runtime::DispatchError;
use voltree_runtime::{configs::system::ProxyType, OriginCaller, Runtime, RuntimeCall, VOLT};

type Utility = pallet_utility::Call<Runtime>;
type Proxy = pallet_proxy::Call<Runtime>;
type Multisig = pallet_multisig::Call<Runtime>;
type Sudo = pallet_sudo::Call<Runtime>;
type Motion = pallet_collective::Call<Runtime, pallet_collective::Instance1>;

fn proxied(real: &Pair, call: RuntimeCall) -> RuntimeCall {
	let (real, call) = (real.id().into(), Box::new(call));
	Proxy::proxy { real, force_proxy_type: None, call }.into()
}

/// Household 1 comes on the blacklist and pays its fine, so that nothing else stands in its way.
/// Household 9 may do everything for it, and it for household 9; `wallet` is its own.
fn listed(chain: &mut Chain) -> [Pair; 3] {
	let [outcast, friend, wallet] = [household(1), household(9), pair("//Wallet")];
	chain.give(&wallet, 10 * VOLT);
	link(chain, &outcast, &wallet);
	for (real, other) in [(&outcast, &friend), (&friend, &outcast)] {
		let (delegate, proxy_type) = (other.id().into(), ProxyType::Any);
		chain.ok(real, Proxy::add_proxy { delegate, proxy_type, delay: 0 });
	}
	blacklisted(chain, 1, Seller::Household(8));
	chain.ok(&outcast, WalletCall::pay_fines { amount: DEAR_FINE });
	[outcast, friend, wallet]
}

fn asks(chain: &Chain, number: usize) -> RuntimeCall {
	let start = chain.tradable_slot();
	let key = wallet_key(&household(1)).id();
	MarketCall::request { demand: demand(number, start, VOLUME), key, funding: 0 }.into()
}

fn offers(chain: &Chain) -> RuntimeCall {
	let start = chain.tradable_slot();
	MarketCall::offer { supply: supply(Seller::Household(1), start, VOLUME) }.into()
}

#[test]
fn the_blacklisted_acting_through_others() {
	on("dev", |chain| {
		let [outcast, friend, wallet] = listed(chain);
		let boss = alice();
		let door = Err(Refused::from(Refusal::Blacklisted));
		let within = Err(Refused::AtDispatch(Error::<Runtime>::Blacklisted.into()));
		let nobody = Err(Refused::AtDispatch(RegistryError::NotCertified.into()));
		let no_person = Err(Refused::AtDispatch(DispatchError::BadOrigin));
		for call in [asks(chain, 1), offers(chain)] {
			let before = opened();
			let one = || vec![call.clone()];
			let boxed = || Box::new(call.clone());
			let as_outcast = || {
				let origin = frame_system::RawOrigin::Signed(outcast.id());
				Box::new(OriginCaller::system(origin))
			};
			let dispatch_as = Utility::dispatch_as { as_origin: as_outcast(), call: boxed() };
			let nested = Utility::batch_all { calls: one() }.into();
			let others = || vec![friend.id()];
			let length_bound = u32::try_from(codec::Encode::encoded_size(&call)).expect("short");
			let attempts: Vec<(&str, &Pair, RuntimeCall, Result<(), Refused>)> = vec![
				("himself", &outcast, call.clone(), door),
				("his wallet", &wallet, call.clone(), door),
				("a batch", &outcast, Utility::batch { calls: one() }.into(), door),
				("all of a batch", &outcast, Utility::batch_all { calls: one() }.into(), door),
				("a forced batch", &outcast, Utility::force_batch { calls: one() }.into(), within),
				(
					"a batch in a batch",
					&outcast,
					Utility::batch { calls: vec![nested] }.into(),
					within,
				),
				(
					"something else",
					&outcast,
					Utility::if_else { main: boxed(), fallback: boxed() }.into(),
					within,
				),
				("a proxy", &friend, proxied(&outcast, call.clone()), door),
				(
					"a proxy in a batch",
					&friend,
					Utility::batch { calls: vec![proxied(&outcast, call.clone())] }.into(),
					within,
				),
				(
					"a batch for a proxy",
					&friend,
					proxied(&outcast, Utility::batch_all { calls: one() }.into()),
					within,
				),
				(
					"a derivative",
					&outcast,
					Utility::as_derivative { index: 0, call: boxed() }.into(),
					nobody,
				),
				(
					"a multisig",
					&outcast,
					Multisig::as_multi_threshold_1 { other_signatories: others(), call: boxed() }
						.into(),
					nobody,
				),
				(
					"sudo in his name",
					&boss,
					Sudo::sudo_as { who: outcast.id().into(), call: boxed() }.into(),
					within,
				),
				(
					"sudo for him",
					&boss,
					Sudo::sudo { call: Box::new(dispatch_as.into()) }.into(),
					within,
				),
				("sudo", &boss, Sudo::sudo { call: boxed() }.into(), no_person),
				(
					"a member of the authority",
					&boss,
					Motion::execute { proposal: boxed(), length_bound }.into(),
					no_person,
				),
			];
			for (name, signer, attempt, expected) in attempts {
				assert_eq!(through(chain, signer, attempt), expected, "{name}: {call:?}");
			}
			let members = two_members();
			let motion = by_motion(chain, [&members[0], &members[1]], call.clone());
			assert_eq!(motion, Err(DispatchError::BadOrigin), "a motion");
			assert_eq!(opened(), before, "nothing was opened");
			chain.next();
		}
	});
}

/// A batch that would mend his standing on the way is not stopped at the door, and does not help.
#[test]
fn the_blacklisted_batching_what_would_mend_it() {
	on("dev", |chain| {
		let [outcast, ..] = listed(chain);
		let before = opened();
		let readmit = pallet_blacklist::Call::<Runtime>::readmit {
			tag: voltree_runtime::genesis::household_tag(1),
		};
		let calls = vec![readmit.into(), asks(chain, 1)];
		let refused = Err(Refused::AtDispatch(DispatchError::BadOrigin));
		let batch = Utility::batch_all { calls: calls.clone() };
		assert_eq!(through(chain, &outcast, batch.into()), refused);
		let batch = Utility::force_batch { calls };
		assert!(through(chain, &outcast, batch.into()).is_err());
		assert_eq!(opened(), before);
	});
}

/// He may still run errands: for somebody in good standing, who answers for them.
#[test]
fn the_blacklisted_acting_for_others() {
	on("dev", |chain| {
		let [outcast, friend, _] = listed(chain);
		let (requests, ..) = opened();
		let call = asks(chain, 9);
		assert_eq!(through(chain, &outcast, proxied(&friend, call)), Ok(()));
		let asked = pallet_market::Requests::<Runtime>::get(requests).expect("it is open");
		assert_eq!(asked.buyer, friend.id());
	});
}

/// A wallet that was answered before its owner came on the list pays no more, by whatever key: it
/// was closed, and its money is back.
#[test]
fn the_blacklisted_paying_what_was_answered_before() {
	on("dev", |chain| {
		let key = wallet_key(&household(1));
		chain.give(&key, VOLT);
		one_slip_is_enough(chain);
		let slip = unpaid(chain, 1, Seller::Household(8));
		chain.until(chain.now() + 30_000);
		let start = chain.tradable_slot();
		let seller = Seller::Household(7);
		let offer = chain.offer(seller, supply(seller, start, VOLUME));
		let request = chain.request(&household(1), demand(1, start, VOLUME), VOLT);
		chain.respond(request);
		until_ended(chain, slip);
		let before = opened();
		let pay = || RuntimeCall::from(MarketCall::pay { request, offer, volume: VOLUME });
		for who in [&household(1), &key] {
			assert!(through(chain, who, pay()).is_err());
		}
		assert_eq!(opened(), before);
		assert_eq!(until_ended(chain, request), pallet_market::Ending::Blacklisted);
	});
}
