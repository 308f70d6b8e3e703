//! Days of random doings by several households on the whole runtime: whatever they try, in whatever
//! order, every invariant holds after each block, no money appears or vanishes, and no energy is
//! sold that was not offered, or paid for that was not measured.

#[path = "../common/mod.rs"]
mod common;

mod ledger;
mod steps;

use common::{
	on,
	people::{household, meter, service, wallet_key, Id},
	scene::{demand, held, line_of, signed, supply, token_of, Seller},
	sign, BalancesCall, Chain, MarketCall, OracleCall, WalletCall,
};
use ledger::{check_energy_and_money, Seen};
use pallet_market::{Attested, RequestState, TradeState};
use pallet_sensor_oracle::RegisterReading;
use proptest::{
	prelude::*,
	test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use sp_core::sr25519::Pair;
use std::{cell::RefCell, collections::BTreeMap};
use steps::{step, Step};
use voltree_primitives::{energy, Moment, WattHours};
use voltree_runtime::{AccountId, Balances, Runtime, RuntimeCall, VOLT};

/// How many households take part, and which: some on each line.
const PLAYERS: [usize; 8] = [1, 2, 3, 6, 7, 8, 11, 12];

const BLOCKS: usize = 150;
const STEPS_PER_BLOCK: usize = 3;

/// A day under way.
struct Day<'a> {
	chain: &'a mut Chain,
	sun: u64,
	silent: [bool; PLAYERS.len()],
	/// Registers that the meters reported: export by meter and boundary.
	registers: BTreeMap<(AccountId, Moment), WattHours>,
	read_until: Moment,
}

fn nth<T>(items: impl Iterator<Item = T>, pick: usize) -> Option<T> {
	let items = items.collect::<Vec<_>>();
	let count = items.len();
	items.into_iter().nth(pick.checked_rem(count)?)
}

fn slot_length() -> Moment {
	Market::parameters().delivery_slot
}

fn player(account: &AccountId) -> Pair {
	let number = PLAYERS.into_iter().find(|number| household(*number).id() == *account);
	household(number.expect("only players trade"))
}

impl Day<'_> {
	/// Send what may fail, for any reason but a panic.
	fn attempt(&mut self, who: &Pair, call: impl Into<RuntimeCall>) {
		let _whatever = self.chain.apply(sign(who, call, 0));
	}

	fn go_on(&mut self, slots: u64) {
		self.chain.skip(slots);
		self.read_meters();
	}

	/// All meters report all boundaries that have come.
	fn read_meters(&mut self) {
		let length = slot_length();
		while self.read_until + length <= self.chain.now() {
			self.read_until += length;
			for (index, number) in PLAYERS.into_iter().enumerate() {
				let device = meter(number);
				let rated = pallet_registry::Devices::<Runtime>::get(device.id())
					.expect("it is registered")
					.rated_power;
				let made = energy(rated, length).saturating_sub(1) * self.sun / 100;
				let export = self.chain.exported.entry(device.id()).or_default();
				*export += made;
				if !self.silent[index] {
					let (boundary, export) = (self.read_until, *export);
					let reading =
						RegisterReading { meter: device.id(), boundary, import: 0, export };
					let call = OracleCall::report_register { reading, signature: None };
					let told = self.chain.apply(sign(&device, call, 0));
					if told == Ok(Ok(())) {
						self.registers.insert((device.id(), boundary), export);
					}
				}
			}
		}
	}

	fn slot_ahead(&self, ahead: u64) -> Moment {
		self.chain.tradable_slot() + ahead * slot_length()
	}

	fn price(price: u8) -> u128 {
		u128::from(price) * 100_000
	}

	fn take(&mut self, step: Step) {
		use pallet_market::{Offers, Requests, Trades};
		match step {
			Step::Offer { who, volume, price, ahead, lasts } => {
				let seller = Seller::Household(PLAYERS[who]);
				let mut supply = supply(seller, self.slot_ahead(ahead), volume);
				supply.price = Self::price(price);
				supply.expires = (lasts > 20_000).then(|| self.chain.now() + lasts);
				// Now and then on a line where nobody measures.
				if lasts % 5 == 0 {
					supply.line = line_of(PLAYERS[who]) % 3 + 1;
					supply.meter = None;
				}
				self.attempt(&seller.key(), MarketCall::offer { supply });
			}
			Step::Request { who, volume, price, ahead, funding } => {
				let number = PLAYERS[who];
				let mut demand = demand(number, self.slot_ahead(ahead), volume);
				demand.max_price = Self::price(price);
				let key = wallet_key(&household(number)).id();
				self.attempt(&household(number), MarketCall::request { demand, key, funding });
			}
			Step::Respond => {
				let open = Requests::<Runtime>::iter()
					.filter(|(_, request)| matches!(request.state, RequestState::Open { .. }))
					.map(|(id, _)| id)
					.collect::<Vec<_>>();
				for request in open {
					let token = signed(token_of(request), &service());
					self.attempt(&service(), MarketCall::respond { request, token });
				}
			}
			Step::Pay { pick, offer, volume, by_key } => {
				let Some((request, asked)) = nth(Requests::<Runtime>::iter(), pick) else { return };
				let Some(offer) = nth(Offers::<Runtime>::iter_keys(), offer) else { return };
				let buyer = player(&asked.buyer);
				let who = if by_key { wallet_key(&buyer) } else { buyer };
				self.attempt(&who, MarketCall::pay { request, offer, volume });
			}
			Step::PayAll => {
				let requests = Requests::<Runtime>::iter().collect::<Vec<_>>();
				for (request, asked) in requests {
					let quotes = pallet_market::Responses::<Runtime>::get(request);
					for quote in quotes.into_iter().take(2) {
						let volume = asked.wanted().min(quote.available);
						let call = MarketCall::pay { request, offer: quote.offer, volume };
						self.attempt(&player(&asked.buyer), call);
					}
				}
			}
			Step::Fund { pick, amount } => {
				let Some((wallet, asked)) = nth(Requests::<Runtime>::iter(), pick) else { return };
				self.attempt(&player(&asked.buyer), WalletCall::fund { wallet, amount });
			}
			Step::Withdraw { pick, amount } => {
				let Some((wallet, asked)) = nth(Requests::<Runtime>::iter(), pick) else { return };
				self.attempt(&player(&asked.buyer), WalletCall::withdraw { wallet, amount });
			}
			Step::Start => {
				for (trade, paid) in Trades::<Runtime>::iter().collect::<Vec<_>>() {
					self.attempt(&player(&paid.seller.account), MarketCall::start { trade });
				}
			}
			Step::Bill { percent } => {
				for (trade, done) in Trades::<Runtime>::iter().collect::<Vec<_>>() {
					let TradeState::Delivered { delivery } = done.state else { continue };
					let most = match delivery.attested {
						Attested::Allotted(energy) => energy,
						_ => done.volume,
					};
					let (delivered, payee) = (most * percent / 100, done.seller.account.clone());
					let call = MarketCall::bill { trade, delivered, payee };
					self.attempt(&player(&done.seller.account), call);
				}
			}
			Step::Confirm { every } => {
				for (trade, done) in Trades::<Runtime>::iter().step_by(every).collect::<Vec<_>>() {
					self.attempt(&player(&done.buyer.account), MarketCall::confirm { trade });
				}
			}
			Step::Cancel { pick } => {
				let Some((request, asked)) = nth(Requests::<Runtime>::iter(), pick) else { return };
				self.attempt(&player(&asked.buyer), MarketCall::cancel_request { request });
			}
			Step::WithdrawOffer { pick } => {
				let Some((offer, made)) = nth(Offers::<Runtime>::iter(), pick) else { return };
				self.attempt(&player(&made.seller), MarketCall::withdraw_offer { offer });
			}
			Step::Renew { pick } => {
				let tokens = pallet_shared_wallet::Tokens::<Runtime>::iter_keys();
				let Some(request) = nth(tokens, pick) else { return };
				let token = signed(token_of(request), &service());
				self.attempt(&service(), WalletCall::renew { token });
			}
			Step::Weather { class } => self.chain.weather = class,
			Step::Sun { percent } => self.sun = percent,
			Step::Silence { who } => self.silent[who] = !self.silent[who],
			Step::Give { from, to, amount } => {
				let dest = household(PLAYERS[to]).id().into();
				let call = BalancesCall::transfer_allow_death { dest, value: amount };
				self.attempt(&household(PLAYERS[from]), call);
			}
			Step::Skip { slots } => self.go_on(slots),
		}
	}
}

