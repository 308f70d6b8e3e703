//! What the attacks have in common.

use crate::common::{
	dispatch,
	people::{household, pair, service, Id},
	scene::{demand, held, supply, total, Deal, Seller, VOLUME},
	sign, Chain, MarketCall, RegistryCall,
};
use frame_support::{storage::with_storage_layer, traits::fungible::Inspect};
use pallet_blacklist::Refusal;
use pallet_market::{Ending, Event, Outcome};
use sp_core::sr25519::Pair;
use sp_runtime::{transaction_validity::TransactionValidityError, DispatchError, DispatchResult};
use std::collections::BTreeMap;
use voltree_primitives::{
	Balance, IdentityTag, Moment, OfferId, Price, RequestId, Roles, TradeId, WattHours,
};
use voltree_runtime::{
	genesis::household_tag, Balances, Registry, Runtime, RuntimeCall, RuntimeEvent, RuntimeOrigin,
	VOLT,
};

pub type MarketError = pallet_market::Error<Runtime>;
pub type WalletError = pallet_shared_wallet::Error<Runtime>;
pub type RegistryError = pallet_registry::Error<Runtime>;

/// The highest price, in smallest units per kWh.
pub const CAP: Price = VOLT;
/// The smallest fine, and the bond of a request.
pub const SMALLEST_FINE: Balance = 50_000;
/// What a seller of [`VOLUME`] at the price of the scenes posts: 400 Wh times the 0.75 VOLT that
/// the cap lies above it, and the smallest fine.
pub const SELLER_BOND: Balance = 350_000;
/// The volume of [`unpaid`] requests.
pub const DEAR: WattHours = 5_000;
/// What not paying for it costs: a fifth of its 5 VOLT.
pub const DEAR_FINE: Balance = VOLT;
/// The notice of new parameters: two delivery slots of `dev`.
pub const NOTICE: Moment = 120_000;

/// All that `who` has, and had but for the fees he paid.
pub fn purse(chain: &Chain, who: &Pair) -> Balance {
	total(who) + chain.fees_of(who)
}

/// What is in the pot of the fines.
pub fn pot() -> Balance {
	Balances::total_balance(&Registry::pot())
}

/// What a tag owes in fines.
pub fn due(tag: IdentityTag) -> Balance {
	pallet_credibility::Scores::<Runtime>::get(tag).expect("it is certified").fines_due
}

/// How a trade ended; `None` if it has not.
pub fn outcome(chain: &Chain, of: TradeId) -> Option<Outcome> {
	chain.market_events().into_iter().find_map(|event| match event {
		Event::Settled { trade, outcome, .. } if trade == of => Some(outcome),
		_ => None,
	})
}

/// What a trade paid out; `None` if it has not ended.
pub fn payout(chain: &Chain, of: TradeId) -> Option<Balance> {
	chain.market_events().into_iter().find_map(|event| match event {
		Event::Settled { trade, payout, .. } if trade == of => Some(payout),
		_ => None,
	})
}

/// How a request ended; `None` if it has not.
pub fn ending(chain: &Chain, of: RequestId) -> Option<Ending> {
	chain.market_events().into_iter().find_map(|event| match event {
		Event::RequestEnded { request, ending } if request == of => Some(ending),
		_ => None,
	})
}

/// Let `who` pay, which is in order and impossible: nothing comes of it but the reason, written down.
pub fn impossible(
	chain: &mut Chain,
	who: &Pair,
	(request, offer, volume): (RequestId, OfferId, WattHours),
) -> DispatchError {
	let (before, had) = (opened(), held(who));
	chain.ok(who, MarketCall::pay { request, offer, volume });
	assert_eq!((opened(), held(who)), (before, had), "no trade, nothing locked");
	let reason = chain.market_events().into_iter().rev().find_map(|event| match event {
		Event::PaymentImpossible { request: of, offer: what, reason } => {
			((of, what) == (request, offer)).then_some(reason)
		}
		_ => None,
	});
	reason.expect("it is written down")
}

