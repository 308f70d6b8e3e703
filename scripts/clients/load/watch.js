// What the chain did: each block with its slot, size and fullness, how long it took to write and to
// import, and the memory of both nodes.

import { WsProvider } from '@polkadot/api';
import { compactFromU8a, hexToU8a, u8aToBn } from '@polkadot/util';
import { transfersIn } from './transfers.js';

const EVERY = 500;
const IMPORT = 'substrate_block_verification_and_import_time';

/** Follows the author's blocks and both nodes' numbers. */
export class Watch {
	/** `{ number, slot, extrinsics, transfers, fullness, seen }` by block. */
	blocks = [];
	/** When the importing node had each block, by its number. */
	arrived = new Map();
	/** Seconds that single imports took. */
	imports = [];
	/** `{ at, author, importer }` in ms and MB. */
	memory = [];
	#stops = [];
	#waits = [];
	#raw;

	constructor(author, importer) {
		Object.assign(this, { author, importer });
	}

	async start({ onBlock }) {
		const { api } = this.author.connection;
		this.#raw = new WsProvider(this.author.url, false);
		await this.#raw.connect();
		await this.#raw.isReady;
		this.slotDuration = (await api.query.communicationTree.slotDuration()).toNumber();
		this.room = api.consts.system.blockWeights.perClass.normal.maxTotal.unwrap().refTime.toNumber();
		const key = api.query.system.blockWeight.key();
		let last = Promise.resolve();
		const follow = async (header) => {
			const seen = Date.now();
			const hash = header.hash.toHex();
			const { extrinsics } = await this.raw('chain_getBlock', hash).then(({ block }) => block);
			const weight = hexToU8a(await this.raw('state_getStorage', key, hash));
			const [, normal] = compactFromU8a(weight);
			const [, data] = header.digest.logs.find((log) => log.isPreRuntime).asPreRuntime;
			const block = {
				number: header.number.toNumber(), hash, seen, extrinsics: extrinsics.length,
				slot: u8aToBn(data.toU8a(true), { isLe: true }).toNumber(),
				transfers: transfersIn(extrinsics), fullness: normal.toNumber() / this.room,
			};
			if (this.blocks.some(({ number }) => number === block.number)) return;
			this.blocks.push(block);
			onBlock(block, extrinsics);
			this.#waits = this.#waits.filter((wait) => !wait(block, extrinsics));
		};
		this.#stops.push(
			await api.rpc.chain.subscribeNewHeads((header) => {
				last = last.then(() => follow(header)).catch((error) => {
					if (this.author.runs) console.error(`block ${header.number}: ${error.message}`);
				});
			}),
			await this.importer.connection.api.rpc.chain.subscribeNewHeads((header) => {
				this.arrived.set(header.number.toNumber(), Date.now());
			}),
		);
		const sampling = setInterval(() => this.#sample().catch(() => {}), EVERY);
		this.#stops.push(() => clearInterval(sampling));
	}

	/** An answer of the author's RPC as it is, not decoded. */
	raw(method, ...params) {
		return this.#raw.send(method, params);
	}

	#count = 0;
	#sum = 0;
	#samples = 0;

	async #sample() {
		const [sum, count] = await this.importer.metric(`${IMPORT}_sum`, `${IMPORT}_count`);
		if (count > this.#count) {
			const each = (sum - this.#sum) / (count - this.#count);
			if (this.#count > 0) this.imports.push({ at: Date.now(), seconds: each });
			[this.#sum, this.#count] = [sum, count];
		}
		if (this.#samples++ % 4 > 0) return;
		const [author, importer] = await Promise.all(
			[this.author, this.importer].map((node) => node.memory()),
		);
		this.memory.push({ at: Date.now(), author, importer });
	}

	/** The first block of which `check` says yes. */
	when(check) {
		return new Promise((resolve) => {
			this.#waits.push((block, extrinsics) => {
				const found = check(block, extrinsics);
				if (found) resolve(block);
				return found;
			});
		});
	}

	get best() {
		return this.blocks.at(-1)?.number ?? 0;
	}

	stop() {
		for (const stop of this.#stops) stop();
		return this.#raw.disconnect();
	}
}

/** The median, 99 of 100 and the largest of some numbers. */
export function spread(numbers) {
	const sorted = [...numbers].sort((a, b) => a - b);
	const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
	return { middle: at(0.5), most: at(0.99), largest: sorted.at(-1) ?? NaN };
}

/** By how much values grow per minute: the slope of the line through `[ms, value]`. */
export function slope(points) {
	const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
	const [x, y] = [0, 1].map((index) => mean(points.map((point) => point[index])));
	const over = points.reduce((sum, [a, b]) => sum + (a - x) * (b - y), 0);
	const under = points.reduce((sum, [a]) => sum + (a - x) ** 2, 0);
	return (over / under) * 60_000;
}
