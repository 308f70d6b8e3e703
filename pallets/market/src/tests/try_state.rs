//! The invariants notice what is broken.

use super::{paid, Way};
use crate::{
	agenda::{Entry, Kind, Sorted},
	mock::*,
	pallet::*,
	types::*,
};
use frame_support::{assert_err, assert_ok, storage::with_storage_layer, BoundedVec};
use sp_runtime::DispatchError;

/// Break something, see the sentence that says so, and take it back.
fn notices(sentence: &'static str, damage: impl FnOnce()) {
	run(|| {
		paid(Way::Metered(0));
		assert_ok!(offer(Charlie, unmetered()));
		assert_ok!(request(Dave, demand(), 5_000));
		check();
		let undone = with_storage_layer::<(), DispatchError, _>(|| {
			damage();
			assert_err!(Market::do_try_state(), sentence);
			Err(DispatchError::Other("undone"))
		});
		assert_err!(undone, "undone");
	});
}

fn change_trade(what: impl FnOnce(&mut Trade<AccountId>)) {
	Trades::<Test>::mutate(0, |trade| what(trade.as_mut().unwrap()));
}

fn change_request(id: u64, what: impl FnOnce(&mut Request<AccountId>)) {
	Requests::<Test>::mutate(id, |request| what(request.as_mut().unwrap()));
}

fn change_offer(what: impl FnOnce(&mut Offer<AccountId>)) {
	Offers::<Test>::mutate(1, |offer| what(offer.as_mut().unwrap()));
}

#[test]
fn an_agenda_that_misses_or_invents() {
	let sentence = "the agenda differs from the deadlines to come";
	notices(sentence, || Agenda::<Test>::remove(Entry::new(SLOT_END, Kind::Trade, 0)));
	notices(sentence, || Agenda::<Test>::remove(Entry::new(RESPOND_BY, Kind::Request, 1)));
	notices(sentence, || Agenda::<Test>::remove(Entry::new(GATE, Kind::Offer, 1)));
	notices(sentence, || Agenda::<Test>::insert(Entry::new(LATE_BY, Kind::Request, 0), ()));
	notices(sentence, || change_trade(|trade| trade.slot.end += 1));
}

#[test]
fn a_book_that_differs_from_the_offers() {
	let rank = |id: u64| (Sorted::from(PRICE), Sorted::from(id));
	let line = (SLOT, LINE);
	notices("an open offer is not in the book", || Book::<Test>::remove(line, rank(1)));
	notices("an open offer is not in the book", || change_offer(|offer| offer.price += 1));
	notices("the book has an offer that is not open", || {
		Book::<Test>::insert(line, rank(9), ());
	});
	notices("an open offer has nothing to sell", || change_offer(|offer| offer.available = 0));
}

#[test]
fn desks_that_differ_from_what_is_open() {
	let change = |what: fn(&mut Desk)| Desks::<Test>::mutate(tag(Charlie), what);
	notices("a desk's energy differs from what its tag has open", || {
		change(|desk| desk.volume += 1);
	});
	notices("an empty desk", || Desks::<Test>::insert(tag(STRANGER), Desk::default()));
	notices("a desk differs from what its tag has open", || {
		change(|desk| desk.items[0] = Item::Trade(0));
	});
	notices("a desk differs from what its tag has open", || {
		change(|desk| desk.items.try_push(Item::Trade(0)).unwrap());
	});
	notices("a tag with open business has no desk", || Desks::<Test>::remove(tag(Charlie)));
}

#[test]
fn line_loads_that_differ_from_the_trades() {
	let sentence = "line loads differ from the trades";
	notices(sentence, || LineLoads::<Test>::remove(LINE, SLOT));
	notices(sentence, || LineLoads::<Test>::mutate(LINE, SLOT, |load| load.fed += 1));
	notices(sentence, || LineLoads::<Test>::insert(LINE, SLOT + 1, Load::default()));
}

#[test]
fn fills_that_do_not_add_up() {
	notices("a trade's locked money differs from its amount", || {
		change_trade(|trade| trade.locked -= 1);
	});
	notices("a trade has a number of the future", || NextTrade::<Test>::put(0));
	let sentence = "a request's unsettled fills differ from its trades";
	notices(sentence, || change_request(0, |request| request.unsettled += 1));
	notices("a request is filled beyond its volume", || {
		change_request(0, |request| request.filled += 1);
	});
	notices("a closed request without trades was not ended", || {
		Agenda::<Test>::remove(Entry::new(RESPOND_BY, Kind::Request, 1));
		change_request(1, |request| request.state = RequestState::Closed);
	});
	notices("a trade without its request", || Requests::<Test>::remove(0));
}

#[test]
fn answers_that_were_not_given() {
	notices("quotes without a response", || {
		let quoted = Quoted { offer: 0, available: 1 };
		change_request(1, |request| request.quoted = BoundedVec::truncate_from(vec![quoted]));
	});
	for request in [0, 1, 9] {
		notices("a judgement about a request that cannot be paid", || {
			Judged::<Test>::insert(request, None::<Missed>);
		});
	}
}

#[test]
fn a_meter_with_other_trades() {
	let sentence = "what is promised of meters differs from offers and trades";
	notices(sentence, || MeterSlots::<Test>::remove((id(METER), SLOT)));
	notices(sentence, || change_trade(|trade| trade.meter = None));
	let change = |what: fn(&mut MeterSlot)| MeterSlots::<Test>::mutate((id(METER), SLOT), what);
	notices(sentence, || change(|promises| promises.promised += 1));
	notices(sentence, || change(|promises| promises.waiting += 1));
	notices(sentence, || change_offer(|offer| offer.meter = Some(id(METER))));
}