/// Go on until a request has ended.
pub fn until_ended(chain: &mut Chain, request: RequestId) -> Ending {
	while pallet_market::Requests::<Runtime>::contains_key(request) {
		chain.next();
	}
	ending(chain, request).expect("it has ended")
}

/// Certify `who` as a person of `tag`, who buys and sells.
pub fn certify(chain: &mut Chain, who: &Pair, tag: IdentityTag, expires: Moment) {
	chain.ok(&service(), certification(who, tag, expires));
}

/// The call of [`certify`].
pub fn certification(who: &Pair, tag: IdentityTag, expires: Moment) -> RegistryCall {
	let consent = Some(who.seal(&Registry::consent_message(&who.id(), &tag)));
	RegistryCall::certify { account: who.id(), tag, roles: Roles::Both, expires, consent }
}

/// Link `wallet` to `owner`.
pub fn link(chain: &mut Chain, owner: &Pair, wallet: &Pair) {
	let signature = wallet.seal(&Registry::link_message(&owner.id(), &wallet.id()));
	chain.ok(owner, RegistryCall::link_wallet { wallet: wallet.id(), signature });
}

/// Household `buyer` asks for [`DEAR`] Wh of `seller`, is answered, and will not pay.
pub fn unpaid(chain: &mut Chain, buyer: usize, seller: Seller) -> RequestId {
	let start = chain.tradable_slot();
	let mut dear = supply(seller, start, DEAR);
	(dear.price, dear.smallest_fill) = (CAP, DEAR);
	chain.offer(seller, dear);
	let request = chain.request(&household(buyer), demand(buyer, start, DEAR), 0);
	chain.respond(request);
	request
}

/// Household `number` comes to owe what its bond does not cover.
pub fn indebted(chain: &mut Chain, number: usize, seller: Seller) {
	let request = unpaid(chain, number, seller);
	assert_eq!(until_ended(chain, request), Ending::NotPaid);
	assert_eq!(due(household_tag(number)), DEAR_FINE - SMALLEST_FINE);
}

/// From now on one unpaid request costs all credit.
pub fn one_slip_is_enough(chain: &mut Chain) {
	let parameters = pallet_credibility::types::Parameters {
		weight: 200,
		cap_per_event: 1_000,
		..Default::default()
	};
	chain.decide(pallet_credibility::Call::set_parameters { parameters });
	chain.until(chain.now() + NOTICE);
}

/// Whether a tag is on the blacklist.
pub fn is_listed(tag: IdentityTag) -> bool {
	pallet_blacklist::Entries::<Runtime>::contains_key(tag)
}

/// Household `number` comes on the blacklist, and owes a fine.
pub fn blacklisted(chain: &mut Chain, number: usize, seller: Seller) {
	one_slip_is_enough(chain);
	let request = unpaid(chain, number, seller);
	until_ended(chain, request);
	assert!(is_listed(household_tag(number)));
}

/// Run deals of the same slot to their end: started, delivered in full, billed, confirmed.
pub fn finish(chain: &mut Chain, deals: &[Deal]) {
	chain.until(deals[0].slot.gate);
	for deal in deals {
		chain.ok(&deal.seller.key(), MarketCall::start { trade: deal.trade });
	}
	let slot = deals[0].slot;
	chain.past(slot.end);
	let mut delivered = BTreeMap::new();
	for deal in deals {
		if let Seller::Household(number) = deal.seller {
			*delivered.entry(number).or_insert(0) += deal.volume;
		}
	}
	for (number, energy) in delivered {
		let meter = crate::common::people::meter(number);
		chain.read_meter(&meter, slot.start, 0);
		chain.read_meter(&meter, slot.end, energy);
	}
	for deal in deals {
		chain.bill(deal, deal.volume);
		chain.ok(&deal.buyer, MarketCall::confirm { trade: deal.trade });
	}
}

/// A deal of a household with `seller` over [`VOLUME`], the slot of which is over and of which the
/// seller's meter, if there is one, says that it exported `energy`.
pub fn delivered(chain: &mut Chain, buyer: usize, seller: Seller, energy: WattHours) -> Deal {
	chain.calm();
	let deal = chain.deal(buyer, seller);
	assert_eq!(deal.volume, VOLUME);
	chain.start_delivery(&deal);
	chain.deliver(&deal, energy);
	deal
}

