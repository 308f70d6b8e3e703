// Couples who trade with each other all the time, and the sensors of their lines. They look at the
// chain once a block and do what is due; the management centre is the node's service.

import { account } from '../lib/chain.js';
import { LINES, reading, readingCall, reportLines } from '../lib/devices.js';
import { tagOf } from './spec.js';

/** A report is free once in 12 s, from the block that had the last one. */
const BETWEEN_REPORTS = 20_000;
const VOLUME = 100;
const PRICE = 250_000;
const CAP = 1_000_000;
const FUNDS = 25_000;
/** What goes before a transfer without a tip, in the smallest unit. */
const TIP = 200;
/** What is left for a request on its way to a block, beside all windows. */
const SLACK = 45_000;

/** Couples spread over the lines. Call it once the cryptography is loaded. */
export const couplesOf = (count) =>
	Array.from({ length: count }, (_, number) => ({
		buyer: account(`//Load//Buyer//${number}`),
		seller: account(`//Load//Seller//${number}`),
		meter: account(`//Load//Meter//${number}`),
		line: LINES[number % LINES.length],
	}));

/** A couple's trade, step by step. */
class Trading {
	#done = new Set();
	#export = 0;
	finished = 0;
	failed = 0;

	constructor(neighbours, couple) {
		Object.assign(this, { neighbours, ...couple });
	}

	get isIdle() {
		return this.slot === undefined;
	}

	/**
	 * Do `step` once; again with the next block if the node refused it. Who has a deadline tips, as
	 * blocks are full of those who have none.
	 */
	async #once(step, pair, call) {
		if (this.#done.has(step)) return;
		this.#done.add(step);
		const { chain, troubles } = this.neighbours;
		try {
			await chain.send(pair, call(), { tip: pair === this.meter ? 0 : TIP });
		} catch (error) {
			troubles.push(`${step}: ${error.message}`);
			this.#done.delete(step);
		}
	}

	/** `sold` and `bought` are the desks' items, `request` and `trade` what they name. */
	async step(now, { sold, bought, request, trade }) {
		const { chain, rules } = this.neighbours;
		const { market } = chain.api.tx;
		if (this.isIdle) {
			if (!this.neighbours.goesOn || sold.length + bought.length > 0) return;
			const windows = rules.offerWindow + rules.payPeriod + 9_000 + rules.lead;
			const length = rules.deliverySlot;
			this.slot = Math.ceil((now + windows + SLACK) / length) * length;
			this.#done.clear();
			const { line, meter, slot } = this;
			const supply = {
				slot, volume: VOLUME, price: PRICE, line, smallestFill: VOLUME, expires: null,
				meter: meter.address,
			};
			const demand = {
				slot, volume: VOLUME, lines: [line], maxPrice: CAP, minCredit: 0, meter: null,
				unmetered: false,
			};
			const key = account(`//Load//Key`).address;
			await Promise.all([
				this.#once('offer', this.seller, () => market.offer(supply)),
				this.#once('request', this.buyer, () => market.request(demand, key, FUNDS)),
			]);
			return;
		}
		const offer = sold.find((item) => item.isOffer);
		if (trade) await this.#goOn(now, trade);
		else if (this.#done.has('confirm')) this.#end('finished');
		else if (request?.state.isResponded && offer) {
			const [asked] = bought.filter((item) => item.isRequest);
			await this.#once('pay', this.buyer, () =>
				market.pay(asked.asRequest, offer.asOffer.id, VOLUME));
		} else if (now > this.slot && sold.length + bought.length === 0) this.#end('failed');
	}

