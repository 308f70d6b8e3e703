// A household's client: looks at every new block and does what is due, from its own load and sun
// and from what everybody can read. It knows neither the weather to come nor the others' plans.
//
// Its rules: surplus of a quarter hour is offered, shortage is asked for where somebody offers, on
// its own line first, then on the others. The asking price rises by 15 % after an offer of which at
// least half was sold, and falls by 7 % after another. A buyer pays the best quotes, from sellers
// whose credit is good, and at most what the grid would charge. It goes on through a storm: nobody
// knows when that ends, and what is stopped costs nothing but fees.

import { VOLT, account } from '../lib/chain.js';
import { meter } from '../lib/devices.js';
import { misbehaves } from './behaviour.js';
import { nextBlock, quotes, variant } from './view.js';

const SECOND = 1_000;
/** Smallest trade in Wh. */
const SMALLEST = 100;
/** How long before a slot its surplus is offered, and its shortage asked for. */
const OFFER_AHEAD = 18 * SECOND;
const REQUEST_AHEAD = 16 * SECOND;
/** After that a request would come too late. */
const LATEST_REQUEST = 12 * SECOND;
/** What the grid charges for a kWh, in smallest units: no buyer pays more. */
const GRID_CHARGES = Number(VOLT) * 0.32;
/** What the grid pays for a kWh: no seller asks for less. */
const GRID_PAYS = Number(VOLT) * 0.08;
/** With what a seller begins. */
const FIRST_ASK = Number(VOLT) * 0.18;
/** Credit that a buyer wants a seller to have: 1000 is what all begin with. */
const WANTED_CREDIT = 990;

export class Household {
	#ask = FIRST_ASK;

	constructor({ number, name, line, energy }, { chain, clock, lines, draw }) {
		Object.assign(this, { number, name, line, energy, chain, clock, draw });
		this.account = account(`//Household//${number}`);
		this.meter = meter(number);
		this.address = this.account.address;
		this.lines = [line, ...lines.filter((other) => other !== line)];
	}

	/** Do what is due. */
	async act(view, outbox) {
		const doing = [];
		const post = (key, call, patience) =>
			doing.push(outbox.post(`${key} by ${this.number}`, view.now, this.account, call, patience));
		this.#plan(view, post);
		this.#trade(view, post);
		const mine = [...view.requests].filter(([, { buyer }]) => buyer === this.address);
		await Promise.all(mine.map((entry) => this.#pay(entry, view, post)));
		await Promise.all(doing);
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
			price: Math.round(this.#ask),
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
		const offered = [...view.offers.values()].some(
			(offer) => offer.slot.start === start && offer.price <= GRID_CHARGES,
		);
		if (stands || !offered) return;
		const demand = {
			slot: start,
			volume,
			lines: this.lines,
			maxPrice: GRID_CHARGES,
			minCredit: WANTED_CREDIT,
			meter: this.meter.address,
		};
		const funding = Math.ceil((volume * GRID_CHARGES) / 1_000);
		const call = this.chain.api.tx.market.request(demand, this.address, funding);
		post(`request ${slot}`, call, 10 * SECOND);
	}

	/** Take the best quotes of a request that the management centre has answered. */
	async #pay([id, request], view, post) {
		if (variant(request.state) !== 'responded') return;
		if (nextBlock(view) > request.state.responded.payBy) return;
		const slot = this.clock.slotFrom(request.slot.start);
		if (misbehaves(this.draw, this.number, slot, 'does not pay')) return;
		let wanted = request.volume - request.filled;
		for (const quote of await quotes(this.chain, id)) {
			const volume = Math.min(wanted, quote.available);
			if (volume < quote.smallestFill) continue;
			post(`pay ${id} ${quote.offer}`, this.chain.api.tx.market.pay(id, quote.offer, volume));
			wanted -= volume;
			if (wanted < SMALLEST) break;
		}
	}

	/** Start, bill and confirm trades. */
	#trade(view, post) {
		const { market } = this.chain.api.tx;
		for (const [id, trade] of view.trades) {
			const state = variant(trade.state);
			const sells = trade.seller.account === this.address;
			if (sells && state === 'paid' && this.#mayStart(trade, view)) {
				post(`start ${id}`, market.start(id));
			}
			if (sells && state === 'delivered') {
				const billed = billable(trade);
				if (billed > 0) post(`bill ${id}`, market.bill(id, billed, this.address));
			}
			if (trade.buyer.account === this.address && state === 'billed') {
				post(`confirm ${id}`, market.confirm(id));
			}
		}
	}

	#mayStart(trade, view) {
		const { gate, start, end } = trade.slot;
		const inTime = nextBlock(view) >= gate && nextBlock(view) <= end;
		const safe = [trade.seller.line, trade.buyer.line].every(
			(line) => view.lines.get(line) === 'Safe',
		);
		const slot = this.clock.slotFrom(start);
		return inTime && safe && !misbehaves(this.draw, this.number, slot, 'does not start');
	}

	/** What an offer of ours sold in the end moves the asking price. */
	learn(share) {
		const step = share >= 0.5 ? 1.15 : 0.93;
		this.#ask = Math.min(Math.max(this.#ask * step, GRID_PAYS), GRID_CHARGES);
	}
}

/** What the meters attest of a trade, once they were read. */
function billable(trade) {
	const { attested } = trade.state.delivered.delivery;
	return attested.allotted ?? 0;
}