/// The authority itself wants it. Returns what comes of it, of which nothing stays if it fails.
pub fn by_authority(call: impl Into<RuntimeCall>) -> DispatchResult {
	let call = call.into();
	with_storage_layer(|| {
		dispatch(RuntimeOrigin::root(), call).map(drop).map_err(|refused| refused.error)
	})
}

/// Two members of the authority propose and agree on `call`. Returns what comes of it.
pub fn by_motion(chain: &mut Chain, members: [&Pair; 2], call: RuntimeCall) -> DispatchResult {
	type Motion = pallet_collective::Call<Runtime, pallet_collective::Instance1>;
	let hash = <sp_runtime::traits::BlakeTwo256 as sp_runtime::traits::Hash>::hash_of(&call);
	let length_bound = u32::try_from(codec::Encode::encoded_size(&call)).expect("it is short");
	let index = pallet_collective::ProposalCount::<Runtime, pallet_collective::Instance1>::get();
	let proposal = Box::new(call.clone());
	chain.ok(members[0], Motion::propose { threshold: 2, proposal, length_bound });
	for member in members {
		chain.ok(member, Motion::vote { proposal: hash, index, approve: true });
	}
	let proposal_weight_bound =
		frame_support::dispatch::GetDispatchInfo::get_dispatch_info(&call).call_weight;
	let close = Motion::close { proposal_hash: hash, index, proposal_weight_bound, length_bound };
	chain.ok(members[0], close);
	let done = chain.block_events().into_iter().rev().find_map(|event| match event {
		RuntimeEvent::Authority(pallet_collective::Event::Executed { result, .. }) => Some(result),
		_ => None,
	});
	done.expect("two of three decide")
}

/// Alice and Bob, two of the three members of the authority.
pub fn two_members() -> [Pair; 2] {
	["//Alice", "//Bob"].map(pair)
}

/// How something is refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refused {
	/// It does not come into a block.
	AtTheDoor(TransactionValidityError),
	/// The innermost call fails.
	AtDispatch(DispatchError),
}

impl From<Refusal> for Refused {
	fn from(refusal: Refusal) -> Self {
		Self::AtTheDoor(refusal.into())
	}
}

/// What becomes of the innermost of nested calls, wherever that is noted.
pub fn through(chain: &mut Chain, signer: &Pair, call: RuntimeCall) -> Result<(), Refused> {
	let before = chain.block_events().len();
	match chain.apply(sign(signer, call, 0)) {
		Err(invalid) => return Err(Refused::AtTheDoor(invalid)),
		Ok(result) => result.map_err(Refused::AtDispatch)?,
	}
	for event in chain.block_events().into_iter().skip(before) {
		let result = match event {
			RuntimeEvent::Utility(
				pallet_utility::Event::BatchInterrupted { error, .. }
				| pallet_utility::Event::ItemFailed { error },
			) => Err(error),
			RuntimeEvent::Utility(pallet_utility::Event::DispatchedAs { result })
			| RuntimeEvent::Proxy(pallet_proxy::Event::ProxyExecuted { result })
			| RuntimeEvent::Multisig(pallet_multisig::Event::MultisigExecuted { result, .. })
			| RuntimeEvent::Sudo(
				pallet_sudo::Event::Sudid { sudo_result: result }
				| pallet_sudo::Event::SudoAsDone { sudo_result: result },
			)
			| RuntimeEvent::Authority(
				pallet_collective::Event::MemberExecuted { result, .. }
				| pallet_collective::Event::Executed { result, .. },
			) => result,
			_ => Ok(()),
		};
		result.map_err(Refused::AtDispatch)?;
	}
	Ok(())
}

/// Numbers of the next request, offer and trade: whether anything was opened.
pub fn opened() -> (u64, u64, u64) {
	(
		pallet_market::NextRequest::<Runtime>::get(),
		pallet_market::NextOffer::<Runtime>::get(),
		pallet_market::NextTrade::<Runtime>::get(),
	)
}
