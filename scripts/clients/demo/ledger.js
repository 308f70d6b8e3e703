// What happened, read from the events of final blocks. If blocks that were final vanish because the
// node was killed before it had written them to disk, they are forgotten here as well.

import { errorName } from '../lib/chain.js';

/** Events that tell a story, by pallet; everything else is left out. */
const TOLD = {
	market: () => true,
	credibility: () => true,
	blacklist: () => true,
	sharedWallet: (method) => ['Fined', 'FinesPaid', 'Forfeited'].includes(method),
	registry: (method) => method === 'Certified',
	sensorOracle: (method) => method === 'LineChanged',
	transactionPayment: (method) => method === 'TransactionFeePaid',
	system: (method) => method === 'ExtrinsicFailed',
};

export class Ledger {
	/** Final blocks, oldest first: `{ number, hash, now, events }`. */
	blocks = [];
	/** Blocks that were read and vanished. */
	vanished = 0;
	#reading = Promise.resolve();

	/** Begins at block `first`; a block's slot times `blockSlot` is its chain time. */
	constructor(chain, first, blockSlot) {
		Object.assign(this, { chain, first, blockSlot });
	}

	/** Read all final blocks up to `header`, one call after the other. */
	upTo(header) {
		const next = this.#reading.then(() => this.#catchUp(header.number.toNumber()));
		this.#reading = next.catch(() => {});
		return next;
	}

	async #catchUp(newest) {
		const { chain } = this.chain.api.rpc;
		while (this.blocks.length > 0) {
			const { number, hash } = this.blocks.at(-1);
			if (number <= newest && (await chain.getBlockHash(number)).eq(hash)) break;
			this.blocks.pop();
			this.vanished += 1;
		}
		for (let number = (this.blocks.at(-1)?.number ?? this.first - 1) + 1; number <= newest; number++) {
			this.blocks.push(await this.#read(number));
		}
	}

	async #read(number) {
		const { api } = this.chain;
		const hash = await api.rpc.chain.getBlockHash(number);
		const [slot, records] = await Promise.all([
			api.query.aura.currentSlot.at(hash),
			api.query.system.events.at(hash),
		]);
		const events = records
			.filter(({ event }) => TOLD[event.section]?.(event.method))
			.map(({ event }) => this.#told(event));
		const now = slot.toNumber() * this.blockSlot;
		return { number, hash, now, events };
	}

	#told({ section, method, data }) {
		const values = data.toJSON();
		const names = data.names ?? [];
		const fields = Object.fromEntries(names.map((name, index) => [name, values[index]]));
		if (method === 'ExtrinsicFailed') fields.reason = errorName(this.chain.api, data[0]);
		return { kind: `${section}.${method}`, ...fields };
	}

	/** The last final block that was read. */
	get newest() {
		return this.blocks.at(-1);
	}

	/** Every event with the time of its block. */
	*events() {
		for (const { now, number, events } of this.blocks) {
			for (const event of events) yield { now, number, ...event };
		}
	}
}
