//! Judges with an interest of their own.
//!
//! The rule: a fine never goes to who judges. Its loss part is the injured party's, as far as the
//! grid's price proves it, and the rest goes to the pot. So a member of the authority who votes in
//! a case of his own can win what he would have had anyway, and never the fine; and one member
//! alone decides nothing.

use crate::{
	common::{
		on,
		people::{pair, wallet_key, Id},
		scene::{demand, supply, Deal, Seller, PRICE, VOLUME},
		Chain, MarketCall,
	},
	tools::*,
};
use pallet_market::{Fault, Outcome, Ruling};
use sp_core::{sr25519::Pair, H256};
use sp_runtime::Permill;
use voltree_primitives::amount;
use voltree_runtime::VOLT;

/// Charlie, of the authority, is a buyer, too, and contests what he was delivered in full.
fn contested_by_a_judge(chain: &mut Chain, seller: Seller) -> (Pair, Deal) {
	chain.calm();
	let judge = pair("//Charlie");
	let expires = chain.now() + 86_400_000;
	certify(chain, &judge, H256::repeat_byte(7), expires);
	let start = chain.tradable_slot();
	let offer = chain.offer(seller, supply(seller, start, VOLUME));
	let request = pallet_market::NextRequest::<voltree_runtime::Runtime>::get();
	let (demand, key) = (demand(1, start, VOLUME), wallet_key(&judge).id());
	chain.ok(&judge, MarketCall::request { demand, key, funding: VOLT });
	chain.respond(request);
	let trade = chain.pay(&judge, request, offer, VOLUME);
	let slot = chain.trade(trade).slot;
	let locked = amount(VOLUME, PRICE).expect("it fits");
	let buyer = judge.clone();
	let deal = Deal { buyer, seller, request, offer, trade, slot, volume: VOLUME, locked };
	chain.start_delivery(&deal);
	chain.deliver(&deal, VOLUME);
	chain.bill(&deal, VOLUME);
	chain.ok(&judge, MarketCall::contest { trade, received: 0 });
	(judge, deal)
}

#[test]
fn a_voting_member_judged_for_himself() {
	on("dev", |chain| {
		let seller = Seller::Household(7);
		let members = [pair("//Bob"), pair("//Charlie")];
		let (judge, deal) = contested_by_a_judge(chain, seller);
		let before = [purse(chain, &judge), purse(chain, &members[0]), purse(chain, &seller.key())];
		let filled = pot();
		let ruling = Ruling { share: Permill::zero(), fault: Fault::Seller };
		let call = MarketCall::rule { trade: deal.trade, ruling };
		assert_eq!(by_motion(chain, [&members[0], &members[1]], call.into()), Ok(()));
		assert_eq!(outcome(chain, deal.trade), Some(Outcome::Ruled));
		assert_eq!(purse(chain, &judge), before[0], "his own money back, and nothing more");
		assert_eq!(purse(chain, &members[0]), before[1]);
		assert_eq!(before[2] - purse(chain, &seller.key()), SMALLEST_FINE);
		assert_eq!(pot() - filled, SMALLEST_FINE, "the fine goes to the pot");
	});
}

/// The bond of a contest goes to the other party, whoever judges.
#[test]
fn a_judge_gets_no_bond() {
	on("dev", |chain| {
		let seller = Seller::Household(7);
		let members = two_members();
		let (judge, deal) = contested_by_a_judge(chain, seller);
		let before = [purse(chain, &judge), purse(chain, &seller.key()), pot()];
		let others = purse(chain, &members[1]);
		let ruling = Ruling { share: Permill::one(), fault: Fault::Buyer };
		let call = MarketCall::rule { trade: deal.trade, ruling };
		assert_eq!(by_motion(chain, [&members[0], &members[1]], call.into()), Ok(()));
		let lost = deal.locked + SMALLEST_FINE;
		assert_eq!(before[0] - purse(chain, &judge), lost);
		assert_eq!(purse(chain, &seller.key()) - before[1], lost);
		assert_eq!((pot(), purse(chain, &members[1])), (before[2], others));
	});
}
