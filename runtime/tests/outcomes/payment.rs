//! Rows: paid by the payment date; paid in the grace after it.

use crate::{
	common::{on, MarketCall},
	stage::{buyer_tag, nothing_is_left, Changes, Scene, Side, METERED, NOTHING, SAME},
	told::{self, Blame, Fine},
};
use pallet_market::{Ending, Outcome, TradeState};
use voltree_primitives::Cause;
use voltree_runtime::Runtime;

/// Timely once; the money is locked, no more.
#[test]
fn paid_by_the_payment_date() {
	on("dev", |chain| {
		let mut scene = Scene::answered(chain, METERED);
		chain.until(scene.payment_dates().0 - 2_999);
		assert_eq!(chain.now(), scene.payment_dates().0, "the last moment is in time");
		scene.pay(chain);
		let counted = vec![told::counted(buyer_tag(), 1, 0, Cause::PaidInTime)];
		let buyer = Side { timely: 1, ..SAME };
		let events = vec![told::paid(&scene, 2_000, false, counted)];
		scene.came(chain, events, Changes { buyer, ..NOTHING });
		let wallet = pallet_shared_wallet::Wallets::<Runtime>::get(scene.request).unwrap();
		assert_eq!((wallet.free, wallet.locked), (500_000, 500_000));
	});
}

/// Several fills count once, and those in the grace cost nothing.
#[test]
fn later_fills_of_a_request_paid_in_time_cost_nothing_in_the_grace() {
	on("dev", |chain| {
		let mut scene = Scene::answered(chain, METERED);
		let pay = |volume| MarketCall::pay { request: 0, offer: 0, volume };
		chain.ok(&scene.buyer, pay(700));
		chain.ok(&scene.buyer, pay(700));
		let buyer = Side { timely: 1, ..SAME };
		let (pay_by, late_by) = scene.payment_dates();
		chain.past(pay_by);
		assert!(chain.now() <= late_by);
		chain.ok(&scene.buyer, pay(600));
		let counted = vec![told::counted(buyer_tag(), 1, 0, Cause::PaidInTime)];
		let fill = |scene: &mut Scene, volume, late, counted| {
			let mut told = told::paid(scene, volume, late, counted);
			if volume == 600 {
				told.insert(2, told::offer_closed(scene, 0));
			}
			scene.trade += 1;
			told
		};
		let events = vec![
			fill(&mut scene, 700, false, counted),
			fill(&mut scene, 700, false, vec![]),
			fill(&mut scene, 600, true, vec![]),
		];
		scene.came(chain, events, Changes { buyer, ..NOTHING });
	});
}

/// Untimely, credit and a fine; the trade goes on to its end, and the payment counts no more.
#[test]
fn paid_in_the_grace_after_the_payment_date() {
	on("dev", |chain| {
		let mut scene = Scene::answered(chain, METERED);
		let (pay_by, late_by) = scene.payment_dates();
		chain.past(pay_by);
		assert!(chain.now() <= late_by);
		scene.pay(chain);
		let blame = Blame {
			tag: buyer_tag(),
			timely: 0,
			untimely: 1,
			cause: Cause::PaidLate,
			credit: (1_000, 980),
			volume: 2_000,
			// A fifth of 500,000: half of it out of the bond, half out of the shared wallet.
			fine: Fine {
				amount: 100_000,
				from_bond: 50_000,
				from_wallets: &[(0, 50_000)],
				..Fine::default()
			},
		};
		let buyer = Side { money: -100_000, credit: -20, untimely: 1, ..SAME };
		let events = vec![told::paid(&scene, 2_000, true, blame.told())];
		scene.came(chain, events, Changes { buyer, pot: 100_000, ..NOTHING });
		assert_eq!(chain.trade(scene.trade).state, TradeState::Paid);

		chain.start_delivery(&scene.deal());
		chain.deliver(&scene.deal(), 2_000);
		chain.bill(&scene.deal(), 2_000);
		scene.count_from_here(chain);
		scene.confirm(chain);
		let events = vec![
			vec![told::counted(scene.play.seller.tag(), 1, 0, Cause::Delivered)],
			told::settled(&scene, Outcome::Confirmed, 2_000, 500_000, 1_550_000),
			told::ended(&scene, Ending::Settled, 0, 450_000),
		];
		let changes = Changes {
			buyer: Side { money: -500_000, ..SAME },
			seller: Side { money: 500_000, timely: 1, ..SAME },
			pot: 0,
		};
		scene.ended(chain, events, changes);
	});
}

/// The first late fill decides, once: the volume of the second costs nothing.
#[test]
fn the_first_late_fill_decides_once() {
	on("dev", |chain| {
		let scene = Scene::answered(chain, METERED);
		chain.past(scene.payment_dates().0);
		for volume in [1_500, 500] {
			let pay = MarketCall::pay { request: scene.request, offer: scene.offer, volume };
			chain.ok(&scene.buyer, pay);
		}
		// A fifth of 1,500 Wh at 0.25: 75,000.
		assert_eq!(chain.score(buyer_tag()), (985, 0, 1));
		let wallet = pallet_shared_wallet::Wallets::<Runtime>::get(scene.request).unwrap();
		assert_eq!((wallet.free, wallet.locked), (475_000, 500_000));
	});
}

/// After the grace nobody can pay, and what is not answered in time ends by itself.
#[test]
fn the_management_centre_does_not_respond() {
	on("dev", |chain| {
		let mut scene = Scene::asked(chain, METERED);
		let withdraw = MarketCall::withdraw_offer { offer: scene.offer };
		chain.ok(&scene.play.seller.key(), withdraw);
		scene.count_from_here(chain);
		let asked = pallet_market::Requests::<Runtime>::get(scene.request).unwrap();
		let pallet_market::RequestState::Open { respond_by } = asked.state else {
			panic!("{asked:?}")
		};
		chain.until(respond_by);
		scene.came(chain, vec![], NOTHING);
		chain.past(respond_by);
		let events = vec![told::ended(&scene, Ending::NoResponse, 50_000, 1_000_000)];
		scene.ended(chain, events, NOTHING);
	});
}

/// A request of which a part was paid ends with its trades; the rest of it is nobody's fault.
#[test]
fn what_is_not_filled_of_a_paid_request_costs_nothing() {
	on("dev", |chain| {
		let mut scene = Scene::answered(chain, METERED);
		scene.trade = chain.pay(&scene.buyer, scene.request, scene.offer, 500);
		scene.count_from_here(chain);
		let (_, late_by) = scene.payment_dates();
		chain.past(late_by);
		scene.came(chain, vec![], NOTHING);
		let state = pallet_market::Requests::<Runtime>::get(scene.request).unwrap().state;
		assert_eq!(state, pallet_market::RequestState::Closed);
		chain.ok(&scene.play.seller.key(), MarketCall::withdraw_trade { trade: scene.trade });
		chain.ok(&scene.play.seller.key(), MarketCall::withdraw_offer { offer: scene.offer });
		nothing_is_left();
	});
}
