//! The agenda under load: ten thousand deadlines due at once are worked off in bounded blocks, in
//! order, none skipped, and users' extrinsics find room meanwhile.

mod common;

use common::{
	on,
	people::{household, pair, service, Id},
	scene::{demand, held, line_of, supply, token_of, total, Seller},
	sign, Chain, MarketCall, RegistryCall, Stored,
};
use frame_support::{dispatch::DispatchClass, weights::Weight};
use pallet_market::{Ending, Event, Supply};
use sp_core::{sr25519::Pair, H256};
use sp_runtime::transaction_validity::{InvalidTransaction, TransactionValidityError};
use voltree_primitives::{LineId, Moment, OfferId, Roles};
use voltree_runtime::{AccountId, Registry, Runtime, RuntimeCall, RuntimeEvent, System, VOLT};

/// A quarter of a block.
fn quarter() -> Weight {
	<Runtime as frame_system::Config>::BlockWeights::get().max_block / 4
}

/// What hooks and inherents have taken of the open block so far.
fn mandatory() -> Weight {
	*System::block_weight().get(DispatchClass::Mandatory)
}

fn closed_offers(events: &[RuntimeEvent]) -> Vec<OfferId> {
	events
		.iter()
		.filter_map(|event| match event {
			RuntimeEvent::Market(Event::OfferClosed { offer, .. }) => Some(*offer),
			_ => None,
		})
		.collect()
}

/// The smallest offer of `seller` on `line`, open until `expires`.
fn small_offer(seller: Seller, line: LineId, slot: Moment, expires: Moment) -> Supply<AccountId> {
	let mut small = supply(seller, slot, 100);
	small.expires = Some(expires);
	if line != small.line || matches!(seller, Seller::SensorOwner(_)) {
		small.meter = None;
	}
	small.line = line;
	small
}

/// Newcomers without meters, certified and with money for fees: a person has at most 256 things
/// open.
fn newcomers(chain: &mut Chain, count: usize) -> Vec<Pair> {
	let newcomers = (1..=count).map(|n| pair(&format!("//Newcomer//{n}"))).collect::<Vec<_>>();
	for newcomer in &newcomers {
		let (account, tag) = (newcomer.id(), H256(newcomer.id().into()));
		let consent = newcomer.seal(&Registry::consent_message(&account, &tag));
		let (roles, expires, consent) = (Roles::Both, chain.now() + 86_400_000, Some(consent));
		let certify = RegistryCall::certify { account, tag, roles, expires, consent };
		chain.ok(&service(), certify);
		chain.give(newcomer, VOLT);
	}
	newcomers
}

/// Everybody's four offers on each line for each of `slots`, as one batch a person and slot.
fn batches(newcomers: &[Pair], slots: &[Moment], expires: Moment) -> Vec<(Pair, RuntimeCall)> {
	let known = (1..=14).map(Seller::Household).chain((1..=4).map(Seller::SensorOwner));
	let sellers = known.map(|seller| (seller.key(), seller));
	// Whoever has no meter offers like a sensor owner.
	let others = newcomers.iter().map(|key| (key.clone(), Seller::SensorOwner(1)));
	let sellers = sellers.chain(others).collect::<Vec<_>>();
	let mut batches = Vec::new();
	for slot in slots {
		for (key, seller) in &sellers {
			let calls = (1..=3)
				.flat_map(|line| vec![small_offer(*seller, line, *slot, expires); 4])
				.map(|supply| MarketCall::offer { supply }.into())
				.collect();
			let batch = pallet_utility::Call::<Runtime>::batch_all { calls };
			batches.push((key.clone(), batch.into()));
		}
	}
	batches
}

