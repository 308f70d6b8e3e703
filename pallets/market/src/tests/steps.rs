//! What people may do in the property tests, and how it is done.

use crate::{mock::*, pallet::*, types::*};
use frame_support::traits::{fungible::Mutate, tokens::Preservation};
use proptest::{prelude::*, sample::Index};
use sp_runtime::DispatchResult;
use voltree_primitives::{Balance, Credit, LineId, Moment, Price, Verdict, WattHours};

const PEOPLE: [Keyring; 4] = [Alice, Bob, Charlie, Dave];
const PAYEES: [Keyring; 4] = [Bob, WALLET_OF_BOB, Charlie, Dave];
const SLOTS: [Moment; 3] = [SLOT, SLOT + LENGTH, SLOT + 2 * LENGTH];
const LINES: [LineId; 3] = [LINE, OTHER_LINE, BARE_LINE];
const WEATHER: [voltree_primitives::SafetyOver; 3] = [SAFE, UNSAFE_IN_PART, NEVER_SAFE];
const VERDICTS: [Verdict; 3] = [Verdict::Safe, Verdict::Hazard, Verdict::Stale];

/// What somebody does. An [`Index`] picks one of what there is, or was.
#[derive(Clone, Debug)]
pub(super) enum Step {
	Offer {
		who: usize,
		slot: usize,
		line: usize,
		volume: WattHours,
		price: Price,
		lasts: Moment,
	},
	Request {
		who: usize,
		slot: usize,
		volume: WattHours,
		both: bool,
		funding: Balance,
	},
	Respond(Index),
	/// Any offer, which seldom fits.
	Pay {
		by_key: bool,
		request: Index,
		offer: Index,
		volume: WattHours,
	},
	/// A quoted offer, as much as fits of a volume.
	Take {
		request: Index,
		quote: Index,
		volume: WattHours,
	},
	Start(Index),
	Bill {
		trade: Index,
		volume: WattHours,
		payee: usize,
	},
	Confirm(Index),
	Cancel(Index),
	WithdrawOffer(Index),
	Fund {
		request: Index,
		amount: Balance,
	},
	Withdraw {
		request: Index,
		amount: Balance,
	},
	Renew(Index),
	Bar(usize),
	Pardon(usize),
	Credit {
		who: usize,
		credit: Credit,
	},
	Weather {
		over: usize,
		line: usize,
		verdict: usize,
	},
	Exports {
		other: bool,
		slot: usize,
		energy: WattHours,
	},
	Leave(usize),
	Rounds(Moment),
	Parameters {
		pay_period: Moment,
		bill_window: Moment,
		smallest_fill: WattHours,
	},
	Wait(Moment),
	/// Wait for a moment of a slot: so long after its gate, if that is still to come.
	Until {
		slot: usize,
		after_gate: Moment,
	},
}

fn business() -> impl Strategy<Value = Step> {
	let who = || 0..PEOPLE.len();
	// The first slot is traded most.
	let slot = || prop_oneof![4 => Just(0usize), 1 => 0..SLOTS.len()];
	let index = any::<Index>;
	let volume = || 90..3_000u64;
	// Bob's meter is on the first line.
	let seller = || prop_oneof![1 => Just(1usize), 2 => who()];
	let line = || prop_oneof![2 => Just(0usize), 1 => 0..LINES.len()];
	prop_oneof![
		2 => (seller(), slot(), line(), volume(), 5..5_000u128, 0..300_000u64).prop_map(
			|(who, slot, line, volume, price, lasts)| Step::Offer {
				who, slot, line, volume, price, lasts
			}
		),
		2 => (who(), slot(), volume(), any::<bool>(), 0..MONEY / 4).prop_map(
			|(who, slot, volume, both, funding)| Step::Request { who, slot, volume, both, funding }
		),
		4 => index().prop_map(Step::Respond),
		1 => (any::<bool>(), index(), index(), volume()).prop_map(
			|(by_key, request, offer, volume)| Step::Pay { by_key, request, offer, volume }
		),
		4 => (index(), index(), volume()).prop_map(
			|(request, quote, volume)| Step::Take { request, quote, volume }
		),
	]
}

fn finish() -> impl Strategy<Value = Step> {
	let index = any::<Index>;
	prop_oneof![
		3 => index().prop_map(Step::Start),
		3 => (index(), 0..3_000u64, 0..PAYEES.len())
			.prop_map(|(trade, volume, payee)| Step::Bill { trade, volume, payee }),
		2 => index().prop_map(Step::Confirm),
	]
}

