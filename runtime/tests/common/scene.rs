//! What people do on the market, in a call or a few, all by signed extrinsics.

use super::{
	people::{self, household, meter, sensor, sensor_owner, service, wallet_key, Id},
	Chain, MarketCall, OracleCall,
};
use pallet_market::{DeliverySlot, Demand, Supply, ROUNDS_PER_WINDOW};
use pallet_sensor_oracle::{Class, RegisterReading, SensorReport};
use pallet_shared_wallet::SignedToken;
use sp_core::{sr25519::Pair, H256};
use voltree_primitives::{
	amount, Balance, Clock, IdentityTag, LineId, Moment, OfferId, Price, RequestId, Token, TradeId,
	WattHours,
};
use voltree_runtime::{
	genesis::{household_tag, sensor_owner_tag, HOUSEHOLD_LINES},
	AccountId, Balances, CommunicationTree, Market, Runtime, Signature, System, VOLT,
};

/// A price that all presets accept, in smallest units per kWh.
pub const PRICE: Price = VOLT / 4;

/// A volume that a meter of the presets can carry in a slot of `dev`, in Wh.
pub const VOLUME: WattHours = 400;

/// Who sells: a household by its meter, or a sensor owner, who has none.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Seller {
	Household(usize),
	SensorOwner(usize),
}

impl Seller {
	pub fn key(self) -> Pair {
		match self {
			Seller::Household(number) => household(number),
			Seller::SensorOwner(number) => sensor_owner(number),
		}
	}

	pub fn tag(self) -> IdentityTag {
		match self {
			Seller::Household(number) => household_tag(number),
			Seller::SensorOwner(number) => sensor_owner_tag(number),
		}
	}

	pub fn meter(self) -> Option<Pair> {
		match self {
			Seller::Household(number) => Some(meter(number)),
			Seller::SensorOwner(_) => None,
		}
	}

	pub fn line(self) -> LineId {
		match self {
			Seller::Household(number) => line_of(number),
			Seller::SensorOwner(_) => 1,
		}
	}
}

/// A trade under way, and what has to be known to go on with it.
#[derive(Clone)]
pub struct Deal {
	pub buyer: Pair,
	pub seller: Seller,
	pub request: RequestId,
	pub offer: OfferId,
	pub trade: TradeId,
	pub slot: DeliverySlot,
	pub volume: WattHours,
	pub locked: Balance,
}

/// The line of a household.
pub fn line_of(number: usize) -> LineId {
	HOUSEHOLD_LINES[number - 1]
}

/// A demand of household `number` that takes power from all lines at any price.
pub fn demand(number: usize, slot: Moment, volume: WattHours) -> Demand<AccountId> {
	let own = line_of(number);
	let others = (1..=3).filter(|line| *line != own);
	Demand {
		slot,
		volume,
		lines: std::iter::once(own).chain(others).collect::<Vec<_>>().try_into().expect("three"),
		max_price: pallet_market::Parameters::default().price_cap,
		min_credit: 0,
		meter: None,
		unmetered: true,
	}
}

/// A supply of `seller` that can be taken in any parts.
pub fn supply(seller: Seller, slot: Moment, volume: WattHours) -> Supply<AccountId> {
	Supply {
		slot,
		volume,
		price: PRICE,
		line: seller.line(),
		smallest_fill: 100,
		expires: None,
		meter: seller.meter().map(|meter| meter.id()),
	}
}

/// What a sensor reports.
pub fn report_of(sensor: &Pair, class: Class, observed: Moment) -> SensorReport<AccountId> {
	SensorReport {
		sensor: sensor.id(),
		class,
		confidence: 990_000,
		model: H256::repeat_byte(1),
		observed,
		digest: H256::from_low_u64_be(observed),
	}
}

/// The token that the service would sign now for `request`.
pub fn token_of(request: RequestId) -> Token<AccountId> {
	let asked = pallet_market::Requests::<Runtime>::get(request).expect("the request is open");
	let (pay_by, valid_until) = Market::terms_of(&asked);
	voltree_runtime::SharedWallet::token_to_sign(request, asked.volume, pay_by, valid_until)
		.expect("its wallet is open")
}

/// `token` signed by `key`.
pub fn signed(token: Token<AccountId>, key: &Pair) -> SignedToken<AccountId, Signature> {
	let signature = key.seal(&token);
	SignedToken { token, signature }
}

impl Chain {
	/// Let all sensors report the weather if their period has passed. The block that ends a session
	/// has no room for anybody: then they report in the next one.
	pub(super) fn report_weather(&mut self) {
		let now = self.now();
		let most = <Runtime as frame_system::Config>::BlockWeights::get().max_block;
		if System::block_weight().total().any_gt(most / 2) {
			return;
		}
		let period = voltree_runtime::SensorOracle::parameters().report_period;
		let Some(class) = self.weather.filter(|_| now >= self.last_weather + period) else {
			return;
		};
		self.last_weather = now;
		for line in 1..=3 {
			for owner in 1..=4 {
				let device = sensor(line, owner);
				if !pallet_registry::Devices::<Runtime>::contains_key(device.id()) {
					continue;
				}
				let report = report_of(&device, class, now);
				self.ok(&device, OracleCall::report { report, signature: None });
			}
		}
	}

	/// Let the weather change now, and all sensors report it as soon as they may.
	pub fn weather_turns(&mut self, weather: Option<Class>) {
		self.weather = weather;
		let interval = voltree_runtime::SensorOracle::parameters().min_interval;
		self.until(self.last_weather + interval);
		self.last_weather = 0;
		self.report_weather();
	}