#[test]
fn ten_thousand_offers_expire_at_once() {
	const SLOTS: u64 = 21;
	const NEWCOMERS: u64 = 22;
	const OFFERS: u64 = SLOTS * (18 + NEWCOMERS) * 3 * 4;
	let mut chain = Stored::new("dev");
	// Ten thousand offers take a few blocks to make; all end at the same moment.
	let newcomers = chain.block(|chain| newcomers(chain, usize::try_from(NEWCOMERS).expect("few")));
	let (expires, slots) = chain.block(|chain| {
		chain.checked_every = 5;
		let expires = chain.now() + 120_000;
		let first = (expires + 12_000).div_ceil(60_000) * 60_000;
		(expires, (0..SLOTS).map(|n| first + n * 60_000).collect::<Vec<_>>())
	});
	let mut waiting = batches(&newcomers, &slots, expires).into_iter().peekable();
	while waiting.peek().is_some() {
		chain.block(|chain| {
			assert!(chain.now() <= expires, "there is time to make them");
			while let Some((seller, call)) = waiting.next_if(|_| has_room()) {
				chain.ok(&seller, call);
			}
		});
	}
	let count = chain.look(|| pallet_market::Offers::<Runtime>::iter_keys().count());
	assert_eq!(u64::try_from(count), Ok(OFFERS));
	let mut idle = Weight::zero();
	let mut now = 0;
	while now < expires {
		chain.block(|chain| {
			idle = mandatory();
			now = chain.now();
			assert!(closed_offers(&chain.block_events()).is_empty(), "not before their time");
		});
	}

	let (mut closed, mut blocks) = (Vec::new(), Vec::new());
	while closed.len() < count {
		chain.block(|chain| {
			let busy = mandatory().saturating_sub(idle);
			assert!(busy.all_lte(quarter()), "the hook took {busy:?}");
			let now_closed = closed_offers(&chain.block_events());
			assert!(!now_closed.is_empty(), "it goes on in every block");
			blocks.push(now_closed.len());
			closed.extend(now_closed);
			if blocks.len() == 2 {
				users_fill_the_rest(chain);
			} else {
				chain.give(&pair("//Somebody"), VOLT);
			}
		});
	}
	// In the order of their numbers, each once, and every block took as many as it could.
	assert_eq!(closed, (0..OFFERS).collect::<Vec<_>>());
	let (last, full) = blocks.split_last().expect("there were blocks");
	assert!(full.iter().all(|count| count == &full[0]) && *last <= full[0], "{blocks:?}");
	// The request that was made meanwhile gets no answer.
	while chain.look(|| pallet_market::Agenda::<Runtime>::iter_keys().next().is_some()) {
		chain.block(|_| ());
	}
	chain.look(|| {
		assert_eq!(pallet_market::Offers::<Runtime>::iter_keys().count(), 0);
		assert_eq!(pallet_market::Book::<Runtime>::iter_keys().count(), 0);
		assert_eq!(pallet_market::Desks::<Runtime>::iter_keys().count(), 0);
		assert_eq!(pallet_market::MeterSlots::<Runtime>::iter_keys().count(), 0);
		assert_eq!(pallet_market::Agenda::<Runtime>::iter_keys().count(), 0);
		voltree_runtime::invariants::check().expect("everything is in order");
	});
}

/// Whether another large batch fits into the open block.
fn has_room() -> bool {
	let most = <Runtime as frame_system::Config>::BlockWeights::get();
	let normal = most.get(DispatchClass::Normal).max_total.expect("it is limited");
	let used = *System::block_weight().get(DispatchClass::Normal);
	used.saturating_add(Weight::from_parts(20_000_000_000, 0)).all_lte(normal)
}

/// Beside a full agenda users get all that a block ever has for them.
fn users_fill_the_rest(chain: &mut Chain) {
	let request = chain_request(chain);
	let token = common::scene::signed(token_of(request), &pair("//Bob"));
	let heavy = MarketCall::respond { request, token };
	loop {
		match chain.apply(sign(&pair("//Charlie"), heavy.clone(), 0)) {
			Ok(result) => assert_eq!(result, Err(sp_runtime::DispatchError::BadOrigin)),
			Err(full) => {
				let expected = InvalidTransaction::ExhaustsResources;
				assert_eq!(full, TransactionValidityError::Invalid(expected));
				break;
			}
		}
	}
	let most = <Runtime as frame_system::Config>::BlockWeights::get();
	let normal = most.get(DispatchClass::Normal).max_total.expect("it is limited");
	let used = *System::block_weight().get(DispatchClass::Normal);
	assert!(used.all_gt(Weight::from_parts(normal.ref_time() / 10 * 9, 0)), "users got {used:?}");
}

fn chain_request(chain: &mut Chain) -> u64 {
	let start = chain.tradable_slot();
	chain.request(&household(1), demand(1, start, 100), 0)
}

/// What a buyer posts with a request: the smallest fine.
const BOND: u128 = 50_000;

/// Requests, then offers, each in the order of their numbers; every unit of money goes back.
#[test]
fn requests_come_before_offers_of_the_same_moment() {
	on("dev", |chain| {
		let start = chain.tradable_slot() + 60_000;
		let before = (1..=14).map(|n| total(&household(n))).collect::<Vec<_>>();
		let respond_by = start - 12_000 - 60_000 - 9_000;
		for number in 1..=14 {
			let seller = Seller::Household(number);
			for _ in 0..2 {
				let line = line_of(number);
				let end = respond_by;
				chain.ok(
					&seller.key(),
					MarketCall::offer { supply: small_offer(seller, line, start, end) },
				);
			}
			for _ in 0..20 {
				chain.request(&household(number), demand(number, start, 100), 1_000);
			}
			chain.next();
		}
		assert_eq!(
			(1..=14).map(|n| held(&household(n))).collect::<Vec<_>>(),
			[20 * (1_000 + BOND); 14]
		);
		chain.past(respond_by);
		while pallet_market::Agenda::<Runtime>::iter_keys().next().is_some() {
			chain.next();
		}
		let order = chain.market_events().into_iter().filter_map(|event| match event {
			Event::RequestEnded { request, ending: Ending::NoResponse } => Some((0, request)),
			Event::OfferClosed { offer, unsold: 100 } => Some((1, offer)),
			_ => None,
		});
		let requests = (0..280).map(|id| (0, id));
		let offers = (0..28).map(|id| (1, id));
		assert_eq!(order.collect::<Vec<_>>(), requests.chain(offers).collect::<Vec<_>>());
		for (number, had) in (1..).zip(before) {
			let key = household(number);
			assert_eq!(held(&key), 0, "{}", key.id());
			assert_eq!(total(&key) + chain.fees_of(&key), had, "{}", key.id());
		}
	});
}