fn trouble() -> impl Strategy<Value = Step> {
	let who = || 0..PEOPLE.len();
	let index = any::<Index>;
	prop_oneof![
		index().prop_map(Step::Cancel),
		index().prop_map(Step::WithdrawOffer),
		(index(), 0..MONEY / 2).prop_map(|(request, amount)| Step::Fund { request, amount }),
		(index(), 0..MONEY / 2).prop_map(|(request, amount)| Step::Withdraw { request, amount }),
		index().prop_map(Step::Renew),
		who().prop_map(Step::Bar),
		who().prop_map(Step::Pardon),
		(who(), 0..200u32).prop_map(|(who, credit)| Step::Credit { who, credit }),
		(0..3usize, 0..3usize, 0..3usize).prop_map(|(over, line, verdict)| Step::Weather {
			over,
			line,
			verdict
		}),
		(any::<bool>(), 0..SLOTS.len(), 0..3_000u64)
			.prop_map(|(other, slot, energy)| Step::Exports { other, slot, energy }),
		(0..PAYEES.len()).prop_map(Step::Leave),
		(0..10_000u64).prop_map(Step::Rounds),
		(0..40_000u64, 0..60_000u64, 100..400u64).prop_map(
			|(pay_period, bill_window, smallest_fill)| Step::Parameters {
				pay_period,
				bill_window,
				smallest_fill
			}
		),
	]
}

fn wait(longest: Moment) -> impl Strategy<Value = Step> {
	(0..longest).prop_map(Step::Wait)
}

/// Anything at any time.
pub(super) fn wild() -> impl Strategy<Value = Vec<Step>> {
	let until = (0..SLOTS.len(), 0..120_000u64)
		.prop_map(|(slot, after_gate)| Step::Until { slot, after_gate });
	let step =
		prop_oneof![6 => business(), 4 => finish(), 2 => trouble(), 3 => wait(8_000), 1 => until];
	prop::collection::vec(step, 1..120)
}

/// Trading, then delivery, then settlement, with some trouble all along.
pub(super) fn staged() -> impl Strategy<Value = Vec<Step>> {
	let stage = |step: BoxedStrategy<Step>, n: usize| {
		let step = prop_oneof![8 => step, 1 => trouble(), 2 => wait(2_000)];
		prop::collection::vec(step, n..3 * n)
	};
	let until = |after_gate| Just(vec![Step::Until { slot: 0, after_gate }]);
	let exports =
		(500..6_000u64).prop_map(|energy| vec![Step::Exports { other: false, slot: 0, energy }]);
	let trading = stage(business().boxed(), 30);
	let delivery = stage(finish().boxed(), 6);
	let settling = || stage(finish().boxed(), 6);
	let slot = 10_000 + LENGTH;
	(
		trading,
		until(0),
		delivery,
		exports,
		until(slot + 1),
		settling(),
		until(slot + 20_001),
		settling(),
		until(slot + 90_001),
	)
		.prop_map(|(a, b, c, d, e, f, g, h, i)| [a, b, c, d, e, f, g, h, i].concat())
}

/// One of the numbers given out so far, or the next.
fn pick(index: Index, next: u64) -> u64 {
	index.index(usize::try_from(next).unwrap() + 1) as u64
}

fn some_request(index: Index) -> u64 {
	pick(index, NextRequest::<Test>::get())
}

/// A request in such a state, if there is one.
fn request_that(
	index: Index,
	fits: impl Fn(RequestState) -> bool,
) -> Option<(u64, Request<AccountId>)> {
	let mut requests =
		Requests::<Test>::iter().filter(|(_, request)| fits(request.state)).collect::<Vec<_>>();
	requests.sort_by_key(|(id, _)| *id);
	(!requests.is_empty()).then(|| index.get(&requests).clone())
}

/// A trade that goes on, if there is one.
fn some_trade(index: Index) -> Option<(u64, Trade<AccountId>)> {
	let mut trades = Trades::<Test>::iter().collect::<Vec<_>>();
	trades.sort_by_key(|(id, _)| *id);
	(!trades.is_empty()).then(|| index.get(&trades).clone())
}

fn by(who: AccountId, call: impl Into<RuntimeCall>) -> DispatchResult {
	dispatch(RuntimeOrigin::signed(who), call)
}

