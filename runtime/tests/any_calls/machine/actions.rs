//! What people on the market do to get somewhere, and how they fail: mostly in time and in order,
//! some of them never.

use super::{cast::CAST, Dice, World};
use crate::common::{
	people::Id,
	scene::{signed, token_of},
	MarketCall, WalletCall,
};
use pallet_market::{
	Attested, Delivery, Demand, Fault, Offers, Request, RequestState, Requests, Ruling, Supply,
	Trade, TradeState, Trades,
};
use sp_runtime::Permill;
use voltree_primitives::{amount, LineId, Moment, OfferId, RequestId, TradeId};
use voltree_runtime::{AccountId, Market, Runtime, RuntimeOrigin, VOLT};

/// How many requests or trades go on in one step: people do not wait for each other.
const MOST_AT_ONCE: u64 = 6;

/// What kind of request or trade a number is: some are treated badly all along.
fn character(id: u64, kinds: u64) -> u64 {
	(id.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) % kinds
}

impl World {
	/// Somebody with power to sell, its meter if it has one, and its line.
	fn a_seller(&self, dice: &mut Dice) -> (AccountId, Option<AccountId>, LineId) {
		let line = dice.between(1, 3) as LineId;
		match dice.below(10) {
			0..=6 => {
				let (who, meter, line) = dice.one_of(&CAST.households).clone();
				(who, Some(meter), line)
			}
			7..=8 => (dice.one_of(&CAST.owners).clone(), None, line),
			_ => {
				let newcomers = CAST.newcomers().collect::<Vec<_>>();
				(dice.one_of(&newcomers).0.clone(), None, line)
			}
		}
	}

	/// Somebody offers.
	pub fn somebody_offers(&mut self, dice: &mut Dice) {
		let (who, meter, line) = self.a_seller(dice);
		let most = if meter.is_some() { 2_500 } else { 1_000 };
		let volume = dice.between(100, most);
		let smallest_fill = match dice.below(6) {
			0 => volume,
			1 => volume / 2,
			_ => 100,
		};
		let expires = dice.percent(20).then(|| self.now() + dice.below(200_000));
		let price = u128::from(dice.between(1, 40)) * 10_000;
		let slot = self.a_slot(dice);
		let supply = Supply { slot, volume, price, line, smallest_fill, expires, meter };
		self.deliver(dice, &who, MarketCall::offer { supply });
	}

	/// Somebody asks, mostly for what is on offer.
	pub fn somebody_asks(&mut self, dice: &mut Dice) {
		let (who, meter, own) = self.a_seller(dice);
		let on_offer = dice.one(self.ledger.offers()).and_then(Offers::<Runtime>::get);
		let on_offer = on_offer.filter(|_| dice.percent(85));
		let slot = on_offer.as_ref().map_or_else(|| self.a_slot(dice), |offer| offer.slot.start);
		let volume = match on_offer {
			Some(offer) if dice.percent(70) => offer.available,
			_ => dice.between(100, 4_000),
		};
		let others = (1..=3).filter(|line| *line != own);
		let lines = std::iter::once(own).chain(others).take(dice.between(1, 9) as usize);
		let demand = Demand {
			slot,
			volume,
			lines: lines.collect::<Vec<_>>().try_into().expect("at most three"),
			max_price: u128::from(dice.between(20, 100)) * 10_000,
			min_credit: if dice.percent(10) { dice.below(1_100) as u32 } else { 0 },
			meter: meter.filter(|_| dice.percent(20)),
			unmetered: dice.percent(90),
		};
		let funding = match dice.below(8) {
			0 => 0,
			1 => u128::from(dice.below(200_000)),
			_ => amount(volume, demand.max_price).expect("it is small"),
		};
		let key = dice.one_of(&CAST.wallet_keys).clone();
		self.deliver(dice, &who, MarketCall::request { demand, key, funding });
	}

	/// A slot that can be traded, or might.
	fn a_slot(&self, dice: &mut Dice) -> Moment {
		let ahead = *dice.one_of(&[0, 0, 0, 0, 1, 1, 2, 5]);
		self.tradable_slot() + Market::parameters().delivery_slot * ahead
	}

	/// Requests are answered, funded, paid, cancelled, or left alone.
	pub fn requests_go_on(&mut self, dice: &mut Dice) {
		for _ in 0..dice.between(1, MOST_AT_ONCE) {
			if let Some(id) = dice.one(self.ledger.requests()) {
				self.a_request_goes_on(dice, id);
			}
		}
	}

