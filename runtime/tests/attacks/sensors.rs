//! Owning the sensors of a line that one trades on.

use crate::{
	common::{
		on,
		people::{household, sensor, sensor_owner},
		refusals::{check, row},
		scene::{demand, held, report_of, supply, Seller, VOLUME},
		Chain, MarketCall, OracleCall,
	},
	tools::*,
};
use pallet_market::{Ending, Outcome};
use pallet_sensor_oracle::Class;
use voltree_primitives::{LineSafety, Verdict};
use voltree_runtime::{
	genesis::{household_tag, sensor_owner_tag},
	Runtime, SensorOracle, VOLT,
};

const SELLER: Seller = Seller::SensorOwner(1);

/// The four sensors of line 1 report, each what it is told.
fn report(chain: &mut Chain, classes: [Class; 4]) {
	let now = chain.now();
	for (owner, class) in (1..).zip(classes) {
		let device = sensor(1, owner);
		let report = report_of(&device, class, now);
		chain.ok(&device, OracleCall::report { report, signature: None });
	}
}

const CLEAR: Class = Class::Clear;
const STORM: Class = Class::Thunderstorm;

/// Two of four sensors say hazard, which stops a line. One of the two is the seller's own: for his
/// trade it has no voice, the other is one of three, and the line is safe.
#[test]
fn owning_the_lines_sensors_to_stop_a_delivery() {
	on("dev", |chain| {
		chain.calm();
		let before = purse(chain, &SELLER.key());
		let deal = chain.deal(1, SELLER);
		chain.until(deal.slot.gate);
		chain.weather = None;
		chain.next();
		while chain.now() <= deal.slot.end {
			report(chain, [STORM, STORM, CLEAR, CLEAR]);
			assert_eq!(SensorOracle::verdict(1, &[]), Verdict::Hazard);
			let parties = [household_tag(1), sensor_owner_tag(1)];
			assert_eq!(SensorOracle::verdict(1, &parties), Verdict::Safe);
			chain.skip(3);
		}
		assert_eq!(outcome(chain, deal.trade), Some(Outcome::NotStarted));
		assert_eq!(before - purse(chain, &SELLER.key()), SMALLEST_FINE);
		assert_eq!(chain.score(sensor_owner_tag(1)), (996, 0, 1));
	});
}

/// In a storm that the others see, the seller's own fair weather does not let him begin.
#[test]
fn owning_the_lines_sensors_to_begin_in_a_storm() {
	on("dev", |chain| {
		chain.calm();
		let deal = chain.deal(1, SELLER);
		chain.until(deal.slot.gate);
		chain.weather = None;
		chain.next();
		report(chain, [CLEAR, STORM, STORM, CLEAR]);
		let storm = MarketError::LineUnsafe;
		let start = MarketCall::start { trade: deal.trade };
		check(chain, vec![row("begin", &SELLER.key(), start.clone(), storm)]);
		// Where the others fall silent, his own voice does not make up for theirs.
		for _ in 0..4 {
			chain.until(chain.now() + 15_000);
			let now = chain.now();
			for owner in [1, 4] {
				let device = sensor(1, owner);
				let report = report_of(&device, CLEAR, now);
				chain.ok(&device, OracleCall::report { report, signature: None });
			}
		}
		chain.next();
		assert!(chain.now() <= deal.slot.end);
		let still = MarketError::LineUnsafe;
		check(chain, vec![row("begin", &SELLER.key(), start, still)]);
	});
}

/// Where fewer than three other owners are left, nobody pays, and nobody is to blame for it.
#[test]
fn owning_too_many_of_the_lines_sensors() {
	on("dev", |chain| {
		chain.calm();
		let buyer = sensor_owner(2);
		let before = purse(chain, &buyer);
		let start = chain.tradable_slot();
		let offer = chain.offer(SELLER, supply(SELLER, start, VOLUME));
		let request = chain.request(&buyer, demand(1, start, VOLUME), VOLT);
		chain.respond(request);
		let reason = impossible(chain, &buyer, (request, offer, VOLUME));
		assert_eq!(reason, MarketError::TooFewSensors.into(), "two owners are left");
		assert_eq!(until_ended(chain, request), Ending::NothingToPay);
		assert_eq!(chain.score(sensor_owner_tag(2)), (1_000, 0, 0));
		assert_eq!((purse(chain, &buyer), held(&buyer)), (before, 0));
	});
}

/// Sensors that come or go in the middle of a trade: those of the parties never count.
#[test]
fn a_buyer_who_owns_sensors_does_not_judge_his_own_line() {
	on("dev", |chain| {
		chain.calm();
		let seller = Seller::Household(2);
		let start = chain.tradable_slot();
		let offer = chain.offer(seller, supply(seller, start, VOLUME));
		let buyer = sensor_owner(1);
		let request = chain.request(&buyer, demand(1, start, VOLUME), VOLT);
		chain.respond(request);
		let trade = chain.pay(&buyer, request, offer, VOLUME);
		let slot = chain.trade(trade).slot;
		chain.until(slot.gate);
		chain.weather = None;
		chain.next();
		// With an accomplice he would stop the line, and leave the seller with his power.
		report(chain, [STORM, CLEAR, STORM, CLEAR]);
		assert_eq!(SensorOracle::verdict(1, &[]), Verdict::Hazard);
		chain.ok(&household(2), MarketCall::start { trade });
		let started = pallet_market::Trades::<Runtime>::get(trade).expect("it goes on");
		assert!(matches!(started.state, pallet_market::TradeState::Started { .. }));
	});
}
