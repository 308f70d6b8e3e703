//! The stage of all rows: who trades what, how far it has gone, and what has changed since.

use crate::common::{
	people::household,
	scene::{demand, held, supply, total, Deal, Seller},
	Chain, MarketCall,
};
use frame_support::traits::fungible::Inspect;
use pallet_market::{Deadlines, DeliverySlot, RequestState};
use sp_core::sr25519::Pair;
use std::collections::BTreeMap;
use voltree_primitives::{
	Balance, IdentityTag, Moment, OfferId, Price, RequestId, TradeId, WattHours,
};
use voltree_runtime::{genesis::household_tag, Balances, Registry, Runtime, RuntimeEvent, VOLT};

/// The household that buys.
pub const BUYER: usize = 2;
/// What it puts into the shared wallet.
pub const FUNDING: Balance = VOLT;
/// The smallest fine: the bond of a request and of a contest.
pub const SMALLEST_FINE: Balance = 50_000;

/// Who sells how much, for how much.
#[derive(Clone, Copy, Debug)]
pub struct Play {
	pub seller: Seller,
	pub volume: WattHours,
	pub price: Price,
	/// The smallest fill of the offer.
	pub fill: WattHours,
}

/// By a meter: 500,000 for all, a bond of 1,550,000; a fine for all of it is 100,000.
pub const METERED: Play =
	Play { seller: Seller::Household(6), volume: 2_000, price: 250_000, fill: 100 };

/// Without a meter: 400,000 for all, a bond of 650,000; a fine for all of it is 80,000.
pub const UNMETERED: Play =
	Play { seller: Seller::SensorOwner(1), volume: 1_000, price: 400_000, fill: 100 };

/// The buyer's tag.
pub fn buyer_tag() -> IdentityTag {
	household_tag(BUYER)
}

/// How one side differs from before.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Side {
	/// Money, on hold or not, without the fees.
	pub money: i128,
	pub credit: i64,
	pub timely: i64,
	pub untimely: i64,
	/// Fines that are due.
	pub owed: i128,
}

/// No difference.
pub const SAME: Side = Side { money: 0, credit: 0, timely: 0, untimely: 0, owed: 0 };

/// How both sides and the pot of the authority differ from before.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Changes {
	pub buyer: Side,
	pub seller: Side,
	pub pot: i128,
}

/// Nothing has changed for anybody.
pub const NOTHING: Changes = Changes { buyer: SAME, seller: SAME, pot: 0 };

/// What `who`, with `tag`, has.
pub fn side(chain: &Chain, who: &Pair, tag: IdentityTag) -> Side {
	let score = pallet_credibility::Scores::<Runtime>::get(tag).expect("it is certified");
	let signed = |amount: Balance| i128::try_from(amount).expect("it is not that much");
	Side {
		money: signed(total(who) + chain.fees_of(who)),
		credit: score.credit.into(),
		timely: score.record.timely.into(),
		untimely: score.record.untimely.into(),
		owed: signed(score.fines_due),
	}
}

impl std::ops::Sub for Side {
	type Output = Self;

	fn sub(self, before: Self) -> Self {
		Side {
			money: self.money - before.money,
			credit: self.credit - before.credit,
			timely: self.timely - before.timely,
			untimely: self.untimely - before.untimely,
			owed: self.owed - before.owed,
		}
	}
}

/// What the pot has.
pub fn pot() -> i128 {
	i128::try_from(Balances::total_balance(&Registry::pot())).expect("it is not that much")
}

/// A request and an offer that fits it, and what became of them.
pub struct Scene {
	pub play: Play,
	pub buyer: Pair,
	pub offer: OfferId,
	pub request: RequestId,
	/// The trade, once it is paid.
	pub trade: TradeId,
	pub slot: DeliverySlot,
	before: Changes,
	mark: usize,
}

impl Scene {
	/// Clear weather, an offer, and a request for all of it.
	pub fn asked(chain: &mut Chain, play: Play) -> Self {
		chain.calm();
		let start = chain.tradable_slot();
		Self::asked_for(chain, play, start)
	}

	/// [`Self::asked`] for the slot that starts at `start`, in whatever weather.
	pub fn asked_for(chain: &mut Chain, play: Play, start: Moment) -> Self {
		let buyer = household(BUYER);
		let mut offered = supply(play.seller, start, play.volume);
		offered.price = play.price;
		offered.smallest_fill = play.fill;
		let offer = chain.offer(play.seller, offered);
		let request = chain.request(&buyer, demand(BUYER, start, play.volume), FUNDING);
		let slot = pallet_market::Requests::<Runtime>::get(request).expect("it is open").slot;
		let mut scene = Self {
			play,
			buyer,
			offer,
			request,
			trade: pallet_market::NextTrade::<Runtime>::get(),
			slot,
			before: NOTHING,
			mark: 0,
		};
		scene.count_from_here(chain);
		scene
	}

	/// [`Self::asked`], and the management centre has responded.
	pub fn answered(chain: &mut Chain, play: Play) -> Self {
		let mut scene = Self::asked(chain, play);
		chain.respond(scene.request);
		scene.count_from_here(chain);
		scene
	}

	/// [`Self::answered`], and all of it is paid in time.
	pub fn paid(chain: &mut Chain, play: Play) -> Self {
		let mut scene = Self::answered(chain, play);
		scene.pay(chain);
		scene.count_from_here(chain);
		scene
	}

	/// [`Self::paid`], and delivery was started at the gate.
	pub fn started(chain: &mut Chain, play: Play) -> Self {
		let mut scene = Self::paid(chain, play);
		chain.start_delivery(&scene.deal());
		scene.count_from_here(chain);
		scene
	}