	fn a_request_goes_on(&mut self, dice: &mut Dice, id: RequestId) {
		let request = Requests::<Runtime>::get(id).expect("the books are right");
		match request.state {
			RequestState::Open { .. } => match (character(id, 12), dice.below(12)) {
				// Never answered.
				(0, 0..=10) | (_, 0) => (),
				(_, 1) if dice.percent(30) => self.cancel(dice, id, &request),
				_ => self.respond(dice, id),
			},
			RequestState::Responded { pay_by, .. } => match (character(id, 12), dice.below(16)) {
				(_, 0) if dice.percent(30) => self.cancel(dice, id, &request),
				(_, 1) => self.fund_or_withdraw(dice, id, &request),
				(_, 2) => self.renew(dice, id),
				// Never paid, or late.
				(1, _) => (),
				(2 | 3, _) if self.now() <= pay_by => (),
				_ => self.pay(dice, id, &request),
			},
			RequestState::Closed => match dice.below(4) {
				0 => self.renew(dice, id),
				1 => self.fund_or_withdraw(dice, id, &request),
				_ => (),
			},
		}
	}

	fn respond(&mut self, dice: &mut Dice, request: RequestId) {
		let Some((service, key)) = self.service() else { return };
		let token = self.a_token(dice, signed(token_of(request), &key));
		let origin = RuntimeOrigin::signed(service);
		let _whatever = self.act(origin, MarketCall::respond { request, token });
	}

	fn renew(&mut self, dice: &mut Dice, request: RequestId) {
		let Some((service, key)) = self.service() else { return };
		let token = self.a_token(dice, signed(token_of(request), &key));
		let _whatever = self.act(RuntimeOrigin::signed(service), WalletCall::renew { token });
	}

	fn cancel(&mut self, dice: &mut Dice, id: RequestId, request: &Request<AccountId>) {
		let buyer = request.buyer.clone();
		self.deliver(dice, &buyer, MarketCall::cancel_request { request: id });
	}

	fn fund_or_withdraw(&mut self, dice: &mut Dice, id: RequestId, request: &Request<AccountId>) {
		let wallet = pallet_shared_wallet::Wallets::<Runtime>::get(id).expect("one a request");
		let call = if dice.percent(50) {
			WalletCall::fund { wallet: id, amount: u128::from(dice.below(VOLT as u64)) }
		} else {
			let amount = if dice.percent(50) { wallet.free } else { wallet.free / 2 };
			WalletCall::withdraw { wallet: id, amount }
		};
		let buyer = request.buyer.clone();
		self.deliver(dice, &buyer, call);
	}

	fn pay(&mut self, dice: &mut Dice, id: RequestId, request: &Request<AccountId>) {
		let quoted = dice.one(request.quoted.iter()).map(|quoted| quoted.offer);
		let line = *dice.one_of(&request.lines);
		let fitting = Market::offers_of(request.slot.start, line).into_iter().map(|(id, _)| id);
		let fitting = dice.one(fitting.collect::<Vec<_>>().into_iter());
		let chosen: Option<OfferId> = match dice.below(20) {
			0 => dice.one(self.ledger.offers()),
			1..=4 => fitting,
			_ => quoted.or(fitting),
		};
		let Some((offer, stored)) =
			chosen.and_then(|offer| Offers::<Runtime>::get(offer).map(|stored| (offer, stored)))
		else {
			return;
		};
		let most = request.wanted().min(stored.available);
		let volume = match dice.below(10) {
			0 => stored.smallest_fill,
			1 => dice.below(most.saturating_mul(2)),
			2..=3 => (most / 2).max(100),
			_ => most,
		};
		let wallet = pallet_shared_wallet::Wallets::<Runtime>::get(id).expect("one a request");
		let price = amount(volume, stored.price).unwrap_or_default();
		let missing = price.saturating_sub(wallet.free);
		if missing > 0 && dice.percent(70) {
			let buyer = request.buyer.clone();
			self.deliver(dice, &buyer, WalletCall::fund { wallet: id, amount: missing });
		}
		let payer = if dice.percent(40) { wallet.key } else { wallet.owner };
		self.deliver(dice, &payer, MarketCall::pay { request: id, offer, volume });
	}

	/// An offer is withdrawn.
	pub fn an_offer_ends(&mut self, dice: &mut Dice) {
		let Some(offer) = dice.one(self.ledger.offers()) else { return };
		let stored = Offers::<Runtime>::get(offer).expect("the books are right");
		self.deliver(dice, &stored.seller, MarketCall::withdraw_offer { offer });
	}

	/// Trades are started, billed, confirmed, contested, ruled about, withdrawn, or left alone.
	pub fn trades_go_on(&mut self, dice: &mut Dice) {
		for _ in 0..dice.between(1, MOST_AT_ONCE) {
			if let Some(id) = dice.one(self.ledger.trades()) {
				self.a_trade_goes_on(dice, id);
			}
		}
	}

