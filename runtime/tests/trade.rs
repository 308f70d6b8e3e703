//! A whole trade, from newcomers to money, by signed extrinsics alone (DESIGN.md, section 3).

mod common;

use common::{
	dispatch, on,
	people::{household, pair, sensor_owner, service, wallet_key, Id},
	scene::{demand, held, signed, supply, token_of, total, Seller, PRICE, VOLUME},
	Chain, MarketCall, OracleCall, RegistryCall, WalletCall,
};
use pallet_market::{Attested, Demand, Ending, Event, Outcome, Supply, TradeState};
use pallet_registry::types::DeviceKind;
use pallet_sensor_oracle::RegisterReading;
use sp_core::{sr25519::Pair, H256};
use sp_runtime::traits::{BlakeTwo256, Hash};
use voltree_primitives::{IdentityTag, LineId, Moment, Roles};
use voltree_runtime::{
	genesis::{household_tag, sensor_owner_tag},
	Balances, Executive, Market, Registry, Runtime, RuntimeOrigin, VOLT,
};

/// The management centre certifies somebody who has no account yet, on his signed word.
fn certify(chain: &mut Chain, newcomer: &Pair, roles: Roles) -> IdentityTag {
	let tag = H256(newcomer.id().into());
	let consent = newcomer.seal(&Registry::consent_message(&newcomer.id(), &tag));
	let expires = chain.now() + 30 * 86_400_000;
	let (account, consent) = (newcomer.id(), Some(consent));
	chain.ok(&service(), RegistryCall::certify { account, tag, roles, expires, consent });
	tag
}

fn connect_meter(chain: &mut Chain, device: &Pair, owner: &Pair, line: LineId) {
	let signature = device.seal(&Registry::device_message(&device.id(), &owner.id()));
	let (device, owner) = (device.id(), owner.id());
	// A slot of a minute carries a quarter hour's energy, as at genesis.
	let (kind, rated_power) = (DeviceKind::Meter, 15 * 25_000);
	let call = RegistryCall::register_device { device, kind, owner, line, rated_power, signature };
	chain.ok(&service(), call);
}

fn link(chain: &mut Chain, owner: &Pair, wallet: &Pair) {
	let signature = wallet.seal(&Registry::link_message(&owner.id(), &wallet.id()));
	chain.ok(owner, RegistryCall::link_wallet { wallet: wallet.id(), signature });
}

/// A reading sent by somebody else, with the meter's signature inside.
fn relay(chain: &mut Chain, relayer: &Pair, meter: &Pair, boundary: Moment, export: u64) {
	let reading = RegisterReading { meter: meter.id(), boundary, import: 0, export };
	let message = voltree_runtime::SensorOracle::register_message(reading.clone());
	let signature = Some(meter.seal(&message));
	chain.ok(relayer, OracleCall::report_register { reading, signature });
}

/// What a buyer posts with a request, and a seller beside what a proven loss could be.
const BOND: u128 = 50_000;

