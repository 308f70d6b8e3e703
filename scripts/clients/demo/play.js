// Plays the day: at every new block each party looks at the chain and does what is due.

import { renameSync, writeFileSync } from 'node:fs';
import { look } from './view.js';

/** How many blocks lie between two looks for lost nonces. */
const MEND_EVERY = 5;
/** After the last slot what is open has so long to settle, in chain time. */
const LONGEST_TAIL = 40_000;
/** Without a new block for so long the subscription is made anew, in real time. */
const SILENCE = 8_000;
/** Without a block for so long the demo gives up, in real time. */
const GIVE_UP = 120_000;
/** So many looks may fail one after the other, while the node comes back. */
const MOST_FAILURES = 10;

/** Resolves to `{ seconds, interruptions }` when the day is over and all trades are settled. */
export async function play(demo) {
	const began = Date.now();
	const player = new Player(demo);
	await player.run();
	await settleDown(demo);
	return { seconds: Math.round((Date.now() - began) / 1_000), interruptions: player.interruptions };
}

class Player {
	interruptions = 0;
	#busy = false;
	#waiting = false;
	#away = false;
	#blocks = 0;
	#failures = 0;
	#heard = Date.now();
	#asked = 0;
	#subscriptions = [];
	#offered = new Map();
	#taught = 0;

	constructor(demo) {
		this.demo = demo;
	}

	run() {
		const { chain, progress } = this.demo;
		return new Promise((done, fail) => {
			Object.assign(this, { done, fail });
			chain.api.on('disconnected', () => {
				if (!this.#away) progress.say('The node is away. Waiting for it to come back.');
				this.#away = true;
			});
			this.#subscribe().catch(fail);
			this.watch = setInterval(() => this.#listen(), 1_000);
		}).finally(() => {
			clearInterval(this.watch);
			this.#unsubscribe();
		});
	}

	#unsubscribe() {
		for (const stop of this.#subscriptions) stop();
		this.#subscriptions = [];
	}

	async #subscribe() {
		const { chain, ledger } = this.demo;
		this.#unsubscribe();
		this.#subscriptions = [
			await chain.api.rpc.chain.subscribeNewHeads(() => this.#block()),
			await chain.api.rpc.chain.subscribeFinalizedHeads((header) => {
				ledger.upTo(header).catch(() => {});
			}),
		];
	}

	/** A node that came back may have forgotten the subscriptions. */
	#listen() {
		const { chain } = this.demo;
		const now = Date.now();
		if (now - this.#heard > GIVE_UP) {
			this.fail(new Error(`no block for ${GIVE_UP / 1_000} s: see whether the node still runs`));
		}
		if (now - Math.max(this.#heard, this.#asked) < SILENCE || !chain.api.isConnected) return;
		this.#asked = now;
		this.#subscribe().catch(() => {});
	}

	/** One look at a time; blocks that come meanwhile are one more look. */
	async #block() {
		this.#heard = Date.now();
		this.#waiting = true;
		if (this.#busy) return;
		this.#busy = true;
		while (this.#waiting) {
			this.#waiting = false;
			try {
				await this.#look();
				this.#failures = 0;
			} catch (error) {
				// The next block is the next try.
				this.#failures += 1;
				if (this.#failures > MOST_FAILURES) this.fail(error);
			}
		}
		this.#busy = false;
	}

	async #look() {
		const { chain, day, clock, households, meters, outbox } = this.demo;
		if (this.#away) await this.#resume();
		const view = await look(chain, day.lines);
		await Promise.all([
			meters.act(view, outbox),
			...households.map((household) => household.act(view, outbox)),
		]);
		this.#teach();
		this.#blocks += 1;
		if (this.#blocks % MEND_EVERY === 0) await chain.mendNonces();
		this.#show(view);
		const settled = view.trades.size === 0 && view.requests.size === 0;
		const over = view.now > clock.end + 2_000;
		if (over && (settled || view.now > clock.end + LONGEST_TAIL)) this.done();
	}

	async #resume() {
		const { outbox, meters, progress } = this.demo;
		outbox.clear();
		await meters.resume();
		this.#away = false;
		this.interruptions += 1;
		progress.say('The node is back. Going on.');
	}

	/** Sellers learn from how much of their offers was sold. */
	#teach() {
		const { ledger, households } = this.demo;
		const news = ledger.blocks.filter(({ number }) => number > this.#taught);
		for (const event of news.flatMap(({ events }) => events)) {
			if (event.kind === 'market.Offered') this.#offered.set(event.offer, event);
			const offered = event.kind === 'market.OfferClosed' && this.#offered.get(event.offer);
			if (!offered) continue;
			const seller = households.find(({ address }) => address === offered.seller);
			seller?.learn(1 - event.unsold / offered.supply.volume);
		}
		this.#taught = news.at(-1)?.number ?? this.#taught;
	}

	#show(view) {
		const { clock, day, progress, mark } = this.demo;
		const slot = clock.slotAt(view.now);
		const clamped = Math.min(Math.max(slot, 0), clock.count);
		const time = day.quarters[slot]?.begin ?? (slot < 0 ? 'before' : 'after');
		const verdicts = [...new Set(view.lines.values())].map((verdict) => verdict.toLowerCase());
		progress.show(clamped, clock.count,
			`${time}  slot ${clamped}/${clock.count}  open trades ${view.trades.size}  lines ${verdicts.join(', ')}`);
		if (mark) {
			// Whoever reads it never finds half a number.
			writeFileSync(`${mark}.new`, `${slot}\n`);
			renameSync(`${mark}.new`, mark);
		}
	}
}

/** Wait until the block in which everything was settled is final and read. */
async function settleDown({ chain, ledger }) {
	const best = (await chain.api.rpc.chain.getHeader()).number.toNumber();
	for (let tries = 0; tries < 60; tries++) {
		const hash = await chain.api.rpc.chain.getFinalizedHead();
		await ledger.upTo(await chain.api.rpc.chain.getHeader(hash));
		if (ledger.newest?.number >= best) return;
		await new Promise((done) => setTimeout(done, 500));
	}
	throw new Error(`block ${best} did not become final within 30 s`);
}
