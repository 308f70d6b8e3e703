//! Gains: for a timely trade, once per pair of tags and day, never above what one began with.

use crate::{
	common::{on, scene::Seller, Chain},
	stage::{buyer_tag, Play, Scene, METERED},
};
use pallet_credibility::{types::Parameters, Event};
use voltree_primitives::IdentityTag;
use voltree_runtime::{Runtime, RuntimeEvent};

const DAY: u64 = 86_400_000;

/// The authority grants five points, which takes two slots of notice.
fn grant(chain: &mut Chain) {
	let parameters = Parameters { gain: 5, ..Default::default() };
	chain.decide(pallet_credibility::Call::<Runtime>::set_parameters { parameters });
	chain.until(chain.now() + 120_000);
}

/// A trade, all of it in time; `energy` is delivered.
fn trade(chain: &mut Chain, play: Play, energy: u64) {
	let scene = Scene::billed(chain, play, energy);
	scene.confirm(chain);
}

/// The buyer pays 2,000 Wh late, which costs 20 points, and the trade ends well: late payers gain
/// nothing.
fn late(chain: &mut Chain) {
	let mut scene = Scene::answered(chain, METERED);
	chain.past(scene.payment_dates().0);
	scene.pay(chain);
	chain.start_delivery(&scene.deal());
	chain.deliver(&scene.deal(), 2_000);
	chain.bill(&scene.deal(), 2_000);
	scene.confirm(chain);
	assert_eq!(credit(chain, buyer_tag()), 980);
}

fn credit(chain: &Chain, tag: IdentityTag) -> u32 {
	chain.score(tag).0
}

fn gains(chain: &Chain) -> Vec<(IdentityTag, IdentityTag, u32)> {
	let gained = |event| match event {
		RuntimeEvent::Credibility(Event::CreditGained { tag, partner, after, .. }) => {
			Some((tag, partner, after))
		}
		_ => None,
	};
	chain.all_events().into_iter().filter_map(gained).collect()
}

#[test]
fn a_timely_trade_gains_once_per_pair_and_day() {
	on("dev", |chain| {
		grant(chain);
		late(chain);
		assert_eq!(gains(chain), []);
		let other = Play { seller: Seller::Household(7), ..METERED };
		let [seller, neighbour] = [METERED.seller.tag(), other.seller.tag()];
		trade(chain, METERED, 2_000);
		assert_eq!(credit(chain, buyer_tag()), 985);
		trade(chain, METERED, 2_000);
		assert_eq!(credit(chain, buyer_tag()), 985, "not twice a day with the same");
		trade(chain, other, 2_000);
		assert_eq!(credit(chain, buyer_tag()), 990);
		assert_eq!(pallet_credibility::Gains::<Runtime>::iter_keys().count(), 2);

		// The next day it counts again, and yesterday is forgotten.
		let tomorrow = (chain.now() / DAY + 1) * DAY;
		let slots = (tomorrow - chain.now()) / 3_000;
		chain.skip(slots);
		chain.next();
		assert_eq!(pallet_credibility::Gains::<Runtime>::iter_keys().count(), 0);
		trade(chain, METERED, 2_000);
		let expected =
			[(buyer_tag(), seller, 985), (buyer_tag(), neighbour, 990), (buyer_tag(), seller, 995)];
		assert_eq!(gains(chain), expected);
	});
}

/// The seller gains too, and nobody more than he began with.
#[test]
fn a_seller_gains_up_to_what_he_began_with() {
	on("dev", |chain| {
		grant(chain);
		trade(chain, METERED, 1_700);
		let seller = METERED.seller.tag();
		assert_eq!(credit(chain, seller), 997);
		trade(chain, METERED, 2_000);
		assert_eq!(gains(chain), [(seller, buyer_tag(), 1_000)]);
		assert_eq!(credit(chain, buyer_tag()), 1_000);
	});
}

/// By default, as in the paper, nothing is gained.
#[test]
fn nothing_is_gained_by_default() {
	on("dev", |chain| {
		late(chain);
		trade(chain, METERED, 2_000);
		assert_eq!((gains(chain), credit(chain, buyer_tag())), (vec![], 980));
	});
}
