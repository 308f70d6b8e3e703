//! The scene of the benchmarks: who is there, and what lies in storage.
//!
//! Everything is as large as it can be: desks are full, lines have all the sensors they can have,
//! people have all the wallets they can link and sixteen shared wallets in which a fine looks. What
//! is made here is what calls could have made; it is put into storage directly, so that it can be
//! put together freely and in little time.

use super::BenchmarkHelper;
use crate::{
	agenda::{Kind, Sorted},
	pallet::*,
	types::*,
	Parameters,
};
use alloc::vec::Vec;
use frame_benchmarking::v2::*;
use frame_support::BoundedVec;
use voltree_primitives::{
	Announced, Balance, Clock, Credibility, Directory, Escrow, IdentityTag, LineId, Moment,
	OfferId, Price, RequestId, Terms, TradeId, Versioned, WattHours, WALLETS_PER_FINE,
};

/// Open requests of other people, and as many of their offers, all on the lines of the scene. Where
/// the book is looked at, they are in the same slot and dearer than what is found there.
///
/// More of them change neither reads nor writes: every item is found by its key, and what is looked
/// for in order is first in the order of the trie. They only make the trie deeper, by one node for
/// sixteen times as many.
const OTHERS: u64 = 1_000;

/// The lines that a request accepts, its own first. Offers are made on [`FED_AT`].
pub const LINES: [LineId; 4] = [LineId::MAX - 3, LineId::MAX - 2, LineId::MAX - 1, LineId::MAX];
/// Where the power is taken.
pub const TAKEN_AT: LineId = LINES[0];
/// Where the power is fed in.
pub const FED_AT: LineId = LINES[1];

const SECOND: Moment = 1_000;
/// A minute, a multiple of every block slot that divides it.
pub const MINUTE: Moment = 60 * SECOND;
const HOUR: Moment = 60 * MINUTE;
const DAY: Moment = 24 * HOUR;

/// When the scene begins.
pub const NOW: Moment = 100 * DAY;

/// A trade of so many watt-hours.
pub const VOLUME: WattHours = 10_000;
/// Of which so many are delivered: short enough that the fine exceeds the bond by far.
pub const DELIVERED: WattHours = 1_000;
/// Close to the cap, so that the bond is small and the fine large; but below it, so that the buyer
/// has a loss.
pub const PRICE: Price = 990_000;
/// Highest price, and what the grid's power costs.
pub const CAP: Price = 1_000_000;

/// The terms of all requests and trades.
pub const TERMS: Terms = Terms {
	version: 0,
	weight: 10,
	cap_per_event: 100,
	gain: 1,
	fine_rate: 200,
	smallest_fine: 50_000,
};

/// What each shared wallet that a fine looks at has free: sixteen of them are less than any fine
/// here, so that it goes through all and the rest is a debt.
const FREE: Balance = 9_000;
/// What the seller owes before: less than the smallest fine and than any payout.
const SELLERS_DEBT: Balance = 10_000;
/// What the buyer owes before: a little more than the loss and the request's bond that come to him.
const BUYERS_DEBT: Balance = 150_000;

/// The scene's own request, offer and trade.
pub const REQUEST: RequestId = 10_000;
pub const OFFER: OfferId = 10_000;
pub const TRADE: TradeId = 10_000;
/// Numbers from here on are the shared wallets of people.
const WALLETS: RequestId = 20_000;
/// What is made by calls gets numbers from here on.
pub const NEXT: u64 = 1_000_000;
/// Trades from here on only fill desks.
const FILLERS: TradeId = 2_000_000;

/// Numbers of the people: the two parties, then sellers.
const BUYER: u32 = 1;
const SELLER: u32 = 2;
/// Somebody without money.
pub const POOR: u32 = 3;
const SELLERS: u32 = 100;

/// Somebody who takes part.
pub struct Person<T: Config> {
	pub account: T::AccountId,
	/// A linked wallet: as the sender of a call it costs a look at whose it is.
	pub wallet: T::AccountId,
	pub tag: IdentityTag,
	pub meter: T::AccountId,
}

/// Both sides of a trade, and its slot.
pub struct Scene<T: Config> {
	pub buyer: Person<T>,
	pub seller: Person<T>,
	pub slot: DeliverySlot,
}

