//! The blacklist from end to end: credit falls below the limit, the broadcast, what is open closes,
//! what is paid finishes, the door is shut, and the way back.

use crate::{
	common::{
		on,
		people::{household, pair, wallet_key, Id},
		refusals::{at_the_door, check},
		scene::{demand, held, supply, Deal, Seller},
		sign, Chain, MarketCall, RegistryCall, WalletCall,
	},
	stage::{nothing_is_left, side, told_since, Side, SAME},
	told::{counted, unbonded, Blame, Fine},
};
use pallet_blacklist::{Event as Blacklist, Refusal};
use pallet_market::{Ending, Event, Outcome, RequestState};
use voltree_primitives::{Cause, IdentityTag, Moment};
use voltree_runtime::{genesis::household_tag, Runtime, RuntimeEvent, VOLT};

/// Who falls: household 6, which buys and sells.
const FALLEN: usize = 6;
/// How long one has to wait on `dev` before one may be let back.
const WAITING: Moment = 600_000;

fn tag() -> IdentityTag {
	household_tag(FALLEN)
}

/// 150 points a kilowatt-hour, so that one fault does.
fn harder(chain: &mut Chain) {
	let parameters = pallet_credibility::types::Parameters {
		weight: 150,
		cap_per_event: 1_000,
		..Default::default()
	};
	chain.decide(pallet_credibility::Call::<Runtime>::set_parameters { parameters });
	assert_eq!(voltree_runtime::Blacklist::parameters().waiting, WAITING);
	chain.until(chain.now() + 120_000);
}

/// What the fallen has open when he falls.
struct Open {
	/// A sale that was paid before, in a slot to come.
	sale: Deal,
	/// A request that waits for its response, with 100,000 in its shared wallet.
	request: u64,
	/// One that was answered, with nothing in it.
	answered: u64,
	/// An offer.
	offer: u64,
	/// A request of 6,000 Wh and the offer for it, to be paid late.
	late: (u64, u64),
}

fn open(chain: &mut Chain) -> Open {
	let (fallen, friend) = (Seller::Household(FALLEN), household(3));
	let start = chain.tradable_slot();
	// Late enough that its end pays no debt meanwhile.
	let later = start + 300_000;
	let much = chain.offer(Seller::Household(7), supply(Seller::Household(7), later, 6_000));
	let sold = chain.offer(fallen, supply(fallen, start + 60_000, 400));
	let bought = chain.request(&friend, demand(3, start + 60_000, 400), 100_000);
	chain.respond(bought);
	let trade = chain.pay(&friend, bought, sold, 400);
	let offer = chain.offer(fallen, supply(fallen, start + 120_000, 400));
	let key = fallen.key();
	let request = chain.request(&key, demand(FALLEN, start + 600_000, 100), 100_000);
	let late = chain.request(&key, demand(FALLEN, later, 6_000), 1_500_000);
	chain.respond(late);
	let answered = chain.request(&key, demand(FALLEN, later, 400), 0);
	chain.respond(answered);
	let sale = Deal {
		buyer: friend,
		seller: fallen,
		request: bought,
		offer: sold,
		trade,
		slot: chain.trade(trade).slot,
		volume: 400,
		locked: 100_000,
	};
	Open { sale, request, answered, offer, late: (late, much) }
}

/// He pays 6,000 Wh late: 900 points, and a fine of 300,000 of which the bond has 50,000 and the
/// wallets 100,000.
fn fall(chain: &mut Chain, open: &Open) {
	let late = pallet_market::Requests::<Runtime>::get(open.late.0).expect("it is open");
	let RequestState::Responded { pay_by, .. } = late.state else { panic!("{late:?}") };
	chain.past(pay_by);
	chain.pay(&household(FALLEN), open.late.0, open.late.1, 6_000);
}

fn barred(chain: &mut Chain, refusal: Refusal) {
	let (fallen, start) = (household(FALLEN), chain.tradable_slot());
	let supply = supply(Seller::Household(FALLEN), start, 400);
	let demand = demand(FALLEN, start, 400);
	let key = wallet_key(&fallen).id();
	let request = MarketCall::request { demand, key, funding: 0 };
	let offer = MarketCall::offer { supply };
	let pool = [sign(&fallen, offer.clone(), 0), sign(&fallen, request.clone(), 0)];
	for answer in chain.pool(pool.to_vec()) {
		assert_eq!(answer, Err(refusal.into()));
	}
	check(
		chain,
		vec![
			at_the_door("offers", &fallen, offer, refusal),
			at_the_door("asks", &fallen, request, refusal),
		],
	);
}

