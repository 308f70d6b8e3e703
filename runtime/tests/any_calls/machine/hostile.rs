//! Any call of our pallets by anybody, with arguments of any kind.

use super::{cast::CAST, Dice, World};
use crate::common::{
	people::Id,
	scene::{report_of, signed, token_of},
	MarketCall, OracleCall, RegistryCall, WalletCall,
};
use pallet_market::{Demand, Fault, Requests, Ruling, Supply};
use pallet_sensor_oracle::{
	Class, Register, RegisterReading, RegisterReadings, SeriesRoot, MAX_REGISTERS,
};
use sp_runtime::Permill;
use voltree_primitives::Token;
use voltree_runtime::{AccountId, Runtime, RuntimeCall, RuntimeOrigin, Signature, VOLT};

type SignedToken = pallet_shared_wallet::SignedToken<AccountId, Signature>;

impl World {
	/// Anybody calls anything.
	pub fn anything_at_all(&mut self, dice: &mut Dice) {
		let call = self.any_call(dice);
		match dice.below(20) {
			0 => drop(self.act(RuntimeOrigin::none(), call)),
			1 => self.decide(dice, call),
			2..=4 => {
				let service = self.service().map(|(service, _)| service);
				let who = service.unwrap_or_else(|| self.anybody(dice));
				self.deliver(dice, &who, call);
			}
			5..=12 => {
				let who = dice.one_of(&CAST.households).0.clone();
				self.deliver(dice, &who, call);
			}
			_ => {
				let who = self.anybody(dice);
				self.deliver(dice, &who, call);
			}
		}
	}

	/// Any call of our pallets.
	pub fn any_call(&self, dice: &mut Dice) -> RuntimeCall {
		match dice.below(16) {
			0..=6 => self.any_market_call(dice),
			7..=9 => self.any_wallet_call(dice),
			10..=12 => self.any_registry_call(dice),
			13 => self.any_report(dice),
			14 => self.other_parameters(dice),
			_ => match dice.below(3) {
				0 => pallet_blacklist::Call::readmit { tag: self.a_tag(dice) }.into(),
				_ => self.a_gift(dice),
			},
		}
	}

	fn any_market_call(&self, dice: &mut Dice) -> RuntimeCall {
		let [request, offer, trade] =
			[self.a_request(dice), self.an_offer(dice), self.a_trade(dice)];
		match dice.below(15) {
			0 => self.any_request(dice),
			1 => self.any_offer(dice),
			2 => MarketCall::respond { request, token: self.any_token(dice) },
			3..=4 => MarketCall::pay { request, offer, volume: dice.extreme(400) },
			5 => MarketCall::start { trade },
			6 => {
				let (delivered, payee) = (dice.extreme(400), self.anybody(dice));
				MarketCall::bill { trade, delivered, payee }
			}
			7 => MarketCall::confirm { trade },
			8 => MarketCall::cancel_request { request },
			9 => MarketCall::withdraw_offer { offer },
			10 => MarketCall::withdraw_trade { trade },
			11 => MarketCall::contest { trade, received: dice.extreme(400) },
			12 => {
				let share = Permill::from_parts(dice.extreme(1_000_000) as u32);
				let fault =
					*dice.one_of(&[Fault::Nobody, Fault::Buyer, Fault::Seller, Fault::Both]);
				MarketCall::rule { trade, ruling: Ruling { share, fault } }
			}
			13 => {
				let (line, first) = (self.a_line(dice), self.a_moment(dice));
				let prices = (0..dice.below(97)).map(|_| dice.extreme_money(300_000));
				let prices = prices.collect::<Vec<_>>().try_into().expect("at most 96");
				MarketCall::set_grid_prices { line, first, prices }
			}
			_ => MarketCall::set_grid_key { key: Some(CAST.grid.clone()) },
		}
		.into()
	}

	fn any_request(&self, dice: &mut Dice) -> MarketCall {
		let lines = (0..dice.below(5)).map(|_| self.a_line(dice)).collect::<Vec<_>>();
		let demand = Demand {
			slot: self.a_moment(dice),
			volume: dice.extreme(400),
			lines: lines.try_into().expect("at most four"),
			max_price: dice.extreme_money(300_000),
			min_credit: dice.extreme(0) as u32,
			meter: dice.percent(30).then(|| self.anybody(dice)),
			unmetered: dice.percent(50),
		};
		let (key, funding) = (self.anybody(dice), dice.extreme_money(VOLT));
		MarketCall::request { demand, key, funding }
	}

	fn any_offer(&self, dice: &mut Dice) -> MarketCall {
		let supply = Supply {
			slot: self.a_moment(dice),
			volume: dice.extreme(400),
			price: dice.extreme_money(250_000),
			line: self.a_line(dice),
			smallest_fill: dice.extreme(100),
			expires: dice.percent(40).then(|| self.a_moment(dice)),
			meter: dice.percent(60).then(|| self.anybody(dice)),
		};
		MarketCall::offer { supply }
	}