fn slot_from(start: Moment) -> DeliverySlot {
	let Parameters { delivery_slot, lead, .. } = parameters();
	DeliverySlot { start, end: start + delivery_slot, gate: start - lead }
}

/// The slot that is traded: six hours ahead.
pub fn slot() -> DeliverySlot {
	slot_from(NOW + 6 * HOUR)
}

/// A slot whose gate comes after all deadlines of the one that is traded.
fn later_slot() -> DeliverySlot {
	slot_from(NOW + 40 * HOUR)
}

/// The last moments of the trade's steps.
pub fn deadlines() -> Deadlines {
	let Parameters { meter_window, bill_window, confirm_window, rule_window, .. } = parameters();
	let meter_by = slot().end + meter_window;
	let bill_by = meter_by + bill_window;
	let confirm_by = bill_by + confirm_window;
	Deadlines { meter_by, bill_by, confirm_by, rule_by: confirm_by + rule_window }
}

/// The parameters in force: those of a network whose slots are a minute long.
pub fn parameters() -> Parameters {
	Parameters { price_cap: CAP, delivery_slot: MINUTE, ..Default::default() }
}

/// A delivery of which the registers attest [`DELIVERED`].
pub fn short() -> Delivery {
	Delivery { excused: false, attested: Attested::Allotted(DELIVERED) }
}

/// Parameters that came into force by themselves, and a memory full of outages that nothing has
/// seen and that move nothing.
pub fn set_rules<T: Config>() {
	let announced = Announced { from: 0, parameters: parameters() };
	let versioned = Versioned { next: Some(announced), ..Default::default() };
	MarketParameters::<T>::put(versioned);
	T::BenchmarkHelper::set_time(NOW);
	NextRequest::<T>::put(NEXT);
	NextOffer::<T>::put(NEXT);
	NextTrade::<T>::put(NEXT);
	let outages = (1..=Moment::from(MAX_OUTAGES)).rev().map(|hours| {
		let from = NOW - DAY - hours * HOUR;
		Outage { from, to: from + MINUTE, until: from + 2 * MINUTE }
	});
	Outages::<T>::put(BoundedVec::truncate_from(outages.collect::<Vec<_>>()));
	LastBlock::<T>::put(NOW);
}

/// The rules, the lines with their sensors, and the business of [`OTHERS`] in the scene's slot.
pub fn set_up<T: Config>() {
	set_up_with::<T>(slot());
}

/// [`set_up`], with what others do in a later slot, so that nothing of theirs is due before the
/// scene's trade has ended.
pub fn set_up_alone<T: Config>() {
	set_up_with::<T>(later_slot());
}

fn set_up_with<T: Config>(others: DeliverySlot) {
	set_rules::<T>();
	let slot = slot();
	for line in LINES {
		T::BenchmarkHelper::line(line);
		LineLoads::<T>::insert(line, slot.start, Load { fed: 1, taken: 1 });
		GridPrices::<T>::insert(line, Sorted::from(slot.start), CAP);
	}
	let nobody: T::AccountId = account("other", 0, 0);
	for n in 0..OTHERS {
		let line = LINES[usize::try_from(n).expect("few") % LINES.len()];
		let offer = Offer {
			price: CAP,
			line,
			slot: others,
			expires: others.gate,
			..offer_of::<T>(&nobody, IdentityTag::default())
		};
		put_offer::<T>(n, &offer);
		let state = RequestState::Open { respond_by: others.gate };
		let request = request_of::<T>(&nobody, IdentityTag::default(), state);
		put_request::<T>(n, &Request { slot: others, ..request });
	}
}

/// Somebody with all there can be: linked wallets, sixteen shared wallets with money in them.
fn person<T: Config>(number: u32, line: LineId) -> Person<T> {
	let account = T::BenchmarkHelper::person(number);
	let wallet = T::BenchmarkHelper::link_wallets(&account);
	let tag = T::Directory::tag_of(&account).expect("the person is certified");
	let meter = T::BenchmarkHelper::meter(&account, line);
	let each = u64::try_from(WALLETS_PER_FINE).expect("few");
	for n in 0..each {
		let id = WALLETS + u64::from(number) * each + n;
		T::Escrow::open(id, &account, &account, 0).expect("the number is free");
		T::Escrow::fund(id, FREE).expect("the person has money");
		put_on_desk::<T>(&tag, Item::Request(id));
	}
	Person { account, wallet, tag, meter }
}