/// The authority does not get him back in: its decision comes out as `expected`.
fn not_let_back(chain: &mut Chain, expected: pallet_blacklist::Error<Runtime>) {
	let call = pallet_blacklist::Call::<Runtime>::readmit { tag: tag() }.into();
	crate::common::refusals::check_decided(chain, vec![("too early", call, expected.into())]);
}

#[test]
fn falling_below_the_limit_enters_the_blacklist_once_and_the_way_back() {
	on("dev", |chain| {
		let (fallen, wallet) = (household(FALLEN), pair("//Wallet"));
		chain.give(&wallet, VOLT);
		let message = voltree_runtime::Registry::link_message(&fallen.id(), &wallet.id());
		let signature = wallet.seal(&message);
		chain.ok(&fallen, RegistryCall::link_wallet { wallet: wallet.id(), signature });
		harder(chain);
		chain.calm();
		let open = open(chain);
		let before = side(chain, &fallen, tag());
		let mark = chain.all_events().len();
		fall(chain, &open);

		// Credit falls below 200: the broadcast names his accounts; the fine takes what there is.
		let (credit, accounts) = (100, vec![fallen.id(), wallet.id()]);
		let broadcast = Blacklist::Blacklisted { tag: tag(), credit, accounts: accounts.clone() };
		let blame = Blame {
			tag: tag(),
			timely: 0,
			untimely: 1,
			cause: Cause::PaidLate,
			credit: (1_000, 100),
			volume: 6_000,
			fine: Fine {
				amount: 300_000,
				from_bond: 50_000,
				from_wallets: &[(1, 100_000)],
				owed: 150_000,
				..Fine::default()
			},
		};
		let mut expected = blame.told();
		expected.insert(2, broadcast.clone().into());
		let told = told_since(chain, mark);
		assert!(told.windows(expected.len()).any(|events| events == expected), "{told:?}");

		// What is open closes in the next block, funds and bonds back, net of the debt, without any
		// further penalty.
		let mark = chain.all_events().len();
		chain.next();
		let due = |amount, due| -> Vec<RuntimeEvent> {
			vec![
				pallet_credibility::Event::FinePaid { tag: tag(), amount, due }.into(),
				pallet_shared_wallet::Event::FinesPaid { tag: tag(), amount }.into(),
			]
		};
		let closed = |wallet| -> Vec<RuntimeEvent> {
			let request = wallet;
			vec![
				unbonded(&fallen, 0),
				pallet_shared_wallet::Event::Closed { wallet, refund: 0 }.into(),
				Event::RequestEnded { request, ending: Ending::Blacklisted }.into(),
			]
		};
		let events = [
			vec![Event::OfferClosed { offer: open.offer, unsold: 400 }.into()],
			due(50_000, 100_000),
			closed(open.request),
			due(50_000, 50_000),
			closed(open.answered),
		];
		assert_eq!(told_since(chain, mark), events.concat());
		let change = side(chain, &fallen, tag()) - before;
		let expected = Side { money: -250_000, credit: -900, untimely: 1, owed: 50_000, ..SAME };
		assert_eq!(change, expected);

		// The door is closed, and stays so when the fines are paid, until the waiting is over and the
		// authority decides.
		barred(chain, Refusal::Blacklisted);
		not_let_back(chain, pallet_blacklist::Error::StillWaiting);
		let since = pallet_blacklist::Entries::<Runtime>::get(tag()).expect("he is listed").since;

		// His paid sale goes on to its end; what is paid out pays the debt first.
		chain.start_delivery(&open.sale);
		chain.deliver(&open.sale, 400);
		chain.bill(&open.sale, 400);
		let mark = chain.all_events().len();
		chain.ok(&open.sale.buyer, MarketCall::confirm { trade: open.sale.trade });
		let told = told_since(chain, mark);
		assert_eq!(told[0], counted(tag(), 1, 1, Cause::Delivered));
		assert_eq!(told[1..3], due(50_000, 0));
		let settled = |event: &RuntimeEvent| {
			matches!(
				event,
				RuntimeEvent::Market(Event::Settled {
					outcome: Outcome::Confirmed,
					payout: 100_000,
					..
				})
			)
		};
		assert!(told.iter().any(settled), "{told:?}");
		barred(chain, Refusal::Blacklisted);
		chain.until(since + WAITING - 6_000);
		not_let_back(chain, pallet_blacklist::Error::StillWaiting);
		chain.until(since + WAITING);
		barred(chain, Refusal::Blacklisted);
		let mark = chain.all_events().len();
		chain.decide(pallet_blacklist::Call::<Runtime>::readmit { tag: tag() });
		let readmitted = [
			pallet_credibility::Event::CreditReinstated { tag: tag(), before: 100, after: 400 }
				.into(),
			Blacklist::Readmitted { tag: tag(), credit: 400, accounts }.into(),
		];
		assert_eq!(told_since(chain, mark), readmitted);

		// He trades again, on both sides; he was listed once in all this.
		let again = chain.deal(FALLEN, Seller::Household(1));
		chain.ok(&household(1), MarketCall::withdraw_trade { trade: again.trade });
		let again = chain.deal(3, Seller::Household(FALLEN));
		chain.ok(&fallen, MarketCall::withdraw_trade { trade: again.trade });
		let broadcasts =
			chain.all_events().into_iter().filter(|event| *event == broadcast.clone().into());
		assert_eq!(broadcasts.count(), 1);
		assert_eq!(held(&fallen), 0);
		nothing_is_left();
	});
}