/// Everything from the first certificate to the last unit of money.
#[test]
fn a_metered_trade_of_two_newcomers() {
	on("dev", |chain| {
		chain.calm();
		let issued = Balances::total_issuance();
		let [buyer, seller] = ["//New//Buyer", "//New//Seller"].map(pair);
		let [wallet, meter, import_meter] =
			["//New//Wallet", "//New//Meter", "//New//ImportMeter"].map(pair);
		let key = wallet_key(&buyer);
		let author = pair("//Alice");

		// Nobody of them has anything: the pot pays the first fees, the certificate comes first.
		let buyer_tag = certify(chain, &buyer, Roles::Buyer);
		let seller_tag = certify(chain, &seller, Roles::Seller);
		assert_eq!([total(&buyer), total(&seller)], [VOLT / 2, VOLT / 2]);
		link(chain, &seller, &wallet);
		connect_meter(chain, &meter, &seller, 1);
		connect_meter(chain, &import_meter, &buyer, 2);
		chain.give(&buyer, 10 * VOLT);
		chain.give(&wallet, VOLT);
		chain.give(&key, VOLT);
		chain.next();
		let author_before = total(&author) - fees_so_far(chain);

		// An offer, a request with half of the money, the response as soon as offers suffice.
		let start = chain.tradable_slot();
		let price = 150_001;
		let meter_of = |device: &Pair| Some(device.id());
		chain.ok(
			&seller,
			MarketCall::offer {
				supply: Supply {
					slot: start,
					volume: 1_000,
					price,
					line: 1,
					smallest_fill: 200,
					expires: None,
					meter: meter_of(&meter),
				},
			},
		);
		let asked = Demand {
			slot: start,
			volume: VOLUME,
			lines: vec![2, 1].try_into().expect("two lines"),
			max_price: price,
			min_credit: 1_000,
			meter: meter_of(&import_meter),
			unmetered: false,
		};
		let request = chain.request(&buyer, asked, 30_000);
		assert_eq!(held(&buyer), 30_000 + BOND);
		let quotes = Market::quotes_of(&pallet_market::Requests::<Runtime>::get(request).unwrap());
		assert_eq!(quotes.len(), 1);
		chain.respond(request);

		// 400 Wh at 150,001 a kWh are 60,000.4, rounded up; the hold does not cover it yet.
		let (offer, locked) = (quotes[0].offer, 60_001);
		let too_poor = pallet_shared_wallet::Error::<Runtime>::InsufficientFunds.into();
		let pay = MarketCall::pay { request, offer, volume: VOLUME };
		assert_eq!(chain.send(&key, pay), Err(too_poor));
		chain.ok(&buyer, WalletCall::fund { wallet: request, amount: 40_000 });
		let trade = chain.pay(&key, request, offer, VOLUME);
		let shared = pallet_shared_wallet::Wallets::<Runtime>::get(request).unwrap();
		assert_eq!((shared.free, shared.locked), (70_000 - locked, locked));
		assert_eq!(chain.score(buyer_tag), (1_000, 1, 0));

		// What is not promised can be taken out; what is locked cannot.
		let rest = 70_000 - locked;
		chain.ok(&buyer, WalletCall::withdraw { wallet: request, amount: rest });
		assert_eq!(held(&buyer), locked + BOND);
		// 400 Wh at 849,999 a kWh below the cap are 339,999.6, rounded up.
		assert_eq!(held(&seller), 340_000 + BOND);
		// The management centre renews the token with the grown record.
		let renewed = signed(token_of(request), &service());
		assert_eq!((renewed.token.nonce, renewed.token.record.timely), (1, 1));
		chain.ok(&service(), WalletCall::renew { token: renewed });

		// Delivery on two safe lines, the registers by the meter itself and by a relayer.
		let slot = chain.trade(trade).slot;
		chain.until(slot.gate);
		chain.ok(&seller, MarketCall::start { trade });
		chain.until(slot.start);
		chain.read_meter(&meter, slot.start, 0);
		chain.past(slot.end);
		relay(chain, &household(9), &meter, slot.end, 380);
		relay(chain, &household(9), &import_meter, slot.end, 0);
		let deadlines = chain.trade(trade).deadlines;
		chain.past(deadlines.meter_by);
		let TradeState::Delivered { delivery } = chain.trade(trade).state else {
			panic!("the slot is over")
		};
		assert_eq!((delivery.excused, delivery.attested), (false, Attested::Allotted(380)));

		// The bill goes to the linked wallet; the buyer confirms.
		let wallet_before = total(&wallet);
		let payee = wallet.id();
		chain.ok(&seller, MarketCall::bill { trade, delivered: 380, payee: payee.clone() });
		let before = chain.trade(trade);
		chain.ok(&buyer, MarketCall::confirm { trade });

		// Money: 380 Wh are 57,000.38, rounded down; the rest is free again and, as the request
		// has ended, off the hold.
		let payout = 57_000;
		assert_eq!(total(&wallet) - wallet_before, payout);
		assert_eq!([held(&buyer), held(&seller)], [0, 0]);
		assert_eq!(total(&buyer), VOLT / 2 + 10 * VOLT - payout - chain.fees_of(&buyer));
		assert_eq!(total(&seller), VOLT / 2 - chain.fees_of(&seller));
		assert_eq!(total(&key), VOLT - chain.fees_of(&key));
		assert_eq!(total(&author) - author_before, fees_so_far(chain));
		assert_eq!([total(&meter), total(&import_meter)], [0, 0]);
		assert_eq!(Balances::total_issuance(), issued);

		// Credit and record: 20 Wh less are within the tolerance of 50 in 1,000.
		assert_eq!(chain.score(buyer_tag), (1_000, 1, 0));
		assert_eq!(chain.score(seller_tag), (1_000, 1, 0));
		let hash = BlakeTwo256::hash_of(&(trade, before, Outcome::Confirmed, 380u64, payout));
		for tag in [buyer_tag, seller_tag] {
			let score = pallet_credibility::Scores::<Runtime>::get(tag).unwrap();
			assert_eq!(score.record.recent.to_vec(), vec![hash]);
			assert_eq!(score.record.rolling, BlakeTwo256::hash_of(&(H256::zero(), hash)));
		}

		// Nothing is left in storage but the unsold part of the offer, which ends with its gate.
		assert_eq!(pallet_market::Trades::<Runtime>::iter().count(), 0);
		assert_eq!(pallet_market::Requests::<Runtime>::iter().count(), 0);
		assert_eq!(pallet_market::Offers::<Runtime>::iter().count(), 0);
		assert_eq!(pallet_shared_wallet::Wallets::<Runtime>::iter().count(), 0);

		let story = chain.market_events().into_iter().map(|event| match event {
			Event::Offered { .. } => "offered",
			Event::Requested { .. } => "requested",
			Event::Responded { quotes: 1, .. } => "responded",
			Event::Paid { late: false, amount: 60_001, .. } => "paid",
			Event::OfferClosed { unsold: 600, .. } => "closed",
			Event::Started { .. } => "started",
			Event::Metered { attested: Attested::Allotted(380), .. } => "metered",
			Event::Billed { billed: 380, .. } => "billed",
			Event::Settled {
				outcome: Outcome::Confirmed,
				delivered: 380,
				payout: 57_000,
				refund: 3_001,
				..
			} => "settled",
			Event::RequestEnded { ending: Ending::Settled, .. } => "ended",
			other => panic!("unexpected: {other:?}"),
		});
		let expected = [
			"offered",
			"requested",
			"responded",
			"paid",
			"started",
			"closed",
			"metered",
			"billed",
			"settled",
			"ended",
		];
		assert_eq!(story.collect::<Vec<_>>(), expected);
	});
}

