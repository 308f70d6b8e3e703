//! Rows: not paid though an eligible offer stood; request cancelled.

use crate::{
	common::{
		on,
		people::{service, Id},
		BalancesCall, Chain, MarketCall, RegistryCall, WalletCall,
	},
	stage::{
		buyer_tag, nothing_is_left, Changes, Play, Scene, Side, FUNDING, METERED, NOTHING, SAME,
	},
	told::{self, Blame, Fine},
};
use pallet_market::Ending;
use voltree_primitives::Cause;
use voltree_runtime::{Balances, Runtime, RuntimeEvent};

/// The smallest fill of the offer is 1,200 Wh: 12 points, a fine of 60,000.
pub const LARGE_FILLS: Play = Play { fill: 1_200, ..METERED };

/// The buyer is blamed for 1,200 Wh: 50,000 out of the bond, 10,000 out of the shared wallet.
pub fn blamed() -> Vec<RuntimeEvent> {
	Blame {
		tag: buyer_tag(),
		timely: 0,
		untimely: 1,
		cause: Cause::NotPaid,
		credit: (1_000, 988),
		volume: 1_200,
		fine: Fine {
			amount: 60_000,
			from_bond: 50_000,
			from_wallets: &[(0, 10_000)],
			..Fine::default()
		},
	}
	.told()
}

/// What the buyer loses by that.
pub const BLAMED: Changes = Changes {
	buyer: Side { money: -60_000, credit: -12, untimely: 1, ..SAME },
	seller: SAME,
	pot: 60_000,
};

/// Nobody pays, after `change`, until the grace is over.
pub fn let_pass(chain: &mut Chain, play: Play, change: impl FnOnce(&mut Chain, &Scene)) -> Scene {
	let mut scene = Scene::answered(chain, play);
	let (_, late_by) = scene.payment_dates();
	change(chain, &scene);
	scene.count_from_here(chain);
	chain.until(late_by);
	assert!(pallet_market::Requests::<Runtime>::contains_key(scene.request), "nothing before");
	chain.past(late_by);
	scene
}

/// Then the seller takes his offer back, if it still stands.
pub fn withdraw(chain: &mut Chain, scene: &Scene) {
	if pallet_market::Offers::<Runtime>::contains_key(scene.offer) {
		let withdraw = MarketCall::withdraw_offer { offer: scene.offer };
		chain.ok(&scene.play.seller.key(), withdraw);
	}
	nothing_is_left();
}

/// Funds back but for the fine; credit for the smallest fill that was possible.
#[test]
fn not_paid_though_an_eligible_offer_stood() {
	on("dev", |chain| {
		let scene = let_pass(chain, LARGE_FILLS, |_, _| ());
		let ended = told::ended(&scene, Ending::NotPaid, 0, FUNDING - 10_000);
		scene.came(chain, vec![blamed(), ended], BLAMED);
		withdraw(chain, &scene);
	});
}

/// The offer stood until the payment date; that it is gone when the grace ends is no excuse.
#[test]
fn not_paid_and_the_offer_was_withdrawn_in_the_grace() {
	on("dev", |chain| {
		let mut scene = Scene::answered(chain, LARGE_FILLS);
		let (pay_by, late_by) = scene.payment_dates();
		chain.past(pay_by);
		let withdraw = MarketCall::withdraw_offer { offer: scene.offer };
		chain.ok(&scene.play.seller.key(), withdraw);
		scene.count_from_here(chain);
		chain.past(late_by);
		let ended = told::ended(&scene, Ending::NotPaid, 0, FUNDING - 10_000);
		scene.ended(chain, vec![blamed(), ended], BLAMED);
	});
}