/// The person who asks for power.
pub fn buyer<T: Config>() -> Person<T> {
	person::<T>(BUYER, TAKEN_AT)
}

/// The person who offers it.
pub fn seller<T: Config>() -> Person<T> {
	person::<T>(SELLER, FED_AT)
}

/// Fill the desk of `tag` up with trades until there is `room` for so many more items.
pub fn fill_desk<T: Config>(tag: &IdentityTag, room: u32) {
	Desks::<T>::mutate(tag, |desk| {
		desk.volume = desk.volume.max(2 * VOLUME);
		let most = usize::try_from(MAX_OPEN - room).expect("few");
		for filler in (FILLERS..).take(most.saturating_sub(desk.items.len())) {
			desk.items.try_push(Item::Trade(filler)).expect("there is room");
		}
	});
}

fn put_on_desk<T: Config>(tag: &IdentityTag, item: Item) {
	Desks::<T>::mutate(tag, |desk| desk.items.try_push(item).expect("there is room"));
}

/// A request of `buyer`'s for [`VOLUME`] from all the lines.
fn request_of<T: Config>(
	buyer: &T::AccountId,
	tag: IdentityTag,
	state: RequestState,
) -> Request<T::AccountId> {
	Request {
		buyer: buyer.clone(),
		tag,
		volume: VOLUME,
		filled: 0,
		lines: BoundedVec::truncate_from(LINES.to_vec()),
		slot: slot(),
		max_price: CAP,
		min_credit: 1,
		meter: Some(buyer.clone()),
		unmetered: true,
		version: 0,
		terms: TERMS,
		bond: TERMS.smallest_fine,
		opened: NOW,
		collect_until: NOW,
		round: T::Clock::round(),
		fills: 0,
		unsettled: 0,
		seen: 0,
		state,
		quoted: BoundedVec::new(),
	}
}

fn put_request<T: Config>(id: RequestId, request: &Request<T::AccountId>) {
	Requests::<T>::insert(id, request);
	if let Some(due) = Pallet::<T>::request_deadline(id, request) {
		Pallet::<T>::schedule(due, Kind::Request, id);
	}
}

/// An offer of `seller`'s of [`VOLUME`] on [`FED_AT`].
fn offer_of<T: Config>(seller: &T::AccountId, tag: IdentityTag) -> Offer<T::AccountId> {
	let slot = slot();
	Offer {
		seller: seller.clone(),
		tag,
		available: VOLUME,
		price: PRICE,
		line: FED_AT,
		slot,
		smallest_fill: VOLUME,
		expires: slot.gate,
		meter: Some(seller.clone()),
		changed: NOW - DAY,
	}
}

fn put_offer<T: Config>(id: OfferId, offer: &Offer<T::AccountId>) {
	let (place, rank) = Pallet::<T>::book_key(id, offer);
	Book::<T>::insert(place, rank, ());
	Offers::<T>::insert(id, offer);
	Pallet::<T>::schedule(offer.expires, Kind::Offer, id);
}

/// The states of a request that can be paid: until a minute after now, or in the grace.
pub fn payable(late: bool) -> RequestState {
	let pay_by = if late { NOW - MINUTE } else { NOW + MINUTE };
	RequestState::Responded { at: NOW - HOUR, pay_by, late_by: pay_by + HOUR, counted: false }
}

/// The state of a request whose last moment for a response leaves just enough time to pay.
pub fn open<T: Config>() -> RequestState {
	let grace = T::Clock::round() * crate::ROUNDS_PER_WINDOW;
	let period = Pallet::<T>::window(parameters().pay_period, T::Clock::round());
	RequestState::Open { respond_by: slot().gate - grace - period }
}

