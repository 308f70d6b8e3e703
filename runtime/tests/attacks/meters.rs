//! Meters that are unplugged, tampered with, or sold from twice.

use crate::{
	common::{
		on,
		people::{household, meter, service, Id},
		refusals::{check, row},
		scene::{demand, supply, Seller, PRICE, VOLUME},
		sign, MarketCall, OracleCall, RegistryCall,
	},
	tools::*,
};
use pallet_market::{Attested, Event, Outcome};
use pallet_sensor_oracle::RegisterReading;
use sp_core::sr25519::Pair;
use sp_runtime::transaction_validity::{InvalidTransaction, TransactionValidityError};
use voltree_primitives::{Moment, TradeId, WattHours};
use voltree_runtime::{genesis::household_tag, Runtime, SensorOracle, VOLT};

type OracleError = pallet_sensor_oracle::Error<Runtime>;

const SELLER: Seller = Seller::Household(7);

/// A reading of `device`, with its signature: what somebody else can send.
fn signed_reading(device: &Pair, boundary: Moment, export: WattHours) -> OracleCall {
	let reading = RegisterReading { meter: device.id(), boundary, import: 0, export };
	let signature = Some(device.seal(&SensorOracle::register_message(reading.clone())));
	OracleCall::report_register { reading, signature }
}

fn attested(chain: &crate::common::Chain, of: TradeId) -> Option<Attested> {
	chain.market_events().into_iter().find_map(|event| match event {
		Event::Metered { trade, attested } if trade == of => Some(attested),
		_ => None,
	})
}

/// A register that says nothing says that nothing was delivered.
#[test]
fn unplugging_ones_own_meter() {
	on("dev", |chain| {
		chain.calm();
		let before = [purse(chain, &household(1)), purse(chain, &SELLER.key())];
		let deal = chain.deal(1, SELLER);
		chain.start_delivery(&deal);
		chain.past(deal.slot.end);
		// It tells how the slot began, so that it looks alive, and not how it ended.
		chain.read_meter(&meter(7), deal.slot.start, 0);
		chain.bill(&deal, VOLUME);
		assert_eq!(attested(chain, deal.trade), Some(Attested::Silent));
		let due = chain.trade(deal.trade).deadlines.confirm_by;
		chain.past(due);
		assert_eq!(outcome(chain, deal.trade), Some(Outcome::SettledUnconfirmed));
		assert_eq!(payout(chain, deal.trade), Some(0));
		assert_eq!(purse(chain, &household(1)), before[0], "nothing for nothing, and no blame");
		assert_eq!(chain.score(household_tag(1)), (1_000, 1, 0));
		assert_eq!(before[1] - purse(chain, &SELLER.key()), SMALLEST_FINE);
		assert_eq!(chain.score(household_tag(7)), (996, 0, 1));
	});
}

/// A meter that is taken away in the middle is silent without anybody's fault: no fine, and no
/// money for what it can no longer attest. Its key does not come back with a better story.
#[test]
fn having_ones_meter_removed() {
	on("dev", |chain| {
		chain.calm();
		let before = [purse(chain, &household(1)), purse(chain, &SELLER.key())];
		let deal = chain.deal(1, SELLER);
		chain.start_delivery(&deal);
		chain.deliver(&deal, VOLUME);
		let device = meter(7).id();
		let remove = RegistryCall::remove_device { device: device.clone() };
		let stranger = sp_runtime::DispatchError::BadOrigin;
		check(chain, vec![row("by its owner", &SELLER.key(), remove.clone(), stranger)]);
		chain.ok(&service(), remove);
		let signature =
			meter(7).seal(&voltree_runtime::Registry::device_message(&device, &SELLER.key().id()));
		let again = RegistryCall::register_device {
			device,
			kind: pallet_registry::DeviceKind::Meter,
			owner: SELLER.key().id(),
			line: 2,
			rated_power: u32::MAX,
			signature,
		};
		check(chain, vec![row("anew", &service(), again, RegistryError::WasDevice)]);
		let due = chain.trade(deal.trade).deadlines.bill_by;
		chain.past(due);
		assert_eq!(payout(chain, deal.trade), Some(0));
		assert_eq!([purse(chain, &household(1)), purse(chain, &SELLER.key())], before);
		assert_eq!(chain.score(household_tag(7)), (1_000, 0, 0));
	});
}

