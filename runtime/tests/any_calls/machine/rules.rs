//! What the authority decides: parameters, lines, keys, who comes back; and what the grid says.

use super::{cast::CAST, Dice, World};
use crate::common::{MarketCall, OracleCall, RegistryCall, WalletCall};
use voltree_primitives::Moment;
use voltree_runtime::{
	Blacklist, Market, Registry, Runtime, RuntimeCall, RuntimeOrigin, SensorOracle, VOLT,
};

/// The parameters that a case begins with.
pub struct Usual {
	market: pallet_market::Parameters,
	credibility: pallet_credibility::types::Parameters,
	blacklist: pallet_blacklist::types::Parameters,
	registry: pallet_registry::types::Parameters,
	oracle: pallet_sensor_oracle::OracleParameters,
}

impl Usual {
	/// Those in force.
	pub fn now() -> Self {
		Self {
			market: Market::parameters(),
			credibility: pallet_credibility::Parameters::<Runtime>::get().current,
			blacklist: Blacklist::parameters(),
			registry: Registry::parameters(),
			oracle: SensorOracle::parameters(),
		}
	}
}

/// About as long, or as long as nobody should wait.
fn stretched(dice: &mut Dice, span: Moment) -> Moment {
	match dice.below(12) {
		0 => 0,
		1 => dice.extreme(span),
		2..=4 => span / 2,
		5..=6 => span.saturating_mul(3),
		_ => span,
	}
}

impl World {
	/// Some cases begin with rules under which more goes wrong, or none does.
	pub fn rules_for_the_case(&mut self, dice: &mut Dice) {
		if dice.percent(50) {
			let mut strict = self.usual.blacklist.clone();
			strict.limit = dice.between(800, 990) as u32;
			strict.reentry = 1_000;
			strict.waiting = dice.below(60_000);
			let call = pallet_blacklist::Call::set_parameters { parameters: strict };
			let _announced = self.act(RuntimeOrigin::root(), call);
		}
		if dice.percent(50) {
			let mut other = self.usual.credibility.clone();
			other.gain = dice.between(0, 20) as u32;
			other.weight = dice.between(1, 1_000) as u32;
			other.cap_per_event = dice.between(1, 1_000) as u32;
			let call = pallet_credibility::Call::set_parameters { parameters: other };
			let _announced = self.act(RuntimeOrigin::root(), call);
		}
		let mut market = self.usual.market.clone();
		if dice.percent(20) {
			market.delivery_slot *= 2;
		}
		if dice.percent(30) {
			market.outage *= 4;
		}
		let parameters = market.clone();
		let _announced = self.act(RuntimeOrigin::root(), MarketCall::set_parameters { parameters });
		self.usual.market = market;
	}

	/// The authority decides, or the grid says what its power costs.
	pub fn authority_decides(&mut self, dice: &mut Dice) {
		if self.service().is_none() {
			let (key, overlap) = (CAST.services[0].clone(), 0);
			return self.decide(dice, RegistryCall::set_service_key { key, overlap });
		}
		match dice.below(20) {
			0..=5 => self.grid_speaks(dice),
			6..=9 => {
				let listed = pallet_blacklist::Entries::<Runtime>::iter_keys().collect::<Vec<_>>();
				if let Some(tag) = dice.one(listed.into_iter()) {
					self.decide(dice, pallet_blacklist::Call::readmit { tag });
				}
			}
			10..=12 => {
				let call = self.other_parameters(dice);
				self.decide(dice, call);
			}
			13 => {
				let line = self.a_line(dice);
				let capacity = *dice.one_of(&[
					0,
					50_000,
					1_500_000,
					18_000_000,
					18_000_000,
					u32::MAX,
					u32::MAX,
				]);
				self.decide(dice, RegistryCall::add_line { line, capacity });
			}
			14 => {
				let known = dice.percent(80);
				let key =
					if known { dice.one_of(&CAST.services).clone() } else { self.anybody(dice) };
				let overlap = stretched(dice, 100_000);
				self.decide(dice, RegistryCall::set_service_key { key, overlap });
			}
			15 => {
				let key = match dice.below(6) {
					0 => None,
					1 => Some(self.anybody(dice)),
					_ => Some(CAST.grid.clone()),
				};
				self.decide(dice, MarketCall::set_grid_key { key });
			}
			_ => {
				let to = self.anybody(dice);
				let amount = dice.extreme_money(5 * VOLT).min(1_000_000 * VOLT);
				let reference = dice.hash();
				self.decide(dice, WalletCall::issue { to, amount, reference });
			}
		}
	}