/// The scene's request in `state`, with a bond and a shared wallet in which there is enough to pay
/// it, certified if there was a response.
pub fn ask<T: Config>(buyer: &Person<T>, state: RequestState) {
	let Person { account, tag, meter, .. } = buyer;
	let request = Request { meter: Some(meter.clone()), ..request_of::<T>(account, *tag, state) };
	put_request::<T>(REQUEST, &request);
	put_on_desk::<T>(tag, Item::Request(REQUEST));
	let key = account_of_key::<T>();
	T::Escrow::open(REQUEST, account, &key, 0).expect("the number is free");
	T::Escrow::fund(REQUEST, amount() + FREE).expect("the buyer has money");
	T::Escrow::bond(account, request.bond).expect("the buyer has money");
	if !matches!(state, RequestState::Open { .. }) {
		let valid_until = slot().gate;
		let signed = T::BenchmarkHelper::token(REQUEST, VOLUME, valid_until, valid_until);
		assert!(T::Escrow::certify(REQUEST, signed, VOLUME).is_ok());
	}
}

/// The key of the scene's shared wallet.
pub fn account_of_key<T: Config>() -> T::AccountId {
	account("key", 0, 0)
}

/// What the whole trade costs.
fn amount() -> Balance {
	voltree_primitives::amount(VOLUME, PRICE).expect("it fits")
}

/// The first token of the scene's shared wallet, signed.
pub fn token<T: Config>() -> super::TokenOf<T> {
	let request = Requests::<T>::get(REQUEST).expect("the request is there");
	let (pay_by, valid_until) = Pallet::<T>::terms_of(&request);
	T::BenchmarkHelper::token(REQUEST, VOLUME, pay_by, valid_until)
}

/// The scene's offer, of the seller's meter.
pub fn offer<T: Config>(seller: &Person<T>) {
	let Person { account, tag, meter, .. } = seller;
	let offer = Offer { meter: Some(meter.clone()), ..offer_of::<T>(account, *tag) };
	put_offer::<T>(OFFER, &offer);
	Pallet::<T>::promise(meter, &offer.slot, offer.available, u32::MAX)
		.expect("the meter can move it");
	let item = Item::Offer { id: OFFER, line: offer.line, slot: offer.slot.start };
	put_on_desk::<T>(tag, item);
}

/// `count` offers, each by another seller, on the four lines in turn: the cheapest of all, and all at
/// one price, so that none can be left out. With full desks, and the loads of all lines known.
pub fn offers<T: Config>(count: u32) -> Quotes<T::AccountId> {
	let made = (0..count).map(|n| {
		let seller = T::BenchmarkHelper::person(SELLERS + n);
		let tag = T::Directory::tag_of(&seller).expect("the person is certified");
		let line = LINES[usize::try_from(n).expect("few") % LINES.len()];
		let (id, price) = (OFFER + u64::from(n), PRICE - 1);
		let offer = Offer { line, price, ..offer_of::<T>(&seller, tag) };
		put_offer::<T>(id, &offer);
		if count <= MAX_QUOTES {
			fill_desk::<T>(&tag, 1);
		}
		Quote {
			offer: id,
			seller,
			credit: T::Credibility::credit(&tag),
			price,
			available: offer.available,
			smallest_fill: offer.smallest_fill,
			line,
		}
	});
	Quotes::truncate_from(made.collect::<Vec<_>>())
}

/// A responded request with as many quotes as there can be. The buyer could have paid the last one
/// that is looked at; the other sellers could not put up a bond, which is what shows last.
pub fn unpaid<T: Config>(late: bool) -> Person<T> {
	set_up::<T>();
	let buyer = buyer::<T>();
	ask::<T>(&buyer, payable(late));
	let quotes = offers::<T>(MAX_QUOTES);
	if let Some((_, others)) = quotes.split_last() {
		others.iter().for_each(|quote| T::BenchmarkHelper::impoverish(&quote.seller));
	}
	Requests::<T>::mutate_extant(REQUEST, |request| request.quoted = Quoted::all(&quotes));
	fill_desk::<T>(&buyer.tag, 0);
	T::BenchmarkHelper::weaken(&buyer.account);
	buyer
}