fn a_day(steps: Vec<Step>, seen: &mut Seen) {
	on("demo", |chain| {
		for number in PLAYERS {
			chain.give(&wallet_key(&household(number)), VOLT);
		}
		chain.calm();
		let issued = Balances::total_issuance();
		let read_until = chain.now() / slot_length() * slot_length();
		let silent = [false; PLAYERS.len()];
		let mut day = Day { chain, sun: 80, silent, registers: BTreeMap::new(), read_until };
		for together in steps.chunks(STEPS_PER_BLOCK) {
			for step in together {
				day.take(step.clone());
			}
			day.go_on(0);
			assert_eq!(Balances::total_issuance(), issued);
		}
		// The night: nobody does anything, and everything ends by itself.
		let Day { chain, registers, .. } = day;
		let parameters = Market::parameters();
		let night = chain.now() + parameters.rule_window + 120_000;
		while chain.now() < night && pallet_market::Agenda::<Runtime>::iter().next().is_some() {
			chain.skip(3);
		}
		assert!(pallet_market::Agenda::<Runtime>::iter().next().is_none(), "all has ended");
		assert!(pallet_market::Requests::<Runtime>::iter().next().is_none());
		assert!(pallet_market::Trades::<Runtime>::iter().next().is_none());
		assert!(pallet_shared_wallet::Wallets::<Runtime>::iter().next().is_none());
		for number in PLAYERS {
			assert_eq!(held(&household(number)), 0);
		}
		assert_eq!(Balances::total_issuance(), issued);
		check_energy_and_money(&chain.all_events(), &registers, seen);
	});
}

#[test]
fn random_days_keep_every_invariant() {
	let config =
		Config { cases: 12, failure_persistence: None, max_shrink_iters: 100, ..Config::default() };
	// The same days each time: a failure can be looked at.
	let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
	let mut runner = TestRunner::new_with_rng(config, rng);
	let seen = RefCell::new(Seen::default());
	runner
		.run(&prop::collection::vec(step(), BLOCKS * STEPS_PER_BLOCK), |steps| {
			a_day(steps, &mut seen.borrow_mut());
			Ok(())
		})
		.unwrap_or_else(|failure| panic!("{failure}"));
	let seen = seen.into_inner();
	println!("{seen:?}");
	for outcome in ["Confirmed", "NotStarted", "SettledUnbilled", "SettledUnconfirmed"] {
		assert!(seen.outcomes.contains_key(outcome), "no trade was {outcome}: {seen:?}");
	}
	for ending in ["Settled", "NoResponse", "NotPaid", "Cancelled"] {
		assert!(seen.endings.contains_key(ending), "no request was {ending}: {seen:?}");
	}
	assert!(seen.energy > 0);
}
