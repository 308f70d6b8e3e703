//! Fines that a bond does not cover: the free parts of the person's shared wallets, oldest first,
//! then the next payouts and what comes back; the rest is a debt that bars opening business.

use crate::{
	common::{
		on,
		people::{household, wallet_key, Id},
		refusals::{at_the_door, check, row},
		scene::{demand, supply, total, Deal, Seller},
		Chain, MarketCall, WalletCall,
	},
	stage::{
		buyer_tag, nothing_is_left, side, told_since, Play, Scene, Side, BUYER, METERED, SAME,
	},
	told::{Blame, Fine},
};
use pallet_blacklist::Refusal;
use voltree_primitives::{Cause, RequestId};
use voltree_runtime::{Runtime, RuntimeEvent};

/// 6,000 Wh at 0.25: late, that is 60 points and a fine of 300,000.
const LARGE: Play = Play { volume: 6_000, ..METERED };

fn free(wallet: RequestId) -> u128 {
	pallet_shared_wallet::Wallets::<Runtime>::get(wallet).expect("it is open").free
}

/// The buyer asks for 6,000 Wh after `funding` went into his earlier requests, and pays exactly what
/// they cost, late. Returns what has happened since, and how he has changed.
fn late(chain: &mut Chain, funding: &[u128]) -> (Vec<RuntimeEvent>, Side) {
	chain.calm();
	let (buyer, seller) = (household(BUYER), LARGE.seller);
	// Late enough to stay open whatever happens meanwhile.
	let start = chain.tradable_slot() + 300_000;
	let offer = chain.offer(seller, supply(seller, start, LARGE.volume));
	for amount in funding {
		chain.request(&buyer, demand(BUYER, start + 600_000, 100), *amount);
	}
	let request = chain.request(&buyer, demand(BUYER, start, LARGE.volume), 1_500_000);
	chain.respond(request);
	chain.until(chain.now() + 72_000);
	let before = side(chain, &buyer, buyer_tag());
	let mark = chain.all_events().len();
	chain.pay(&buyer, request, offer, LARGE.volume);
	(told_since(chain, mark), side(chain, &buyer, buyer_tag()) - before)
}

fn blame(fine: Fine) -> Vec<RuntimeEvent> {
	let (tag, cause, credit) = (buyer_tag(), Cause::PaidLate, (1_000, 940));
	Blame { tag, timely: 0, untimely: 1, cause, credit, volume: 6_000, fine }.told()
}

/// Whether `events` contain all of `part` in a row.
fn contain(events: &[RuntimeEvent], part: &[RuntimeEvent]) -> bool {
	events.windows(part.len()).any(|window| window == part)
}

/// 300,000: 50,000 out of the bond, 100,000 and 120,000 out of the oldest wallets, 30,000 of the
/// next; the youngest is not touched, nor is other money of his.
#[test]
fn a_fine_beyond_the_bond_takes_the_free_parts_oldest_first() {
	on("dev", |chain| {
		let (events, change) = late(chain, &[100_000, 120_000, 200_000, 70_000]);
		let from_wallets = &[(0, 100_000), (1, 120_000), (2, 30_000)];
		let fine = Fine { amount: 300_000, from_bond: 50_000, from_wallets, ..Fine::default() };
		assert!(contain(&events, &blame(fine)), "{events:?}");
		assert_eq!([0, 1, 2, 3, 4].map(free), [0, 0, 170_000, 70_000, 0]);
		assert_eq!(change, Side { money: -300_000, credit: -60, untimely: 1, ..SAME });
		// Nothing is due, so he may go on.
		let start = chain.tradable_slot();
		chain.request(&household(BUYER), demand(BUYER, start, 100), 0);
	});
}