/// Whether it was accepted does not matter.
pub(super) fn take(step: Step) {
	use pallet_shared_wallet::Call as WalletCall;
	let now = || world(|world| world.now);
	// Refusals are part of the game.
	let _refused = match step {
		Step::Offer { who, slot, line, volume, price, lasts } => {
			let who = PEOPLE[who];
			let meters = [(Bob, LINE, METER), (Charlie, OTHER_LINE, OTHER_METER)];
			let line = LINES[line];
			let own = meters.into_iter().find(|(owner, at, _)| (*owner, *at) == (who, line));
			let supply = Supply {
				slot: SLOTS[slot],
				volume,
				price,
				line,
				smallest_fill: 100 + volume % 150,
				expires: Some(now() + lasts),
				meter: own.map(|(_, _, meter)| id(meter)),
			};
			offer(who, supply)
		}
		Step::Request { who, slot, volume, both, funding } => {
			let lines = if both { vec![OTHER_LINE, LINE] } else { vec![LINE] };
			let lines = lines.try_into().unwrap();
			request(PEOPLE[who], Demand { slot: SLOTS[slot], volume, lines, ..demand() }, funding)
		}
		Step::Respond(request) => {
			let open = request_that(request, |state| matches!(state, RequestState::Open { .. }));
			let Some((request, _)) = open else { return };
			respond(request)
		}
		Step::Pay { by_key, request, offer, volume } => {
			let request = some_request(request);
			let offer = pick(offer, NextOffer::<Test>::get());
			let owner = Requests::<Test>::get(request).map(|request| request.buyer);
			let payer = owner.filter(|_| !by_key).unwrap_or(id(KEY));
			by(payer, Call::<Test>::pay { request, offer, volume })
		}
		Step::Take { request, quote, volume } => {
			let payable = |state| matches!(state, RequestState::Responded { .. });
			let Some((id, request)) = request_that(request, payable) else { return };
			let quotes = Market::quotes_of(&request);
			if quotes.is_empty() {
				return;
			}
			let quote = quote.get(&quotes);
			let most = quote.available.min(request.wanted());
			pay(KEY, id, quote.offer, volume.max(quote.smallest_fill).min(most))
		}
		Step::Start(trade) => {
			let Some((trade, known)) = some_trade(trade) else { return };
			by(known.seller.account, Call::<Test>::start { trade })
		}
		Step::Bill { trade, volume, payee } => {
			let Some((trade, known)) = some_trade(trade) else { return };
			let (delivered, payee) = (volume % (known.volume + 2), id(PAYEES[payee]));
			by(known.seller.account, Call::<Test>::bill { trade, delivered, payee })
		}
		Step::Confirm(trade) => {
			let Some((trade, known)) = some_trade(trade) else { return };
			by(known.buyer.account, Call::<Test>::confirm { trade })
		}
		Step::Cancel(request) => {
			let request = some_request(request);
			let owner = Requests::<Test>::get(request).map(|request| request.buyer);
			by(owner.unwrap_or(id(Alice)), Call::<Test>::cancel_request { request })
		}
		Step::WithdrawOffer(offer) => {
			let offer = pick(offer, NextOffer::<Test>::get());
			let seller = Offers::<Test>::get(offer).map(|offer| offer.seller);
			by(seller.unwrap_or(id(Bob)), Call::<Test>::withdraw_offer { offer })
		}
		Step::Fund { request, amount } => {
			let wallet = some_request(request);
			let owner = Requests::<Test>::get(wallet).map(|request| request.buyer);
			by(owner.unwrap_or(id(Alice)), WalletCall::<Test>::fund { wallet, amount })
		}
		Step::Withdraw { request, amount } => {
			let wallet = some_request(request);
			let owner = Requests::<Test>::get(wallet).map(|request| request.buyer);
			by(owner.unwrap_or(id(Alice)), WalletCall::<Test>::withdraw { wallet, amount })
		}
		Step::Renew(request) => {
			let request = some_request(request);
			if !Requests::<Test>::contains_key(request) {
				return;
			}
			let token = sign(SERVICE, to_sign(request));
			by(id(SERVICE), WalletCall::<Test>::renew { token })
		}
		Step::Leave(who) => {
			let who = PAYEES[who];
			let left =
				Balances::transfer(&id(who), &id(Alice), balance(who), Preservation::Expendable);
			left.map(drop)
		}
		Step::Parameters { pay_period, bill_window, smallest_fill } => {
			let parameters = Parameters { pay_period, bill_window, smallest_fill, ..windows() };
			dispatch(RuntimeOrigin::root(), Call::<Test>::set_parameters { parameters })
		}
		Step::Wait(time) => {
			next_block(now() + time);
			return;
		}
		Step::Until { slot, after_gate } => {
			let moment = SLOTS[slot] - 10_000 + after_gate;
			next_block(now().max(moment));
			return;
		}
		other => {
			world(|world| change(world, other));
			return;
		}
	};
}

/// Windows so short that much can happen before the gate.
pub(super) fn windows() -> Parameters {
	Parameters { offer_window: 0, pay_period: 8_000, ..parameters() }
}

/// What the neighbours say changes.
fn change(world: &mut World, step: Step) {
	match step {
		Step::Bar(who) => {
			world.barred.insert(tag(PEOPLE[who]));
		}
		Step::Pardon(who) => {
			world.barred.remove(&tag(PEOPLE[who]));
		}
		Step::Credit { who, credit } => {
			world.credit.insert(tag(PEOPLE[who]), credit);
		}
		Step::Weather { over, line, verdict } => {
			world.safety = WEATHER[over];
			world.verdicts.insert(LINES[line], VERDICTS[verdict]);
		}
		Step::Exports { other, slot, energy } => {
			let meter = if other { OTHER_METER } else { METER };
			// A register that was reported does not change.
			world.exported.entry((id(meter), SLOTS[slot])).or_insert(energy);
		}
		Step::Rounds(round) => world.round = round,
		other => unreachable!("not about neighbours: {other:?}"),
	}
}