/// Fees of everybody but the author, who pays his to himself.
fn fees_so_far(chain: &Chain) -> u128 {
	let author = pair("//Alice").id();
	chain.fees().into_iter().filter(|(payer, _)| *payer != author).map(|(_, fee)| fee).sum()
}

/// Without meters the bill and the buyer's word decide.
#[test]
fn an_unmetered_trade() {
	on("dev", |chain| {
		chain.calm();
		let seller = sensor_owner(1);
		let deal = chain.deal(2, Seller::SensorOwner(1));
		assert_eq!(chain.trade(deal.trade).meter, None);
		let seller_before = total(&seller) + chain.fees_of(&seller);
		let buyer_before = total(&deal.buyer) + chain.fees_of(&deal.buyer);
		chain.start_delivery(&deal);
		chain.deliver(&deal, 0);
		chain.bill(&deal, 390);
		chain.ok(&deal.buyer, MarketCall::confirm { trade: deal.trade });

		let payout = 390 * PRICE / 1_000;
		assert_eq!(total(&seller) + chain.fees_of(&seller) - seller_before, payout);
		assert_eq!(buyer_before - total(&deal.buyer) - chain.fees_of(&deal.buyer), payout);
		assert_eq!(held(&deal.buyer), 0);
		assert_eq!(chain.score(sensor_owner_tag(1)), (1_000, 1, 0));
		assert_eq!(chain.score(household_tag(2)), (1_000, 1, 0));
	});
}