/// What is not found is a debt: it bars opening business and taking money out, until it is paid. The
/// hundred VOLT on his account are his, and his alone to pay with.
#[test]
fn a_fine_beyond_all_that_is_not_found_is_a_debt_that_bars_business() {
	on("dev", |chain| {
		let (events, change) = late(chain, &[40_000]);
		let fine = Fine {
			amount: 300_000,
			from_bond: 50_000,
			from_wallets: &[(0, 40_000)],
			owed: 210_000,
			..Fine::default()
		};
		assert!(contain(&events, &blame(fine)), "{events:?}");
		let expected = Side { money: -90_000, credit: -60, untimely: 1, owed: 210_000, ..SAME };
		assert_eq!(change, expected);

		let (debtor, start) = (household(BUYER), chain.tradable_slot());
		chain.ok(&debtor, WalletCall::fund { wallet: 0, amount: 10_000 });
		let offer = MarketCall::offer { supply: supply(Seller::Household(BUYER), start, 400) };
		let request = MarketCall::request {
			demand: demand(BUYER, start, 400),
			key: wallet_key(&debtor).id(),
			funding: 0,
		};
		let withdraw = WalletCall::withdraw { wallet: 0, amount: 1 };
		let redeem = WalletCall::redeem { amount: 1, reference: Default::default() };
		type Wallet = pallet_shared_wallet::Error<Runtime>;
		check(
			chain,
			vec![
				at_the_door("offers", &debtor, offer.clone(), Refusal::FinesDue),
				at_the_door("asks", &debtor, request.clone(), Refusal::FinesDue),
				row("takes money out", &debtor, withdraw, Wallet::OwedInFines),
				row("redeems money", &debtor, redeem, Wallet::FinesDue),
			],
		);
		let had = total(&debtor) + chain.fees_of(&debtor);
		chain.ok(&debtor, WalletCall::pay_fines { amount: 200_000 });
		check(chain, vec![at_the_door("still owes", &debtor, offer.clone(), Refusal::FinesDue)]);
		// More than is due takes no more than is due.
		chain.ok(&debtor, WalletCall::pay_fines { amount: u128::MAX });
		assert_eq!(had - total(&debtor) - chain.fees_of(&debtor), 210_000);
		assert_eq!(side(chain, &debtor, buyer_tag()).owed, 0);
		chain.ok(&debtor, offer);
		chain.ok(&debtor, request);
		chain.ok(&debtor, WalletCall::withdraw { wallet: 0, amount: 10_000 });
	});
}

/// The debtor sells 1,000 Wh himself: what he is paid for them, 250,000, pays the 210,000 he owes
/// first.
#[test]
fn the_next_payout_pays_the_debt() {
	on("dev", |chain| {
		chain.calm();
		let (debtor, other) = (Seller::Household(BUYER), household(9));
		let start = chain.tradable_slot();
		let offer = chain.offer(debtor, supply(debtor, start, 1_000));
		let request = chain.request(&other, demand(9, start, 1_000), 250_000);
		chain.respond(request);
		let trade = chain.pay(&other, request, offer, 1_000);
		let slot = chain.trade(trade).slot;
		let (_, change) = late(chain, &[40_000]);
		assert_eq!(change.owed, 210_000);
		let sale = Deal {
			buyer: other.clone(),
			seller: debtor,
			request,
			offer,
			trade,
			slot,
			volume: 1_000,
			locked: 250_000,
		};
		chain.start_delivery(&sale);
		chain.deliver(&sale, 1_000);
		chain.bill(&sale, 1_000);
		let before = side(chain, &debtor.key(), buyer_tag());
		let pot = crate::stage::pot();
		let mark = chain.all_events().len();
		chain.ok(&other, MarketCall::confirm { trade });
		let tag = buyer_tag();
		let paid = [
			pallet_credibility::Event::FinePaid { tag, amount: 210_000, due: 0 }.into(),
			pallet_shared_wallet::Event::FinesPaid { tag, amount: 210_000 }.into(),
		];
		assert!(contain(&told_since(chain, mark), &paid));
		let change = side(chain, &debtor.key(), buyer_tag()) - before;
		assert_eq!(change, Side { money: 40_000, timely: 1, owed: -210_000, ..SAME });
		assert_eq!(crate::stage::pot() - pot, 210_000);
		// Nobody is barred any more.
		let start = chain.tradable_slot();
		chain.offer(debtor, supply(debtor, start, 400));
	});
}

/// What comes back of a bond or a wallet pays the debt as well.
#[test]
fn what_comes_back_pays_the_debt() {
	on("dev", |chain| {
		let (_, change) = late(chain, &[0, 0]);
		assert_eq!(change.owed, 250_000);
		let debtor = household(BUYER);
		chain.ok(&debtor, WalletCall::fund { wallet: 1, amount: 120_000 });
		let before = side(chain, &debtor, buyer_tag());
		// A bond of 50,000 alone, then one with a free part of 120,000.
		for (request, due) in [(0, 200_000), (1, 30_000)] {
			chain.ok(&debtor, MarketCall::cancel_request { request });
			assert_eq!(side(chain, &debtor, buyer_tag()).owed, due);
		}
		let change = side(chain, &debtor, buyer_tag()) - before;
		assert_eq!(change, Side { money: -220_000, owed: -220_000, ..SAME });
	});
}

/// The whole of a bond is always the injured party's before anything is a debt.
#[test]
fn a_sellers_fine_beyond_his_bond_is_a_debt() {
	on("dev", |chain| {
		// At the cap there is no loss to cover: the bond is the smallest fine, the fine a fifth.
		let play = Play { price: 1_000_000, volume: 1_000, ..METERED };
		let scene = Scene::paid(chain, play);
		assert_eq!(scene.bond(), 50_000);
		chain.past(scene.slot.end);
		let score = side(chain, &play.seller.key(), play.seller.tag());
		assert_eq!(score.owed, 150_000);
		chain.ok(&play.seller.key(), WalletCall::pay_fines { amount: 150_000 });
		nothing_is_left();
	});
}