	/// The token of an open request, mostly; tampered with, now and then.
	fn any_token(&self, dice: &mut Dice) -> SignedToken {
		let key = dice.one_of(&CAST.services);
		let open = dice.one(self.ledger.requests());
		let token = match open.filter(|id| Requests::<Runtime>::contains_key(id)) {
			Some(id) => token_of(id),
			None => Token {
				domain: voltree_primitives::TOKEN,
				genesis: dice.hash(),
				wallet: dice.any(),
				nonce: 0,
				key: self.anybody(dice),
				owner: self.anybody(dice),
				tag: self.a_tag(dice),
				balance: 0,
				volume: dice.extreme(400),
				pay_by: self.a_moment(dice),
				valid_until: self.a_moment(dice),
				record: Default::default(),
				timestamp: self.a_moment(dice),
			},
		};
		self.a_token(dice, signed(token, &CAST.keys[key]))
	}

	fn any_wallet_call(&self, dice: &mut Dice) -> RuntimeCall {
		let wallet = self.a_request(dice);
		let account = self.anybody(dice);
		let amount = dice.extreme_money(VOLT);
		// Few references, so that some come twice.
		let reference = sp_core::H256::from_low_u64_be(dice.below(100));
		match dice.below(8) {
			0 => WalletCall::fund { wallet, amount },
			1 => WalletCall::withdraw { wallet, amount },
			2 => WalletCall::renew { token: self.any_token(dice) },
			3 => WalletCall::pay_fines { amount },
			4 => WalletCall::issue { to: account, amount: amount.min(1 << 80), reference },
			5 => WalletCall::redeem { amount, reference },
			6 => WalletCall::cancel_redemption {},
			_ => WalletCall::burn { account, amount, reference },
		}
		.into()
	}

	fn any_registry_call(&self, dice: &mut Dice) -> RuntimeCall {
		let account = self.anybody(dice);
		match dice.below(10) {
			0 => RegistryCall::register {}.into(),
			1 => RegistryCall::withdraw_application {}.into(),
			2..=3 => {
				let tag = self.a_tag(dice);
				self.a_certificate(dice, account, tag)
			}
			4 => {
				let wallet = self.anybody(dice);
				self.a_link(dice, &account, wallet)
			}
			5 => RegistryCall::unlink_wallet { wallet: account }.into(),
			6 => {
				let device = self.anybody(dice);
				self.a_device(dice, device, account)
			}
			7 => {
				// Seldom by the service: there are only so many devices.
				RegistryCall::remove_device { device: dice.one_of(&CAST.spare_devices).clone() }
					.into()
			}
			8 => {
				let (line, capacity) = (self.a_line(dice), dice.extreme(1_500_000) as u32);
				RegistryCall::add_line { line, capacity }.into()
			}
			_ => {
				let (key, overlap) = (CAST.services[0].clone(), dice.extreme(100_000));
				RegistryCall::set_service_key { key, overlap }.into()
			}
		}
	}

	fn any_oracle_call(&self, dice: &mut Dice, device: AccountId) -> RuntimeCall {
		let model = sp_core::H256::from_low_u64_be(dice.below(40));
		match dice.below(4) {
			// The one that all sensors here use, or no line would be safe in the rest of the case.
			0 => OracleCall::allow_model { model: sp_core::H256::repeat_byte(1) },
			1 => OracleCall::retire_model { model },
			2 => OracleCall::restore_sensor { sensor: device },
			_ => {
				let key = CAST.keys.get(&device).unwrap_or(&CAST.keys[&CAST.grid]);
				let hour = (self.a_moment(dice) / 3_600_000) as u32;
				let (count, root) = (dice.below(3) as u32, model);
				let series = SeriesRoot { device, hour, count, root };
				let message = voltree_runtime::SensorOracle::series_message(series.clone());
				let signature = dice.percent(50).then(|| key.seal(&message));
				OracleCall::record_series { series, signature }
			}
		}
		.into()
	}

	fn any_report(&self, dice: &mut Dice) -> RuntimeCall {
		let device = self.anybody(dice);
		let key = CAST.keys.get(&device).unwrap_or(&CAST.keys[&CAST.grid]);
		if dice.percent(20) {
			return self.any_oracle_call(dice, device);
		}
		if dice.percent(50) {
			let class = *dice.one_of(&[Class::Clear, Class::LineFault, Class::Overload]);
			let mut report = report_of(key, class, self.a_moment(dice));
			report.confidence = dice.extreme(1_000_000) as u32;
			let signature = dice.percent(50).then(|| key.seal(&report));
			OracleCall::report { report, signature }.into()
		} else {
			let (meter, boundary) = (device, self.a_moment(dice));
			let (import, export) = (dice.extreme(10_000), dice.extreme(100_000));
			if dice.percent(50) {
				let reading = RegisterReading { meter, boundary, import, export };
				let signature = dice.percent(50).then(|| key.seal(&reading));
				return OracleCall::report_register { reading, signature }.into();
			}
			let count = dice.index(1 + MAX_REGISTERS as usize);
			let registers = vec![Register { boundary, import, export }; count];
			let registers = registers.try_into().expect("no more than fit");
			let readings = RegisterReadings { meter, registers };
			let signature = dice.percent(50).then(|| key.seal(&readings));
			OracleCall::report_registers { readings, signature }.into()
		}
	}
}