/// One offer for several requests, one request by several offers: nothing is promised twice, and a
/// meter's energy goes to its trades in the order in which they were paid.
#[test]
fn partial_fills_share_a_meter_in_the_order_of_payment() {
	on("dev", |chain| {
		chain.calm();
		let seller = Seller::Household(1);
		let start = chain.tradable_slot();
		let offer = chain.offer(seller, supply(seller, start, 400));
		let other = chain.offer(Seller::Household(6), supply(Seller::Household(6), start, 400));
		let trades = [2, 3].map(|number| {
			let buyer = household(number);
			let request = chain.request(&buyer, demand(number, start, 300), VOLT);
			chain.respond(request);
			let trade = chain.pay(&buyer, request, offer, 200);
			chain.pay(&buyer, request, other, 100);
			trade
		});
		assert!(!pallet_market::Offers::<Runtime>::contains_key(offer), "it is sold out");
		assert_eq!(pallet_market::Offers::<Runtime>::get(other).unwrap().available, 200);

		let slot = chain.trade(trades[0]).slot;
		chain.until(slot.gate);
		for trade in trades {
			chain.ok(&seller.key(), MarketCall::start { trade });
		}
		chain.past(slot.end);
		let meter = seller.meter().unwrap();
		chain.read_meter(&meter, slot.start, 0);
		chain.read_meter(&meter, slot.end, 310);
		let deadlines = chain.trade(trades[0]).deadlines;
		chain.past(deadlines.meter_by);
		let allotted = trades.map(|trade| match chain.trade(trade).state {
			TradeState::Delivered { delivery } => delivery.attested,
			state => panic!("{state:?}"),
		});
		assert_eq!(allotted, [Attested::Allotted(200), Attested::Allotted(110)]);
	});
}

/// The blocks that these tests make are blocks that every node accepts.
#[test]
fn the_blocks_of_a_trade_can_be_imported() {
	let blocks = on("dev", |chain| {
		chain.calm();
		let deal = chain.deal(1, Seller::Household(7));
		chain.start_delivery(&deal);
		chain.deliver(&deal, VOLUME);
		chain.bill(&deal, VOLUME);
		chain.ok(&deal.buyer, MarketCall::confirm { trade: deal.trade });
		chain.next();
		chain.blocks.clone()
	});
	common::genesis_state("dev").execute_with(|| {
		for block in blocks {
			// Checks the parent, the digest, the extrinsics' root and the state's root.
			Executive::execute_block(block.into());
		}
		let settled = pallet_shared_wallet::Flows::<Runtime>::get(household(7).id());
		assert_eq!(settled.received, u128::from(VOLUME) * PRICE / 1_000);
	});
}

/// A seller's device needs the token, the genesis hash and the service's public key, nothing else.
#[test]
fn the_stored_token_is_verified_offline() {
	on("dev", |chain| {
		chain.calm();
		let deal = chain.deal(1, Seller::Household(7));
		let stored = voltree_runtime::SharedWallet::token_of(deal.request).unwrap();
		let genesis = chain.blocks[0].header.parent_hash;
		let verified =
			stored.token.verify(&stored.signature, &service().id(), genesis, chain.now());
		assert_eq!(verified, Ok(()));
		assert_eq!(stored.token.owner, deal.buyer.id());
		assert_eq!(stored.token.key, wallet_key(&deal.buyer).id());
	});
}

/// The whole pallet answers to nobody but signed people: not even to root.
#[test]
fn root_trades_nothing() {
	on("dev", |chain| {
		chain.calm();
		let deal = chain.deal(1, Seller::Household(7));
		let calls = [
			MarketCall::cancel_request { request: deal.request },
			MarketCall::confirm { trade: deal.trade },
			MarketCall::start { trade: deal.trade },
			MarketCall::withdraw_trade { trade: deal.trade },
			MarketCall::contest { trade: deal.trade, received: 0 },
		];
		for call in calls {
			for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
				let refused = dispatch(origin, call.clone()).map_err(|refused| refused.error);
				assert_eq!(refused.map(|_| ()), Err(sp_runtime::DispatchError::BadOrigin));
			}
		}
		let fund = WalletCall::fund { wallet: deal.request, amount: 1 };
		assert!(dispatch(RuntimeOrigin::root(), fund).is_err());
	});
}
