//! Row: offer withdrawn, its unsold part or a paid part before the gate.

use crate::{
	common::{on, MarketCall},
	stage::{nothing_is_left, Changes, Play, Scene, Side, FUNDING, METERED, NOTHING, SAME},
	told::{self, Blame, Fine},
};
use pallet_market::{Ending, Outcome};
use voltree_primitives::Cause;
use voltree_runtime::Runtime;

#[test]
fn unsold_part_of_an_offer_withdrawn() {
	on("dev", |chain| {
		let mut scene = Scene::answered(chain, METERED);
		chain.ok(
			&scene.buyer,
			MarketCall::pay { request: scene.request, offer: scene.offer, volume: 500 },
		);
		scene.count_from_here(chain);
		let withdraw = MarketCall::withdraw_offer { offer: scene.offer };
		chain.ok(&scene.play.seller.key(), withdraw);
		scene.came(chain, vec![vec![told::offer_closed(&scene, 1_500)]], NOTHING);
		// What is paid goes on.
		assert_eq!(chain.trade(scene.trade).volume, 500);
		assert_eq!(pallet_market::Offers::<Runtime>::iter_keys().count(), 0);
	});
}

/// Refund at once; half a fine, no credit; half of a fifth of 800,000.
#[test]
fn paid_part_of_an_offer_withdrawn_before_the_gate() {
	on("dev", |chain| {
		let play = Play { price: 400_000, ..METERED };
		let scene = Scene::paid(chain, play);
		chain.until(scene.slot.gate - 3_000);
		let withdraw = MarketCall::withdraw_trade { trade: scene.trade };
		chain.ok(&play.seller.key(), withdraw);
		let blame = Blame {
			tag: play.seller.tag(),
			timely: 0,
			untimely: 1,
			cause: Cause::Withdrawn,
			credit: (1_000, 1_000),
			volume: 0,
			fine: Fine::from_bond(80_000),
		};
		let events = vec![
			blame.told(),
			told::settled(&scene, Outcome::Withdrawn, 0, 0, scene.bond() - 80_000),
			told::ended(&scene, Ending::Settled, 50_000, FUNDING),
		];
		let seller = Side { money: -80_000, untimely: 1, ..SAME };
		scene.ended(chain, events, Changes { seller, pot: 80_000, ..NOTHING });
	});
}

/// Of a request with several fills only the one that is withdrawn goes.
#[test]
fn one_of_two_paid_parts_withdrawn() {
	on("dev", |chain| {
		let mut scene = Scene::answered(chain, METERED);
		let [gone, stays] = [1_000, 1_000]
			.map(|volume| chain.pay(&scene.buyer, scene.request, scene.offer, volume));
		scene.count_from_here(chain);
		chain.ok(&METERED.seller.key(), MarketCall::withdraw_trade { trade: gone });
		assert_eq!(chain.trade(stays).locked, 250_000);
		let wallet = pallet_shared_wallet::Wallets::<Runtime>::get(scene.request).unwrap();
		assert_eq!((wallet.free, wallet.locked), (750_000, 250_000));
		chain.ok(&METERED.seller.key(), MarketCall::withdraw_trade { trade: stays });
		// Each time half of a fifth of 250,000 is 25,000.
		assert_eq!(chain.score(METERED.seller.tag()), (1_000, 0, 2));
		nothing_is_left();
	});
}
