//! Couples who trade with each other, and the calls of a trade.

use crate::common::{
	people::{pair, service, wallet_key, Id},
	scene::{demand, signed, supply, token_of, Seller, PRICE},
	Chain, MarketCall, OracleCall, RegistryCall, WalletCall,
};
use pallet_market::DeliverySlot;
use pallet_registry::types::DeviceKind;
use pallet_sensor_oracle::{Class, Register, RegisterReadings};
use sp_core::{sr25519::Pair, Pair as _, H256};
use sp_io::hashing::blake2_256;
use std::collections::BTreeSet;
use voltree_primitives::{
	amount, Balance, LineId, Moment, OfferId, Price, RequestId, Roles, TradeId, WattHours,
};
use voltree_runtime::{Registry, Runtime, RuntimeCall, System, VOLT};

/// What each trade is about, in Wh.
pub const VOLUME: WattHours = 100;

/// Somebody and what he signs.
pub type Signed = (Pair, RuntimeCall);

/// Two newcomers who trade with each other, on one line.
pub struct Couple {
	pub buyer: Pair,
	pub seller: Pair,
	pub meter: Pair,
	pub line: LineId,
}

/// A key that is quickly made.
fn key(who: &str, number: usize) -> Pair {
	Pair::from_seed(&blake2_256(format!("voltree:cost:{who}:{number}").as_bytes()))
}

/// Certify `count` couples, spread over the three lines, connect the sellers' meters, and give
/// everybody money for `trades` trades.
pub fn settle_in(chain: &mut Chain, count: usize, trades: usize) -> Vec<Couple> {
	let trades = Balance::try_from(trades).expect("it fits");
	let lines = [1, 2, 3].into_iter().cycle();
	let couple = |(number, line)| Couple {
		buyer: key("buyer", number),
		seller: key("seller", number),
		meter: key("meter", number),
		line,
	};
	let couples = (0..count).zip(lines).map(couple).collect::<Vec<_>>();
	for Couple { buyer, seller, meter, line } in &couples {
		// Fees and a bond for both; the buyer's money does not come back.
		for (newcomer, spent) in [(buyer, money() + 5_000), (seller, 0)] {
			let (account, tag) = (newcomer.id(), H256(newcomer.id().into()));
			let consent = Some(newcomer.seal(&Registry::consent_message(&account, &tag)));
			let (roles, expires) = (Roles::Both, chain.now() + 365 * 86_400_000);
			let certify = RegistryCall::certify { account, tag, roles, expires, consent };
			chain.ok(&service(), certify);
			chain.give(newcomer, 5 * VOLT + trades * spent);
		}
		let (device, owner) = (meter.id(), seller.id());
		let signature = meter.seal(&Registry::device_message(&device, &owner));
		// A slot of a minute carries a quarter hour's energy, as at genesis.
		let (kind, line, rated_power) = (DeviceKind::Meter, *line, 15 * 25_000);
		let connect =
			RegistryCall::register_device { device, kind, owner, line, rated_power, signature };
		chain.ok(&service(), connect);
		chain.next_if_full();
	}
	couples
}

/// The amount of a trade at the usual price.
pub fn money() -> Balance {
	amount(VOLUME, PRICE).expect("it fits")
}

impl Couple {
	pub fn offer(&self, slot: Moment, price: Price) -> Signed {
		let mut supply = supply(Seller::SensorOwner(1), slot, VOLUME);
		(supply.price, supply.line, supply.meter) = (price, self.line, Some(self.meter.id()));
		(self.seller.clone(), MarketCall::offer { supply }.into())
	}

	/// From the own line, or from all of them.
	pub fn request(&self, slot: Moment, all_lines: bool, funding: Balance) -> Signed {
		let mut demand = demand(1, slot, VOLUME);
		if !all_lines {
			demand.lines = vec![self.line].try_into().expect("one is few");
		}
		let key = wallet_key(&self.buyer).id();
		(self.buyer.clone(), MarketCall::request { demand, key, funding }.into())
	}

	pub fn fund(&self, wallet: RequestId) -> Signed {
		(self.buyer.clone(), WalletCall::fund { wallet, amount: money() }.into())
	}

	pub fn pay(&self, request: RequestId, offer: OfferId) -> Signed {
		(self.buyer.clone(), MarketCall::pay { request, offer, volume: VOLUME }.into())
	}

	pub fn start(&self, trade: TradeId) -> Signed {
		(self.seller.clone(), MarketCall::start { trade }.into())
	}

	/// The meter's registers at both ends of the slot, in which it exported [`VOLUME`].
	pub fn readings(&self, chain: &mut Chain, slot: &DeliverySlot) -> Signed {
		let export = chain.exported.entry(self.meter.id()).or_default();
		let registers = [(slot.start, 0), (slot.end, VOLUME)].map(|(boundary, energy)| {
			*export += energy;
			Register { boundary, import: 0, export: *export }
		});
		let registers = registers.to_vec().try_into().expect("two are few");
		let readings = RegisterReadings { meter: self.meter.id(), registers };
		(self.meter.clone(), OracleCall::report_registers { readings, signature: None }.into())
	}