/// What no meter of its rating could have measured is not believed, nor what runs backwards or was
/// said before, whoever brings it. The honest register settles the trade.
#[test]
fn a_meter_that_jumps_goes_back_or_replays() {
	on("dev", |chain| {
		let seller = SELLER.key();
		let device = meter(7);
		let deal = {
			chain.calm();
			let deal = chain.deal(1, SELLER);
			chain.start_delivery(&deal);
			chain.past(deal.slot.end);
			deal
		};
		let (start, end) = (deal.slot.start, deal.slot.end);
		chain.read_meter(&device, start, 0);
		// 375 kW for a minute are 6,250 Wh.
		let say = |boundary, export| signed_reading(&device, boundary, export);
		let jumps = OracleError::Implausible;
		check(
			chain,
			vec![
				row("jumps", &seller, say(end, 6_251), jumps),
				row("to the end", &seller, say(end, u64::MAX), OracleError::Implausible),
			],
		);
		// The device itself cannot pay for saying so.
		let own = RegisterReading { meter: device.id(), boundary: end, import: 0, export: 6_251 };
		let own = OracleCall::report_register { reading: own, signature: None };
		let no_money: TransactionValidityError = InvalidTransaction::Payment.into();
		assert_eq!(chain.apply(sign(&device, own, 0)), Err(no_money));

		chain.read_meter(&device, end, VOLUME);
		chain.until(end + 60_000);
		let replayed = OracleError::AlreadyReported;
		check(
			chain,
			vec![
				row("replayed", &seller, say(end, VOLUME), replayed),
				row("replayed, and more", &seller, say(end, 6_250), OracleError::AlreadyReported),
				row("less at the start", &seller, say(start, 0), OracleError::AlreadyReported),
				row("back", &seller, say(end + 60_000, VOLUME - 1), OracleError::NotMonotone),
				row("to come", &seller, say(end + 120_000, VOLUME), OracleError::FutureReport),
				row("in between", &seller, say(start + 30_000, 0), OracleError::NotABoundary),
				row(
					"before all, and more",
					&seller,
					say(start - 60_000, 1),
					OracleError::NotMonotone,
				),
			],
		);
		let payee = seller.id();
		let bill =
			|delivered| MarketCall::bill { trade: deal.trade, delivered, payee: payee.clone() };
		let more = MarketError::ExceedsDelivery;
		check(chain, vec![row("billed beyond it", &seller, bill(VOLUME + 1), more)]);
		assert_eq!(attested(chain, deal.trade), Some(Attested::Allotted(VOLUME)));
	});
}

/// A meter's energy is sold once: what was paid first is served first, and for the rest its seller
/// is fined. Nor is more promised of a meter than it can give.
#[test]
fn selling_one_meters_energy_twice() {
	on("dev", |chain| {
		chain.calm();
		let seller = SELLER.key();
		let before = [1, 2].map(|number| purse(chain, &household(number)));
		let had = purse(chain, &seller);
		let deals = [chain.deal(1, SELLER), chain.deal(2, SELLER)];
		let all = 6_250 - 2 * VOLUME;
		let start = deals[0].slot.start;
		let too_much = MarketCall::offer { supply: supply(SELLER, start, all + 1) };
		let rated = MarketError::ExceedsRatedPower;
		check(chain, vec![row("more than it can give", &seller, too_much, rated)]);
		for deal in &deals {
			chain.start_delivery(deal);
		}
		chain.deliver(&deals[0], 500);
		for (deal, energy) in deals.iter().zip([VOLUME, 100]) {
			chain.bill(deal, energy);
			assert_eq!(attested(chain, deal.trade), Some(Attested::Allotted(energy)));
			chain.ok(&deal.buyer, MarketCall::confirm { trade: deal.trade });
		}
		let price = |energy: WattHours| u128::from(energy) * PRICE / 1_000;
		assert_eq!(before[0] - purse(chain, &household(1)), price(VOLUME));
		assert_eq!(before[1] - purse(chain, &household(2)), price(100));
		assert_eq!(purse(chain, &seller) + SMALLEST_FINE, had + price(500));
		assert_eq!(chain.score(household_tag(7)), (997, 1, 1));
	});
}

/// Selling by somebody else's meter, by one on another line, or by none though there is one.
#[test]
fn selling_by_another_meter() {
	on("dev", |chain| {
		let seller = SELLER.key();
		let start = chain.tradable_slot();
		let by = |meter, line| {
			let mut supply = supply(SELLER, start, VOLUME);
			(supply.meter, supply.line) = (meter, line);
			MarketCall::offer { supply }
		};
		let mut asked = demand(1, start, VOLUME);
		asked.meter = Some(meter(2).id());
		let (key, funding) = (household(1).id(), VOLT);
		let foreign = MarketError::InvalidMeter;
		let sensor = crate::common::people::sensor(2, 1).id();
		check(
			chain,
			vec![
				row("a neighbour's", &seller, by(Some(meter(8).id()), 2), foreign),
				row("a sensor", &seller, by(Some(sensor), 2), MarketError::InvalidMeter),
				row("himself", &seller, by(Some(seller.id()), 2), MarketError::InvalidMeter),
				row("elsewhere", &seller, by(Some(meter(7).id()), 1), MarketError::InvalidMeter),
				row("none", &seller, by(None, 2), MarketError::MeterRequired),
				row(
					"evidence of a neighbour's meter",
					&household(1),
					MarketCall::request { demand: asked, key, funding },
					MarketError::InvalidMeter,
				),
			],
		);
	});
}
