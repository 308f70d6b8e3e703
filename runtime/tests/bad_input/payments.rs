//! Payments, and the money of shared wallets.

use crate::common::{
	on,
	people::{household, sensor_owner, service, wallet_key, Id},
	refusals::{check, row},
	scene::{demand, supply, total, Seller, PRICE, VOLUME},
	BalancesCall, MarketCall, RegistryCall, WalletCall,
};
use pallet_market::{Error as Market, Event};
use voltree_runtime::{Runtime, VOLT};

type MarketError = Market<Runtime>;
type WalletError = pallet_shared_wallet::Error<Runtime>;

#[test]
fn payments() {
	on("dev", |chain| {
		chain.calm();
		let [buyer, neighbour] = [household(1), household(2)];
		let start = chain.tradable_slot();
		let sold_by = |n| Seller::Household(n);
		let good = chain.offer(sold_by(7), supply(sold_by(7), start, VOLUME));
		let whole = {
			let mut whole = supply(sold_by(8), start, VOLUME);
			whole.smallest_fill = VOLUME;
			chain.offer(sold_by(8), whole)
		};
		let dear = {
			let mut dear = supply(sold_by(9), start, VOLUME);
			dear.price = PRICE + 1;
			chain.offer(sold_by(9), dear)
		};
		let far = chain.offer(sold_by(11), supply(sold_by(11), start, VOLUME));
		let later = chain.offer(sold_by(7), supply(sold_by(7), start + 60_000, VOLUME));
		let own = chain.offer(sold_by(1), supply(sold_by(1), start, VOLUME));
		let lapsed = chain.offer(sold_by(10), supply(sold_by(10), start, VOLUME));
		// Without a meter, and a seller who has not the money for a bond.
		let poor_seller = sensor_owner(3);
		let bondless = {
			let mut bondless = supply(Seller::SensorOwner(3), start, 1_000);
			bondless.price = 10_000;
			chain.offer(Seller::SensorOwner(3), bondless)
		};
		let rich = total(&poor_seller);
		chain.ok(
			&poor_seller,
			BalancesCall::transfer_keep_alive {
				dest: service().id().into(),
				value: rich - VOLT - VOLT / 100,
			},
		);
		let watched =
			chain.offer(Seller::SensorOwner(1), supply(Seller::SensorOwner(1), start, VOLUME));
		let (mut asked, mut picky) = (demand(1, start, 2_000), demand(1, start, VOLUME));
		asked.lines = vec![1, 2].try_into().expect("two");
		asked.max_price = PRICE;
		picky.min_credit = 1_001;
		let mut metered = demand(1, start, VOLUME);
		metered.unmetered = false;
		let request = chain.request(&buyer, asked, 105_000);
		let open = chain.request(&buyer, demand(1, start, VOLUME), VOLT);
		let strict = chain.request(&buyer, picky, VOLT);
		let metered = chain.request(&buyer, metered, VOLT);
		let owners = chain.request(&sensor_owner(2), demand(1, start, VOLUME), VOLT);
		chain.respond(request);
		chain.respond(metered);
		chain.respond(owners);
		chain.decide(RegistryCall::revoke { account: household(10).id() });
		let window = voltree_runtime::Market::parameters().offer_window;
		chain.until(chain.now() + window);
		chain.respond(strict);

		let pay = |request, offer, volume| MarketCall::pay { request, offer, volume };
		let key = wallet_key(&neighbour);
		chain.give(&key, VOLT);
		let fund = |wallet, amount| WalletCall::fund { wallet, amount };
		let withdraw = |wallet, amount| WalletCall::withdraw { wallet, amount };
		let cancel = |request| MarketCall::cancel_request { request };
		let had = total(&buyer);
		let poor = sp_runtime::TokenError::FundsUnavailable;
		let bad = |name, call: MarketCall, error: MarketError| row(name, &buyer, call, error);
		check(
			chain,
			vec![
				bad("no request", pay(u64::MAX, good, 100), MarketError::RequestNotFound),
				bad("not answered", pay(open, good, 100), MarketError::NotResponded),
				row("a neighbour", &neighbour, pay(request, good, 100), WalletError::NotPayer),
				row("another wallet's key", &key, pay(request, good, 100), WalletError::NotPayer),
				row("the service", &service(), pay(request, good, 100), WalletError::NotPayer),
				row("the seller", &household(7), pay(request, good, 100), WalletError::NotPayer),
				bad("no offer", pay(request, u64::MAX, 100), MarketError::OfferNotFound),
				bad("another slot", pay(request, later, 100), MarketError::OtherSlot),
				bad("a line too far", pay(request, far, 100), MarketError::LineNotAccepted),
				bad("his own offer", pay(request, own, 100), MarketError::SelfTrade),
				bad("too dear", pay(request, dear, 100), MarketError::TooExpensive),
				bad("too little credit", pay(strict, good, 100), MarketError::CreditTooLow),
				bad(
					"a seller without certificate",
					pay(request, lapsed, 100),
					MarketError::SellerNotInGoodStanding,
				),
				bad(
					"a seller without money for a bond",
					pay(request, bondless, 1_000),
					MarketError::SellerWithoutBond,
				),
				bad(
					"without a meter",
					pay(metered, watched, 100),
					MarketError::UnmeteredNotAccepted,
				),
				bad("0 Wh", pay(request, good, 0), MarketError::InvalidVolume),
				bad("99 Wh", pay(request, good, 99), MarketError::InvalidVolume),
				bad(
					"more than offered",
					pay(request, good, VOLUME + 1),
					MarketError::InvalidVolume,
				),
				bad("all energy", pay(request, good, u64::MAX), MarketError::InvalidVolume),
				bad(
					"below the smallest fill",
					pay(request, whole, VOLUME - 1),
					MarketError::InvalidVolume,
				),
				row("not his to fund", &neighbour, fund(request, 1), WalletError::NotOwner),
				row("nothing to fund", &buyer, fund(request, 0), WalletError::ZeroAmount),
				row("no wallet", &buyer, fund(u64::MAX, 1), WalletError::NotFound),
				row("more than he has", &buyer, fund(request, had), poor),
				row("more than there is", &buyer, fund(request, u128::MAX), poor),
				row("not his to take", &neighbour, withdraw(request, 1), WalletError::NotOwner),
				row("the service takes", &service(), withdraw(request, 1), WalletError::NotOwner),
				row("nothing to take", &buyer, withdraw(request, 0), WalletError::ZeroAmount),
				row(
					"more than is in it",
					&buyer,
					withdraw(request, 105_001),
					WalletError::InsufficientFunds,
				),
				row(
					"everything",
					&buyer,
					withdraw(request, u128::MAX),
					WalletError::InsufficientFunds,
				),
				row("not his to cancel", &neighbour, cancel(request), MarketError::NotBuyer),
				row("nothing to cancel", &buyer, cancel(u64::MAX), MarketError::RequestNotFound),
			],
		);

		// Too few sensors are left on the line for these two: written down, and nothing else.
		chain.ok(&sensor_owner(2), pay(owners, watched, 100));
		let reason = MarketError::TooFewSensors.into();
		let impossible = Event::PaymentImpossible { request: owners, offer: watched, reason };
		assert_eq!(chain.market_events().pop(), Some(impossible));
		assert_eq!(pallet_market::Trades::<Runtime>::iter_keys().count(), 0);

		// 105,000 cover one fill of 400 Wh; the offer is gone with it, within the same block.
		chain.pay(&buyer, request, good, VOLUME);
		check(
			chain,
			vec![
				bad("the same again", pay(request, good, VOLUME), MarketError::OfferNotFound),
				row(
					"somebody else, the same",
					&sensor_owner(2),
					pay(owners, good, VOLUME),
					MarketError::OfferNotFound,
				),
				row(
					"not covered",
					&buyer,
					pay(request, whole, VOLUME),
					WalletError::InsufficientFunds,
				),
				row(
					"what is locked",
					&buyer,
					withdraw(request, 5_001),
					WalletError::InsufficientFunds,
				),
			],
		);
		chain.ok(&buyer, cancel(request));
		check(
			chain,
			vec![
				bad("cancelled", pay(request, whole, VOLUME), MarketError::RequestClosed),
				row("cancelled twice", &buyer, cancel(request), MarketError::RequestClosed),
			],
		);
	});
}