	#end(how) {
		this[how] += 1;
		this.slot = undefined;
	}

	/** What is due of a trade that is paid. */
	async #goOn(now, { id, state }) {
		const { chain, rules } = this.neighbours;
		const { market } = chain.api.tx;
		const { slot, seller } = this;
		const end = slot + rules.deliverySlot;
		const report = (boundary) => () =>
			readingCall(chain, reading(this.meter, boundary, 0, this.#export));
		if (state.isPaid && now >= slot - rules.lead) {
			await this.#once('start', seller, () => market.start(id));
		}
		if (now >= slot) await this.#once('first register', this.meter, report(slot));
		if (now >= end) {
			if (!this.#done.has('last register')) this.#export += VOLUME;
			await this.#once('last register', this.meter, report(end));
		}
		if (state.isDelivered && state.asDelivered.delivery.attested.isAllotted) {
			const { delivery } = state.asDelivered;
			await this.#once('bill', seller, () =>
				market.bill(id, delivery.attested.asAllotted, seller.address));
		}
		if (state.isBilled) await this.#once('confirm', this.buyer, () => market.confirm(id));
	}
}

/** Everybody who trades. */
export class Neighbours {
	#trading;
	#stop = () => {};
	#tags;
	#lastReport = 0;
	goesOn = true;
	/** What the node refused. */
	troubles = [];

	constructor(chain, couples) {
		this.chain = chain;
		this.#trading = couples.map((couple) => new Trading(this, couple));
		this.#tags = couples.flatMap(({ seller, buyer }) => [tagOf(seller), tagOf(buyer)]);
	}

	async start() {
		this.rules = await this.chain.parameters();
		let busy = false;
		this.#stop = await this.chain.api.rpc.chain.subscribeNewHeads(async () => {
			if (busy) return;
			busy = true;
			await this.#look().catch((error) => this.troubles.push(error.message));
			busy = false;
		});
	}

	async #look() {
		const { query } = this.chain.api;
		const now = await this.chain.now();
		const desks = await query.market.desks.multi(this.#tags);
		const of = (desk, kind) => desk.items.find((item) => item[`is${kind}`])?.[`as${kind}`];
		const both = this.#trading.map((trading, index) => ({
			trading, sold: [...desks[2 * index].items], bought: [...desks[2 * index + 1].items],
			requestId: of(desks[2 * index + 1], 'Request'), tradeId: of(desks[2 * index + 1], 'Trade'),
		}));
		const requests = await this.#read(query.market.requests, both.map(({ requestId }) => requestId));
		const trades = await this.#read(query.market.trades, both.map(({ tradeId }) => tradeId));
		const steps = both.map(({ trading, sold, bought, requestId, tradeId }) => {
			const request = requests.get(requestId?.toString());
			const state = trades.get(tradeId?.toString())?.state;
			const trade = state && { id: tradeId, state };
			return trading.step(now, { sold, bought, request, trade });
		});
		await Promise.all([...steps, this.#reportWeather(now)]);
	}

	async #read(map, ids) {
		const known = ids.filter(Boolean);
		if (known.length === 0) return new Map();
		const values = await map.multi(known);
		return new Map(values.map((value, n) => [known[n].toString(), value.unwrapOr(undefined)]));
	}

	async #reportWeather(now) {
		if (now < this.#lastReport + BETWEEN_REPORTS) return;
		this.#lastReport = now;
		await reportLines(this.chain, now, (what, { message }) => this.troubles.push(`${what}: ${message}`));
	}

	/** Trades that came to their end. */
	get finished() {
		return this.#trading.reduce((sum, { finished }) => sum + finished, 0);
	}

	/** Those that came to nothing on the way. */
	get failed() {
		return this.#trading.reduce((sum, { failed }) => sum + failed, 0);
	}

	/** Whether nobody has anything open. */
	get isQuiet() {
		return this.#trading.every(({ isIdle }) => isIdle);
	}

	/** How often anybody was late, and how often in time, as the chain has counted. */
	async record() {
		const scores = await this.chain.api.query.credibility.scores.multi(this.#tags);
		const records = scores.filter((each) => each.isSome).map((each) => each.unwrap().record);
		const sum = (key) => records.reduce((total, record) => total + record[key].toNumber(), 0);
		return { timely: sum('timely'), untimely: sum('untimely') };
	}

	stop() {
		this.#stop();
	}
}