	/// Grid prices, some days dearer than the market's, some cheaper.
	fn grid_speaks(&mut self, dice: &mut Dice) {
		let Some(grid) = pallet_market::GridKey::<Runtime>::get() else { return };
		let line = self.a_line(dice);
		let prices = (0..dice.between(1, 8))
			.map(|_| if dice.percent(95) { u128::from(dice.between(1, 100)) * 10_000 } else { 0 })
			.collect::<Vec<_>>();
		let first = if dice.percent(90) { self.tradable_slot() } else { self.a_moment(dice) };
		let prices = prices.try_into().expect("at most eight");
		self.deliver(dice, &grid, MarketCall::set_grid_prices { line, first, prices });
	}

	/// Other parameters of one of the pallets, mostly near the usual ones.
	pub fn other_parameters(&self, dice: &mut Dice) -> RuntimeCall {
		match dice.below(8) {
			0..=2 => MarketCall::set_parameters { parameters: self.other_market(dice) }.into(),
			3..=4 => {
				let mut parameters = self.usual.credibility.clone();
				match dice.below(6) {
					0 => parameters.start = dice.extreme(1_000) as u32,
					1 => parameters.weight = dice.extreme(10) as u32,
					2 => parameters.cap_per_event = dice.extreme(100) as u32,
					3 => parameters.gain = dice.extreme(5) as u32,
					4 => parameters.fine_rate = dice.extreme(200) as u16,
					_ => parameters.smallest_fine = dice.extreme_money(50_000),
				}
				pallet_credibility::Call::set_parameters { parameters }.into()
			}
			5 => {
				let mut parameters = self.usual.blacklist.clone();
				parameters.limit = dice.extreme(950) as u32;
				parameters.reentry = parameters.limit.saturating_add(dice.below(50) as u32);
				parameters.waiting = stretched(dice, 60_000);
				pallet_blacklist::Call::set_parameters { parameters }.into()
			}
			6 => {
				let mut parameters = self.usual.registry.clone();
				parameters.endowment = dice.extreme_money(VOLT / 2);
				parameters.longest_certificate = dice.extreme(86_400_000);
				RegistryCall::set_parameters { parameters }.into()
			}
			_ => {
				let mut parameters = self.usual.oracle;
				parameters.report_period = stretched(dice, parameters.report_period);
				parameters.freshness = stretched(dice, parameters.freshness);
				parameters.min_interval = stretched(dice, parameters.min_interval);
				OracleCall::set_parameters { parameters }.into()
			}
		}
	}

	fn other_market(&self, dice: &mut Dice) -> pallet_market::Parameters {
		let mut parameters = self.usual.market.clone();
		for _ in 0..dice.between(1, 3) {
			match dice.below(15) {
				0 => parameters.delivery_slot = stretched(dice, parameters.delivery_slot),
				1 => parameters.horizon = stretched(dice, parameters.horizon),
				2 => parameters.offer_window = stretched(dice, parameters.offer_window),
				3 => parameters.pay_period = stretched(dice, parameters.pay_period),
				4 => parameters.lead = stretched(dice, parameters.lead),
				5 => parameters.meter_window = stretched(dice, parameters.meter_window),
				6 => parameters.bill_window = stretched(dice, parameters.bill_window),
				7 => parameters.confirm_window = stretched(dice, parameters.confirm_window),
				8 => parameters.rule_window = stretched(dice, parameters.rule_window),
				9 => parameters.price_cap = *dice.one_of(&[1_000_000, 500_000, 10_000, 0]),
				10 => parameters.smallest_fill = dice.extreme(150),
				11 => parameters.tolerance = dice.extreme(100) as u16,
				12 => parameters.exposure = *dice.one_of(&[0, 1, 10, 100, u64::MAX]),
				13 => parameters.largest_unmetered = dice.extreme(2_000),
				_ => parameters.outage = stretched(dice, parameters.outage),
			}
		}
		parameters
	}
}