	/// [`Self::started`], and the meter has exported `energy`; where there is none nothing tells.
	pub fn delivered(chain: &mut Chain, play: Play, energy: WattHours) -> Self {
		let mut scene = Self::started(chain, play);
		chain.deliver(&scene.deal(), energy);
		if play.seller.meter().is_some() {
			let meter_by = scene.deadlines(chain).meter_by;
			chain.past(meter_by);
		}
		scene.count_from_here(chain);
		scene
	}

	/// [`Self::delivered`], and the seller has billed it.
	pub fn billed(chain: &mut Chain, play: Play, energy: WattHours) -> Self {
		let mut scene = Self::delivered(chain, play, energy);
		chain.bill(&scene.deal(), energy);
		scene.count_from_here(chain);
		scene
	}

	/// Pay all of it.
	pub fn pay(&mut self, chain: &mut Chain) {
		self.trade = chain.pay(&self.buyer, self.request, self.offer, self.play.volume);
	}

	/// What changes is counted from here on.
	pub fn count_from_here(&mut self, chain: &Chain) {
		self.before = self.now(chain);
		self.mark = chain.all_events().len();
	}

	fn now(&self, chain: &Chain) -> Changes {
		let seller = self.play.seller;
		Changes {
			buyer: side(chain, &self.buyer, buyer_tag()),
			seller: side(chain, &seller.key(), seller.tag()),
			pot: pot(),
		}
	}

	/// The trade as the helpers of all tests know it.
	pub fn deal(&self) -> Deal {
		Deal {
			buyer: self.buyer.clone(),
			seller: self.play.seller,
			request: self.request,
			offer: self.offer,
			trade: self.trade,
			slot: self.slot,
			volume: self.play.volume,
			locked: self.locked(),
		}
	}

	/// What all of it costs.
	pub fn locked(&self) -> Balance {
		voltree_primitives::amount(self.play.volume, self.play.price).expect("it fits")
	}

	/// The seller's bond for all of it: what the price is below the cap of one VOLT a kWh, and the
	/// smallest fine.
	pub fn bond(&self) -> Balance {
		u128::from(self.play.volume) * (VOLT - self.play.price) / 1_000 + SMALLEST_FINE
	}

	/// Deadlines of the trade.
	pub fn deadlines(&self, chain: &Chain) -> Deadlines {
		chain.trade(self.trade).deadlines
	}

	/// Payment date and end of the grace.
	pub fn payment_dates(&self) -> (Moment, Moment) {
		let request = pallet_market::Requests::<Runtime>::get(self.request).expect("it is open");
		match request.state {
			RequestState::Responded { pay_by, late_by, .. } => (pay_by, late_by),
			state => panic!("{state:?}"),
		}
	}

	/// The buyer confirms, now.
	pub fn confirm(&self, chain: &mut Chain) {
		chain.ok(&self.buyer, MarketCall::confirm { trade: self.trade });
	}

	/// Exactly `events` have happened, and exactly `changes` have come of them.
	pub fn came(&self, chain: &Chain, events: Vec<Vec<RuntimeEvent>>, changes: Changes) {
		self.told(chain, events);
		let (now, before) = (self.now(chain), self.before);
		let came = Changes {
			buyer: now.buyer - before.buyer,
			seller: now.seller - before.seller,
			pot: now.pot - before.pot,
		};
		assert_eq!(came, changes);
	}

	/// Exactly `events` have happened.
	pub fn told(&self, chain: &Chain, events: Vec<Vec<RuntimeEvent>>) {
		assert_eq!(told_since(chain, self.mark), events.concat());
	}

	/// [`Self::came`], and nothing is left of it all.
	pub fn ended(&self, chain: &Chain, events: Vec<Vec<RuntimeEvent>>, changes: Changes) {
		self.came(chain, events, changes);
		nothing_is_left();
	}
}

/// What our pallets have told since event number `mark`, the sensors' and meters' reports left out.
pub fn told_since(chain: &Chain, mark: usize) -> Vec<RuntimeEvent> {
	let ours = |event: &RuntimeEvent| {
		matches!(
			event,
			RuntimeEvent::Market(_)
				| RuntimeEvent::SharedWallet(_)
				| RuntimeEvent::Credibility(_)
				| RuntimeEvent::Blacklist(_)
		)
	};
	chain.all_events().into_iter().skip(mark).filter(ours).collect()
}

/// What is finished leaves storage: nothing is open, nothing on hold.
pub fn nothing_is_left() {
	use pallet_market as market;
	let left = BTreeMap::from([
		("requests", market::Requests::<Runtime>::iter_keys().count()),
		("judgements", market::Judged::<Runtime>::iter_keys().count()),
		("offers", market::Offers::<Runtime>::iter_keys().count()),
		("the book", market::Book::<Runtime>::iter_keys().count()),
		("desks", market::Desks::<Runtime>::iter_keys().count()),
		("closing", market::Closing::<Runtime>::iter_keys().count()),
		("loads of lines", market::LineLoads::<Runtime>::iter_keys().count()),
		("trades", market::Trades::<Runtime>::iter_keys().count()),
		("promises of meters", market::MeterSlots::<Runtime>::iter_keys().count()),
		("the agenda", market::Agenda::<Runtime>::iter_keys().count()),
		("wallets", pallet_shared_wallet::Wallets::<Runtime>::iter_keys().count()),
	]);
	let left = left.into_iter().filter(|(_, count)| *count > 0).collect::<Vec<_>>();
	assert_eq!(left, []);
	for number in 1..=14 {
		assert_eq!(held(&household(number)), 0, "household {number}");
	}
	for number in 1..=4 {
		assert_eq!(held(&Seller::SensorOwner(number).key()), 0, "sensor owner {number}");
	}
}