/// The scene with a trade in `state`: the last one of its request, both parties in debt and one
/// slip away from the blacklist, both desks full, and another trade on the same meter.
fn dealt<T: Config>(state: TradeState<T::AccountId>, parties: [Person<T>; 2]) -> Scene<T> {
	let [buyer, seller] = parties;
	let slot = slot();
	ask::<T>(&buyer, RequestState::Closed);
	Requests::<T>::mutate_extant(REQUEST, |request| {
		request.filled = VOLUME;
		request.fills = MAX_FILLS;
		request.unsettled = 1;
	});
	let bond = TERMS.seller_bond(VOLUME, PRICE, CAP).expect("it fits");
	T::Escrow::lock(REQUEST, amount()).expect("the shared wallet has enough");
	T::Escrow::bond(&seller.account, bond).expect("the seller has money");
	let trade = Trade {
		request: REQUEST,
		offer: OFFER,
		buyer: Party { account: buyer.account.clone(), tag: buyer.tag, line: TAKEN_AT },
		seller: Party { account: seller.account.clone(), tag: seller.tag, line: FED_AT },
		meter: Some(seller.meter.clone()),
		volume: VOLUME,
		price: PRICE,
		locked: amount(),
		slot,
		paid: NOW,
		// The sensors' histories are so wild that no line stays safe for long.
		round: 1,
		deadlines: deadlines(),
		tolerance: 50,
		version: 0,
		terms: TERMS,
		cap: CAP,
		bond,
		grid_price: 0,
		late: false,
		seen: 0,
		state,
	};
	Pallet::<T>::schedule(Pallet::<T>::trade_deadline(&trade), Kind::Trade, TRADE);
	Trades::<T>::insert(TRADE, trade);
	MeterSlots::<T>::insert(
		(&seller.meter, slot.start),
		MeterSlot {
			waiting: 2,
			allotted: 0,
			promised: 2 * VOLUME,
			meter_by: Some(deadlines().meter_by),
		},
	);
	Pallet::<T>::load_lines(FED_AT, TAKEN_AT, &slot, VOLUME);
	for party in [&buyer, &seller] {
		put_on_desk::<T>(&party.tag, Item::Trade(TRADE));
		fill_desk::<T>(&party.tag, 0);
		T::BenchmarkHelper::weaken(&party.account);
	}
	T::Credibility::owe(&seller.tag, SELLERS_DEBT);
	T::Credibility::owe(&buyer.tag, BUYERS_DEBT);
	Scene { buyer, seller, slot }
}

/// [`dealt`], with a state that rests on nobody.
pub fn deal<T: Config>(state: TradeState<T::AccountId>) -> Scene<T> {
	set_up_alone::<T>();
	dealt::<T>(state, [buyer::<T>(), seller::<T>()])
}

/// The scene with a trade whose bill goes to a linked wallet of the seller.
pub fn billed<T: Config>(delivery: Delivery, billed: WattHours) -> Scene<T> {
	set_up_alone::<T>();
	let (buyer, seller) = (buyer::<T>(), seller::<T>());
	let state = TradeState::Billed { delivery, billed, payee: seller.wallet.clone() };
	dealt::<T>(state, [buyer, seller])
}

/// The scene with a trade of which all was delivered and billed, and the buyer says that nothing
/// came.
pub fn contested<T: Config>(delivery: Delivery, billed: WattHours) -> Scene<T> {
	set_up_alone::<T>();
	let (buyer, seller) = (buyer::<T>(), seller::<T>());
	let bond = TERMS.smallest_fine;
	T::Escrow::bond(&buyer.account, bond).expect("the buyer has money");
	let (billed, payee) = (Some(billed), seller.wallet.clone());
	let state = TradeState::Contested { delivery, billed, payee, received: 0, bond };
	dealt::<T>(state, [buyer, seller])
}

/// Somebody on the blacklist whose desk has as many closed requests, each with a trade under way, as
/// there can be before the one that is to be closed.
pub fn blacklisted<T: Config>() -> Person<T> {
	set_up_alone::<T>();
	let buyer = buyer::<T>();
	Desks::<T>::remove(buyer.tag);
	let closed = MAX_OPEN / 2 - 1;
	for id in (WALLETS..).take(usize::try_from(closed).expect("few")) {
		let state = RequestState::Closed;
		let request = Request {
			filled: VOLUME,
			fills: 1,
			unsettled: 1,
			..request_of::<T>(&buyer.account, buyer.tag, state)
		};
		put_request::<T>(id, &request);
		put_on_desk::<T>(&buyer.tag, Item::Request(id));
	}
	ask::<T>(&buyer, payable(false));
	fill_desk::<T>(&buyer.tag, 0);
	T::Credibility::owe(&buyer.tag, BUYERS_DEBT);
	Closing::<T>::insert(buyer.tag, ());
	buyer
}
