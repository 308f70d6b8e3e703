//! Proven losses: what the grid's power is dearer, by the price set in advance for the slot and the
//! buyer's line, comes first out of the seller's bond.

use crate::{
	common::{on, people::grid, Chain, MarketCall},
	stage::{Changes, Scene, Side, FUNDING, METERED, NOTHING, SAME},
	told::{self, Blame, Fine},
};
use pallet_market::{Ending, Outcome};
use voltree_primitives::{Cause, Moment, Price, WattHours};
use voltree_runtime::RuntimeEvent;

/// The grid says what its power costs on the buyer's line in the slot.
fn grid_says(chain: &mut Chain, start: Moment, price: Price) {
	let prices = vec![price].try_into().expect("one");
	chain.ok(&grid(), MarketCall::set_grid_prices { line: 1, first: start, prices });
}

fn blamed(
	cause: Cause,
	points: u32,
	volume: WattHours,
	amount: u128,
	loss: u128,
) -> Vec<RuntimeEvent> {
	let fine = Fine { amount, loss, from_bond: amount, ..Fine::default() };
	let (tag, credit) = (METERED.seller.tag(), (1_000, 1_000 - points));
	Blame { tag, timely: 0, untimely: 1, cause, credit, volume, fine }.told()
}

fn not_delivered(price: Price, amount: u128, loss: u128) {
	on("dev", |chain| {
		let scene = Scene::paid(chain, METERED);
		grid_says(chain, scene.slot.start, price);
		let mut scene = scene;
		scene.count_from_here(chain);
		chain.past(scene.slot.end);
		let events = vec![
			blamed(Cause::NotDelivered, 20, 2_000, amount, loss),
			told::settled(&scene, Outcome::NotStarted, 0, 0, scene.bond() - amount),
			told::ended(&scene, Ending::Settled, 50_000, FUNDING),
		];
		let [fine, lost] = [amount, loss].map(|it| i128::try_from(it).expect("small"));
		let buyer = Side { money: lost, ..SAME };
		let seller = Side { money: -fine, credit: -20, untimely: 1, ..SAME };
		scene.ended(chain, events, Changes { buyer, seller, pot: fine - lost });
	});
}

/// 2,000 Wh at 0.15 more are 300,000: more than the fine of 100,000, and all of it is the buyer's.
#[test]
fn a_proven_loss_above_the_fine_goes_to_the_buyer() {
	not_delivered(400_000, 300_000, 300_000);
}

/// At 0.04 more they are 80,000, and the pot gets the rest of the fine.
#[test]
fn a_proven_loss_below_the_fine_comes_first() {
	not_delivered(290_000, 100_000, 80_000);
}

/// Cheaper power from the grid is no loss.
#[test]
fn a_grid_price_below_the_price_is_no_loss() {
	not_delivered(100_000, 100_000, 0);
}

/// At the cap the whole of the bond but the smallest fine is the buyer's: it always covers.
#[test]
fn the_bond_covers_the_dearest_grid_price() {
	not_delivered(1_000_000, 1_500_000, 1_500_000);
}

/// Only the missing 600 Wh are lost: 90,000.
#[test]
fn a_proven_loss_of_a_short_delivery() {
	on("dev", |chain| {
		let scene = Scene::paid(chain, METERED);
		grid_says(chain, scene.slot.start, 400_000);
		let mut scene = scene;
		chain.start_delivery(&scene.deal());
		chain.deliver(&scene.deal(), 1_400);
		chain.bill(&scene.deal(), 1_400);
		scene.count_from_here(chain);
		scene.confirm(chain);
		let events = vec![
			blamed(Cause::DeliveredShort, 6, 600, 90_000, 90_000),
			told::settled(&scene, Outcome::Confirmed, 1_400, 350_000, scene.bond() - 90_000),
			told::ended(&scene, Ending::Settled, 50_000, FUNDING - 350_000),
		];
		let buyer = Side { money: 90_000 - 350_000, ..SAME };
		let seller = Side { money: 350_000 - 90_000, credit: -6, untimely: 1, ..SAME };
		scene.ended(chain, events, Changes { buyer, seller, pot: 0 });
	});
}

/// Half a fine halves the fine, not the loss.
#[test]
fn a_withdrawn_trade_pays_the_whole_loss() {
	on("dev", |chain| {
		let scene = Scene::paid(chain, METERED);
		grid_says(chain, scene.slot.start, 400_000);
		let mut scene = scene;
		scene.count_from_here(chain);
		let withdraw = MarketCall::withdraw_trade { trade: scene.trade };
		chain.ok(&METERED.seller.key(), withdraw);
		let events = vec![
			blamed(Cause::Withdrawn, 0, 0, 300_000, 300_000),
			told::settled(&scene, Outcome::Withdrawn, 0, 0, scene.bond() - 300_000),
			told::ended(&scene, Ending::Settled, 50_000, FUNDING),
		];
		let buyer = Side { money: 300_000, ..SAME };
		let seller = Side { money: -300_000, untimely: 1, ..SAME };
		scene.ended(chain, events, Changes { buyer, seller, pot: 0 });
	});
}

/// The buyer's faults injure nobody by more than a lost sale: the price of the grid is no matter.
#[test]
fn a_buyers_fault_has_no_proven_loss() {
	on("dev", |chain| {
		let mut scene = Scene::answered(chain, METERED);
		grid_says(chain, scene.slot.start, 1_000_000);
		scene.count_from_here(chain);
		chain.past(scene.payment_dates().1);
		let buyer = Side { money: -50_000, credit: -1, untimely: 1, ..SAME };
		let changes = Changes { buyer, pot: 50_000, ..NOTHING };
		let (tag, cause) = (crate::stage::buyer_tag(), Cause::NotPaid);
		let fine = Fine::smallest();
		let credit = (1_000, 999);
		let blame = Blame { tag, timely: 0, untimely: 1, cause, credit, volume: 100, fine };
		let ended = told::ended(&scene, Ending::NotPaid, 0, FUNDING);
		scene.came(chain, vec![blame.told(), ended], changes);
	});
}

/// Only the price of the line counts where the buyer takes his power, not the seller's.
#[test]
fn the_grid_price_of_another_line_proves_nothing() {
	on("dev", |chain| {
		let mut scene = Scene::paid(chain, METERED);
		let prices = vec![1_000_000].try_into().expect("one");
		let other = MarketCall::set_grid_prices { line: 2, first: scene.slot.start, prices };
		chain.ok(&grid(), other);
		scene.count_from_here(chain);
		chain.past(scene.slot.end);
		let events = vec![
			blamed(Cause::NotDelivered, 20, 2_000, 100_000, 0),
			told::settled(&scene, Outcome::NotStarted, 0, 0, scene.bond() - 100_000),
			told::ended(&scene, Ending::Settled, 50_000, FUNDING),
		];
		let seller = Side { money: -100_000, credit: -20, untimely: 1, ..SAME };
		scene.ended(chain, events, Changes { seller, pot: 100_000, ..NOTHING });
	});
}
