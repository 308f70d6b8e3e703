// Makes trades, accounts, fines and quarter hours out of the ledger's events.

import { householdTag } from '../lib/chain.js';

/** Outcomes of trades that unsafe lines have stopped before anything flowed. */
const STOPPED = new Set(['Stopped', 'UnsafeThroughout']);

/** The story of a day: its trades, slots, accounts, fines, line states, and what was counted. */
export function tell(ledger, day, clock, households) {
	const story = {
		offers: new Map(),
		requests: new Map(),
		trades: new Map(),
		endings: new Map(),
		causes: new Map(),
		refused: new Map(),
		blacklisted: [],
		readmitted: [],
		accounts: new Map(),
		/** Every fine, with the trade that it was for where somebody was injured. */
		fines: [],
		/** What went into the pot and out of it. */
		pot: { fines: 0, endowments: 0 },
	};
	const byTag = new Map();
	for (const { number, name, line, address } of households) {
		const account = {
			number, name, line, address,
			bought: 0, sold: 0, paid: 0, earned: 0, fees: 0, fines: 0, compensated: 0,
			faults: 0, credit: [],
		};
		story.accounts.set(address, account);
		byTag.set(householdTag(number), account);
	}
	for (const event of ledger.events()) TELL[event.kind]?.(story, event, byTag);
	story.lines = lineStates(ledger, day.lines);
	for (const trade of story.trades.values()) {
		const stormy = day.quarters[clock.slotFrom(trade.slot)]?.storm ?? false;
		judge(trade, story.lines, clock.length, stormy);
	}
	story.slots = day.quarters.map((quarter, slot) => slotOf(story, clock, quarter, slot));
	return story;
}

const count = (map, key) => map.set(key, (map.get(key) ?? 0) + 1);

/** Credit went up or down. */
const creditChanged = (_, { now, tag, before, after }, byTag) => {
	byTag.get(tag)?.credit.push({ now, before, after });
};

/** What was collected of a fine leaves the person; the injured party's part comes first. */
function fined({ fines, pot }, { now, tag, cause, amount, loss, fromBond, fromWallets, owed }, byTag) {
	const collected = fromBond + fromWallets;
	const compensation = Math.min(loss, collected);
	const account = byTag.get(tag);
	if (account) account.fines += collected;
	pot.fines += collected - compensation;
	fines.push({
		now, name: account?.name ?? 'somebody else', cause, amount, fromBond, fromWallets, owed, compensation,
	});
}

/**
 * A loss is the buyer's of the trade that settles next: what the seller owes for a trade is taken
 * right before it is settled.
 */
function compensate({ fines, accounts }, buyer, trade) {
	for (const fine of fines.filter((one) => one.compensation > 0 && one.trade === undefined)) {
		fine.trade = trade;
		const account = accounts.get(buyer);
		if (account) account.compensated += fine.compensation;
	}
}

