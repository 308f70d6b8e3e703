//! The agenda: worked off in order over bounded blocks, with nothing skipped.

use crate::{
	agenda::{dearest_entry, Entry, READ_IN_EVERY_BLOCK},
	mock::*,
	pallet::*,
	types::*,
	WeightInfo,
};
use frame_support::{assert_ok, traits::Get, weights::Weight};
use voltree_primitives::OfferId;

/// What the agenda may use of a block.
fn quarter() -> Weight {
	<<Test as frame_system::Config>::BlockWeights as Get<frame_system::limits::BlockWeights>>::get()
		.max_block
		.checked_div(4)
		.unwrap()
}

/// How many expired offers that is: as long as there is room for the dearest entry, another is
/// taken.
fn per_block() -> u64 {
	let [all, look, dearest, each] = [
		quarter(),
		<() as WeightInfo>::agenda(),
		dearest_entry::<()>(),
		<() as WeightInfo>::entry_offer(),
	]
	.map(|weight| weight.ref_time());
	(all - look - dearest) / each + 1
}

/// Offers 0..n, all open until the gate.
fn crowd_of_offers(n: u64) {
	for number in 0..n {
		let seller = AccountId::new(sp_io::hashing::blake2_256(&(number / 4).to_le_bytes()));
		world(|world| world.members.insert(seller.clone(), tag_from(&seller)));
		assert_ok!(Market::do_offer(&seller, unmetered()));
	}
	forget();
}

fn closed() -> Vec<OfferId> {
	let closed = |event| match event {
		Event::OfferClosed { offer, .. } => offer,
		other => panic!("unexpected: {other:?}"),
	};
	events().into_iter().map(closed).collect()
}

/// Ten thousand entries due at once: each block does its share, in order, and the last is done.
#[test]
fn ten_thousand_entries_are_worked_off_in_order() {
	const MANY: u64 = 10_000;
	run(|| {
		crowd_of_offers(MANY);
		run_to(GATE);
		let (mut now, mut blocks, mut next) = (GATE, 0, 0);
		while Agenda::<Test>::iter_keys().next().is_some() {
			now += BLOCK;
			let used = next_block(now);
			assert!(used.all_lte(quarter()), "a block used {used:?}");
			let expected = (next..MANY.min(next + per_block())).collect::<Vec<_>>();
			assert_eq!(closed(), expected);
			next += per_block();
			blocks += 1;
		}
		assert_eq!(blocks, MANY.div_ceil(per_block()));
		check_empty();
	});
}

/// An empty agenda costs a look, and entries to come cost no more.
#[test]
fn what_is_not_due_costs_a_look() {
	run(|| {
		let always = <Test as frame_system::Config>::DbWeight::get().reads(READ_IN_EVERY_BLOCK);
		let look = <() as WeightInfo>::agenda().saturating_add(always);
		assert_eq!(next_block(START), look);
		crowd_of_offers(3);
		run_to(GATE - 1);
		assert_eq!(next_block(GATE), look);
		let three = <() as WeightInfo>::entry_offer().checked_mul(3).unwrap();
		assert_eq!(next_block(GATE + 1), look.saturating_add(three));
	});
}

/// Without room for one entry nothing is done, and nothing is lost.
#[test]
fn without_room_nothing_is_done() {
	run(|| {
		crowd_of_offers(2);
		world(|world| world.now = GATE + 1);
		let look = <() as WeightInfo>::agenda();
		assert_eq!(Market::work_off(look), look);
		assert!(closed().is_empty());
		// Room for the dearest is needed, what was done is charged.
		let room = look.saturating_add(dearest_entry::<()>());
		let almost = room.saturating_sub(Weight::from_parts(1, 0));
		assert_eq!(Market::work_off(almost), look);
		let one = look.saturating_add(<() as WeightInfo>::entry_offer());
		assert_eq!(Market::work_off(room), one);
		assert_eq!(closed(), vec![0]);
		assert_eq!(Market::work_off(room), one);
		assert_eq!(closed(), vec![1]);
	});
}

/// The earliest deadline first, whoever it belongs to.
#[test]
fn entries_take_effect_in_order_of_time() {
	run(|| {
		for expires in [RESPOND_BY + 1, RESPOND_BY - 1, RESPOND_BY] {
			assert_ok!(offer(Charlie, Supply { expires: Some(expires), ..unmetered() }));
		}
		assert_ok!(request(Alice, demand(), 0));
		forget();
		pass(GATE);
		let closed = |offer| Event::OfferClosed { offer, unsold: 1_000 };
		assert_eq!(
			events(),
			vec![
				closed(1),
				Event::RequestEnded { request: 0, ending: Ending::NoResponse },
				closed(2),
				closed(0),
			]
		);
	});
}

/// An entry whose owner is gone would do nothing.
#[test]
fn an_entry_without_an_owner_is_harmless() {
	run(|| {
		use crate::agenda::Kind;
		for kind in [Kind::Request, Kind::Offer, Kind::Trade] {
			Agenda::<Test>::insert(Entry::new(START, kind, 9), ());
		}
		pass(START);
		assert_eq!(events(), vec![]);
		check_empty();
	});
}

/// A deadline of a request that was closed meanwhile would do nothing.
#[test]
fn a_deadline_of_a_closed_request_is_harmless() {
	run(|| {
		super::paid(super::Way::Unmetered);
		Agenda::<Test>::insert(Entry::new(LATE_BY, crate::agenda::Kind::Request, 0), ());
		pass(LATE_BY);
		assert_eq!(Requests::<Test>::get(0).unwrap().state, RequestState::Closed);
	});
}
