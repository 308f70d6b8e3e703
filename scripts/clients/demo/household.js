// A household's client: looks at every new block and does what is due, from its own load and sun
// and from what everybody can read. It knows neither the weather to come nor the others' plans.
//
// Its rules: surplus of a quarter hour is offered, shortage is asked for where somebody offers, on
// its own line first, then on the others. The asking price rises by 15 % after an offer of which at
// least half was sold, and falls by 7 % after another. A buyer pays the best quotes, from sellers
// whose credit is good, and at most what the grid charges in that quarter hour. Who owes a fine pays
// it, because nothing can be opened before. Trade goes on through a storm: nobody knows when that
// ends, and what is stopped costs nothing but fees.

import { VOLT, account, householdTag } from '../lib/chain.js';
import { meter } from '../lib/devices.js';
import { misbehaves } from './behaviour.js';
import { GRID_PAYS } from './tariff.js';
import { nextBlock, quotes, variant } from './view.js';

const SECOND = 1_000;
/** Smallest trade in Wh. */
const SMALLEST = 100;
/** How long before a slot its surplus is offered, and its shortage asked for. */
const OFFER_AHEAD = 20 * SECOND;
const REQUEST_AHEAD = 18 * SECOND;
/** After that a request would hardly be answered and paid in time. */
const LATEST_REQUEST = 14 * SECOND;
/** With what a seller begins. */
const FIRST_ASK = Number(VOLT) * 0.18;
/** More than what the grid ever charges; nobody would pay it. */
const HIGHEST_ASK = Number(VOLT) * 0.4;
/** Credit that a buyer wants a seller to have: 1000 is what all begin with. */
const WANTED_CREDIT = 990;

export class Household {
	#ask = FIRST_ASK;

	/** `gridCharges` says what the grid charges on a line in a quarter hour. */
	constructor({ number, name, line, energy }, { chain, clock, lines, draw, gridCharges }) {
		Object.assign(this, { number, name, line, energy, chain, clock, draw, gridCharges });
		this.account = account(`//Household//${number}`);
		this.tag = householdTag(number);
		this.meter = meter(number);
		this.address = this.account.address;
		this.lines = [line, ...lines.filter((other) => other !== line)];
	}

