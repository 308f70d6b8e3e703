//! Not paid, and not the buyer's fault: something on the seller's, the management centre's or the
//! lines' side would have refused the payment.

use crate::{
	common::{
		on,
		people::{household, sensor, service, Id},
		scene::{demand, Seller},
		BalancesCall, Chain, MarketCall, RegistryCall,
	},
	not_paid::{let_pass, withdraw, LARGE_FILLS},
	stage::{nothing_is_left, Scene, FUNDING, NOTHING},
	told,
};
use pallet_market::{Ending, Event};
use voltree_runtime::{Balances, Runtime, VOLT};

/// After `change` the offer is not eligible any more: funds and bond back, nobody is counted.
fn excused(change: impl FnOnce(&mut Chain, &Scene)) {
	on("dev", |chain| {
		let scene = let_pass(chain, LARGE_FILLS, change);
		let ended = told::ended(&scene, Ending::NothingToPay, 50_000, FUNDING);
		scene.came(chain, vec![ended], NOTHING);
		withdraw(chain, &scene);
	});
}

#[test]
fn not_paid_because_the_offer_was_withdrawn() {
	excused(|chain, scene| {
		let withdraw = MarketCall::withdraw_offer { offer: scene.offer };
		chain.ok(&scene.play.seller.key(), withdraw);
	});
}

#[test]
fn not_paid_because_the_sellers_certificate_ended() {
	excused(|chain, scene| {
		chain.decide(RegistryCall::revoke { account: scene.play.seller.key().id() });
	});
}

#[test]
fn not_paid_because_the_seller_owed_a_fine() {
	excused(|_, scene| {
		let tag = scene.play.seller.tag();
		<voltree_runtime::Credibility as voltree_primitives::Credibility>::owe(&tag, 1);
	});
}

#[test]
fn not_paid_because_the_seller_had_no_money_for_his_bond() {
	excused(|chain, scene| {
		let seller = scene.play.seller.key();
		// The smallest fill needs 900,000 and the smallest fine.
		let value = Balances::free_balance(seller.id()) - 940_000;
		let dest = service().id().into();
		chain.ok(&seller, BalancesCall::transfer_keep_alive { dest, value });
	});
}

/// What made the payment impossible is gone when he is judged, but his attempt was written down.
#[test]
fn not_paid_because_the_payment_was_impossible_when_he_tried() {
	excused(|chain, scene| {
		let (seller, keeper) = (scene.play.seller.key(), service());
		let value = Balances::free_balance(seller.id()) - 940_000;
		let dest = keeper.id().into();
		chain.ok(&seller, BalancesCall::transfer_keep_alive { dest, value });
		let (request, offer) = (scene.request, scene.offer);
		chain.ok(&scene.buyer, MarketCall::pay { request, offer, volume: 1_200 });
		let reason = pallet_market::Error::<Runtime>::SellerWithoutBond.into();
		let impossible = Event::PaymentImpossible { request, offer, reason };
		assert_eq!(chain.market_events().pop(), Some(impossible));
		chain.give(&seller, 10 * VOLT);
	});
}

#[test]
fn not_paid_because_too_few_sensors_were_left_on_a_line() {
	excused(|chain, _| {
		for owner in [1, 2] {
			let device = sensor(2, owner).id();
			chain.ok(&service(), RegistryCall::remove_device { device });
		}
	});
}

#[test]
fn not_paid_because_the_line_could_carry_no_more() {
	excused(|chain, _| {
		// 1,199 Wh in a slot of a minute, less than the offer's smallest fill.
		chain.decide(RegistryCall::add_line { line: 2, capacity: 71_940 });
	});
}

/// An offer of which another buyer has taken a part is not what was quoted.
#[test]
fn not_paid_because_the_offer_changed() {
	on("dev", |chain| {
		let scene = let_pass(chain, crate::stage::METERED, |chain, scene| {
			let other = household(3);
			let asked = demand(3, scene.slot.start, 100);
			let request = chain.request(&other, asked, VOLT);
			chain.respond(request);
			chain.pay(&other, request, scene.offer, 100);
		});
		let ended = told::ended(&scene, Ending::NothingToPay, 50_000, FUNDING);
		scene.came(chain, vec![ended], NOTHING);
		let trade = MarketCall::withdraw_trade { trade: scene.trade };
		chain.ok(&scene.play.seller.key(), trade);
		withdraw(chain, &scene);
	});
}

/// There was nothing to pay from the beginning.
#[test]
fn not_paid_because_there_was_no_offer() {
	on("dev", |chain| {
		let mut scene = Scene::asked(chain, LARGE_FILLS);
		let withdraw = MarketCall::withdraw_offer { offer: scene.offer };
		chain.ok(&scene.play.seller.key(), withdraw);
		chain.until(chain.now() + 12_000);
		chain.respond(scene.request);
		scene.count_from_here(chain);
		chain.past(scene.payment_dates().1);
		let ended = told::ended(&scene, Ending::NothingToPay, 50_000, FUNDING);
		scene.ended(chain, vec![ended], NOTHING);
	});
}

/// An offer of a line that the request does not accept, or above its price, is not eligible.
#[test]
fn not_paid_because_no_offer_was_within_the_requests_limits() {
	on("dev", |chain| {
		chain.calm();
		let (start, buyer) = (chain.tradable_slot(), household(2));
		let seller = Seller::Household(6);
		let far = chain.offer(seller, crate::common::scene::supply(seller, start, 400));
		let mut asked = demand(2, start, 400);
		asked.lines = vec![1, 3].try_into().expect("two");
		let request = chain.request(&buyer, asked, VOLT);
		chain.until(chain.now() + 12_000);
		chain.respond(request);
		chain.ok(&buyer, MarketCall::cancel_request { request });
		assert_eq!(chain.score(crate::stage::buyer_tag()), (1_000, 0, 0));
		chain.ok(&seller.key(), MarketCall::withdraw_offer { offer: far });
		nothing_is_left();
	});
}
