//! Rows: not confirmed, with meters and without; buyer takes less than delivered.

use crate::{
	common::{
		on,
		people::{household, meter, Id},
		scene::{demand, supply},
		Chain, MarketCall, OracleCall,
	},
	stage::{
		buyer_tag, nothing_is_left, Changes, Scene, Side, BUYER, FUNDING, METERED, SAME, UNMETERED,
	},
	told::{self, Blame, Fine},
};
use pallet_market::{Ending, Outcome};
use pallet_sensor_oracle::RegisterReading;
use voltree_primitives::Cause;
use voltree_runtime::{Runtime, RuntimeEvent};

/// The silent buyer is blamed for `volume` Wh, of which his fine takes 50,000 out of the bond.
fn silent(volume: u64, credit: (u32, u32), fine: Fine) -> Vec<RuntimeEvent> {
	let (tag, cause) = (buyer_tag(), Cause::NotConfirmed);
	Blame { tag, timely: 1, untimely: 1, cause, credit, volume, fine }.told()
}

fn never_confirmed(chain: &mut Chain, scene: &Scene) {
	let deadlines = scene.deadlines(chain);
	chain.until(deadlines.confirm_by);
	scene.told(chain, vec![]);
	chain.past(deadlines.confirm_by);
}

/// The seller is paid what the meters attest; the buyer's silence costs him.
#[test]
fn not_confirmed_and_the_meters_attest() {
	on("dev", |chain| {
		let scene = Scene::billed(chain, METERED, 2_000);
		never_confirmed(chain, &scene);
		let fine = Fine {
			amount: 100_000,
			from_bond: 50_000,
			from_wallets: &[(0, 50_000)],
			..Fine::default()
		};
		let events = vec![
			silent(2_000, (1_000, 980), fine),
			vec![told::counted(METERED.seller.tag(), 1, 0, Cause::Delivered)],
			told::settled(&scene, Outcome::SettledUnconfirmed, 2_000, 500_000, scene.bond()),
			told::ended(&scene, Ending::Settled, 0, 450_000),
		];
		let buyer = Side { money: -600_000, credit: -20, untimely: 1, ..SAME };
		let seller = Side { money: 500_000, timely: 1, ..SAME };
		scene.ended(chain, events, Changes { buyer, seller, pot: 100_000 });
	});
}

/// Both are at fault: the buyer for his silence about the 800 Wh that are payable, the seller for the
/// 1,200 Wh that are missing.
#[test]
fn not_confirmed_and_the_meters_attest_a_short_delivery() {
	on("dev", |chain| {
		let scene = Scene::billed(chain, METERED, 800);
		never_confirmed(chain, &scene);
		let short = Blame {
			tag: METERED.seller.tag(),
			timely: 0,
			untimely: 1,
			cause: Cause::DeliveredShort,
			credit: (1_000, 988),
			volume: 1_200,
			fine: Fine::from_bond(60_000),
		};
		let events = vec![
			silent(800, (1_000, 992), Fine::smallest()),
			short.told(),
			told::settled(&scene, Outcome::SettledUnconfirmed, 800, 200_000, 1_490_000),
			told::ended(&scene, Ending::Settled, 0, 800_000),
		];
		let buyer = Side { money: -250_000, credit: -8, untimely: 1, ..SAME };
		let seller = Side { money: 200_000 - 60_000, credit: -12, untimely: 1, ..SAME };
		scene.ended(chain, events, Changes { buyer, seller, pot: 110_000 });
	});
}

/// Back to the buyer, as in the paper; his silence counts, and costs no more.
#[test]
fn not_confirmed_without_meters_and_not_ruled() {
	on("dev", |chain| {
		let scene = Scene::billed(chain, UNMETERED, 1_000);
		let deadlines = scene.deadlines(chain);
		chain.until(deadlines.rule_by);
		scene.told(chain, vec![]);
		chain.past(deadlines.rule_by);
		let events = vec![
			vec![told::counted(buyer_tag(), 1, 1, Cause::NotConfirmed)],
			told::settled(&scene, Outcome::Unruled, 0, 0, scene.bond()),
			told::ended(&scene, Ending::Settled, 50_000, FUNDING),
		];
		let buyer = Side { untimely: 1, ..SAME };
		scene.ended(chain, events, Changes { buyer, seller: SAME, pot: 0 });
	});
}

/// The seller's export register settles; what the buyer took is evidence in a contest, no more.
#[test]
fn the_buyer_takes_less_than_was_delivered() {
	on("dev", |chain| {
		chain.calm();
		let (buyer, seller, start) = (household(BUYER), METERED.seller, chain.tradable_slot());
		let offer = chain.offer(seller, supply(seller, start, 2_000));
		let mut asked = demand(BUYER, start, 2_000);
		asked.meter = Some(meter(BUYER).id());
		asked.unmetered = false;
		let request = chain.request(&buyer, asked, FUNDING);
		chain.respond(request);
		let trade = chain.pay(&buyer, request, offer, 2_000);
		let slot = chain.trade(trade).slot;
		chain.until(slot.gate);
		chain.ok(&seller.key(), MarketCall::start { trade });
		chain.past(slot.end);
		let export = seller.meter().expect("it has one");
		chain.read_meter(&export, slot.start, 0);
		chain.read_meter(&export, slot.end, 2_000);
		for (boundary, import) in [(slot.start, 0), (slot.end, 300)] {
			let reading = RegisterReading { meter: meter(BUYER).id(), boundary, import, export: 0 };
			chain.ok(&meter(BUYER), OracleCall::report_register { reading, signature: None });
		}
		chain.past(chain.trade(trade).deadlines.bill_by);
		let received = pallet_shared_wallet::Flows::<Runtime>::get(seller.key().id()).received;
		assert_eq!(received, 500_000, "paid for what was delivered for him");
		assert_eq!(chain.score(buyer_tag()), (1_000, 1, 0));
		nothing_is_left();
	});
}