	/** Do what is due. */
	async act(view, outbox) {
		const doing = [];
		const post = (key, call, patience) =>
			doing.push(outbox.post(`${key} by ${this.number}`, view.now, this.account, call, patience));
		if (this.#mayOpen(view, post)) this.#plan(view, post);
		this.#trade(view, post);
		const mine = [...view.requests].filter(([, { buyer }]) => buyer === this.address);
		await Promise.all(mine.map((entry) => this.#pay(entry, view, post)));
		await Promise.all(doing);
	}

	/** Whether it may open new business. Fines due bar that, so they are paid. */
	#mayOpen(view, post) {
		const due = view.finesDue.get(this.tag) ?? 0;
		if (due > 0) post('fines', this.chain.api.tx.sharedWallet.payFines(due));
		return due === 0 && !view.blacklisted.has(this.tag);
	}

	/** Offers and requests for the slots ahead. */
	#plan(view, post) {
		const next = this.clock.slotAt(view.now) + 1;
		for (let slot = Math.max(next, 0); slot < this.clock.count; slot++) {
			const start = this.clock.start(slot);
			const ahead = start - nextBlock(view);
			if (ahead > OFFER_AHEAD) break;
			const { surplus } = this.energy[slot];
			if (ahead < LATEST_REQUEST) continue;
			if (surplus >= SMALLEST) this.#offer(slot, start, surplus, view, post);
			if (-surplus >= SMALLEST && ahead <= REQUEST_AHEAD) {
				this.#request(slot, start, -surplus, view, post);
			}
		}
	}

	#offer(slot, start, volume, view, post) {
		const stands = [...view.offers.values()].some(
			(offer) => offer.seller === this.address && offer.slot.start === start,
		);
		const sold = [...view.trades.values()].some(
			(trade) => trade.seller.account === this.address && trade.slot.start === start,
		);
		if (stands || sold) return;
		const supply = {
			slot: start,
			volume,
			price: Math.min(Math.round(this.#ask), this.gridCharges(this.line, slot)),
			line: this.line,
			smallestFill: SMALLEST,
			expires: null,
			meter: this.meter.address,
		};
		post(`offer ${slot}`, this.chain.api.tx.market.offer(supply), 3 * SECOND);
	}

	#request(slot, start, volume, view, post) {
		const stands = [...view.requests.values()].some(
			(request) => request.buyer === this.address && request.slot.start === start,
		);
		const maxPrice = this.gridCharges(this.line, slot);
		const offered = [...view.offers.values()].some(
			(offer) => offer.slot.start === start && offer.price <= maxPrice,
		);
		if (stands || !offered) return;
		const demand = {
			slot: start,
			volume,
			lines: this.lines,
			maxPrice,
			minCredit: WANTED_CREDIT,
			meter: this.meter.address,
			unmetered: false,
		};
		const funding = Math.ceil((volume * maxPrice) / 1_000);
		const call = this.chain.api.tx.market.request(demand, this.address, funding);
		post(`request ${slot}`, call, 10 * SECOND);
	}

	/** Take the best quotes of a request that the management centre has answered. */
	async #pay([id, request], view, post) {
		if (variant(request.state) !== 'responded') return;
		if (nextBlock(view) > request.state.responded.payBy) return;
		if (this.#does('does not pay', request)) return;
		let wanted = request.volume - request.filled;
		for (const quote of await quotes(this.chain, id)) {
			const volume = Math.min(wanted, quote.available);
			if (volume < quote.smallestFill) continue;
			post(`pay ${id} ${quote.offer}`, this.chain.api.tx.market.pay(id, quote.offer, volume));
			wanted -= volume;
			if (wanted < SMALLEST) break;
		}
	}

	/** Start, bill and confirm trades; or withdraw them. */
	#trade(view, post) {
		const { market } = this.chain.api.tx;
		for (const [id, trade] of view.trades) {
			const state = variant(trade.state);
			const sells = trade.seller.account === this.address;
			if (sells && state === 'paid' && this.#withdraws(trade, view)) {
				post(`withdraw ${id}`, market.withdrawTrade(id));
			}
			if (sells && state === 'paid' && this.#mayStart(trade, view)) {
				post(`start ${id}`, market.start(id));
			}
			if (sells && state === 'delivered') {
				const billed = billable(trade);
				if (billed > 0) post(`bill ${id}`, market.bill(id, billed, this.address));
			}
			if (trade.buyer.account === this.address && state === 'billed' && this.#confirms(trade)) {
				post(`confirm ${id}`, market.confirm(id));
			}
		}
	}

	#does(kind, { slot }) {
		return misbehaves(this.draw, this.number, this.clock.slotFrom(slot.start), kind);
	}

	#withdraws(trade, view) {
		return nextBlock(view) < trade.slot.gate && this.#does('withdraws what it has sold', trade);
	}

	#confirms(trade) {
		return !this.#does('does not confirm', trade);
	}

	#mayStart(trade, view) {
		const { gate, end } = trade.slot;
		const inTime = nextBlock(view) >= gate && nextBlock(view) <= end;
		const safe = [trade.seller.line, trade.buyer.line].every(
			(line) => view.lines.get(line) === 'Safe',
		);
		return inTime && safe && !this.#does('does not start', trade);
	}

	/** What an offer of ours sold in the end moves the asking price. */
	learn(share) {
		const step = share >= 0.5 ? 1.15 : 0.93;
		this.#ask = Math.min(Math.max(this.#ask * step, GRID_PAYS), HIGHEST_ASK);
	}
}

/** What the meters attest of a trade, once they were read. */
function billable(trade) {
	const { attested } = trade.state.delivered.delivery;
	return attested.allotted ?? 0;
}