/// The waiting alone is not enough: what is owed has to be paid before.
#[test]
fn nobody_comes_back_who_owes_a_fine() {
	on("dev", |chain| {
		harder(chain);
		chain.calm();
		let open = open(chain);
		fall(chain, &open);
		chain.ok(&open.sale.seller.key(), MarketCall::withdraw_trade { trade: open.sale.trade });
		let since = pallet_blacklist::Entries::<Runtime>::get(tag()).expect("he is listed").since;
		chain.until(since + WAITING);
		let fallen = household(FALLEN);
		// What came back of bonds and of the purchase that nobody delivered has paid all.
		let due = side(chain, &fallen, tag()).owed;
		assert_eq!(due, 0);
		<voltree_runtime::Credibility as voltree_primitives::Credibility>::owe(&tag(), 5_000);
		not_let_back(chain, pallet_blacklist::Error::FinesDue);
		chain.ok(&fallen, WalletCall::pay_fines { amount: 5_000 });
		barred(chain, Refusal::Blacklisted);
		chain.decide(pallet_blacklist::Call::<Runtime>::readmit { tag: tag() });
		assert_eq!(chain.score(tag()).0, 400);
		let start = chain.tradable_slot();
		chain.offer(Seller::Household(FALLEN), supply(Seller::Household(FALLEN), start, 400));
	});
}

/// Whoever falls below the limit again is listed again.
#[test]
fn a_second_fall_enters_the_blacklist_again() {
	on("dev", |chain| {
		harder(chain);
		chain.calm();
		let first = open(chain);
		fall(chain, &first);
		chain.until(chain.now() + WAITING);
		chain.decide(pallet_blacklist::Call::<Runtime>::readmit { tag: tag() });
		chain.calm();
		// 2,000 Wh that he does not deliver are 300 of his 400 points.
		let seller = Seller::Household(FALLEN);
		let start = chain.tradable_slot();
		let offer = chain.offer(seller, supply(seller, start, 2_000));
		let request = chain.request(&household(2), demand(2, start, 2_000), VOLT);
		chain.respond(request);
		let trade = chain.pay(&household(2), request, offer, 2_000);
		chain.past(chain.trade(trade).slot.end);
		let falls = chain.all_events().into_iter().filter_map(|event| match event {
			RuntimeEvent::Blacklist(Blacklist::Blacklisted { tag: fallen, credit, .. })
				if fallen == tag() =>
			{
				Some(credit)
			}
			_ => None,
		});
		assert_eq!(falls.collect::<Vec<_>>(), [100, 100]);
		barred(chain, Refusal::Blacklisted);
	});
}