	fn a_trade_goes_on(&mut self, dice: &mut Dice, id: TradeId) {
		let trade = Trades::<Runtime>::get(id).expect("the books are right");
		let character = character(id, 16);
		let seller = trade.seller.account.clone();
		match &trade.state {
			TradeState::Paid if self.now() >= trade.slot.gate => match character {
				0 => (),
				_ => self.deliver(dice, &seller, MarketCall::start { trade: id }),
			},
			TradeState::Paid if dice.percent(1) => {
				self.deliver(dice, &seller, MarketCall::withdraw_trade { trade: id });
			}
			TradeState::Paid | TradeState::Started { .. } => (),
			TradeState::Delivered { delivery } => match character {
				1..=2 if dice.percent(90) => (),
				3 | 4 => self.contest(dice, id, &trade, delivery, None),
				_ => self.bill(dice, id, &trade, delivery),
			},
			TradeState::Billed { delivery, billed, .. } => match character {
				// Never confirmed, and where nothing is metered sometimes ruled about.
				5 => (),
				6..=7 => {
					if dice.percent(15) {
						self.rule(dice, id);
					}
				}
				8 | 9 => self.contest(dice, id, &trade, delivery, Some(*billed)),
				_ => {
					let buyer = trade.buyer.account.clone();
					self.deliver(dice, &buyer, MarketCall::confirm { trade: id });
				}
			},
			TradeState::Contested { .. } => {
				if character.is_multiple_of(2) && dice.percent(30) {
					self.rule(dice, id);
				}
			}
		}
	}

	fn bill(
		&mut self,
		dice: &mut Dice,
		id: TradeId,
		trade: &Trade<AccountId>,
		delivery: &Delivery,
	) {
		if delivery.attested == Attested::Pending && dice.percent(90) {
			return;
		}
		let most = trade.payable(delivery, None);
		let delivered = match dice.below(20) {
			0 => 0,
			1 => most / 2,
			2 => most.saturating_add(1),
			3 => dice.extreme(most),
			_ => most,
		};
		let payee = match dice.below(10) {
			0 => dice.one_of(&CAST.wallets).clone(),
			1 => dice.one_of(&CAST.all).clone(),
			_ => trade.seller.account.clone(),
		};
		let seller = trade.seller.account.clone();
		self.deliver(dice, &seller, MarketCall::bill { trade: id, delivered, payee });
	}

	fn contest(
		&mut self,
		dice: &mut Dice,
		id: TradeId,
		trade: &Trade<AccountId>,
		delivery: &Delivery,
		billed: Option<u64>,
	) {
		let received = dice.below(trade.payable(delivery, billed).saturating_add(2));
		let buyer = trade.buyer.account.clone();
		self.deliver(dice, &buyer, MarketCall::contest { trade: id, received });
	}

	/// The authority rules.
	fn rule(&mut self, dice: &mut Dice, trade: TradeId) {
		let fault = *dice.one_of(&[Fault::Nobody, Fault::Buyer, Fault::Seller, Fault::Both]);
		let share = match dice.below(4) {
			0 => Permill::zero(),
			1 => Permill::one(),
			_ => Permill::from_parts(dice.below(1_000_001) as u32),
		};
		self.decide(dice, MarketCall::rule { trade, ruling: Ruling { share, fault } });
	}

	/// `token`, or something like it.
	pub fn a_token(
		&self,
		dice: &mut Dice,
		token: pallet_shared_wallet::SignedToken<AccountId, voltree_runtime::Signature>,
	) -> pallet_shared_wallet::SignedToken<AccountId, voltree_runtime::Signature> {
		if !dice.percent(10) {
			return token;
		}
		let mut token = token;
		let inner = &mut token.token;
		match dice.below(12) {
			0 => inner.pay_by = dice.extreme(inner.pay_by),
			1 => inner.valid_until = dice.extreme(inner.valid_until),
			2 => inner.timestamp = dice.extreme(inner.timestamp),
			3 => inner.nonce = dice.any() as u32,
			4 => inner.wallet = dice.extreme(inner.wallet),
			5 => inner.volume = dice.extreme(inner.volume),
			6 => inner.balance = dice.extreme_money(inner.balance),
			7 => inner.record.timely = inner.record.timely.wrapping_add(1),
			8 => inner.key = dice.one_of(&CAST.all).clone(),
			9 => inner.owner = dice.one_of(&CAST.all).clone(),
			10 => inner.genesis = dice.hash(),
			_ => inner.tag = dice.hash(),
		}
		// Half of them are signed as they are now: then it is the management centre that errs.
		if let Some((_, key)) = self.service().filter(|_| dice.percent(50)) {
			token.signature = key.seal(&token.token);
		}
		token
	}
}
