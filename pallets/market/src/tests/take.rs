//! How the steps of the property tests are taken.

use super::steps::*;
use crate::{mock::*, pallet::*, types::*};
use frame_support::traits::{fungible::Mutate, tokens::Preservation};
use proptest::sample::Index;
use sp_runtime::DispatchResult;

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
			let there = |meter| world(|world| world.meters.contains_key(&id(meter)));
			let own = meters
				.into_iter()
				.find(|(owner, at, meter)| (*owner, *at) == (who, line) && there(*meter));
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
		Step::Request { who, slot, volume, both, unmetered, funding } => {
			let lines = if both { vec![OTHER_LINE, LINE] } else { vec![LINE] };
			let (lines, slot) = (lines.try_into().unwrap(), SLOTS[slot]);
			let asked = Demand { slot, volume, lines, unmetered, ..demand() };
			request(PEOPLE[who], asked, funding)
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
		Step::Contest { trade, received } => {
			let Some((trade, known)) = some_trade(trade) else { return };
			by(known.buyer.account, Call::<Test>::contest { trade, received })
		}
		Step::Rule { trade, percent, fault } => {
			let Some((trade, _)) = some_trade(trade) else { return };
			rule(trade, percent, fault)
		}
		Step::WithdrawTrade(trade) => {
			let Some((trade, known)) = some_trade(trade) else { return };
			by(known.seller.account, Call::<Test>::withdraw_trade { trade })
		}
		Step::GridPrices { slot, prices } => set_grid_prices(SLOTS[slot], &prices),
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
			set_parameters(parameters)
		}
		Step::Blacklist { who, at_once: true } => {
			blacklist(PEOPLE[who]);
			return;
		}
		Step::Wait(time) => {
			run_to(now() + time);
			return;
		}
		Step::Outage(time) => {
			next_block(now() + time);
			return;
		}
		Step::Until { slot, after_gate } => {
			let moment = SLOTS[slot] - 10_000 + after_gate;
			run_to(now().max(moment));
			return;
		}
		other => {
			world(|world| change(world, other));
			return;
		}
	};
}

/// What the neighbours say changes.
fn change(world: &mut World, step: Step) {
	match step {
		Step::Blacklist { who, .. } => {
			world.on_the_brink.insert(tag(PEOPLE[who]));
		}
		Step::Pardon(who) => {
			world.barred.remove(&tag(PEOPLE[who]));
		}
		Step::Terms { fine_rate, smallest_fine } => {
			let version = world.terms.version + 1;
			world.terms = voltree_primitives::Terms { version, fine_rate, smallest_fine, ..TERMS };
		}
		Step::Capacity { line, watts } => {
			world.capacities.insert(LINES[line], watts);
		}
		Step::Meter(there) => {
			if there {
				let (owner, line) = (tag(Charlie), OTHER_LINE);
				let meter = voltree_primitives::Meter { owner, line, rated_power: RATED };
				world.meters.insert(id(OTHER_METER), meter);
			} else {
				world.meters.remove(&id(OTHER_METER));
			}
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
