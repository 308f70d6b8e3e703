//! What people may do in the property tests.

use crate::{mock::*, types::*};
use proptest::{prelude::*, sample::Index};
use voltree_primitives::{Balance, Credit, LineId, Moment, Price, Verdict, WattHours, Watts};

pub(super) const PEOPLE: [Keyring; 4] = [Alice, Bob, Charlie, Dave];
pub(super) const PAYEES: [Keyring; 4] = [Bob, WALLET_OF_BOB, Charlie, Dave];
pub(super) const SLOTS: [Moment; 3] = [SLOT, SLOT + LENGTH, SLOT + 2 * LENGTH];
pub(super) const LINES: [LineId; 3] = [LINE, OTHER_LINE, BARE_LINE];
pub(super) const WEATHER: [voltree_primitives::SafetyOver; 3] = [SAFE, UNSAFE_IN_PART, NEVER_SAFE];
pub(super) const VERDICTS: [Verdict; 3] = [Verdict::Safe, Verdict::Hazard, Verdict::Stale];

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
		unmetered: bool,
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
	Contest {
		trade: Index,
		received: WattHours,
	},
	Rule {
		trade: Index,
		percent: u32,
		fault: Fault,
	},
	WithdrawTrade(Index),
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
	GridPrices {
		slot: usize,
		prices: Vec<Price>,
	},
	/// Comes on the blacklist, at once or with the next fault.
	Blacklist {
		who: usize,
		at_once: bool,
	},
	Pardon(usize),
	/// The terms of what is made from now on.
	Terms {
		fine_rate: u16,
		smallest_fine: Balance,
	},
	Capacity {
		line: usize,
		watts: Watts,
	},
	/// A meter is taken away, or comes back.
	Meter(bool),
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
	/// No block for so long.
	Outage(Moment),
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
		2 => (who(), slot(), volume(), any::<(bool, bool)>(), 0..MONEY / 4).prop_map(
			|(who, slot, volume, (both, metered), funding)| {
				// Most accept what is not metered.
				let unmetered = both || !metered;
				Step::Request { who, slot, volume, both, unmetered, funding }
			}
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
		4 => index().prop_map(Step::Start),
		4 => (index(), 0..3_000u64, 0..PAYEES.len())
			.prop_map(|(trade, volume, payee)| Step::Bill { trade, volume, payee }),
		2 => index().prop_map(Step::Confirm),
		2 => (index(), 0..1_500u64)
			.prop_map(|(trade, received)| Step::Contest { trade, received }),
		2 => (index(), 0..=100u32, 0..4usize).prop_map(|(trade, percent, fault)| Step::Rule {
			trade,
			percent,
			fault: [Fault::Nobody, Fault::Buyer, Fault::Seller, Fault::Both][fault],
		}),
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
		index().prop_map(Step::WithdrawTrade),
		(0..SLOTS.len(), prop::collection::vec(5..12_000u128, 0..3))
			.prop_map(|(slot, prices)| Step::GridPrices { slot, prices }),
		(who(), any::<bool>()).prop_map(|(who, at_once)| Step::Blacklist { who, at_once }),
		who().prop_map(Step::Pardon),
		who().prop_map(Step::Pardon),
		(0..=1_000u16, 0..2_000u128)
			.prop_map(|(fine_rate, smallest_fine)| Step::Terms { fine_rate, smallest_fine }),
		(0..LINES.len(), 0..CAPACITY).prop_map(|(line, watts)| Step::Capacity { line, watts }),
		any::<bool>().prop_map(Step::Meter),
		(OUTAGE..6 * OUTAGE).prop_map(Step::Outage),
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
	let delivery = stage(finish().boxed(), 12);
	let settling = || stage(finish().boxed(), 10);
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

/// Windows so short that much can happen before the gate.
pub(super) fn windows() -> Parameters {
	Parameters { offer_window: 0, pay_period: 8_000, ..parameters() }
}