/// The buyer's own lack of money is no excuse: what is not found becomes a debt.
#[test]
fn not_paid_for_lack_of_money_is_no_excuse() {
	on("dev", |chain| {
		let scene = let_pass(chain, LARGE_FILLS, |chain, scene| {
			let wallet = scene.request;
			chain.ok(&scene.buyer, WalletCall::withdraw { wallet, amount: FUNDING });
			let value = Balances::free_balance(scene.buyer.id()) - 10_000;
			let dest = service().id().into();
			chain.ok(&scene.buyer, BalancesCall::transfer_keep_alive { dest, value });
		});
		let fine = Fine { amount: 60_000, from_bond: 50_000, owed: 10_000, ..Fine::default() };
		let (tag, cause, credit) = (buyer_tag(), Cause::NotPaid, (1_000, 988));
		let blame = Blame { tag, timely: 0, untimely: 1, cause, credit, volume: 1_200, fine };
		let ended = told::ended(&scene, Ending::NotPaid, 0, 0);
		let buyer = Side { money: -50_000, owed: 10_000, ..BLAMED.buyer };
		let changes = Changes { buyer, pot: 50_000, ..BLAMED };
		scene.came(chain, vec![blame.told(), ended], changes);
		withdraw(chain, &scene);
	});
}

/// Nor is a certificate that he has lost.
#[test]
fn not_paid_without_a_certificate_is_no_excuse() {
	on("dev", |chain| {
		let scene = let_pass(chain, LARGE_FILLS, |chain, scene| {
			chain.decide(RegistryCall::revoke { account: scene.buyer.id() });
		});
		let ended = told::ended(&scene, Ending::NotPaid, 0, FUNDING - 10_000);
		scene.came(chain, vec![blamed(), ended], BLAMED);
		withdraw(chain, &scene);
	});
}

/// Nor are fines due. (What came back would have paid them, so they are paid out of it now.)
#[test]
fn not_paid_with_fines_due_is_no_excuse() {
	on("dev", |chain| {
		let scene = let_pass(chain, LARGE_FILLS, |_, _| {
			let tag = buyer_tag();
			<voltree_runtime::Credibility as voltree_primitives::Credibility>::owe(&tag, 7);
		});
		let tag = buyer_tag();
		let paid = vec![
			pallet_credibility::Event::FinePaid { tag, amount: 7, due: 0 }.into(),
			pallet_shared_wallet::Event::FinesPaid { tag, amount: 7 }.into(),
			pallet_shared_wallet::Event::Deducted { wallet: scene.request, amount: 7 }.into(),
		];
		let ended = told::ended(&scene, Ending::NotPaid, 0, FUNDING - 10_007);
		let buyer = Side { money: -60_007, owed: -7, ..BLAMED.buyer };
		let changes = Changes { buyer, pot: 60_007, ..BLAMED };
		scene.came(chain, vec![blamed(), paid, ended], changes);
		withdraw(chain, &scene);
	});
}

#[test]
fn request_cancelled_before_the_response() {
	on("dev", |chain| {
		let scene = Scene::asked(chain, LARGE_FILLS);
		chain.ok(&scene.buyer, MarketCall::cancel_request { request: scene.request });
		let ended = told::ended(&scene, Ending::Cancelled, 50_000, FUNDING);
		scene.came(chain, vec![ended], NOTHING);
		withdraw(chain, &scene);
	});
}

#[test]
fn request_cancelled_after_the_response_though_an_eligible_offer_stood() {
	on("dev", |chain| {
		let scene = Scene::answered(chain, LARGE_FILLS);
		chain.ok(&scene.buyer, MarketCall::cancel_request { request: scene.request });
		let ended = told::ended(&scene, Ending::NotPaid, 0, FUNDING - 10_000);
		scene.came(chain, vec![blamed(), ended], BLAMED);
		withdraw(chain, &scene);
	});
}

#[test]
fn request_cancelled_after_the_response_without_an_eligible_offer() {
	on("dev", |chain| {
		let mut scene = Scene::answered(chain, LARGE_FILLS);
		let withdraw = MarketCall::withdraw_offer { offer: scene.offer };
		chain.ok(&scene.play.seller.key(), withdraw);
		scene.count_from_here(chain);
		chain.ok(&scene.buyer, MarketCall::cancel_request { request: scene.request });
		let ended = told::ended(&scene, Ending::NothingToPay, 50_000, FUNDING);
		scene.ended(chain, vec![ended], NOTHING);
	});
}