/** What each kind of event adds. */
const TELL = {
	'market.Offered': ({ offers }, { offer, seller, supply }) => offers.set(offer, { seller, ...supply }),
	'market.OfferClosed': ({ offers }, { offer, unsold }) => {
		if (offers.has(offer)) offers.get(offer).unsold = unsold;
	},
	'market.Requested': ({ requests }, { request, buyer, demand }) =>
		requests.set(request, { buyer, ...demand }),
	'market.RequestEnded': ({ endings }, { ending }) => count(endings, ending),
	'market.Paid': ({ offers, requests, trades }, { now, trade, request, offer, volume, amount }) => {
		// What began before the demo is not part of its story.
		if (!offers.has(offer) || !requests.has(request)) return;
		const { seller, slot, price, line } = offers.get(offer);
		const { buyer, lines } = requests.get(request);
		trades.set(trade, {
			trade, seller, buyer, slot, price, volume, amount,
			lines: [lines[0], line], paidAt: now, started: false,
		});
	},
	'market.Started': ({ trades }, { trade }) => {
		if (trades.has(trade)) trades.get(trade).started = true;
	},
	'market.Settled': (story, { now, trade, outcome, delivered, payout }) => {
		const { trades, accounts } = story;
		const settled = trades.get(trade);
		compensate(story, settled?.buyer, trade);
		if (!settled) return;
		Object.assign(settled, { outcome, delivered, payout, settledAt: now });
		const buyer = accounts.get(settled.buyer);
		const seller = accounts.get(settled.seller);
		// Somebody else may trade on the chain meanwhile, by hand.
		if (buyer) buyer.bought += delivered;
		if (buyer) buyer.paid += payout;
		if (seller) seller.sold += delivered;
		if (seller) seller.earned += payout;
	},
	'sharedWallet.Fined': fined,
	'sharedWallet.FinesPaid': ({ pot }, { tag, amount }, byTag) => {
		if (byTag.has(tag)) byTag.get(tag).fines += amount;
		pot.fines += amount;
	},
	'sharedWallet.Forfeited': ({ accounts }, { account, to, amount }) => {
		if (accounts.has(account)) accounts.get(account).fines += amount;
		if (accounts.has(to)) accounts.get(to).compensated += amount;
	},
	'registry.Certified': ({ pot }, { endowment }) => {
		pot.endowments += endowment;
	},
	'credibility.CreditChanged': creditChanged,
	'credibility.CreditGained': creditChanged,
	'credibility.CreditReinstated': creditChanged,
	'credibility.Counted': ({ causes }, { tag, cause }, byTag) => {
		count(causes, cause);
		const account = byTag.get(tag);
		if (account && !['PaidInTime', 'Delivered'].includes(cause)) account.faults += 1;
	},
	'blacklist.Blacklisted': ({ blacklisted }, { tag }, byTag) => {
		if (byTag.has(tag)) blacklisted.push(byTag.get(tag).name);
	},
	'blacklist.Readmitted': ({ readmitted }, { tag }, byTag) => {
		if (byTag.has(tag)) readmitted.push(byTag.get(tag).name);
	},
	'transactionPayment.TransactionFeePaid': ({ accounts }, { who, actualFee }) => {
		if (accounts.has(who)) accounts.get(who).fees += actualFee;
	},
	'market.PaymentImpossible': ({ refused }) => count(refused, 'payment impossible'),
	'system.ExtrinsicFailed': ({ refused }, { reason }) => count(refused, reason),
};

/** How long a report speaks on the demo's chain: after that the line is stale without a word. */
const FRESHNESS = 5_000;

/** What the sensors said of each line: `[{ from, verdict }]`, oldest first. */
function lineStates(ledger, lines) {
	const states = new Map(lines.map((line) => [line, []]));
	let last;
	for (const { now, events } of ledger.blocks) {
		if (last !== undefined && now - last > FRESHNESS) {
			for (const told of states.values()) told.push({ from: last + FRESHNESS, verdict: 'Stale' });
		}
		for (const { kind, line, verdict } of events) {
			if (kind === 'sensorOracle.LineChanged') states.get(line)?.push({ from: now, verdict });
		}
		last = now;
	}
	return states;
}

/**
 * Whether a delivery was stopped or cut off because a line was not safe, and why it was not: the sensors
 * warned, and a storm was observed in that quarter hour or was not.
 */
function judge(trade, states, length, stormy) {
	const [from, to] = [trade.slot, trade.slot + length];
	const verdicts = trade.lines.flatMap((line) =>
		states
			.get(line)
			.filter((state, index, all) => state.from < to && (all[index + 1]?.from ?? Infinity) > from)
			.map(({ verdict }) => verdict),
	);
	const unsafe = verdicts.some((verdict) => verdict !== 'Safe');
	trade.cut = trade.started && !isStopped(trade) && unsafe && trade.delivered < trade.volume;
	if (isStopped(trade) || trade.cut) {
		const warned = stormy ? 'storm' : 'false alarm';
		trade.stoppedBy = verdicts.includes('Hazard') ? warned : 'silent sensors';
	}
}

/** What was traded for a quarter hour, what arrived, and at which price. */
function slotOf({ trades, offers }, clock, quarter, slot) {
	const start = clock.start(slot);
	const mine = [...trades.values()].filter((trade) => trade.slot === start);
	const sum = (key, of = mine) => of.reduce((total, trade) => total + (trade[key] ?? 0), 0);
	const traded = sum('volume');
	return {
		slot,
		begin: quarter.begin,
		storm: quarter.storm,
		trades: mine,
		offered: [...offers.values()].filter((o) => o.slot === start).reduce((n, o) => n + o.volume, 0),
		traded,
		delivered: sum('delivered'),
		stopped: mine
			.filter(({ stoppedBy }) => stoppedBy)
			.reduce((total, { volume, delivered }) => total + volume - delivered, 0),
		price: traded > 0 ? sum('amount') / traded / 1_000 : undefined,
	};
}

/** Whether unsafe lines stopped the trade before anything flowed. */
const isStopped = ({ outcome }) => STOPPED.has(outcome);
