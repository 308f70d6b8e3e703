//! The upgrade from the previous release: a chain trades on its Wasm, the new runtime takes over in
//! the middle of trades, migrates, and goes on.

#[path = "../common/mod.rs"]
mod common;
mod release_1;

use common::{
	people::{household, meter, sensor, service, wallet_key, Id},
	scene::{demand, report_of, signed, supply, total, Seller, PRICE, VOLUME},
	Chain, MarketCall, OracleCall,
};
use frame_support::traits::GetStorageVersion;
use pallet_market::Outcome;
use pallet_sensor_oracle::Class;
use release_1::Release1;
use voltree_primitives::{amount, Token};
use voltree_runtime::{
	genesis::household_tag, invariants, AccountId, Market, Runtime, RuntimeCall, SharedWallet,
	VERSION,
};

const BUYER: usize = 1;
const SELLER: Seller = Seller::Household(2);

fn report_weather(chain: &mut Release1) {
	let now = chain.now();
	for line in 1..=3 {
		for owner in 1..=4 {
			let device = sensor(line, owner);
			let report = report_of(&device, Class::Clear, now);
			let call = OracleCall::report { report, signature: None };
			chain.send(&device, codec::Encode::encode(&RuntimeCall::from(call)));
		}
	}
}

/// Ask, offer, respond and pay for the slot that starts at `slot`. The numbers on the chain are
/// `number` for the request, the offer and the trade alike.
fn trade(chain: &mut Release1, number: u64, slot: u64) {
	let (buyer, seller) = (household(BUYER), SELLER.key());
	chain.send(&seller, release_1::offer(&supply(SELLER, slot, VOLUME)));
	let locked = amount(VOLUME, PRICE).unwrap();
	let key = wallet_key(&buyer).id();
	chain.send(&buyer, release_1::request(&demand(BUYER, slot, VOLUME), &key, locked));
	let token: Option<Token<AccountId>> = chain.ask("MarketApi_token_to_sign", number);
	let token = signed(token.expect("the request waits"), &service());
	let respond = MarketCall::respond { request: number, token };
	chain.send(&service(), codec::Encode::encode(&RuntimeCall::from(respond)));
	let pay = MarketCall::pay { request: number, offer: number, volume: VOLUME };
	chain.send(&buyer, codec::Encode::encode(&RuntimeCall::from(pay)));
}

#[test]
fn a_chain_of_the_previous_release_upgrades_in_the_middle_of_trades() {
	let mut old = Release1::new("dev");
	let (buyer, seller) = (household(BUYER), SELLER.key());
	let length = 60_000;
	let slot = (old.now() + 4 * length).next_multiple_of(length);

	// Trade 0 is delivered before the upgrade, trade 1 paid only; request 2 waits, offer 2 stands.
	trade(&mut old, 0, slot);
	trade(&mut old, 1, slot + length);
	old.send(&seller, release_1::offer(&supply(SELLER, slot + 2 * length, VOLUME)));
	let waiting = demand(BUYER, slot + 3 * length, VOLUME);
	old.send(&buyer, release_1::request(&waiting, &wallet_key(&buyer).id(), 1_000));
	while old.now() < slot {
		report_weather(&mut old);
		old.until(old.now() + 12_000);
	}
	report_weather(&mut old);
	let start = MarketCall::start { trade: 0 };
	old.send(&seller, codec::Encode::encode(&RuntimeCall::from(start)));

	let (parent, at) = old.close();
	let mut state = old.state;
	let before = state.execute_with(|| {
		assert!(invariants::check_money().is_ok());
		(
			pallet_balances::TotalIssuance::<Runtime>::get(),
			total(&buyer),
			total(&seller),
			pallet_credibility::Scores::<Runtime>::iter().count(),
		)
	});

	state.execute_with(|| {
		// The new runtime's first block migrates; the harness checks all invariants after each.
		let mut chain = Chain::resume(parent, at + 1);
		let upgraded = frame_system::LastRuntimeUpgrade::<Runtime>::get().unwrap();
		assert_eq!(upgraded.spec_version.0, VERSION.spec_version);
		assert_eq!(Market::on_chain_storage_version(), Market::in_code_storage_version());
		assert_eq!(
			before,
			(
				pallet_balances::TotalIssuance::<Runtime>::get(),
				total(&buyer),
				total(&seller),
				pallet_credibility::Scores::<Runtime>::iter().count(),
			)
		);
		assert_eq!(pallet_market::Trades::<Runtime>::iter().count(), 2);
		assert_eq!(pallet_market::Requests::<Runtime>::iter().count(), 3);
		assert_eq!(pallet_market::Offers::<Runtime>::iter().count(), 1);
		// Tokens had a map of their own.
		let nonce = |id| SharedWallet::token_of(id).map(|signed| signed.token.nonce);
		assert_eq!([0, 1, 2].map(nonce), [Some(0), Some(0), None]);
		assert!(chain.trade(0).bond == 0 && chain.trade(0).terms.smallest_fine == 0);

		// Trade 0 goes on to its end: registers, bill, confirmation.
		let deadlines = chain.trade(0).deadlines;
		chain.past(slot + length);
		for (boundary, energy) in [(slot, 0), (slot + length, VOLUME)] {
			chain.read_meter(&meter(2), boundary, energy);
		}
		chain.past(deadlines.meter_by);
		let payee = seller.id();
		chain.ok(&seller, MarketCall::bill { trade: 0, delivered: VOLUME, payee });
		chain.ok(&buyer, MarketCall::confirm { trade: 0 });

		// Trade 1 was not started though the last reports still said that it could: that costs credit,
		// as it did when it was agreed on, and no fine, because there was none. Offer and request
		// expire.
		chain.past(slot + 4 * length);
		let settled = chain.market_events().into_iter().filter_map(|event| match event {
			pallet_market::Event::Settled { trade, outcome, .. } => Some((trade, outcome)),
			_ => None,
		});
		assert_eq!(
			settled.collect::<Vec<_>>(),
			[(0, Outcome::Confirmed), (1, Outcome::NotStarted)]
		);
		assert_eq!(pallet_market::Requests::<Runtime>::iter().count(), 0);
		assert_eq!(pallet_market::Agenda::<Runtime>::iter().count(), 0);
		assert_eq!(chain.score(household_tag(1)), (1_000, 2, 0));
		assert_eq!(chain.score(household_tag(2)), (996, 1, 1));
		assert_eq!(
			pallet_credibility::Scores::<Runtime>::get(household_tag(2)).unwrap().fines_due,
			0
		);
	});
}

#[test]
fn trading_goes_on_under_the_new_rules_after_the_upgrade() {
	let mut old = Release1::new("dev");
	old.next();
	let (parent, at) = old.close();
	old.state.execute_with(|| {
		let mut chain = Chain::resume(parent, at + 1);
		chain.calm();
		let deal = chain.deal(BUYER, SELLER);
		assert!(chain.trade(deal.trade).bond > 0);
		chain.start_delivery(&deal);
		chain.deliver(&deal, VOLUME);
		chain.bill(&deal, VOLUME);
		chain.ok(&household(BUYER), MarketCall::confirm { trade: deal.trade });
		assert_eq!(chain.score(household_tag(2)).1, 1);
		chain.close();
	});
}
