// Payments for power, one after the other, on a network with the development networks' households:
// they offer to each other and ask, as much as is to be paid. What becomes of the trades is not looked
// at: nobody delivers, so their sellers are fined later.

import { setTimeout as sleep } from 'node:timers/promises';
import { account, eventData } from '../lib/chain.js';
import { reportLines } from '../lib/devices.js';

/** Households of one line who trade with each other: line, buyer, seller. */
const COUPLES = [[1, 1, 2], [1, 3, 4], [2, 6, 7], [2, 8, 9], [3, 11, 12], [3, 13, 14]];
/** A request takes so many payments. */
const FILLS = 8;
/** What is paid for each time, in Wh: the least there is. */
const VOLUME = 100;
const [PRICE, CAP] = [250_000, 1_000_000];
/** What a payment costs, in smallest units. */
const AMOUNT = (PRICE * VOLUME) / 1_000;
/** For transactions on their way to a block, beside all windows, in slots. */
const SLACK = 20;
/** A window lasts so many turns of everybody (the market's ROUNDS_PER_WINDOW). */
const ROUNDS = 3;
/** The part of the payment period that is used. */
const USED = 0.6;
/** A request that is not answered after so many slots, and so many ms, is lost. */
const [LOST, PATIENCE] = [60, 180_000];

const household = (number) => account(`//Household//${number}`);

export class Payments {
	what = 'payments for power (market.pay)';
	#waiting = [];
	#lastReport = 0;
	#stop = () => {};

	/** `pause`: the time between two payments, `slot`: a block slot, both in ms. */
	constructor(chain, pause, slot) {
		Object.assign(this, { chain, pause, slot });
	}

	async start() {
		this.rules = await this.chain.parameters();
		this.authors = (await this.chain.api.call.auraApi.authorities()).length;
		const { reportPeriod } = await this.chain.parametersOf('sensorOracle');
		const report = async () => {
			const now = await this.chain.now();
			if (now < this.#lastReport + reportPeriod) return;
			this.#lastReport = now;
			await reportLines(this.chain, now, (_, error) => (this.trouble = error));
		};
		this.#stop = await this.chain.api.rpc.chain.subscribeNewHeads(() =>
			report().catch((error) => (this.trouble = error)));
		// Before offers the lines have to be known as safe.
		await this.#until('safe lines', async () => {
			const lines = await Promise.all(COUPLES.map(([line]) => this.chain.api.call.sensorOracleApi.line(line, [])));
			return lines.every(({ verdict }) => verdict.isSafe);
		});
	}

	/** The next payment and who makes it. */
	async next() {
		if (this.#waiting.length === 0) await this.#ask();
		return this.#waiting.shift();
	}

	stop() {
		this.#stop();
	}

	/** Offer and ask for as much as can be paid before the payment date, and wait for the answers. */
	async #ask() {
		const { chain, slot, rules: { offerWindow, payPeriod, lead, deliverySlot, horizon } } = this;
		const { market } = chain.api.tx;
		// Every window lasts until each data aggregator has had several turns, however short it is meant.
		const least = ROUNDS * this.authors * slot;
		const windows = [offerWindow, payPeriod, 0].map((window) => Math.max(window, least));
		const ahead = windows.reduce((sum, window) => sum + window, lead + SLACK * slot);
		if (ahead + deliverySlot > horizon) {
			throw new Error(
				'with so many data aggregators and so long slots there are no windows to trade in within the ' +
					"market's horizon: make the network anew, scripts/chain-spec gives it a longer one",
			);
		}
		const start = await chain.slotAfter(ahead);
		const fills = Math.max(1, Math.min(FILLS, Math.floor((USED * windows[1]) / (this.pause * COUPLES.length))));
		const volume = fills * VOLUME;
		const asked = await Promise.all(COUPLES.map(async ([line, buyer, seller]) => {
			const supply = {
				slot: start, volume, price: PRICE, line, smallestFill: VOLUME, expires: null,
				meter: account(`//Meter//${seller}`).address,
			};
			const demand = {
				slot: start, volume, lines: [line], maxPrice: CAP, minCredit: 0, meter: null, unmetered: false,
			};
			const [who, from] = [household(buyer), household(seller)];
			const offered = await chain.sendAndWait(from, market.offer(supply));
			const requested = await chain.sendAndWait(who, market.request(demand, who.address, fills * AMOUNT));
			const { offer } = eventData(offered.events, 'market', 'Offered');
			const { request } = eventData(requested.events, 'market', 'Requested');
			return { who, offer, request };
		}));
		await this.#until('answers of the management centre', async () => {
			const requests = await chain.api.query.market.requests.multi(asked.map(({ request }) => request));
			return requests.every((one) => one.isSome && one.unwrap().state.isResponded);
		});
		for (let fill = 0; fill < fills; fill++) {
			this.#waiting.push(...asked.map(({ who, offer, request }) =>
				({ who, call: market.pay(request, offer, VOLUME) })));
		}
	}

	async #until(what, check) {
		const end = performance.now() + Math.max(LOST * this.slot, PATIENCE);
		while (!(await check())) {
			if (performance.now() > end) {
				const why = this.trouble ? ` (the sensors' last trouble: ${this.trouble.message})` : '';
				throw new Error(`waited in vain for ${what}${why}: scripts/network status`);
			}
			await sleep(this.slot / 3);
		}
	}
}