	/// Clear weather until the lines are safe.
	pub fn calm(&mut self) {
		self.weather = Some(Class::Clear);
		let period = voltree_runtime::SensorOracle::parameters().report_period;
		self.until(self.now() + 3 * period);
	}

	/// The first delivery slot that a request made now, and for a few blocks, can still be for.
	pub fn tradable_slot(&self) -> Moment {
		let parameters = Market::parameters();
		let least = CommunicationTree::round() * ROUNDS_PER_WINDOW;
		let windows = parameters.offer_window.max(least) + parameters.pay_period.max(least) + least;
		let earliest =
			self.now() + windows + parameters.lead + 5 * CommunicationTree::slot_duration();
		earliest.div_ceil(parameters.delivery_slot) * parameters.delivery_slot
	}

	/// Let `seller` offer. Returns the offer's number.
	pub fn offer(&mut self, seller: Seller, supply: Supply<AccountId>) -> OfferId {
		let id = pallet_market::NextOffer::<Runtime>::get();
		self.ok(&seller.key(), MarketCall::offer { supply });
		id
	}

	/// Let `buyer` ask. Returns the request's number.
	pub fn request(
		&mut self,
		buyer: &Pair,
		demand: Demand<AccountId>,
		funding: Balance,
	) -> RequestId {
		let id = pallet_market::NextRequest::<Runtime>::get();
		let key = wallet_key(buyer).id();
		self.ok(buyer, MarketCall::request { demand, key, funding });
		id
	}

	/// Let the management centre respond.
	pub fn respond(&mut self, request: RequestId) {
		let token = signed(token_of(request), &service());
		self.ok(&service(), MarketCall::respond { request, token });
	}

	/// Let `who` pay. Returns the trade's number.
	pub fn pay(
		&mut self,
		who: &Pair,
		request: RequestId,
		offer: OfferId,
		volume: WattHours,
	) -> TradeId {
		let id = pallet_market::NextTrade::<Runtime>::get();
		self.ok(who, MarketCall::pay { request, offer, volume });
		id
	}

	/// A whole deal of [`VOLUME`] between household `buyer` and `seller`, up to the payment.
	pub fn deal(&mut self, buyer: usize, seller: Seller) -> Deal {
		let start = self.tradable_slot();
		let number = buyer;
		let buyer = household(number);
		let offer = self.offer(seller, supply(seller, start, VOLUME));
		let locked = amount(VOLUME, PRICE).expect("it fits");
		let request = self.request(&buyer, demand(number, start, VOLUME), locked);
		self.respond(request);
		let trade = self.pay(&buyer, request, offer, VOLUME);
		let slot = self.trade(trade).slot;
		Deal { buyer, seller, request, offer, trade, slot, volume: VOLUME, locked }
	}

	/// A trade that is not settled.
	pub fn trade(&self, id: TradeId) -> pallet_market::Trade<AccountId> {
		pallet_market::Trades::<Runtime>::get(id).expect("the trade is not settled")
	}

	/// From the gate on: the seller starts.
	pub fn start_delivery(&mut self, deal: &Deal) {
		self.until(deal.slot.gate);
		self.ok(&deal.seller.key(), MarketCall::start { trade: deal.trade });
	}

	/// After the slot: the seller's meter, if there is one, reports that it exported `energy`.
	pub fn deliver(&mut self, deal: &Deal, energy: WattHours) {
		self.past(deal.slot.end);
		if let Some(meter) = deal.seller.meter() {
			self.read_meter(&meter, deal.slot.start, 0);
			self.read_meter(&meter, deal.slot.end, energy);
		}
	}

	/// Let `meter` report at `boundary` that it has exported `energy` since its last report.
	pub fn read_meter(&mut self, meter: &Pair, boundary: Moment, energy: WattHours) {
		let export = self.exported.get(&meter.id()).copied().unwrap_or_default() + energy;
		let reading = RegisterReading { meter: meter.id(), boundary, import: 0, export };
		self.ok(meter, OracleCall::report_register { reading, signature: None });
		self.exported.insert(meter.id(), export);
	}

	/// As soon as it is possible: the seller bills `delivered`, payable to his own account.
	pub fn bill(&mut self, deal: &Deal, delivered: WattHours) {
		let trade = self.trade(deal.trade);
		if trade.meter.is_some() {
			self.past(trade.deadlines.meter_by);
		}
		let payee = deal.seller.key().id();
		self.ok(&deal.seller.key(), MarketCall::bill { trade: deal.trade, delivered, payee });
	}

	/// Credit, timely and untimely of a tag.
	pub fn score(&self, tag: IdentityTag) -> (u32, u32, u32) {
		let score = pallet_credibility::Scores::<Runtime>::get(tag).expect("it is certified");
		(score.credit, score.record.timely, score.record.untimely)
	}

	/// Give `to` money, from Bob, who is rich and writes no blocks.
	pub fn give(&mut self, to: &Pair, value: Balance) {
		let dest = to.id().into();
		let call = super::BalancesCall::transfer_keep_alive { dest, value };
		self.ok(&people::pair("//Bob"), call);
	}
}

/// All that `who` has, on hold or not.
pub fn total(who: &Pair) -> Balance {
	use frame_support::traits::fungible::Inspect;
	Balances::total_balance(&who.id())
}

/// What `who` has on hold, for whatever reason.
pub fn held(who: &Pair) -> Balance {
	pallet_balances::Pallet::<Runtime>::reserved_balance(who.id())
}