	pub fn bill(&self, trade: TradeId) -> Signed {
		let payee = self.seller.id();
		(self.seller.clone(), MarketCall::bill { trade, delivered: VOLUME, payee }.into())
	}

	pub fn confirm(&self, trade: TradeId) -> Signed {
		(self.buyer.clone(), MarketCall::confirm { trade }.into())
	}
}

/// The management centre's service answers together what waits together: as many requests as their
/// declared weight lets into a quarter of a block (`node/src/management_centre`).
pub const RESPONSES_AT_ONCE: usize = 10;

/// The management centre's responses to several requests.
fn respond_to_all(requests: &[RequestId]) -> Signed {
	let calls = requests.iter().map(|request| respond(*request).1).collect();
	(service(), pallet_utility::Call::force_batch { calls }.into())
}

/// The management centre's response to a request.
pub fn respond(request: RequestId) -> Signed {
	let token = signed(token_of(request), &service());
	(service(), MarketCall::respond { request, token }.into())
}

/// A transfer of next to nothing between two who have accounts.
pub fn transfer(from: &Pair, to: &Pair) -> Signed {
	let call = pallet_balances::Call::<Runtime>::transfer_keep_alive {
		dest: to.id().into(),
		value: 1_000,
	};
	(from.clone(), call.into())
}

/// An extrinsic that does nothing: what it takes, every extrinsic takes.
pub fn nothing(from: &Pair) -> Signed {
	(from.clone(), frame_system::Call::<Runtime>::remark { remark: Vec::new() }.into())
}

/// Number of the next offer, the next request and the next trade.
pub fn next_numbers() -> (OfferId, RequestId, TradeId) {
	(
		pallet_market::NextOffer::<Runtime>::get(),
		pallet_market::NextRequest::<Runtime>::get(),
		pallet_market::NextTrade::<Runtime>::get(),
	)
}

pub fn slot_of(trade: TradeId) -> DeliverySlot {
	the_trade(trade).slot
}

pub fn meter_by(trade: TradeId) -> Moment {
	the_trade(trade).deadlines.meter_by
}

fn the_trade(trade: TradeId) -> pallet_market::Trade<voltree_runtime::AccountId> {
	pallet_market::Trades::<Runtime>::get(trade).expect("the trade is not settled")
}

/// Go on to the first block not before `moment`; in that one, sensors report nothing.
fn quietly_to(chain: &mut Chain, moment: Moment) {
	chain.until(moment - 9_000);
	chain.weather = None;
	chain.until(moment);
}

/// A wave: each couple makes one whole trade in the same slot, from the offer to the money. Returns
/// the numbers of the blocks in which these trades had extrinsics or deadlines; no sensor reports in
/// them.
pub fn wave(chain: &mut Chain, couples: &[Couple]) -> BTreeSet<u32> {
	let mut busy = BTreeSet::new();
	let mut send = |chain: &mut Chain, (who, call): Signed| {
		chain.ok(&who, call);
		busy.insert(System::block_number());
		chain.next_if_full();
	};
	chain.calm();
	chain.weather = None;
	chain.next();
	// One slot more than needed: many requests take a few blocks.
	let slot = chain.tradable_slot() + 60_000;
	let (offers, requests, trades) = next_numbers();
	let all = || couples.iter().zip(0..);
	for couple in couples {
		send(chain, couple.offer(slot, PRICE));
	}
	chain.next();
	for couple in couples {
		send(chain, couple.request(slot, false, money()));
	}
	chain.next();
	let waiting = all().map(|(_, number)| requests + number).collect::<Vec<_>>();
	for together in waiting.chunks(RESPONSES_AT_ONCE) {
		let responses = respond_to_all(together);
		send(chain, responses);
	}
	chain.next();
	for (couple, number) in all() {
		send(chain, couple.pay(requests + number, offers + number));
	}
	let (slot, meter_by) = (slot_of(trades), meter_by(trades));
	chain.weather = Some(Class::Clear);
	quietly_to(chain, slot.gate);
	for (couple, number) in all() {
		send(chain, couple.start(trades + number));
	}
	chain.weather = Some(Class::Clear);
	// At the slot's end and at `meter_by` the agenda lets the trades' deadlines take effect.
	quietly_to(chain, slot.end + 1);
	for couple in couples {
		let readings = couple.readings(chain, &slot);
		send(chain, readings);
	}
	chain.past(meter_by);
	for (couple, number) in all() {
		send(chain, couple.bill(trades + number));
	}
	chain.next();
	for (couple, number) in all() {
		send(chain, couple.confirm(trades + number));
	}
	chain.next();
	busy
}

/// A sensor's report that its line is clear.
pub fn clear(chain: &Chain, line: LineId) -> Signed {
	let device = pair(&format!("//Sensor//{line}//1"));
	let report = crate::common::scene::report_of(&device, Class::Clear, chain.now());
	(device, OracleCall::report { report, signature: None }.into())
}