/// Nothing is larger than lines, meters and credit allow, and nothing is paid unheld.
#[test]
fn the_largest_volumes_break_nothing() {
	on("dev", |chain| {
		chain.calm();
		let buyer = household(1);
		let [seller, other] = [6, 7].map(Seller::Household);
		let start = chain.tradable_slot();
		let cap = pallet_market::Parameters::default().price_cap;
		let offer = |volume| {
			let mut offered = supply(seller, start, volume);
			offered.price = cap;
			MarketCall::offer { supply: offered }
		};
		let ask = |volume| {
			let key = wallet_key(&household(1)).id();
			MarketCall::request { demand: demand(1, start, volume), key, funding: 0 }
		};
		// A meter carries 375 kW, a line 1,500 kW, in a slot of a minute; a thousand points of credit
		// allow 100 kWh.
		let key = seller.key();
		check(
			chain,
			vec![
				row("all energy", &key, offer(u64::MAX), MarketError::ExceedsLineCapacity),
				row("more than the line", &key, offer(25_001), MarketError::ExceedsLineCapacity),
				row("all of the line", &key, offer(25_000), MarketError::ExceedsRatedPower),
				row("more than the meter", &key, offer(6_251), MarketError::ExceedsRatedPower),
				row("asks for all energy", &buyer, ask(u64::MAX), MarketError::ExceedsCredit),
				row("more than his credit", &buyer, ask(100_001), MarketError::ExceedsCredit),
			],
		);
		let mut most = supply(seller, start, 6_250);
		most.price = cap;
		let offers = [chain.offer(seller, most), chain.offer(other, supply(other, start, 6_249))];
		let request = chain.request(&buyer, demand(1, start, 100_000), VOLT);
		chain.until(chain.now() + 12_000);
		chain.respond(request);
		let pay = |volume| MarketCall::pay { request, offer: offers[0], volume };
		let rows = [u64::MAX, u64::MAX - 1, u64::MAX / 2, 6_251]
			.map(|volume| row("not offered", &buyer, pay(volume), MarketError::InvalidVolume))
			.into_iter()
			.chain([
				row("not held", &buyer, pay(6_250), WalletError::InsufficientFunds),
				row("not held either", &buyer, pay(1_001), WalletError::InsufficientFunds),
				row("a second request", &buyer, ask(100), MarketError::ExceedsCredit),
				// The meter has one watt-hour left, a fill is a hundred.
				row(
					"the meter again",
					&other.key(),
					MarketCall::offer { supply: supply(other, start, 100) },
					MarketError::ExceedsRatedPower,
				),
			]);
		check(chain, rows.collect());
		for offer in offers {
			chain.pay(&buyer, request, offer, 300);
		}
		let rest = pallet_market::Requests::<Runtime>::get(request).expect("it is open").wanted();
		assert_eq!(rest, 100_000 - 600);
	});
}
